"""What if other locks hold: the nearest plan that obeys them, and what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.reservation.merge import carried
from analysis.reservation.nearest import cleared, more_short, nearest_plan
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.sentences import plain_sentences, say
from analysis.reservation.why import MOST_NAMED, NOTICED
from layers.dutch import hectares_nl, list_nl, number_nl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from analysis.reservation.why import Asked


def change_locks(asked: Asked, other: ReservationProblem) -> dict[str, Any]:
    """Compare the plan with the nearest one under other locks.

    Parameters
    ----------
    other
        The problem with those locks; the same sites and functions.

    Returns
    -------
    dict
        ``comes_in`` and ``goes_out`` (sites with their function), ``hectares_short``, ``people`` and
        ``sentences``; plain values.
    """
    problem, settings = asked.problem, asked.parameters.reservation
    base = nearest_plan(problem, asked.start, settings)
    near = asked.start if base is None else base.start
    moved = _around_locks(other, cleared(other, carried(near, problem, other)))
    found = nearest_plan(other, moved, settings)
    if base is None or found is None:
        told = [say("lock.impossible")]
        return {"comes_in": [], "goes_out": [], "sentences": plain_sentences(told)}
    after = carried(found.start, other, problem)
    before = _chosen(problem, base.start)
    later = _chosen(other, found.start)
    comes, goes = sorted(later - before), sorted(before - later)
    short, people = more_short(problem, base.start, after), found.people - base.people
    told = [
        say("lock.comes", {"places": _words(comes)}, places=comes) if comes else say("lock.nothing_comes"),
        say("lock.goes", {"places": _words(goes)}, places=goes) if goes else say("lock.nothing_goes"),
        say("whatif.short", {"hectares": hectares_nl(short)}, hectares=short)
        if short > NOTICED
        else say("whatif.not_short"),
    ]
    if abs(people) >= 1:
        name = "whatif.people_more" if people > 0 else "whatif.people_less"
        told.append(say(name, {"people": number_nl(abs(people))}, people=abs(people)))
    return {
        "comes_in": [{"site_id": site, "function": function} for site, function in comes],
        "goes_out": [{"site_id": site, "function": function} for site, function in goes],
        "hectares_short": short,
        "people": people,
        "gap": found.gap,
        "sentences": plain_sentences(told),
    }


def _around_locks(problem: ReservationProblem, start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give a plan in which locked pairs stand, in place of what stood on their sites."""
    free = start.copy()
    for pair, latest in problem.locked_in.tolist():
        free[(problem.site == problem.site[pair])] = NOT_CHOSEN
        free[pair] = min(int(np.argmax(problem.capacity[pair] > 0)), latest)
    return free


def _chosen(problem: ReservationProblem, start: NDArray[np.int64]) -> set[tuple[str, str]]:
    names = problem.sites["site_id"].astype(str).to_numpy()
    return {
        (str(names[problem.site[pair]]), problem.functions[problem.function[pair]])
        for pair in np.flatnonzero(start != NOT_CHOSEN).tolist()
    }


def _words(places: list[tuple[str, str]]) -> str:
    return list_nl([f"{site} voor {function}" for site, function in places], 2 * MOST_NAMED)

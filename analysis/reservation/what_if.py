"""What if other locks and weights hold: a plan near the one that there is, and what changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.merge import carried, keys_of
from analysis.reservation.model import build_model
from analysis.reservation.nearest import BEYOND, LIVE_GAP, cleared, more_short, nearest_within, obeys
from analysis.reservation.plan_tables import AIM_WORDS, PROPOSAL
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reweigh import reweigh
from analysis.reservation.sentences import Sentence, plain_sentences, say
from analysis.reservation.why import MOST_NAMED, NOTICED
from analysis.solving.clock import Clock
from layers.dutch import hectares_nl, list_nl, number_nl, share_nl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.nearest import Nearby
    from analysis.reservation.problem import ReservationProblem
    from analysis.reservation.reweigh import Reweighed
    from analysis.reservation.why import Asked

LIVE_SECONDS = 2.4
"""Processor time of an answer: of the locks first, of the weights with what is left."""
LOCKS_SHARE = 0.65
"""Share of it that locks may take where weights change as well."""


@dataclass(frozen=True)
class Answer:
    """The plan under other locks and weights.

    Attributes
    ----------
    start
        Per pair of the other problem the position of the year from which it is reserved; None when no plan
        obeys the locks.
    near
        What was found around the locks; None when the plan obeyed them already.
    weighed
        What was found under the weights; None when those are the same, or suitability is no aim.
    """

    start: NDArray[np.int64] | None
    near: Nearby | None = None
    weighed: Reweighed | None = None


def change_plan(
    asked: Asked, other: ReservationProblem, *, seconds: float | None = LIVE_SECONDS
) -> dict[str, Any]:
    """Compare the plan with one that obeys other locks and weights.

    Parameters
    ----------
    other
        The problem with those locks, and the suitability that the weights give; the same sites and functions.
    seconds
        Of processor time.

    Returns
    -------
    dict
        ``possible``; ``plan``, ``comes_in`` and ``goes_out`` (sites with their function), ``changes`` (sites
        with another function or year); ``aims`` (before and after, with their unit); ``hectares_short``,
        ``people``, ``gap``, ``gap_weights`` and ``sentences``; plain values. Both sides of an aim are taken
        with the new weights.
    """
    answer = answer_plan(asked, other, seconds=seconds)
    before = places_of(asked, asked.problem, asked.start)
    if answer.start is None:
        told = [say("lock.impossible")]
        lists: dict[str, Any] = {"comes_in": [], "goes_out": [], "changes": []}
        return {"possible": False, "plan": before, **lists, "aims": [], "sentences": plain_sentences(told)}
    after = places_of(asked, other, answer.start)
    comes, goes, changes = compared(before, after)
    own = carried(answer.start, other, asked.problem)
    short = more_short(asked.problem, asked.start, own)
    aims = _aims(asked, other, answer.start)
    people = next(aim["after"] - aim["before"] for aim in aims if aim["aim"] == "people")
    told = [
        *_told_places(comes, goes, changes),
        *_told_aims(short, people),
        *_told_proof(asked, other, answer),
    ]
    return {
        "possible": True,
        "plan": after,
        "comes_in": comes,
        "goes_out": goes,
        "changes": changes,
        "aims": aims,
        "hectares_short": short,
        "people": people,
        "gap": 0.0 if answer.near is None else answer.near.gap,
        "gap_weights": 0.0 if answer.weighed is None else answer.weighed.gap,
        "sentences": plain_sentences(told),
    }


def answer_plan(asked: Asked, other: ReservationProblem, *, seconds: float | None = LIVE_SECONDS) -> Answer:
    """Make the plan: first near the one that there is and around the locks, then as the weights ask.

    What the present plan reaches on an aim is allowed for nothing; what its aims may give away by their
    tolerance is allowed for suitability.
    """
    settings, clock = asked.parameters.reservation, Clock.start(seconds)
    moved = around_locks(other, cleared(other, carried(asked.start, asked.problem, other)))
    near = None
    weighs = other_weights(asked.problem, other)
    stands = _chosen(asked.problem, asked.start) == _chosen(other, moved)
    if not stands or not obeys(other, moved):
        reached = build_model(asked.problem, openings=False)
        allowed = {aim: reached.aim_value(aim, asked.start) for aim in BEYOND}
        share = clock.left_of(LOCKS_SHARE if weighs else 1.0)
        near = nearest_within(other, moved, settings, allowed, seconds=share)
        if near is None:
            return Answer(None)
        moved = near.start
    weighed = None
    if weighs:
        weighed = reweigh(other, moved, settings, tolerated(asked), seconds=clock.left_of(1.0))
    return Answer(moved if weighed is None else weighed.start, near, weighed)


def other_weights(problem: ReservationProblem, other: ReservationProblem) -> bool:
    """Tell whether suitability differs between problems with the same sites and functions."""
    _, here, there = np.intersect1d(keys_of(problem), keys_of(other), return_indices=True)
    return not np.array_equal(problem.suitability[here], other.suitability[there])


def tolerated(asked: Asked) -> dict[str, float]:
    """Give what each aim may reach by the tolerance of the plan, as the release has it on record."""
    if "plan_aims" not in asked.tables:
        return {}
    table = asked.tables["plan_aims"]
    rows = table[table["plan"] == PROPOSAL].to_dict("records")
    return {str(row["aim"]): float(row["value"] + row["tolerance"]) for row in rows}


def around_locks(problem: ReservationProblem, start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give a plan in which locked pairs stand, in place of what stood on their sites."""
    free = start.copy()
    for pair, latest in problem.locked_in.tolist():
        if start[pair] != NOT_CHOSEN and start[pair] <= latest:
            continue
        free[(problem.site == problem.site[pair])] = NOT_CHOSEN
        free[pair] = min(int(np.argmax(problem.capacity[pair] > 0)), latest)
    return free


def places_of(asked: Asked, problem: ReservationProblem, start: NDArray[np.int64]) -> list[dict[str, Any]]:
    """List what a plan reserves, by site: plain values with park, municipality, hectares and year."""
    names = _municipalities(asked.tables)
    found = []
    for pair in np.flatnonzero(start != NOT_CHOSEN).tolist():
        row = problem.sites.iloc[problem.site[pair]]
        code = None if pd.isna(row["municipality_code"]) else str(row["municipality_code"])
        found.append(
            {
                "site_id": str(row["site_id"]),
                "function": problem.functions[problem.function[pair]],
                "park_id": None if pd.isna(row["park_id"]) else str(row["park_id"]),
                "park_name": None if pd.isna(row["park_name"]) else str(row["park_name"]),
                "municipality_code": code,
                "municipality": None if code is None else names.get(code, code),
                "hectares": float(problem.capacity[pair, -1]),
                "from_year": int(problem.years[start[pair]]),
                "suitability": float(problem.suitability[pair]),
                "people": float(problem.people[pair] + problem.persons_per_dwelling * problem.conflict[pair]),
            }
        )
    return sorted(found, key=lambda place: str(place["site_id"]))


def compared(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Give which places of two plans come in, which go out, and which get another function or year.

    What changes carries ``function_before`` and ``from_year_before``.
    """
    was = {place["site_id"]: place for place in before}
    now = {place["site_id"]: place for place in after}
    comes = [dict(place) for site, place in now.items() if site not in was]
    goes = [dict(place) for site, place in was.items() if site not in now]
    changes = [
        {
            **place,
            "function_before": was[site]["function"],
            "from_year_before": was[site]["from_year"],
        }
        for site, place in now.items()
        if site in was
        and (place["function"], place["from_year"]) != (was[site]["function"], was[site]["from_year"])
    ]
    return comes, goes, changes


def _aims(asked: Asked, other: ReservationProblem, start: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Give each aim before and after, in the order of the plan; both with the new suitability."""
    before, after = build_model(asked.problem), build_model(other)
    # a site that the locks close is no pair of the other problem, and weighs as it did
    _, here, there = np.intersect1d(keys_of(asked.problem), keys_of(other), return_indices=True)
    suitability = asked.problem.suitability.copy()
    suitability[here] = other.suitability[there]
    was = asked.start != NOT_CHOSEN
    later = np.where(np.arange(len(asked.problem.years)) >= asked.start[:, None], asked.problem.capacity, 0.0)
    lack = float(((1.0 - suitability) * later.mean(axis=1))[was].sum())
    order = [*asked.parameters.reservation.aims]
    rows = []
    for aim in [*order, *(name for name in AIM_WORDS if name not in order)]:
        label_nl, label_en, unit = AIM_WORDS[aim]
        value = lack if aim == "suitability" else before.aim_value(aim, asked.start)
        rows.append(
            {
                "aim": aim,
                "label_nl": label_nl,
                "label_en": label_en,
                "unit": unit,
                "before": value,
                "after": after.aim_value(aim, start),
            }
        )
    return rows


def _told_places(
    comes: Sequence[Mapping[str, Any]],
    goes: Sequence[Mapping[str, Any]],
    changes: Sequence[Mapping[str, Any]],
) -> list[Sentence]:
    told = []
    for name, places in (("comes", comes), ("goes", goes)):
        pairs = [(place["site_id"], place["function"]) for place in places]
        told.append(
            say(f"lock.{name}", {"places": _words(pairs)}, places=pairs)
            if pairs
            else say(f"lock.nothing_{name}")
        )
    if changes:
        pairs = [(place["site_id"], place["function"]) for place in changes]
        words = [
            f"{place['site_id']} van {place['function_before']} ({place['from_year_before']}) naar "
            f"{place['function']} ({place['from_year']})"
            for place in changes
        ]
        told.append(say("lock.changes", {"places": list_nl(words, 2 * MOST_NAMED)}, places=pairs))
    return told


def _told_aims(short: float, people: float) -> list[Sentence]:
    told = [
        say("whatif.short", {"hectares": hectares_nl(short)}, hectares=short)
        if short > NOTICED
        else say("whatif.not_short")
    ]
    if abs(people) >= 1:
        name = "whatif.people_more" if people > 0 else "whatif.people_less"
        told.append(say(name, {"people": number_nl(abs(people))}, people=abs(people)))
    return told


def _told_proof(asked: Asked, other: ReservationProblem, answer: Answer) -> list[Sentence]:
    """Tell how far the answer may be from the best."""
    told = []
    if answer.near is not None:
        told.append(say("lock.nearest" if answer.near.gap <= LIVE_GAP else "lock.near"))
    if answer.weighed is not None:
        gap = answer.weighed.gap
        told.append(
            say("weights.best")
            if answer.weighed.is_best
            # rounded up, so that "at most" holds
            else say("weights.near", {"share": share_nl(float(np.ceil(100.0 * gap)) / 100.0)}, share=gap)
        )
    elif other_weights(asked.problem, other):
        told.append(say("weights.unused"))
    return told


def _chosen(problem: ReservationProblem, start: NDArray[np.int64]) -> dict[int, int]:
    """Give the year position per pair that is chosen, under keys that hold in every problem."""
    pairs = np.flatnonzero(start != NOT_CHOSEN)
    return dict(zip(keys_of(problem)[pairs].tolist(), start[pairs].tolist(), strict=True))


def _municipalities(tables: Mapping[str, Any]) -> dict[str, str]:
    if "municipalities" not in tables:
        return {}
    table = tables["municipalities"].dropna(subset=["municipality_code"])
    return dict(zip(table["municipality_code"].astype(str), table["name"].astype(str), strict=True))


def _words(places: Sequence[tuple[str, str]]) -> str:
    return list_nl([f"{site} voor {function}" for site, function in places], 2 * MOST_NAMED)

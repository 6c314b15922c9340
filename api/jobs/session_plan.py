"""What locks and weights of a session do, told for its territory and for nothing else.

The plan is one of the whole province, so a lock here may move something there. That stays untold: places,
hectares and people are those of the municipalities of the session, and no sum goes over more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.reservation.assemble import problem_of
from analysis.reservation.classes import classes_of
from analysis.reservation.merge import keys_of
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import shortage_of
from analysis.reservation.what_if import change_plan, compared, places_of
from api.jobs.changes import Changes
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.reservation.problem import ReservationProblem
    from analysis.reservation.why import Asked
    from api.jobs.minutes import State

CLASH: Final = (
    "Deze keuze botst met een bestaande reservering, een afspraak of een regel. Er is niets veranderd."
)
IMPOSSIBLE: Final = "Met deze vaste keuzen bestaat er geen plan. Er is niets veranderd."
BEST, NEAR = "best", "near"
PROVEN: Final = 5e-3


def territory_answer(
    asked: Asked,
    state: State,
    territory: frozenset[str],
    before: Sequence[Mapping[str, Any]] | None = None,
    site: str = "",
) -> dict[str, Any]:
    """Make the plan under the locks and weights of a session, and tell what changes in its territory.

    Parameters
    ----------
    asked
        The problem and the plan of the release.
    state
        Locks and weights after the step.
    territory
        Codes of municipalities.
    before
        Places of the territory before the step, as ``plan`` gave them; those of the release when None.
    site
        That the step is about.

    Returns
    -------
    dict
        Of the territory: ``plan`` (its places), ``comes_in``, ``goes_out``, ``changes``, ``aims`` (before and
        after, in units) and ``proof`` (`BEST` or `NEAR`); plain values.

    Raises
    ------
    InputError
        With one Dutch line: an unknown site (outside the territory counts as unknown), one that is not
        eligible, locks that contradict each other or the rules.
    """
    check_locks(asked, state, territory, site)
    lock_in = tuple(f"{name}={function}" for name, function in sorted(state.lock_in.items()))
    lock_out = tuple(
        f"{name}={function}" if function else name for name, function in sorted(state.lock_out.items())
    )
    try:
        changes = Changes(lock_in, lock_out, state.weights)
        other = problem_of(asked.tables, changes.apply(asked.parameters))
    except InputError as error:
        # its words name rows of layers that this session need not see
        raise InputError(Problem(CLASH, "")) from error
    answer = change_plan(asked, other)
    if not answer["possible"]:
        raise InputError(Problem(IMPOSSIBLE, ""))
    first = _within(places_of(asked, asked.problem, asked.start), territory) if before is None else before
    after = _within(answer["plan"], territory)
    comes, goes, moved = compared(first, after)
    proven = max(answer["gap"], answer["gap_weights"]) <= PROVEN
    return {
        "plan": after,
        "comes_in": comes,
        "goes_out": goes,
        "changes": moved,
        "aims": _aims(asked, state, territory, first, after),
        "proof": BEST if proven else NEAR,
    }


def check_locks(asked: Asked, state: State, territory: frozenset[str], only: str = "") -> None:
    """Refuse what cannot be locked, in one Dutch line.

    Parameters
    ----------
    only
        The site that is new; all when empty.
    """
    problem = asked.problem
    sites = problem.sites
    inside = sites["municipality_code"].isin(territory).to_numpy(dtype=bool, na_value=False)
    at = {str(name): place for place, name in enumerate(sites["site_id"]) if inside[place]}
    held = {int(problem.site[pair]) for pair in problem.locked_in[:, 0].tolist()}
    both = [(name, function, True) for name, function in state.lock_in.items()]
    both += [(name, function, False) for name, function in state.lock_out.items()]
    for name, function, is_in in both:
        if only and name != only:
            continue
        if name not in at:
            raise _line(f"Er is in deze sessie geen plek {name}. Kijk of het nummer klopt.")
        here = problem.function[problem.site == at[name]].tolist()
        wanted = classes_of(problem.functions, function) if function else tuple(here)
        if at[name] in held and not (is_in and _stands(problem, at[name], wanted)):
            raise _line(f"Plek {name} ligt al vast door een bestaande reservering of een afspraak.")
        if function and not wanted:
            raise _line(f"Voor functie {function} is in deze provincie geen ruimte gevraagd.")
        if is_in and not set(here) & set(wanted):
            raise _line(f"Plek {name} is niet geschikt voor {function}: een regel van het plan verbiedt dat.")


def _stands(problem: ReservationProblem, site: int, functions: Sequence[int]) -> bool:
    """Tell whether the release itself locks in a site for one of these functions."""
    pairs = problem.locked_in[:, 0]
    return bool(((problem.site[pairs] == site) & np.isin(problem.function[pairs], functions)).any())


def _line(text: str) -> InputError:
    return InputError(Problem(text, "", field="plek"))


def _within(places: Sequence[Mapping[str, Any]], territory: frozenset[str]) -> list[dict[str, Any]]:
    return [dict(place) for place in places if place["municipality_code"] in territory]


def _aims(
    asked: Asked,
    state: State,
    territory: frozenset[str],
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Measure what the territory gives before and after; suitability of both with the new weights."""
    weighted = problem_of(asked.tables, Changes(weights=state.weights).apply(asked.parameters))
    rows = [
        ("places", "Plekken in het plan", "Places in the plan", "", len(before), len(after)),
        (
            "hectares", "Gereserveerde grond", "Land reserved", "ha",
            _sum(before, "hectares"), _sum(after, "hectares"),
        ),
        (
            "people", "Mensen binnen de afstand van een plek", "People within the distance of a place",
            "inhabitants", _sum(before, "people"), _sum(after, "people"),
        ),
        (
            "suitability", "Geschiktheid van die grond, van 0 tot 100",
            "Suitability of that land, from 0 to 100", "",
            _suitability(weighted, before), _suitability(weighted, after),
        ),
    ]  # fmt: skip
    year = asked.problem.years[-1]
    for area in _whole_areas(asked, territory):
        one, other = (_short(asked.problem, area, places) for places in (before, after))
        label_nl, label_en = f"Tekort van {area} in {year}", f"Shortage of {area} in {year}"
        rows.append(("shortage", label_nl, label_en, "ha", one, other))
    names = ("aim", "label_nl", "label_en", "unit", "before", "after")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _sum(places: Sequence[Mapping[str, Any]], name: str) -> float:
    return float(sum(place[name] for place in places))


def _suitability(problem: ReservationProblem, places: Sequence[Mapping[str, Any]]) -> float | None:
    """Give the mean suitability of the land of places, from 0 to 100; None without any."""
    start = _start_of(problem, places)
    chosen = start != NOT_CHOSEN
    hectares = problem.capacity[chosen, -1]
    if not hectares.sum():
        return None
    return float(100.0 * (hectares * problem.suitability[chosen]).sum() / hectares.sum())


def _whole_areas(asked: Asked, territory: frozenset[str]) -> list[str]:
    """Give the sub-areas of which every municipality takes part: a sum over them tells of nobody else."""
    sites = asked.problem.sites
    targets = asked.problem.targets
    wanted = targets.loc[targets["year"] == asked.problem.years[-1], "sub_area"].dropna().astype(str)
    found = []
    for area in sorted(set(wanted)):
        codes = set(sites.loc[(sites["sub_area"] == area).fillna(value=False), "municipality_code"].dropna())
        if "municipalities" in asked.tables:
            table = asked.tables["municipalities"]
            same = (table["sub_area"] == area).fillna(value=False)
            codes |= set(table.loc[same, "municipality_code"].dropna())
        if codes and {str(code) for code in codes} <= territory:
            found.append(area)
    return found


def _short(problem: ReservationProblem, area: str, places: Sequence[Mapping[str, Any]]) -> float:
    """Give the hectares short of what a sub-area asks of itself in the last year."""
    targets = problem.targets
    mine = (targets["sub_area"] == area).fillna(value=False) & (targets["year"] == problem.years[-1])
    own = replace(problem, targets=pd.DataFrame(targets[mine.to_numpy(dtype=bool)]).reset_index(drop=True))
    return float(shortage_of(own, _start_of(problem, places)).sum())


def _start_of(problem: ReservationProblem, places: Sequence[Mapping[str, Any]]) -> np.ndarray[Any, Any]:
    """Give start years per pair of places."""
    at = {str(name): place for place, name in enumerate(problem.sites["site_id"])}
    count = len(problem.functions)
    keys = {
        at[place["site_id"]] * count + problem.functions.index(place["function"]): int(place["from_year"])
        for place in places
    }
    start = np.full(problem.pairs, NOT_CHOSEN, dtype=np.int64)
    for pair, key in enumerate(keys_of(problem).tolist()):
        if key in keys:
            start[pair] = problem.years.index(keys[key])
    return start

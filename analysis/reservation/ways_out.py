"""What gives when it does not fit: the cheapest ways out, each one solved again.

Free choices first; apart from them those that shorten a distance which protects people. Those are choices
about health and about what the surroundings are, and stand with the people concerned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reservation.merge import carried, keys_of
from analysis.reservation.model import build_model, priced_model
from analysis.reservation.plan import gap_of, limits_of, solve_pass, status_of
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import shortage_of
from analysis.reservation.relax import GROUP_BY_NAME, HEALTH_GROUPS, Relaxation, holds, without
from analysis.reservation.shortage import short_in_year, worst_year
from analysis.solving.highs import solve_lp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters_reservation import ReservationParameters

MOST_SOLVED = 12
"""Ways out that are solved again; which ones is decided by what the linear relaxation gains at most."""
SMALL = 1e-6
SHARE_OF_TIME = 0.25
"""Time of a way out against that of a pass of the plan."""


@dataclass(frozen=True)
class WayOut:
    """One way out, solved again.

    Attributes
    ----------
    relaxation
        What is relaxed.
    before, after
        First aim of the plan without and with it: weighted hectares short and the price of housing plans.
    bound, status
        Proven for `after`.
    freed_ha
        Hectares less short in the year that was shortest, over all functions.
    sites
        Ids of sites used that were not eligible before.
    people
        Living within the distance of those sites.
    """

    relaxation: Relaxation
    before: float
    after: float
    bound: float
    status: str
    freed_ha: float
    sites: tuple[str, ...]
    people: float


def own_relaxations(problem: ReservationProblem) -> tuple[Relaxation, ...]:
    """Give the ways out that the plan's own rules offer: groups, single maxima, single housing plans."""
    found = [
        _relaxation(group, group, (rule.way_out_nl, rule.way_out_en), partial(without, problem, (group,)))
        for group, rule in ((group, GROUP_BY_NAME[group]) for group in holds(problem))
    ]
    if len(problem.ceilings) > 1:
        for at, row in enumerate(problem.ceilings.to_dict("records")):
            area = str(row["area"])
            texts = f"Als het maximum van {area} vervalt", f"If the maximum of {area} is dropped"
            made = partial(_without_ceiling, problem, at)
            found.append(_relaxation(f"ceiling:{row['ceiling_id']}", "ceiling", texts, made))
    if len(problem.plans) > 1:
        for at, row in enumerate(problem.plans.to_dict("records")):
            name, homes = str(row["plan_id"]), float(row["dwellings"])
            texts = (
                f"Als woningbouwplan {name} wijkt ({homes:.0f} woningen)",
                f"If housing plan {name} gives way ({homes:.0f} dwellings)",
            )
            found.append(
                _relaxation(f"housing:{name}", "housing", texts, partial(_without_plan, problem, at))
            )
    return tuple(found)


def _relaxation(
    name: str, group: str, texts: tuple[str, str], made: Callable[[], ReservationProblem]
) -> Relaxation:
    rule = GROUP_BY_NAME[group]
    return Relaxation(name, group, rule.label_nl, rule.label_en, *texts, group in HEALTH_GROUPS, made)


def _without_ceiling(problem: ReservationProblem, at: int) -> ReservationProblem:
    return replace(
        problem, ceilings=problem.ceilings.drop(index=problem.ceilings.index[at]).reset_index(drop=True)
    )


def _without_plan(problem: ReservationProblem, at: int) -> ReservationProblem:
    return replace(problem, plan_pairs=problem.plan_pairs[problem.plan_pairs[:, 0] != at])


def find_ways_out(
    problem: ReservationProblem,
    start: NDArray[np.int64],
    parameters: ReservationParameters,
    relaxations: Iterable[Relaxation] = (),
    *,
    most: int = MOST_SOLVED,
) -> tuple[WayOut, ...]:
    """Solve the plan again with one rule relaxed at a time.

    Parameters
    ----------
    start
        The plan with the least shortage, per pair the position of its year, ``(k,)``.
    relaxations
        Of the rules of eligibility; those of the plan itself are added.
    most
        Number that is solved again.

    Returns
    -------
    tuple of WayOut
        Those that free land: free choices first, then those that touch health; the largest first.
    """
    before = build_model(problem, openings=False).aim_value("shortage", start)
    base = _Base(problem, start, before, shortage_of(problem, start))
    every = [*own_relaxations(problem), *relaxations]
    gains = []
    for at, relaxation in enumerate(every):
        relaxed = relaxation.problem()
        model = build_model(relaxed, openings=False)
        least = solve_lp(priced_model(model, {"shortage": 1.0})).objective
        if before - least > SMALL:
            gains.append((relaxation.touches_health, -(before - least), at, relaxed))
    # of each kind the half, so that a free choice is never crowded out by one that touches health
    gains.sort(key=lambda gain: gain[:3])
    free = [gain for gain in gains if not gain[0]]
    health = [gain for gain in gains if gain[0]]
    half = most // 2
    room = max(half, most - len(health))
    picked = free[:room] + health[: max(half, most - len(free[:room]))]
    found = [base.way_out(every[at], relaxed, parameters) for _, _, at, relaxed in picked]
    useful = [way for way in found if way.before - way.after > SMALL]
    useful.sort(
        key=lambda way: (way.relaxation.touches_health, -(way.before - way.after), way.relaxation.name)
    )
    return tuple(useful)


@dataclass(frozen=True)
class _Base:
    """The plan with the least shortage, to measure ways out against."""

    problem: ReservationProblem
    start: NDArray[np.int64]
    value: float
    shortage: NDArray[np.float64]

    def way_out(
        self, relaxation: Relaxation, relaxed: ReservationProblem, parameters: ReservationParameters
    ) -> WayOut:
        limits = limits_of(parameters, share=SHARE_OF_TIME)
        reservation = build_model(relaxed, openings=False)
        first = carried(self.start, self.problem, relaxed)
        outcome, start = solve_pass(reservation, {"shortage": 1.0}, {}, limits, start=first)
        after = reservation.aim_value("shortage", start)
        bound = min(max(outcome.bound, 0.0), after)
        year = worst_year(self.problem, self.shortage)
        left = shortage_of(relaxed, start)
        fresh = (start != NOT_CHOSEN) & ~np.isin(keys_of(relaxed), keys_of(self.problem))
        sites = relaxed.sites["site_id"].astype(str).to_numpy()[relaxed.site[fresh]]
        return WayOut(
            relaxation,
            self.value,
            after,
            bound,
            status_of(gap_of(after, bound), parameters.gap),
            short_in_year(self.problem, self.shortage, year) - short_in_year(relaxed, left, year),
            tuple(sites.tolist()),
            float(relaxed.people[fresh].sum()),
        )


def ways_out_table(ways: Sequence[WayOut]) -> pd.DataFrame:
    """Write ways out as rows, with a sentence each."""
    rows = []
    for rank, way in enumerate(ways, start=1):
        one = way.relaxation
        hectares = f"{way.freed_ha:.0f} ha"
        people = f", {way.people:.0f} mensen binnen de afstand" if one.touches_health else ""
        concerned = f", {way.people:.0f} people concerned" if one.touches_health else ""
        rows.append(
            {
                "way_id": one.name,
                "rank": rank,
                "kind": "health" if one.touches_health else "free",
                "group": one.group,
                "label_nl": one.label_nl,
                "label_en": one.label_en,
                "freed_ha": way.freed_ha,
                "before": way.before,
                "after": way.after,
                "bound": way.bound,
                "gap": gap_of(way.after, way.bound),
                "status": way.status,
                "sites": ";".join(way.sites),
                "site_count": len(way.sites),
                "people": way.people,
                "text_nl": f"{one.label_nl}: {hectares}{people}.",
                "text_en": f"{one.label_en}: {hectares}{concerned}.",
            }
        )
    columns = [
        *("way_id", "rank", "kind", "group", "label_nl", "label_en", "freed_ha", "before", "after", "bound"),
        *("gap", "status", "sites", "site_count", "people", "text_nl", "text_en"),
    ]
    return pd.DataFrame(rows, columns=columns)

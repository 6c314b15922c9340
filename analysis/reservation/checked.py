"""A plan written out for checking: reservations with their place and hectares, apart from the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.reservation.problem import NOT_CHOSEN

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import Any

    from analysis.reservation.problem import Plan, ReservationProblem

SLACK_HA = 1e-6
"""Hectares that a sum may be off by rounding: a hundredth of a square metre."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in a plan that is not as it should be.

    Attributes
    ----------
    kind
        Which check.
    ids
        Sites, functions, targets, plans or aims concerned.
    message
        One sentence, English.
    """

    kind: str
    ids: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One reservation, written out.

    Attributes
    ----------
    pair
        Its position in the problem.
    site, function
        Ids.
    park, municipality, sub_area
        Where the site lies.
    year
        Position of the year from which.
    hectares
        That count per year; zero before the start.
    """

    pair: int
    site: str
    function: str
    park: str
    municipality: str
    sub_area: str
    year: int
    hectares: tuple[float, ...]


def choices_of(problem: ReservationProblem, plan: Plan) -> list[Choice]:
    """Write the chosen pairs out."""
    sites = problem.sites.to_dict("records")
    found = []
    for pair, year in enumerate(plan.start.tolist()):
        if year == NOT_CHOSEN:
            continue
        site = sites[int(problem.site[pair])]
        hectares = [float(ha) if at >= year else 0.0 for at, ha in enumerate(problem.capacity[pair])]
        found.append(
            Choice(
                pair,
                str(site["site_id"]),
                problem.functions[int(problem.function[pair])],
                str(site["park_id"]),
                str(site["municipality_code"]),
                str(site["sub_area"]),
                year,
                tuple(hectares),
            )
        )
    return found


def plans_giving_way(problem: ReservationProblem, plan: Plan) -> list[bool]:
    """Tell per housing plan whether a reservation stands in it."""
    gives_way = [False] * len(problem.plans)
    for housing, pair in problem.plan_pairs.tolist():
        gives_way[housing] = gives_way[housing] or plan.start[pair] != NOT_CHOSEN
    return gives_way


def hectares_short(
    problem: ReservationProblem, target: Mapping[Hashable, Any], choices: Sequence[Choice]
) -> float:
    """Give the hectares short of one target."""
    year = problem.years.index(int(target["year"]))
    got: float = sum(
        choice.hectares[year]
        for choice in choices
        if choice.function == target["function"]
        and (pd.isna(target["sub_area"]) or choice.sub_area == target["sub_area"])
    )
    return max(0.0, float(target["ha"]) - got)

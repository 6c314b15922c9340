"""Check a plan again, apart from the model that made it: every rule recomputed from the problem.

Nothing of the model or of its rows is used here, and sums are added up one by one, so that a mistake in the
model cannot pass by being made twice. A plan that breaks a rule is not released.
"""

from __future__ import annotations

from collections import defaultdict
from math import isclose, isfinite
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reservation.checked import SLACK_HA, Violation, choices_of, hectares_short, plans_giving_way
from analysis.reservation.checker_aims import check_aims
from analysis.reservation.problem import NOT_CHOSEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from analysis.reservation.checked import Choice
    from analysis.reservation.problem import Plan, ReservationProblem
    from layers.parameters_reservation import ReservationParameters


def check_plan(
    problem: ReservationProblem,
    plan: Plan,
    *,
    tables: Mapping[str, Any] | None = None,
    parameters: ReservationParameters | None = None,
) -> tuple[Violation, ...]:
    """Check every rule, every recorded figure and every proof of a plan.

    Parameters
    ----------
    tables
        Tables of the release by name; with them eligibility, areas, neighbours, locks and housing plans are
        recomputed from geometry and tables as well.
    parameters
        What was asked; with them tolerance, gap, order of aims and the strict reading are checked too.

    Returns
    -------
    tuple of Violation
        Empty when the plan may be released.
    """
    broken = list(_shape(problem, plan))
    if broken:
        return tuple(broken)
    choices = choices_of(problem, plan)
    found: list[Violation] = [
        *_sites(problem, choices),
        *_locks(problem, plan),
        *_ceilings(problem, choices),
        *_neighbours(problem, choices),
        *_clusters(problem, choices),
        *_housing(problem, plan),
        *_keeping(problem, choices),
        *_shortages(problem, plan, choices),
        *check_aims(problem, plan, choices, parameters),
        *(_strict(problem, choices) if parameters is not None and parameters.certain_only else ()),
    ]
    if tables is not None:
        from analysis.reservation.checker_tables import check_tables

        found += check_tables(problem, plan, choices, tables, parameters)
    return tuple(found)


def _shape(problem: ReservationProblem, plan: Plan) -> Iterable[Violation]:
    """Arrays have the length and the values that they should have."""
    if plan.start.shape != (problem.pairs,) or not np.issubdtype(plan.start.dtype, np.integer):
        yield Violation("shape", (), "start years are not one whole number per pair")
    elif not ((plan.start >= NOT_CHOSEN) & (plan.start < len(problem.years))).all():
        yield Violation("shape", (), "a start year is no year of the plan")
    if plan.shortage.shape != (len(problem.targets),):
        yield Violation("shape", (), "shortages are not one per target")
    if plan.blocked_plans.shape != (len(problem.plans),):
        yield Violation("shape", (), "housing plans that give way are not one per plan")


def _sites(problem: ReservationProblem, choices: list[Choice]) -> Iterable[Violation]:
    """One function per site, not before its release, for good."""
    by_site: dict[str, list[str]] = defaultdict(list)
    for choice in choices:
        by_site[choice.site].append(choice.function)
        if problem.capacity[choice.pair, choice.year] <= 0:
            year = problem.years[choice.year]
            yield Violation(
                "release_year",
                (choice.site, choice.function),
                f"reserved from {year}, before it is available",
            )
        if any(
            later < earlier - SLACK_HA
            for earlier, later in zip(choice.hectares, choice.hectares[1:], strict=False)
        ):
            yield Violation("persistence", (choice.site, choice.function), "hectares fall over the years")
    for site, functions in by_site.items():
        if len(functions) > 1:
            yield Violation(
                "one_function", (site, *functions), "a site is reserved for more than one function"
            )


def _strict(problem: ReservationProblem, choices: list[Choice]) -> Iterable[Violation]:
    for choice in choices:
        if not problem.certain[choice.pair]:
            yield Violation(
                "certain", (choice.site, choice.function), "not eligible under the strict reading"
            )


def _locks(problem: ReservationProblem, plan: Plan) -> Iterable[Violation]:
    for pair, latest in problem.locked_in.tolist():
        if plan.start[pair] == NOT_CHOSEN or plan.start[pair] > latest:
            site = str(problem.sites["site_id"].iloc[int(problem.site[pair])])
            function = problem.functions[int(problem.function[pair])]
            year = problem.years[latest]
            yield Violation(
                "lock_in", (site, function), f"an existing reservation from {year} does not stand"
            )


def _ceilings(problem: ReservationProblem, choices: list[Choice]) -> Iterable[Violation]:
    for row in problem.ceilings.to_dict("records"):
        year = problem.years.index(int(row["year"]))
        total = sum(
            choice.hectares[year]
            for choice in choices
            if getattr(choice, row["scope"]) == str(row["area"])
            and (pd.isna(row["function"]) or choice.function == row["function"])
        )
        if total > float(row["ha"]) + SLACK_HA:
            yield Violation(
                "ceiling",
                (str(row["ceiling_id"]), str(row["area"])),
                f"{total:.2f} ha where at most {float(row['ha']):.2f} ha may be",
            )


def _neighbours(problem: ReservationProblem, choices: list[Choice]) -> Iterable[Violation]:
    ids = problem.sites["site_id"].astype(str).tolist()
    noisy = {problem.functions[at] for at in problem.noisy}
    quiet = {problem.functions[at] for at in problem.quiet}
    function_of = {choice.site: choice.function for choice in choices}
    for first, second in problem.neighbours.tolist():
        for loud, still in ((ids[first], ids[second]), (ids[second], ids[first])):
            if function_of.get(loud) in noisy and function_of.get(still) in quiet:
                yield Violation("neighbour", (loud, still), "a noisy function beside a quiet one")


def _clusters(problem: ReservationProblem, choices: list[Choice]) -> Iterable[Violation]:
    if not len(problem.min_cluster):
        return
    total: dict[tuple[str, str], float] = defaultdict(float)
    for choice in choices:
        total[choice.park, choice.function] += choice.hectares[-1]
    for (park, function), hectares in total.items():
        least = float(problem.min_cluster[problem.functions.index(function)])
        if hectares < least - SLACK_HA:
            yield Violation(
                "cluster",
                (park, function),
                f"{hectares:.2f} ha together where at least {least:.2f} ha is asked",
            )


def _housing(problem: ReservationProblem, plan: Plan) -> Iterable[Violation]:
    for row, gives_way, recorded in zip(
        problem.plans.to_dict("records"),
        plans_giving_way(problem, plan),
        plan.blocked_plans.tolist(),
        strict=True,
    ):
        name = str(row["plan_id"])
        if gives_way and not isfinite(float(row["price"])):
            yield Violation("housing", (name,), "a reservation stands in a housing plan that goes ahead")
        if gives_way != recorded:
            word = "gives way" if gives_way else "goes ahead"
            yield Violation("housing_recorded", (name,), f"the plan {word}, and the other is recorded")


def _keeping(problem: ReservationProblem, choices: list[Choice]) -> Iterable[Violation]:
    hectares = {choice.pair: choice.hectares[-1] for choice in choices}
    for at, row in enumerate(problem.keep.to_dict("records")):
        taken = sum(hectares.get(pair, 0.0) for keep, pair in problem.keep_pairs.tolist() if keep == at)
        if taken > float(row["ha"]) + SLACK_HA:
            yield Violation(
                "keep",
                (str(row["keep_id"]),),
                f"{taken:.2f} ha of scarce land taken without need, at most {float(row['ha']):.2f} ha",
            )


def _shortages(problem: ReservationProblem, plan: Plan, choices: list[Choice]) -> Iterable[Violation]:
    for row, recorded in zip(problem.targets.to_dict("records"), plan.shortage.tolist(), strict=True):
        short = hectares_short(problem, row, choices)
        if not isclose(short, recorded, abs_tol=SLACK_HA):
            yield Violation(
                "shortage", (str(row["target_id"]),), f"{short:.4f} ha short, {recorded:.4f} ha is recorded"
            )

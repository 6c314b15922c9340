"""Check the figures and the proofs that a plan carries: values, bounds, gaps, tolerances."""

from __future__ import annotations

from math import isclose, isfinite
from typing import TYPE_CHECKING

from analysis.reservation.checked import SLACK_HA, Violation, hectares_short, plans_giving_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analysis.reservation.checked import Choice
    from analysis.reservation.problem import AimOutcome, Plan, ReservationProblem
    from layers.parameters_reservation import ReservationParameters


def reached_by(problem: ReservationProblem, plan: Plan, choices: Sequence[Choice]) -> dict[str, float]:
    """Give what a plan reaches on each aim."""
    short: float = sum(
        float(row["weight"]) * hectares_short(problem, row, choices)
        for row in problem.targets.to_dict("records")
    )
    for row, gives_way in zip(problem.plans.to_dict("records"), plans_giving_way(problem, plan), strict=True):
        if gives_way and isfinite(float(row["price"])):
            short += float(row["price"])
    people = sum(
        float(problem.people[choice.pair])
        + problem.persons_per_dwelling * float(problem.conflict[choice.pair])
        for choice in choices
    )
    lacking = sum(
        (1.0 - float(problem.suitability[choice.pair])) * sum(choice.hectares) / len(problem.years)
        for choice in choices
    )
    opened = {(choice.park, choice.function) for choice in choices}
    return {"shortage": short, "people": people, "suitability": lacking, "compactness": float(len(opened))}


def check_aims(
    problem: ReservationProblem,
    plan: Plan,
    choices: Sequence[Choice],
    parameters: ReservationParameters | None,
) -> Iterable[Violation]:
    """Check that recorded values, bounds, gaps and statuses are true, and that tolerances were kept."""
    reached = reached_by(problem, plan, choices)
    names = [aim.name for aim in plan.aims]
    if len(set(names)) != len(names) or not set(names) <= set(reached):
        yield Violation("aim_order", tuple(names), "an aim stands twice or is not known")
        return
    if parameters is not None and names != list(parameters.aims):
        yield Violation("aim_order", tuple(names), "the aims are not those asked, in their order")
    if plan.aims and not plan.solver:
        yield Violation("solver", (), "the solver is not recorded")
    for aim in plan.aims:
        yield from _aim(aim, reached[aim.name], float("inf") if parameters is None else parameters.gap)


def _aim(aim: AimOutcome, reached: float, asked: float) -> Iterable[Violation]:
    """Check one aim against what the plan reaches and the gap that was asked."""
    # figures of thousands of people carry fewer decimals than hectares
    slack = max(SLACK_HA, 1e-9 * abs(aim.value))
    if not isclose(aim.final, reached, abs_tol=slack):
        yield Violation("aim_value", (aim.name,), f"{reached:.6g} reached, {aim.final:.6g} recorded")
    if not aim.final <= aim.value + aim.tolerance + slack:
        yield Violation("aim_tolerance", (aim.name,), "later aims gave away more than the tolerance")
    if not isfinite(aim.bound) or aim.bound > min(aim.value, reached) + slack:
        yield Violation("aim_bound", (aim.name,), "the bound is no bound")
        return
    distance = aim.value - aim.bound
    gap = 0.0 if distance <= SLACK_HA * max(1.0, abs(aim.value)) else distance / abs(aim.value)
    if not isclose(gap, aim.gap, rel_tol=1e-6, abs_tol=1e-9):
        yield Violation("aim_gap", (aim.name,), f"the gap is {gap:.3g}, {aim.gap:.3g} is recorded")
    proven = {"optimal": gap <= 0.0, "within_gap": gap <= asked, "limit": True}
    if not proven.get(aim.status, False):
        yield Violation("aim_status", (aim.name,), f"the status {aim.status} is not proven")

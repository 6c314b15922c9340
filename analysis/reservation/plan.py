"""Make the plan: one pass per aim, in the order that the council sets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.contradiction import ImpossiblePlanError, contradiction
from analysis.reservation.improve import improve
from analysis.reservation.model import build_model, capped_model, priced_model
from analysis.reservation.problem import AimOutcome, Plan
from analysis.reservation.reached import blocked_by, shortage_of
from analysis.reservation.trim import trim
from analysis.reservation.validate import check_problem
from analysis.solving.clock import Clock
from analysis.solving.kernel import solve
from analysis.solving.outcome import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.model import ReservationModel
    from analysis.reservation.problem import ReservationProblem
    from analysis.solving.model import Model
    from analysis.solving.outcome import Outcome, Status
    from layers.parameters_reservation import ReservationParameters

__all__ = ["ImpossiblePlanError", "limits_of", "make_plan", "shortage_of", "solve_pass"]

NOISE = 1e-4
"""What an aim may move between passes without meaning anything, per largest cost of one column: a square
metre of land, and a hundred times what a solver lets a row slip."""
SEARCH_SHARE = 0.1
"""Share of the time of a pass for a search around what the solver found."""
CLOSED = 1e-6
"""Gap, relative and absolute, below which a pass counts as closed: what a solver can tell apart."""


def make_plan(
    problem: ReservationProblem,
    parameters: ReservationParameters,
    *,
    start: NDArray[np.int64] | None = None,
) -> Plan:
    """Make the plan that serves the aims in their order.

    Each pass minimises one aim while the aims before it stay within their tolerance, and starts from the plan
    of the pass before. What it leaves of its time goes to the next: the first aims are often met at once, the
    later ones never.

    Parameters
    ----------
    start
        A plan to start from, per pair the position of its year.

    Raises
    ------
    InputError
        When the problem is not fit to make a plan of, see `check_problem`.
    ImpossiblePlanError
        When rules and existing reservations leave no plan at all; names those that clash.
    """
    check_problem(problem, aims=parameters.aims)
    caps: dict[str, float] = {}
    passes: list[tuple[str, float, float, float]] = []
    reservation = build_model(problem, openings=parameters.aims[0] == "compactness")
    solver, left_over = "", 0.0
    for aim in parameters.aims:
        clock = Clock.start(None if parameters.seconds is None else parameters.seconds + left_over)
        # part of the time goes into a search around what the solver found, when it did not finish
        limits = replace(limits_of(parameters), seconds=clock.left_of(1.0 - SEARCH_SHARE))
        if aim == "compactness" and aim not in reservation.aims:
            reservation = build_model(problem)
        outcome, found = solve_pass(reservation, {aim: 1.0}, caps, limits, start=start)
        start = trim(problem, found)
        value = reservation.aim_value(aim, start)
        if gap_of(value, max(outcome.bound, 0.0)) > limits.gap:
            searching = replace(limits, seconds=clock.left_of(1.0))
            start = improve(reservation, pass_model(reservation, {aim: 1.0}, caps), start, searching)
            value = reservation.aim_value(aim, start)
        bound = min(max(outcome.bound, 0.0), value)
        allowed = _tolerance(reservation, aim, value, parameters.tolerance)
        caps[aim] = value + allowed
        passes.append((aim, value, bound, allowed))
        left_over = 0.0 if parameters.seconds is None else clock.left
        solver = outcome.solver
    start = np.empty(0, dtype=np.int64) if start is None else start
    aims = tuple(
        AimOutcome(
            aim,
            value,
            bound,
            gap_of(value, bound),
            status_of(gap_of(value, bound), parameters.gap),
            allowed,
            reservation.aim_value(aim, start),
        )
        for aim, value, bound, allowed in passes
    )
    return Plan(start, shortage_of(problem, start), blocked_by(problem, start), aims, solver)


def solve_pass(
    reservation: ReservationModel,
    weights: Mapping[str, float],
    caps: Mapping[str, float],
    limits: Limits,
    *,
    start: NDArray[np.int64] | None = None,
) -> tuple[Outcome, NDArray[np.int64]]:
    """Minimise weighted aims under caps on aims.

    Parameters
    ----------
    weights
        Weight per aim of the objective.
    caps
        Highest value per aim.
    start
        A plan to start from, per pair the position of its year, ``(k,)``.

    Returns
    -------
    outcome
        What the solver proved.
    start
        Per pair the position of the year from which it is reserved, ``(k,)``.
    """
    model = pass_model(reservation, weights, caps)
    warm = None if start is None else reservation.values_of(start)
    outcome = solve(model, limits, start=warm)
    if outcome.values is None:
        raise contradiction(reservation.problem)
    return outcome, reservation.plan_of(outcome.values)[0]


def pass_model(
    reservation: ReservationModel, weights: Mapping[str, float], caps: Mapping[str, float]
) -> Model:
    """Give the model of one pass: weighted aims under caps on aims."""
    priced = priced_model(reservation, weights)
    return capped_model(reservation, caps).priced(priced.cost, priced.offset)


def limits_of(parameters: ReservationParameters, *, share: float = 1.0) -> Limits:
    """Give the limits of one pass, or of a share of its time."""
    seconds = None if parameters.seconds is None else parameters.seconds * share
    # below its own tolerances a solver cannot prove anything
    return Limits(
        gap=max(parameters.gap, CLOSED),
        nodes=parameters.nodes,
        seconds=seconds,
        seed=parameters.seed,
        engine=parameters.solver,
    )


def _tolerance(reservation: ReservationModel, aim: str, value: float, share: float) -> float:
    """Give what later passes may give away: of what is wanted for shortage, of what is reached otherwise."""
    cost, _ = reservation.aims[aim]
    targets = reservation.problem.targets
    wanted = float((targets["weight"] * targets["ha"]).sum())
    base = wanted if aim == "shortage" else abs(value)
    return share * base + NOISE * max(1.0, float(np.abs(cost).max(initial=0.0)))


def gap_of(value: float, bound: float) -> float:
    """Give ``(value - bound) / |value|``; zero when the difference is below what a solver can tell apart."""
    if value - bound <= CLOSED * max(1.0, abs(value)):
        return 0.0
    return (value - bound) / abs(value)


def status_of(gap: float, asked: float) -> Status:
    """Give what a gap proves."""
    if gap == 0.0:
        return "optimal"
    return "within_gap" if gap <= asked else "limit"

"""The plan that lies nearest when something is forced: the shortage as small as it gets, few changes.

It answers live questions: what replaces a site, who is pushed out, where what is lost can be made good. One
solve weighs hectares short against hectares moved, so that a plan does not change where nothing is gained.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from analysis.reservation.model import build_model
from analysis.reservation.plan import gap_of, limits_of
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import shortage_of
from analysis.reservation.shortage import short_in_year
from analysis.solving.kernel import solve
from analysis.solving.model import Model
from analysis.solving.proof import feasible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.model import ReservationModel
    from analysis.reservation.problem import ReservationProblem
    from analysis.solving.outcome import Limits
    from layers.parameters_reservation import ReservationParameters

MOVED = 0.02
"""Weighted hectares short that one hectare moved is worth (assumption); below it a change is not worth it."""
BEYOND = {"shortage": 1.0, "people": 1e-4}
"""Weighted hectares short that one unit of an aim beyond what is allowed is worth (assumption)."""
LACK = 0.002
"""What a hectare that lacks all suitability is worth: only which of equal sites comes in (assumption)."""
LIVE_GAP = 5e-3
LIVE_SECONDS = 3.0


@dataclass(frozen=True)
class Nearby:
    """A plan near another.

    Attributes
    ----------
    start
        Per pair the position of the year from which it is reserved, ``(k,)``.
    short
        First aim: weighted hectares short and the price of housing plans.
    people
        Second aim.
    gap
        Proven, of hectares short and moved together.
    """

    start: NDArray[np.int64]
    short: float
    people: float
    gap: float


def nearest_plan(
    problem: ReservationProblem,
    start: NDArray[np.int64],
    parameters: ReservationParameters,
    *,
    seconds: float | None = LIVE_SECONDS,
) -> Nearby | None:
    """Make the plan that lies nearest to another under other rules.

    Parameters
    ----------
    problem
        With what is forced already in it (see `forced` and `barred`).
    start
        The plan to stay near, per pair of `problem`.
    seconds
        Of processor time.

    Returns
    -------
    Nearby or None
        None when no plan obeys the rules.
    """
    reservation = build_model(problem, openings=False)
    cost, offset = reservation.aims["shortage"]
    moved, constant = moved_from(reservation, start)
    model = reservation.model.priced(cost + MOVED * moved, offset + MOVED * constant)
    values = reservation.values_of(start)
    return _nearby(reservation, model, values, replace(limits_of(parameters), gap=LIVE_GAP, seconds=seconds))


def nearest_within(
    problem: ReservationProblem,
    start: NDArray[np.int64],
    parameters: ReservationParameters,
    allowed: Mapping[str, float],
    *,
    seconds: float | None = LIVE_SECONDS,
) -> Nearby | None:
    """Make the plan that lies nearest to another, where only what goes beyond what is allowed counts.

    A plan that obeys the rules and stays within what is allowed is its own nearest: what it gave away of an
    aim for the sake of a later one is not taken back.

    Parameters
    ----------
    problem, start, seconds
        As for `nearest_plan`.
    allowed
        Per aim of `BEYOND` the value from which on more of it counts.

    Returns
    -------
    Nearby or None
        None when no plan obeys the rules.
    """
    reservation = build_model(problem, openings=False)
    moved, constant = moved_from(reservation, start)
    cost = MOVED * moved + LACK * reservation.aims["suitability"][0]
    priced = reservation.model.priced(cost, MOVED * constant)
    model = _with_excess(reservation, priced, allowed)
    values = reservation.values_of(start)
    beyond = [max(0.0, reservation.aim_value(aim, start) - allowed[aim]) for aim in sorted(allowed)]
    limits = replace(limits_of(parameters), gap=LIVE_GAP, seconds=seconds)
    return _nearby(reservation, model, np.concatenate([values, beyond]), limits)


def obeys(problem: ReservationProblem, start: NDArray[np.int64]) -> bool:
    """Tell whether a plan obeys the rules and locks of a problem."""
    reservation = build_model(problem, openings=False)
    return feasible(reservation.model, reservation.values_of(start))


def _nearby(
    reservation: ReservationModel, model: Model, values: NDArray[np.float64], limits: Limits
) -> Nearby | None:
    outcome = solve(model, limits, start=values if feasible(model, values) else None)
    if outcome.values is None:
        return None
    found = reservation.plan_of(outcome.values)[0]
    return Nearby(
        found,
        reservation.aim_value("shortage", found),
        reservation.aim_value("people", found),
        gap_of(outcome.objective, outcome.bound),
    )


def forced(problem: ReservationProblem, pair: int) -> ReservationProblem:
    """Give the problem with a pair that must be chosen, in the last year at the latest."""
    row = np.array([[pair, len(problem.years) - 1]], dtype=np.int64)
    return replace(problem, locked_in=np.concatenate([problem.locked_in.reshape(-1, 2), row]))


def barred(problem: ReservationProblem, pairs: NDArray[np.bool_]) -> ReservationProblem:
    """Give the problem in which the marked pairs cannot be chosen; locks on them are gone."""
    capacity = np.where(pairs[:, None], 0.0, problem.capacity)
    locked = problem.locked_in
    kept = locked[~pairs[locked[:, 0]]] if len(locked) else locked
    return replace(problem, capacity=capacity, locked_in=kept)


def cleared(
    problem: ReservationProblem, start: NDArray[np.int64], pair: int | None = None
) -> NDArray[np.int64]:
    """Give a plan without pairs that cannot be chosen, a pair in place of what stands on its site."""
    free = np.where((problem.capacity > 0).any(axis=1), start, NOT_CHOSEN)
    if pair is not None:
        free = np.where(problem.site == problem.site[pair], NOT_CHOSEN, free)
        free[pair] = int(np.argmax(problem.capacity[pair] > 0))
    return free


def more_short(problem: ReservationProblem, before: NDArray[np.int64], after: NDArray[np.int64]) -> float:
    """Give how many hectares more run short, in the year in which that is most; never below zero."""
    one, other = shortage_of(problem, before), shortage_of(problem, after)
    more = [short_in_year(problem, other, year) - short_in_year(problem, one, year) for year in problem.years]
    return max(*more, 0.0)


def moved_from(reservation: ReservationModel, start: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """Give the cost per column of leaving a plan, in hectares, and a constant.

    A site that is dropped counts its hectares, and so does one that comes in; another year counts half.
    """
    hectares = reservation.problem.capacity[:, -1]
    was = start[reservation.pair]
    size = hectares[reservation.pair]
    cost = np.where(was == NOT_CHOSEN, size, np.where(was == reservation.year, -size, -0.5 * size))
    moved = np.zeros(len(reservation.model.cost))
    moved[: len(cost)] = cost
    return moved, float(hectares[start != NOT_CHOSEN].sum())


def _with_excess(reservation: ReservationModel, model: Model, allowed: Mapping[str, float]) -> Model:
    """Add a column per aim for what goes beyond what is allowed, at the price of `BEYOND`."""
    names = sorted(allowed)
    costs = np.array([reservation.aims[aim][0] for aim in names])
    rows, columns = model.matrix.shape
    extra = hstack([csr_array(costs), -eye_array(len(names))])
    wide = csr_array(
        (model.matrix.data, model.matrix.indices, model.matrix.indptr), shape=(rows, columns + len(names))
    )
    most = [allowed[aim] - reservation.aims[aim][1] for aim in names]
    return Model(
        np.concatenate([model.cost, [BEYOND[aim] for aim in names]]),
        csr_array(vstack([wide, extra], format="csr")),
        np.concatenate([model.row_low, np.full(len(names), -np.inf)]),
        np.concatenate([model.row_high, most]),
        np.concatenate([model.low, np.zeros(len(names))]),
        np.concatenate([model.high, np.full(len(names), np.inf)]),
        np.concatenate([model.integer, np.zeros(len(names), dtype=bool)]),
        model.offset,
    )

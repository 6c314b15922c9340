"""Improve a plan piece by piece where a solver stopped before it was done.

Large neighbourhood search (Shaw, Using constraint programming and local search methods to solve vehicle
routing problems, CP 1998): everything stays as it is but for the functions, or the parks, of a random draw;
that part is solved again. The neighbourhoods are those of the planning question: functions compete for the
same sites, and a park is where they meet. The bound does not move, so the gap shrinks only by what is found.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.trim import trim
from analysis.solving.highs import solve_full
from analysis.solving.outcome import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.model import ReservationModel
    from analysis.solving.model import Model

FIRST_SHARE, LEAST_SHARE, MOST_SHARE = 0.25, 0.05, 0.9
GROW, SHRINK = 1.1, 0.85
"""A part that was solved to its end may be larger next time, one that was not is smaller."""
ROUNDS = 60
STALLED = 15
"""Rounds without a gain after which the search ends."""
PART = Limits(gap=1e-4, nodes=200, seconds=2.0)


def improve(
    reservation: ReservationModel,
    model: Model,
    start: NDArray[np.int64],
    limits: Limits,
) -> NDArray[np.int64]:
    """Look for a better plan near a plan.

    Parameters
    ----------
    model
        The rules of `reservation` with the objective and the caps of this pass.
    start
        A plan that keeps them, per pair the position of its year, ``(k,)``.
    limits
        Processor time and seed. Without a time only rounds and nodes end the search, which then repeats on
        every machine.

    Returns
    -------
    NDArray
        A plan that keeps them too and is never worse, ``(k,)``.
    """
    problem = reservation.problem
    park = np.unique(problem.sites["park_id"].astype(str).to_numpy(), return_inverse=True)[1]
    groups = (problem.function[reservation.pair], park[problem.site[reservation.pair]])
    rng = np.random.default_rng(limits.seed)
    part = replace(PART, seed=limits.seed, seconds=None if limits.seconds is None else PART.seconds)
    begin, values = time.process_time(), reservation.values_of(start)
    best, share, stalled = model.value(values), [FIRST_SHARE, FIRST_SHARE], 0
    for turn in range(ROUNDS):
        used = time.process_time() - begin
        if stalled >= STALLED or (limits.seconds is not None and used >= limits.seconds):
            break
        kind = turn % 2
        outcome = solve_full(
            _fixed(model, values, _drawn(rng, groups[kind], share[kind])), part, start=values
        )
        done = outcome.status != "limit"
        share[kind] = min(MOST_SHARE, share[kind] * GROW) if done else max(LEAST_SHARE, share[kind] * SHRINK)
        stalled += 1
        if outcome.values is not None and outcome.objective < best - 1e-6 * max(1.0, abs(best)):
            start = trim(problem, reservation.plan_of(outcome.values)[0])
            values = reservation.values_of(start)
            best, stalled = model.value(values), 0
    return start


def _drawn(rng: np.random.Generator, group: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Draw a share of the groups and give which start columns belong to them."""
    return (rng.random(int(group.max(initial=0)) + 1) < share)[group]


def _fixed(model: Model, values: NDArray[np.float64], free: NDArray[np.bool_]) -> Model:
    """Fix all start columns but the free ones at their values."""
    low, high = model.low.copy(), model.high.copy()
    fixed = np.flatnonzero(~free)
    low[fixed] = high[fixed] = values[fixed]
    return model.bounded(low, high)

"""The plan in several futures: the best of each, the plans with the least regret, and two stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.reservation.model import build_model, priced_model
from analysis.reservation.plan import solve_pass
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.regret import Futures, OnePlan, Supply, tail_mean
from analysis.reservation.stages import TwoStages
from analysis.reservation.trim import trim
from analysis.solving import highs
from analysis.solving.errors import NoSolutionError
from analysis.solving.kernel import solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.reservation.scenarios import Scenarios
    from analysis.solving.outcome import Limits

TAIL: Final = 0.2
"""Share of the draws, the worst, over which regret is averaged (assumption)."""
AFFORDABLE: Final = 60_000
"""Columns up to which two stages are solved; beyond it one plan holds for all futures."""
TWO_STAGE: Final = "two_stage"
EASY_GAP: Final = 0.02
"""Gap asked of the later aims of a plan for one future."""
NAMED: Final = ("plan", "band", "scenario")


@dataclass(frozen=True)
class OwnBest:
    """The best that each future allows.

    Attributes
    ----------
    bound
        Lower bound on the first aim, ``(futures,)``.
    starts
        The plan made for each future, start years per pair; empty for draws, ``(futures, k)``.
    """

    bound: NDArray[np.float64]
    starts: NDArray[np.int64]


@dataclass(frozen=True)
class Robust:
    """A plan against all futures of a set.

    Attributes
    ----------
    name
        ``plan``, ``minimax``, ``cvar`` or ``two_stage``.
    starts
        Start years per pair, one row per future when later years may differ, else one row.
    value, regret
        First aim and regret per future, ``(futures,)``.
    least
        Lower bound on what any plan reaches on its measure; NaN where none was proven.
    gap
        Between the measure and that bound, in weighted hectares; NaN where none was proven.
    """

    name: str
    starts: NDArray[np.int64]
    value: NDArray[np.float64]
    regret: NDArray[np.float64]
    least: float
    gap: float


def futures_in(problem: ReservationProblem, scenarios: Scenarios, rows: NDArray[np.int64]) -> Futures:
    """Give some futures; a target that none of them has stays, at zero."""
    demand = scenarios.demand[rows]
    targets = scenarios.targets.assign(ha=demand.max(axis=0))
    return Futures(replace(problem, targets=targets), demand)


def own_best(futures: Futures, plan: Plan, limits: Limits) -> OwnBest:
    """Make a plan for each future: the least shortage, then people and suitability within the tolerance."""
    bounds, starts = [], []
    share = next((aim.tolerance for aim in plan.aims if aim.name == "shortage"), 0.0)
    for future in range(len(futures.demand)):
        reservation = build_model(futures.of(future), openings=False)
        outcome, start = solve_pass(reservation, {"shortage": 1.0}, {}, limits)
        bounds.append(max(0.0, outcome.bound))
        caps = {"shortage": reservation.aim_value("shortage", start) + share}
        # the later aims at once, each against what the plan has of it
        weights = {
            aim: 1.0 / max(1.0, abs(reservation.aim_value(aim, plan.start)))
            for aim in ("people", "suitability")
        }
        easy = replace(limits, gap=max(limits.gap, EASY_GAP))
        _, start = solve_pass(reservation, weights, caps, easy, start=start)
        starts.append(trim(futures.of(future), start))
    return OwnBest(np.array(bounds), np.array(starts))


def least_shortage(futures: Futures, seed: int) -> OwnBest:
    """Give the bound of the linear relaxation per future, for many draws."""
    bounds = []
    for future in range(len(futures.demand)):
        reservation = build_model(futures.of(future), openings=False)
        relaxed = highs.solve_lp(priced_model(reservation, {"shortage": 1.0}), seed=seed)
        bounds.append(max(0.0, relaxed.objective))
    return OwnBest(np.array(bounds), np.empty((0, futures.problem.pairs), dtype=np.int64))


def judge(supply: Supply, best: OwnBest, name: str, start: NDArray[np.int64]) -> Robust:
    """Give what a plan reaches in every future."""
    value = supply.value(start)
    regret = np.maximum(value - best.bound, 0.0)
    return Robust(name, start[None, :], value, regret, np.nan, np.nan)


def least_regret(
    supply: Supply, best: OwnBest, name: str, tail: float, start: NDArray[np.int64], limits: Limits
) -> Robust:
    """Make one plan for all futures with the least mean regret over the worst share of them."""
    one = OnePlan(supply, best.bound, tail)
    outcome = solve(one.model, limits, start=one.values_of(start))
    if outcome.values is None:
        raise NoSolutionError("the plan itself should be a solution")
    # trimmed against the highest demand, so that no future misses what goes
    found = trim(supply.futures.problem, one.start_of(outcome.values))
    judged = judge(supply, best, name, found)
    least = one.least(outcome.bound)
    return replace(judged, least=least, gap=max(0.0, tail_mean(judged.regret, tail) - least))


def two_stages(
    supply: Supply, best: OwnBest, pairs: NDArray[np.bool_], start: NDArray[np.int64], limits: Limits
) -> Robust | None:
    """Make a plan whose later years may differ per future; None when that is too large.

    The bound of the kernel is no bound on all plans, so none is given.
    """
    reservation = supply.reservation
    columns = int(pairs[reservation.pair].sum()) * len(best.bound)
    if len(reservation.problem.years) < 2 or columns > AFFORDABLE:  # noqa: PLR2004 one year has no later years
        return None
    stages = TwoStages(supply, best.bound, 0.0, pairs)
    outcome = solve(stages.model, limits, start=stages.values_of([start] * len(best.bound)))
    if outcome.values is None:
        raise NoSolutionError("one plan for all futures should be a solution")
    starts = np.array(stages.starts_of(outcome.values))
    regret = np.maximum(stages.regret(list(starts)), 0.0)
    return Robust(TWO_STAGE, starts, regret + best.bound, regret, np.nan, np.nan)


def kernel_pairs(starts: Sequence[NDArray[np.int64]], locked: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Give the pairs that any of some plans chooses, with those of existing reservations, ``(k,)``."""
    kept = np.any([start != NOT_CHOSEN for start in starts], axis=0)
    kept[locked[:, 0]] = True
    return np.asarray(kept)

"""Regret and its tail against every plan listed one by one; two stages against every first year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.reservation.futures import judge, least_regret, least_shortage, own_best, two_stages
from analysis.reservation.plan import ImpossiblePlanError, make_plan
from analysis.reservation.problem import ReservationProblem
from analysis.reservation.regret import Futures, OnePlan, Supply, futures_of, tail_mean
from analysis.reservation.stages import TwoStages
from analysis.solving import highs
from analysis.solving.outcome import Limits
from gis.errors import InputError

EXACT = Limits(gap=1e-6, seconds=None)
RandomProblem = Callable[[int], ReservationProblem]
Listing = Callable[[ReservationProblem], Any]


def random_futures(problem: ReservationProblem, seed: int, most: int = 4) -> Futures:
    """Demand in one to `most` futures, now and then nothing at all."""
    rng = np.random.default_rng(seed)
    wanted = problem.targets["ha"].to_numpy()
    demand = np.round(wanted * rng.uniform(0.3, 2, (int(rng.integers(1, most + 1)), len(wanted))), 1)
    demand[rng.random(demand.shape) < 0.1] = 0.0
    return futures_of(problem, demand)


def all_values(futures: Futures, listed: Listing) -> tuple[np.ndarray, np.ndarray]:
    """What every plan reaches in every future, and every plan."""
    every = [listed(futures.of(future)) for future in range(len(futures.demand))]
    allowed = every[0].allowed
    return np.array([each.values["shortage"] for each in every])[:, allowed], every[0].starts[allowed]


def test_the_tail_takes_the_last_regret_in_part() -> None:
    regret = np.array([4.0, 1.0, 3.0, 0.0])
    assert tail_mean(regret, 0.0) == 4.0
    assert tail_mean(regret, 0.25) == 4.0
    assert tail_mean(regret, 0.5) == 3.5
    assert tail_mean(regret, 0.375) == pytest.approx((4 + 0.5 * 3) / 1.5)
    assert tail_mean(regret, 1.0) == 2.0


@pytest.mark.parametrize("seed", range(24))
def test_what_a_plan_falls_short_of_follows_from_what_it_brings(
    seed: int, random_problem: RandomProblem, listed: Listing
) -> None:
    futures = random_futures(random_problem(seed), seed)
    values, starts = all_values(futures, listed)
    supply = Supply(futures)
    for at in range(0, len(starts), max(1, len(starts) // 20)):
        assert supply.value(starts[at]) == pytest.approx(values[:, at])


@pytest.mark.parametrize("tail", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(24))
def test_the_least_regret_is_that_of_all_plans(
    seed: int, tail: float, random_problem: RandomProblem, listed: Listing
) -> None:
    futures = random_futures(random_problem(seed), seed)
    values, starts = all_values(futures, listed)
    if not len(starts):
        pytest.skip("this random case allows no plan")
    best = values.min(axis=1)
    least = min(tail_mean(regret, tail) for regret in (values - best[:, None]).T)
    one = OnePlan(Supply(futures), best, tail)
    outcome = highs.solve_full(one.model, EXACT)
    assert outcome.values is not None
    start = one.start_of(outcome.values)
    found = tail_mean(one.supply.value(start) - best, tail)
    # the mean and the land decide between equals, at a thousandth
    assert found == pytest.approx(least, rel=2e-3, abs=2e-3)
    assert one.least(outcome.bound) <= least + 1e-6
    assert one.model.value(one.values_of(start)) == pytest.approx(outcome.objective, abs=1e-5)


@pytest.mark.parametrize("seed", range(24))
def test_two_stages_equal_the_best_first_year_with_the_best_later_years(
    seed: int, random_problem: RandomProblem, listed: Listing
) -> None:
    problem = random_problem(seed)
    futures = random_futures(problem, seed, most=3)
    values, starts = all_values(futures, listed)
    if len(problem.years) == 1 or not len(starts):
        pytest.skip("one year, or no plan at all")
    best = values.min(axis=1)
    group = np.unique(starts == 0, axis=0, return_inverse=True)[1].ravel()
    least = min((values[:, group == first].min(axis=1) - best).max() for first in range(int(group.max()) + 1))
    stages = TwoStages(Supply(futures), best, 0.0, np.ones(problem.pairs, dtype=bool))
    outcome = highs.solve_full(stages.model, EXACT)
    assert outcome.values is not None
    made = stages.starts_of(outcome.values)
    assert stages.regret(made).max() == pytest.approx(least, rel=2e-3, abs=2e-3)
    assert all(np.array_equal(start == 0, made[0] == 0) for start in made)
    assert stages.model.value(stages.values_of(made)) == pytest.approx(outcome.objective, abs=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_regret_is_never_below_zero_and_waiting_never_costs(
    seed: int, random_problem: RandomProblem, exact: Callable[..., Any]
) -> None:
    problem = random_problem(seed)
    futures = random_futures(problem, seed)
    try:
        plan = make_plan(problem, exact(aims=("shortage", "people"), tolerance=0.05))
    except (ImpossiblePlanError, InputError):
        pytest.skip("this random case allows no plan")
    supply = Supply(futures)
    best = own_best(futures, plan, EXACT)
    of_plan = judge(supply, best, "plan", plan.start)
    minimax = least_regret(supply, best, "minimax", 0.0, plan.start, EXACT)
    assert (of_plan.regret >= 0).all()
    assert minimax.least <= minimax.regret.max() <= of_plan.regret.max() * (1 + 2e-3) + 2e-3
    staged = two_stages(supply, best, np.ones(problem.pairs, dtype=bool), minimax.starts[0], EXACT)
    if staged is not None:
        assert staged.regret.max() <= minimax.regret.max() * (1 + 2e-3) + 2e-3
    # the relaxation never claims a shortage that a plan can avoid
    assert (least_shortage(futures, 7).bound <= best.bound + 1e-6).all()


@pytest.mark.parametrize("seed", range(8))
def test_with_one_future_there_is_no_regret(
    seed: int, random_problem: RandomProblem, exact: Callable[..., Any]
) -> None:
    problem = random_problem(seed)
    try:
        plan = make_plan(problem, exact(aims=("shortage",)))
    except (ImpossiblePlanError, InputError):
        pytest.skip("this random case allows no plan")
    futures = futures_of(problem, problem.targets["ha"].to_numpy()[None, :])
    best = own_best(futures, plan, EXACT)
    supply = Supply(futures)
    assert judge(supply, best, "plan", plan.start).regret == pytest.approx([0.0], abs=1e-3)
    assert least_regret(supply, best, "minimax", 0.0, plan.start, EXACT).regret == pytest.approx(
        [0.0], abs=1e-3
    )

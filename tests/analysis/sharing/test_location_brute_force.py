"""Small location problems against every possible choice."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from analysis.sharing.capacitated import solve_location
from analysis.sharing.coverage import maximal_coverage
from analysis.sharing.interchange import greedy, improve
from analysis.sharing.lagrangian import DenseProblem, subgradient
from analysis.sharing.location import SiteRule, from_matrix
from analysis.sharing.median import solve_median
from analysis.sharing.minimum_set import MinimumSet, replacement_costs, solve_minimum_set
from analysis.sharing.tail import fairest, gini, tail_mean
from analysis.solving import highs
from analysis.solving.outcome import Limits

EXACT = Limits(gap=1e-7, seconds=None, nodes=50_000)


def case(seed: int, clients: int = 6, sites: int = 5) -> Any:
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 60, (clients, sites)).astype(float)
    demand = rng.integers(1, 10, clients).astype(float)
    capacity = rng.integers(8, 25, sites).astype(float)
    return cost, demand, capacity, rng.integers(0, 40, sites).astype(float)


def all_single(cost: Any, demand: Any, capacity: Any, fixed: Any, allowed: Any) -> Any:
    """Give every feasible single assignment with its cost."""
    clients, sites = cost.shape
    for choice in product(range(sites), repeat=clients):
        load = np.bincount(choice, weights=demand, minlength=sites)
        if (load <= capacity + 1e-9).all() and allowed(set(choice)):
            yield choice, cost[np.arange(clients), choice].sum() + fixed[list(set(choice))].sum()


@pytest.mark.parametrize("seed", range(25))
def test_single_source_equals_every_assignment_tried(seed: int) -> None:
    cost, demand, capacity, fixed = case(seed, clients=5, sites=4)
    best = min(
        (value for _, value in all_single(cost, demand, capacity, fixed, lambda _: True)), default=np.inf
    )
    problem = from_matrix(cost, demand=demand, capacity=capacity, fixed=fixed, split=False)
    found = solve_location(problem, EXACT)
    assert found.feasible == np.isfinite(best)
    if found.feasible:
        assert found.objective == pytest.approx(best)
        assert (found.load(problem) <= capacity + 1e-6).all()


@pytest.mark.parametrize("seed", range(25))
def test_split_equals_the_transport_problem_over_every_set_of_sites(seed: int) -> None:
    from scipy.optimize import linprog

    cost, demand, capacity, fixed = case(seed)
    best = np.inf
    for size in range(1, 6):
        for sites in combinations(range(5), size):
            count = len(sites)
            serve = np.kron(np.eye(6), np.ones(count))
            hold = np.tile(np.eye(count), 6) * np.repeat(demand, count)
            solved = linprog(
                cost[:, sites].ravel(), A_ub=hold, b_ub=capacity[list(sites)], A_eq=serve, b_eq=np.ones(6)
            )
            if solved.status == 0:
                best = min(best, solved.fun + fixed[list(sites)].sum())
    found = solve_location(from_matrix(cost, demand=demand, capacity=capacity, fixed=fixed), EXACT)
    assert found.feasible == np.isfinite(best)
    if found.feasible:
        assert found.objective == pytest.approx(best)


@pytest.mark.parametrize("seed", range(10))
def test_a_limit_per_host_equals_every_assignment_tried(seed: int) -> None:
    cost, demand, _, fixed = case(seed, clients=4, sites=5)
    capacity = np.full(5, 12.0)
    rule = SiteRule("host", np.array([0, 1, 2]), np.ones(3), high=1.0)
    values = [
        value
        for _, value in all_single(cost, demand, capacity, fixed, lambda used: len(used & {0, 1, 2}) <= 1)
    ]
    problem = from_matrix(cost, demand=demand, capacity=capacity, fixed=fixed, split=False)
    found = solve_location(problem.with_rules(rule), EXACT)
    assert found.feasible == bool(values)
    if values:
        assert found.objective == pytest.approx(min(values))
        assert rule.used(found.opened) <= 1


@pytest.mark.parametrize("seed", range(15))
def test_median_equals_every_set_of_sites_tried(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 30, (12, 8)).astype(float) if seed % 2 else rng.random((12, 8))
    for number in (1, 2, 4):
        best = min(cost[:, sites].min(axis=1).sum() for sites in combinations(range(8), number))
        found = solve_median(cost, number, EXACT)
        assert found.objective == pytest.approx(best)
        assert found.bound == pytest.approx(best)
        assert found.opened.sum() == number


@pytest.mark.parametrize("seed", range(10))
def test_the_radius_form_alone_finds_the_median(seed: int) -> None:
    """The solver must find it too, not only the prices and swaps before it."""
    from analysis.sharing.median import _radius_model

    cost = np.random.default_rng(seed).integers(1, 30, (10, 7)).astype(float)
    model = _radius_model(cost.T.copy(), 3, np.zeros(7, dtype=bool), np.full(10, 1e9))
    best = min(cost[:, sites].min(axis=1).sum() for sites in combinations(range(7), 3))
    assert highs.solve_full(model, EXACT).objective == pytest.approx(best)


@pytest.mark.parametrize("seed", range(10))
def test_prices_never_bound_above_the_best(seed: int) -> None:
    cost, demand, capacity, fixed = case(seed)
    found = solve_location(from_matrix(cost, demand=demand, capacity=capacity, fixed=fixed), EXACT)
    if not found.feasible:
        return
    dense = DenseProblem(cost.T.copy(), demand, capacity, fixed, 0, 5)
    nothing = np.ones(5, dtype=bool)
    bound = subgradient(
        dense, lambda chosen: (np.inf, chosen), best=found.objective, opened=nothing, rounds=200, step=0.0
    )
    assert bound.value <= found.objective + 1e-6


def test_swaps_never_worsen_and_keep_the_number() -> None:
    cost = np.random.default_rng(1).random((20, 30))
    start = greedy(cost, 4)
    better, total = improve(cost, start)
    assert better.sum() == 4
    assert total <= cost[start].min(axis=0).sum() + 1e-12


@pytest.mark.parametrize("seed", range(10))
def test_coverage_equals_every_set_of_sites_tried(seed: int) -> None:
    rng = np.random.default_rng(seed)
    reach, weight = rng.random((15, 7)) < 0.3, rng.integers(1, 9, 15).astype(float)
    best = max(weight[reach[:, sites].any(axis=1)].sum() for sites in combinations(range(7), 2))
    found = maximal_coverage(reach, weight, 2, EXACT)
    assert found.weight == pytest.approx(best)
    assert found.bound >= best - 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_minimum_set_and_full_replacement_costs_equal_every_set_tried(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost, amounts = rng.integers(1, 9, 6).astype(float), rng.integers(0, 5, (2, 6)).astype(float)
    targets = np.array([5.0, 4.0])

    def cheapest(banned: Any = -1) -> Any:
        sets = (np.array(choice, dtype=bool) for choice in product((0, 1), repeat=6))
        values = [
            cost[used].sum()
            for used in sets
            if (amounts[:, used].sum(axis=1) >= targets).all() and not (banned >= 0 and used[banned])
        ]
        return min(values, default=np.inf)

    problem = MinimumSet.single(cost, amounts, targets)
    found = solve_minimum_set(problem, EXACT)
    assert found.objective == pytest.approx(cheapest())
    if found.status == "infeasible":
        return
    costs = replacement_costs(problem, found.chosen, EXACT)[:, 0]
    for unit in np.flatnonzero(found.chosen[:, 0]):
        assert costs[unit] == pytest.approx(cheapest(unit) - cheapest())
    assert (costs >= 0).all()


def test_a_set_that_cannot_be_is_named_and_never_a_zero() -> None:
    problem = MinimumSet.single(np.array([1.0, 1.0]), np.array([[1.0, 0.0]]), np.array([1.0]))
    found = solve_minimum_set(problem, EXACT)
    assert replacement_costs(problem, found.chosen, EXACT)[0, 0] == np.inf
    impossible = MinimumSet.single(np.array([1.0]), np.array([[1.0]]), np.array([2.0]))
    assert solve_minimum_set(impossible, EXACT).status == "infeasible"


def test_the_tail_mean_by_hand() -> None:
    # a fifth of 100 people: the 10 who travel 30 minutes and 10 of the 40 who travel 20
    values, weight = np.array([10.0, 20.0, 30.0]), np.array([50.0, 40.0, 10.0])
    assert tail_mean(values, weight, 0.2) == pytest.approx(25.0)
    assert tail_mean(values, weight, 1.0) == pytest.approx((500 + 800 + 300) / 100)


def test_gini_by_hand() -> None:
    # one of two equal halves travels everything: half the mean difference 1/2 over the mean 1/2
    assert gini(np.array([0.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx(0.5)
    assert gini(np.array([7.0, 7.0]), np.array([1.0, 3.0])) == 0.0


@pytest.mark.parametrize("seed", range(12))
def test_the_fairest_within_a_budget_equals_every_assignment_tried(seed: int) -> None:
    cost, demand, _, fixed = case(seed, clients=4, sites=4)
    capacity = np.full(4, 14.0)
    time = np.random.default_rng(seed + 100).integers(1, 60, (4, 4)).astype(float)
    problem = from_matrix(cost, demand=demand, capacity=capacity, fixed=fixed, split=False)
    cheapest = solve_location(problem, EXACT)
    if not cheapest.feasible:
        return
    last = np.inf
    for loss in (0.0, 0.2, 1.0):
        budget = cheapest.objective * (1 + loss) + 1e-9
        best = min(
            tail_mean(time[np.arange(4), choice], demand, 0.3)
            for choice, value in all_single(cost, demand, capacity, fixed, lambda _: True)
            if value <= budget + 1e-9
        )
        found = fairest(problem, time.ravel(), demand, share=0.3, budget=budget, limits=EXACT, start=cheapest)
        assert found.objective == pytest.approx(best)
        assert found.objective <= last + 1e-9
        last = found.objective


@pytest.mark.parametrize("seed", range(5))
def test_more_facilities_never_cost_more_when_opening_is_free(seed: int) -> None:
    cost, demand, capacity, _ = case(seed)
    values = [
        solve_location(
            from_matrix(cost, demand=demand, capacity=capacity + 20, number=(0, most)), EXACT
        ).objective
        for most in range(2, 6)
    ]
    assert all(after <= before + 1e-6 for before, after in zip(values, values[1:], strict=False))

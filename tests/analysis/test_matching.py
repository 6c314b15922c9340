"""The matched shortage against a transport problem solved as a linear programme, and its properties."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from analysis.space.matching import CLASSES, NO_FLOOR, FloorRule, Order, shortage, split, up_sets

FOUR_ONE = 4
"""Position of category 4.1."""
FLOOR = FloorRule(heavy_from=FOUR_ONE)


def random_draws(count: int, seed: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Demand and supply with many empty classes, some draws ample and some short."""
    rng = np.random.default_rng(seed)
    filled = rng.random((2, count, *CLASSES)) < 0.4
    values = rng.gamma(1.2, 6.0, (2, count, *CLASSES)) * filled
    values[1] *= rng.uniform(0.3, 1.7, (count, 1, 1))
    return values[0], values[1]


def may_serve(land: tuple[int, int], need: tuple[int, int], floor: FloorRule) -> bool:
    """Say in words what the hierarchy allows, apart from the code under test."""
    higher = land[0] >= need[0] and land[1] >= need[1]
    if floor.heavy_from is not None and land[0] >= floor.heavy_from and need[0] < floor.heavy_from:
        return False
    if floor.water and land[1] == 2 and need[1] < 2:
        return False
    return higher


def placed_by_programme(demand: np.ndarray, supply: np.ndarray, floor: FloorRule) -> float:
    """Solve the transport problem: the most hectares that can be placed."""
    classes = list(np.ndindex(*CLASSES))
    arcs = [
        (s, d)
        for s, land in enumerate(classes)
        for d, need in enumerate(classes)
        if may_serve(land, need, floor)
    ]
    column = np.arange(len(arcs))
    land, need = np.array(arcs).T
    rows = np.concatenate([land, need + len(classes)])
    matrix = coo_array((np.ones(2 * len(arcs)), (rows, np.tile(column, 2))), shape=(60, len(arcs)))
    limits = np.concatenate([supply.ravel(), demand.ravel()])
    result = linprog(-np.ones(len(arcs)), A_ub=matrix.toarray(), b_ub=limits, method="highs")
    assert result.fun is not None
    return -float(result.fun)


def test_there_are_286_up_sets_and_each_is_one() -> None:
    sets = up_sets()
    assert sets.shape == (286, 10, 3)
    assert len(np.unique(sets.reshape(286, -1), axis=0)) == 286
    assert not sets[:, :-1, :][~sets[:, 1:, :]].any()
    assert not sets[:, :, :-1][~sets[:, :, 1:]].any()


@pytest.mark.parametrize("floor", [NO_FLOOR, FLOOR, FloorRule(heavy_from=FOUR_ONE, water=False)])
def test_shortage_equals_the_transport_problem(floor: FloorRule) -> None:
    demand, supply = random_draws(200)
    found = shortage(demand, supply, floor=floor)
    for row in range(200):
        total = demand[row].sum()
        expected = total - placed_by_programme(demand[row], supply[row], floor)
        assert found[row] == pytest.approx(expected, rel=1e-9, abs=1e-9 * total)
    assert 0 < np.count_nonzero(found > 1e-9) < 200


def test_shortage_equals_the_largest_deficit_over_the_listed_up_sets() -> None:
    demand, supply = random_draws(500, seed=3)
    deficits = (demand - supply).reshape(500, 30) @ up_sets().reshape(286, 30).T.astype(float)
    np.testing.assert_allclose(shortage(demand, supply), deficits.max(axis=1), rtol=0, atol=1e-11)


def test_a_quay_function_does_not_fit_on_dry_lighter_land() -> None:
    demand, supply = np.zeros(CLASSES), np.zeros(CLASSES)
    demand[5, 2] = 3.0  # category 4.2 at water
    supply[3, 0] = 100.0  # category 3.2, dry
    assert shortage(demand, supply) == 3.0
    supply[9, 1] = 50.0  # the heaviest land, but only near water
    assert shortage(demand, supply) == 3.0
    supply[5, 2] = 2.0
    assert shortage(demand, supply) == 1.0
    supply[9, 2] = 5.0
    assert shortage(demand, supply) == 0.0


def test_light_firms_that_come_first_fill_heavy_land() -> None:
    """Ten hectares of light demand, six of heavy; eight of heavy land: what each order leaves short."""
    demand, supply = np.zeros(CLASSES), np.zeros(CLASSES)
    demand[2, 0], demand[5, 0], supply[5, 0] = 10.0, 6.0, 8.0
    heavy_first = split(demand, supply, order="heavy_first")
    assert heavy_first[5, 0] == 0.0
    assert heavy_first[2, 0] == 8.0
    light_first = split(demand, supply, order="light_first")
    assert light_first[2, 0] == 2.0
    assert light_first[5, 0] == 6.0
    kept = split(demand, supply, order="light_first", floor=FLOOR)
    assert kept[5, 0] == 0.0
    assert kept[2, 0] == 10.0


@pytest.mark.parametrize("order", ["heavy_first", "light_first"])
@pytest.mark.parametrize("floor", [NO_FLOOR, FLOOR])
def test_the_split_adds_up_and_stays_within_each_demand(order: Order, floor: FloorRule) -> None:
    demand, supply = random_draws(400, seed=5)
    parts = split(demand, supply, order=order, floor=floor)
    np.testing.assert_allclose(
        parts.sum(axis=(-2, -1)), shortage(demand, supply, floor=floor), rtol=1e-12, atol=1e-10
    )
    assert (parts >= 0).all()
    assert (parts <= demand).all()


def test_the_class_served_first_is_short_only_of_land_that_cannot_serve_it() -> None:
    demand, supply = random_draws(300, seed=9)
    heaviest = split(demand, supply, order="heavy_first")[:, 9, 2]
    np.testing.assert_allclose(heaviest, np.maximum(demand[:, 9, 2] - supply[:, 9, 2], 0), atol=1e-12)
    lightest = split(demand, supply, order="light_first")[:, 0, 0]
    np.testing.assert_allclose(lightest, np.maximum(demand[:, 0, 0] - supply.sum(axis=(1, 2)), 0), atol=1e-12)


def test_matched_shortage_is_never_below_the_shortage_of_totals() -> None:
    demand, supply = random_draws(1000, seed=1)
    totals = np.maximum(demand.sum(axis=(1, 2)) - supply.sum(axis=(1, 2)), 0)
    free, kept = shortage(demand, supply), shortage(demand, supply, floor=FLOOR)
    assert (free >= totals - 1e-9).all()
    assert (kept >= free - 1e-9).all()


def test_nothing_is_short_when_every_class_has_its_own_land() -> None:
    demand, _ = random_draws(50)
    assert not shortage(demand, demand, floor=FLOOR).any()
    assert not shortage(demand, demand * 1.5).any()
    less = demand.copy()
    less[:, 9, 2] = 0.0
    expected = demand[:, 9, 2] > 0
    np.testing.assert_array_equal(shortage(demand, less) > 0, expected)


def test_more_demand_never_lowers_and_more_supply_never_raises_the_shortage() -> None:
    demand, supply = random_draws(200, seed=7)
    steps = [shortage(demand * factor, supply) for factor in (0.8, 1.0, 1.3)]
    assert all((after >= before - 1e-9).all() for before, after in pairwise(steps))
    steps = [shortage(demand, supply * factor) for factor in (1.3, 1.0, 0.8)]
    assert all((after >= before - 1e-9).all() for before, after in pairwise(steps))


def test_leading_axes_are_kept_and_rows_do_not_depend_on_their_company() -> None:
    demand, supply = random_draws(5000, seed=2)
    together = split(demand, supply, order="light_first", floor=FLOOR)
    alone = split(demand[4321], supply[4321], order="light_first", floor=FLOOR)
    np.testing.assert_array_equal(together[4321], alone)
    shaped = shortage(demand.reshape(50, 4, 25, *CLASSES), supply.reshape(50, 4, 25, *CLASSES))
    assert shaped.shape == (50, 4, 25)
    np.testing.assert_array_equal(shaped.ravel(), shortage(demand, supply))


def test_negative_hectares_are_refused() -> None:
    demand, supply = random_draws(3)
    supply[1, 0, 0] = -0.1
    with pytest.raises(ValueError, match="negative"):
        shortage(demand, supply)

"""Cuts never take a solution away, read rows rightly, and bring the bound closer; shown by listing every solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.solving import highs
from analysis.solving.clock import Clock
from analysis.solving.columns import bound_by_duals, price_of_use
from analysis.solving.covers import NONE, binaries, find_covers, find_implications
from analysis.solving.errors import NoSolutionError
from analysis.solving.facets import Separator
from analysis.solving.relax import strengthen

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analysis.solving.facets import Cut
    from analysis.solving.model import Model

    Draw = Callable[[int], Model]
    Listed = Callable[[Model], NDArray[np.float64]]

MANY = 40
HUNDREDS = 300


def fractional_points(model: Model, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """Give vertices of the relaxation under several objectives."""
    costs = [model.cost, *(rng.uniform(-5, 60, len(model.cost)) for _ in range(4))]
    return [highs.solve_lp(model.priced(np.where(model.integer, cost, 60.0))).values for cost in costs]


def slack(cut: Cut, solutions: NDArray[np.float64]) -> NDArray[np.float64]:
    return solutions[:, cut.column] @ cut.value - cut.low


@pytest.mark.parametrize("cells", [7, 64, 1024])
def test_no_solution_is_cut_off_and_fractional_points_are(
    programme: Draw, solutions: Listed, cells: int
) -> None:
    found = 0
    for seed in range(HUNDREDS):
        model, rng = programme(seed), np.random.default_rng(seed)
        every = solutions(model)
        if not len(every):
            continue
        covers = find_covers(model, find_implications(model))
        separators = [Separator.on_grid(cover, cells) for cover in covers]
        for x in fractional_points(model, rng):
            for separator in separators:
                cut = separator.separate(x, rng.uniform(0, 1, len(x)), MANY)
                if cut is not None:
                    found += 1
                    assert slack(cut, every).min() >= -1e-7, (seed, separator.cover.row)
                    assert x[cut.column] @ cut.value < cut.low
    assert found > HUNDREDS / 2


def test_a_cut_on_a_fine_grid_is_a_facet_that_solutions_touch(programme: Draw, solutions: Listed) -> None:
    # without the other rows: every solution of the row alone, so that a cut that could be stronger shows
    touched = 0
    for seed in range(60):
        model = programme(seed)
        every = solutions(model)
        if not len(every):
            continue
        for cover in find_covers(model, find_implications(model)):
            x = highs.solve_lp(model).values
            cut = Separator.on_grid(cover, 4096).separate(x, np.zeros(len(x)), MANY)
            touched += cut is not None and bool(slack(cut, every).min() <= 1e-7)
    assert touched > 20


def test_implications_hold_in_every_solution(programme: Draw, solutions: Listed) -> None:
    for seed in range(HUNDREDS):
        model = programme(seed)
        every, implied = solutions(model), find_implications(model)
        for group in np.unique(implied.group[implied.group != NONE]):
            assert (every[:, implied.group == group].sum(axis=1) <= 1).all()
        for child in np.flatnonzero(implied.parent != NONE):
            assert (every[:, child] <= every[:, implied.parent[child]]).all()


def test_a_stored_zero_is_no_opener() -> None:
    from scipy.sparse import csr_array

    from analysis.solving.model import Model

    matrix = csr_array((np.array([1.0, -1.0, 0.0]), np.array([0, 1, 2]), np.array([0, 3])), shape=(1, 3))
    model = Model(
        np.ones(3), matrix, np.full(1, -np.inf), np.zeros(1), np.zeros(3), np.ones(3), np.ones(3, dtype=bool)
    )
    assert find_implications(model).parent.tolist() == [1, NONE, NONE]


def test_items_and_rest_give_back_the_row(programme: Draw, solutions: Listed) -> None:
    for seed in range(100):
        model = programme(seed)
        for cover in find_covers(model, find_implications(model)):
            for x in solutions(model):
                items = cover.items(x)
                assert set(np.round(items, 9).tolist()) <= {0.0, 1.0}
                assert cover.weight @ items + cover.rest(x) >= cover.demand - 1e-9


def test_the_strengthened_bound_lies_between_relaxation_and_the_best_solution(
    programme: Draw, solutions: Listed
) -> None:
    better = 0
    for seed in range(HUNDREDS):
        model = programme(seed)
        every = solutions(model)
        implied = find_implications(model)
        try:
            tight = strengthen(model, implied, Clock.start(None))
        except NoSolutionError:
            assert not len(every)
            continue
        if not len(every):
            continue
        best = min(model.value(x) for x in every)
        plain = highs.solve_lp(model).objective
        assert plain - 1e-6 <= tight.bound <= best + 1e-6
        assert bound_by_duals(tight.model, tight.relaxation.duals) <= best + 1e-6
        better += tight.bound > plain + 1e-3
        # the cuts are rows of that model, and hold for every solution
        assert ((every @ tight.model.matrix.toarray().T) >= tight.model.row_low - 1e-7).all()
    assert better > HUNDREDS / 3


@pytest.mark.parametrize("kind", ["relaxation", "any numbers"])
def test_prices_of_use_never_promise_too_much(programme: Draw, solutions: Listed, kind: str) -> None:
    priced = 0
    for seed in range(HUNDREDS):
        model, rng = programme(seed), np.random.default_rng(seed)
        every = solutions(model)
        if not len(every):
            continue
        implied = find_implications(model)
        tight = strengthen(model, implied, Clock.start(None))
        duals = tight.relaxation.duals
        if kind == "any numbers":
            duals = duals + rng.normal(0, 3, len(duals)) * (rng.random(len(duals)) < 0.5)
        price = price_of_use(tight.model, duals, implied)
        values = np.array([model.value(x) for x in every])
        assert price.bound <= values.min() + 1e-6
        for column in np.flatnonzero(binaries(model)):
            using = values[every[:, column] > 0.5]
            if len(using):
                assert price.bound + price.use[column] <= using.min() + 1e-6
                priced += bool(price.use[column] > 0.1)
    assert priced > HUNDREDS / 3


def test_prices_of_use_lose_nothing_of_the_bound(programme: Draw) -> None:
    for seed in range(100):
        model = programme(seed)
        implied = find_implications(model)
        try:
            tight = strengthen(model, implied, Clock.start(None))
        except NoSolutionError:
            continue
        price = price_of_use(tight.model, tight.relaxation.duals, implied)
        assert price.bound == pytest.approx(tight.bound, rel=1e-6, abs=1e-6)

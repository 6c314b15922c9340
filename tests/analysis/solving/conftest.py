"""Small random programmes of the families that the product solves, and every solution of them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from analysis.solving.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def draw_programme(seed: int) -> Model:  # noqa: PLR0912 - one branch per kind of rule
    """Draw plots, functions and years with shortages, a ceiling, a clique, openings, a cap on an aim.

    Every continuous column stands in one row only, so that its least value follows from the others.
    """
    rng = np.random.default_rng(seed)
    plots, functions, years = int(rng.integers(2, 5)), int(rng.integers(1, 3)), int(rng.integers(1, 3))
    pairs = [(plot, function) for plot in range(plots) for function in range(functions)]
    pairs = [pair for pair in pairs if rng.random() < 0.9] or pairs[:1]
    starts = [(plot, function, year) for plot, function in pairs for year in range(years)]
    while len(starts) > 10:
        starts.pop(int(rng.integers(len(starts))))
    openings = bool(rng.random() < 0.6)
    parks = int(rng.integers(1, 3))
    park_of = rng.integers(0, parks, plots)
    groups = sorted({(int(park_of[plot]), function) for plot, function, _ in starts}) if openings else []
    groups = groups[:3]
    first_short, first_open = len(starts), len(starts) + functions * years
    columns = first_open + len(groups)
    hectares = np.round(rng.uniform(0.05, 4.0, plots), 2)
    if rng.random() < 0.2:
        hectares = np.full(plots, 1.5)
    rows: list[tuple[dict[int, float], float, float]] = []
    for plot in range(plots):
        own = {at: 1.0 for at, (where, _, _) in enumerate(starts) if where == plot}
        if own:
            rows.append((own, -np.inf, 1.0))
    limited = rng.random() < 0.3
    for function in range(functions):
        for year in range(years):
            served = {
                at: float(hectares[plot])
                for at, (plot, what, start) in enumerate(starts)
                if what == function and start <= year
            }
            served[first_short + function * years + year] = 1.0
            wanted = round(float(rng.uniform(0.2, 0.9) * hectares.sum()), int(rng.integers(1, 4)))
            rows.append((served, wanted, np.inf))
    for position, group in enumerate(groups):
        for plot, function in pairs:
            own = {at: 1.0 for at, (where, what, _) in enumerate(starts) if (where, what) == (plot, function)}
            if own and (int(park_of[plot]), function) == group:
                rows.append((own | {first_open + position: -1.0}, -np.inf, 0.0))
        inside = {
            at: float(hectares[plot])
            for at, (plot, what, _) in enumerate(starts)
            if (int(park_of[plot]), what) == group
        }
        if rng.random() < 0.4:
            rows.append((inside | {first_open + position: -1.3}, 0.0, np.inf))
    if rng.random() < 0.5:
        row = {at: float(hectares[plot]) for at, (plot, _, _) in enumerate(starts)}
        rows.append((row, -np.inf, round(0.6 * float(sum(hectares)), 2)))
    if rng.random() < 0.3:
        some = rng.choice(len(starts), size=min(3, len(starts)), replace=False)
        rows.append(({int(at): 1.0 for at in some}, -np.inf, 1.0))
    high = np.ones(columns)
    high[first_short:first_open] = 0.8 * hectares.sum() if limited else np.inf
    integer = np.ones(columns, dtype=bool)
    integer[first_short:first_open] = False
    cost = np.round(rng.uniform(1, 40, columns), 1)
    cost[first_short:first_open] = 60.0
    if rng.random() < 0.2:
        cost[: len(starts)] -= 15.0
    return Model(
        cost=cost,
        matrix=_matrix([row for row, _, _ in rows], columns),
        row_low=np.array([low for _, low, _ in rows]),
        row_high=np.array([side for _, _, side in rows]),
        low=np.zeros(columns),
        high=high,
        integer=integer,
        offset=float(rng.integers(0, 3)),
    )


def draw_province(seed: int) -> Model:
    """Draw a few hundred columns: plots in parks, functions with a target each, a cost per park opened."""
    rng = np.random.default_rng(seed)
    plots, functions, parks = 40, 4, 8
    park_of = rng.integers(0, parks, plots)
    hectares = np.round(rng.lognormal(-0.5, 0.8, plots), 2)
    plot, function = np.nonzero(rng.random((plots, functions)) < 0.6)
    groups, group = np.unique(park_of[plot] * functions + function, return_inverse=True)
    starts = len(plot)
    columns = starts + functions + len(groups)
    rows, sides = [], []
    for one in range(plots):
        rows.append({int(at): 1.0 for at in np.flatnonzero(plot == one)})
        sides.append((-np.inf, 1.0))
    for one in range(functions):
        own = {int(at): float(hectares[plot[at]]) for at in np.flatnonzero(function == one)}
        rows.append(own | {starts + one: 1.0})
        sides.append((round(float(rng.uniform(0.1, 0.3)) * float(hectares.sum()), 3), np.inf))
    for at in range(starts):
        rows.append({at: 1.0, starts + functions + int(group[at]): -1.0})
        sides.append((-np.inf, 0.0))
    cost = np.concatenate(
        [
            np.round(rng.uniform(10, 150, starts) * hectares[plot], 2),
            np.full(functions, 400.0),
            np.full(len(groups), 30.0),
        ]
    )
    high = np.ones(columns)
    high[starts : starts + functions] = np.inf
    integer = high == 1.0
    low_side, high_side = np.array(sides).T
    matrix = _matrix(rows, columns)
    return Model(cost, matrix, low_side, high_side, np.zeros(columns), high, integer)


def _matrix(rows: list[dict[int, float]], columns: int) -> csr_array:
    dense = np.zeros((len(rows), columns))
    for at, row in enumerate(rows):
        for column, value in row.items():
            dense[at, column] = value
    return csr_array(dense)


def list_solutions(model: Model) -> NDArray[np.float64]:
    """List every choice of the whole numbers that has a solution, each with the least of the others."""
    whole = np.flatnonzero(model.integer)
    dense = model.matrix.toarray()
    every = np.zeros((2 ** len(whole), len(model.cost)))
    every[:, whole] = list(product((0.0, 1.0), repeat=len(whole)))
    for column in np.flatnonzero(~model.integer):
        (row,) = np.flatnonzero(dense[:, column])
        missing = model.row_low[row] - every @ dense[row]
        every[:, column] = np.maximum(missing / dense[row, column], 0.0)
    activity = every @ dense.T
    kept = (activity >= model.row_low - 1e-9).all(axis=1) & (activity <= model.row_high + 1e-9).all(axis=1)
    kept &= (every <= model.high + 1e-9).all(axis=1)
    return np.asarray(every[kept], dtype=np.float64)


@pytest.fixture
def programme() -> Callable[[int], Model]:
    """Draw a small programme by a seed."""
    return draw_programme


@pytest.fixture
def solutions() -> Callable[[Model], NDArray[np.float64]]:
    """List every solution of a small programme."""
    return list_solutions


@pytest.fixture
def province() -> Callable[[int], Model]:
    """Draw a programme of a few hundred columns by a seed."""
    return draw_province

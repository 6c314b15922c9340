"""Grids, windows and burning, against counting by hand and point in polygon."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely

from gis.rasters import Grid, burn, covered


def centres(grid: Grid) -> np.ndarray:
    """Give the cell centres as an array of points of the shape of the grid."""
    x = grid.west + (np.arange(grid.columns) + 0.5) * grid.cell
    y = grid.north - (np.arange(grid.rows) + 0.5) * grid.cell
    return np.asarray(shapely.points(*np.meshgrid(x, y)))


def test_a_grid_lies_on_multiples_of_its_cell() -> None:
    grid = Grid.over((103.0, 207.0, 151.0, 250.0), 10.0)
    assert (grid.west, grid.north, grid.rows, grid.columns) == (100.0, 250.0, 5, 6)
    assert grid.bounds == (100.0, 200.0, 160.0, 250.0)
    assert grid.cell_ha == 0.01


@pytest.mark.parametrize(
    ("bounds", "cell"), [((0, 0, 0, 10), 10.0), ((0, 10, 10, 0), 10.0), ((0, 0, 9, 9), 0.0)]
)
def test_a_grid_without_area_is_refused(bounds: tuple[float, ...], cell: float) -> None:
    with pytest.raises(ValueError, match="no grid"):
        Grid.over(bounds, cell)


def test_windows_cover_every_cell_once() -> None:
    grid = Grid(0.0, 1000.0, 10.0, 70, 33)
    seen = np.zeros(grid.shape, dtype=int)
    for window in grid.windows(32):
        seen[window.slices] += 1
    assert (seen == 1).all()


def test_the_grid_of_a_window_has_the_same_cells() -> None:
    grid = Grid(0.0, 1000.0, 10.0, 70, 33)
    whole = centres(grid)
    for window in grid.windows(32):
        assert shapely.equals(whole[window.slices], centres(grid.part(window))).all()


def test_cells_around_a_box_are_those_that_it_touches() -> None:
    grid = Grid(0.0, 100.0, 10.0, 10, 10)
    window = grid.around((15.0, 61.0, 25.0, 99.0))
    assert window is not None
    assert (window.row, window.column, window.rows, window.columns) == (0, 1, 4, 2)
    assert grid.around((-50.0, 0.0, -20.0, 100.0)) is None


def test_a_cell_is_covered_when_its_centre_is() -> None:
    grid = Grid(0.0, 100.0, 10.0, 10, 10)
    shape = np.array([shapely.box(0, 0, 24, 26)])
    # centres at 5 and 15 in x, at 5, 15 and 25 in y
    expected = np.zeros((10, 10), dtype=bool)
    expected[7:, :2] = True
    assert np.array_equal(covered(grid, shape), expected)


@pytest.mark.parametrize("seed", range(3))
def test_covered_equals_point_in_polygon(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = Grid(1000.0, 3000.0, 10.0, 90, 110)
    discs = shapely.buffer(shapely.points(rng.uniform(1000, 3000, (12, 2))), rng.uniform(30, 400, 12))
    shape = shapely.difference(shapely.union_all(discs[:8]), shapely.union_all(discs[8:]))
    inside = shapely.contains(shape, centres(grid))
    # a centre within a micrometre of the edge may go either way
    clear = shapely.distance(shapely.boundary(shape), centres(grid)) > 1e-6
    assert np.array_equal(covered(grid, np.array([shape]))[clear], inside[clear])


def test_the_last_shape_stays_on_top() -> None:
    grid = Grid(0.0, 20.0, 10.0, 2, 2)
    shapes = np.array([shapely.box(0, 0, 20, 20), shapely.box(0, 0, 10, 20), shapely.box(90, 90, 99, 99)])
    assert burn(grid, shapes, [3, 7, 9]).tolist() == [[7, 3], [7, 3]]


def test_a_line_counts_where_it_touches() -> None:
    grid = Grid(0.0, 30.0, 10.0, 3, 3)
    line = np.array([shapely.LineString([(1, 1), (1, 29)])])
    assert covered(grid, line, touched=True).tolist() == [[True, False, False]] * 3


def test_nothing_covers_nothing() -> None:
    assert not covered(Grid(0.0, 30.0, 10.0, 3, 3), np.zeros(0, dtype=object)).any()


def test_threads_burn_without_a_warning_of_rasterio() -> None:
    # rasterio's own way of hiding its warning holds for one thread only; here every warning is an error
    grid, shapes = Grid(0.0, 100.0, 1.0, 100, 100), np.array([shapely.box(10, 10, 50, 50)])
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            cells = list(threads.map(lambda _: int(burn(grid, shapes, [1]).sum()), range(2000)))
    finally:
        sys.setswitchinterval(switch)
    assert set(cells) == {1600}

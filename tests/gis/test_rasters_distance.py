"""Steps of distance per cell, against distances worked out by hand and measured from every centre."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.distance_raster import Steps
from gis.rasters import Grid

STEPS = np.array([10.0, 30.0, 50.0, 100.0, 200.0, 300.0, 500.0])
"""Rising distances; the first of the second list is kept by everything."""
FROM_ZERO = np.array([0.0, 10.0, 30.0, 50.0, 100.0, 200.0])


def brute(grid: Grid, geometry: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Measure from every cell centre to every object and count the distances kept, to the millimetre."""
    x = grid.west + (np.arange(grid.columns) + 0.5) * grid.cell
    y = grid.north - (np.arange(grid.rows) + 0.5) * grid.cell
    centres = shapely.points(*np.meshgrid(x, y))
    nearest = np.full(grid.shape, np.inf)
    for shape in geometry:
        nearest = np.minimum(nearest, shapely.distance(centres, shape))
    # counted in whole tenths of a millimetre: a half millimetre short is still kept
    return np.asarray((np.round(nearest[..., None] * 10_000) >= steps * 10_000 - 5).sum(axis=-1))


def test_one_row_by_hand() -> None:
    # an object on the centre of the first cell: the others lie 10, 20, 30, 40, 50, 60 m away
    grid = Grid(0.0, 10.0, 10.0, 1, 7)
    found = Steps(shapely.points([(5.0, 5.0)]), STEPS).fits(grid)
    assert found.tolist() == [[0, 1, 1, 2, 2, 3, 3]]


def test_a_diagonal_by_hand() -> None:
    # three cells to the side and four down is fifty metres
    grid = Grid(0.0, 50.0, 10.0, 5, 4)
    found = Steps(shapely.points([(5.0, 45.0)]), STEPS).fits(grid)
    assert found[4, 3] == 3
    assert found[4, 2] == 2


@pytest.mark.parametrize(("x", "kept"), [(105.0, 4), (104.9996, 4), (104.999, 3)])
def test_a_distance_is_kept_to_the_millimetre(x: float, kept: int) -> None:
    grid = Grid(0.0, 10.0, 10.0, 1, 1)
    assert Steps(shapely.points([(x, 5.0)]), STEPS).fits(grid)[0, 0] == kept


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cell", [10.0, 25.0])
def test_points_equal_brute_force(seed: int, cell: float) -> None:
    rng = np.random.default_rng(seed)
    grid = Grid(100_000.0, 450_000.0, cell, 57, 83)
    number = (1, 4, 30, 300, 800, 800)[seed]
    spread = (600, 600, 600, 600, 600, 40)[seed]
    xy = np.round(rng.normal((100_400, 449_700), spread, (number, 2)), 3)
    points = np.asarray(shapely.points(xy))
    for steps in (STEPS, FROM_ZERO):
        expected = brute(grid, points, steps)
        assert np.array_equal(Steps(points, steps).fits(grid), expected)
        assert np.array_equal(Steps(None, steps, x=xy[:, 0], y=xy[:, 1]).fits(grid), expected)


@pytest.mark.parametrize("seed", range(4))
def test_shapes_of_all_kinds_equal_brute_force(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    grid = Grid(0.0, 700.0, 10.0, 70, 60)

    def spot() -> np.ndarray:
        return rng.uniform(-200, 900, 2)

    ring = shapely.difference(shapely.Point(spot()).buffer(180), shapely.Point(spot()).buffer(150))
    shapes = np.array(
        [
            shapely.Point(spot()),
            shapely.MultiPoint([spot(), spot()]),
            shapely.LineString([spot(), spot(), spot()]),
            shapely.MultiLineString([[spot(), spot()], [spot(), spot()]]),
            shapely.Point(spot()).buffer(30).difference(shapely.Point(spot()).buffer(10)),
            ring,
            shapely.MultiPolygon([shapely.Point(-50, 300).buffer(60), shapely.Point(650, 600).buffer(9)]),
            shapely.GeometryCollection([shapely.Point(spot()), shapely.LineString([spot(), spot()])]),
        ],
        dtype=object,
    )
    for steps in (STEPS, FROM_ZERO):
        for chosen in (shapes, shapes[4:5], shapes[2:3]):
            assert np.array_equal(Steps(chosen, steps).fits(grid), brute(grid, chosen, steps))


def test_many_objects_in_one_spot_are_all_looked_at() -> None:
    rng = np.random.default_rng(5)
    grid = Grid(0.0, 320.0, 10.0, 32, 32)
    # pieces of outline of different length around the same middle, so that middles mislead
    angle = rng.uniform(0, np.pi, 300)
    half = rng.uniform(0.1, 4.9, 300)[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))
    middle = 160.0 + rng.normal(0, 1.0, (300, 2))
    lines = np.asarray(shapely.linestrings(np.stack((middle - half, middle + half), axis=1)))
    assert np.array_equal(Steps(lines, STEPS).fits(grid), brute(grid, lines, STEPS))


def test_windows_give_what_the_whole_gives() -> None:
    rng = np.random.default_rng(8)
    grid = Grid(0.0, 1500.0, 10.0, 150, 130)
    points = np.asarray(shapely.points(rng.uniform(-600, 2000, (60, 2))))
    steps = Steps(points, STEPS)
    whole = steps.fits(grid)
    for window in grid.windows(40):
        assert np.array_equal(steps.fits(grid.part(window)), whole[window.slices])


def test_ranks_only_go_down() -> None:
    rng = np.random.default_rng(9)
    grid = Grid(0.0, 400.0, 10.0, 40, 40)
    points = np.asarray(shapely.points(rng.uniform(0, 400, (5, 2))))
    before = rng.integers(0, 8, grid.shape).astype(np.uint8)
    after = before.copy()
    Steps(points, STEPS).lower(after, grid)
    assert np.array_equal(after, np.minimum(before, brute(grid, points, STEPS)))


def test_order_of_objects_changes_nothing() -> None:
    rng = np.random.default_rng(10)
    grid = Grid(0.0, 400.0, 10.0, 40, 40)
    points = np.asarray(shapely.points(rng.uniform(0, 400, (200, 2))))
    assert np.array_equal(Steps(points, STEPS).fits(grid), Steps(points[::-1], STEPS).fits(grid))


def test_without_objects_everything_fits() -> None:
    grid = Grid(0.0, 40.0, 10.0, 4, 4)
    assert (Steps(np.zeros(0, dtype=object), STEPS).fits(grid) == len(STEPS)).all()
    assert (Steps(shapely.points([(5000.0, 0.0)]), STEPS).fits(grid) == len(STEPS)).all()

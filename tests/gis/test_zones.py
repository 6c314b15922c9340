"""Areas beyond a distance, against areas that follow from circles and against a grid of points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from gis.zones import beyond, polygons_only, relevant

if TYPE_CHECKING:
    from numpy.typing import NDArray

SQUARE = shapely.box(0, 0, 1000, 1000)


def spots_at(coordinates: Any) -> NDArray[Any]:
    return np.asarray(shapely.points(coordinates))


def test_half_a_disc_is_cut_by_an_object_on_the_edge() -> None:
    groups = [spots_at([(500.0, 0.0)])]
    (rest,) = beyond(SQUARE, groups, np.array([[200.0]]))
    assert 1_000_000 - shapely.area(rest) == pytest.approx(math.pi * 200**2 / 2, rel=1e-3)


def test_steps_are_nested_and_groups_add_up() -> None:
    groups = [spots_at([(-100.0, 500.0)]), spots_at([(1100.0, 500.0)])]
    distances = np.array([[50.0, 50.0], [300.0, 100.0], [300.0, 400.0], [5000.0, 400.0]])
    steps = beyond(SQUARE, groups, distances)
    assert shapely.equals(steps[0], SQUARE)
    assert all(
        shapely.area(shapely.difference(inner, outer)) < 1e-6
        for outer, inner in zip(steps, steps[1:], strict=False)
    )
    assert shapely.is_empty(steps[3])


@pytest.mark.parametrize("seed", range(4))
def test_leaving_points_out_changes_no_distance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    area = shapely.Point(1500, 1500).buffer(400, quad_segs=3).union(shapely.box(1500, 1500, 2100, 1600))
    points = spots_at(rng.normal(1500, 900, (800, 2)))
    kept = relevant(area, points)
    assert len(kept) < len(points) / 2
    spots = spots_at(rng.uniform(1000, 2200, (3000, 2)))
    spots = spots[shapely.contains(area, spots)]
    every = shapely.distance(spots[:, None], points[None, :]).min(axis=1)
    some = shapely.distance(spots[:, None], kept[None, :]).min(axis=1)
    assert np.array_equal(every, some)


def test_zones_agree_with_distances_at_points() -> None:
    rng = np.random.default_rng(11)
    objects = spots_at(rng.uniform(-600, 1600, (300, 2)))
    objects = objects[~shapely.dwithin(SQUARE, objects, 30.0)]
    steps = beyond(SQUARE, [objects], np.array([[50.0], [200.0], [300.0]]))
    spots = spots_at(rng.uniform(0, 1000, (2000, 2)))
    gap = shapely.distance(spots[:, None], objects[None, :]).min(axis=1)
    for step, limit in zip(steps, (50.0, 200.0, 300.0), strict=True):
        # discs are drawn at most 0.03 % too small
        clear = np.abs(gap - limit) > 0.001 * limit
        assert np.array_equal(np.asarray(shapely.contains(step, spots))[clear], (gap >= limit)[clear])


def test_lines_left_over_from_an_overlay_are_dropped() -> None:
    mixed = shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 2, 3)])
    assert shapely.area(polygons_only(mixed)) == 6.0
    assert shapely.is_empty(polygons_only(shapely.LineString([(0, 0), (1, 1)])))

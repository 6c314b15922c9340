"""Areas beyond a distance, against areas that follow from circles and against a grid of points."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from gis.zones import beyond, polygons_only, relevant

SQUARE = shapely.box(0, 0, 1000, 1000)


def test_half_a_disc_is_cut_by_an_object_on_the_edge() -> None:
    groups = [shapely.points([(500.0, 0.0)])]
    (rest,) = beyond(SQUARE, groups, np.array([[200.0]]))
    assert 1_000_000 - rest.area == pytest.approx(math.pi * 200**2 / 2, rel=1e-3)


def test_steps_are_nested_and_groups_add_up() -> None:
    groups = [shapely.points([(-100.0, 500.0)]), shapely.points([(1100.0, 500.0)])]
    distances = np.array([[50.0, 50.0], [300.0, 100.0], [300.0, 400.0], [5000.0, 400.0]])
    steps = beyond(SQUARE, groups, distances)
    assert steps[0].equals(SQUARE)
    assert all(inner.difference(outer).area < 1e-6 for outer, inner in zip(steps, steps[1:], strict=False))
    assert steps[3].is_empty


@pytest.mark.parametrize("seed", range(4))
def test_leaving_points_out_changes_no_distance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    area = shapely.Point(1500, 1500).buffer(400, quad_segs=3).union(shapely.box(1500, 1500, 2100, 1600))
    points = shapely.points(rng.normal(1500, 900, (800, 2)))
    kept = relevant(area, points)
    assert len(kept) < len(points) / 2
    spots = shapely.points(rng.uniform(1000, 2200, (3000, 2)))
    spots = spots[shapely.contains(area, spots)]
    every = shapely.distance(spots[:, None], points[None, :]).min(axis=1)
    some = shapely.distance(spots[:, None], kept[None, :]).min(axis=1)
    assert np.array_equal(every, some)


def test_zones_agree_with_distances_at_points() -> None:
    rng = np.random.default_rng(11)
    objects = shapely.points(rng.uniform(-600, 1600, (300, 2)))
    objects = objects[~shapely.dwithin(SQUARE, objects, 30.0)]
    steps = beyond(SQUARE, [objects], np.array([[50.0], [200.0], [300.0]]))
    spots = shapely.points(rng.uniform(0, 1000, (2000, 2)))
    gap = shapely.distance(spots[:, None], objects[None, :]).min(axis=1)
    for step, limit in zip(steps, (50.0, 200.0, 300.0), strict=True):
        # discs are drawn at most 0.03 % too small
        clear = np.abs(gap - limit) > 0.001 * limit
        assert np.array_equal(shapely.contains(step, spots)[clear], (gap >= limit)[clear])


def test_lines_left_over_from_an_overlay_are_dropped() -> None:
    mixed = shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 2, 3)])
    assert polygons_only(mixed).area == 6.0
    assert polygons_only(shapely.LineString([(0, 0), (1, 1)])).is_empty

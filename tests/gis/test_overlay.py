"""Overlap areas: worked out by hand, and against the overlap drawn by GEOS pair by pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.overlay import overlaps

FAR = (600_000.0, 300_000.0)


def as_dict(shapes: list[Any], areas: list[Any]) -> dict[tuple[int, int], float]:
    found = overlaps(np.array(shapes, dtype=object), np.array(areas, dtype=object), threads=2)
    pairs = zip(found.shape.tolist(), found.area.tolist(), strict=True)
    return dict(zip(pairs, found.size.tolist(), strict=True))


def star(rng: np.random.Generator, corners: int, radius: float) -> Any:
    """Draw a polygon around a random spot, with a hole in the middle now and then."""
    angle = (np.arange(corners) + rng.uniform(0.1, 0.9, corners)) * 2.0 * np.pi / corners
    spot = rng.uniform(0.0, 100.0, 2) + FAR
    ring = (
        spot + np.column_stack((np.cos(angle), np.sin(angle))) * rng.uniform(0.4, 1.0, (corners, 1)) * radius
    )
    shape = shapely.Polygon(ring)
    return shape.difference(spot_box(spot, radius / 8)) if rng.random() < 0.5 else shape


def spot_box(spot: Any, half: float) -> Any:
    return shapely.box(spot[0] - half, spot[1] - half, spot[0] + half, spot[1] + half)


def test_two_squares_share_a_corner_of_two_by_three() -> None:
    found = as_dict([shapely.box(0, 0, 10, 10)], [shapely.box(8, 7, 20, 20)])
    assert found == {(0, 0): pytest.approx(6.0, rel=1e-12)}


def test_a_touch_is_no_overlap() -> None:
    square = shapely.box(0, 0, 10, 10)
    beside, corner = shapely.box(10, 2, 20, 8), shapely.box(10, 10, 12, 12)
    slanted = shapely.Polygon([(10, 0), (20, 5), (10, 10)])
    assert as_dict([square], [beside, corner, slanted]) == {}


def test_a_shape_inside_has_exactly_its_own_size() -> None:
    shape = shapely.affinity.rotate(shapely.box(1, 1, 3.3, 4.7), 17)
    assert as_dict([shape], [shapely.box(-20, -20, 20, 20), shape]) == {
        (0, 0): shape.area,
        (0, 1): shape.area,
    }


def test_what_lies_in_a_hole_is_not_shared() -> None:
    ring = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    found = as_dict([shapely.box(11, 11, 19, 19), shapely.box(5, 12, 15, 14)], [ring])
    assert found == {(1, 0): pytest.approx(5 * 2, rel=1e-12)}


def test_parts_count_together() -> None:
    parts = shapely.union(shapely.box(0, 0, 4, 4), shapely.box(6, 0, 10, 4))
    found = as_dict([parts], [shapely.box(3, 1, 7, 3)])
    assert found == {(0, 0): pytest.approx(2 * 2, rel=1e-12)}


def test_the_direction_of_a_ring_does_not_matter() -> None:
    square, other = shapely.box(0, 0, 10, 10), shapely.box(5, 5, 15, 15)
    for one in (square, square.reverse()):
        for two in (other, other.reverse()):
            assert as_dict([one], [two]) == {(0, 0): pytest.approx(25.0, rel=1e-12)}


def test_a_sliver_is_measured() -> None:
    sliver = as_dict([shapely.box(0, 0, 10, 10)], [shapely.box(9.9999, 0, 20, 10)])
    assert sliver == {(0, 0): pytest.approx(0.001, rel=1e-6)}


def test_no_shapes_or_no_areas_give_no_pairs() -> None:
    assert as_dict([], [shapely.box(0, 0, 1, 1)]) == {}
    assert as_dict([shapely.box(0, 0, 1, 1)], []) == {}
    assert as_dict([shapely.Polygon(), shapely.box(0, 0, 1, 1)], [shapely.box(0, 0, 1, 1)]) == {(1, 0): 1.0}


def test_largest_takes_the_first_of_equals() -> None:
    shapes = np.array([shapely.box(0, 0, 4, 2), shapely.box(50, 50, 51, 51)])
    areas = np.array([shapely.box(2, 0, 9, 2), shapely.box(-9, 0, 2, 2), shapely.box(3.5, 0, 9, 2)])
    assert overlaps(shapes, areas).largest(2).tolist() == [0, -1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_equals_the_drawn_overlap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = [star(rng, int(rng.integers(3, 20)), 30.0) for _ in range(6)]
    areas = [star(rng, int(rng.integers(3, 40)), 60.0) for _ in range(6)] + shapes[:2]
    drawn = {
        (i, j): one.intersection(two).area
        for i, one in enumerate(shapes)
        for j, two in enumerate(areas)
        if one.intersection(two).area > 0
    }
    assert as_dict(shapes, areas) == pytest.approx(drawn, rel=1e-9, abs=1e-7)


def test_polygons_of_many_vertices_give_the_same_answer() -> None:
    # regular polygons of 2,000 corners inside each other's circle: too many edges to sum over
    one = shapely.Point(0, 0).buffer(100.0, quad_segs=500)
    two = shapely.Point(80, 0).buffer(100.0, quad_segs=500)
    lens = 2 * 100.0**2 * np.arccos(0.4) - 40.0 * np.sqrt(4 * 100.0**2 - 80.0**2)
    assert as_dict([one], [two]) == {(0, 0): pytest.approx(lens, rel=1e-4)}


def test_threads_may_meet_in_one_area() -> None:
    # many shapes of many vertices in few areas: every thread works on the same areas
    circle = shapely.Point(0, 0).buffer(3.0, quad_segs=64)
    steps = np.arange(60.0)
    shapes = np.array([shapely.affinity.translate(circle, x, y) for x in steps for y in steps])
    area = shapely.Point(30, 30).buffer(25.0, quad_segs=256)
    areas = np.array([area, area], dtype=object)
    many, single = overlaps(shapes, areas, threads=4), overlaps(shapes, areas, threads=1)
    assert many.size.tolist() == single.size.tolist()
    assert not shapely.is_prepared(areas).any()

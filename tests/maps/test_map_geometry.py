"""Geometry for display: packed and unpacked again, shared borders, names inside their place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from maps import geometry
from maps.labels import Box, place


def unpack(path: Any) -> list[tuple[float, float]]:
    """Undo the packing the way the script in the page does."""
    points, x, y = [], 0, 0
    for step in range(0, len(path), 2):
        x, y = x + path[step], y + path[step + 1]
        points.append((x / 1e6, y / 1e6))
    return points


def test_a_polygon_with_a_hole_comes_back_within_a_tenth_of_a_metre() -> None:
    outer = [(5.1, 52.1), (5.2, 52.1), (5.2, 52.2), (5.1, 52.2), (5.1, 52.1)]
    inner = [(5.14, 52.14), (5.16, 52.14), (5.15, 52.16), (5.14, 52.14)]
    parts = geometry.packed(shapely.Polygon(outer, [inner]))
    assert [unpack(path) for path in parts[0]] == [outer, inner]


def test_parts_lines_and_points_keep_their_kind() -> None:
    line = shapely.MultiLineString([[(5.0, 52.0), (5.1, 52.0)], [(5.2, 52.0), (5.3, 52.1)]])
    assert [unpack(part[0]) for part in geometry.packed(line)] == [
        [(5.0, 52.0), (5.1, 52.0)],
        [(5.2, 52.0), (5.3, 52.1)],
    ]
    assert unpack(geometry.packed(shapely.Point(5.123456, 52.0))[0][0]) == [(5.123456, 52.0)]


def test_vertices_that_fall_together_are_left_out() -> None:
    line = shapely.LineString([(5.0, 52.0), (5.00000001, 52.0), (5.1, 52.0)])
    assert unpack(geometry.packed(line)[0][0]) == [(5.0, 52.0), (5.1, 52.0)]


@pytest.mark.parametrize("nothing", [None, shapely.Polygon(), shapely.GeometryCollection()])
def test_no_geometry_packs_to_nothing(nothing: Any) -> None:
    assert geometry.packed(nothing) == []


def test_a_shape_smaller_than_the_tolerance_stays() -> None:
    tiny = shapely.box(0, 0, 0.5, 0.5)
    assert geometry.simplified(np.array([tiny], dtype=object), 1.5)[0].area > 0


def test_shared_borders_stay_shared() -> None:
    zigzag = [(10, y) if y % 20 else (11, y) for y in range(0, 101, 10)]
    left = shapely.Polygon([(0, 0), *zigzag, (0, 100)])
    right = shapely.Polygon([*zigzag, (50, 100), (50, 0)])
    thin = geometry.simplified_together(np.array([left, None, right], dtype=object), 5.0)
    assert thin[1] is None
    assert shapely.intersection(thin[0], thin[2]).area == 0
    assert shapely.union(thin[0], thin[2]).area == pytest.approx(50 * 100)


def test_a_name_stands_well_inside_the_largest_part() -> None:
    u_shape = shapely.box(0, 0, 5000, 5000) - shapely.box(1000, 1000, 5000, 4000)
    island = shapely.box(9000, 9000, 9100, 9100)
    point = geometry.label_points(np.array([shapely.union(u_shape, island)], dtype=object))[0]
    assert shapely.distance(point, u_shape.boundary) > 400


def test_bounds_are_south_west_north_east() -> None:
    assert geometry.bounds(np.array([shapely.box(5.0, 52.0, 5.5, 52.25)])) == [[52.0, 5.0], [52.25, 5.5]]
    with pytest.raises(ValueError, match="no geometry"):
        geometry.bounds(np.array([], dtype=object))


FRAME = Box(0, 0, 100, 100)


def test_a_label_stays_where_it_is_when_nothing_is_in_the_way() -> None:
    assert place(Box(40, 40, 60, 50), [], FRAME, 20) == (0.0, 0.0)


def test_a_label_moves_just_far_enough() -> None:
    taken = [Box(40, 40, 60, 50)]
    move = place(Box(40, 45, 60, 55), taken, FRAME, 12)
    assert move is not None
    assert not Box(40, 45, 60, 55).moved(*move).overlaps(taken[0])
    assert max(abs(step) for step in move) <= 6


def test_a_label_without_room_is_left_out() -> None:
    assert place(Box(40, 40, 60, 50), [FRAME], FRAME, 20) is None
    assert place(Box(90, 90, 130, 99), [], FRAME, 20) is None

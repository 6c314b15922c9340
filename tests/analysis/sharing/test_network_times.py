"""Ways over networks that were drawn by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from analysis.sharing.centres import centres
from analysis.sharing.network import shortest_times


def times(lines: Any, speeds: Any, origins: Any, destinations: Any) -> Any:
    shapes = np.array([shapely.LineString(line) for line in lines], dtype=object)
    return shortest_times(
        shapes, np.array(speeds, dtype=float), np.array(origins, dtype=float), np.array(destinations, dtype=float),
        access_kmh=60.0,
    )  # fmt: skip


def test_a_detour_at_twice_the_speed_wins() -> None:
    # straight: 6 km at 30 km/h is 12 minutes; round: 3 + 6 + 3 km at 90 km/h is 8 minutes
    lines = [[(0, 0), (6000, 0)], [(0, 0), (0, 3000), (6000, 3000), (6000, 0)]]
    found = times(lines, [30, 90], [(0, 0)], [(6000, 0)])
    assert found.minutes[0, 0] == pytest.approx(8.0)
    assert found.kilometres[0, 0] == pytest.approx(12.0)


def test_the_way_to_the_network_is_stated_and_counts() -> None:
    # 1 km to the road and 2 km along it at 60 km/h
    found = times([[(0, 0), (5000, 0)]], [60], [(1000, 1000)], [(3000, 0)])
    assert found.origin_snap_m[0] == pytest.approx(1000.0)
    assert found.minutes[0, 0] == pytest.approx(3.0)


def test_two_points_on_one_stretch_go_straight() -> None:
    found = times([[(0, 0), (10_000, 0)]], [60], [(4000, 0)], [(5000, 0), (4000, 0)])
    np.testing.assert_allclose(found.minutes[0], [1.0, 0.0], atol=1e-6)


def test_a_crossing_without_a_shared_end_is_a_bridge() -> None:
    lines = [[(0, 0), (2000, 0)], [(1000, -1000), (1000, 1000)]]
    assert np.isinf(times(lines, [60, 60], [(0, 0)], [(1000, 1000)]).minutes[0, 0])
    # an end on another road is a junction
    lines[1] = [(1000, 0), (1000, 1000)]
    assert times(lines, [60, 60], [(0, 0)], [(1000, 1000)]).minutes[0, 0] == pytest.approx(2.0)


def test_a_gap_leaves_no_way() -> None:
    found = times([[(0, 0), (1000, 0)], [(1500, 0), (2500, 0)]], [60, 60], [(0, 0)], [(2500, 0)])
    assert np.isinf(found.minutes[0, 0])
    assert np.isinf(found.kilometres[0, 0])


def test_no_road_at_all() -> None:
    found = times([], [], [(0, 0)], [(1, 1)])
    assert np.isinf(found.minutes).all()


def test_the_order_of_roads_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    lines = [
        [tuple(rng.integers(0, 9, 2) * 1000), tuple(rng.integers(0, 9, 2) * 1000 + 1)] for _ in range(30)
    ]
    places = rng.random((5, 2)) * 9000
    first = times(lines, [50] * 30, places, places)
    second = times(lines[::-1], [50] * 30, places, places)
    np.testing.assert_allclose(first.minutes, second.minutes)


def test_a_centre_lies_where_the_homes_are() -> None:
    areas = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    homes, dwellings = np.array([[2.0, 2.0], [4.0, 6.0]]), np.array([1.0, 3.0])
    found, by_homes = centres(areas, homes, dwellings)
    np.testing.assert_allclose(found[0], [3.5, 5.0])
    assert by_homes.tolist() == [True, False]
    assert areas[1].contains(shapely.Point(found[1]))

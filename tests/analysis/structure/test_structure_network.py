"""Ways along lines that do not quite meet, worked out on squared paper."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from analysis.structure.network import Network


def lines(*paths: list[tuple[float, float]]) -> np.ndarray:
    return np.array([shapely.LineString(path) for path in paths], dtype=object)


def points(*places: tuple[float, float]) -> np.ndarray:
    return np.array([shapely.Point(place) for place in places], dtype=object)


def test_way_along_one_line_goes_from_foot_to_foot() -> None:
    network = Network(lines([(0, 0), (100, 0)]), points((10, 5), (70, -8)), snap=1.0, crossings=False)
    way = network.ways_from(0).way(1)
    assert way is not None
    assert way.metres == pytest.approx(60.0)
    assert way.lines == (0,)
    assert list(way.shape.coords) == [(10.0, 0.0), (70.0, 0.0)]


def test_way_back_is_drawn_the_other_way_round() -> None:
    network = Network(lines([(0, 0), (50, 0), (100, 0)]), points((10, 5), (70, 0)), snap=1.0, crossings=False)
    back = network.ways_from(1).way(0)
    assert back is not None
    assert list(back.shape.coords) == [(70.0, 0.0), (50.0, 0.0), (10.0, 0.0)]


def test_an_end_near_another_line_joins_it_and_the_gap_counts() -> None:
    both = lines([(0, 0), (100, 0)], [(40, 3), (40, 53)])
    near = Network(both, points((0, 0), (40, 53)), snap=5.0, crossings=False)
    far = Network(both, points((0, 0), (40, 53)), snap=2.0, crossings=False)
    assert near.ways_from(0).distance(1) == pytest.approx(40 + 3 + 50)
    assert far.ways_from(0).distance(1) == np.inf
    assert far.ways_from(0).way(1) is None


def test_lines_that_cross_are_joined_only_where_that_is_asked() -> None:
    cross = lines([(0, 0), (100, 0)], [(30, -50), (30, 50)])
    ends = points((0, 0), (30, 50))
    assert Network(cross, ends, snap=1.0, crossings=True).ways_from(0).distance(1) == pytest.approx(80.0)
    assert Network(cross, ends, snap=1.0, crossings=False).ways_from(0).distance(1) == np.inf


def test_the_shorter_of_two_ways_round_is_taken() -> None:
    ring = lines([(0, 0), (10, 0)], [(10, 0), (10, 40)], [(0, 0), (0, 5), (10, 5), (10, 40)])
    network = Network(ring, points((0, 0), (10, 40)), snap=0.5, crossings=False)
    # 10 + 40 along the first two, 5 + 10 + 35 along the third
    assert network.ways_from(0).distance(1) == pytest.approx(50.0)


def test_matrix_agrees_with_single_ways_and_is_symmetric() -> None:
    rng = np.random.default_rng(3)
    paths = [list(map(tuple, rng.uniform(0, 100, (3, 2)))) for _ in range(12)]
    places = points(*map(tuple, rng.uniform(0, 100, (6, 2))))
    network = Network(lines(*paths), places, snap=4.0, crossings=True)
    matrix = network.matrix()
    alone = [[network.ways_from(i).distance(j) for j in range(6)] for i in range(6)]
    assert np.allclose(matrix, matrix.T)
    assert np.allclose(matrix, alone)


def test_the_way_drawn_is_as_long_as_said_without_its_gaps() -> None:
    both = lines([(0, 0), (100, 0)], [(40, 3), (40, 53)])
    way = Network(both, points((0, 0), (40, 53)), snap=5.0, crossings=False).ways_from(0).way(1)
    assert way is not None
    # the straight piece across the gap is drawn as well
    assert way.shape.length == pytest.approx(93.0)
    assert way.lines == (0, 1)


def test_a_place_beyond_reach_is_not_attached() -> None:
    line = lines([(0, 0), (100, 0)])
    network = Network(line, points((0, 0), (50, 30)), snap=1.0, crossings=False, reach=20.0)
    assert network.ways_from(0).distance(1) == np.inf
    assert network.ways_from(1).distance(0) == np.inf


def test_without_lines_there_is_no_way() -> None:
    network = Network(np.zeros(0, dtype=object), points((0, 0), (1, 1)), snap=1.0, crossings=True)
    assert network.matrix()[0, 1] == np.inf
    assert network.ways_from(0).way(1) is None


def test_two_places_on_one_spot_get_a_way_of_no_length() -> None:
    network = Network(lines([(0, 0), (100, 0)]), points((10, 5), (10, -5)), snap=1.0, crossings=False)
    way = network.ways_from(0).way(1)
    assert way is not None
    assert way.metres == 0.0
    assert way.shape.geom_type == "LineString"


def test_order_of_the_lines_changes_no_length() -> None:
    rng = np.random.default_rng(5)
    paths = [list(map(tuple, rng.uniform(0, 100, (2, 2)))) for _ in range(10)]
    places = points(*map(tuple, rng.uniform(0, 100, (5, 2))))
    one = Network(lines(*paths), places, snap=3.0, crossings=True).matrix()
    two = Network(lines(*paths[::-1]), places, snap=3.0, crossings=True).matrix()
    assert np.allclose(one, two, atol=0.01)

"""Growing smooth borders from a coarse grid, on grids small enough to think through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from layers.sample.borders import chaikin, grow, polygons, smooth, trace
from layers.sample.homes import shares

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_chaikin_cuts_each_corner_at_a_quarter_and_keeps_the_ends() -> None:
    line = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]])
    assert chaikin(line).tolist() == [[0.0, 0.0], [3.0, 0.0], [4.0, 1.0], [4.0, 4.0]]


def test_a_straight_line_has_no_corner_to_cut() -> None:
    line = np.array([[0.0, 0.0], [4.0, 0.0]])
    assert chaikin(line).tolist() == line.tolist()


def test_smoothing_a_staircase_gives_its_slope() -> None:
    stairs = np.array(
        [[0, 0], [200, 0], [200, 200], [400, 200], [400, 400], [600, 400], [600, 600]], dtype=float
    )
    smoothed = smooth(stairs)
    assert smoothed[0].tolist() == [0.0, 0.0]
    assert smoothed[-1].tolist() == [600.0, 600.0]
    # the middles of the steps lie within 100 / sqrt(2) m of the diagonal
    assert (abs(smoothed[:, 0] - smoothed[:, 1]) <= 100.0).all()


def two_blocks() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    cells = [[x, y, 1 if x < 4 else 2] for x in range(8) for y in range(6)]
    return np.array(cells), np.ones(len(cells))


def test_two_blocks_become_two_polygons_that_share_their_border_and_have_their_area() -> None:
    cells, share = two_blocks()
    goal = np.array([22.0e6, 26.0e6])
    labels, corner = grow(cells, share, goal, np.empty((0, 3)))
    arcs = [smooth(arc) for arc in trace(labels, corner)]
    shapes = polygons(labels, corner, arcs)
    assert len(arcs) == 3
    assert len(shapes) == 2
    assert shapely.coverage_is_valid(np.array(shapes))
    assert shapes[0].touches(shapes[1])
    assert shapely.area(shapes) == pytest.approx(goal, rel=0.06)  # its corners are rounded off
    assert shapes[0].contains(shapely.Point(2_000, 3_000))
    assert shapes[1].contains(shapely.Point(6_000, 3_000))


def test_a_lost_cell_goes_to_its_neighbour() -> None:
    cells, share = two_blocks()
    cells[(cells[:, 0] == 1) & (cells[:, 1] == 3), 2] = 2
    labels, corner = grow(cells, share, np.array([24.0e6, 24.0e6]), np.empty((0, 3)))
    shapes = polygons(labels, corner, [smooth(arc) for arc in trace(labels, corner)])
    assert [shape.geom_type for shape in shapes] == ["Polygon", "Polygon"]
    assert shapely.coverage_is_valid(np.array(shapes))


def test_dwellings_are_divided_to_the_last_one() -> None:
    assert shares(41).tolist() == [21, 20]
    assert shares(3).tolist() == [3]
    assert shares(20_001).sum() == 20_001
    assert set(shares(20_001).tolist()) == {20, 21}

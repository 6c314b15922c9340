"""Bounds of distances hold for every kind of shape."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.outlines import Outlines
from gis.proximity import Targets


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_the_distance_lies_between_the_bounds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0.0, 500.0, (12, 9, 2)) + np.array([155_000.0, 463_000.0])
    shapes = np.concatenate(
        (
            shapely.linestrings(spots[:3]),
            shapely.multipoints([list(map(shapely.Point, spot)) for spot in spots[3:6]]),
            shapely.convex_hull(shapely.linestrings(spots[6:9])),
            shapely.points(spots[9:, 0]),
        )
    )
    x, y = rng.uniform(-500.0, 1000.0, (2, 400)) + np.array([[155_000.0], [463_000.0]])
    query = rng.integers(0, len(shapes), 400)
    distance = shapely.distance(shapes[query], shapely.points(x, y))
    outlines = Outlines.of(shapes)
    assert (outlines.at_least(query, x, y) <= distance + 1e-9).all()
    assert (outlines.at_most(query, x, y) >= distance - 1e-9).all()
    reach = rng.uniform(0.0, 600.0, 400)
    sure = outlines.surely_within(query, x, y, reach)
    assert (distance[sure] <= reach[sure] + 1e-9).all()
    assert sure.any()


def test_a_box_is_the_tightest_one() -> None:
    outlines = Outlines.of(np.array([shapely.box(10, 20, 30, 50)]))
    assert outlines.boxes(5.0).tolist() == [pytest.approx([5, 15, 35, 55], abs=1e-5)]


def test_an_empty_shape_is_near_nothing() -> None:
    shapes = np.array([shapely.Polygon(), None, shapely.box(0, 0, 1, 1)], dtype=object)
    targets = Targets(x=np.array([0.5, 3.0]), y=np.array([0.5, 0.5]))
    found, gap = targets.nearest(shapes)
    assert found.tolist() == [-1, -1, 0]
    assert gap.tolist() == [np.inf, np.inf, 0.0]
    assert targets.sum_within(shapes, 5.0).tolist() == [0, 0, 2]
    assert targets.pairs_within(shapes, 5.0).query.tolist() == [2, 2]
    assert targets.pairs_within(shapes, 0.0).target.tolist() == [0]


def test_a_tie_across_the_first_circle_goes_to_the_first_target() -> None:
    # the search grows by doubling from 100 m; both lie at 100.000 m once rounded, one on each side
    targets = Targets(x=np.array([110.0003, -99.9998]), y=np.array([5.0, 5.0]))
    found, gap = targets.nearest(np.array([shapely.box(0, 0, 10, 10)]))
    assert found.tolist() == [0]
    assert gap[0] == pytest.approx(100.0003, abs=1e-9)


def test_many_points_deep_inside_a_large_shape_count() -> None:
    ring = shapely.Point(0, 0).buffer(5_000.0, quad_segs=200).difference(shapely.box(-100, -100, 100, 100))
    spots = np.column_stack([axis.ravel() for axis in np.meshgrid(*[np.arange(-5500.0, 5501, 110)] * 2)])
    for reach in (0.0, 30.0):
        inside = [shapely.distance(ring, shapely.Point(spot)) <= reach for spot in spots]
        total = Targets(x=spots[:, 0], y=spots[:, 1]).sum_within(np.array([ring]), reach)
        assert total.tolist() == [sum(inside)]


def test_points_on_one_spot_are_told_apart() -> None:
    x, y = np.repeat([10.0, 20.0, 10.0], 40), np.full(120, 5.0)
    pairs = Targets(x=x, y=y).pairs_within(np.array([shapely.box(0, 0, 10, 10)]), 1.0)
    assert pairs.target.tolist() == [*range(40), *range(80, 120)]
    assert Targets(x=x, y=y).nearest(np.array([shapely.Point(19.0, 5.0)]))[0].tolist() == [40]

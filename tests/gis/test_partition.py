"""Cutting places into groups, checked by counting."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.partition import bisect, crowd, grown, touching


@pytest.mark.parametrize("groups", [1, 2, 3, 7, 16])
def test_groups_cost_about_as_much_and_none_is_empty(groups: int) -> None:
    random = np.random.default_rng(3)
    x, y = random.random((2, 2000)) * 1000
    weight = random.random(2000) + 0.1
    number = bisect(x, y, weight, groups)
    sums = np.bincount(number, weights=weight)
    assert len(sums) == groups
    assert sums.max() < 1.05 * weight.sum() / groups + weight.max()


def test_places_on_one_spot_are_told_apart_and_no_group_is_asked_that_cannot_be() -> None:
    nowhere = np.zeros(3)
    assert sorted(bisect(nowhere, nowhere, np.ones(3), 9)) == [0, 1, 2]
    # the heavy one does not starve the others of a group
    assert sorted(bisect(np.arange(3.0), nowhere, np.array([100.0, 1.0, 1.0]), 3)) == [0, 1, 2]
    assert len(bisect(np.zeros(0), np.zeros(0), np.zeros(0), 4)) == 0


def test_the_longer_side_is_cut() -> None:
    x, y = (values.ravel() for values in np.meshgrid(np.arange(10.0), np.arange(3.0)))
    number = bisect(x, y, np.ones(30), 2)
    assert set(x[number == 0]) == {0.0, 1.0, 2.0, 3.0, 4.0}


def test_a_crowd_is_about_what_counting_gives() -> None:
    random = np.random.default_rng(5)
    x, y = random.random((2, 20_000)) * 40_000
    boxes = np.array([[0, 0, 40_000, 40_000], [5000, 5000, 15_000, 25_000], [90_000, 0, 95_000, 9000]])
    inside = [
        ((x >= west) & (x <= east) & (y >= south) & (y <= north)).sum() for west, south, east, north in boxes
    ]
    found = crowd(boxes.astype(float), x, y)
    assert found[0] == inside[0] == 20_000
    assert abs(found[1] - inside[1]) < 0.15 * inside[1]
    assert found[2] == inside[2] == 0
    assert list(crowd(boxes.astype(float), np.zeros(0), np.zeros(0))) == [0, 0, 0]
    assert list(crowd(np.array([[0.0, 0, 1, 1]]), np.full(3, 0.5), np.full(3, 0.5))) == [3]


def test_rows_whose_box_meets_a_box_are_found_once_and_in_order() -> None:
    table = gpd.GeoDataFrame(geometry=shapely.points([[5, 5], [0, 0], [2, 0], [9, 9]]))
    boxes = grown(np.array([[0.0, 0, 1, 1], [1.0, 1, 1, 1]]), np.array([1.0, 0.5]))
    assert boxes.tolist() == [[-1, -1, 2, 2], [0.5, 0.5, 1.5, 1.5]]
    assert touching(table, boxes).tolist() == [1, 2]
    assert touching(table, np.full((1, 4), np.nan)).tolist() == []
    assert touching(table.iloc[:0], boxes).tolist() == []

"""Shore length on shapes whose sides a person can add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, box

from gis.shore import Pieces, shore_pieces

SITE = box(0, 0, 200, 100)
CANAL = box(-1000, 120, 1000, 170)


def facing(sites: list[Any], waters: list[Any], distance: float = 50.0, **kwargs: Any) -> Pieces:
    return shore_pieces(np.array(sites), np.array(waters), distance=distance, **kwargs)


def test_only_the_side_that_faces_the_canal_counts() -> None:
    assert facing([SITE], [CANAL]).length.sum() == pytest.approx(200.0)


def test_a_site_on_the_bank_itself() -> None:
    assert facing([SITE], [box(-1000, 100, 1000, 170)]).length.sum() == pytest.approx(200.0)


def test_water_beyond_the_distance_does_not_count() -> None:
    assert facing([SITE], [box(-1000, 151, 1000, 170)]).length.sum() == 0.0


def test_water_on_two_sides_counts_on_both() -> None:
    assert facing([SITE], [CANAL, box(-1000, -60, 1000, -10)]).length.sum() == pytest.approx(400.0)


def test_two_sections_of_one_canal_count_a_bank_once() -> None:
    pieces = facing([SITE], [CANAL, box(-1000, 125, 1000, 165)])
    assert pieces.length.sum() == pytest.approx(200.0)
    assert set(pieces.water) == {0}


def test_not_through_another_site() -> None:
    pieces = facing([SITE, box(0, 101, 200, 119)], [CANAL])
    assert np.bincount(pieces.subject, pieces.length, 2) == pytest.approx([0.0, 200.0])


def test_not_through_the_site_itself() -> None:
    # a hook: the inner side looks at the canal only through the other arm
    hook = shapely.union_all([box(0, 0, 200, 40), box(160, 40, 200, 100), box(0, 80, 200, 100)])
    assert facing([hook], [CANAL], distance=100.0).length.sum() == pytest.approx(200.0)


def test_a_railway_cuts_off_and_a_road_is_recorded() -> None:
    railway, road = LineString([(-10, 110), (100, 110)]), LineString([(100, 110), (210, 110)])
    pieces = facing([SITE], [CANAL], barriers=np.array([railway, road]), rejects=np.array([True, False]))
    assert pieces.length[pieces.rejected].sum() == pytest.approx(100.0)
    assert pieces.length[(pieces.barrier == 1) & ~pieces.rejected].sum() == pytest.approx(100.0)


def test_a_basin_inside_the_site_counts_its_banks() -> None:
    # 50 m on each long side and 100 m at the head; the water enters from the north
    basin = box(50, 50, 150, 300)
    assert facing([SITE], [basin]).length.sum() == pytest.approx(200.0, abs=0.01)


def test_an_axis_without_width_is_measured_to_itself() -> None:
    assert facing([SITE], [LineString([(-1000, 130), (1000, 130)])]).length.sum() == pytest.approx(200.0)


def test_ring_direction_and_start_do_not_matter() -> None:
    turned = shapely.Polygon([(200, 100), (200, 0), (0, 0), (0, 100)])
    assert facing([turned], [CANAL]).length.sum() == pytest.approx(200.0)


def test_without_water_there_is_no_shore() -> None:
    assert len(facing([SITE], [box(5000, 5000, 6000, 6000)]).length) == 0

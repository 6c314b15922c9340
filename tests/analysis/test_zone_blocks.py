"""Zones in blocks: the same answer, without an arc that points at a home."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.zone_blocks import blocks, in_blocks, joined
from layers.results import BLOCK_M

PARK = shapely.box(130_010, 450_020, 131_230, 450_990)
HOME = shapely.Point(130_620.4, 450_503.7)


def zones_of(*, answers: tuple[tuple[str, str], ...] = (("low", "with_inside"),)) -> gpd.GeoDataFrame:
    """Give the rings round one home in a park, widest last."""
    rows, shapes = [], []
    for reading, objects in answers:
        inner: shapely.Geometry = shapely.Polygon()
        for category, reach in (("3.1", 100.0), ("4.1", 300.0), ("5.1", 5000.0)):
            disc = HOME.buffer(reach) & PARK
            shapes.append(disc - inner)
            rows.append({"park_id": "A", "reading": reading, "objects": objects, "category": category})
            inner = disc
    return gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:28992")


def test_blocks_cover_the_area_once() -> None:
    pieces = blocks(PARK)
    assert shapely.area(pieces).sum() == pytest.approx(PARK.area)
    assert shapely.union_all(pieces).equals(PARK)
    # 13 columns and 10 rows of the grid touch the park
    assert len(pieces) == 13 * 10


def test_inner_corners_lie_on_a_grid_that_depends_on_no_home() -> None:
    drawn = in_blocks(zones_of())
    points = shapely.get_coordinates(drawn.geometry.to_numpy())
    edge = shapely.dwithin(shapely.points(points), PARK.boundary, 0.001)
    assert (points[~edge] % BLOCK_M == 0).all()
    assert (~edge).sum() > 10


def test_each_block_shows_the_category_of_its_middle() -> None:
    zones = zones_of()
    drawn = in_blocks(zones)
    for category, shape in zip(zones["category"], drawn.geometry, strict=True):
        for block in blocks(PARK):
            middle = shapely.point_on_surface(block)
            distance = middle.distance(HOME)
            wanted = "3.1" if distance < 100 else "4.1" if distance < 300 else "5.1"
            assert shape.contains(middle) == (wanted == category)


def test_blocks_of_all_zones_make_up_the_park_for_every_answer() -> None:
    answers = (("low", "with_inside"), ("high", "with_inside"), ("low", "without_inside"))
    drawn = in_blocks(zones_of(answers=answers))
    for answer in answers:
        rows = (drawn["reading"] == answer[0]) & (drawn["objects"] == answer[1])
        assert drawn[rows].area.sum() == pytest.approx(PARK.area)


def test_rows_and_values_stay_and_the_input_is_not_changed() -> None:
    zones = zones_of()
    before = shapely.to_wkb(zones.geometry.to_numpy())
    drawn = in_blocks(zones)
    assert drawn.drop(columns="geometry").equals(zones.drop(columns="geometry"))
    assert (shapely.to_wkb(zones.geometry.to_numpy()) == before).all()


def test_a_zone_smaller_than_a_block_is_not_drawn_at_its_place() -> None:
    small = HOME.buffer(10.0)
    zones = gpd.GeoDataFrame(
        [{"park_id": "A", "reading": "low", "objects": "with_inside"}] * 2,
        geometry=[PARK - small, small],
        crs="EPSG:28992",
    )
    drawn = in_blocks(zones)
    assert len(drawn) == 1
    assert drawn.geometry[0].area == pytest.approx(PARK.area)


def test_a_middle_in_a_crack_goes_to_the_nearest_zone() -> None:
    # the middle of the only block is 50, 50; in the second answer it lies 1 m from the left, 0.5 m from the right
    zones = gpd.GeoDataFrame(
        [
            {"park_id": "A", "reading": reading, "objects": "with_inside"}
            for reading in ("high", "low", "low")
        ],
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(0, 0, 49, 100), shapely.box(50.5, 0, 100, 100)],
        crs="EPSG:28992",
    )
    drawn = in_blocks(zones)
    assert drawn["reading"].tolist() == ["high", "low"]
    assert drawn.geometry[1].equals(shapely.box(0, 0, 100, 100))


def test_no_zones_give_no_blocks() -> None:
    assert len(in_blocks(zones_of().iloc[:0])) == 0


def test_a_piece_that_is_only_rounding_is_no_block() -> None:
    # an edge along the grid left this triangle of less than a square millimetre, folded onto a line; the union of
    # blocks refused it
    folded = shapely.Polygon(
        [
            (137981.6150352816, 453700),
            (138000, 453691.4347183972),
            (137981.61503528157, 453700),
        ]
    )
    field = shapely.box(137000, 453000, 137250, 453100)
    found = blocks(shapely.MultiPolygon([field, folded]))
    assert shapely.area(found).tolist() == [10_000.0, 10_000.0, 5_000.0]
    zones = gpd.GeoDataFrame(
        {"park_id": ["A"], "reading": ["low"], "objects": ["with_inside"]},
        geometry=[shapely.MultiPolygon([field, folded])],
        crs="EPSG:28992",
    )
    assert in_blocks(zones).geometry.area.tolist() == [25_000.0]


def test_blocks_that_disagree_by_a_rounding_error_are_put_together() -> None:
    # the second misses the corner of the first by a thousandth of a millimetre
    beside = shapely.Polygon([(100, 0), (200, 0), (200, 100), (100 - 1e-6, 100)])
    whole = joined(np.array([shapely.box(0, 0, 100, 100), beside]))
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(20_000, abs=1e-3)

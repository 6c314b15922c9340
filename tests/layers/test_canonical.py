"""Canonical tables: order, rounding, the 1 mm grid, and a hash of values instead of bytes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.canonical import canonical_geometry, canonical_table, table_digest, tables_digest
from layers.results import RESULT_BY_NAME
from layers.schema import Column, Layer

RD = "EPSG:28992"
SITES = Layer(
    "sites",
    "Plekken",
    "Sites",
    "any",
    "site_id",
    (
        Column("site_id", "text", "Plek", "Site"),
        Column("area_ha", "number", "Oppervlakte", "Area", "ha", decimals=2),
        Column("count", "integer", "Aantal", "Count"),
        Column("wet", "boolean", "Nat", "Wet"),
    ),
)
NOTES = Layer(
    "notes", "Notities", "Notes", "table", None,
    (Column("topic", "text", "Onderwerp", "Topic"), Column("text", "text", "Tekst", "Text")),
    order=("topic",),
)  # fmt: skip


def sites(*rows: tuple[str, float | None, int | None, bool | None, object]) -> gpd.GeoDataFrame:
    names = ("site_id", "area_ha", "count", "wet")
    columns = {name: pd.Series([row[i] for row in rows], dtype="object") for i, name in enumerate(names)}
    return gpd.GeoDataFrame(columns, geometry=[row[4] for row in rows], crs=RD)


def one(geometry: shapely.Geometry) -> shapely.Geometry | None:
    result: shapely.Geometry | None = canonical_geometry(np.array([geometry], dtype=object))[0]
    return result


def test_rows_are_sorted_by_identifier_and_numbers_rounded_to_declared_decimals() -> None:
    table = canonical_table(
        SITES, sites(("b", 1.005001, None, True, shapely.Point(2, 2)), ("a", -0.001, 7, None, None))
    )
    assert table["site_id"].tolist() == ["a", "b"]
    assert table["area_ha"].tolist() == [0.0, 1.01]
    assert not np.signbit(table["area_ha"].iloc[0]), "minus zero would be another byte for the same value"
    assert table["count"].tolist() == [7, pd.NA]
    assert [str(dtype) for dtype in table.dtypes] == ["string", "float64", "Int64", "boolean", "geometry"]
    assert list(table.index) == [0, 1]


def test_the_table_that_came_in_is_not_changed() -> None:
    frame = sites(("b", 1.23456, 1, True, shapely.Point(2.00049, 2)), ("a", 2.0, 1, True, None))
    before = frame.copy(deep=True)
    canonical_table(SITES, frame)
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


def test_a_declared_column_that_is_absent_is_there_and_missing() -> None:
    table = canonical_table(SITES, sites(("a", 1.0, 1, True, None)).drop(columns=["area_ha", "wet"]))
    assert list(table.columns) == ["site_id", "area_ha", "count", "wet", "geometry"]
    assert table["area_ha"].isna().all()
    assert table["wet"].isna().all()


@pytest.mark.parametrize(
    ("frame", "reads"),
    [
        (sites(("a", 1.0, 1, True, None), ("a", 1.0, 1, True, None)), "site_id occurs twice: a"),
        (sites((None, 1.0, 1, True, None)), "a row without site_id"),  # type: ignore[arg-type]
        (sites(("a", float("inf"), 1, True, None)), "infinite number"),
        (sites(("a", 1.0, 1, True, None)).assign(extra=1), "not declared: extra"),
        (
            sites(("a", 1.0, 1, True, None)).set_crs("EPSG:4326", allow_override=True),
            "GeoDataFrame in EPSG:28992",
        ),
        (pd.DataFrame({"site_id": ["a"]}), "GeoDataFrame in EPSG:28992"),
    ],
)
def test_a_table_that_does_not_fit_its_description_is_refused(frame: pd.DataFrame, reads: str) -> None:
    with pytest.raises(ValueError, match=reads):
        canonical_table(SITES, frame)


def test_a_long_table_keeps_equal_rows_and_its_order_does_not_depend_on_how_it_came_in() -> None:
    rows = [("b", "x"), ("a", None), ("a", "y"), ("a", "y")]
    frame = pd.DataFrame(rows, columns=["topic", "text"], dtype="object")
    expected = [("a", None), ("a", "y"), ("a", "y"), ("b", "x")]
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        table = canonical_table(NOTES, frame.iloc[order])
        got = [(t, None if x is pd.NA else x) for t, x in zip(table["topic"], table["text"], strict=True)]
        assert got == expected


def test_points_and_lines_are_rounded_to_a_millimetre() -> None:
    assert one(shapely.Point(131700.12345, 458050.56789)) == shapely.Point(131700.123, 458050.568)
    assert one(shapely.Point(1, 2, 3)) == shapely.Point(1, 2)
    line = one(shapely.LineString([(0.00049, 0), (10, 0.0006)]))
    assert line is not None
    assert shapely.get_coordinates(line).tolist() == [[0, 0], [10, 0.001]]


def test_the_same_ring_drawn_from_another_corner_or_the_other_way_round_is_the_same_polygon() -> None:
    ring = [(0, 0), (0, 10), (10, 10), (10, 0)]
    drawn = [shapely.Polygon(ring[i:] + ring[:i]) for i in range(4)] + [shapely.Polygon(ring[::-1])]
    assert len({shapely.to_wkb(one(polygon)) for polygon in drawn}) == 1


def test_a_spike_thinner_than_the_grid_goes_and_the_rest_stays_valid() -> None:
    spiked = shapely.Polygon([(0, 0), (10, 0), (10, 0.0004), (5, 0.0004), (5, 5), (0, 5)])
    result = one(spiked)
    assert result is not None
    assert shapely.equals(result, shapely.box(0, 0, 5, 5))
    assert one(shapely.box(0, 0, 0.0004, 100)) is None, "what collapses has no geometry left"


def test_a_polygon_that_crosses_itself_comes_out_valid_with_its_area() -> None:
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    result = one(bow_tie)
    assert result is not None
    assert shapely.is_valid(result)
    assert shapely.area(result) == pytest.approx(2.0)  # two triangles of base 2 and height 1


def test_no_precision_model_is_left_on_the_result() -> None:
    assert shapely.get_precision(one(shapely.box(0, 0, 1, 1))) == 0


# tenths of a millimetre: finer than the grid, and no smaller than metres can mean
coordinates = st.integers(0, 10_000_000).map(lambda steps: steps / 10_000)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(coordinates, coordinates), min_size=4, max_size=12), st.floats(0.01, 50))
def test_going_to_the_grid_twice_is_going_once_and_always_valid(
    points: list[tuple[float, float]], r: float
) -> None:
    shape = shapely.union(
        shapely.MultiPoint(points).convex_hull.buffer(r), shapely.LineString(points).buffer(r / 3)
    )
    once = canonical_geometry(np.array([shape], dtype=object))
    twice = canonical_geometry(once)
    assert shapely.is_valid(once).all()
    assert shapely.to_wkb(once).tolist() == shapely.to_wkb(twice).tolist()
    assert once[0].area == pytest.approx(shape.area, abs=0.001 * shape.length)


def test_the_digest_sees_values_and_not_the_order_of_rows_or_noise_below_the_decimals() -> None:
    a = ("a", 1.0, 1, True, shapely.Point(0, 0))
    b = ("b", 2.0, None, None, shapely.box(0, 0, 5, 5))

    def digest(*rows: tuple[str, float | None, int | None, bool | None, object]) -> str:
        return table_digest(SITES, canonical_table(SITES, sites(*rows)))

    base = digest(a, b)
    assert digest(b, a) == base
    assert digest(("a", 1.0 + 1e-9, 1, True, shapely.Point(0.0001, 0)), b) == base
    others = [
        digest(("a", 1.01, 1, True, shapely.Point(0, 0)), b),
        digest(("a", 1.0, 2, True, shapely.Point(0, 0)), b),
        digest(("a", 1.0, 1, None, shapely.Point(0, 0)), b),
        digest(("a", 1.0, 1, True, shapely.Point(0.001, 0)), b),
        digest(("a", 1.0, 1, True, None), b),
        digest(("A", 1.0, 1, True, shapely.Point(0, 0)), b),
        digest(a),
    ]
    assert len({base, *others}) == len(others) + 1


def test_the_digest_of_data_quality_leaves_out_where_in_the_file_a_row_stood() -> None:
    layer = RESULT_BY_NAME["data_quality"]
    rows = [{"layer": "parks", "row": 1, "rule": "x"}, {"layer": "parks", "row": 2, "rule": "y"}]
    swapped = [{"layer": "parks", "row": 2, "rule": "x"}, {"layer": "parks", "row": 1, "rule": "y"}]
    other = [{"layer": "parks", "row": 1, "rule": "x"}, {"layer": "parks", "row": 2, "rule": "z"}]
    digests = [table_digest(layer, canonical_table(layer, pd.DataFrame(r))) for r in (rows, swapped, other)]
    assert digests[0] == digests[1] != digests[2]


def test_the_digest_of_all_tables_does_not_depend_on_their_order() -> None:
    assert tables_digest({"a": "1", "b": "2"}) == tables_digest({"b": "2", "a": "1"})
    assert tables_digest({"a": "1", "b": "2"}) != tables_digest({"a": "2", "b": "1"})

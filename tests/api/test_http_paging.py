"""Paging by key over a table in memory: every feature once, exact counts, bytes as they were written."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import orjson
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from api.http.crs import ALL, CRS84, ETRS89, RD_NEW
from api.http.cursors import read_cursor, write_cursor
from api.http.memory import MemorySource
from api.http.source import Area, Query, Selection
from layers.schema import Column, Layer

if TYPE_CHECKING:
    from api.http.source import FeatureSource, Page

COLUMNS = (
    Column("id", "text", "Id", "Id"),
    Column("n", "integer", "Aantal", "Number"),
    Column("naam", "text", "Naam", "Name"),
)
PLACED = Layer("dots", "Punten", "Dots", "polygon", "id", COLUMNS)
TABLE = Layer("rows", "Rijen", "Rows", "table", None, COLUMNS[1:])


def dots(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    rng = random.Random(seed)
    ids = [f"P{n}" for n in range(count)]
    rng.shuffle(ids)
    spots = [(rng.uniform(120_000, 160_000), rng.uniform(440_000, 480_000)) for _ in ids]
    shapes = [None if n % 7 == 3 else shapely.box(x, y, x + 900, y + 700) for n, (x, y) in enumerate(spots)]
    frame = pd.DataFrame({"id": ids, "n": pd.array(range(count), dtype="Int64"), "naam": "x"})
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:28992")


def pages(source: FeatureSource, limit: int, selection: Selection) -> list[Page]:
    found, after = [], None
    while True:
        page = source.page(Query(limit, after, selection), CRS84)
        found.append(page)
        assert len(found) < 1000
        if page.after is None:
            return found
        after = page.after


def ids_of(features: list[bytes]) -> list[str]:
    return [orjson.loads(feature)["id"] for feature in features]


@pytest.mark.parametrize("limit", [1, 2, 7, 50, 60, 61, 1000])
@pytest.mark.parametrize("boxed", [False, True])
def test_paging_to_the_end_gives_every_feature_once_in_code_point_order(limit: int, *, boxed: bool) -> None:
    frame = dots(60)
    box = shapely.box(130_000, 450_000, 150_000, 475_000)
    selection = Selection(Area("rd", box)) if boxed else Selection()
    expected = sorted(
        row.id
        for row in frame.itertuples()
        if not boxed or (row.geometry is not None and box.intersects(row.geometry))
    )
    assert 0 < len(expected) <= 60
    found = pages(MemorySource(PLACED, frame), limit, selection)
    assert [feature for page in found for feature in ids_of(page.features)] == expected
    assert {page.matched for page in found} == {len(expected)}
    assert len(found) == -(-len(expected) // limit), "no empty last page: next only when there is one"


def test_a_page_after_a_key_that_is_gone_goes_on_behind_it() -> None:
    source = MemorySource(PLACED, dots(20))
    whole = ids_of(source.page(Query(100), CRS84).features)
    rest = source.page(Query(100, "P13x"), CRS84)
    assert ids_of(rest.features) == [feature for feature in whole if feature > "P13x"]
    assert rest.matched == 20


def test_rows_without_an_id_are_paged_by_number() -> None:
    frame = pd.DataFrame({"n": pd.array(range(12), dtype="Int64"), "naam": "x"})
    source = MemorySource(TABLE, frame)
    found = [feature for page in pages(source, 5, Selection()) for feature in ids_of(page.features)]
    assert found == [str(n) for n in range(1, 13)]
    assert source.extent is None
    assert orjson.loads(source.feature("11", CRS84) or b"")["properties"] == {"n": 10, "naam": "x"}


def test_an_empty_table_has_one_empty_page() -> None:
    source = MemorySource(PLACED, dots(60).iloc[:0])
    assert (source.count, source.extent) == (0, None)
    for selection in (Selection(), Selection(Area("lonlat", shapely.box(3, 50, 8, 54)))):
        page = source.page(Query(10, None, selection), RD_NEW)
        assert (page.features, page.matched, page.after) == ([], 0, None)


def test_an_id_that_occurs_twice_is_refused() -> None:
    frame = dots(4)
    frame.loc[0, "id"] = frame.loc[1, "id"]
    with pytest.raises(ValueError, match="occurs twice"):
        MemorySource(PLACED, frame)


def test_the_table_of_a_selection_is_in_rd_and_in_the_same_order() -> None:
    frame = dots(60)
    source = MemorySource(PLACED, frame)
    selection = Selection(Area("rd", shapely.box(130_000, 450_000, 150_000, 475_000)))
    table = source.table(selection)
    assert table.crs == "EPSG:28992"
    assert table["id"].tolist() == ids_of(source.page(Query(100, None, selection), CRS84).features)
    stored = frame.set_index("id").geometry[table["id"]]
    assert (shapely.hausdorff_distance(table.geometry.to_numpy(), stored.to_numpy()) < 0.001).all()


def test_decimals_are_nine_in_degrees_and_three_in_metres() -> None:
    source = MemorySource(PLACED, dots(5))
    for crs in ALL:
        most = 9 if crs in {CRS84, ETRS89} else 3
        for feature in source.page(Query(5), crs).features:
            numbers = orjson.loads(feature)["geometry"]
            for point in [] if numbers is None else numbers["coordinates"][0]:
                assert all(len(repr(number).partition(".")[2]) <= most for number in point)


@given(st.text(min_size=1, max_size=80).filter(lambda text: "\0" not in text and text.isprintable()))
def test_a_cursor_gives_its_key_back(key: str) -> None:
    assert read_cursor(write_cursor(key)) == key


@pytest.mark.parametrize("text", ["", "=", "a", "UklOMQ==", "UklOMR", "Ukl OMQ", "é", "A" * 5000, "AA", "_w"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_cursor(text)


def test_a_collection_answers_with_the_bytes_it_prepared(client_of: Any, release: Any) -> None:
    from api.http.running import app_of_release

    app = app_of_release(release.path)
    answer = client_of(app).get("/v1/collections/park_evidence/items")
    shown = app.state.showing.of(app.state.house.everybody.scope)
    source = shown.snapshot.collections["park_evidence"].source
    joined = b",".join(source.page(Query(100), CRS84).features)
    assert b'"features":[' + joined + b"]}" in answer.content

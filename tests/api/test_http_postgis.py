"""PostGIS and memory give the same bytes, the same counts and the same pages, whatever is asked."""

from __future__ import annotations

import importlib.util
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import psycopg
import pytest
import shapely
from pandas.testing import assert_frame_equal

from api.http.access.caller import EVERYBODY
from api.http.answers import House
from api.http.app import create_app
from api.http.crs import ALL, CRS84, RD_NEW
from api.http.memory import MemorySource
from api.http.postgis import PostgisSource, open_reader
from api.http.shown import Showing
from api.http.source import Area, Query, Selection
from gis import database
from gis.database import read_address
from layers.postgis.tables import Place, write_table
from layers.schema import Level
from tests.support.postgis import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.http.postgis import Connect
    from layers.release import Release
    from layers.schema import Layer


def _filters() -> Any:
    path = Path(__file__).parent / "test_http_filter.py"
    spec = importlib.util.spec_from_file_location("filter_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILTERS = _filters()
PAIRS = [text for text, _ in FILTERS.CASES]


def load(
    address: str, table: str, layer: Layer, frame: pd.DataFrame, connect: Connect | None = None
) -> PostgisSource:
    """Write a table and give its source."""
    place = Place("public", table)
    with database.connect(read_address(address)) as connection, connection.transaction():
        write_table(connection, place, layer, frame)
    columns = [column for column in layer.columns if column.name in frame.columns]
    return PostgisSource(connect or (lambda: open_reader(read_address(address))), place, layer, columns)


@pytest.fixture(scope="module")
def address(postgis_address: str) -> Iterator[str]:
    with fresh_database(postgis_address) as found:
        yield found


@pytest.fixture(scope="module")
def connect(address: str) -> Iterator[Connect]:
    """Give one connection again and again, as a pool would."""
    with open_reader(read_address(address)) as connection:

        @contextmanager
        def again() -> Iterator[Any]:
            yield connection

        yield again


@pytest.fixture(scope="module")
def stored(address: str, connect: Connect) -> PostgisSource:
    """Give the table of the filter tests, in PostGIS."""
    return load(address, "parks", FILTERS.LAYER, FILTERS.FRAME, connect=connect)


def same(memory: MemorySource, other: PostgisSource, selection: Selection, limit: int = 1000) -> int:
    """Compare page by page, and give how many features there were."""
    after, seen = None, 0
    while True:
        query = Query(limit, after, selection)
        expected = memory.page(query, CRS84)
        assert other.page(query, CRS84) == expected
        seen += len(expected.features)
        after = expected.after
        if after is None:
            assert seen == expected.matched
            return seen


def test_every_table_of_a_release_gives_the_same_bytes_in_every_system(
    release: Release, address: str, connect: Connect
) -> None:
    tables = {name: release.visible(name, Level.EDITOR) for name in release.layers}
    assert len(tables) > 15
    for name, frame in tables.items():
        memory = MemorySource(release.layer(name), frame)
        other = load(address, f"r_{name}", release.layer(name), frame, connect=connect)
        assert (other.count, other.extent) == (memory.count, memory.extent)
        for crs in ALL:
            for limit in (1, 2, 100):
                assert other.page(Query(limit), crs) == memory.page(Query(limit), crs)
        same(memory, other, Selection(), 1)
        for number in ("1", "RIN1", "H1", "absent", "a\0b"):
            assert other.feature(number, RD_NEW) == memory.feature(number, RD_NEW)
        left, right = other.table(), memory.table()
        assert_frame_equal(pd.DataFrame(left).drop(columns="geometry", errors="ignore"),
                           pd.DataFrame(right).drop(columns="geometry", errors="ignore"))  # fmt: skip
        if "geometry" in right:
            assert left.crs == right.crs
            assert [shapely.to_wkb(shape) for shape in left.geometry] == [
                shapely.to_wkb(s) for s in right.geometry
            ]


@pytest.mark.parametrize("text", PAIRS)
def test_a_condition_selects_the_same_rows(stored: PostgisSource, text: str) -> None:
    selection = Selection(where=FILTERS.read(text))
    assert same(FILTERS.SOURCE, stored, selection, 7) == len(FILTERS.found(text))


@pytest.mark.parametrize("name", FILTERS.OPERATORS)
def test_a_spatial_operator_selects_the_same_rows(stored: PostgisSource, name: str) -> None:
    shapes = [*FILTERS.SHAPES, *(row["geometry"].wkt for row in FILTERS.PLACED[:9])]
    total = 0
    for wkt in shapes:
        for text in (f"S_{name.upper()}(geometry, {wkt})", f"NOT S_{name.upper()}({wkt}, geometry)"):
            total += same(FILTERS.SOURCE, stored, Selection(where=FILTERS.read(text)))
    assert total > 0


@pytest.mark.parametrize("plane", ["rd", "lonlat"])
def test_boxes_pages_and_conditions_together(stored: PostgisSource, plane: Any) -> None:
    box = shapely.box(130_000, 450_000, 131_200, 451_200)
    if plane == "lonlat":
        west, south, east, north = FILTERS.SOURCE.extent
        box = shapely.box(west, south, (west + east) / 2, (south + north) / 2)
    assert same(FILTERS.SOURCE, stored, Selection(Area(plane, box)), 5) > 10
    where = FILTERS.read("ha >= 1 OR kade")
    assert same(FILTERS.SOURCE, stored, Selection(Area(plane, box), where), 5) > 10


def test_values_are_bound_and_never_a_part_of_the_statement(stored: PostgisSource, address: str) -> None:
    for text in (
        "naam = '''; DROP TABLE parks; --'",
        "naam LIKE '%%s %(x)s {}'",
        "naam IN ('{0}', '%s', '\"')",
    ):
        page = stored.page(Query(10, "'; DROP TABLE parks; --", Selection(where=FILTERS.read(text))), CRS84)
        assert (page.features, page.matched) == ([], 0)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM parks").fetchone() == (120,)


def test_the_source_cannot_write(stored: PostgisSource, address: str) -> None:
    assert stored.count == 120
    with open_reader(read_address(address)) as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM public.parks")
        assert connection.execute("SHOW statement_timeout").fetchone() == ("10s",)


def test_the_service_stands_on_postgis_as_it_stands_on_memory(
    release: Release, address: str, client_of: Any
) -> None:
    house = House(everybody=EVERYBODY)
    decided = replace(release, project=release.project | {"procedure_status": "adopted"})
    embedded, other = (
        create_app(Showing(decided, make_source=make), house)
        for make in (MemorySource, lambda layer, frame: load(address, f"s_{layer.name}", layer, frame))
    )
    for path in (
        "/collections", "/collections/park_evidence/items", "/collections/park_evidence/items/RIN1",
        "/collections/park_evidence/items?filter=area_ha>10&limit=1", "/collections/usable_blocks/items?limit=1",
        "/collections/park_evidence/items?bbox=5.0,52.0,5.1,52.2", "/collections/park_evidence/items?f=html",
    ):  # fmt: skip
        first, second = (client_of(app).get(f"/v1{path}") for app in (embedded, other))
        assert first.status_code == 200
        assert (first.content, first.headers) == (second.content, second.headers)

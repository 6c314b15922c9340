"""A release in PostGIS: the same values, described, indexed, for nobody but its owner, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import psycopg
import pytest
import shapely

from gis.database import read_address
from gis.errors import DatabaseError, InputError, ReleaseError
from layers.postgis.store import check_place, drop, store, stored_releases
from layers.schema import Level
from tests.support.postgis import fresh_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.release import Release

    Rows = Callable[..., list[Any]]


def schema_of(release: Release) -> str:
    return f"kring_{release.name}"


def test_every_value_is_there_and_unknown_is_null(release: Release, database: str, rows: Rows) -> None:
    assert store(read_address(database), release)
    for name, layer in release.layers.items():
        frame = release.table(name)
        names = [column.name for column in layer.columns]
        listed = ", ".join(f'"{one}"' for one in names)
        found = rows(f'SELECT {listed} FROM {schema_of(release)}."{name}" ORDER BY _key COLLATE "C"')
        plain = frame[names].astype(object)
        expected = [tuple(row) for row in plain.where(plain.notna(), None).itertuples(index=False)]
        assert sorted(map(repr, found)) == sorted(map(repr, expected)), name
        if isinstance(frame, gpd.GeoDataFrame):
            places = rows(f'SELECT ST_AsBinary(geometry) FROM {schema_of(release)}."{name}"')
            shapes = [None if one is None else shapely.from_wkb(one) for (one,) in places]
            key = [shapely.to_wkt(shapely.normalize(shape)) if shape else "" for shape in shapes]
            own = [shapely.to_wkt(shapely.normalize(shape)) if shape else "" for shape in frame.geometry]
            assert sorted(key) == sorted(own)


def test_types_are_right_and_places_have_a_type_and_a_system(
    release: Release, database: str, rows: Rows
) -> None:
    store(read_address(database), release)
    types = dict(
        rows(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = 'park_evidence'",
            schema_of(release),
        )
    )
    kinds = {"number": "double precision", "integer": "bigint", "year": "integer", "boolean": "boolean"}
    for column in release.layer("park_evidence").columns:
        assert types[column.name] == kinds.get(column.kind, "text")
    # what QGIS and GDAL look at
    places = rows(
        "SELECT f_table_name, type, srid FROM geometry_columns WHERE f_table_schema = %s"
        " AND f_geometry_column = 'geometry' ORDER BY 1",
        schema_of(release),
    )
    shaped = [layer for layer in release.layers.values() if layer.shape != "table"]
    assert {name for name, _, _ in places} == {layer.name for layer in shaped}
    assert {srid for _, _, srid in places} == {28992}
    found = {name: kind for name, kind, _ in places}
    assert (found["parks"], found["sensitive_objects"], found["binding_objects"]) == (
        "POLYGON",
        "POINT",
        "LINESTRING",
    )


def test_everything_is_commented(release: Release, database: str, rows: Rows) -> None:
    store(read_address(database), release)
    (said,) = rows("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", schema_of(release))[0]
    for part in (release.name, "Proef", "Provincie Voorbeeld", "2026-01-01", "exploration", "sample"):
        assert part in said
    bare = rows(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE n.nspname = %s AND c.relkind = 'r' AND c.relname !~ '^_'"
        " AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)",
        schema_of(release),
    )
    assert bare == []
    comments = dict(
        rows(
            "SELECT a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute a"
            " WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0",
            f"{schema_of(release)}.park_evidence",
        )
    )
    layer = release.layer("park_evidence")
    for column in layer.columns:
        said = comments[column.name]
        assert column.label_nl in said
        assert column.label_en in said
        assert f"(level) {column.level.value}" in said
        assert column.unit is None or f"(unit) {column.unit}" in said


def test_source_and_licence_stand_with_an_input(
    database: str, rows: Rows, write: Callable[..., Release], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = write.__globals__["FACTS"]
    source = {"layer": "parks", "source": "IBIS 2026", "date": "2026", "licence": "CC0-1.0", "note": "proef"}
    monkeypatch.setitem(facts, "sources", [source])
    release = write(tmp_path / "with_source")
    store(read_address(database), release)
    (said,) = rows("SELECT obj_description(to_regclass(%s), 'pg_class')", f"{schema_of(release)}.parks")[0]
    assert "bron (source) IBIS 2026, 2026 (proef); licentie (licence) CC0-1.0" in said


def test_places_and_identifiers_have_an_index(release: Release, database: str, rows: Rows) -> None:
    store(read_address(database), release)
    found = rows("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = %s", schema_of(release))
    indexed = {(table, text.partition(" USING ")[2]) for table, text in found}
    assert ("plots", "btree (plot_id)") in indexed
    assert ("plots", "btree (park_id)") in indexed
    assert ("park_evidence", "btree (municipality_code)") in indexed
    for layer in release.layers.values():
        if layer.shape != "table":
            assert (layer.name, "gist (geometry)") in indexed
            assert (layer.name, "gist (_lonlat)") in indexed
        if layer.identifier is not None:
            assert (layer.name, f"btree ({layer.identifier})") in indexed
    unique = rows(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = 'plots'", schema_of(release)
    )
    assert any("UNIQUE" in text and "(plot_id)" in text for (text,) in unique)


def test_it_carries_its_manifest_and_its_levels(release: Release, database: str, rows: Rows) -> None:
    store(read_address(database), release)
    schema = schema_of(release)
    assert rows(f"SELECT manifest FROM {schema}._manifest") == [(release.manifest,)]
    (own,) = rows(f"SELECT name, tables_sha256, project FROM {schema}._release")
    assert own == (release.name, release.manifest["tables_sha256"], release.project)
    levels = {
        (table, column): level
        for table, column, level in rows(f'SELECT "table", "column", level FROM {schema}._columns')
    }
    expected = {
        (name, column.name): release.level(name, column.name).value
        for name, layer in release.layers.items()
        for column in layer.columns
    }
    assert levels == expected
    assert set(levels.values()) > {Level.PUBLIC.value}
    (found,) = stored_releases(read_address(database))
    assert (found.name, found.schema, found.title, found.status) == (
        release.name, schema, "Proef", "exploration",
    )  # fmt: skip


def test_nobody_else_may_look(release: Release, database: str, rows: Rows, postgis_address: str) -> None:
    # the owner's defaults would give everybody everything
    rows("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC")
    rows("ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC")
    store(read_address(database), release)
    with fresh_role(postgis_address, database) as reader:
        assert stored_releases(read_address(reader)) == []
        with psycopg.connect(reader) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM {schema_of(release)}.park_evidence")
        # once in the schema it still sees no table that was not granted
        role = read_address(reader).user
        rows(f'GRANT USAGE ON SCHEMA {schema_of(release)} TO "{role}"')
        rows(f'GRANT SELECT ON {schema_of(release)}.park_evidence TO "{role}"')
        with psycopg.connect(reader) as connection:
            assert connection.execute(
                f"SELECT count(*) FROM {schema_of(release)}.park_evidence"
            ).fetchone() == (2,)
            for table in ("sensitive_objects", "_manifest", "_release"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"SELECT * FROM {schema_of(release)}.{table}")
                connection.rollback()


def test_a_second_time_changes_nothing(release: Release, database: str, rows: Rows) -> None:
    address = read_address(database)
    assert store(address, release)
    before = rows(f"SELECT xmin::text, ctid::text, stored_at FROM {schema_of(release)}._release")
    assert not store(address, release)
    assert rows(f"SELECT xmin::text, ctid::text, stored_at FROM {schema_of(release)}._release") == before


def test_other_content_under_the_same_name_is_refused(
    release: Release, database: str, rows: Rows, write: Callable[..., Release], tmp_path: Any, table_of: Any
) -> None:
    address = read_address(database)
    store(address, release)
    parks = write.__globals__["ROWS"]["parks"]
    other = write(tmp_path / "other", parks=table_of("parks", [parks[0] | {"name": "Anders"}]))
    assert other.name == release.name
    with pytest.raises(DatabaseError, match=f"{schema_of(release)} holds other tables than this release"):
        store(address, other)
    assert rows(f"SELECT count(*) FROM {schema_of(release)}.parks") == [(2,)]


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("UPDATE {}.plots SET geometry = ST_Translate(geometry, 0.001, 0)", "another table plots"),
        ("DROP TABLE {}.summary", "another table summary"),
        ("ALTER TABLE {}.plots DROP COLUMN owner_kind", "another table plots"),
        ("UPDATE {}._release SET format_version = 99", "something that this version did not store"),
    ],
)
def test_what_was_changed_in_the_database_is_found(
    release: Release, database: str, rows: Rows, harm: str, found: str
) -> None:
    address = read_address(database)
    store(address, release)
    rows(harm.format(schema_of(release)))
    with pytest.raises(DatabaseError, match=found):
        store(address, release)


def test_a_schema_of_somebody_else_is_left_alone(release: Release, database: str, rows: Rows) -> None:
    rows(f"CREATE SCHEMA {schema_of(release)}")
    with pytest.raises(DatabaseError, match="something that this version did not store"):
        store(read_address(database), release)
    with pytest.raises(DatabaseError, match="something that this version did not store"):
        drop(read_address(database), release.name)
    assert rows("SELECT count(*) FROM pg_class WHERE relname = '_release'") == [(0,)]


def test_a_damaged_release_is_not_stored(release: Release, database: str, rows: Rows) -> None:
    place = release.path / "data" / "parks.parquet"
    place.chmod(0o644)
    place.write_bytes(b"PAR1 half")
    with pytest.raises(ReleaseError, match="is damaged and was not stored"):
        store(read_address(database), release)
    assert rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^kring_'") == []


def test_a_stored_release_can_be_dropped(release: Release, database: str, rows: Rows) -> None:
    address = read_address(database)
    store(address, release)
    rows(f"CREATE VIEW public.mine AS SELECT park_id FROM {schema_of(release)}.parks")
    with pytest.raises(DatabaseError, match=r"Nothing was changed. Drop what depends on it first."):
        drop(address, release.name)
    assert not store(address, release)
    rows("DROP VIEW public.mine")
    drop(address, release.name)
    assert rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^kring_'") == []
    with pytest.raises(InputError, match=f"no release {release.name} is stored"):
        drop(address, release.name)
    assert store(address, release)


def test_who_may_make_no_schema_is_told_before_the_work(
    release: Release, database: str, postgis_address: str
) -> None:
    check_place(read_address(database))
    with fresh_role(postgis_address, database) as reader:
        with pytest.raises(DatabaseError, match=r"may make no schema there.*GRANT CREATE ON DATABASE"):
            check_place(read_address(reader))
        with pytest.raises(DatabaseError, match=r"refuses: permission denied .* Nothing was changed\."):
            store(read_address(reader), release)


def test_postgis_may_live_in_a_schema_of_its_own(release: Release, database: str, rows: Rows) -> None:
    rows("DROP EXTENSION postgis")
    with pytest.raises(DatabaseError, match="has no PostGIS"):
        store(read_address(database), release)
    rows('CREATE SCHEMA "Geo x"')
    rows('CREATE EXTENSION postgis SCHEMA "Geo x"')
    assert store(read_address(database), release)
    assert not store(read_address(database), release)

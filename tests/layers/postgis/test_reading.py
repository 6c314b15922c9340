"""Layers out of PostGIS: the same as from a file, in one moment, and each mistake one line with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from api.jobs.run import run
from gis import postgis
from gis.database import read_address
from gis.errors import InputError
from gis.postgis_lookup import TablePlace
from layers.canonical import canonical_table, table_digest
from layers.inputs import INPUT_BY_NAME
from layers.postgis.store import store
from layers.project import load_project
from layers.read import read_inputs
from layers.release import open_release
from layers.results import RESULT_BY_NAME
from tests.support.postgis import fresh_role
from tests.support.tiny_world import no_views, write_world

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Rows = Callable[..., list[Any]]

VARIABLE = "A_DATABASE"
PARKS = """
CREATE SCHEMA ruimte;
CREATE DOMAIN ruimte.hectare AS numeric(10, 2);
CREATE TYPE ruimte.fase AS ENUM ('plan', 'klaar');
CREATE TABLE ruimte."Terreinen" (
    "RIN" numeric(8, 0) PRIMARY KEY, naam varchar(40), vast char(6), jaar smallint, ha ruimte.hectare,
    kort real, lang double precision, zone boolean, dag date, moment timestamptz, fase ruimte.fase,
    codes text[], nummer bigint, wijziging timestamptz DEFAULT now(), geom geometry(Polygon, 28992)
);
INSERT INTO ruimte."Terreinen" VALUES
    (1, 'Lage ''Weide', 'ab', 2024, 12.50, 3.2, 0.1, true, '2026-01-31', '2026-01-31 12:00+01', 'plan',
     '{a,b}', 9007199254740993, now(), ST_MakeEnvelope(131000, 458000, 131400, 458500, 28992)),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, now(),
     ST_MakeEnvelope(156000, 464000, 156300, 464200, 28992)),
    (30, 'Ω', 'x', 1, 30, 'NaN', 'NaN', false, '0001-01-01', NULL, 'klaar', '{}', -1, now(), NULL);
"""
COLUMNS = (
    "RIN",
    "naam",
    "vast",
    "jaar",
    "ha",
    "kort",
    "lang",
    "zone",
    "dag",
    "moment",
    "fase",
    "codes",
    "nummer",
)
TERREINEN = TablePlace("ruimte", "Terreinen")


def read(database: str, *wanted: str, place: TablePlace = TERREINEN) -> Any:
    return postgis.read(read_address(database), place, wanted or COLUMNS)


def problem(database: str, place: TablePlace = TERREINEN, **named: Any) -> str:
    with pytest.raises(InputError) as caught:
        postgis.read(read_address(database), place, COLUMNS, **named)
    (found,) = caught.value.problems
    assert found.file == place.shown
    return str(found)


def test_values_come_as_what_they_are(database: str, rows: Rows) -> None:
    rows(PARKS)
    table, _ = read(database)
    by_id = {row["RIN"]: row for row in table.frame.to_dict("records")}
    assert by_id[1] | {"wijziging": None} == {
        "RIN": 1, "naam": "Lage 'Weide", "vast": "ab", "jaar": 2024, "ha": 12.5, "kort": 3.2, "lang": 0.1,
        "zone": True, "dag": "2026-01-31", "moment": "2026-01-31 11:00:00+00", "fase": "plan", "codes": "a,b",
        "nummer": 9007199254740993, "wijziging": None,
    }  # fmt: skip
    assert all(pd.isna(value) for name, value in by_id[2].items() if name != "RIN")
    assert pd.isna(by_id[30]["kort"])
    assert (by_id[30]["naam"], by_id[30]["dag"], by_id[30]["codes"]) == ("Ω", "0001-01-01", "")
    assert table.frame["wijziging"].isna().all()
    assert list(table.frame.columns) == [*COLUMNS, "wijziging"]
    assert table.crs is not None
    assert table.crs.to_epsg() == 28992
    shapes = dict(zip(table.frame["RIN"], table.geometry, strict=True))
    assert shapely.equals(shapes[1], shapely.box(131000, 458000, 131400, 458500))
    assert shapes[30] is None


def test_the_hash_is_of_what_was_read_in_whatever_order(database: str, rows: Rows) -> None:
    rows(PARKS)
    table, first = read(database)
    rows('UPDATE ruimte."Terreinen" SET wijziging = now() WHERE "RIN" = 1')
    rows('CREATE TABLE ruimte.anders AS SELECT * FROM ruimte."Terreinen" ORDER BY "RIN" DESC')
    other, second = read(database, place=TablePlace("ruimte", "anders"))
    assert second == first
    assert other.frame.equals(table.frame)
    rows("UPDATE ruimte.anders SET ha = 12.51 WHERE ha = 12.50")
    changed = [read(database, place=TablePlace("ruimte", "anders"))[1]]
    rows("UPDATE ruimte.anders SET ha = 12.50, geom = ST_Translate(geom, 0.001, 0) WHERE ha = 12.51")
    changed.append(read(database, place=TablePlace("ruimte", "anders"))[1])
    rows("DELETE FROM ruimte.anders WHERE ha IS NULL")
    changed.append(read(database, place=TablePlace("ruimte", "anders"))[1])
    assert len({first, *changed}) == 4
    assert read(database, "RIN")[1] != first


def test_all_is_of_one_moment(database: str, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(PARKS)
    original = postgis._stated

    def meanwhile(*arguments: Any) -> Any:
        rows('DELETE FROM ruimte."Terreinen"')
        return original(*arguments)

    monkeypatch.setattr(postgis, "_stated", meanwhile)
    monkeypatch.setattr(postgis, "CHUNK", 1)
    assert len(read(database)[0].frame) == 3
    monkeypatch.undo()
    assert len(read(database)[0].frame) == 0


def test_nothing_is_written_and_nothing_takes_for_ever(
    database: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows("CREATE TABLE public.spoor (n int)")
    rows(
        "CREATE FUNCTION public.schrijf() RETURNS int LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO public.spoor VALUES (1); RETURN 1; END $$"
    )
    rows('CREATE VIEW public.slinks AS SELECT public.schrijf() AS "RIN", ST_Point(1, 2, 28992) AS geom')
    assert "read-only transaction" in problem(database, TablePlace("public", "slinks"))
    assert rows("SELECT count(*) FROM public.spoor") == [(0,)]
    rows('CREATE VIEW public.traag AS SELECT 1 AS "RIN", ST_Point(1, 2, 28992) AS geom FROM pg_sleep(60)')
    monkeypatch.setattr(postgis, "STATEMENT_S", 0.2)
    assert "It took too long" in problem(database, TablePlace("public", "traag"))


def test_arcs_are_replaced_and_told(database: str, rows: Rows) -> None:
    rows("CREATE TABLE public.bogen (naam text, geom geometry)")
    rows(
        "INSERT INTO bogen VALUES ('b', 'SRID=28992;CIRCULARSTRING(131000 458000, 131100 458100, 131200 458000)')"
    )
    table, _ = read(database, place=TablePlace("public", "bogen"))
    assert table.geometry[0].geom_type == "LineString"
    assert len(table.geometry[0].coords) > 10
    assert [record.rule for record in table.records] == ["curves"]


def test_a_coordinate_system_is_one_and_the_same(database: str, rows: Rows) -> None:
    import pyproj

    rows(PARKS)
    degrees = pyproj.CRS("EPSG:4258")
    said = problem(database, named=degrees)
    assert "stated to be in Amersfoort / RD New and the project names ETRS89" in said
    postgis.read(read_address(database), TERREINEN, COLUMNS, named=pyproj.CRS("EPSG:28992"))
    rows('CREATE TABLE ruimte.los AS SELECT naam, geom::geometry FROM ruimte."Terreinen"')
    rows("UPDATE ruimte.los SET geom = ST_Transform(geom, 4258) WHERE naam IS NULL")
    loose = TablePlace("ruimte", "los")
    assert "several coordinate systems (SRID 4258, 28992)" in problem(database, loose)
    rows("UPDATE ruimte.los SET geom = ST_SetSRID(geom, 0)")
    assert read(database, place=loose)[0].crs is None
    rows("DELETE FROM spatial_ref_sys WHERE srid = 3068")
    rows("UPDATE ruimte.los SET geom = ST_SetSRID(geom, 3068)")
    assert "SRID 3068 is no coordinate system that is known here" in problem(database, loose)


def test_a_geometry_column_is_chosen(database: str, rows: Rows) -> None:
    rows(PARKS)
    rows('ALTER TABLE ruimte."Terreinen" ADD COLUMN punt geometry(Point, 28992)')
    assert (
        'several geometry columns and none is chosen: geom, punt. Choose one, such as geometry = "geom".'
        in problem(database)
    )
    assert "no geometry column 'vorm'; there are: geom, punt" in problem(
        database, TablePlace("ruimte", "Terreinen", "vorm")
    )
    table, _ = read(database, place=TablePlace("ruimte", "Terreinen", "punt"))
    assert table.geometry.tolist() == [None] * 3


def test_a_table_that_is_not_there_is_named_with_what_is(
    database: str, rows: Rows, postgis_address: str
) -> None:
    rows(PARKS)
    assert "there is no such table. Did you mean ruimte.Terreinen?" in problem(
        database, TablePlace("ruimte", "terreinen")
    )
    assert "There are: ruimte.Terreinen." in problem(database, TablePlace("ruimte", "zzz"))
    strange = TablePlace("ruimte", 'x"; DROP TABLE ruimte."Terreinen"; --')
    assert "there is no such table" in problem(database, strange)
    assert len(read(database)[0].frame) == 3
    with fresh_role(postgis_address, database) as reader:
        said = problem(reader)
        assert "may not read this table. Let its administrator run: GRANT USAGE ON SCHEMA ruimte" in said
        role = read_address(reader).user
        rows(f'GRANT USAGE ON SCHEMA ruimte TO "{role}"')
        rows(f'GRANT SELECT ("RIN", geom) ON ruimte."Terreinen" TO "{role}"')
        assert len(read(reader, "RIN")[0].frame) == 3
        assert "permission denied for table Terreinen" in problem(reader)


# --- as layers of a project ---


def from_database(project: Path, tables: Mapping[str, str], *, geometry: str = "") -> Path:
    """Let a project read layers from tables instead of files."""
    text = project.read_text("utf-8")
    for layer, table in tables.items():
        line = f'postgis = "{table}"\ndatabase = "{VARIABLE}"\n{geometry}'
        assert f'path = "{layer}.geojson"\n' in text
        text = text.replace(f'path = "{layer}.geojson"\n', line)
    place = project.with_name("from_database.toml")
    place.write_text(text, "utf-8")
    return place


def load(rows: Rows, layer: str, file: Path) -> str:
    """Put a file into a table, with types as people give them, last row first; give its name."""
    frame = gpd.read_file(file).iloc[::-1]
    names = [name for name in frame.columns if name != "geometry"]
    kinds = {name: "numeric" if frame[name].dtype.kind in "if" else "varchar" for name in names}
    rows("CREATE SCHEMA IF NOT EXISTS bron")
    listed = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
    rows(f'CREATE TABLE bron."{layer}" ({listed}, geom geometry(Geometry, 28992))')
    for row in frame.to_dict("records"):
        marks = ", ".join(["%s"] * len(names) + ["ST_GeomFromWKB(%s, 28992)"])
        values = [row[name] for name in names]
        rows(f'INSERT INTO bron."{layer}" VALUES ({marks})', *values, shapely.to_wkb(row["geometry"]))
    return f"bron.{layer}"


def test_a_release_from_tables_holds_what_one_from_files_holds(
    database: str, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, database)
    project = write_world(tmp_path / "files")
    files = run(load_project(project), tmp_path / "files" / "releases", render=no_views)
    layers = list(load_project(project).layers)
    tables = {layer: load(rows, layer, project.parent / f"{layer}.geojson") for layer in layers}
    stored = from_database(project, tables)
    first = run(load_project(stored), tmp_path / "database" / "releases", render=no_views)
    assert first.manifest["tables"] == files.manifest["tables"]
    assert first.manifest["tables_sha256"] == files.manifest["tables_sha256"]
    # what it was read from is another thing, and the recipe says so
    assert first.name != files.name
    assert [one["file"] for one in first.manifest["sources"]] == [f"postgis:bron.{name}" for name in layers]
    # another database, address and order of rows with the same content: the same release
    rows("CREATE TABLE bron.weg AS TABLE bron.parks; DELETE FROM bron.parks")
    rows("ALTER TABLE bron.parks ADD COLUMN gewijzigd timestamptz DEFAULT now()")
    rows("INSERT INTO bron.parks SELECT *, now() FROM bron.weg ORDER BY park_id DESC")
    rows("ALTER TABLE bron.parks DROP COLUMN gewijzigd")
    stored.write_text(stored.read_text("utf-8").replace(VARIABLE, "ANOTHER"), "utf-8")
    monkeypatch.setenv("ANOTHER", database + "?application_name=other")
    again = run(load_project(stored), tmp_path / "again" / "releases", render=no_views)
    assert again.name == first.name
    rows("UPDATE bron.parks SET max_category = '5.1' WHERE park_id = 'A'")
    changed = run(load_project(stored), tmp_path / "changed" / "releases", render=no_views)
    assert changed.name != first.name
    password = database.split(":")[2].split("@", maxsplit=1)[0].encode()
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 50
    assert not any(password in one or b"127.0.0.1" in one for one in written)


def test_the_layers_of_a_stored_release_make_the_same_evidence(
    sample_release: Path, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = open_release(sample_release)
    store(read_address(database), release)
    monkeypatch.setenv(VARIABLE, database)
    place = tmp_path / "project.toml"
    layers = [source["layer"] for source in release.manifest["sources"]]
    sections = [
        LAYER.format(layer=name, schema=f"kring_{release.name}", variable=VARIABLE) for name in layers
    ]
    place.write_text(HEAD + "".join(sections), "utf-8")
    project = load_project(place)
    inputs = read_inputs(project).tables
    for name in layers:
        layer = INPUT_BY_NAME[name]
        digest = table_digest(layer, canonical_table(layer, inputs[name]))
        assert digest == release.manifest["tables"][name]["sha256"], name
    evidence = assess(inputs, project.parameters)
    same = ("park_evidence", "usable_zones", "usable_blocks", "binding_objects", "housing_effects", "summary")
    for name in same:
        layer = RESULT_BY_NAME[name]
        digest = table_digest(layer, canonical_table(layer, evidence[name]))
        assert digest == release.manifest["tables"][name]["sha256"], name
    # a release keeps coordinates to the millimetre, and one shore of one plot lies that near to a limit
    first, again = (
        release.table("plot_evidence"),
        canonical_table(release.layer("plot_evidence"), evidence["plot_evidence"]),
    )
    plain = [
        pd.DataFrame(table).drop(columns="geometry").astype(object).fillna("") for table in (first, again)
    ]
    assert (plain[0] != plain[1]).any(axis=1).sum() <= 1


HEAD = """
[project]
name = "Voorbeeldregio Utrecht (schematisch)"
authority = "Voorbeeldprovincie"
sample = true
reference_date = 2026-01-01

[parameters]
hmc_threshold = "4.1"

[parameters.space]
assess = false
surface = false
"""
LAYER = """
[layers.{layer}]
postgis = "{schema}.{layer}"
geometry = "geometry"
database = "{variable}"
source = "uitgave"
licence = "CC0"
"""


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('postgis = "ruimte.parks"', "database must be the name of an environment variable"),
        ('postgis = "ruimte.parks"\ndatabase = "ABSENT"', "the environment variable ABSENT is not set"),
        (
            'postgis = "ruimte.parks"\ndatabase = "postgresql://u:s3cr3t@h/d"',
            "must be the name of an environment",
        ),
        ('postgis = "ruimte.parks"\ndatabase = ["postgresql://u:s3cr3t@h/d"]', "does not fit here"),
        ('postgis = "ruimte.parks"\ndatabase = "BROKEN"', "field BROKEN: this is no address of a database"),
        ('postgis = "ruimte.parks"\ndatabase = "GONE"', "the connection is refused. Check host and port"),
        ('postgis = "parks"\ndatabase = "GONE"', "postgis names no table. Write postgis"),
        ('postgis = "postgresql://u:s3cr3t@h/d"\ndatabase = "GONE"', "postgis names no table"),
        ('path = "postgresql://u:s3cr3t@h/d"', 'For a table in PostGIS write postgis = "schema.table"'),
        ('path = "postgresql://u:s3cr3t/d"', "file postgresql:..., layer parks"),
        ('path = "PG:host=h password=s3cr3t"', "file PG:..., layer parks"),
        ('path = "parks.geojson"\npostgis = "ruimte.parks"\ndatabase = "GONE"', "path is for a file"),
        ('path = "parks.geojson"\ndatabase = "GONE"', "database is for a table in PostGIS"),
        ('postgis = "ruimte.parks"\ndatabase = "GONE"\nlayer = "x"', "layer is for a file"),
        ("", "the key 'path' is missing. Add it, or name a table in PostGIS"),
    ],
)
def test_a_wrong_project_is_told_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, said: str
) -> None:
    monkeypatch.setenv("BROKEN", "postgresql://u:s3cr3t@@h/d")
    monkeypatch.setenv("GONE", "postgresql://u:s3cr3t@127.0.0.1:1/d")
    monkeypatch.delenv("ABSENT", raising=False)
    project = write_world(tmp_path)
    text = project.read_text("utf-8").replace('path = "parks.geojson"', lines)
    project.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load_project(project)
    found = [str(one) for one in caught.value.problems]
    assert any(
        (said in one and "layer parks" in one) or (said in one and "layers.parks" in one) for one in found
    ), found
    assert len(found) == 1
    assert "s3cr3t" not in "".join(found)


def test_a_column_that_is_not_there_is_told_before_anything_is_read(
    database: str, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, database)
    project = write_world(tmp_path)
    stored = from_database(project, {"parks": load(rows, "parks", tmp_path / "parks.geojson")})
    stored.write_text(
        stored.read_text("utf-8").replace(
            'licence = "CC0"', 'licence = "CC0"\ncolumns = { name = "naam" }', 1
        ),
        "utf-8",
    )
    with pytest.raises(
        InputError, match=r"file postgis:bron\.parks, layer parks, field name: there is no column 'naam'"
    ):
        load_project(stored)


def test_a_wrong_password_is_told_without_it(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = database.split(":")[2].split("@", maxsplit=1)[0]
    monkeypatch.setenv(VARIABLE, database.replace(password, "s3cr3t"))
    stored = from_database(write_world(tmp_path), {"parks": "bron.parks"})
    with pytest.raises(InputError, match="refuses the password of user kringruimte") as caught:
        load_project(stored)
    assert "s3cr3t" not in str(caught.value)

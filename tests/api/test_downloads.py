"""Downloads, read back by GDAL, geopandas, pyarrow, the csv module and openpyxl."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from api.http.downloads import Crs, Facts, Form, TooManyRowsError, facts_of, make_download
from api.http.forms.shapefile import short_names
from layers.schema import Column, Layer

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

FACTS = Facts(
    release="0123456789abcdef",
    project="Proef",
    authority="Provincie Voorbeeld",
    reference_date=date(2026, 1, 2),
    source="IBIS",
    licence="CC-BY-4.0",
    note="Verzonnen",
)
COLUMNS = (
    Column("place_id", "text", "Code", "Code"),
    Column("name", "text", "Naam", "Name"),
    Column("permitted_low", "category", "Laagste", "Low"),
    Column("permitted_high", "category", "Hoogste", "High"),
    Column("area_ha", "number", "Oppervlakte", "Area", unit="ha"),
    Column("jobs", "integer", "Banen", "Jobs"),
    Column("governed_by_zone", "boolean", "Geluidzone", "Zone"),
    Column("date", "date", "Datum", "Date"),
)
NAMES = [column.name for column in COLUMNS]
LAYER = Layer("places", "Plaatsen", "Places", "polygon", "place_id", COLUMNS, description_nl="Wat er ligt")
LONG = "é" * 200  # 400 bytes
ROWS = pd.DataFrame(
    {
        "place_id": pd.array(["A", "B", "C"], dtype="string"),
        "name": pd.array(["Bunschoten-Spakenburg, één", None, LONG], dtype="string"),
        "permitted_low": pd.array(["3.1", "4.2", None], dtype="string"),
        "permitted_high": pd.array(["5.1", None, "4.2"], dtype="string"),
        "area_ha": [12.346, np.nan, -0.5],
        "jobs": pd.array([7, None, 2**40], dtype="Int64"),
        "governed_by_zone": pd.array([True, None, False], dtype="boolean"),
        "date": pd.array(["2025-12-31", None, "1999-01-01"], dtype="string"),
    }
)
HOLED = shapely.Polygon(
    [(131000, 458000), (131000, 458500), (131400.123, 458500), (131400, 458000)],
    [[(131100, 458100), (131200, 458100), (131200, 458200.457)]],
)
POLYGONS = gpd.GeoDataFrame(
    ROWS,
    geometry=[HOLED, shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20, 20, 30, 30)]), None],
    crs="EPSG:28992",
)
POLYGONS.loc[1, "geometry"] = shapely.transform(POLYGONS.geometry[1], lambda xy: xy + [155000, 463000])
POINTS = gpd.GeoDataFrame(
    ROWS,
    geometry=[shapely.Point(155000, 463000), shapely.Point(131700.1234, 458050.5678), None],
    crs="EPSG:28992",
)
POINT_LAYER = replace(LAYER, shape="point")
TABLE_LAYER = replace(LAYER, shape="table")
TABLE = pd.DataFrame(ROWS)
SPATIAL = [form for form in Form if form is not Form.XLSX]


def make(frame: Any, layer: Layer, form: Form, crs: Crs = Crs.RD, facts: Facts = FACTS) -> bytes:
    return make_download(frame, layer, layer.columns, form, crs, facts).content


def read(content: bytes, form: Form, folder: Path) -> Any:
    """Read a download back with what somebody else made."""
    if form is Form.GEOPARQUET:
        try:
            return gpd.read_parquet(io.BytesIO(content))
        except ValueError:
            return pd.read_parquet(io.BytesIO(content))
    if form is Form.CSV:
        frame = pd.read_csv(
            io.BytesIO(content), encoding="utf-8-sig", dtype={"permitted_low": str, "permitted_high": str}
        )
        return (
            gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries.from_wkt(frame["wkt"]))
            if "wkt" in frame
            else frame
        )
    path = folder / f"d.{form.value}"
    if form is Form.SHAPEFILE:
        zipfile.ZipFile(io.BytesIO(content)).extractall(folder / "shape")
        path = next(p for end in ("shp", "dbf") for p in sorted((folder / "shape").glob(f"*.{end}")))
        names = list(csv.reader(io.StringIO((folder / "shape" / "veldnamen.csv").read_text("utf-8-sig"))))[1:]
        return pyogrio.read_dataframe(path).rename(columns={row[0]: row[1] for row in names})
    path.write_bytes(content)
    return pyogrio.read_dataframe(path)


def plain(frame: pd.DataFrame, name: str) -> list[Any]:
    values = [None if pd.isna(value) else value for value in frame[name].tolist()]
    # GDAL takes text in GeoJSON that looks like a date for a date
    return [value.date().isoformat() if isinstance(value, pd.Timestamp) else value for value in values]


@pytest.mark.parametrize("form", SPATIAL)
@pytest.mark.parametrize(
    ("frame", "layer"), [(POLYGONS, LAYER), (POINTS, POINT_LAYER)], ids=["polygons", "points"]
)
def test_attributes_and_geometry_come_back(form: Form, frame: Any, layer: Layer, tmp_path: Path) -> None:
    found = read(make(frame, layer, form), form, tmp_path)
    found = found.set_index("place_id").loc[["A", "B", "C"]].reset_index()
    for name in NAMES:
        expected = plain(frame, name)
        if form is Form.SHAPEFILE and name == "name":
            expected[2] = "é" * 127
        assert plain(found, name) == expected, name
    assert found.geometry[2] is None or found.geometry[2].is_empty
    for place in range(2):
        ours, theirs = frame.geometry[place], found.geometry[place]
        assert shapely.hausdorff_distance(ours, theirs) < 0.001
        assert theirs.area == pytest.approx(ours.area, abs=0.5)


@pytest.mark.parametrize("form", [form for form in SPATIAL if form not in {Form.CSV, Form.SHAPEFILE}])
@pytest.mark.parametrize("crs", list(Crs))
def test_the_file_says_its_coordinate_system(form: Form, crs: Crs, tmp_path: Path) -> None:
    found = read(make(POINTS, POINT_LAYER, form, crs), form, tmp_path)
    code = found.crs.to_authority(min_confidence=20)
    accepted = {("EPSG", "4326"), ("OGC", "CRS84")} if crs is Crs.CRS84 else {("EPSG", crs.value)}
    assert code in accepted


@pytest.mark.parametrize("form", SPATIAL)
def test_coordinates_are_those_of_rdnaptrans_with_longitude_first(form: Form, tmp_path: Path) -> None:
    # the published check point of RDNAPTRANS2018: Amersfoort
    for crs in (Crs.ETRS89, Crs.CRS84):
        folder = tmp_path / crs.value
        folder.mkdir()
        point = read(make(POINTS[:1], POINT_LAYER, form, crs), form, folder).geometry[0]
        point = point.geoms[0] if point.geom_type == "MultiPoint" else point
        assert (point.x, point.y) == (
            pytest.approx(5.387203650, abs=2e-9),
            pytest.approx(52.155172887, abs=2e-9),
        )


def test_web_mercator_follows_from_etrs89_by_proj() -> None:
    import pyproj

    degrees = json.loads(make(POINTS[:2], POINT_LAYER, Form.GEOJSON, Crs.CRS84))
    metres = json.loads(make(POINTS[:2], POINT_LAYER, Form.GEOJSON, Crs.WEB_MERCATOR))
    project = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True)
    for before, after in zip(degrees["features"], metres["features"], strict=True):
        expected = project.transform(*before["geometry"]["coordinates"])
        assert after["geometry"]["coordinates"] == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(("frame", "layer"), [(POLYGONS, LAYER), (POINTS, POINT_LAYER), (TABLE, TABLE_LAYER)])
def test_nothing_found_is_still_a_file_with_its_columns(
    form: Form, frame: Any, layer: Layer, tmp_path: Path
) -> None:
    content = make(frame[:0], layer, form)
    if form is Form.XLSX:
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Gegevens"]
        assert sheet.max_row == 1
        assert sheet.cell(1, 5).value == "Oppervlakte (ha)"
        return
    found = read(content, form, tmp_path)
    assert len(found) == 0
    if form is not Form.GEOJSON:  # GeoJSON has no columns without features
        assert set(NAMES) <= set(found.columns)


@pytest.mark.parametrize("form", SPATIAL)
def test_a_table_without_geometry(form: Form, tmp_path: Path) -> None:
    found = read(make(TABLE, TABLE_LAYER, form), form, tmp_path)
    if "geometry" in found:
        assert found["geometry"].isna().all()
    assert plain(found, "jobs") == [7, None, 2**40]
    assert plain(found, "governed_by_zone") == [True, None, False]


@pytest.mark.parametrize("form", list(Form))
def test_the_bytes_repeat(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make(POLYGONS, LAYER, form)
    time.sleep(1.1)  # GDAL and zip keep seconds
    assert make(POLYGONS, LAYER, form) == first


def test_what_a_spreadsheet_would_run_is_escaped_in_csv() -> None:
    texts = ["=1+1", "+31", "-2", "@SUM(A1)", "\tx", "\rx", "\n=1", "gewoon", "a=b"]
    frame = pd.DataFrame({"name": pd.array(texts, dtype="string"), "area_ha": [-1.5] * len(texts)})
    layer = replace(TABLE_LAYER, columns=(COLUMNS[1], COLUMNS[4]), identifier=None)
    text = make(frame, layer, Form.CSV).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["name"] for row in rows] == [f"'{text}" for text in texts[:7]] + texts[7:]
    assert {row["area_ha"] for row in rows} == {"-1.5"}, "a negative number is no formula"


def test_csv_has_a_bom_rd_of_points_and_wkt_in_the_asked_system() -> None:
    content = make(POINTS, POINT_LAYER, Form.CSV, Crs.CRS84)
    assert content.startswith(b"\xef\xbb\xbfplace_id,")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert (rows[1]["rd_x"], rows[1]["rd_y"]) == ("131700.123", "458050.568")
    assert rows[0]["wkt"].startswith("POINT (5.38720365")
    assert (rows[2]["rd_x"], rows[2]["wkt"], rows[1]["name"]) == ("", "", "")
    assert "rd_x" not in make(POLYGONS, LAYER, Form.CSV).decode("utf-8-sig").splitlines()[0]


def test_the_workbook_reads_back() -> None:
    book = openpyxl.load_workbook(io.BytesIO(make(POINTS, POINT_LAYER, Form.XLSX)))
    rows = list(book["Gegevens"].iter_rows(values_only=True))
    assert rows[0][0] == "Code"
    assert rows[1] == (
        "A",
        "Bunschoten-Spakenburg, één",
        "3.1",
        "5.1",
        12.346,
        7,
        True,
        "2025-12-31",
        155000,
        463000,
    )
    assert rows[2][:7] == ("B", None, "4.2", None, None, None, None)
    assert rows[3][5:7] == (2**40, False)
    facts = {row[0]: row[1] for row in book["Leesmij"].iter_rows(values_only=True)}
    assert facts["uitgave"] == FACTS.release
    assert facts["gebruiksvoorwaarden"] == "CC-BY-4.0"


def test_a_formula_in_a_workbook_stays_text_and_a_long_text_says_that_it_was_cut() -> None:
    frame = pd.DataFrame({"name": pd.array(["=1+1", "x" * 40_000], dtype="string")})
    layer = replace(TABLE_LAYER, columns=COLUMNS[1:2], identifier=None)
    sheet = openpyxl.load_workbook(io.BytesIO(make(frame, layer, Form.XLSX)))["Gegevens"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A3"].value.endswith(" [afgekapt]")


def test_a_workbook_refuses_what_a_sheet_cannot_hold() -> None:
    frame = pd.DataFrame({"jobs": pd.array([1] * 1_048_576, dtype="Int64")})
    layer = replace(TABLE_LAYER, columns=COLUMNS[5:6], identifier=None)
    with pytest.raises(TooManyRowsError):
        make(frame, layer, Form.XLSX)


def test_title_licence_source_and_release_are_inside(tmp_path: Path) -> None:
    wanted = {
        "titel": "Plaatsen",
        "bron": "IBIS",
        "gebruiksvoorwaarden": "CC-BY-4.0",
        "uitgave": FACTS.release,
    }
    package = tmp_path / "a.gpkg"
    package.write_bytes(make(POLYGONS, LAYER, Form.GEOPACKAGE))
    assert wanted.items() <= pyogrio.read_info(package)["layer_metadata"].items()
    index = tmp_path / "a.fgb"
    index.write_bytes(make(POLYGONS, LAYER, Form.FLATGEOBUF))
    described = pyogrio.read_info(index)["layer_metadata"]["DESCRIPTION"]
    assert all(f"{name}: {text}" in described for name, text in wanted.items())
    schema = pq.read_schema(io.BytesIO(make(POLYGONS, LAYER, Form.GEOPARQUET)))
    assert wanted.items() <= json.loads(schema.metadata[b"kringruimte"]).items()
    assert wanted.items() <= json.loads(make(POLYGONS, LAYER, Form.GEOJSON))["metadata"].items()
    with zipfile.ZipFile(io.BytesIO(make(POLYGONS, LAYER, Form.SHAPEFILE))) as archive:
        readme = archive.read("LEESMIJ.txt").decode("utf-8-sig")
        assert archive.read("places.cpg") == b"UTF-8"
        assert b"Amersfoort" in archive.read("places.prj")
    assert all(f"{name}: {text}" in readme for name, text in wanted.items())


def test_short_names_are_unique_in_any_case() -> None:
    short = short_names(
        ["permitted_low", "permitted_high", "PERMITTED_X", "näam", *(f"permitted_{n}" for n in range(12))]
    )
    assert short["permitted_low"] == "permitted_"
    assert short["permitted_high"] == "permitte_2"
    assert short["näam"] == "n_am"
    assert all(len(name) <= 10 and name.isascii() for name in short.values())
    assert len({name.lower() for name in short.values()}) == len(short)


def test_the_table_of_names_says_which_texts_were_cut() -> None:
    with zipfile.ZipFile(io.BytesIO(make(POLYGONS, LAYER, Form.SHAPEFILE))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("veldnamen.csv").decode("utf-8-sig"))))
    assert {row["kolom"]: row["afgekapt"] for row in rows if row["afgekapt"] == "ja"} == {"name": "ja"}
    assert next(row for row in rows if row["kolom"] == "area_ha")["eenheid"] == "ha"


def test_a_mixed_layer_becomes_several_shapefiles_and_loses_no_row(tmp_path: Path) -> None:
    both = shapely.GeometryCollection([shapely.box(0, 0, 2, 2), shapely.LineString([(2, 2), (3, 3)])])
    mixed = gpd.GeoDataFrame(
        ROWS, geometry=[shapely.LineString([(0, 0), (5, 5)]), both, None], crs="EPSG:28992"
    )
    layer = replace(LAYER, shape="any")
    with zipfile.ZipFile(io.BytesIO(make(mixed, layer, Form.SHAPEFILE))) as archive:
        archive.extractall(tmp_path)
    lines = pyogrio.read_dataframe(tmp_path / "places_lijnen.shp")
    areas = pyogrio.read_dataframe(tmp_path / "places_vlakken.shp")
    assert (lines["place_id"].tolist(), areas["place_id"].tolist()) == (["A", "C"], ["B"])
    assert areas.geometry[0].area == 4
    for form in (Form.GEOPACKAGE, Form.FLATGEOBUF, Form.GEOJSON, Form.GEOPARQUET):
        found = read(make(mixed, layer, form), form, tmp_path)
        assert found.set_index("place_id").geometry["B"].geom_type == "GeometryCollection"


def test_flatgeobuf_is_indexed_when_it_can_be(tmp_path: Path) -> None:
    path = tmp_path / "a.fgb"
    path.write_bytes(make(POLYGONS[:2], LAYER, Form.FLATGEOBUF))
    assert pyogrio.read_info(path)["capabilities"]["fast_spatial_filter"]
    found = pyogrio.read_dataframe(path, bbox=(130000, 457000, 132000, 459000))
    assert found["place_id"].tolist() == ["A"]


def test_file_names_tell_layer_release_and_system() -> None:
    made = make_download(POLYGONS, LAYER, COLUMNS, Form.SHAPEFILE, Crs.CRS84, FACTS)
    assert made.file_name == "places-0123456789abcdef-crs84.shp.zip"
    assert make_download(TABLE, TABLE_LAYER, COLUMNS, Form.CSV, Crs.RD, FACTS).file_name == (
        "places-0123456789abcdef.csv"
    )


def test_only_the_asked_columns_leave(tmp_path: Path) -> None:
    for form in Form:
        made = make_download(POLYGONS, LAYER, COLUMNS[:1], form, Crs.RD, FACTS)
        assert b"Spakenburg" not in made.content
        if form not in {Form.XLSX, Form.CSV}:
            (tmp_path / form.value).mkdir()
            assert "area_ha" not in read(made.content, form, tmp_path / form.value)


def test_rows_in_another_system_are_a_defect() -> None:
    with pytest.raises(ValueError, match="EPSG:28992"):
        make(POINTS.set_crs("EPSG:4326", allow_override=True), POINT_LAYER, Form.GEOJSON)


def test_every_layer_of_a_release_in_every_form(release: Release, tmp_path: Path) -> None:
    for name in ("park_evidence", "sensitive_objects", "summary"):
        layer = release.layer(name)
        facts = facts_of(release.project, release.name, layer, release.classes)
        for form in Form:
            made = make_download(release.table(name), layer, layer.columns, form, Crs.RD, facts)
            assert made.content
            assert release.name in made.file_name
    package = tmp_path / "a.gpkg"
    package.write_bytes(
        make(release.table("park_evidence"), release.layer("park_evidence"), Form.GEOPACKAGE, facts=facts)
    )
    assert "layer_styles" in {name for name, _ in pyogrio.list_layers(package)}

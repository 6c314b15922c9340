"""A polygon from outside: read right, or refused with one clear reason, and nothing left behind."""

from __future__ import annotations

import io
import sqlite3
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import orjson
import pytest
import shapely

from api.jobs.plan_refused import MAX_BYTES, MAX_VERTICES, REASONS, PolygonError
from api.jobs.plan_upload import read_text, read_upload
from gis.crs import rd_to_lonlat

if TYPE_CHECKING:
    from collections.abc import Iterator

SQUARE = shapely.box(131200, 458100, 131300, 458200)
WITH_HOLE = SQUARE.difference(shapely.box(131240, 458140, 131260, 458160))
TWO = shapely.union_all([SQUARE, shapely.box(131400, 458100, 131450, 458200)])
WKT_RD = 'PROJCS["RD_New",GEOGCS["GCS_Amersfoort",DATUM["D_Amersfoort",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Double_Stereographic"],PARAMETER["False_Easting",155000.0],PARAMETER["False_Northing",463000.0],PARAMETER["Central_Meridian",5.38763888888889],PARAMETER["Scale_Factor",0.9999079],PARAMETER["Latitude_Of_Origin",52.15616055555555],UNIT["Meter",1.0]]'


@pytest.fixture(autouse=True)
def _nothing_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every temporary file would be made here: none is."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    found = rd_to_lonlat(np.array([shape], dtype=object))[0]
    assert isinstance(found, shapely.Geometry)
    return found


def geojson(*shapes: shapely.Geometry, crs: str | None = None) -> bytes:
    features = [
        {"type": "Feature", "properties": {"naam": "é"}, "geometry": orjson.loads(shapely.to_geojson(shape))}
        for shape in shapes
    ]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    return orjson.dumps(document)


def written(folder: Path, shape: shapely.Geometry, name: str, crs: str = "EPSG:28992") -> bytes:
    """Let GDAL write a file, which is not the reader under test."""
    frame = gpd.GeoDataFrame({"naam": ["plan"]}, geometry=[shape], crs="EPSG:28992").to_crs(crs)
    frame.to_file(folder / name)
    if not name.endswith(".shp"):
        return (folder / name).read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob(f"{Path(name).stem}.*")):
            archive.write(path, f"map/{path.name}")
    return buffer.getvalue()


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()


def near(found: shapely.Geometry, shape: shapely.Geometry) -> bool:
    off = abs(shapely.area(found) - shapely.area(shape))
    return bool(shapely.hausdorff_distance(found, shape) < 0.002 and off < 0.5)


@pytest.mark.parametrize("shape", [SQUARE, WITH_HOLE, TWO])
def test_geojson_in_degrees_and_in_metres(shape: shapely.Geometry) -> None:
    found = read_upload(geojson(degrees(shape)))
    assert near(found.polygon, shape)
    assert (found.read_as, found.stated) == ("degrees", False)
    found = read_upload(geojson(shape))
    assert near(found.polygon, shape)
    assert (found.read_as, found.stated) == ("rd", False)
    found = read_upload(geojson(shape, crs="urn:ogc:def:crs:EPSG::28992"))
    assert near(found.polygon, shape)
    assert (found.read_as, found.stated) == ("rd", True)
    assert read_upload(geojson(degrees(shape), crs="urn:ogc:def:crs:OGC:1.3:CRS84")).stated


@pytest.mark.parametrize("shape", [SQUARE, WITH_HOLE, TWO])
@pytest.mark.parametrize("name", ["plan.gpkg", "plan.shp"])
@pytest.mark.parametrize("crs", ["EPSG:28992", "EPSG:4258"])
def test_files_that_gdal_writes(tmp_path: Path, shape: shapely.Geometry, name: str, crs: str) -> None:
    if crs == "EPSG:4258":
        frame = gpd.GeoDataFrame(geometry=[degrees(shape)], crs=crs)
        frame.to_file(tmp_path / name)
        data = (tmp_path / name).read_bytes()
        if name.endswith(".shp"):
            data = zipped(
                **{
                    f"plan__{kind}": (tmp_path / f"plan.{kind}").read_bytes()
                    for kind in ("shp", "shx", "dbf", "prj")
                }
            )
    else:
        data = written(tmp_path, shape, name)
    found = read_upload(data)
    assert near(found.polygon, shape)
    assert found.stated


def test_a_zipped_geopackage_and_a_prj_of_esri(tmp_path: Path) -> None:
    assert near(read_upload(zipped(plan__gpkg=written(tmp_path, SQUARE, "a.gpkg"))).polygon, SQUARE)
    written(tmp_path, SQUARE, "b.shp")
    shp = (tmp_path / "b.shp").read_bytes()
    assert read_upload(zipped(b__shp=shp, b__prj=WKT_RD.encode())).read_as == "rd"
    assert not read_upload(zipped(b__shp=shp)).stated, "without .prj the numbers show it"


@pytest.mark.parametrize(
    "text",
    [
        "131200 458100\n131300 458100\n131300 458200\n131200 458200",
        "131200,458100\n131300,458100\r\n131300,458200\n\n131200,458200\n131200,458100",
        "131200,0 458100,0\n131300,0 458100,0\n131300,0 458200,0\n131200,0 458200,0",
        "131200; 458100\n131300; 458100\n131300; 458200\n131200; 458200;",
        "131200, 458100\n131300, 458100\n131300, 458200\n131200, 458200",
        SQUARE.wkt,
        geojson(SQUARE).decode(),
    ],
)
def test_pasted_text(text: str) -> None:
    assert near(read_text(text).polygon, SQUARE)


def test_odd_codings_are_read() -> None:
    text = (
        '{"type":"Feature","properties":{"naam":"Oudewater é"},"geometry":' + shapely.to_geojson(SQUARE) + "}"
    )
    for data in (text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("cp1252")):
        assert near(read_upload(data).polygon, SQUARE)


def reason(data: bytes) -> str:
    with pytest.raises(PolygonError) as caught:
        read_upload(data)
    assert caught.value.nl
    assert "{" not in caught.value.nl + caught.value.en
    return caught.value.reason


def polygon_of(count: int) -> bytes:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ring = np.column_stack((131200 + 500 * np.cos(angle), 458100 + 500 * np.sin(angle))).round(1)
    ring = np.vstack((ring, ring[:1]))
    return orjson.dumps({"type": "Polygon", "coordinates": [ring.tolist()]})


CROSSED = b'{"type":"Polygon","coordinates":[[[131200,458100],[131300,458200],[131300,458100],[131200,458200],[131200,458100]]]}'
BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml>&b;</kml>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"no polygon at all", "kind"),
        (b"\x89PNG\r\n\x1a\n", "kind"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', "xml"),
        (BOMB, "xml"),
        (b'{"type":"Polygon","coordinates":[[[1,', "broken"),
        (b"{" * 5000, "broken"),
        (b'{"type":"FeatureCollection","features":[]}', "no_polygon"),
        (b'{"type":"Point","coordinates":[5,52]}', "no_polygon"),
        (b'{"type":"Polygon","coordinates":[]}', "numbers"),
        (b'{"type":"Polygon","coordinates":[[[5,52],["x",52],[5,53]]]}', "broken"),
        (b'{"type":"Polygon","coordinates":[[{},{},{}]]}', "broken"),
        (b'{"type":"Polygon","coordinates":[[[5,52],[5.1,52],[5,52]]]}', "few"),
        (b'{"type":"Polygon","coordinates":[[[5,52],[5.1,52],[1e999,52]]]}', "broken"),
        (CROSSED, "crossing"),
        (geojson(SQUARE, shapely.box(131250, 458150, 131400, 458250)), "overlap"),
        (geojson(shapely.box(131200, 458100, 131200.5, 458100.5)), "small"),
        (geojson(shapely.box(100_000, 400_000, 150_000, 450_000)), "large"),
        (geojson(shapely.box(52.1, 5.1, 52.2, 5.2)), "swapped"),
        (geojson(shapely.box(52.1, 5.1, 52.2, 5.2), crs="EPSG:4326"), "swapped"),
        (geojson(shapely.box(-70, 40, -69, 41)), "outside"),
        (geojson(shapely.box(570_000, 6_800_000, 571_000, 6_801_000)), "crs_unsure"),
        (geojson(SQUARE, crs="EPSG:4326"), "crs_wrong"),
        (geojson(degrees(SQUARE), crs="EPSG:28992"), "crs_wrong"),
        (geojson(SQUARE, crs="EPSG:27700"), "crs"),
        (geojson(SQUARE, crs="/vsicurl/http://example.org/x"), "crs"),
        (geojson(SQUARE, crs="EPSG:999999"), "crs"),
        (geojson(*[shapely.box(x, 458100, x + 1, 458102) for x in range(131200, 132400, 2)]), "parts"),
        (polygon_of(MAX_VERTICES + 1), "vertices"),
        (polygon_of(1_000_000)[: MAX_BYTES + 1], "bytes"),
        (b"PK\x03\x04 and then nothing", "broken"),
        (b"SQLite format 3\0" + b"\0" * 4096, "broken"),
        (zipped(readme__txt=b"no plan"), "zip_content"),
        (zipped(a__shp=b"x", b__shp=b"x"), "zip_content"),
        (zipped(a__shp=b"x" * 200), "broken"),
        (zipped(a__svg=b"<svg/>"), "zip_content"),
        (zipped(a__shp=b"\0" * 60_000_000), "zip"),
        (zipped(**{"../../a__shp": b"x"}), "zip"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_clear_reason(data: bytes, why: str) -> None:
    assert reason(data) == why


def test_a_million_points_in_a_small_zip_are_counted_before_they_are_built() -> None:
    ring = np.tile([[131200.0, 458100.0], [131300.0, 458200.0]], (500_000, 1))
    content = struct.pack("<i4dii", 5, 0, 0, 1, 1, 1, len(ring)) + struct.pack("<i", 0) + ring.tobytes()
    header = struct.pack(">i", 9994) + b"\0" * 96
    data = zipped(plan__shp=header + struct.pack(">ii", 1, len(content) // 2) + content)
    assert len(data) < MAX_BYTES
    assert reason(data) == "vertices"


def test_where_a_boundary_crosses_itself_is_said() -> None:
    with pytest.raises(PolygonError) as caught:
        read_upload(CROSSED)
    assert "131.250, 458.150" in caught.value.nl
    with pytest.raises(PolygonError) as caught:
        read_text("131200 458100\nhier\n131300 458200")
    assert "regel 2" in caught.value.nl


def test_text_of_the_file_does_not_come_back() -> None:
    with pytest.raises(PolygonError) as caught:
        read_upload(geojson(SQUARE, crs="<script>alert(1)</script>"))
    assert "<" not in caught.value.nl


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    written(tmp_path, SQUARE, "a.gpkg")
    connection = sqlite3.connect(tmp_path / "a.gpkg")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "statements",
    [
        # a view instead of a table: work, not data
        ["ALTER TABLE a RENAME TO b", "CREATE VIEW a AS SELECT * FROM b"],
        # a column that is computed while it is read
        ["ALTER TABLE a RENAME TO b", "CREATE TABLE a (fid INTEGER, geom AS (zeroblob(1000000000)))",
         "INSERT INTO a (fid) SELECT 1 FROM b"],
        ["UPDATE gpkg_geometry_columns SET column_name = 'geom\" FROM a; --'"],
        ["UPDATE gpkg_geometry_columns SET table_name = 'sqlite_master', column_name = 'sql'"],
        ["UPDATE a SET geom = x'4750000100000000ff'"],
        ["UPDATE a SET geom = 'text'"],
        ["DELETE FROM gpkg_geometry_columns"],
    ],
)  # fmt: skip
def test_a_geopackage_that_is_up_to_something(
    database: sqlite3.Connection, tmp_path: Path, statements: list[str]
) -> None:
    database.executescript("DROP TABLE IF EXISTS rtree_a_geom")
    for name in [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
        database.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        database.execute(statement)
    database.commit()
    assert reason((tmp_path / "a.gpkg").read_bytes()) in {"broken", "zip_content", "no_polygon"}


def test_every_reason_says_what_to_do_in_both_languages() -> None:
    for dutch, english in REASONS.values():
        assert dutch.count(".") + dutch.count(":") >= 2, dutch
        assert english

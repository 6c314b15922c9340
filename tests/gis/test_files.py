"""Reading files of many kinds, and refusing what is not to be trusted."""

from __future__ import annotations

import os
import socket
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from gis import archives, files, gdal
from gis.errors import InputError
from gis.locate import locate, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.table import Table

SQUARE = shapely.box(155000, 463000, 155100, 463100)


def frame(n: int = 3) -> gpd.GeoDataFrame:
    shapes = [shapely.box(155000 + 200 * i, 463000, 155100 + 200 * i, 463100) for i in range(n)]
    return gpd.GeoDataFrame(
        {"code": [f"a{i}" for i in range(n)], "size": [1.5 * i for i in range(n)]}, geometry=shapes, crs=28992
    )


def read(root: Path, name: str, layer: str | None = None, **how: str) -> Table:
    return files.read(locate(name, root), layer, **how)


def shapes(found: Table) -> NDArray[np.object_]:
    assert found.geometry is not None
    return found.geometry


def epsg(found: Table) -> int | None:
    return None if found.crs is None else found.crs.to_epsg()


def refused(root: Path, name: str, layer: str | None = None, **how: str) -> str:
    with pytest.raises(InputError) as caught:
        read(root, name, layer, **how)
    (problem,) = caught.value.problems
    assert problem.file == name
    assert problem.repair
    return problem.message


FORMATS = {
    "a.gpkg": lambda path: frame().to_file(path),
    "a.shp": lambda path: frame().to_file(path),
    "a.fgb": lambda path: frame().to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO"),
    "a.geojson": lambda path: frame().to_file(path, driver="GeoJSON"),
    "a.json": lambda path: frame().to_file(path, driver="GeoJSON"),
    "a.gml": lambda path: frame().to_file(path, driver="GML"),
    "a.gdb": lambda path: frame().to_file(path, driver="OpenFileGDB"),
    "a.parquet": lambda path: frame().to_parquet(path),
    "a.csv": lambda path: path.write_text(
        "code;size;wkt\n"
        + "".join(f"a{i};{1.5 * i};{shape.wkt}\n" for i, shape in enumerate(frame().geometry))
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name)
    found = read(tmp_path, name)
    assert list(found.frame.index) == [1, 2, 3]
    assert [str(code) for code in found.frame["code"]] == ["a0", "a1", "a2"]
    assert [float(size) for size in found.frame["size"]] == [0.0, 1.5, 3.0]
    assert [shape.area for shape in shapes(found)] == pytest.approx([10000.0] * 3)
    assert epsg(found) == (None if name == "a.csv" else 28992)
    assert files.read_header(locate(name, tmp_path), None).columns[-2:] >= ("code",)


def test_reading_gml_leaves_nothing_behind(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gml", driver="GML")
    (tmp_path / "a.xsd").unlink()
    read(tmp_path, "a.gml")
    assert [item.name for item in tmp_path.iterdir()] == ["a.gml"]


def test_a_large_plain_layer_takes_the_columnar_path_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame(50).to_file(tmp_path / "a.gpkg")
    plain = read(tmp_path, "a.gpkg")
    monkeypatch.setattr(gdal, "ARROW_FROM", 10)
    columnar = read(tmp_path, "a.gpkg")
    assert list(columnar.frame.columns) == list(plain.frame.columns)
    assert columnar.frame.astype(str).equals(plain.frame.astype(str))
    assert shapely.equals(shapes(columnar), shapes(plain)).all()


def test_the_row_id_of_a_geopackage_can_be_asked_for(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg")
    found = read(tmp_path, "a.gpkg")
    assert found.row_id == "fid"
    assert list(found.frame["fid"]) == [1, 2, 3]
    assert files.read_header(locate("a.gpkg", tmp_path), None).extra == ("fid",)


# layers


def test_several_layers_must_be_chosen_from(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", layer="parks")
    frame().to_file(tmp_path / "a.gpkg", layer="plots")
    assert "parks, plots" in refused(tmp_path, "a.gpkg")
    assert len(read(tmp_path, "a.gpkg", "plots").frame) == 3


def test_a_missing_layer_lists_those_that_exist(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", layer="parks")
    assert "there is no layer 'Parks'; there are: parks" in refused(tmp_path, "a.gpkg", "Parks")


def test_the_only_layer_with_geometry_is_taken(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", layer="parks")
    pyogrio.write_dataframe(pd.DataFrame({"style": ["x"]}), tmp_path / "a.gpkg", layer="styles")
    assert read(tmp_path, "a.gpkg").frame["code"].iloc[0] == "a0"


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_file_without_layers_has_no_layer_to_ask_for(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name)
    assert "has no layers" in refused(tmp_path, name, "parks")


# delimited text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "a.csv").write_text(
        delimiter.join(["code", "x", "y"]) + "\n" + delimiter.join(["a", "1", "2"])
    )
    assert shapes(read(tmp_path, "a.csv"))[0].equals(shapely.Point(1, 2))


@pytest.mark.parametrize(
    ("encoding", "rules"), [("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("cp1252", ["encoding"])]
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, rules: list[str]) -> None:
    (tmp_path / "a.csv").write_bytes("naam;x;y\nKâde één;1;2\n".encode(encoding))
    found = read(tmp_path, "a.csv")
    assert found.frame["naam"].iloc[0] == "Kâde één"
    assert [record.rule for record in found.records] == rules


@pytest.mark.parametrize("names", [("X", "Y"), ("lon", "lat"), ("Longitude", "Latitude"), ("x_rd", "y_rd")])
def test_well_known_coordinate_columns_are_found(tmp_path: Path, names: tuple[str, str]) -> None:
    (tmp_path / "a.csv").write_text(f"code,{names[0]},{names[1]}\na,1,2\n")
    assert shapes(read(tmp_path, "a.csv"))[0].equals(shapely.Point(1, 2))


def test_coordinates_with_decimal_commas(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('code;"x";"y"\na;155000,5;463000,25\n')
    assert shapes(read(tmp_path, "a.csv"))[0].equals(shapely.Point(155000.5, 463000.25))


def test_coordinates_that_are_no_numbers_are_recorded_by_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,x,y\na,1,2\nb,links,2\nc,,\n")
    found = read(tmp_path, "a.csv")
    assert [shape is None for shape in shapes(found)] == [False, True, True]
    assert [(r.rule, r.row, r.before) for r in found.records] == [("bad_coordinates", 2, "links, 2")]


def test_wkt_longer_than_the_limit_of_the_standard_library(tmp_path: Path) -> None:
    ring = shapely.Point(155000, 463000).buffer(100, quad_segs=3000)
    assert len(ring.wkt) > 200_000
    (tmp_path / "a.csv").write_text(f'code,geom\na,"{ring.wkt}"\n')
    assert len(shapes(read(tmp_path, "a.csv"))[0].exterior.coords) == 12001


def test_wkt_with_a_coordinate_system_states_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('code,geom\na,"SRID=4326;POINT (5 52)"\n')
    found = read(tmp_path, "a.csv")
    assert epsg(found) == 4326
    assert shapes(found)[0].equals(shapely.Point(5, 52))


def test_curves_in_wkt_become_straight_pieces(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'code,wkt\na,"CURVEPOLYGON (CIRCULARSTRING (0 0, 10 10, 20 0, 10 -10, 0 0))"\nb,"POINT (1 1)"\nc,"POINT (1"\n'
    )
    found = read(tmp_path, "a.csv")
    # a circle of radius 10
    assert shapes(found)[0].area == pytest.approx(np.pi * 100, rel=0.001)
    assert [record.rule for record in found.records] == ["curves", "broken_geometry"]


def test_rows_of_another_length_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,x,y\na,1,2\nb,1\nc,1,2,3\n")
    with pytest.raises(InputError) as caught:
        read(tmp_path, "a.csv")
    assert caught.value.problems[0].rows == ("2", "3")


def test_a_binary_tail_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"code,x,y\na,1,2\nb,1,2\n\x00\x01\xff\xfe\x03" * 3)
    assert "from line 4 on" in refused(tmp_path, "a.csv")


@pytest.mark.parametrize(
    ("text", "message"), [("\n\n", "no header"), ("a,a,x\n1,2,3\n", "'a' occurs more than once")]
)
def test_a_table_without_a_proper_header_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert message in refused(tmp_path, "a.csv")


def test_columns_for_geometry_must_exist(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,x,y\na,1,2\n")
    assert "no column 'oost'" in refused(tmp_path, "a.csv", x="oost", y="noord")
    assert "only one of x and y" in refused(tmp_path, "a.csv", x="x")


# parquet


def test_plain_parquet_with_coordinates(tmp_path: Path) -> None:
    pd.DataFrame({"code": ["a"], "x": [155000.0], "y": [463000.0]}).to_parquet(tmp_path / "a.parquet")
    found = read(tmp_path, "a.parquet")
    assert shapes(found)[0].equals(shapely.Point(155000, 463000))
    assert list(found.frame.columns) == ["code"]


def test_geoparquet_with_native_arrays(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow")
    found = read(tmp_path, "a.parquet")
    assert shapely.equals(shapes(found), frame().geometry.to_numpy()).all()


def test_geoparquet_without_a_system_is_longitude_and_latitude_but_null_is_unknown(tmp_path: Path) -> None:
    for name, crs, expected in (("a.parquet", {}, True), ("b.parquet", {"crs": None}, False)):
        geo = (
            '{"primary_column":"geometry","columns":{"geometry":{"encoding":"WKB"'
            + (',"crs":null' if crs else "")
            + "}}}"
        )
        table = pa.table({"geometry": [shapely.Point(5, 52).wkb]}).replace_schema_metadata({"geo": geo})
        pq.write_table(table, tmp_path / name)
        assert (read(tmp_path, name).crs is not None) is expected


@pytest.mark.parametrize(
    "geo", ["{", "[]", '{"primary_column":"geometry"}', '{"primary_column":"g","columns":{"g":{}}}']
)
def test_broken_geoparquet_metadata_is_refused(tmp_path: Path, geo: str) -> None:
    table = pa.table({"geometry": [SQUARE.wkb]}).replace_schema_metadata({"geo": geo})
    pq.write_table(table, tmp_path / "a.parquet")
    refused(tmp_path, "a.parquet")


# where a file lies


@pytest.mark.parametrize(
    "name",
    [
        "https://example.org/a.gpkg",
        "/vsicurl/https://example.org/a.gpkg",
        "PG:dbname=x",
        "vsizip/a.zip",
        "WFS:http://x",
        "//server/share/a.gpkg",
        "\\\\server\\a.gpkg",
    ],
)
def test_network_and_virtual_paths_are_refused_before_anything_opens_them(tmp_path: Path, name: str) -> None:
    assert "network address or a virtual file" in refused(tmp_path, name)


def test_a_missing_file_gets_the_nearest_name(tmp_path: Path) -> None:
    FORMATS["a.csv"](tmp_path / "kavels.csv")
    with pytest.raises(InputError, match=r"Did you mean kavels\.csv\?"):
        locate("kavel.csv", tmp_path)


def test_an_empty_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.gpkg").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    assert "0 bytes" in refused(tmp_path, "empty.gpkg")
    assert "a folder, not a file" in refused(tmp_path, "folder")
    assert "not an ordinary file" in refused(tmp_path, "pipe.csv")


def test_a_socket_and_a_link_to_nowhere_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = socket.socket(socket.AF_UNIX)
    cwd = tmp_path / "s"
    cwd.mkdir()
    # the name of a socket may be 108 characters long
    monkeypatch.chdir(cwd)
    server.bind("a.csv")
    server.close()
    (tmp_path / "link.csv").symlink_to(tmp_path / "gone.csv")
    assert "not an ordinary file" in refused(tmp_path, "s/a.csv")
    assert "does not exist" in refused(tmp_path, "link.csv")


def test_a_path_typed_on_windows_is_understood(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    FORMATS["a.csv"](tmp_path / "data" / "a.csv")
    assert len(read(tmp_path, "data\\a.csv").frame) == 3


def test_the_hash_of_a_shapefile_covers_its_side_files(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp")
    before = sha256(locate("a.shp", tmp_path))
    table = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(table.replace(b"a1", b"b1"))
    assert sha256(locate("a.shp", tmp_path)) != before
    (tmp_path / "a.dbf").write_bytes(table)
    assert sha256(locate("a.shp", tmp_path)) == before


# zips


def zipped(path: Path, entries: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def test_a_shapefile_inside_a_zip(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp")
    entries = {f"map/{item.name}": item.read_bytes() for item in tmp_path.iterdir()}
    zipped(tmp_path / "a.zip", entries | {"leesmij.txt": b"x", "__MACOSX/map/._a.shp": b"x"})
    assert len(read(tmp_path, "a.zip").frame) == 3
    assert len(read(tmp_path, "a.zip/map/a.shp").frame) == 3


def test_several_data_sets_in_a_zip_must_be_chosen_from(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"one.csv": b"x,y\n1,2\n", "two.csv": b"x,y\n3,4\n"})
    assert "one.csv, two.csv" in refused(tmp_path, "a.zip")
    assert shapes(read(tmp_path, "a.zip/two.csv"))[0].equals(shapely.Point(3, 4))
    assert "no data set 'three.csv'" in refused(tmp_path, "a.zip/three.csv")


@pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "map/../../a.csv", "C:/a.csv", "..\\a.csv"])
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    zipped(tmp_path / "a.zip", {name: b"x,y\n1,2\n", "b.csv": b"x,y\n1,2\n"})
    assert "leads outside the zip" in refused(tmp_path, "a.zip/b.csv")


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.csv")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "holds a link" in refused(tmp_path, "a.zip")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.csv": b"0" * (archives.RATIO_COUNTS_FROM + 1)})
    assert "grows from" in refused(tmp_path, "a.zip")


def test_too_many_entries_too_many_bytes_and_doubles_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped(tmp_path / "a.zip", {f"{i}.csv": b"x,y\n" for i in range(5)})
    monkeypatch.setattr(archives, "MAX_ENTRIES", 4)
    assert "more than the limit of 4" in refused(tmp_path, "a.zip")
    monkeypatch.undo()
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 10)
    assert "more than the limit of 10" in refused(tmp_path, "a.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.csv", "x,y\n1,2\n")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.csv", "x,y\n3,4\n")
    monkeypatch.undo()
    assert "more than once" in refused(tmp_path, "b.zip")


def test_an_entry_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.csv": b"x,y\n" + b"1,2\n" * 1000})
    data = (tmp_path / "a.zip").read_bytes()
    # the stated size stands in both headers
    (tmp_path / "a.zip").write_bytes(data.replace((4004).to_bytes(4, "little"), (40).to_bytes(4, "little")))
    assert "zip" in refused(tmp_path, "a.zip")


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.csv": os.urandom(3000).hex().encode()})
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data[: len(data) // 2])
    assert "cannot be read" in refused(tmp_path, "a.zip")


# content that points elsewhere or never ends

ENTITIES = (
    """<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "ha">{}]><kml xmlns="http://www.opengis.net/kml/2.2"/>"""
)


@pytest.mark.parametrize(
    "text",
    [
        ENTITIES.format(
            "".join(f'<!ENTITY {n} "&{m};&{m};&{m};&{m};">' for m, n in zip("abcdef", "bcdefg", strict=True))
        ),
        ENTITIES.format('<!ENTITY x SYSTEM "file:///etc/passwd">'),
        '<!DOCTYPE kml SYSTEM "http://example.org/kml.dtd"><kml/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["a.gml", "a.kml"])
def test_xml_with_a_document_type_is_refused(tmp_path: Path, text: str, encoding: str, name: str) -> None:
    (tmp_path / name).write_bytes(text.replace("1.0", "1.0").encode(encoding))
    assert "document type or entities" in refused(tmp_path, name)


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "<OGRWFSDataSource><URL>http://example.org</URL></OGRWFSDataSource>",
        '<wfs:WFS_Capabilities xmlns:wfs="http://www.opengis.net/wfs"/>',
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline"}',
        "-- SQL SQLITE\nATTACH DATABASE 'x' AS y;",
    ],
)
@pytest.mark.parametrize("name", ["a.vrt", "a.gml", "a.json", "a.sql"])
def test_files_that_point_elsewhere_are_refused(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text)
    message = refused(tmp_path, name)
    assert "points to data elsewhere" in message or "instructions instead of data" in message


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Serve nothing, and remember who asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}", asked
    listening.shutdown()
    listening.server_close()


GML = (
    '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ogr="http://ogr.maptools.org/" '
    'xmlns:gml="http://www.opengis.net/gml" xsi:schemaLocation="http://ogr.maptools.org/ '
    '{}/wfs?SERVICE=WFS&amp;REQUEST=DescribeFeatureType"><gml:featureMember><ogr:a><ogr:g>'
    '<gml:Point srsName="EPSG:28992"><gml:coordinates>155000,463000</gml:coordinates></gml:Point></ogr:g></ogr:a>'
    "</gml:featureMember></wfs:FeatureCollection>"
)
LINKED = (
    '{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"{}/crs","type":"proj4"}}}},"features":'
    '[{{"type":"Feature","properties":{{"a":1}},"geometry":{{"type":"Point","coordinates":[155000,463000]}}}}]}}'
)


@pytest.mark.parametrize(("name", "text"), [("a.gml", GML), ("a.geojson", LINKED)])
def test_reading_never_goes_to_the_network(
    tmp_path: Path, server: tuple[str, list[str]], name: str, text: str
) -> None:
    # both of these make a plain GDAL call fetch the address
    address, asked = server
    (tmp_path / name).write_text(text.format(address))
    files.read_header(locate(name, tmp_path), None)
    assert shapes(read(tmp_path, name))[0].equals(shapely.Point(155000, 463000))
    assert asked == []
    assert pyogrio.get_gdal_config_option("GDAL_HTTP_PROXY") is None


def test_arcs_in_gml_become_straight_and_are_recorded(tmp_path: Path) -> None:
    # half a circle of radius 100 on a base of 200
    (tmp_path / "a.gml").write_text(
        '<?xml version="1.0"?><ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
        'xmlns:gml="http://www.opengis.net/gml/3.2"><ogr:featureMember><ogr:c gml:id="c.1"><ogr:geom>'
        '<gml:Surface srsName="urn:ogc:def:crs:EPSG::28992"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>'
        "<gml:curveMember><gml:Curve><gml:segments><gml:Arc><gml:posList>155000 463000 155100 463100 155200 463000"
        "</gml:posList></gml:Arc><gml:LineStringSegment><gml:posList>155200 463000 155000 463000</gml:posList>"
        "</gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior>"
        "</gml:PolygonPatch></gml:patches></gml:Surface></ogr:geom><ogr:name>x</ogr:name></ogr:c>"
        "</ogr:featureMember></ogr:FeatureCollection>"
    )
    found = read(tmp_path, "a.gml")
    assert shapes(found)[0].area == pytest.approx(np.pi * 100**2 / 2, rel=0.001)
    assert [record.rule for record in found.records] == ["curves"]


def test_a_ring_that_is_not_closed_is_closed_and_recorded(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":'
        '{"type":"Polygon","coordinates":[[[5,52],[5.1,52],[5.1,52.1],[5,52.1]]]}}]}'
    )
    found = read(tmp_path, "a.geojson")
    assert shapes(found)[0].area == pytest.approx(0.01)
    assert "unclosed_ring" in [record.rule for record in found.records]


def test_a_workbook_with_coordinates(tmp_path: Path) -> None:
    table = pd.DataFrame({"code": ["a", "b"], "x": [155000.5, 155100.0], "y": [463000.0, 463100.0]})
    pyogrio.write_dataframe(table, tmp_path / "a.xlsx", driver="XLSX")
    found = read(tmp_path, "a.xlsx")
    assert shapes(found)[0].equals(shapely.Point(155000.5, 463000))
    assert list(found.frame["code"]) == ["a", "b"]


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b'<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'})
    assert "document type or entities" in refused(tmp_path, "a.xlsx")

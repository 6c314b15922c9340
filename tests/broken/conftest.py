"""Broken inputs, made by code: each ends in a clear error or in a recorded repair.

A test in this folder that takes ``broken`` runs once for each case; ``broken_project`` is then the project
file of a project with that one fault in it, and sound layers otherwise.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HUGE = 10_000_000


@dataclass(frozen=True)
class Broken:
    """One fault.

    Attributes
    ----------
    make
        Writes the faulty file into a folder.
    error
        Part of the message of the error; None when the fault is to be repaired.
    rule
        The rule under which the repair is recorded.
    rows
        Rows that the error or the repair names.
    layer, path, extra
        Which layer is faulty, its path, and further lines of its table in the project file.
    """

    make: Callable[[Path], Any]
    error: str | None = None
    rule: str | None = None
    rows: tuple[str, ...] = ()
    layer: str = "parks"
    path: str = "parks.gpkg"
    extra: str = ""


# sound data to break


def square(x: float, y: float = 463000.0, size: float = 100.0) -> shapely.Polygon:
    return shapely.box(x, y, x + size, y + size)


def parks(shapes: list[Any] | None = None, crs: Any = 28992, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Give three parks of one hectare, or parks of the shapes given."""
    shapes = [square(155000 + 300 * i) for i in range(3)] if shapes is None else shapes
    base = {
        "park_id": [f"p{i}" for i in range(len(shapes))],
        "name": [f"Terrein {i}" for i in range(len(shapes))],
    }
    return gpd.GeoDataFrame(base | columns, geometry=shapes, crs=crs)


def many() -> gpd.GeoDataFrame:
    """Give enough parks that a cut-off file still begins well."""
    return parks([square(130000 + 150 * i).buffer(20) for i in range(300)])


def write(frame: gpd.GeoDataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)


def saved(frame: Callable[[], gpd.GeoDataFrame], name: str = "parks.gpkg") -> Callable[[Path], None]:
    return lambda folder: write(frame(), folder / name)


def cut(name: str, share: float = 0.6) -> Callable[[Path], None]:
    """Write a file and cut it off."""

    def make(folder: Path) -> None:
        write(many(), folder / name)
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: int(len(data) * share)])

    return make


def without(suffix: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        write(parks(), folder / "parks.shp")
        (folder / f"parks{suffix}").unlink()

    return make


def content(name: str, data: bytes | str) -> Callable[[Path], int]:
    return lambda folder: (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


def zipped(entries: dict[str, bytes | str], mode: int = 0) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / "parks.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = mode << 16
                archive.writestr(info, data)

    return make


def locked_zip(folder: Path) -> None:
    """Mark the entry of a zip as encrypted, in both of its headers."""
    zipped({"parks.csv": CSV})(folder)
    data = bytearray((folder / "parks.zip").read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    (folder / "parks.zip").write_bytes(bytes(data))


def cut_zip(folder: Path) -> None:
    zipped({"parks.csv": CSV * 500})(folder)
    data = (folder / "parks.zip").read_bytes()
    (folder / "parks.zip").write_bytes(data[:-40])


def nothing(folder: Path) -> None:
    """Write no file at all."""


def bad_prj(folder: Path) -> None:
    write(parks(), folder / "parks.shp")
    (folder / "parks.prj").write_text("PROJCS[")


def two_layers(folder: Path) -> None:
    parks().to_file(folder / "parks.gpkg", layer="terreinen")
    parks().to_file(folder / "parks.gpkg", layer="kavels")


def geojson(coordinates: str, kind: str = "Polygon") -> str:
    feature = (
        '{"type":"Feature","properties":{"park_id":"p0","name":"A"},'
        f'"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}'
    )
    return f'{{"type":"FeatureCollection","features":[{feature}]}}'


def raw_parquet(geo: str | None, wkb: list[bytes]) -> Callable[[Path], None]:
    """Write GeoParquet by hand, so that it can be wrong."""

    def make(folder: Path) -> None:
        names = [f"p{i}" for i in range(len(wkb))]
        table = pa.table({"park_id": names, "name": names, "geometry": pa.array(wkb, pa.binary())})
        text = geo or json.dumps(
            {"version": "1.0.0", "primary_column": "geometry",
             "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": "EPSG:28992"}}}
        )  # fmt: skip
        pq.write_table(table.replace_schema_metadata({"geo": text}), folder / "parks.parquet")

    return make


def huge(folder: Path) -> None:
    """Write one park with ten million vertices beside a sound one."""
    angle = np.linspace(0, 2 * np.pi, HUGE, endpoint=False)
    ring = np.column_stack([155000 + 1000 * np.cos(angle), 463000 + 1000 * np.sin(angle)])
    closed = np.vstack([ring, ring[:1]])
    # well-known bytes by hand: little-endian, a polygon, one ring, so many points
    wkb = struct.pack("<BIII", 1, 3, 1, len(closed)) + closed.tobytes()
    raw_parquet(None, [square(150000).wkb, wkb])(folder)


def nested(folder: Path) -> None:
    """Write a collection inside a collection, two hundred thousand deep: GEOS alone would crash on it."""
    shell = struct.pack("<BII", 1, 7, 1) * 200_000
    raw_parquet(None, [square(155000).wkb, shell + square(155500).wkb])(folder)


DEEP = "GEOMETRYCOLLECTION (" * 200_000 + "POINT (1 1)" + ")" * 200_000


def water(cemt: list[str], ids: list[str] | None = None) -> gpd.GeoDataFrame:
    shapes = [
        shapely.LineString([(155000 + 500 * i, 463000), (155400 + 500 * i, 463000)]) for i in range(len(cemt))
    ]
    names = [f"w{i}" for i in range(len(cemt))] if ids is None else ids
    return gpd.GeoDataFrame({"waterway_id": names, "cemt": cemt}, geometry=shapes, crs=28992)


def with_number(number: float) -> bytes:
    """Give the bytes of a square of which one coordinate is not finite; shapely itself would not make it."""
    return square(155500.0).wkb.replace(struct.pack("<d", 463100.0), struct.pack("<d", number), 1)


CSV = "park_id;name;wkt\n" + "".join(f"p{i};Terrein {i};{square(155000 + 300 * i).wkt}\n" for i in range(3))
BOMB = "".join(f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
BOWTIE = shapely.Polygon([(155000, 463000), (155100, 463100), (155100, 463000), (155000, 463100)])
LONLAT = [shapely.box(5.38 + i / 100, 52.15, 5.381 + i / 100, 52.151) for i in range(3)]
SWAPPED = [shapely.box(463000, 155000 + 300 * i, 463100, 155100 + 300 * i) for i in range(3)]

CASES: dict[str, Broken] = {
    # files cut short or incomplete
    "geopackage cut short": Broken(cut("parks.gpkg"), "cannot be read"),
    "geojson cut short": Broken(cut("parks.geojson"), "Unterminated", path="parks.geojson"),
    "parquet cut short": Broken(cut("parks.parquet"), "Parquet file cannot be read", path="parks.parquet"),
    "flatgeobuf cut short": Broken(cut("parks.fgb"), "cannot be read", path="parks.fgb"),
    "shapefile cut short": Broken(cut("parks.shp"), "cut short", path="parks.shp"),
    "gml cut short": Broken(cut("parks.gml"), "damaged or cut short", path="parks.gml"),
    "shapefile without shx": Broken(without(".shx"), "lacks its .shx", path="parks.shp"),
    "shapefile without dbf": Broken(without(".dbf"), "lacks its .dbf", path="parks.shp"),
    "geopackage of 0 bytes": Broken(content("parks.gpkg", b""), "empty (0 bytes)"),
    "csv of 0 bytes": Broken(content("parks.csv", b""), "empty (0 bytes)", path="parks.csv"),
    # files that are something else
    "random bytes": Broken(content("parks.gpkg", np.random.default_rng(1).bytes(5000)), "cannot be read"),
    "a picture": Broken(content("parks.geojson", b"\x89PNG\r\n\x1a\n" + bytes(200)), "cannot be read", path="parks.geojson"),
    "text called parquet": Broken(content("parks.parquet", CSV), "Parquet", path="parks.parquet"),
    "a folder": Broken(lambda folder: (folder / "parks.gpkg").mkdir(), "a folder, not a file"),
    "a pipe that nobody writes to": Broken(lambda folder: os.mkfifo(folder / "parks.csv"), "not an ordinary file", path="parks.csv"),
    "a missing file": Broken(nothing, "does not exist"),
    "a link to nowhere": Broken(lambda folder: (folder / "parks.gpkg").symlink_to("gone.gpkg"), "does not exist"),
    "an address on the network": Broken(nothing, "network address", path="/vsicurl/http://127.0.0.1:9/parks.gpkg"),
    "a missing layer": Broken(two_layers, "there are: terreinen, kavels", extra='layer = "parken"'),
    "several layers and none chosen": Broken(two_layers, "none is chosen: terreinen, kavels"),
    # text
    "csv with a binary tail": Broken(content("parks.csv", CSV.encode() + b"\x00\x17\x81" * 50), "from line 5 on", path="parks.csv"),
    "csv with rows of another length": Broken(content("parks.csv", CSV + "p9;te kort\n"), "another number of values", rows=("4",), path="parks.csv"),
    "csv with a column twice": Broken(content("parks.csv", "park_id;name;name\n1;2;3\n"), "more than once", path="parks.csv"),
    "csv with an open quote": Broken(content("parks.csv", CSV + 'p9;"open;x\n'), "cannot be read as a table", path="parks.csv"),
    "csv in an old encoding": Broken(content("parks.csv", CSV.replace("Terrein", "Café").encode("cp1252")), rule="encoding", path="parks.csv", extra='crs = "EPSG:28992"'),
    "json nested too deep": Broken(content("parks.geojson", geojson("[" * 100000 + "]" * 100000)), "Too many nested", path="parks.geojson"),
    "json with a number too large": Broken(content("parks.geojson", geojson("[1e400, 52]", "Point")), "Unrecognized number", path="parks.geojson"),
    # hostile
    "zip with a name leading outside": Broken(zipped({"../parks.csv": CSV}), "leads outside the zip", path="parks.zip"),
    "zip with an absolute name": Broken(zipped({"/etc/parks.csv": CSV}), "leads outside the zip", path="parks.zip"),
    "zip with a link": Broken(zipped({"parks.csv": "/etc/passwd"}, 0o120777), "holds a link", path="parks.zip"),
    "zip bomb": Broken(zipped({"parks.csv": b"0" * 40_000_000}), "grows from", path="parks.zip"),
    "zip with too many entries": Broken(zipped({f"{i}.csv": "x" for i in range(5001)}), "more than the limit of 5,000", path="parks.zip"),
    "zip with a password": Broken(locked_zip, "encrypted", path="parks.zip"),
    "zip cut short": Broken(cut_zip, "cannot be read", path="parks.zip"),
    "zip without data": Broken(zipped({"leesmij.md": "x"}), "no data set that is known", path="parks.zip"),
    "xml with entities without end": Broken(content("parks.gml", f'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "ha">{BOMB}]><g>&i;</g>'), "document type or entities", path="parks.gml"),
    "xml with an entity from elsewhere": Broken(content("parks.kml", '<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]><k>&x;</k>'), "document type or entities", path="parks.kml"),
    "a file that points elsewhere": Broken(content("parks.vrt", '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'), "points to data elsewhere", path="parks.vrt"),
    # coordinate system
    "no system, RD coordinates": Broken(saved(lambda: parks(crs=None), "parks.parquet"), rule="crs_missing", path="parks.parquet"),
    "no system, degrees": Broken(saved(lambda: parks(LONLAT, crs=None), "parks.parquet"), "look like degrees", path="parks.parquet"),
    "degrees labelled RD": Broken(saved(lambda: parks(LONLAT)), rule="crs_degrees"),
    "metres labelled degrees": Broken(saved(lambda: parks(crs=4326)), rule="crs_metres"),
    "axes swapped": Broken(saved(lambda: parks(SWAPPED)), rule="axes_swapped"),
    "another system": Broken(saved(lambda: parks().to_crs(3035)), rule="crs_transformed"),
    "another continent": Broken(saved(lambda: parks([square(-5_000_000)])), "do not lie in or near the Netherlands"),
    "beyond the grid": Broken(saved(lambda: parks([*LONLAT, shapely.box(13, 52, 13.1, 52.1)], crs=4326)), rule="outside_grid", rows=("4",)),
    "an unreadable prj": Broken(bad_prj, "coordinate system in parks.prj cannot be understood", path="parks.shp"),
    # geometry
    "coordinates that are no number": Broken(raw_parquet(None, [square(155000).wkb, with_number(np.nan)]), rule="not_finite", rows=("2",), path="parks.parquet"),
    "coordinates without end": Broken(raw_parquet(None, [square(155000).wkb, with_number(np.inf)]), rule="not_finite", rows=("2",), path="parks.parquet"),
    "a ring that crosses itself": Broken(saved(lambda: parks([square(155300), BOWTIE])), rule="invalid", rows=("2",)),
    "parts that overlap": Broken(saved(lambda: parks([shapely.MultiPolygon([square(155000), square(155050)])])), rule="invalid", rows=("1",)),
    "a ring that is not closed": Broken(content("parks.geojson", geojson("[[[5.38,52.15],[5.39,52.15],[5.39,52.16],[5.38,52.16]]]")), rule="unclosed_ring", rows=("1",), path="parks.geojson"),
    "a ring without area": Broken(saved(lambda: parks([square(155000), shapely.Polygon([(155000, 463000), (155100, 463000), (155200, 463000)])])), rule="collapsed", rows=("2",)),
    "some rows without geometry": Broken(saved(lambda: parks([square(155000), None])), rule="no_geometry", rows=("2",)),
    "all rows without geometry": Broken(saved(lambda: parks([None, None])), "all 2 rows are unusable"),
    "lines instead of areas": Broken(saved(lambda: parks([shapely.LineString([(155000, 463000), (155100, 463000)])])), "wrong_dimension"),
    "a collection of kinds": Broken(saved(lambda: parks([shapely.GeometryCollection([square(155000), shapely.Point(155000, 463000)])])), rule="mixed_geometry", rows=("1",)),
    "a sliver": Broken(saved(lambda: parks([square(155000), shapely.box(155200, 463000, 155300, 463000.02)])), rule="sliver", rows=("2",)),
    "heights": Broken(saved(lambda: parks([shapely.force_3d(square(155000), 5.0)])), rule="height_dropped"),
    "a place at 0, 0": Broken(saved(lambda: gpd.GeoDataFrame({"quay_id": list("abc")}, geometry=[shapely.Point(155000, 463000), shapely.Point(155500, 463000), shapely.Point(0, 0)], crs=28992), "quays.gpkg"), rule="null_place", rows=("3",), layer="quays", path="quays.gpkg"),
    "geometry of broken bytes": Broken(raw_parquet(None, [square(155000).wkb, b"\x01\x03\x00\x00\x00\xff"]), rule="broken_geometry", rows=("2",), path="parks.parquet"),
    "a broken description of the geometry": Broken(raw_parquet('{"primary_column": "gone", "columns": {}}', [square(155000).wkb]), "GeoParquet metadata", path="parks.parquet"),
    "collections without end": Broken(nested, rule="broken_geometry", rows=("2",), path="parks.parquet"),
    "text collections without end": Broken(content("parks.csv", CSV + f"p9;diep;{DEEP}\n"), rule="broken_geometry", rows=("4",), path="parks.csv"),
    "ten million vertices": Broken(huge, "10,000,001 vertices, more than the limit of 1,000,000", rows=("p1",), path="parks.parquet"),
    # attributes
    "an identifier twice": Broken(saved(lambda: water(["Va", "IVa", "II"], ["w", "w", "v"]), "water.gpkg"), "share the identifier 'w'", rows=("1", "2"), layer="waterways", path="water.gpkg"),
    "equal rows": Broken(saved(lambda: parks([square(155000)] * 2, park_id=["p", "p"], name=["A", "A"])), rule="identical_row", rows=("2",)),
    "rows without identifier": Broken(saved(lambda: parks(park_id=["p0", None, ""])), "no value here", rows=("2", "3")),
    "an empty required layer": Broken(saved(lambda: parks([]), "parks.parquet"), "no rows", path="parks.parquet"),
    "an empty optional layer": Broken(saved(lambda: water([]), "water.parquet"), rule="empty_layer", layer="waterways", path="water.parquet"),
    "text where numbers belong": Broken(saved(lambda: parks(gross_ha=["klein", "groot", "5"])), "2 of 3 values are no number", rows=("1", "2")),
    "numbers as text": Broken(saved(lambda: parks(gross_ha=["1,00", "1,01", "0,99"])), rule="number_spelling"),
    "a number without end": Broken(saved(lambda: parks(gross_ha=[1.0, np.inf, 1.0]), "parks.parquet"), rule="out_of_range", rows=("2",), path="parks.parquet"),
    "square metres": Broken(saved(lambda: parks(gross_ha=[10000.0, 10000.0, 9900.0])), rule="unit_m2_layer"),
    "a unit that is not true": Broken(saved(lambda: parks(gross_ha=[1.0, 1.0, 1.0])), "the polygons show that the file is in ha", extra='units = { gross_ha = "m2" }'),
    "net above gross": Broken(saved(lambda: parks(gross_ha=[1.0, 1.0, 1.0], net_ha=[0.8, 0.8, 1.1])), rule="net_above_gross", rows=("3",)),
    "before 1950": Broken(saved(lambda: parks(year=["1975", "v1950", "\ufffd1950"])), rule="year_before", rows=("2",)),
    "municipality GM0000": Broken(saved(lambda: parks(municipality_code=["GM0307", "GM0000", "GM0307"])), rule="municipality_unknown", rows=("2",)),
    "a former municipality": Broken(saved(lambda: parks(municipality_code=["GM0307", "GM0545", "GM0307"])), rule="municipality_former", rows=("2",)),
    "a category that does not exist": Broken(saved(lambda: parks(max_category=["4", "7", "3.2"])), rule="category_unreadable", rows=("2",)),
    "a class that does not exist": Broken(saved(lambda: water(["Va", "VIII", "II"]), "water.gpkg"), rule="cemt_unreadable", rows=("2",), layer="waterways", path="water.gpkg"),
    "a code that is not translated": Broken(saved(lambda: parks(water_claim=["EIGEN", "GEEN", "EIGEN"])), "no known code: 'EIGEN', 'GEEN'", rows=("1", "2", "3")),
    # the project file
    "a column that does not exist": Broken(saved(parks), "no column 'BRUTO'", extra='columns = { gross_ha = "BRUTO" }'),
    "a key that does not exist": Broken(saved(parks), "'colums' is not known", extra="colums = {}"),
    "toml that is broken": Broken(saved(parks), "no valid TOML at line", extra='columns = { gross_ha = "BRUTO"'),
    "toml nested too deep": Broken(saved(parks), "nested too deep", extra="x = " + "[" * 5000 + "]" * 5000),
    "geometry described too deep": Broken(raw_parquet('{"a":' * 5000 + "1" + "}" * 5000, [square(155000).wkb]), "GeoParquet metadata", path="parks.parquet"),
    "a system that does not exist": Broken(saved(parks), "'EPSG:0' is not known", extra='crs = "EPSG:0"'),
}  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``broken`` once for each case."""
    if "broken" in metafunc.fixturenames:
        metafunc.parametrize("broken", list(CASES.values()), ids=[name.replace(" ", "_") for name in CASES])


def write_project(folder: Path, case: Broken) -> Path:
    """Write a project in which one layer has a fault, and give its file."""
    towns = {"municipality_code": ["GM0307"], "name": ["Amersfoort"]}
    area = [square(150000, 460000, 10000)]
    gpd.GeoDataFrame(towns, geometry=area, crs=28992).to_parquet(folder / "towns.parquet")
    case.make(folder)
    layers = {
        "parks": ("sound.parquet", ""),
        "municipalities": ("towns.parquet", ""),
        case.layer: (case.path, case.extra),
    }
    if case.layer != "parks":
        parks().to_parquet(folder / "sound.parquet")
    text = '[project]\nname = "Kapot"\nauthority = "Proef"\nreference_date = 2026-01-01\n'
    for name, (path, extra) in layers.items():
        text += f'\n[layers.{name}]\npath = "{path}"\nsource = "proef"\nlicence = "CC0-1.0"\n{extra}\n'
    file = folder / "project.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def broken_project(broken: Broken, tmp_path: Path) -> Path:
    """Give the project file of a project with one fault."""
    if sys.platform == "win32" and ("pipe" in broken.path or "link" in str(broken.error)):  # pragma: no cover
        pytest.skip("Windows has no such files")
    return write_project(tmp_path, broken)

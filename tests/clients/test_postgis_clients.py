"""A stored release as GDAL and QGIS see it: their own reading of the same tables."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from psycopg.conninfo import conninfo_to_dict

from gis.database import read_address
from layers.postgis.store import store
from layers.release_writer import ReleaseWriter
from tests.support.qgis import ask_qgis

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

SHAPES = {
    "parks": ["Polygon", "MultiPolygon"],
    "waterways": ["LineString"],
    "sensitive_objects": ["Point"],
}
WKT = {
    "Polygon": "POLYGON ((131000 458000, 131400 458000, 131400 458500, 131000 458000))",
    "MultiPolygon": "MULTIPOLYGON (((156000 464000, 156300 464000, 156300 464200, 156000 464000)))",
    "LineString": "LINESTRING (131000 458000, 131100.125 458100)",
    "Point": "POINT (131700.123 458050.568)",
}
IDS = {"parks": "park_id", "waterways": "waterway_id", "sensitive_objects": "object_id"}


@pytest.fixture
def stored(tmp_path: Path, database: str) -> Release:
    tables = {
        name: gpd.GeoDataFrame(
            {
                IDS[name]: [f"{name}-{n}" for n in range(len(kinds))],
                **({"kind": "home"} if name == "sensitive_objects" else {}),
            },
            geometry=[shapely.from_wkt(WKT[kind]) for kind in kinds],
            crs="EPSG:28992",
        )
        for name, kinds in SHAPES.items()
    }
    with ReleaseWriter(tmp_path / "releases", {"parameters": {}}) as writer:
        writer.write_data(tables, {"name": "Proef", "procedure_status": "adopted", "sources": []})
        release = writer.commit()
    store(read_address(database), release)
    return release


def test_gdal_lists_and_reads_the_tables(stored: Release, database: str) -> None:
    if shutil.which("ogrinfo") is None or "PostgreSQL " not in _run("ogrinfo", "--formats"):
        pytest.skip("GDAL's tools with PostgreSQL are not installed (Debian: gdal-bin)")
    source = "PG:" + " ".join(f"{key}={value}" for key, value in conninfo_to_dict(database).items())
    schema = f"kring_{stored.name}"
    for name, kinds in SHAPES.items():
        said = _run("ogrinfo", "-so", source, f"{schema}.{name}(geometry)")
        assert f"Feature Count: {len(kinds)}" in said
        assert "RD New" in said
        geometry = {"parks": "Unknown (any)", "waterways": "Line String", "sensitive_objects": "Point"}[name]
        assert f"Geometry: {geometry}" in said
    written = _run(
        "ogr2ogr", "-f", "GeoJSON", "/vsistdout/", source, "-sql",
        f"SELECT object_id, geometry FROM {schema}.sensitive_objects", "-lco", "COORDINATE_PRECISION=3",
        "-lco", "RFC7946=NO",
    )  # fmt: skip
    (feature,) = json.loads(written)["features"]
    assert feature["properties"]["object_id"] == "sensitive_objects-0"
    assert feature["geometry"]["coordinates"] == [131700.123, 458050.568]


def test_qgis_opens_the_tables(stored: Release, database: str, tmp_path: Path) -> None:
    parts = conninfo_to_dict(database)
    answer: dict[str, Any] = ask_qgis(
        """
from qgis.core import QgsDataSourceUri, QgsWkbTypes
host, port, name, user, password, schema, *tables = sys.argv[1:]
for table in tables:
    uri = QgsDataSourceUri()
    uri.setConnection(host, port, name, user, password)
    uri.setDataSource(schema, table, "geometry", "", "_key")
    layer = QgsVectorLayer(uri.uri(False), table, "postgres")
    answer[table] = {
        "valid": layer.isValid(), "rows": layer.featureCount(), "crs": layer.crs().authid(),
        "type": QgsWkbTypes.displayString(layer.wkbType()), "comment": layer.dataProvider().dataComment(),
        "first": sorted(feature.geometry().asWkt(3) for feature in layer.getFeatures())[0],
    }
""",
        str(parts["host"]), str(parts["port"]), str(parts["dbname"]), str(parts["user"]), str(parts["password"]),
        f"kring_{stored.name}", "waterways", "sensitive_objects",
        home=tmp_path,
    )  # fmt: skip
    for name, kind in (("waterways", "LineString"), ("sensitive_objects", "Point")):
        found = answer[name]
        assert (found["valid"], found["rows"], found["crs"], found["type"]) == (True, 1, "EPSG:28992", kind)
        assert shapely.from_wkt(found["first"]).equals(shapely.from_wkt(WKT[kind]))
        assert found["comment"].startswith(stored.layer(name).label_nl)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout

"""The whole way on loopback: fetch from services, run, publish, serve, and GDAL reads the result.

MapServer gives the parks and pygeoapi the municipalities where they are installed, else our look-alikes do; the
waterways come from the look-alike of an ArcGIS FeatureServer.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from api.jobs.fetch import fetch
from api.jobs.publication import place_of
from api.jobs.publish import publish
from api.jobs.run import main_only, run
from layers.project import load_project
from layers.sample.build import write_sample
from layers.sources.client import make_http
from layers.sources.limits import Limits
from tests.support import mapserver, pygeoapi
from tests.support.needs import required
from tests.support.services import Services
from tests.support.short_plan import no_views

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

SERVE = "import sys; from api.cli.main import main; sys.exit(main(['serve', *sys.argv[1:]]))"
BORN = 60.0
NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = """
[project]
name = "Kringloop"
authority = "Voorbeeldprovincie"
reference_date = 2026-01-01
procedure_status = "adopted"
sample = true
"""
FETCHED = """
[fetch]
area = [105000, 420000, 180000, 490000]
recipes = "recipes"

[layers.parks]
recipe = "ibis_wfs"
fetch = {parks}

[layers.municipalities]
recipe = "gemeenten"
fetch = {municipalities}

[layers.waterways]
recipe = "vaarwegen"
fetch = {waterways}
"""
READ = """
[layers.parks]
path = "parks.gpkg"
recipe = "ibis_wfs"

[layers.municipalities]
path = "municipalities.gpkg"
recipe = "gemeenten"

[layers.waterways]
path = "waterways.gpkg"
recipe = "vaarwegen"

[fetch]
recipes = "recipes"
"""
RECIPE = """
name = "vaarwegen"
layer = "waterways"
title_nl = "Vaarwegen"
title_en = "Waterways"
connector = "arcgis"
source = "voorbeeld"
licence = "CC0-1.0"
[columns]
waterway_id = { field = "vnds_id", status = "sourced" }
name = { field = "name", status = "sourced" }
cemt = { field = "code", status = "sourced" }
[status]
source = "sourced"
licence = "sourced"
"""


def sample_tables(folder: Path) -> dict[str, gpd.GeoDataFrame]:
    """Give three layers of the sample region as they are published, each with a number of its own."""
    write_sample(folder)
    found = {
        "parks": gpd.read_file(folder / "ibis_voorbeeld.geojson").to_crs(28992),
        "municipalities": gpd.read_parquet(folder / "gemeenten_voorbeeld.parquet").to_crs(28992),
        "waterways": gpd.read_file(folder / "vnds_voorbeeld.fgb").to_crs(28992),
    }
    for table in found.values():
        table["volgnr"] = range(1, len(table) + 1)
        # whole millimetres, so that no service has more or fewer decimals than a file
        table.geometry = shapely.set_precision(table.geometry.to_numpy(), 0.001, mode="pointwise")
    return found


def start(tables: dict[str, gpd.GeoDataFrame], folder: Path, stack: ExitStack) -> dict[str, str]:
    """Start what serves the three layers; gives where each is."""
    parks = Services(tables["parks"], page=20)
    towns = Services(tables["municipalities"], page=20)
    water = stack.enter_context(Services(tables["waterways"], page=20))
    if mapserver.PROGRAM is None:
        assert not required("mapserver"), mapserver.MISSING
        parks_url = stack.enter_context(parks).wfs_url
    else:
        parks_url = stack.enter_context(mapserver.MapServer(tables["parks"], folder / "ms", page=20)).url
    if pygeoapi.PYTHON:
        only = {"parks": tables["municipalities"]}
        towns_url = stack.enter_context(pygeoapi.PyGeoApi(only, folder / "py")).url
    else:
        assert not required("pygeoapi"), pygeoapi.MISSING
        towns_url = stack.enter_context(towns).features_url
    return {
        "parks": f'{{ url = "{parks_url}", name = "parks" }}',
        "municipalities": f'{{ url = "{towns_url}", name = "parks" }}',
        "waterways": f'{{ url = "{water.arcgis_url}" }}',
    }


def project_in(folder: Path, text: str) -> Path:
    (folder / "recipes").mkdir(parents=True, exist_ok=True)
    (folder / "recipes" / "vaarwegen.toml").write_text(RECIPE, "utf-8")
    path = folder / "project.toml"
    path.write_text(HEAD + text, "utf-8")
    return path


class SystemLikeClock:
    """The day of the fetch; nobody has to wait."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"{seconds} s were waited")


def fetched_release(tables: dict[str, gpd.GeoDataFrame], folder: Path) -> tuple[Path, Release]:
    with ExitStack() as stack:
        where = start(tables, folder, stack)
        text = FETCHED
        for name, value in where.items():
            text = text.replace(f"{{{name}}}", value)
        path = project_in(folder / "fetched", text)
        limits = Limits(pause_s=0.0)
        http = stack.enter_context(make_http(limits, trust_env=False))
        report = fetch(path, clock=SystemLikeClock(), limits=limits, http=http)
    assert report.state == "good", [one.failed for one in report.outcomes]
    # the services are gone now
    return path, run(main_only(load_project(path)), path.parent / "releases", render=no_views)


def read_release(tables: dict[str, gpd.GeoDataFrame], folder: Path) -> Release:
    path = project_in(folder / "read", READ)
    for name, table in tables.items():
        table.to_file(path.with_name(f"{name}.gpkg"))
    return run(main_only(load_project(path)), path.parent / "releases", render=no_views)


def read_served(project: Path, layer: str) -> Any:
    """Serve what is published and let GDAL read one layer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(project), "--port", str(port)], env=environment
    )
    try:
        until = time.monotonic() + BORN
        while time.monotonic() < until:
            assert process.poll() is None, "the service stopped"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                break
        return pyogrio.read_dataframe(f"OAPIF:http://127.0.0.1:{port}/v1", layer=layer)
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_from_services_to_a_client(tmp_path: Path) -> None:
    tables = sample_tables(tmp_path / "sample")
    project, release = fetched_release(tables, tmp_path)
    expected = read_release(tables, tmp_path).table("park_evidence")
    found = release.table("park_evidence")
    plain = [pd.DataFrame(one.drop(columns="geometry")) for one in (found, expected)]
    pd.testing.assert_frame_equal(plain[0], plain[1])
    sources = {one["layer"]: one for one in release.project["sources"]}
    assert {one["date"] for one in sources.values()} == {"2026-11-01"}
    assert all("Opgehaald op 2026-11-01 van 127.0.0.1" in one["note"] for one in sources.values())
    folder, key = place_of(project)
    publish(release, folder, now=NOW, key=key)
    served = read_served(project, "park_evidence")
    assert served["park_id"].tolist() == expected["park_id"].tolist()
    assert len(served) == tables["parks"]["RIN_NUMMER"].nunique()
    assert served["shore_m"].tolist() == expected["shore_m"].tolist()

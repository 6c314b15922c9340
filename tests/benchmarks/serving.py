"""``python -m tests.benchmarks.serving``: our service beside tipg on PostGIS and pygeoapi, on the same polygons.

``--rivals PYTHON`` names a Python in which tipg and pygeoapi are installed; they are no dependency of ours.
``wrk`` (Debian) asks, on the same machine as the servers, one server at a time. Not like for like: our tiles
were made when the release was published and tipg makes each; tipg gzips and so do we; pygeoapi reads the file
again for every request, by design, and makes no tiles here. Public answers of ours are kept by the worker as
they were sent, and wrk asks one address again and again; ``items 100, boxes`` therefore asks another box every
time, so that nothing kept can help.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import httpx
import numpy as np
import pandas as pd
import psycopg
import shapely
from rich.console import Console
from rich.table import Table

from api.jobs.publish import publish
from gis.crs import rd_to_lonlat
from layers.catalogue import layers_of
from layers.release_writer import ReleaseWriter
from tests.benchmarks.publishing import PROJECT
from tests.support.postgis import postgis_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LAYER: Final = "parks"
VERTICES: Final = 32
START_S: Final = 120.0
UNITS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
TILES: Final = {"tile z8": (8, 131, 84), "tile z12": (12, 2106, 1351)}
"""Name to zoom, column and row in Web Mercator, in the middle of the polygons."""
SEED: Final = 7
BOXES: Final = """
math.randomseed(7)
function request()
  local west, south = 4.75 + 0.5 * math.random(), 51.9 + 0.3 * math.random()
  local box = string.format("&bbox=%.6f,%.6f,%.6f,%.6f", west, south, west + 0.15, south + 0.09)
  return wrk.format(nil, wrk.path .. box)
end
"""
"""Program for wrk: every request asks another box of about 10 by 10 km, with more than 100 polygons."""


@dataclass(frozen=True)
class Speed:
    """What one server did with one address: answers per second, and milliseconds until 99 % were complete."""

    rate: float
    p99_ms: float
    bytes: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and show; 1 when wrk is not there."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving", description=__doc__)
    parser.add_argument("--polygons", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rivals", type=Path, help="Python with tipg and pygeoapi")
    options = parser.parse_args(arguments)
    wrk = shutil.which("wrk")
    if wrk is None:
        Console(stderr=True).print("wrk is not installed (apt-get install wrk)")
        return 1
    found: dict[str, dict[str, Speed]] = {}
    with tempfile.TemporaryDirectory(prefix="kringruimte-serving-") as place:
        frame = polygons(options.polygons)
        with ours(Path(place), frame) as base:
            root = f"{base}/v1/collections/{LAYER}"
            found["ours"] = measure(
                wrk, options, f"{root}/items", f"{root}/tiles/WebMercatorQuad/{{z}}/{{row}}/{{col}}"
            )
            found["ours"]["304"] = unchanged(wrk, options, f"{root}/items?limit=100")
        if options.rivals is not None:
            with postgis_server() as address, tipg(options.rivals, address, frame) as base:
                root = f"{base}/collections/public.{LAYER}"
                found["tipg"] = measure(
                    wrk, options, f"{root}/items", f"{root}/tiles/WebMercatorQuad/{{z}}/{{col}}/{{row}}"
                )
            with pygeoapi(options.rivals, Path(place), frame) as base:
                found["pygeoapi"] = measure(wrk, options, f"{base}/collections/{LAYER}/items", None)
    show(found)
    return 0


def polygons(count: int) -> gpd.GeoDataFrame:
    """Draw polygons of 32 vertices in a square of 60 km around the middle of Utrecht, EPSG:28992."""
    rng = np.random.default_rng(SEED)
    centres = np.column_stack([rng.uniform(110_000, 170_000, count), rng.uniform(425_000, 485_000, count)])
    angles = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    radius = rng.uniform(40, 120, (count, VERTICES))
    rings = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=2) + centres[:, None, :]
    layer = next(layer for layer in layers_of([LAYER]) if layer.name == LAYER)
    table = pd.DataFrame({column.name: pd.Series([None] * count, dtype=object) for column in layer.columns})
    table["park_id"] = [f"P{number:06d}" for number in range(count)]
    table["name"] = [f"Terrein {number}" for number in range(count)]
    return gpd.GeoDataFrame(table, geometry=shapely.polygons(np.round(rings, 3)), crs="EPSG:28992")


@contextmanager
def ours(place: Path, frame: gpd.GeoDataFrame) -> Iterator[str]:
    """Serve a published release of ours with one worker."""
    with ReleaseWriter(place / "releases", {"rows": len(frame)}) as writer:
        writer.write_data({LAYER: frame}, PROJECT)
        release = writer.commit()
    publish(release, place / "published", now=datetime.now(UTC))
    run = "import sys; from api.cli.main import main; sys.exit(main())"
    many = {"KRING_BURST": "1000000", "KRING_PER_SECOND": "1000000"}
    port = free_port()
    command = [sys.executable, "-c", run, "serve", str(place / "published"), "--port", str(port)]
    with running(command, f"http://127.0.0.1:{port}", "/readyz", {**os.environ, **many}) as base:
        yield base


@contextmanager
def tipg(python: Path, address: str, frame: gpd.GeoDataFrame) -> Iterator[str]:
    """Serve the same polygons from PostGIS with tipg."""
    degrees = shapely.set_srid(rd_to_lonlat(np.asarray(frame.geometry.to_numpy(), dtype=object)), 4326)
    with psycopg.connect(address) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(
            f"CREATE TABLE {LAYER} (park_id text PRIMARY KEY, name text, geom geometry(Polygon, 4326))"
        )
        with connection.cursor().copy(f"COPY {LAYER} FROM STDIN") as copy:
            for park, name, shape in zip(frame["park_id"], frame["name"], degrees, strict=True):
                copy.write_row((park, name, shapely.to_wkb(shape, hex=True, include_srid=True)))
        connection.execute(f"CREATE INDEX ON {LAYER} USING gist (geom)")
        connection.execute("ANALYZE")
    port = free_port()
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"]
    at = psycopg.conninfo.conninfo_to_dict(address)
    url = f"postgresql://{at['user']}:{at['password']}@{at['host']}:{at['port']}/{at['dbname']}"
    environment = {**os.environ, "DATABASE_URL": url}
    with running(command, f"http://127.0.0.1:{port}", "/healthz", environment) as base:
        yield base


@contextmanager
def pygeoapi(python: Path, place: Path, frame: gpd.GeoDataFrame) -> Iterator[str]:
    """Serve the same polygons from a GeoJSON file with pygeoapi."""
    shapes = rd_to_lonlat(np.asarray(frame.geometry.to_numpy(), dtype=object))
    file = place / "parks.geojson"
    plain = gpd.GeoDataFrame(frame[["park_id", "name"]], geometry=shapes, crs="EPSG:4326")
    plain.to_file(file, driver="GeoJSON")
    port = free_port()
    config = place / "pygeoapi.yml"
    config.write_text(PYGEOAPI.format(port=port, file=file, layer=LAYER), encoding="utf-8")
    described = place / "openapi.yml"
    environment = {**os.environ, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
    subprocess.run(
        [str(python.parent / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(described)],
        check=True, env=environment, capture_output=True,
    )  # fmt: skip
    command = [
        str(python), "-m", "uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port), "--log-level", "error",
    ]  # fmt: skip
    with running(command, f"http://127.0.0.1:{port}", "/conformance?f=json", environment) as base:
        yield base


PYGEOAPI: Final = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  limits: {{default_items: 10, max_items: 10000}}
  map: {{url: "https://tile.invalid/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: bench, description: bench, keywords: [bench], keywords_type: theme, terms_of_service: none, url: "http://127.0.0.1"}}
  license: {{name: none, url: "http://127.0.0.1"}}
  provider: {{name: bench, url: "http://127.0.0.1"}}
  contact: {{name: bench, email: bench@voorbeeld.invalid}}
resources:
  {layer}:
    type: collection
    title: bench
    description: bench
    keywords: [bench]
    extents: {{spatial: {{bbox: [3, 50, 8, 54], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers:
      - {{type: feature, name: GeoJSON, data: {file}, id_field: park_id}}
"""


@contextmanager
def running(command: list[str], base: str, ready: str, environment: dict[str, str]) -> Iterator[str]:
    """Start a server, wait until it answers, and stop it."""
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_S
        while True:
            try:
                if httpx.get(f"{base}{ready}", timeout=30).is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[-5:]} did not start")
        yield base
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def measure(wrk: str, options: argparse.Namespace, items: str, tile: str | None) -> dict[str, Speed]:
    """Measure every address of one server."""
    asked = {f"items {limit}": f"{items}?limit={limit}" for limit in (10, 100, 1000)}
    if tile is not None:
        asked |= {name: tile.format(z=z, col=col, row=row) for name, (z, col, row) in TILES.items()}
    speeds = {name: press(wrk, options, url) for name, url in asked.items()}
    return speeds | {"items 100, boxes": press(wrk, options, asked["items 100"], program=BOXES)}


def unchanged(wrk: str, options: argparse.Namespace, url: str) -> Speed:
    """Measure what is answered to who holds the answer already."""
    tag = httpx.get(url, headers={"Accept-Encoding": "gzip"}).headers["etag"]
    return press(wrk, options, url, connections=1, headers={"If-None-Match": tag}, expected=304)


def press(
    wrk: str,
    options: argparse.Namespace,
    url: str,
    *,
    connections: int | None = None,
    headers: dict[str, str] | None = None,
    expected: int = 200,
    program: str = "",
) -> Speed:
    """Let wrk ask one address, or what its program in Lua makes of it.

    Raises
    ------
    RuntimeError
        When an answer has another status than the expected one.
    """
    sent = {"Accept-Encoding": "gzip", **(headers or {})}
    first = httpx.get(url, headers=sent, timeout=60)
    if first.status_code != expected:
        raise RuntimeError(f"{url}: {first.status_code} {first.text[:300]}")
    given = [part for name, value in sent.items() for part in ("-H", f"{name}: {value}")]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(program)
        script.flush()
        command = [
            wrk, "-t1", f"-c{connections or options.connections}", f"-d{options.seconds}s", "--timeout", "60s",
            "--latency", "--script", script.name, *given, url,
        ]  # fmt: skip
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text and expected == 200:
        raise RuntimeError(f"{url}: {text}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", text)
    assert rate is not None
    assert late is not None
    size = int(first.headers.get("content-length", len(first.content)))
    return Speed(float(rate[1]), float(late[1]) * UNITS[late[2]], size)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def show(found: dict[str, dict[str, Speed]]) -> None:
    """Show what was measured, and how many times faster ours is."""
    table = Table("request", *(f"{name}: per s, p99 ms, bytes" for name in found), "times tipg", box=None)
    for name, own in found["ours"].items():
        cells = [
            f"{one.rate:.0f}, {one.p99_ms:.1f}, {one.bytes}" if (one := speeds.get(name)) else "-"
            for speeds in found.values()
        ]
        rival = found.get("tipg", {}).get(name)
        table.add_row(name, *cells, f"{own.rate / rival.rate:.1f}" if rival else "-")
    Console(width=140).print(table)


if __name__ == "__main__":
    sys.exit(main())

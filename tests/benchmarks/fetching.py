"""Fetching from pygeoapi on loopback against a bare GDAL read of the same collection.

``KRING_PYGEOAPI=X/bin/python python -m tests.benchmarks.fetching``
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from layers.sources.cache import Cache
from layers.sources.client import Client, make_http
from layers.sources.journal import Journal
from layers.sources.limits import Limits, SystemClock
from layers.sources.ogc_features import fetch_features
from layers.sources.wanted import Wanted
from tests.support import pygeoapi


def points(rows: int) -> gpd.GeoDataFrame:
    """Make points in EPSG:28992 with a number, a text and a value; fixed seed."""
    draw = np.random.default_rng(1)
    places = shapely.points(draw.uniform(110_000, 180_000, rows), draw.uniform(430_000, 480_000, rows))
    values = {
        "volgnr": np.arange(rows),
        "naam": [f"object {i}" for i in range(rows)],
        "waarde": draw.random(rows),
    }
    return gpd.GeoDataFrame(values, geometry=places, crs=28992)


def bare(url: str, page: int) -> tuple[float, int]:
    """Read with GDAL's own driver; gives seconds and rows."""
    begun = time.perf_counter()
    _, table = pyogrio.raw.read_arrow(f"OAPIF:{url}", layer="points", PAGE_SIZE=str(page))
    return time.perf_counter() - begun, table.num_rows


def ours(url: str, page: int, folder: Path) -> tuple[float, int]:
    """Fetch into a GeoParquet file with an empty cache; gives seconds and rows."""
    folder.mkdir()
    limits, clock = Limits(), SystemClock()
    wanted = Wanted("ogc_features", url, "points", page=page, query={"f": "json"})
    with make_http(limits, trust_env=False) as http:
        client = Client(http, Cache(folder / "cache"), clock, limits)
        journal = Journal(folder / "journal", "", clock.now(), timedelta(hours=1))
        begun = time.perf_counter()
        got = fetch_features(client, journal, wanted, folder / "points.parquet")
        return time.perf_counter() - begun, got.rows


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--page", type=int, default=10_000)
    options.add_argument("--repeat", type=int, default=1)
    asked = options.parse_args()
    if not pygeoapi.PYTHON:
        raise SystemExit(pygeoapi.MISSING)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with pygeoapi.PyGeoApi({"points": points(asked.rows)}, folder / "server") as server:
            for number in range(asked.repeat):
                theirs, rows = bare(server.url, asked.page)
                mine, same = ours(server.url, asked.page, folder / str(number))
                if rows != same:
                    raise SystemExit(f"GDAL read {rows} rows and we {same}")
                print(
                    f"{rows} rows: GDAL {theirs:.1f} s, ours {mine:.1f} s, {theirs / mine:.2f} of its speed"
                )


if __name__ == "__main__":
    main()

"""pygeoapi from an environment of its own, as OGC API Features on loopback.

It is heavy and pins libraries that we do not, so it is never installed beside us: ``KRING_PYGEOAPI`` names the
Python of an environment that has it (``python -m venv X && X/bin/pip install pygeoapi``).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    import geopandas as gpd

PYTHON = os.environ.get("KRING_PYGEOAPI", "")
MISSING = "KRING_PYGEOAPI does not name the Python of an environment with pygeoapi"
SYSTEMS = [
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "http://www.opengis.net/def/crs/EPSG/0/28992",
]
STARTED_WITHIN_S = 60


def settings(tables: dict[str, Path], port: int) -> dict[str, Any]:
    resources = {
        name: {
            "type": "collection",
            "title": name,
            "description": name,
            "keywords": ["test"],
            "extents": {"spatial": {"bbox": [3, 50, 8, 54], "crs": SYSTEMS[0]}},
            "links": [],
            "providers": [
                {
                    "type": "feature",
                    "name": "GeoJSON",
                    "data": str(path),
                    "id_field": "volgnr",
                    "crs": SYSTEMS,
                    "storage_crs": SYSTEMS[1],
                }
            ],
        }
        for name, path in tables.items()
    }
    text = {
        "title": "test",
        "description": "test",
        "keywords": ["test"],
        "terms_of_service": "x",
        "url": "http://x",
    }
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": "http://x", "attribution": "x"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**text, "keywords_type": "theme"},
            "license": {"name": "CC0", "url": "http://x"},
            "provider": {"name": "x", "url": "http://x"},
            "contact": {"name": "x"},
        },
        "resources": resources,
    }


class PyGeoApi:
    """OGC API Features over tables in EPSG:28992, each with a unique column ``volgnr``; use it as a context."""

    def __init__(self, tables: dict[str, gpd.GeoDataFrame], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._paths = {name: folder / f"{name}.geojson" for name in tables}
        for name, table in tables.items():
            self._paths[name].write_text(table.to_json(drop_id=True), "utf-8")

    def __enter__(self) -> Self:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config = self._folder / "config.yml"
        # JSON is YAML
        config.write_text(json.dumps(settings(self._paths, port)), "utf-8")
        program = str(Path(PYTHON).with_name("pygeoapi"))
        described = self._folder / "openapi.yml"
        command = [program, "openapi", "generate", str(config), "--output-file", str(described)]
        environment = {**os.environ, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=STARTED_WITHIN_S)
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen([program, "serve"], env=environment, stdout=log, stderr=log)
        self.url = f"http://127.0.0.1:{port}"
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _wait(self) -> None:
        until = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < until:
            try:
                httpx.get(self.url, trust_env=False).raise_for_status()
            except httpx.HTTPError:
                assert self._process.poll() is None, (self._folder / "log").read_text("utf-8")
                time.sleep(0.2)
            else:
                return
        raise TimeoutError((self._folder / "log").read_text("utf-8"))

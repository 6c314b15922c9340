"""A running service on loopback with a small release, for the abstract tests of OGC API Features."""

from __future__ import annotations

import importlib.util
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import shapely
import uvicorn

from api.http.running import app_of_release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.release import Release

BORN_S = 30.0
PLOTS = 57
"""Plots in the release: enough for several pages; the first ten have no area."""


def _hand_made() -> Any:
    path = Path(__file__).parents[1] / "layers" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hand_made_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def conformance_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Give a hand-made release with plots in a row, some without area or place."""
    hand = _hand_made()
    rows = [
        {
            "plot_id": f"P{n:02}",
            "park_id": "RIN1" if n % 2 else "RIN2",
            "area_ha": None if n < 10 else n / 10,
            "shore_m": float(n * 7 % 40),
            "geometry": None
            if n == 5
            else shapely.box(131000 + 120 * n, 458000, 131100 + 120 * n, 458090 + n),
        }
        for n in range(PLOTS)
    ]
    made: Release = hand.write_release(
        tmp_path_factory.mktemp("conformance"), plot_evidence=hand.make_table("plot_evidence", rows)
    )
    return made


@dataclass(frozen=True)
class Service:
    """A running service: its landing page, the release behind it and a client."""

    root: str
    release: Release
    client: httpx.Client

    def get(self, path: str, **params: Any) -> httpx.Response:
        """Get a path below the landing page, or a whole address; ``bbox_crs`` is sent as ``bbox-crs``."""
        url = path if path.startswith("http") else f"{self.root}{path}"
        given = {name.replace("_", "-"): value for name, value in params.items()}
        return self.client.get(url, params=given or None)

    def json(self, path: str, **params: Any) -> Any:
        """Get a path that answers with JSON."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def collections(self) -> list[dict[str, Any]]:
        """The collections as the service lists them."""
        found: list[dict[str, Any]] = self.json("/collections")["collections"]
        return found

    @property
    def placed(self) -> list[dict[str, Any]]:
        """The collections whose features have a place."""
        return [item for item in self.collections if "extent" in item]

    def everything(self, name: str, **params: Any) -> list[dict[str, Any]]:
        """Give all features of a collection on one page."""
        features: list[dict[str, Any]] = self.json(f"/collections/{name}/items", limit=10000, **params)[
            "features"
        ]
        return features


@pytest.fixture(scope="session")
def service(conformance_release: Release) -> Iterator[Service]:
    """Run the service in a thread of this process until the tests are done."""
    # with the protocol named, asyncio turns Nagle's algorithm off; else every answer waits 40 ms
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = app_of_release(conformance_release.path)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        end = time.monotonic() + BORN_S
        while not server.started:
            assert thread.is_alive(), "the service stopped"
            assert time.monotonic() < end, "the service did not answer in time"
            time.sleep(0.02)
        try:
            with httpx.Client(trust_env=False, timeout=20) as client:
                yield Service(f"http://127.0.0.1:{port}/v1", conformance_release, client)
        finally:
            server.should_exit = True
            thread.join(timeout=20)

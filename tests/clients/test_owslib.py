"""OWSLib, as Python programmers use it, reads a running service."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from owslib.ogcapi.features import Features

from api.http.running import app_of_release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BORN_S = 30.0
RD = "http://www.opengis.net/def/crs/EPSG/0/28992"


@pytest.fixture(scope="module")
def features(sample_release: Path, monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Features]:
    monkeypatch_module.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = app_of_release(sample_release)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        end = time.monotonic() + BORN_S
        while not server.started:
            assert thread.is_alive(), "the service stopped"
            assert time.monotonic() < end, "the service did not answer in time"
            time.sleep(0.02)
        try:
            yield Features(f"http://127.0.0.1:{port}/v1")
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_owslib_finds_the_api_definition_and_the_conformance(features: Features) -> None:
    assert features.api()["openapi"] == "3.0.3"
    assert any(
        name.endswith("ogcapi-features-2/1.0/conf/crs") for name in features.conformance()["conformsTo"]
    )


def test_owslib_lists_the_collections(features: Features) -> None:
    assert {"parks", "park_evidence", "municipalities"} <= set(features.feature_collections())


def test_owslib_reads_queryables_and_schema(features: Features) -> None:
    queryables: dict[str, Any] = features.collection_queryables("park_evidence")
    assert queryables["properties"]["shore_m"]["type"] == "number"
    assert "geometry" in queryables["properties"]


def test_owslib_filters_boxes_and_pages(features: Features) -> None:
    everything = features.collection_items("park_evidence", limit=10000)
    assert everything["numberMatched"] == everything["numberReturned"] > 10
    wide = features.collection_items("park_evidence", filter="area_ha > 20", limit=10000)
    by_hand = [f["id"] for f in everything["features"] if (f["properties"]["area_ha"] or 0) > 20]
    assert [f["id"] for f in wide["features"]] == by_hand
    assert 0 < len(by_hand) < everything["numberMatched"]
    boxed = features.collection_items("park_evidence", bbox=["5.0", "52.0", "5.1", "52.1"], limit=10000)
    assert 0 < boxed["numberMatched"] < everything["numberMatched"]
    one = features.collection_item("park_evidence", everything["features"][0]["id"])
    assert one["properties"] == everything["features"][0]["properties"]


def test_owslib_reads_rd(features: Features) -> None:
    page = features.collection_items("park_evidence", crs=RD, limit=1)
    x, y = page["features"][0]["geometry"]["coordinates"][0][0][:2]
    while isinstance(x, list):
        x, y = x
    assert 100_000 < x < 200_000
    assert 400_000 < y < 500_000

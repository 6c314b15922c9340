"""GDAL's OAPIF driver reads every layer of a served release, through the real command line."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.release import Release

SERVE = "import sys; from api.cli.main import main; sys.exit(main(['serve', *sys.argv[1:]]))"
BORN = 60.0
"""Seconds that the service gets to answer."""
ROWS = 53
"""Notes in the released table; the first 30 have no number, so that types cannot be guessed from them."""


def hand_made() -> Any:
    path = Path(__file__).parents[1] / "layers" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hand_made_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    hand = hand_made()
    rows = [
        {"plot_id": f"P{n:02}", "area_ha": None if n < 30 else n / 10, "shore_m": float(n),
         "geometry": shapely.box(131000 + 10 * n, 458000, 131010 + 10 * n, 458100)}
        for n in range(ROWS)
    ]  # fmt: skip
    made: Release = hand.write_release(
        tmp_path_factory.mktemp("gdal"), plot_evidence=hand.make_table("plot_evidence", rows)
    )
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def await_service(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + BORN
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service stopped"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the service did not answer in time")


@pytest.fixture(scope="module", params=["public", "province"])
def served(request: pytest.FixtureRequest, release: Release) -> Iterator[tuple[str, str]]:
    """Serve the release in a process of its own and give its address for GDAL and its level."""
    port = free_port()
    options = ["--port", str(port), "--level", request.param]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(release.path), *options], env=environment)
    pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": "20", "GDAL_HTTP_CONNECTTIMEOUT": "5"})
    try:
        await_service(process, port)
        yield f"OAPIF:http://127.0.0.1:{port}/v1", request.param
    finally:
        pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": None, "GDAL_HTTP_CONNECTTIMEOUT": None})
        process.terminate()
        process.wait(timeout=20)


def names(address: str) -> list[str]:
    return [str(name) for name in pyogrio.list_layers(address)[:, 0]]


def test_gdal_lists_exactly_what_the_level_allows(served: tuple[str, str], release: Release) -> None:
    address, level = served
    hidden = {name for name in release.names if release.level(name) != "public"}
    expected = set(release.names) - (hidden if level == "public" else set())
    assert set(names(address)) == expected


def test_gdal_reads_every_layer_with_every_row(served: tuple[str, str], release: Release) -> None:
    address, _ = served
    for name in names(address):
        table = release.table(name)
        frame = pyogrio.read_dataframe(address, layer=name)
        assert len(frame) == len(table), name
        identifier = release.layer(name).identifier
        if identifier is not None and len(table):
            assert frame[identifier].tolist() == table[identifier].tolist()


def test_gdal_takes_features_in_rd_by_itself_and_to_the_millimetre(
    served: tuple[str, str], release: Release
) -> None:
    address, _ = served
    frame = pyogrio.read_dataframe(address, layer="park_evidence")
    table = release.table("park_evidence")
    assert frame.crs.to_epsg() == 28992
    assert (shapely.hausdorff_distance(frame.geometry, table.geometry.to_numpy()) < 0.001).all()


@pytest.mark.parametrize("name", ["OGC:CRS84", "EPSG:4258", "EPSG:3857"])
def test_gdal_places_features_where_they_are(served: tuple[str, str], release: Release, name: str) -> None:
    address, _ = served
    frame = pyogrio.read_dataframe(address, layer="park_evidence", CRS=name)
    table = release.table("park_evidence")
    assert frame.crs == name
    degrees = frame.to_crs("OGC:CRS84").total_bounds.tolist()
    assert degrees == pytest.approx([5.03, 52.11, 5.41, 52.17], abs=0.02)
    back = frame.to_crs("EPSG:28992")
    # PROJ without the Dutch grid is up to 0.25 m off, and a foot of that is no reason to fail here
    assert (shapely.distance(shapely.centroid(back.geometry), shapely.centroid(table.geometry)) < 0.5).all()


def test_gdal_follows_next_with_small_pages(served: tuple[str, str]) -> None:
    address, _ = served
    frame = pyogrio.read_dataframe(address, layer="plot_evidence", PAGE_SIZE="7")
    assert frame["plot_id"].tolist() == [f"P{n:02}" for n in range(ROWS)]


def test_gdal_filters_by_box_on_the_server(served: tuple[str, str]) -> None:
    address, _ = served
    for options, box, elsewhere in (
        ({}, (155_000, 463_000, 157_000, 465_000), (10_000, 400_000, 20_000, 410_000)),
        ({"CRS": "OGC:CRS84"}, (5.35, 52.1, 5.45, 52.2), (3, 50, 4, 51)),
        ({"CRS": "EPSG:4258"}, (5.35, 52.1, 5.45, 52.2), (3, 50, 4, 51)),
    ):
        found = pyogrio.read_dataframe(address, layer="park_evidence", bbox=box, **options)
        assert found["park_id"].tolist() == ["RIN2"]
        assert len(pyogrio.read_dataframe(address, layer="park_evidence", bbox=elsewhere, **options)) == 0


def test_gdal_counts_what_it_reads(served: tuple[str, str]) -> None:
    address, _ = served
    info = pyogrio.read_info(address, layer="plot_evidence", force_feature_count=True)
    assert info["features"] == len(pyogrio.read_dataframe(address, layer="plot_evidence")) == ROWS


def test_gdal_filters_by_attribute(served: tuple[str, str]) -> None:
    address, _ = served
    found = pyogrio.read_dataframe(address, layer="plot_evidence", where="shore_m > 50 OR plot_id = 'P03'")
    assert found["plot_id"].tolist() == ["P03", "P51", "P52"]


def test_gdal_knows_the_types_of_columns_that_begin_empty(served: tuple[str, str]) -> None:
    address, _ = served
    frame = pyogrio.read_dataframe(address, layer="plot_evidence")
    assert str(frame["area_ha"].dtype) == "float64"
    assert frame["area_ha"].notna().sum() == ROWS - 30
    assert frame["area_ha"].iloc[-1] == pytest.approx((ROWS - 1) / 10)

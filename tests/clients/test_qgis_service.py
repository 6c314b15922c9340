"""QGIS itself adds the layers of the running service by URL, with the key of a municipality or with none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.jobs.keys import add_key
from api.jobs.publish import publish
from api.jobs.roles import Role
from tests.support.qgis import ask_qgis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from layers.release import Release

SERVE = "import sys; from api.cli.main import main; sys.exit(main(['serve', *sys.argv[1:]]))"
BORN_S = 90.0
PROBE = """
root, user, key = sys.argv[1:4]
login = f"username='{user}' password='{key}' " if user else ""
for name in sys.argv[4:]:
    layer = QgsVectorLayer(f"{login}url='{root}' typename='{name}'", name, "OAPIF")
    names = [field.name() for field in layer.fields()] if layer.isValid() else []
    box = layer.extent()
    rows = sorted(str(feature.id()) for feature in layer.getFeatures()) if layer.isValid() else []
    answer[name] = [layer.isValid(), len(rows), names, [box.xMinimum(), box.yMinimum()]]
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    from tests.api.conftest import HAND

    write: Callable[..., Release] = HAND.write_release
    folder = tmp_path_factory.mktemp("qgis")
    release = write(folder / "releases", status="adopted")
    now = datetime.now(UTC)
    publish(release, folder / "published", now=now)
    keys = folder / "keys.json"
    key = add_key(keys, "gis", Role.PROVINCE, frozenset(), until=now + timedelta(days=1), now=now)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder / "published"), "--port", str(port)],
        stderr=subprocess.DEVNULL, env={**os.environ, "KRING_KEYS": str(keys)},
    )  # fmt: skip
    try:
        end = time.monotonic() + BORN_S
        while True:
            assert server.poll() is None, "the service stopped"
            assert time.monotonic() < end, "the service did not answer in time"
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1", key
    finally:
        server.terminate()
        server.wait(60)


def probed(served: tuple[str, str], home: Path, *, known: bool) -> dict[str, Any]:
    root, key = served
    login = ("gis", key) if known else ("", "")
    found: dict[str, Any] = ask_qgis(PROBE, root, *login, "park_evidence", "usable_zones", home=home)
    return found


def test_qgis_adds_what_is_public_by_url(served: tuple[str, str], tmp_path: Path) -> None:
    found = probed(served, tmp_path, known=False)
    valid, rows, names, (west, south) = found["park_evidence"]
    assert (valid, rows) == (True, 2)
    assert {"park_id", "name", "heavy_certain_ha"} <= set(names)
    # degrees: the service names CRS84 first, which QGIS takes
    assert 5.0 < west < 5.1
    assert 52.0 < south < 52.2
    assert found["usable_zones"][:2] == [False, 0], "what is not public is not there"


def test_qgis_adds_the_rest_with_a_key_as_password(served: tuple[str, str], tmp_path: Path) -> None:
    found = probed(served, tmp_path, known=True)
    assert found["park_evidence"][:2] == [True, 2]
    assert found["usable_zones"][:2] == [True, 2]

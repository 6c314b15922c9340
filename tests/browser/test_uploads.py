"""Files that somebody means harm with, sent through the page in a real browser: a clear answer, nothing kept."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.browsing import Visited


def ring(west: float, south: float, size: float) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def geojson(coordinates: object, **more: object) -> bytes:
    return json.dumps({"type": "Polygon", "coordinates": coordinates, **more}).encode()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plan.shp", bytes(200_000_000))
    return packed.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="stolen"</script></svg>'
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a million corners": (
        "groot.geojson",
        lambda: geojson([[[4.9 + n * 1e-7, 52.0] for n in range(1_000_000)]]),
    ),
    "a zip bomb": ("plan.zip", bomb),
    "a picture with a script": ("plan.svg", lambda: SVG),
    "a picture that says it is GeoJSON": ("plan.geojson", lambda: SVG),
    "another grid": (
        "plan.geojson",
        lambda: geojson(
            [ring(600_000, 5_700_000, 400)], crs={"type": "name", "properties": {"name": "EPSG:32631"}}
        ),
    ),
    "outside the province": ("plan.geojson", lambda: geojson([ring(6.5, 53.2, 0.01)])),
    "no area": ("plan.geojson", lambda: json.dumps({"type": "Point", "coordinates": [5.1, 52.1]}).encode()),
    "nothing": ("plan.geojson", lambda: b""),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_file_gets_a_clear_answer_and_is_not_kept(
    visited: Callable[..., Visited], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, make = FILES[kind]
    seen = visited()
    page = seen.goto("/plantoets")
    page.set_default_timeout(60_000)
    # the service runs in this process; other tests have the usual folder at the same time
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    page.get_by_label("Bestand met de grens van het plan").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": make()}
    )
    with page.expect_navigation(timeout=60_000):
        page.get_by_role("button", name="Toets dit plan").click()
    text = page.locator("main").inner_text()
    assert page.locator(".plan-paragraph").count() == 0
    assert page.locator("#fouten").count() or "Te groot" in text
    assert "Traceback" not in text
    assert page.title() != "stolen"
    assert page.locator("html").get_attribute("lang") == "nl"
    assert list(tmp_path.iterdir()) == []

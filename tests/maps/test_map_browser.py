"""The web map in a real browser that has no network."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import shapely

from layers.schema import Level
from maps.reading import View
from maps.webmap import web_map
from tests.support.needs import need

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> str:
    need("chromium", BROWSER, "there is no chromium on this machine (Debian: chromium)")
    return str(BROWSER)


def opened(browser: str, folder: Path, page: bytes) -> tuple[str, list[str]]:
    """Open a page without network; give its DOM and what the console said."""
    file = folder / "map.html"
    file.write_bytes(page)
    run = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND",
            "--window-size=1200,800", "--virtual-time-budget=4000", "--enable-logging=stderr", "--v=0",
            "--dump-dom", file.as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )  # fmt: skip
    return run.stdout, re.findall(r"CONSOLE.*", run.stderr)


@pytest.mark.parametrize("level", [Level.PUBLIC, Level.PROVINCE])
def test_the_map_draws_without_network_and_without_a_word_on_the_console(
    browser: str, tmp_path: Path, region: Release, level: Level
) -> None:
    dom, console = opened(browser, tmp_path, web_map(View(region, level)))
    assert console == []
    assert 'data-ready="yes"' in dom
    drawn = re.findall(r'<path class="leaflet-interactive"[^>]*>', dom)
    filled = [path for path in drawn if "url(#p-verdict-" in path or "url(&quot;#p-verdict-" in path]
    # ten parks, and in the planner's map their twenty plots
    assert len(filled) == (10 if level is Level.PUBLIC else 30)
    assert dom.count("<option value=") == 10
    assert len(re.findall(r'class="place-name"', dom)) == 5


def test_the_balance_of_sub_areas_draws_when_it_is_switched_on(
    browser: str, tmp_path: Path, make: Callable[..., Release]
) -> None:
    area = shapely.box(127500, 441000, 140000, 462500)
    balance = {
        "scope": "sub_area", "area": "U16 Midden", "year": 2035, "group": "total", "water": "any", "rule": "floor",
        "p10_ha": 20.0, "p50_ha": 60.0, "p90_ha": 90.0, "share_short": 0.9,
    }  # fmt: skip
    rows = {
        "sub_areas": [{"sub_area_id": "D1", "name": "U16 Midden", "geometry": area}],
        "balance_groups": [balance],
    }
    page = web_map(View(make(tmp_path / "made", rows=rows), Level.PUBLIC))
    switched = page.replace(b'data-group="sub-area-balance"', b'data-group="sub-area-balance" checked')
    dom, console = opened(browser, tmp_path, switched)
    assert console == []
    assert len(re.findall(r'<path [^>]*fill="url\(#p-shortage-much\)"', dom.replace("&quot;", ""))) == 1
    assert '<div class="legend" data-legend="sub-area-balance">' in dom
    dom, _ = opened(browser, tmp_path, page)
    assert "#p-shortage-much)" not in re.sub(r"<aside.*?</aside>", "", dom, flags=re.DOTALL)
    assert '<div class="legend" data-legend="sub-area-balance" hidden' in dom

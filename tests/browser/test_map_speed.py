"""How long a map takes until it has drawn everything, in a browser that draws without a graphics card."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from tests.support.browsing import running, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.support.browsing import Visited

TRIES = 3
"""Other work on the machine makes one measure long, never all of them short."""
MANY = 20_000


def idle_s(opened: Callable[[], Visited], path: str) -> float:
    found = []
    for _ in range(TRIES):
        seen = opened()
        begun = time.perf_counter()
        seen.map(path)
        found.append(time.perf_counter() - begun)
        seen.page.context.close()
    return min(found)


def test_the_map_of_the_sample_region_is_idle_in_time(visited: Callable[..., Visited]) -> None:
    assert idle_s(visited, "/kaart") < 3


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the service over a release with many plots."""
    from api.http.running import make_service
    from api.http.settings import Settings

    path = Path(__file__).parents[1] / "layers" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hand_made_tables", path)
    assert spec is not None
    assert spec.loader is not None
    hand: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hand)
    rows = [
        {
            "plot_id": f"P{n:05}",
            "park_id": f"RIN{1 + n % 2}",
            "area_ha": 0.6,
            "geometry": shapely.box(
                x := 125_000 + 130 * (n % 200), y := 445_000 + 130 * (n // 200), x + 90, y + 70
            ),
        }
        for n in range(MANY)
    ]
    release = hand.write_release(
        tmp_path_factory.mktemp("crowded"), plot_evidence=hand.make_table("plot_evidence", rows)
    )
    with running(make_service(Settings(release=release.path, burst=100_000))) as root:
        yield root


def test_a_map_of_twenty_thousand_areas_is_idle_in_time(browser: Browser, crowded: str) -> None:
    def opened() -> Visited:
        return visit(browser, crowded)[1]

    assert idle_s(opened, "/kaart?lagen=plot_evidence") < 5

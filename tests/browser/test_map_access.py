"""The page of the map for everybody: axe finds nothing, at all widths and in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.browsing import Visited

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("path", ["/kaart", "/en/kaart?kies=park_evidence:VB001"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_axe_finds_nothing_on_the_page_of_the_map(
    visited: Callable[..., Visited], path: str, width: int
) -> None:
    page = visited(viewport={"width": width, "height": 900}).map(path)
    # axe cannot see what is drawn on a canvas
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert [
        (one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]
    ] == []


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_reaches_out_of_a_small_screen(visited: Callable[..., Visited], width: int) -> None:
    page = visited(viewport={"width": width, "height": 700}).map("/kaart")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_to_press_is_large_enough(visited: Callable[..., Visited]) -> None:
    page = visited().map("/kaart?kies=park_evidence:VB001")
    for button in page.locator("section.map button, section.map input, section.map select").all():
        box = button.bounding_box()
        if box is None:
            continue
        # WCAG 2.5.8: 24 px, or as much room round it; the label of a switch counts as part of it
        if button.get_attribute("type") == "checkbox":
            box = button.locator("xpath=..").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, button.evaluate("node => node.outerHTML")


def test_who_wants_no_motion_gets_none(visited: Callable[..., Visited]) -> None:
    page = visited(reduced_motion="reduce").map("/kaart")
    # at once, in the click itself: an animated zoom would take a third of a second
    zoom = page.get_by_role("button", name="Inzoomen")
    before, after = zoom.evaluate("node => [location.search, (node.click(), location.search)]")
    assert "zoom=" not in before
    assert "zoom=" in after

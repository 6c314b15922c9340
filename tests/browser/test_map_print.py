"""The map on paper: one sheet in the size that was chosen, with all that a map must say."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np
import pypdf
import pyproj
import pytest

from layers.release import open_release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.browsing import Visited

    Open = Callable[..., Visited]

NO_DIALOGUE = "window.print = () => { document.documentElement.dataset.printed = 'yes'; };"
"""A test cannot press the button of the dialogue; what is sent to paper is what `Page.pdf` gives."""
POINT_MM = 25.4 / 72
SHEETS = {
    "a4-landscape": (297, 210), "a4-portrait": (210, 297), "a3-landscape": (420, 297), "a3-portrait": (297, 420),
}  # fmt: skip
LATITUDE, ZOOM = 52.1, 9.4


def opened(visited: Open, path: str = "/kaart") -> Page:
    seen = visited()
    seen.page.add_init_script(NO_DIALOGUE)
    return seen.map(path)


def press(page: Page, size: str) -> pypdf.PdfReader:
    page.get_by_label("Papier").select_option(size)
    page.get_by_role("button", name="Druk af").click()
    page.locator("html[data-printed]").wait_for()
    return pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("size", SHEETS)
def test_a_sheet_says_what_a_map_must_say(visited: Open, sample_release: Path, size: str) -> None:
    paper = press(opened(visited), size)
    assert len(paper.pages) == 1
    box = paper.pages[0].mediabox
    assert (float(box.width) * POINT_MM, float(box.height) * POINT_MM) == pytest.approx(SHEETS[size], abs=0.6)
    text = " ".join(paper.pages[0].extract_text().split())
    release = open_release(sample_release)
    for wanted in (
        "Kaart van de regio", str(release.project["name"]), str(release.project["authority"]), release.name,
        f"peildatum {release.project['reference_date']}", "status: verkenning", "Ruimte voor hoge categorie",
        "geluid bepaald door zone", "niet beoordeeld", "Vaarwegen", "Schematisch voorbeeld",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert re.search(r"De balk is \d+ (km|m) op de grond\.", text)
    assert re.search(r"afgedrukt op \d{1,2}-\d{1,2}-\d{4}", text)
    # layers that are off, and what is for the screen only, stay away
    assert "Kaden en loswallen" not in text
    assert "Zoek een terrein" not in text
    assert "De tabellen bij deze kaart" not in text


def test_the_picture_on_paper_holds_the_map_and_is_sharp(visited: Open) -> None:
    paper = press(opened(visited), "a4-landscape")
    pictures = [image.image for image in paper.pages[0].images if image.image is not None]
    picture = max(pictures, key=lambda image: image.width * image.height).convert("RGB")
    # 210 mm wide at no less than 200 dots per inch
    assert picture.width >= 210 / 25.4 * 200
    colours = np.unique(np.asarray(picture).reshape(-1, 3), axis=0).astype(float)
    # water, and a park of a class, in the colours of the catalogue (drawn at 85 % for areas)
    for wanted, most in (((0x2A, 0x6E, 0xA6), 12), ((0x5D, 0x2D, 0x86), 40)):
        assert np.linalg.norm(colours - wanted, axis=1).min() < most


def test_the_bar_on_paper_is_as_long_as_it_says(visited: Open) -> None:
    page = opened(visited, f"/kaart?midden={LATITUDE},5.2&zoom={ZOOM}")
    seen = page.locator(".map-canvas").bounding_box()
    assert seen is not None
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    picture = page.locator(".map-picture img").bounding_box()
    bar = page.locator(".map-bar span").bounding_box()
    assert picture is not None
    assert bar is not None
    # the ground that the picture is wide, along the parallel on the ellipsoid; a map is 512 px at zoom 0
    inside = seen["width"] - 2
    degrees = inside * 360 / (512 * 2**ZOOM)
    steps = 100
    geod = pyproj.Geod(ellps="WGS84")
    ground = steps * geod.inv(5.0, LATITUDE, 5.0 + degrees / steps, LATITUDE)[2]
    said = re.fullmatch(r"(\d+) (km|m)", page.locator(".map-bar-text").inner_text())
    assert said is not None
    metres = float(said[1]) * (1000 if said[2] == "km" else 1)
    assert bar["width"] / picture["width"] * ground == pytest.approx(metres, rel=0.01)


def test_the_page_as_a_whole_prints_with_its_map_and_tables(visited: Open, sample_release: Path) -> None:
    page = opened(visited)
    paper = pypdf.PdfReader(io.BytesIO(page.pdf()))
    first = " ".join(paper.pages[0].extract_text().split())
    assert "De balk is" in first
    assert open_release(sample_release).name in first
    assert max(image.image.width for image in paper.pages[0].images if image.image is not None) > 700
    assert "Lage Weide" in " ".join(part.extract_text() for part in paper.pages)
    # afterwards the map is back on the screen
    assert page.locator(".map-canvas").is_visible()
    assert page.locator(".map-paper").is_hidden()

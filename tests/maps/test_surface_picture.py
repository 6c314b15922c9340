"""Pictures of the surface: what is drawn, for whom, and that a palette PNG says what its cells are."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.image import imread

from gis.cog import CogWriter, colour
from gis.rasters import Grid, Window
from layers.results_surface import CATEGORY_STYLES, EXCLUSION_STYLES, ROOM_OFFSET
from layers.schema import Level
from maps.png import palette_png
from maps.reading import View
from maps.surface_picture import pictures

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

SVG = "{http://www.w3.org/2000/svg}"
HEAVY, HARD = 7, ROOM_OFFSET + 5
"""Codes of category 5.1 and of a hard restriction in the raster of room."""


def _raster(folder: Path, side: int) -> None:
    """Write a raster of room: category 5.1 in the west, a hard restriction in the east, nothing in the south."""
    folder.mkdir(parents=True)
    styles = [*CATEGORY_STYLES, *EXCLUSION_STYLES[1:]]
    tags = {
        "TIFFTAG_IMAGEDESCRIPTION": "Ruimte, strenge lezing",
        "classes": "; ".join(f"{code}={style.label_nl}" for code, style in enumerate(styles)),
    }
    colours = {code: colour(style.fill) for code, style in enumerate(styles)}
    cells = np.full((side, side), HEAVY, dtype=np.uint8)
    cells[:, side // 2 :] = HARD
    cells[side // 2 :] = 255
    with CogWriter(
        folder / "room_low.tif", Grid(128_000.0, 462_000.0, 10.0, side, side), colours=colours, tags=tags
    ) as writer:
        writer.write(Window(0, 0, side, side), cells)


@pytest.fixture(scope="module")
def surfaced(region: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Give the hand-made release with one raster beside its tables."""
    region.table("municipalities")
    folder = tmp_path_factory.mktemp("surfaced")
    _raster(folder / "data" / "surface", 1600)
    kept = {"municipalities": region.table("municipalities")}
    return replace(region, path=folder, kept=kept)


def test_a_palette_png_holds_its_cells() -> None:
    cells = np.array([[0, 1, 2], [2, 1, 0]], dtype=np.uint8)
    data = palette_png(cells, {0: "#ff0000", 1: "#00ff80"})
    pixels = (imread(BytesIO(data), format="png") * 255).round().astype(int)
    assert pixels.shape == (2, 3, 4)
    assert pixels[0, 0].tolist() == [255, 0, 0, 255]
    assert pixels[1, 1].tolist() == [0, 255, 128, 255]
    # a code without a colour is transparent
    assert pixels[0, 2, 3] == 0
    assert palette_png(cells, {0: "#ff0000", 1: "#00ff80"}) == data


def test_a_picture_shows_the_classes_that_occur_with_their_names(surfaced: Release) -> None:
    (found,) = pictures(View(surfaced, Level.PROVINCE))
    assert found["title"] == "Ruimte in de strenge lezing"
    assert found["says"] == "Ruimte, strenge lezing"
    assert [entry["label"] for entry in found["legend"]] == ["5.1", "harde beperking"]
    drawing = ET.fromstring(str(found["drawing"]).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" '))  # noqa: S314 - our own
    # 1600 cells at most 720: a quarter, so that a pixel is 40 m
    assert drawing.attrib["viewBox"] == "0 0 400 400"
    title = drawing.find(f"{SVG}title")
    assert title is not None
    assert drawing.attrib["aria-labelledby"] == title.attrib["id"]
    assert "Utrecht" in "".join(drawing.itertext())
    assert "2 km" in "".join(drawing.itertext())


def test_cells_have_the_colour_of_their_class_and_exclusions_a_pattern_too(surfaced: Release) -> None:
    (found,) = pictures(View(surfaced, Level.PROVINCE))
    address = re.search(
        r'<image width="400" height="400" href="data:image/png;base64,([^"]+)"', found["drawing"]
    )
    assert address is not None
    import base64

    pixels = (imread(BytesIO(base64.b64decode(address[1])), format="png") * 255).round().astype(int)
    west, east = pixels[:200, :200, :3].reshape(-1, 3), pixels[:200, 200:, :3].reshape(-1, 3)
    heavy = CATEGORY_STYLES[HEAVY]
    assert {tuple(pixel) for pixel in west.tolist()} == {colour(heavy.fill)[:3]}
    hard = EXCLUSION_STYLES[HARD - ROOM_OFFSET]
    assert {tuple(pixel) for pixel in east.tolist()} == {colour(hard.fill)[:3], colour(hard.line)[:3]}
    assert (pixels[200:, :, 3] == 0).all()


def test_light_cells_show_homes_so_only_the_province_sees_them(surfaced: Release, region: Release) -> None:
    for level in (Level.PUBLIC, Level.MUNICIPALITY):
        assert pictures(View(surfaced, level)) == []
    # without rasters there is nothing to draw
    assert pictures(View(region, Level.PROVINCE)) == []


def test_the_same_raster_gives_the_same_picture(surfaced: Release) -> None:
    view = View(surfaced, Level.PROVINCE)
    assert pictures(view) == pictures(view)

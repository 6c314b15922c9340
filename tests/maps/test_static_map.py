"""The printed map: A4, the same bytes every time, and readable whatever the names."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import PathPatch

from layers.schema import Level
from maps.reading import View
from maps.static_face import cut
from maps.static_map import outline, static_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release


@pytest.fixture(scope="module")
def picture(region: Release) -> bytes:
    return static_map(View(region, Level.PUBLIC))


def chunks(data: bytes) -> dict[bytes, list[bytes]]:
    """Give the chunks of a PNG by type."""
    found: dict[bytes, list[bytes]] = {}
    place = 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        found.setdefault(data[place + 4 : place + 8], []).append(data[place + 8 : place + 8 + length])
        place += 12 + length
    return found


def test_the_picture_is_a4_landscape_at_200_dpi(picture: bytes) -> None:
    width, height = struct.unpack(">II", chunks(picture)[b"IHDR"][0][:8])
    assert (width, height) == (2338, 1654)


def test_there_is_no_time_in_the_picture(picture: bytes) -> None:
    found = chunks(picture)
    assert b"tIME" not in found
    assert found[b"tEXt"] == [b"Software\x00kringruimte"]


def test_the_colours_of_the_classes_are_on_the_map(picture: bytes, region: Release) -> None:
    pixels = np.rint(imread(BytesIO(picture))[..., :3] * 255).astype(np.int64)
    seen = set(np.unique(pixels @ np.array([65536, 256, 1])).tolist())
    for style in region.classes("verdict"):
        assert int(style.fill[1:], 16) in seen


def test_a_dollar_sign_in_a_name_is_no_formula(
    tmp_path: Path, make: Callable[..., Release], region: Release
) -> None:
    rows = region.table("park_evidence").drop(columns="geometry").astype(object)
    rows = rows.where(rows.notna(), None).to_dict("records")
    for row, shape in zip(rows, region.table("park_evidence").geometry, strict=True):
        row["name"] = "A $x^ B $\\frac"
        row["geometry"] = shape
    made = make(tmp_path, rows={"park_evidence": rows}, facts={"name": "10 $ en $\\sqrt"})
    assert static_map(View(made, Level.PUBLIC)).startswith(b"\x89PNG")


def test_only_the_required_layers_are_enough(tmp_path: Path, make: Callable[..., Release]) -> None:
    made = make(tmp_path, without=("waterways", "usable_zones", "usable_blocks", "plot_evidence"))
    assert static_map(View(made, Level.PUBLIC)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(0, 0, 10, 10) - shapely.box(4, 4, 6, 6),
        shapely.box(0, 0, 10, 10, ccw=False) - shapely.box(4, 4, 6, 6, ccw=False),
    ],
)
def test_a_hole_in_a_park_stays_a_hole(shape: shapely.Geometry) -> None:
    figure = Figure(figsize=(1, 1), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 10), ylim=(0, 10), frame_on=False)
    axes.add_patch(PathPatch(outline(shape), facecolor="black", edgecolor="none"))
    figure.savefig(target := BytesIO(), format="png", dpi=100)
    pixels = np.rint(imread(BytesIO(target.getvalue())) * 255)
    assert pixels[20, 20, 0] == 0
    assert pixels[50, 50, 0] == 255


def test_long_texts_are_cut() -> None:
    assert cut("kort", 10) == "kort"
    assert cut("een lange naam", 9) == "een lan …"

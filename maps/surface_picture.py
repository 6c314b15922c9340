"""Pictures of the usable-category surface: the rasters of a release, made small, with borders and a legend.

Light cells show where single homes are, so the pictures are for the province. Colours and names of classes
stand in the rasters themselves; what excludes a cell has a pattern as well.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
import shapely
from markupsafe import Markup, escape

from layers.results_surface import EXCLUSION_STYLES
from layers.schema import Level
from maps import geometry
from maps.png import palette_png

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.classes import Pattern
    from maps.reading import View

FOLDER = "data/surface"
LARGE, SMALL = 720, 480
"""Most columns or rows of a picture."""
PICTURES = (
    ("room_low", "Ruimte in de strenge lezing", LARGE),
    ("room_high", "Ruimte in de ruime lezing", LARGE),
    ("usable_low", "Alleen richtafstanden, strenge lezing", SMALL),
    ("usable_high", "Alleen richtafstanden, ruime lezing", SMALL),
    ("exclusions", "Zwaarste beperking op de plek", SMALL),
)
"""Raster to its title and size; the readings of room first, because they answer the question."""
INK = 128
"""Added to a code for the cells that bear the pattern of its class."""
PLAIN = "#6b6b6b"
TIGHT = 4
"""Cells between the lines of a pattern."""
BORDER_TOLERANCE = 2.0
"""Cells by which borders may be off."""
KILOMETRES = (50, 20, 10, 5, 2, 1)


@dataclass(frozen=True, slots=True)
class _Raster:
    """A raster made small: its cells, how large they are, and what the file says of its classes."""

    cells: NDArray[np.uint8]
    west: float
    north: float
    side: float
    fills: dict[int, str]
    labels: dict[int, str]
    says: str


def pictures(view: View) -> list[dict[str, Any]]:
    """Draw the rasters that a release holds.

    Parameters
    ----------
    view
        The release as its reader sees it.

    Returns
    -------
    list of dict
        ``id``, ``title``, ``says``, ``large`` and ``drawing`` (an ``svg`` element), and ``legend`` with a
        swatch and a label for each class that occurs; nothing below the level of the province or without
        rasters.
    """
    if not view.level.allows(Level.PROVINCE):
        return []
    folder = view.release.path / FOLDER
    return [
        _picture(view, folder / f"{name}.tif", name, title, size)
        for name, title, size in PICTURES
        if (folder / f"{name}.tif").is_file()
    ]


def _picture(view: View, path: Path, name: str, title: str, size: int) -> dict[str, Any]:
    raster = _read(path, size)
    patterns = {style.label_nl: style for style in EXCLUSION_STYLES}
    present = [int(code) for code in np.unique(raster.cells) if code in raster.labels]
    cells, colours, legend = raster.cells.copy(), {}, []
    for code in present:
        fill = raster.fills[code]
        colours[code] = fill
        style = patterns.get(raster.labels[code])
        kind: Pattern = "solid" if style is None else style.pattern
        if style is not None:
            marked = (raster.cells == code) & _mask(raster.cells.shape, kind)
            cells[marked] = code + INK
            colours[code + INK] = style.line
        line = PLAIN if style is None else style.line
        legend.append({"swatch": _swatch(fill, line, kind), "label": raster.labels[code]})
    return {
        "id": name.replace("_", "-"),
        "title": title,
        "says": raster.says,
        "large": size == LARGE,
        "drawing": _drawing(view, raster, palette_png(cells, colours), name, title, named=size == LARGE),
        "legend": legend,
    }


def _read(path: Path, size: int) -> _Raster:
    """Read a raster at a power of two below its resolution, which its overviews hold already."""
    with rasterio.open(path) as source:
        factor = 2 ** max(0, math.ceil(math.log2(max(source.width, source.height) / size)))
        shape = (math.ceil(source.height / factor), math.ceil(source.width / factor))
        cells: NDArray[np.uint8] = source.read(1, out_shape=shape)
        tags = source.tags()
        labels = dict(_class(text) for text in tags["classes"].split("; "))
        table = source.colormap(1)
        transform = source.transform
    fills = {code: "#{:02x}{:02x}{:02x}".format(*table[code][:3]) for code in labels}
    side = transform.a * factor
    return _Raster(
        cells, transform.c, transform.f, side, fills, labels, str(tags.get("TIFFTAG_IMAGEDESCRIPTION", ""))
    )


def _class(text: str) -> tuple[int, str]:
    code, _, label = text.partition("=")
    return int(code), label


def _mask(shape: tuple[int, int], pattern: Pattern) -> NDArray[np.bool_]:
    """Tell which cells bear the line of a pattern."""
    row, column = np.ogrid[: shape[0], : shape[1]]
    masks = {
        "diagonal": (row + column) % TIGHT == 0,
        "cross": ((row + column) % (TIGHT + 1) == 0) | ((row - column) % (TIGHT + 1) == 0),
        "dots": (row % TIGHT == 0) & (column % TIGHT == 0),
        "horizontal": np.broadcast_to(row % TIGHT == 0, shape),
    }
    return np.asarray(masks.get(pattern, np.zeros(shape, dtype=bool)), dtype=bool)


def _swatch(fill: str, line: str, pattern: Pattern) -> Markup:
    picture = np.zeros((16, 28), dtype=np.uint8)
    picture[_mask((16, 28), pattern)] = 1
    image = _address(palette_png(picture, {0: fill, 1: line}))
    return Markup(
        '<svg class="swatch" width="30" height="18" aria-hidden="true" focusable="false">'
        '<image x="1" y="1" width="28" height="16" href="{}"/>'
        '<rect x="1" y="1" width="28" height="16" fill="none" stroke="{}"/></svg>'
    ).format(image, line)


def _address(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _drawing(view: View, raster: _Raster, picture: bytes, name: str, title: str, *, named: bool) -> Markup:
    """Put municipal borders, a scale and where there is room names over a picture."""
    rows, columns = raster.cells.shape
    identifier = escape(f"vlak-{name}")
    parts = [
        Markup('<image width="{}" height="{}" href="{}"/>').format(columns, rows, _address(picture)),
        *_borders(view, raster, named=named),
        _scale(raster),
    ]
    return Markup(
        '<svg class="surface" viewBox="0 0 {} {}" role="img" aria-labelledby="{}">'
        '<title id="{}">{}</title>{}</svg>'
    ).format(columns, rows, identifier, identifier, title, Markup().join(parts))


def _borders(view: View, raster: _Raster, *, named: bool) -> list[Markup]:
    places = view.geometry("municipalities")
    thin = geometry.simplified_together(places, BORDER_TOLERANCE * raster.side)
    paths = "".join(_path(ring, raster) for ring in shapely.get_rings(thin))
    parts = [Markup('<path class="border" d="{}"/>').format(paths)]
    if named:
        points = geometry.label_points(places)
        for row, point in zip(view.rows("municipalities"), points, strict=True):
            if point is not None:
                x, y = _cell(point.x, point.y, raster)
                parts.append(Markup('<text class="place" x="{}" y="{}">{}</text>').format(x, y, row["name"]))
    return parts


def _path(ring: shapely.LinearRing, raster: _Raster) -> str:
    points = [_cell(x, y, raster) for x, y in shapely.get_coordinates(ring)]
    return "M" + "L".join(f"{x} {y}" for x, y in points) + "Z"


def _cell(x: float, y: float, raster: _Raster) -> tuple[str, str]:
    return f"{(x - raster.west) / raster.side:.1f}", f"{(raster.north - y) / raster.side:.1f}"


def _scale(raster: _Raster) -> Markup:
    """Draw a bar of a round number of kilometres, at most a fifth of the picture."""
    rows, columns = raster.cells.shape
    room = columns * raster.side / 5000
    length = next((step for step in KILOMETRES if step <= room), KILOMETRES[-1])
    wide = length * 1000 / raster.side
    return Markup(
        '<rect class="scale" x="6" y="{}" width="{}" height="3"/>'
        '<text class="scale-text" x="6" y="{}">{} km</text>'
    ).format(rows - 9, f"{wide:.1f}", rows - 13, length)

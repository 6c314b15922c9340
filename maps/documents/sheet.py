"""A sheet of paper for a map in a document: areas and lines by matplotlib, text by Pillow.

Everything is drawn in pixels from the bottom left. A figure of matplotlib with its axes, ticks and text takes
a quarter of a second; this takes a quarter of that, and a package holds hundreds of maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Final, Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform
from PIL import Image, ImageDraw, ImageFont

from maps.labels import Box
from maps.static_face import INK, hatch
from maps.static_map import AREA, outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.artist import Artist
    from numpy.typing import NDArray

    from layers.classes import ClassStyle

DPI: Final = 144
MM: Final = DPI / 25.4
"""Pixels per millimetre."""
POINT: Final = DPI / 72
"""Pixels per point."""
WHITE: Final = (255, 255, 255)
HALO: Final = 2
"""Pixels of white round the letters of a name on the map."""
COLOURS: Final = 128
CLOSE: Final = 3 * 8**2
"""How far a colour of the palette may be off (squared) to stand for one of ours."""
FONTS: Final = {
    "plain": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "slanted": "DejaVuSans-Oblique.ttf",
}
"""Come along with matplotlib, so that a map is the same on every machine."""
FINE: Final = 4
"""Round marks are drawn this many times larger and then made smaller, which smooths them."""

Face = Literal["plain", "bold", "slanted"]
Anchor = Literal["mm", "la", "ra", "ms"]


@dataclass(frozen=True, slots=True)
class Words:
    """A text on the sheet; `anchor` as Pillow names it, `halo` draws white round the letters."""

    x: float
    y: float
    text: str
    size: float = 7.2
    colour: str = INK
    face: Face = "plain"
    anchor: Anchor = "mm"
    halo: bool = False

    def box(self) -> Box:
        """Give the rectangle that the text takes, in pixels."""
        left, top, right, bottom = font(self.face, self.size).getbbox(self.text, anchor=self.anchor)
        return Box(self.x + left - 2, self.y - bottom - 2, self.x + right + 2, self.y - top + 2)


class Sheet:
    """What is drawn on, from a map window and a size.

    Parameters
    ----------
    width, height
        In millimetres.
    window
        West, south, east and north of the map, in metres EPSG:28992.
    frame
        Where the map stands, in pixels.
    """

    def __init__(
        self, width: float, height: float, window: tuple[float, float, float, float], frame: Box
    ) -> None:
        self.width, self.height = round(width * MM), round(height * MM)
        self.frame = frame
        self.window = shapely.box(*window)
        self._origin = np.array(window[:2])
        self.scale = (frame.right - frame.left) / (window[2] - window[0])
        self._shift = np.array([frame.left, frame.bottom])
        # half a pixel more than whole, so that the renderer does not round down
        size = ((self.width + 0.5) / DPI, (self.height + 0.5) / DPI)
        self._figure = Figure(figsize=size, dpi=DPI, facecolor="white")
        self._clip = Bbox.from_extents(frame.left, frame.bottom, frame.right, frame.top)
        around = 20 / self.scale
        self._cut = (window[0] - around, window[1] - around, window[2] + around, window[3] + around)
        self._words: list[Words] = []
        self._badges: list[tuple[float, float, str]] = []
        self._kept: set[str] = {INK}

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bring coordinates of the map to pixels, shape (n, 2)."""
        moved: NDArray[np.float64] = (points - self._origin) * self.scale + self._shift
        return moved

    def areas(
        self, shapes: Iterable[Any], fill: str, line: str, width: float, order: float,
        style: ClassStyle | None = None,
    ) -> bool:  # fmt: skip
        """Draw areas that do not overlap in one look; tell whether there were any."""
        paths = []
        for shape in shapes:
            seen = shapely.clip_by_rect(shape, *self._cut)
            paths += [
                outline(part)
                for part in shapely.get_parts(seen)
                if shapely.get_dimensions(part) == AREA and not shapely.is_empty(part)
            ]
        if not paths:
            return False
        path = Path.make_compound_path(*paths)
        path.vertices = self.pixels(np.asarray(path.vertices, dtype=np.float64))
        self._patch(path, fill, line, width, order, style, clipped=True)
        return True

    def swatch(
        self, box: Box, fill: str, line: str, width: float, style: ClassStyle | None = None, *,
        order: float = 10.0,
    ) -> None:  # fmt: skip
        """Draw a rectangle that belongs to no place on the map."""
        corners = [(box.left, box.bottom), (box.right, box.bottom), (box.right, box.top), (box.left, box.top)]
        self._patch(Path([*corners, corners[0]], closed=True), fill, line, width, order, style, clipped=False)

    def lines(self, shapes: Iterable[Any], colour: str, width: float, order: float) -> bool:
        """Draw lines of the map in one look; tell whether there were any."""
        found = [
            self.pixels(shapely.get_coordinates(part))
            for shape in shapes
            for part in shapely.get_parts(shapely.clip_by_rect(shape, *self._cut))
            if part.geom_type == "LineString" and not shapely.is_empty(part)
        ]
        if found:
            self.strokes(found, colour, width, order, clipped=True)
        return bool(found)

    def strokes(
        self, lines: Sequence[Any], colour: str, width: float, order: float, *, clipped: bool
    ) -> None:
        """Draw lines that are in pixels already."""
        made = LineCollection(list(lines), colors=colour, linewidths=width, capstyle="butt", zorder=order)
        self._add(made, clipped=clipped)
        self._kept.add(colour)

    def write(self, words: Words) -> None:
        """Put a text on the sheet."""
        self._words.append(words)

    def badge(self, x: float, y: float, text: str) -> None:
        """Put a number in a round mark on the sheet."""
        self._badges.append((x, y, text))

    def png(self) -> bytes:
        """Give the sheet as a PNG with a palette, which is a third of the size of one without."""
        canvas = FigureCanvasAgg(self._figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        cells = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        drawn = Image.fromarray(cells).convert("RGB")
        for words in self._words:
            if words.halo:
                self._print(drawn, words, "white", HALO)
            self._print(drawn, words, words.colour, 0)
        for x, y, text in self._badges:
            mark = _badge(text)
            corner = (round(x - mark.width / 2), round(self.height - y - mark.height / 2))
            drawn.paste(mark, corner, mark)
        target = BytesIO()
        _reduced(drawn, self._kept).save(target, "png", compress_level=6)
        return target.getvalue()

    def _print(self, drawn: Image.Image, words: Words, colour: str, stroke: int) -> None:
        mask, left, top = _letters(words.text, words.face, words.size, words.anchor, stroke)
        drawn.paste(colour, (round(words.x) + left, round(self.height - words.y) + top), mask)

    def _patch(
        self, path: Path, fill: str, line: str, width: float, order: float, style: ClassStyle | None, *,
        clipped: bool,
    ) -> None:  # fmt: skip
        patch = PathPatch(path, facecolor=fill, edgecolor=line, linewidth=width, zorder=order)
        if style is not None:
            hatch(patch, style)
        self._add(patch, clipped=clipped)
        self._kept |= {colour for colour in (fill, line) if colour.startswith("#")}

    def _add(self, artist: Artist, *, clipped: bool) -> None:
        artist.set_transform(IdentityTransform())
        self._figure.add_artist(artist)
        if clipped:
            artist.set_clip_box(self._clip)


@lru_cache(maxsize=32)
def font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    """Give a font; letters are placed the plain way, which does not depend on what else is installed."""
    path = File(mpl.get_data_path()) / "fonts" / "ttf" / FONTS[face]
    return ImageFont.truetype(str(path), size * POINT, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=2048)
def _letters(text: str, face: Face, size: float, anchor: Anchor, stroke: int) -> tuple[Image.Image, int, int]:
    """Give a text as a mask, and where it stands from its anchor; the same words stand on many maps."""
    used = font(face, size)
    left, top, right, bottom = (int(edge) for edge in used.getbbox(text, anchor=anchor, stroke_width=stroke))
    mask = Image.new("L", (max(right - left + 2, 1), max(bottom - top + 2, 1)))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, used, anchor=anchor, stroke_width=stroke)
    return mask, left, top


@lru_cache(maxsize=64)
def _badge(text: str) -> Image.Image:
    size = 21 * FINE
    mark = Image.new("RGBA", (size, size), (255, 255, 255, 0))
    pen = ImageDraw.Draw(mark)
    pen.ellipse((0, 0, size - 1, size - 1), fill="white")
    pen.ellipse((FINE, FINE, size - 1 - FINE, size - 1 - FINE), fill=INK)
    middle = (size / 2, size / 2)
    pen.text(middle, text, "white", font("bold", 6.0 * FINE), anchor="mm")
    return mark.resize((size // FINE, size // FINE), Image.Resampling.LANCZOS)


def _reduced(image: Image.Image, kept: set[str]) -> Image.Image:
    """Bring a picture to a palette in which white and the colours of classes are exact."""
    small = image.quantize(colors=COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = np.array(small.getpalette(), dtype=np.int64).reshape(-1, 3)
    exact = [WHITE, *(tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in sorted(kept))]
    for colour in exact:
        away = ((palette - np.array(colour)) ** 2).sum(axis=1)
        # a colour that is hardly seen has no entry of its own, and must not take that of another
        if away.min() <= CLOSE:
            palette[int(np.argmin(away))] = colour
    small.putpalette(palette.astype(np.uint8).ravel().tolist())
    return small

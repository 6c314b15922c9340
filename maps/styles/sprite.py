"""The pictures of fill patterns as a sprite: one PNG and its index, for MapLibre."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np

from maps.patterns import stroke_colour
from maps.png import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from layers.classes import ClassStyle, Pattern

SIZE: Final = 8
"""Side of a pattern, pixels; it repeats without a seam."""
TRUE_COLOUR: Final = 6
OPACITY: Final = 230


def picture_name(look: ClassStyle) -> str:
    """Name the picture of a class: its pattern and the colour in which it shows; empty for no pattern."""
    if look.pattern in {"solid", "none"}:
        return ""
    return f"{look.pattern}-{stroke_colour(look).removeprefix('#')}"


def sprite_index(looks: Iterable[ClassStyle], ratio: int = 1) -> dict[str, dict[str, int]]:
    """Say where each picture stands in the sprite.

    Parameters
    ----------
    looks
        The classes of the release; classes that look alike share a picture.
    ratio
        1, or 2 for screens with twice the pixels.
    """
    side = SIZE * ratio
    return {
        name: {"x": place * side, "y": 0, "width": side, "height": side, "pixelRatio": ratio}
        for place, name in enumerate(_pictures(looks))
    }


def sprite_png(looks: Iterable[ClassStyle], ratio: int = 1) -> bytes:
    """Draw the sprite, see `sprite_index`; one empty picture when no class has a pattern."""
    pictures = [_picture(pattern, colour, ratio) for pattern, colour in _pictures(looks).values()]
    empty = np.zeros((SIZE * ratio, SIZE * ratio, 4), dtype=np.uint8)
    return _png(np.concatenate(pictures or [empty], axis=1))


def _pictures(looks: Iterable[ClassStyle]) -> dict[str, tuple[Pattern, str]]:
    named = {picture_name(look): (look.pattern, stroke_colour(look)) for look in looks}
    return {name: named[name] for name in sorted(named) if name}


def _picture(pattern: Pattern, colour: str, ratio: int) -> NDArray[np.uint8]:
    """Draw one pattern in one colour on nothing."""
    side = SIZE * ratio
    row, col = np.mgrid[0:side, 0:side]
    if pattern == "horizontal":
        on = row % (side // 2) < ratio
    elif pattern == "dots":
        half = side // 2
        # two dots, each two pixels wide, set off like the fives of dice
        on = (row % half < 2 * ratio) & (col % side // half == row // half) & (col % half < 2 * ratio)
    else:
        on = (row + col) % side < ratio
        if pattern == "cross":
            on |= (row - col) % side < ratio
    out = np.zeros((side, side, 4), dtype=np.uint8)
    out[on] = [*(int(colour[start : start + 2], 16) for start in (1, 3, 5)), OPACITY]
    return out


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Write pixels with their opacity as PNG (ISO/IEC 15948, colour type 6)."""
    rows, columns, _ = pixels.shape
    lines = np.zeros((rows, columns * 4 + 1), dtype=np.uint8)
    lines[:, 1:] = pixels.reshape(rows, -1)
    head = struct.pack(">IIBBBBB", columns, rows, 8, TRUE_COLOUR, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )

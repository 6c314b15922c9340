"""Read back which layers a tile holds, to tell a whole tile from a damaged one (Mapbox Vector Tile 2.1)."""

from __future__ import annotations

import gzip
import zlib
from typing import Final

_LAYERS: Final = 0x1A
"""Field 3 of a tile, with a length: a layer."""
_NAME: Final = 0x0A
"""Field 1 of a layer, with a length: its name, which comes first as we write it."""
_MORE: Final = 0x80
_BITS: Final = 7
_LONGEST: Final = 35
"""Bits of the longest number that is read."""


def layer_names(tile: bytes) -> tuple[str, ...]:
    """Give the names of the layers of a tile.

    Parameters
    ----------
    tile
        As gzip; empty for nothing.

    Raises
    ------
    ValueError
        When it is no whole tile.
    """
    try:
        data = gzip.decompress(tile) if tile else b""
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError("a tile cannot be unpacked") from error
    names, at = [], 0
    while at < len(data):
        layer, at = _field(data, at, _LAYERS)
        name, _ = _field(layer, 0, _NAME)
        names.append(name.decode())
    return tuple(names)


def _field(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """Give one field with a length, and where the next begins."""
    if at >= len(data) or data[at] != tag:
        raise ValueError("a tile holds something else than layers")
    size, shift, at = 0, 0, at + 1
    while True:
        if at >= len(data) or shift >= _LONGEST:
            raise ValueError("a tile ends too early")
        size |= (data[at] & (_MORE - 1)) << shift
        shift, at, last = shift + _BITS, at + 1, data[at] < _MORE
        if last:
            break
    if at + size > len(data):
        raise ValueError("a tile ends too early")
    return data[at : at + size], at + size

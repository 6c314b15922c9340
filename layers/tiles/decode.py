"""Read back which layers a tile holds, to tell a whole tile from a damaged one (Mapbox Vector Tile 2.1)."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAYER: Final = 3
"""Field of a tile."""
_NAME: Final = 1
"""Field of a layer."""
_NUMBER, _BYTES = 0, 2
"""Wire types of protocol buffers that tiles use at these levels."""
_MORE: Final = 0x80
_LONGEST: Final = 63
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
    names = []
    for number, layer in _fields(data):
        if number != _LAYER:
            raise ValueError("a tile holds something else than layers")
        names += [name.decode() for field, name in _fields(layer) if field == _NAME]
    return tuple(names)


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the bytes of every field; those of numbers are empty."""
    at = 0
    while at < len(data):
        tag, at = _number(data, at)
        if tag & 7 == _NUMBER:
            _, at = _number(data, at)
            yield tag >> 3, b""
        elif tag & 7 == _BYTES:
            size, at = _number(data, at)
            if at + size > len(data):
                raise ValueError("a tile ends too early")
            yield tag >> 3, data[at : at + size]
            at += size
        else:
            raise ValueError("a tile holds a field of an unknown kind")


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read one number, and where the next thing begins."""
    found = shift = 0
    while at < len(data) and shift <= _LONGEST:
        byte = data[at]
        found |= (byte & (_MORE - 1)) << shift
        shift, at = shift + 7, at + 1
        if byte < _MORE:
            return found, at
    raise ValueError("a tile ends too early")

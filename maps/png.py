"""A picture of codes as a PNG with a palette: small, and the same bytes for the same cells."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DEPTH, PALETTE = 8, 3
COLOURS = 256


def palette_png(cells: NDArray[np.uint8], colours: Mapping[int, str]) -> bytes:
    """Write a picture (PNG, ISO/IEC 15948, colour type 3).

    Parameters
    ----------
    cells
        Codes, ``(rows, columns)``.
    colours
        Code to ``"#rrggbb"``; a code that is not here is transparent.

    Returns
    -------
    bytes
        The file.
    """
    rows, columns = cells.shape
    palette = np.zeros((COLOURS, 3), dtype=np.uint8)
    alpha = np.zeros(COLOURS, dtype=np.uint8)
    for code, colour in colours.items():
        palette[code] = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
        alpha[code] = 255
    # every row starts with the number of its filter, 0 for none
    lines = np.zeros((rows, columns + 1), dtype=np.uint8)
    lines[:, 1:] = cells
    head = struct.pack(">IIBBBBB", columns, rows, DEPTH, PALETTE, 0, 0, 0)
    return SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"tRNS", alpha.tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

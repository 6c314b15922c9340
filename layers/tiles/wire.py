"""Protocol Buffers as far as vector tiles need them: numbers of variable length, whole arrays at a time."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

VARINT, FIXED64, BYTES = 0, 1, 2
"""Wire types (Protocol Buffers encoding)."""
ONE_BYTE: Final = 0x80
"""What no longer fits in one byte."""
MOST_BYTES: Final = 5
"""Bytes that a number under 2**32 takes at most."""


def varint(value: int) -> bytes:
    """Write one whole number of zero or more, seven bits a byte, the lowest first."""
    if value < ONE_BYTE:
        return bytes((value,))
    out = bytearray()
    while value >= ONE_BYTE:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varints(values: NDArray[np.uint32]) -> tuple[bytes, NDArray[np.int64]]:
    """Write many whole numbers behind each other.

    Returns
    -------
    tuple
        The bytes, and where each number starts in them; one longer than `values`, the total last.
    """
    size = np.ones(len(values), dtype=np.int64)
    for more in range(1, MOST_BYTES):
        size += values >= np.uint32(1 << (7 * more))
    start = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(size, out=start[1:])
    out = np.zeros(int(start[-1]), dtype=np.uint8)
    for byte in range(MOST_BYTES):
        has = size > byte
        if not has.any():
            break
        low = (values[has] >> np.uint32(7 * byte)) & np.uint32(0x7F)
        out[start[:-1][has] + byte] = low | np.where(size[has] > byte + 1, 0x80, 0).astype(np.uint32)
    return out.tobytes(), start


def zigzag(values: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Fold signed numbers into unsigned ones: 0, -1, 1, -2 become 0, 1, 2, 3."""
    folded: NDArray[np.uint32] = ((values << 1) ^ (values >> 63)).astype(np.uint32)
    return folded


def number(field: int, value: int) -> bytes:
    """Write a field that holds a whole number of zero or more."""
    return varint(field << 3 | VARINT) + varint(value)


def block(field: int, data: bytes) -> bytes:
    """Write a field that holds bytes: a text, a packed array or a message."""
    return varint(field << 3 | BYTES) + varint(len(data)) + data


def text(field: int, value: str) -> bytes:
    """Write a field that holds a text."""
    return block(field, value.encode("utf-8"))


def tile_value(value: Any) -> bytes:
    """Write a ``Value`` message of a vector tile: text, double, whole number or yes and no."""
    if isinstance(value, (bool, np.bool_)):
        return number(7, int(value))
    if isinstance(value, (int, np.integer)):
        whole = int(value)
        return number(5, whole) if whole >= 0 else number(6, -2 * whole - 1)
    if isinstance(value, (float, np.floating)):
        return varint(3 << 3 | FIXED64) + struct.pack("<d", float(value))
    return text(1, str(value))

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
    most = max(1, -(-int(values.max(initial=0)).bit_length() // 7))
    groups = values[:, None] >> (7 * np.arange(most, dtype=np.uint32))
    there = groups > 0
    there[:, 0] = True
    low = (groups & np.uint32(0x7F)).astype(np.uint8)
    # every byte but the last of a number says that more follow
    low[:, :-1] |= there[:, 1:].astype(np.uint8) << np.uint8(7)
    start = np.zeros(len(values) + 1, dtype=np.int64)
    there.sum(axis=1).cumsum(out=start[1:])
    return low[there].tobytes(), start


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

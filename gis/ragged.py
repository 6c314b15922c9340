"""Rows with unequally many items, laid end to end in flat arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def expand(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn counts per row into one pair (row, 0 .. count-1) per item."""
    row = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    return row, np.arange(len(row), dtype=np.int64) - first[row]


def blocks(counts: NDArray[np.int64], size: int) -> list[slice]:
    """Divide rows into consecutive slices whose counts add up to about `size`, at least one row each."""
    group = np.cumsum(counts) // size
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])[: len(counts)]
    stops = np.r_[starts[1:], len(counts)]
    return [slice(int(start), int(stop)) for start, stop in zip(starts, stops, strict=False)]

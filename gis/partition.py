"""Cut places into groups that lie together and cost about as much, and find what lies round a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

CELL_M = 500.0
"""Side of the cells in which points are counted, metres."""
MOST_CELLS = 4_000_000
"""A larger region is counted in larger cells."""


def bisect(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64], groups: int
) -> NDArray[np.int64]:
    """Cut places in two, and each half in two again, across the longer side and so that weights balance.

    Parameters
    ----------
    x, y
        Coordinates in metres.
    weight
        What each place costs, above zero.
    groups
        How many groups, any number; at most one per place are made.

    Returns
    -------
    ndarray
        Number of the group of each place, from 0, none empty. Places on one spot are told apart by their
        position, so the same places in the same order always fall into the same groups.
    """
    number = np.zeros(len(x), dtype=np.int64)
    todo = [(np.arange(len(x)), 0, min(groups, len(x)))]
    while todo:
        rows, first, parts = todo.pop()
        if parts <= 1:
            number[rows] = first
            continue
        wide = np.ptp(x[rows]) >= np.ptp(y[rows])
        along, across = (x, y) if wide else (y, x)
        rows = rows[np.lexsort((rows, across[rows], along[rows]))]
        left = parts // 2
        filled = np.cumsum(weight[rows])
        cut = int(np.searchsorted(filled, filled[-1] * left / parts)) + 1
        # each group gets a place, however heavy one of them is
        cut = min(max(cut, left), len(rows) - (parts - left))
        todo += [(rows[:cut], first, left), (rows[cut:], first + left, parts - left)]
    return number


def crowd(boxes: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate how many points lie in each box, from counts per cell: close enough to balance work.

    Parameters
    ----------
    boxes
        ``(n, 4)``: west, south, east, north.
    x, y
        The points.
    """
    if not len(x) or not len(boxes):
        return np.zeros(len(boxes))
    west, south, width, height = x.min(), y.min(), np.ptp(x), np.ptp(y)
    side = max(CELL_M, float(np.sqrt(width * height / MOST_CELLS)), max(width, height) / MOST_CELLS)
    column, row = ((x - west) // side).astype(np.int64), ((y - south) // side).astype(np.int64)
    shape = (int(row.max()) + 1, int(column.max()) + 1)
    counts = np.bincount(row * shape[1] + column, minlength=shape[0] * shape[1]).reshape(shape)
    sums = np.zeros((shape[0] + 1, shape[1] + 1))
    sums[1:, 1:] = counts.cumsum(axis=0).cumsum(axis=1)
    low_x, low_y, high_x, high_y = ((boxes - [west, south, west, south]) // side).T
    c0, c1 = _edges(low_x, shape[1]), _edges(high_x + 1, shape[1])
    r0, r1 = _edges(low_y, shape[0]), _edges(high_y + 1, shape[0])
    return np.asarray(sums[r1, c1] - sums[r0, c1] - sums[r1, c0] + sums[r0, c0], dtype=np.float64)


def _edges(cell: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    return np.clip(cell, 0, count).astype(np.int64)


def grown(boxes: NDArray[np.float64], metres: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Make boxes ``(n, 4)`` larger on every side, by as many metres each."""
    margin = np.asarray(metres, dtype=np.float64).reshape(-1, 1) * np.array([-1.0, -1.0, 1.0, 1.0])
    return np.asarray(boxes + margin, dtype=np.float64)


def touching(table: gpd.GeoDataFrame, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the positions of the rows whose box meets any of the boxes ``(n, 4)``, in order."""
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(table) or not len(boxes):
        return np.zeros(0, dtype=np.int64)
    found: NDArray[Any] = table.sindex.query(shapely.box(*boxes.T))[1]
    return np.unique(found).astype(np.int64)

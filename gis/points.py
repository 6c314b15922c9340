"""Points kept as coordinate arrays, with an index that finds those near polygons.

Nine million points as shapely objects with a tree take 3 GB; as two sorted arrays they take a twentieth.
The index sorts points by horizontal band and, within a band, by x. The points near a box are then one
contiguous run per band, found by binary search for all boxes at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND_M = 250.0
CHUNK_PAIRS = 1_000_000
MILLIMETRE = 0.001


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of a query shape and a target, sorted by query, then target.

    Attributes
    ----------
    query, target
        Positions, int64 arrays of one length.
    distance
        Metres, float64, zero where they touch.
    """

    query: NDArray[np.int64]
    target: NDArray[np.int64]
    distance: NDArray[np.float64]


class PointIndex:
    """Points by band and x.

    Parameters
    ----------
    x, y
        Coordinates in metres in a projected system, float64 arrays of one length, finite.
    """

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self.size = len(x)
        self._x0 = float(x.min()) if self.size else 0.0
        self._y0 = float(y.min()) if self.size else 0.0
        band = np.floor((y - self._y0) / BAND_M)
        # one sortable key: the band number times a width that no x reaches, plus x
        self._width = (float(x.max()) - self._x0 if self.size else 0.0) + 1.0
        key = band * self._width + (x - self._x0)
        self._order = np.argsort(key, kind="stable")
        self._key = key[self._order]
        self._x = x[self._order]
        self._y = y[self._order]
        self._bands = int(band.max()) + 1 if self.size else 0

    def box_counts(self, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
        """Count the points that fall in the bands and x range of each box ``(xmin, ymin, xmax, ymax)``."""
        box, start, stop = self._runs(boxes)
        return np.bincount(box, weights=stop - start, minlength=len(boxes)).astype(np.int64)

    def _runs(
        self, boxes: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Give box number, start and stop of each run of candidate points."""
        empty = np.zeros(0, dtype=np.int64)
        if not self.size or not len(boxes):
            return empty, empty, empty
        low = np.clip(np.floor((boxes[:, 1] - self._y0) / BAND_M), 0, self._bands).astype(np.int64)
        high = np.clip(np.floor((boxes[:, 3] - self._y0) / BAND_M) + 1, 0, self._bands).astype(np.int64)
        box, offset = _expand(np.maximum(high - low, 0))
        band = (low[box] + offset).astype(np.float64) * self._width
        left = np.clip(boxes[box, 0] - self._x0, 0.0, self._width)
        # points on the last x of a band lie one metre below the next band, so clipping at width - 0.5 is safe
        right = np.clip(boxes[box, 2] - self._x0, -0.5, self._width - 0.5)
        start = np.searchsorted(self._key, band + left, side="left")
        stop = np.searchsorted(self._key, band + right, side="right")
        return box, start, np.maximum(stop, start)

    def in_boxes(
        self, boxes: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Give the pairs of box and point with the point inside the box (edges included), and x and y."""
        box, start, stop = self._runs(boxes)
        run, offset = _expand(stop - start)
        position = start[run] + offset
        pair_box = box[run]
        y = self._y[position]
        keep = (y >= boxes[pair_box, 1]) & (y <= boxes[pair_box, 3])
        x = self._x[position]
        keep &= (x >= boxes[pair_box, 0]) & (x <= boxes[pair_box, 2])
        position = position[keep]
        return pair_box[keep], self._order[position], self._x[position], self._y[position]

    def within(
        self, shapes: NDArray[Any], boxes: NDArray[np.float64], distance: NDArray[np.float64]
    ) -> Pairs:
        """Give every pair of shape and point at most `distance` apart.

        Parameters
        ----------
        shapes
            Shapely geometries.
        boxes
            Their bounds, ``(n, 4)``.
        distance
            Metres per shape.
        """
        reach = boxes + np.column_stack((-distance, -distance, distance, distance))
        query, target, x, y = self.in_boxes(reach)
        gap = _box_distance(boxes[query], x, y)
        near = gap <= distance[query]
        query, target, x, y = query[near], target[near], x[near], y[near]
        exact = shapely.distance(shapes[query], shapely.points(x, y))
        keep = exact <= distance[query]
        return _sorted_pairs(query[keep], target[keep], exact[keep])


def _box_distance(
    boxes: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the distance between each point and its box, zero inside; never more than to the shape in it."""
    dx = np.maximum(np.maximum(boxes[:, 0] - x, x - boxes[:, 2]), 0.0)
    dy = np.maximum(np.maximum(boxes[:, 1] - y, y - boxes[:, 3]), 0.0)
    return np.hypot(dx, dy)


def _expand(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn counts per row into (row, 0 .. count-1) pairs."""
    row = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    return row, np.arange(len(row), dtype=np.int64) - first[row]


def _sorted_pairs(
    query: NDArray[np.int64], target: NDArray[np.int64], distance: NDArray[np.float64]
) -> Pairs:
    order = np.lexsort((target, query))
    return Pairs(query[order], target[order], distance[order])

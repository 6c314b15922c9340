"""Points kept as coordinate arrays, with an index that finds those near shapes.

Nine million points as shapely objects with a tree take 3 GB; as two sorted arrays they take a twentieth.
The index sorts points by horizontal band and, within a band, by x. The points near a box are then one
contiguous run per band, found by binary search for all boxes at once. Most questions are then settled by
bounds of the distance; the exact distance is computed only for the points that the bounds leave open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.outlines import SLACK_M
from gis.ragged import expand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.outlines import Outlines

BAND_M = 250.0
CHUNK_PAIRS = 100_000
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
        self._order = _sort_order(key)
        self._key = key[self._order]
        self._x = x[self._order]
        self._y = y[self._order]
        self._bands = int(band.max()) + 1 if self.size else 0

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest box around all points, ``(xmin, ymin, xmax, ymax)``."""
        return self._x0, self._y0, self._x0 + self._width - 1.0, float(self._y.max(initial=self._y0))

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
        box, offset = expand(np.maximum(high - low, 0))
        band = (low[box] + offset).astype(np.float64) * self._width
        left = np.clip(boxes[box, 0] - self._x0, 0.0, self._width)
        # points on the last x of a band lie one metre below the next band, so clipping at width - 0.5 is safe
        right = np.clip(boxes[box, 2] - self._x0, -0.5, self._width - 0.5)
        start = np.searchsorted(self._key, band + left, side="left")
        stop = np.searchsorted(self._key, band + right, side="right")
        return box, start, np.maximum(stop, start)

    def _in_runs(self, boxes: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the pairs of box and place in the index of the points in the bands and x range of the box."""
        box, start, stop = self._runs(boxes)
        run, offset = expand(stop - start)
        return box[run], start[run] + offset

    def _in_boxes(
        self, boxes: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Give the pairs of box and point in the box, with x and y, in the order of the boxes."""
        box, place = self._in_runs(boxes)
        y = self._y[place]
        keep = np.flatnonzero((y >= boxes[box, 1]) & (y <= boxes[box, 3]))
        place = place[keep]
        return box[keep], self._order[place], self._x[place], y[keep]

    def inside(self, shapes: NDArray[Any], outlines: Outlines) -> Pairs:
        """Give every pair of shape and point that touch."""
        query, place = self._in_runs(outlines.boxes(0.0))
        touch = np.flatnonzero(_touch(shapes, query, self._x[place], self._y[place]))
        return sorted_pairs(query[touch], self._order[place[touch]], np.zeros(len(touch)))

    def within(self, shapes: NDArray[Any], outlines: Outlines, reach: NDArray[np.float64]) -> Pairs:
        """Give every pair of shape and point at most `reach` metres (one per shape) apart.

        Parameters
        ----------
        shapes
            Shapely geometries.
        outlines
            Their outlines.
        reach
            Metres per shape.
        """
        if not reach.any():
            return self.inside(shapes, outlines)
        query, target, x, y = self._in_boxes(outlines.boxes(reach))
        keep = np.flatnonzero(outlines.at_least(query, x, y) <= reach[query] + SLACK_M)
        query, target = query[keep], target[keep]
        exact = _distance(shapes, query, x[keep], y[keep])
        near = exact <= reach[query]
        return sorted_pairs(query[near], target[near], exact[near])

    def sum_within(
        self,
        shapes: NDArray[Any],
        outlines: Outlines,
        reach: NDArray[np.float64],
        weight: NDArray[np.float64] | None,
    ) -> NDArray[np.float64]:
        """Sum the weights (default 1 each) of the points at most `reach` metres from each shape."""
        query, target, x, y = self._in_boxes(outlines.boxes(reach))
        limit = reach[query]
        counts = outlines.surely_within(query, x, y, limit - SLACK_M)
        unsure = np.flatnonzero(~counts & (outlines.at_least(query, x, y) <= limit + SLACK_M))
        counts[unsure] = _distance(shapes, query[unsure], x[unsure], y[unsure]) <= limit[unsure]
        query, target = query[counts], target[counts]
        values = None if weight is None else weight[target]
        if values is not None and (values != np.rint(values)).any():
            # fractions add up differently in another order; the bands depend on which points there are
            order = np.lexsort((target, query))
            query, values = query[order], values[order]
        return np.bincount(query, weights=values, minlength=len(shapes)).astype(np.float64)

    def nearest_within(self, shapes: NDArray[Any], outlines: Outlines, reach: float) -> Pairs:
        """Give the pairs at most `reach` metres apart among which is each shape's nearest point.

        Every point that is at most a millimetre farther than the nearest one is among them too.
        """
        query, target, x, y = self._in_boxes(outlines.boxes(reach))
        best = np.full(len(shapes), reach)
        np.minimum.at(best, query, outlines.at_most(query, x, y))
        keep = np.flatnonzero(outlines.at_least(query, x, y) <= best[query] + MILLIMETRE + SLACK_M)
        query, target = query[keep], target[keep]
        exact = _distance(shapes, query, x[keep], y[keep])
        near = exact <= reach
        return sorted_pairs(query[near], target[near], exact[near])


def _sort_order(key: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the stable order of `key`; the default sort is far faster, and only its ties need mending."""
    order = np.argsort(key)
    tied = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    if len(tied):
        tied = np.union1d(tied, tied + 1)
        order[tied] = order[tied][np.lexsort((order[tied], key[order[tied]]))]
    return order


def _touch(
    shapes: NDArray[Any], query: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    # copies, because a prepared geometry may not be used by two threads and the caller's stay as they are
    prepared = shapely.force_2d(shapes)
    shapely.prepare(prepared)
    return np.asarray(shapely.intersects_xy(prepared[query], x, y), dtype=np.bool_)


def _distance(
    shapes: NDArray[Any], query: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the exact distance of each pair; a point inside costs little however large the shape."""
    distance = np.zeros(len(query))
    apart = np.flatnonzero(~_touch(shapes, query, x, y))
    points = shapely.points(x[apart], y[apart])
    distance[apart] = shapely.distance(shapes[query[apart]], points)
    return distance


def sorted_pairs(query: NDArray[np.int64], target: NDArray[np.int64], distance: NDArray[np.float64]) -> Pairs:
    """Put pairs, none of them twice, in the order of query, then target."""
    # one key sorts much faster than two; pairs are unique, so the order is certain
    order = np.argsort(query * (target.max(initial=0) + 1) + target)
    return Pairs(query[order], target[order], distance[order])

"""Nearest targets and targets within a distance, for targets of any shape.

Point targets stay coordinate arrays; others go into an STR-tree. Ties are broken by the distance rounded to
a millimetre and then by the position of the target, so with targets sorted by identifier the answer does not
depend on the order in which rows came in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.outlines import Outlines
from gis.parallel import map_each, map_slices
from gis.points import CHUNK_PAIRS, MILLIMETRE, Pairs, PointIndex, sorted_pairs
from gis.ragged import blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_REACH_M = 100.0
SHAPES_AT_ONCE = 500


class Targets:
    """What distances are measured to.

    Parameters
    ----------
    geometry
        Shapely geometries in a projected system in metres, not empty; None for points given as `x`, `y`.
    x, y
        Coordinates of point targets, instead of `geometry`.
    """

    def __init__(
        self,
        geometry: NDArray[Any] | None = None,
        *,
        x: NDArray[np.float64] | None = None,
        y: NDArray[np.float64] | None = None,
    ) -> None:
        if geometry is None:
            if x is None or y is None:
                raise ValueError("give geometry, or x and y")
            self.size = len(x)
            self._point_position = np.arange(self.size, dtype=np.int64)
            self._points = PointIndex(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
            shapes = np.zeros(0, dtype=object)
            self._shape_position = np.zeros(0, dtype=np.int64)
        else:
            self.size = len(geometry)
            is_point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
            self._point_position = np.flatnonzero(is_point)
            points = geometry[is_point]
            self._points = PointIndex(shapely.get_x(points), shapely.get_y(points))
            self._shape_position = np.flatnonzero(~is_point)
            shapes = geometry[~is_point]
        self._shapes = shapes
        self._tree = shapely.STRtree(shapes)
        if len(shapes):
            # the tree is built at its first query; do that before threads share it
            self._tree.query(shapely.Point(0, 0))

    def pairs_within(
        self, shapes: NDArray[Any], distance: float | NDArray[np.float64], *, threads: int | None = None
    ) -> Pairs:
        """Give every pair of a shape and a target that are at most `distance` metres apart.

        Parameters
        ----------
        shapes
            Shapely geometries, same system as the targets.
        distance
            Metres, one for all or one per shape.
        threads
            Number of threads, None for the number of processors.
        """
        reach = np.broadcast_to(np.asarray(distance, dtype=float), (len(shapes),))
        outlines = Outlines.of(shapes)

        def points(rows: slice) -> Pairs:
            part = self._points.within(shapes[rows], outlines.take(rows), reach[rows])
            return Pairs(part.query + rows.start, self._point_position[part.target], part.distance)

        def others(part: slice) -> Pairs:
            query, found = self._tree.query(shapes[part], predicate="dwithin", distance=reach[part])
            exact = shapely.distance(shapes[part][query], self._shapes[found])
            return Pairs(query + part.start, self._shape_position[found], exact)

        parts = map_each(points, self._blocks(outlines.boxes(reach)), threads=threads)
        if len(self._shapes):
            parts += map_slices(others, len(shapes), size=SHAPES_AT_ONCE, threads=threads)
        return _joined(parts)

    def _blocks(self, boxes: NDArray[np.float64]) -> list[slice]:
        """Divide shapes so that a part has not too many points in its boxes."""
        return blocks(self._points.box_counts(boxes), CHUNK_PAIRS) if self._points.size else []

    def sum_within(
        self,
        shapes: NDArray[Any],
        distance: float | NDArray[np.float64],
        weight: NDArray[np.float64] | None = None,
        *,
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Sum the weights (default 1 each) of the targets within `distance` metres of each shape."""
        reach = np.broadcast_to(np.asarray(distance, dtype=float), (len(shapes),))
        outlines = Outlines.of(shapes)
        of_points = None if weight is None else weight[self._point_position]
        total = np.zeros(len(shapes))

        def points(rows: slice) -> None:
            part = outlines.take(rows)
            total[rows] += self._points.sum_within(shapes[rows], part, reach[rows], of_points)

        def others(part: slice) -> None:
            query, found = self._tree.query(shapes[part], predicate="dwithin", distance=reach[part])
            order = np.lexsort((found, query))
            query, found = query[order], found[order]
            values = None if weight is None else weight[self._shape_position[found]]
            total[part] += np.bincount(query, weights=values, minlength=part.stop - part.start)

        # no two calls write to the same rows
        map_each(points, self._blocks(outlines.boxes(reach)), threads=threads)
        if len(self._shapes):
            map_slices(others, len(shapes), size=SHAPES_AT_ONCE, threads=threads)
        return total

    def nearest(
        self, shapes: NDArray[Any], *, limit: float = np.inf, threads: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Find the nearest target of each shape.

        Parameters
        ----------
        shapes
            Shapely geometries, same system as the targets.
        limit
            Targets farther than this many metres do not count.
        threads
            Number of threads, None for the number of processors.

        Returns
        -------
        target, distance
            Position of the target (-1 where there is none) and metres (infinite where there is none), the
            distance exact, the choice between targets made at a millimetre.
        """
        outlines = Outlines.of(shapes)

        def one(part: slice) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            target = np.full(part.stop - part.start, -1, dtype=np.int64)
            distance = np.full(part.stop - part.start, np.inf)
            if len(self._shapes):
                self._nearest_shapes(shapes[part], limit, target, distance)
            if self._points.size:
                self._nearest_points(shapes[part], outlines.take(part), limit, target, distance)
            return target, distance

        parts = map_slices(one, len(shapes), size=SHAPES_AT_ONCE, threads=threads)
        if not parts:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])

    def _nearest_shapes(
        self,
        shapes: NDArray[Any],
        limit: float,
        target: NDArray[np.int64],
        distance: NDArray[np.float64],
    ) -> None:
        # the target nearest to the middle of a shape is near the shape too, and found much faster; its
        # distance to the shape bounds the search, and a millimetre more finds the ties
        middle = shapely.centroid(shapely.envelope(shapes))
        query, found = self._tree.query_nearest(middle, all_matches=False)
        bound = np.minimum(shapely.distance(shapes[query], self._shapes[found]) + MILLIMETRE, limit)
        pair, found = self._tree.query(shapes[query], predicate="dwithin", distance=bound)
        exact = shapely.distance(shapes[query[pair]], self._shapes[found])
        _keep_nearest(target, distance, Pairs(query[pair], self._shape_position[found], exact))

    def _nearest_points(
        self,
        shapes: NDArray[Any],
        outlines: Outlines,
        limit: float,
        target: NDArray[np.int64],
        distance: NDArray[np.float64],
    ) -> None:
        """Search in growing circles, so that dense surroundings cost little and sparse ones are found."""
        todo = np.flatnonzero(np.isfinite(outlines.tangent[0]))
        reach = min(FIRST_REACH_M, limit)
        # no point of the set lies farther from a shape than the far corner of both boxes
        everything = min(limit, self._farthest(outlines))
        while len(todo):
            settled = np.zeros(len(shapes), dtype=bool)
            for block in self._blocks(outlines.take(todo).boxes(reach)):
                rows = todo[block]
                # a millimetre more, because a point that far beyond the circle may still tie with one in it
                part = self._points.nearest_within(
                    shapes[rows], outlines.take(rows), min(reach + MILLIMETRE, limit)
                )
                found = Pairs(rows[part.query], self._point_position[part.target], part.distance)
                _keep_nearest(target, distance, found)
                settled[found.query[found.distance <= reach]] = True
            if reach >= everything:
                return
            todo = todo[~settled[todo]]
            reach = min(reach * 2.0, everything)

    def _farthest(self, outlines: Outlines) -> float:
        boxes = np.vstack((outlines.boxes(0.0), self._points.bounds))
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        return float(np.hypot(*(boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)))) + 1.0


def _keep_nearest(target: NDArray[np.int64], distance: NDArray[np.float64], pairs: Pairs) -> None:
    """Write into `target` and `distance` the best of what is there and what `pairs` offers."""
    if not len(pairs.query):
        return
    rounded = np.rint(pairs.distance / MILLIMETRE)
    order = np.lexsort((pairs.target, rounded, pairs.query))
    query = pairs.query[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = query[1:] != query[:-1]
    best = order[first]
    row = pairs.query[best]
    old = np.rint(np.where(np.isinf(distance[row]), 9e15, distance[row]) / MILLIMETRE)
    better = (rounded[best] < old) | ((rounded[best] == old) & (pairs.target[best] < target[row]))
    target[row[better]] = pairs.target[best[better]]
    distance[row[better]] = pairs.distance[best[better]]


def _joined(parts: list[Pairs]) -> Pairs:
    """Put pairs together, sorted by query, then target."""
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return Pairs(empty, empty, np.zeros(0))
    if len(parts) == 1:
        return parts[0]
    return sorted_pairs(
        np.concatenate([part.query for part in parts]),
        np.concatenate([part.target for part in parts]),
        np.concatenate([part.distance for part in parts]),
    )

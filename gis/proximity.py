"""Nearest targets and targets within a distance, for targets of any shape.

Point targets stay coordinate arrays; others go into an STR-tree. Ties are broken by the distance rounded to
a millimetre and then by the position of the target, so with targets sorted by identifier the answer does not
depend on the order in which rows came in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.parallel import map_slices
from gis.points import CHUNK_PAIRS, MILLIMETRE, Pairs, PointIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_REACH_M = 250.0


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

    def pairs_within(self, shapes: NDArray[Any], distance: float | NDArray[np.float64]) -> Pairs:
        """Give every pair of a shape and a target that are at most `distance` metres apart.

        Parameters
        ----------
        shapes
            Shapely geometries, same system as the targets.
        distance
            Metres, one for all or one per shape.
        """
        reach = np.broadcast_to(np.asarray(distance, dtype=float), (len(shapes),))
        parts = [self._pairs_of_points(shapes, reach)]
        if len(self._shape_position):
            query, found = self._tree.query(shapes, predicate="dwithin", distance=reach)
            exact = shapely.distance(shapes[query], self._shapes[found])
            parts.append(Pairs(query.astype(np.int64), self._shape_position[found], exact))
        query = np.concatenate([part.query for part in parts])
        target = np.concatenate([part.target for part in parts])
        gap = np.concatenate([part.distance for part in parts])
        order = np.lexsort((target, query))
        return Pairs(query[order], target[order], gap[order])

    def _pairs_of_points(self, shapes: NDArray[Any], reach: NDArray[np.float64]) -> Pairs:
        boxes = shapely.bounds(shapes)
        grown = boxes + np.column_stack((-reach, -reach, reach, reach))
        pieces: list[Pairs] = []
        for rows in _chunks(self._points.box_counts(grown)):
            part = self._points.within(shapes[rows], boxes[rows], reach[rows])
            pieces.append(Pairs(rows[part.query], self._point_position[part.target], part.distance))
        return _concatenate(pieces)

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

        def one(part: slice) -> NDArray[np.float64]:
            pairs = self.pairs_within(shapes[part], reach[part])
            values = None if weight is None else weight[pairs.target]
            return np.bincount(pairs.query, weights=values, minlength=part.stop - part.start).astype(float)

        parts = map_slices(one, len(shapes), size=2000, threads=threads)
        return np.concatenate(parts) if parts else np.zeros(0)

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

        def one(part: slice) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            return self._nearest(shapes[part], limit)

        parts = map_slices(one, len(shapes), size=2000, threads=threads)
        if not parts:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])

    def _nearest(self, shapes: NDArray[Any], limit: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        target = np.full(len(shapes), -1, dtype=np.int64)
        distance = np.full(len(shapes), np.inf)
        if len(self._shape_position):
            query, found = self._tree.query_nearest(
                shapes, max_distance=None if np.isinf(limit) else limit + MILLIMETRE, all_matches=True
            )
            # ties at a millimetre: look again at everything that is hardly farther than the nearest
            gap = np.full(len(shapes), np.nan)
            gap[query] = shapely.distance(shapes[query], self._shapes[found])
            hit = np.flatnonzero(np.isfinite(gap) & (gap <= limit))
            pairs = self._tree.query(shapes[hit], predicate="dwithin", distance=gap[hit] + MILLIMETRE)
            exact = shapely.distance(shapes[hit[pairs[0]]], self._shapes[pairs[1]])
            _keep_nearest(target, distance, Pairs(hit[pairs[0]], self._shape_position[pairs[1]], exact))
        if self._points.size:
            self._nearest_points(shapes, limit, target, distance)
        return target, distance

    def _nearest_points(
        self,
        shapes: NDArray[Any],
        limit: float,
        target: NDArray[np.int64],
        distance: NDArray[np.float64],
    ) -> None:
        """Search in growing circles, so that dense surroundings cost little and sparse ones are found."""
        todo = np.arange(len(shapes), dtype=np.int64)
        reach = min(FIRST_REACH_M, limit)
        found_all = np.inf
        while len(todo):
            pairs = self._pairs_of_points(shapes[todo], np.full(len(todo), reach))
            _keep_nearest(target, distance, Pairs(todo[pairs.query], pairs.target, pairs.distance))
            hit = np.zeros(len(shapes), dtype=bool)
            hit[todo[pairs.query]] = True
            todo = todo[~hit[todo]]
            if reach >= min(limit, found_all):
                return
            # no point of the set lies farther from a shape than the far corner of both boxes
            if np.isinf(limit) and np.isinf(found_all):
                found_all = self._farthest(shapes)
            reach = min(reach * 2.0, limit, found_all)

    def _farthest(self, shapes: NDArray[Any]) -> float:
        boxes = shapely.bounds(shapes)
        x, y = self._points._x, self._points._y  # noqa: SLF001 (two halves of one index)
        width = max(boxes[:, 2].max(), x.max()) - min(boxes[:, 0].min(), x.min())
        height = max(boxes[:, 3].max(), y.max()) - min(boxes[:, 1].min(), y.min())
        return float(np.hypot(width, height)) + 1.0


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


def _chunks(counts: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Divide rows into runs whose counts add up to at most `CHUNK_PAIRS`, at least one row each."""
    if not len(counts):
        return []
    total = np.cumsum(counts)
    group = total // CHUNK_PAIRS
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    return [np.asarray(part) for part in np.split(np.arange(len(counts), dtype=np.int64), starts[1:])]


def _concatenate(pieces: list[Pairs]) -> Pairs:
    if not pieces:
        empty = np.zeros(0, dtype=np.int64)
        return Pairs(empty, empty, np.zeros(0))
    return Pairs(
        np.concatenate([piece.query for piece in pieces]),
        np.concatenate([piece.target for piece in pieces]),
        np.concatenate([piece.distance for piece in pieces]),
    )

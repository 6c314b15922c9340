"""How much of each shape lies in which area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.parallel import map_slices
from gis.ragged import blocks
from gis.shared_area import Edges, shared_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOWHERE = -1
EDGE_PAIRS = 4000
"""Polygons with more edges than this, multiplied, are drawn; up to here the sum over edges is faster."""
EDGES_AT_ONCE = 100_000
PAIRS_AT_ONCE = 2000
ROUNDING = 1e-9
SLIVER_M2 = 0.01


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs that overlap, sorted by shape, then largest first, then by area.

    Attributes
    ----------
    shape, area
        Positions.
    size
        Square metres, above zero.
    """

    shape: NDArray[np.int64]
    area: NDArray[np.int64]
    size: NDArray[np.float64]

    def largest(self, count: int) -> NDArray[np.int64]:
        """Give the area that each of `count` shapes overlaps most, -1 where none; on a tie the first."""
        best = np.full(count, NOWHERE, dtype=np.int64)
        first = np.ones(len(self.shape), dtype=bool)
        first[1:] = self.shape[1:] != self.shape[:-1]
        best[self.shape[first]] = self.area[first]
        return best


def overlaps(shapes: NDArray[Any], areas: NDArray[Any], *, threads: int | None = None) -> Overlaps:
    """Measure the overlap of every pair of shape and area that intersect.

    Parameters
    ----------
    shapes, areas
        Valid polygons in one projected system in metres. A shape that lies wholly in an area has exactly its
        own size there.
    threads
        Number of threads, None for the number of processors.
    """
    area, shape = shapely.STRtree(shapes).query(areas)
    size, doubtful = _by_edges(shapes, areas, shape, area)

    def draw(part: slice) -> NDArray[np.float64]:
        pairs = doubtful[part]
        return _by_drawing(shapes[shape[pairs]], areas, area[pairs])

    parts = map_slices(draw, len(doubtful), size=PAIRS_AT_ONCE, threads=threads)
    size[doubtful] = np.concatenate(parts) if parts else np.zeros(0)
    order = np.lexsort((area, -size, shape))
    order = order[size[order] > 0]
    return Overlaps(shape[order], area[order], size[order])


def _by_edges(
    shapes: NDArray[Any], areas: NDArray[Any], shape: NDArray[np.int64], area: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Measure the pairs of polygons with few edges; gives the sizes and the pairs that have to be drawn."""
    of_shapes, of_areas = Edges.of(shapes), Edges.of(areas)
    edges = of_shapes.count[shape] * of_areas.count[area]
    few = np.flatnonzero((edges > 0) & (edges <= EDGE_PAIRS))
    size = np.zeros(len(shape))
    for part in blocks(edges[few], EDGES_AT_ONCE):
        pairs = few[part]
        size[pairs] = shared_area(of_shapes, of_areas, shape[pairs], area[pairs])
    own = np.asarray(shapely.area(shapes), dtype=np.float64)[shape]
    size = np.where(np.abs(size - own) <= ROUNDING * np.maximum(own, 1.0), own, size)
    # what is hardly more than rounding may be a mere touch, which only drawing tells
    box, other = shapely.bounds(shapes)[shape], shapely.bounds(areas)[area]
    extent = np.maximum(box[:, 2:], other[:, 2:]) - np.minimum(box[:, :2], other[:, :2])
    return size, np.flatnonzero(size < np.maximum(ROUNDING * extent.prod(axis=1), SLIVER_M2))


def _by_drawing(shapes: NDArray[Any], areas: NDArray[Any], area: NDArray[np.int64]) -> NDArray[np.float64]:
    """Measure pairs through the shape that they share."""
    # copies, because a prepared geometry may not be used by two threads and the caller's stay as they are
    used, place = np.unique(area, return_inverse=True)
    prepared = shapely.force_2d(areas[used])
    shapely.prepare(prepared)
    covered = shapely.covers(prepared[place], shapes)
    size = np.where(covered, shapely.area(shapes), 0.0)
    crossing = np.flatnonzero(~covered & shapely.intersects(prepared[place], shapes))
    shared = shapely.intersection(shapes[crossing], areas[area[crossing]])
    size[crossing] = shapely.area(shared)
    return np.asarray(size)

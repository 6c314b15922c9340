"""How much of each shape lies in which area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.parallel import map_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOWHERE = -1
AREAS_AT_ONCE = 64
PAIRS_AT_ONCE = 1000


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
        Polygons in one projected system in metres. A shape that lies wholly in an area needs no overlay.
    threads
        Number of threads, None for the number of processors.
    """
    tree = shapely.STRtree(shapes)
    # the tree is built at its first query; do that before threads share it
    tree.query(shapely.Point(0, 0))

    # a query prepares each area for itself: a prepared geometry shared by threads crashes, because it
    # builds its own index at first use
    def meet(part: slice) -> NDArray[np.int64]:
        area, shape = tree.query(areas[part], predicate="intersects")
        inside = np.zeros(len(area), dtype=np.int64)
        covered = tree.query(areas[part], predicate="covers")
        inside[np.isin(area * len(shapes) + shape, covered[0] * len(shapes) + covered[1])] = 1
        return np.stack((area + part.start, shape, inside))

    met = map_slices(meet, len(areas), size=AREAS_AT_ONCE, threads=threads)
    area, shape, inside = np.concatenate(met, axis=1) if met else np.zeros((3, 0), dtype=np.int64)
    size = np.asarray(shapely.area(shapes), dtype=float)[shape]
    crossing = np.flatnonzero(inside == 0)

    def cut(part: slice) -> NDArray[np.float64]:
        pairs = crossing[part]
        return np.asarray(shapely.area(shapely.intersection(shapes[shape[pairs]], areas[area[pairs]])))

    parts = map_slices(cut, len(crossing), size=PAIRS_AT_ONCE, threads=threads)
    size[crossing] = np.concatenate(parts) if parts else np.zeros(0)
    order = np.lexsort((area, -size, shape))
    order = order[size[order] > 0]
    return Overlaps(shape[order], area[order], size[order])

"""Areas that lie over each other in one layer: found and measured, never cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINIMUM_M2: Final = 1.0
MINIMUM_WIDTH_M: Final = 0.1
"""Smaller or thinner overlaps are drawing noise along a shared border."""
MAX_PAIRS: Final = 100_000
_CHUNK = 500


def duplicates(geometry: NDArray[np.object_]) -> list[tuple[int, int]]:
    """Find geometries that occur more than once.

    Parameters
    ----------
    geometry
        Geometries on one grid; None is skipped.

    Returns
    -------
    list of tuple
        (position of a repeat, position of its first occurrence), in order.
    """
    normal = shapely.to_wkb(shapely.normalize(geometry))
    first: dict[bytes, int] = {}
    found = []
    for place, key in enumerate(normal):
        if key is None:
            continue
        if key in first:
            found.append((place, first[key]))
        else:
            first[key] = place
    return found


def overlaps(geometry: NDArray[np.object_], *, limit: int = MAX_PAIRS) -> list[tuple[int, int, float]]:
    """Measure where areas lie over each other.

    Parameters
    ----------
    geometry
        Valid polygons or multipolygons, metres; None is skipped.
    limit
        How many pairs to give at most; who gets as many should say that there may be more.

    Returns
    -------
    list of tuple
        (first position, second position, shared area in m2), ordered, for each pair that shares more than
        drawing noise.
    """
    tree = shapely.STRtree(geometry)
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(geometry), _CHUNK):
        # in pieces, because a heap of equal areas has as many pairs as its square
        left, right = tree.query(geometry[start : start + _CHUNK], predicate="intersects")
        found += _measured(geometry, left + start, right)
        if len(found) >= limit:
            break
    return found[:limit]


def _measured(
    geometry: NDArray[np.object_], left: NDArray[np.int64], right: NDArray[np.int64]
) -> list[tuple[int, int, float]]:
    """Measure what pairs share, each pair once, and leave out drawing noise."""
    once = left < right
    left, right = left[once], right[once]
    # neighbours that only touch are the common case and cost little here
    touching = shapely.touches(geometry[left], geometry[right])
    left, right = left[~touching], right[~touching]
    shared = shapely.intersection(geometry[left], geometry[right])
    size, border = shapely.area(shared), shapely.length(shared)
    wide = (size >= MINIMUM_M2) & (2 * size >= MINIMUM_WIDTH_M * border)
    order = np.lexsort((right[wide], left[wide]))
    return [
        (int(a), int(b), float(area))
        for a, b, area in zip(left[wide][order], right[wide][order], size[wide][order], strict=True)
    ]

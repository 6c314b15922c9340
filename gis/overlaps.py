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


def overlaps(geometry: NDArray[np.object_]) -> list[tuple[int, int, float]]:
    """Measure where areas lie over each other.

    Parameters
    ----------
    geometry
        Valid polygons or multipolygons, metres; None is skipped.

    Returns
    -------
    list of tuple
        (first position, second position, shared area in m2), ordered, for each pair that shares more than
        drawing noise.
    """
    tree = shapely.STRtree(geometry)
    left, right = tree.query(geometry, predicate="intersects")
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

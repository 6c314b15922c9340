"""Where the inhabitants of an area are: the mean place of its homes, or a point inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.outlines import Outlines
from gis.points import PointIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray


def centres(
    areas: NDArray[Any], homes: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give a centre per area and whether it is weighted by homes.

    Parameters
    ----------
    areas
        Polygons, metres.
    homes, weight
        Coordinates ``(n, 2)`` and dwellings ``(n,)``.
    """
    inside = shapely.get_coordinates(shapely.point_on_surface(areas))
    if not len(homes):
        return inside, np.zeros(len(areas), dtype=np.bool_)
    found = PointIndex(homes[:, 0], homes[:, 1]).inside(areas, Outlines.of(areas))
    area, home = found.query, found.target
    total = np.bincount(area, weights=weight[home], minlength=len(areas))
    sums = [
        np.bincount(area, weights=weight[home] * homes[home, axis], minlength=len(areas)) for axis in range(2)
    ]
    by_homes = total > 0
    mean = np.stack(sums, axis=1) / np.where(by_homes, total, 1.0)[:, None]
    return np.where(by_homes[:, None], mean, inside), by_homes

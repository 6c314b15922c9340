"""What every format of a plan comes down to: geometries, and what the file says of their coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.jobs.plan_refused import PolygonError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Raw:
    """What was read.

    Attributes
    ----------
    geometry
        Shapely geometries of any kind, in the coordinates of the file.
    crs
        What the file says of them: an EPSG code, WKT, or None when it says nothing.
    """

    geometry: NDArray[np.object_]
    crs: str | None


def closed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a ring that ends where it began.

    Raises
    ------
    PolygonError
        When it has fewer than three different points or a coordinate that is no number.
    """
    if ring.ndim != 2 or ring.shape[1:] != (2,) or not np.isfinite(ring).all():  # noqa: PLR2004 (x and y)
        raise PolygonError("numbers")
    if len(np.unique(ring, axis=0)) < 3:  # noqa: PLR2004 (a triangle)
        raise PolygonError("few")
    return ring if (ring[0] == ring[-1]).all() else np.vstack((ring, ring[:1]))

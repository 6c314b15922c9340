"""The two planes in which places are served and compared: metres RD New, and degrees ETRS89."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from gis.crs import rd_to_lonlat

if TYPE_CHECKING:
    from numpy.typing import NDArray

Plane = Literal["rd", "lonlat"]

LONLAT_DECIMALS: Final = 9
"""Decimals of degrees that are served: a tenth of a millimetre."""
METRE_DECIMALS: Final = 3


def to_plane(rd: NDArray[np.object_], plane: Plane) -> NDArray[np.object_]:
    """Express stored geometry in a plane, as it is served.

    Parameters
    ----------
    rd
        Geometries in EPSG:28992; None stays None.
    plane
        ``rd`` for metres with 3 decimals, ``lonlat`` for degrees with 9.

    Returns
    -------
    NDArray of object
        New geometries, rings in the direction that GeoJSON (RFC 7946) asks for.
    """
    moved = rd if plane == "rd" else rd_to_lonlat(rd)
    decimals = METRE_DECIMALS if plane == "rd" else LONLAT_DECIMALS
    # a zero is added so that -0.0 is written as 0.0
    rounded = shapely.transform(moved, lambda xy: np.round(xy, decimals) + 0.0)
    oriented: NDArray[np.object_] = np.asarray(shapely.orient_polygons(rounded), dtype=object)
    return oriented

"""The coordinate systems that the service speaks, and the two planes in which it compares places.

Places are compared either in RD New or in degrees ETRS89 (longitude, latitude), exactly as they are served:
a box or geometry in a system of degrees, or in Web Mercator, is compared in degrees, one in RD in RD.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.crs import lonlat_to_mercator, mercator_to_lonlat
from gis.planes import METRE_DECIMALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.planes import Plane


@dataclass(frozen=True, slots=True)
class Crs:
    """One coordinate system of the service.

    Attributes
    ----------
    code
        Short name, such as ``28992``.
    uri
        Its name in requests and answers.
    title
        Its name for people, Dutch.
    plane
        The plane in which places in this system are compared.
    latitude_first
        Whether its first axis points north, as that of EPSG:4258.
    mercator
        Whether it is Web Mercator.
    """

    code: str
    uri: str
    title: str
    plane: Plane
    latitude_first: bool = False
    mercator: bool = False


CRS84 = Crs(
    "CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "WGS84, lengte- en breedtegraad", "lonlat"
)
RD_NEW = Crs("28992", "http://www.opengis.net/def/crs/EPSG/0/28992", "RD New (Rijksdriehoekstelsel)", "rd")
ETRS89 = Crs(
    "4258", "http://www.opengis.net/def/crs/EPSG/0/4258", "ETRS89, breedte- en lengtegraad", "lonlat",
    latitude_first=True,
)  # fmt: skip
WEB_MERCATOR = Crs(
    "3857", "http://www.opengis.net/def/crs/EPSG/0/3857", "Web Mercator", "lonlat", mercator=True
)
ALL = (CRS84, RD_NEW, ETRS89, WEB_MERCATOR)
"""Every system, the default first."""
BY_URI = {crs.uri: crs for crs in ALL}
STORAGE = RD_NEW


def from_plane(geometry: NDArray[np.object_], crs: Crs) -> NDArray[np.object_]:
    """Express geometry of the plane of a system in that system, axes in its own order."""

    def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(lonlat_to_mercator(xy), METRE_DECIMALS) + 0.0

    if crs.mercator:
        return np.asarray(shapely.transform(geometry, project), dtype=object)
    if crs.latitude_first:
        return np.asarray(shapely.transform(geometry, _swapped), dtype=object)
    return geometry


def place(geometry: shapely.Geometry, crs: Crs) -> shapely.Geometry:
    """Bring a geometry of a request into the plane of its system."""
    if crs.mercator:
        return shapely.transform(geometry, mercator_to_lonlat)
    return shapely.transform(geometry, _swapped) if crs.latitude_first else geometry


def _swapped(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ascontiguousarray(xy[:, ::-1])


_FLAT, _HIGH = 4, 6


def bounds_area(bounds: object, crs: Crs) -> shapely.Geometry:
    """Make the area of a box of a request, in the plane of its system.

    Parameters
    ----------
    bounds
        Four numbers, lowest corner first, axes in the order of the system; or six, with heights that are
        dropped.
    crs
        Their system. In degrees west may exceed east, across the antimeridian.

    Raises
    ------
    ValueError
        With what is wrong, Dutch, to stand behind the name of the parameter.
    """
    numbers = list(bounds) if isinstance(bounds, (list, tuple)) else []
    if len(numbers) not in {_FLAT, _HIGH} or not all(_is_finite(number) for number in numbers):
        raise ValueError("moet bestaan uit vier of zes getallen met komma's ertussen.")
    low, high = numbers[:2], numbers[len(numbers) // 2 :][:2]
    if crs.latitude_first:
        low, high = low[::-1], high[::-1]
    if crs.mercator:
        low, high = mercator_to_lonlat(np.array([low, high], dtype=np.float64)).tolist()
    (west, south), (east, north) = low, high
    if south > north:
        raise ValueError("heeft zuid boven noord; de laagste hoek komt eerst.")
    if west <= east:
        return _box(west, south, east, north)
    if crs.plane == "rd" or crs.mercator:
        raise ValueError("heeft west voorbij oost; de laagste hoek komt eerst.")
    return shapely.union(
        _box(west, south, max(west, 180.0), north), _box(min(east, -180.0), south, east, north)
    )


def _is_finite(number: object) -> bool:
    return isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number)


def _box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Make a box; one without width or height is a point or a line, as a flat polygon touches nothing."""
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    if (west, south) == (east, north):
        return shapely.Point(west, south)
    return shapely.LineString([(west, south), (east, north)])

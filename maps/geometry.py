"""Geometry for display only: simplified to a metre or two, in longitude and latitude, packed small.

What is measured is measured elsewhere on the full geometry; nothing here is used for a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.crs import rd_to_lonlat

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIMPLIFY_M = 1.5
"""Tolerance in metres; under a pixel at the largest scale that a map opens with."""
RING_LENGTH = 8
"""Numbers in the smallest ring that encloses something: four points of two."""
MICRO = 1_000_000
"""Coordinates are packed as millionths of a degree, about 0.1 m."""


def simplified(geometry: Any, tolerance_m: float = SIMPLIFY_M) -> NDArray[np.object_]:
    """Simplify geometries in EPSG:28992 one by one, shape (n,); those that would vanish stay as they are."""
    full = np.asarray(geometry, dtype=object)
    thin: NDArray[np.object_] = shapely.simplify(full, tolerance_m, preserve_topology=False)
    gone = shapely.is_empty(thin)
    thin[gone] = full[gone]
    return thin


def simplified_together(geometry: Any, tolerance_m: float) -> NDArray[np.object_]:
    """Simplify neighbouring polygons so that shared borders stay shared, shape (n,).

    Borders within a metre of each other in a layer that is no clean coverage are simplified apart.
    """
    full = np.asarray(geometry, dtype=object)
    usable = np.array([item is not None for item in full], dtype=bool)
    result = full.copy()
    result[usable] = shapely.coverage_simplify(full[usable], tolerance_m)
    return result


def lonlat(geometry: Any) -> NDArray[np.object_]:
    """Bring geometries from EPSG:28992 to longitude and latitude (ETRS89), shape (n,)."""
    return rd_to_lonlat(np.asarray(geometry, dtype=object))


def packed(geometry: shapely.Geometry | None) -> list[list[list[int]]]:
    """Pack one geometry in longitude and latitude as whole numbers.

    Parameters
    ----------
    geometry
        Any geometry, or None.

    Returns
    -------
    list
        Parts; a part is a list of rings (polygon), or a list of one path (line, point). A path is a flat
        list: the first longitude and latitude in millionths of a degree, then the steps to each next vertex.
    """
    if geometry is None or bool(shapely.is_empty(geometry)):
        return []
    parts = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "GeometryCollection":
            parts.extend(packed(part))
        elif part.geom_type == "Polygon":
            paths = [_path(ring) for ring in (part.exterior, *part.interiors)]
            parts.append([path for path in paths if len(path) >= RING_LENGTH] or paths[:1])
        else:
            parts.append([_path(part)])
    return parts


def _path(line: Any) -> list[int]:
    points = np.rint(shapely.get_coordinates(line) * MICRO).astype(np.int64)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    points = points[moved]
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return [int(value) for value in steps.ravel()]


def bounds(geometry: Any) -> list[list[float]]:
    """Give the bounds of geometries in longitude and latitude as ``[[south, west], [north, east]]``.

    Raises
    ------
    ValueError
        When there is nothing to show.
    """
    shapes = np.asarray(geometry, dtype=object)
    if shapely.is_empty(shapes[shapely.is_geometry(shapes)]).all():
        raise ValueError("there is no geometry to show")
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    return [[round(south, 6), round(west, 6)], [round(north, 6), round(east, 6)]]


def label_points(geometry: Any) -> NDArray[np.object_]:
    """Give a point well inside each polygon (EPSG:28992), where its name can stand, shape (n,)."""
    result = np.empty(len(geometry), dtype=object)
    for row, item in enumerate(geometry):
        if item is None or item.is_empty:
            continue
        parts = shapely.get_parts(item)
        largest = parts[int(np.argmax(shapely.area(parts)))]
        result[row] = shapely.maximum_inscribed_circle(largest, tolerance=100.0).interpolate(0.0)
    return result

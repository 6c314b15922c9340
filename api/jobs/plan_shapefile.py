"""Reading the polygons of a shapefile from bytes, by its published layout and without GDAL."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from api.jobs.plan_refused import MAX_PARTS, MAX_VERTICES, PolygonError
from api.jobs.plan_rings import closed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEADER: Final = 100
_SHP_MAGIC: Final = 9994
_SHP_POLYGONS: Final = frozenset({5, 15, 25})
_SHP_COUNTS: Final = struct.Struct("<i32xii")


def from_shapefile(data: bytes) -> NDArray[np.object_]:
    """Read the polygons of a .shp (ESRI Shapefile Technical Description, 1998); heights are dropped."""
    if len(data) < _HEADER or struct.unpack(">i", data[:4])[0] != _SHP_MAGIC:
        raise PolygonError("broken", why=".shp")
    found: list[shapely.Geometry] = []
    place, budget = _HEADER, MAX_VERTICES
    while place + 12 <= len(data):
        size = struct.unpack(">i", data[place + 4 : place + 8])[0] * 2
        record = data[place + 8 : place + 8 + size]
        if size < 4 or len(record) < size:  # noqa: PLR2004 (a record holds its kind at least)
            raise PolygonError("broken", why=".shp")
        place += 8 + size
        if struct.unpack("<i", record[:4])[0] not in _SHP_POLYGONS:
            continue
        if size < _SHP_COUNTS.size:
            raise PolygonError("broken", why=".shp")
        _, parts, points = _SHP_COUNTS.unpack(record[: _SHP_COUNTS.size])
        budget -= points
        if budget < 0:
            raise PolygonError("vertices")
        if not 0 < parts <= MAX_PARTS or len(found) >= MAX_PARTS:
            raise PolygonError("parts" if parts > 0 else "broken", why=".shp")
        found.append(_shape(record, parts, points))
    return np.array(found, dtype=object)


def _shape(record: bytes, parts: int, points: int) -> shapely.Geometry:
    starts_at = _SHP_COUNTS.size
    points_at = starts_at + 4 * parts
    if points < 0 or points_at + 16 * points > len(record):
        raise PolygonError("broken", why=".shp")
    starts = np.frombuffer(record, "<i4", parts, starts_at)
    spots = np.frombuffer(record, "<f8", 2 * points, points_at).reshape(-1, 2)
    if starts[0] != 0 or (np.diff(starts) <= 0).any() or starts[-1] >= points:
        raise PolygonError("broken", why=".shp")
    rings = [closed(ring.astype(float)) for ring in np.split(spots, starts[1:])]
    lines = np.array([shapely.LinearRing(ring) for ring in rings], dtype=object)
    hole = np.asarray(shapely.is_ccw(lines))
    if hole.all():
        # some writers turn everything round
        hole = ~hole
    shells = np.array([shapely.Polygon(line) for line in lines[~hole]], dtype=object)
    inside: list[list[shapely.LinearRing]] = [[] for _ in shells]
    for line in lines[hole]:
        around = np.flatnonzero(shapely.covers(shells, shapely.Point(line.coords[0])))
        if not len(around):
            raise PolygonError("broken", why=".shp")
        inside[int(around[np.argmin(shapely.area(shells[around]))])].append(line)
    polygons = [shapely.Polygon(shell.exterior, holes) for shell, holes in zip(shells, inside, strict=True)]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)

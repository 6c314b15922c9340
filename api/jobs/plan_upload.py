"""From what somebody uploads, pastes or draws to one polygon in EPSG:28992, or one clear reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj
import shapely

from api.jobs.plan_formats import from_geojson, read_bytes
from api.jobs.plan_refused import MAX_BYTES, MAX_HECTARES, MAX_PARTS, MAX_VERTICES, PolygonError
from api.jobs.plan_rings import Raw, closed
from gis.crs import DEGREE_BOUNDS, RD, RD_BOUNDS, horizontal, is_rd, move_to_rd, outside
from layers.dutch import number_nl

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEGREES: Final = frozenset({4326, 4258, 4979, 4937, 4936})
METRES: Final = frozenset({28992, 3857, 25831, 25832})
CODE: Final = re.compile(r"(?:EPSG|OGC)[:/]{1,2}(?:[\d.]*[:/])?(CRS84|\d{4,6})\s*$", re.IGNORECASE)
CRS_TEXT: Final = 20_000
"""The longest description of a coordinate system that is looked at."""
MAX_DEGREES: Final = 360.0
DRAWING_M2: Final = 1.0
HECTARE_M2: Final = 10_000.0
READ_AS: Final = {
    "rd": ("RD New (meters)", "RD New (metres)"),
    "degrees": ("WGS84 of ETRS89 (graden)", "WGS84 or ETRS89 (degrees)"),
    "other": ("omgerekend naar RD New", "converted to RD New"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A polygon that can be tested.

    Attributes
    ----------
    polygon
        Polygon or multipolygon in EPSG:28992, valid.
    read_as
        Key of `READ_AS`: as what its coordinates were read.
    stated
        Whether the file itself said so.
    """

    polygon: shapely.Geometry
    read_as: str
    stated: bool


def read_upload(data: bytes) -> Drawn:
    """Read an uploaded file: GeoJSON, GeoPackage, or either of shapefile and GeoPackage in a zip.

    Nothing is stored, also not for a moment, and no name from outside is used.

    Raises
    ------
    PolygonError
        When it is not to be trusted, not understood, or no plan.
    """
    return _checked(read_bytes(data))


def read_text(text: str) -> Drawn:
    """Read pasted text: GeoJSON, WKT, or one point per line with easting and northing or degrees.

    Raises
    ------
    PolygonError
        As `read_upload`.
    """
    text = text.strip()
    if not text:
        raise PolygonError("empty")
    if len(text) > MAX_BYTES:
        raise PolygonError("bytes")
    if text.startswith("{"):
        return _checked(from_geojson(text))
    if text.startswith("<"):
        raise PolygonError("xml")
    if re.match(r"(MULTI)?POLYGON", text, re.IGNORECASE):
        return _checked(Raw(_from_wkt(text), None))
    return _checked(Raw(np.array([shapely.Polygon(closed(_points(text)))], dtype=object), None))


def _from_wkt(text: str) -> NDArray[np.object_]:
    if text.count(",") > MAX_VERTICES:
        raise PolygonError("vertices")
    try:
        return np.array([shapely.force_2d(shapely.from_wkt(text))], dtype=object)
    except shapely.errors.GEOSException as error:
        raise PolygonError("broken", why="WKT") from error


_NUMBER: Final = r"[-+]?\d{1,9}(?:[.,]\d{1,12})?"
_PAIR: Final = re.compile(rf"\(?\s*({_NUMBER})\s*(?:[;\t ]\s*|,\s+)({_NUMBER})\s*[),;]?")
_TIGHT: Final = re.compile(r"([-+]?\d{1,9}(?:\.\d{1,12})?),([-+]?\d{1,9}(?:\.\d{1,12})?)")


def _points(text: str) -> NDArray[np.float64]:
    """Read one point per line; a comma in a number is a decimal one when a space stands between numbers."""
    lines = text.splitlines()
    if len(lines) > MAX_VERTICES:
        raise PolygonError("vertices")
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match = _TIGHT.fullmatch(line.strip()) or _PAIR.fullmatch(line.strip())
        if match is None:
            raise PolygonError("text", line=number)
        found.append([float(value.replace(",", ".")) for value in match.groups()])
    return np.array(found, dtype=float).reshape(-1, 2)


def _checked(raw: Raw) -> Drawn:
    parts = _surfaces(raw.geometry)
    if not len(parts):
        raise PolygonError("no_polygon")
    if len(parts) > MAX_PARTS:
        raise PolygonError("parts")
    if int(shapely.get_num_coordinates(parts).sum()) > MAX_VERTICES:
        raise PolygonError("vertices")
    if shapely.is_empty(parts).any() or outside(parts).any():
        raise PolygonError("numbers")
    kind, crs = _system(raw.crs, shapely.get_coordinates(parts))
    placed = move_to_rd(parts, crs)
    if outside(placed).any():
        raise PolygonError("outside")
    return Drawn(_one(placed), kind, raw.crs is not None)


def _surfaces(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give single polygons; lines and points beside them are no part of a plan."""
    parts = geometry[~shapely.is_missing(geometry)] if len(geometry) else geometry
    while len(parts) and (shapely.get_type_id(parts) == shapely.GeometryType.GEOMETRYCOLLECTION).any():
        parts = shapely.get_parts(parts)
    parts = shapely.get_parts(parts)
    kept: NDArray[np.object_] = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return kept


def _inside(spots: NDArray[np.float64], bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return bool(((spots >= (west, south)) & (spots <= (east, north))).all())


def _system(stated: str | None, spots: NDArray[np.float64]) -> tuple[str, pyproj.CRS | str]:
    """Tell in which system coordinates are: as stated when they fit, else as they show."""
    in_degrees, in_rd = _inside(spots, DEGREE_BOUNDS), _inside(spots, RD_BOUNDS)
    if stated is None:
        if in_degrees:
            return "degrees", "EPSG:4326"
        if _inside(spots[:, ::-1], DEGREE_BOUNDS):
            raise PolygonError("swapped")
        if in_rd and np.abs(spots).max() > MAX_DEGREES:
            return "rd", RD
        raise PolygonError("crs_unsure" if np.abs(spots).max() > MAX_DEGREES else "outside")
    crs, kind = _understood(stated)
    if kind == "degrees" and not in_degrees:
        if _inside(spots[:, ::-1], DEGREE_BOUNDS):
            raise PolygonError("swapped")
        raise PolygonError(
            "crs_wrong" if np.abs(spots).max() > MAX_DEGREES else "outside", name=_short(stated)
        )
    if kind == "rd" and not in_rd:
        raise PolygonError("crs_wrong", name=_short(stated))
    if kind == "rd" and in_degrees:
        raise PolygonError("crs_wrong", name=_short(stated))
    return kind, crs


def _understood(stated: str) -> tuple[pyproj.CRS | str, str]:
    """Understand a stated system; only those in which plans are drawn here are taken."""
    code = CODE.search(stated)
    try:
        if code is not None:
            crs = pyproj.CRS("EPSG:4326" if code[1].upper() == "CRS84" else f"EPSG:{int(code[1])}")
        elif len(stated) <= CRS_TEXT and "[" in stated:
            crs = pyproj.CRS.from_wkt(stated)
        else:
            raise PolygonError("crs", name=_short(stated))
        if is_rd(crs):
            return RD, "rd"
        epsg = horizontal(crs).to_epsg(min_confidence=20)
    except (pyproj.exceptions.CRSError, IndexError) as error:
        raise PolygonError("crs", name=_short(stated)) from error
    if epsg in DEGREES:
        return "EPSG:4326", "degrees"
    if epsg in METRES:
        return crs, "other"
    raise PolygonError("crs", name=_short(stated))


def _short(stated: str) -> str:
    """Give what can be shown of a name from outside: a code, or the first name in WKT."""
    name = re.search(r'\["([^"\]]{1,60})', stated)
    return re.sub(r"[^\w:. /()+-]", "", name[1] if name else stated)[:60]


def _one(parts: NDArray[np.object_]) -> shapely.Geometry:
    """Take polygons in EPSG:28992 together, when none is crossed and none lies over another."""
    for part in parts[~shapely.is_valid(parts)]:
        reason = shapely.is_valid_reason(part)
        spot = re.search(r"\[(-?[\d.e+]+) (-?[\d.e+]+)", reason)
        x, y = (float(value) for value in spot.groups()) if spot else shapely.get_coordinates(part)[0]
        raise PolygonError("crossing", x=number_nl(float(x)), y=number_nl(float(y)))
    first, second = shapely.STRtree(parts).query(parts, predicate="intersects")
    for one, other in zip(first[first < second], second[first < second], strict=True):
        shared = shapely.intersection(parts[one], parts[other])
        if shapely.area(shared) > DRAWING_M2:
            spot = shapely.get_coordinates(shapely.point_on_surface(shared))[0]
            raise PolygonError("overlap", x=number_nl(float(spot[0])), y=number_nl(float(spot[1])))
    union: shapely.Geometry = shapely.union_all(parts)
    area = float(shapely.area(union))
    if area < DRAWING_M2:
        raise PolygonError("small")
    if area > MAX_HECTARES * HECTARE_M2:
        raise PolygonError("large")
    return union

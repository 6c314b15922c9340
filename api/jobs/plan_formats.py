"""Reading the polygons of GeoJSON, GeoPackage and shapefile from bytes, without GDAL and without a disk.

What somebody uploads is not trusted. Nothing is written to a file, no library that follows addresses or opens
other files is given the bytes, and how much there is gets counted before it is built.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import shapely

from api.jobs.plan_geopackage import from_geopackage
from api.jobs.plan_refused import MAX_BYTES, MAX_PARTS, MAX_VERTICES, PolygonError
from api.jobs.plan_rings import Raw, closed
from api.jobs.plan_shapefile import from_shapefile
from gis.archives import check_archive
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MAX_UNPACKED: Final = 4 * MAX_BYTES
"""What a zip may unpack to: attributes take more room than the boundary."""
MAX_DEPTH: Final = 6
"""Collections in collections."""
ZIP_MAGIC: Final = b"PK\x03\x04"
SQLITE_MAGIC: Final = b"SQLite format 3\0"
_DAMAGE: Final = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
)


def read_bytes(data: bytes) -> Raw:
    """Read polygons; what kind of file it is shows from the bytes, never from a name.

    Raises
    ------
    PolygonError
        When the bytes are not to be trusted or not understood.
    """
    if not data.strip(b" \t\r\n\0"):
        raise PolygonError("empty")
    if len(data) > MAX_BYTES:
        raise PolygonError("bytes")
    if data.startswith(ZIP_MAGIC):
        return _from_zip(data)
    if data.startswith(SQLITE_MAGIC):
        return from_geopackage(data)
    text = decoded(data)
    if text.startswith("{"):
        return from_geojson(text)
    raise PolygonError("xml" if text.startswith("<") else "kind")


def decoded(data: bytes) -> str:
    """Read text of any usual coding; names may come out odd, which no polygon minds."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").strip()
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").strip()


def from_geojson(text: str) -> Raw:
    """Read GeoJSON, also the older kind that names its coordinate system."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise PolygonError("broken", why="JSON") from error
    if not isinstance(document, dict):
        raise PolygonError("broken", why="GeoJSON")
    found: list[shapely.Geometry] = []
    budget = [MAX_VERTICES]
    for polygon in _polygons(document, depth=0):
        if len(found) >= MAX_PARTS:
            raise PolygonError("parts")
        found.append(_polygon(polygon, budget))
    return Raw(np.array(found, dtype=object), _stated(document.get("crs")))


def _stated(crs: Any) -> str | None:
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return str(name)[:200] if name else "onbekend"


def _polygons(item: Any, depth: int) -> Iterator[Any]:
    """Give the coordinates of each polygon in a GeoJSON object."""
    if not isinstance(item, dict) or depth > MAX_DEPTH:
        return
    kind = item.get("type")
    if kind == "Polygon":
        yield item.get("coordinates")
    elif kind == "MultiPolygon":
        parts = item.get("coordinates")
        yield from parts if isinstance(parts, list) else ()
    elif kind == "Feature":
        yield from _polygons(item.get("geometry"), depth + 1)
    elif kind in {"FeatureCollection", "GeometryCollection"}:
        parts = item.get("features" if kind == "FeatureCollection" else "geometries")
        for part in parts if isinstance(parts, list) else ():
            yield from _polygons(part, depth + 1)


def _polygon(coordinates: Any, budget: list[int]) -> shapely.Geometry:
    if not isinstance(coordinates, list) or not coordinates:
        raise PolygonError("numbers")
    rings = []
    for ring in coordinates:
        if not isinstance(ring, list):
            raise PolygonError("broken", why="GeoJSON")
        budget[0] -= len(ring)
        if budget[0] < 0:
            raise PolygonError("vertices")
        rings.append(_ring(ring))
    return shapely.Polygon(rings[0], rings[1:])


def _ring(points: list[Any]) -> NDArray[np.float64]:
    try:
        ring = np.array([[float(x) for x in point[:2]] for point in points], dtype=float)
    except (TypeError, ValueError, KeyError) as error:
        raise PolygonError("broken", why="GeoJSON") from error
    return closed(ring)


def _from_zip(data: bytes) -> Raw:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in check_archive(archive, "zip") if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise PolygonError("zip", why=f"> {MAX_UNPACKED // 1_000_000} MB")
            entries = [entry for entry in entries if "__MACOSX" not in entry.filename]
            plans = [entry for entry in entries if _ending(entry) in {".shp", ".gpkg"}]
            if len(plans) != 1:
                raise PolygonError("zip_content")
            plan = _unpacked(archive, plans[0])
            if _ending(plans[0]) == ".gpkg":
                return from_geopackage(plan)
            stem = PurePosixPath(plans[0].filename).with_suffix("")
            beside = [
                entry for entry in entries
                if _ending(entry) == ".prj" and PurePosixPath(entry.filename).with_suffix("") == stem
            ]  # fmt: skip
            system = _unpacked(archive, beside[0]).decode("utf-8", "replace").strip() if beside else ""
            return Raw(from_shapefile(plan), system or None)
    except InputError as error:
        raise PolygonError("zip", why="zip") from error
    except _DAMAGE as error:
        raise PolygonError("broken", why="zip") from error


def _ending(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.lower()


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack in memory; an entry that gives more bytes than it says is refused."""
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if len(data) > entry.file_size:
        raise PolygonError("zip", why="zip")
    return data

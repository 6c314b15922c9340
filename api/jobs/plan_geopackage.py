"""Reading the polygons of a GeoPackage from bytes, in memory and without GDAL."""

from __future__ import annotations

import sqlite3
import struct
from typing import Any, Final

import numpy as np
import shapely

from api.jobs.plan_refused import MAX_BYTES, MAX_VERTICES, PolygonError
from api.jobs.plan_rings import Raw

MAX_ROWS: Final = 10_000
"""Rows that are looked at."""
STEPS: Final = 20_000_000
"""Steps of SQLite that reading may take; a million take a few milliseconds."""


def from_geopackage(data: bytes) -> Raw:
    """Read the one feature table of a GeoPackage (OGC 12-128) from memory, as data and nothing else."""
    # a database that says it has a write-ahead log cannot be opened in memory
    data = data[:18] + b"\x01\x01" + data[20:]
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(data)
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * MAX_BYTES)
        database.set_authorizer(_only_reading)
        steps = [STEPS // 10_000]

        def count() -> int:
            steps[0] -= 1
            return steps[0] < 0

        database.set_progress_handler(count, 10_000)
        database.text_factory = bytes
        return _features(database)
    except (sqlite3.Error, OverflowError, struct.error, IndexError) as error:
        raise PolygonError("broken", why="GeoPackage") from error
    finally:
        database.close()


def _only_reading(action: int, *_: Any) -> int:
    """Allow SELECT on tables; functions, views' code, pragmas and attached files are refused."""
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY


def _features(database: sqlite3.Connection) -> Raw:
    layers = database.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchmany(
        20
    )
    found = []
    for table, column, srs in layers:
        name = table.decode("utf-8")
        # a view or virtual table could hold work instead of rows
        kind = database.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        plain = kind is not None and kind[0] == b"table" and not kind[1].upper().startswith(b"CREATE VIRTUAL")
        if plain:
            found.append((name, column.decode("utf-8"), int(srs)))
    if len(found) != 1:
        raise PolygonError("zip_content")
    name, column, srs = found[0]
    quoted = [text.replace('"', '""') for text in (column, name)]
    select = f'SELECT "{quoted[0]}" FROM "{quoted[1]}" LIMIT {MAX_ROWS + 1}'  # noqa: S608 (quoted)
    rows = database.execute(select)
    shapes: list[shapely.Geometry] = []
    budget = MAX_VERTICES
    for number, (blob,) in enumerate(rows):
        if number >= MAX_ROWS:
            raise PolygonError("parts")
        if isinstance(blob, bytes):
            shape = _from_blob(blob)
            budget -= int(shapely.get_num_coordinates(shape))
            if budget < 0:
                raise PolygonError("vertices")
            shapes.append(shape)
    asked = "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
    system = database.execute(f"{asked} WHERE srs_id = ?", (srs,)).fetchone()
    return Raw(np.array(shapes, dtype=object), _system(system))


_ENVELOPES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_VERTEX_BYTES: Final = 16


def _from_blob(blob: bytes) -> shapely.Geometry:
    """Read a geometry of a GeoPackage: a header, a box, and WKB."""
    if blob[:2] != b"GP":
        raise PolygonError("broken", why="GeoPackage")
    start = 8 + _ENVELOPES.get((blob[3] >> 1) & 7, 0)
    if len(blob) - start > 2 * MAX_VERTICES * _VERTEX_BYTES:
        raise PolygonError("vertices")
    try:
        return shapely.force_2d(shapely.from_wkb(blob[start:]))
    except shapely.errors.GEOSException as error:
        raise PolygonError("broken", why="GeoPackage") from error


def _system(row: tuple[bytes, int, bytes] | None) -> str | None:
    if row is None or int(row[1]) <= 0:
        return None
    if row[0].upper() == b"EPSG":
        return f"EPSG:{int(row[1])}"
    return row[2].decode("utf-8", "replace")

"""Open a Parquet file to read its rows by place: what it says about itself, checked, without its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gis.boxes import touching
from gis.crs import is_rd, stated_crs
from gis.errors import InputError, Problem
from gis.geoparquet import geometry_column, open_checked, refuse
from gis.parquet_places import PlaceColumns
from gis.parquet_stream import MAX_BYTES, MAX_ROWS, MOST, Stream, elsewhere, loosened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow.parquet as pq

    from gis.boxes import Box


def open_stream(
    path: Path,
    shown: str,
    *,
    x: str | None = None,
    y: str | None = None,
    columns: Sequence[str] = (),
    within: Box | None = None,
) -> Stream:
    """Look at a GeoParquet file, or a plain Parquet table with coordinates, without reading its rows.

    Parameters
    ----------
    path
        The file.
    shown
        How it is called in messages.
    x, y
        Columns with the coordinates in EPSG:28992, for a table without geometry.
    columns
        Attributes that will be asked.
    within
        Box in which at least half of the rows must lie, so that coordinates in another system are noticed.

    Raises
    ------
    InputError
        When the file is broken, not in EPSG:28992, or has no such columns.
    """
    with open_checked(path, shown, rows=MAX_ROWS, size=MAX_BYTES, streamed=True) as source:
        places = _place_columns(source, shown, x, y)
        names = source.schema_arrow.names
        missing = [name for name in (*places.needed(), *columns) if name not in names]
        if missing:
            raise refuse(shown, f"there is no column {missing[0]!r}; the file has: {', '.join(names)}")
        return _stream(path, shown, source, places, tuple(columns), within)


def _place_columns(source: pq.ParquetFile, shown: str, x: str | None, y: str | None) -> PlaceColumns:
    """Find out where the geometry is, and that it is in RD New."""
    if x is not None and y is not None:
        return PlaceColumns(None, "columns", x, y)
    geo = geometry_column(source, shown)
    if geo is None:
        raise InputError(Problem("the table has no geometry", "Name the columns: x and y.", file=shown))
    # the standard says that a missing key means CRS84 and null unknown
    crs = stated_crs(geo.get("crs", "OGC:CRS84"), [])
    if crs is not None and not is_rd(crs):
        message = f"the coordinates are in {crs.name}, and only EPSG:28992 is read in parts"
        raise InputError(Problem(message, "Convert the file to EPSG:28992 first.", file=shown))
    box, coarse = _covering(source, geo)
    return PlaceColumns(str(geo["name"]), str(geo.get("encoding")), box=box, coarse=coarse)


def _covering(source: pq.ParquetFile, geo: dict[str, Any]) -> tuple[tuple[str, str, str, str] | None, bool]:
    """Find the columns with the bounds of each row; a description that does not fit counts as none."""
    try:
        stated = geo["covering"]["bbox"]
        paths = tuple(".".join(stated[edge]) for edge in ("xmin", "ymin", "xmax", "ymax"))
    except (KeyError, TypeError):
        return None, False
    leaves = {
        column.path: column.physical_type for column in map(source.schema.column, range(len(source.schema)))
    }
    kinds = {leaves.get(path) for path in paths}
    if not kinds <= {"FLOAT", "DOUBLE"}:
        return None, False
    west, south, east, north = paths
    return (west, south, east, north), "FLOAT" in kinds


def _stream(
    path: Path,
    shown: str,
    source: pq.ParquetFile,
    places: PlaceColumns,
    columns: tuple[str, ...],
    within: Box | None,
) -> Stream:
    """Read the description of every group of rows."""
    meta = source.metadata
    leaf = {meta.schema.column(number).path: number for number in range(meta.num_columns)}
    names = {*places.needed(), *columns}
    used = [number for name, number in leaf.items() if name.split(".")[0] in names]
    groups = [meta.row_group(number) for number in range(meta.num_row_groups)]
    groups = [group for group in groups if group is not None]
    rows = np.array([group.num_rows for group in groups], dtype=np.int64)
    size = [sum(group.column(number).total_uncompressed_size for number in used) for group in groups]
    edges = places.statistics()
    bounds = np.full((len(groups), 4), (-np.inf, -np.inf, np.inf, np.inf))
    if edges is not None and set(edges) <= set(leaf):
        for place, group in enumerate(groups):
            bounds[place] = _edges(group, [leaf[name] for name in edges])
        bounds = loosened(bounds, coarse=places.coarse)
    stream = Stream(
        (path,),
        shown,
        places,
        columns,
        np.cumsum(rows) - rows,
        rows,
        np.array(size, dtype=np.int64),
        bounds,
        np.column_stack((np.zeros(len(groups), dtype=np.int64), np.arange(len(groups)))),
        within=within,
    )
    if within is not None and stream.is_boxed and len(rows):
        strange = rows[~touching(bounds, within)].sum()
        if strange > MOST * rows.sum():
            raise elsewhere(shown)
    return stream


def _edges(group: Any, columns: list[int]) -> tuple[float, float, float, float]:
    """Give the bounds of a group of rows; infinite where the file does not say."""
    found = []
    for side, column in enumerate(columns):
        statistics = group.column(column).statistics
        least = side < 2  # noqa: PLR2004 - west and south come first
        value = -np.inf if least else np.inf
        if statistics is not None and statistics.has_min_max:
            stated = statistics.min if least else statistics.max
            value = float(stated) if isinstance(stated, int | float) else value
        found.append(value)
    west, south, east, north = found
    return west, south, east, north

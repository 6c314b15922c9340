"""GeoParquet, and plain Parquet tables with coordinates in columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gis.crs import stated_crs
from gis.errors import InputError, Problem
from gis.table import Table
from gis.wkb import read_wkb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    import pyproj
    from numpy.typing import NDArray

    from gis.records import Record

SUFFIXES: Final = (".parquet", ".geoparquet", ".pq")
MAX_ROWS: Final = 20_000_000
MAX_BYTES: Final = 16 * 1024**3
STREAMED_ROWS: Final = 2_000_000_000
STREAMED_BYTES: Final = 1024**4
"""As many may a file have that is never in memory as a whole."""
PIECE_ROWS: Final = 65_536
BUFFER_BYTES: Final = 1024**2


def refuse(shown: str, message: str) -> InputError:
    """Make the error for a file that has to be made anew."""
    return InputError(Problem(message, "Export the file again as GeoParquet.", file=shown))


def open_checked(
    path: Path, shown: str, *, rows: int = MAX_ROWS, size: int = MAX_BYTES, streamed: bool = False
) -> pq.ParquetFile:
    """Open a file and refuse one that is broken or larger than may be read.

    Parameters
    ----------
    path
        The file.
    shown
        How it is called in messages.
    rows, size
        Most rows, and most bytes once unpacked.
    streamed
        Whether columns are read page by page, so that a large row group is never in memory as a whole.

    Raises
    ------
    InputError
        When the file is broken or too large.
    """
    try:
        source = pq.ParquetFile(path, buffer_size=BUFFER_BYTES if streamed else 0)
    except (pa.ArrowException, OSError) as error:
        raise refuse(shown, f"the Parquet file cannot be read: {first_line(error)}") from error
    found = sum(source.metadata.row_group(i).total_byte_size for i in range(source.metadata.num_row_groups))
    if source.metadata.num_rows > rows or found > size:
        source.close()
        raise refuse(shown, f"{source.metadata.num_rows:,} rows of {found:,} bytes are more than the limit")
    return source


def first_line(error: Exception) -> str:
    """Give the first line of what an error says, cut to a readable length."""
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def geometry_column(source: pq.ParquetFile, shown: str) -> dict[str, Any] | None:
    """Give the description of the primary geometry column, its name under ``name``; None without one."""
    raw = (source.schema_arrow.metadata or {}).get(b"geo")
    if raw is None:
        return None
    try:
        meta = json.loads(raw)
        name = meta["primary_column"]
        return {**meta["columns"][name], "name": name}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refuse(shown, "the description of the geometry (GeoParquet metadata) is broken") from error


def read_columns(path: Path, shown: str) -> tuple[str, ...]:
    """List the attribute columns."""
    with open_checked(path, shown, rows=STREAMED_ROWS, size=STREAMED_BYTES) as source:
        geo = geometry_column(source, shown)
        return tuple(name for name in source.schema_arrow.names if geo is None or name != geo["name"])


def read(
    path: Path, shown: str
) -> tuple[pd.DataFrame, NDArray[np.object_] | None, pyproj.CRS | None, tuple[Record, ...]]:
    """Read attributes, geometry, coordinate system and what was found on the way.

    Raises
    ------
    InputError
        When the file is broken.
    """
    with open_checked(path, shown) as source:
        geo = geometry_column(source, shown)
        try:
            table = source.read()
        except (pa.ArrowException, OSError, MemoryError) as error:
            raise refuse(shown, f"the Parquet file cannot be read: {first_line(error)}") from error
    if geo is None:
        return table.to_pandas(ignore_metadata=True), None, None, ()
    if geo["name"] not in table.column_names:
        raise refuse(shown, f"the geometry column {geo['name']!r} is not in the file")
    records: list[Record] = []
    geometry = _geometry(table, geo, shown, records)
    # the standard says that a missing key means CRS84 and null unknown
    frame = table.drop_columns([geo["name"]]).to_pandas(ignore_metadata=True)
    return frame, geometry, stated_crs(geo.get("crs", "OGC:CRS84"), records), tuple(records)


def read_pieces(path: Path, shown: str, columns: Sequence[str]) -> Iterator[Table]:
    """Read a GeoParquet file some ten thousands of rows at a time, each value as `read` gives it.

    Parameters
    ----------
    path, shown
        As for `read`.
    columns
        Attributes to read.

    Returns
    -------
    iterator of Table
        In the order of the file, one at least; the index goes on from piece to piece.

    Raises
    ------
    InputError
        When the file is broken, or is a table without geometry.
    """
    with open_checked(path, shown, rows=STREAMED_ROWS, size=STREAMED_BYTES, streamed=True) as source:
        geo = geometry_column(source, shown)
        if geo is None or geo["name"] not in source.schema_arrow.names:
            raise refuse(shown, "this is a table without geometry, and only GeoParquet is read in pieces")
        crs = stated_crs(geo.get("crs", "OGC:CRS84"), [])
        first = 1
        try:
            gaps = _with_gaps(source, columns)
            for batch in source.iter_batches(PIECE_ROWS, columns=[geo["name"], *columns], use_threads=False):
                yield _piece(pa.Table.from_batches([batch]), geo, shown, gaps, first, crs)
                first += len(batch)
        except (pa.ArrowException, OSError, MemoryError) as error:
            raise refuse(shown, f"the Parquet file cannot be read: {first_line(Exception(error))}") from error
        if first == 1:
            kept = [source.schema_arrow.field(name) for name in (geo["name"], *columns)]
            yield _piece(pa.schema(kept).empty_table(), geo, shown, gaps, first, crs)


def _with_gaps(source: pq.ParquetFile, columns: Sequence[str]) -> dict[str, str]:
    """Give the type that pandas takes for a whole column of whole numbers or flags that has gaps."""
    kinds = {name: source.schema_arrow.field(name).type for name in columns}
    gaps = {name: "float64" for name, kind in kinds.items() if pa.types.is_integer(kind)}
    gaps |= {name: "object" for name, kind in kinds.items() if pa.types.is_boolean(kind)}
    empty = dict.fromkeys(gaps, 0)
    if gaps:
        for batch in source.iter_batches(PIECE_ROWS, columns=[*gaps], use_threads=False):
            for name in gaps:
                empty[name] += batch.column(name).null_count
    return {name: kind for name, kind in gaps.items() if empty[name]}


def _piece(
    table: pa.Table, geo: dict[str, Any], shown: str, gaps: dict[str, str], first: int, crs: pyproj.CRS | None
) -> Table:
    frame = table.drop_columns([geo["name"]]).to_pandas(ignore_metadata=True).astype(gaps)
    frame.index = range(first, first + len(frame))
    records: list[Record] = []
    return Table(frame, _geometry(table, geo, shown, records), crs, tuple(records))


def _geometry(table: pa.Table, geo: dict[str, Any], shown: str, records: list[Record]) -> NDArray[np.object_]:
    """Make geometries from WKB or from the native arrays of GeoArrow."""
    if geo.get("encoding") != "WKB":
        import geopandas as gpd

        try:
            return np.asarray(gpd.GeoDataFrame.from_arrow(table, geometry=geo["name"]).geometry, dtype=object)
        except (ValueError, TypeError, KeyError, pa.ArrowException) as error:
            raise refuse(shown, f"geometry encoding {geo.get('encoding')!r} cannot be read") from error
    if not pa.types.is_binary(_wkb_type(table, geo)):
        raise refuse(shown, "the geometry column does not hold well-known bytes")
    return read_wkb(table.column(geo["name"]).to_numpy(), records)


def _wkb_type(table: pa.Table, geo: dict[str, Any]) -> pa.DataType:
    """Give the type of the geometry column, large and small bytes alike."""
    kind = table.schema.field(geo["name"]).type
    return pa.binary() if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind) else kind

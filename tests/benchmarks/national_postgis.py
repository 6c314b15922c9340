"""PostGIS on the nation with all its homes: loading as fast as it goes, then the statements of the steps.

Homes go in with a binary COPY, read from the same GeoParquet file some at a time; shapes as the other benchmark
loads them. Loading counts: COPY, rows put in the order of a curve (which at this size is won back at once), GiST
indexes and ``VACUUM ANALYZE``.
"""

from __future__ import annotations

import struct
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import psycopg

from tests.benchmarks.national_data import read_national, read_points
from tests.benchmarks.steps import FIRST_CLASS, EngineAbsentError
from tests.benchmarks.with_postgis import SETTINGS, SRID, Postgis, load_shapes, versions
from tests.support.postgis import PostgisAbsentError, postgis_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LARGER: Final = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "effective_cache_size": "8GB",
    "max_wal_size": "8GB",
}
"""For a gigabyte of homes."""
_HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_END: Final = struct.pack(">h", -1)
_POINT_WITH_SRID: Final = 0x20000001
_ROW: Final = np.dtype(
    [
        ("fields", ">i2"),
        ("id_bytes", ">i4"),
        ("id", ">i4"),
        ("geom_bytes", ">i4"),
        ("end", "u1"),
        ("kind", "<u4"),
        ("srid", "<u4"),
        ("x", "<f8"),
        ("y", "<f8"),
    ]
)
TABLES: Final = ("parks", "plots", "municipalities", "waterways", "homes")


@contextmanager
def open_national(folder: Path, *, cluster: bool = True) -> Iterator[tuple[Postgis, dict[str, float]]]:
    """Start a server, load the nation and index it.

    Parameters
    ----------
    folder
        The nation.
    cluster
        Whether rows are put in the order of the Hilbert curve, so that neighbours share pages.

    Yields
    ------
    Postgis, dict
        The engine, and the seconds that loading and indexing took.
    """
    try:
        with (
            postgis_server(SETTINGS | LARGER) as address,
            psycopg.connect(address, autocommit=True) as connection,
        ):
            seconds = _load(connection, folder, cluster=cluster)
            yield Postgis(connection, read_national(folder, homes=False), versions(connection)), seconds
    except PostgisAbsentError as error:
        raise EngineAbsentError(str(error)) from error


def _load(connection: psycopg.Connection[Any], folder: Path, *, cluster: bool) -> dict[str, float]:
    begin = time.perf_counter()
    load_shapes(connection, read_national(folder, homes=False))
    connection.execute(f"CREATE TABLE homes_raw (id int, geom geometry(Geometry, {SRID}))")
    with connection.cursor().copy("COPY homes_raw FROM STDIN (FORMAT binary)") as copy:
        copy.write(_HEADER)
        first = 0
        for x, y in read_points(folder / "homes.parquet"):
            copy.write(_rows(first, x, y))
            first += len(x)
        copy.write(_END)
    loaded = time.perf_counter()
    for table in TABLES:
        if cluster:
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {table}_raw ORDER BY geom")
            connection.execute(f"DROP TABLE {table}_raw")
        else:
            connection.execute(f"ALTER TABLE {table}_raw RENAME TO {table}")
        connection.execute(f"ALTER TABLE {table} SET (parallel_workers = 2)")
        connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
    connection.execute(f"CREATE INDEX ON waterways USING gist (geom) WHERE rank >= {FIRST_CLASS}")
    connection.execute("VACUUM ANALYZE")
    return {"copy": loaded - begin, "index": time.perf_counter() - loaded}


def _rows(first: int, x: NDArray[np.float64], y: NDArray[np.float64]) -> bytes:
    rows = np.zeros(len(x), dtype=_ROW)
    rows["fields"], rows["id_bytes"], rows["id"] = 2, 4, np.arange(first, first + len(x))
    rows["geom_bytes"], rows["end"], rows["kind"], rows["srid"] = 25, 1, _POINT_WITH_SRID, SRID
    rows["x"], rows["y"] = x, y
    return rows.tobytes()

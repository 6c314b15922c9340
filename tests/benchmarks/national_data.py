"""The nation with all its homes as GeoParquet, and several of them side by side.

Homes lie in the file as a registry gives them: by town, some all over the country, so no group of rows lies
together. Several nations are copies of the one, each some hundred kilometres farther east.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gis.parquet_places import PlaceColumns, read_places
from tests.benchmarks.nation import EXTENT, RD, Nation, write_nation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

HOMES_PER_PARK: Final = 2250
"""Nine million homes beside 4,000 parks."""
APART_M: Final = 50_000.0
LAYERS: Final = ("parks", "plots", "waterways", "municipalities", "homes")
GROUP_ROWS: Final = 500_000


def write_national(folder: Path, scale: float) -> None:
    """Make one nation, every layer as GeoParquet."""
    write_nation(folder, scale, HOMES_PER_PARK)
    plain = folder / "homes.parquet"
    drawn = folder / "drawn.parquet"
    with pq.ParquetFile(plain) as source:
        schema = pa.schema([("geometry", pa.binary())], metadata={b"geo": _geo("Point")})
        with pq.ParquetWriter(drawn, schema) as writer:
            for batch in source.iter_batches(GROUP_ROWS):
                wkb = point_bytes(batch.column("x").to_numpy(), batch.column("y").to_numpy())
                writer.write_table(pa.table([wkb], schema=schema))
    drawn.replace(plain)


def write_side_by_side(nation: Path, folder: Path, copies: int, scale: float) -> None:
    """Put copies of a nation side by side, in the order in which they lie."""
    step = (EXTENT[2] - EXTENT[0]) * np.sqrt(scale) + APART_M
    for name in LAYERS:
        with pq.ParquetFile(nation / f"{name}.parquet") as source:
            schema = source.schema_arrow
            with pq.ParquetWriter(folder / f"{name}.parquet", schema) as writer:
                for copy in range(copies):
                    for batch in source.iter_batches(GROUP_ROWS):
                        writer.write_table(_moved(batch, copy * step).cast(schema))


def _moved(batch: pa.RecordBatch, east: float) -> pa.Table:
    table = pa.Table.from_batches([batch])
    number = np.arange(len(table), dtype=np.int64)
    places = read_places(table, PlaceColumns("geometry", "WKB"), number, "nation")
    if places.x is not None and places.y is not None:
        wkb = point_bytes(np.round(places.x + east, 3), places.y)
    else:
        moved = shapely.transform(places.shapes(), lambda xy: np.round(xy + (east, 0.0), 3))
        wkb = pa.array(shapely.to_wkb(moved))
    place = table.schema.get_field_index("geometry")
    return table.set_column(place, table.schema.field(place), wkb)


def point_bytes(x: NDArray[np.float64], y: NDArray[np.float64]) -> pa.Array:
    """Write points as well-known bytes."""
    rows = np.zeros(len(x), dtype=[("end", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
    rows["end"], rows["kind"], rows["x"], rows["y"] = 1, 1, x, y
    edges = np.arange(0, (len(x) + 1) * rows.itemsize, rows.itemsize, dtype=np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(x), [None, pa.py_buffer(edges), pa.py_buffer(rows.tobytes())]
    )


def _geo(kind: str) -> bytes:
    import pyproj

    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [kind],
        "crs": pyproj.CRS(RD).to_json_dict(),
    }
    return json.dumps(
        {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    ).encode()


def read_points(path: Path) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Read a file of points, some at a time."""
    with pq.ParquetFile(path) as source:
        for batch in source.iter_batches(GROUP_ROWS, columns=["geometry"]):
            table = pa.Table.from_batches([batch])
            number = np.arange(len(table), dtype=np.int64)
            places = read_places(table, PlaceColumns("geometry", "WKB"), number, path.name)
            if places.x is None or places.y is None:
                raise ValueError("homes are points")
            yield places.x, places.y


def read_national(folder: Path, *, homes: bool = True) -> Nation:
    """Read a nation as the engines that hold it in memory need it, with or without its homes."""
    layers = {name: gpd.read_parquet(folder / f"{name}.parquet") for name in LAYERS if name != "homes"}
    parts = list(read_points(folder / "homes.parquet")) if homes else [(np.zeros(0), np.zeros(0))]
    return Nation(**layers, x=np.concatenate([x for x, _ in parts]), y=np.concatenate([y for _, y in parts]))

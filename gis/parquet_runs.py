"""Sort rows by place with little memory: runs that fit in it, then a merge of the runs.

Rows are sorted in each run by the cell of a quadtree in which their middle lies; the runs are then merged
square by square, each of which becomes a group of rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gis.crs import RD
from gis.parquet_places import FARTHEST_M

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.parquet_stream import Found, Stream

RUN_BYTES: Final = 32 * 1024**2
GROUP_BYTES: Final = {True: 1024**2, False: 256 * 1024}
"""Of points, and of geometry, which takes longer to make than to read."""
GROUP_ROWS: Final = 65_536
GROUPS_PER_FILE: Final = 128
"""So that what has to be read of a file before its first row stays small, however large the land is."""
PIECE_BYTES: Final = 256 * 1024
"""Of every run about this much is in memory while runs are merged."""
CELL_M: Final = 1000.0
_LEVELS: Final = 20
NUMBER, X, Y, SHAPE = "__row__", "__x__", "__y__", "__geometry__"
_BOX: Final = ("__west__", "__south__", "__east__", "__north__")
_COVERING: Final = {edge: [name] for edge, name in zip(("xmin", "ymin", "xmax", "ymax"), _BOX, strict=True)}
_GEO: Final = {
    "version": "1.1.0",
    "primary_column": SHAPE,
    "columns": {SHAPE: {"encoding": "WKB", "geometry_types": [], "crs": RD, "covering": {"bbox": _COVERING}}},
}


class NotPointsError(Exception):
    """A file of points holds something else."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows that were sorted in memory: their file, and how many lie in each cell, cells rising."""

    path: Path
    cell: NDArray[np.int64]
    count: NDArray[np.int64]
    row_bytes: float


def write_arranged(stream: Stream, staging: Path, goal: Path, *, points: bool) -> None:
    """Write the rows of a stream by place.

    Parameters
    ----------
    stream
        The file as it came.
    staging
        Folder for the runs.
    goal
        Folder for the files.
    points
        Whether places are kept as two numbers, else as geometry.

    Raises
    ------
    NotPointsError
        When they are not all points.
    """
    _merge(_write_runs(stream, staging, points=points), goal)


def _write_runs(stream: Stream, staging: Path, *, points: bool) -> list[_Run]:
    """Sort the rows by cell, as many at once as memory should hold."""
    runs: list[_Run] = []
    waiting: list[tuple[pa.Table, NDArray[np.int64]]] = []
    held = 0
    for found in stream.batches(stream.columns):
        table = _as_table(found, points=points)
        waiting.append((table, _cells(found)))
        held += table.nbytes
        if held >= RUN_BYTES:
            runs.append(_write_run(waiting, staging / f"run-{len(runs)}"))
            waiting, held = [], 0
    if waiting or not runs:
        runs.append(_write_run(waiting or [_no_rows(stream, points=points)], staging / f"run-{len(runs)}"))
    return runs


def _no_rows(stream: Stream, *, points: bool) -> tuple[pa.Table, NDArray[np.int64]]:
    nothing = stream.near((np.inf, np.inf, -np.inf, -np.inf), stream.columns)
    return _as_table(nothing, points=points), np.zeros(0, dtype=np.int64)


def _as_table(found: Found, *, points: bool) -> pa.Table:
    """Put the number, the place and the attributes of rows in one table."""
    places = found.places
    columns: dict[str, pa.Array] = {NUMBER: pa.array(found.number)}
    if points:
        if places.geometry is not None:
            raise NotPointsError
        columns |= {X: pa.array(places.x), Y: pa.array(places.y)}
    else:
        columns[SHAPE] = pa.array(shapely.to_wkb(places.shapes()), pa.large_binary())
        columns |= {name: pa.array(edge) for name, edge in zip(_BOX, places.bounds().T, strict=True)}
    for name in found.table.column_names:
        columns[name] = found.table.column(name)
    return pa.table(columns)


def _cells(found: Found) -> NDArray[np.int64]:
    """Give the cell that the middle of each row lies in, on a Z-curve, so that a quarter is a range."""
    x, y = (((middle + FARTHEST_M) / CELL_M).astype(np.int64) for middle in found.places.middles())
    return _spread(x) | (_spread(y) << 1)


def _spread(value: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put a zero bit between the bits of numbers of at most 31 bits."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | (value << shift)) & mask
    return value


def _write_run(waiting: list[tuple[pa.Table, NDArray[np.int64]]], path: Path) -> _Run:
    table = pa.concat_tables([part for part, _ in waiting]).combine_chunks()
    cell = np.concatenate([part for _, part in waiting])
    order = np.argsort(cell, kind="stable")
    cell, first = np.unique(cell[order], return_index=True)
    count = np.diff(np.append(first, len(order)))
    row_bytes = table.nbytes / max(len(table), 1)
    step = max(int(PIECE_BYTES / max(row_bytes, 1.0)), 1)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        # taken piece by piece, so that the rows are in memory only once
        for start in range(0, len(order), step):
            writer.write_table(table.take(pa.array(order[start : start + step])).combine_chunks())
        if not len(order):
            writer.write_table(table)
    return _Run(path, cell, count, row_bytes)


class _RunReader:
    """Gives the rows of a run from the front, some at a time."""

    def __init__(self, run: _Run) -> None:
        self._file = pa.OSFile(str(run.path))
        self._source = pa.ipc.open_file(self._file)
        self.schema = self._source.schema
        self._batch = 0
        self._rest = self.schema.empty_table()

    def take(self, count: int) -> pa.Table:
        """Give the next rows."""
        parts = [self._rest]
        held = len(self._rest)
        while held < count:
            batch = self._source.get_batch(self._batch)
            self._batch += 1
            parts.append(pa.Table.from_batches([batch]))
            held += len(batch)
        table = pa.concat_tables(parts)
        self._rest = table.slice(count)
        return table.slice(0, count)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _merge(runs: list[_Run], goal: Path) -> None:
    """Write the rows of all runs, a part of the land at a time."""
    cells, place = np.unique(np.concatenate([run.cell for run in runs]), return_inverse=True)
    counts = np.bincount(place, np.concatenate([run.count for run in runs]), len(cells)).astype(np.int64)
    row_bytes = max(run.row_bytes for run in runs)
    readers = [_RunReader(run) for run in runs]
    try:
        size = GROUP_BYTES[X in readers[0].schema.names]
        most = int(np.clip(size / max(row_bytes, 1.0), 1, GROUP_ROWS))
        wanted = _per_run(runs, cells, list(_quarters(cells, counts, most)))
        for number, start in enumerate(range(0, max(len(wanted), 1), GROUPS_PER_FILE)):
            # so many digits that names sort as numbers do
            path = goal / f"part-{number:08d}.parquet"
            _write_file(path, readers, wanted[start : start + GROUPS_PER_FILE])
    finally:
        for reader in readers:
            reader.close()


def _write_file(path: Path, readers: list[_RunReader], wanted: NDArray[np.int64]) -> None:
    schema = readers[0].schema
    if SHAPE in schema.names:
        schema = schema.with_metadata({b"geo": json.dumps(_GEO).encode()})
    with pq.ParquetWriter(
        path, schema, compression="lz4", use_dictionary=False, write_page_checksum=True
    ) as writer:
        for counts in wanted:
            parts = [reader.take(int(count)) for reader, count in zip(readers, counts, strict=True)]
            table = pa.concat_tables(parts)
            order = np.argsort(table.column(NUMBER).to_numpy(), kind="stable")
            writer.write_table(table.take(pa.array(order)).cast(schema), row_group_size=GROUP_ROWS)


def _per_run(
    runs: list[_Run], cells: NDArray[np.int64], quarters: list[tuple[int, int]]
) -> NDArray[np.int64]:
    """Count the rows of each quarter in each run, ``(quarters, runs)``."""
    found = np.zeros((len(quarters), len(runs)), dtype=np.int64)
    if quarters:
        # quarters follow on each other, so their first cells divide those of a run
        first = cells[[start for start, _ in quarters]]
        for column, run in enumerate(runs):
            before = np.append(0, np.cumsum(run.count))
            place = np.append(np.searchsorted(run.cell, first), len(run.cell))
            found[:, column] = np.diff(before[place])
    return found


def _quarters(cells: NDArray[np.int64], counts: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Cut cells into squares that hold at most `most` rows, or are one cell; gives ranges of positions."""
    before = np.append(0, np.cumsum(counts))

    def cut(first: int, stop: int, level: int) -> Iterator[tuple[int, int]]:
        if first == stop:
            return
        if before[stop] - before[first] <= most or level == 0:
            yield first, stop
            return
        # two bits a level: the four quarters of this square
        base = int(cells[first]) >> (2 * level) << (2 * level)
        edges = [base + (quarter << (2 * level - 2)) for quarter in range(5)]
        inner = [int(place) for place in np.searchsorted(cells[first:stop], edges)]
        for low, high in pairwise(inner):
            yield from cut(first + low, first + high, level - 1)

    yield from cut(0, len(cells), _LEVELS)

"""Arrange the rows of a Parquet file by place, in one pass that needs little memory, and keep the result.

Rows are sorted in runs that fit in memory, by the cell of a quadtree in which their middle lies; the runs are
then merged cell by cell. The result is a Parquet file of small groups of rows, each of one part of the land,
named by the hash of what it was made from. It appears by one rename; what a break leaves behind is removed by
the next that comes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gis.boxes import around, touching
from gis.crs import RD
from gis.errors import InputError, Problem
from gis.parquet_open import open_stream
from gis.parquet_places import FARTHEST_M

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.parquet_stream import Found, Stream

VERSION: Final = "1"
"""Part of the name of every arranged file; raised when what is written changes."""
STAGING: Final = ".staging-"
LOCK: Final = ".lock"
SMALL_BYTES: Final = 2 * 1024**2
"""A file of this size costs little to read whole, however often."""
RUN_BYTES: Final = 32 * 1024**2
GROUP_BYTES: Final = 1024**2
GROUP_ROWS: Final = 65_536
PIECE_BYTES: Final = 256 * 1024
"""Of every run about this much is in memory while runs are merged."""
CELL_M: Final = 1000.0
_LEVELS: Final = 20
_PARTS: Final = 4
_TOO_OFTEN: Final = 4.0
_NUMBER, _X, _Y, _SHAPE = "__row__", "__x__", "__y__", "__geometry__"
_BOX: Final = ("__west__", "__south__", "__east__", "__north__")
_GEO: Final = {
    "version": "1.1.0",
    "primary_column": _SHAPE,
    "columns": {
        _SHAPE: {
            "encoding": "WKB",
            "geometry_types": [],
            "crs": RD,
            "covering": {
                "bbox": dict(zip(("xmin", "ymin", "xmax", "ymax"), ([name] for name in _BOX), strict=True))
            },
        }
    },
}


class _NotPointsError(Exception):
    """A file of points holds something else."""


def read_by_place(stream: Stream, folder: Path) -> Stream:
    """Give a stream that is fit to be read in parts: the same when it is, else one that is arranged.

    Parameters
    ----------
    stream
        As `gis.parquet_stream.open_stream` gives it.
    folder
        Where arranged files are kept; made when needed. Files of the same content share one.

    Raises
    ------
    InputError
        When a row cannot be used, or the folder cannot be written.
    """
    return stream if is_fit(stream) else arrange(stream, folder)


def is_fit(stream: Stream) -> bool:
    """Tell whether reading a file in parts reads about as much as reading it once."""
    if stream.size.sum() <= SMALL_BYTES:
        return True
    if not stream.is_boxed or stream.size.max() > RUN_BYTES:
        return False
    west, south, east, north = around(stream.bounds)
    x, y = np.linspace(west, east, _PARTS + 1), np.linspace(south, north, _PARTS + 1)
    read = sum(
        int(stream.rows[touching(stream.bounds, (x[column], y[row], x[column + 1], y[row + 1]))].sum())
        for column in range(_PARTS)
        for row in range(_PARTS)
    )
    return read <= _TOO_OFTEN * stream.total


def arrange(stream: Stream, folder: Path) -> Stream:
    """Write the rows of a file by place, unless that was done before, and open the result."""
    goal = folder / f"{_key(stream)}.parquet"
    with _locked(folder):
        if not goal.exists():
            staging = folder / f"{STAGING}{goal.stem}"
            staging.mkdir()
            try:
                _write(stream, staging, goal)
            except OSError as error:
                raise _unwritable(folder, error) from error
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    return _opened(stream, goal)


def _key(stream: Stream) -> str:
    """Name what is arranged: the bytes of the file and what of it is kept."""
    with stream.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(repr((VERSION, stream.places, sorted(stream.columns))).encode())
    return digest.hexdigest()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one at a time write in the folder, and remove what one that died left there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for dead in sorted(folder.glob(f"{STAGING}*")):
            shutil.rmtree(dead, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _unwritable(folder: Path, error: OSError) -> InputError:
    message = f"rows cannot be arranged by place there: {error.strerror or error}"
    return InputError(Problem(message, "Make room, or choose another folder.", file=folder.name))


def _opened(stream: Stream, goal: Path) -> Stream:
    with pq.ParquetFile(goal) as source:
        points = _X in source.schema_arrow.names
    x, y = (_X, _Y) if points else (None, None)
    found = open_stream(goal, stream.shown, x=x, y=y, columns=(*stream.columns, _NUMBER))
    return replace(found, columns=stream.columns, number=_NUMBER)


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows that were sorted in memory: their file, and how many lie in each cell, cells rising."""

    path: Path
    cell: NDArray[np.int64]
    count: NDArray[np.int64]
    row_bytes: float


def _write(stream: Stream, staging: Path, goal: Path) -> None:
    try:
        runs = _write_runs(stream, staging, points=True)
    except _NotPointsError:
        runs = _write_runs(stream, staging, points=False)
    made = staging / "arranged"
    _merge(runs, made)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(goal)


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
    columns: dict[str, pa.Array] = {_NUMBER: pa.array(found.number)}
    if points:
        if places.geometry is not None:
            raise _NotPointsError
        columns |= {_X: pa.array(places.x), _Y: pa.array(places.y)}
    else:
        columns[_SHAPE] = pa.array(shapely.to_wkb(places.shapes()), pa.large_binary())
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


def _merge(runs: list[_Run], path: Path) -> None:
    """Write the rows of all runs, a part of the land at a time."""
    cells, place = np.unique(np.concatenate([run.cell for run in runs]), return_inverse=True)
    counts = np.bincount(place, np.concatenate([run.count for run in runs]), len(cells)).astype(np.int64)
    row_bytes = max(run.row_bytes for run in runs)
    most = int(np.clip(GROUP_BYTES / max(row_bytes, 1.0), 1, GROUP_ROWS))
    readers = [_RunReader(run) for run in runs]
    try:
        schema = readers[0].schema
        if _SHAPE in schema.names:
            schema = schema.with_metadata({b"geo": json.dumps(_GEO).encode()})
        with pq.ParquetWriter(
            path, schema, compression="lz4", use_dictionary=False, write_page_checksum=True
        ) as writer:
            quarters = list(_quarters(cells, counts, most))
            for wanted in _per_run(runs, cells, quarters):
                parts = [reader.take(int(count)) for reader, count in zip(readers, wanted, strict=True)]
                table = pa.concat_tables(parts)
                order = np.argsort(table.column(_NUMBER).to_numpy(), kind="stable")
                writer.write_table(table.take(pa.array(order)).cast(schema), row_group_size=GROUP_ROWS)
    finally:
        for reader in readers:
            reader.close()


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

"""Arrange the rows of a Parquet file by place, in one pass that needs little memory, and keep the result.

The result is a folder of Parquet files with small groups of rows, each of one part of the land, named by the
hash of what it was made from. It appears by one rename; what a break leaves behind is removed by the next
that comes. How rows are sorted stands in `gis.parquet_runs`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.parquet as pq

from gis.boxes import around, touching
from gis.errors import InputError, Problem
from gis.parquet_open import open_stream
from gis.parquet_runs import NUMBER, RUN_BYTES, NotPointsError, X, Y, write_arranged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.parquet_stream import Stream

VERSION: Final = "1"
"""Part of the name of every arranged file; raised when what is written changes."""
STAGING: Final = ".staging-"
LOCK: Final = ".lock"
SMALL_BYTES: Final = 256 * 1024
"""A file of this size costs little to read whole, however often."""
_PARTS: Final = 4
_TOO_OFTEN: Final = 4.0


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
    goal = folder / _key(stream)
    with _locked(folder):
        if not goal.exists():
            staging = folder / f"{STAGING}{goal.name}"
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
    with stream.paths[0].open("rb") as file:
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


def _write(stream: Stream, staging: Path, goal: Path) -> None:
    made = staging / "arranged"
    made.mkdir()
    try:
        write_arranged(stream, staging, made, points=True)
    except NotPointsError:
        write_arranged(stream, staging, made, points=False)
    for path in made.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    made.replace(goal)


def _opened(stream: Stream, goal: Path) -> Stream:
    parts = [_opened_file(stream, path) for path in sorted(goal.iterdir())]
    file = [
        np.column_stack((np.full(len(part.rows), number), part.place[:, 1]))
        for number, part in enumerate(parts)
    ]
    return replace(
        parts[0],
        paths=tuple(path for part in parts for path in part.paths),
        columns=stream.columns,
        first=np.concatenate([part.first for part in parts]),
        rows=np.concatenate([part.rows for part in parts]),
        size=np.concatenate([part.size for part in parts]),
        bounds=np.concatenate([part.bounds for part in parts]),
        place=np.concatenate(file),
        number=NUMBER,
    )


def _opened_file(stream: Stream, path: Path) -> Stream:
    with pq.ParquetFile(path) as source:
        points = X in source.schema_arrow.names
    x, y = (X, Y) if points else (None, None)
    return open_stream(path, stream.shown, x=x, y=y, columns=(*stream.columns, NUMBER))

"""Rows of a GeoParquet file by place, so that a file larger than memory can be worked through in parts.

A file whose groups of rows lie together (sorted by place, with the bounds of each row in columns as
GeoParquet 1.1 describes, or points in coordinate columns) is read as it is: only the groups that touch a box.
Any other file is arranged first, see `gis.parquet_arranged`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gis.boxes import Box, touching
from gis.errors import InputError, Problem
from gis.geoparquet import STREAMED_BYTES, STREAMED_ROWS, first_line, open_checked, refuse
from gis.parquet_places import Places, joined, read_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.parquet_places import PlaceColumns

MAX_ROWS: Final = STREAMED_ROWS
MAX_BYTES: Final = STREAMED_BYTES
BATCH_ROWS: Final = 65_536
MOST: Final = 0.5
_FLOAT32_STEP: Final = 2.0**-22
"""Twice the largest relative error of a number of single precision."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that touch a box.

    Attributes
    ----------
    number
        Position of each row in the file as it came (first 0), rising.
    places
        Where they lie.
    table
        The columns that were asked, in the same order.
    """

    number: NDArray[np.int64]
    places: Places
    table: pa.Table

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.number)

    def take(self, rows: NDArray[Any]) -> Found:
        """Give some of the rows, by mask or by rising position."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Found(self.number[rows], self.places.take(rows), self.table.take(pa.array(rows)))

    def column(self, name: str) -> NDArray[Any]:
        """Give a column as an array."""
        values: NDArray[Any] = self.table.column(name).to_numpy()
        return values


@dataclass(frozen=True, slots=True)
class Stream:
    """A file whose rows can be read by place. It fits in a pickle, so that any worker can read.

    Attributes
    ----------
    paths
        The file; several when it was arranged, so that little has to be opened for a part.
    shown
        How the file is called in messages.
    places
        Where the geometry is.
    columns
        Attributes that can be asked.
    first, rows, size
        Per group of rows: position of its first row, how many, and their bytes once unpacked.
    bounds
        Per group ``(n, 4)``; infinite where the file does not say.
    place
        Per group which of `paths` holds it, and the how manieth group there it is, ``(n, 2)``.
    number
        Column that holds the position of each row in the file as it came; None for the rows as they are.
    within
        Box outside of which at most half of the rows may lie; None for no such check.
    """

    paths: tuple[Path, ...]
    shown: str
    places: PlaceColumns
    columns: tuple[str, ...]
    first: NDArray[np.int64] = field(repr=False)
    rows: NDArray[np.int64] = field(repr=False)
    size: NDArray[np.int64] = field(repr=False)
    bounds: NDArray[np.float64] = field(repr=False)
    place: NDArray[np.int64] = field(repr=False)
    number: str | None = None
    within: Box | None = None

    @property
    def total(self) -> int:
        """How many rows there are."""
        return int(self.rows.sum())

    @property
    def is_boxed(self) -> bool:
        """Whether the file says where every group of rows lies."""
        return bool(np.isfinite(self.bounds).all())

    def near(self, box: Box, columns: Sequence[str] = ()) -> Found:
        """Read the rows whose own box touches a box.

        Parameters
        ----------
        box
            Metres, may be endless.
        columns
            Names out of `columns`.

        Raises
        ------
        InputError
            When the file is broken, or a row does not lie where the file says.
        """
        return self.near_any(np.array([box]), columns)

    def near_any(self, boxes: NDArray[np.float64], columns: Sequence[str] = ()) -> Found:
        """Read the rows whose own box touches any of some boxes ``(n, 4)``, each row once; see `near`."""
        groups = np.flatnonzero(_touching_any(self.bounds, boxes))
        parts: list[Found] = []
        for file in np.unique(self.place[groups, 0]):
            with self.opened(int(file)) as source:
                own = groups[self.place[groups, 0] == file]
                parts += [self._group(source, int(group), boxes, columns) for group in own]
        parts = [part for part in parts if len(part)]
        if not parts:
            return self._nothing(columns)
        number = np.concatenate([part.number for part in parts])
        found = Found(
            number, joined([part.places for part in parts]), pa.concat_tables([part.table for part in parts])
        )
        rising = len(number) < 2 or bool((np.diff(number) > 0).all())  # noqa: PLR2004 - one row is in order
        return found if rising else found.take(np.argsort(number, kind="stable"))

    def batches(self, columns: Sequence[str] = ()) -> Iterator[Found]:
        """Read all rows of a file as it came, in its order, some ten thousands at once."""
        first, strange, seen = 0, 0, 0
        with self.opened() as source:
            wanted = [*self.places.needed(), *columns]
            try:
                for batch in source.iter_batches(BATCH_ROWS, columns=wanted, use_threads=False):
                    table = pa.Table.from_batches([batch])
                    number = np.arange(first, first + len(table), dtype=np.int64)
                    first += len(table)
                    places = read_places(table, self.places, number, self.shown)
                    if self.within is not None:
                        seen += len(table)
                        strange += int(np.count_nonzero(~places.touch(self.within)))
                    yield Found(number, places, table.select(list(columns)))
            except (pa.ArrowException, OSError, MemoryError) as error:
                raise _unreadable(self.shown, error) from error
        if strange > MOST * seen:
            raise elsewhere(self.shown)

    def opened(self, file: int = 0) -> pq.ParquetFile:
        """Open one of the files."""
        return open_checked(self.paths[file], self.shown, rows=MAX_ROWS, size=MAX_BYTES, streamed=True)

    def _group(
        self, source: pq.ParquetFile, group: int, boxes: NDArray[np.float64], columns: Sequence[str]
    ) -> Found:
        """Read a group of rows and keep those that touch a box."""
        west, south, east, north = self.bounds[group]
        boxes = boxes[touching(boxes, (west, south, east, north))]
        own = () if self.number is None else (self.number,)
        wanted = [*self.places.needed(), *(self.places.box or ()), *own, *columns]
        try:
            table = source.read_row_group(int(self.place[group, 1]), columns=wanted, use_threads=False)
        except (pa.ArrowException, OSError, MemoryError) as error:
            raise _unreadable(self.shown, error) from error
        if self.number is None:
            number = np.arange(self.first[group], self.first[group] + len(table), dtype=np.int64)
        else:
            number = table.column(self.number).to_numpy()
        stated = self._stated(table)
        if stated is not None:
            # the stated boxes tell without making any geometry which rows are needed
            rows = np.flatnonzero(_touching_any(stated, boxes))
            table, number, stated = table.take(pa.array(rows)), number[rows], stated[rows]
        places = read_places(table, self.places, number, self.shown)
        self._check(places, stated, number, group)
        keep = np.flatnonzero(_touching_any(places.bounds(), boxes))
        kept = Found(number, places, table.select(list(columns)))
        return kept if len(keep) == len(number) else kept.take(keep)

    def _stated(self, table: pa.Table) -> NDArray[np.float64] | None:
        """Give the box of each row as the file states it."""
        if self.places.box is None:
            return None
        values = []
        for path in self.places.box:
            name, *inner = path.split(".")
            column = table.column(name)
            for part in inner:
                column = pa.compute.struct_field(column, part)
            values.append(column.cast(pa.float64()).to_numpy())
        return loosened(np.column_stack(values), coarse=self.places.coarse)

    def _check(
        self,
        places: Places,
        stated: NDArray[np.float64] | None,
        number: NDArray[np.int64],
        group: int,
    ) -> None:
        """Refuse rows that lie outside the box that the file states for them, or for their group."""
        west, south, east, north = self.bounds[group]
        if stated is None:
            wrong = ~places.belong((west, south, np.nextafter(east, np.inf), np.nextafter(north, np.inf)))
        else:
            bounds = places.bounds()
            wrong = ~(_inside(bounds, self.bounds[group]) & _inside(bounds, stated))
        if wrong.any():
            rows = tuple(str(row + 1) for row in number[wrong])
            message = "rows lie outside the bounds that the file states for them"
            raise InputError(Problem(message, "Export the file again as GeoParquet.", self.shown, rows=rows))

    def _nothing(self, columns: Sequence[str]) -> Found:
        with self.opened() as source:
            schema = pa.schema([source.schema_arrow.field(name) for name in columns])
        return Found(np.zeros(0, dtype=np.int64), Places(np.zeros(0), np.zeros(0)), schema.empty_table())


def _touching_any(bounds: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which boxes ``(n, 4)`` touch any of the others."""
    found = np.zeros(len(bounds), dtype=np.bool_)
    for west, south, east, north in boxes:
        found |= touching(bounds, (west, south, east, north))
    return found


def loosened(bounds: NDArray[np.float64], *, coarse: bool) -> NDArray[np.float64]:
    """Widen boxes by what rounding to single precision may have taken off."""
    if not coarse:
        return bounds
    slack = np.abs(bounds) * _FLOAT32_STEP
    slack[~np.isfinite(slack)] = 0.0
    wider: NDArray[np.float64] = bounds + slack * np.array([-1.0, -1.0, 1.0, 1.0])
    return wider


def _inside(bounds: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    inner = np.column_stack((bounds[:, :2] >= box[..., :2], bounds[:, 2:] <= box[..., 2:]))
    return np.asarray(inner.all(axis=1), dtype=np.bool_)


def _unreadable(shown: str, error: BaseException) -> InputError:
    return refuse(shown, f"the Parquet file cannot be read: {first_line(Exception(error))}")


def elsewhere(shown: str) -> InputError:
    """Make the error for coordinates that cannot be in RD New."""
    message = "the coordinates are stated to be RD New but do not lie in or near the Netherlands"
    return InputError(Problem(message, "Check the coordinate system of the file.", file=shown))

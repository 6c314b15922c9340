"""The geometry in rows of a Parquet file: which columns hold it, and how it is read and checked.

Points stay coordinate arrays: nine million of them as objects would fill a gigabyte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.boxes import touching
from gis.errors import InputError, Problem
from gis.geoparquet import refuse
from gis.repair import check_vertices
from gis.wkb import read_wkb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gis.boxes import Box

FARTHEST_M: Final = 1e8
"""No projected system has coordinates beyond this."""
_POINT_BYTES: Final = 21
_POINT_HEAD: Final = np.frombuffer(b"\x01\x01\x00\x00\x00", dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Places:
    """Where rows lie: points as two arrays, or geometries.

    Attributes
    ----------
    x, y
        Coordinates in metres when all rows are points, else None.
    geometry
        Shapely geometries when they are not, else None.
    """

    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None
    geometry: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        """Give the number of rows."""
        if self.geometry is not None:
            return len(self.geometry)
        return 0 if self.x is None else len(self.x)

    def bounds(self) -> NDArray[np.float64]:
        """Give the box of each row, ``(n, 4)``."""
        if self.geometry is not None:
            found: NDArray[np.float64] = shapely.bounds(self.geometry)
            return found
        if self.x is None or self.y is None:
            return np.zeros((0, 4))
        return np.column_stack((self.x, self.y, self.x, self.y))

    def middles(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the middle of the box of each row."""
        if self.x is not None and self.y is not None:
            return self.x, self.y
        bounds = self.bounds()
        return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2

    def touch(self, box: Box) -> NDArray[np.bool_]:
        """Tell of which rows the box touches a box."""
        if self.x is None or self.y is None:
            return touching(self.bounds(), box)
        west, south, east, north = box
        return (self.x >= west) & (self.x <= east) & (self.y >= south) & (self.y <= north)

    def belong(self, box: Box) -> NDArray[np.bool_]:
        """Tell which rows have their middle in a part of the plane, so that each is in one part."""
        west, south, east, north = box
        x, y = self.middles()
        return (x >= west) & (x < east) & (y >= south) & (y < north)

    def shapes(self) -> NDArray[np.object_]:
        """Give geometries, whatever the rows are."""
        if self.geometry is not None:
            return self.geometry
        if self.x is None or self.y is None:
            return np.zeros(0, dtype=object)
        return np.asarray(shapely.points(self.x, self.y), dtype=object)

    def take(self, rows: NDArray[Any]) -> Places:
        """Give some of the rows, by position or mask."""
        if self.geometry is not None:
            return Places(geometry=self.geometry[rows])
        if self.x is None or self.y is None:
            return self
        return Places(self.x[rows], self.y[rows])


def joined(parts: Sequence[Places]) -> Places:
    """Put places end to end; they stay arrays when all of them are."""
    some = [part for part in parts if len(part)]
    if any(part.geometry is not None for part in some):
        return Places(geometry=np.concatenate([part.shapes() for part in some]))
    empty = [np.zeros(0)]
    return Places(
        np.concatenate([part.x for part in some if part.x is not None] or empty),
        np.concatenate([part.y for part in some if part.y is not None] or empty),
    )


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """Which columns of a file hold the geometry.

    Attributes
    ----------
    name
        The geometry column; None when coordinates stand in columns of their own.
    encoding
        ``WKB``, ``point`` or another of GeoArrow; ``columns`` for coordinates in columns.
    x, y
        Those columns.
    box
        Paths of four columns with the bounds of each row (west, south, east, north), None without them.
    coarse
        Whether those are numbers of single precision, which may be rounded inwards.
    """

    name: str | None
    encoding: str
    x: str | None = None
    y: str | None = None
    box: tuple[str, str, str, str] | None = None
    coarse: bool = False

    def needed(self) -> list[str]:
        """List the columns to read for the geometry."""
        return [name for name in (self.name, self.x, self.y) if name is not None]

    def statistics(self) -> tuple[str, str, str, str] | None:
        """Give the columns whose least and greatest values bound a group of rows; None without them."""
        if self.box is not None:
            return self.box
        if self.encoding == "point":
            return f"{self.name}.x", f"{self.name}.y", f"{self.name}.x", f"{self.name}.y"
        if self.x is not None and self.y is not None:
            return self.x, self.y, self.x, self.y
        return None


def read_places(table: pa.Table, columns: PlaceColumns, numbers: NDArray[np.int64], shown: str) -> Places:
    """Make the places of the rows of a table.

    Parameters
    ----------
    table
        Rows with the columns that `columns` needs.
    columns
        Where the geometry is.
    numbers
        Position of each row in the file, for messages.
    shown
        How the file is called in messages.

    Raises
    ------
    InputError
        When a row has no geometry, a coordinate is no finite number, or a geometry has too many vertices.
    """
    if columns.encoding == "WKB":
        found = _from_wkb(table.column(columns.name), numbers, shown)
    elif columns.encoding == "point":
        values = table.column(columns.name).combine_chunks()
        x, y = (_numbers(pc.struct_field(values, axis), numbers, shown) for axis in ("x", "y"))
        found = Places(x, y)
    elif columns.encoding == "columns":
        x, y = (_numbers(table.column(name), numbers, shown) for name in (columns.x, columns.y))
        found = Places(x, y)
    else:
        found = _from_arrow(table, columns, shown)
    _check(found, numbers, shown)
    return found


def _numbers(values: Any, numbers: NDArray[np.int64], shown: str) -> NDArray[np.float64]:
    """Give a column of coordinates as an array."""
    if values.null_count:
        _refuse_rows("rows have no coordinates", np.asarray(pc.is_null(values)), numbers, shown)
    try:
        array = values.cast(pa.float64(), safe=False).to_numpy()
    except pa.ArrowException as error:
        raise refuse(shown, "the columns with the coordinates do not hold numbers") from error
    return np.ascontiguousarray(array, dtype=np.float64)


def _from_wkb(column: Any, numbers: NDArray[np.int64], shown: str) -> Places:
    """Read well-known bytes; those of plain points straight from memory."""
    kind = column.type
    if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)):
        raise refuse(shown, "the geometry column does not hold well-known bytes")
    if column.null_count:
        _refuse_rows("rows have no geometry", np.asarray(pc.is_null(column)), numbers, shown)
    values = column.cast(pa.large_binary()) if isinstance(column, pa.Array) else _one_chunk(column)
    points = _plain_points(values)
    if points is not None:
        return points
    geometry = read_wkb(values.to_numpy(zero_copy_only=False), [])
    gone = shapely.is_missing(geometry)
    if gone.any():
        _refuse_rows("rows hold a geometry that cannot be read", gone, numbers, shown)
    if (shapely.get_type_id(geometry) == shapely.GeometryType.POINT).all() and not shapely.is_empty(
        geometry
    ).any():
        return Places(shapely.get_x(geometry), shapely.get_y(geometry))
    return Places(geometry=geometry)


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    whole = column.cast(pa.large_binary()).combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _plain_points(values: pa.Array) -> Places | None:
    """Give points that are all written as 21 bytes, little end first; None when any is not."""
    count = len(values)
    _, offsets, data = values.buffers()
    if not count or data is None:
        return Places(np.zeros(0), np.zeros(0)) if not count else None
    edge = np.frombuffer(offsets, dtype=np.int64)[values.offset : values.offset + count + 1]
    if edge[-1] - edge[0] != count * _POINT_BYTES or not (np.diff(edge) == _POINT_BYTES).all():
        return None
    raw = np.frombuffer(data, dtype=np.uint8)[edge[0] : edge[-1]].reshape(count, _POINT_BYTES)
    if not (raw[:, : len(_POINT_HEAD)] == _POINT_HEAD).all():
        return None
    xy = raw[:, len(_POINT_HEAD) :].copy().view("<f8")
    return Places(np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1]))


def _from_arrow(table: pa.Table, columns: PlaceColumns, shown: str) -> Places:
    """Read the other native arrays of GeoArrow."""
    import geopandas as gpd

    try:
        frame = gpd.GeoDataFrame.from_arrow(table.select([columns.name]), geometry=columns.name)
    except (ValueError, TypeError, KeyError, pa.ArrowException) as error:
        raise refuse(shown, f"geometry encoding {columns.encoding!r} cannot be read") from error
    return Places(geometry=np.asarray(frame.geometry, dtype=object))


def _check(places: Places, numbers: NDArray[np.int64], shown: str) -> None:
    """Refuse what cannot be measured, by row."""
    if places.geometry is not None:
        check_vertices(places.geometry, lambda row: str(numbers[row] + 1), file=shown)
        gone = shapely.is_missing(places.geometry) | shapely.is_empty(places.geometry)
        if gone.any():
            _refuse_rows("rows have no geometry", gone, numbers, shown)
        coordinates, row = shapely.get_coordinates(places.geometry, return_index=True)
        wrong = np.zeros(len(places), dtype=bool)
        wrong[row[~_usable(coordinates).all(axis=1)]] = True
    else:
        wrong = ~(_usable(places.x) & _usable(places.y))
    if wrong.any():
        _refuse_rows("coordinates are no finite number, or far too large", wrong, numbers, shown)


def _usable(values: Any) -> NDArray[np.bool_]:
    # a comparison with what is no number is false
    found: NDArray[np.bool_] = np.abs(values) <= FARTHEST_M
    return found


def _refuse_rows(message: str, wrong: NDArray[np.bool_], numbers: NDArray[np.int64], shown: str) -> None:
    rows = tuple(str(number + 1) for number in numbers[wrong])
    raise InputError(
        Problem(message, "Repair or remove these rows, then export again.", file=shown, rows=rows)
    )

"""One table of a release as a table in PostGIS: its columns, its rows and its indexes.

Geometry is kept twice, in RD New and in degrees, both made here, so that places are compared exactly as they
are served; texts are kept once more without regard to upper and lower case, folded here. These columns begin
with an underscore and are for the service; the others are for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from psycopg import sql

from gis.crs import RD
from gis.planes import to_plane
from layers.canonical import DTYPES
from layers.served_rows import ordered, plain_rows, stored_geometry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray
    from psycopg import Connection
    from psycopg.rows import TupleRow

    from gis.planes import Plane
    from layers.schema import Column, Kind, Layer

KEY: Final = "_key"
"""Puts rows in order: the id, or the number of the row in nine digits where rows have no id."""
ID: Final = "_id"
PLACES: Final[dict[Plane, str]] = {"rd": "geometry", "lonlat": "_lonlat"}
"""Plane to the column that holds geometry in it."""
SRIDS: Final[dict[Plane, int]] = {"rd": 28992, "lonlat": 4258}
_C: Final = 'text COLLATE "C"'
_SQL_TYPES: Final[dict[Kind, str]] = {
    "number": "double precision",
    "integer": "bigint",
    "year": "integer",
    "boolean": "boolean",
}
"""Kind of column to its type in the database; all others are text, ordered by code point. A date is text
too, as in a release: the service compares and orders it so."""
_CHUNK: Final = 5_000
"""Rows that are read from the server at a time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Schema and name of a table."""

    schema: str
    name: str

    @property
    def quoted(self) -> sql.Identifier:
        """The name as it stands in a statement."""
        return sql.Identifier(self.schema, self.name)


def folded_name(column: str) -> str:
    """Name the column that holds a text without regard to upper and lower case, folded by us."""
    return f"_folded_{column}"


def write_table(
    connection: Connection[TupleRow],
    place: Place,
    layer: Layer,
    frame: pd.DataFrame | gpd.GeoDataFrame,
    *,
    identifiers: Collection[str] = (),
) -> None:
    """Make a table, with its rows and indexes.

    Parameters
    ----------
    connection
        Of whoever may make tables; nothing is committed here.
    place
        Of a table that is not there yet, in a schema that is.
    layer
        Description of the table.
    frame
        Its rows; columns that it lacks are left out. A GeoDataFrame in EPSG:28992 when it has a place.
    identifiers
        Columns that name a row of this or another table; each gets an index.

    Raises
    ------
    ValueError
        When an id is missing or occurs twice.
    psycopg.Error
        When the database refuses.
    """
    columns = [column for column in layer.columns if column.name in frame.columns]
    rows, ids, keys = ordered(layer, frame)
    shapes: dict[Plane, NDArray[np.object_]] = {}
    if layer.shape != "table":
        stored = stored_geometry(rows)
        shapes = {plane: to_plane(stored, plane) for plane in PLACES}
    connection.execute(_creation(place, layer, columns, shapes))
    wkb = [_hex(geometry, SRIDS[plane]) for plane, geometry in shapes.items()]
    with connection.cursor() as cursor, cursor.copy(_copying(place, columns, shapes)) as copy:
        for n, row in enumerate(plain_rows(rows)):
            folded = [_folded(row[column.name]) for column in columns if is_text(column)]
            copy.write_row([keys[n], ids[n], *(one[n] for one in wkb), *row.values(), *folded])
    for plane in shapes:
        index = sql.SQL("CREATE INDEX ON {} USING gist ({})")
        connection.execute(index.format(place.quoted, sql.Identifier(PLACES[plane])))
    for column in columns:
        if column.name in identifiers:
            index = sql.SQL("CREATE INDEX ON {} ({})")
            connection.execute(index.format(place.quoted, sql.Identifier(column.name)))
    connection.execute(sql.SQL("ANALYZE {}").format(place.quoted))


def read_table(
    connection: Connection[TupleRow], place: Place, layer: Layer
) -> pd.DataFrame | gpd.GeoDataFrame:
    """Read a whole table back, as a release has it.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        In the order of the keys; in EPSG:28992 where the layer has a shape, rings as a release writes them.
    """
    rows = list(_rows(connection, place, layer))
    frame = typed_frame([row[1:] for row in rows], layer.columns)
    if layer.shape == "table":
        return frame
    return gpd.GeoDataFrame(frame, geometry=shapely.normalize(shapes_of([row[0] for row in rows])), crs=RD)


def typed_frame(rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> pd.DataFrame:
    """Put the values of rows, in the order of `columns`, in a table with the types of a release."""
    values = {
        column.name: pd.Series([row[place] for row in rows], dtype=object)
        for place, column in enumerate(columns)
    }
    return pd.DataFrame(values).astype({column.name: DTYPES[column.kind] for column in columns})


def shapes_of(wkb: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Make geometries from well-known bytes; None stays None."""
    binary = np.array([None if one is None else bytes(one) for one in wkb], dtype=object)
    return np.asarray(shapely.from_wkb(binary), dtype=object)


def columns_of(layer: Layer, shapes: Collection[Plane], columns: Sequence[Column]) -> dict[str, str]:
    """Give the names of the columns of a table with their types, in order, geometry as ``geometry``."""
    types = {KEY: f"{_C} PRIMARY KEY", ID: f"{_C} NOT NULL UNIQUE"}
    types |= {PLACES[plane]: "geometry" for plane in shapes}
    for column in columns:
        unique = " UNIQUE NOT NULL" if column.name == layer.identifier else ""
        types[column.name] = _SQL_TYPES.get(column.kind, _C) + unique
    return types | {folded_name(column.name): _C for column in columns if is_text(column)}


def _rows(connection: Connection[TupleRow], place: Place, layer: Layer) -> Iterator[TupleRow]:
    geometry: sql.Composable = sql.SQL("NULL")
    if layer.shape != "table":
        geometry = sql.SQL("ST_AsBinary({})").format(sql.Identifier(PLACES["rd"]))
    names = sql.SQL(", ").join([geometry, *(sql.Identifier(column.name) for column in layer.columns)])
    statement = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(names, place.quoted, sql.Identifier(KEY))
    with connection.cursor("kringruimte_rows", binary=True) as cursor:
        cursor.itersize = _CHUNK
        yield from cursor.execute(statement)


def _creation(
    place: Place, layer: Layer, columns: Sequence[Column], shapes: dict[Plane, NDArray[np.object_]]
) -> sql.Composed:
    """Give the statement that makes the table."""
    types = columns_of(layer, shapes, columns)
    for plane, geometry in shapes.items():
        types[PLACES[plane]] = f"geometry({_geometry_type(geometry)}, {SRIDS[plane]})"
    listed = [
        # the types are ours, never a part of a request
        sql.SQL("{} " + kind).format(sql.Identifier(name))
        for name, kind in types.items()
    ]
    return sql.SQL("CREATE TABLE {} ({})").format(place.quoted, sql.SQL(", ").join(listed))


def _geometry_type(geometry: NDArray[np.object_]) -> str:
    """Name the type that all geometry has; nothing is made multi, for then it would be served otherwise."""
    found = {one.geom_type for one in geometry if one is not None}
    return found.pop() if len(found) == 1 else "Geometry"


def _copying(place: Place, columns: Sequence[Column], shapes: Collection[Plane]) -> sql.Composed:
    names = [KEY, ID, *(PLACES[plane] for plane in shapes), *(column.name for column in columns)]
    names += [folded_name(column.name) for column in columns if is_text(column)]
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(place.quoted, listed)


def is_text(column: Column) -> bool:
    """Tell whether a column is kept once more, folded."""
    return column.kind not in _SQL_TYPES


def _folded(text: Any) -> str | None:
    return None if text is None else str(text).casefold()


def _hex(geometry: NDArray[np.object_], srid: int) -> list[str | None]:
    written: list[str | None] = shapely.to_wkb(
        shapely.set_srid(geometry, srid), hex=True, include_srid=True
    ).tolist()
    return written

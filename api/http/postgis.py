"""The source for those who outgrow one machine: a table in PostGIS that gives the same bytes.

The database keeps attributes and geometry and finds rows; what it finds is written by the same serialiser and
the same path of coordinate systems as in memory. Geometry is kept twice, in RD New and in degrees, both made
here, so that places are compared exactly as they are served.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import shapely
from psycopg import sql

from api.http.crs import from_plane
from api.http.serialise import feature_bytes, properties_bytes
from api.http.source import EVERYTHING, Page
from api.http.sql_filter import PLACES, SRIDS, Clause, folded_name, joined, selection_clause
from gis.crs import RD
from gis.planes import to_plane
from layers.canonical import DTYPES
from layers.served_rows import ordered, plain_rows, stored_geometry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from psycopg import Connection
    from psycopg.rows import TupleRow

    from api.http.crs import Crs
    from api.http.source import Box, Query, Selection
    from layers.schema import Column, Kind, Layer

Connect = Callable[[], AbstractContextManager["Connection[TupleRow]"]]
STATEMENT_S: Final = 10
"""Seconds that one statement may take."""
KEY: Final = "_key"
ID: Final = "_id"
_C: Final = 'text COLLATE "C"'
_SQL_TYPES: Final[dict[Kind, str]] = {
    "number": "double precision",
    "integer": "bigint",
    "year": "bigint",
    "boolean": "boolean",
}
"""Kind of column to its type in the database; all others are text, ordered by code point."""


class PostgisSource:
    """Features of one table in PostGIS, as `load` wrote it.

    Parameters
    ----------
    connect
        Gives a connection for as long as a block lasts, such as `read_only` or the ``connection`` of a pool.
    table
        Name of the table.
    layer
        Description of the features.
    columns
        The columns that the table holds, in the order in which they are served.
    """

    def __init__(self, connect: Connect, table: str, layer: Layer, columns: Sequence[Column]) -> None:
        self._connect = connect
        self._table = sql.Identifier(table)
        self._layer = layer
        self._columns = tuple(columns)
        self._count = self._number(Clause(sql.SQL("TRUE")))
        self._extent = self._measured()

    @property
    def count(self) -> int:
        """The number of features."""
        return self._count

    @property
    def extent(self) -> Box | None:
        """West, south, east, north in degrees; None without geometry."""
        return self._extent

    def page(self, query: Query, crs: Crs) -> Page:
        """Give one page of features in a coordinate system."""
        chosen = selection_clause(query.selection)
        matched = self._count if query.selection.everything else self._number(chosen)
        behind = Clause(sql.SQL("{} > %s").format(sql.Identifier(KEY)), (query.after,))
        where = chosen if query.after is None else joined("AND", [chosen, behind])
        # one row more tells whether there is a next page
        rows = self._rows(where, query.limit + 1)
        shown = rows[: query.limit]
        return Page(self._write(shown, crs), matched, shown[-1][0] if len(rows) > len(shown) else None)

    def feature(self, feature_id: str, crs: Crs) -> bytes | None:
        """Give one feature in a coordinate system, or None when there is none with that id."""
        if "\0" in feature_id:  # PostgreSQL knows no such text
            return None
        where = Clause(sql.SQL("{} = %s").format(sql.Identifier(ID)), (feature_id,))
        written = self._write(self._rows(where, 1), crs)
        return written[0] if written else None

    def table(self, selection: Selection = EVERYTHING) -> pd.DataFrame | gpd.GeoDataFrame:
        """Give the selected rows in EPSG:28992, in the order of their keys."""
        rows = self._rows(selection_clause(selection), None)
        frame = self._frame(rows)
        if self._layer.shape == "table":
            return frame
        return gpd.GeoDataFrame(frame, geometry=_shapes(rows), crs=RD)

    def _frame(self, rows: Sequence[TupleRow]) -> pd.DataFrame:
        # key, id and place stand before the attributes
        values = {
            column.name: pd.Series([row[place] for row in rows], dtype=object)
            for place, column in enumerate(self._columns, start=3)
        }
        return pd.DataFrame(values).astype({column.name: DTYPES[column.kind] for column in self._columns})

    def _write(self, rows: Sequence[TupleRow], crs: Crs) -> list[bytes]:
        geometry = from_plane(to_plane(_shapes(rows), crs.plane), crs)
        properties = properties_bytes(plain_rows(self._frame(rows)))
        return list(feature_bytes([row[1] for row in rows], properties, geometry))

    def _rows(self, where: Clause, limit: int | None) -> list[TupleRow]:
        """Read key, id, WKB and attributes of rows, in the order of their keys."""
        names = [column.name for column in self._columns]
        statement = sql.SQL(
            "SELECT {}, {}, ST_AsBinary({}), {} FROM {} WHERE {} ORDER BY {} LIMIT %s"
        ).format(
            sql.Identifier(KEY),
            sql.Identifier(ID),
            sql.Identifier(PLACES["rd"]),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            self._table,
            where.text,
            sql.Identifier(KEY),
        )
        with self._connect() as connection:
            return connection.execute(statement, (*where.values, limit), binary=True).fetchall()

    def _number(self, where: Clause) -> int:
        statement = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(self._table, where.text)
        with self._connect() as connection:
            row = connection.execute(statement, where.values).fetchone()
        return int(row[0]) if row else 0

    def _measured(self) -> Box | None:
        place = sql.Identifier(PLACES["lonlat"])
        statement = sql.SQL(
            "SELECT min(ST_XMin({0})), min(ST_YMin({0})), max(ST_XMax({0})), max(ST_YMax({0})) FROM {1}"
        ).format(place, self._table)
        with self._connect() as connection:
            row = connection.execute(statement).fetchone()
        return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])


def read_only(address: str) -> Connect:
    """Give what opens a connection that cannot write and lets a statement take `STATEMENT_S` seconds."""
    limits = f"-c statement_timeout={STATEMENT_S * 1000} -c default_transaction_read_only=on"
    return lambda: psycopg.connect(address, options=limits)


def load(
    address: str,
    table: str,
    layer: Layer,
    frame: pd.DataFrame | gpd.GeoDataFrame,
    *,
    connect: Connect | None = None,
) -> PostgisSource:
    """Write a table into PostGIS, in one transaction, and give its source.

    Parameters
    ----------
    address
        Connection string of a database with PostGIS; its user may make tables.
    table
        Name of a table that is not there yet.
    layer
        Description of the table.
    frame
        Rows and columns as far as the reader may see them; in EPSG:28992 when it has a place.
    connect
        What the source reads with; `read_only` of the same address when None.

    Raises
    ------
    ValueError
        When an id is missing or occurs twice.
    psycopg.Error
        When the database refuses.
    """
    columns = [column for column in layer.columns if column.name in frame.columns]
    rows, ids, keys = ordered(layer, frame)
    stored = stored_geometry(rows)
    wkb = {plane: _hex(to_plane(stored, plane), SRIDS[plane]) for plane in PLACES}
    with psycopg.connect(address) as connection:
        connection.execute(_creation(table, columns))
        with connection.cursor() as cursor, cursor.copy(_copying(table, columns)) as copy:
            for n, row in enumerate(plain_rows(rows)):
                folded = [_folded(row[column.name]) for column in columns if _is_text(column)]
                copy.write_row(
                    [keys[n], ids[n], *(wkb[plane][n] for plane in PLACES), *row.values(), *folded]
                )
        for place in PLACES.values():
            index = sql.SQL("CREATE INDEX ON {} USING gist ({})")
            connection.execute(index.format(sql.Identifier(table), sql.Identifier(place)))
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return PostgisSource(connect or read_only(address), table, layer, columns)


def _creation(table: str, columns: Sequence[Column]) -> sql.Composed:
    """Give the statement that makes the table."""
    types = {KEY: f"{_C} PRIMARY KEY", ID: f"{_C} NOT NULL UNIQUE"}
    types |= {PLACES[plane]: f"geometry(Geometry, {SRIDS[plane]})" for plane in PLACES}
    types |= {column.name: _SQL_TYPES.get(column.kind, _C) for column in columns}
    types |= {folded_name(column.name): _C for column in columns if _is_text(column)}
    listed = [
        # the types are ours, never a part of a request
        sql.SQL("{} " + kind).format(sql.Identifier(name))
        for name, kind in types.items()
    ]
    return sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(listed))


def _copying(table: str, columns: Sequence[Column]) -> sql.Composed:
    names = [KEY, ID, *PLACES.values(), *(column.name for column in columns)]
    names += [folded_name(column.name) for column in columns if _is_text(column)]
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), listed)


def _is_text(column: Column) -> bool:
    return column.kind not in _SQL_TYPES


def _folded(text: Any) -> str | None:
    return None if text is None else str(text).casefold()


def _hex(geometry: NDArray[np.object_], srid: int) -> list[str | None]:
    written: list[str | None] = shapely.to_wkb(
        shapely.set_srid(geometry, srid), hex=True, include_srid=True
    ).tolist()
    return written


def _shapes(rows: Sequence[TupleRow]) -> NDArray[np.object_]:
    binary = np.array([None if row[2] is None else bytes(row[2]) for row in rows], dtype=object)
    return np.asarray(shapely.from_wkb(binary), dtype=object)

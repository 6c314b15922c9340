"""The source for those who have PostGIS: a stored table that gives the same bytes as one in memory.

The database keeps attributes and geometry and finds rows (see `layers.postgis.tables`); what it finds is
written by the same serialiser and the same path of coordinate systems as in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

import geopandas as gpd
from psycopg import sql

from api.http.crs import from_plane
from api.http.serialise import feature_bytes, properties_bytes
from api.http.source import EVERYTHING, Page
from api.http.sql_filter import Clause, joined, selection_clause
from gis.crs import RD
from gis.database import connect
from gis.planes import to_plane
from layers.postgis.tables import ID, KEY, PLACES, folded_name, is_text, shapes_of, typed_frame
from layers.served_rows import plain_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from psycopg import Connection
    from psycopg.rows import TupleRow

    from api.http.crs import Crs
    from api.http.source import Box, Query, Selection
    from gis.database import Address
    from layers.postgis.tables import Place
    from layers.schema import Column, Layer

Connect = Callable[[], AbstractContextManager["Connection[TupleRow]"]]
STATEMENT_S: Final = 10
"""Seconds that one statement may take."""
_BINARY: Final = sql.SQL("ST_AsBinary({})").format(sql.Identifier(PLACES["rd"]))


class PostgisSource:
    """Features of one table in PostGIS, as `layers.postgis.tables.write_table` wrote it.

    Parameters
    ----------
    connect
        Gives a connection for as long as a block lasts, such as `api.http.pool.Pool.connection`.
    place
        Of the table.
    layer
        Description of the features.
    columns
        The columns that the reader may see, in the order in which they are served; the others are not read.
    """

    def __init__(self, connect: Connect, place: Place, layer: Layer, columns: Sequence[Column]) -> None:
        self._connect = connect
        self._layer = layer
        self._columns = tuple(columns)
        self._table = _with_places(place, layer, self._columns)
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
        return gpd.GeoDataFrame(frame, geometry=shapes_of([row[2] for row in rows]), crs=RD)

    def _frame(self, rows: Sequence[TupleRow]) -> pd.DataFrame:
        # key, id and place stand before the attributes
        return typed_frame([row[3:] for row in rows], self._columns)

    def _write(self, rows: Sequence[TupleRow], crs: Crs) -> list[bytes]:
        geometry = from_plane(to_plane(shapes_of([row[2] for row in rows]), crs.plane), crs)
        properties = properties_bytes(plain_rows(self._frame(rows)))
        return list(feature_bytes([row[1] for row in rows], properties, geometry))

    def _rows(self, where: Clause, limit: int | None) -> list[TupleRow]:
        """Read key, id, WKB and attributes of rows, in the order of their keys."""
        first = [sql.Identifier(KEY), sql.Identifier(ID), _BINARY]
        names = [*first, *(sql.Identifier(column.name) for column in self._columns)]
        statement = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT %s").format(
            sql.SQL(", ").join(names), self._table, where.text, sql.Identifier(KEY)
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


def open_reader(address: Address) -> Connection[TupleRow]:
    """Open a connection that cannot write and lets a statement take `STATEMENT_S` seconds.

    Raises
    ------
    DatabaseError
        When it cannot be had.
    """
    return connect(address, statement_timeout=f"{STATEMENT_S}s", default_transaction_read_only="on")


def _with_places(place: Place, layer: Layer, columns: Sequence[Column]) -> sql.Composable:
    """Give a table as it stands in a statement; one without geometry has places that are all unknown."""
    if layer.shape != "table":
        return place.quoted
    # no more than what is shown, so that no more has to be granted
    names = [KEY, ID, *(column.name for column in columns)]
    names += [folded_name(column.name) for column in columns if is_text(column)]
    nothing = (sql.SQL("NULL::geometry AS {}").format(sql.Identifier(name)) for name in PLACES.values())
    listed = sql.SQL(", ").join([*map(sql.Identifier, names), *nothing])
    return sql.SQL("(SELECT {} FROM {}) AS placed").format(listed, place.quoted)

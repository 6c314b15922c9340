"""Reading one table of a PostGIS database as if it were a file.

All is read in one transaction that cannot write and sees one moment. A database promises no order, so rows
are put in the order of their content: the same content always gives the same result and the same hash.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pandas as pd
import pyproj
from psycopg import IsolationLevel, sql

from gis.database import connect, told
from gis.errors import DatabaseError, InputError, Problem
from gis.postgis_lookup import Described, TablePlace, describe
from gis.records import Record
from gis.table import Header, Table
from gis.wkb import read_wkb

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from gis.database import Address

MAX_ROWS: Final = 20_000_000
STATEMENT_S: Final = 300
"""Seconds that one statement may take; rows come in many statements."""
CHUNK: Final = 5_000
"""Rows that come at a time."""
_WHOLE: Final = ("int2", "int4", "int8")
_SINGLE: Final = "float4"
_REAL: Final = (_SINGLE, "float8", "numeric")
_AS_IS: Final = (*_WHOLE, "float8", "numeric", "bool")


def read_header(address: Address, place: TablePlace) -> Header:
    """Read which columns a table has.

    Raises
    ------
    InputError
        When the table is not there, may not be read or has several geometry columns of which none is chosen.
    """
    try:
        with told(address), _moment(address) as connection:
            return Header(None, tuple(describe(connection, address, place).columns))
    except DatabaseError as error:
        raise _as_problem(error, place) from error


def read(
    address: Address, place: TablePlace, wanted: Collection[str], *, named: pyproj.CRS | None = None
) -> tuple[Table, str]:
    """Read a table.

    Parameters
    ----------
    address
        Of the database.
    place
        Of the table.
    wanted
        The columns whose values are read; of others nothing is known but that they are there.
    named
        The coordinate system that the user names; where the table states one it must be the same.

    Returns
    -------
    tuple
        What the table holds, its rows in the order of their content, and the SHA-256 (hexadecimal) of that
        content: columns read, values, geometry and its system, in whatever order the rows came.

    Raises
    ------
    InputError
        When the table cannot be read, or its geometry is in several coordinate systems or another than named.
    """
    try:
        with told(address), _moment(address) as connection:
            described = describe(connection, address, place)
            crs = _stated(connection, place, described, named)
            names = [name for name in described.columns if name in wanted]
            rows = _sorted_rows(_fetch(connection, place, described, names), place)
            records = _curves(connection, place, described)
    except DatabaseError as error:
        raise _as_problem(error, place) from error
    digest = _digest(names, described, crs, [key for key, _ in rows])
    return _table([values for _, values in rows], names, described, crs, records), digest


@contextmanager
def _moment(address: Address) -> Iterator[Connection[TupleRow]]:
    """Open a connection whose reading is all of one moment, and which cannot write."""
    limits = {"statement_timeout": f"{STATEMENT_S}s", "datestyle": "ISO", "timezone": "UTC"}
    with connect(address, **limits) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            yield connection


def _as_problem(error: DatabaseError, place: TablePlace) -> InputError:
    message, _, repair = str(error).rstrip(".").partition(". ")
    return InputError(Problem(message, f"{repair or 'Try again'}.", file=place.shown))


def _stated(
    connection: Connection[TupleRow], place: TablePlace, described: Described, named: pyproj.CRS | None
) -> pyproj.CRS | None:
    """Read in which one system the geometry is; None when the table does not say."""
    if described.geometry is None:
        return None
    statement = sql.SQL("SELECT DISTINCT ST_SRID({0}) FROM {1} WHERE {0} IS NOT NULL ORDER BY 1").format(
        _shape(described.geometry), sql.Identifier(place.schema, place.name)
    )
    found = [int(row[0]) for row in connection.execute(statement).fetchall()]
    if len(found) > 1:
        listed = ", ".join(str(srid) for srid in found)
        message = f"the geometry is in several coordinate systems (SRID {listed})"
        repair = "Bring it into one with ST_Transform, or name a view that does."
        raise InputError(Problem(message, repair, file=place.shown, field=described.geometry))
    if not found or not found[0]:
        return None
    crs = _crs_of(connection, place, found[0])
    if named is not None and not crs.equals(named, ignore_axis_order=True):
        message = f"the geometry is stated to be in {crs.name} and the project names {named.name}"
        repair = "Leave out crs, or repair the SRID in the database with UpdateGeometrySRID."
        raise InputError(Problem(message, repair, file=place.shown, field="crs"))
    return crs


def _crs_of(connection: Connection[TupleRow], place: TablePlace, srid: int) -> pyproj.CRS:
    row = connection.execute(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s", (srid,)
    ).fetchone()
    for made in () if row is None else ((row[0], row[1]), row[2]):
        try:
            return pyproj.CRS.from_authority(*made) if isinstance(made, tuple) else pyproj.CRS.from_wkt(made)
        except (pyproj.exceptions.CRSError, TypeError):
            continue
    message = f"SRID {srid} is no coordinate system that is known here"
    repair = "Give the geometry the SRID of its EPSG code."
    raise InputError(Problem(message, repair, file=place.shown, field="crs"))


def _shape(column: str) -> sql.Composed:
    return sql.SQL("{}::geometry").format(sql.Identifier(column))


def _fetch(
    connection: Connection[TupleRow], place: TablePlace, described: Described, names: Sequence[str]
) -> Iterator[TupleRow]:
    """Read WKB and values, a few thousand rows at a time."""
    wkb: sql.Composable = sql.SQL("NULL::bytea")
    if described.geometry is not None:
        # what is drawn with arcs is drawn with short straight pieces
        wkb = sql.SQL(
            "ST_AsBinary(CASE WHEN ST_HasArc({0}) THEN ST_CurveToLine({0}) ELSE {0} END, 'NDR')"
        ).format(_shape(described.geometry))
    listed = sql.SQL(", ").join([wkb, *(_value(name, described.columns[name]) for name in names)])
    statement = sql.SQL("SELECT {} FROM {}").format(listed, sql.Identifier(place.schema, place.name))
    with connection.cursor("kringruimte_rows", binary=True) as cursor:
        cursor.itersize = CHUNK
        yield from cursor.execute(statement)


def _value(name: str, kind: str) -> sql.Composed:
    """Give a column as it is read: numbers and yes or no as such, all else as text."""
    if kind in _AS_IS:
        return sql.SQL("{}").format(sql.Identifier(name))
    if kind == _SINGLE:
        # 3.2 kept in 32 bits is not 3.200000047683716
        return sql.SQL("{}::text::double precision").format(sql.Identifier(name))
    if kind == "array":
        return sql.SQL("array_to_string({}, ',')").format(sql.Identifier(name))
    return sql.SQL("{}::text").format(sql.Identifier(name))


def _sorted_rows(rows: Iterator[TupleRow], place: TablePlace) -> list[tuple[bytes, TupleRow]]:
    """Put rows in the order of their content, each with its content as bytes."""
    found: list[tuple[bytes, TupleRow]] = []
    for row in rows:
        values = (row[0], *(_plain(value) for value in row[1:]))
        found.append((orjson.dumps(values[1:]) + b"\n" + (values[0] or b""), values))
        if len(found) > MAX_ROWS:
            message = f"more than the limit of {MAX_ROWS:,} rows"
            raise InputError(Problem(message, "Cut the data to the area that matters.", file=place.shown))
    found.sort(key=lambda item: item[0])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
    return value


def _curves(connection: Connection[TupleRow], place: TablePlace, described: Described) -> list[Record]:
    if described.geometry is None:
        return []
    statement = sql.SQL("SELECT GeometryType({0}) FROM {1} WHERE ST_HasArc({0}) LIMIT 1").format(
        _shape(described.geometry), sql.Identifier(place.schema, place.name)
    )
    row = connection.execute(statement).fetchone()
    return [] if row is None else [Record("curves", "repaired", before=str(row[0]))]


def _series(values: list[Any], kind: str, index: pd.RangeIndex) -> pd.Series[Any]:
    """Make a column; numbers are numbers, so that nobody takes them for text."""
    if kind in _WHOLE or (kind == "numeric" and not any(isinstance(value, float) for value in values)):
        return pd.Series(values, index=index, dtype="Int64")
    if kind in _REAL:
        return pd.Series(values, index=index, dtype="float64")
    return pd.Series(values, index=index, dtype=object)


def _digest(names: Sequence[str], described: Described, crs: pyproj.CRS | None, keys: Sequence[bytes]) -> str:
    system = None if crs is None else crs.to_wkt()
    head = [list(names), described.geometry is not None, system, len(keys)]
    digest = hashlib.sha256(orjson.dumps(head))
    for key in keys:
        digest.update(len(key).to_bytes(8, "little"))
        digest.update(key)
    return digest.hexdigest()


def _table(
    rows: Sequence[TupleRow],
    names: Sequence[str],
    described: Described,
    crs: pyproj.CRS | None,
    records: list[Record],
) -> Table:
    index = pd.RangeIndex(1, len(rows) + 1)
    # what was not read is there without values, and so is told to be unused
    nothing = pd.Series([None] * len(rows), index=index, dtype=object)
    columns = dict.fromkeys(described.columns, nothing)
    for place, name in enumerate(names, start=1):
        columns[name] = _series([row[place] for row in rows], described.columns[name], index)
    frame = pd.DataFrame(columns, index=index)
    geometry = None
    if described.geometry is not None:
        wkb = np.full(len(rows), None, dtype=object)
        wkb[:] = [None if row[0] is None else bytes(row[0]) for row in rows]
        geometry = read_wkb(wkb, records)
    return Table(frame, geometry, crs, tuple(records))

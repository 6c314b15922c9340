"""Finding a table in a PostGIS database: what columns it has, and which of them is its geometry."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from gis.database import Address

SHAPES: Final = ("geometry", "geography")
_LISTED: Final = 12


@dataclass(frozen=True, slots=True)
class TablePlace:
    """One table or view.

    Attributes
    ----------
    schema, name
        As the database has them, capitals included.
    geometry
        Column with the geometry; None for the only one.
    """

    schema: str
    name: str
    geometry: str | None = None

    @property
    def shown(self) -> str:
        """How it is called in messages and in what a release says of its sources."""
        return f"postgis:{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Described:
    """Columns of a table with their types, and the column with the geometry."""

    columns: dict[str, str]
    geometry: str | None


def describe(connection: Connection[TupleRow], address: Address, place: TablePlace) -> Described:
    """Look the table up; refuse one that is not there or may not be read, and say which there are."""
    found = connection.execute(
        "SELECT c.oid, has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'v', 'm', 'f', 'p')",
        (place.schema, place.name),
    ).fetchone()
    if found is None:
        raise _absent(connection, place)
    if not found[1]:
        message = f"user {address.user} may not read this table"
        repair = (
            f"Let its administrator run: GRANT USAGE ON SCHEMA {place.schema}, "
            f"then GRANT SELECT ON {place.schema}.{place.name}."
        )
        raise InputError(Problem(message, repair, file=place.shown))
    rows = connection.execute(
        "SELECT a.attname, CASE WHEN t.typelem <> 0 AND t.typcategory = 'A' THEN 'array' ELSE b.typname END"
        " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
        # a domain counts as what it is made from
        " JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END"
        " WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        (found[0],),
    ).fetchall()
    shapes = [str(name) for name, kind in rows if kind in SHAPES]
    columns = {str(name): str(kind) for name, kind in rows if kind not in SHAPES}
    return Described(columns, _geometry_column(place, shapes))


def _geometry_column(place: TablePlace, shapes: Sequence[str]) -> str | None:
    listed = ", ".join(shapes) or "none"
    if place.geometry is not None:
        if place.geometry in shapes:
            return place.geometry
        message = f"there is no geometry column {place.geometry!r}; there are: {listed}"
        raise InputError(Problem(message, "Name one of these, or none.", file=place.shown, field="geometry"))
    if len(shapes) > 1:
        message = f"the table has several geometry columns and none is chosen: {listed}"
        repair = f'Choose one, such as geometry = "{shapes[0]}".'
        raise InputError(Problem(message, repair, file=place.shown, field="geometry"))
    return shapes[0] if shapes else None


def _absent(connection: Connection[TupleRow], place: TablePlace) -> InputError:
    rows = connection.execute(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname !~ '^pg_|^information_schema$'"
        " AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') ORDER BY 1"
    ).fetchall()
    names = [str(row[0]) for row in rows]
    asked = f"{place.schema}.{place.name}"
    near = get_close_matches(asked, names, n=1, cutoff=0.6)
    folded = [name for name in names if name.lower() == asked.lower()]
    own = [name for name in names if name.startswith(f"{place.schema}.")] or names
    repair = f"Did you mean {(folded or near)[0]}?" if folded or near else f"There are: {_few(own)}."
    return InputError(Problem("there is no such table", repair, file=place.shown, field="postgis"))


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return (", ".join(names[:_LISTED]) or "none that you may read") + more

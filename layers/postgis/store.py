"""Releases in PostGIS: one schema per release, stored in one transaction, never changed.

A schema ``kring_<name>`` holds a table per table of the release and three of its own: ``_release`` (one row:
name, hash of the tables, project and catalogue), ``_columns`` (every column with its titles, unit and level)
and ``_manifest`` (the manifest, which names homes and firms and so is for the province). Whoever reads sees a
whole release or none. Nobody but the owner is given any right: grants are the administrator's.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from psycopg import sql

from gis.database import connect, told
from gis.errors import DatabaseError, InputError, Problem, ReleaseError
from layers.canonical import table_digest
from layers.postgis.comments import column_comments, schema_comment, table_comment
from layers.postgis.own_tables import FORMAT_VERSION, PREFIX, RELEASE, comment, schema_of, write_own
from layers.postgis.tables import Place, read_table, write_table
from layers.recipe import NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from gis.database import Address
    from layers.release import Release
    from layers.schema import Layer

LOCK_S: Final = 60
"""Seconds to wait for somebody who holds a lock on what is stored or dropped."""
_TURN: Final = 0x6B72696E
"""First half of the number of the lock that lets writers of one release take turns; the name is the other."""
_NOTHING: Final = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Stored:
    """A release that is stored.

    Attributes
    ----------
    name, tables_sha256
        As in its manifest.
    schema
        Where its tables are.
    title
        Name of the project.
    status
        Of the procedure.
    """

    name: str
    tables_sha256: str
    schema: str
    title: str
    status: str


def store(address: Address, release: Release, *, progress: Callable[[str], None] | None = None) -> bool:
    """Store a release, whole or not at all.

    Parameters
    ----------
    address
        Of a database with PostGIS in which its user may make a schema.
    release
        A whole release.
    progress
        Called with what begins, in English.

    Returns
    -------
    bool
        Whether it was stored now; False when the same release was there already, whole.

    Raises
    ------
    DatabaseError
        When the database cannot be reached or refuses, or holds something else under this name. Nothing has
        changed then.
    ReleaseError
        When the release itself is damaged.
    """
    tell = progress or _silent
    tell("checking the release")
    problems = release.verify()
    if problems:
        lines = "\n".join(str(problem) for problem in problems)
        raise ReleaseError(f"Release {release.path} is damaged and was not stored:\n{lines}")
    with _writing(address) as connection:
        tell("waiting for a turn")
        _take_turn(connection, release.name)
        there = _found(connection, release.name)
        if there is None:
            _write(connection, release, tell)
        _check(connection, address, release, there, tell)
        return there is None


def check_place(address: Address) -> None:
    """Refuse a database in which no release could be stored, before work is done that would end there.

    Raises
    ------
    DatabaseError
        When it cannot be reached, has no PostGIS, or its user may make no schema.
    """
    with told(address), connect(address) as connection:
        row = connection.execute(
            "SELECT has_database_privilege(current_database(), 'CREATE'), current_user, current_database()"
        ).fetchone()
    if row is not None and not row[0]:
        raise DatabaseError(
            f"Database {address}: user {row[1]} may make no schema there. Let its administrator run "
            f'GRANT CREATE ON DATABASE "{row[2]}" TO "{row[1]}".'
        )


def stored_releases(address: Address) -> list[Stored]:
    """List the releases that are stored and that the user may look into, by name."""
    with told(address), connect(address, default_transaction_read_only="on") as connection:
        names = connection.execute(
            "SELECT substr(n.nspname, %s) FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid"
            " WHERE n.nspname ~ %s AND c.relname = %s AND has_schema_privilege(n.oid, 'USAGE')"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1",
            (len(PREFIX) + 1, rf"^{PREFIX}[0-9a-f]{{{NAME_LENGTH}}}$", RELEASE),
        ).fetchall()
        found = (_found(connection, str(row[0])) for row in names)
        return [one for one in found if one is not None]


def find_stored(connection: Connection[TupleRow], release: Release) -> Stored:
    """Give a release as it is stored.

    Raises
    ------
    DatabaseError
        When it is not there, or holds other tables.
    """
    found = _found(connection, release.name)
    if found is None:
        raise DatabaseError(
            f"Release {release.name} is not in the database. Run: kringruimte store {release.name}"
        )
    if found.tables_sha256 != release.manifest["tables_sha256"]:
        raise DatabaseError(_other(release.name, "other tables than this release"))
    return found


def drop(address: Address, name: str) -> None:
    """Drop a stored release, whole or not at all; what others made on top of it keeps it there.

    Raises
    ------
    InputError
        When no release of that name is stored.
    DatabaseError
        When the database cannot be reached or refuses.
    """
    with _writing(address) as connection:
        _take_turn(connection, name)
        if _found(connection, name) is None:
            message = f"no release {name} is stored in {address}"
            raise InputError(Problem(message, "List them with kringruimte stored."))
        schema = schema_of(name)
        rows = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY 1",
            (schema,),
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(schema, str(row[0])) for row in rows)
        connection.execute(sql.SQL("DROP TABLE {} RESTRICT").format(tables))
        connection.execute(sql.SQL("DROP SCHEMA {} RESTRICT").format(sql.Identifier(schema)))


@contextmanager
def _writing(address: Address) -> Iterator[Connection[TupleRow]]:
    """Give a connection whose work is done as a whole when the block ends well, and not at all otherwise."""
    with (
        told(address, rest=_NOTHING),
        connect(address, lock_timeout=f"{LOCK_S}s") as connection,
        connection.transaction(),
    ):
        yield connection


def _take_turn(connection: Connection[TupleRow], name: str) -> None:
    """Wait until nobody else writes this release; the server lets go when the transaction ends, however."""
    own = int.from_bytes(bytes.fromhex(name[:8]), "big", signed=True)
    connection.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", (_TURN, own))


def _found(connection: Connection[TupleRow], name: str) -> Stored | None:
    """Give the release of a name, or None when nothing bears it."""
    schema = schema_of(name)
    there = connection.execute(
        "SELECT to_regnamespace(quote_ident(%s)) IS NOT NULL,"
        " to_regclass(quote_ident(%s) || '.' || %s) IS NOT NULL",
        (schema, schema, RELEASE),
    ).fetchone()
    if there is None or not there[0]:
        return None
    row = None
    if there[1]:
        row = connection.execute(
            sql.SQL("SELECT name, tables_sha256, project, format_version FROM {}").format(
                sql.Identifier(schema, RELEASE)
            )
        ).fetchone()
    if row is None or row[0] != name or row[3] != FORMAT_VERSION:
        raise DatabaseError(_other(name, "something that this version did not store"))
    project: dict[str, Any] = row[2]
    status = str(project.get("procedure_status", "exploration"))
    return Stored(name, str(row[1]), schema, str(project["name"]), status)


def _other(name: str, what: str) -> str:
    return (
        f"Schema {schema_of(name)} holds {what}. It is left as it is. Compare who stored it, or let its "
        "owner drop it."
    )


def _write(connection: Connection[TupleRow], release: Release, tell: Callable[[str], None]) -> None:
    schema = schema_of(release.name)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    connection.execute(comment("SCHEMA", sql.Identifier(schema), schema_comment(release)))
    write_own(connection, release)
    identifiers = {layer.identifier for layer in release.layers.values() if layer.identifier is not None}
    for layer in release.layers.values():
        tell(f"storing {layer.label_en.lower()}")
        place = Place(schema, layer.name)
        own = identifiers - {layer.identifier or ""}
        write_table(connection, place, layer, release.table(layer.name), identifiers=own)
        _comment_on(connection, release, layer, place)
    # the owner's default privileges may say otherwise
    for what in ("ALL TABLES IN SCHEMA", "SCHEMA"):
        statement = sql.SQL("REVOKE ALL ON {} {} FROM PUBLIC")
        connection.execute(statement.format(sql.SQL(what), sql.Identifier(schema)))


def _comment_on(connection: Connection[TupleRow], release: Release, layer: Layer, place: Place) -> None:
    """Comment on a table and its columns, in one statement: a release has thousands of columns."""
    there = _columns(connection, place)
    said = [comment("TABLE", place.quoted, table_comment(release, layer))]
    said += [
        comment("COLUMN", sql.Identifier(place.schema, place.name, column), text)
        for column, text in column_comments(release, layer)
        if column in there
    ]
    connection.execute(sql.SQL("; ").join(said))


def _check(
    connection: Connection[TupleRow],
    address: Address,
    release: Release,
    there: Stored | None,
    tell: Callable[[str], None],
) -> None:
    """Read back what is stored and refuse it when it is not the release."""
    tell("checking what is stored")
    if there is not None and there.tables_sha256 != release.manifest["tables_sha256"]:
        raise DatabaseError(f"Database {address}: {_other(release.name, 'other tables than this release')}")
    for layer in release.layers.values():
        place = Place(schema_of(release.name), layer.name)
        whole = not {column.name for column in layer.columns} - _columns(connection, place)
        frame = read_table(connection, place, layer) if whole else None
        stated = release.manifest["tables"][layer.name]["sha256"]
        if frame is None or table_digest(layer, frame) != stated:
            other = _other(release.name, f"another table {layer.name} than this release")
            raise DatabaseError(f"Database {address}: {other}")


def _columns(connection: Connection[TupleRow], place: Place) -> set[str]:
    rows = connection.execute(
        "SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped",
        (place.schema, place.name),
    ).fetchall()
    return {str(row[0]) for row in rows}


def _silent(message: str) -> None:
    """Tell nobody."""

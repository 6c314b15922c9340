"""Reaching a PostgreSQL database with PostGIS, without ever showing its password.

An address comes from a user and may hold a password, which a slip of the pen moves to where libpq would
repeat it in a message. So nothing of an address is shown that was not read and found harmless, and no message
of libpq about an address or a connection is repeated: each is put in our own words.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gis.errors import DatabaseError, InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from psycopg.rows import TupleRow

SCHEMES: Final = ("postgresql://", "postgres://")
CONNECT_S: Final = 10
"""Seconds to wait for a connection, unless the address says otherwise."""
EXAMPLE: Final = "postgresql://user@host:5432/database"
_HARMLESS: Final = {
    "host": r"[A-Za-z0-9._,:/\[\]-]*",
    "port": r"[0-9,]*",
    "dbname": r"[^@:?#%]*",
    "user": r"[^@:/?#%]*",
}
"""What parts that are shown may look like; a password with an @ or / in it ends up in one of them."""
_SAID: Final = (
    (r"password authentication failed|no password supplied|SASL authentication",
     "refuses the password of user {user}",
     "Set the right one, in PGPASSWORD, in ~/.pgpass or in the address; percent-encode what is special."),
    (r'role ".*" does not exist', "knows no user {user}", "Check the user, or have it made."),
    (r'database ".*" does not exist', "does not exist", "Check the name, or have it made."),
    (r"Connection refused|No such file or directory", "does not answer: the connection is refused",
     "Check host and port, and that the server runs."),
    (r"translate host name|resolve host|not known|No address associated", "cannot be found: no such host",
     "Check the host."),
    (r"timeout expired|timed out", "does not answer in time", "Check host, port and firewall."),
    (r"too many clients|connection slots|too many connections", "has no connection free",
     "Try again later, or let its administrator allow more."),
    (r"starting up|shutting down|recovery mode", "is starting or stopping", "Try again in a moment."),
    (r"pg_hba\.conf", "does not let user {user} in from this machine",
     "Let its administrator allow it in pg_hba.conf."),
    (r"permission denied for database", "does not let user {user} connect",
     "Let its administrator grant CONNECT."),
    (r"SSL|certificate", "cannot be reached over TLS", "Check sslmode and the certificates."),
)  # fmt: skip
"""What libpq says on the way in: a pattern, what is wrong, and what to do."""
_REFUSED: Final = {
    "42501": "Let its administrator grant what is lacking.",
    "53100": "Make room on its disk.",
    "53200": "Let its administrator give it more memory.",
    "55P03": "Somebody else holds a lock on it. Try again later.",
    "57014": "It took too long, or its administrator stopped it. Try again, or cut the data.",
    "2BP01": "Drop what depends on it first.",
}
"""Code of PostgreSQL to what to do; others get the name of the code alone."""
_BROKEN: Final = ("08", "57P")
"""How the codes of a connection that broke begin."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    Attributes
    ----------
    conninfo
        What libpq connects with, password included; never shown.
    shown
        How it is called in messages: name, host and port.
    user
        Who connects.
    """

    conninfo: str = field(repr=False)
    shown: str
    user: str

    def __str__(self) -> str:
        return self.shown


def read_address(text: str, *, place: str | None = None) -> Address:
    """Read an address such as ``postgresql://user@host:5432/database``, or a connection string of libpq.

    Parameters
    ----------
    text
        The address. What it leaves out, libpq takes from ``PGPASSWORD``, ``~/.pgpass`` and the like.
    place
        Where the address was given, such as the name of a variable, for messages.

    Raises
    ------
    InputError
        When it is no address, or psycopg is not installed. Nothing of the address is repeated.
    """
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
    except ImportError:
        message = "PostGIS needs psycopg, which is not installed"
        raise InputError(Problem(message, 'Run: pip install "kringruimte[postgis]"')) from None
    try:
        parts: dict[str, Any] = conninfo_to_dict(text.strip())
        sound = bool(text.strip()) and all(
            re.fullmatch(pattern, str(parts.get(name, ""))) for name, pattern in _HARMLESS.items()
        )
    except ProgrammingError:
        # its message repeats the address
        sound = False
    if not sound:
        message = "this is no address of a database (it is not repeated here, as it may hold a password)"
        repair = f"Write it as {EXAMPLE}, with what is special in a password percent-encoded."
        raise InputError(Problem(message, repair, field=place)) from None
    parts.setdefault("connect_timeout", CONNECT_S)
    parts.setdefault("application_name", "kringruimte")
    host = parts.get("host") or parts.get("hostaddr") or "this machine"
    port = f":{parts['port']}" if parts.get("port") else ""
    shown = f"{parts.get('dbname') or 'the default database'} at {host}{port}"
    return Address(make_conninfo(**parts), shown, str(parts.get("user") or "of this system"))


def connect(address: Address, **limits: str) -> psycopg.Connection[TupleRow]:
    """Open a connection on which the types of PostGIS are known and no schema shadows them.

    Parameters
    ----------
    address
        Where to.
    **limits
        Settings of the session, such as ``statement_timeout="10s"``.

    Raises
    ------
    DatabaseError
        When it cannot be had, or the database has no PostGIS.
    """
    import psycopg

    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    try:
        connection = psycopg.connect(address.conninfo, autocommit=True, options=options)
    except psycopg.Error as error:
        # what libpq says may hold a part of the address
        raise _on_the_way_in(address, str(error)) from None
    try:
        with told(address):
            _prepare(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: psycopg.Connection[TupleRow], address: Address) -> None:
    """Put nothing but PostGIS on the path, wherever its administrator installed it; text in UTF-8."""
    row = connection.execute(
        "SELECT n.nspname FROM pg_catalog.pg_extension e"
        " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    ).fetchone()
    if row is None:
        raise DatabaseError(
            f"Database {address} has no PostGIS. Let its administrator run CREATE EXTENSION postgis in it."
        )
    connection.execute(
        "SELECT pg_catalog.set_config('search_path', 'pg_catalog, ' || pg_catalog.quote_ident(%s), false)",
        (row[0],),
    )


@contextmanager
def told(address: Address, *, rest: str = "") -> Iterator[None]:
    """Turn what goes wrong on a connection into a `DatabaseError` of one line.

    Parameters
    ----------
    address
        Of the database.
    rest
        What holds after a failure, such as "Nothing was stored.".
    """
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise _refused(address, error, rest) from error


def _on_the_way_in(address: Address, said: str) -> DatabaseError:
    for pattern, what, repair in _SAID:
        if re.search(pattern, said, re.IGNORECASE):
            return DatabaseError(f"Database {address} {what.format(user=address.user)}. {repair}")
    return DatabaseError(
        f"Database {address} cannot be reached. Check host, port, database, user and server."
    )


def _refused(address: Address, error: psycopg.Error, rest: str) -> DatabaseError:
    import psycopg

    code = error.sqlstate or ""
    if code.startswith(_BROKEN) or (not code and isinstance(error, psycopg.OperationalError)):
        return DatabaseError(f"Database {address} broke the connection. {rest}".rstrip() + " Try again.")
    said = " ".join((error.diag.message_primary or type(error).__name__).split())[:200]
    repair = _REFUSED.get(code, f"PostgreSQL calls it {code or 'an error'}.")
    return DatabaseError(f"Database {address} refuses: {said}. {rest}".rstrip() + f" {repair}")

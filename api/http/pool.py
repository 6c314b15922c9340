"""A few connections to a database that answers share: opened when needed, thrown away when they break."""

from __future__ import annotations

import select
import threading
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from gis.database import told
from gis.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from gis.database import Address

SIZE: Final = 8
"""Connections of one process at most."""
WAIT_S: Final = 5.0
"""Seconds that a question waits for a connection."""


class Pool:
    """Lends connections to one database.

    A connection that broke is never lent again, so a database that went away and came back is used again with
    the next question. Nothing is asked twice: who asked when it broke is told.

    Parameters
    ----------
    address
        Of the database, for messages.
    open_
        Opens a connection; raises DatabaseError when it cannot be had.
    size
        Connections at most.
    wait_s
        Seconds to wait for one.
    """

    def __init__(
        self,
        address: Address,
        open_: Callable[[Address], Connection[TupleRow]],
        *,
        size: int = SIZE,
        wait_s: float = WAIT_S,
    ) -> None:
        self._address = address
        self._open = open_
        self._places = threading.BoundedSemaphore(size)
        self._wait_s = wait_s
        self._idle: list[Connection[TupleRow]] = []
        self._books = threading.Lock()
        # a service that never came to live closes what it opened too
        weakref.finalize(self, _shut_all, self._idle)

    @contextmanager
    def connection(self) -> Iterator[Connection[TupleRow]]:
        """Lend a connection for as long as the block lasts.

        Raises
        ------
        DatabaseError
            When there is none to be had, or the database refuses.
        """
        if not self._places.acquire(timeout=self._wait_s):
            raise DatabaseError(f"Database {self._address}: all connections are in use. Try again later.")
        try:
            connection = self._sound() or self._open(self._address)
            try:
                with told(self._address):
                    yield connection
            except BaseException:
                _shut(connection)
                raise
            with self._books:
                self._idle.append(connection)
        finally:
            self._places.release()

    def check(self) -> None:
        """Raise DatabaseError when the database does not answer."""
        with self.connection() as connection:
            connection.execute("SELECT 1")

    def close(self) -> None:
        """Close what is not lent."""
        with self._books:
            _shut_all(self._idle)

    def _sound(self) -> Connection[TupleRow] | None:
        """Give a connection that was used before and still stands; None when there is none."""
        while True:
            with self._books:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if _stands(connection):
                return connection
            _shut(connection)


def _stands(connection: Connection[TupleRow]) -> bool:
    """Tell whether a connection that waits is open: a server that goes says so, or hangs up."""
    if connection.closed or connection.broken:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


def _shut_all(connections: list[Connection[TupleRow]]) -> None:
    while connections:
        _shut(connections.pop())


def _shut(connection: Connection[TupleRow]) -> None:
    with suppress(Exception):
        connection.close()

"""A second look at a database, with plain psycopg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def rows(database: str) -> Callable[..., list[Any]]:
    """Give a function that asks the database anything."""

    def ask(statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(database, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    return ask

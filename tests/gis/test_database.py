"""Addresses of databases: what is wrong is said in one line, and a password is never in it."""

from __future__ import annotations

import pickle
import socket
import traceback

import pytest

from gis.database import connect, read_address, told
from gis.errors import DatabaseError, InputError

SECRET = "s3cr3t-Zw4l"  # noqa: S105 (of nobody)
"""Whatever happens, no part of it of four characters may be seen."""


def seen(text: str) -> bool:
    return any(SECRET[place : place + 4] in text for place in range(len(SECRET) - 3))


def everything(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        SECRET,
        f"foo:{SECRET}",
        f"postgresql://kring:{SECRET}@host:port/db",
        f"postgresql://kring:{SECRET}@@host/db",
        f"postgresql://kring:s3cr@{SECRET}@host/db",
        f"postgresql://kring:s3cr/{SECRET}@host/db",
        f"postgresql://kring:%zz{SECRET}@host/db",
        f"host=x password={SECRET} {SECRET}",
        f"host=x {SECRET}=1",
        f"password='{SECRET}",
        f"https://kring:{SECRET}@host/db",
    ],
)
def test_a_slip_of_the_pen_shows_nothing(text: str) -> None:
    with pytest.raises(InputError) as caught:
        connect(read_address(text, place="--to"))
    assert "field --to: this is no address of a database" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert not seen(everything(caught.value).replace(f'"{text}"', ""))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"postgresql://kring:{SECRET}@host:5433/db", "db at host:5433"),
        (f"postgres://kring:{SECRET}@host/db?sslmode=require", "db at host"),
        (f"host=10.0.0.1 user=kring password={SECRET} dbname=ruimte", "ruimte at 10.0.0.1"),
        (f"postgresql://host/db?password={SECRET}", "db at host"),
        ("postgresql://kring@[::1]:5432/db", "db at ::1:5432"),
        ("postgresql:///db?host=/var/run/postgresql", "db at /var/run/postgresql"),
        ("postgresql://", "the default database at this machine"),
    ],
)
def test_an_address_shows_its_place_alone(text: str, shown: str) -> None:
    address = read_address(text)
    assert (address.shown, str(address)) == (shown, shown)
    assert not seen(repr(address) + f"{address}")
    assert pickle.loads(pickle.dumps(address)) == address  # noqa: S301 (our own bytes)


def test_who_cannot_come_in_is_told_why(postgis_address: str) -> None:
    place = postgis_address.split("port=")[1].split(maxsplit=1)[0]
    good = f"127.0.0.1:{place}"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()[1]
    for text, said in (
        (f"postgresql://kringruimte:{SECRET}@{good}/postgres", "refuses the password of user kringruimte"),
        (f"postgresql://nobody:{SECRET}@{good}/postgres", "refuses the password of user nobody"),
        (f"postgresql://kringruimte:{SECRET}@127.0.0.1:{closed}/postgres", "the connection is refused"),
        (f"postgresql://kringruimte:{SECRET}@nowhere.invalid/postgres", "no such host"),
        (f"postgresql://kringruimte:{SECRET}@{good}/postgres?sslmode=require", "over TLS"),
    ):
        with pytest.raises(DatabaseError, match=said) as caught:
            connect(read_address(text))
        assert not seen(everything(caught.value).replace(f'"{text}"', ""))
        assert len(str(caught.value).splitlines()) == 1


def test_a_database_that_is_not_there_or_has_no_postgis(postgis_address: str) -> None:
    from psycopg.conninfo import make_conninfo

    with pytest.raises(DatabaseError, match=r"Database elsewhere at .* does not exist"):
        connect(read_address(make_conninfo(postgis_address, dbname="elsewhere")))
    with pytest.raises(DatabaseError, match=r"has no PostGIS\. Let its administrator run CREATE EXTENSION"):
        connect(read_address(make_conninfo(postgis_address, dbname="template1")))


def test_nothing_shadows_what_postgresql_has(database: str) -> None:
    import psycopg

    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'fooled' $$")
    address = read_address(database)
    with told(address), connect(address) as connection:
        assert connection.execute("SELECT lower('A'::text)").fetchone() == ("a",)
        assert connection.execute("SHOW search_path").fetchone() == ("pg_catalog, public",)

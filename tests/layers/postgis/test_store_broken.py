"""A store that is killed, cut off or done twice at once: the whole release or nothing is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from gis.database import read_address
from gis.errors import DatabaseError
from layers.postgis import own_tables, tables
from layers.postgis import store as storing
from layers.postgis.store import drop, store, stored_releases

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.release import Release

    Rows = Callable[..., list[Any]]

# stops at the given moment, says so, and waits to be killed
STORING = """
import os, pathlib, sys, time
from gis.database import read_address
from layers.postgis import store as storing
from layers.release import open_release

def pause(*args, **kwargs):
    os.write(1, b'here\\n')
    time.sleep(600)

moment = sys.argv[2]
if moment == 'between tables':
    original, done = storing.write_table, []
    def write(*args, **kwargs):
        pause() if len(done) == 5 else done.append(original(*args, **kwargs))
    storing.write_table = write
elif moment == 'before checking':
    storing._check = pause
elif moment == 'before commit':
    original = storing._check
    def check(*args):
        original(*args)
        pause()
    storing._check = check
storing.store(read_address(os.environ['ADDRESS']), open_release(pathlib.Path(sys.argv[1])))
"""
MOMENTS = ["between tables", "before checking", "before commit"]
BACKENDS = """SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kringruimte'
    AND datname = current_database()"""


def leftovers(rows: Rows) -> list[Any]:
    return rows(
        "SELECT nspname FROM pg_namespace WHERE nspname ~ '^kring_'"
        " UNION ALL SELECT relname FROM pg_class WHERE relname IN ('parks', '_release', 'park_evidence')"
    )


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_store_leaves_nothing(release: Release, database: str, rows: Rows, moment: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STORING, str(release.path), moment],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ADDRESS": database},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        # who reads meanwhile sees nothing of it
        assert leftovers(rows) == []
        assert stored_releases(read_address(database)) == []
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL
    # the next one waits until the server has cleared up after the dead
    assert store(read_address(database), release)
    assert [one.name for one in stored_releases(read_address(database))] == [release.name]


@pytest.mark.parametrize("table", ["park_evidence", "summary"])
def test_a_connection_that_is_cut_off_leaves_nothing(
    release: Release, database: str, rows: Rows, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    original = tables.write_table

    def cut(connection: Any, place: Any, *rest: Any, **options: Any) -> None:
        if place.name == table:
            assert rows("SELECT pg_terminate_backend(%s)", connection.info.backend_pid) == [(True,)]
        original(connection, place, *rest, **options)

    monkeypatch.setattr(storing, "write_table", cut)
    with pytest.raises(DatabaseError, match=r"broke the connection\. Nothing was changed\. Try again\."):
        store(read_address(database), release)
    monkeypatch.undo()
    assert leftovers(rows) == []
    assert store(read_address(database), release)


def test_an_error_half_way_leaves_nothing(
    release: Release, database: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(storing, "_check", refuse)
    with pytest.raises(RuntimeError, match="a defect"):
        store(read_address(database), release)
    assert leftovers(rows) == []
    assert rows(BACKENDS) == [(0,)]


def test_two_stores_of_one_release_at_once(
    release: Release, database: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, original = threading.Event(), own_tables.write_own

    def slowly(*args: Any) -> None:
        writing.set()
        # the other one has come as far as it gets: it waits for its turn
        for _ in range(3_000):
            if rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                break
        original(*args)

    monkeypatch.setattr(storing, "write_own", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store, read_address(database), release)
        assert writing.wait(60)
        second = pool.submit(store, read_address(database), release)
        assert (first.result(), second.result()) == (True, False)
    assert rows(f"SELECT count(*) FROM kring_{release.name}._release") == [(1,)]


def test_two_releases_at_once(
    release: Release, database: str, write: Callable[..., Release], recipe: Any, tmp_path: Any
) -> None:
    other = write(tmp_path / "other", recipe | {"parameters": {"hmc_threshold": "4.2"}})
    assert other.name != release.name
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(store, read_address(database), one) for one in (release, other)]
        assert [one.result() for one in done] == [True, True]
    found = [one.name for one in stored_releases(read_address(database))]
    assert found == sorted([release.name, other.name])
    drop(read_address(database), other.name)
    assert [one.name for one in stored_releases(read_address(database))] == [release.name]


def test_a_table_in_use_is_not_dropped_for_ever(
    release: Release, database: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    store(read_address(database), release)
    monkeypatch.setattr(storing, "LOCK_S", 1)
    with psycopg.connect(database) as reader:
        reader.execute(f"SELECT count(*) FROM kring_{release.name}.parks")
        with pytest.raises(DatabaseError, match="Somebody else holds a lock on it"):
            drop(read_address(database), release.name)
    assert not store(read_address(database), release)

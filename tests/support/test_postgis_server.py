"""The server helper: what it leaves behind, and what it says where nothing is installed."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support import postgis


def test_nothing_stays_after_the_block() -> None:
    try:
        with postgis.postgis_server() as address, psycopg.connect(address) as connection:
            row = connection.execute("SELECT ST_Area(ST_MakeEnvelope(0, 0, 2, 3, 28992)), inet_server_addr()")
            area, listens = row.fetchone() or (None, None)
            folder = connection.execute("SHOW data_directory").fetchone()
    except postgis.PostgisAbsentError as absent:
        pytest.skip(str(absent))
    assert area == 6.0
    assert str(listens).startswith("127.0.0.1")
    assert folder is not None
    assert not Path(folder[0]).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)


def test_an_absent_server_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgis, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(postgis.PostgisAbsentError, match="PostgreSQL's server is not installed"):
        postgis.programs()


def test_tests_skip_where_it_is_absent_and_fail_where_it_is_required(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgis, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("KRING_REQUIRE", "npm")
    with pytest.raises(pytest.skip.Exception, match="server is not installed"), postgis.needed_server():
        pass
    monkeypatch.setenv("KRING_REQUIRE", "npm,postgis")
    with pytest.raises(pytest.fail.Exception, match="PostGIS is required here"), postgis.needed_server():
        pass


def test_a_password_is_asked() -> None:
    try:
        with postgis.postgis_server() as address:
            wrong = psycopg.conninfo.make_conninfo(address, password="guess")  # noqa: S106 (wrong on purpose)
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(wrong)
    except postgis.PostgisAbsentError as absent:
        pytest.skip(str(absent))

"""A PostgreSQL server with PostGIS of its own, on loopback, for tests and benchmarks.

It uses the newest installed PostgreSQL that carries PostGIS, keeps its data in a temporary folder, listens on
a free port of 127.0.0.1 only, asks a password that was drawn for it and is gone when the block ends.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEBIAN: Final = Path("/usr/lib/postgresql")
UNPRIVILEGED: Final = "postgres"
"""PostgreSQL refuses to run as root; Debian makes this user for it."""
USER: Final = "kringruimte"
TEMPLATE: Final = "with_postgis"
"""Database that fresh ones are copied from."""
START_S: Final = 60.0
STOP_S: Final = 20.0
TRIES: Final = 3
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "512MB",
    "work_mem": "128MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    # the data is thrown away, so nothing has to survive a crash
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
"""For a server of a few hundred megabytes of data that lives for one run."""


class PostgisAbsentError(Exception):
    """PostgreSQL or PostGIS is not installed, or cannot run here; the message says which."""


def programs() -> Path:
    """Find the folder with the programs of the newest PostgreSQL that has PostGIS.

    Raises
    ------
    PostgisAbsentError
        When there is none.
    """
    on_path = shutil.which("initdb")
    folders = sorted(DEBIAN.glob("*/bin"), key=_version, reverse=True)
    folders += [Path(on_path).resolve().parent] if on_path else []
    folders = [folder for folder in folders if (folder / "initdb").exists()]
    if not folders:
        raise PostgisAbsentError("PostgreSQL's server is not installed")
    for folder in folders:
        shared = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        if shared and (Path(shared) / "extension" / "postgis.control").exists():
            return folder
    raise PostgisAbsentError("PostgreSQL is installed, PostGIS is not")


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


@contextmanager
def postgis_server(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server with a database that has PostGIS.

    Parameters
    ----------
    settings
        Server settings on top of `SETTINGS`.

    Yields
    ------
    str
        Connection string for psycopg.

    Raises
    ------
    PostgisAbsentError
        When PostgreSQL or PostGIS is not installed or has no user to run as.
    """
    folder = programs()
    if os.geteuid() == 0 and not _has_user(UNPRIVILEGED):
        raise PostgisAbsentError(f"root may not run PostgreSQL and there is no user {UNPRIVILEGED}")
    place = Path(tempfile.mkdtemp(prefix="kringruimte-postgis-"))
    try:
        password = secrets.token_hex(16)
        secret = place / "password"
        secret.write_text(password, encoding="ascii")
        if os.geteuid() == 0:
            for path in (place, secret):
                shutil.chown(path, UNPRIVILEGED, UNPRIVILEGED)
        data = place / "data"
        _initialise(folder, data, secret)
        server, port = _start(folder, data, {**SETTINGS, **(settings or {})}, password)
        try:
            address = _address(port, password)
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION postgis")
            yield address
        finally:
            _stop(server)
    finally:
        shutil.rmtree(place)


@contextmanager
def needed_server() -> Iterator[str]:
    """Run a server for tests: they are skipped where it is absent, and fail when KRING_REQUIRE names it."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(postgis_server())
        except PostgisAbsentError as absent:
            if "postgis" in os.environ.get("KRING_REQUIRE", "").split(","):
                pytest.fail(f"PostGIS is required here, but {absent}")
            pytest.skip(f"{absent} (Debian: postgresql-postgis)")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        with psycopg.connect(address, dbname=TEMPLATE, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")
        yield address


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Make an empty database with PostGIS on a server of `needed_server`, and drop it when the block ends.

    Yields
    ------
    str
        Its address as a URL, password included.
    """
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    parts = psycopg.conninfo.conninfo_to_dict(server)
    address = f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{name}"
    try:
        yield address
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def fresh_role(server: str, database: str) -> Iterator[str]:
    """Make a user who may connect and nothing else, and drop it with all it was granted when the block ends.

    Yields
    ------
    str
        Address of the database for that user, as a URL.
    """
    name, password = f"r_{secrets.token_hex(6)}", secrets.token_hex(8)
    role = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
    parts = psycopg.conninfo.conninfo_to_dict(database)
    try:
        yield f"postgresql://{name}:{password}@{parts['host']}:{parts['port']}/{parts['dbname']}"
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
            connection.execute(sql.SQL("DROP ROLE {}").format(role))


def _address(port: int, password: str) -> str:
    return psycopg.conninfo.make_conninfo(
        host="127.0.0.1", port=port, user=USER, password=password, dbname="postgres", connect_timeout=5
    )


def _has_user(name: str) -> bool:
    import pwd

    return any(entry.pw_name == name for entry in pwd.getpwall())


def _environment() -> dict[str, str]:
    # nothing of a PostgreSQL that the caller may have set up
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _initialise(folder: Path, data: Path, secret: Path) -> None:
    command = [str(folder / "initdb"), "--pgdata", str(data), "--username", USER, "--auth", "scram-sha-256"]
    command += ["--pwfile", str(secret), "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    subprocess.run(command, cwd=data.parent, timeout=START_S, check=True, **_as_user())


def _as_user() -> dict[str, Any]:
    """Give what lets a child process run as somebody else than root, without output."""
    common: dict[str, Any] = {"env": _environment(), "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:
        common |= {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
    return common


def _start(
    folder: Path, data: Path, settings: Mapping[str, str], password: str
) -> tuple[subprocess.Popen[bytes], int]:
    """Start on a free port; another program may take it first, so this is tried more than once."""
    log = data.parent / "log"
    for _ in range(TRIES):
        port = _free_port()
        command = [str(folder / "postgres"), "-D", str(data), "-p", str(port)]
        command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with log.open("ab") as stream:
            server = subprocess.Popen(command, cwd=data.parent, stderr=stream, **_as_user())
        try:
            if _answers(server, _address(port, password)):
                return server, port
        except BaseException:
            _stop(server)
            raise
        _stop(server)
    raise RuntimeError("PostgreSQL did not start:\n" + log.read_text(encoding="utf-8", errors="replace"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(server: subprocess.Popen[bytes], address: str) -> bool:
    end = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return True
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown, then insist."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(number)
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            continue
        return

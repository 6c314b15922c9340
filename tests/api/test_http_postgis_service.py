"""The service on PostGIS: the same bytes as from memory for every kind of reader, and rest when the database goes."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from api.http import pool as pools
from api.http.pool import Pool
from api.http.postgis import open_reader
from api.http.running import make_service
from api.http.settings import Settings, read_settings
from api.http.shown import Showing
from api.http.stored import Database
from api.jobs.keys import add_key
from api.jobs.publish import publish
from api.jobs.roles import Role
from gis.database import connect, read_address
from gis.errors import DatabaseError, InputError
from layers.canonical import table_digest, tables_digest
from layers.postgis import store as storing
from layers.postgis.store import store
from layers.schema import Level
from tests.support.postgis import fresh_database, fresh_role
from tests.support.served import Served, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from layers.release import Release

WHO = (None, "a", "board", "province")
KINDS = {
    "usual": ("adopted", None),
    "province": ("adopted", Level.PROVINCE),
    "undecided": ("exploration", None),
}
"""Status of a release, and the level that every layer is raised to."""
PLACED = ("park_evidence", "reservation_zones")
PLAIN = ("water_evidence",)
RD = "http://www.opengis.net/def/crs/EPSG/0/28992"


def paths() -> list[str]:
    """Give what is asked: features, filters, boxes, order, pages, systems, files and pages."""
    asked = ["/v1", "/v1/collections", "/v1/tiles/WebMercatorQuad/8/84/131", "/v1/styles", "/parken", "/"]
    asked += [f"/v1/collections/{name}/items" for name in ("municipalities", "sensitive_objects", "plots")]
    for name in (*PLACED, *PLAIN):
        items = f"/v1/collections/{name}/items"
        asked += [
            f"/v1/collections/{name}", f"/v1/collections/{name}/queryables", items, f"{items}?limit=1",
            f"{items}?f=html", f"{items}/1", f"{items}/A-park_id", f"{items}/B-park_id", f"{items}/a%00b",
            f"{items}?cursor=x", f"{items}?filter=absent=1",
            f"/v1/collections/{name}/download?f=csv",
            f"{items}?bbox=5.0,52.0,5.1,52.1", f"{items}?filter=name%20LIKE%20'A%25'",
            f"{items}?filter=CASEI(name)=CASEI('a-NAME')", f"{items}?filter=name='a%00b'",
            f"{items}?filter=NOT%20(name='A-name'%20OR%20name%20IS%20NULL)",
        ]  # fmt: skip
    for name in PLACED:
        items = f"/v1/collections/{name}/items"
        asked += [
            f"{items}?crs={RD}", f"{items}?bbox=130100,450100,130900,450900&bbox-crs={RD}&crs={RD}",
            f"{items}?filter=S_INTERSECTS(geometry,BBOX(130100,450100,130900,450900))&filter-crs={RD}",
            f"/v1/collections/{name}/download?f=geojson&bbox=5.0,52.0,5.1,52.1",
            f"{items}?filter=geometry%20IS%20NULL",
        ]  # fmt: skip
    return asked


def put(address: str, release: Release) -> Release:
    """Store a release that was made in memory."""
    digests = {name: table_digest(layer, release.table(name)) for name, layer in release.layers.items()}
    manifest = release.manifest | {"tables_sha256": tables_digest(digests)}
    release = replace(release, manifest=manifest)
    with connect(read_address(address)) as connection, connection.transaction():
        storing._write(connection, release, storing._silent)
    return release


@pytest.fixture(scope="module", params=KINDS)
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgis_address: str
) -> Iterator[tuple[Served, Served]]:
    """Give the same service twice, from memory and from PostGIS."""
    status, raised = KINDS[request.param]
    with fresh_database(postgis_address) as address:
        database = Database(read_address(address))

        def showing(release: Release) -> Showing:
            return Showing(release, make_source=database.sources_of(put(address, release)))

        folders = [tmp_path_factory.mktemp(name) for name in ("memory", "postgis")]
        memory = serve(folders[0], status=status, raised=raised)
        other = serve(folders[1], status=status, raised=raised, showing=showing)
        yield memory, replace(other, keys=other.keys)
        database.close()


@pytest.mark.parametrize("who", WHO)
def test_every_reader_gets_the_same_bytes(pair: tuple[Served, Served], who: str | None) -> None:
    memory, other = pair
    found = 0
    for path in paths():
        first, second = (one.ask(path, who) for one in (memory, other))
        assert (first.status_code, first.content) == (second.status_code, second.content), path
        names = set(first.headers) - {"last-modified"}
        assert {name: first.headers[name] for name in names} == {name: second.headers[name] for name in names}
        found += first.status_code == 200
    seen = memory.ask("/v1", who).status_code == 200
    assert found > 3 if seen else found < 3


def test_pages_follow_each_other_alike(pair: tuple[Served, Served]) -> None:
    for who in ("a", "province", "editor"):
        ends = []
        for served in pair:
            path, seen = "/v1/collections/plots/items?limit=1", []
            while path:
                answer = served.ask(path, who).json()
                seen += [feature["id"] for feature in answer.get("features", [])]
                path = next((one["href"] for one in answer.get("links", []) if one["rel"] == "next"), "")
            ends.append(seen)
        assert ends[0] == ends[1]


def test_what_was_cut_never_comes_from_the_database(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    found = Database(read_address(database))

    def showing(release: Release) -> Showing:
        make = found.sources_of(put(database, release))

        def noting(layer: Any, frame: Any) -> Any:
            assert len(frame) == len(release.table(layer.name))
            asked.append((layer.name, len(frame.columns)))
            return make(layer, frame)

        return Showing(release, make_source=noting)

    served = serve(tmp_path, status="adopted", raised=Level.PROVINCE, showing=showing)
    everybody = list(asked)
    # the borders of municipalities are for everybody; all else was raised
    assert "municipalities" in dict(everybody)
    assert "plots" not in dict(everybody)
    asked.clear()
    assert served.ask("/v1/collections/plots/items", "board").status_code in {200, 404}
    assert "plots" not in dict(asked)
    asked.clear()
    assert served.ask("/v1/collections/plots/items", "province").status_code == 200
    assert "plots" in dict(asked)
    found.close()


# --- a service as it is started, over the hand-made release on disk ---


class Caller:
    """Asks a service in this process and lives its life from start to end."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def get(self, path: str, key: str | None = None) -> httpx.Response:
        import asyncio

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("203.0.113.9", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                headers = {"Authorization": f"Bearer {key}"} if key else {}
                return await client.get(path, headers=headers)

        return asyncio.run(send())


@pytest.fixture
def decided(write: Callable[..., Release], tmp_path: Path) -> Release:
    return write(tmp_path / "releases", status="adopted")


def secret_of(address: str | None) -> SecretStr | None:
    return None if address is None else SecretStr(address)


def started(release: Release, address: str | None, **more: Any) -> Caller:
    return Caller(make_service(Settings(release=release.path, postgis=secret_of(address), **more)))


def test_a_service_shows_what_is_stored(decided: Release, database: str) -> None:
    store(read_address(database), decided)
    memory, other = started(decided, None), started(decided, database)
    for path in (
        "/v1/collections/park_evidence/items",
        "/v1/collections/summary/items?limit=1",
        "/v1",
        "/readyz",
    ):
        first, second = memory.get(path), other.get(path)
        assert (
            (first.status_code, first.content) == (second.status_code, second.content) == (200, first.content)
        )


def test_it_reads_no_more_than_was_granted(decided: Release, database: str, postgis_address: str) -> None:
    store(read_address(database), decided)
    schema = f"kring_{decided.name}"
    with fresh_role(postgis_address, database) as reader:
        with pytest.raises(DatabaseError, match=r"permission denied .* grant what is lacking"):
            started(decided, reader)
        role = sql.Identifier(read_address(reader).user)
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), role))
            owner.execute(
                sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(schema, "_release"), role)
            )
            own = """SELECT c.table_name, array_agg(c.column_name::text) FROM information_schema.columns c
                LEFT JOIN {}._columns k ON k."table" = c.table_name
                    AND k."column" = regexp_replace(c.column_name, '^_folded_', '')
                WHERE c.table_schema = %s AND c.table_name !~ '^_'
                    AND (k.level = 'public' OR c.column_name IN ('_key', '_id', 'geometry', '_lonlat'))
                GROUP BY 1"""
            for table, columns in owner.execute(
                sql.SQL(own).format(sql.Identifier(schema)), (schema,)
            ).fetchall():
                if decided.level(table) is Level.PUBLIC:
                    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
                    statement = sql.SQL("GRANT SELECT ({}) ON {} TO {}")
                    owner.execute(statement.format(listed, sql.Identifier(schema, table), role))
        memory, other = started(decided, None), started(decided, reader)
        names = [item["id"] for item in memory.get("/v1/collections").json()["collections"]]
        assert "park_evidence" in names
        for name in names:
            for end in ("", "?limit=1", "?bbox=5,52,6,53"):
                path = f"/v1/collections/{name}/items{end}"
                first, second = memory.get(path), other.get(path)
                assert (first.status_code, first.content) == (second.status_code, second.content), path


def test_a_release_that_is_not_stored_is_not_served(
    decided: Release, database: str, write: Callable[..., Release], tmp_path: Path
) -> None:
    with pytest.raises(DatabaseError, match=f"{decided.name} is not in the database. Run: kringruimte store"):
        started(decided, database)
    table_of = write.__globals__["make_table"]
    parks = write.__globals__["ROWS"]["parks"]
    other = write(
        tmp_path / "other", status="adopted", parks=table_of("parks", [parks[0] | {"name": "Anders"}])
    )
    assert other.name == decided.name
    store(read_address(database), other)
    with pytest.raises(DatabaseError, match="holds other tables than this release"):
        started(decided, database)


def test_what_is_published_but_not_stored_leaves_the_old_one(
    decided: Release,
    database: str,
    write: Callable[..., Release],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    recipe = write.__globals__["RECIPE"]
    newer = write(tmp_path / "newer", recipe | {"parameters": {"hmc_threshold": "5.1"}}, status="adopted")
    folder, now = tmp_path / "publication", datetime(2026, 11, 1, tzinfo=UTC)
    store(read_address(database), decided)
    publish(decided, folder, now=now)
    settings = Settings(publication=folder, postgis=secret_of(database), follow_s=3600)
    service = Caller(make_service(settings))
    follower = find_follower(service.app)
    follower.start()
    try:
        publish(newer, folder, now=now + timedelta(days=1))
        with caplog.at_level(logging.ERROR):
            follower.refresh()
        assert newer.name in str(follower.problem)
        assert password_of(database) not in str(follower.problem) + caplog.text
        assert service.get("/v1/collections/parks/items").headers["x-release"] == decided.name
        store(read_address(database), newer)
        assert follower.refresh()
        assert service.get("/v1/collections/parks/items").headers["x-release"] == newer.name
    finally:
        follower.stop()


def find_follower(app: Any) -> Any:
    while not hasattr(app, "_published"):
        app = next(getattr(app, name) for name in ("app", "_app", "inner", "_inner") if hasattr(app, name))
    return app._published


def password_of(address: str) -> str:
    return address.split(":")[2].split("@", maxsplit=1)[0]


def test_a_database_that_is_gone_is_told_and_comes_back(
    decided: Release, database: str, postgis_address: str, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    store(read_address(database), decided)
    name = database.rpartition("/")[2]
    key = add_key(
        tmp_path / "keys.json", "p", Role.PROVINCE, frozenset(),
        until=datetime.now(UTC) + timedelta(days=1), now=datetime.now(UTC),
    )  # fmt: skip
    service = started(decided, database, keys=tmp_path / "keys.json", audit=tmp_path / "audit.jsonl")
    monkeypatch.setattr("api.http.health.KEEP_S", 0.0)
    path = "/v1/collections/park_evidence/items"
    assert service.get(f"{path}?limit=1").status_code == 200
    assert service.get("/readyz").status_code == 200
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(postgis_address, autocommit=True) as owner:
        # connections that wait are cut off and new ones refused, as when the server stops
        owner.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        with caplog.at_level(logging.WARNING):
            answers = [service.get(f"{path}?limit=2"), service.get(f"{path}/RIN1"), service.get(path, key)]
            about = service.get("/readyz")
        for answer in answers:
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "10"
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"].startswith("De databank van de dienst is nu niet bereikbaar.")
        assert (about.status_code, about.json()["failed"]) == (503, ["database"])
        assert "the database cannot be used" in caplog.text
        owner.execute(allow.format(sql.Identifier(name), sql.SQL("true")))
    for asked in (f"{path}?limit=2", f"{path}/RIN1", "/readyz"):
        assert service.get(asked).status_code == 200
    assert service.get(path, key).status_code == 200
    written = caplog.text + "".join(one.text + str(one.headers) for one in answers)
    written += (tmp_path / "audit.jsonl").read_text("utf-8")
    assert password_of(database) not in written


def test_a_connection_that_was_cut_off_is_not_lent_again(database: str) -> None:
    address = read_address(database)
    pool = Pool(address, open_reader)
    with pool.connection() as connection:
        first = connection.info.backend_pid
    with pool.connection() as connection:
        assert connection.info.backend_pid == first
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 10000)", (first,))
    with pool.connection() as connection:
        assert connection.info.backend_pid != first
        last = connection.info.backend_pid
        with psycopg.connect(database, autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(%s, 10000)", (last,))
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1")
    with pool.connection() as connection:
        assert connection.info.backend_pid != last
    pool.close()


def test_who_waits_too_long_for_a_connection_is_told(database: str) -> None:
    pool = Pool(read_address(database), open_reader, size=1, wait_s=0.05)
    lent, done = threading.Event(), threading.Event()

    def hold() -> None:
        with pool.connection():
            lent.set()
            done.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert lent.wait(60)
    with pytest.raises(DatabaseError, match="all connections are in use"), pool.connection():
        pass
    done.set()
    holder.join()
    pool.check()
    pool.close()
    assert pools.SIZE > 1


def test_a_statement_that_takes_too_long_is_stopped(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.http.postgis.STATEMENT_S", 0.2)
    pool = Pool(read_address(database), open_reader)
    with pytest.raises(DatabaseError, match="It took too long"), pool.connection() as connection:
        connection.execute("SELECT pg_sleep(60)")
    pool.close()


def test_the_address_is_a_secret_of_the_settings(decided: Release, tmp_path: Path) -> None:
    place, word = str(decided.path), "h3t-w00rd"
    settings = read_settings({"KRING_RELEASE": place, "KRING_POSTGIS": f"postgresql://u:{word}@h/d"})
    assert word not in repr(settings) + str(settings.model_dump())
    secret = tmp_path / "address"
    secret.write_text(f"postgresql://u:{word}@h/d\n", "utf-8")
    again = read_settings({"KRING_RELEASE": place, "KRING_POSTGIS_FILE": str(secret)})
    assert again == settings
    (tmp_path / "settings.toml").write_text(f'[service]\npostgis = "postgresql://u:{word}@h/d"\n', "utf-8")
    named = read_settings({"KRING_RELEASE": place, "KRING_SETTINGS": str(tmp_path / "settings.toml")})
    assert named == settings
    with pytest.raises(InputError) as caught:
        started(decided, f"nonsense {word}")
    assert "KRING_POSTGIS" in str(caught.value)
    assert word not in str(caught.value)

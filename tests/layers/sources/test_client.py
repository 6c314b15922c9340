"""Patience, politeness and limits of the client; what is cached is not asked again."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from layers.sources.addresses import checked, linked, same_host, with_query
from layers.sources.client import Asked
from layers.sources.faults import FetchError
from layers.sources.journal import Journal
from layers.sources.limits import MIB
from layers.sources.unpack import Unpacker
from tests.support.services import Asked as Seen
from tests.support.services import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.layers.sources.conftest import Bench

HOUR = "Sun, 01 Nov 2026 12:00:07 GMT"


def busy(bench: Bench, times: int, status: int, headers: dict[str, str] | None = None) -> None:
    """Let the first answers be refusals."""

    def spoil(asked: Seen, reply: Reply) -> Reply:
        return Reply(b"later", status, headers or {}) if asked.number < times else reply

    bench.services.spoil = spoil


def test_waits_double_and_stop_when_it_works(bench: Bench) -> None:
    busy(bench, 3, 500)
    bench.table(bench.fetch())
    assert bench.clock.slept == [1, 2, 4]


def test_it_gives_up_after_the_attempts(bench: Bench) -> None:
    busy(bench, 99, 502)
    outcome = bench.fetch()
    assert outcome.failed is not None
    assert outcome.failed.fault == "server_error"
    assert len(bench.services.log) == 5
    assert bench.clock.slept == [1, 2, 4, 8]


@pytest.mark.parametrize(("said", "waited"), [("9", [9]), (HOUR, [7]), ("soon", [1]), ("0", [1])])
def test_retry_after_is_obeyed(bench: Bench, said: str, waited: list[float]) -> None:
    busy(bench, 1, 429, {"Retry-After": said})
    bench.table(bench.fetch())
    assert bench.clock.slept == waited


def test_a_service_that_wants_rest_until_tomorrow_is_left_alone(bench: Bench) -> None:
    busy(bench, 1, 503, {"Retry-After": "86400"})
    outcome = bench.fetch()
    assert outcome.failed is not None
    assert outcome.failed.fault == "busy"
    assert "86400 s" in outcome.failed.detail
    assert len(bench.services.log) == 1


def test_at_most_ten_requests_a_second(bench: Bench) -> None:
    bench.limits = replace(bench.limits, pause_s=0.1)
    bench.table(bench.fetch())
    # a description and three pages: three pauses between four requests
    assert bench.clock.slept == pytest.approx([0.1, 0.1, 0.1])


def test_the_second_fetch_only_asks_whether_anything_changed(bench: Bench) -> None:
    first = bench.fetch()
    before = len(bench.services.log)
    second = bench.fetch()
    asked = bench.services.log[before:]
    assert [one.headers.get("if-none-match", "")[:3] for one in asked] == ['W/"'] * 4
    assert first.copy is not None
    assert second.copy is not None
    assert first.copy.sha256 == second.copy.sha256


def test_a_changed_page_comes_in_the_second_time(bench: Bench) -> None:
    bench.fetch()
    bench.services.table.loc[12, "PLAN_NAAM"] = "Nieuw"
    assert bench.table(bench.fetch())["PLAN_NAAM"][12] == "Nieuw"


def test_a_damaged_body_in_the_cache_is_fetched_anew(bench: Bench) -> None:
    bench.fetch()
    objects = sorted((bench.folder / "fetched/cache/objects").rglob("*"))
    for path in (one for one in objects if one.is_file()):
        path.write_bytes(b"x" * path.stat().st_size)
    assert len(bench.table(bench.fetch())) == 25
    assert len(bench.table(bench.fetch(offline=True))) == 25


def test_offline_gives_the_same_bytes_without_a_request(bench: Bench) -> None:
    first = bench.fetch()
    before = len(bench.services.log)
    bench.clock.sleep(86400.0)
    again = bench.fetch(offline=True)
    assert len(bench.services.log) == before
    assert first.copy is not None
    assert again.copy == first.copy
    assert not again.fresh


def test_offline_without_a_cache_says_so_and_writes_nothing(bench: Bench) -> None:
    outcome = bench.fetch(offline=True)
    assert outcome.failed is not None
    assert outcome.failed.fault == "not_in_cache"
    assert not (bench.folder / "fetched/manifest.json").exists()


def test_a_redirect_on_the_same_host_is_followed(bench: Bench) -> None:
    def spoil(asked: Seen, reply: Reply) -> Reply:
        if "/new" in asked.path:
            return Reply(b'{"id": "parks", "crs": [], "links": []}')
        if asked.path.endswith("/parks"):
            return Reply(b"", 301, {"Location": "/new"})
        return reply

    bench.services.spoil = spoil
    bench.services.offers_rd = False
    assert len(bench.table(bench.fetch())) == 25


def test_downloads_go_on_where_they_broke_off(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "parks.geojson"
    bench.services.table.to_file(path)
    body = path.read_bytes()
    bench.services.files["parks.geojson"] = body
    middle = len(body) // 2

    def spoil(asked: Seen, reply: Reply) -> Reply:
        return replace(reply, stop_after=middle) if asked.number == 0 else reply

    bench.services.spoil = spoil
    assert len(bench.table(bench.fetch("file"))) == 25
    second = bench.services.log[1].headers
    assert second["range"] == f"bytes={middle}-"
    assert second["if-range"].startswith('"')


def test_a_file_that_changed_meanwhile_is_begun_anew(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "parks.geojson"
    bench.services.table.to_file(path)
    bench.services.files["parks.geojson"] = path.read_bytes()

    def spoil(asked: Seen, reply: Reply) -> Reply:
        if asked.number == 0:
            bench.services.files["parks.geojson"] = path.read_bytes() + b"\n"
            return replace(reply, stop_after=900)
        return reply

    bench.services.spoil = spoil
    assert len(bench.table(bench.fetch("file"))) == 25


def test_an_unchanged_file_is_not_sent_again(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "parks.geojson"
    bench.services.table.to_file(path)
    bench.services.files["parks.geojson"] = path.read_bytes()
    first, second = bench.fetch("file"), bench.fetch("file")
    assert "if-none-match" in bench.services.log[-1].headers
    assert first.copy is not None
    assert second.copy is not None
    assert first.copy.sha256 == second.copy.sha256


def test_a_key_is_sent_and_kept_nowhere(bench: Bench) -> None:
    item, wanted = bench.item("ogc_features")
    from layers.sources.cache import Cache
    from layers.sources.client import Client, make_http
    from layers.sources.fetching import fetch_layer
    from layers.sources.manifest import read_manifest

    folder = bench.folder / "fetched"
    folder.mkdir()
    with make_http(bench.limits, trust_env=False) as http:
        client = Client(http, Cache(folder / "cache"), bench.clock, bench.limits)
        secret = replace(wanted, secrets={"X-Api-Key": "geheim-1234"})
        bench.table(fetch_layer(client, item, secret, read_manifest(folder)))
    assert bench.services.log[-1].headers["x-api-key"] == "geheim-1234"
    held = [path for path in folder.rglob("*") if path.is_file() and b"geheim" in path.read_bytes()]
    assert held == []


def test_a_key_does_not_travel_unencrypted(bench: Bench) -> None:
    from layers.sources.cache import Cache
    from layers.sources.client import Client, make_http

    with make_http(bench.limits, trust_env=False) as http:
        client = Client(http, Cache(bench.folder), bench.clock, bench.limits)
        asked = Asked("http://example.invalid/x", "*/*", secrets=(("X-Api-Key", "geheim"),))
        journal = Journal(None, "", bench.clock.now(), timedelta(hours=1))
        with pytest.raises(FetchError, match="only sent over https"):
            client.ask(asked, journal, lambda answer: answer)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a/b",
        "/vsicurl/http://a/b",
        "http://user:pass@a/b",
        "http:///x",
        "http://a:99999/b",
        "http://a/b c",
        "http://a/\n",
        "PG:dbname=x",
        "http://a/" + "x" * 9000,
    ],
)
def test_addresses_that_are_never_asked(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        checked(url)
    assert caught.value.fault == "bad_address"


def test_hosts() -> None:
    assert same_host("http://a/x", "https://a/y")
    assert not same_host("https://a/x", "http://a/y")
    assert not same_host("http://a/x", "http://a:8080/x")
    assert not same_host("http://a:8080/x", "https://a:8443/x")
    assert linked("https://a/x/y", "../z") == "https://a/z"
    assert linked("https://a/", "https://b/", frozenset({"b"})) == "https://b/"
    with pytest.raises(FetchError):
        linked("https://a/", "http://b/", frozenset({"b"}))
    assert with_query("https://a/?Limit=5&x=1", {"limit": 9}) == "https://a/?x=1&limit=9"


def test_unpacking_stops_long_before_memory_is_full() -> None:
    # 64 MiB of zeroes in 64 KiB
    small = gzip.compress(bytes(64 * MIB))
    unpacker = Unpacker("gzip", 1024 * MIB, 200)
    seen: list[int] = []
    with pytest.raises(FetchError) as caught:
        seen.extend(len(piece) for piece in unpacker.feed(small))
    assert caught.value.fault == "expands"
    assert sum(seen) <= 17 * MIB
    assert max(seen, default=0) <= MIB


def test_gzip_of_several_members() -> None:
    unpacker = Unpacker("gzip", MIB, 200)
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    assert b"".join(piece for part in (body[:10], body[10:]) for piece in unpacker.feed(part)) == b"one two"
    unpacker.finish()


def test_random_bytes_pass_unpacked() -> None:
    body = os.urandom(MIB)
    unpacker = Unpacker("", 2 * MIB, 200)
    assert b"".join(unpacker.feed(body)) == body

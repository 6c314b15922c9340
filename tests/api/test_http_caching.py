"""Validators, conditional requests, content coding and ranges, against the words of RFC 9110 and 9111."""

from __future__ import annotations

import asyncio
import gzip
import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import brotli
import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import Route

from api.http.caching import (
    Coding,
    Policy,
    Subject,
    cached_answer,
    canonical_query,
    choose_coding,
    http_date,
    is_unchanged,
    read_date,
    strong_etag,
)
from api.http.ranges import Span, UnsatisfiableError, file_answer, holds, read_range

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

SUBJECT = Subject("0123456789abcdef", "http://h/v1/collections?limit=1", "application/json", "public")
MOMENT = datetime(2026, 3, 1, 12, 30, 15, 999_000, tzinfo=UTC)
PUBLIC = Policy(public=True, modified=MOMENT)
BODY = b'{"a": "' + b"abc" * 1000 + b'"}'


def headers(**values: str) -> Headers:
    return Headers({name.replace("_", "-"): value for name, value in values.items()})


def answer(policy: Policy = PUBLIC, subject: Subject = SUBJECT, **asked: str) -> Response:
    return cached_answer(headers(**asked), subject, policy, lambda: BODY)


def test_an_etag_is_strong_quoted_and_repeats() -> None:
    tag = strong_etag(SUBJECT)
    assert tag == strong_etag(replace(SUBJECT))
    assert tag.startswith('"')
    assert tag.endswith('"')
    assert len(tag) == 34


def test_everything_that_decides_the_bytes_changes_the_etag() -> None:
    subjects = [
        SUBJECT,
        replace(SUBJECT, release="fedcba9876543210"),
        replace(SUBJECT, address="http://other/v1/collections?limit=1"),
        replace(SUBJECT, media_type="text/html"),
        replace(SUBJECT, scope_tag="municipality-GM0344"),
        # the same letters, cut elsewhere
        replace(SUBJECT, media_type="application/jsonp", scope_tag="ublic"),
    ]
    tags = {strong_etag(subject, coding) for subject, coding in itertools.product(subjects, Coding)}
    assert len(tags) == len(subjects) * 3


def test_the_order_of_parameters_does_not_matter_and_their_borders_do() -> None:
    assert canonical_query([("b", "2"), ("a", "1")]) == canonical_query([("a", "1"), ("b", "2")]) == "a=1&b=2"
    assert canonical_query([("a", "1&b=2")]) == "a=1%26b%3D2"
    assert canonical_query([("a", "é+ ")]) == "a=%C3%A9%2B%20"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("{tag}", True),
        ("W/{tag}", True),
        ('"other", {tag}', True),
        ('"a,b",{tag}', True),
        ("*", True),
        (" * ", True),
        ('"other"', False),
        ("other", False),
        ("", False),
        ("{bare}", False),
        ('"*"', False),
    ],
)
def test_if_none_match(asked: str, *, expected: bool) -> None:
    tag = strong_etag(SUBJECT)
    text = asked.format(tag=tag, bare=tag.strip('"'))
    assert is_unchanged(headers(if_none_match=text), tag, MOMENT) is expected


def test_if_none_match_may_be_given_twice() -> None:
    tag = strong_etag(SUBJECT)
    twice = Headers(raw=[(b"if-none-match", b'"x"'), (b"if-none-match", tag.encode())])
    assert is_unchanged(twice, tag, None)


def test_if_none_match_decides_alone() -> None:
    later = "Sun, 01 Mar 2027 00:00:00 GMT"
    assert not is_unchanged(
        headers(if_none_match='"x"', if_modified_since=later), strong_etag(SUBJECT), MOMENT
    )


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("Sun, 01 Mar 2026 12:30:15 GMT", True),
        ("Sun, 01 Mar 2026 12:30:14 GMT", False),
        ("Mon, 02 Mar 2026 00:00:00 GMT", True),
        ("Sunday, 01-Mar-26 12:30:15 GMT", True),
        ("yesterday", False),
        ("Sun, 99 Mar 2026 12:30:15 GMT", False),
        ("", False),
    ],
)
def test_if_modified_since(since: str, *, expected: bool) -> None:
    assert is_unchanged(headers(if_modified_since=since), strong_etag(SUBJECT), MOMENT) is expected


def test_a_304_has_no_body_is_not_made_and_keeps_its_headers() -> None:
    def never() -> bytes:
        raise AssertionError("made for nothing")

    asked = headers(if_none_match=strong_etag(SUBJECT))
    found = cached_answer(asked, SUBJECT, PUBLIC, never, extra={"Link": "<x>"})
    assert (found.status_code, found.body) == (304, b"")
    assert found.headers["etag"] == strong_etag(SUBJECT)
    assert found.headers["cache-control"].startswith("public, max-age=60, stale-while-revalidate")
    assert found.headers["last-modified"] == "Sun, 01 Mar 2026 12:30:15 GMT"
    assert found.headers["link"] == "<x>"
    assert "content-type" not in found.headers


def test_who_may_keep_what() -> None:
    assert "immutable" in answer(Policy(public=True, immutable=True)).headers["cache-control"]
    assert "immutable" not in answer().headers["cache-control"]
    private = answer(Policy(public=False, immutable=True, modified=MOMENT))
    assert private.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in private.headers["vary"]
    assert "last-modified" not in private.headers
    assert "Authorization" in answer().headers["vary"], "else a caller with rights gets the public answer"


def test_a_date_never_answers_for_what_is_private() -> None:
    later = "Sun, 01 Mar 2027 00:00:00 GMT"
    found = answer(Policy(public=False, modified=MOMENT), if_modified_since=later)
    assert found.status_code == 200


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip;q=1.0, br;q=0.9", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0", "identity"),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("*;q=0", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.4, gzip;q=0.5", "gzip"),
        ("zstd", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;q=nan", "identity"),
        (" gzip ; q=0.5 , ,", "gzip"),
        ("identity;q=0, zstd", "identity"),
    ],
)
def test_accept_encoding(accept: str | None, expected: str) -> None:
    assert choose_coding(accept) == expected


@pytest.mark.parametrize(
    ("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress), ("identity", bytes)]
)
def test_every_coding_has_its_own_etag_and_repeats(coding: str, unpack: Any) -> None:
    first, again = answer(accept_encoding=coding), answer(accept_encoding=coding)
    assert unpack(first.body) == BODY
    assert bytes(first.body) == bytes(again.body)
    assert first.headers["etag"] == strong_etag(SUBJECT, Coding(coding))
    assert first.headers.get("content-encoding", "identity") == coding
    assert "Accept-Encoding" in first.headers["vary"]
    assert int(first.headers["content-length"]) == len(first.body)
    # the tag of one coding does not vouch for another
    other = "gzip" if coding == "br" else "br"
    assert answer(accept_encoding=other, if_none_match=first.headers["etag"]).status_code == 200


def test_what_is_small_or_packed_is_not_compressed() -> None:
    asked = headers(accept_encoding="br")
    small = cached_answer(asked, SUBJECT, PUBLIC, lambda: b"{}")
    assert "content-encoding" not in small.headers
    packed = cached_answer(asked, SUBJECT, PUBLIC, lambda: BODY, offered=())
    assert (packed.body, "content-encoding" in packed.headers) == (BODY, False)


def test_dates_survive() -> None:
    assert read_date(http_date(MOMENT)) == MOMENT.replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("bytes=0-0", Span(0, 1)),
        ("bytes=0-", Span(0, 10)),
        ("bytes=3-5", Span(3, 6)),
        ("Bytes=9-99", Span(9, 10)),
        ("bytes=-3", Span(7, 10)),
        ("bytes=-30", Span(0, 10)),
        ("bytes=5-4", None),
        ("bytes=a-b", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=" + "9" * 50 + "-", None),
        ("", None),
    ],
)
def test_ranges(text: str | None, expected: Span | None) -> None:
    assert read_range(text, 10) == expected


@pytest.mark.parametrize(
    ("text", "size"), [("bytes=10-", 10), ("bytes=99-100", 10), ("bytes=-0", 10), ("bytes=0-", 0)]
)
def test_ranges_outside_the_file(text: str, size: int) -> None:
    with pytest.raises(UnsatisfiableError):
        read_range(text, size)


def test_if_range_is_strong() -> None:
    tag = strong_etag(SUBJECT)
    assert holds(None, tag, PUBLIC)
    assert holds(tag, tag, PUBLIC)
    assert not holds(f"W/{tag}", tag, PUBLIC)
    assert holds("Sun, 01 Mar 2026 12:30:15 GMT", tag, PUBLIC)
    assert not holds("Sun, 01 Mar 2026 12:30:16 GMT", tag, PUBLIC)
    assert not holds("nonsense", tag, PUBLIC)
    assert not holds("Sun, 01 Mar 2026 12:30:15 GMT", tag, Policy(public=False, modified=MOMENT))


@pytest.fixture
def served(tmp_path: Path) -> Any:
    """Serve one file of 600,000 bytes, and give a function that asks for it."""
    path = tmp_path / "surface.tif"
    path.write_bytes(bytes(range(250)) * 2400)

    async def route(request: Request) -> Response:
        policy = Policy(public=True, immutable=True, modified=MOMENT)
        return file_answer(path, request.headers, request.method, SUBJECT, policy, "surface.tif")

    app = Starlette(routes=[Route("/", route, methods=["GET", "HEAD"])])

    def ask(method: str = "GET", **asked: str) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://h") as client:
                given = {name.replace("_", "-"): value for name, value in asked.items()}
                return await client.request(method, "/", headers=given)

        return asyncio.run(send())

    return ask, path.read_bytes()


def test_a_file_comes_whole_or_in_parts(served: Any) -> None:
    ask, content = served
    whole = ask()
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"] == 'attachment; filename="surface.tif"'
    assert "content-encoding" not in whole.headers
    part = ask(range="bytes=300000-300999")
    assert (part.status_code, part.content) == (206, content[300000:301000])
    assert part.headers["content-range"] == "bytes 300000-300999/600000"
    assert part.headers["etag"] == whole.headers["etag"]
    pieces = [ask(range=f"bytes={start}-{start + 99_999}").content for start in range(0, 600_000, 100_000)]
    assert b"".join(pieces) == content


def test_a_range_outside_the_file_says_how_big_it_is(served: Any) -> None:
    ask, _ = served
    refused = ask(range="bytes=600000-")
    assert refused.status_code == 416
    assert refused.headers["content-range"] == "bytes */600000"
    assert refused.headers["content-type"] == "application/problem+json"
    assert "600000 bytes" in refused.json()["detail"]


def test_if_range_gives_the_whole_file_when_it_is_another(served: Any) -> None:
    ask, content = served
    tag = ask("HEAD").headers["etag"]
    assert ask(range="bytes=0-9", if_range=tag).status_code == 206
    changed = ask(range="bytes=0-9", if_range='"old"')
    assert (changed.status_code, changed.content) == (200, content)


def test_head_and_304_of_a_file(served: Any) -> None:
    ask, _ = served
    head = ask("HEAD", range="bytes=0-9")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "600000")
    same = ask(if_none_match=head.headers["etag"], range="bytes=0-9")
    assert (same.status_code, same.content) == (304, b"")

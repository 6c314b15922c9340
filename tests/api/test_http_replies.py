"""Answers that are kept: only those for everybody, and never one for another question."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.responses import Response

from api.http.replies import Replies

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PUBLIC = {
    "Cache-Control": "public, max-age=60", "ETag": '"a"', "Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT",
}  # fmt: skip


class Counted:
    """An application that counts how often it is asked and says what it was asked."""

    def __init__(self, headers: dict[str, str], status: int = 200, size: int = 0) -> None:
        self.asked = 0
        self.headers, self.status, self.size = headers, status, size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        said = f"{scope['path']}?{scope['query_string'].decode()} {dict(scope['headers'])}"
        body = said.encode() + bytes(self.size)
        await Response(body, self.status, headers=self.headers)(scope, receive, send)


def ask(app: Any, path: str = "/a", method: str = "GET", **headers: str) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers=given)

    return asyncio.run(send())


def test_the_same_question_is_answered_once() -> None:
    counted = Counted(PUBLIC)
    app = Replies().around(counted, "one")
    answers = [ask(app) for _ in range(3)]
    assert counted.asked == 1
    assert len({answer.content for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/b", {}), ("/a?x=1", {}), ("/a", {"accept": "text/html"}), ("/a", {"accept_encoding": "br"}), ("/a", {"host": "y"})],
)  # fmt: skip
def test_another_question_is_asked_again(path: str, headers: dict[str, str]) -> None:
    counted = Counted(PUBLIC)
    app = Replies().around(counted, "one")
    first, other = ask(app), ask(app, path, **headers)
    assert counted.asked == 2
    assert first.content != other.content


def test_another_release_is_asked_again() -> None:
    counted, replies = Counted(PUBLIC), Replies()
    ask(replies.around(counted, "one"))
    ask(replies.around(counted, "two"))
    assert counted.asked == 2


@pytest.mark.parametrize("headers", [
    {"authorization": "Bearer x"}, {"range": "bytes=0-1"}, {"if_range": "x"}, {"cookie": "a=b"},
])  # fmt: skip
def test_a_question_of_somebody_in_particular_is_neither_kept_nor_answered_so(
    headers: dict[str, str],
) -> None:
    counted, replies = Counted(PUBLIC), Replies()
    app = replies.around(counted, "one")
    ask(app, **headers)
    assert len(replies) == 0
    ask(app)
    ask(app, **headers)
    assert counted.asked == 3


@pytest.mark.parametrize(
    ("headers", "status", "size"),
    [
        ({**PUBLIC, "Cache-Control": "private, no-cache"}, 200, 0),
        ({**PUBLIC, "Cache-Control": "no-store"}, 200, 0),
        ({name: value for name, value in PUBLIC.items() if name != "Last-Modified"}, 200, 0),
        ({name: value for name, value in PUBLIC.items() if name != "ETag"}, 200, 0),
        ({}, 200, 0),
        (PUBLIC, 404, 0),
        (PUBLIC, 200, 3 * 1024 * 1024),
    ],
)
def test_what_is_not_for_everybody_or_too_large_is_not_kept(
    headers: dict[str, str], status: int, size: int
) -> None:
    counted, replies = Counted(headers, status, size), Replies()
    app = replies.around(counted, "one")
    assert ask(app).content == ask(app).content
    assert (counted.asked, len(replies)) == (2, 0)


def test_who_holds_it_is_told_so() -> None:
    counted = Counted({**PUBLIC, "Content-Encoding": "identity", "API-Version": "1.0.0"})
    app = Replies().around(counted, "one")
    ask(app)
    for headers in (
        {"if_none_match": '"a"'},
        {"if_none_match": 'W/"a", "b"'},
        {"if_modified_since": PUBLIC["Last-Modified"]},
    ):
        answer = ask(app, **headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == '"a"'
        assert answer.headers["api-version"] == "1.0.0"
        assert "content-length" not in answer.headers
    assert ask(app, if_none_match='"b"').status_code == 200
    assert counted.asked == 1


def test_a_head_is_answered_from_a_get_and_never_kept() -> None:
    counted, replies = Counted(PUBLIC), Replies()
    app = replies.around(counted, "one")
    ask(app, method="HEAD")
    assert len(replies) == 0
    get, head = ask(app), ask(app, method="HEAD")
    assert (head.headers, head.content) == (get.headers, b"")
    assert ask(app, method="POST").status_code == 200
    assert counted.asked == 3


def test_room_is_made_by_what_was_asked_longest_ago() -> None:
    counted = Counted(PUBLIC, size=1000)
    replies = Replies(room=4000)
    app = replies.around(counted, "one")
    for path in ("/1", "/2", "/1", "/3", "/4"):
        ask(app, path)
    assert len(replies) < 4
    before = counted.asked
    ask(app, "/4")
    assert counted.asked == before
    ask(app, "/2")
    assert counted.asked == before + 1

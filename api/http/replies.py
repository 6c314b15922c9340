"""Answers that everybody gets, kept as they were sent, so that the same question costs nothing twice.

Only what follows from the release and the address alone is kept: what an answer says of itself (public, with
a date and an ETag) decides. A new release has another name, so nothing has to be thrown away in time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers

from api.http.caching import is_unchanged, read_date

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOM: Final = 64 * 1024 * 1024
"""Bytes that are kept; what was asked longest ago makes room."""
LARGEST: Final = 2 * 1024 * 1024
"""Bytes of one answer that is still kept."""
METHODS: Final = frozenset({"GET", "HEAD"})
APART: Final = frozenset({"authorization", "range", "if-range", "cookie"})
"""Headers with which a question is no longer everybody's."""
VARIES: Final = ("host", "accept", "accept-encoding")
KEPT_WITH_304: Final = frozenset(
    {"etag", "cache-control", "vary", "last-modified", "api-version", "x-release", "content-security-policy"}
)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its headers as they were sent, its body, and the route that gave it."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    route: Any

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    async def send(self, scope: Scope, send: Send) -> None:
        """Answer with it, or with 304 to who holds it already."""
        scope["route"] = self.route
        own = Headers(raw=self.headers)
        if is_unchanged(Headers(scope=scope), own["etag"], read_date(own["last-modified"])):
            kept = [pair for pair in self.headers if pair[0].decode("latin-1") in KEPT_WITH_304]
            await send({"type": "http.response.start", "status": HTTPStatus.NOT_MODIFIED, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
        # copied: what surrounds an answer adds headers of its own
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


class Replies:
    """Keeps answers of one worker; used on its event loop only.

    Parameters
    ----------
    room
        Bytes that are kept.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._held: OrderedDict[Key, Reply] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """Give the number of answers that are kept."""
        return len(self._held)

    def around(self, app: ASGIApp, release: str) -> ASGIApp:
        """Put this around the application of a release; `release` names it and when it was published."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            key = key_of(scope, release)
            found = None if key is None else self._held.get(key)
            if key is None:
                await app(scope, receive, send)
            elif found is not None:
                self._held.move_to_end(key)
                await found.send(scope, send)
            else:
                await self._recorded(app, key, scope, receive, send)

        return answer

    async def _recorded(self, app: ASGIApp, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        parts: list[bytes] = []
        size = 0

        async def record(message: Message) -> None:
            nonlocal start, size
            if message["type"] == "http.response.start" and _for_everybody(message):
                start = {**message, "headers": list(message["headers"])}
            elif start is not None and message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > LARGEST:
                    start = None
                    parts.clear()
            await send(message)

        await app(scope, receive, record)
        # the body of a HEAD may be left out, so only what a GET was given is whole
        if start is not None and scope["method"] == "GET":
            self._keep(key, Reply(start["headers"], b"".join(parts), scope.get("route")))

    def _keep(self, key: Key, reply: Reply) -> None:
        before = self._held.pop(key, None)
        self._bytes += reply.size - (0 if before is None else before.size)
        self._held[key] = reply
        while self._bytes > self._room:
            _, gone = self._held.popitem(last=False)
            self._bytes -= gone.size


def key_of(scope: Scope, release: str) -> Key | None:
    """Give all that decides an answer for everybody; None for a question of somebody in particular."""
    if scope["method"] not in METHODS:
        return None
    headers = Headers(scope=scope)
    if any(name in headers for name in APART):
        return None
    varied = (",".join(headers.getlist(name)) for name in VARIES)
    path = (scope.get("root_path", ""), scope["path"], scope["query_string"].decode("latin-1"))
    return (release, scope.get("scheme", ""), *path, *varied)


def _for_everybody(start: Message) -> bool:
    """Tell whether an answer says that it is for everybody and follows from the release alone."""
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == HTTPStatus.OK
        and headers.get("cache-control", "").startswith("public")
        and "etag" in headers
        and "last-modified" in headers
    )

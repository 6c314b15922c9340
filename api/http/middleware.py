"""What surrounds every request, as pure ASGI: id, log and figures, headers, limits on size, time and work.

From the outside in: `Watched`, `Secured`, `Limited`, then `Deadline` and `Capacity` of `api.http.deadlines`.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders

from api.http.deadlines import Capacity, Deadline, Gate
from api.http.logs import FIELDS, REQUEST_ID
from api.http.metrics import route_of
from api.http.problems import problem_response
from api.http.site.problem_pages import ProblemPages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.http.metrics import Metrics
    from api.http.settings import Settings

API_VERSION: Final = "1.0.0"
REQUEST_ID_HEADER: Final = "X-Request-ID"
POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Content security policy of what brings none itself."""
HSTS: Final = "max-age=31536000"
UPLOADS: Final = "/plantoets"
"""End of the address that takes files."""
NAMES_SHOWN: Final = 20
PATH_SHOWN: Final = 500
_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_NAME: Final = re.compile(r"[a-z][a-z-]{0,19}")

LOG: Final = logging.getLogger("kring.access")


def surround(app: ASGIApp, settings: Settings, metrics: Metrics) -> ASGIApp:
    """Put everything around an application, in its order."""

    def refused(reason: str) -> None:
        metrics.refused.labels(reason).inc()

    app = Capacity(app, settings.at_once, settings.queue_s, refused)
    app = Deadline(app, settings.first_byte_s, settings.whole_answer_s, refused)
    larger = {UPLOADS: settings.plan_bytes}
    app = Limited(app, settings.url_bytes, settings.body_bytes, refused, larger)
    base = "" if settings.public_url is None else urlsplit(settings.public_url).path
    return Watched(Secured(ProblemPages(app, base)), metrics)


class Watched:
    """Gives each request an id, logs it, counts it, and answers for what failed without being caught.

    Logged are method, path, names of query parameters, status, time and size: no values of the query, no
    headers, no address of the caller.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get(REQUEST_ID_HEADER))
        token = REQUEST_ID.set(request_id)
        begun = time.perf_counter()
        status, sent = 0, 0

        async def watch(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            else:
                sent += len(message.get("body", b""))
            await send(message)

        self._metrics.at_work.inc()
        try:
            await self._app(scope, receive, watch)
        except Exception:
            LOG.exception("a request failed", extra={FIELDS: _place(scope)})
            if not status:
                await Secured(_defect)(scope, receive, watch)
        finally:
            self._metrics.at_work.dec()
            seconds = time.perf_counter() - begun
            self._metrics.count(scope, status, seconds, sent)
            _log(scope, status, seconds, sent)
            REQUEST_ID.reset(token)


class Secured:
    """Adds the headers that every answer must have, where the answer brings none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secure(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message), encrypted=scope.get("scheme") == "https")
            await send(message)

        await self._app(scope, receive, secure)


def _secure(headers: MutableHeaders, *, encrypted: bool) -> None:
    headers.setdefault("Content-Security-Policy", POLICY)
    if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
        headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("API-Version", API_VERSION)
    # what does not say how long it may be kept is not kept
    headers.setdefault("Cache-Control", "no-store")
    if encrypted:
        headers.setdefault("Strict-Transport-Security", HSTS)


class Limited:
    """Refuses addresses and bodies that are too large, bodies also when their size is not announced.

    Parameters
    ----------
    larger
        End of a path to the largest body there, where that is not `body_bytes`.
    """

    def __init__(
        self,
        app: ASGIApp,
        url_bytes: int,
        body_bytes: int,
        refused: Callable[[str], None],
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._url_bytes = url_bytes
        self._body_bytes = body_bytes
        self._refused = refused
        self._larger = dict(larger or {})

    def _limit(self, path: str) -> int:
        found = (limit for end, limit in self._larger.items() if path.endswith(end))
        return next(found, self._body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._url_bytes:
            self._refused("address")
            detail = f"Het adres is langer dan {self._url_bytes} tekens. Vraag met een korter filter."
            await problem_response(HTTPStatus.REQUEST_URI_TOO_LONG, detail)(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        limit = self._limit(scope["path"])
        if not announced.isdecimal() or int(announced[:20]) > limit:
            await self._too_large(limit, scope, receive, send)
            return
        await self._counting(limit, scope, receive, send)

    async def _counting(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        gate, taken = Gate(send), 0

        async def count() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                if not gate.started:
                    # the application may answer its own error; it is not listened to
                    gate.close()
                raise _BodyTooLargeError
            return message

        try:
            await self._app(scope, count, gate.send)
        except Exception:
            if taken <= limit:
                raise
        if taken > limit and not gate.started:
            await self._too_large(limit, scope, receive, send)

    async def _too_large(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        self._refused("body")
        detail = f"Het verzoek is groter dan {limit} bytes."
        answer = problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, {"Connection": "close"})
        await answer(scope, receive, send)


class _BodyTooLargeError(Exception):
    """Stops the reading of a body."""


async def _defect(scope: Scope, receive: Receive, send: Send) -> None:
    detail = "De dienst heeft een gebrek; zie het logboek van de dienst."
    await problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, detail)(scope, receive, send)


def _request_id(given: str | None) -> str:
    """Take over an id that a proxy gave, when it can do no harm in a log."""
    return given if given is not None and _ID.fullmatch(given) else uuid.uuid4().hex


def _place(scope: Scope) -> dict[str, object]:
    return {
        "method": scope["method"],
        "path": scope["path"][:PATH_SHOWN],
        "route": route_of(scope),
    }


def _log(scope: Scope, status: int, seconds: float, sent: int) -> None:
    if not LOG.isEnabledFor(logging.INFO):
        return
    query = scope["query_string"][:PATH_SHOWN].decode("latin-1")
    try:
        given = [name for name, _ in parse_qsl(query, keep_blank_values=True)][:NAMES_SHOWN]
    except ValueError:
        given = []
    # a secret that somebody pasted without a name must not stand here
    names = [name if _NAME.fullmatch(name) else "?" for name in given]
    fields = {
        **_place(scope),
        "query": names,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "bytes": sent,
    }
    LOG.info("request", extra={FIELDS: fields})

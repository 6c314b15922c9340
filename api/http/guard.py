"""What stands before the service: who asks, how often, and the log of who saw or changed what."""

from __future__ import annotations

import logging
import re
import time
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from starlette.datastructures import Headers

from api.http.access.caller import HEADER, identify, identify_cookie
from api.http.access.errors import AccessError
from api.http.access.rate import Limiter, key_of
from api.http.health import ALIVE, READY
from api.http.logs import FIELDS
from api.http.metrics import METRICS, route_of
from api.http.problems import problem_response
from api.jobs.audit import Seen, note
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.http.access.caller import AccessSettings, Caller

LOG: Final = logging.getLogger("kring.audit")
DEAR: Final = {"/download": 10.0, "/execution": 10.0, "/inloggen": 10.0, "/plantoets": 4.0}
"""End of a path to what it costs, in requests."""
OPEN: Final = frozenset({ALIVE, READY, METRICS})
"""Not for callers but for who runs the service; figures have a token of their own."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PROGRAMS: Final = re.compile(r"(?:/releases/[^/]+)?/v1(?:/|$)")
"""Addresses that are for programs."""
WRONG_COST: Final = 10.0
"""What a credential that does not count costs the address that it came from."""


def utc_now() -> datetime:
    """Give this moment."""
    return datetime.now(UTC)


class Guard:
    """Finds out who asks, holds back who asks too often, and notes what callers with rights were given.

    What is noted is written before the answer begins: an answer that cannot be noted is not given.

    Parameters
    ----------
    app
        Answers the requests; finds ``caller`` and ``now`` in ``scope["state"]``.
    access
        By what callers are known.
    limiter
        Counts requests.
    audit
        File of the log; None for no log.
    now
        The clock.
    behind_tls
        Whether readers reach the service over an encrypted connection, whatever this request says.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: AccessSettings,
        limiter: Limiter,
        audit: Path | None = None,
        now: Callable[[], datetime] = utc_now,
        *,
        behind_tls: bool = False,
    ) -> None:
        self._app = app
        self._behind_tls = behind_tls
        self._access = access
        self._limiter = limiter
        self._audit = audit
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        try:
            caller = await self._caller(scope, address, encrypted=self._encrypted(scope))
            self._limiter.take(key_of(caller.name, address), time.monotonic(), _cost(scope["path"]))
        except AccessError as error:
            await problem_response(error.status, error.detail, error.headers)(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state |= {"caller": caller, "now": self._now, "encrypted": self._encrypted(scope)}
        if self._audit is None or not caller.name:
            await self._app(scope, receive, send)
        else:
            await self._noted(scope, receive, send, caller)

    def _encrypted(self, scope: Scope) -> bool:
        return self._behind_tls or scope.get("scheme") == "https"

    async def _caller(self, scope: Scope, address: str, *, encrypted: bool) -> Caller:
        headers = Headers(scope=scope)
        if HEADER not in headers:
            # a page of somebody else can make a browser send our cookie along, so for programs it only reads;
            # what the pages themselves change is held to a token of theirs
            if "cookie" not in headers or (scope["method"] not in SAFE and PROGRAMS.match(scope["path"])):
                return self._access.everybody
            now = self._now()
            found = await to_thread.run_sync(
                partial(identify_cookie, headers, self._access, now, encrypted=encrypted)
            )
            return found or self._access.everybody
        try:
            # files and keys of the login may have to be read
            return await to_thread.run_sync(identify, headers, self._access, self._now())
        except AccessError:
            # who guesses is held back long before a guess could be right
            self._limiter.take(key_of("", address), time.monotonic(), WRONG_COST)
            raise

    async def _noted(self, scope: Scope, receive: Receive, send: Send, caller: Caller) -> None:
        refused = False

        async def noting(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                refused = not await to_thread.run_sync(self._note, scope, caller, int(message["status"]))
                if refused:
                    detail = "Dit antwoord kon niet worden vastgelegd en wordt daarom niet gegeven."
                    await problem_response(HTTPStatus.SERVICE_UNAVAILABLE, detail)(scope, receive, send)
            if not refused:
                await send(message)

        await self._app(scope, receive, noting)

    def _note(self, scope: Mapping[str, Any], caller: Caller, status: int) -> bool:
        assert self._audit is not None  # noqa: S101 (asked by who calls)
        release, tag = scope["state"].get("seen", ("", ""))
        given = "/".join(str(value) for value in scope.get("path_params", {}).values())
        route = route_of(scope)
        seen = Seen(
            caller.name, caller.role.value, scope["method"], f"{route} {given}".strip(), release, tag, status
        )
        try:
            note(self._audit, seen, self._now())
        except InputError as error:
            LOG.error("the audit log cannot be written", extra={FIELDS: {"problem": str(error)}})  # noqa: TRY400
            return False
        return True


def _cost(path: str) -> float:
    return next((cost for end, cost in DEAR.items() if path.endswith(end)), 1.0)

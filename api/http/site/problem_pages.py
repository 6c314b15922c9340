"""Problems as pages: whoever looks at a page gets a page that says what to do, programs get the document."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.datastructures import Headers, MutableHeaders

from api.http.health import ALIVE, READY
from api.http.metrics import METRICS
from api.http.problems import PROBLEM_JSON
from maps.site.drawing import draw
from maps.site.frame import ENGLISH, Frame

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOR_PROGRAMS: Final = re.compile(r"(?:/releases/[^/]*)?/v1(?:/.*)?|/statisch/.*", re.DOTALL)
OPEN: Final = frozenset({ALIVE, READY, METRICS})
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class ProblemPages:
    """Replaces a problem document by a page where the address is that of a page.

    Parameters
    ----------
    app
        Answers the requests.
    base
        Path of the service behind a proxy.
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or not _is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        parts: list[bytes] = []

        async def paged(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                if kind.startswith(PROBLEM_JSON):
                    held = {**message, "headers": list(message["headers"])}
                    return
            elif held is not None:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._answer(scope, held, b"".join(parts), send)
                return
            await send(message)

        await self._app(scope, receive, paged)

    async def _answer(self, scope: Scope, start: Message, problem: bytes, send: Send) -> None:
        said = orjson.loads(problem) if problem else {}
        body = self._page(scope, int(start["status"]), said).encode()
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers["Content-Length"] = str(len(body))
        headers["Content-Security-Policy"] = POLICY
        headers["Referrer-Policy"] = "same-origin"
        headers["Cache-Control"] = "no-store"
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _page(self, scope: Scope, status: int, said: dict[str, Any]) -> str:
        english = re.match(rf"(?:/releases/[^/]*)?{ENGLISH}(?:/|$)", scope["path"]) is not None
        frame = Frame(language="en" if english else "nl", base=self._base)
        detail = str(said.get("detail", ""))
        if english:
            detail = ENGLISH_WORDS.get(status, detail)
        elif status == HTTPStatus.NOT_FOUND and "/v1" in detail:
            detail = "Deze pagina bestaat niet, of niet meer. Kijk of het adres klopt."
        return draw("problem.html", frame, status=status, detail=detail, dutch=detail == said.get("detail"))


ENGLISH_WORDS: Final = {
    HTTPStatus.NOT_FOUND.value: "This page does not exist, or no longer. See whether the address is right.",
    HTTPStatus.FORBIDDEN.value: (
        "This form is no longer valid. Go back, load the page again and send it once more."
    ),
    HTTPStatus.TOO_MANY_REQUESTS.value: "There were too many requests in a short time. Wait a moment.",
    HTTPStatus.SERVICE_UNAVAILABLE.value: "The service cannot answer now. Try again later.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value: "What you sent is too large.",
    HTTPStatus.INTERNAL_SERVER_ERROR.value: "The service has a defect; see its log.",
}


def _is_page(path: str) -> bool:
    return path not in OPEN and FOR_PROGRAMS.fullmatch(path) is None

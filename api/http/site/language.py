"""English pages stand behind ``/en``: the same routes, told in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maps.site.frame import ENGLISH

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

FOR_PROGRAMS = "/v1"


class InLanguage:
    """Takes ``/en`` off the address and tells the application in which language to answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "http":
            root = scope.get("root_path", "")
            own = scope["path"].removeprefix(root)
            english = own == ENGLISH or own.startswith(f"{ENGLISH}/")
            if english and not own.removeprefix(ENGLISH).startswith(FOR_PROGRAMS):
                # in place: who surrounds the application reads afterwards what it was asked
                scope["root_path"] = root + ENGLISH
                scope.setdefault("state", {})["language"] = "en"
                if own == ENGLISH:
                    # the start page
                    scope["path"] += "/"
        await self._app(scope, receive, send)

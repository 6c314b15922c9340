"""The service on loopback and a real browser that visits it, for tests of pages as readers meet them."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Request
    from starlette.types import ASGIApp

BORN_S = 30.0
FLAGS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
"""Draw WebGL without a graphics card."""
NO_GRAPHICS = ("--disable-gpu", "--disable-3d-apis")
"""A browser that cannot draw WebGL."""


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Run an application in a thread of this process, and give its address."""
    # with the protocol named, asyncio turns Nagle's algorithm off; else every answer waits 40 ms
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        end = time.monotonic() + BORN_S
        while not server.started:
            assert thread.is_alive(), "the service stopped"
            assert time.monotonic() < end, "the service did not answer in time"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            # a browser may keep a connection open that nobody uses any more
            server.force_exit = True
            thread.join(timeout=20)


@dataclass
class Visited:
    """One page in a browser, with all that it asked for and all that it complained about."""

    page: Page
    root: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """Addresses on another host that were asked for."""
        own = urlsplit(self.root).netloc
        parts = [urlsplit(address) for address in self.asked]
        return [part.geturl() for part in parts if part.scheme not in {"data", "blob"} and part.netloc != own]

    def paths(self, holding: str) -> list[str]:
        """Give the paths that were asked for and hold a text."""
        return [path for one in self.asked if holding in (path := urlsplit(one).path)]

    def goto(self, path: str) -> Page:
        """Go to a path of the service."""
        self.page.goto(self.root + path)
        return self.page

    def map(self, path: str, seconds: float = 60) -> Page:
        """Go to a page with a map, and wait until that has drawn everything."""
        self.goto(path)
        self.page.locator(".map-canvas[data-idle='true']").wait_for(timeout=seconds * 1000)
        return self.page


def visit(browser: Browser, root: str, **options: Any) -> tuple[BrowserContext, Visited]:
    """Open a page in a context of its own; `options` are those of `Browser.new_context`."""
    context = browser.new_context(locale="nl-NL", **{"viewport": {"width": 1280, "height": 900}, **options})
    page = context.new_page()
    found = Visited(page, root)

    def ask(request: Request) -> None:
        found.asked.append(request.url)

    page.on("request", ask)
    page.on(
        "console",
        lambda said: found.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    return context, found

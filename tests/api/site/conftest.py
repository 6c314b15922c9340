"""The service over the release of two municipalities, and a browser of somebody who signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.served import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support.served import Served

TOKEN = re.compile(r'name="token" value="([^"]*)"')


@dataclass
class Visitor:
    """Asks like a browser: keeps its cookie, and sends forms from pages of ours."""

    served: Served
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if self.cookies:
            headers.setdefault("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            headers.setdefault("Origin", "http://127.0.0.1")
            headers.setdefault("Sec-Fetch-Site", "same-origin")
        answer = self.served.ask(path, None, method, headers=headers, **options)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        return answer

    def sign_in(self, secret: str, onward: str = "/") -> httpx.Response:
        return self.ask("/inloggen", "POST", data={"sleutel": secret, "verder": onward})

    def send(
        self, path: str, data: dict[str, Any], page: str | None = None, **options: Any
    ) -> httpx.Response:
        """Send a form with the token of the page that it is on."""
        found = TOKEN.search(self.ask(page or path).text)
        token = found[1] if found else ""
        return self.ask(path, "POST", data={"token": token, **data}, **options)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Give the service over a draft."""
    return serve(tmp_path_factory.mktemp("draft"), status="draft")


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Give the service over a release in which nothing was decided."""
    return serve(tmp_path_factory.mktemp("secret"), status="exploration")


@pytest.fixture
def visitor() -> Callable[[Served, str | None], Visitor]:
    """Make a browser of somebody; None for somebody who is not signed in."""

    def made(served: Served, who: str | None = None) -> Visitor:
        found = Visitor(served)
        if who is not None:
            assert found.sign_in(served.keys[who]).status_code == 303
        return found

    return made

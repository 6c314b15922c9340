"""A reader of the pages: cookies like in a browser, and forms filled in from the page they stand on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp

HOST = "http://127.0.0.1"


@dataclass
class Visitor:
    """Somebody with a browser; `key` signs in at the first request."""

    app: ASGIApp
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, key: str) -> Visitor:
        """Sign in with a key."""
        answer = self.ask("POST", "/inloggen", data={"sleutel": key, "verder": "/"})
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Get a page."""
        return self.ask("GET", path, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask, with the cookies so far."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("203.0.113.9", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url=HOST, cookies=self.cookies, timeout=60
            ) as client:
                answer = await client.request(method, path, **options)
                self.cookies = dict(client.cookies.items())
                return answer

        return asyncio.run(send())


class Page(HTMLParser):
    """What a page asks and says: fields of its forms as a browser would send them, texts by id, ids."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, list[str]]] = []
        self.checked: set[str] = set()
        self.names: set[str] = set()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.links: list[str] = []
        self.scripts: list[Mapping[str, str | None]] = []
        self._select: tuple[str, list[str], list[str]] | None = None
        self._area = ""
        self._option: str | None = None
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        name = str(given.get("name") or "")
        if tag == "form":
            self.forms.append({})
        elif tag == "label":
            self.labelled.add(str(given.get("for")))
        elif tag == "a":
            self.links.append(str(given.get("href")))
        elif tag == "script":
            self.scripts.append(given)
        elif tag == "input" and name and self.forms:
            self._input(given, name)
        elif tag == "select":
            self._select = (name, [], [])
        elif tag == "option" and self._select is not None:
            self._option = given.get("value")
            self._select[1].append("selected" if "selected" in given else "")
            if self._option is not None:
                self._select[2].append(self._option)
        elif tag == "textarea":
            self._area = name
            self.forms[-1][name] = [""]

    def _input(self, given: Mapping[str, str | None], name: str) -> None:
        self.names.add(name)
        ticked = given.get("type") in {"checkbox", "radio"}
        if ticked and "checked" not in given:
            return
        if ticked:
            # a switch of the map stands in its label and has no id
            self.checked.add(str(given.get("id")))
        if given.get("type") != "file":
            self.forms[-1].setdefault(name, []).append(str(given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._select is not None and self._option is None and len(self._select[2]) < len(self._select[1]):
            self._select[2].append(data)
        elif self._area:
            self.forms[-1][self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.forms[-1][self._area][0] = self.forms[-1][self._area][0].removeprefix("\n")
            self._area = ""
        elif tag == "select" and self._select is not None:
            name, chosen, values = self._select
            self.names.add(name)
            place = chosen.index("selected") if "selected" in chosen else 0
            self.forms[-1][name] = [values[place]]
            self._select = None

    def form_with(self, name: str) -> dict[str, list[str]]:
        """Give the fields of the form that has a field of this name."""
        return {key: list(values) for key, values in next(f for f in self.forms if name in f).items()}

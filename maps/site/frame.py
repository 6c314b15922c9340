"""What surrounds the content of a page: whose it is, in which language, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import quote

Language = Literal["nl", "en"]
ENGLISH: Final = "/en"
"""Where the same pages stand in English."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is signed in.

    Attributes
    ----------
    name
        As the province calls this reader.
    role
        Of the service: ``municipality``, ``province``, ``editor`` or ``session``.
    municipalities
        Codes of its own territory; none for who sees the region.
    """

    name: str
    role: str
    municipalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page knows.

    Attributes
    ----------
    language
        Of the page.
    title, authority, note
        Of the project; the note is what every output of it must say on its face.
    release, status, date
        Name of the release, its status in the procedure (code) and its reference date; empty outside one.
    base
        Path of the service behind a proxy, without slash at its end.
    root
        ``/releases/NAME`` where the address names a release, else empty.
    path, query
        Of the page: without base, root and language, as it may stand in an address.
    reader
        Who is signed in; None for everybody.
    token
        For the forms of this page; empty when nobody is signed in.
    can_sign_in
        Whether the service knows keys to sign in with.
    reports
        Whether this reader has reports about facts to see.
    """

    language: Language = "nl"
    title: str = "Kringruimte"
    authority: str = ""
    note: str = ""
    release: str = ""
    status: str = ""
    date: str = ""
    base: str = ""
    root: str = ""
    path: str = "/"
    query: str = ""
    reader: Reader | None = None
    token: str = ""
    can_sign_in: bool = False
    reports: bool = False

    def text(self, dutch: str, english: str) -> str:
        """Give the text of the page's language."""
        return english if self.language == "en" else dutch

    def url(self, path: str) -> str:
        """Give the address of a page of this release in this language; `path` begins with a slash."""
        return f"{self.base}{self.root}{ENGLISH if self.language == 'en' else ''}{path}"

    def service(self, path: str) -> str:
        """Give the address of something of the service for programs, such as ``/collections``."""
        return f"{self.base}{self.root}/v1{path}"

    def outside(self, path: str) -> str:
        """Give the address of a page that belongs to no release, such as ``/inloggen``."""
        return f"{self.base}{ENGLISH if self.language == 'en' else ''}{path}"

    @property
    def here(self) -> str:
        """Address of this page, to come back to."""
        return self.url(self.path) + (f"?{self.query}" if self.query else "")

    @property
    def other_language(self) -> str:
        """Address of this page in the other language."""
        other: Language = "nl" if self.language == "en" else "en"
        return replace(self, language=other).here


def segment(text: object) -> str:
    """Write a text as one part of a path."""
    return quote(str(text), safe="")

"""Caching: validators that follow from what is asked, conditional requests, freshness and content coding.

A strong ETag is made from what decides the bytes (release, address, scope, coding), never from the bytes
themselves, so that an answer that did not change is not even made (RFC 9110 section 13, RFC 9111).
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import Response

from layers.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from starlette.datastructures import Headers

CURRENT: Final = "public, max-age=60, stale-while-revalidate=600"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
PRIVATE: Final = "private, no-cache"
"""What is not public is asked for again each time: a right may have been withdrawn."""
SMALLEST: Final = 600
"""Bytes under which compressing gains nothing."""
GZIP_LEVEL: Final = 5
BROTLI_QUALITY: Final = 4
_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_QUALITY: Final = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


class Coding(StrEnum):
    """Content codings, the one we like best first."""

    BR = "br"
    GZIP = "gzip"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked, as far as it decides the bytes of the answer.

    Attributes
    ----------
    release
        Name of the release that answers.
    address
        Root, path and canonical query as one text, see `canonical_query`. The root belongs to it because
        links in answers begin with it.
    media_type
        The kind of document that was agreed on.
    scope_tag
        Who asks, see ``Scope.tag``.
    """

    release: str
    address: str
    media_type: str
    scope_tag: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may keep an answer, and for how long.

    Attributes
    ----------
    public
        Whether everybody gets this answer.
    immutable
        Whether the address names a release, so that its answer never changes.
    modified
        When the release was published at this address; None where that says too little, as for answers that
        follow from the rights of the caller.
    """

    public: bool
    immutable: bool = False
    modified: datetime | None = None

    def headers(self, varies: Sequence[str] = ("Accept-Encoding",)) -> dict[str, str]:
        """Give ``Cache-Control``, ``Vary`` and ``Last-Modified``.

        Every answer varies with ``Authorization`` and ``Cookie``: else a cache could give somebody with
        rights the answer for everybody.
        """
        control = PRIVATE if not self.public else IMMUTABLE if self.immutable else CURRENT
        headers = {"Cache-Control": control, "Vary": ", ".join([*varies, "Authorization", "Cookie"])}
        if self.dated is not None:
            headers["Last-Modified"] = http_date(self.dated)
        return headers

    @property
    def dated(self) -> datetime | None:
        """The time of publication where it may serve as a validator."""
        return self.modified if self.public else None


def canonical_query(parameters: Iterable[tuple[str, str]]) -> str:
    """Write query parameters in one order and one spelling; equal requests give equal text."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(parameters))


def strong_etag(subject: Subject, coding: Coding = Coding.IDENTITY) -> str:
    """Make the strong ETag of an answer, quotes included.

    The version of the program is part of it: another one may write the same release in other bytes.
    """
    parts = (
        __version__,
        subject.release,
        subject.address,
        subject.media_type,
        subject.scope_tag,
        coding.value,
    )
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return f'"{digest.hexdigest()}"'


def http_date(moment: datetime) -> str:
    """Write a time as HTTP does, in whole seconds."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def read_date(text: str) -> datetime | None:
    """Read an HTTP date; None for what is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def is_unchanged(headers: Headers, etag: str, modified: datetime | None) -> bool:
    """Tell whether the caller already holds the answer (RFC 9110 section 13.2.2).

    ``If-None-Match`` decides alone where it is given; its comparison is weak.
    """
    asked = headers.getlist("if-none-match")
    if asked:
        return _matches(",".join(asked), etag)
    since = headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    held = read_date(since)
    return held is not None and modified.replace(microsecond=0) <= held


def _matches(asked: str, etag: str) -> bool:
    if asked.strip() == "*":
        return True
    return any(f'"{tag}"' == etag for _, tag in _TAG.findall(asked))


def choose_coding(accept: str | None, offered: Sequence[Coding] = (Coding.BR, Coding.GZIP)) -> Coding:
    """Choose a content coding from ``Accept-Encoding`` (RFC 9110 section 12.5.3).

    Parameters
    ----------
    accept
        The header; None or empty for no wish.
    offered
        What can be sent beside identity, the preferred one first.

    Returns
    -------
    Coding
        The one with the highest quality. Identity where nothing fits.
    """
    if not accept:
        return Coding.IDENTITY
    wishes = dict(_wish(item) for item in accept.split(","))
    rest = wishes.get("*")
    best, quality = Coding.IDENTITY, wishes.get(Coding.IDENTITY.value, 0.0)
    for coding in reversed(offered):
        wish = wishes.get(coding.value, 0.0 if rest is None else rest)
        if wish > 0 and wish >= quality:
            best, quality = coding, wish
    return best


def _wish(item: str) -> tuple[str, float]:
    """Read one coding and its quality; a quality that cannot be read counts as a refusal."""
    name, *parameters = (part.strip() for part in item.split(";"))
    name = {"x-gzip": "gzip"}.get(name.lower(), name.lower())
    if not parameters:
        return name, 1.0
    found = _QUALITY.fullmatch(parameters[0])
    return name, float(found[1]) if found is not None else 0.0


def compress(body: bytes, coding: Coding) -> bytes:
    """Bring a body into a coding; the same bytes every time."""
    if coding is Coding.GZIP:
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    if coding is Coding.BR:
        import brotli

        packed: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
        return packed
    return body


def cached_answer(
    headers: Headers,
    subject: Subject,
    policy: Policy,
    make: Callable[[], bytes],
    *,
    offered: Sequence[Coding] = (Coding.BR, Coding.GZIP),
    extra: Mapping[str, str] | None = None,
    varies: Sequence[str] = ("Accept-Encoding",),
    packed: bool = False,
) -> Response:
    """Answer 304 when the caller holds the answer already, else make it, in the coding that was agreed on.

    Parameters
    ----------
    headers
        Of the request.
    subject, policy
        What is asked, and who may keep it.
    make
        Makes the body; not called for a 304. It must depend on `subject` and on nothing else.
    offered
        Codings; empty for bodies that are compressed already.
    extra
        Other headers, which a 304 carries too.
    varies
        Request headers that decide which body is sent; ``Authorization`` and ``Cookie`` come of themselves.
    packed
        Whether `make` gives gzip, as tiles are kept; then gzip is what can be offered. It is unpacked for who
        does not take it. An empty body stays empty and is answered with 204.
    """
    coding = choose_coding(_accepted(headers), offered)
    etag = strong_etag(subject, coding)
    sent = {**(extra or {}), **policy.headers(varies), "ETag": etag}
    if is_unchanged(headers, etag, policy.dated):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    body = make()
    if packed and not body:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=sent)
    if packed and coding is Coding.IDENTITY:
        body = gzip.decompress(body)
    elif packed:
        sent["Content-Encoding"] = coding.value
    elif coding is not Coding.IDENTITY and len(body) >= SMALLEST:
        body = compress(body, coding)
        sent["Content-Encoding"] = coding.value
    sent["Content-Type"] = subject.media_type
    return Response(body, headers=sent)


def _accepted(headers: Headers) -> str | None:
    return ",".join(headers.getlist("accept-encoding")) or None

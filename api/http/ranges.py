"""Parts of files, such as a raster that is read over the network (RFC 9110 section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import Response, StreamingResponse

from api.http.caching import http_date, is_unchanged, read_date, strong_etag
from api.http.problems import problem_response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.datastructures import Headers

    from api.http.caching import Policy, Subject

CHUNK: Final = 256 * 1024
"""Bytes that are read and sent at a time."""
_SPAN: Final = re.compile(r"bytes=[ \t]*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file, the last one not included."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many bytes."""
        return self.stop - self.start


class UnsatisfiableError(Exception):
    """No byte of the file is in the asked range."""


def read_range(text: str | None, size: int) -> Span | None:
    """Read the header ``Range``.

    Parameters
    ----------
    text
        The header.
    size
        Bytes of the file.

    Returns
    -------
    Span or None
        None for the whole file: without a header, with one that is malformed, in another unit, or with
        several ranges, all of which a server may ignore.

    Raises
    ------
    UnsatisfiableError
        When the range lies outside the file.
    """
    found = None if text is None else _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    if found[3] is not None:
        length = int(found[3])
        if length == 0 or size == 0:
            raise UnsatisfiableError
        return Span(max(size - length, 0), size)
    start, last = int(found[1]), int(found[2]) if found[2] else None
    if last is not None and last < start:
        return None
    if start >= size:
        raise UnsatisfiableError
    return Span(start, size if last is None else min(last + 1, size))


def holds(if_range: str | None, etag: str, policy: Policy) -> bool:
    """Tell whether ``If-Range`` still names this file; its comparison is strong, and a date must be equal."""
    if if_range is None:
        return True
    asked = if_range.strip()
    if asked.startswith(('"', "W/")):
        return asked == etag
    held = read_date(asked)
    return held is not None and policy.dated is not None and http_date(held) == http_date(policy.dated)


def file_answer(
    path: Path, headers: Headers, method: str, subject: Subject, policy: Policy, file_name: str | None = None
) -> Response:
    """Answer with a file, a part of it, or 304. It is sent as it is, without content coding.

    Parameters
    ----------
    path
        A file of a release: it never changes while it is sent.
    headers, method
        Of the request; ranges are for GET only.
    subject, policy
        What is asked, and who may keep it.
    file_name
        Name under which a browser keeps it, plain ASCII; None to show it.

    Returns
    -------
    starlette.responses.Response
        416 with the size of the file when no byte is in the asked range.
    """
    etag = strong_etag(subject)
    sent = {**policy.headers(varies=()), "ETag": etag, "Accept-Ranges": "bytes"}
    if file_name is not None:
        sent["Content-Disposition"] = f'attachment; filename="{file_name}"'
    if is_unchanged(headers, etag, policy.dated):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    size = path.stat().st_size
    asked = headers.get("range") if method == "GET" and holds(headers.get("if-range"), etag, policy) else None
    try:
        span = read_range(asked, size)
    except UnsatisfiableError:
        return problem_response(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            f"Het bestand heeft {size} bytes; vraag een deel dat daarbinnen ligt.",
            {"Content-Range": f"bytes */{size}"},
        )
    whole = span or Span(0, size)
    sent |= {"Content-Length": str(whole.size), "Content-Type": subject.media_type}
    if span is not None:
        sent["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    status = HTTPStatus.OK if span is None else HTTPStatus.PARTIAL_CONTENT
    if method == "HEAD":
        return Response(status_code=status, headers=sent)
    return StreamingResponse(_chunks(path, whole), status_code=status, headers=sent)


def _chunks(path: Path, span: Span) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(span.start)
        left = span.size
        while left > 0:
            data = stream.read(min(CHUNK, left))
            if not data:
                return
            left -= len(data)
            yield data

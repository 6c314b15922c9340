"""Large files, streamed to disk and taken up again where a break left them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from layers.sources.cache import Stored, hash_file, write_json
from layers.sources.client import conditions, kept_headers
from layers.sources.faults import FetchError
from layers.sources.reading import refuse_html

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from layers.sources.client import Asked, Client
    from layers.sources.journal import Journal

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_NOT_MODIFIED: Final = 304
_PARTIAL: Final = 206
_SNIFF: Final = 512


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file in the cache: where it came from and lies, and its hash."""

    url: str
    path: Path
    sha256: str


def download(client: Client, asked: Asked, journal: Journal) -> Downloaded:
    """Get a file into the cache.

    Raises
    ------
    FetchError
        With the name of what is wrong, after the attempts that make sense; what came so far is kept for the
        next time when the server can continue it.
    """
    key = asked.key
    stored = journal.find(key)
    if stored is None and client.offline:
        stored = client.cache.find(key)
    if stored is None or not client.cache.has(stored):
        before = client.cache.find(key)
        stored = client.patiently(lambda: _once(client, asked, journal, before))
        journal.add(key, stored)
    journal.add(key)
    return Downloaded(stored.url, client.cache.body(stored.sha256), stored.sha256)


def _once(client: Client, asked: Asked, journal: Journal, stored: Stored | None) -> Stored:
    """Make one attempt."""
    key = asked.key
    part = client.cache.part(key)
    note = part.with_suffix(".json")
    begun = _begun(part, note)
    more = begun.headers if begun is not None else conditions(stored)
    # ranges and packing do not go together
    more = {**more, "Accept-Encoding": "identity"}
    with client.stream(asked, more) as (url, response):
        if response.status_code == _NOT_MODIFIED:
            if stored is None or begun is not None or not conditions(stored):
                raise FetchError("unasked_304", "status 304 without a condition")
            return Stored(url, journal.time, stored.sha256, stored.size, stored.headers)
        offset = _offset(response, begun, part, note)
        headers = kept_headers(response)
        if not offset:
            write_json(note, {"headers": headers})
        _take(client, response, part, offset)
    _check_size(response, part, offset)
    with part.open("rb") as stream:
        refuse_html(stream.read(_SNIFF))
    size = part.stat().st_size
    if not size:
        raise FetchError("empty", "0 bytes", again=True)
    kept = Stored(url, journal.time, hash_file(part), size, headers)
    client.cache.put(kept, part)
    note.unlink(missing_ok=True)
    return kept


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a broken-off download has, and the headers that ask for the rest of the same file."""

    size: int
    headers: dict[str, str]


def _begun(part: Path, note: Path) -> _Begun | None:
    """Look for a broken-off download that can be continued."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        size = part.stat().st_size
        headers = orjson.loads(note.read_bytes())["headers"]
        etag = headers.get("etag", "")
        # a weak tag does not promise the same bytes
        mark = etag if etag and not etag.startswith("W/") else headers.get("last-modified")
        if size and mark:
            return _Begun(size, {"Range": f"bytes={size}-", "If-Range": mark})
    return None


def _offset(response: httpx.Response, begun: _Begun | None, part: Path, note: Path) -> int:
    """Tell from which byte on the answer continues the file; 0 when it begins anew."""
    if response.status_code != _PARTIAL:
        return 0
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    if begun is None or found is None or int(found[1]) != begun.size:
        part.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        raise FetchError("not_data", "the server gives another part of the file than asked", again=True)
    return begun.size


def _take(client: Client, response: httpx.Response, part: Path, offset: int) -> None:
    limits = client.limits
    with part.open("r+b" if offset else "wb") as stream:
        stream.seek(offset)
        for piece in client.pieces(response, limits.file_bytes - offset, limits.download_s):
            stream.write(piece)
        stream.truncate()


def _check_size(response: httpx.Response, part: Path, offset: int) -> None:
    """Refuse a file that is shorter or longer than the server said."""
    found = _RANGE.fullmatch(response.headers.get("content-range", "")) if offset else None
    if found is None or found[2] == "*":
        return
    held = part.stat().st_size
    if held != int(found[2]):
        part.unlink(missing_ok=True)
        raise FetchError("cut_short", f"{held:,} of {int(found[2]):,} bytes", again=True)

"""Asking services over HTTP: patiently, politely, within limits, and never twice for the same answer.

A thin layer over httpx. Every failure ends in a `FetchError` with a name.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx

from layers.sources.addresses import checked, is_private_enough, linked
from layers.sources.cache import Stored, request_key
from layers.sources.faults import FetchError
from layers.sources.unpack import Unpacker
from layers.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from layers.sources.cache import Cache
    from layers.sources.journal import Journal
    from layers.sources.limits import Clock, Limits

T = TypeVar("T")
KEPT_HEADERS: Final = ("content-type", "content-crs", "etag", "last-modified")
AGENT: Final = f"kringruimte/{__version__}"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_DENIED: Final = frozenset({401, 403, 407})
_GONE: Final = frozenset({404, 410})
_SLOW: Final = frozenset({408, 425})
_TOO_MANY, _UNAVAILABLE, _NOT_MODIFIED, _OK, _FAILURE = 429, 503, 304, 200, 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered.

    Attributes
    ----------
    url
        Where it came from, after redirects.
    body
        Unpacked.
    headers
        Those of `KEPT_HEADERS`, names in lower case.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what decides its answer, and the credentials that do not."""

    url: str
    accept: str
    body: bytes = b""
    extra: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    hosts: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The name of this request in the cache."""
        said = "\n".join((self.accept, *(f"{name}: {value}" for name, value in self.extra)))
        return request_key(self.url, said, self.body)


def make_http(limits: Limits, *, trust_env: bool = True) -> httpx.Client:
    """Make the client of httpx; proxies of the organisation count unless `trust_env` is false."""
    times = httpx.Timeout(limits.read_s, connect=limits.connect_s)
    return httpx.Client(timeout=times, follow_redirects=False, trust_env=trust_env)


class Client:
    """Asks services, with a cache behind it.

    Parameters
    ----------
    http
        See `make_http`; None to use the cache only.
    cache
        Where answers are kept.
    clock, limits
        How long to wait and how much to take.
    """

    def __init__(self, http: httpx.Client | None, cache: Cache, clock: Clock, limits: Limits) -> None:
        self._http = http
        self.cache = cache
        self.clock = clock
        self.limits = limits
        self._last_start: float | None = None

    @property
    def offline(self) -> bool:
        """Whether only the cache is used."""
        return self._http is None

    def ask(self, asked: Asked, journal: Journal, read: Callable[[Answer], T]) -> T:
        """Get one answer and read it.

        Parameters
        ----------
        asked
            The request.
        journal
            The fetch that it belongs to.
        read
            Makes something of the answer; what it refuses is never cached, and asked again when it says so.

        Raises
        ------
        FetchError
            With the name of what is wrong, after the attempts that make sense.
        """
        key = asked.key
        stored = journal.find(key)
        if stored is None and self.offline:
            stored = self.cache.find(key)
        if stored is not None and self.cache.has(stored):
            found = read(Answer(stored.url, self.cache.body(stored.sha256).read_bytes(), stored.headers))
            journal.add(key)
            return found
        before = self.cache.find(key)
        result: T = self.patiently(lambda: self._ask_once(asked, before, journal, read))
        return result

    def patiently(self, once: Callable[[], T]) -> T:
        """Try something until it works, it makes no sense any longer, or the attempts are used up."""
        if self.offline:
            raise FetchError("not_in_cache", "it is not in the cache, and only the cache may be used")
        for attempt in range(1, self.limits.attempts + 1):
            self._rest()
            try:
                return once()
            except FetchError as error:
                wait = max(self.limits.first_wait_s * 2 ** (attempt - 1), error.wait_s or 0.0)
                if not error.again or attempt == self.limits.attempts:
                    raise
                if wait > self.limits.longest_wait_s:
                    detail = f"{error.detail}; it asks to wait {wait:.0f} s"
                    raise FetchError(error.fault, detail) from error
                self.clock.sleep(wait)
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    @contextmanager
    def stream(self, asked: Asked, more: Mapping[str, str]) -> Iterator[tuple[str, httpx.Response]]:
        """Make a request, follow redirects on the same host, and give the open answer with its address.

        Raises
        ------
        FetchError
            On anything but 200, 206 and 304.
        """
        if self._http is None:
            raise FetchError("not_in_cache", "only the cache may be used")
        url = checked(asked.url)
        try:
            for _ in range(self.limits.redirects + 1):
                with self._http.stream(
                    "POST" if asked.body else "GET",
                    url,
                    headers=self._headers(asked, url, more),
                    content=asked.body or None,
                ) as response:
                    if response.status_code not in _REDIRECTS:
                        _refuse_status(response, self.clock.now())
                        yield url, response
                        return
                    url = _redirected(url, response, asked)
            raise FetchError("redirect_loop", f"more than {self.limits.redirects} times")
        except httpx.TimeoutException as error:
            raise FetchError("too_slow", _said(error), again=True) from error
        except httpx.RemoteProtocolError as error:
            raise FetchError("cut_short", _said(error), again=True) from error
        except httpx.InvalidURL as error:
            raise FetchError("bad_address", _said(error)) from error
        except httpx.HTTPError as error:
            raise FetchError("unreachable", _said(error), again=True) from error

    def pieces(self, response: httpx.Response, limit: int, seconds: float) -> Iterator[bytes]:
        """Read a body piece by piece, unpacked, within its limits of size and time."""
        unpacker = Unpacker(response.headers.get("content-encoding", ""), limit, self.limits.ratio)
        said = response.headers.get("content-length", "")
        if said.isdecimal() and int(said) > limit:
            raise FetchError("too_large", f"{int(said):,} bytes, and {limit:,} is the limit")
        begun = self.clock.monotonic()
        for chunk in response.iter_raw():
            if self.clock.monotonic() - begun > seconds:
                raise FetchError("too_slow", f"not done after {seconds:.0f} s", again=True)
            yield from unpacker.feed(chunk)
        unpacker.finish()

    def _ask_once(
        self, asked: Asked, stored: Stored | None, journal: Journal, read: Callable[[Answer], T]
    ) -> T:
        """Make one attempt."""
        key = asked.key
        with self.stream(asked, conditions(stored)) as (url, response):
            headers = kept_headers(response)
            if response.status_code == _NOT_MODIFIED:
                kept = _unchanged(stored)
                found = read(Answer(url, self.cache.body(kept.sha256).read_bytes(), kept.headers))
                journal.add(key, Stored(url, journal.time, kept.sha256, kept.size, kept.headers))
                return found
            if response.status_code != _OK:
                raise FetchError("refused", f"status {response.status_code} was not asked for")
            body = b"".join(self.pieces(response, self.limits.answer_bytes, self.limits.answer_s))
        if not body.strip():
            raise FetchError("empty", "0 bytes", again=True)
        found = read(Answer(url, body, headers))
        new = Stored(url, journal.time, hashlib.sha256(body).hexdigest(), len(body), headers)
        self.cache.put(new, body)
        journal.add(key, new)
        return found

    def _headers(self, asked: Asked, url: str, more: Mapping[str, str]) -> dict[str, str]:
        if asked.secrets and not is_private_enough(url):
            raise FetchError("bad_address", "a key is only sent over https")
        plain = {"User-Agent": AGENT, "Accept": asked.accept, "Accept-Encoding": "gzip"}
        return {**plain, **dict(asked.extra), **more, **dict(asked.secrets)}

    def _rest(self) -> None:
        """Keep the least time between two requests."""
        now = self.clock.monotonic()
        if self._last_start is not None:
            wait = self.limits.pause_s - (now - self._last_start)
            if wait > 0:
                self.clock.sleep(wait)
        self._last_start = self.clock.monotonic()


def conditions(stored: Stored | None) -> dict[str, str]:
    """Give the headers that ask for an answer only when it is another than the stored one."""
    if stored is None:
        return {}
    pairs = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
    return {name: stored.headers[ours] for name, ours in pairs.items() if ours in stored.headers}


def kept_headers(response: httpx.Response) -> dict[str, str]:
    """Give the headers of an answer that matter later."""
    return {name: response.headers[name][:500] for name in KEPT_HEADERS if name in response.headers}


def _unchanged(stored: Stored | None) -> Stored:
    if stored is None or not conditions(stored):
        raise FetchError("unasked_304", "status 304 without a condition")
    return stored


def _redirected(url: str, response: httpx.Response, asked: Asked) -> str:
    """Give the address that a redirect leads to."""
    if asked.body:
        raise FetchError("refused", "a question with a body is redirected")
    try:
        return linked(url, response.headers.get("location"), asked.hosts)
    except FetchError as error:
        fault = "redirect_elsewhere" if error.fault == "link_elsewhere" else error.fault
        raise FetchError(fault, error.detail) from error


def _refuse_status(response: httpx.Response, now: datetime) -> None:
    """Name what a status says, unless it is one that brings data."""
    status = response.status_code
    said = f"status {status}"
    if status in {_OK, 206, _NOT_MODIFIED}:
        return
    wait = _retry_after(response.headers.get("retry-after"), now)
    if status in {_TOO_MANY, _UNAVAILABLE}:
        raise FetchError("busy", said, again=True, wait_s=wait)
    if status in _SLOW:
        raise FetchError("too_slow", said, again=True, wait_s=wait)
    if status >= _FAILURE:
        raise FetchError("server_error", said, again=True, wait_s=wait)
    names = {**dict.fromkeys(_DENIED, "no_access"), **dict.fromkeys(_GONE, "not_there")}
    raise FetchError(names.get(status, "refused"), said)


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Read Retry-After: seconds or a date; None when it says nothing that can be read."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(seconds, 0.0)


def _said(error: Any) -> str:
    text = " ".join(str(error).split())
    return (text or type(error).__name__)[:200]

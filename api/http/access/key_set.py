"""The public keys of the organisation's login: from a file or an address, followed when they are rotated."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import jwt
import orjson

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.client import HTTPMessage, HTTPResponse
    from typing import IO

ALGORITHMS: Final = {"RS256": "RSA", "ES256": "EC"}
"""Algorithm to the kind of its keys; none that a public key could be misused for as a shared secret."""
LARGEST: Final = 256_000
MOST_KEYS: Final = 64
LEAST_RSA_BITS: Final = 2048
SECONDS: Final = 5.0
PAUSE: Final = dt.timedelta(minutes=1)
"""Between two readings, also when a reading fails or a token names a key that does not exist."""
FRESH: Final = dt.timedelta(hours=1)
"""After this the keys are read again, so that one that was taken back goes."""
STALE: Final = dt.timedelta(hours=24)
"""After this keys that could not be read again open nothing."""
_PIECE: Final = 16_384

Keys = dict[tuple[str, str], jwt.PyJWK]


class KeySet:
    """The keys by id and algorithm.

    Parameters
    ----------
    read
        Gives the key set as JSON (RFC 7517), within bounds of size and time; see `reader_of`.
    """

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._read = read
        self._keys: Keys = {}
        self._good: dt.datetime | None = None
        self._tried: dt.datetime | None = None
        self._reading = threading.Lock()

    def find(self, kid: str, algorithm: str, now: dt.datetime) -> jwt.PyJWK | None:
        """Give a key, after reading the set again when it is unknown or old, at most once a minute."""
        known = (kid, algorithm) in self._keys
        if not known or self._good is None or now - self._good >= FRESH:
            self._renew(now)
        if self._good is None or now - self._good >= STALE:
            return None
        return self._keys.get((kid, algorithm))

    def _renew(self, now: dt.datetime) -> None:
        # who comes while another one reads goes on with what there is
        if not self._reading.acquire(blocking=False):
            return
        try:
            if self._tried is not None and now - self._tried < PAUSE:
                return
            self._tried = now
            self._keys, self._good = keys_of(self._read()), now
        except (OSError, ValueError, InputError):
            # the keys of before stay until they are stale; health checks show `age`
            return
        finally:
            self._reading.release()

    def age(self, now: dt.datetime) -> dt.timedelta | None:
        """Tell how long ago the set was read well; None when it never was."""
        return None if self._good is None else now - self._good


def reader_of(source: str) -> Callable[[], bytes]:
    """Give what reads a key set.

    Parameters
    ----------
    source
        Path of a file; or an address that begins with ``https://`` (``http://`` on this machine only).

    Raises
    ------
    InputError
        For an address without encryption.
    """
    parts = urlsplit(source)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname)):
        return lambda: _fetched(source)
    if parts.scheme and "://" in source:
        raise InputError(
            Problem(f"The keys of the login cannot be read from {source}", "Give an https address.")
        )
    return lambda: _from_file(Path(source))


def keys_of(data: bytes) -> Keys:
    """Read a key set; ValueError when it is none. Keys of other kinds than `ALGORITHMS` are passed over."""
    values = orjson.loads(data)
    items = values.get("keys") if isinstance(values, dict) else None
    if not isinstance(items, list) or len(items) > MOST_KEYS:
        raise ValueError("no set of keys")
    found: Keys = {}
    twice: set[tuple[str, str]] = set()
    for item in items:
        for name, key in _usable(item):
            if name in found:
                twice.add(name)
            found[name] = key
    # an id that stands for two keys stands for none
    return {name: key for name, key in found.items() if name not in twice}


def _usable(item: Any) -> list[tuple[tuple[str, str], jwt.PyJWK]]:
    if not isinstance(item, dict) or not isinstance(item.get("kid"), str):
        return []
    if item.get("use", "sig") != "sig" or "d" in item:
        return []
    for algorithm, kind in ALGORITHMS.items():
        if item.get("kty") != kind or item.get("alg", algorithm) != algorithm:
            continue
        if kind == "EC" and item.get("crv") != "P-256":
            return []
        try:
            key = jwt.PyJWK(item, algorithm)
        except jwt.PyJWTError:
            return []
        return [((item["kid"], algorithm), key)] if _is_strong(key) else []
    return []


def _is_strong(key: jwt.PyJWK) -> bool:
    return key.key_type != "RSA" or int(key.key.key_size) >= LEAST_RSA_BITS


def _is_here(host: str | None) -> bool:
    try:
        return host is not None and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _from_file(path: Path) -> bytes:
    with path.open("rb") as stream:
        return _bounded(stream.read(LARGEST + 1))


def _bounded(data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise ValueError("the set of keys is too large")
    return data


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead off the address that was configured."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Refuse."""
        del req, fp, code, msg, headers, newurl


def _fetched(address: str) -> bytes:
    opener = urllib.request.build_opener(_Straight)
    deadline = time.monotonic() + SECONDS
    data = b""
    answer: HTTPResponse
    with opener.open(address, timeout=SECONDS) as answer:
        while piece := answer.read1(_PIECE):
            data = _bounded(data + piece)
            # a server that sends a byte now and then never runs into the time limit of the socket
            if time.monotonic() > deadline:
                raise TimeoutError("the keys of the login came too slowly")
    return data


def check_source(source: str) -> Mapping[tuple[str, str], jwt.PyJWK]:
    """Read a key set at the start of the service.

    Raises
    ------
    InputError
        When it cannot be read or holds no key that can be used.
    """
    try:
        keys = keys_of(reader_of(source)())
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(f"The keys of the login cannot be read from {source}: {error}", "Check address or file.")
        ) from error
    if not keys:
        raise InputError(
            Problem(f"{source} holds no key for RS256 or ES256", "Give what the login calls jwks_uri.")
        )
    return keys

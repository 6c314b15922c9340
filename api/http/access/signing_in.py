"""Signing in on the pages: a cookie that stands for a key, and tokens that belong to the forms of a page.

The cookie holds no key. It names one, says until when, and is sealed with a secret of the service together
with what is kept of the key, so that it ends when the key ends, is revoked or rotated. Every worker can
check it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.jobs.keys import Key, KeyRing

LASTS: Final = dt.timedelta(hours=10)
"""A working day; then one signs in again."""
PLAIN, ENCRYPTED = "kring", "__Host-kring"
"""Names of the cookie; browsers take the second one over an encrypted connection only, from this host."""
SECRET_BYTES: Final = 32
_LONGEST: Final = 1_000
_MASK: Final = 16


def cookie_name(*, encrypted: bool) -> str:
    """Give the name of the cookie."""
    return ENCRYPTED if encrypted else PLAIN


def cookie_in(headers: Mapping[str, str], *, encrypted: bool) -> str:
    """Give the cookie of a request; empty when there is none or when there are several."""
    given = [value for name, value in headers.items() if name.lower() == "cookie"]
    wanted = cookie_name(encrypted=encrypted)
    found = [one for header in given for one in _values(header, wanted)]
    return found[0] if len(found) == 1 and len(found[0]) <= _LONGEST else ""


class SignIn:
    """Seals and opens the cookies of the service.

    Parameters
    ----------
    secret
        At least 32 bytes, the same in every worker.
    lasts
        How long one stays signed in.
    """

    def __init__(self, secret: bytes, lasts: dt.timedelta = LASTS) -> None:
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"the secret has fewer than {SECRET_BYTES} bytes")
        self._secret = secret
        self.lasts = lasts

    def cookie(self, key: Key, now: dt.datetime) -> str:
        """Give the value of the cookie of who holds a key."""
        until = str(int((now + self.lasts).timestamp()))
        nonce = secrets.token_urlsafe(12)
        name = base64.urlsafe_b64encode(key.name.encode()).decode().rstrip("=")
        said = f"{name}.{until}.{nonce}"
        return f"{said}.{self._seal('cookie', said, key.sha256)}"

    def key_of(self, cookie: str, ring: KeyRing, now: dt.datetime) -> Key | None:
        """Give the good key that a cookie stands for, or None without a word why."""
        said, _, seal = cookie.rpartition(".")
        parts = said.split(".")
        if len(parts) != 3:  # noqa: PLR2004 (name, end and nonce)
            return None
        name, until = _decoded(parts[0]), parts[1]
        if name is None or not until.isdecimal() or int(until[:12]) <= now.timestamp():
            return None
        found = None
        for key in ring.keys():  # noqa: SIM118 - a method of ours, no dictionary
            known = key.name == name and key.is_good(now)
            if known and hmac.compare_digest(self._seal("cookie", said, key.sha256), seal):
                found = key
        return found

    def token(self, cookie: str) -> str:
        """Give a token for the forms of one page, another one each time; it goes with this cookie only."""
        # masked, so that pages that are compressed tell nothing about it
        mask = secrets.token_bytes(_MASK)
        plain = self._plain_token(cookie)
        masked = bytes(a ^ b for a, b in zip(plain, mask, strict=True))
        return base64.urlsafe_b64encode(mask + masked).decode().rstrip("=")

    def goes_with(self, token: str, cookie: str) -> bool:
        """Tell whether a form with this token was made for who holds this cookie."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return False
        if len(raw) != 2 * _MASK or not cookie:
            return False
        plain = bytes(a ^ b for a, b in zip(raw[:_MASK], raw[_MASK:], strict=True))
        return hmac.compare_digest(plain, self._plain_token(cookie))

    def _plain_token(self, cookie: str) -> bytes:
        return hmac.digest(self._secret, b"form|" + cookie.encode(), hashlib.sha256)[:_MASK]

    def _seal(self, purpose: str, said: str, sha256: str) -> str:
        text = f"{purpose}|{said}|{sha256}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def _values(header: str, wanted: str) -> Iterable[str]:
    # one by one: a cookie that somebody else set badly must not hide ours
    for part in header.split(";"):
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(part.strip())
        except CookieError:
            continue
        if wanted in jar:
            yield jar[wanted].value


def _decoded(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None

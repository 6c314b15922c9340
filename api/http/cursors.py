"""The place in a list where a page begins, as a parameter that clients pass on and do not read."""

from __future__ import annotations

import base64
import binascii
from typing import Final

_LONGEST: Final = 2_000


def write_cursor(key: str) -> str:
    """Write the key after which a page begins."""
    return base64.urlsafe_b64encode(key.encode()).decode("ascii").rstrip("=")


def read_cursor(text: str) -> str:
    """Read a cursor; ValueError when it is none of ours."""
    if len(text) > _LONGEST:
        raise ValueError("too long")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        key = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("not a cursor") from error
    if not key or "\0" in key or write_cursor(key) != text:
        raise ValueError("not a cursor")
    return key

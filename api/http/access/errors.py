"""Why a caller is turned away, in words that tell nothing about what there is."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any, Final

REALM: Final = "kringruimte"
CHALLENGE: Final = f'Bearer realm="{REALM}", Basic realm="{REALM}", charset="UTF-8"'
NOT_KNOWN: Final = (
    "De inloggegevens bij dit verzoek zijn niet geldig. Gebruik een geldige sleutel of log opnieuw in, "
    "of laat de inloggegevens weg voor wat openbaar is."
)
TOO_MANY: Final = "Er zijn te veel verzoeken kort na elkaar. Wacht {seconds} s en probeer het dan opnieuw."


class AccessError(Exception):
    """A caller that is turned away.

    Attributes
    ----------
    status
        Of the answer.
    detail
        For people, in Dutch.
    headers
        That the answer must carry.
    """

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str]) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers

    def problem(self) -> dict[str, Any]:
        """Give the problem details (RFC 9457)."""
        return {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }


def not_known() -> AccessError:
    """Make the one answer to every credential that does not count: wrong, ended, taken back or malformed."""
    headers = {"WWW-Authenticate": CHALLENGE, "Cache-Control": "no-store"}
    return AccessError(HTTPStatus.UNAUTHORIZED, NOT_KNOWN, headers)


def too_many(wait: float) -> AccessError:
    """Make the answer to who asks too often; `wait` is in seconds."""
    seconds = max(1, math.ceil(wait))
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    return AccessError(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY.format(seconds=seconds), headers)

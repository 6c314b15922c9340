"""The audit log: who saw or changed what, in a chain in which tampering is found (see `api.jobs.chain`)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from api.jobs.chain import append

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

_LONGEST: Final = 200
_UNPRINTABLE: Final = re.compile(r"[^\w .,:;/{}@+*()'=-]")


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that somebody saw or changed.

    Attributes
    ----------
    caller, role
        Name and role of who asked; never a key or token.
    action
        Method of the request, or a word for what was changed.
    route
        The pattern of the route (``/collections/{name}/items``) and what stood in it, without the query:
        that may hold what somebody was looking for.
    release
        Name of the release; empty when there is none.
    scope
        Tag of the scope.
    status
        Of the answer.
    """

    caller: str
    role: str
    action: str
    route: str
    release: str
    scope: str
    status: int


def note(path: Path, seen: Seen, now: dt.datetime) -> None:
    """Write down what somebody saw or changed.

    Parameters
    ----------
    path
        The log.
    seen
        What; texts are cut off after 200 characters and a query in the route is left out.
    now
        When, with a time zone.

    Raises
    ------
    InputError
        When it cannot be written. What must be logged must then not be answered.
    """
    values = asdict(seen) | {"route": seen.route.partition("?")[0]}
    record = {name: _plain(value) if isinstance(value, str) else value for name, value in values.items()}
    append(path, {"time": now.isoformat(timespec="milliseconds"), **record})


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("_", text[:_LONGEST])

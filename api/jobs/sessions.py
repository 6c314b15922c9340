"""Sessions: for a limited time a named group sees some layers of one sub-area of a release together."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.jobs.private_file import locked, read_private, write_private
from api.jobs.roles import CODE, Role
from api.jobs.ties import may_be_shared
from api.jobs.watched import Watched
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from layers.release import Release

LONGEST: Final = dt.timedelta(days=184)
MOST: Final = 1_000
MEMBER: Final = re.compile(r"(key|login):\S.{0,79}")
"""How a caller is called: by its key or by its login, so that one cannot pass for the other."""
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RELEASE: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Session:
    """One session.

    Attributes
    ----------
    id, name
        Id in addresses and records (``west-2026``), and what people call it.
    release
        Name of the release that it is about.
    territory
        Codes of the municipalities of its sub-area.
    layers
        Names of the layers that are shared there.
    since, until
        From and to when, UTC.
    members
        Callers that take part: ``key:`` or ``login:`` and the name.
    municipalities
        Whether the municipalities of the sub-area take part without being named.
    secret_because
        The ground of secrecy while nothing was decided, for its members to read.
    closed
        When it was ended before its time; None when it was not.
    """

    id: str
    name: str
    release: str
    territory: frozenset[str]
    layers: frozenset[str]
    since: dt.datetime
    until: dt.datetime
    members: frozenset[str]
    municipalities: bool = False
    secret_because: str = ""
    closed: dt.datetime | None = None

    def is_on(self, now: dt.datetime) -> bool:
        """Tell whether it is going on at a moment."""
        return self.since <= now < self.until and (self.closed is None or now < self.closed)

    def admits(self, name: str, role: Role, territory: Iterable[str]) -> bool:
        """Tell whether a caller takes part."""
        if name in self.members:
            return True
        return self.municipalities and role is Role.MUNICIPALITY and bool(self.territory & set(territory))


class SessionBook:
    """The sessions of a file, read again whenever the file changes."""

    def __init__(self, path: Path) -> None:
        self._file: Watched[tuple[Session, ...]] = Watched(path, read_sessions, ())

    def of(self, name: str, role: Role, territory: Iterable[str], now: dt.datetime) -> tuple[Session, ...]:
        """Give the sessions in which a caller takes part at a moment; none when the file is damaged."""
        codes = frozenset(territory)
        return tuple(each for each in self._file.now() if each.is_on(now) and each.admits(name, role, codes))

    def check(self) -> None:
        """Refuse to start with a file that cannot be used; InputError says why."""
        self._file.check()


def read_sessions(path: Path) -> tuple[Session, ...]:
    """Read the sessions of a file; InputError when it cannot be read or is damaged."""
    data = read_private(path)
    if data is None:
        return ()
    try:
        return tuple(_session_in(item) for item in orjson.loads(data)["sessions"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            Problem(f"{path} is not a file of sessions", "Restore it from a copy, or remove it.")
        ) from error


def open_session(path: Path, session: Session, release: Release, now: dt.datetime) -> None:
    """Add a session.

    Parameters
    ----------
    path
        File of sessions; made, readable by its owner only, when absent.
    session
        To add; its id is new.
    release
        The one that it is about.
    now
        This moment.

    Raises
    ------
    InputError
        With every problem: of its names and times, of layers that the release does not hold or that may not
        be shared, and of an id that there is already.
    """
    problems = [*_problems(session, now), *_release_problems(session, release)]
    if problems:
        raise InputError(*(Problem(text, "Change the session and try again.") for text in problems))

    def added(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
        if any(each.id == session.id for each in sessions):
            raise InputError(Problem(f"There is a session {session.id}", "Take another id."))
        if len(sessions) >= MOST:
            raise InputError(Problem(f"{path} holds {MOST} sessions", "Begin another file."))
        return (*sessions, session)

    _change(path, added)


def close_session(path: Path, session_id: str, now: dt.datetime) -> None:
    """End a session at once, also in running services; InputError when it is not going on."""

    def closed(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
        if not any(each.id == session_id and each.is_on(now) for each in sessions):
            raise InputError(Problem(f"No session {session_id} is going on", "Look at its id and its end."))
        return tuple(replace(each, closed=now) if each.id == session_id else each for each in sessions)

    _change(path, closed)


def territory_of(release: Release, sub_area: str) -> frozenset[str]:
    """Give the codes of the municipalities of a sub-area; InputError for one that the release lacks."""
    table = release.table("municipalities")
    found = table.loc[
        (table["sub_area"] == sub_area).to_numpy(dtype=bool, na_value=False), "municipality_code"
    ]
    if not len(found):
        known = ", ".join(sorted(table["sub_area"].dropna().unique()))
        raise InputError(Problem(f"There is no sub-area {sub_area}", f"Choose one of {known}."))
    return frozenset(found.astype(str))


def _problems(session: Session, now: dt.datetime) -> list[str]:
    checks = {
        "the id of a session is written in lower-case letters, digits and hyphens": _ID.fullmatch(session.id),
        "a session has a name": session.name.strip(),
        "a session needs municipalities, by code": session.territory
        and all(CODE.fullmatch(code) for code in session.territory),
        "a session shares at least one layer": session.layers,
        "a member is written as key:NAME or login:NAME": all(map(MEMBER.fullmatch, session.members)),
        "a session has members": session.members or session.municipalities,
        "a session ends after it begins and in the future": max(now, session.since) < session.until,
        f"a session takes at most {LONGEST.days} days": session.until - session.since <= LONGEST,
    }
    return [text for text, holds in checks.items() if not holds]


def _release_problems(session: Session, release: Release) -> list[str]:
    problems = [] if session.release == release.name else [f"the session is not about release {release.name}"]
    if "municipalities" in release.layers:
        known = set(release.table("municipalities")["municipality_code"].dropna())
        strangers = sorted(session.territory - known)
        problems += [f"the release has no municipality {code}" for code in strangers]
    for name in sorted(session.layers):
        if name not in release.layers:
            problems.append(f"the release holds no layer {name}")
        elif not may_be_shared(release.layer(name)):
            problems.append(f"layer {name} may not be shared: homes, firms, or not tied to a place")
    return problems


def _change(path: Path, change: Callable[[tuple[Session, ...]], tuple[Session, ...]]) -> None:
    with locked(path):
        sessions = change(read_sessions(path))
        values = {"sessions": [_session_out(each) for each in sessions]}
        write_private(path, orjson.dumps(values, option=orjson.OPT_INDENT_2))


def _session_out(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "name": session.name,
        "release": session.release,
        "territory": sorted(session.territory),
        "layers": sorted(session.layers),
        "since": session.since.isoformat(),
        "until": session.until.isoformat(),
        "members": sorted(session.members),
        "municipalities": session.municipalities,
        "secret_because": session.secret_because,
        "closed": session.closed.isoformat() if session.closed else None,
    }


def _session_in(item: dict[str, Any]) -> Session:
    session = Session(
        str(item["id"]),
        str(item["name"]),
        item["release"],
        frozenset(item["territory"]),
        frozenset(item["layers"]),
        _moment(item["since"]),
        _moment(item["until"]),
        frozenset(item["members"]),
        item["municipalities"] is True,
        str(item["secret_because"]),
        None if item["closed"] is None else _moment(item["closed"]),
    )
    if not _RELEASE.fullmatch(session.release) or _problems(session, session.since):
        raise ValueError("no session")
    return session


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment

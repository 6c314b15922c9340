"""A service with sessions over a release: keys for every kind of caller, and a calculation or what pretends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from api.http.access.caller import EVERYBODY, AccessSettings
from api.http.access.rate import Limiter, Rate
from api.http.access.signing_in import SignIn
from api.http.answers import House
from api.http.app import create_app
from api.http.current import Fixed, Held
from api.http.guard import Guard
from api.http.metrics import Metrics
from api.http.running import Service, entry_of
from api.http.shown import Showing
from api.http.site.outside import create_outside
from api.jobs.keys import KeyRing, add_key
from api.jobs.minutes import read_steps
from api.jobs.publication import PublishedProject
from api.jobs.roles import Role
from api.jobs.sessions import Session, SessionBook, open_session, read_sessions
from layers.classes import CLASS_STYLES
from layers.parameters import Parameters
from tests.support.served import Served
from tests.support.two_municipalities import CODES, release_of

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from starlette.types import ASGIApp

    from api.http.site.session_worker import Question

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
UNTIL = NOW + dt.timedelta(days=9)


@dataclass
class Pretender:
    """Answers as the calculation would, without one."""

    asked: list[Question] = field(default_factory=list)
    error: Exception | None = None

    def answer(self, question: Question) -> dict[str, Any]:
        self.asked.append(question)
        if self.error is not None:
            raise self.error
        place = {
            "site_id": "A-site_id", "function": "F05", "park_id": "A-park_id", "park_name": "<b>Kade</b>",
            "municipality_code": CODES["A"], "municipality": "A-name", "hectares": 2.5, "from_year": 2030,
            "suitability": 0.5, "people": 3.0,
        }  # fmt: skip
        aim = {
            "aim": "hectares", "label_nl": "Grond", "label_en": "Land", "unit": "ha", "before": 0.0, "after": 2.5,
        }  # fmt: skip
        lists = {"comes_in": [place], "goes_out": [], "changes": []}
        return {"plan": [place], **lists, "aims": [aim], "proof": "best"}

    def warm(self, release: Path) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class Room:
    """A service with two sessions."""

    served: Served
    calculator: Any
    sessions: Path

    def get(self, who: str | None, path: str = "/sessies/west-2026") -> httpx.Response:
        return self.served.ask(path, who)

    def post(
        self,
        who: str | None,
        path: str = "/sessies/west-2026",
        headers: Any = None,
        **data: str,
    ) -> httpx.Response:
        return self.served.ask(path, who, "POST", data=data, headers=headers or {})

    def steps(self, session: str = "west-2026") -> int:
        found = next(one for one in self.book if one.id == session)
        assert self.served.house.minutes is not None
        return len(read_steps(self.served.house.minutes, found))

    @property
    def book(self) -> tuple[Session, ...]:
        return read_sessions(self.sessions)


@cache
def hand_made(status: str, folder: Path) -> Showing:
    """Give the release of two municipalities in a folder, made once."""
    made = release_of(status=status)
    project = made.project | {
        "name": "Proef", "authority": "Provincie", "reference_date": "2026-01-01", "sample": True, "note": "Verzonnen",
        "parameters": Parameters().model_dump(mode="json"),
    }  # fmt: skip
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    manifest = made.manifest | {"files": {}, "sources": [], "parent": None}
    release = replace(made, path=folder, project=project, manifest=manifest, class_styles=CLASS_STYLES)
    return Showing(release)


def make_room(
    folder: Path, showing: Showing, calculator: Any, own: frozenset[str], other: frozenset[str], **more: Any
) -> Room:
    """Make the service.

    Parameters
    ----------
    folder
        For keys, sessions and minutes.
    calculator
        None for a service that does not calculate.
    own, other
        Municipalities of the territory of the session, and others.
    more
        Other fields of the house.
    """
    release = showing.release
    keys = {
        name: add_key(folder / "keys.json", name, role, codes, until=UNTIL, now=NOW)
        for name, role, codes in (
            ("a", Role.MUNICIPALITY, own), ("b", Role.MUNICIPALITY, other),
            ("board", Role.SESSION, frozenset()), ("guest", Role.SESSION, frozenset()),
            ("province", Role.PROVINCE, frozenset()), ("editor", Role.EDITOR, frozenset()),
        )
    }  # fmt: skip
    west = Session(
        "west-2026", "West <i>", release.name, own, frozenset({"reservation_plan"}), NOW, UNTIL,
        frozenset({"key:board", "key:province"}), municipalities=True, secret_because="Woo 5.1",  # noqa: S106
    )  # fmt: skip
    bare = replace(west, id="kaal", layers=frozenset({"reservation_zones"}), municipalities=False)
    for session in (west, bare):
        open_session(folder / "sessions.json", session, release, NOW)
    house = House(
        everybody=EVERYBODY,
        sessions=SessionBook(folder / "sessions.json"),
        minutes=None if calculator is None else folder / "minutes",
        calculator=calculator,
        keys=KeyRing(folder / "keys.json"),
        sign_in=SignIn(b"s" * 32),
        **more,
    )
    app = create_app(showing, house)
    entry = entry_of(release)
    listed = PublishedProject.model_construct(key="proef", title="Proef", entries=(entry,))
    held: Held[ASGIApp] = Held(listed, None, (entry, app)) if entry.undecided else Held(listed, (entry, app))
    service = Service(Fixed(held), Metrics(), None, outside=create_outside(house))
    access = AccessSettings(house.keys, None, house.sessions, EVERYBODY, house.sign_in)
    guard = Guard(service, access, Limiter(Rate(1e6, 1e6)), folder / "audit.jsonl", lambda: NOW)
    return Room(Served(guard, release, keys, house), calculator, folder / "sessions.json")

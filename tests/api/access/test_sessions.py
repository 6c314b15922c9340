"""Sessions: who takes part, for how long, and that what was agreed is read by the next run."""

from __future__ import annotations

import datetime as dt
import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from api.http.cutting import visible_tables
from api.http.scope import PUBLIC, Share
from api.jobs.chain import read_chain, verify
from api.jobs.outcomes import Outcome, outcomes_layer, record_outcome, write_outcomes
from api.jobs.roles import Role
from api.jobs.sessions import Session, SessionBook, close_session, open_session, read_sessions, territory_of
from gis.errors import InputError
from layers.read import read_layer
from layers.source import LayerSource
from tests.support.two_municipalities import CODES, SQUARES, release_of

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SESSION = Session(
    "west-1",
    "Ronde tafel West",
    "0" * 16,
    frozenset({CODES["A"]}),
    frozenset({"reservation_zones", "site_protection"}),
    NOW,
    NOW + 30 * DAY,
    frozenset({"key:waterschap", "login:ann@omu.nl"}),
    municipalities=True,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "sessions.json"
    open_session(path, SESSION, release_of(), NOW)
    return path


@pytest.mark.parametrize(
    ("name", "role", "codes", "taking_part"),
    [
        ("key:waterschap", Role.SESSION, [], True),
        ("login:ann@omu.nl", Role.SESSION, [], True),
        ("key:a", Role.MUNICIPALITY, ["GM0001"], True),
        ("key:a", Role.MUNICIPALITY, ["GM0009", "GM0001"], True),
        ("key:b", Role.MUNICIPALITY, ["GM0002"], False),
        ("login:waterschap", Role.SESSION, [], False),
        ("key:Waterschap", Role.SESSION, [], False),
        ("waterschap", Role.SESSION, [], False),
        ("key:x", Role.SESSION, ["GM0001"], False),
        ("", Role.PUBLIC, [], False),
    ],
)
def test_who_takes_part(path: Path, name: str, role: Role, codes: list[str], *, taking_part: bool) -> None:
    assert bool(SessionBook(path).of(name, role, codes, NOW)) is taking_part


@pytest.mark.parametrize(
    ("moment", "on"), [(-1, False), (0, True), (30 * 86_400 - 1, True), (30 * 86_400, False)]
)
def test_for_how_long(path: Path, moment: int, *, on: bool) -> None:
    found = SessionBook(path).of("key:waterschap", Role.SESSION, [], NOW + dt.timedelta(seconds=moment))
    assert bool(found) is on


def test_a_closed_session_is_over_at_once_in_a_running_service(path: Path) -> None:
    book = SessionBook(path)
    assert book.of("key:waterschap", Role.SESSION, [], NOW)
    close_session(path, "west-1", NOW + DAY)
    assert book.of("key:waterschap", Role.SESSION, [], NOW + DAY) == ()
    with pytest.raises(InputError, match="is going on"):
        close_session(path, "west-1", NOW + 2 * DAY)


def test_a_session_is_read_back_as_it_was(path: Path) -> None:
    assert read_sessions(path) == (SESSION,)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "West 1"}, "lower-case"),
        ({"id": "../x"}, "lower-case"),
        ({"id": "west-1"}, "There is a session"),
        ({"name": " "}, "name"),
        ({"release": "f" * 16}, "not about release"),
        ({"territory": frozenset()}, "municipalities"),
        ({"territory": frozenset({"GM0003"})}, "no municipality GM0003"),
        ({"layers": frozenset()}, "at least one layer"),
        ({"layers": frozenset({"nothing"})}, "holds no layer"),
        ({"layers": frozenset({"businesses"})}, "may not be shared"),
        ({"layers": frozenset({"sensitive_objects", "parks"})}, "may not be shared"),
        ({"layers": frozenset({"plan_aims"})}, "may not be shared"),
        ({"until": NOW}, "ends after"),
        ({"since": NOW - 20 * DAY, "until": NOW - DAY}, "ends after"),
        ({"until": NOW + 200 * DAY}, "at most"),
        ({"members": frozenset(), "municipalities": False}, "has members"),
        ({"members": frozenset({"ann"})}, "key:NAME"),
    ],
)
def test_what_cannot_be_right_is_refused(path: Path, changes: dict[str, Any], words: str) -> None:
    session = replace(SESSION, **({"id": "west-2"} | changes))
    with pytest.raises(InputError, match=words):
        open_session(path, session, release_of(), NOW)
    assert len(read_sessions(path)) == 1


@pytest.mark.parametrize("damage", ["{", "[]", "role", "zone", "time"])
def test_a_damaged_file_shares_nothing(path: Path, damage: str) -> None:
    values = json.loads(path.read_text())
    if damage == "role":
        values["sessions"][0]["municipalities"] = "yes"
        values["sessions"][0]["members"] = ["key:waterschap", 5]
    if damage == "zone":
        values["sessions"][0]["territory"] = ["*"]
    if damage == "time":
        values["sessions"][0]["until"] = "2126-01-01T00:00:00+00:00"
    path.write_text(damage if len(damage) < 4 else json.dumps(values))
    book = SessionBook(path)
    assert book.of("key:waterschap", Role.SESSION, [], NOW) == ()
    with pytest.raises(InputError, match="not a file of sessions"):
        book.check()


def test_a_sub_area_names_its_municipalities() -> None:
    assert territory_of(release_of(), "S") == frozenset(CODES.values())
    with pytest.raises(InputError, match="Choose one of S"):
        territory_of(release_of(), "T")


class TestOutcomes:
    """What was agreed and objected to."""

    OUTCOME = Outcome(
        "F05", "agreed", "reservation_zones", "A-zone_id", "Gemeente A", "mits ontsloten over water"
    )

    def recorded(self, path: Path, now: dt.datetime = NOW, **changes: Any) -> str:
        scope = PUBLIC.sharing(*(Share(layer, tuple(SESSION.territory)) for layer in SESSION.layers))
        tables = visible_tables(release_of(crossing=True), scope)
        outcome = replace(self.OUTCOME, **changes)
        table = tables.get(outcome.layer, tables["reservation_zones"])
        return record_outcome(path, outcome, session=SESSION, caller="key:waterschap", table=table, now=now)

    def test_an_outcome_is_a_row_that_the_next_run_reads(self, tmp_path: Path) -> None:
        path, target = tmp_path / "outcomes.jsonl", tmp_path / "outcomes.geojson"
        assert self.recorded(path) == "west-1-1"
        assert write_outcomes(path, target) == 1
        source = LayerSource(path=target.name, source="Sessies", licence="CC0-1.0")
        found = read_layer("session_outcomes", source, tmp_path)
        table = found.table
        assert len(table) == 1
        row = table.iloc[0]
        assert (row["outcome_id"], row["function"], row["outcome"]) == ("west-1-1", "F05", "agreed")
        assert (row["by"], row["date"], row["remark"]) == (
            "Gemeente A",
            "2026-03-01",
            "mits ontsloten over water",
        )
        full = release_of(crossing=True).table("reservation_zones").geometry.iloc[0]
        expected = shapely.intersection(full, SQUARES["A"])
        assert row["geometry"].symmetric_difference(expected).area < 1e-3

    def test_the_last_word_of_a_party_counts_and_every_word_is_kept(self, tmp_path: Path) -> None:
        path = tmp_path / "outcomes.jsonl"
        self.recorded(path)
        self.recorded(path, NOW + DAY, party="Bewoners", outcome="objected")
        self.recorded(path, NOW + 2 * DAY, outcome="objected")
        table = outcomes_layer(path)
        assert table[["outcome_id", "by", "outcome"]].to_numpy().tolist() == [
            ["west-1-2", "Bewoners", "objected"],
            ["west-1-3", "Gemeente A", "objected"],
        ]
        assert [record["outcome"] for record in read_chain(path)] == ["agreed", "objected", "objected"]
        assert {record["caller"] for record in read_chain(path)} == {"key:waterschap"}
        assert verify(path).problems == ()

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"place": "B-zone_id"}, "There is no B-zone_id"),
            ({"place": "nothing"}, "There is no"),
            ({"layer": "businesses"}, "is about one of"),
            ({"layer": "parks/../x"}, "is about one of"),
            ({"outcome": "yes"}, "is one of"),
            ({"function": "F5"}, "written as F05"),
            ({"function": "F05; drop"}, "written as F05"),
            ({"party": " "}, "party"),
            ({"remark": "x" * 1001}, "at most"),
            ({"now": NOW + 30 * DAY}, "not going on"),
        ],
    )
    def test_what_cannot_be_right_is_not_recorded(
        self, tmp_path: Path, changes: dict[str, Any], words: str
    ) -> None:
        path = tmp_path / "outcomes.jsonl"
        with pytest.raises(InputError, match=words):
            self.recorded(path, **changes)
        assert not path.exists()

    def test_without_outcomes_there_is_a_layer_without_rows(self, tmp_path: Path) -> None:
        assert len(outcomes_layer(tmp_path / "none.jsonl")) == 0

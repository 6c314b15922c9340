"""What a session is told on the sample plan: its territory whole, and of nothing else a word or a number."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analysis.reservation.problem import NOT_CHOSEN
from api.http.shown import Showing
from api.http.site.session_worker import BUSY, LATE, CalculationError, Calculator, Question
from api.jobs.ask import ask_changes, asked_of
from api.jobs.changes import Changes
from api.jobs.minutes import State
from api.jobs.session_plan import territory_answer
from api.jobs.sessions import territory_of
from gis.errors import InputError
from layers.release import open_release
from tests.support.session_room import make_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from analysis.reservation.why import Asked
    from layers.release import Release

AREA = "U16 West"


@pytest.fixture(scope="module")
def planned(planned_release: Path) -> Release:
    return open_release(planned_release)


@pytest.fixture(scope="module")
def asked(planned: Release) -> Asked:
    return asked_of(planned)


@pytest.fixture(scope="module")
def territory(planned: Release) -> frozenset[str]:
    return territory_of(planned, AREA)


@pytest.fixture(scope="module")
def own(planned: Release, territory: frozenset[str]) -> pd.DataFrame:
    """Reservations of the territory that no lock of the release holds."""
    table = planned.table("reservation_plan")
    rows = table[table["municipality_code"].isin(territory) & ~table["locked_in"].astype(bool)]
    return rows.reset_index(drop=True)


@pytest.fixture(scope="module")
def secrets(planned: Release, territory: frozenset[str]) -> set[str]:
    """Every id of a site or park, and code and name of a municipality, outside the territory."""
    sites = planned.table("reservation_sites")
    towns = planned.table("municipalities")
    outside = sites[~sites["municipality_code"].isin(territory)]
    others = towns[~towns["municipality_code"].isin(territory)]
    found = {*outside["site_id"], *outside["park_id"].dropna(), *others["municipality_code"], *others["name"]}
    return {str(name) for name in found}


def told_of(secrets: set[str], text: str) -> list[str]:
    return [name for name in secrets if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]


def test_a_lock_is_told_for_the_territory_and_adds_up(
    planned: Release, asked: Asked, territory: frozenset[str], own: pd.DataFrame, secrets: set[str]
) -> None:
    out = str(own["site_id"].iloc[0])
    answer = territory_answer(asked, State({}, {out: ""}, {}), territory, None, out)
    whole = ask_changes(planned, Changes(lock_out=(out,)))
    sites = planned.table("reservation_sites").set_index("site_id")["municipality_code"]
    expected = {
        (place["site_id"], place["function"], place["from_year"])
        for place in whole["plan"]
        if sites[place["site_id"]] in territory
    }
    got = {(place["site_id"], place["function"], place["from_year"]) for place in answer["plan"]}
    assert got == expected
    assert out not in {place["site_id"] for place in answer["plan"]}
    before = {str(site) for site in own["site_id"]} | {
        str(site)
        for site in planned.table("reservation_plan")
        .loc[lambda table: table["municipality_code"].isin(territory), "site_id"]
        .to_list()
    }
    comes, goes = ({place["site_id"] for place in answer[name]} for name in ("comes_in", "goes_out"))
    assert (before - goes) | comes == {place["site_id"] for place in answer["plan"]}
    assert told_of(secrets, json.dumps(answer)) == []


def test_the_measures_are_sums_over_the_territory_and_nothing_more(
    planned: Release, asked: Asked, territory: frozenset[str]
) -> None:
    answer = territory_answer(asked, State(), territory)
    assert (answer["comes_in"], answer["goes_out"], answer["changes"]) == ([], [], [])
    aims = {aim["aim"]: aim for aim in answer["aims"]}
    assert all(aim["before"] == aim["after"] for aim in answer["aims"])
    # by hand out of the tables of the release
    table = planned.table("reservation_plan")
    rows = table[table["municipality_code"].isin(territory)]
    people = rows["people"] + asked.problem.persons_per_dwelling * rows["conflict"]
    mean = 100 * (rows["last_ha"] * rows["suitability"]).sum() / rows["last_ha"].sum()
    assert aims["places"]["after"] == len(rows)
    assert aims["hectares"]["after"] == pytest.approx(rows["last_ha"].sum(), abs=0.01)
    assert aims["people"]["after"] == pytest.approx(people.sum(), abs=1.0)
    assert aims["suitability"]["after"] == pytest.approx(mean, abs=0.05)
    targets = planned.table("plan_targets")
    last = targets[(targets["sub_area"] == AREA) & (targets["year"] == targets["year"].max())]
    assert aims["shortage"]["after"] == pytest.approx(last["short_ha"].sum(), abs=0.01)


def test_a_shortage_that_others_share_is_not_told(asked: Asked, territory: frozenset[str]) -> None:
    part = frozenset(sorted(territory)[1:])
    answer = territory_answer(asked, State(), part)
    assert "shortage" not in {aim["aim"] for aim in answer["aims"]}


def test_what_another_place_does_changes_no_number(
    asked: Asked, territory: frozenset[str], planned: Release
) -> None:
    """The measures of a plan follow from its places in the territory alone, whatever stands elsewhere."""
    outside = ~asked.problem.sites["municipality_code"].isin(territory).to_numpy(dtype=bool)
    start = asked.start.copy()
    locked = asked.problem.locked_in[:, 0]
    gone = outside[asked.problem.site] & (start != NOT_CHOSEN)
    gone[locked] = False
    # every free reservation outside is taken away
    start[np.flatnonzero(gone)] = NOT_CHOSEN
    one = territory_answer(asked, State(), territory)
    other = territory_answer(replace(asked, start=start), State(), territory)
    assert one["plan"] == other["plan"]
    assert one["aims"] == other["aims"]


@pytest.mark.parametrize("how", ["lock_in", "lock_out"])
def test_a_place_outside_is_as_one_that_never_was(
    planned: Release, asked: Asked, territory: frozenset[str], how: str
) -> None:
    table = planned.table("reservation_plan")
    outside = str(table.loc[~table["municipality_code"].isin(territory), "site_id"].iloc[0])
    told = []
    for site in (outside, "VB999-K99"):
        state = State({site: "F05"}) if how == "lock_in" else State({}, {site: "F05"})
        with pytest.raises(InputError) as error:
            territory_answer(asked, state, territory, None, site)
        assert len(error.value.problems) == 1
        told.append(str(error.value.problems[0].message).replace(site, "X"))
    assert told[0] == told[1]


def test_a_place_that_is_not_eligible_is_one_dutch_line(
    planned: Release, asked: Asked, territory: frozenset[str]
) -> None:
    problem = asked.problem
    inside = problem.sites["municipality_code"].isin(territory).to_numpy(dtype=bool)
    fits = {(int(site), problem.functions[f]) for site, f in zip(problem.site, problem.function, strict=True)}
    names = problem.sites["site_id"].astype(str).tolist()
    place, function = next(
        (names[site], name)
        for site in np.flatnonzero(inside).tolist()
        for name in problem.functions
        if not any((site, other) in fits for other in problem.functions if other[:3] == name[:3])
    )
    with pytest.raises(InputError) as error:
        territory_answer(asked, State({place: function[:3]}), territory, None, place)
    (told,) = error.value.problems
    assert told.message.startswith(f"Plek {place} is niet geschikt voor {function[:3]}")


def test_what_the_release_itself_locks_stays(asked: Asked) -> None:
    problem = asked.problem
    pair = int(problem.locked_in[0, 0])
    row = problem.sites.iloc[problem.site[pair]]
    site = str(row["site_id"])
    own = frozenset({str(row["municipality_code"])})
    with pytest.raises(InputError, match="ligt al vast"):
        territory_answer(asked, State({}, {site: ""}), own, None, site)
    same = territory_answer(asked, State({site: problem.functions[problem.function[pair]]}), own, None, site)
    assert site in {place["site_id"] for place in same["plan"]}


@pytest.fixture(scope="module")
def calculator() -> Iterator[Calculator]:
    made = Calculator(seconds=60.0)
    yield made
    made.close()


def test_a_process_of_its_own_gives_the_same_answer_and_the_same_refusal(
    planned: Release, asked: Asked, territory: frozenset[str], own: pd.DataFrame, calculator: Calculator
) -> None:
    out = str(own["site_id"].iloc[1])
    state = State({}, {out: ""}, {})
    here = territory_answer(asked, state, territory, None, out)
    there = calculator.answer(Question(planned.path, state, territory, None, out))
    assert {place["site_id"] for place in there["plan"]} == {place["site_id"] for place in here["plan"]}
    with pytest.raises(InputError, match="geen plek VB999"):
        calculator.answer(Question(planned.path, State({}, {"VB999": ""}), territory, None, "VB999"))


def test_a_calculation_that_takes_too_long_is_stopped_and_the_next_one_works(
    planned: Release, territory: frozenset[str]
) -> None:
    hurried = Calculator(seconds=0.2)
    question = Question(planned.path, State(), territory, None)
    with pytest.raises(CalculationError, match=LATE[:20]):
        hurried.answer(question)
    hurried._seconds = 60.0
    assert hurried.answer(question)["plan"]
    hurried.close()


def test_more_questions_than_may_wait_are_refused_at_once(
    planned: Release, territory: frozenset[str]
) -> None:
    narrow = Calculator(seconds=60.0, waiting=0, patience=0.1)
    question = Question(planned.path, State(), territory, None)
    found: list[dict[str, Any]] = []
    first = threading.Thread(target=lambda: found.append(narrow.answer(question)))
    first.start()
    # the start of a process takes longer than this
    refused = threading.Event()
    while first.is_alive() and not refused.wait(0.05):
        try:
            narrow.answer(question)
        except CalculationError as error:
            assert str(error) == BUSY  # noqa: PT017 (in a loop until it is busy)
            refused.set()
    first.join()
    assert refused.is_set()
    assert len(found) == 1
    narrow.close()


def test_no_page_or_file_of_the_session_names_what_lies_outside(
    planned: Release,
    territory: frozenset[str],
    own: pd.DataFrame,
    secrets: set[str],
    calculator: Calculator,
    tmp_path: Path,
) -> None:
    towns = set(planned.table("municipalities")["municipality_code"].astype(str))
    room = make_room(tmp_path, Showing(planned), calculator, territory, frozenset(towns - territory))
    files = {path: path.read_bytes() for path in planned.path.rglob("*") if path.is_file()}
    first, second = (str(own["site_id"].iloc[at]) for at in (0, 1))
    assert room.get("b").status_code == 404
    pages = [room.get("a").text]
    done = room.post("a", stap="0", doe="lock_out", plek=first)
    assert done.status_code == 303, done.text
    pages.append(room.get("board").text)
    kept = room.post("board", stap="1", rij=f"lock_in {second} {own['function'].iloc[1]}")
    assert kept.status_code == 303, kept.text
    pages += [room.get(who).text for who in ("a", "province")]
    pages.append(room.get("a", "/en/sessies/west-2026").text)
    pages.append(room.get("province", "/sessies/west-2026/notulen").text)
    assert room.served.house.minutes is not None
    pages += [path.read_text() for path in room.served.house.minutes.glob("*.jsonl")]
    for page in pages:
        # the note of the sample and the name of the project speak of the province as a whole
        text = unescape(page).replace("Voorbeeldregio Utrecht", "")
        assert told_of(secrets, text) == []
    assert f"{first}: uitgesloten voor alle functies." in pages[5]
    # the release itself is what it was
    assert {path: path.read_bytes() for path in planned.path.rglob("*") if path.is_file()} == files

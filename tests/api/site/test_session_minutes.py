"""Minutes of a session: what is refused, what is kept, and that the state follows from the steps."""

from __future__ import annotations

import datetime as dt
import random
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from api.jobs.chain import verify
from api.jobs.minutes import (
    Asked,
    StaleStepError,
    State,
    Step,
    read_asked,
    read_steps,
    replay,
    take_step,
)
from api.jobs.sessions import Session
from gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
SESSION = Session(
    "west-1", "West", "0" * 16, frozenset({"GM0001"}), frozenset({"reservation_plan"}),
    NOW, NOW + dt.timedelta(days=3), frozenset({"key:a"}),
)  # fmt: skip
OUTCOME: dict[str, Any] = {"plan": [], "comes_in": [], "goes_out": [], "changes": [], "aims": []}


def step(folder: Path, asked: Asked, seen: int, caller: str = "key:a") -> Step:
    return take_step(folder, SESSION, asked, OUTCOME, seen=seen, caller=caller, now=NOW)


def test_steps_are_kept_in_order_for_their_owner_only_and_in_a_whole_chain(tmp_path: Path) -> None:
    folder = tmp_path / "minutes"
    step(folder, Asked("lock_in", "P1", "F05"), 0)
    step(folder, Asked("lock_out", "P2"), 1, "login:ann@omu.nl")
    step(folder, Asked("unlock", "P1"), 2)
    steps = read_steps(folder, SESSION)
    assert [(one.number, one.who, one.asked.action) for one in steps] == [
        (1, "a", "lock_in"),
        (2, "ann@omu.nl", "lock_out"),
        (3, "a", "unlock"),
    ]
    (file,) = [path for path in folder.iterdir() if path.suffix == ".jsonl"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert verify(file).problems == ()
    assert replay(steps) == State({}, {"P2": ""}, {})


def test_a_step_on_a_state_that_was_not_seen_is_refused_and_names_who_was_first(tmp_path: Path) -> None:
    step(tmp_path, Asked("lock_in", "P1", "F05"), 0)
    with pytest.raises(StaleStepError, match="a zette stap 1"):
        step(tmp_path, Asked("lock_in", "P2", "F05"), 0)
    with pytest.raises(StaleStepError):
        step(tmp_path, Asked("lock_in", "P2", "F05"), 2)
    assert len(read_steps(tmp_path, SESSION)) == 1


def test_of_steps_taken_at_the_same_time_one_stands(tmp_path: Path) -> None:
    def attempt(number: int) -> bool:
        try:
            step(tmp_path, Asked("lock_in", f"P{number}", "F05"), 0)
        except StaleStepError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        stood = list(pool.map(attempt, range(8)))
    assert sum(stood) == 1
    (only,) = read_steps(tmp_path, SESSION)
    assert only.asked.site == f"P{stood.index(True)}"


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (Asked("lock_in", "P1", "F05"), Asked("lock_in", "P1", "F06"), "al vastgezet voor F05"),
        (Asked("lock_in", "P1", "F05"), Asked("lock_out", "P1"), "al vastgezet voor F05"),
        (Asked("lock_out", "P1", "F05"), Asked("lock_in", "P1", "F06"), "al uitgesloten voor F05"),
        (Asked("lock_out", "P1"), Asked("lock_out", "P1", "F05"), "al uitgesloten voor alle functies"),
        (Asked("lock_in", "P1", "F05"), Asked("unlock", "P2"), "niet vastgezet"),
        (Asked("weights", weights={"people": 3.0}), Asked("weights", weights={"people": 3.0}), "al gelden"),
    ],
)
def test_contradictions_are_one_line_and_nothing_is_recorded(
    tmp_path: Path, first: Asked, second: Asked, words: str
) -> None:
    step(tmp_path, first, 0)
    with pytest.raises(InputError, match=words) as error:
        step(tmp_path, second, 1)
    assert len(error.value.problems) == 1
    assert len(read_steps(tmp_path, SESSION)) == 1


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (("", "P1", "F05"), {"doe"}),
        (("drop table", "P1", "F05"), {"doe"}),
        (("lock_in", "", ""), {"plek", "functie"}),
        (("lock_in", "../etc", "F05"), {"plek"}),
        (("lock_in", "<b>", "F05"), {"plek"}),
        (("lock_in", "P1=F05", "F05"), {"plek"}),
        (("lock_in", "P1", "F5"), {"functie"}),
        (("lock_out", "P1", "x"), {"functie"}),
        (("unlock", "P" * 81, ""), {"plek"}),
        (("weights", "", "", {"people": "veel", "grid": "2"}), {"gewicht_people"}),
        (("weights", "", "", {"people": "-1", "grid": "101"}), {"gewicht_people", "gewicht_grid"}),
        (("weights", "", "", {"people": "nan", "grid": "inf"}), {"gewicht_people", "gewicht_grid"}),
        (("weights", "", "", {"people": "0", "grid": "0"}), {"doe"}),
        (("weights", "", "", {}), {"doe"}),
    ],
)
def test_what_cannot_be_used_is_named_by_field(given: tuple[Any, ...], fields: set[str]) -> None:
    with pytest.raises(InputError) as error:
        read_asked(*given)
    assert {problem.field for problem in error.value.problems} == fields


def test_weights_read_as_people_write_them() -> None:
    assert read_asked("weights", weights={"people": " 2,5", "grid": "0"}).weights == {
        "people": 2.5,
        "grid": 0.0,
    }


def test_the_state_is_that_of_the_last_word_on_each_site(tmp_path: Path) -> None:
    # written apart from the code under test: a dictionary of the last lock of each site
    rng = random.Random(5)
    expected: dict[str, tuple[str, str]] = {}
    weights: dict[str, float] = {}
    taken = 0
    for _ in range(60):
        site, function = rng.choice("ABCD"), rng.choice(["F01", "F02"])
        action = rng.choice(["lock_in", "lock_out", "unlock", "weights"])
        asked = Asked(action, site, "" if action == "unlock" else function)  # type: ignore[arg-type]
        if action == "weights":
            asked = Asked("weights", weights={"people": float(rng.randrange(4))})
        allowed = {
            "lock_in": site not in expected,
            "lock_out": site not in expected,
            "unlock": site in expected,
            "weights": asked.weights != weights,
        }[action]
        if not allowed:
            with pytest.raises(InputError):
                step(tmp_path, asked, taken)
            continue
        step(tmp_path, asked, taken)
        taken += 1
        if action == "weights":
            weights = dict(asked.weights)
        elif action == "unlock":
            del expected[site]
        else:
            expected[site] = (action, function)
    state = replay(read_steps(tmp_path, SESSION))
    assert taken > 20
    assert dict(state.lock_in) == {site: f for site, (how, f) in expected.items() if how == "lock_in"}
    assert dict(state.lock_out) == {site: f for site, (how, f) in expected.items() if how == "lock_out"}
    assert dict(state.weights) == weights


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    step(tmp_path, Asked("lock_in", "P1", "F05"), 0)
    (file,) = tmp_path.glob("*.jsonl")
    file.write_text('{"record": {"time": "x"}}\n')
    with pytest.raises(InputError, match="damaged"):
        read_steps(tmp_path, SESSION)

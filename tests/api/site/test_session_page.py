"""The screen of a session over HTTP: who sees it, what is refused, and what a step writes."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from api.http.settings import read_settings
from api.http.site.session_worker import BUSY, CalculationError
from api.jobs.sessions import close_session
from gis.errors import InputError, Problem
from layers.parameters import Parameters
from tests.support.session_room import NOW, Pretender, Room, hand_made, make_room
from tests.support.two_municipalities import CODES

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

WEIGHTS = {f"gewicht_{name}": "1" for name in Parameters().reservation.weights}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("releases")


def room_of(folder: Path, releases: Path, status: str, calculator: Any) -> Room:
    showing = hand_made(status, releases / status)
    return make_room(folder, showing, calculator, frozenset({CODES["A"]}), frozenset({CODES["B"]}))


@pytest.fixture(params=["exploration", "adopted"])
def room(tmp_path: Path, releases: Path, request: pytest.FixtureRequest) -> Room:
    return room_of(tmp_path, releases, request.param, Pretender())


@pytest.fixture
def open_room(tmp_path: Path, releases: Path) -> Room:
    return room_of(tmp_path, releases, "adopted", Pretender())


def errors_in(answer: httpx.Response) -> list[str]:
    block = re.search(r'id="fouten">.*?</ul>', answer.text, re.DOTALL)
    found = re.findall(r"<li>(.*?)</li>", block[0], re.DOTALL) if block else []
    return [unescape(re.sub("<[^>]*>", "", one)).strip() for one in found]


MEMBERS = ("a", "board", "province")
STRANGERS = ("b", "guest", "editor")


@pytest.mark.parametrize("who", MEMBERS)
def test_members_see_the_screen_and_take_steps(room: Room, who: str) -> None:
    answer = room.get(who)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["cache-control"]
    done = room.post(who, stap="0", doe="lock_in", plek="A-site_id", functie="F05")
    assert done.status_code == 303
    assert done.headers["location"].endswith("/sessies/west-2026#uitkomst")
    page = room.get(who).text
    assert "A-site_id" in page
    assert "&lt;b&gt;Kade" in page
    assert "<b>Kade" not in page
    (question,) = room.calculator.asked
    assert question.territory == frozenset({CODES["A"]})
    assert (dict(question.state.lock_in), question.before, question.site) == (
        {"A-site_id": "F05"}, None, "A-site_id",
    )  # fmt: skip


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("path", ["/sessies/{}", "/sessies/{}/notulen", "/en/sessies/{}"])
def test_for_strangers_a_session_is_as_one_that_never_was(room: Room, who: str, path: str) -> None:
    there, never = (room.get(who, path.format(name)) for name in ("west-2026", "nooit-geweest"))
    assert there.status_code == never.status_code == 404
    assert there.text.replace("west-2026", "") == never.text.replace("nooit-geweest", "")
    posted = [room.post(who, f"/sessies/{name}", stap="0", doe="lock_in") for name in ("west-2026", "nooit")]
    assert [one.status_code for one in posted] == [404, 404]
    assert posted[0].text.replace("west-2026", "") == posted[1].text.replace("nooit", "")
    assert room.steps() == 0
    assert room.calculator.asked == []


def test_who_is_not_signed_in_is_asked_to_and_learns_nothing(open_room: Room) -> None:
    for path in ("/sessies", "/sessies/west-2026", "/sessies/nooit", "/sessies/west-2026/notulen"):
        answer = open_room.get(None, path)
        assert answer.status_code == 303
        assert "/inloggen?verder=" in answer.headers["location"]
    assert open_room.post(None, stap="0", doe="lock_in").status_code == 303
    assert open_room.steps() == 0


def test_the_list_names_own_sessions_only(open_room: Room) -> None:
    assert open_room.get("a", "/sessies").text.count("/sessies/west-2026") == 1
    assert "kaal" not in open_room.get("a", "/sessies").text
    assert "/sessies/kaal" in open_room.get("board", "/sessies").text
    for who in STRANGERS:
        answer = open_room.get(who, "/sessies")
        assert answer.status_code == 200
        assert "west-2026" not in answer.text
        assert "geen sessie" in answer.text


def test_a_closed_session_is_gone(open_room: Room) -> None:
    assert open_room.get("board").status_code == 200
    close_session(open_room.sessions, "west-2026", NOW)
    assert open_room.get("board").status_code == 404
    assert open_room.post("board", stap="0", doe="lock_out", plek="A").status_code == 404


def test_a_step_on_what_was_not_seen_is_refused_with_the_state_as_it_is(open_room: Room) -> None:
    assert open_room.post("a", stap="0", doe="lock_out", plek="P1").status_code == 303
    late = open_room.post("board", stap="0", doe="lock_out", plek="P2")
    assert late.status_code == 409
    (line,) = errors_in(late)
    assert line.startswith("Intussen is er iets veranderd: a zette stap 1.")
    assert 'name="stap" value="1"' in late.text
    assert open_room.steps() == 1
    assert len(open_room.calculator.asked) == 1
    for wrong in ("", "-1", "x", "1.0", "9" * 30, "²"):
        assert open_room.post("board", stap=wrong, doe="lock_out", plek="P2").status_code == 409
    assert open_room.post("board", stap="1", doe="lock_out", plek="P2").status_code == 303


def test_the_next_step_starts_from_what_the_last_one_told(open_room: Room) -> None:
    open_room.post("a", stap="0", doe="lock_out", plek="P1", functie="F05")
    open_room.post("a", stap="1", rij="lock_in P2 F24-3")
    open_room.post("a", stap="2", rij="unlock P1 -")
    open_room.post("a", stap="3", doe="weights", **WEIGHTS)
    state = open_room.calculator.asked[-1].state
    assert (dict(state.lock_in), dict(state.lock_out)) == ({"P2": "F24-3"}, {})
    assert set(state.weights.values()) == {1.0}
    before = open_room.calculator.asked[-1].before
    assert before is not None
    assert [place["site_id"] for place in before] == ["A-site_id"]
    assert open_room.steps() == 4


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"doe": "lock_in", "plek": "P1", "functie": ""}, "Kies een functie."),
        ({"doe": "lock_in", "plek": "<script>", "functie": "F05"}, "Vul het nummer van een plek in"),
        ({"doe": "unlock", "plek": "P1"}, "is in deze sessie niet vastgezet"),
        ({"doe": "alles"}, "Kies wat u wilt doen."),
        ({}, "Kies wat u wilt doen."),
        ({"doe": "weights", **WEIGHTS, "gewicht_people": "x"}, "Geef een getal van 0 tot en met 100."),
        ({"doe": "weights", "gewicht_people": "3"}, "Vul alle gewichten in."),
        ({"doe": "weights", **WEIGHTS, "gewicht_nooit": "3"}, "Vul alle gewichten in."),
        (
            {
                "doe": "weights",
                **{f"gewicht_{name}": str(value) for name, value in Parameters().reservation.weights.items()},
            },
            "Dit zijn de gewichten die er al gelden.",
        ),
    ],
)
def test_wrong_input_is_one_line_and_nothing_is_computed_or_kept(
    open_room: Room, data: dict[str, str], line: str
) -> None:
    answer = open_room.post("board", stap="0", **data)
    assert answer.status_code == 422
    (told,) = errors_in(answer)
    assert told.startswith(line) or line in told
    assert "<script>" not in answer.text.replace('<script type="module"', "")
    assert open_room.steps() == 0
    assert open_room.calculator.asked == []


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (InputError(Problem("Er is in deze sessie geen plek P1.", "", field="plek")), 422, "geen plek P1"),
        (CalculationError(BUSY), 503, "te veel tegelijk gerekend"),
    ],
)
def test_a_calculation_that_gives_nothing_is_told_and_nothing_is_kept(
    open_room: Room, error: Exception, status: int, line: str
) -> None:
    open_room.calculator.error = error
    answer = open_room.post("board", stap="0", doe="lock_out", plek="P1")
    assert answer.status_code == status
    (told,) = errors_in(answer)
    assert line in told
    assert 'value="P1"' in answer.text
    assert open_room.steps() == 0


def test_a_session_that_does_not_share_the_plan_shows_none_and_takes_no_steps(open_room: Room) -> None:
    answer = open_room.get("board", "/sessies/kaal")
    assert answer.status_code == 200
    assert "niet gedeeld" in answer.text
    assert '<form method="post" action="/sessies' not in answer.text
    assert open_room.post("board", "/sessies/kaal", stap="0", doe="lock_out", plek="P").status_code == 404
    assert open_room.calculator.asked == []


def test_the_minutes_tell_every_step_with_who_and_when(open_room: Room) -> None:
    open_room.post("a", stap="0", doe="lock_in", plek="A-site_id", functie="F05")
    open_room.post("board", stap="1", doe="weights", **{**WEIGHTS, "gewicht_people": "9"})
    answer = open_room.get("province", "/sessies/west-2026/notulen")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]
    assert "no-store" in answer.headers["cache-control"]
    lines = answer.text.splitlines()
    # noon in UTC is one o'clock in Utrecht in winter
    assert "1. 1 november 2026, 13:00, a" in lines
    assert "2. 1 november 2026, 13:00, board" in lines
    assert any("A-site_id: vastgezet voor F05" in line for line in lines)
    assert any("A-site_id komt erbij" in line and "2,5 ha" in line for line in lines)
    assert any("Weinig mensen binnen de afstand 3 → 9" in line for line in lines)
    english = open_room.get("province", "/en/sessies/west-2026/notulen").text
    assert "locked in for F05" in english
    assert "2.5 ha" in english


def test_forms_of_others_are_refused(open_room: Room) -> None:
    evil = {"Origin": "https://elders.voorbeeld"}
    assert open_room.post("a", headers=evil, stap="0", doe="lock_out", plek="P1").status_code == 403
    # with the cookie of a browser, without the token of the page
    assert open_room.served.house.keys is not None
    assert open_room.served.house.sign_in is not None
    key = open_room.served.house.keys.find(open_room.served.keys["a"], NOW)
    assert key is not None
    cookie = {"Cookie": f"kring={open_room.served.house.sign_in.cookie(key, NOW)}"}
    assert open_room.post(None, headers=cookie, stap="0", doe="lock_out", plek="P1").status_code == 403
    page = open_room.served.ask("/sessies/west-2026", headers=cookie).text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    done = open_room.post(None, headers=cookie, token=token[1], stap="0", doe="lock_out", plek="P1")
    assert done.status_code == 303
    assert open_room.steps() == 1


def test_without_a_folder_for_minutes_the_screen_only_shows(tmp_path: Path, releases: Path) -> None:
    bare = room_of(tmp_path, releases, "adopted", None)
    assert "niet worden gerekend" in bare.get("board").text
    assert bare.post("board", stap="0", doe="lock_out", plek="P1").status_code == 404


def test_a_file_that_cannot_be_used_is_told_without_its_name(open_room: Room) -> None:
    assert open_room.post("a", stap="0", doe="lock_out", plek="P1").status_code == 303
    folder = open_room.served.house.minutes
    assert folder is not None
    (file,) = folder.glob("*.jsonl")
    file.write_text("stuk\n")
    for answer in (open_room.get("a"), open_room.post("a", stap="1", doe="lock_out", plek="P2")):
        assert answer.status_code == 503
        assert "kunnen nu niet worden gelezen" in answer.text
        assert str(folder) not in answer.text


def test_on_an_english_page_a_refusal_is_marked_as_dutch_and_still_escaped(open_room: Room) -> None:
    open_room.calculator.error = InputError(Problem("Er is geen plek <i>P1.", "", field="plek"))
    answer = open_room.post("a", "/en/sessies/west-2026", stap="0", doe="lock_out", plek="P1")
    assert '<span lang="nl">Er is geen plek &lt;i&gt;P1.</span>' in answer.text
    assert "<i>P1" not in answer.text


def test_minutes_belong_to_sessions() -> None:
    with pytest.raises(InputError, match="minutes are of sessions"):
        read_settings({"KRING_RELEASE": "x", "KRING_MINUTES": "y"})

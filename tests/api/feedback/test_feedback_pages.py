"""Feedback in the pages: who may report and decide, what is refused, and that stored text stays text."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from api.jobs.feedback import add_report, decide
from api.jobs.feedback_file import Draft, State, read_reports
from tests.support.feedback_site import (
    EDITOR,
    OTHER,
    PROVINCE,
    UTRECHT,
    Elements,
    make_release,
    make_site,
    token_in,
    write_project,
)

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from layers.release import Release
    from tests.support.feedback_site import Browser, Site

FORM = "/terreinen/R2/terugmelden?laag=parks&object=R2&veld=max_category"
POST = "/terreinen/R2/terugmelden"
GIVEN = {
    "laag": "parks", "object": "R2", "veld": "max_category", "was": "3.2", "waarde": "4.2",
    "bron": "Omgevingsplan Zuid 2025", "toelichting": "Zie artikel 4.",
}  # fmt: skip
NASTY = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'); javascript:alert(1) \u202eedak"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(write_project(tmp_path_factory.mktemp("feedback")))


@pytest.fixture
def site(release: Release, tmp_path: Path, now: dt.datetime) -> Site:
    return make_site(release, tmp_path, now)


def sent(browser: Browser, **changes: str) -> Any:
    """Send the form about the category of R2, as its page would."""
    return browser.post(POST, GIVEN | changes, form=FORM)


def test_from_report_to_decision(site: Site, now: dt.datetime) -> None:
    officer = site.browser(UTRECHT)
    facts = Elements(officer.get(POST).text)
    links = [one["href"] for one in facts.of("a") if one.get("class") == "report"]
    # six facts of the park; the quays beside it in Utrecht are K1 and K2, each with four
    assert len(links) == 6 + 2 * 4
    assert FORM in {link.replace("&amp;", "&") for link in links if link}
    assert "K3" not in facts.words
    assert "K9" not in facts.words
    form = Elements(officer.get(FORM).text)
    offered = [one["value"] for one in form.of("option")]
    assert offered == ["", "1", "2", "3", "3.1", "4", "4.1", "4.2", "5", "5.1", "5.2", "5.3", "6"]
    assert "In deze uitgave staat 3.2" in form.words

    answer = sent(officer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/terugmeldingen/TM-0001?ontvangen=ja")
    receipt = officer.get(answer.headers["location"])
    assert "Het nummer is TM-0001" in Elements(receipt.text).words
    assert "no-store" in receipt.headers["cache-control"]
    (kept,) = read_reports(site.reports)
    assert kept.draft == Draft(
        "GM0344", "parks", "R2", "max_category", "3.2", "4.2", "Omgevingsplan Zuid 2025", "key:utrecht",
        kept.draft.release, "Zuid", "R2", "Zie artikel 4.",
    )  # fmt: skip
    assert kept.time == now
    assert "TM-0001 loopt al" in Elements(officer.get(POST).text).words

    editor = site.browser(EDITOR)
    assert "TM-0001" in editor.get("/terugmeldingen").text
    page = Elements(editor.get("/terugmeldingen/TM-0001").text)
    assert "Utrecht (utrecht), 1 maart 2026" in page.words
    where = "/terugmeldingen/TM-0001"
    for values, field in (({"reden": "Klopt."}, "besluit"), ({"besluit": "accepted", "reden": " "}, "reden")):
        answer = editor.post(where, values, form=where)
        assert answer.status_code == 422
        wrong = Elements(answer.text)
        assert [one["href"] for one in wrong.of("a") if one["href"] == f"#{field}"]
        assert [one for _, one in wrong.found if one.get("id") == f"{field}-fout"]
    assert read_reports(site.reports)[0].state is State.OPEN
    answer = editor.post(where, {"besluit": "accepted", "reden": "Klopt, nagekeken."}, form=where)
    assert (answer.status_code, answer.headers["location"]) == (303, where)
    again = editor.post(where, {"besluit": "declined", "reden": "Toch niet."}, form=where)
    assert again.status_code == 403  # there is no form any more, so no token either
    (decided,) = read_reports(site.reports)
    assert (decided.state, decided.reason, decided.decided_by) == (
        State.ACCEPTED, "Klopt, nagekeken.", "key:redactie",
    )  # fmt: skip
    told = Elements(officer.get("/terugmeldingen").text).words
    assert "aanvaard" in told
    assert "Klopt, nagekeken." in told
    # who decided is for nobody here, and who reported for editors only
    assert "redactie" not in told
    assert "(utrecht)" not in Elements(officer.get(where).text).words.split("Gemeld door")[1]


def test_the_next_release_shows_before_after_and_source(site: Site, tmp_path: Path, now: dt.datetime) -> None:
    assert sent(site.browser(UTRECHT)).status_code == 303
    decide(site.reports, 1, accept=True, reason="Nagekeken.", by="x", now=now)
    project = write_project(tmp_path / "next", corrections="feedback.json")
    shutil.copy2(site.reports, project.parent / "feedback.json")
    following = make_site(make_release(project), tmp_path / "served", now)
    for page in ("/terreinen/R2", "/gemeenten/GM0344"):
        for browser in (following.browser(), following.browser(UTRECHT)):
            words = Elements(browser.get(page).text).words
            assert "Terrein Zuid Hoogste milieucategorie (register) 3.2 4.2 Omgevingsplan Zuid 2025" in words
            assert "Zie artikel 4." not in words
    for page in ("/terreinen/R1", "/gemeenten/GM0307"):
        assert "Omgevingsplan Zuid" not in following.browser().get(page).text
    assert (
        "3.2 4.2 Omgevingsplan Zuid 2025" in Elements(following.browser().get("/en/terreinen/R2").text).words
    )
    assert 'href="/terreinen/R2/terugmelden"' in following.browser(UTRECHT).get("/terreinen/R2").text
    assert "terugmelden" not in following.browser().get("/terreinen/R2").text
    assert "terugmelden" not in following.browser(OTHER).get("/terreinen/R2").text


@pytest.mark.parametrize("path", [POST, FORM, "/terugmeldingen", "/terugmeldingen/TM-0001"])
def test_who_is_not_signed_in_signs_in_first(site: Site, path: str) -> None:
    stranger = site.browser()
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/inloggen?verder={quote(path, safe='')}"
    posted = stranger.post(path.partition("?")[0], GIVEN)
    assert posted.status_code in (303, 405)
    assert not site.reports.exists()


def test_a_municipality_speaks_of_its_own_parks_only(site: Site) -> None:
    """A park of others is answered as one that never was, by address and by form."""
    other = site.browser(OTHER)
    assert other.get("/terreinen/S1/terugmelden").status_code == 200
    own_form = "/terreinen/S1/terugmelden?laag=parks&object=S1&veld=max_category"

    def without_address(text: str) -> str:
        return re.sub(r"R2|R77", "", text)

    theirs, never = other.get(POST), other.get("/terreinen/R77/terugmelden")
    assert (theirs.status_code, never.status_code) == (404, 404)
    assert without_address(theirs.text) == without_address(never.text)
    assert other.get(FORM).status_code == 404
    for path, changes in (
        (POST, {}),
        ("/terreinen/S1/terugmelden", {}),
        ("/terreinen/S1/terugmelden", {"laag": "quays", "object": "K1", "veld": "exists", "was": "yes"}),
        ("/terreinen/S1/terugmelden", {"object": "S1", "veld": "name"}),
        ("/terreinen/S1/terugmelden", {"object": "S1", "laag": "businesses"}),
        ("/terreinen/R1/terugmelden", {"object": "S1"}),
    ):
        assert other.post(path, GIVEN | changes, form=own_form).status_code == 404
    assert not site.reports.exists()


def test_reports_of_others_do_not_exist(site: Site) -> None:
    assert sent(site.browser(UTRECHT)).status_code == 303
    other = site.browser(OTHER)
    assert "TM-0001" not in other.get("/terugmeldingen").text
    assert other.get("/terugmeldingen/TM-0001").status_code == 404
    for name in ("1", "TM-1", "tm-0001", "TM-0002", "TM-0001%0a"):
        assert site.browser(EDITOR).get(f"/terugmeldingen/{name}").status_code == 404
    officer = site.browser(UTRECHT)
    values = {"besluit": "accepted", "reden": "Wij vinden van wel."}
    assert officer.post("/terugmeldingen/TM-0001", values, form=FORM.replace("R2", "R1")).status_code == 404
    assert read_reports(site.reports)[0].state is State.OPEN


@pytest.mark.parametrize("who", [PROVINCE, "waterschap"])
def test_other_roles_have_no_reports_and_no_link(site: Site, who: str) -> None:
    reader = site.browser(who)
    for path in ("/terugmeldingen", "/terugmeldingen/TM-0001", POST):
        assert reader.get(path).status_code == 404
    assert "/terugmeldingen" not in reader.get("/terreinen/R2").text


def test_an_editor_decides_and_does_not_report(site: Site) -> None:
    editor = site.browser(EDITOR)
    assert editor.get(POST).status_code == 404
    assert "terugmelden" not in editor.get("/terreinen/R2").text


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("", {}),
        ("AAAA", {}),
        ("of another", {}),
        ("right", {"Origin": "https://elsewhere.example"}),
        ("right", {"Sec-Fetch-Site": "cross-site"}),
        ("right", {"Origin": "null"}),
    ],
)
def test_a_form_that_was_not_made_here_is_refused(site: Site, kind: str, headers: dict[str, str]) -> None:
    officer, editor = site.browser(UTRECHT), site.browser(EDITOR)
    own = "/terreinen/S1/terugmelden?laag=parks&object=S1&veld=max_category"
    of_another = token_in(site.browser(OTHER).get(own).text)
    made_for = {"right": token_in(officer.get(FORM).text), "of another": of_another}
    given = made_for.get(kind, kind)
    assert officer.post(POST, GIVEN | {"token": given}, headers=headers).status_code == 403
    assert not site.reports.exists()
    assert sent(officer).status_code == 303
    where = "/terugmeldingen/TM-0001"
    given = token_in(editor.get(where).text) if kind == "right" else given
    values = {"token": given, "besluit": "accepted", "reden": "Ja."}
    assert editor.post(where, values, headers=headers).status_code == 403
    assert read_reports(site.reports)[0].state is State.OPEN


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"waarde": ""}, ["waarde"]),
        ({"waarde": "3.2"}, ["waarde"]),
        ({"waarde": "99"}, ["waarde"]),
        ({"bron": " \u200b"}, ["bron"]),
        ({"bron": "x" * 301}, ["bron"]),
        ({"toelichting": "x" * 1001}, ["toelichting"]),
        ({"was": "4.1"}, ["waarde"]),
        ({"waarde": "7", "bron": ""}, ["waarde", "bron"]),
    ],
)
def test_what_is_wrong_is_said_at_its_entry_and_what_was_typed_stays(
    site: Site, changes: dict[str, str], fields: list[str]
) -> None:
    officer = site.browser(UTRECHT)
    answer = sent(officer, **changes)
    assert answer.status_code == 422
    page = Elements(answer.text)
    summary = [
        one["href"]
        for one in page.of("a")
        if (one["href"] or "").startswith("#") and one["href"] != "#inhoud"
    ]
    assert summary == [f"#{name}" for name in fields]
    by_id = {one["id"]: one for _, one in page.found if one.get("id")}
    for name in fields:
        assert by_id[name]["aria-invalid"] == "true"
        assert f"{name}-fout" in (by_id[name]["aria-describedby"] or "")
        assert f"{name}-fout" in by_id
    assert "Fout: Melden" in answer.text.split("</title>")[0]
    if "toelichting" not in changes:
        assert ">Zie artikel 4.</textarea>" in answer.text
    assert not site.reports.exists()


def test_a_form_that_is_too_large_is_refused(site: Site) -> None:
    officer = site.browser(UTRECHT)
    assert sent(officer, toelichting="x" * 20_000).status_code in (400, 422)
    assert sent(officer, toelichting="x" * 2_000_000).status_code in (400, 413)
    assert not site.reports.exists()


def test_a_number_and_a_quay_that_is_gone(site: Site) -> None:
    officer = site.browser(UTRECHT)
    number = "/terreinen/R1/terugmelden?laag=parks&object=R1&veld=net_ha"
    assert "In hectare, zoals 12,5." in Elements(officer.get(number).text).words
    values = {"laag": "parks", "object": "R1", "veld": "net_ha", "was": "12.5", "bron": "Meting"}
    path = "/terreinen/R1/terugmelden"
    assert officer.post(path, values | {"waarde": "-3"}, form=number).status_code == 422
    assert officer.post(path, values | {"waarde": "11,75"}, form=number).status_code == 303
    gone = "/terreinen/R2/terugmelden?laag=quays&object=K1&veld=exists"
    page = Elements(officer.get(gone).text)
    assert not page.of("select")
    hidden = {
        one["name"] or "": one["value"] or "" for one in page.of("input") if one.get("type") == "hidden"
    }
    assert (hidden["was"], hidden["waarde"]) == ("yes", "no")
    assert officer.post(POST, hidden | {"bron": "Foto van 3 mei 2026"}).status_code == 303
    # what the release does not know says so
    missing = officer.get("/terreinen/R2/terugmelden?laag=parks&object=R2&veld=net_ha").text
    assert "niet bekend" in missing
    said = [(one.draft.field, one.draft.before, one.draft.after) for one in read_reports(site.reports)]
    assert said == [("net_ha", "12.5", "11.75"), ("exists", "yes", "no")]


def test_stored_text_never_runs_on_the_page_of_another(site: Site) -> None:
    officer, editor = site.browser(UTRECHT), site.browser(EDITOR)
    assert sent(officer, bron=NASTY, toelichting=f"{NASTY}\n{{{{ 7777*7777 }}}}").status_code == 303
    where = "/terugmeldingen/TM-0001"
    assert editor.post(where, {"besluit": "declined", "reden": NASTY}, form=where).status_code == 303
    for browser in (officer, editor):
        for path in ("/terugmeldingen", where, f"/en{where}"):
            answer = browser.get(path)
            page = Elements(answer.text)
            assert [(one.get("src") or "").startswith("/statisch/") for one in page.of("script")] == [True]
            assert all((one["src"] or "").startswith("/statisch/") for one in page.of("img"))
            assert not [name for _, one in page.found for name in one if name.startswith("on")]
            assert not [one for one in page.of("a") if (one.get("href") or "").startswith("javascript")]
            assert "<script>alert(1)</script>" in page.words
            assert "\u202e" not in answer.text
            assert "60481729" not in page.words.replace("{{ 7777*7777 }}", "")
            assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "{{ 7777*7777 }}" in Elements(officer.get(where).text).words


def test_typed_text_that_is_shown_again_does_not_run_either(site: Site) -> None:
    answer = sent(
        site.browser(UTRECHT), waarde='"><script>x</script>', bron=NASTY, toelichting="</textarea><script>"
    )
    assert answer.status_code == 422
    page = Elements(answer.text)
    assert len(page.of("script")) == 1
    assert [one["value"] for one in page.of("input") if one.get("id") == "bron"] == [NASTY]


def test_names_of_parks_are_text_as_well(site: Site) -> None:
    other = site.browser(OTHER)
    page = Elements(other.get("/terreinen/S1/terugmelden").text)
    assert not page.of("b")
    assert "De <b>Wieken</b>" in page.words


def test_long_lists_come_in_pages_of_fifty_with_open_reports_first(site: Site, now: dt.datetime) -> None:
    for number in range(1, 61):
        code = "GM0344" if number % 2 else "GM0307"
        add_report(
            site.reports,
            Draft(code, "parks", f"P{number}", "max_category", "3.2", "4.2", "plan", "key:x", "0" * 16),
            now,
        )
    decide(site.reports, 1, accept=False, reason="nee", by="x", now=now)
    editor, officer = site.browser(EDITOR), site.browser(UTRECHT)

    def named(browser: Browser, path: str) -> list[str]:
        return re.findall(r'href="/terugmeldingen/(TM-\d+)"', browser.get(path).text)

    first, second = named(editor, "/terugmeldingen"), named(editor, "/terugmeldingen?bladzijde=2")
    assert first == [f"TM-{number:04d}" for number in range(2, 52)]
    assert second == [*(f"TM-{number:04d}" for number in range(52, 61)), "TM-0001"]
    assert named(editor, "/terugmeldingen?bladzijde=99") == second
    for odd in ("0", "-1", "x", "٣", "1e3"):
        assert named(editor, f"/terugmeldingen?bladzijde={odd}") == first
    own = named(officer, "/terugmeldingen")
    assert own == [*(f"TM-{number:04d}" for number in range(3, 61, 2)), "TM-0001"]
    assert "Nog te beoordelen: 59. In totaal 60." in Elements(editor.get("/terugmeldingen").text).words


def test_a_service_without_a_file_takes_no_reports(
    release: Release, tmp_path: Path, now: dt.datetime
) -> None:
    site = make_site(release, tmp_path, now, feedback=False)
    for browser in (site.browser(), site.browser(UTRECHT), site.browser(EDITOR)):
        for path in (POST, FORM, "/terugmeldingen", "/terugmeldingen/TM-0001"):
            assert browser.get(path).status_code == 404
        assert "Deze dienst neemt geen meldingen aan." in browser.get("/terugmeldingen").text
        assert "This service takes no reports." in browser.get("/en/terugmeldingen").text
        for path in ("/terreinen/R2", "/gemeenten/GM0344", "/"):
            assert "terugmeld" not in browser.get(path).text


def test_a_service_does_not_start_with_a_damaged_file(
    release: Release, tmp_path: Path, now: dt.datetime
) -> None:
    (tmp_path / "feedback.json").write_text("{}", encoding="utf-8")
    (tmp_path / "feedback.json").chmod(0o600)
    with pytest.raises(Exception, match="not a file of reports"):
        make_site(release, tmp_path, now)


def test_a_file_that_is_damaged_meanwhile_is_not_shown_as_an_empty_one(site: Site) -> None:
    officer = site.browser(UTRECHT)
    assert sent(officer).status_code == 303
    token = token_in(officer.get("/terreinen/R1/terugmelden?laag=parks&object=R1&veld=net_ha").text)
    site.reports.write_text("{", encoding="utf-8")
    for browser in (officer, site.browser(EDITOR)):
        assert browser.get("/terugmeldingen").status_code == 503
        assert browser.get("/terugmeldingen/TM-0001").status_code == 503
    assert officer.get(FORM).status_code == 503
    assert officer.post(POST, GIVEN | {"token": token}).status_code == 503
    assert officer.get("/terreinen/R2").status_code == 200


def test_two_editors_at_the_same_time_decide_once(site: Site, now: dt.datetime) -> None:
    assert sent(site.browser(UTRECHT)).status_code == 303
    editor = site.browser(EDITOR)
    where = "/terugmeldingen/TM-0001"
    token = token_in(editor.get(where).text)
    decide(site.reports, 1, accept=False, reason="Nee.", by="key:tweede", now=now)
    answer = editor.post(where, {"token": token, "besluit": "accepted", "reden": "Ja."})
    assert answer.status_code == 422
    assert "TM-0001 is al beoordeeld." in answer.text
    assert read_reports(site.reports)[0].state is State.DECLINED


def test_english_pages_keep_their_language(site: Site) -> None:
    officer = site.browser(UTRECHT)
    form = officer.get(f"/en{FORM}")
    assert '<html lang="en">' in form.text
    assert "Where can the right value be found?" in form.text
    assert 'action="/en/terreinen/R2/terugmelden"' in form.text
    answer = officer.post(f"/en{POST}", GIVEN, form=f"/en{FORM}")
    assert answer.headers["location"] == "/en/terugmeldingen/TM-0001?ontvangen=ja"

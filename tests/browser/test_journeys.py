"""Journeys of people through the pages, in a real browser, each to its end."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.town import OUDEWATER, hidden_sites

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.browsing import Visited
    from tests.support.town import Town

pytestmark = pytest.mark.xdist_group("plan")
SLOW_MS = 60_000


def test_an_officer_reads_her_page_opens_a_why_and_takes_her_package(
    person: Callable[..., Visited], tmp_path: Path
) -> None:
    officer = person("oudewater")
    page = officer.page
    page.get_by_role("link", name="Oudewater").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oudewater")
    parks = page.locator("table", has_text="Bedrijventerreinen in deze gemeente")
    parks.get_by_role("link", name="Tappersheul").click()
    expect(page.get_by_role("heading", name="Waarom")).to_be_visible()
    page.get_by_role("link", name="Oudewater").first.click()
    page.get_by_role("link", name="Stel uw keuzepakket samen").click()
    chosen = page.locator("input[type=checkbox]:checked")
    expect(chosen).not_to_have_count(0)
    with page.expect_download(timeout=SLOW_MS) as waiting:
        page.get_by_role("button", name=re.compile("pakket", re.IGNORECASE)).first.click()
    saved = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    assert saved.name == "keuzepakket-oudewater.zip"
    with zipfile.ZipFile(io.BytesIO(saved.read_bytes())) as packed:
        names = packed.namelist()
        assert packed.testzip() is None
    assert any(name.endswith(".docx") for name in names)
    assert any(name.endswith(".pdf") for name in names)
    assert officer.elsewhere == []


def test_a_session_locks_a_place_and_sees_the_plan_change(person: Callable[..., Visited], town: Town) -> None:
    leader = person("leider")
    page = leader.goto("/sessies")
    page.get_by_role("link", name="Overleg West").click()

    rows = page.locator("table.places tbody tr")
    expect(rows).not_to_have_count(0)
    site = rows.first.get_attribute("data-id")
    rows.first.get_by_role("button", name=re.compile("uit", re.IGNORECASE)).first.click()
    page.get_by_text("Stap 1", exact=False).first.wait_for()
    assert site is not None
    # what the lock moved names the place itself
    expect(page.locator("section.result")).to_contain_text(site)
    expect(page.locator("ol.minutes li")).to_have_count(1)
    minutes = page.request.get(f"{leader.root}/sessies/west/notulen").text()
    assert site in minutes
    assert "leider" in minutes


def test_a_stranger_finds_no_place_of_the_plan_anywhere(person: Callable[..., Visited], town: Town) -> None:
    stranger = person()
    sites = [site for site in hidden_sites(town.release) if "-" in site]
    public = set(town.release.table("plot_evidence")["plot_id"].astype(str))
    assert sites
    seen: set[str] = set()
    left = ["/"]
    while left:
        path = left.pop()
        if path in seen or len(seen) > 250:
            continue
        seen.add(path)
        answer = stranger.page.request.get(stranger.root + path)
        if "text/html" not in answer.headers["content-type"]:
            continue
        text = answer.text()
        assert not re.search(
            r"reservation_plan|reservation_sites|site_protection|Voorgestelde reservering", text
        ), path
        for site in sites:
            # plots are public; that one of them is in the plan is not
            assert site in public or site not in text, (path, site)
        found = re.findall(r'href="(/[^"#]*)"', text)
        left += [one.replace("&amp;", "&") for one in found if _walked(one)]
    assert len(seen) > 60
    assert f"/gemeenten/{OUDEWATER}" in seen
    for path in ("/lagen/reservation_plan", "/v1/collections/reservation_plan", "/sessies/west"):
        answer = stranger.page.request.get(stranger.root + path, max_redirects=0)
        assert answer.status in {303, 404}, path


def _walked(path: str) -> bool:
    """Whether a link is a page in Dutch that is not one of many like it."""
    if path.startswith(("/en", "/statisch", "/v1", "/inloggen", "/releases")) or "?" in path:
        return False
    park = re.fullmatch(r"/terreinen/VB(\d+)", path)
    return park is None or int(park[1]) <= 20


def test_somebody_gives_a_plan_and_gets_the_paragraph(person: Callable[..., Visited]) -> None:
    page = person().goto("/plantoets")
    page.get_by_label("Punten van de grens, één per regel").fill(
        "131000 458000\n131400 458000\n131400 458400\n131000 458400"
    )
    page.get_by_role("button", name="Toets dit plan").click()
    paragraph = page.locator(".plan-paragraph")
    paragraph.wait_for()
    text = paragraph.inner_text()
    assert "16,0 hectare" in text, "400 by 400 m"
    assert "concept" in text.lower()
    expect(page.locator("svg").first).to_be_visible()


def test_somebody_draws_a_plan_and_gets_the_paragraph(person: Callable[..., Visited]) -> None:
    seen = person()
    page = seen.map("/plantoets", seconds=60)
    page.get_by_role("button", name="Teken op de kaart").click()
    place = page.locator("[data-map-draw]")
    test = place.get_by_role("button", name="Toets dit plan")
    expect(test).to_be_disabled()
    canvas = page.locator(".map-canvas canvas")
    for x, y in ((420, 200), (460, 200), (460, 240), (420, 240)):
        canvas.click(position={"x": x, "y": y})
    expect(place).to_contain_text("4 punten")
    drawn = page.get_by_label("Punten van de grens, één per regel").input_value().split("\n")
    assert len(drawn) == 4
    west, south = (float(value) for value in drawn[0].split())
    assert 4.7 < west < 5.7, "in the province"
    assert 51.8 < south < 52.4
    test.click()
    expect(page.locator(".plan-paragraph")).to_contain_text("Het plangebied is")
    assert seen.elsewhere == []


def test_only_the_keyboard_from_the_start_page_to_a_download(
    person: Callable[..., Visited], tmp_path: Path
) -> None:
    page = person().goto("/")
    press(page, "Naam van de gemeente")
    page.keyboard.type("Oudewater")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Oudewater", level=1).wait_for()
    press(page, "Bedrijventerreinen van Oudewater, Excel", enough=200)
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    saved = tmp_path / "parks.xlsx"
    waiting.value.save_as(saved)
    assert saved.read_bytes()[:2] == b"PK"


def press(page: Page, wanted: str, enough: int = 60) -> None:
    """Press Tab until the element of this name has focus, each with a focus that can be seen."""
    for _ in range(enough):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const a = document.activeElement; const s = getComputedStyle(a);"
            " return [a.labels?.[0]?.innerText ?? a.innerText ?? '', s.outlineStyle, a.tagName]; })()"
        )
        assert focused[2] != "BODY", "focus was lost"
        if focused[0].strip() == wanted:
            assert focused[1] != "none"
            return
    raise AssertionError(f"{wanted} cannot be reached with Tab")

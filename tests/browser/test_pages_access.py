"""Every page for every reader: axe, screens small and large, no script, no other host, paper, valid HTML."""

from __future__ import annotations

import io
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.support.npm import npm_tool
from tests.support.town import OUDEWATER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.browsing import Visited
    from tests.support.town import Town

pytestmark = pytest.mark.xdist_group("plan")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = (
    "/", "/gemeenten?naam=w", f"/gemeenten/{OUDEWATER}", "/terreinen/VB010", "/lagen", "/lagen/park_evidence",
    "/lagen/research_agenda?zoek=groei", "/lagen/park_evidence?zoek=zzzz", "/onbekend", "/vergelijken",
    "/plantoets", "/kaart", "/toegankelijkheid", "/inloggen", "/nergens",
)  # fmt: skip
OFFICER = (
    "/", f"/gemeenten/{OUDEWATER}", f"/gemeenten/{OUDEWATER}/keuzepakket", "/terugmeldingen", "/sessies",
    "/sessies/west",
)  # fmt: skip
EDITOR = ("/terreinen/VB010", "/terugmeldingen", "/lagen/reservation_plan", "/sessies")


def faults(page: Any) -> list[tuple[str, list[str]]]:
    """Give what axe finds wrong."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found.response["violations"]
    ]


@pytest.mark.parametrize("start", ["", "/en"])
@pytest.mark.parametrize(("who", "paths"), [(None, OPEN), ("oudewater", OFFICER), ("redactie", EDITOR)])
def test_axe_finds_nothing(
    person: Callable[..., Visited], who: str | None, paths: tuple[str, ...], start: str
) -> None:
    reader = person(who)
    for path in paths:
        page = reader.goto(start + path)
        assert page.locator("html").get_attribute("lang") == ("en" if start else "nl")
        assert page.locator("h1").count() == 1, path
        assert faults(page) == [], path
    assert reader.elsewhere == []


@pytest.mark.parametrize("width", [320, 390, 640, 1280, 1920])
def test_no_page_is_wider_than_the_screen(person: Callable[..., Visited], width: int) -> None:
    # 320 px is a laptop at 400 %, 640 px one at 200 %
    reader = person("oudewater", viewport={"width": width, "height": 800})
    for path in dict.fromkeys((*OPEN, *OFFICER)):
        page = reader.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("options", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_pages_hold_in_other_colours_and_without_motion(
    person: Callable[..., Visited], options: dict[str, Any]
) -> None:
    reader = person("oudewater", **options)
    for path in (f"/gemeenten/{OUDEWATER}", "/plantoets", "/sessies/west"):
        page = reader.goto(path)
        assert page.get_by_role("heading", level=1).is_visible()
        assert page.get_by_role("button").first.is_visible()
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
        )
        assert not moving or "reduced_motion" not in options


def test_pages_say_the_same_without_a_script(person: Callable[..., Visited]) -> None:
    quiet, usual = person("oudewater", java_script_enabled=False), person("oudewater")
    for path in (f"/gemeenten/{OUDEWATER}", "/terreinen/VB010", "/lagen/park_evidence", "/onbekend"):
        rows = [one.goto(path).locator("table tbody tr").all_inner_texts() for one in (quiet, usual)]
        assert rows[0] == rows[1], path
        assert rows[0]
    page = quiet.goto("/")
    page.get_by_label("Naam van de gemeente").fill("Oudewater")
    page.get_by_role("button", name="Openen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oudewater")


def test_no_page_complains_or_asks_another_host(person: Callable[..., Visited]) -> None:
    reader = person("oudewater")
    for path in dict.fromkeys((*OPEN[:-1], *OFFICER)):
        reader.goto(path).wait_for_load_state("networkidle")
    assert reader.elsewhere == []
    assert reader.complaints == []


def test_a_page_on_paper_has_its_name_status_date_and_release(
    person: Callable[..., Visited], town: Town
) -> None:
    page = person().goto(f"/gemeenten/{OUDEWATER}")
    page.locator(".map-canvas[data-idle='true']").wait_for()
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    flat = re.sub(r"\s+", " ", text)
    for wanted in ("Oudewater", town.release.name, "2026-01-01", "ontwerp", "Tappersheul"):
        assert wanted in flat, wanted


def test_every_page_is_valid_html(person: Callable[..., Visited], tmp_path: Path) -> None:
    vnu = npm_tool("vnu", "vnu-jar")
    names = {}
    for who, paths in ((None, OPEN), ("oudewater", OFFICER), ("redactie", EDITOR)):
        reader = person(who)
        for number, path in enumerate(start + path for path in paths for start in ("", "/en")):
            file = tmp_path / f"{who}-{number}.html"
            file.write_text(reader.page.request.get(reader.root + path).text(), encoding="utf-8")
            names[file.name] = path
    done = subprocess.run(
        [vnu, "--errors-only", "--format", "gnu", *map(str, sorted(tmp_path.glob("*.html")))],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    for name, path in names.items():
        said = said.replace(name, f"{name} ({path})")
    assert said.strip() == ""


@pytest.mark.parametrize("who", [None, "oudewater", "redactie"])
def test_no_link_is_dead(person: Callable[..., Visited], who: str | None) -> None:
    reader = person(who)
    paths = {None: OPEN[:-1], "oudewater": OFFICER, "redactie": EDITOR}[who]
    asked: dict[str, str] = {}
    for path in paths:
        text = reader.page.request.get(reader.root + path).text()
        ids = set(re.findall(r'\bid="([^"]*)"', text))
        for href in re.findall(r'href="([^"]*)"', text):
            target = href.replace("&amp;", "&")
            if target.startswith("#"):
                assert target[1:] in ids, (path, target)
            else:
                asked.setdefault(target.partition("#")[0], path)
    parks = [one for one in asked if re.search(r"/terreinen/VB\d+$", one)]
    many = [one for one in asked if "sorteer=" in one or "/gemeenten/GM" in one or "kies=" in one]
    for target in sorted(set(asked) - set(parks[3:]) - set(many[6:])):
        assert target.startswith("/"), (asked[target], target)
        answer = reader.page.request.get(reader.root + target)
        assert answer.status < 400, (asked[target], target, answer.status)

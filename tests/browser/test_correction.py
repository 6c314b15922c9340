"""A wrong category from report to next release, in a real browser; and a planner who compares both."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from api.http.running import make_service
from api.http.settings import Settings
from api.jobs.keys import add_key
from api.jobs.publish import publish
from api.jobs.roles import Role
from tests.support.browsing import running, visit
from tests.support.feedback_site import make_release, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.browsing import Visited

PEOPLE = {"utrecht": (Role.MUNICIPALITY, {"GM0344"}), "redactie": (Role.EDITOR, set[str]())}


def sign_in(browser: Browser, root: str, key: str) -> Visited:
    _, seen = visit(browser, root)
    seen.page.set_default_timeout(60_000)
    page = seen.goto("/inloggen")
    page.get_by_label("Sleutel").fill(key)
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("button", name="Uitloggen").wait_for()
    return seen


def test_a_wrong_category_is_reported_accepted_and_told_in_the_next_release(
    browser: Browser, tmp_path: Path
) -> None:
    now = dt.datetime.now(dt.UTC)
    until = now + dt.timedelta(days=9)
    keys = {
        name: add_key(tmp_path / "keys.json", name, role, frozenset(codes), until=until, now=now)
        for name, (role, codes) in PEOPLE.items()
    }
    first = make_release(write_project(tmp_path / "before"))
    publish(first, tmp_path / "published", now=now)
    settings = Settings(
        publication=tmp_path / "published", keys=tmp_path / "keys.json", feedback=tmp_path / "feedback.json",
        follow_s=0.05, burst=1e6, per_second=1e6,
    )  # fmt: skip
    with running(make_service(settings)) as root:
        officer = sign_in(browser, root, keys["utrecht"]).page
        number = report(officer, root)
        expect(officer.locator("main")).to_contain_text("nog niet beoordeeld", ignore_case=True)

        editor = sign_in(browser, root, keys["redactie"]).page
        decide(editor, root, number)

        officer.goto(f"{root}/terugmeldingen/{number}")
        text = officer.locator("main").inner_text()
        assert "Bestemmingsplan Noord, blad 3" in text
        assert "Klopt met de plankaart" in text

        (tmp_path / "after").mkdir()
        (tmp_path / "after" / "feedback.json").write_bytes((tmp_path / "feedback.json").read_bytes())
        (tmp_path / "after" / "feedback.json").chmod(0o600)
        second = make_release(write_project(tmp_path / "after", "feedback.json"))
        assert second.name != first.name
        publish(second, tmp_path / "published", now=now + dt.timedelta(minutes=1))
        stranger = visit(browser, root)[1].page
        wait_for(stranger, f"{root}/terreinen/R1", second.name)
        told = stranger.locator("table", has_text="Wat is gecorrigeerd na een melding")
        row = told.locator("tbody tr").first.inner_text()
        assert "5.1" in row, "before"
        assert "3.2" in row, "after"
        assert "Bestemmingsplan Noord, blad 3" in row, "where it comes from"
        assert stranger.locator("dt", has_text="Toegestaan").first.is_visible()

        planner = sign_in(browser, root, keys["redactie"]).page
        planner.goto(f"{root}/vergelijken")
        planner.get_by_label("Vergelijk deze uitgave met").select_option(first.name)
        planner.get_by_role("button", name="Vergelijken").click()
        changed = planner.locator("table", has_text="Wat veranderde per terrein")
        line = changed.locator("tbody tr", has_text="Toegestaan (ondergrens)").first.inner_text()
        assert line.split("\t")[-2:] == ["5.1", "3.2"]


def report(page: Page, root: str) -> str:
    """Report that the category of R1 is 3.2, and give the number of the report."""
    page.goto(f"{root}/terreinen/R1")
    page.get_by_role("link", name="Meld dat", exact=False).first.click()
    page.locator("a.report", has_text="categorie").first.click()
    page.get_by_role("button", name="Verstuur de melding").click()
    # nothing was filled in
    expect(page.locator("#fouten")).to_be_visible()
    page.get_by_label("Wat moet het zijn?").select_option("3.2")
    page.get_by_label("Waar staat de juiste waarde?").fill("Bestemmingsplan Noord, blad 3")
    page.get_by_role("button", name="Verstuur de melding").click()
    page.get_by_text("Uw melding is ontvangen.").wait_for()
    return page.url.rstrip("/").rpartition("/")[2].partition("?")[0]


def decide(page: Page, root: str, number: str) -> None:
    """Accept a report from the list."""
    page.goto(f"{root}/terugmeldingen")
    page.get_by_role("link", name=number).first.click()
    page.get_by_label("Aanvaarden", exact=False).check()
    page.get_by_label("Waarom?").fill("Klopt met de plankaart.")
    page.get_by_role("button", name="Leg het besluit vast").click()
    expect(page.locator("main")).to_contain_text("Klopt met de plankaart.")


def wait_for(page: Page, address: str, release: str) -> None:
    """Load a page again until it is of a release."""
    end = time.monotonic() + 180
    while True:
        page.goto(address)
        if release in page.locator("footer").inner_text():
            return
        assert time.monotonic() < end, "the next release was not shown in time"
        time.sleep(0.2)

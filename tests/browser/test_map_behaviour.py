"""The map in a real browser: what it asks for, its layers, pop-ups by mouse and keyboard, search and link."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pyproj
import pytest
from playwright.sync_api import expect

from tests.support.browsing import NO_GRAPHICS, visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Playwright

    from tests.support.browsing import Visited

    Open = Callable[..., Visited]

TILE = 512
"""Side of the whole world at zoom level 0, pixels of a MapLibre map."""
PARK = "park_evidence:VB001"
LAGE_WEIDE = (5.0658, 52.1061)
"""Near the middle of the sample's Lage Weide, longitude and latitude."""


def query_in(link: str) -> dict[str, str]:
    found = parse_qs(urlsplit(link).query, keep_blank_values=True)
    return {name: values[0] for name, values in found.items()}


def query_of(page: Page) -> dict[str, str]:
    return query_in(page.url)


def wait_for(page: Page, holds: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """Wait until what the link of the map says holds, and give it; the map writes it when it stands still."""
    page.wait_for_url(lambda link: holds(query_in(link)))
    return query_of(page)


def middle_of(query: dict[str, str]) -> tuple[float, float]:
    """Read latitude and longitude of the middle of the map."""
    latitude, longitude = (float(part) for part in query["midden"].split(","))
    return latitude, longitude


def layers_of(query: dict[str, str]) -> set[str]:
    return set(query.get("lagen", "").split(","))


def there(zoom: float = 13) -> str:
    return f"/kaart?midden={LAGE_WEIDE[1]},{LAGE_WEIDE[0]}&zoom={zoom}"


def test_the_map_asks_nothing_of_another_host_and_complains_of_nothing(visited: Open) -> None:
    seen = visited()
    page = seen.map("/kaart")
    assert seen.elsewhere == []
    assert seen.complaints == []
    # something was drawn: tiles of the layers that are on came in, and of no other
    assert {path.split("/")[3] for path in seen.paths("/tiles/")} == {
        "park_evidence",
        "waterways",
        "municipalities",
    }
    expect(page.get_by_role("checkbox", name="Bedrijventerreinen: categorie en water")).to_be_checked()


def test_a_layer_is_asked_for_when_it_is_switched_on_and_not_before(visited: Open) -> None:
    seen = visited()
    page = seen.map("/kaart")
    assert seen.paths("/quays/") == []
    page.get_by_role("checkbox", name="Kaden en loswallen").check()
    expect(page.locator(".map-said")).to_have_text("Kaden en loswallen staat aan.")
    assert any("/quays/tiles/" in path for path in seen.paths("/quays/"))
    # the table of the layer comes along, and goes with it
    expect(page.get_by_role("heading", name="Kaden en loswallen")).to_be_visible()
    wait_for(page, lambda query: "quays" in layers_of(query))
    page.get_by_role("checkbox", name="Kaden en loswallen").uncheck()
    expect(page.get_by_role("heading", name="Kaden en loswallen")).to_have_count(0)
    wait_for(page, lambda query: "quays" not in layers_of(query))
    assert seen.complaints == []


def test_a_layer_is_coloured_by_another_column(visited: Open) -> None:
    seen = visited()
    page = seen.map("/kaart")
    page.get_by_label("Kleur naar").first.select_option("park_evidence-connection")
    legend = page.locator("[data-legend-of=park_evidence]:not([hidden])").get_by_role("listitem")
    # the classes of the connection in the catalogue, in its order
    expect(legend).to_have_text(
        ["eigen kade", "openbare kade", "aan het water", "nabij water", "geen", "niet beoordeeld"]
    )
    wait_for(page, lambda query: query.get("kleur") == "park_evidence-connection")
    assert seen.paths("/styles/park_evidence-connection")


def test_a_click_tells_what_lies_there(visited: Open) -> None:
    seen = visited()
    page = seen.map(there())
    box = page.locator(".map-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    facts = page.locator(".map-facts")
    expect(facts.get_by_role("heading")).to_have_text("Lage Weide")
    assert (
        facts.get_by_role("link", name="Alles over dit terrein").get_attribute("href") == "/terreinen/VB001"
    )
    wait_for(page, lambda query: query.get("kies") == PARK)
    page.get_by_role("button", name="Sluiten").click()
    expect(facts).to_have_count(0)
    wait_for(page, lambda query: "kies" not in query)


def test_the_map_works_by_keyboard_and_lets_go_of_it(visited: Open) -> None:
    seen = visited()
    page = seen.map(there())
    canvas = page.get_by_role("region", name="Kaart", exact=True)
    canvas.focus()
    expect(page.locator(".map-cross")).to_be_visible()
    page.keyboard.press("Enter")
    facts = page.locator(".map-facts")
    expect(facts).to_be_focused()
    expect(facts.get_by_role("heading")).to_have_text("Lage Weide")
    # the first stop after it is a link to more
    page.keyboard.press("Tab")
    expect(facts.get_by_role("link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(facts).to_have_count(0)
    expect(canvas).to_be_focused()
    # arrows move, and the link of the page follows
    _, west = middle_of(query_of(page))
    page.keyboard.press("ArrowRight")
    wait_for(page, lambda query: middle_of(query)[1] > west)
    # no trap: tabbing on leaves the map
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator(".map-middle").evaluate("node => node === document.activeElement"):
            break
    expect(page.locator(".map-middle")).to_be_focused()


def test_nothing_under_the_cross_is_said_so(visited: Open) -> None:
    page = visited().map("/kaart?midden=52.6,4.2&zoom=12&lagen=park_evidence")
    page.get_by_role("button", name="Wat ligt in het midden?").click()
    expect(page.locator(".map-said")).to_have_text("Op deze plek ligt niets uit de lagen die aan staan.")


def test_the_map_moves_without_dragging(visited: Open) -> None:
    page = visited().map(there())
    page.get_by_role("button", name="Naar het noorden").click()
    wait_for(page, lambda query: middle_of(query)[0] > LAGE_WEIDE[1])


def test_search_finds_a_park_and_a_municipality(visited: Open) -> None:
    seen = visited()
    page = seen.map("/kaart")
    field = page.get_by_role("searchbox", name="Zoek een terrein of gemeente")
    field.fill("lage w")
    expect(page.locator(".map-count")).to_have_text("1 gevonden")
    page.get_by_role("button", name="Lage Weide (Utrecht)").click()
    expect(page.locator(".map-facts").get_by_role("heading")).to_have_text("Lage Weide")
    page.keyboard.press("Escape")
    field.fill("oudewater")
    field.press("Enter")
    expect(page.locator(".map-said")).to_have_text("Oudewater staat op de kaart.")
    field.fill("nergenshuizen")
    expect(page.locator(".map-count")).to_have_text("Geen terrein of gemeente met die naam gevonden.")
    assert seen.complaints == []


def test_a_link_restores_all_that_the_map_shows(visited: Open) -> None:
    # without motion: a zoom then starts where the search ended, however slow the machine
    first = visited(reduced_motion="reduce").map("/en/kaart")
    first.get_by_role("checkbox", name="Roads, railways and dikes").check()
    first.get_by_label("Colour by").first.select_option("park_evidence-permitted_low")
    first.get_by_role("searchbox").fill("Lage Weide")
    first.get_by_role("button", name="Lage Weide").click()
    expect(first.locator(".map-facts")).to_be_visible()
    found = wait_for(first, lambda query: query.get("kies") == PARK)
    first.get_by_role("button", name="Zoom in").click()
    asked = wait_for(first, lambda query: float(query["zoom"]) > float(found["zoom"]))
    link = first.url
    second = visited()
    page = second.map(link.removeprefix(second.root))
    expect(page.locator(".map-facts").get_by_role("heading")).to_have_text("Lage Weide")
    expect(page.get_by_role("checkbox", name="Roads, railways and dikes")).to_be_checked()
    expect(page.get_by_label("Colour by").first).to_have_value("park_evidence-permitted_low")
    assert page.locator("html").get_attribute("lang") == "en"
    # what is read on opening leaves the reader where reading begins
    assert page.locator(".map-facts").evaluate("node => document.activeElement === document.body")
    page.get_by_role("checkbox", name="Municipalities").uncheck()
    again = wait_for(page, lambda query: "municipalities" not in layers_of(query))
    assert {**again, "lagen": ""} == {**asked, "lagen": ""}
    assert layers_of(asked) - layers_of(again) == {"municipalities"}
    assert second.complaints == []


def test_the_link_is_copied_or_shown_to_be_copied(visited: Open) -> None:
    page = visited(permissions=["clipboard-read", "clipboard-write"]).map(there())
    page.get_by_role("button", name="Kopieer link").click()
    expect(page.locator(".map-said")).to_have_text("De link is gekopieerd.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "midden=52.10610,5.06580" in copied
    refused = visited().map(there())
    refused.get_by_role("button", name="Kopieer link").click()
    # Debian's Chromium lets a page copy unasked, other browsers show the link
    said = refused.locator(".map-said")
    expect(said).not_to_be_empty()
    field = refused.get_by_role("textbox", name="Link naar deze kaart")
    if said.inner_text() != "De link is gekopieerd.":
        expect(field).to_have_value(copied)


def metres_of_a_pixel(latitude: float, zoom: float) -> float:
    """Compute what a pixel covers on the ground, west to east, on the ellipsoid and not as MapLibre does."""
    lon_of_100 = 100 * 360 / (TILE * 2**zoom)
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(5.0, latitude, 5.0 + lon_of_100, latitude)
    return float(metres) / 100


@pytest.mark.parametrize(("latitude", "zoom"), [(52.1, 9.0), (51.2, 12.5), (53.4, 14.0)])
def test_the_scale_bar_is_as_long_as_it_says(visited: Open, latitude: float, zoom: float) -> None:
    page = visited().map(f"/kaart?midden={latitude},5.1&zoom={zoom}")
    bar = page.locator(".maplibregl-ctrl-scale")
    box = bar.bounding_box()
    assert box is not None
    number, unit = re.fullmatch(r"([\d.]+)\s?(km|m)", bar.inner_text()).groups()  # type: ignore[union-attr]
    said = float(number) * (1000 if unit == "km" else 1)
    # its borders make it up to two pixels longer; sphere and ellipsoid differ by a third of a per cent
    drawn = metres_of_a_pixel(latitude, zoom) * box["width"]
    assert math.isclose(drawn, said, rel_tol=0.004 + 3 / box["width"])


def test_without_webgl_a_text_stands_in_for_the_map(playwright: Playwright, chromium: str, site: str) -> None:
    plain = playwright.chromium.launch(executable_path=chromium, args=list(NO_GRAPHICS))
    try:
        context, seen = visit(plain, site)
        page = seen.goto("/kaart")
        expect(page.locator(".map-message")).to_contain_text("Deze browser kan geen kaart tekenen")
        expect(page.locator("[data-legend-of=park_evidence]:not([hidden])").first).to_be_visible()
        expect(page.locator("table[data-layer=park_evidence] tr[data-id=VB001]")).to_be_visible()
        # the switches send the form, as they do without a script
        page.get_by_role("checkbox", name="Kaden en loswallen").check()
        page.get_by_role("button", name="Toon deze lagen").click()
        expect(page.get_by_role("heading", name="Kaden en loswallen")).to_be_visible()
        context.close()
    finally:
        plain.close()


def test_without_a_script_the_legend_switches_the_tables(visited: Open) -> None:
    page = visited(java_script_enabled=False).goto("/kaart")
    expect(page.locator(".map-message")).to_contain_text("De kaart zelf vraagt JavaScript")
    page.get_by_role("checkbox", name="Vaarwegen").uncheck()
    page.get_by_role("button", name="Toon deze lagen").click()
    expect(page.get_by_role("heading", name="Vaarwegen")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Bedrijventerreinen: categorie en water")).to_be_checked()


def test_the_tables_hold_the_rows_of_their_layers(visited: Open, site: str) -> None:
    page = visited().map("/kaart?lagen=park_evidence,waterways,municipalities,quays")
    for name in ("park_evidence", "waterways", "municipalities", "quays"):
        items = httpx.get(
            f"{site}/v1/collections/{name}/items", params={"limit": 1000}, trust_env=False
        ).json()
        rows = page.locator(f"table[data-layer={name}] tbody tr")
        shown = [row.get_attribute("data-id") for row in rows.all()]
        assert sorted(str(one) for one in shown) == sorted(str(one["id"]) for one in items["features"])
        assert len(shown) == items["numberMatched"] > 0


def test_a_row_of_the_table_leads_to_its_place_on_the_map(visited: Open) -> None:
    page = visited().map("/kaart")
    row = page.locator("table[data-layer=park_evidence] tr[data-id=VB001]")
    row.get_by_role("link", name="toon").click()
    expect(page.locator(".map-facts").get_by_role("heading")).to_have_text("Lage Weide")
    expect(page.locator(".map-facts")).to_be_focused()
    wait_for(page, lambda query: query.get("kies") == PARK)


def test_a_layer_that_is_not_for_the_reader_is_as_one_that_never_was(visited: Open, site: str) -> None:
    seen = visited()
    page = seen.map("/kaart?lagen=park_evidence,binding_objects,nooit&kies=binding_objects:1")
    assert page.locator("[value=binding_objects]").count() == 0
    assert seen.paths("binding_objects") == []
    answers = [
        httpx.get(f"{site}/kaart/lagen/{name}/1", trust_env=False)
        for name in ("binding_objects", "nooit", "park_evidence")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert seen.complaints == []

"""The web map: one file, no network, no secrets, every label from the catalogue."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from layers.schema import Level
from maps.payload import water_band
from maps.reading import View
from maps.webmap import web_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from layers.release import Release


class Page(HTMLParser):
    """Gathers what a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.blocks: dict[str, list[tuple[dict[str, str], list[str]]]] = {
            "script": [],
            "style": [],
            "title": [],
        }
        self._inside: str | None = None
        self.visible: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.tags.append((tag, known))
        if tag in self.blocks:
            self._inside = tag
            self.blocks[tag].append((known, []))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is None:
            self.visible.append(data)
        else:
            self.blocks[self._inside][-1][1].append(data)

    def texts(self, block: str) -> list[str]:
        return ["".join(parts) for _, parts in self.blocks[block]]


@pytest.fixture(scope="module")
def public(region: Release) -> str:
    return web_map(View(region, Level.PUBLIC)).decode()


@pytest.fixture(scope="module")
def planner(region: Release) -> str:
    return web_map(View(region, Level.PROVINCE)).decode()


def data_of(text: str) -> dict[str, Any]:
    page = Page(text)
    found = [
        "".join(parts) for attributes, parts in page.blocks["script"] if attributes.get("id") == "gegevens"
    ]
    data: dict[str, Any] = json.loads(found[0])
    return data


def test_nothing_remote_is_asked_for(public: str, planner: str) -> None:
    for text in (public, planner):
        page = Page(text)
        for tag, attributes in page.tags:
            for name, value in attributes.items():
                if name in {"src", "href", "srcset", "data", "action", "poster", "xlink:href"} and tag != "a":
                    assert value.startswith(("data:", "#")), (tag, name, value)
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
        for style in page.texts("style"):
            assert "@import" not in style
            for target in re.findall(r"url\(\s*['\"]?([^)'\"]*)", style):
                assert target.startswith(("data:", "#")), target
        links = [attributes["href"] for tag, attributes in page.tags if tag == "a" and "href" in attributes]
        assert all(link.startswith("#") for link in links)


def test_the_only_addresses_in_scripts_are_an_attribution_link_and_a_namespace(public: str) -> None:
    found = {
        address.rstrip("\"'")
        for script in Page(public).texts("script")
        for address in re.findall(r"https?://[^\s\"'<>\\)]+", script)
    }
    assert found <= {"https://leafletjs.com", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "sourceMappingURL" not in public


def test_the_policy_allows_exactly_the_scripts_and_styles_of_the_page(public: str) -> None:
    page = Page(public)
    policies = [
        attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    rules = dict(rule.strip().split(" ", 1) for rule in policies[0].split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe-inline" not in policies[0]

    def hashed(texts: list[str]) -> set[str]:
        return {
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts
        }

    run = ["".join(parts) for attributes, parts in page.blocks["script"] if "type" not in attributes]
    assert set(rules["script-src"].split()) == hashed(run)
    assert set(rules["style-src"].split()) == hashed(page.texts("style"))


def test_the_page_says_what_it_is(public: str, planner: str) -> None:
    for text in (public, planner):
        page = Page(text)
        assert ("html", {"lang": "nl"}) in page.tags
        assert page.texts("title") == ["Hoge milieucategorie en water: Proefgebied & omstreken"]
        assert any(attributes.get("name") == "description" for tag, attributes in page.tags if tag == "meta")
        shown = " ".join(page.visible)
        assert "Schematisch voorbeeld." in shown
        assert "Provincie Voorbeeld · peildatum 1 januari 2026 · status: verkenning" in shown
        assert "IBIS" in shown
    assert "Niet openbaar." in planner
    assert "Niet openbaar." not in public


def test_no_banner_on_a_project_with_data_of_its_own(tmp_path: Path, make: Callable[..., Release]) -> None:
    made = make(tmp_path, facts={"sample": False})
    assert "Schematisch voorbeeld" not in web_map(View(made, Level.PUBLIC)).decode()


def test_every_class_of_every_theme_is_in_the_legend_with_its_pattern(public: str, region: Release) -> None:
    shown = [text.strip() for text in Page(public).visible]
    for theme in ("verdict", "category", "connection", "housing"):
        for style in region.classes(theme):
            assert style.label_nl in shown
            name = f"p-{theme}-{style.code.replace('.', '-')}"
            assert f'<pattern id="{name}"' in public
            assert f'fill="url(#{name})"' in public


def test_there_is_a_switch_for_every_layer_group(public: str, planner: str) -> None:
    themes = [
        attributes["value"] for tag, attributes in Page(public).tags if attributes.get("name") == "thema"
    ]
    assert themes == ["heavy", "permitted", "usable", "water", "housing"]
    groups = {attributes["data-group"] for _, attributes in Page(public).tags if "data-group" in attributes}
    assert groups == {"parks", "waterways", "municipalities", "quays", "zoned-estates", "protected-areas"}
    more = {attributes["data-group"] for _, attributes in Page(planner).tags if "data-group" in attributes}
    assert more - groups == {"plots", "housing-effects", "binding-objects", "atelier"}


def test_what_goes_out_names_no_home_plan_or_firm(
    public: str, planner: str, secrets: tuple[str, ...]
) -> None:
    for secret in secrets:
        assert secret not in public
    assert "HUIS-GEHEIM-17" in planner
    assert "Geheim Weidepark" in planner
    data = data_of(public)
    assert data["plots"] is None
    assert {overlay["id"] for overlay in data["overlays"]} == {"quays", "zoned-estates", "protected-areas"}


def test_no_coordinate_of_a_home_is_in_what_goes_out(public: str, planner: str, region: Release) -> None:
    from gis.crs import rd_to_lonlat

    spot = rd_to_lonlat(region.table("sensitive_objects").geometry.to_numpy())[0]
    wanted = (round(spot.x * 1e6), round(spot.y * 1e6))

    def vertices(value: Any) -> Iterator[tuple[int, int]]:
        if isinstance(value, dict):
            for item in value.values():
                yield from vertices(item)
        elif isinstance(value, list) and value and all(isinstance(item, int) for item in value):
            x = y = 0
            for step in range(0, len(value) - 1, 2):
                x, y = x + value[step], y + value[step + 1]
                yield x, y
        elif isinstance(value, list):
            for item in value:
                yield from vertices(item)

    def near(text: str) -> bool:
        return any(abs(x - wanted[0]) < 30 and abs(y - wanted[1]) < 30 for x, y in vertices(data_of(text)))

    assert near(planner)
    assert not near(public)


def test_missing_values_say_so_and_are_never_zero_or_nan(public: str) -> None:
    data = data_of(public)
    labels = [label for _, label in data["parks"]["labels"]]
    unknown = next(park for park in data["parks"]["items"] if park["id"] == "RIN0009")
    texts = dict(zip(labels, unknown["texts"], strict=True))
    for label in ("Toegestaan", "Toegestaan hoog", "Oeverlengte", "Marge (op 5 m)", "Aantal kavels"):
        assert texts[label] == ("4" if label == "Aantal kavels" else "niet beoordeeld")
    every = json.dumps(data, ensure_ascii=False)
    for wrong in ("nan", "NaN", "None", "<NA>"):
        assert f'"{wrong}"' not in every
        assert f"{wrong} ha" not in every
    assert all(pair == ["not_assessed"] * 2 for pair in unknown["themes"].values())


def test_popups_give_the_evidence_with_intervals_and_units(public: str) -> None:
    data = data_of(public)
    labels = [label for _, label in data["parks"]["labels"]]
    park = next(park for park in data["parks"]["items"] if park["title"] == "De Wieken")
    texts = dict(zip(labels, park["texts"], strict=True))
    assert texts["Toegestaan"] == "4.1 tot 4.2"
    # 31.0 ha is sure and 4.04 ha may come on top
    assert texts["Toegestaan en benutbaar hoog"] == "31 tot 35 ha"
    assert texts["Verlies door vastgestelde woningbouw"] == "0,4 tot 0,9 ha"
    assert texts["Afstand bindend object"] == "185 m"
    assert texts["Marge (op 5 m)"] == "-15 m"
    assert texts["Bindend object: soort"] == "woning"
    assert texts["Waterontsluiting"] == "aan het water"
    assert texts["Kade bevestigd door gemeente"] == "niet beoordeeld"
    isselt = next(park for park in data["parks"]["items"] if park["title"] == "De Isselt")
    assert dict(zip(labels, isselt["texts"], strict=True))["Afgesneden door"] == "spoor"


def test_a_name_with_markup_stays_a_name(public: str, hostile: str) -> None:
    page = Page(public)
    assert hostile not in public
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 4
    assert any(park["title"] == hostile for park in data_of(public)["parks"]["items"])


def test_both_readings_of_a_theme_are_kept(public: str) -> None:
    items = {park["title"]: park["themes"] for park in data_of(public)["parks"]["items"]}
    assert items["De Wieken"]["permitted"] == ["4.1", "4.2"]
    assert items["Plettenburg"]["water"] == ["adjacent", "own_quay"]
    # 3.2 ha is up to 5 ha, 8.7 ha is more, 0 is none
    assert items["Lage Weide"]["housing"] == ["some_loss", "much_loss"]
    assert items["De Liesbosch"]["housing"] == ["no_loss", "no_loss"]


def test_zones_are_there_for_both_readings_with_and_without_objects_inside(public: str) -> None:
    zones = data_of(public)["zones"]["items"]
    # eight parks, two readings, with and without objects inside, two categories each
    assert len(zones) == 8 * 2 * 2 * 2
    assert {(zone["reading"], zone["inside"]) for zone in zones} == {
        (0, True),
        (0, False),
        (1, True),
        (1, False),
    }
    assert {zone["park"] for zone in zones if zone["governed"]} == {"RIN0005"}


@pytest.mark.parametrize(
    ("cemt", "band"),
    [
        ("0", "small"),
        ("II", "small"),
        ("III", "medium"),
        ("IVb", "medium"),
        ("Va", "large"),
        ("VIIa", "large"),
        (None, "unknown"),
    ],
)
def test_waterways_are_drawn_by_their_class(cemt: str | None, band: str) -> None:
    assert water_band(cemt) == band


def test_ids_are_numbers_and_not_random(public: str) -> None:
    assert "map_0001" in public
    assert not re.search(r"_[0-9a-f]{32}", public)


def test_a_release_with_only_the_required_layers_still_gives_a_map(
    tmp_path: Path, make: Callable[..., Release]
) -> None:
    made = make(
        tmp_path,
        without=(
            "plot_evidence", "usable_zones", "usable_blocks", "waterways", "quays", "zoned_estates", "protected_areas", "sensitive_objects",
            "binding_objects", "businesses", "housing_plans", "housing_effects", "housing_rights", "atelier",
            "disagreements", "water_by_class", "water_evidence",
        ),
    )  # fmt: skip
    for level in (Level.PUBLIC, Level.PROVINCE):
        data = data_of(web_map(View(made, level)).decode())
        assert len(data["parks"]["items"]) == 10
        assert data["zones"] is None
        assert data["waterways"] is None

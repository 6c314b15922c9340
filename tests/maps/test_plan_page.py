"""The page on the reservation plan, from rows that were planted by hand."""

from __future__ import annotations

import base64
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.catalogue import ALL_LAYERS
from layers.classes import CLASS_STYLES
from layers.release import Release
from layers.results_conflicts import CONFLICT_LAYERS
from layers.results_plan import PLAN_LAYERS
from layers.results_reservation import RESERVATION_LAYERS
from layers.results_sharing import SHARING_LAYERS
from layers.results_structure import STRUCTURE_LAYERS
from layers.schema import Column, Layer, Level
from maps import plan_charts
from maps.plan_page import plan_page
from maps.reading import View

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "<script>alert('x')</script> & Zn."
SVG = "{http://www.w3.org/2000/svg}"
LABELS = Layer(
    "site_labels", "Labels", "Labels", "table", None,
    (
        Column("site_id", "text", "Plek", "Site"),
        Column("function", "text", "Functie", "Function"),
        Column("label_nl", "text", "Label", "Label (Dutch)"),
        Column("definition_nl", "text", "Betekenis", "Definition (Dutch)"),
    ),
    level=Level.PROVINCE, order=("site_id",), role="result",
)  # fmt: skip
"""A table of labels as the robustness package gives it."""
LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        *ALL_LAYERS, *PLAN_LAYERS, *RESERVATION_LAYERS, *CONFLICT_LAYERS, *SHARING_LAYERS, *STRUCTURE_LAYERS, LABELS,
    )
}  # fmt: skip
PROJECT: dict[str, Any] = {
    "name": "Proefregio",
    "authority": "Provincie Proef",
    "sample": False,
    "note": "",
    "reference_date": "2026-01-01",
    "procedure_status": "exploration",
    "parameters": {},
    "sources": [],
}


def release(rows: dict[str, list[dict[str, Any]]], project: dict[str, Any] | None = None) -> Release:
    """Give a release that lives in memory: `kept` tables are never read from disk."""
    tables: dict[str, pd.DataFrame] = {}
    for name, own in rows.items():
        layer = LAYERS[name]
        columns = [column.name for column in layer.columns]
        data = {column: pd.Series([row.get(column) for row in own], dtype=object) for column in columns}
        tables[name] = pd.DataFrame(data)
        if layer.shape != "table":
            tables[name] = gpd.GeoDataFrame(data, geometry=[row["geometry"] for row in own], crs="EPSG:28992")
    layers = {name: LAYERS[name] for name in rows}
    facts = {**PROJECT, **(project or {})}
    return Release(Path("nowhere"), {"name": "0" * 16}, facts, layers, CLASS_STYLES, kept=tables)


def reserved(site: str, function: str, year: int, ha: float, score: float, **more: Any) -> dict[str, Any]:
    return {
        "plan": "proposal", "site_id": site, "function": function, "from_year": year, "park_id": site[:1],
        "park_name": f"Park {site[:1]}", "municipality_code": "GM0001", "sub_area": "Noord", "first_ha": ha,
        "last_ha": ha, "suitability": score, "people": 0.0, "conflict": 0.0, "certain": True, "locked_in": False,
        **more,
    }  # fmt: skip


def target(function: str, year: int, area: str | None, wanted: float, short: float) -> dict[str, Any]:
    return {
        "plan": "proposal", "target_id": f"{function}.{year}.{area}", "function": function, "sub_area": area,
        "year": year, "wanted_ha": wanted, "got_ha": wanted - short, "short_ha": short, "weight": 1.0,
    }  # fmt: skip


def way(identifier: str, kind: str, people: float, freed: float) -> dict[str, Any]:
    return {
        "way_id": identifier, "rank": 1, "kind": kind, "label_nl": f"Als {identifier}", "freed_ha": freed,
        "before": 22.0, "after": 5.5, "bound": 5.5, "gap": 0.0, "status": "optimal", "site_count": 3, "people": people,
        "text_nl": "",
    }  # fmt: skip


def aim(rank: int, name: str, unit: str, value: float, bound: float, status: str) -> dict[str, Any]:
    return {
        "plan": "proposal", "rank": rank, "aim": name, "label_nl": f"Doel {name}", "unit": unit, "value": value,
        "bound": bound, "gap": (value - bound) / value, "status": status, "final": value, "solver": "HiGHS 1.15",
        "asked_gap": 0.001, "seconds": 8.0,
    }  # fmt: skip


def point(number: int, short: float, people: float) -> dict[str, Any]:
    return {
        "point": number, "first_aim": "shortage", "second_aim": "people", "first_value": short, "second_value": people,
        "short_ha": short, "people": people, "reserved_ha": 100.0, "sites": 9, "year": 2050,
    }  # fmt: skip


ROWS: dict[str, list[dict[str, Any]]] = {
    "municipalities": [
        {"municipality_code": "GM0001", "name": "Zwanendorp", "geometry": shapely.box(130000, 450000, 140000, 460000)}
    ],
    "reservation_sites": [
        {"site_id": site, "kind": "plot", "geometry": shapely.box(x, 455000, x + 200, 455200)}
        for site, x in (("A1", 132000), ("A2", 134000), ("B1", 136000))
    ],
    # 2,5 + 10,25 + 7 = 19,75 ha on two parks; certain 12,75 ha; people 30 + 1.200
    "reservation_plan": [
        reserved("A1", "F05-5", 2035, 2.5, 0.91, people=30.0),
        reserved("A2", "F03", 2030, 10.25, 0.45),
        reserved("B1", "F03", 2030, 7.0, 0.77, people=1200.0, certain=False, park_name=HOSTILE, sub_area=None),
        reserved("B1", "F03", 2030, 500.0, 0.99) | {"plan": "other"},
    ],
    "reservation_functions": [
        {"function": "F05-5", "function_id": "F05", "name_nl": f"Breker {HOSTILE}", "category": "5.2", "status": "sourced"},
        {"function": "F03", "function_id": "F03", "name_nl": "Kringloop", "category": "2", "status": "assumption"},
    ],
    # in the whole province: 2050 wants 40 + 8,4 and misses 13,3; the sub-area is part of that
    "plan_targets": [
        target("F05-5", 2030, None, 20.0, 0.0),
        target("F05-5", 2050, None, 40.0, 13.3),
        target("F03", 2050, None, 8.4, 0.0),
        target("F03", 2050, "Noord", 3.0, 2.9),
    ],
    "plan_aims": [
        aim(1, "shortage", "ha", 13.3, 13.3, "optimal"),
        aim(2, "compactness", "parks", 80.0, 60.0, "limit"),
    ],
    "plan_clashes": [
        {"clash_id": "K1", "item": 1, "kind": "given_away", "text_nl": "Dit is aan latere doelen gegeven."},
        {"clash_id": "K2", "item": 1, "kind": "functions", "text_nl": f"Twee functies vragen dezelfde plek. {HOSTILE}"},
        {"clash_id": "K2", "item": 2, "kind": "rule", "label_nl": "de ligging aan vaarwater"},
    ],
    "plan_ways_out": [way("vrij", "free", 7.0, 6.9), way("gezond", "health", 312.0, 41.4)],
    "plan_tradeoff": [point(1, 11.2, 17435.0), point(2, 15.7, 2238.0)],
    "plan_conflicts": [
        {"plan_id": "W1", "name": f"Wijk {HOSTILE}", "phase": "soft", "dwellings": 1500.0, "sites": 2,
         "blocked_ha": 1.37, "reserved_ha": 0.4, "short_ha": 3.2},
    ],
    "reservation_conflicts": [
        {"site_id": "A1", "function": "F05-5", "from_year": 2035, "people": 30.0, "plans": "W1", "dwellings": 1500.0},
        {"site_id": "A2", "function": "F03", "from_year": 2030, "people": 0.0, "dwellings": 0.0},
    ],
    "alignment_functions": [
        {"function_id": "F03", "name_nl": "Kringloop", "verdict": "certain", "facilities": 4.0, "municipalities_certain": 11.0, "municipalities_possible": 24.0, "municipalities": 26.0, "unserved": 0.0,
         "why_nl": "Te weinig inwoners."},
        {"function_id": "F05", "name_nl": "Breker", "verdict": "no"},
    ],
    "shared_handouts": [{"municipality_code": "GM0001", "municipality": "Zwanendorp", "order": 1, "topic": "hosts"}],
    "structure_hubs": [
        {"hub_id": "A", "name": f"Hub {HOSTILE}", "hub_type_nl": "maakdistrict", "level_nl": "regionaal",
         "geometry": shapely.Point(132000, 455000)},
    ],
    "structure_chains": [
        {"chain_id": "K1", "chain_nl": "Beton", "step": 1, "runs_now": "no", "runs_plan": "yes", "cut_hubs_plan": "A"},
        {"chain_id": "K2", "chain_nl": "Hout", "step": 1, "runs_now": "yes", "runs_plan": "yes"},
    ],
    "redevelopment_pilots": [
        {"park_id": "A", "name": "Oud Terrein", "short_list": "yes", "rank_total": 1, "total": 0.66, "top_share": 0.98,
         "outdated_ha": 25.4, "geometry": shapely.box(132000, 455000, 133000, 456000)},
        {"park_id": "B", "name": "Nieuw Terrein", "short_list": "no", "rank_total": 2,
         "geometry": shapely.box(134000, 455000, 135000, 456000)},
    ],
    "pilot_lookalikes": [{"pilot_id": "A", "rank": 1, "park_id": "B", "name": "Tweeling"}],
    "site_labels": [
        {"site_id": "A2", "function": "F03", "label_nl": "altijd raak", "definition_nl": "In elke toekomst gekozen."},
        {"site_id": "B1", "function": "F03", "label_nl": "vervangbaar", "definition_nl": "Iets anders kan ook."},
    ],
}  # fmt: skip


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (of the base)
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: bytes) -> tuple[str, list[str]]:
    """Give the words and the tags of a page."""
    parser = _Text()
    parser.feed(page.decode())
    return re.sub(r"\s+", " ", " ".join(parser.words)), parser.tags


def section(page: bytes, name: str) -> str:
    """Give the words of one section."""
    found = re.search(rf'<section id="{name}".*?</section>', page.decode(), re.DOTALL)
    assert found is not None
    return read(found.group().encode())[0]


@pytest.fixture(scope="module")
def page() -> bytes:
    return plan_page(View(release(ROWS), Level.PROVINCE))


def test_the_head_calls_it_one_reasoned_alternative_and_never_the_best(page: bytes) -> None:
    words = read(page)[0]
    assert "Dit is een onderbouwd alternatief" in words
    assert not re.search(r"optima|optimum|de beste", words, re.IGNORECASE)
    assert "Niet openbaar." in words


def test_a_sample_is_called_a_sample() -> None:
    page = plan_page(View(release(ROWS, {"sample": True}), Level.PROVINCE))
    assert "Schematisch voorbeeld." in read(page)[0]


def test_the_figures_at_the_top_are_those_of_the_plan_itself(page: bytes) -> None:
    words = section(page, "plan")
    # three of four rows are the proposal, on parks A and B: 2,5 + 10,25 + 7 = 19,75
    assert re.search(r"Plekken die het plan reserveert\s+3\s+op 2 bedrijventerreinen", words)
    assert "20 ha waarvan zeker geschikt: 13 ha" in words
    assert "Tekort in 2050 13 ha van 48 ha die wordt gevraagd" in words
    assert re.search(r"Mensen binnen de afstand\s+1\.230", words)


def test_sub_areas_add_up_to_the_province(page: bytes) -> None:
    words = section(page, "plan")
    # Noord: A1 from 2035 and A2 from 2030; without a sub-area: B1 from 2030
    assert re.search(r"Noord\s*2\s*1\s*10\s*2,5\s*13", words)
    assert re.search(r"geen deelgebied\s*1\s*1\s*7,0\s*0\s*7,0", words)
    assert re.search(r"Provincie\s*3\s*2\s*17\s*2,5\s*20", words)


def test_the_first_sites_come_by_year_and_then_by_suitability(page: bytes) -> None:
    words = section(page, "eerst")
    assert words.index("(B1)") < words.index("(A2)") < words.index("(A1)")
    assert "0,77" in words
    assert "mogelijk vervangbaar" in words
    assert "zeker niet beoordeeld" in words, "A1 has no label"


def test_shortages_of_the_province_do_not_count_a_sub_area_twice(page: bytes) -> None:
    words = section(page, "past-niet")
    assert re.search(r"2050\s*48\s*35\s*13\s*1\s*Breker", words)
    assert "De andere 1 van 2 functies krijgen alles" in words
    assert "13 van 40" in words, "the chart writes what is short of what is wanted"


def test_what_clashes_is_in_words_with_its_rules_and_gifts_to_later_aims_last(page: bytes) -> None:
    words = section(page, "botst")
    assert "Regels die meespelen: de ligging aan vaarwater." in words
    assert words.index("Twee functies") < words.index("Dit is aan latere doelen gegeven.")


def test_ways_out_that_touch_health_stand_apart_with_people(page: bytes) -> None:
    words = section(page, "uitwegen")
    free, health = words.split("Keuzes die de gezondheid raken")
    assert "Als vrij" in free
    assert "Als gezond" not in free
    assert re.search(r"Als gezond\s*41\s*22 naar 5,5\s*3\s*312\s*bewezen", health)


def test_the_trade_off_is_drawn_and_tabled(page: bytes) -> None:
    words = section(page, "ruil")
    assert re.search(r"1\s*11,2\s*17\.435\s*100\s*9", words)
    table = plan_charts.tradeoff(View(release(ROWS), Level.PROVINCE), "k")
    assert table is not None
    svg = ET.fromstring(str(table["chart"]).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314 (our own text)
    places = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in svg.iter(f"{SVG}circle")]
    assert len(places) == 2
    assert places[0][0] < places[1][0], "more shortage lies to the right"
    assert places[0][1] < places[1][1], "more people lies higher"


def test_bars_have_the_length_of_what_they_say() -> None:
    rows = [{"name": "A", "wanted": 10.0, "short": 4.0}, {"name": "B", "wanted": 5.0, "short": 5.0}]
    drawing = str(plan_charts.wanted_and_short("k", rows, 2050))
    svg = ET.fromstring(drawing.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314 (our own text)
    bars = [box for box in svg.iter(f"{SVG}rect") if box.get("height") == "18" and box.get("stroke")]
    got, short, all_short = (float(box.get("width", "")) for box in bars)
    assert short / got == pytest.approx(4 / 6, rel=1e-3)
    assert all_short / (got + short) == pytest.approx(0.5, rel=1e-3)


def test_labels_come_with_their_number_and_definition(page: bytes) -> None:
    words = section(page, "robuust")
    assert "altijd raak: 1 plekken In elke toekomst gekozen." in words
    assert "vervangbaar: 1 plekken Iets anders kan ook." in words


def test_housing_conflicts_are_told_from_both_sides(page: bytes) -> None:
    words = section(page, "woningbouw")
    assert re.search(r"zacht\s*1\.500\s*2\s*1,4\s*0,4\s*3,2", words)
    assert "1 van de 2 reserveringen hebben geen mensen" in words
    assert re.search(r"2035\s*30\s*W1\s*1\.500", words)


def test_structure_sharing_and_pilots_are_told_in_short(page: bytes) -> None:
    assert "1 van de 2 functies vraagt afstemming" in section(page, "gedeeld")
    assert re.search(
        r"Kringloop\s*zeker\s*4\s*0\s*11 tot 24 van 26\s*niet beoordeeld", section(page, "gedeeld")
    )
    assert 'href="handouts.html"' in page.decode()
    structure = section(page, "structuur")
    assert re.search(r"maakdistrict\s*regionaal\s*1", structure)
    assert "Beton" in structure
    assert "Hout" not in structure
    pilots = section(page, "pilots")
    assert re.search(r"1\s*Oud Terrein\s*0,66\s*98 %\s*25", pilots)
    assert "Tweeling" in pilots
    assert "Nieuw Terrein" not in pilots


def test_the_annex_gives_bound_gap_and_how_it_was_proven(page: bytes) -> None:
    words = section(page, "techniek")
    # the gap of the second aim is 20 of 80 parks
    assert re.search(
        r"2\. Doel compactness\s*terreinen\s*80\s*60\s*25,0 %\s*80\s*gestopt op tijd of stappen", words
    )
    assert re.search(r"1\. Doel shortage\s*ha\s*13\s*13\s*0,0 %\s*13\s*bewezen\s*HiGHS 1\.15", words)
    assert "8 s rekentijd" in words
    # one function sourced, one assumed
    assert re.search(r"Eisen van functies\s*1\s*1\s*0", words)


def test_hostile_names_stay_text(page: bytes) -> None:
    words, tags = read(page)
    assert "script" not in tags
    assert words.count("<script>alert('x')</script>") >= 5


def test_nothing_comes_from_elsewhere(page: bytes) -> None:
    text = unescape(page.decode())
    assert "default-src 'none'; script-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?!data:|#|handouts\.html|structure\.png)', text)


def test_the_map_is_a_png_with_every_year_in_its_legend(page: bytes) -> None:
    found = re.search(r'src="data:image/png;base64,([^"]+)"', page.decode())
    assert found is not None
    assert base64.b64decode(found.group(1)).startswith(b"\x89PNG")
    assert "vanaf 2030: 2 plekken" in section(page, "plan")


def test_the_same_release_gives_the_same_page(page: bytes) -> None:
    turned = {name: rows[::-1] if name == "reservation_plan" else rows for name, rows in ROWS.items()}
    assert plan_page(View(release(ROWS), Level.PROVINCE)) == page
    assert plan_page(View(release(turned), Level.PROVINCE)) == page


@pytest.mark.parametrize("level", [level for level in Level if not level.allows(Level.PROVINCE)])
def test_who_is_not_of_the_province_gets_no_page(level: Level) -> None:
    with pytest.raises(PermissionError, match="for the province"):
        plan_page(View(release(ROWS), level))


def _without(*names: str) -> dict[str, list[dict[str, Any]]]:
    return {name: rows for name, rows in ROWS.items() if name not in names}


@pytest.mark.parametrize(
    ("rows", "where", "says"),
    [
        ({}, "plan", "Niet beoordeeld"),
        ({}, "eerst", "Niet beoordeeld"),
        ({}, "past-niet", "Niet beoordeeld"),
        ({}, "uitwegen", "Niet doorgerekend"),
        ({}, "gedeeld", "kringruimte allocate"),
        ({name: [] for name in ROWS}, "botst", "Niet beoordeeld"),
        ({name: [] for name in ROWS}, "ruil", "Niet doorgerekend"),
        ({name: [] for name in ROWS}, "woningbouw", "Niet beoordeeld"),
        ({name: [] for name in ROWS}, "zones", "Niet doorgerekend"),
        ({name: [] for name in ROWS}, "structuur", "Niet beoordeeld"),
        ({name: [] for name in ROWS}, "pilots", "Niet beoordeeld"),
        ({name: [] for name in ROWS}, "techniek", "Niet beoordeeld"),
        (_without("site_labels"), "robuust", "kringruimte reserve --robust"),
        (_without("plan_ways_out"), "uitwegen", "Niet doorgerekend"),
        (_without("reservation_sites"), "plan", "Er is geen kaart"),
    ],
)
def test_what_is_absent_is_said(rows: dict[str, list[dict[str, Any]]], where: str, says: str) -> None:
    assert says in section(plan_page(View(release(rows), Level.PROVINCE)), where)


def test_the_page_of_a_written_release_shows_no_secret(
    tmp_path: Path, make: Callable[..., Release], secrets: tuple[str, ...]
) -> None:
    words = plan_page(View(make(tmp_path / "releases"), Level.PROVINCE)).decode()
    assert not [secret for secret in secrets if secret in words]

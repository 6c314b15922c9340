"""The space report, its charts and the page on what is not known, from rows that were planted by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from layers.classes import CLASS_STYLES
from layers.release import Release
from layers.results_balance import BALANCE_BY_NAME
from layers.results_demand import DEMAND_BY_NAME
from layers.schema import Layer, Level
from maps import charts
from maps.reading import View
from maps.report import report
from maps.space import space_report
from maps.space_answers import answers
from maps.space_firms import sentences as firm_sentences
from maps.unknowns import unknowns_page

LAYERS: dict[str, Layer] = {**DEMAND_BY_NAME, **BALANCE_BY_NAME}
HOSTILE = "<script>alert('x')</script> & Zn."
SVG = "{http://www.w3.org/2000/svg}"
PROJECT = {
    "name": "Proefregio",
    "authority": "Provincie Proef",
    "sample": False,
    "note": "",
    "reference_date": "2026-01-01",
    "procedure_status": "exploration",
    "parameters": {},
    "sources": [],
}


def _release(rows: dict[str, list[dict[str, Any]]]) -> Release:
    """Give a release that lives in memory: `kept` tables are never read from disk."""
    tables = {}
    for name, own in rows.items():
        columns = [column.name for column in LAYERS[name].columns]
        tables[name] = pd.DataFrame(
            {column: pd.Series([row.get(column) for row in own], dtype=object) for column in columns}
        )
    layers = {name: LAYERS[name] for name in rows}
    return Release(Path("nowhere"), {"name": "0" * 16}, PROJECT, layers, CLASS_STYLES, kept=tables)


def _shortage(area: str, year: int, group: str, water: str, rule: str, *values: float) -> dict[str, Any]:
    p10, p50, p90, share = values
    scope = area if area.startswith("province") else "sub_area"
    return {
        "scope": scope, "area": area, "year": year, "group": group, "water": water, "rule": rule,
        "p10_ha": p10, "p50_ha": p50, "p90_ha": p90, "share_short": share,
    }  # fmt: skip


def _term(group: str, term: str, side: str, value: float) -> dict[str, Any]:
    return {
        "scope": "province", "area": "province", "year": 2035, "group": group, "water": "any",
        "term": term, "side": side, "mid_ha": value,
    }  # fmt: skip


ROWS: dict[str, list[dict[str, Any]]] = {
    # 3 of 4 assumed, 1 of 4 sourced: 75 %, 25 %
    "balance_inputs": [
        {"name": f"i{position}", "status": status}
        for position, status in enumerate(("assumption", "assumption", "assumption", "sourced"))
    ],
    "balance_answers": [
        {"place": 1, "answer_id": "short_5.1+_at_water", "question_nl": "Welke ruimte raakt het eerst op?",
         "answer_nl": f"Zware ruimte. {HOSTILE}", "group": "5.1+", "water": "at_water", "year": 2035,
         "p10_ha": 7.6, "p50_ha": 12.4, "p90_ha": 17.6, "share_short": 0.91, "where": "Noord"},
        {"place": 2, "answer_id": "status", "question_nl": "Hoe zeker?", "answer_nl": "Staat in het hoofd."},
        *(
            {"place": 3 + number, "answer_id": f"floor_{year}", "question_nl": "Wat doet een ondergrens?",
             "answer_nl": "Staat er in eigen woorden.", "group": "4.1+", "water": "any", "year": year,
             "p10_ha": p10, "p50_ha": p50, "p90_ha": p90}
            for number, (year, p10, p50, p90) in enumerate(
                ((2030, 0.0, 0.0, 2.4), (2035, 0.0, 1.0, 39.5), (2050, 0.0, 55.3, 104.2))
            )
        ),
        {"place": 6, "answer_id": "settled", "question_nl": "Wat betekent dit voor bedrijven?",
         "answer_nl": f"Bedrijven vragen elders 25 ha. {HOSTILE}", "year": 2050},
    ],
    "balance_groups": [
        _shortage("province", 2035, "5.1+", "any", "floor", 7.6, 12.4, 17.6, 0.914),
        _shortage("province", 2035, "5.1+", "at_water", "floor", 7.6, 12.4, 17.6, 0.9999),
        _shortage("province", 2035, "5.1+", "any", "free_light_first", 22.4, 33.0, 52.5, 0.002),
        _shortage("Noord", 2035, "5.1+", "any", "floor", 2.4, 2.6, 62.4, 0.5),
        {**_shortage("province", 2035, "total", "any", "floor", 26.6, 63.8, 102.8, 1.0), "shortage_ha": 41.0},
        _shortage("province_apart", 2035, "total", "any", "floor", 64.0, 93.0, 126.0, 1.0),
        _shortage("province", 2035, "light", "any", "floor", 15.0, 51.0, 90.0, 0.97),
        _shortage("province", 2035, "light", "any", "free_light_first", 0.0, 1.0, 2.0, 0.004),
    ],
    "balance_terms": [
        _term("5.1+", "circular", "asked", 40.0),
        _term("5.1+", "growth", "asked", 12.0),
        _term("5.1+", "supply", "there", 31.0),
    ],
    "demand_bands": [
        {"function_id": function, "sub_area": "province", "year": year, "p10_ha": p10, "p50_ha": p50, "p90_ha": p90}
        for function, year, p10, p50, p90 in (
            ("F01", 2035, 1.21, 2.32, 3.43), ("F01", 2050, 11.4, 22.4, 33.4),
            ("F02", 2035, 0.0, 0.0, 0.0), ("F02", 2050, 0.0, 0.0, 0.0),
        )
    ],
    "circular_functions": [
        {"variant_id": "F01a", "function_id": "F01", "name_nl": f"Breker {HOSTILE}", "selection": "both",
         "ground_nl": "1 clusters", "profile_evidence": "yes", "selection_status": "to_verify", "scale": "regional",
         "category": "4.2", "water_need": "preferred"},
        {"variant_id": "F01b", "function_id": "F01", "name_nl": "Breker groot", "category": "5.2"},
        {"variant_id": "F02a", "function_id": "F02", "name_nl": "Stille functie", "category": "3.1"},
    ],
    "function_profile": [
        {"function_id": "F01", "sub_area": area, "location_quotient": quotient, "clusters": 1.0, "chain_links": 0.0,
         "evidence": "yes"}
        for area, quotient in (("Noord", 1.21), ("Zuid", 1.05))
    ],
    "demand_methods": [
        {"function_id": "F01", "method": "flow", "lead": True, "year": 2035, "assessed": "yes",
         "net_low_ha": 1.0, "net_mid_ha": 2.0, "net_high_ha": 3.0, "shares_inputs_with": "jobs"},
        {"function_id": "F01", "method": "jobs", "lead": False, "year": 2035, "assessed": "yes",
         "net_low_ha": 4.0, "net_mid_ha": 5.0, "net_high_ha": 66.0, "shares_inputs_with": "flow"},
    ],
    "demand_checks": [
        {"check_id": "c", "name_nl": "Landelijk cijfer", "published_low": 68.1, "published_mid": 68.1,
         "published_high": 68.1, "unit": "kg/inw", "year": 2030},
    ],
    "released_by_class": [
        {"sub_area": area, "year": 2035, "category": category, "water": "dry", "usable_low_ha": 1.0,
         "usable_mid_ha": 11.0, "usable_high_ha": 20.0}
        for area, category in (("Noord", "5.1"), ("Zuid", "6"))
    ],
    "secondary_capacity": [
        {"function_id": "F01", "sub_area": area, "year": 2035, "secondary_low_t": 10_000.0,
         "secondary_mid_t": mid, "secondary_high_t": 90_000.0, "secondary_extra_mid_t": 5_000.0,
         "counted": "yes"}
        for area, mid in (("Noord", 20_000.0), ("Zuid", 41_000.0))
    ],
    "linear_activity": [
        {"sector_id": "L2", "sector_nl": "Cement", "sub_area": "Noord", "year": 2035, "establishments": 16.0,
         "jobs": 176.0, "likely_establishments": 7.0, "likely_jobs": 71.8, "touched_low_jobs": 2.4,
         "touched_mid_jobs": 8.6, "touched_high_jobs": 20.5, "touched_low_ha": 1.0, "touched_mid_ha": 2.0, "touched_high_ha": 3.0,
         "suppressed": "no"},
        {"sector_id": "L2", "sector_nl": "Cement", "sub_area": "Zuid", "year": 2035, "suppressed": "yes"},
    ],
    # every firm twice: by sector and, for all sectors together, by category
    "replacement_of_likely": [
        {"sector_id": "L2", "sub_area": "Noord", "category": "any", "moves_to": "alike", "establishments": 7.0,
         "jobs": 70.0, "ha": 3.5, "suppressed": "no"},
        {"sector_id": "all", "sub_area": "Noord", "category": "4.1", "moves_to": "alike", "suppressed": "yes"},
        {"sector_id": "all", "sub_area": "Noord", "category": "4.2", "moves_to": "alike", "establishments": 5.0,
         "jobs": 50.0, "ha": 2.0, "suppressed": "no"},
        {"sector_id": "L2", "sub_area": "Zuid", "category": "any", "moves_to": "ordinary", "suppressed": "yes"},
        {"sector_id": "all", "sub_area": "Zuid", "category": "3.1", "moves_to": "ordinary", "establishments": 6.0,
         "jobs": 60.0, "ha": 4.0, "suppressed": "no"},
    ],
    "balance_housing": [
        {"plan_id": plan, "name": name, "sub_area": "Noord", "phase": phase, "plan_year": start, "year": year,
         "counts": year >= start, "rule": "floor", "free_lost_low_ha": 0.0, "free_lost_high_ha": 4.4,
         "extra_low_ha": 0.0, "extra_high_ha": extra, "extra_apart_low_ha": 0.0, "extra_apart_high_ha": extra,
         "extra_with_firms_low_ha": 1.0, "extra_with_firms_high_ha": 12.3}
        for plan, name, phase, start, extra in (
            ("P1", "Vastgesteld Oost", "hard", 2034, 1.6), ("P2", "GEHEIM Weidepark", "soft", 2036, 7.7),
        )
        for year in (2035, 2050)
    ],
    "research_agenda": [
        {"rank": 2, "kind": "range", "item_id": "b", "question_nl": "Tweede vraag?", "low": 0.2, "mid": 0.5,
         "high": 0.8, "unit": "share", "status": "assumption", "group": "light", "water": "any",
         "total": 0.17, "worth_ha": 3.2, "why_nl": "Omdat."},
        {"rank": 1, "kind": "range", "item_id": "a", "question_nl": "Eerste vraag?", "low": 260.0,
         "mid": 338.0, "high": 400.0, "unit": "ha", "status": "assumption", "group": "5.1+",
         "water": "at_water", "total": 0.34, "worth_ha": 10.4, "what_nl": HOSTILE},
        {"rank": 3, "kind": "open", "item_id": "c", "question_nl": "Vraag zonder cijfer?", "area_ha": 211.0},
    ],
}  # fmt: skip


class _Reader(HTMLParser):
    """Collects what a page refers to, and the text of every table row."""

    def __init__(self) -> None:
        super().__init__()
        self.references: list[str] = []
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.references += [value or "" for name, value in attrs if name in {"href", "src", "xlink:href"}]
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell and self.rows:
            self.rows[-1][-1] += data


def _read(page: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(page.decode())
    return reader


def _row(reader: _Reader, *start: str) -> list[str]:
    return next(row for row in reader.rows if tuple(row[: len(start)]) == start)


@pytest.fixture(scope="module")
def space() -> bytes:
    return space_report(View(_release(ROWS), Level.PUBLIC))


@pytest.fixture(scope="module")
def report_page() -> bytes:
    return report(View(_release(ROWS), Level.PUBLIC))


@pytest.fixture(scope="module")
def unknowns() -> bytes:
    return unknowns_page(View(_release(ROWS), Level.PUBLIC))


def _drawings(page: bytes) -> list[ET.Element]:
    found = re.findall(r'<svg class="chart".*?</svg>', page.decode(), re.DOTALL)
    named = [text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ') for text in found]
    return [ET.fromstring(text) for text in named]  # noqa: S314 - our own page


@pytest.mark.parametrize("name", ["space", "unknowns"])
def test_pages_stand_alone(name: str, request: pytest.FixtureRequest) -> None:
    page = request.getfixturevalue(name)
    reader = _read(page)
    pages = ("unknowns.html", "space.html", "report.html")
    assert all(reference.startswith(("#", "data:", *pages)) for reference in reader.references)
    assert not {"script", "iframe", "img", "object"} & set(reader.tags)
    assert b"http://" not in page
    assert b"https://" not in page
    assert b"url(" not in re.sub(rb"url\(#[\w-]+\)", b"", page)
    assert b" style=" not in page
    assert b'lang="nl"' in page
    assert b"default-src 'none'" in page.replace(b"&#39;", b"'")


@pytest.mark.parametrize("name", ["space", "unknowns"])
def test_what_people_wrote_is_escaped(name: str, request: pytest.FixtureRequest) -> None:
    page = request.getfixturevalue(name)
    assert b"<script" not in page
    assert b"&lt;script&gt;" in page


def test_head_says_which_share_of_the_inputs_is_assumed(space: bytes) -> None:
    assert "75 % van de 4 invoerwaarden van de ruimtebalans is een aanname en 0 % moet nog" in space.decode()
    assert "25 % heeft een bron" in space.decode()


def test_shares_are_never_called_a_probability(space: bytes) -> None:
    assert "aandeel van de doorrekeningen" in space.decode()
    assert not re.search(r"\bkans(?:en)?\b|waarschijnlijkheid", space.decode())


def test_card_rounds_to_five_hectares(space: bytes) -> None:
    text = space.decode()
    # 12.4 is nearest to 10, 7.6 to 10 and 17.6 to 20
    assert "Categorie 5.1 en zwaarder, aan het water" in text
    assert "10 ha tekort" in text
    assert "in 2035, band 10 tot 20 ha" in text
    assert "tekort in 91 % van de doorrekeningen; het meest in Noord" in text
    assert "Staat in het hoofd." not in text


def test_balance_shows_both_rules_to_five_hectares(space: bytes) -> None:
    reader = _read(space)
    row = _row(reader, "5.1 en zwaarder", "alle")
    assert row[2:] == ["10 (10 tot 20) 91 %", "35 (20 tot 55) <1 %"]
    assert _row(reader, "aan het water")[1] == "10 (10 tot 20) >99 %"


def test_sub_area_has_its_own_row(space: bytes) -> None:
    # 2.4 rounds to 0, 2.6 to 5, 62.4 to 60
    assert _row(_read(space), "Noord", "2035")[-2] == "5 (0 tot 60)"


def test_waterfall_adds_up_to_what_is_left(space: bytes) -> None:
    drawing = next(
        found for found in _drawings(space) if found.attrib["aria-labelledby"].startswith("balans")
    )
    texts = ["".join(found.itertext()) for found in drawing.iter(f"{SVG}text")]
    # 40 + 12 - 31 = 21
    for words in ("+40", "+12", "\u221231", "+21"):
        assert words in texts
    assert "samen 21 ha" in "".join(drawing.itertext())


def test_every_chart_has_a_title_and_a_description(space: bytes) -> None:
    drawings = _drawings(space)
    # one waterfall, one of bands (F02 asks nothing), one of released land
    assert [found.attrib["aria-labelledby"].split("-")[0] for found in drawings] == [
        "balans3",
        "vraag0",
        "vrij",
    ]
    identifiers = [
        found.attrib["id"] for drawing in drawings for found in drawing.iter() if "id" in found.attrib
    ]
    assert len(identifiers) == len(set(identifiers))
    for drawing in drawings:
        assert drawing.attrib["role"] == "img"
        title, description = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
        assert title is not None
        assert title.text
        assert description is not None
        assert description.text
        assert drawing.attrib["aria-labelledby"].split() == [title.attrib["id"], description.attrib["id"]]


def test_bands_show_their_values_and_name_what_asks_nothing(space: bytes) -> None:
    text = space.decode()
    assert "2,3 (1,2 tot 3,4)" in text
    assert "22 (11 tot 33)" in text
    assert "Geen extra ruimte in de provincie: Stille functie." in text


def test_released_land_is_added_up_per_group(space: bytes) -> None:
    # 5.1 and 6 are both heavy: 11 + 11, 1 + 1, 20 + 20
    assert "22 (2,0 tot 40)" in space.decode()


def test_methods_stand_beside_each_other_with_what_they_share(space: bytes) -> None:
    row = next(row for row in _read(space).rows if "2,0 (1,0 tot 3,0)" in row)
    assert row[1:] == ["2,0 (1,0 tot 3,0)", "5,0 (4,0 tot 66)", "Stromen en banen"]


def test_material_is_capacity_in_thousand_tonnes(space: bytes) -> None:
    assert "capaciteit, geen vermindering" in space.decode()
    # 20,000 + 41,000 t = 61 kt, 10 + 10, 90 + 90; extra 5 + 5
    assert _row(_read(space), "Samen")[1:] == ["61 (20 tot 180)", "10"]


def test_groups_of_few_firms_make_a_sum_a_minimum(space: bytes) -> None:
    row = _row(_read(space), "Cement")
    assert row[1] == "≥\u00a016"
    assert row[3:5] == ["≥\u00a09 (2 tot 21)", "≥\u00a02,0 (1,0 tot 3,0)"]


def test_firms_on_likely_locations_are_counted_once(space: bytes) -> None:
    reader = _read(space)
    # of 7 by sector and at least 5 by category the first shows most; of hidden and 6 the second
    assert _row(reader, "vraagt weer zware of natte grond")[1:] == ["7", "70", "4"]
    assert _row(reader, "gewoon terrein volstaat")[1:] == ["6", "60", "4"]


def test_the_four_answers_stand_first(space: bytes, report_page: bytes) -> None:
    for page in (space, report_page):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode())).replace("\u00a0", " ")
        start = text.index("1. Categorie 5.1 en zwaarder, aan het water")
        places = [
            text.index(words, start)
            for words in (
                "10 ha tekort", "in 2035, band 10 tot 20 ha", "Geen andere soort ruimte komt",
                "2035 65 (25 tot 105) 95 (65 tot 125)",
                "zitten nu ten minste 7 bedrijven met ten minste 72 banen",
                "6 van hen kunnen terecht op een gewoon terrein", "7 van hen kunnen dat niet: zij gebruiken zware of natte grond",
                "Bedrijven vragen elders 25 ha", "raakt de overgang ongeveer 9 banen",
                "Eerste vraag?", "Dit verklaart ongeveer 34 % van de spreiding", "ongeveer 10 ha smaller",
                "Tweede vraag?",
            )
        ]  # fmt: skip
        assert places == sorted(places)
        assert "75 % van de 4 invoerwaarden" in text[:start]


@pytest.mark.parametrize(("likely", "rest"), [(13.0, False), (14.0, True)])
def test_firms_without_a_place_to_go_are_not_passed_over(likely: float, *, rest: bool) -> None:
    activity = {"sector_id": "L1", "year": 2030, "likely_establishments": likely, "likely_jobs": 50.0}
    moves = [
        {"sector_id": "L1", "moves_to": to, "establishments": firms, "jobs": 10.0, "ha": 1.0}
        for to, firms in (("ordinary", 6.0), ("alike", 7.0))
    ]
    tables = {"linear_activity": [activity], "replacement_of_likely": moves}
    found = " ".join(firm_sentences(View(_release(tables), Level.PUBLIC), []))
    assert "zitten nu" in found
    assert ("Van de anderen staat hier niet waar zij heen kunnen" in found) is rest


def test_a_change_of_nothing_is_said_plainly(space: bytes) -> None:
    text = space.decode()
    assert "2030: voor categorie 4.1 en zwaarder maakt de regel minder dan 5 ha verschil." in text
    assert (
        "in de middelste doorrekening minder dan 5 ha verschil; in andere doorrekeningen is het tekort"
        in text
    )
    assert "zonder de regel tot 40 ha groter." in text
    assert (
        "zonder de regel is het tekort in categorie 4.1 en zwaarder ongeveer 55 ha groter (0 tot 105 ha)."
        in text
    )
    # 51 is shown as 50 and 1 as 0
    assert "Lichte bedrijven komen met de regel 50 ha tekort en zonder de regel 0 ha." in text
    assert "0 ha tot 0 ha" not in text


@pytest.mark.parametrize(
    ("low", "mid", "high", "said"),
    [
        (-30.0, 0.0, 20.0, "is het tekort zonder de regel 30 ha kleiner tot 20 ha groter."),
        (-30.0, 0.0, 0.0, "is het tekort zonder de regel tot 30 ha kleiner."),
        (-50.0, -40.0, -10.0, "ongeveer 40 ha kleiner (10 tot 50 ha)."),
        (-5.0, 20.0, 50.0, "ongeveer 20 ha groter (5 ha kleiner tot 50 ha groter)."),
        (10.0, 20.0, 50.0, "ongeveer 20 ha groter (10 tot 50 ha)."),
    ],
)
def test_the_effect_of_a_floor_rule_reads_in_both_directions(
    low: float, mid: float, high: float, said: str
) -> None:
    row = {"answer_id": "floor_2035", "year": 2035, "p10_ha": low, "p50_ha": mid, "p90_ha": high}
    found = answers(View(_release({"balance_answers": [row]}), Level.PUBLIC))
    assert found is not None
    assert found["floor"][0].endswith(said)


def test_everybody_sees_adopted_housing_plans_and_the_province_all(space: bytes) -> None:
    reader = _read(space)
    row = next(row for row in reader.rows if row and row[0].startswith("Vastgesteld Oost"))
    # free land lost, extra in 2035 and 2050, and with each sub-area on its own
    assert row[1:] == ["Noord", "0 tot 4,4", "0 tot 1,6", "0 tot 1,6", "0 tot 1,6"]
    assert "GEHEIM" not in space.decode()
    assert "12" not in row
    assert "het tekort op het midden 41 ha in 2035" in space.decode()
    planner = _read(space_report(View(_release(ROWS), Level.PROVINCE)))
    row = next(row for row in planner.rows if row and row[0].startswith("GEHEIM Weidepark"))
    assert row[1:] == ["Noord", "0 tot 4,4", "nog niet", "0 tot 7,7", "0 tot 7,7", "1,0 tot 12"]


def test_a_project_that_keeps_housing_from_the_province_shows_no_plan() -> None:
    made = _release(ROWS)
    hidden = replace(made.layers["balance_housing"], level=Level.EDITOR)
    made = replace(made, layers={**made.layers, "balance_housing": hidden})
    for level in (Level.PUBLIC, Level.PROVINCE):
        assert b"Vastgesteld Oost" not in space_report(View(made, level))


def test_one_cluster_is_singular_and_units_are_dutch(space: bytes) -> None:
    text = space.decode()
    assert "In Noord is het aandeel banen 1,2 keer zo groot" in text
    assert "1 cluster en 0 schakels in de keten" in text
    assert "1 clusters" not in text
    assert "kg per inwoner" in text


def test_the_report_shows_the_same_charts_as_the_page_on_space(space: bytes, report_page: bytes) -> None:
    for drawing in _drawings(space):
        key = drawing.attrib["aria-labelledby"].split()[0]
        assert f'id="{key}"'.encode() in report_page
    found = re.findall(rb'<svg class="chart".*?</svg>', space, re.DOTALL)
    assert all(drawing in report_page for drawing in found)
    assert b'href="space.html"' in report_page
    assert b'href="unknowns.html"' in report_page


def test_pictures_of_the_surface_are_for_the_province() -> None:
    assert b"Waar zou een hoge categorie kunnen?" not in space_report(View(_release(ROWS), Level.PUBLIC))


def test_function_stands_once_with_all_its_categories(space: bytes) -> None:
    row = next(row for row in _read(space).rows if row and row[0].endswith("(F01)"))
    assert row[1].startswith("noodzakelijk en versterkt het profiel")
    assert row[2] == "te verifiëren"
    assert row[4] == "4.2, 5.2"


def test_agenda_is_ranked_and_tells_what_an_answer_is_worth(unknowns: bytes) -> None:
    rows = [row for row in _read(unknowns).rows if len(row) == 7]
    assert [row[0] for row in rows[1:]] == ["1", "2"]
    assert rows[1][1].startswith("Eerste vraag?")
    assert rows[1][2] == "260 \u2013 338 \u2013 400 ha"
    assert rows[1][4:] == ["Categorie 5.1 en zwaarder, aan het water", "34 %", "10 ha"]
    # a share reads in per cents
    assert rows[2][2] == "20 \u2013 50 \u2013 80 %"
    assert _row(_read(unknowns), "Vraag zonder cijfer?")[-1] == "211 ha"


def test_release_without_balance_says_so() -> None:
    view = View(_release({}), Level.PUBLIC)
    assert "Niet beoordeeld: deze uitgave bevat geen ruimtebalans." in space_report(view).decode()
    assert "bevat geen onderzoeksagenda" in unknowns_page(view).decode()


def test_same_release_gives_the_same_bytes(space: bytes, unknowns: bytes) -> None:
    view = View(_release(ROWS), Level.PUBLIC)
    assert space_report(view) == space
    assert unknowns_page(view) == unknowns


@pytest.mark.parametrize(("span", "step"), [(4.0, 1.0), (5.0, 1.0), (7.0, 2.0), (230.0, 50.0), (0.0, 1.0)])
def test_axis_steps_are_round(span: float, step: float) -> None:
    assert charts.nice_step(span) == step


def test_reach_covers_every_level_and_zero() -> None:
    steps = [charts.Step("a", 10.0, asked=True), charts.Step("b", 25.0, asked=False)]
    assert charts.reach(steps) == (-15.0, 10.0)


def test_series_differ_by_pattern_and_marker_and_not_by_colour_only() -> None:
    assert len({look.pattern for look in charts.LOOKS}) == len(charts.LOOKS)
    assert len({look.marker for look in charts.LOOKS}) == len(charts.LOOKS)


def test_labels_of_a_waterfall_never_lie_across_the_axis() -> None:
    steps = [
        charts.Step("a", 10.0, asked=True),
        charts.Step("b", 30.0, asked=False),
        charts.Step("c", 1.0, asked=False),
    ]
    text = str(charts.waterfall("k", "t", "d", steps)).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ')
    drawing = ET.fromstring(text)  # noqa: S314 - our own
    texts = {"".join(found.itertext()): float(found.attrib["x"]) for found in drawing.iter(f"{SVG}text")}
    zero = texts["0"]
    # what is left is 21 below zero, and its label stands right of zero all the same
    for words in ("+10", "\u221230", "\u22121,0", "\u221221"):
        assert texts[words] > zero

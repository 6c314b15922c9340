"""The page with a hand-out per municipality, from rows that were planted by hand."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from layers.classes import CLASS_STYLES
from layers.release import Release
from layers.results_sharing import SHARING_LAYERS
from layers.schema import Level
from maps.handout_page import handouts, handouts_page
from maps.reading import View
from maps.webmap import template_text

LAYERS = {layer.name: layer for layer in SHARING_LAYERS}
HOSTILE = "<script>alert('x')</script> & Zn."
PROJECT: dict[str, Any] = {
    "name": "Proefregio",
    "authority": "Provincie Proef",
    "sample": True,
    "note": "",
    "reference_date": "2026-01-01",
    "procedure_status": "exploration",
    "parameters": {},
    "sources": [],
}


def _said(code: str, order: int, topic: str, text: str, **more: Any) -> dict[str, Any]:
    name = {"GM1": "Zwanendorp", "GM2": f"Aalburg {HOSTILE}"}[code]
    return {
        "municipality_code": code,
        "municipality": name,
        "order": order,
        "topic": topic,
        "text_nl": text,
        **more,
    }


ROWS: dict[str, list[dict[str, Any]]] = {
    "shared_handouts": [
        _said("GM1", 1, "hosts", "Kringloop op Park A."),
        _said("GM1", 2, "served", "x", function_id="F03", minutes=21.4, median_minutes=12.0, rank=9, of=11),
        _said("GM1", 3, "served", "x", function_id="F05", minutes=4.0, median_minutes=12.0, rank=1, of=11),
        _said("GM1", 4, "served", "Depot: niet beoordeeld, want er is geen reistijd.", function_id="F09"),
        _said("GM1", 5, "unserved", "Sorteren: geen plek.", function_id="F06"),
        _said("GM1", 6, "burden", "Zwanendorp draagt meer dan het aandeel."),
        _said("GM1", 7, "question", f"Is dat aanvaardbaar? {HOSTILE}"),
        _said("GM2", 1, "hosts", "Geen voorziening."),
    ],
    "alignment_functions": [
        {"function_id": "F03", "name_nl": f"Kringloop {HOSTILE}"},
        {"function_id": "F05", "name_nl": "Breker"},
    ],
    "shared_assignments": [
        {"function_id": "F03", "municipality_code": "GM1", "site_name": "Park B", "host": "Verweg", "minutes": 30.0, "served": "yes"},
        {"function_id": "F03", "municipality_code": "GM1", "site_name": "Park A", "host": "Dichtbij", "minutes": 9.0, "served": "yes"},
        {"function_id": "F03", "municipality_code": "GM2", "site_name": "Park C", "host": "Elders", "minutes": 5.0, "served": "yes"},
        {"function_id": "F05", "municipality_code": "GM1", "site_name": "Park D", "host": "Nergens", "served": "no"},
    ],
    "shared_burdens": [
        {"municipality_code": "GM1", "inhabitants": 12345.0, "hosted": 3, "hosted_ha": 4.25, "burdens": 1,
         "burden_ha": 2.04, "fair_burden_ha": 11.6},
    ],
}  # fmt: skip


def _view(rows: dict[str, list[dict[str, Any]]], level: Level = Level.PROVINCE) -> View:
    tables = {}
    for name, own in rows.items():
        columns = [column.name for column in LAYERS[name].columns]
        tables[name] = pd.DataFrame(
            {column: pd.Series([row.get(column) for row in own], dtype=object) for column in columns}
        )
    layers = {name: LAYERS[name] for name in rows}
    return View(
        Release(Path("nowhere"), {"name": "0" * 16}, PROJECT, layers, CLASS_STYLES, kept=tables), level
    )


def _sections(page: bytes) -> dict[str, str]:
    found = re.findall(r'<section class="handout" id="g-(\w+)".*?</section>', page.decode(), re.DOTALL)
    texts = re.findall(r'<section class="handout".*?</section>', page.decode(), re.DOTALL)
    return {
        code: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
        for code, text in zip(found, texts, strict=True)
    }


@pytest.fixture(scope="module")
def page() -> bytes:
    return handouts_page(_view(ROWS))


def test_every_municipality_has_one_section_by_name_and_a_place_in_the_contents(page: bytes) -> None:
    assert list(_sections(page)) == ["GM2", "GM1"], "Aalburg before Zwanendorp"
    assert re.findall(r'<li><a href="#g-(\w+)">', page.decode()) == ["GM2", "GM1"]


def test_every_section_starts_on_a_page_of_its_own_in_print() -> None:
    printed = template_text("plan.css").partition("@media print")[2]
    assert ".handout { break-before: page;" in printed


def test_a_section_holds_what_it_hosts_where_people_go_and_how_far(page: bytes) -> None:
    words = _sections(page)["GM1"]
    assert "Kringloop op Park A." in words
    assert "Park A (Dichtbij) en Park B (Verweg) 21 12 9 van 11 verder" in words
    assert "Park C" not in words, "that is another municipality"
    assert "Breker niet beoordeeld 4 12 1 van 11 dichterbij" in words
    assert "Depot: niet beoordeeld, want er is geen reistijd." in words
    assert "Wat nog geen plek heeft Sorteren: geen plek." in words


def test_a_section_sets_the_burden_beside_the_fair_share_and_puts_the_question(page: bytes) -> None:
    words = _sections(page)["GM1"]
    assert "Inwoners 12.345" in words
    assert "3 (4,3 ha)" in words
    assert "1 (2,0 ha)" in words
    assert "Zwaar, naar aandeel in de inwoners 12 ha" in words
    assert "Zwanendorp draagt meer dan het aandeel." in words
    assert "Wat ligt er op tafel? Is dat aanvaardbaar?" in words


def test_what_a_municipality_lacks_is_not_assessed(page: bytes) -> None:
    words = _sections(page)["GM2"]
    assert words.count("Niet beoordeeld.") == 2, "neither travel nor burden"


def test_hostile_names_stay_text(page: bytes) -> None:
    assert b"<script" not in page
    assert page.count(b"&lt;script&gt;") >= 4
    assert "default-src 'none'; script-src 'none'" in unescape(page.decode())


def test_the_same_rows_in_another_order_give_the_same_page(page: bytes) -> None:
    assert handouts_page(_view({name: rows[::-1] for name, rows in ROWS.items()})) == page


@pytest.mark.parametrize("rows", [{}, {"shared_handouts": []}])
def test_without_handouts_the_page_says_so(rows: dict[str, list[dict[str, Any]]]) -> None:
    assert handouts(_view(rows)) == []
    assert "Niet doorgerekend." in handouts_page(_view(rows)).decode()


@pytest.mark.parametrize("level", [level for level in Level if not level.allows(Level.PROVINCE)])
def test_who_is_not_of_the_province_gets_no_page(level: Level) -> None:
    with pytest.raises(PermissionError, match="for the province"):
        handouts_page(_view(ROWS, level))

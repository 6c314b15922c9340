"""The workbook for planners, read back as the zipped XML that it is."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from layers.classes import CLASS_STYLES
from layers.exports.workbook import README, SHEETS, write_workbook
from layers.release import Release
from layers.results_balance import BALANCE_BY_NAME
from layers.results_demand import DEMAND_BY_NAME
from layers.schema import Layer, Level

LAYERS: dict[str, Layer] = {**DEMAND_BY_NAME, **BALANCE_BY_NAME}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA = "=1+1"
PROJECT = {
    "name": "Proefregio",
    "authority": "Provincie Proef",
    "sample": True,
    "note": "Verzonnen gegevens.",
    "reference_date": "2026-01-01",
    "procedure_status": "exploration",
    "parameters": {},
    "sources": [
        {"layer": "supply", "source": "IBIS", "date": "2024-12-31"},
        {"layer": "balance_housing", "source": "Plancapaciteit", "date": None},
    ],
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "balance_groups": [
        {"scope": "province", "area": "province", "year": 2035, "group": "5.1+", "water": "at_water",
         "rule": "floor", "p50_ha": 12.34, "shown_p50_ha": 10.0, "share_short": 0.9},
        {"scope": "sub_area", "area": FORMULA, "year": 2050, "group": "light", "water": "any", "rule": "floor"},
    ],
    "balance_inputs": [
        {"name": "a", "label_nl": "https://voorbeeld.nl", "low": 0.25, "mid": 0.5, "high": 0.75,
         "unit": "share", "status": "assumption"},
    ],
    "balance_housing": [{"plan_id": "PLAN-GEHEIM", "name": "Geheim Weidepark", "counts": True, "year": 2035}],
    "circular_businesses": [{"business_id": "BEDRIJF-GEHEIM", "verdict": "circular", "function_id": "F06"}],
    "demand_bands": [{"function_id": name, "sub_area": "province", "year": 2035} for name in ("F06", "total", "F99")],
    "demand_methods": [
        {"function_id": "F06", "method": "jobs", "shares_inputs_with": "flow; facilities", "assessed": "no"}
    ],
    "circular_functions": [{"variant_id": "F06a", "function_id": "F06", "name_nl": "Puinbreker"}],
    "research_agenda": [
        {"rank": 1, "kind": "range", "unit": unit} for unit in ("m2 per t/yr", "ratio to 2025", "share", "ons")
    ],
    "replacement_of_likely": [{"sector_id": "all", "category": "any", "water": "any", "moves_to": "alike"}],
    "supply": [],
}  # fmt: skip


def _release() -> Release:
    """Give a release that lives in memory: `kept` tables are never read from disk."""
    tables = {
        name: pd.DataFrame(
            {
                column.name: pd.Series([row.get(column.name) for row in own], dtype=object)
                for column in LAYERS[name].columns
            }
        )
        for name, own in ROWS.items()
    }
    layers = {name: LAYERS[name] for name in ROWS}
    return Release(Path("nowhere"), {"name": "0" * 16}, PROJECT, layers, CLASS_STYLES, kept=tables)


class _Book:
    """Sheets of a workbook by name: cells by their reference, and the XML itself."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        self.files = files
        shared = ET.fromstring(files["xl/sharedStrings.xml"])  # noqa: S314 - our own file
        texts = ["".join(item.itertext()) for item in shared.iter(f"{MAIN}si")]
        self.texts = texts
        book = ET.fromstring(files["xl/workbook.xml"])  # noqa: S314 - our own file
        names = [sheet.attrib["name"] for sheet in book.iter(f"{MAIN}sheet")]
        self.xml = {
            name: files[f"xl/worksheets/sheet{position}.xml"].decode()
            for position, name in enumerate(names, start=1)
        }

    def cells(self, sheet: str) -> dict[str, str | float]:
        found: dict[str, str | float] = {}
        for cell in ET.fromstring(self.xml[sheet]).iter(f"{MAIN}c"):  # noqa: S314 - our own file
            value = cell.find(f"{MAIN}v")
            if value is not None and value.text is not None:
                shared = cell.attrib.get("t") == "s"
                found[cell.attrib["r"]] = self.texts[int(value.text)] if shared else float(value.text)
        return found

    def column(self, sheet: str, head: str) -> list[str | float | None]:
        cells = self.cells(sheet)
        letter = next(key[:-1] for key, value in cells.items() if key.endswith("1") and value == head)
        last = max(int(re.sub(r"\D", "", key)) for key in cells)
        return [cells.get(f"{letter}{row}") for row in range(2, last + 1)]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("public") / "release.xlsx"
    write_workbook(_release(), path, Level.PUBLIC)
    return path


def test_sheets_carry_dutch_names_and_headers_with_units(public: Path) -> None:
    book = _Book(public)
    assert list(book.xml) == [
        "Leesmij",
        "Balans per groep",
        "Onderzoeksvragen",
        "Onzekere invoer",
        "Band van de ruimtevraag",
        "Methoden naast elkaar",
        "Circulaire functies",
        "Aanbod per terrein",
        "Bedrijven op kansrijke plek",
    ]
    heads = [value for key, value in book.cells("Balans per groep").items() if re.fullmatch("[A-Z]1", key)]
    assert heads[:5] == ["Gebiedssoort", "Gebied", "Jaar", "Categoriegroep", "Water"]
    assert "Tekort P50 (ha)" in book.cells("Balans per groep").values()


def test_values_are_numbers_and_codes_are_words(public: Path) -> None:
    book = _Book(public)
    sheet = "Balans per groep"
    assert book.column(sheet, "Jaar") == [2035.0, 2050.0]
    assert book.column(sheet, "Tekort P50 (ha)") == [12.34, None]
    assert book.column(sheet, "Categoriegroep") == ["5.1 en zwaarder", "licht (tot en met 3.2)"]
    assert book.column(sheet, "Water") == ["aan het water", "alle"]
    assert book.column("Onzekere invoer", "Status") == ["aanname"]


def test_no_name_of_a_sheet_is_cut_or_used_twice() -> None:
    names = [README, *SHEETS.values()]
    assert max(len(name) for name in names) <= 31
    assert len({name.casefold() for name in names}) == len(names)
    assert not set("".join(names)) & set("[]:*?/\\'")


def test_units_and_codes_read_in_dutch(public: Path, tmp_path: Path) -> None:
    book = _Book(public)
    units = book.column("Onderzoeksvragen", "Eenheid")
    assert units == ["m² per ton per jaar", "keer de waarde van 2025", "aandeel", "ons"]
    assert book.column("Methoden naast elkaar", "Deelt invoer met methode") == ["stromen, voorzieningen"]
    assert book.column("Bedrijven op kansrijke plek", "Categorie in gebruik") == ["alle"]
    path = tmp_path / "release.xlsx"
    write_workbook(_release(), path, Level.PROVINCE)
    # "circular" is a demand in one table and a verdict in another
    assert _Book(path).column("Bedrijven circulair of niet", "Oordeel") == ["circulair"]


def test_functions_and_sectors_have_their_name_beside_the_identifier(public: Path) -> None:
    book = _Book(public)
    assert book.column("Band van de ruimtevraag", "Functie") == [
        "Puinbreker (F06)",
        "alle functies samen",
        "F99",
    ]
    assert book.column("Bedrijven op kansrijke plek", "Sector") == ["alle sectoren samen"]


def test_text_that_looks_like_a_formula_or_a_link_stays_text(public: Path) -> None:
    book = _Book(public)
    assert book.column("Balans per groep", "Gebied") == ["provincie", FORMULA]
    assert "<f>" not in "".join(book.xml.values())
    assert "https://voorbeeld.nl" in book.texts
    relations = b"".join(data for name, data in book.files.items() if "worksheets/_rels" in name)
    assert b"External" not in relations


def test_tables_have_a_frozen_header_and_filters(public: Path) -> None:
    book = _Book(public)
    for name, xml in book.xml.items():
        if name != "Leesmij":
            assert 'state="frozen"' in xml
            assert "<autoFilter" in xml
            assert "<cols>" in xml


def test_readme_tells_what_it_is(public: Path) -> None:
    texts = set(_Book(public).cells("Leesmij").values())
    assert {"2026-01-01", "Provincie Proef", "IBIS", "aanname", "te verifiëren"} <= texts
    assert "Schematisch voorbeeld" in texts
    assert "iedereen" in texts
    assert any("geen kans" in str(text) for text in texts)


def test_public_workbook_holds_nothing_of_the_province(public: Path) -> None:
    whole = b"".join(_Book(public).files.values())
    for secret in (b"GEHEIM", b"Geheim Weidepark", b"Plancapaciteit", b"woningbouwplan"):
        assert secret not in whole


def test_province_has_its_sheets_as_well(tmp_path: Path) -> None:
    path = tmp_path / "release.xlsx"
    write_workbook(_release(), path, Level.PROVINCE)
    book = _Book(path)
    assert "Geheim Weidepark" in book.texts
    assert "BEDRIJF-GEHEIM" in book.texts
    assert book.column("Balans met woningbouwplan", "Plan telt in dit jaar") == ["ja"]


def test_same_release_gives_the_same_bytes_anywhere(public: Path, tmp_path: Path) -> None:
    path = tmp_path / "elders" / "ander.xlsx"
    path.parent.mkdir()
    path.write_bytes(b"what was there before")
    write_workbook(_release(), path, Level.PUBLIC)
    assert path.read_bytes() == public.read_bytes()
    core = _Book(path).files["docProps/core.xml"].decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-01-01T00:00:00Z"}
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}

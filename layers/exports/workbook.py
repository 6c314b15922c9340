"""A release as one workbook that planners can read: a sheet per main table, with units and status."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from layers.exports.words import UNITS, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from layers.release import Release
    from layers.schema import Column, Level

README = "Leesmij"
NARROWEST, WIDEST = 9, 48
HEAD_HEIGHT = 48

SHEETS = {
    "balance_answers": "Antwoorden",
    "balance_groups": "Balans per groep",
    "balance_terms": "Posten van de balans",
    "balance": "Balans per categorie",
    "balance_housing": "Balans met woningbouwplan",
    "research_agenda": "Onderzoeksvragen",
    "sensitivity": "Wat de spreiding verklaart",
    "balance_inputs": "Onzekere invoer",
    "demand_bands": "Band van de ruimtevraag",
    "demand_methods": "Methoden naast elkaar",
    "land_demand": "Ruimtevraag",
    "demand_by_scenario": "Ruimtevraag per scenario",
    "demand_checks": "Gepubliceerde cijfers",
    "demand_figures": "Cijfers achter de vraag",
    "circular_functions": "Circulaire functies",
    "function_presence": "Wat er al is per functie",
    "existing_facilities": "Bestaande voorzieningen",
    "function_profile": "Economisch profiel",
    "secondary_capacity": "Secundair materiaal",
    "supply": "Aanbod per terrein",
    "regular_demand": "Gewone vraag",
    "linear_activity": "Lineaire bedrijvigheid",
    "replacement_of_likely": "Bedrijven op kansrijke plek",
    "released_by_class": "Vrijkomende ruimte",
    "released_land": "Vrijkomend per terrein",
    "circular_businesses_by_rule": "Circulair per regel",
    "circular_businesses": "Bedrijven circulair of niet",
    "exploration_areas": "Verkenningsgebieden",
    "surface_by_area": "Categorie per gebied",
    "summary": "Cijfers per gebied",
    "park_evidence": "Bedrijventerreinen",
    "housing_effects": "Woningbouwplannen",
    "disagreements": "Ateliers en berekening",
    "assumptions": "Cijfers en aannamen",
    "data_quality": "Gegevenskwaliteit",
}
"""Table to the name of its sheet, in the order of the sheets; one without a release or level is left out.
A spreadsheet takes names of at most 31 characters."""

READERS = {
    "public": "iedereen",
    "municipality": "gemeenten en provincie",
    "province": "provincie",
    "editor": "redactie",
}
"""Level to who may read the workbook."""

STATUS_LEGEND = (
    ("bron", "een gepubliceerd cijfer, met vindplaats"),
    ("aanname", "een keuze van de makers; vervang haar door een eigen cijfer als dat er is"),
    ("te verifiëren", "uit een bron overgenomen, maar nog niet in die bron nagegaan"),
)


def write_workbook(release: Release, path: Path, level: Level) -> None:
    """Write the main tables of a release that a reader of `level` may see as one XLSX workbook.

    The first sheet says what the workbook is. Every other sheet is one table: Dutch headers with units from
    the catalogue, a frozen header with filters, and numbers in the decimals of their column. Times in the
    file are the reference date of the project, so the same release gives the same bytes anywhere.

    Parameters
    ----------
    release
        Read through its ``data/`` only.
    path
        Where the file goes; a file that is there is replaced.
    level
        Who the file is for.
    """
    import xlsxwriter

    names = [name for name in SHEETS if name in release.names and any(release.layer(name).visible(level))]
    stamp = datetime.combine(_reference(release), datetime.min.time())
    # texts such as a name that starts with "=" are no formulas, and one that looks like an address no link
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "nan_inf_to_errors": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties(
            {
                "title": f"Ruimte voor circulaire bedrijven: {release.project['name']}",
                "author": str(release.project["authority"]),
                "comments": f"Uitgave {release.name}",
                "created": stamp,
            }
        )
        looks = _looks(book)
        words = Words(release, level)
        _write_readme(book, looks, release, names, level)
        for name in names:
            columns = release.layer(name).visible(level)
            table = release.visible(name, level)
            _write_table(book.add_worksheet(SHEETS[name]), looks, columns, table, words)


def _reference(release: Release) -> date:
    return date.fromisoformat(str(release.project["reference_date"])[:10])


def _looks(book: Any) -> dict[str, Any]:
    """Make the formats; numbers by their count of decimals."""
    base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
    looks = {
        "title": book.add_format({**base, "bold": True, "font_size": 16, "font_color": "#5d2d86"}),
        "bold": book.add_format({**base, "bold": True}),
        "wrap": book.add_format({**base, "text_wrap": True}),
        "text": book.add_format(base),
        "warn": book.add_format({**base, "text_wrap": True, "bg_color": "#fff3c4"}),
        "head": book.add_format(
            {
                **base, "bold": True, "text_wrap": True, "font_color": "#ffffff", "bg_color": "#5d2d86",
                "border": 1, "border_color": "#d6d0dd",
            }
        ),
        "year": book.add_format({**base, "num_format": "0"}),
        "share": book.add_format({**base, "num_format": "0%"}),
        "figure": book.add_format({**base, "num_format": "#,##0.######"}),
        "sourced": book.add_format({**base, "font_color": "#205039"}),
        "assumption": book.add_format({**base, "font_color": "#7a4e00", "bg_color": "#fdf0d5"}),
        "to_verify": book.add_format({**base, "font_color": "#8c3010", "bg_color": "#fbe3da"}),
    }  # fmt: skip
    looks["0"] = book.add_format({**base, "num_format": "#,##0"})
    looks["1"] = book.add_format({**base, "num_format": "#,##0.0"})
    return looks


def _write_readme(
    book: Any, looks: dict[str, Any], release: Release, names: Sequence[str], level: Level
) -> None:
    project = release.project
    sheet = book.add_worksheet(README)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    sheet.set_column(2, 2, 12)
    lines: list[tuple[str, str, str]] = [
        ("title", f"Ruimte voor circulaire bedrijven: {project['name']}", ""),
        ("text", "", ""),
        ("bold", "Gemaakt voor", str(project["authority"])),
        ("bold", "Peildatum", _reference(release).isoformat()),
        ("bold", "Uitgave", release.name),
        ("bold", "Voor", READERS[level.value]),
    ]
    note = str(project.get("note") or "").strip()
    if project.get("sample"):
        lines.append(
            ("warn", "Schematisch voorbeeld", f"Geen echte grenzen; kenmerken zijn verzonnen. {note}")
        )
    elif note:
        lines.append(("warn", "Let op", note))
    lines += [
        ("text", "", ""),
        ("bold", "Hectares", "Netto (kavels), tenzij de kop bruto zegt. Leeg is niet beoordeeld, geen nul."),
        ("bold", "P10, P50, P90", "Uitkomsten waar 10, 50 en 90 % van de doorrekeningen onder blijft."),
        ("bold", "Aandeel", "Een aandeel van de doorrekeningen volgt uit de aannamen; het is geen kans."),
        ("bold", "Capaciteit", "Capaciteit voor secundair materiaal, geen vermindering van nieuw materiaal."),
        ("text", "", ""),
        ("bold", "Status", "Betekenis"),
    ]  # fmt: skip
    lines += [("text", status, meaning) for status, meaning in STATUS_LEGEND]
    row = 0
    for look, first, second in lines:
        sheet.write_string(row, 0, first, looks["bold" if look in {"bold", "warn"} else look])
        if second:
            sheet.write_string(row, 1, second, looks["warn" if look == "warn" else "wrap"])
        row += 1
    row = _write_contents(sheet, looks, release, names, row + 1)
    _write_sources(sheet, looks, release, level, row + 1)


def _write_contents(
    sheet: Any, looks: dict[str, Any], release: Release, names: Sequence[str], row: int
) -> int:
    sheet.write_row(row, 0, ("Blad", "Wat erin staat", "Rijen"), looks["head"])
    for name in names:
        row += 1
        layer = release.layer(name)
        sheet.write_url(row, 0, f"internal:'{SHEETS[name]}'!A1", looks["text"], SHEETS[name])
        sheet.write_string(row, 1, layer.description_nl or layer.label_nl, looks["wrap"])
        sheet.write_number(row, 2, len(release.table(name)), looks["0"])
    return row + 1


def _write_sources(sheet: Any, looks: dict[str, Any], release: Release, level: Level, row: int) -> None:
    sheet.write_row(row, 0, ("Invoer", "Bron", "Datum"), looks["head"])
    for source in release.project.get("sources", []):
        name = str(source.get("layer") or "")
        if name not in release.names or not release.layer(name).visible(level):
            continue
        row += 1
        sheet.write_string(row, 0, release.layer(name).label_nl, looks["text"])
        sheet.write_string(row, 1, str(source.get("source") or "niet opgegeven"), looks["wrap"])
        sheet.write_string(row, 2, str(source.get("date") or ""), looks["text"])


def _write_table(
    sheet: Any, looks: dict[str, Any], columns: Sequence[Column], table: pd.DataFrame, words: Words
) -> None:
    """Write one table from the first cell on: header, filters, widths, values."""
    sheet.set_row(0, HEAD_HEIGHT)
    for position, column in enumerate(columns):
        head = _head(column)
        sheet.write_string(0, position, head, looks["head"])
        values = table[column.name].astype(object).where(table[column.name].notna(), None).tolist()
        look = _look(column, words)
        shown = _shown(column, look, values, words)
        sheet.set_column(position, position, _width(head, column, shown))
        for row, value in enumerate(values, start=1):
            if value is not None:
                _write_value(sheet, looks, look, (row, position), value, shown)
    sheet.freeze_panes(1, 1)
    if columns:
        sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _shown(column: Column, look: str, values: Sequence[Any], words: Words) -> dict[Any, str]:
    """Give the text of every different value of a column of texts; nothing for numbers."""
    if look not in {"code", "text"}:
        return {}
    different = dict.fromkeys(value for value in values if value is not None)
    if look == "code":
        return {value: words.text(column, value) for value in different}
    return {value: "ja" if value is True else "nee" if value is False else str(value) for value in different}


def _write_value(
    sheet: Any, looks: dict[str, Any], look: str, place: tuple[int, int], value: Any, shown: dict[Any, str]
) -> None:
    if look == "code":
        sheet.write_string(*place, shown[value], looks.get(str(value), looks["text"]))
    elif look == "text":
        sheet.write_string(*place, shown[value], looks["text"])
    else:
        sheet.write_number(*place, float(value), looks[look])


def _head(column: Column) -> str:
    if not column.unit:
        return column.label_nl
    return f"{column.label_nl} ({UNITS.get(column.unit, column.unit)})"


def _look(column: Column, words: Words) -> str:
    """Tell how the values of a column are written; hectares never with more than one decimal."""
    if column.kind == "number":
        return _number_look(column)
    if words.translates(column):
        return "code"
    return {"year": "year", "integer": "0"}.get(column.kind, "text")


def _number_look(column: Column) -> str:
    if column.unit == "share":
        return "share"
    if column.unit in {None, "ratio", "see unit"}:
        return "figure"
    return "1" if column.decimals == 1 or (column.unit == "ha" and column.decimals) else "0"


def _width(head: str, column: Column, shown: dict[Any, str]) -> float:
    """Fit a column to its values, and to the longest word of its header."""
    longest = max((len(word) for word in head.split()), default=0) + 3
    if column.kind in {"number", "integer", "year"}:
        return float(min(max(longest, NARROWEST), 18))
    return float(min(max([longest, NARROWEST, *(len(text) + 1 for text in shown.values())]), WIDEST))

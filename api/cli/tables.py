"""Tables for the terminal, in Dutch, readable from 80 columns on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from api.cli.output import plain
from maps.wording import code, missing, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

WIDE = 100
NOT_ASSESSED = "n.b."
TO = "\N{EN DASH}"
LEGEND = (
    "Hectares, van zeker tot mogelijk. Zone: toegestaan, maar het geluidbudget van de zone beslist. "
    f"{NOT_ASSESSED}: niet beoordeeld."
)
UNITS = {
    "parks": "",
    "plots": "",
    "plans": "",
    "objects": "",
    "inhabitants": "",
    "dwellings": "",
    "aantal": "",
}


def make_table(title: str, *columns: str, numbers_from: int = 1) -> Table:
    """Make an empty table whose columns from `numbers_from` on hold numbers."""
    table = Table(
        title=Text(plain(title), style="bold"),
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 0),
        pad_edge=False,
    )
    for position, column in enumerate(columns):
        is_number = position >= numbers_from
        table.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    return table


def add_row(table: Table, *cells: object, style: str | None = None) -> None:
    """Add a row of plain text; markup and control characters in data mean nothing."""
    table.add_row(*(Text(plain(cell)) for cell in cells), style=style)


def amount(value: Any, decimals: int = 0) -> str:
    """Write a number, or that it was not assessed."""
    return NOT_ASSESSED if missing(value) else number(value, decimals)


def span(certain: Any, possible: Any) -> str:
    """Write hectares that are certain, up to those with what is possible on top."""
    if missing(certain):
        return NOT_ASSESSED
    low = number(certain)
    high = number(certain + (0 if missing(possible) else possible))
    return low if low == high else f"{low}{TO}{high}"


def ends(low: Any, high: Any, decimals: int = 0) -> str:
    """Write an interval from its two ends."""
    first, second = amount(low, decimals), amount(high, decimals)
    return first if first == second else f"{first}{TO}{second}"


def print_banner(console: Console, project: Mapping[str, Any]) -> None:
    """Write what the release is about, and that a sample is a sample."""
    console.print(Text(plain(project["name"]), style="bold"))
    if project.get("sample"):
        note = project.get("note") or "Schematisch voorbeeld, geen echte grenzen."
        console.print(Text(plain(note), style="yellow"))


def print_summary(console: Console, rows: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> None:
    """Write the figures per area, the total last; on a wide terminal with quays, under-use and housing."""
    wide = console.width >= WIDE
    heads = ["Gebied", "Terreinen", "Toegestaan", "En benutbaar", "Zone", "En aan water", "Oever m"]
    heads += ["Kade m", "Onderbenut", "Naar woningen"] if wide else []
    threshold = parameters.get("hmc_threshold", "")
    table = make_table(f"Hectares voor milieucategorie {threshold} en hoger", *heads)
    for row in rows:
        total = row["scope"] == "total"
        if total:
            table.add_section()
        elif not row["parks"]:
            # of a nation of municipalities only those with parks fit on a screen; all stand in the release
            continue
        cells = [
            row["area_name"],
            amount(row["parks"]),
            span(row["permitted_hmc_certain_ha"], row["permitted_hmc_possible_ha"]),
            span(row["heavy_certain_ha"], row["heavy_possible_ha"]),
            amount(row["heavy_governed_ha"]),
            span(row["heavy_water_certain_ha"], row["heavy_water_possible_ha"]),
            amount(row["shore_m"]),
        ]
        if wide:
            cells += [
                amount(row["quay_m"]),
                amount(row["underuse_certain_ha"]),
                ends(row["housing_lost_low_ha"], row["housing_lost_high_ha"]),
            ]
        add_row(table, *cells, style="bold" if total else None)
    console.print(table)
    console.print(Text(LEGEND, style="dim"))


def print_paths(console: Console, paths: Mapping[str, str]) -> None:
    """Write names and paths, unbroken so that they can be copied."""
    width = max(map(len, paths))
    for name, path in paths.items():
        console.print(Text(f"{name:<{width}}  {plain(path)}"), soft_wrap=True)


def print_gaps(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what was not assessed and why."""
    if not rows:
        return
    table = make_table("Niet beoordeeld", "Wat", "Waarom", "Terreinen", numbers_from=2)
    for row in rows:
        parks = "" if missing(row["parks"]) else number(row["parks"])
        add_row(table, row["what_nl"] or "", row["why_nl"] or "", parks)
    console.print(table)


RULE_TITLES = {
    "floor": "Tekort in ha, met een ondergrens voor zwaar terrein en kaden",
    "free_light_first": "Tekort in ha, zonder ondergrens en lichte bedrijven eerst",
}
GROUP_TITLES = {"light": "tot en met 3.2", "5.1+": "5.1 en zwaarder", "total": "Totaal"}


def print_balance(console: Console, answer: Mapping[str, Any]) -> None:
    """Write the shortage per class and year as a band, and the answers in words."""
    print_shortage(console, answer["shortage"])
    for row in answer["answers"]:
        console.print(Text(f"- {plain(row['answer_nl'])}"))


def print_shortage(console: Console, shortage: Sequence[Mapping[str, Any]]) -> None:
    """Write the shortage per class and year as a band, with and without a floor rule."""
    for rule, title in RULE_TITLES.items():
        rows = [row for row in shortage if row["rule"] == rule]
        years = sorted({row["year"] for row in rows})
        table = make_table(title, "Categorie", *(str(year) for year in years))
        for group in dict.fromkeys(row["group"] for row in rows):
            cells = {row["year"]: _band(row) for row in rows if row["group"] == group}
            add_row(table, GROUP_TITLES.get(group, group), *(cells.get(year, NOT_ASSESSED) for year in years))
        console.print(table)
    console.print(
        Text("Midden (P10-P90 van de doorrekeningen), op 5 ha. Een aandeel doorrekeningen is geen kans.")
    )


def _band(row: Mapping[str, Any]) -> str:
    middle, low, high = (amount(row[f"shown_{name}_ha"]) for name in ("p50", "p10", "p90"))
    return f"{middle} ({low}{TO}{high})"


def print_park(console: Console, answer: Mapping[str, Any]) -> None:
    """Write all evidence of one park."""
    park = answer["park"]
    table = make_table(f"{park['name'] or ''} ({park['park_id']})", "Gegeven", "Waarde", numbers_from=2)
    unknown = []
    for column in answer["columns"]:
        if column["name"] in {"park_id", "name"}:
            continue
        if park[column["name"]] is None:
            unknown.append(column["label_nl"])
        else:
            add_row(table, column["label_nl"], column["shown_nl"])
    console.print(table)
    if unknown:
        console.print(Text(f"Niet beoordeeld of niet van toepassing: {'; '.join(unknown)}.", style="dim"))
    if answer["water_evidence"]:
        proof = make_table("Bewijs voor de waterontsluiting", "Soort", "Waarde", "Bron", numbers_from=3)
        for row in answer["water_evidence"]:
            add_row(proof, row["rung_nl"], row["value_nl"], row["source"] or "")
        console.print(proof)


def print_check(
    console: Console, sources: Sequence[Mapping[str, Any]], quality: Sequence[Mapping[str, Any]]
) -> None:
    """Write what reading found: rows per layer, and what it repaired."""
    table = make_table("Lagen", "Laag", "Bestand", "Rijen in bestand", "Rijen in laag", numbers_from=2)
    for source in sources:
        add_row(table, source["layer"], source["file"], number(source["rows_in"]), number(source["rows_out"]))
    console.print(table)
    if quality:
        found = make_table(
            "Gegevenskwaliteit", "Laag", "Regel", "Handeling", "Reden", "Rijen", numbers_from=4
        )
        for row in quality:
            add_row(
                found, row["layer"], row["rule"], code(row["action"]), row["reason_nl"], number(row["rows"])
            )
        console.print(found)


def print_comparison(console: Console, answer: Mapping[str, Any]) -> None:
    """Write how two releases differ."""
    if answer["same_tables"]:
        console.print("De tabellen zijn gelijk.")
    elif not (answer["appeared"] or answer["vanished"] or answer["changed"]):
        others = ", ".join(answer["tables"])
        console.print(Text(plain(f"De terreinen zijn gelijk. Deze tabellen verschillen: {others}.")))
    for key, title in (("appeared", "Nieuwe terreinen"), ("vanished", "Verdwenen terreinen")):
        if answer[key]:
            table = make_table(title, "Id", "Terrein", "ha", numbers_from=2)
            for row in answer[key]:
                add_row(table, row["park_id"], row["name"] or "", amount(row["area_ha"], 1))
            console.print(table)
    if answer["changed"]:
        table = make_table("Veranderd", "Terrein", "Gegeven", "Was", "Werd", numbers_from=4)
        for row in answer["changed"]:
            name = row["name"] or row["park_id"]
            add_row(table, name, row["label_nl"], value(row["before"]), value(row["after"]))
        console.print(table)
    for key, title, label in (("parameters", "Parameters", "name"), ("totals", "Totaal", "label_nl")):
        rows = [row for row in answer[key] if row["before"] != row["after"]]
        if rows:
            table = make_table(title, "Gegeven", "Was", "Werd")
            for row in rows:
                unit = UNITS.get(row.get("unit") or "", row.get("unit") or "")
                add_row(
                    table,
                    f"{row[label]}{f' ({unit})' if unit else ''}",
                    value(row["before"]),
                    value(row["after"]),
                )
            console.print(table)


def print_plan_test(console: Console, answer: Mapping[str, Any]) -> None:
    """Write what a polygon would cost."""
    table = make_table("Wat een plan met gevoelige gebouwen hier kost", "Gegeven", "Omvang", "")
    for row in answer["figures"]:
        unit = UNITS.get(row["unit"], row["unit"])
        add_row(table, row["label_nl"], ends(row["low"], row["high"], 1 if unit == "ha" else 0), unit)
    console.print(table)
    if answer["parks"]:
        parks = make_table(
            "Terreinen", "Id", "Terrein", "Overlap ha", "Verlies hoge categorie ha", numbers_from=2
        )
        for row in answer["parks"]:
            loss = ends(row["lost_low_ha"], row["lost_high_ha"], 1)
            add_row(parks, row["park_id"], row["name"] or "", amount(row["overlap_ha"], 1), loss)
        console.print(parks)
    rows = [
        row for row in answer["by_category"]
        if any(not missing(row[key]) and row[key] > 0 for key in row if key.endswith("_ha"))
    ]  # fmt: skip
    if rows:
        land = make_table("Bedrijventerrein in het plan (ha)", "Categorie", "Toegestaan", "Benutbaar")
        for row in rows:
            # either reading may find more of one category, because land moves between categories
            low, high = sorted((row["usable_low_ha"], row["usable_high_ha"]), key=_missing_last)
            add_row(land, row["category"], amount(row["permitted_ha"], 1), ends(low, high, 1))
        console.print(land)


def _missing_last(item: Any) -> tuple[bool, float]:
    return (True, 0.0) if missing(item) else (False, float(item))


def value(item: Any) -> str:
    """Write any value of a comparison."""
    if isinstance(item, bool):
        return "ja" if item else "nee"
    if isinstance(item, float):
        return number(item, 1)
    return NOT_ASSESSED if missing(item) else str(item)

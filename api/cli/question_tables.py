"""Answers to a planner's questions on a terminal, in Dutch, readable from 80 columns on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from api.cli.output import plain
from api.cli.tables import NOT_ASSESSED, TO, add_row, amount, ends, make_table, span
from maps.wording import code, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

SURE = {
    "certain": "zeker",
    "possible": "mogelijk",
    "governed_by_zone": "geluidzone beslist",
}
SORTED = {
    "heavy": "hectares voor een hoge categorie",
    "net": "netto oppervlakte",
    "quay": "benutbare kade",
    "shore": "oeverlengte",
}
WATERS = {"at_water": "aan het water", "near": "dicht bij water", "dry": "zonder water"}
KINDS = {"heavy": "zwaar", "light": "licht"}
GROUPS = {"4.1": "4.1", "4.2": "4.2", "5.1+": "5.1 en zwaarder"}
STATUSES = {"sourced": "bron", "assumption": "aanname", "to_verify": "te verifiëren"}


def print_parks(console: Console, answer: Mapping[str, Any]) -> None:
    """Write the parks with room for a high category, largest first by the named measure."""
    what = "en bruikbaar water" if answer["water"] else ""
    title = f"Terreinen met ruimte voor categorie {answer['threshold']} en hoger {what}".strip()
    table = make_table(
        title, "Terrein", "Deelgebied", "Netto ha", "Zwaar ha", "Zone ha", "Kade m", "Water", numbers_from=2
    )
    table.columns[-1].justify = "left"
    table.columns[-1].no_wrap = False
    for row in answer["parks"]:
        sure = "" if row["heavy_and_water"] not in SURE else f"; {SURE[row['heavy_and_water']]}"
        add_row(
            table,
            row["name"] or row["park_id"],
            row["sub_area"] or NOT_ASSESSED,
            amount(row["net_ha"]),
            span(row["heavy_certain_ha"], row["heavy_possible_ha"]),
            amount(row["heavy_governed_ha"]),
            ends(row["usable_quay_m"], row["quay_m"]),
            code(row["connection"]) + sure,
        )
    console.print(table)
    said = (
        f"{len(answer['parks'])} terreinen, op volgorde van {SORTED[answer['sort']]}. Zwaar: toegestaan en "
        f"volgens richtafstanden benutbaar, van zeker tot mogelijk. Zone: het geluidbudget beslist. Kade: "
        f"bevestigd benutbaar{TO}aanwezig."
    )
    if answer["not_assessed"]:
        said += f" Niet beoordeeld: {answer['not_assessed']}."
    console.print(Text(said, style="dim"))


def print_demand(console: Console, answer: Mapping[str, Any]) -> None:
    """Write demand for heavy land by water, and the shortage per sub-area."""
    years = sorted({row["year"] for row in answer["demand"]})
    table = make_table(
        f"Vraag van circulaire functies vanaf categorie {answer['threshold']}, netto ha",
        "Water",
        *map(str, years),
    )
    for water, name in WATERS.items():
        rows = {row["year"]: row for row in answer["demand"] if row["water"] == water}
        add_row(table, name, *(_three(rows[year]) if year in rows else "0" for year in years))
    console.print(table)
    console.print(Text("Midden (laag tot hoog), naar de methode die per functie leidt.", style="dim"))
    short = make_table(
        "Tekort per deelgebied, ieder voor zich, ha", "Deelgebied", "Categorie", *map(str, years)
    )
    short.columns[1].justify = "left"
    for area in dict.fromkeys(row["area"] for row in answer["shortage"]):
        for group, name in GROUPS.items():
            for water, added in (("any", ""), ("at_water", ", aan water")):
                rows = {
                    row["year"]: row
                    for row in answer["shortage"]
                    if (row["area"], row["group"], row["water"]) == (area, group, water)
                }
                if any(row["shown_p50_ha"] for row in rows.values()):
                    cells = (_band(rows[year]) if year in rows else NOT_ASSESSED for year in years)
                    add_row(short, area, name + added, *cells)
    if short.row_count:
        console.print(short)
        said = "P50 (P10 tot P90) van de doorrekeningen, op 5 ha. Regels zonder tekort staan er niet bij."
        console.print(Text(said, style="dim"))
    else:
        console.print(Text("In geen deelgebied is in de middelste doorrekening een tekort van 5 ha of meer."))


def print_released(console: Console, answer: Mapping[str, Any]) -> None:
    """Write what comes free beside what is asked of the same kind."""
    asked = {(row["year"], row["kind"], row["water"]): row for row in answer["demand"]}
    table = make_table(
        "Bruikbaar vrijgekomen ruimte naast de vraag, netto ha",
        "Jaar",
        "Soort",
        "Vrij",
        "Gevraagd",
        numbers_from=2,
    )
    for key, row in _filled(answer["released"], asked).items():
        add_row(
            table,
            key[0],
            f"{KINDS[key[1]]}, {WATERS[key[2]]}",
            "0" if row is None else _three(row, 1),
            _three(asked[key], 1) if key in asked else "0",
        )
    console.print(table)
    console.print(
        Text(
            "Midden (laag tot hoog). Vrij is wat overblijft na woningbouw, bodem, vorm en stroom.",
            style="dim",
        )
    )
    for row in answer["losses"]:
        console.print(
            f"- {row['year']}: van de {number(row['area_ha'])} ha van lineaire bedrijven komt "
            f"{number(row['usable_mid_ha'], 1)} ha bruikbaar vrij; {number(row['not_shrunk_ha'])} ha krimpt "
            f"niet, {number(row['not_touched_ha'])} ha raakt de overgang niet."
        )


def print_unknowns(console: Console, answer: Mapping[str, Any]) -> None:
    """Write research questions, what was not assessed, and what people on site say differently."""
    if answer["agenda"]:
        table = make_table(
            f"Onderzoeksvragen, de {len(answer['agenda'])} belangrijkste van {answer['questions']}",
            "Nr",
            "Vraag en wat het antwoord waard is",
            numbers_from=2,
        )
        for row in answer["agenda"]:
            add_row(table, row["rank"], f"{row['question_nl']} {row['why_nl']}.".replace("..", "."))
        console.print(table)
    gaps = make_table("Niet beoordeeld", "Wat", "Waarom", "Terreinen", numbers_from=2)
    for row in answer["not_assessed"]:
        add_row(gaps, row["what_nl"], row["why_nl"], amount(row["parks"]))
    if gaps.row_count:
        console.print(gaps)
    if answer["disagreements"]:
        console.print(
            Text(f"Op {len(answer['disagreements'])} punten zegt het gebied iets anders:", style="bold")
        )
        for row in answer["disagreements"]:
            console.print(Text(plain(f"- {row['park_name']}: {row['text']}")))
    counted = ", ".join(f"{STATUSES[name]} {count}" for name, count in answer["assumptions"].items())
    console.print(Text(f"Status van de cijfers over terreinen: {counted}.", style="dim"))


def _three(row: Mapping[str, Any], decimals: int = 0) -> str:
    middle, low, high = (
        amount(next(row[name] for name in (f"net_{end}_ha", f"{end}_ha") if name in row), decimals)
        for end in ("mid", "low", "high")
    )
    return f"{middle} ({low}{TO}{high})"


def _band(row: Mapping[str, Any]) -> str:
    middle, low, high = (amount(row[f"shown_{name}_ha"]) for name in ("p50", "p10", "p90"))
    return f"{middle} ({low}{TO}{high})"


def _filled(
    released: Sequence[Mapping[str, Any]], asked: Mapping[tuple[Any, ...], Any]
) -> dict[tuple[Any, ...], Mapping[str, Any] | None]:
    """Give every kind that is free or asked, in order; None where nothing comes free."""
    freed = {(row["year"], row["kind"], row["water"]): row for row in released}
    order = list(WATERS)
    keys = sorted({*freed, *asked}, key=lambda key: (key[0], key[1], order.index(key[2])))
    return {key: freed.get(key) for key in keys}

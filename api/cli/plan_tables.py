"""The reservation plan on a terminal, in Dutch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from api.cli.output import plain
from api.cli.tables import NOT_ASSESSED, add_row, amount, make_table, print_banner, print_paths
from maps.wording import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

SHOWN_FUNCTIONS = 4
UNITS_NL = {"inhabitants": "inwoners", "parks": "terreinen"}
STATUS_NL = {
    "optimal": "bewezen",
    "within_gap": "binnen de marge bewezen",
    "limit": "gestopt op tijd of stappen",
}


def print_plan(console: Console, answer: Mapping[str, Any]) -> None:
    """Write a plan: what is reserved first, what runs short, what would help."""
    print_banner(console, answer["project"])
    console.print(
        f"Een onderbouwd alternatief: {answer['sites']} plekken, samen {number(answer['hectares'])} ha."
    )
    first = make_table(
        "Eerst reserveren", "Plek", "Terrein", "Functie", "Vanaf", "ha", "Score", "Blijft", numbers_from=3
    )
    for row in answer["first"]:
        add_row(
            first,
            row["site_id"],
            row["park_name"],
            f"{row['function']} {row['function_nl']}",
            row["from_year"],
            amount(row["last_ha"], 1),
            amount(row["suitability"], 2),
            NOT_ASSESSED if row["acceptability"] is None else f"{number(100 * row['acceptability'])} %",
        )
    console.print(first)
    _print_reasons(console, answer)
    short = make_table("Wat niet past", "Jaar", "Gevraagd, ha", "Tekort, ha", "Het meest", numbers_from=1)
    short.columns[-1].justify = "left"
    short.columns[-1].no_wrap = False
    for row in answer["shortage"]:
        most = [
            f"{item['function']} {number(item['short_ha'], 1)}" for item in row["functions"][:SHOWN_FUNCTIONS]
        ]
        add_row(short, row["year"], amount(row["wanted_ha"], 1), amount(row["short_ha"], 1), ", ".join(most))
    console.print(short)
    _lines(console, "Wat botst", [row["text_nl"] for row in answer["clashes"]])
    free = [row["text_nl"] for row in answer["ways_out"] if row["kind"] == "free"]
    health = [row["text_nl"] for row in answer["ways_out"] if row["kind"] == "health"]
    _lines(console, "Uitwegen: vrije keuzes", free)
    _lines(console, "Uitwegen die gezondheid raken", health)
    _print_aims(console, answer["aims"])
    print_paths(console, {"Uitgave": answer["path"]})


def _print_reasons(console: Console, answer: Mapping[str, Any]) -> None:
    """Write what speaks most for the first sites, and the weights behind the score."""
    console.print(
        "Blijft: aandeel van de gelote gewichten waarbij de plek voor deze functie in het plan staat "
        f"({NOT_ASSESSED}: niet doorgerekend, zie reserve --robust)."
    )
    console.print("Waarin deze plekken het meest boven het gemiddelde van het plan uitkomen:")
    for row in answer["first"]:
        said = ", ".join(label.lower() for label in row["reasons"]) or "niets boven het gemiddelde"
        console.print(f"- {row['site_id']}: {said}.")
    weights = sorted(answer["weights"], key=lambda row: (-row["weight"], row["label_nl"]))
    listed = ", ".join(f"{row['label_nl'].lower()} {number(row['weight'])}" for row in weights)
    console.print(Text(f"Gewichten: {listed}.", style="dim"))


def _print_aims(console: Console, aims: list[Mapping[str, Any]]) -> None:
    """Write what was proven per aim: technical, but never left out."""
    table = make_table(
        "Doelen in volgorde (technisch)", "Doel", "Bereikt", "Ondergrens", "Verschil", "Berekening"
    )
    table.columns[-1].justify = "left"
    for aim in aims:
        add_row(
            table,
            aim["label_nl"],
            amount(aim["value"], 1),
            amount(aim["bound"], 1),
            f"{number(100 * aim['gap'], 2)} %",
            STATUS_NL.get(aim["status"], aim["status"]),
        )
    console.print(table)


def _lines(console: Console, title: str, lines: list[str]) -> None:
    if not lines:
        return
    console.print(Text(title, style="bold"))
    for line in lines:
        console.print(Text(f"- {plain(line)}"))
    console.print()


def print_explanation(console: Console, project: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Write the sentences of an answer, per site where there are several."""
    print_banner(console, project)
    for sentence in answer["sentences"]:
        console.print(Text(plain(sentence["text_nl"])))
    for site in answer.get("sites", []):
        console.print()
        console.print(Text(plain(f"{site['site_id']} voor {site['function']}"), style="bold"))
        for sentence in site["sentences"]:
            console.print(Text(f"- {plain(sentence['text_nl'])}"))
    if answer.get("aims"):
        _print_changes(console, answer)


def _print_changes(console: Console, answer: Mapping[str, Any]) -> None:
    """Write which places come, go and change, and what that does to the aims."""
    rows = [
        (what, place)
        for what, name in (("komt erbij", "comes_in"), ("valt af", "goes_out"), ("wijzigt", "changes"))
        for place in answer[name]
    ]
    if rows:
        table = make_table(
            "Wat verandert", "Wat", "Plek", "Gemeente", "Functie", "Vanaf", "Ha", numbers_from=4
        )
        for what, place in rows:
            function, year = place["function"], str(place["from_year"])
            if what == "wijzigt":
                function = _arrow(place["function_before"], function)
                year = _arrow(place["from_year_before"], place["from_year"])
            where = place["site_id"] + (f" ({place['park_name']})" if place["park_name"] else "")
            add_row(table, what, where, place["municipality"], function, year, amount(place["hectares"], 1))
        console.print(table)
    aims = make_table("Doelen, beide gemeten met deze gewichten", "Doel", "Eenheid", "Was", "Wordt")
    aims.columns[1].justify = "left"
    for aim in answer["aims"]:
        decimals = 1 if aim["unit"] == "ha" else 0
        unit = UNITS_NL.get(aim["unit"], aim["unit"])
        add_row(aims, aim["label_nl"], unit, amount(aim["before"], decimals), amount(aim["after"], decimals))
    console.print(aims)


def _arrow(before: object, after: object) -> str:
    return str(after) if before == after else f"{before} → {after}"


def print_allocation(console: Console, project: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Write where facilities can stand and which municipality gets which, per function."""
    print_banner(console, project)
    for row in answer["functions"]:
        console.print(Text(plain(row["answer_nl"])))
    unit = "Minuten" if answer["unit"] == "min" else "Km"
    for function in answer["functions"]:
        rows = [row for row in answer["assignments"] if row["function_id"] == function["function_id"]]
        table = make_table(
            f"{function['function_id']}: wie gaat waarheen", "Gemeente", "Plek", "In", unit, numbers_from=3
        )
        for row in rows:
            add_row(table, row["municipality"], row["site_name"], row["host"], amount(row["way"], 0))
        console.print(table)


def print_rules(console: Console, project: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Write which rules a municipality can adopt, with reason, places and legal risk."""
    print_banner(console, project)
    console.print(f"Bouwstenen voor {plain(answer['name'])}. Concept, juridisch te toetsen.", markup=False)
    for verdict in dict.fromkeys(row["verdict_nl"] for row in answer["rules"]):
        title = verdict[:1].upper() + verdict[1:]
        table = make_table(title, "Nr", "Bouwsteen, reden en plek", "Juridisch en regionaal", numbers_from=3)
        for row in answer["rules"]:
            if row["verdict_nl"] != verdict:
                continue
            what = f"{row['rule_nl']} ({row['lands_in']}). {row['motivation_nl']} Op: {row['map_nl']}."
            law = (
                f"Juridisch risico: {row['legal_risk_nl']} Afspraak in de regio: {row['regional_nl']}. "
                f"Voorwaarde: {row['conditions_nl'].rstrip('.')}."
            )
            add_row(table, row["block_id"], what, law)
        console.print(table)

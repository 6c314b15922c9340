"""Why two releases differ, as tables in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from analysis.monitoring.balance_changes import SIGNS
from api.cli.output import plain
from api.cli.tables import GROUP_TITLES, add_row, amount, ends, make_table, value
from maps.wording import code, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

CAUSES: Final = {
    "data": "gegevens",
    "parameters": "parameters",
    "figures": "eigen cijfers",
    "program": "programma",
    "storage": "opslag",
    "interaction": "samen",
    "step": "opdracht aan de rekenaar",
    "solver": "rekenaar",
    "not_assessed": "niet beoordeeld",
}
HOW: Final = {"each": "elk apart genoeg", "together": "alleen samen", "partly": "elk een deel"}
TERMS: Final = {
    "circular_ha": "circulaire vraag",
    "growth_ha": "groei",
    "replacement_ha": "vervanging",
    "supply_ha": "aanbod",
    "intensification_ha": "verdichting",
    "released_ha": "vrijgekomen ruimte",
}
WHAT: Final = {
    "permitted": "toegestane categorie",
    "in_use": "categorie in gebruik",
    "shore_m": "oeverlengte",
    "quay_m": "kadelengte",
    "usable_quay_m": "benutbare kade",
}


def print_causes(console: Console, answer: Mapping[str, Any]) -> None:
    """Write what happened to parks and why conclusions changed."""
    _print_parks(console, answer["parks"])
    _print_changed(console, answer)
    if answer["balance"] is not None:
        _print_balance(console, answer["balance"])
    if answer["reserved"] is not None:
        _print_reserved(console, answer["reserved"])
    if answer["layers"]:
        table = make_table("Lagen die verschillen", "Laag", "Rijen was", "Rijen werd")
        for row in answer["layers"]:
            add_row(table, row["label_nl"], _rows(row["rows_before"]), _rows(row["rows_after"]))
        console.print(table)
    if answer["parameters"]:
        console.print(
            Text(plain(f"Parameters van het bewijs die verschillen: {', '.join(answer['parameters'])}."))
        )
    if answer["not_assessed"]:
        console.print(Text(plain(f"Oorzaken niet beoordeeld: {answer['not_assessed']}")))
    if any(answer[name] for name in ("verdicts", "totals", "reserved", "balance")):
        console.print("\nWat deze vergelijking niet zegt")
        for limit in answer["limits"]:
            console.print(Text(plain(f"- {limit}")))


def because(causes: Sequence[str] | None, how: str | None = None) -> str:
    """Write causes; several of them with how they go together."""
    if not causes:
        return CAUSES["not_assessed"]
    text = " en ".join(CAUSES[cause] for cause in causes)
    return f"{text} ({HOW[how]})" if how else text


def _print_parks(console: Console, parks: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    moved = [row for row in parks["vanished"] if row["same_place"]]
    if moved:
        table = make_table("Ander nummer, zelfde plek", "Was", "Werd", "Terrein")
        for row in moved:
            add_row(table, row["park_id"], row["same_place"], row["name"] or "")
        console.print(table)
    if parks["category"]:
        table = make_table("Andere categorie", "Terrein", "Gegeven", "Was", "Werd", "Door", numbers_from=9)
        for row in parks["category"]:
            spans = (_span(row[side]) for side in ("before", "after"))
            add_row(table, _name(row), WHAT[row["what"]], *spans, because(row["causes"]))
        console.print(table)
    if parks["frontage"]:
        columns = ("Terrein", "Gegeven", "Was m", "Werd m", "Door")
        table = make_table("Minder waterfront", *columns, numbers_from=9)
        for row in parks["frontage"]:
            lengths = (value(row[side]) for side in ("before", "after"))
            add_row(table, _name(row), WHAT[row["what"]], *lengths, because(row["causes"]))
        console.print(table)
    if parks["homes"]:
        names = ("Terrein", "Was", "Werd", "Nieuwe objecten", "Andere afstand", "Door")
        table = make_table("Meer gevoelige objecten binnen afstand", *names, numbers_from=9)
        for row in parks["homes"]:
            counts = (_counts(row[key]) for key in ("before", "after", "by_objects", "by_distance"))
            add_row(table, _name(row), *counts, because(row["causes"]))
        console.print(table)


def _print_changed(console: Console, answer: Mapping[str, Any]) -> None:
    if answer["verdicts"]:
        table = make_table("Andere conclusie", "Terrein", "Gegeven", "Was", "Werd", "Door", numbers_from=9)
        for row in answer["verdicts"]:
            add_row(table, _name(row), row["label_nl"], code(row["before"]), code(row["after"]),
                    because(row["causes"], row["how"]))  # fmt: skip
        console.print(table)
    if answer["totals"]:
        table = make_table("Ander totaal", "Gegeven", "Was", "Werd", "Door", "Verdeling", numbers_from=9)
        for row in answer["totals"]:
            unit = f" ({row['unit']})" if row["unit"] in {"ha", "m"} else ""
            parts = ", ".join(f"{CAUSES[name]} {value(size)}" for name, size in row["effects"].items())
            add_row(table, f"{row['label_nl']}{unit}", value(row["before"]), value(row["after"]),
                    because(row["causes"], row["how"]), parts)  # fmt: skip
        console.print(table)


def _print_balance(console: Console, balance: Mapping[str, Any]) -> None:
    if not balance["shortages"]:
        console.print("De tekorten zijn gelijk.")
        return
    names = ("Gebied", "Jaar", "Groep", "Was ha", "Werd ha", "Waardoor, ha")
    table = make_table("Ander tekort aan ruimte (laag-midden-hoog)", *names, numbers_from=9)
    # of sub-areas their total is enough to read; every group is in the answer for programs
    for row in balance["shortages"]:
        if row["scope"] != "province" and row["group"] != "total":
            continue
        area = "hele provincie" if row["scope"] == "province" else row["area"]
        sizes = (_band(row[side]) for side in ("before", "after"))
        terms = ", ".join(_moved(name, step) for name, step in row["terms"].items())
        add_row(
            table, area, str(row["year"]), GROUP_TITLES.get(row["group"], row["group"]), *sizes, terms or "-"
        )
    console.print(table)
    console.print(Text(plain(f"Oorzaak: {CAUSES[balance['cause']]}. {balance['why_nl']}")))


def _moved(term: str, step: float) -> str:
    """Write by how much a term changed; less supply raises a shortage."""
    more = (step > 0) == (SIGNS[term] > 0)
    return f"{'meer' if more else 'minder'} {TERMS[term]} {number(abs(step), 1)}"


def _band(sizes: Sequence[float | None] | None) -> str:
    return CAUSES["not_assessed"] if sizes is None else " - ".join(amount(size) for size in sizes)


def _print_reserved(console: Console, reserved: Mapping[str, Any]) -> None:
    if not reserved["sites"]:
        console.print("Het reserveringsvoorstel is gelijk.")
        return
    table = make_table("Ander reserveringsvoorstel", "Plek", "Terrein", "Was", "Werd", numbers_from=9)
    for row in reserved["sites"]:
        add_row(table, row["site_id"], row["park_name"] or "", row["before"] or "-", row["after"] or "-")
    console.print(table)
    console.print(Text(plain(f"Oorzaak: {CAUSES[reserved['cause']]}. {reserved['why_nl']}")))


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name"] or row["park_id"])


def _span(labels: Sequence[str | None]) -> str:
    known = list(dict.fromkeys(label for label in labels if label is not None))
    return "-".join(known) if known else CAUSES["not_assessed"]


def _counts(values: Sequence[float | None] | None) -> str:
    return CAUSES["not_assessed"] if values is None else ends(values[0], values[1])


def _rows(count: int | None) -> str:
    return "geen laag" if count is None else amount(count)

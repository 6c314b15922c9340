"""The motivation per location in the choice package: what it is, why, and what was not assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analysis.package.facts import KINDS, LARGE_PLOT_HA
from layers.documents import Facts, Heading, Paragraph, Part
from layers.dutch import list_nl
from layers.facts import read_facts
from layers.municipal_facts import NOT_ASSESSED, fact_kinds

if TYPE_CHECKING:
    from analysis.package.context import Context

HECTARES: Final = (
    ("heavy_ha", "zware grond (mag en past)"),
    ("wet_ha", "aan of nabij bevaarbaar water"),
    ("category_light_ha", "waar tot en met categorie 3.2 past"),
    ("category_4_1_ha", "waar categorie 4.1 past"),
    ("category_4_2_ha", "waar categorie 4.2 past"),
    ("category_5_up_ha", "waar categorie 5.1 of hoger past"),
    ("category_unknown_ha", "waar niet is beoordeeld welke categorie past"),
    ("water_unknown_ha", "waar de ligging aan water niet is beoordeeld"),
    ("grid_ha", "waar het stroomnet nog vol is"),
)
LABELS: Final = {
    "no_regret": "in elke doorrekening gekozen",
    "robust": "in de meeste doorrekeningen gekozen",
    "replaceable": "te vervangen door een andere locatie",
    "only_some_futures": "alleen in een deel van de toekomsten nodig",
    "not_assessed": NOT_ASSESSED,
}


def place_parts(context: Context) -> list[Part]:
    """Write the locations of a municipality; nothing when there is none."""
    zones = context.tables.get("reservation_zones")
    if zones is None:
        return []
    own = zones[zones["municipality_code"] == context.code]
    rank = own["kind"].map({kind: place for place, kind in enumerate(KINDS)})
    own = own.assign(rank=rank).sort_values(["park_id", "rank"])
    if not len(own):
        return []
    named = context.locations.set_index("zone_id")["location_id"].to_dict()
    parts: list[Part] = [
        Heading(1, "Motivering per locatie", "locaties"),
        Paragraph(
            "Elke zone is een voorstel en geen besluit. Het voorstel is een onderbouwd alternatief. "
            "Andere locaties zijn "
            "afgewogen; zij staan in het locatiedossier."
        ),
    ]
    reasons = _reasons()
    functions = _functions(context)
    kinds = read_facts("protection_kinds").set_index("kind")
    for number, row in enumerate(own.to_dict("records"), start=1):
        kind = kinds.loc[str(row["kind"])]
        title = f"{row['park_name']}: {kind['label_nl']}"
        parts.append(Heading(2, title, f"locatie-{number}"))
        parts.append(Paragraph(str(kind["meaning_nl"]), tone="lead"))
        parts += [Paragraph(text) for text in _split(row.get("reasons"), reasons)]
        parts.append(Facts(_facts(row, context, named, functions)))
    return parts


def _facts(
    row: dict[Any, Any], context: Context, named: dict[Any, Any], functions: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    say = fact_kinds()["zones_ha"].say
    hectares = [
        f"{say(float(row[column]))} {label}" for column, label in HECTARES if float(row.get(column) or 0) > 0
    ]
    motives = list_nl(_split(row.get("functions"), functions))
    year = row.get("from_year")
    blocks = [
        judged.block.id
        for judged in context.judgement.chosen
        if any(
            place.row.get("zone_id") == row["zone_id"] for place in judged.places if place.ground == "zone"
        )
    ]
    return (
        ("Oppervlakte", say(float(row["area_ha"]))),
        ("Waarvan (soorten overlappen)", "; ".join(hectares) or NOT_ASSESSED),
        ("Functies als motivering", motives or "geen functie gekozen; de ruimte zelf wordt behouden"),
        ("Vanaf", "nu" if year is None or pd.isna(year) else str(int(year))),
        ("Oordeel", LABELS.get(str(row.get("label")), NOT_ASSESSED)),
        ("Deelt grond met", _text(row.get("shares_ground_with"))),
        ("Voorwaarde van de provincie", _condition(row, context)),
        ("Bouwstenen", list_nl(blocks) or "geen gekozen bouwsteen"),
        ("Kenmerk", str(named.get(row["zone_id"], row["zone_id"]))),
    )


def _condition(row: dict[Any, Any], context: Context) -> str:
    """Check a location against the provincial rule on large plots, the only one that plots can answer."""
    urban = "artikel 9.18 (voorwaarden voor bedrijventerreinen in stedelijk gebied; te verifiëren)"
    plots = context.tables.get("plot_evidence")
    if plots is None:
        return f"{urban}; of er kavels groter dan 5 ha zijn, is niet beoordeeld"
    own = plots[(plots["park_id"] == row["park_id"]).fillna(value=False)]
    inside = np.asarray(shapely.intersects(own["geometry"].to_numpy(), shapely.buffer(row["geometry"], -1.0)))
    large = own[inside & (own["area_ha"] > LARGE_PLOT_HA).fillna(value=False).to_numpy(dtype=bool)]
    if not len(large):
        return f"{urban}; er zijn hier geen kavels groter dan 5 ha"
    noun = "kavel" if len(large) == 1 else "kavels"
    return f"{urban}; {len(large)} {noun} groter dan 5 ha: splitsen of ontheffing vragen (artikel 1.6)"


def _reasons() -> dict[str, str]:
    rules = read_facts("protection_rules")
    return dict(zip(rules["rule_id"].astype(str), rules["why_nl"].astype(str), strict=True))


def _functions(context: Context) -> dict[str, str]:
    table = context.tables.get("reservation_functions")
    if table is None:
        return {}
    names = [name[:1].lower() + name[1:] for name in table["name_nl"].astype(str)]
    return dict(zip(table["function"].astype(str), names, strict=True))


def _split(value: object, names: dict[str, str]) -> list[str]:
    """Give the texts behind codes that are joined by semicolons, each once."""
    text = _text(value)
    codes = [] if text == "geen" else [code for code in text.split(";") if code]
    return list(dict.fromkeys(names.get(code, code) for code in codes))


def _text(value: object) -> str:
    return "geen" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]

"""How codes read in a package: verdicts, options, bodies, grades; and names of places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.dutch import list_nl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.package.places import Place
    from layers.instruction_rules import InstructionRule

VERDICTS: Final = {
    "recommended": "aanbevolen",
    "optional": "mogelijk",
    "not_applicable": "niet van toepassing",
    "not_assessed": "niet beoordeeld",
    "consequence": "gevolg van een besluit van de provincie",
}
OPTIONS: Final = {"light": "licht", "firm": "stevig", "strict": "streng"}
DIALECTS: Final = {"category": "milieucategorieën", "space": "milieugebruiksruimte"}
BODIES: Final = {
    "council": "gemeenteraad",
    "executive": "college van burgemeester en wethouders",
    "provincial_council": "provinciale staten",
    "provincial_executive": "gedeputeerde staten",
}
GRADES: Final = {"high": "hoog", "average": "gemiddeld", "limited": "beperkt"}
REGIONAL: Final = {"none": "niet nodig", "advised": "aan te raden", "required": "nodig"}
LANDS: Final = {
    "visie": "omgevingsvisie",
    "programma": "programma",
    "omgevingsplan": "omgevingsplan",
    "omgevingsverordening": "omgevingsverordening",
    "besluit": "apart besluit",
    "privaatrecht": "overeenkomst",
}
STATUSES: Final = {"sourced": "bron", "assumption": "aanname", "to_verify": "te verifiëren"}
MOST_NAMES: Final = 6


def names_of(where: Sequence[Place]) -> dict[str, str]:
    """Give the names of the places of one block, and of the neighbours that they reach."""
    found: dict[str, str] = {}
    kinds: dict[str, list[str]] = {}
    for place in where:
        park = str(place.row.get("park_name") or place.name)
        kinds.setdefault(park, []).extend([place.name.rpartition(", ")[2]] if place.ground == "zone" else [])
    if kinds:
        named = [f"{park} ({list_nl(words)})" if words else park for park, words in kinds.items()]
        found["locaties"] = list_nl(named)
    neighbours = sorted({name for place in where for name in place.neighbours})
    if neighbours:
        found["buurgemeenten"] = list_nl(neighbours, most=MOST_NAMES)
    return found


def municipality_name(tables: Mapping[str, pd.DataFrame], municipality: str) -> str:
    """Give the name of a municipality, its code when it has none."""
    areas = tables["municipalities"]
    names = areas.loc[areas["municipality_code"] == municipality, "name"]
    return str(names.iloc[0]) if len(names) else municipality


def bodies_nl(bodies: Sequence[str]) -> str:
    """Give who can adopt a block."""
    return " of ".join(BODIES[body] for body in bodies)


def sentence(text: str) -> str:
    """Start with a capital and end with a stop."""
    text = text.strip()
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":")) else ".")


def rule_nl(rule: InstructionRule) -> str:
    """Name a provincial rule; conditions are numbered by our source and hold in urban area by art. 9.18."""
    article, _, condition = rule.rule_id.partition(" voorwaarde ")
    if not condition:
        return f"Artikel {article} van de omgevingsverordening"
    return (
        f"Artikel {article} van de omgevingsverordening, voorwaarde {condition} (nummering van onze "
        f"samenvatting; "
        "in stedelijk gebied via artikel 9.18)"
    )

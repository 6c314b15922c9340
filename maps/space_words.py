"""The words of the space report: kinds of space, methods and grounds, and how amounts and shares read."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from maps import wording

GROUPS = {
    "light": "Licht (tot en met 3.2)",
    "4.1": "4.1",
    "4.2": "4.2",
    "5.1+": "5.1 en zwaarder",
    "total": "Alle categorieën",
}
WATERS = {
    "any": "alle",
    "dry": "zonder water",
    "near": "dicht bij water",
    "at_water": "aan het water",
}
RULES = {
    "floor": "Met ondergrens",
    "free_light_first": "Zonder, licht komt eerst",
    "free_heavy_first": "Zonder, zwaar komt eerst",
}
METHODS = {
    "flow": "Stromen",
    "facilities": "Voorzieningen",
    "jobs": "Banen",
    "share": "Deel van de voorraad",
}
TERMS = {
    "circular": "Circulaire vraag",
    "growth": "Gewone vraag: groei",
    "replacement": "Gewone vraag: vervanging",
    "supply": "Aanbod",
    "intensification": "Winst door verdichting",
    "released": "Bruikbaar vrijgekomen",
}
SELECTIONS = {
    "necessary": "noodzakelijk",
    "strengthens_profile": "versterkt het profiel",
    "both": "noodzakelijk en versterkt het profiel",
    "not_in_province": "niet in deze provincie",
}
SCALES = {
    "local": "lokaal",
    "regional": "regionaal",
    "supraregional": "bovenregionaal",
    "national": "landelijk",
}
NEEDS = {"none": "geen", "plus": "pluspunt", "preferred": "bij voorkeur", "required": "vereist"}
MOVES = {
    "ordinary": "gewoon terrein volstaat",
    "alike": "vraagt weer zware of natte grond",
    "not_assessed": wording.MISSING,
}
AREAS = {"province": "Provincie", "province_apart": "Provincie, ieder deelgebied voor zich"}
STATUS_ORDER = ("sourced", "assumption", "to_verify")

STEP = Decimal(5)
NEARLY_ALL = 0.995
NEARLY_NONE = 0.005


def named(words: dict[str, str], code: Any) -> str:
    """Give the words of a code; the code itself when it has none, the word for missing when absent."""
    return wording.MISSING if wording.missing(code) else words.get(str(code), str(code))


def rounded(value: Any) -> Decimal | None:
    """Round hectares to 5, half away from zero; None when missing."""
    if wording.missing(value):
        return None
    return (Decimal(str(value)) / STEP).quantize(Decimal(1), rounding=ROUND_HALF_UP) * STEP


def fives(low: Any, mid: Any, high: Any) -> str:
    """Write a band of hectares to 5 ha without its unit, such as ``45 (10 tot 75)``."""
    ends = [rounded(value) for value in (low, mid, high)]
    if any(end is None for end in ends):
        return wording.MISSING
    first, middle, last = (wording.number(end) for end in ends)
    return middle if first == last else f"{middle} ({first} tot {last})"


def band(low: Any, mid: Any, high: Any, decimals: int = 1) -> str:
    """Write low, middle and high without unit, such as ``1,4 (0,8 tot 2,3)``."""
    if any(wording.missing(value) for value in (low, mid, high)):
        return wording.MISSING
    first, middle, last = (_amount(value, decimals) for value in (low, mid, high))
    return middle if first == last else f"{middle} ({first} tot {last})"


def _amount(value: Any, decimals: int) -> str:
    if 0 < abs(value) < wording.SMALLEST_HA:
        return "<0,1"
    large = abs(value) >= wording.DECIMALS_BELOW_HA or value == 0
    return wording.number(value, 0 if large else decimals)


def share(value: Any) -> str:
    """Write a share of the calculations in per cent; never all or none when it only rounds to it."""
    if wording.missing(value):
        return wording.MISSING
    if value >= NEARLY_ALL:
        return "meer dan 99 %"
    if 0 < value < NEARLY_NONE:
        return "minder dan 1 %"
    return f"{wording.number(100 * value)} %"


def short_share(value: Any) -> str:
    """Write a share of the calculations for a table, where there is little room."""
    return share(value).replace("meer dan ", ">").replace("minder dan ", "<")


def percent(part: int, whole: int) -> str:
    """Write a part of a whole in whole per cents."""
    return wording.number(Decimal(100 * part) / Decimal(whole)) if whole else "0"


def kind_of_space(group: Any, water: Any) -> str:
    """Name a kind of space the way a title does."""
    if wording.missing(group):
        return wording.MISSING
    name = GROUPS.get(str(group), str(group))
    if str(group) not in {"light", "total"}:
        name = f"Categorie {name}"
    return name if wording.missing(water) or str(water) == "any" else f"{name}, {named(WATERS, water)}"


SPACE_OF = {
    "light": "lichte ruimte (tot en met categorie 3.2)",
    "4.1": "ruimte van categorie 4.1",
    "4.2": "ruimte van categorie 4.2",
    "5.1+": "ruimte van categorie 5.1 en zwaarder",
    "total": "alle ruimte samen",
}


def space_of(group: Any, water: Any) -> str:
    """Name a kind of space within a sentence."""
    if wording.missing(group):
        return "ruimte"
    name = SPACE_OF.get(str(group), str(group))
    return name if wording.missing(water) or str(water) == "any" else f"{name}, {named(WATERS, water)}"


def text(value: Any) -> str:
    """Give a text; nothing when it is missing."""
    return "" if wording.missing(value) else str(value)

"""How values read in Dutch: numbers, intervals, codes and what is missing.

Labels, units and class names come from the release's catalogue, and codes that are no class of a theme from
`layers.exports.words`; class names of the catalogue go first.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.exports.words import CODES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

MISSING = "niet beoordeeld"
"""What is shown where a value is missing; never a zero, never an empty cell."""

UNITS = {
    "ha": "ha",
    "m": "m",
    "m2": "m²",
    "objects": "",
    "plots": "",
    "plans": "",
    "parks": "",
    "dwellings": "",
    "jobs": "",
    "inhabitants": "",
}
"""Unit in the catalogue to the unit that readers see; counts carry theirs in the label."""

STATUSES = {
    "exploration": "verkenning",
    "candidate": "kandidaat",
    "draft": "ontwerp",
    "adopted": "vastgesteld",
    "in_force": "in werking",
}
"""Status in the procedure to what readers see."""

MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip

SMALLEST_HA = 0.05
"""Below half of the smallest shown step of 0.1 ha a value is called less than that step."""
DECIMALS_BELOW_HA = 9.95
"""Hectares from ten on are shown without decimals."""

_SIDE = re.compile(
    r"\s*(?:\((?:ondergrens|bovengrens|laag|hoog|low|high)\)|,\s*(?:zeker|mogelijk|certain|possible))$"
)
_WORD = re.compile(r"[a-z_]+")


def missing(value: object) -> bool:
    """Tell whether a value is absent, in any of the ways in which a table can say so."""
    if value is None or value is pd.NA:
        return True
    if isinstance(value, float):
        return value != value  # noqa: PLR0124 - the test for not-a-number that needs no import
    return value is pd.NaT


def number(value: Any, decimals: int = 0) -> str:
    """Write a number the Dutch way: ``1234.5`` becomes ``1.234,5``; half is rounded up."""
    if missing(value):
        return MISSING
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,f}".translate(str.maketrans(",.", ".,"))


def hectares(value: Any) -> str:
    """Write hectares with one decimal below ten and none above, so that no false precision shows."""
    if missing(value):
        return MISSING
    if 0 < value < SMALLEST_HA:
        return "minder dan 0,1 ha"
    return f"{number(value, 1 if abs(value) < DECIMALS_BELOW_HA and value else 0)} ha"


def metres(value: Any, step: float = 5.0) -> str:
    """Write metres rounded to `step`, because address points and boundaries lie metres off."""
    if missing(value):
        return MISSING
    if 0 < value < step / 2:
        return f"minder dan {number(step)} m"
    rounded = (Decimal(str(value)) / Decimal(str(step))).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{number(rounded * Decimal(str(step)))} m"


def quantity(value: Any, unit: str | None, step: float = 5.0) -> str:
    """Write a number with its unit, rounded as that unit deserves."""
    if unit == "ha":
        return hectares(value)
    if unit == "m":
        return metres(value, step)
    if missing(value):
        return MISSING
    shown = UNITS.get(unit, unit) if unit else ""
    return f"{number(value)} {shown}".rstrip()


def interval(low: str, high: str) -> str:
    """Write an interval from the two ends as they read; one value when they read the same."""
    if low == high:
        return low
    if low == MISSING:
        return f"{MISSING} tot {high}"
    if high == MISSING:
        return f"{low} tot {MISSING}"
    unit = low.rpartition(" ")[2]
    if unit in {"ha", "m"} and high.endswith(f" {unit}") and not low.startswith("minder"):
        low = low.removesuffix(f" {unit}")
    return f"{low} tot {high}"


def counted(count: int, one: str, many: str) -> str:
    """Write how many there are of something, in the singular or the plural."""
    return f"{number(count)} {one if count == 1 else many}"


def listed(texts: Sequence[str]) -> str:
    """Write texts after each other, such as ``2030, 2035 en 2050``; nothing for none."""
    return " en ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part) if texts else ""


def code(value: Any) -> str:
    """Name a code in Dutch; a text that is no code of ours stays as it is."""
    return MISSING if missing(value) else CODES.get(str(value), str(value))


def codes_in(value: Any) -> str:
    """Name every code in a text such as ``"railway, dike"``, and leave other words alone."""
    if missing(value):
        return MISSING
    return _WORD.sub(lambda found: CODES.get(found.group(), found.group()), str(value))


def yes_no(value: Any) -> str:
    """Write a truth value as ja or nee."""
    return MISSING if missing(value) else ("ja" if value else "nee")


def day(value: date) -> str:
    """Write a date in full, such as ``1 januari 2026``."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def without_side(label: str) -> str:
    """Take the side of an interval off a label: ``Toegestaan (ondergrens)`` becomes ``Toegestaan``."""
    return _SIDE.sub("", label)

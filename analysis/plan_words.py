"""How numbers of a plan test read, in Dutch and in English."""

from __future__ import annotations

import math
from datetime import date
from typing import Final, Literal

from layers.dutch import number_nl

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")

NOT_ASSESSED: Final = {"nl": "niet beoordeeld", "en": "not assessed"}
UNITS: Final = {
    "ha": {"nl": "hectare", "en": "hectares"},
    "m": {"nl": "meter", "en": "metres"},
    "aantal": {"nl": "", "en": ""},
}
DECIMALS: Final = {"ha": 1}
MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
LESS_THAN: Final = {"nl": "minder dan", "en": "less than"}
TO: Final = {"nl": "tot", "en": "to"}


def number(value: float, unit: str, language: Language) -> str:
    """Write a number without its unit; what would read as nothing but is something says so."""
    decimals = DECIMALS.get(unit, 0)
    step = 10.0**-decimals
    if 0 < value < step / 2:
        return f"{LESS_THAN[language]} {_plain(step, decimals, language)}"
    return _plain(value, decimals, language)


def _plain(value: float, decimals: int, language: Language) -> str:
    dutch = number_nl(value, decimals)
    return dutch if language == "nl" else dutch.translate(str.maketrans(",.", ".,"))


def band(low: float, high: float, unit: str, language: Language) -> str:
    """Write a number or a band with its unit, such as ``1,5 tot 3,0 hectare``; missing is not assessed."""
    if math.isnan(low) or math.isnan(high):
        return NOT_ASSESSED[language]
    ends = [number(low, unit, language), number(high, unit, language)]
    text = ends[0] if ends[0] == ends[1] else f"{ends[0]} {TO[language]} {ends[1]}"
    return f"{text} {UNITS.get(unit, {}).get(language, unit)}".strip()


def day(text: str, language: Language) -> str:
    """Write a date such as ``2026-01-01`` in words; anything else stays as it is."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{found.day} {MONTHS[language][found.month - 1]} {found.year}"


def listed(words: list[str], most: int, language: Language) -> str:
    """Write words behind each other, at most so many, and how many more there are."""
    both = {"nl": ("en", "andere"), "en": ("and", "more")}[language]
    if len(words) > most:
        return f"{', '.join(words[:most])} {both[0]} {len(words) - most} {both[1]}"
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {both[0]} {words[-1]}"

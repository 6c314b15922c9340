"""Single values out of the field's own spelling: categories, CEMT classes, years, municipality codes.

Each function gives the normalised value and, when reading it took a judgement or failed, the rule that says
so. None with a rule means: there was something, and it could not be read.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from layers.parameters import CATEGORIES, CEMT_CLASSES

MAIN_CATEGORIES: Final = ("1", "2", "3", "4", "5", "6")

_CATEGORY_WORDS = re.compile(
    r"\b(?:hoogste|max(?:imale|imaal)?|milieu|bedrijfs)?[\s.-]*(?:milieu)?(?:cat(?:egorie|\.)?|klasse|mc)\b[\s.:]*",
    re.IGNORECASE,
)
_CATEGORY = re.compile(r"(?<![\d.])([1-6])(?:\.([0-3]))?(?![\d.])")
_RANGE = re.compile(
    r"(?:-|\u2013|/|,|;|\+|\bt/?m\b|\btot(?:\s+en\s+met)?\b|\ben\b|\bto\b|\band\b|&)", re.IGNORECASE
)
_UP_TO = re.compile(r"^(?:t/?m|tot(?:\s+en\s+met)?|up\s+to|max\.?|<=|≤)\s*", re.IGNORECASE)

_CEMT_WORDS = re.compile(r"CEMT|KLASSE|CLASS|[\s_.\-:()]", re.IGNORECASE)
_CEMT = re.compile(r"(0|VII|VI|IV|V|III|II|I|[1-7])([ABC]?)", re.IGNORECASE)
_RWS = re.compile(r"M(\d{1,2})", re.IGNORECASE)
_ROMAN: Final = ("0", "I", "II", "III", "IV", "V", "VI", "VII")
_RWS_CLASSES: Final = ("0", "I", "II", "III", "III", "III", "IVa", "IVa", "Va", "Va", "VIa", "VIa", "VIa")
"""CEMT class of the Dutch classes M0 to M12 (cemt_classes.csv)."""

_YEAR = re.compile(r"(\d{4})(?:\.0*)?")
_DATE = re.compile(r"(\d{4})-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4})")
_BEFORE = re.compile(r"(?:<|≤|v(?:o+|ó+)?r?\.?|vóór|voor|before|pre|tot)\s*[-:]?\s*\d{4}", re.IGNORECASE)
_NO_YEAR: Final = ("0", "0000", "9999", "9998", "1111")

_GM = re.compile(r"(?:GM)?\s*0*(\d{1,4})(?:\.0*)?", re.IGNORECASE)
_GM_SPLIT = re.compile(r"[,;/|+]|\s+en\s+")


@dataclass(frozen=True, slots=True)
class Read:
    """A value as read; `rule` says which judgement it took, None when none was needed."""

    value: str | None
    rule: str | None = None


def read_category(text: str) -> Read:
    """Read an environmental category: main (``"4"``) or with its step (``"4.1"``).

    A range gives its highest, because the columns it is read for hold the highest category.
    """
    bare = _CATEGORY_WORDS.sub("", text).strip()
    bare = re.sub(r"(?<=[3-5]),(?=[1-3](?!\d))", ".", bare)
    bare = re.sub(r"(?<=[1-6])\.0+(?!\d)", "", bare)
    up_to = _UP_TO.sub("", bare)
    pieces = [piece.strip() for piece in _RANGE.split(up_to)]
    labels = [_category_label(piece) for piece in pieces]
    if None in labels or not labels:
        return Read(None, "category_unreadable")
    known = [label for label in labels if label is not None]
    if len(known) == 1:
        if up_to != bare:
            return Read(known[0], "category_range")
        return Read(known[0], None if known[0] == text else "category_spelling")
    highest = max(known, key=category_rank)
    return Read(highest, "category_range")


def _category_label(text: str) -> str | None:
    match = _CATEGORY.fullmatch(text)
    if match is None:
        return None
    label = match[1] if match[2] is None else f"{match[1]}.{match[2]}"
    return label if label in CATEGORIES or label in MAIN_CATEGORIES else None


def category_rank(label: str) -> tuple[int, int]:
    """Order categories; a main category counts as its heaviest step."""
    main, _, step = label.partition(".")
    return int(main), int(step) if step else 9


def read_cemt(text: str) -> Read:
    """Read a CEMT class; a class without its letter becomes the smallest it can be (``IV`` is ``IVa``)."""
    bare = _CEMT_WORDS.sub("", text)
    dutch = _RWS.fullmatch(bare)
    if dutch is not None:
        number = int(dutch[1])
        if number < len(_RWS_CLASSES):
            return Read(_RWS_CLASSES[number], "cemt_from_rws")
        return Read(None, "cemt_unreadable")
    match = _CEMT.fullmatch(bare)
    if match is None:
        return Read(None, "cemt_unreadable")
    roman = _ROMAN[int(match[1])] if match[1].isdigit() else match[1].upper()
    label = roman + match[2].lower()
    if label in CEMT_CLASSES:
        return Read(label, None if label == text else "cemt_spelling")
    smallest = f"{label}a"
    if not match[2] and smallest in CEMT_CLASSES:
        return Read(smallest, "cemt_without_letter")
    return Read(None, "cemt_unreadable")


def read_year(text: str) -> Read:
    """Read a year; "before 1950" and the like is no year and stays missing, with its rule."""
    bare = text.strip()
    year = _YEAR.fullmatch(bare)
    if bare in _NO_YEAR:
        return Read(None, "year_placeholder")
    if year is not None:
        return Read(year[1], None)
    date = _DATE.fullmatch(bare)
    if date is not None:
        return Read(date[1] or date[2], "year_from_date")
    if _BEFORE.fullmatch(bare):
        return Read(None, "year_before")
    return Read(None, "year_unreadable")


@dataclass(frozen=True, slots=True)
class FormerCode:
    """A municipality that was merged into another."""

    name: str
    current_code: str
    current_name: str
    status: str


@lru_cache(maxsize=1)
def former_codes() -> dict[str, FormerCode]:
    """Read the table of former municipality codes, by former code."""
    text = files("layers").joinpath("data", "former_municipality_codes.csv").read_text("utf-8")
    return {
        row["code"]: FormerCode(row["name"], row["current_code"], row["current_name"], row["status"])
        for row in csv.DictReader(text.splitlines())
    }


def read_municipality_code(text: str) -> Read:
    """Read one or more municipality codes; former ones become current, ``GM0000`` becomes missing."""
    rules = set()
    codes: list[str] = []
    for piece in _GM_SPLIT.split(text):
        match = _GM.fullmatch(piece.strip())
        if match is None:
            return Read(None, "municipality_unreadable")
        code = f"GM{int(match[1]):04d}"
        if code == "GM0000":
            rules.add("municipality_unknown")
            continue
        former = former_codes().get(code)
        if former is not None:
            rules.add("municipality_former")
            code = former.current_code
        if code not in codes:
            codes.append(code)
    value = ",".join(codes) or None
    if rules:
        # one rule per value: that it was a former code matters more than that a second one was unknown
        return Read(
            value, "municipality_former" if "municipality_former" in rules else "municipality_unknown"
        )
    return Read(value, None if value == text else "municipality_spelling")

"""Which facts a municipality may correct, in which words, and how a proposed value is read.

The list is short on purpose: facts about places, out of public columns of public layers, that somebody who
knows the place can see or look up. Kinds, codes, units and bounds are those of the input schema.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from layers.inputs import INPUT_BY_NAME
from layers.parameters import CATEGORIES
from layers.schema import Column
from layers.values import parse_column

if TYPE_CHECKING:
    from collections.abc import Mapping

EXISTS: Final = "exists"
"""Stands for the row itself: a quay that is gone is taken out."""
YES: Final = "yes"
NO: Final = "no"
MAIN_CATEGORIES: Final = ("3", "4", "5")
"""Main categories of which the step is not known."""
LARGEST: Final = {"ha": 10_000.0, "m": 20_000.0}
"""More hectares or metres than any park or quay in the Netherlands has; guards against a wrong unit."""
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "parks": ("max_category", "water_claim", "zoned", "gross_ha", "net_ha", "issuable_ha"),
    "plots": ("max_category", "status", "water_designation"),
    "quays": ("usable", "kind", "length_m"),
}
_GONE: Final = Column(EXISTS, "code", "Bestaat deze kade?", "Does this quay exist?", allowed=(YES, NO))
_SPELLING: Final = frozenset(
    {"category_spelling", "code_spelling", "number_spelling", "number_as_text", "placeholder"}
)
"""What reading may do to a proposed value without asking: the same value, written otherwise."""
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
    "unknown": ("onbekend", "unknown"),
    "own_quay": ("eigen kade", "own quay"),
    "public_quay": ("openbare kade", "public quay"),
    "near": ("dicht bij water", "near water"),
    "none": ("geen", "none"),
    "own": ("eigen kade van een bedrijf", "own quay of a firm"),
    "public": ("openbare kade", "public quay"),
    "vacant": ("uitgeefbaar", "vacant"),
    "issued": ("uitgegeven", "issued"),
    "option": ("in optie", "under option"),
    "public_space": ("openbare ruimte", "public space"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with something that was filled in.

    Attributes
    ----------
    field
        Which entry: ``after``, ``source``, ``explanation`` and so on.
    nl, en
        What to do about it, one sentence.
    """

    field: str
    nl: str
    en: str


def _bounded(column: Column) -> Column:
    if column.kind != "number" or column.maximum is not None or column.unit not in LARGEST:
        return column
    return replace(column, maximum=LARGEST[column.unit])


def _listed() -> dict[str, dict[str, Column]]:
    found = {
        layer: {name: _bounded(INPUT_BY_NAME[layer].by_name[name]) for name in names}
        for layer, names in _FIELDS.items()
    }
    found["quays"] = {EXISTS: _GONE, **found["quays"]}
    return found


CORRECTABLE: Final[Mapping[str, Mapping[str, Column]]] = _listed()
"""Layer to the fields of it that may be corrected, in the order in which they are asked."""


def options(column: Column) -> tuple[str, ...]:
    """Give the values to choose from; empty where one is written."""
    if column.kind == "boolean":
        return (YES, NO)
    if column.kind == "category":
        # each main category without its step stands before its steps
        return tuple(sorted({*CATEGORIES, *MAIN_CATEGORIES}))
    return column.allowed


def word(column: Column, value: str | None, language: str = "nl") -> str:
    """Give a value in the words of a reader; missing is "niet bekend", never nothing or zero."""
    dutch = language == "nl"
    if value is None:
        return "niet bekend" if dutch else "not known"
    if column.kind == "category" and value in MAIN_CATEGORIES:
        return f"{value} (stap niet bekend)" if dutch else f"{value} (step not known)"
    if column.kind in ("code", "boolean"):
        return _WORDS.get(value, (value, value))[0 if dutch else 1]
    if column.kind == "number":
        shown = value.replace(".", ",") if dutch else value
        return f"{shown} {column.unit}" if column.unit else shown
    return value


def written(column: Column, value: Any) -> str | None:
    """Write a value of a table as one text, the same before and after it was rounded and stored."""
    if value is None or value is pd.NA or (isinstance(value, float | np.floating) and math.isnan(value)):
        return None
    if column.kind == "boolean":
        return YES if value else NO
    if column.kind == "number":
        text = f"{float(value):.{column.decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    return str(value)


def typed(column: Column, text: str) -> Any:
    """Give the value of a text that `read_value` gave, in the type of its column."""
    if column.kind == "boolean":
        return text == YES
    return float(text) if column.kind == "number" else text


def read_value(column: Column, text: str) -> str | Fault:
    """Read a proposed value with the rules of the input schema.

    Parameters
    ----------
    column
        What it should be.
    text
        As somebody wrote it, such as ``12,5``.

    Returns
    -------
    str or Fault
        The value as `written` gives it, or what is wrong with it.
    """
    given = text.strip()
    if not given or len(given) > 40:  # noqa: PLR2004 - no value is that long
        return _asked(column)
    choice = options(column)
    if choice:
        return given if given in choice else _asked(column)
    parsed = parse_column(column, pd.Series([given], dtype=object))
    if any(record.rule not in _SPELLING for record in parsed.records):
        return _asked(column)
    return written(column, parsed.values.iloc[0]) or _asked(column)


def _asked(column: Column) -> Fault:
    if options(column):
        return Fault("after", "Kies een van de waarden uit de lijst.", "Choose one of the values listed.")
    low = 0 if column.minimum is None else column.minimum
    high = column.maximum
    unit = f" {column.unit}" if column.unit else ""
    if high is None:
        dutch, english = (
            f"Vul een getal in van {low:g}{unit} of meer.",
            f"Give a number from {low:g}{unit} up.",
        )
        return Fault("after", dutch, english)
    return Fault(
        "after",
        f"Vul een getal in van {low:g} tot en met {high:.0f}{unit}, zoals 12,5.",
        f"Give a number from {low:g} to {high:.0f}{unit}, such as 12.5.",
    )

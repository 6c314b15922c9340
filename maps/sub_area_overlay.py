"""The layer of the web map that shows the balance of each sub-area, with its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layers.exports.sub_areas import BALANCE, area_balance, demand_column, share_column, shortage_column
from layers.exports.themes import SHORTAGE_CLASSES, shortage_class
from maps import geometry, patterns, space_tables, wording
from maps import space_words as words

if TYPE_CHECKING:
    from layers.exports.sub_areas import AreaBalance
    from maps.reading import View

THEME = "shortage"
TOLERANCE_M = 20.0
BOUNDS = ("p50", "p10", "p90")
IDENTIFIER = BALANCE.replace("_", "-")
"""Under which the page knows the layer."""


def overlay(view: View) -> dict[str, Any] | None:
    """Gather the sub-areas with their shortage per group and year; None for a release without these."""
    found = area_balance(view.release, view.level)
    if found is None or not found.years:
        return None
    shown = space_tables.middle_year(list(found.years))
    shapes = np.asarray(found.frame.geometry.to_numpy(), dtype=object)
    thin = geometry.lonlat(geometry.simplified_together(shapes, TOLERANCE_M))
    labels = [[year, label] for year in range(len(found.years)) for label in _labels(found)]
    items = [
        {
            "title": str(row["sub_area"]),
            "texts": [text for year in found.years for text in _texts(found, row, year)],
            "look": shortage_class(row[shortage_column(shown or 0, "total")]),
            "g": geometry.packed(shape),
        }
        for row, shape in zip(found.frame.drop(columns="geometry").to_dict("records"), thin, strict=True)
    ]
    return {
        "id": IDENTIFIER,
        "title": found.layer.label_nl,
        "show": False,
        "points": False,
        "year": shown,
        "note": "Tekort met ondergrens in hectare netto, afgerond op 5: P50 (P10 tot P90).",
        "sections": [f"In {year}: P50 (P10 tot P90)" for year in found.years],
        "labels": labels,
        "items": items,
    }


def _labels(found: AreaBalance) -> list[str]:
    names = ["Circulaire vraag"] if demand_column(found.years[0]) in found.frame else []
    names += [f"Tekort: {words.kind_of_space(group, None).lower()}" for group in found.groups]
    return [*names, "Aandeel van de doorrekeningen met tekort"]


def _texts(found: AreaBalance, row: dict[Any, Any], year: int) -> list[str]:
    columns = [[demand_column(year, bound) for bound in BOUNDS]] if demand_column(year) in row else []
    columns += [[shortage_column(year, group, bound) for bound in BOUNDS] for group in found.groups]
    bands = [_band(*(row[name] for name in names)) for names in columns]
    return [*bands, words.share(row[share_column(year)])]


def _band(mid: float, low: float, high: float) -> str:
    text = words.fives(low, mid, high)
    return text if text == wording.MISSING else f"{text} ha"


def legend() -> list[dict[str, str]]:
    """Give a swatch and a label for each class of shortage."""
    return [{"swatch": patterns.swatch(THEME, style), "label": style.label_nl} for style in SHORTAGE_CLASSES]


def definitions() -> str:
    """Write the patterns of the classes of shortage."""
    return "".join(patterns.definition(THEME, style) for style in SHORTAGE_CLASSES)


def looks() -> dict[str, str]:
    """Give the line colour of each class of shortage."""
    return {style.code: style.line for style in SHORTAGE_CLASSES}

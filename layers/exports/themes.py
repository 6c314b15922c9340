"""Which theme of classes a column belongs to, read from the catalogue alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from layers.classes import ClassStyle

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.schema import Column

THEMES = ("category", "verdict", "connection")
"""The themes whose classes are values of a column; ``housing`` classes are ranges of hectares."""

HOUSING_MUCH_HA = 5.0
"""Above how many hectares a loss to housing is in the class ``much_loss``, as its label says."""

HOUSING_NONE_HA = 0.0005
"""Up to how many hectares a loss is none: half the last decimal that tables carry."""


def theme_of(column: Column, classes: Callable[[str], tuple[ClassStyle, ...]]) -> str | None:
    """Give the theme whose classes name every value that a column may hold; None when there is none."""
    if column.kind == "category":
        return "category"
    if column.kind != "code" or not column.allowed:
        return None
    for theme in THEMES[1:]:
        if set(column.allowed) <= {style.code for style in classes(theme)}:
            return theme
    return None


def housing_class(lost_ha: float | None) -> str:
    """Give the housing class of a loss in hectares; None means that it was not assessed."""
    if lost_ha is None:
        return "not_assessed"
    if lost_ha <= HOUSING_NONE_HA:
        return "no_loss"
    return "some_loss" if lost_ha <= HOUSING_MUCH_HA else "much_loss"


SHORTAGE_CLASSES = (
    ClassStyle("none", "minder dan 5 ha", "less than 5 ha", "#fffbe6", "#8c6d1f", "none"),
    ClassStyle("some", "5 tot en met 20 ha", "5 to 20 ha", "#fee8b6", "#8c6d1f", "dots"),
    ClassStyle("more", "25 tot en met 45 ha", "25 to 45 ha", "#fdbf6f", "#8c5a0a", "diagonal"),
    ClassStyle("much", "50 ha of meer", "50 ha or more", "#e08214", "#7a2f00", "cross"),
    ClassStyle("not_assessed", "niet beoordeeld", "not assessed", "#d9d9d9", "#6b6b6b", "horizontal"),
)
"""Classes of the shortage of a sub-area; hectares are shown in steps of 5, so the classes are too."""

SHORTAGE_FROM_HA = {"none": 0.0, "some": 2.5, "more": 22.5, "much": 47.5}
"""Where each class begins: half a step below the first shown value of its label."""


def shortage_class(short_ha: float | None) -> str:
    """Give the class of a shortage in hectares; None or not-a-number means that it was not assessed."""
    if short_ha is None or math.isnan(short_ha):
        return "not_assessed"
    return max((name for name, start in SHORTAGE_FROM_HA.items() if short_ha >= start), key=_start)


def _start(name: str) -> float:
    return SHORTAGE_FROM_HA[name]

"""Which theme of classes a column belongs to, read from the catalogue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.classes import ClassStyle
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

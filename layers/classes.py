"""The classes that readers see: labels, order, colours and patterns, one place for map, table and QGIS.

Business land is violet in Dutch planning practice, so categories run from light to dark violet: one hue,
growing darkness, readable without colour vision. Water is blue, housing yellow, not assessed grey; every
class carries a pattern as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Pattern = Literal["solid", "diagonal", "cross", "dots", "horizontal", "none"]


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """One class of one theme."""

    code: str
    label_nl: str
    label_en: str
    fill: str
    line: str
    pattern: Pattern


CLASS_STYLES: dict[str, tuple[ClassStyle, ...]] = {
    "category": (
        ClassStyle("0", "geen", "none", "#ffffff", "#6b6b6b", "none"),
        ClassStyle("1", "1", "1", "#f4eefa", "#6b4c8f", "none"),
        ClassStyle("2", "2", "2", "#e8dcf3", "#6b4c8f", "none"),
        ClassStyle("3.1", "3.1", "3.1", "#d8c4e9", "#6b4c8f", "dots"),
        ClassStyle("3.2", "3.2", "3.2", "#c5a8dc", "#6b4c8f", "dots"),
        ClassStyle("4.1", "4.1", "4.1", "#a97fca", "#4b2c70", "diagonal"),
        ClassStyle("4.2", "4.2", "4.2", "#8f5bb8", "#4b2c70", "diagonal"),
        ClassStyle("5.1", "5.1", "5.1", "#74409f", "#351a55", "cross"),
        ClassStyle("5.2", "5.2", "5.2", "#5d2d86", "#351a55", "cross"),
        ClassStyle("5.3", "5.3", "5.3", "#481c6c", "#1f0b36", "cross"),
        ClassStyle("6", "6", "6", "#2e0d4b", "#1f0b36", "solid"),
        ClassStyle("not_assessed", "niet beoordeeld", "not assessed", "#d9d9d9", "#6b6b6b", "horizontal"),
    ),
    "verdict": (
        ClassStyle("certain", "zeker", "certain", "#5d2d86", "#351a55", "solid"),
        ClassStyle("possible", "mogelijk", "possible", "#a97fca", "#4b2c70", "diagonal"),
        ClassStyle(
            "governed_by_zone",
            "geluid bepaald door zone",
            "noise governed by zone",
            "#c98bb9",
            "#7a2a5e",
            "cross",
        ),
        ClassStyle("no", "nee", "no", "#f4eefa", "#6b4c8f", "none"),
        ClassStyle("not_assessed", "niet beoordeeld", "not assessed", "#d9d9d9", "#6b6b6b", "horizontal"),
    ),
    "connection": (
        ClassStyle("own_quay", "eigen kade", "own quay", "#08519c", "#062f5c", "solid"),
        ClassStyle("public_quay", "openbare kade", "public quay", "#3182bd", "#08519c", "cross"),
        ClassStyle("adjacent", "aan het water", "adjacent", "#6baed6", "#2171b5", "diagonal"),
        ClassStyle("near", "nabij water", "near", "#bdd7e7", "#2171b5", "dots"),
        ClassStyle("none", "geen", "none", "#ffffff", "#6b6b6b", "none"),
        ClassStyle("not_assessed", "niet beoordeeld", "not assessed", "#d9d9d9", "#6b6b6b", "horizontal"),
    ),
    "housing": (
        ClassStyle("no_loss", "geen verlies", "no loss", "#fff7bc", "#8c6d1f", "none"),
        ClassStyle("some_loss", "verlies tot 5 ha", "loss up to 5 ha", "#fec44f", "#8c5a0a", "diagonal"),
        ClassStyle("much_loss", "verlies meer dan 5 ha", "loss over 5 ha", "#d95f0e", "#7a2f00", "cross"),
        ClassStyle("not_assessed", "niet beoordeeld", "not assessed", "#d9d9d9", "#6b6b6b", "horizontal"),
    ),
}
"""Theme to its classes, in the order in which legends show them."""

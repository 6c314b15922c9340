"""How values read on a page, in Dutch and in English.

Dutch is that of `maps.wording`; English follows the same rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from layers.exports.themes import theme_of
from maps import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Column
    from maps.reading import View
    from maps.site.frame import Language

NOT_ASSESSED: Final = (wording.MISSING, "not assessed")
STATUS_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "sourced": ("bron", "sourced"),
    "assumption": ("aanname", "assumption"),
    "to_verify": ("te verifiëren", "to verify"),
}
ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "public": ("iedereen", "everybody"),
    "session": ("deelnemer", "participant"),
    "municipality": ("gemeente", "municipality"),
    "province": ("provincie", "province"),
    "editor": ("redactie", "editor"),
}
PROCEDURE_EN: Final = {
    "exploration": "exploration",
    "candidate": "candidate",
    "draft": "draft",
    "adopted": "adopted",
    "in_force": "in force",
}
COARSE: Final = {"min": 0, "km": 1}
"""Units whose decimals would be false precision."""
CODED_TEXTS: Final = ("binding_kind", "rejected_by")
"""Columns of text that hold codes of ours."""


def procedure(status: str, language: Language) -> str:
    """Name the status in the procedure; empty outside a release."""
    return (PROCEDURE_EN if language == "en" else wording.STATUSES).get(status, status)


def number(value: Any, decimals: int, language: Language) -> str:
    """Write a number as the language does."""
    text = wording.number(value, decimals)
    if language == "nl":
        return text
    return NOT_ASSESSED[1] if text == wording.MISSING else text.translate(str.maketrans(",.", ".,"))


def quantity(value: Any, unit: str | None, language: Language, step: float = 5.0) -> str:
    """Write a number with its unit, rounded as that unit deserves."""
    return _in_language(wording.quantity(value, unit, step), language)


def interval(low: Any, high: Any, unit: str | None, language: Language, step: float = 5.0) -> str:
    """Write an interval; one value when both ends read the same."""
    ends = (wording.quantity(low, unit, step), wording.quantity(high, unit, step))
    if language == "nl":
        return wording.interval(*ends)
    first, second = (_in_language(end, language) for end in ends)
    return first if first == second else f"{first} to {second}"


def _in_language(text: str, language: Language) -> str:
    if language == "nl":
        return text
    if text == wording.MISSING:
        return NOT_ASSESSED[1]
    return text.replace("minder dan", "less than").translate(str.maketrans(",.", ".,"))


class Values:
    """Writes values of a release's columns in one language.

    Parameters
    ----------
    view
        Names classes and units as the release's catalogue does.
    language
        Of the page.
    """

    def __init__(self, view: View, language: Language) -> None:
        self._view = view
        self._language: Language = language

    def label(self, column: Column) -> str:
        """Name a column."""
        return column.label_en if self._language == "en" else column.label_nl

    def show(self, column: Column, value: Any) -> str:  # noqa: PLR0911 - one line per kind of column
        """Write one value; what is missing says that it was not assessed."""
        if wording.missing(value):
            return NOT_ASSESSED[self._language == "en"]
        if column.kind in {"number", "integer"}:
            return self._number(column, value)
        theme = theme_of(column, self._view.classes)
        known = {} if theme is None else {style.code: style for style in self._view.classes(theme)}
        if str(value) in known:
            style = known[str(value)]
            return style.label_en if self._language == "en" else style.label_nl
        if theme is not None:
            # registries know main categories that are no class of their own
            return str(value)
        if column.name in CODED_TEXTS:
            return self._coded(wording.codes_in(value), value)
        if column.kind == "code":
            return self._coded(self._view.show(column, value), value)
        if column.kind == "boolean":
            return (("nee", "no"), ("ja", "yes"))[bool(value)][self._language == "en"]
        return str(int(value)) if column.kind == "year" else str(value)

    def between(self, low: Column, high: Column, row: Mapping[str, Any]) -> str:
        """Write an interval out of two columns, see `maps.reading.View.show_interval`."""
        dutch = self._view.show_interval(low, high, dict(row))
        if self._language == "nl":
            return dutch
        return _in_language(dutch.replace(wording.MISSING, NOT_ASSESSED[1]).replace(" tot ", " to "), "en")

    def _number(self, column: Column, value: Any) -> str:
        step = self._view.step
        if column.unit in {"ha", "m"} or float(value).is_integer():
            return quantity(value, column.unit, self._language, step)
        # shares and measures without a step of their own keep what tells them apart
        decimals = COARSE.get(column.unit or "", min(2, column.decimals))
        text = number(value, decimals, self._language)
        shown = wording.UNITS.get(column.unit, column.unit) if column.unit else ""
        shown = "" if column.unit == "share" else shown
        return f"{text} {shown}".rstrip()

    def _coded(self, dutch: str, value: Any) -> str:
        return str(value).replace("_", " ") if self._language == "en" else dutch

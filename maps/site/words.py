"""How values read on a page, in Dutch and in English.

Dutch is that of `maps.wording`; English follows the same rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from layers.exports.themes import theme_of
from layers.exports.words import CODES
from maps import wording
from maps.plan_words import CODES as PLAN_CODES
from maps.reading import CERTAIN

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
"""Columns of text that hold codes of ours among other words."""
CODE_COLUMNS: Final = frozenset({"status", "plan", "kind", "owner_kind", "phase", "who"})
"""Columns of text that hold one code of ours."""
NO_VALUE: Final = ("geen waarde", "no value")
"""For a table as it is, where a missing value may also say that a column does not apply to a row."""


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
    missing
        What is said of a missing value, Dutch and English.
    """

    def __init__(self, view: View, language: Language, missing: tuple[str, str] = NOT_ASSESSED) -> None:
        self._view = view
        self._language: Language = language
        self._missing = missing[language == "en"]

    def with_missing(self, missing: tuple[str, str]) -> Values:
        """Give the same with other words for a missing value."""
        return Values(self._view, self._language, missing)

    @property
    def english(self) -> bool:
        """Whether the page is in English."""
        return self._language == "en"

    def label(self, column: Column) -> str:
        """Name a column."""
        return column.label_en if self._language == "en" else column.label_nl

    def show(self, column: Column, value: Any) -> str:  # noqa: PLR0911 - one line per kind of column
        """Write one value; what is missing says that it was not assessed."""
        if wording.missing(value):
            return self._missing
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
        if column.kind == "code" or column.name in CODE_COLUMNS:
            dutch = CODES.get(str(value)) or PLAN_CODES.get(str(value))
            return self._coded(dutch or self._view.show(column, value), value)
        if column.kind == "boolean":
            return (("nee", "no"), ("ja", "yes"))[bool(value)][self._language == "en"]
        return str(int(value)) if column.kind == "year" else str(value)

    def between(self, low: Column, high: Column, row: Mapping[str, Any]) -> str:
        """Write an interval out of two columns.

        Columns that end in ``certain_ha`` hold what is sure and their partner what may come on top, so the
        interval runs from the first to their sum; other pairs hold the ends themselves.
        """
        first, second = row[low.name], row[high.name]
        if low.name.endswith(CERTAIN) and not wording.missing(first) and not wording.missing(second):
            second = first + second
        ends = self.show(low, first), self.show(high, second)
        if not self.english:
            return wording.interval(*ends)
        return ends[0] if ends[0] == ends[1] else " to ".join(ends)

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

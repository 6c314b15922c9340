"""The facts of a municipality that building blocks may ask for, each with its noun, unit and status.

A block names a fact in its trigger and in its texts; nothing else of a release can be reached from there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from layers.dutch import number_nl
from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_ASSESSED: Final = "niet beoordeeld"
Facts = dict[str, float | None]
"""Value per fact; None where it was not assessed."""
_SMALLEST_HA: Final = 0.05
_WHOLE_FROM: Final = 9.95
_UNITS: Final = {"ha": "ha", "m": "m", "share": "aandeel", "year": "jaar"}


@dataclass(frozen=True, slots=True)
class FactKind:
    """What a fact is.

    Attributes
    ----------
    name, label_nl, label_en
        How it is called.
    form
        ``count`` goes with a noun, ``ha`` and ``m`` with their unit, ``share`` is 0 to 1, ``year`` a year.
    one, many
        Noun of a count.
    table
        Where it comes from.
    status
        How far it can be relied on: that of its weakest input (sourced, assumption, to_verify).
    """

    name: str
    form: str
    one: str
    many: str
    label_nl: str
    label_en: str
    table: str
    status: str

    @property
    def unit(self) -> str:
        """Unit, the noun for counts."""
        return _UNITS.get(self.form, self.many)

    def figure(self, value: float | None) -> str:
        """Write the number alone."""
        if value is None or math.isnan(value):
            return NOT_ASSESSED
        if self.form == "share":
            return number_nl(100 * value)
        if self.form == "year":
            return str(int(value))
        return number_nl(value, 1 if self.form == "ha" and 0 < abs(value) < _WHOLE_FROM else 0)

    def say(self, value: float | None) -> str:
        """Write a value with its noun or unit; a value that is missing says that it was not assessed."""
        if value is None or math.isnan(value):
            return NOT_ASSESSED
        if self.form == "count":
            number = "geen" if round(value) == 0 else number_nl(value)
            return f"{number} {self.one if round(value) == 1 else self.many}".rstrip()
        if self.form == "ha":
            return "minder dan 0,1 ha" if 0 < value < _SMALLEST_HA else f"{self.figure(value)} ha"
        unit = {"share": " %", "m": " m"}.get(self.form, "")
        return f"{self.figure(value)}{unit}"


@lru_cache(maxsize=1)
def fact_kinds() -> Mapping[str, FactKind]:
    """Give the facts by name, in the order in which they are shown."""
    table = read_facts("municipal_facts").fillna("")
    rows = (
        FactKind(**{str(key): str(value) for key, value in row.items()}) for row in table.to_dict("records")
    )
    return cast("Mapping[str, FactKind]", {kind.name: kind for kind in rows})

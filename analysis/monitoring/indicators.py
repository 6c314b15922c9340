"""The indicators with which the strategy is followed, as the data file describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.data_files import Field, read_data_file
from analysis.space.quantities import STATUSES
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TYPES: Final = ("transition", "effect", "performance")
"""What changes in how people work, what that does in space, and what the authority itself does."""
FILE: Final = "indicators"
_TEXTS: Final = ("name_nl", "name_en", "definition_nl", "definition_en", "unit")
_FIELDS: Final = (
    Field("id"),
    Field("type", allowed=TYPES),
    Field("measure"),
    *(Field(name) for name in _TEXTS),
    Field("decimals", "number", minimum=0, maximum=3),
    Field("base_year", "number", minimum=1990, maximum=2200),
    Field("level", allowed=(Level.PUBLIC, Level.PROVINCE)),
    Field("target_year", "number", filled=False, minimum=1990, maximum=2200),
    Field("target_nl", filled=False),
    Field("target_en", filled=False),
    Field("target_status", filled=False, allowed=STATUSES),
    Field("source"),
    Field("status", allowed=STATUSES),
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    Attributes
    ----------
    type
        One of `TYPES`.
    measure
        Which function of `analysis.monitoring.measures` measures it.
    unit
        As readers see it; a share is written in percent.
    base_year
        Of the base measurement.
    level
        Who may see its value.
    target_year, target_nl, target_en, target_status
        What is aimed at, as far as it was laid down; None and empty where it was not.
    source, status
        Where the value comes from, and how sure the definition is.
    """

    id: str
    type: str
    measure: str
    name_nl: str
    name_en: str
    definition_nl: str
    definition_en: str
    unit: str
    decimals: int
    base_year: int
    level: str
    target_year: int | None
    target_nl: str
    target_en: str
    target_status: str
    source: str
    status: str


def read_indicators(path: Path | None = None, *, measures: Iterable[str]) -> tuple[Indicator, ...]:
    """Read the indicators.

    Parameters
    ----------
    path
        The province's own file instead of the one that ships with the product.
    measures
        Measures that exist.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file(FILE, path, _FIELDS, ("id",))
    file.check_known("measure", measures, "the measure")
    years = ("decimals", "base_year", "target_year")
    for name in years:
        numbers = file.numbers(name)
        file.report("this is no whole number", "Leave the decimals out.", name, numbers % 1 > 0)
    file.stop()
    columns = {
        item.name: file.numbers(item.name) if item.kind == "number" else file.texts(item.name)
        for item in _FIELDS
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return tuple(Indicator(**{**row, **{name: _whole(row[name]) for name in years}}) for row in rows)


def _whole(number: object) -> int | None:
    value = float(number)  # type: ignore[arg-type]
    return None if np.isnan(value) else int(value)

"""The data that the reservation plan is weighed with: rules, value functions, kinds of protection, settings.

All of it ships as files in ``layers/data`` with a status and a source per row; nothing of it is policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, get_args

import numpy as np

from analysis.data_files import Field, read_data_file
from analysis.space.quantities import STATUSES
from layers.parameters_reservation import Criterion

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.data_files import DataFile

CRITERIA: tuple[str, ...] = get_args(Criterion)
TREATMENTS = ("excludes", "not_assessed", "flags")
KINDS = ("keep", "allocate", "reserve", "programme", "explore")
APPLIES = ("all", "water")
"""Which functions a measure speaks of: all, or those that gain by water."""

_RULE_FIELDS = (
    Field("rule_id"),
    Field("place", "number", minimum=1),
    Field("label_nl"),
    Field("label_en"),
    Field("unit", filled=False),
    Field("treatment", allowed=TREATMENTS),
    Field("threshold", "number", filled=False, minimum=0),
    Field("threshold_unit", filled=False),
    Field("no_nl"),
    Field("change_nl"),
    Field("touches_health", allowed=("yes", "no")),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_CRITERION_FIELDS = (
    Field("criterion", allowed=CRITERIA),
    Field("measure"),
    Field("share", "number", minimum=0, maximum=1),
    Field("kind", allowed=("points", "codes")),
    Field("points"),
    Field("applies", allowed=APPLIES),
    Field("unit"),
    Field("label_nl"),
    Field("label_en"),
    Field("why_nl"),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_KIND_FIELDS = (
    Field("kind", allowed=KINDS),
    Field("place", "number", minimum=1),
    Field("label_nl"),
    Field("label_en"),
    Field("meaning_nl"),
    Field("instruments_nl"),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_SETTING_FIELDS = (
    Field("name"),
    Field("value", "number", minimum=0),
    Field("unit"),
    Field("label_nl"),
    Field("label_en"),
    Field("status", allowed=STATUSES),
    Field("source"),
)


@dataclass(frozen=True)
class Measure:
    """One measure of a criterion with its value function.

    Attributes
    ----------
    share
        Of this measure in its criterion.
    points
        Piecewise linear: what is measured, ascending, and its value in [0, 1]; empty for codes.
    codes
        Code to value.
    """

    criterion: str
    name: str
    share: float
    applies: str
    unit: str
    points: tuple[tuple[float, float], ...]
    codes: dict[str, float]

    def value(self, measured: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the value in [0, 1] of numbers; NaN stays NaN, beyond the ends the end value holds."""
        at, value = (np.array(column, dtype=np.float64) for column in zip(*self.points, strict=True))
        return np.where(np.isnan(measured), np.nan, np.interp(measured, at, value))

    def value_of_codes(self, measured: NDArray[np.object_]) -> NDArray[np.float64]:
        """Give the value of codes, without regard to case; NaN for a code that the file does not name."""
        known = {name.casefold(): value for name, value in self.codes.items()}
        return np.array(
            [known.get(name.casefold(), np.nan) if isinstance(name, str) else np.nan for name in measured],
            dtype=np.float64,
        )


@dataclass(frozen=True)
class RuleBook:
    """Everything that is weighed with.

    Attributes
    ----------
    rules
        One row per rule in the order in which they bind, index ``rule_id``.
    measures
        Those of all criteria, in the order of the file.
    criteria
        The file of criteria as read, one row per measure.
    kinds
        One row per kind of protection, index ``kind``.
    settings
        Name to value.
    """

    rules: pd.DataFrame
    measures: tuple[Measure, ...]
    criteria: pd.DataFrame
    kinds: pd.DataFrame
    settings: dict[str, float]

    def threshold(self, rule: str) -> float:
        """Give the threshold of a rule."""
        return float(self._thresholds[rule])

    @cached_property
    def _thresholds(self) -> dict[str, float]:
        thresholds = self.rules["threshold"].to_numpy(dtype=np.float64).tolist()
        return dict(zip(map(str, self.rules.index), thresholds, strict=True))

    @cached_property
    def place(self) -> dict[str, int]:
        """Position of each rule, the first binds first."""
        return {str(name): place for place, name in enumerate(self.rules.index)}


def load_rulebook() -> RuleBook:
    """Read the files of rules, criteria, kinds and settings.

    Raises
    ------
    InputError
        With every problem of a file.
    """
    rules = read_data_file("reservation_rules", None, _RULE_FIELDS, ("rule_id",))
    criteria = read_data_file("reservation_criteria", None, _CRITERION_FIELDS, ("criterion", "measure"))
    kinds = read_data_file("reservation_kinds", None, _KIND_FIELDS, ("kind",))
    measures = _measures(criteria)
    for file in (rules, criteria, kinds):
        file.stop()
    return RuleBook(
        rules=rules.table.sort_values("place", kind="stable").set_index("rule_id"),
        measures=measures,
        criteria=criteria.table,
        kinds=kinds.table.sort_values("place", kind="stable").set_index("kind"),
        settings=load_settings(),
    )


def load_settings() -> dict[str, float]:
    """Read the file of settings alone: many problems are made in a row, and need no more.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    settings = read_data_file("reservation_settings", None, _SETTING_FIELDS, ("name",))
    settings.stop()
    return dict(zip(settings.texts("name"), settings.numbers("value").tolist(), strict=True))


def _measures(file: DataFile) -> tuple[Measure, ...]:
    """Read the value functions; what is wrong with them is noted in the file."""
    found, wrong = [], np.zeros(len(file.table), dtype=bool)
    for row, texts in enumerate(file.table.to_dict("records")):
        points, codes = _points(str(texts["points"]), str(texts["kind"]))
        ascending = all(one[0] < two[0] for one, two in pairwise(points))
        values = [value for _, value in points] + list(codes.values())
        wrong[row] = not values or not ascending or not all(0.0 <= value <= 1.0 for value in values)
        found.append(
            Measure(
                criterion=str(texts["criterion"]),
                name=str(texts["measure"]),
                share=float(str(texts["share"])),
                applies=str(texts["applies"]),
                unit=str(texts["unit"]),
                points=points,
                codes=codes,
            )
        )
    message = "a value function needs points in ascending order with values from 0 to 1"
    file.report(message, "Write it as 0:0;50:0.5;150:1.", "points", wrong)
    return tuple(found)


def _points(text: str, kind: str) -> tuple[tuple[tuple[float, float], ...], dict[str, float]]:
    """Read ``0:0;50:0.5`` or ``none:1;full:0``; nothing at all when it cannot be read."""
    pairs = [part.split(":") for part in text.split(";")]
    try:
        if kind == "codes":
            return (), {name.strip(): float(value) for name, value in pairs}
        return tuple((float(at), float(value)) for at, value in pairs), {}
    except ValueError:
        return (), {}

"""Data files that ship with the product and that users may replace: read as text, checked as a whole.

A reader collects problems instead of stopping at the first, so that one round is enough to repair a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from analysis.space.quantities import STATUSES
from gis.arrays import where_known
from gis.delimited import read_table
from gis.errors import InputError, Problem
from gis.numbers import parse_numbers
from layers.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Range:
    """A number as it is known: its range, and what it rests on."""

    low: float
    mid: float
    high: float
    unit: str
    status: str
    source: str

    def quantity(
        self, name: str, label_nl: str, label_en: str, question_nl: str, group: str = ""
    ) -> dict[str, object]:
        """Give the row of an uncertain input, as `analysis.space.quantities.quantities_of` takes it."""
        return {
            **{key: getattr(self, key) for key in ("low", "mid", "high", "unit", "status", "source")},
            "name": name,
            "label_nl": label_nl,
            "label_en": label_en,
            "question_nl": question_nl,
            "group": group,
        }


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a data file.

    Attributes
    ----------
    filled
        Whether every row must have a value.
    allowed
        The codes that a text may be; empty for any.
    minimum, maximum
        Bounds of a number, inclusive.
    """

    name: str
    kind: Literal["text", "number"] = "text"
    filled: bool = True
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(slots=True)
class DataFile:
    """A data file as read: its rows, and everything that is wrong with it.

    Attributes
    ----------
    name
        What messages call it.
    table
        Texts as ``str`` (empty where there is no value), numbers as float64 (NaN where there is none).
    rows
        What messages call each row.
    """

    name: str
    table: pd.DataFrame
    rows: NDArray[np.object_]
    problems: list[Problem] = field(default_factory=list)

    def report(self, message: str, repair: str, column: str | None, wrong: NDArray[np.bool_]) -> None:
        """Note a problem for the rows where `wrong` holds, if there are any."""
        if wrong.any():
            rows = tuple(str(row) for row in self.rows[wrong])
            self.problems.append(Problem(message, repair, file=self.name, field=column, rows=rows))

    def check_order(self, prefix: str = "") -> None:
        """Note rows where ``low <= mid <= high`` does not hold."""
        low, mid, high = (self.numbers(f"{prefix}{bound}") for bound in ("low", "mid", "high"))
        wrong = (low > mid) | (mid > high) | (low > high)
        message = f"{prefix}low, {prefix}mid and {prefix}high do not ascend"
        self.report(message, "Order them: low <= mid <= high.", f"{prefix}low", wrong)

    def check_known(self, column: str, known: Iterable[str], what: str) -> None:
        """Note values of a column that are not among the known ones; empty values pass."""
        choices = list(known)
        values = self.table[column].to_numpy(dtype=object)
        for value in sorted({str(value) for value in values} - {*choices, ""}):
            message = f"{what} {value!r} is not known"
            self.report(message, did_you_mean(value, choices), column, values == value)

    def texts(self, column: str) -> list[str]:
        """Give a column of texts."""
        return [str(value) for value in self.table[column]]

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Give a column of numbers, NaN where there is no value."""
        return self.table[column].to_numpy(dtype=np.float64)

    def ranges(self, prefix: str = "", unit: str | None = None) -> list[Range]:
        """Give the ranges of the rows; `unit` where the file has no column for it."""
        bounds = [self.numbers(f"{prefix}{bound}").tolist() for bound in ("low", "mid", "high")]
        units = self.texts("unit") if unit is None else [unit] * len(self.table)
        texts = [self.texts(f"{prefix}{name}") for name in ("status", "source")]
        return [Range(*row) for row in zip(*bounds, units, *texts, strict=True)]

    def stop(self) -> None:
        """Raise everything that was noted; do nothing when all is well."""
        if self.problems:
            raise InputError(*self.problems)


def range_fields(
    prefix: str, *, minimum: float | None = 0.0, maximum: float | None = None
) -> tuple[Field, ...]:
    """Describe a range with its status and source: ``low``, ``mid``, ``high``, ``status``, ``source``."""
    bounds = (
        Field(f"{prefix}{bound}", "number", minimum=minimum, maximum=maximum)
        for bound in ("low", "mid", "high")
    )
    return (*bounds, Field(f"{prefix}status", allowed=STATUSES), Field(f"{prefix}source"))


def read_data_file(
    name: str, path: Path | None, fields: tuple[Field, ...], identifier: tuple[str, ...]
) -> DataFile:
    """Read a data file, its own or the one that ships with the product.

    Parameters
    ----------
    name
        File name without ``.csv`` in ``layers/data``.
    path
        The user's own file instead; CSV with commas or semicolons, decimal points or commas.
    identifier
        Columns that together name a row and may occur once.

    Returns
    -------
    DataFile
        With its problems; when columns are missing the table has no rows, so that nothing is computed.
    """
    if path is not None:
        return _read(path, path.name, fields, identifier)
    with as_file(files("layers") / "data" / f"{name}.csv") as shipped:
        return _read(shipped, shipped.name, fields, identifier)


def _read(path: Path, shown: str, fields: tuple[Field, ...], identifier: tuple[str, ...]) -> DataFile:
    names = [item.name for item in fields]
    if not path.is_file():
        problem = Problem("the file does not exist", "Check its path.", file=shown)
        return DataFile(shown, _empty(fields), np.zeros(0, dtype=object), [problem])
    try:
        raw, _ = read_table(path, shown)
    except InputError as error:
        return DataFile(shown, _empty(fields), np.zeros(0, dtype=object), list(error.problems))
    missing = [item for item in names if item not in raw.columns]
    if missing:
        others = [column for column in raw.columns if column not in names]
        found = [
            Problem(
                f"the column {item!r} is missing",
                did_you_mean(item, others) if others else "Add it.",
                shown,
                None,
                item,
            )
            for item in missing
        ]
        return DataFile(shown, _empty(fields), np.zeros(0, dtype=object), found)
    texts = raw[names].map(lambda value: value.strip() if isinstance(value, str) else "")
    result = DataFile(shown, texts, _row_names(texts, identifier))
    for item in fields:
        _check_column(result, item)
    repeated = texts.duplicated(list(identifier), keep=False).to_numpy()
    result.report("the same row occurs more than once", "Keep one of them.", identifier[-1], repeated)
    return result


def _empty(fields: tuple[Field, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {item.name: pd.Series(dtype="float64" if item.kind == "number" else object) for item in fields}
    )


def _row_names(texts: pd.DataFrame, identifier: tuple[str, ...]) -> NDArray[np.object_]:
    """Call a row by its identifier, or by its number where that is empty."""
    parts = texts[list(identifier)].to_numpy(dtype=object)
    named = (".".join(part for part in row if part) for row in parts)
    return np.array([name or str(number) for number, name in enumerate(named, start=1)], dtype=object)


def _check_column(file: DataFile, item: Field) -> None:
    texts = file.table[item.name].to_numpy(dtype=object)
    empty = texts == ""
    if item.filled:
        file.report("a value is missing", "Fill it in.", item.name, empty)
    if item.kind == "text":
        if item.allowed:
            file.check_known(item.name, item.allowed, "the code")
        return
    numbers = parse_numbers(where_known(~empty, texts))
    file.report("this is not a number", "Write a number.", item.name, np.isnan(numbers) & ~empty)
    if item.minimum is not None:
        message = f"a value lies below {item.minimum:g}"
        file.report(message, f"Give at least {item.minimum:g}.", item.name, numbers < item.minimum)
    if item.maximum is not None:
        message = f"a value lies above {item.maximum:g}"
        file.report(message, f"Give at most {item.maximum:g}.", item.name, numbers > item.maximum)
    file.table[item.name] = numbers

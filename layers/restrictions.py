"""Restrictions on new space as data: hardness classes, kinds of protected area, provincial instruction rules.

A user may bring files of their own with the same columns. Everything that is wrong with such a file is told
at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from gis.errors import InputError, Problem
from layers.facts import read_facts
from layers.inputs import HARDNESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

UNKNOWN: Final = "unknown"
TREATMENTS: Final = ("excluded", "condition")
STATUSES: Final = ("sourced", "assumption", "to_verify")
APPLIES: Final = ("outside_parks", "farm_plot", "urban_area", "offices", "retail")
"""Where a rule applies: outside business parks, on ended farm plots, in urban area, to offices, to shops."""
CHECKS: Final = ("none", "plots_to_5_ha", "adjoins_park")
"""What of a rule can be computed; the rest is for whoever weighs."""


@dataclass(frozen=True, slots=True)
class _Format:
    """What a file must look like: its columns, the codes that some may hold, the column that identifies."""

    columns: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    key: str


_FORMATS: Final = {
    "hardness_classes": _Format(
        ("hardness", "label_nl", "label_en", "treatment", "meaning_nl", "status", "source"),
        {"hardness": (*HARDNESS, UNKNOWN), "treatment": TREATMENTS, "status": STATUSES},
        "hardness",
    ),
    "protected_kinds": _Format(
        ("keyword", "label_nl", "label_en", "hardness", "status", "source"),
        {"hardness": HARDNESS, "status": STATUSES},
        "keyword",
    ),
    "provincial_rules": _Format(
        ("rule_id", "article", "area_nl", "applies", "check", "text_nl", "text_en", "status", "source"),
        {"applies": APPLIES, "check": CHECKS, "status": STATUSES},
        "rule_id",
    ),
}


def read_hardness_classes(path: Path | None = None) -> pd.DataFrame:
    """Read what is done with each hardness class: one row per class, every class present.

    Parameters
    ----------
    path
        The user's own file; None for the one that comes along.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    table = _read("hardness_classes", path)
    absent = sorted({*HARDNESS, UNKNOWN} - set(table["hardness"]))
    if absent:
        problem = Problem(
            f"hardness classes without a row: {', '.join(absent)}",
            "Add a row for each.",
            file=_shown("hardness_classes", path),
            field="hardness",
        )
        raise InputError(problem)
    return table


def read_protected_kinds(path: Path | None = None) -> pd.DataFrame:
    """Read which hardness a kind of protected area has when its layer does not say; see above."""
    return _read("protected_kinds", path)


def read_provincial_rules(path: Path | None = None) -> pd.DataFrame:
    """Read the instruction rules that new space meets, one row per rule or condition; see above."""
    return _read("provincial_rules", path)


def hardness_of(kinds: Iterable[object], stated: Iterable[object], table: pd.DataFrame) -> list[str]:
    """Give the hardness of protected areas: as stated, else by a keyword in the kind, else unknown.

    Parameters
    ----------
    kinds, stated
        Kind (any text) and hardness per area, missing where not given.
    table
        As `read_protected_kinds` gives; the first row whose keyword occurs in the kind counts.
    """
    keywords = list(zip(table["keyword"], table["hardness"], strict=True))
    result = []
    for kind, hardness in zip(kinds, stated, strict=True):
        if isinstance(hardness, str):
            result.append(hardness)
            continue
        text = re.sub(r"[^a-z0-9]", "", kind.lower()) if isinstance(kind, str) else ""
        result.append(next((found for keyword, found in keywords if keyword in text), UNKNOWN))
    return result


def _shown(name: str, path: Path | None) -> str:
    return path.name if path else f"{name}.csv"


def _read(name: str, path: Path | None) -> pd.DataFrame:
    """Read and check a file; every column is text, nothing is missing."""
    shown = _shown(name, path)
    if path is None:
        table = read_facts(name)
    else:
        try:
            table = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
        except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            message = f"the file cannot be read: {error}"
            raise InputError(Problem(message, "Save it as CSV with commas, in UTF-8.", file=shown)) from error
    wanted = _FORMATS[name]
    problems = list(_problems(table, wanted, shown))
    if problems:
        raise InputError(*problems)
    return table[list(wanted.columns)]


def _problems(table: pd.DataFrame, wanted: _Format, shown: str) -> Iterable[Problem]:
    for column in wanted.columns:
        if column not in table:
            yield Problem(
                "the column is missing",
                f"Add it; the columns are {', '.join(wanted.columns)}.",
                file=shown,
                field=column,
            )
            continue
        values = table[column]
        yield from _rows("the value is missing", "Fill it in.", values.isna(), shown, column)
        if column in wanted.codes:
            allowed = wanted.codes[column]
            strange = values.notna() & ~values.isin(allowed)
            names = ", ".join(sorted(set(values[strange])))
            yield from _rows(
                f"not a known code: {names}", f"Use one of {', '.join(allowed)}.", strange, shown, column
            )
        if column == wanted.key:
            twice = values.notna() & values.duplicated(keep=False)
            yield from _rows("the value occurs twice", "Keep one of the rows.", twice, shown, column)


def _rows(message: str, repair: str, wrong: pd.Series[bool], shown: str, column: str) -> Iterable[Problem]:
    rows = tuple(str(row + 1) for row, is_wrong in enumerate(wrong) if is_wrong)
    if rows:
        yield Problem(message, repair, file=shown, field=column, rows=rows)

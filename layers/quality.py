"""The data-quality table: each thing found while reading, in words that a planner reads."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import pandas as pd

from layers.canonical import DTYPES
from layers.results import RESULT_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.records import Record

_LONGEST = 300
_TABLE = RESULT_BY_NAME["data_quality"]


@lru_cache(maxsize=1)
def reasons() -> dict[str, tuple[str, str]]:
    """Read the reason of each rule, Dutch and English (data/quality_rules.csv)."""
    text = files("layers").joinpath("data", "quality_rules.csv").read_text("utf-8")
    return {row["rule"]: (row["reason_nl"], row["reason_en"]) for row in csv.DictReader(text.splitlines())}


def quality_rows(layer: str, records: Iterable[Record], names: Mapping[int, str]) -> list[dict[str, object]]:
    """Put records of one layer into words.

    Parameters
    ----------
    layer
        Our name of the layer.
    records
        What was found.
    names
        Row number to the identifier of the feature.
    """
    wording = reasons()
    rows: list[dict[str, object]] = []
    for record in records:
        dutch, english = wording[record.rule]
        rows.append(
            {
                "layer": layer,
                "row": record.row,
                "feature_id": None if record.row is None else names.get(record.row),
                "field": record.field,
                "rule": record.rule,
                "action": record.action,
                "before": _short(record.before),
                "after": _short(record.after),
                "reason_nl": dutch,
                "reason_en": english,
            }
        )
    return rows


def _short(text: str | None) -> str | None:
    """Keep a value readable, however long a file makes it."""
    return text if text is None or len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def quality_frame(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Make the data-quality table, typed and in its declared order."""
    names = [column.name for column in _TABLE.columns]
    frame = pd.DataFrame(list(rows), columns=names)
    typed = frame.astype({column.name: DTYPES[column.kind] for column in _TABLE.columns})
    # what holds for a whole layer has no row and comes first
    return typed.sort_values([*_TABLE.order, "after"], kind="stable", na_position="first", ignore_index=True)

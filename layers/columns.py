"""The columns of one layer: taken from the file by the mapping, typed, and complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gis.errors import Problem
from gis.records import Record
from layers.canonical import DTYPES
from layers.source import UNIT_FACTORS
from layers.texts import as_texts
from layers.values import parse_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.schema import Column, Layer
    from layers.source import LayerSource
    from layers.tally import Tally
    from layers.values import Parsed

_MOST: Final = 0.5
_SHOWN: Final = 300
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Columns:
    """Typed columns of a layer.

    Attributes
    ----------
    frame
        All columns of the layer's description, in its order; the index is the row number.
    records
        What was changed or missing.
    problems
        What stops the layer.
    """

    frame: pd.DataFrame
    records: list[Record]
    problems: list[Problem]


def row_label(layer: Layer, source: LayerSource, raw: pd.DataFrame, place: int) -> str:
    """Give what a row is called in messages: its identifier as the file writes it, else ``row 7``."""
    theirs = theirs_of(source, layer.identifier or "", raw)
    text = None if theirs is None else as_texts(raw[theirs].iloc[[place]])[0]
    return f"row {raw.index[place]}" if text is None else str(text)


def take_columns(
    layer: Layer,
    source: LayerSource,
    raw: pd.DataFrame,
    row_id: str | None = None,
    tally: Tally | None = None,
) -> Columns:
    """Take and type the columns of a layer.

    Parameters
    ----------
    layer
        What the layer should be.
    source
        Its mapping.
    raw
        The attributes as read; the index is the row number.
    row_id
        A column of `raw` that is no attribute, and so is not missed when it is not used.
    tally
        Counts what cannot be read, for rows that are a piece of a layer; it is not judged here then.
    """
    file = source.place
    records: list[Record] = []
    problems: list[Problem] = []
    columns: dict[str, pd.Series[Any]] = {}
    used: set[str] = set()
    absent: list[Column] = []
    for column in layer.columns:
        theirs = theirs_of(source, column.name, raw)
        if column.name in source.constants:
            given = pd.Series([source.constants[column.name]] * len(raw), index=raw.index, dtype=object)
        elif theirs is not None:
            given = raw[theirs]
            used.add(theirs)
        else:
            absent.append(column)
            nothing = np.nan if column.kind == "number" else pd.NA
            columns[column.name] = pd.Series(nothing, index=raw.index, dtype=DTYPES[column.kind])
            continue
        parsed = parse_column(column, given, source.values.get(column.name))
        if tally is None:
            problems += _wrong_type(column, parsed, layer.name, file, raw)
        else:
            tally.note_values(column, parsed, raw)
        records += parsed.records
        columns[column.name] = _converted(column, parsed.values, source, records)
    problems += [_missing_column(column, layer.name, file, raw) for column in absent if column.required]
    _tell_unused(raw, used if row_id is None else used | {row_id}, absent, records)
    return Columns(pd.DataFrame(columns, index=raw.index), records, problems)


def theirs_of(source: LayerSource, ours: str, raw: pd.DataFrame) -> str | None:
    """Find the column of the file for one of ours: mapped, else of the same name."""
    theirs = source.columns.get(ours, ours)
    if theirs in raw.columns:
        return theirs
    # the row id of a database goes by several spellings
    return next((name for name in raw.columns if theirs.lower() == name.lower() == "fid"), None)


def _wrong_type(column: Column, parsed: Parsed, layer: str, file: str, raw: pd.DataFrame) -> list[Problem]:
    """Refuse a column of which most values are of another kind, or a code that must be known."""
    if not is_wrong_type(column, parsed.present, len(parsed.unreadable)):
        return []
    rows = tuple(str(raw.index[place]) for place in parsed.unreadable)
    before = {record.row: record.before for record in parsed.records if record.field == column.name}
    examples = list(dict.fromkeys(str(before.get(int(row))) for row in rows))[:5]
    return [wrong_type(column, parsed.present, len(rows), layer, file, examples, rows)]


def is_wrong_type(column: Column, present: int, unreadable: int) -> bool:
    """Tell whether so many values that cannot be read make a column unusable."""
    must_know = column.required and column.kind == "code" and _UNKNOWN not in column.allowed
    return unreadable > 0 and (must_know or unreadable > _MOST * present)


def wrong_type(
    column: Column,
    present: int,
    unreadable: int,
    layer: str,
    file: str,
    examples: Sequence[str],
    rows: tuple[str, ...] = (),
) -> Problem:
    """Give the problem of a column of which most values are of another kind."""
    shown = ", ".join(map(repr, examples))
    message = f"{unreadable} of {present} values are no {_KINDS[column.kind]}: {shown}"
    if column.kind == "code":
        repair = f"Translate them in values.{column.name} into: {', '.join(column.allowed)}."
    else:
        repair = "Map another column, or repair the values in the file."
    return Problem(message, repair, file, layer, column.name, rows)


_KINDS: Final = {
    "text": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "year": "year",
    "date": "date",
    "code": "known code",
    "category": "environmental category",
    "cemt": "CEMT class",
}


def _missing_column(column: Column, layer: str, file: str, raw: pd.DataFrame) -> Problem:
    listed = ", ".join(map(str, raw.columns))
    return Problem(
        "this column is required and not in the file",
        f'Map it: columns.{column.name} = "...". The file has: {listed}.',
        file,
        layer,
        column.name,
    )


def _converted(
    column: Column, values: pd.Series[Any], source: LayerSource, records: list[Record]
) -> pd.Series[Any]:
    """Convert from the unit that the project names."""
    unit = source.units.get(column.name)
    if unit is None or unit == column.unit or column.unit is None:
        return values
    records.append(Record("unit_stated", "repaired", None, column.name, unit, column.unit))
    return values * UNIT_FACTORS[unit, column.unit]


def _tell_unused(raw: pd.DataFrame, used: set[str], absent: list[Column], records: list[Record]) -> None:
    """Record which columns of the file are left out and which of ours it lacks."""
    left = [str(name) for name in raw.columns if name not in used]
    if left:
        records.append(Record("columns_unused", "noted", before=_listed(left)))
    if absent:
        records.append(Record("columns_missing", "noted", after=_listed([column.name for column in absent])))


def _listed(names: list[str]) -> str:
    text = ", ".join(names)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def fill_unknown(layer: Layer, frame: pd.DataFrame, alive: pd.Series[bool], records: list[Record]) -> None:
    """Read a missing code as ``unknown`` where a layer cannot do without and has such a code, in place."""
    for column in layer.columns:
        if column.kind != "code" or not column.required or _UNKNOWN not in column.allowed:
            continue
        gone = frame[column.name].isna() & alive
        if gone.any():
            frame.loc[gone, column.name] = _UNKNOWN
            after = f"{_UNKNOWN} ({int(gone.sum())}/{len(frame)})"
            records.append(Record("code_unknown", "repaired", None, column.name, None, after))


def missing_values(layer: Layer, frame: pd.DataFrame, alive: pd.Series[bool], file: str) -> list[Problem]:
    """Refuse rows without a value that every row must have."""
    problems = []
    for column in layer.columns:
        must = column.filled or (column.required and column.kind == "code")
        gone = frame.index[frame[column.name].isna() & alive]
        if must and len(gone):
            problems.append(
                Problem(
                    "rows have no value here",
                    "Give them one, or map another column.",
                    file,
                    layer.name,
                    column.name,
                    tuple(map(str, gone)),
                )
            )
    return problems

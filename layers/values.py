"""Columns as they come in, turned into typed columns; whatever could not be read is recorded by row."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gis.numbers import parse_numbers
from gis.records import Action, Record
from layers import labels
from layers.canonical import DTYPES
from layers.texts import as_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from layers.schema import Column, Kind

OTHERS: Final = "*"
"""In a code translation: whatever is not named otherwise."""

_NOTHING: Final = frozenset(
    [
        "-",
        "--",
        "?",
        "n.v.t.",
        "n.v.t",
        "nvt",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
        "nil",
        "<na>",
        "onbekend",
        "unknown",
        "geenwaarde",
        "waardeonbekend",
        "nb",
        "n.b.",
    ]
)
"""What people and systems write where there is no value; not used for plain text columns."""
_TRUE: Final = frozenset(("1", "1.0", "true", "t", "ja", "j", "yes", "y", "waar", "x", "aan"))
_FALSE: Final = frozenset(("0", "0.0", "false", "f", "nee", "n", "no", "onwaar", "uit"))
_SENTINEL_BELOW: Final = -99.0
"""A count or area this negative is a code for "no value", as CBS writes -99999999."""
_MUNICIPALITY: Final = "municipality_code"
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_REPLACEMENT = "\ufffd"
UNREADABLE: Final = frozenset(
    [
        "category_unreadable",
        "cemt_unreadable",
        "year_unreadable",
        "municipality_unreadable",
        "not_a_number",
        "not_a_code",
        "not_yes_or_no",
        "not_a_date",
    ]
)
"""Rules that mean: there was a value and it is not of this kind at all."""
_BY_ROW: Final = UNREADABLE | frozenset(
    [
        "category_range",
        "cemt_without_letter",
        "cemt_from_rws",
        "year_before",
        "year_from_date",
        "municipality_former",
        "municipality_unknown",
        "sentinel",
        "out_of_range",
        "broken_text",
        "code_others",
    ]
)
"""Rules that took a judgement or lost something; the others change only the spelling and are counted."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed column.

    Attributes
    ----------
    values
        In our type, with the index of what came in.
    records
        What was changed or could not be read.
    present, unreadable
        How many rows had a value, and the positions of those that could not be read.
    """

    values: pd.Series[Any]
    records: tuple[Record, ...]
    present: int
    unreadable: tuple[int, ...]


def parse_column(column: Column, raw: pd.Series[Any], translation: Mapping[str, str] | None = None) -> Parsed:
    """Turn a raw column into a typed one.

    Parameters
    ----------
    column
        What it should become.
    raw
        What the file holds, of any type; its index is the row number.
    translation
        Codes of the file to ours; ``"*"`` stands for all others.
    """
    if column.kind == "number" and translation is None and pd.api.types.is_numeric_dtype(raw.dtype):
        texts, numbers = None, raw.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        texts, numbers = as_texts(raw), None
    log = _Log(column.name, raw.index.to_numpy())
    if texts is not None and translation is not None:
        texts = _translate(texts, translation, log)
    if column.kind == "number":
        return _numbers(column, texts, numbers, raw.index, log)
    if texts is None:  # pragma: no cover - only numbers take the direct path
        texts = as_texts(raw)
    if column.kind == "text" and column.name != _MUNICIPALITY:
        return _text(texts, raw.index, log)
    return _labelled(column, texts, raw.index, log)


class _Log:
    """Collects records of one column: by row where it matters, else counted."""

    def __init__(self, field: str, rows: NDArray[np.int64]) -> None:
        self.field = field
        self.rows = rows
        self.records: list[Record] = []
        self.counts: dict[str, tuple[int, str, str | None]] = {}
        self.unreadable: list[int] = []

    def add(self, rule: str, place: int, before: str, after: str | None) -> None:
        """Note one row."""
        if rule in UNREADABLE:
            self.unreadable.append(place)
        if rule in _BY_ROW:
            action: Action = "noted" if after is None else "repaired"
            self.records.append(Record(rule, action, int(self.rows[place]), self.field, before, after))
            return
        count, example, became = self.counts.get(rule, (0, before, after))
        self.counts[rule] = (count + 1, example, became)

    def finish(self, values: pd.Series[Any], present: int) -> Parsed:
        """Close the column."""
        total = len(self.rows)
        for rule, (count, example, became) in self.counts.items():
            after = f"{count}/{total}" if became is None else f"{became} ({count}/{total})"
            self.records.append(Record(rule, "repaired", None, self.field, example, after))
        return Parsed(values, tuple(self.records), present, tuple(self.unreadable))


def _translate(texts: NDArray[np.object_], translation: Mapping[str, str], log: _Log) -> NDArray[np.object_]:
    """Replace codes of the file by ours; what is not named stays, unless ``*`` catches it."""
    others = translation.get(OTHERS)
    done = texts.copy()
    for place, text in enumerate(texts):
        if text is not None and text in translation and text != OTHERS:
            done[place] = translation[text].strip() or None
        elif text is not None and others is not None:
            done[place] = others.strip() or None
            log.add("code_others", place, text, others)
    return done


def _numbers(
    column: Column,
    texts: NDArray[np.object_] | None,
    numbers: NDArray[np.float64] | None,
    index: pd.Index[Any],
    log: _Log,
) -> Parsed:
    """Read numbers; codes for "no value" and numbers out of bounds become missing."""
    if numbers is not None:
        done = numbers.copy()
        present = int((~np.isnan(done)).sum())
    else:
        source = np.array([], dtype=object) if texts is None else texts
        bare = np.array(
            [None if text is None or _is_nothing(text) else text for text in source], dtype=object
        )
        done = parse_numbers(bare)
        present = sum(text is not None for text in bare)
        for place, text in enumerate(bare):
            if text is None:
                continue
            if np.isnan(done[place]):
                log.add("not_a_number", place, text, None)
            elif "," in text or (text.count(".") and done[place] != _plain(text)):
                log.add("number_spelling", place, text, f"{done[place]:g}")
            else:
                log.add("number_as_text", place, text, None)
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero((done < low) | (done > high) | np.isinf(done))
    for place in map(int, wrong):
        rule = "sentinel" if done[place] <= _SENTINEL_BELOW else "out_of_range"
        log.add(rule, place, f"{done[place]:g}", None)
    done[wrong] = np.nan
    return log.finish(pd.Series(done, index=index, dtype="float64"), present)


def _plain(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_nothing(text: str) -> bool:
    return text.casefold() in _NOTHING


def _text(texts: NDArray[np.object_], index: pd.Index[Any], log: _Log) -> Parsed:
    """Keep text as it is; text that an earlier program broke is noted."""
    for place, text in enumerate(texts):
        if text is not None and _REPLACEMENT in text:
            log.add("broken_text", place, text, None)
    present = sum(text is not None for text in texts)
    return log.finish(pd.Series(texts, index=index, dtype="string"), present)


def _labelled(column: Column, texts: NDArray[np.object_], index: pd.Index[Any], log: _Log) -> Parsed:
    """Read codes, categories, classes, years, dates, yes or no, whole numbers and municipality codes."""
    reader = _reader(column)
    memory: dict[str, labels.Read] = {}
    done = np.full(len(texts), None, dtype=object)
    present = 0
    for place, text in enumerate(texts):
        if text is None:
            continue
        if _is_nothing(text) and text.casefold() not in column.allowed:
            log.add("placeholder", place, text, None)
            if text.casefold() == "onbekend" and "unknown" in column.allowed:
                done[place] = "unknown"
            continue
        present += 1
        found = memory.get(text)
        if found is None:
            found = memory[text] = reader(text)
        done[place] = found.value
        if found.rule is not None:
            log.add(found.rule, place, text, found.value)
    values: pd.Series[Any] = pd.Series(_converted(column.kind, done), index=index, dtype=DTYPES[column.kind])
    return log.finish(values, present)


def _converted(kind: Kind, done: NDArray[np.object_]) -> list[Any]:
    """Turn labels into the Python values that the type wants."""
    if kind in ("integer", "year"):
        return [pd.NA if value is None else int(value) for value in done]
    if kind == "boolean":
        return [pd.NA if value is None else value == "true" for value in done]
    return [pd.NA if value is None else value for value in done]


def _reader(column: Column) -> Callable[[str], labels.Read]:
    """Choose how one value of a column is read."""
    if column.name == _MUNICIPALITY:
        return labels.read_municipality_code
    readers: dict[Kind, Callable[[str], labels.Read]] = {
        "category": labels.read_category,
        "cemt": labels.read_cemt,
        "boolean": _read_boolean,
        "date": _read_date,
        "integer": lambda text: _read_integer(text, column),
        "year": lambda text: _read_year(text, column),
        "code": lambda text: _read_code(text, column.allowed),
    }
    return readers[column.kind]


def _read_boolean(text: str) -> labels.Read:
    bare = text.casefold()
    if bare in _TRUE:
        return labels.Read("true")
    if bare in _FALSE:
        return labels.Read("false")
    return labels.Read(None, "not_yes_or_no")


def _read_code(text: str, allowed: tuple[str, ...]) -> labels.Read:
    if text in allowed:
        return labels.Read(text)
    bare = re.sub(r"[\s-]+", "_", text.casefold())
    if bare in allowed:
        return labels.Read(bare, "code_spelling")
    return labels.Read(None, "not_a_code")


def _read_date(text: str) -> labels.Read:
    iso, dutch = _ISO_DATE.fullmatch(text), _DUTCH_DATE.fullmatch(text)
    parts = (
        (iso[1], iso[2], iso[3])
        if iso is not None
        else (dutch[3], dutch[2], dutch[1])
        if dutch is not None
        else None
    )
    if parts is None:
        return labels.Read(None, "not_a_date")
    try:
        day = dt.date(*map(int, parts)).isoformat()
    except ValueError:
        return labels.Read(None, "not_a_date")
    return labels.Read(day, None if day == text else "date_spelling")


def _read_integer(text: str, column: Column) -> labels.Read:
    value = parse_numbers(np.array([text], dtype=object))[0]
    if np.isnan(value) or not float(value).is_integer():
        return labels.Read(None, "not_a_number")
    return _bounded(labels.Read(str(int(value))), column)


def _read_year(text: str, column: Column) -> labels.Read:
    found = labels.read_year(text)
    return found if found.value is None else _bounded(found, column)


def _bounded(found: labels.Read, column: Column) -> labels.Read:
    """Refuse a whole number outside the bounds of its column."""
    value = int(found.value or 0)
    low = value if column.minimum is None else column.minimum
    high = value if column.maximum is None else column.maximum
    return found if low <= value <= high else labels.Read(None, "out_of_range")

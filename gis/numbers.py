"""Numbers that arrive as text: decimal commas, thousands separators, currency and units left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_SPACES = re.compile(r"[\s\u00a0\u202f'\u2019_]")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA_DECIMAL = re.compile(r"[+-]?\d+,\d+")
_DUTCH = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}")
_DOT_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")


def parse_number(text: str, *, dots_group: bool = False) -> float | None:
    """Read one number from text.

    Parameters
    ----------
    text
        Such as ``"1234.5"``, ``"1234,5"``, ``"1.234,5"``, ``"1 234"`` or ``"1,234,567.8"``.
    dots_group
        How to read ``"1.234"``, which is ambiguous: True takes the dot as a thousands separator.

    Returns
    -------
    float or None
        None when the text is not a finite number.
    """
    bare = _SPACES.sub("", text)
    if dots_group and _DOT_THOUSANDS.fullmatch(bare):
        return float(bare.replace(".", ""))
    if _PLAIN.fullmatch(bare):
        found = float(bare)
    elif _COMMA_DECIMAL.fullmatch(bare):
        found = float(bare.replace(",", "."))
    elif _DUTCH.fullmatch(bare):
        found = float(bare.replace(".", "").replace(",", "."))
    elif _ENGLISH.fullmatch(bare):
        found = float(bare.replace(",", ""))
    else:
        return None
    return found if np.isfinite(found) else None


def dots_group_thousands(texts: Iterable[str]) -> bool:
    """Judge from a whole column whether dots group thousands.

    They do when some value shows it beyond doubt (``"1.234.567"`` or ``"1.234,5"``), or when decimal commas
    occur, and no value has a dot that can only be a decimal point.
    """
    proof = False
    for text in texts:
        bare = _SPACES.sub("", text)
        if "." in bare and _PLAIN.fullmatch(bare) and not _DOT_THOUSANDS.fullmatch(bare):
            return False
        if _ENGLISH.fullmatch(bare):
            return False
        if _COMMA_DECIMAL.fullmatch(bare) or (_DUTCH.fullmatch(bare) and not _PLAIN.fullmatch(bare)):
            proof = True
    return proof


def parse_numbers(texts: NDArray[np.object_]) -> NDArray[np.float64]:
    """Read a column of numbers from text, judging dots for the column as a whole.

    Parameters
    ----------
    texts
        Text, or None where there is no value.

    Returns
    -------
    NDArray of float
        NaN where there is no value or it is not a finite number.
    """
    present = [text for text in texts if text is not None]
    try:
        # the usual case: plain numbers, thousands of times
        quick = np.array([np.nan if text is None else float(text) for text in texts], dtype=np.float64)
    except ValueError:
        quick = np.array([], dtype=np.float64)
    dots = dots_group_thousands(present)
    if len(quick) == len(texts) and not dots and not any("_" in text for text in present):
        quick[~np.isfinite(quick)] = np.nan
        return quick
    found = [None if text is None else parse_number(text, dots_group=dots) for text in texts]
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)

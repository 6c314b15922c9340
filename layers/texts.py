"""Values of any type as text: trimmed, in one Unicode form, without a decimal point on whole numbers."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def as_texts(raw: pd.Series[Any]) -> NDArray[np.object_]:
    """Give values as trimmed text in one Unicode form; None where there is none.

    Whole numbers lose their decimal point, so that an identifier that a file keeps as 4719.0 stays 4719.
    """
    done = np.full(len(raw), None, dtype=object)
    if raw.dtype == np.float32:
        # 3.2 kept in 32 bits is not 3.200000047683716
        raw = pd.Series([float(str(value)) for value in raw.to_numpy()])
    done[:] = [_as_text(value) for value in raw.astype(object)]
    return done


def _as_text(value: Any) -> str | None:
    if type(value) is str and value.isascii() and value.isprintable():
        # nearly every value of nearly every file
        return value.strip() or None
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool | np.bool_):
        text = "true" if value else "false"
    elif isinstance(value, float | np.floating):
        if np.isnan(value):
            return None
        text = str(int(value)) if np.isfinite(value) and float(value).is_integer() else repr(float(value))
    elif isinstance(value, dt.date | np.datetime64):
        text = str(value)
    elif isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
    elif isinstance(value, list | tuple | np.ndarray):
        text = ",".join(part for part in map(_as_text, value) if part is not None)
    else:
        text = str(value)
    if not text.isascii() or not text.isprintable():
        text = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
    return text.strip() or None

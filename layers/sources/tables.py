"""Tables of our reader as columns for Parquet."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa


def as_arrow(frame: pd.DataFrame) -> pa.Table:
    """Turn a frame into columns; a column of mixed kinds becomes text.

    Parameters
    ----------
    frame
        As `gis.files.read` gives it.
    """
    columns = {}
    for name in frame.columns:
        series = frame[name]
        try:
            columns[str(name)] = pa.Array.from_pandas(series)
        except (pa.ArrowException, TypeError, ValueError):
            texts = [None if pd.isna(value) else str(value) for value in series]
            columns[str(name)] = pa.array(texts, pa.string())
        if pa.types.is_null(columns[str(name)].type):
            columns[str(name)] = columns[str(name)].cast(pa.string())
    if not columns:
        return pa.table({"row": pa.array(range(1, len(frame) + 1))})
    return pa.table(columns)

"""What a file holds, before anybody gives it a meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyproj
    from numpy.typing import NDArray

    from gis.records import Record


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds, as it is.

    Attributes
    ----------
    frame
        The attributes under their original names; row i of the file has index i (first row 1).
    geometry
        Shapely geometries in the order of `frame`, None where there is none; None for a table without.
    crs
        The coordinate system that the file states; None when it states none.
    records
        What was found while reading.
    row_id
        Name of the column in `frame` that is not an attribute but the row id of a database.
    """

    frame: pd.DataFrame
    geometry: NDArray[np.object_] | None
    crs: pyproj.CRS | None
    records: tuple[Record, ...]
    row_id: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about itself, without its rows.

    Attributes
    ----------
    layer
        The chosen layer; None for files without layers.
    columns
        Its attribute columns.
    extra
        Columns that are not listed but can be asked for, in lower case: the row id of a database.
    """

    layer: str | None
    columns: tuple[str, ...]
    extra: tuple[str, ...] = ()

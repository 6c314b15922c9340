"""Rows as they are served, whatever keeps them: in the order of their keys, plain values, flat geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd
    from numpy.typing import NDArray

    from layers.schema import Layer

KEY_DIGITS: Final = 9


def row_key(number: int) -> str:
    """Give the key of a row that has no id, first row 1."""
    return f"{number:0{KEY_DIGITS}d}"


def ordered(
    layer: Layer, frame: pd.DataFrame | gpd.GeoDataFrame
) -> tuple[pd.DataFrame | gpd.GeoDataFrame, tuple[str, ...], tuple[str, ...]]:
    """Put rows in the order of their keys.

    Returns
    -------
    tuple
        The rows with a fresh index, their ids and their keys.

    Raises
    ------
    ValueError
        When an id is missing or occurs twice.
    """
    if layer.identifier is None:
        numbers = range(1, len(frame) + 1)
        return frame.reset_index(drop=True), tuple(map(str, numbers)), tuple(map(row_key, numbers))
    column = frame[layer.identifier]
    if column.isna().any() or column.duplicated().any():
        raise ValueError(f"layer {layer.name}: {layer.identifier} is missing in a row or occurs twice")
    ids = [str(value) for value in column]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    keys = tuple(ids[position] for position in order)
    return frame.iloc[order].reset_index(drop=True), keys, keys


def stored_geometry(frame: pd.DataFrame | gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give the geometry of a table in EPSG:28992, flat; None in each row of a table without."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return np.full(len(frame), None, dtype=object)
    geometry: NDArray[np.object_] = shapely.force_2d(frame.geometry.to_numpy()).astype(object)
    geometry[shapely.is_empty(geometry)] = None
    return geometry


def plain_rows(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Give the attributes of each row as plain values, None for what is missing."""
    plain = frame.drop(columns="geometry", errors="ignore").astype(object)
    return plain.where(plain.notna(), None).to_dict("records")

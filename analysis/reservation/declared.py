"""Giving a table the columns and decimals that its layer declares, so that a release reads back the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.crs import RD
from layers.results_plan import PLAN_BY_NAME

if TYPE_CHECKING:
    from layers.schema import Layer


def declared(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table of the plan its declared columns in their order, numbers rounded, rows sorted.

    What is computed from a table then is the same before and after it went through a release.
    """
    layer: Layer = PLAN_BY_NAME[name]
    columns = {}
    for column in layer.columns:
        values = table[column.name]
        if column.kind == "number":
            # adding zero turns a negative zero into a plain one
            values = pd.Series(np.round(values.to_numpy(dtype=np.float64), column.decimals) + 0.0)
        columns[column.name] = values.reset_index(drop=True)
    order = [layer.identifier] if layer.identifier else list(layer.order)
    result = pd.DataFrame(columns)
    if layer.shape == "table":
        return result.sort_values(order, ignore_index=True)
    shapes: pd.DataFrame = gpd.GeoDataFrame(
        result, geometry=np.asarray(table["geometry"], dtype=object), crs=RD
    )
    return shapes.sort_values(order, ignore_index=True)

"""GeoJSON in RD New, to the millimetre, the system named as GIS programs know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

URN: Final = "urn:ogc:def:crs:EPSG::28992"
MILLIMETRE: Final = 0.001


def write_geojson(table: gpd.GeoDataFrame, name: str, *, identifier: str | None = None) -> bytes:
    """Write a table.

    Parameters
    ----------
    table
        EPSG:28992.
    name
        Of the collection.
    identifier
        Column that becomes the id of each feature; None for no ids.
    """
    columns = [column for column in table.columns if column != "geometry"]
    shapes = shapely.set_precision(table.geometry.to_numpy(), MILLIMETRE)
    features = [
        {
            "type": "Feature",
            **({} if identifier is None else {"id": str(row[identifier])}),
            "properties": {column: _plain(row[column]) for column in columns},
            "geometry": orjson.loads(shapely.to_geojson(shape)),
        }
        for row, shape in zip(table.drop(columns="geometry").to_dict("records"), shapes, strict=True)
    ]
    content = {
        "type": "FeatureCollection",
        "name": name,
        "crs": {"type": "name", "properties": {"name": URN}},
        "features": features,
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value

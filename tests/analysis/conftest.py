"""Scenes that a person can work out by hand: a square park, a few objects, a canal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.inputs import INPUT_BY_NAME

DTYPES = {"number": "float64", "integer": "Int64", "year": "Int64", "boolean": "boolean"}


def layer_frame(name: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Make a cleaned layer as the reader would, with every declared column."""
    layer = INPUT_BY_NAME[name]
    data = {
        column.name: pd.Series(
            [row.get(column.name) for row in rows], dtype=DTYPES.get(column.kind, "string")
        )
        for column in layer.columns
    }
    frame = gpd.GeoDataFrame(data, geometry=[row["geometry"] for row in rows], crs="EPSG:28992")
    return frame.sort_values(layer.identifier, ignore_index=True)


Scene = Callable[..., dict[str, gpd.GeoDataFrame]]


@pytest.fixture
def scene() -> Scene:
    """Give a function from keyword layers (lists of dicts) to cleaned tables; a municipality is added."""

    def build(**layers: list[dict[str, Any]]) -> dict[str, gpd.GeoDataFrame]:
        layers.setdefault(
            "municipalities",
            [
                {
                    "municipality_code": "GM0001",
                    "name": "Gemeente",
                    "sub_area": "Deelgebied",
                    "geometry": shapely.box(-50_000, -50_000, 50_000, 50_000),
                }
            ],
        )
        layers.setdefault(
            "parks",
            [
                {
                    "park_id": "P",
                    "name": "Park",
                    "max_category": "4.1",
                    "geometry": shapely.box(0, 0, 1000, 1000),
                }
            ],
        )
        return {name: layer_frame(name, rows) for name, rows in layers.items()}

    return build

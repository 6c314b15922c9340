"""Housing plans: made-up plans with a made-up name, hard and soft, some close to heavy parks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from layers.sample.frame import EXAMPLE, blob, generator, read_rows, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry


def housing_plans_layer(province: BaseGeometry, water: BaseGeometry) -> gpd.GeoDataFrame:
    """Make the housing plans from the hand-typed table; water and what is outside the province is cut off."""
    rng = generator("housing")
    rows, shapes = [], []
    for row in read_rows("housing_plans"):
        radius = math.sqrt(float(row["size_ha"]) * 10_000.0 / math.pi)
        area = blob(float(row["x_km"]) * 1000.0, float(row["y_km"]) * 1000.0, radius, rng, corners=9)
        shapes.append(area.intersection(province).difference(water))
        rows.append(
            {
                "PLAN_ID": row["plan"],
                "PLANNAAM": row["name"],
                "WONINGEN": int(row["dwellings"]),
                "PLANFASE": row["phase"],
                "JAAR_OPLEVERING": int(row["year"]) if row["year"] else None,
                "OMGEVING": row["surroundings"] or None,
                "OPMERKING": f"{EXAMPLE}: {row['note']}",
            }
        )
    return table(rows, shapes)

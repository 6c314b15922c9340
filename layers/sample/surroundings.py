"""Residential surroundings, quiet or mixed, for a part of the province only: elsewhere they are unknown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from layers.sample.frame import EXAMPLE, blob, fact_rows, generator, table, touching

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely
    from shapely.geometry.base import BaseGeometry

_MIXED = {"extremely urbanised": 0.7, "strongly urbanised": 0.25}
"""Part of the assessed districts that is mixed, by urbanity; the others have one in ten."""
_ASSESSED = 0.45
_LARGEST_M = 1_500.0
_SMALLEST_M2 = 20_000.0
_ROAD_M = 220.0


def surroundings_layer(
    province: BaseGeometry, roads: list[tuple[str, str, str, shapely.LineString]]
) -> gpd.GeoDataFrame:
    """Make areas round somewhat under half of the districts, and mixed strips along main roads.

    Parameters
    ----------
    province
        Nothing lies outside it.
    roads
        Barriers as (identifier, kind, name, line).
    """
    rng = generator("surroundings")
    rows: list[dict[str, str]] = []
    shapes: list[BaseGeometry] = []
    for _, kind, name, line in roads:
        if kind == "main_road" and name in {"A2", "A12"}:
            strip = line.buffer(_ROAD_M, cap_style="flat", quad_segs=2).intersection(province)
            rows.append(
                {
                    "GEBIED": f"VOM{len(rows) + 1:03d}",
                    "OMGEVING": "gemengd",
                    "OPMERKING": f"{EXAMPLE}: strook langs de {name}",
                }
            )
            shapes.append(strip.difference(touching(strip, shapes)))
    for row in fact_rows("districts_utrecht"):
        if int(row["dwellings"]) == 0 or float(rng.random()) > _ASSESSED:
            continue
        mixed = float(rng.random()) < _MIXED.get(row["urbanity"], 0.1)
        radius = min(math.sqrt(float(row["area_ha"]) * 10_000.0 / math.pi), _LARGEST_M)
        rough = blob(float(row["x_m"]), float(row["y_m"]), radius, rng).intersection(province)
        rough = rough.difference(touching(rough, shapes))
        if rough.area < _SMALLEST_M2:
            continue
        rows.append(
            {
                "GEBIED": f"VOM{len(rows) + 1:03d}",
                "OMGEVING": "gemengd" if mixed else "rustig",
                "OPMERKING": f"{EXAMPLE}: verzonnen duiding rond {row['name']}",
            }
        )
        shapes.append(rough)
    return table(rows, shapes)

"""The 26 municipalities with their smoothed borders, and the layers that are made from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.sample import borders
from layers.sample.frame import EXAMPLE, fact_rows, read_rows, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry


def municipalities_layer() -> gpd.GeoDataFrame:
    """Grow the municipalities from the 1 km table of CBS 2022.

    Returns
    -------
    GeoDataFrame
        Columns as in the administrative boundaries of Kadaster (``identificatie``, ``naam``), with
        inhabitants and sub-area; a valid coverage in EPSG:28992.
    """
    facts = fact_rows("municipalities_utrecht")
    number = {row["code"]: index for index, row in enumerate(facts, start=1)}
    cells = fact_rows("municipality_cells_utrecht")
    labels, corner = borders.grow(
        np.array([[int(row["x_km"]), int(row["y_km"]), number[row["municipality_code"]]] for row in cells]),
        np.array([float(row["share"]) for row in cells]),
        np.array([float(row["area_km2"]) * 1e6 for row in facts]),
        np.array(
            [
                [float(row["x_m"]), float(row["y_m"]), float(number[row["municipality_code"]])]
                for row in fact_rows("districts_utrecht")
            ]
        ),
    )
    arcs = [borders.smooth(arc) for arc in borders.trace(labels, corner)]
    rows = [
        {
            "identificatie": row["code"],
            "naam": row["name"],
            "inwoners": int(row["population_2024_about"]),
            "deelgebied": row["sub_area"],
            "toelichting": f"{EXAMPLE}: schematische grens; inwoners omstreeks 2024 (aanname)",
        }
        for row in facts
    ]
    return table(rows, borders.polygons(labels, corner, arcs))


def province(municipalities: gpd.GeoDataFrame) -> BaseGeometry:
    """Give the whole province."""
    return shapely.coverage_union_all(municipalities.geometry.to_numpy())


def sub_areas_layer(municipalities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the municipalities of each sub-area."""
    names = sorted(municipalities["deelgebied"].unique())
    shapes = [
        shapely.coverage_union_all(municipalities.geometry[municipalities["deelgebied"] == name].to_numpy())
        for name in names
    ]
    rows = [
        {"code": f"DG{index}", "naam": name, "toelichting": f"{EXAMPLE}: indeling is een aanname"}
        for index, name in enumerate(names, start=1)
    ]
    return table(rows, shapes)


def grid_congestion_layer(municipalities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Make areas of grid congestion out of municipalities: made up, but as wide as the real shortage."""
    rows, shapes = [], []
    for item in read_rows("grid_congestion"):
        chosen = municipalities["deelgebied"].isin(item["sub_areas"].split(";"))
        shapes.append(shapely.coverage_union_all(municipalities.geometry[chosen].to_numpy()))
        rows.append(
            {
                "gebied": item["area"],
                "status": item["status"],
                "ruimte_vanaf": int(item["from"]) if item["from"] else None,
                "toelichting": f"{EXAMPLE}: {item['note']}",
            }
        )
    return table(rows, shapes)


def municipal_visions_layer(municipalities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a few municipalities a made-up line from their vision."""
    shape = dict(zip(municipalities["identificatie"], municipalities.geometry, strict=True))
    items = read_rows("municipal_visions")
    rows = [
        {
            "visie": f"VV{index:02d}",
            "gemeente": item["municipality_code"],
            "thema": item["theme"],
            "tekst": f"{EXAMPLE}: {item['text']}",
            "jaar": int(item["year"]),
        }
        for index, item in enumerate(items, start=1)
    ]
    # inside the municipality and not on its border: a vision is no boundary
    return table(rows, [shape[item["municipality_code"]].buffer(-300) for item in items])

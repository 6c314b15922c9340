"""Main roads, railways and dikes, and the small roads between parks and their water."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from layers.sample.borders import chaikin
from layers.sample.frame import EXAMPLE, metres, read_toml, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park
    from layers.sample.water import Waterway

DIKED = ("LEK", "NRN")
"""The rivers with a dike on either side."""
_DIKE_FROM_WATER_M = 22.0
"""The dike stands right at the river (schaardijk); in reality a flood plain mostly lies between."""
HALF_WIDTH_M = {"main_road": 35.0, "railway": 12.0}
"""Half of the strip that a barrier takes from a park, metres."""
QUAY_ROAD_PARKS = ("Isselt", "Laagraven", "Tappersheul", "De Liesbosch")
"""Parks with a road between plots and water that can be crossed."""


def axes() -> list[tuple[str, str, str, shapely.LineString]]:
    """Give the hand-typed axes as (identifier, kind, name, line in EPSG:28992)."""
    return [
        (
            item["id"],
            item["kind"],
            item["name"],
            shapely.LineString(chaikin(chaikin(metres(item["points"])))),
        )
        for item in read_toml("barriers")["barrier"]
    ]


def strips(lines: list[tuple[str, str, str, shapely.LineString]]) -> BaseGeometry:
    """Give the land that main roads and railways take."""
    return shapely.union_all([line.buffer(HALF_WIDTH_M[kind], quad_segs=2) for _, kind, _, line in lines])


def barriers_layer(
    lines: list[tuple[str, str, str, shapely.LineString]], water: dict[str, Waterway], parks: list[Park]
) -> gpd.GeoDataFrame:
    """Make the barriers layer with Dutch kinds: hoofdweg, spoor, dijk, weg."""
    dutch = {"main_road": "hoofdweg", "railway": "spoor"}
    rows = [
        {"id": f"VB-{key}", "soort": dutch[kind], "naam": name, "toelichting": f"{EXAMPLE}: as met de hand"}
        for key, kind, name, _ in lines
    ]
    shapes: list[BaseGeometry] = [line for *_, line in lines]
    for key in DIKED:
        item = water[key]
        for side, word in ((1, "noord"), (-1, "zuid")):
            away = side * (item.width_m / 2 + _DIKE_FROM_WATER_M)
            # measured along the axis from west to east, left is north
            dike = shapely.offset_curve(shapely.simplify(item.axis, 40.0), away, quad_segs=3)
            rows.append(
                {
                    "id": f"VB-DK-{key}-{word[0].upper()}",
                    "soort": "dijk",
                    "naam": f"{item.name}dijk {word}",
                    "toelichting": f"{EXAMPLE}: evenwijdig aan de as van het water",
                }
            )
            shapes.append(shapely.simplify(dike, 5.0))
    for park in parks:
        if park.name in QUAY_ROAD_PARKS and park.shore is not None:
            rows.append(
                {
                    "id": f"VB-KW-{park.rin}",
                    "soort": "weg",
                    "naam": f"Kadeweg {park.name}",
                    "toelichting": f"{EXAMPLE}: verzonnen kadeweg tussen kavels en water",
                }
            )
            shapes.append(park.shore)
    return table(rows, shapes)

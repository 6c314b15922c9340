"""The waterways of the sample: hand-typed axes with their class, as the VNDS data would give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.sample.borders import chaikin
from layers.sample.frame import EXAMPLE, metres, read_toml, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

_STRAIGHT = ("ARK", "LKK", "MKN", "LWI", "LWE", "LWK")
"""Dug straight: their corners are rounded once, those of rivers three times."""


@dataclass(frozen=True, slots=True)
class Waterway:
    """One waterway.

    Attributes
    ----------
    key
        Short name used in the other hand-typed tables.
    name
        What it is called.
    cemt
        CEMT class, empty where it is to be verified.
    status
        Where the class comes from.
    width_m
        Assumed width in metres.
    axis
        Its middle line in EPSG:28992.
    """

    key: str
    name: str
    cemt: str
    status: str
    width_m: float
    axis: shapely.LineString

    def surface(self, margin: float = 0.0) -> shapely.Polygon:
        """Give the water with a margin in metres on either bank."""
        return self.axis.buffer(self.width_m / 2 + margin, cap_style="flat", quad_segs=4)


def waterways() -> dict[str, Waterway]:
    """Give the waterways by their key, in the order in which they were typed."""
    found = {}
    for item in read_toml("waterways")["waterway"]:
        line = metres(item["points"])
        for _ in range(1 if item["id"] in _STRAIGHT else 3):
            line = chaikin(line)
        found[item["id"]] = Waterway(
            key=item["id"],
            name=item["name"],
            cemt=item["cemt"],
            status=item["status"],
            width_m=float(item["width_m"]),
            axis=shapely.LineString(np.round(line, 2)),
        )
    return found


def surface(water: dict[str, Waterway], margin: float = 0.0) -> BaseGeometry:
    """Give all water together, with a margin in metres on either bank."""
    return shapely.union_all([item.surface(margin) for item in water.values()])


def waterways_layer(water: dict[str, Waterway]) -> gpd.GeoDataFrame:
    """Make the waterways layer with the columns of VNDS and a width of our own."""
    rows = [
        {
            "vnds_id": f"VB-{item.key}",
            "code": f"_{item.cemt}" if item.cemt else None,
            "name": item.name,
            "description": f"{EXAMPLE}: as met de hand, klasse {item.status}",
            "width_m": item.width_m,
        }
        for item in water.values()
    ]
    return table(rows, [item.axis for item in water.values()])

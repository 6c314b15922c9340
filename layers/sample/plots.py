"""Plots inside the parks: a grid along the roads of the park, heaviest in the core and on the water."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import affinity

from layers.sample.frame import EXAMPLE, generator, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park

_ROAD_M = 14.0
_FEWEST, _MOST = 8, 14
_LARGE_HA = 80.0
_LARGE_PLOT_HA = 6.0
_PLOT_HA = 3.0
_NET_PART = 0.8
_PROPORTION = 1.3
_SMALLEST_PART = 0.3
_AT_WATER_M = 12.0
_LADDER = {
    2: ("2",),
    3: ("3.1", "3.2"),
    4: ("3.2", "4.1", "4.2"),
    5: ("3.2", "4.1", "4.2", "5.1", "5.2"),
}
"""From the edge of a park to its core, by its main category: inward zoning."""
_STATES = (
    "uitgegeven",
    "uitgegeven",
    "uitgegeven",
    "uitgegeven",
    "uitgegeven",
    "uitgeefbaar",
    "optie",
    "onbekend",
)
_OWNERS = ("gemeente", "particulier", "particulier", "ontwikkelaar")


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot: its number, its park, its shape and whether it lies on the water."""

    plot_id: str
    park: Park
    shape: shapely.Polygon
    at_water: bool


def lay_out(parks: list[Park]) -> list[Plot]:
    """Divide the parks that were typed with plots."""
    plots = []
    for park in parks:
        if park.row["plots"] != "ja":
            continue
        pieces = _pieces(park.shape, park.angle)
        near = (
            np.zeros(len(pieces), dtype=bool)
            if park.shore is None
            else shapely.distance(np.array(pieces, dtype=object), park.shore) < _AT_WATER_M
        )
        for index, (piece, wet) in enumerate(zip(pieces, near.tolist(), strict=True), start=1):
            plots.append(Plot(f"{park.rin}-K{index:02d}", park, piece, wet))
    return plots


def _pieces(shape: BaseGeometry, angle: float) -> list[shapely.Polygon]:
    """Cut a shape into pieces along a grid with roads, in the direction of `angle`."""
    centre = shape.centroid
    flat = affinity.rotate(shape, -angle, origin=centre, use_radians=True)
    hectares = shape.area / 10_000.0
    wanted = (
        hectares / _LARGE_PLOT_HA if hectares > _LARGE_HA else min(max(hectares / _PLOT_HA, _FEWEST), _MOST)
    )
    nominal = shape.area * _NET_PART / wanted
    west, south, east, north = flat.bounds
    depth = math.sqrt(nominal / _PROPORTION)
    across = _cuts(south, north, max(2, round((north - south) / depth)), 2, first=0)
    along = _cuts(west, east, max(2, round((east - west) / (nominal / depth))), 4, first=1)
    cells = np.array([shapely.box(x0, y0, x1, y1) for y0, y1 in across for x0, x1 in along], dtype=object)
    pieces = [
        part
        for cell in shapely.intersection(cells, flat)
        for part in shapely.get_parts(cell)
        if part.geom_type == "Polygon" and part.area > _SMALLEST_PART * nominal
    ]
    turned = [affinity.rotate(piece, angle, origin=centre, use_radians=True) for piece in pieces]
    return [shapely.set_precision(piece, 0.01) for piece in turned]


def _cuts(start: float, end: float, number: int, every: int, *, first: int) -> list[tuple[float, float]]:
    """Divide a length into equal strips, with a road after strip `first` and each `every` strips on."""
    roads = [index for index in range(number - 1) if index >= first and (index - first) % every == 0]
    width = (end - start - len(roads) * _ROAD_M) / number
    strips, here = [], start
    for index in range(number):
        strips.append((here, here + width))
        here += width + (_ROAD_M if index in roads else 0.0)
    return strips


def plots_layer(plots: list[Plot]) -> gpd.GeoDataFrame:
    """Make the plots layer with a made-up plan category, status and owner for every plot."""
    rng = generator("plots")
    rows: list[dict[str, Any]] = []
    for park in dict.fromkeys(plot.park.rin for plot in plots):
        own = [plot for plot in plots if plot.park.rin == park]
        deep = np.array([plot.shape.centroid.distance(plot.park.shape.boundary) for plot in own])
        deep = np.minimum(deep / deep.max() + np.array([0.35 * plot.at_water for plot in own]), 1.0)
        for plot, core in zip(own, deep.tolist(), strict=True):
            ladder = _LADDER[plot.park.category]
            label = ladder[min(int(core * len(ladder)), len(ladder) - 1)]
            wet = plot.at_water and float(rng.random()) < 0.6  # noqa: PLR2004 - a little over half
            rows.append(
                {
                    "KAVEL_ID": plot.plot_id,
                    "RIN_NUMMER": plot.park.rin,
                    "MAX_CAT_PLAN": None if float(rng.random()) < 0.05 else label,  # noqa: PLR2004
                    "UITGIFTE": "uitgeefbaar"
                    if plot.park.row["phase"] == "zacht"
                    else str(rng.choice(_STATES)),
                    "AANDUIDING_WATER": "ja" if wet else "nee",
                    "EIGENAAR": str(rng.choice(_OWNERS)),
                    "OPMERKING": f"{EXAMPLE}: verzonnen kavel",
                }
            )
    return table(rows, [plot.shape for plot in plots])

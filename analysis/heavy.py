"""Where heavy activity is both permitted and, by guide distance, possible: polygons and hectares per park."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.subjects import HECTARE_M2, Permitted
from gis.zones import EMPTY, polygons_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.zones import ParkZones


def hectares(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """Measure hectares of polygons in EPSG:28992."""
    return np.asarray(shapely.area(shapes), dtype=float) / HECTARE_M2


def overlay(function: Any, left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Overlay pairs of polygons and keep the polygons of the result."""
    result = np.full(len(left), None, dtype=object)
    result[:] = [polygons_only(part) for part in function(left, right)]
    return result


@dataclass(frozen=True, slots=True)
class HeavyLand:
    """Land per park, polygons.

    Attributes
    ----------
    permitted
        Reading to where the threshold is permitted (``"low"`` for sure, ``"high"`` possibly).
    governed
        Where the noise budget of a zoned estate decides instead of a distance.
    room
        Reading to where it is permitted and usable by guide distance; None without sensitive objects.
    """

    permitted: dict[str, NDArray[Any]]
    governed: NDArray[Any]
    room: dict[str, NDArray[Any]] | None


def heavy_land(
    tables: Mapping[str, gpd.GeoDataFrame],
    park_permitted: Permitted,
    plot_permitted: Permitted | None,
    plot_park: NDArray[np.int64],
    zones: ParkZones | None,
    threshold: int,
) -> HeavyLand:
    """Find the heavy land of each park.

    A park with plots is permitted where its plots are; one without plots as a whole, by the registry.
    """
    parks = tables["parks"].geometry.to_numpy()
    permitted = {
        "low": _permitted_area(
            parks, park_permitted.low, plot_park, tables, plot_permitted, threshold, "low"
        ),
        "high": _permitted_area(
            parks, park_permitted.high, plot_park, tables, plot_permitted, threshold, "high"
        ),
    }
    room = None
    if zones is not None:
        room = {
            reading: overlay(shapely.intersection, zones.at_least(threshold, reading), permitted[reading])
            for reading in ("low", "high")
        }
    return HeavyLand(permitted, governed_area(tables), room)


def _permitted_area(
    parks: NDArray[Any],
    park_rank: NDArray[np.int64],
    plot_park: NDArray[np.int64],
    tables: Mapping[str, gpd.GeoDataFrame],
    plots: Permitted | None,
    threshold: int,
    reading: str,
) -> NDArray[Any]:
    result: NDArray[Any] = np.full(len(parks), EMPTY, dtype=object)
    result[park_rank >= threshold] = parks[park_rank >= threshold]
    if plots is None:
        return result
    shapes = tables["plots"].geometry.to_numpy()
    rank = plots.low if reading == "low" else plots.high
    for park in np.unique(plot_park[plot_park >= 0]):
        chosen = shapes[(plot_park == park) & (rank >= threshold)]
        union = shapely.union_all(chosen) if len(chosen) else EMPTY
        result[park] = polygons_only(shapely.intersection(union, parks[park]))
    return result


def governed_area(tables: Mapping[str, gpd.GeoDataFrame]) -> NDArray[Any]:
    """Give per park the part on a zoned estate; the whole park when only the registry says so."""
    parks = tables["parks"]
    shapes: NDArray[Any] = parks.geometry.to_numpy()
    result = np.full(len(shapes), EMPTY, dtype=object)
    layer = tables.get("zoned_estates")
    if layer is not None and len(layer):
        estates = layer.geometry.to_numpy()
        park, estate = shapely.STRtree(estates).query(shapes, predicate="intersects")
        for row in np.unique(park):
            # by position, for a tree gives them in an order that depends on everything in it
            own = shapely.union_all(estates[np.sort(estate[park == row])])
            result[row] = polygons_only(shapely.intersection(shapes[row], own))
    by_registry = parks["zoned"].fillna(value=False).to_numpy(dtype=bool) & shapely.is_empty(result)
    result[by_registry] = shapes[by_registry]
    return result

"""What makes a place worth exploring: it fits, it lies near water or a main road, and nothing divides it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.space.exploration_cells import Near
from analysis.water import water_surfaces
from gis.arrays import where_known
from gis.distance_raster import Steps
from gis.rasters import covered
from layers.inputs import REJECTING_BARRIERS
from layers.parameters import CEMT_CLASSES
from layers.results_surface import ROOM_OFFSET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.rasters import Grid
    from layers.parameters import Category, Parameters

NONE = np.zeros(0, dtype=object)


@dataclass(frozen=True, slots=True)
class ExplorationSettings:
    """What a planner may set about exploration areas; every default is an assumption.

    Attributes
    ----------
    minimum_ha
        Smaller areas are left out.
    minimum_width_m
        Strips narrower than this are no site and do not join areas.
    category
        What must fit; None for the threshold of high categories of the project.
    near_water_m
        How far from navigable water counts as near; None for what the project calls near water.
    near_main_road_m
        How far from a main road counts as near.
    beside_barrier_m
        Land nearer to the axis of a main road, railway or dike belongs to it.
    adjoins_m
        A park within this distance adjoins.
    provincial_rules, hardness_classes, protected_kinds
        The user's own files; None for those that come along.
    """

    minimum_ha: float = 5.0
    minimum_width_m: float = 50.0
    category: Category | None = None
    near_water_m: float | None = None
    near_main_road_m: float = 500.0
    beside_barrier_m: float = 25.0
    adjoins_m: float = 50.0
    provincial_rules: Path | None = None
    hardness_classes: Path | None = None
    protected_kinds: Path | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What an area may be near: shapes with the name (and class) of each, and how far near is."""

    shapes: NDArray[Any]
    name: NDArray[np.object_]
    cemt: NDArray[np.object_]
    near_m: float

    def steps(self) -> Steps | None:
        """Give the measure of that distance, None without shapes."""
        return Steps(self.shapes, np.array([self.near_m])) if len(self.shapes) else None


def nearer(steps: Steps | None, mask: NDArray[np.bool_], grid: Grid) -> NDArray[np.bool_]:
    """Tell which cells of a mask lie nearer than a distance of one step; none without objects."""
    if steps is None or not mask.any():
        return np.zeros_like(mask)
    ranks = mask.astype(np.uint8)
    steps.lower(ranks, grid)
    near: NDArray[np.bool_] = mask & (ranks == 0)
    return near


class Look:
    """What may be explored in a window, for all readings together: most of it is the same in each."""

    def __init__(
        self,
        tables: Mapping[str, gpd.GeoDataFrame],
        sure: Line,
        unsure: Line,
        roads: Line,
        settings: ExplorationSettings,
        threshold: int,
    ) -> None:
        self._threshold = threshold
        self._parks = tables["parks"].geometry.to_numpy()
        self._barriers = _dividing(tables)
        self._beside = Line(self._barriers, NONE, NONE, settings.beside_barrier_m).steps()
        self._sure = sure.steps()
        # what both readings share is measured once
        self._unsure = unsure.steps()
        self._roads = roads.steps()

    def __call__(self, grid: Grid, codes: Mapping[str, NDArray[np.uint8]]) -> dict[str, Near] | None:
        """Look at the cells of a window with its codes of room per reading; None when nothing fits at all."""
        fits = {
            reading: (ranks >= self._threshold) & (ranks <= ROOM_OFFSET) for reading, ranks in codes.items()
        }
        free = np.logical_or.reduce(list(fits.values()))
        if not free.any():
            return None
        free &= ~covered(grid, self._parks)
        free &= ~covered(grid, self._barriers, touched=True)
        road = nearer(self._roads, free, grid)
        water = nearer(self._sure, free, grid)
        waters = dict.fromkeys(codes, water)
        if "high" in codes:
            waters["high"] = water | nearer(self._unsure, free & fits["high"] & ~water, grid)
        near = np.logical_or.reduce([road, *waters.values()])
        near &= ~nearer(self._beside, near, grid)
        near_fits = {reading: near & fit for reading, fit in fits.items()}
        return {name: Near(waters[name] & fit, road & fit) for name, fit in near_fits.items()}


def waterways(
    tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters, settings: ExplorationSettings
) -> tuple[Line, Line, Line]:
    """Give water known to be large enough, water that may be because its class is unknown, and both."""
    near_m = parameters.water_near_m if settings.near_water_m is None else settings.near_water_m
    layer = tables.get("waterways")
    if layer is None or not len(layer):
        nothing = Line(NONE, NONE, NONE, near_m)
        return nothing, nothing, nothing
    shapes, row = water_surfaces(layer)
    position = {name: number for number, name in enumerate(CEMT_CLASSES)}
    rank = layer["cemt"].map(position).to_numpy(dtype=float)[row]
    sure = rank >= position[parameters.cemt_threshold]
    names = layer["name"].fillna(layer["waterway_id"]).to_numpy(dtype=object)[row]
    cemt = where_known(layer["cemt"].notna().to_numpy(), layer["cemt"].to_numpy(dtype=object))[row]
    unsure = np.isnan(rank)
    lines = [Line(shapes[kept], names[kept], cemt[kept], near_m) for kept in (sure, unsure, sure | unsure)]
    return lines[0], lines[1], lines[2]


def main_roads(tables: Mapping[str, gpd.GeoDataFrame], settings: ExplorationSettings) -> Line:
    """Give the main roads, with how far near is."""
    layer = tables.get("barriers")
    if layer is None:
        return Line(NONE, NONE, NONE, settings.near_main_road_m)
    layer = layer[(layer["kind"] == "main_road").fillna(value=False).to_numpy(dtype=bool)]
    names = layer["name"].fillna(layer["barrier_id"]).to_numpy(dtype=object)
    return Line(layer.geometry.to_numpy(), names, np.full_like(names, None), settings.near_main_road_m)


def _dividing(tables: Mapping[str, gpd.GeoDataFrame]) -> NDArray[Any]:
    """Give what divides an area: nobody crosses it within a site."""
    layer = tables.get("barriers")
    if layer is None:
        return NONE
    return np.asarray(layer.geometry.to_numpy()[layer["kind"].isin(REJECTING_BARRIERS).to_numpy(dtype=bool)])

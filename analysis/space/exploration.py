"""Exploration areas (verkenningsgebieden): where outside parks heavy activity could be looked at.

Land where at least a given category fits, near a waterway or a main road, free of what excludes, wide and
large enough to be a site. Main roads, railways and dikes divide it. It is no decision and no reservation:
what the area meets in rules and restrictions is listed with it as conditions, see
`analysis.space.exploration_conditions`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.categories import load_categories
from analysis.space.exploration_conditions import exploration_conditions, restricted
from analysis.subjects import HECTARE_M2, places
from analysis.water import water_surfaces
from gis.arrays import where_known
from gis.crs import RD
from gis.distance_raster import Steps
from gis.overlay import overlaps
from gis.proximity import Targets
from gis.rasters import covered, read_codes, read_tags
from gis.regions import Regions, draw, regions
from layers.inputs import REJECTING_BARRIERS
from layers.parameters import CEMT_CLASSES
from layers.restrictions import read_provincial_rules
from layers.results_surface import READINGS, ROOM_OFFSET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
class _Line:
    """What an area may be near: shapes with the name (and class) of each, and how far near is."""

    shapes: NDArray[Any]
    name: NDArray[np.object_]
    cemt: NDArray[np.object_]
    near_m: float

    def near(self, mask: NDArray[np.bool_], grid: Grid) -> NDArray[np.bool_]:
        """Tell which cells of the mask lie nearer than `near_m`."""
        if not len(self.shapes):
            return np.zeros_like(mask)
        ranks = mask.astype(np.uint8)
        Steps(self.shapes, np.array([self.near_m])).lower(ranks, grid)
        near: NDArray[np.bool_] = mask & (ranks == 0)
        return near


def exploration_areas(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    path: Path,
    settings: ExplorationSettings | None = None,
) -> gpd.GeoDataFrame:
    """Find the exploration areas of one reading.

    Parameters
    ----------
    tables
        Cleaned input layers, EPSG:28992.
    parameters
        As in the project file.
    path
        The raster of room of one reading, ``room_low`` or ``room_high`` of `surface.write_surfaces`.
        In the low reading only water of a known, large enough class counts; in the high one also water whose
        class is not known.
    settings
        See `ExplorationSettings`.

    Returns
    -------
    GeoDataFrame
        As `layers.results_surface` describes ``exploration_areas``, by identifier. Polygons are drawn to
        within a cell; hectares are counted in cells.

    Raises
    ------
    ValueError
        When the raster is not one of room.
    """
    settings = settings or ExplorationSettings()
    tags = read_tags(path)
    if tags.get("content") != "room":
        raise ValueError(f"{path.name} is not a raster of room")
    grid, codes = read_codes(path)
    reading = tags["reading"]
    water = _waterways(tables, parameters, settings, reading)
    roads = _main_roads(tables, settings)
    threshold = load_categories().rank(settings.category or parameters.hmc_threshold)
    mask = (codes >= threshold) & (codes <= ROOM_OFFSET) & ~covered(grid, tables["parks"].geometry.to_numpy())
    barriers = _dividing(tables)
    mask &= ~covered(grid, barriers, touched=True)
    mask &= ~_Line(barriers, NONE, NONE, settings.beside_barrier_m).near(mask, grid)
    at_water, at_road = water.near(mask, grid), roads.near(mask, grid)
    found = regions(
        at_water | at_road,
        minimum=math.ceil(settings.minimum_ha / grid.cell_ha),
        width=math.ceil(settings.minimum_width_m / grid.cell),
    )
    shapes = draw(found, grid)
    result = pd.DataFrame({"area_id": _identifiers(found, grid, reading), "reading": reading})
    place = places(shapes, tables)
    result[list(place.columns)] = place
    _add_categories(result, found, codes, grid)
    wet, dry = found.count(at_water) > 0, found.count(at_road) > 0
    result["near"] = np.where(wet & dry, "water_and_main_road", np.where(wet, "water", "main_road"))
    _add_distances(result, shapes, grid, tables, water, roads)
    _add_surroundings(result, shapes, tables, settings)
    rules = read_provincial_rules(settings.provincial_rules)
    articles = rules.loc[rules["applies"] == "outside_parks", "article"]
    result["rules"] = "; ".join(f"art. {article}" for article in dict.fromkeys(articles))
    areas = gpd.GeoDataFrame(result, geometry=shapes, crs=RD)
    return areas.sort_values("area_id", ignore_index=True)


def explore(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    paths: Mapping[str, Path],
    settings: ExplorationSettings | None = None,
) -> dict[str, pd.DataFrame]:
    """Make the tables ``exploration_areas`` and ``exploration_conditions`` of both readings.

    Parameters
    ----------
    paths
        The rasters that `surface.write_surfaces` made; without any both tables are empty. Other
        parameters as in `exploration_areas`.
    """
    settings = settings or ExplorationSettings()
    names = [name for name in (f"room_{reading}" for reading in READINGS) if name in paths]
    if not names:
        empty = gpd.GeoDataFrame({"area_id": pd.Series(dtype="string")}, geometry=[], crs=RD)
        return {"exploration_areas": empty, "exploration_conditions": pd.DataFrame()}
    parts = [exploration_areas(tables, parameters, paths[name], settings) for name in names]
    areas = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=RD)
    conditions = exploration_conditions(
        areas,
        tables,
        adjoins_m=settings.adjoins_m,
        provincial_rules=settings.provincial_rules,
        hardness_classes=settings.hardness_classes,
        protected_kinds=settings.protected_kinds,
    )
    return {"exploration_areas": areas, "exploration_conditions": conditions}


def _waterways(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    settings: ExplorationSettings,
    reading: str,
) -> _Line:
    near_m = parameters.water_near_m if settings.near_water_m is None else settings.near_water_m
    layer = tables.get("waterways")
    if layer is None or not len(layer):
        return _Line(NONE, NONE, NONE, near_m)
    shapes, row = water_surfaces(layer)
    position = {name: number for number, name in enumerate(CEMT_CLASSES)}
    least = position[parameters.cemt_threshold]
    # water without a class may be large enough: that is the wide reading
    rank = layer["cemt"].map(position).fillna(least if reading == "high" else -1).to_numpy(dtype=float)
    kept = rank[row] >= least
    names = layer["name"].fillna(layer["waterway_id"]).to_numpy(dtype=object)
    cemt = where_known(layer["cemt"].notna().to_numpy(), layer["cemt"].to_numpy(dtype=object))
    return _Line(shapes[kept], names[row[kept]], cemt[row[kept]], near_m)


def _main_roads(tables: Mapping[str, gpd.GeoDataFrame], settings: ExplorationSettings) -> _Line:
    layer = tables.get("barriers")
    if layer is None:
        return _Line(NONE, NONE, NONE, settings.near_main_road_m)
    layer = layer[(layer["kind"] == "main_road").fillna(value=False).to_numpy(dtype=bool)]
    names = layer["name"].fillna(layer["barrier_id"]).to_numpy(dtype=object)
    return _Line(layer.geometry.to_numpy(), names, np.full_like(names, None), settings.near_main_road_m)


def _dividing(tables: Mapping[str, gpd.GeoDataFrame]) -> NDArray[Any]:
    """Give what divides an area: nobody crosses it within a site."""
    layer = tables.get("barriers")
    if layer is None:
        return NONE
    return np.asarray(layer.geometry.to_numpy()[layer["kind"].isin(REJECTING_BARRIERS).to_numpy(dtype=bool)])


def _identifiers(found: Regions, grid: Grid, reading: str) -> list[str]:
    """Name each region by reading and coordinates, so that a change elsewhere does not rename it."""
    flat = np.flatnonzero(found.label)
    _, first = np.unique(found.label.ravel()[flat], return_index=True)
    row, column = np.divmod(flat[first], grid.columns)
    x = np.rint(grid.west + (column + 0.5) * grid.cell).astype(int)
    y = np.rint(grid.north - (row + 0.5) * grid.cell).astype(int)
    return [f"{reading}-{east:06d}-{north:06d}" for east, north in zip(x, y, strict=True)]


def _add_categories(result: pd.DataFrame, found: Regions, codes: NDArray[np.uint8], grid: Grid) -> None:
    """Write hectares, the category that fits everywhere and the highest one with its hectares."""
    system = load_categories()
    known = np.ones(len(found), dtype=bool)
    counts = found.tally(codes, system.ranks + 1)
    lowest = np.argmax(counts > 0, axis=1)
    highest = system.ranks - np.argmax(counts[:, ::-1] > 0, axis=1)
    result["area_ha"] = found.cells * grid.cell_ha
    result["category"] = system.label(lowest, known)
    result["category_highest"] = system.label(highest, known)
    result["highest_ha"] = counts[np.arange(len(found)), highest] * grid.cell_ha


def _add_distances(
    result: pd.DataFrame,
    shapes: NDArray[Any],
    grid: Grid,
    tables: Mapping[str, gpd.GeoDataFrame],
    water: _Line,
    roads: _Line,
) -> None:
    """Write the nearest waterway, main road and park, distances rounded to a cell."""
    parks = tables["parks"]
    names = parks["name"].fillna(parks["park_id"]).to_numpy(dtype=object)
    park = _Line(parks.geometry.to_numpy(), names, np.full_like(names, None), 0.0)
    for prefix, line in (("waterway", water), ("main_road", roads), ("park", park)):
        target, metres = Targets(line.shapes).nearest(shapes)
        near = target >= 0
        result[f"{prefix}_name"] = pd.Series(_of(line.name, target, near), dtype="string")
        result[f"{prefix}_m"] = np.where(near, np.rint(metres / grid.cell) * grid.cell, np.nan)
        if prefix == "waterway":
            result["waterway_cemt"] = pd.Series(_of(line.cemt, target, near), dtype="string")


def _of(
    values: NDArray[np.object_], position: NDArray[np.int64], known: NDArray[np.bool_]
) -> NDArray[np.object_]:
    result = np.full(len(position), None, dtype=object)
    result[known] = values[position[known]]
    return result


def _add_surroundings(
    result: pd.DataFrame,
    shapes: NDArray[Any],
    tables: Mapping[str, gpd.GeoDataFrame],
    settings: ExplorationSettings,
) -> None:
    """Write grid congestion, restrictions that stay as a condition, and overlap with housing plans."""
    grid = tables.get("grid_congestion")
    result["grid_status"] = "not_assessed"
    if grid is not None:
        best = overlaps(shapes, grid.geometry.to_numpy()).largest(len(shapes))
        status = grid["status"].fillna("unknown").to_numpy(dtype=object)
        result["grid_status"] = np.where(best >= 0, status[best], "not_assessed")
    protected = restricted(tables, settings.hardness_classes, settings.protected_kinds)
    if protected is not None:
        result["restricted_ha"], result["restrictions"] = _overlap(shapes, protected, "area_id")
    plans = tables.get("housing_plans")
    if plans is not None:
        result["housing_plan_ha"], result["housing_plans"] = _overlap(shapes, plans, "plan_id")


def _overlap(
    shapes: NDArray[Any], layer: gpd.GeoDataFrame, identifier: str
) -> tuple[NDArray[np.float64], pd.Series[str]]:
    """Give per shape the hectares that a layer covers and the names of what covers it."""
    polygons = layer.geometry.to_numpy()
    names = layer["name"].fillna(layer[identifier]).to_numpy(dtype=object)
    found = overlaps(shapes, polygons)
    hectares = np.zeros(len(shapes))
    texts: list[str | None] = [None] * len(shapes)
    for row in np.unique(found.shape):
        rows = found.area[found.shape == row]
        covered_part = shapely.intersection(shapes[row], shapely.union_all(polygons[rows]))
        hectares[row] = shapely.area(covered_part) / HECTARE_M2
        texts[row] = "; ".join(sorted({str(names[place]) for place in rows}))
    return hectares, pd.Series(texts, dtype="string")

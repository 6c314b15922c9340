"""Exploration areas (verkenningsgebieden): where outside parks heavy activity could be looked at.

Land where at least a given category fits, near a waterway or a main road, free of what excludes, wide and
large enough to be a site. Main roads, railways and dikes divide it. It is no decision and no reservation:
what the area meets in rules and restrictions is listed with it as conditions, see
`analysis.space.exploration_conditions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.categories import load_categories
from analysis.space.exploration_cells import find_regions
from analysis.space.exploration_conditions import exploration_conditions, restricted, rules_known
from analysis.space.exploration_near import ExplorationSettings, Line, Look, main_roads, waterways
from analysis.subjects import HECTARE_M2, places
from gis.crs import RD
from gis.overlay import overlaps
from gis.proximity import Targets
from gis.rasters import read_tags
from layers.restrictions import read_provincial_rules
from layers.results_surface import READINGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.exploration_cells import Found
    from gis.rasters import Grid
    from layers.parameters import Parameters


def exploration_areas(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    paths: Mapping[str, Path],
    settings: ExplorationSettings | None = None,
) -> gpd.GeoDataFrame:
    """Find the exploration areas.

    Parameters
    ----------
    tables
        Cleaned input layers, EPSG:28992.
    parameters
        As in the project file.
    paths
        Reading (``low``, ``high``) to its raster of room, as `surface.write_surfaces` makes them. In the low
        reading only water of a known, large enough class counts; in the high one also water whose class is
        not known.
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
        When a raster is not one of room in that reading.
    """
    settings = settings or ExplorationSettings()
    for reading, path in paths.items():
        tags = read_tags(path)
        if (tags.get("content"), tags.get("reading")) != ("room", reading):
            raise ValueError(f"{path.name} is not a raster of room in the reading {reading}")
    sure, unsure, wide = waterways(tables, parameters, settings)
    waters = {"low": sure, "high": wide}
    roads = main_roads(tables, settings)
    system = load_categories()
    threshold = system.rank(settings.category or parameters.hmc_threshold)
    grid, found = find_regions(
        paths,
        Look(tables, sure, unsure, roads, settings, threshold),
        minimum_ha=settings.minimum_ha,
        width_m=settings.minimum_width_m,
        codes=system.ranks + 1,
    )
    parts = [
        _described(reading, part, grid, tables, waters[reading], roads) for reading, part in found.items()
    ]
    areas = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=RD)
    _add_surroundings(areas, areas.geometry.to_numpy(), tables, settings)
    rules = read_provincial_rules(settings.provincial_rules)
    articles = rules.loc[rules["applies"] == "outside_parks", "article"]
    named = "; ".join(f"art. {article}" for article in dict.fromkeys(articles))
    known = rules_known(areas, settings.provincial_rules)
    areas["rules"] = pd.Series([named if here else None for here in known], dtype="string")
    return areas.sort_values("area_id", ignore_index=True)


def _described(
    reading: str,
    found: Found,
    grid: Grid,
    tables: Mapping[str, gpd.GeoDataFrame],
    water: Line,
    roads: Line,
) -> gpd.GeoDataFrame:
    """Put the regions of one reading into rows: where they lie, what fits, what they are near."""
    result = pd.DataFrame({"area_id": _identifiers(found, grid, reading), "reading": reading})
    place = places(found.shapes, tables)
    result[list(place.columns)] = place
    _add_categories(result, found, grid)
    both = found.wet & found.dry
    result["near"] = np.where(both, "water_and_main_road", np.where(found.wet, "water", "main_road"))
    _add_distances(result, found.shapes, grid, tables, water, roads)
    return gpd.GeoDataFrame(result, geometry=found.shapes, crs=RD)


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
    chosen = {reading: paths[f"room_{reading}"] for reading in READINGS if f"room_{reading}" in paths}
    if not chosen:
        empty = gpd.GeoDataFrame({"area_id": pd.Series(dtype="string")}, geometry=[], crs=RD)
        return {"exploration_areas": empty, "exploration_conditions": pd.DataFrame()}
    areas = exploration_areas(tables, parameters, chosen, settings)
    conditions = exploration_conditions(
        areas,
        tables,
        adjoins_m=settings.adjoins_m,
        provincial_rules=settings.provincial_rules,
        hardness_classes=settings.hardness_classes,
        protected_kinds=settings.protected_kinds,
    )
    return {"exploration_areas": areas, "exploration_conditions": conditions}


def _identifiers(found: Found, grid: Grid, reading: str) -> list[str]:
    """Name each region by reading and coordinates, so that a change elsewhere does not rename it."""
    row, column = found.first[:, 0], found.first[:, 1]
    x = np.rint(grid.west + (column + 0.5) * grid.cell).astype(int)
    y = np.rint(grid.north - (row + 0.5) * grid.cell).astype(int)
    return [f"{reading}-{east:06d}-{north:06d}" for east, north in zip(x, y, strict=True)]


def _add_categories(result: pd.DataFrame, found: Found, grid: Grid) -> None:
    """Write hectares, the category that fits everywhere and the highest one with its hectares."""
    system = load_categories()
    known = np.ones(len(found), dtype=bool)
    lowest = np.argmax(found.counts > 0, axis=1)
    highest = system.ranks - np.argmax(found.counts[:, ::-1] > 0, axis=1)
    result["area_ha"] = found.counts.sum(axis=1) * grid.cell_ha
    result["category"] = system.label(lowest, known)
    result["category_highest"] = system.label(highest, known)
    result["highest_ha"] = found.counts[np.arange(len(found)), highest] * grid.cell_ha


def _add_distances(
    result: pd.DataFrame,
    shapes: NDArray[Any],
    grid: Grid,
    tables: Mapping[str, gpd.GeoDataFrame],
    water: Line,
    roads: Line,
) -> None:
    """Write the nearest waterway, main road and park, distances rounded to a cell."""
    parks = tables["parks"]
    names = parks["name"].fillna(parks["park_id"]).to_numpy(dtype=object)
    park = Line(parks.geometry.to_numpy(), names, np.full_like(names, None), 0.0)
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

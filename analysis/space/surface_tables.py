"""Hectares per class of the surface, per park, municipality, sub-area and in total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.objects import READINGS
from analysis.space.surface import NAMES, styles_of
from gis.overlay import overlaps
from gis.rasters import read_tags
from gis.zonal import code_areas
from layers.inputs import HARDNESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray


TILING = 1e-9
"""Share of an area that may differ where areas are made of whole pieces: rounding of coordinates."""


def _codes(content: str) -> int:
    return max(styles_of(content)) + 1


def zonal(path: Path, shapes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure the hectares of each class of a raster in each shape; a cut cell counts by the part inside.

    Parameters
    ----------
    path
        A raster that `analysis.space.surface.write_surfaces` made.
    shapes
        Polygons in EPSG:28992.

    Returns
    -------
    DataFrame
        The index of `shapes`; one column of hectares per class, named by its code such as ``"4.1"``.
    """
    content = read_tags(path)["content"]
    (hectares,) = code_areas([path], shapes.geometry.to_numpy(), [_codes(content)])
    return _named(hectares, content).set_axis(shapes.index, axis=0)


def _named(hectares: NDArray[np.float64], content: str) -> pd.DataFrame:
    return pd.DataFrame({style.code: hectares[:, code] for code, style in styles_of(content).items()})


def surface_tables(
    tables: Mapping[str, gpd.GeoDataFrame], paths: Mapping[str, Path]
) -> dict[str, pd.DataFrame]:
    """Add up the rasters per park, municipality, sub-area and in total.

    Parameters
    ----------
    tables
        Input layers.
    paths
        All rasters, as `analysis.space.surface.write_surfaces` gives them; without any, nothing was assessed.

    Returns
    -------
    dict
        ``surface_by_area`` and ``exclusions_by_area``, as `layers.results_surface` describes them; empty
        without rasters. Without a layer of protected areas or of waterways it is not known what is free of
        them: those figures are missing.
    """
    unknown = _unknown_exclusions(tables)
    categories: list[pd.DataFrame] = []
    exclusions: list[pd.DataFrame] = []
    for scope, areas, hectares in _scopes(tables, paths) if paths else ():
        for reading in READINGS:
            usable = _long(areas, hectares[f"usable_{reading}"], "category", "usable_ha")
            room = _long(areas, hectares[f"room_{reading}"][:, : _codes("usable")], "category", "room_ha")
            room_ha = np.nan if unknown else room["room_ha"]
            categories.append(usable.assign(room_ha=room_ha, scope=scope, reading=reading))
        part = _long(areas, hectares["exclusions"], "exclusion", "area_ha").assign(scope=scope)
        exclusions.append(part.assign(area_ha=part["area_ha"].mask(part["exclusion"].isin(unknown))))
    return {
        name: pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        for name, parts in (("surface_by_area", categories), ("exclusions_by_area", exclusions))
    }


def _unknown_exclusions(tables: Mapping[str, gpd.GeoDataFrame]) -> set[str]:
    """Give the classes of exclusion that say nothing, because a layer is not in the project."""
    unknown: set[str] = set()
    if "protected_areas" not in tables:
        unknown |= {"none", "unknown", *HARDNESS}
    if "waterways" not in tables:
        unknown |= {"none", "water"}
    return unknown


def _scopes(
    tables: Mapping[str, gpd.GeoDataFrame], paths: Mapping[str, Path]
) -> Iterator[tuple[str, pd.DataFrame, dict[str, NDArray[np.float64]]]]:
    """Give each kind of area, its areas (``area_id``, ``area_name``) and their hectares per raster."""
    contents = {name: name.partition("_")[0] for name in NAMES}

    def measured(layer: str) -> dict[str, NDArray[np.float64]]:
        shapes = tables[layer].geometry.to_numpy()
        found = code_areas(
            [paths[name] for name in NAMES], shapes, [_codes(content) for content in contents.values()]
        )
        return dict(zip(NAMES, found, strict=True))

    parks, municipalities = tables["parks"], tables["municipalities"]
    yield "park", _areas(parks["park_id"], parks["name"]), measured("parks")
    found = measured("municipalities")
    names = municipalities["name"]
    yield "municipality", _areas(municipalities["municipality_code"], names), found
    if "sub_areas" not in tables:
        yield "sub_area", *_summed(municipalities["sub_area"], found)
    else:
        names = tables["sub_areas"]["name"].fillna(tables["sub_areas"]["sub_area_id"])
        parts = _tiled(tables["sub_areas"].geometry.to_numpy(), municipalities.geometry.to_numpy())
        if parts is None:
            yield "sub_area", *_summed(names, measured("sub_areas"))
        else:
            yield "sub_area", *_summed(names.reset_index(drop=True)[parts], found)
    everything = pd.Series("total", index=municipalities.index)
    areas, sums = _summed(everything, found)
    yield "total", areas.assign(area_name="Totaal"), sums


def _tiled(areas: NDArray[Any], pieces: NDArray[Any]) -> NDArray[np.int64] | None:
    """Give the area that each piece lies in, when each area is made of whole pieces; None when not.

    Then what was measured per piece adds up to the areas and need not be measured again.
    """
    found = overlaps(pieces, areas)
    size = shapely.area(pieces)
    counts = found.size > TILING * size[found.shape]
    piece, holder = found.shape[counts], found.area[counts]
    if not np.array_equal(piece, np.arange(len(pieces))):
        return None
    inside = found.size[counts] >= (1.0 - TILING) * size
    sums = np.bincount(holder, weights=size, minlength=len(areas))
    filled = np.abs(sums - shapely.area(areas)) <= TILING * sums
    return holder if inside.all() and filled.all() else None


def _areas(identifier: pd.Series[Any], name: pd.Series[Any]) -> pd.DataFrame:
    return pd.DataFrame({"area_id": identifier.to_numpy(), "area_name": name.to_numpy()})


def _summed(
    name: pd.Series[Any], hectares: Mapping[str, NDArray[np.float64]]
) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    """Add up the rows of one name; rows without a name belong nowhere."""
    position, labels = pd.factorize(name, sort=True)
    inside = position >= 0
    sums = {}
    for key, values in hectares.items():
        sums[key] = np.zeros((len(labels), values.shape[1]))
        np.add.at(sums[key], position[inside], values[inside])
    found = pd.Series(labels)
    return _areas(found, found), sums


def _long(areas: pd.DataFrame, hectares: NDArray[np.float64], column: str, value: str) -> pd.DataFrame:
    """Turn hectares ``(areas, classes)`` into one row per area and class."""
    styles = styles_of("usable" if column == "category" else "exclusions")
    labels = [styles[code].code for code in range(hectares.shape[1])]
    rows = areas.loc[areas.index.repeat(len(labels))].reset_index(drop=True)
    rows[column], rows[value] = labels * len(areas), hectares.ravel()
    return rows

"""The rows of a project's layers that can matter to one polygon, so that asking about it is quick.

No guide distance is longer than that of the heaviest category, so a plan reaches no farther than that. What a
park near the plan is worth depends on the objects round the whole of that park, and whether an object counts
depends on the park and the plot that it lies in: those are kept too. Everything is found by boxes, so a few
rows too many are kept and none too few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

BY_PARK: Final = ("park_evidence", "usable_zones", "usable_blocks")
BY_PLOT: Final = ("plot_evidence",)


def nearby(
    polygon: shapely.Geometry, tables: Mapping[str, Any], reach_m: float, *, names: frozenset[str]
) -> dict[str, Any]:
    """Keep the rows that can matter to a plan in `polygon`.

    Parameters
    ----------
    polygon
        In EPSG:28992.
    tables
        Cleaned input layers, EPSG:28992, sorted by identifier, and results of a release.
    reach_m
        The longest guide distance, metres.
    names
        Tables that are wanted; tables without geometry are kept whole.

    Returns
    -------
    dict
        New tables, rows in their order with a fresh index: measures of the plan made from them are those
        made from all rows.
    """
    around = _grown(np.array([polygon], dtype=object), reach_m)
    parks = tables["parks"]
    core = _touching(parks, around)
    masks = {"parks": core.copy()}
    middles = np.array([polygon], dtype=object)
    objects = tables.get("sensitive_objects")
    if objects is not None:
        reached = np.concatenate((_grown(_shapes(parks)[core], reach_m), around))
        masks["sensitive_objects"] = _touching(objects, reached)
        middles = np.concatenate((_shapes(objects)[masks["sensitive_objects"]], middles))
    if "plots" in tables:
        masks["plots"] = _plots(tables, core, around, middles, masks.get("sensitive_objects"))
        # the park of a plot is the one it says, or the one that it overlaps most: all of these
        kept = tables["plots"][masks["plots"]]
        masks["parks"] |= parks["park_id"].isin(kept["park_id"].dropna()).to_numpy(dtype=bool)
        masks["parks"] |= _touching(parks, _shapes(kept))
    masks["parks"] |= _touching(parks, middles)
    if "surroundings" in tables:
        masks["surroundings"] = _touching(tables["surroundings"], middles)
    if "zoned_estates" in tables:
        reached = np.concatenate((around, _shapes(parks)[core]))
        masks["zoned_estates"] = _touching(tables["zoned_estates"], reached)
    result = {name: _cut(tables[name], mask) for name, mask in masks.items()}
    for name in tables:
        if name in names and name not in result:
            result[name] = _other(name, tables[name], result, around)
    return result


def _plots(
    tables: Mapping[str, Any], core: Mask, around: NDArray[Any], middles: NDArray[Any], objects: Mask | None
) -> Mask:
    """Find the plots in reach, those of parks in reach and those that an object lies in or belongs to."""
    plots, parks = tables["plots"], tables["parks"]
    kept = _touching(plots, np.concatenate((around, _shapes(parks)[core], middles)))
    kept |= plots["park_id"].isin(parks["park_id"][core]).to_numpy(dtype=bool)
    if objects is not None:
        named = tables["sensitive_objects"]["plot_id"][objects].dropna()
        kept |= plots["plot_id"].isin(named).to_numpy(dtype=bool)
    return kept


def _other(name: str, table: Any, kept: Mapping[str, Any], around: NDArray[Any]) -> Any:
    for names, layer, key in ((BY_PARK, "parks", "park_id"), (BY_PLOT, "plots", "plot_id")):
        if name in names and layer in kept:
            return _cut(table, table[key].isin(kept[layer][key]).to_numpy(dtype=bool))
    return _cut(table, _touching(table, around)) if isinstance(table, gpd.GeoDataFrame) else table


def _shapes(table: Any) -> NDArray[Any]:
    return np.asarray(table.geometry.to_numpy(), dtype=object)


def _grown(shapes: NDArray[Any], metres: float) -> NDArray[Any]:
    """Give the boxes round shapes, a millimetre more than so many metres larger on each side."""
    bounds = shapely.bounds(shapes) + np.array([-1.0, -1.0, 1.0, 1.0]) * (metres + 0.001)
    return np.asarray(shapely.box(*bounds.T), dtype=object)


def _touching(table: Any, shapes: NDArray[Any]) -> Mask:
    """Tell of each row whether its box meets that of any of the shapes."""
    found = np.zeros(len(table), dtype=bool)
    if len(table) and len(shapes):
        found[table.sindex.query(shapes)[1]] = True
    return found


def _cut(table: Any, mask: Mask) -> Any:
    return table[mask].reset_index(drop=True)

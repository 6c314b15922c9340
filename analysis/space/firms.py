"""Firms placed on units of land, with the area that they take and what a housing plan claims of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis import sbi
from analysis.categories import load_categories
from analysis.in_use import firm_categories
from analysis.objects import first_container
from analysis.sub_areas import sub_area_of_points
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.space.functions import Catalogue
    from analysis.space.land import Land

NO_UNIT = -1
FEWEST = 5
"""Cells of fewer firms than this are not shown."""


@dataclass(frozen=True)
class Firms:
    """Firms in identifier order.

    Attributes
    ----------
    table
        ``business_id``, ``name``, ``digits`` (SBI code without dots), ``sbi_version``, ``jobs``, ``area_m2``
        (NaN where unknown), ``sub_area``, ``park_id``, ``unit`` (row of the land table, -1 for none),
        ``in_use_low`` and ``in_use_high`` (category ranks, 0 where unknown), ``uses_water``, and
        ``claimed``: the share of its land that a housing plan claims.
    points
        EPSG:28992.
    """

    table: pd.DataFrame
    points: NDArray[Any]

    def under(self, prefixes: Sequence[str], version: str) -> NDArray[np.bool_]:
        """Tell which firms fall under SBI codes."""
        codes = self.table["digits"].to_numpy(dtype=object)
        return sbi.under(codes, self.table["sbi_version"], prefixes, version)

    def of_function(self, catalogue: Catalogue, function: str) -> NDArray[np.bool_]:
        """Tell which firms fall under the SBI codes of a function, in any version."""
        result = np.zeros(len(self.table), dtype=bool)
        for version, codes in catalogue.codes(function).items():
            result |= self.under(sorted(codes), version)
        return result


def place_firms(tables: Mapping[str, gpd.GeoDataFrame], land: Land) -> Firms | None:
    """Place the firms of a project; None when it has no layer of businesses.

    Parameters
    ----------
    tables
        Cleaned input layers in EPSG:28992.
    land
        As `land.find_land` gives it; a firm belongs to the first unit that it lies in, plots first.
    """
    layer = tables.get("businesses")
    if layer is None:
        return None
    points = layer.geometry.to_numpy()
    units = land.table
    # issued land before vacant land: a park without plots is one of each on the same polygon
    order = np.lexsort((units["status"] == "vacant", units["kind"] != "plot"))
    shapes = units["geometry"].to_numpy()
    found = first_container(shapes[order], Targets(points))
    unit = np.where(found >= 0, order[np.maximum(found, 0)], NO_UNIT).astype(np.int64)
    parks = tables["parks"]
    park = first_container(parks.geometry.to_numpy(), Targets(points))
    park_ids = parks["park_id"].to_numpy(dtype=object)
    low, high = firm_categories(layer, load_categories())
    area = layer["area_m2"].to_numpy(dtype=float)
    table = pd.DataFrame(
        {
            "business_id": layer["business_id"].astype(object),
            "name": layer["name"].astype(object),
            "digits": sbi.digits(layer["sbi"]),
            "sbi_version": layer["sbi_version"].astype(object),
            "jobs": layer["jobs"].to_numpy(dtype=float),
            "area_m2": np.where(area > 0, area, np.nan),
            "sub_area": sub_area_of_points(points, tables),
            "park_id": [park_ids[place] if place >= 0 else None for place in park],
            "unit": unit,
            "in_use_low": low,
            "in_use_high": high,
            "uses_water": layer["uses_water"].fillna(value=False).to_numpy(dtype=bool),
        }
    )
    table["claimed"] = _claimed(table, points, units, tables)
    return Firms(table, points)


def _claimed(
    table: pd.DataFrame,
    points: NDArray[Any],
    units: pd.DataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
) -> NDArray[np.float64]:
    """Give the share of each firm's land that housing plans claim, whatever their phase.

    A firm on a plot shares the claim on the plot. Without plots its land is taken as a disc of its area
    around its point; a firm of unknown area as its point alone.
    """
    plans = tables.get("housing_plans")
    result = np.zeros(len(table))
    if plans is None or not len(plans):
        return result
    claimed = shapely.union_all(plans.geometry.to_numpy())
    shapes = units["geometry"].to_numpy()
    share = np.asarray(shapely.area(shapely.intersection(shapes, claimed)))
    share = share / np.asarray(shapely.area(shapes))
    place = table["unit"].to_numpy()
    on_plot = (place >= 0) & (units["kind"].to_numpy(dtype=object)[place] == "plot")
    result[on_plot] = share[place[on_plot]]
    rest = np.flatnonzero(~on_plot)
    radius = np.sqrt(table["area_m2"].fillna(0.0).to_numpy()[rest] / np.pi)
    discs = shapely.buffer(points[rest], np.maximum(radius, 1.0), quad_segs=8)
    cut = np.asarray(shapely.area(shapely.intersection(discs, claimed)))
    result[rest] = cut / np.asarray(shapely.area(discs))
    return np.clip(result, 0.0, 1.0)


def fit_of_units(firms: Firms, land: Land, hectares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give per firm by how much its area is cut, so that firms on a unit take no more than there is.

    Parameters
    ----------
    hectares
        Per firm as stated or estimated; NaN where unknown.
    """
    unit = firms.table["unit"].to_numpy()
    placed = unit >= 0
    room = land.table["ha"].to_numpy(dtype=float)
    total = np.zeros(len(room))
    np.add.at(total, unit[placed], np.nan_to_num(hectares[placed]))
    fit = np.divide(room, total, out=np.ones_like(room), where=total > room)
    result = np.ones(len(unit))
    result[placed] = fit[unit[placed]]
    return result


def jobs_by_function(
    firms: Firms, catalogue: Catalogue, sub_areas: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Count jobs per function and sub-area, where firms can be told apart by their SBI code.

    A function that shares a code with another one is left out: its jobs cannot be divided.
    """
    place = firms.table["sub_area"].map({name: row for row, name in enumerate(sub_areas)})
    jobs = firms.table["jobs"].to_numpy()
    result = {}
    for name in catalogue.functions:
        if not catalogue.codes(name) or catalogue.shares_codes_with(name):
            continue
        chosen = firms.of_function(catalogue, name) & place.notna().to_numpy() & ~np.isnan(jobs)
        if chosen.any():
            area = place[chosen].to_numpy(dtype=np.int64)
            counted = np.zeros(len(sub_areas))
            np.add.at(counted, area, jobs[chosen])
            result[name] = counted
    return result


def suppress(table: pd.DataFrame, count: str, hidden: Sequence[str]) -> pd.DataFrame:
    """Hide what could be traced to a firm: figures of cells with fewer than five firms.

    Parameters
    ----------
    count
        Column with the number of firms; itself hidden too where it is one to four.
    hidden
        Other columns to hide.

    Returns
    -------
    DataFrame
        With a column ``suppressed`` (``yes`` or ``no``).
    """
    few = (table[count] > 0) & (table[count] < FEWEST)
    result = table.copy()
    for name in (count, *hidden):
        result[name] = result[name].astype(float).mask(few)
    return result.assign(suppressed=np.where(few, "yes", "no"))

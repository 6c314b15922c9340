"""The category in use on plots and parks, from what their firms do, and the land that it under-uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.activities import category_in_use, load_activities
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem
    from analysis.everyone import Everyone


@dataclass(frozen=True, slots=True)
class InUse:
    """Category in use per subject, rank intervals.

    Attributes
    ----------
    low, high
        Heaviest firm there; 0 where not assessed.
    firms
        Number of firms.
    all_known
        Whether the category of every firm there is known.
    water
        ``"yes"``, ``"no"`` or ``"not_assessed"``: whether a firm there uses the water.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    firms: NDArray[np.int64]
    all_known: NDArray[np.bool_]
    water: NDArray[np.object_]


def firms_in_use(
    subjects: Everyone, tables: Mapping[str, gpd.GeoDataFrame], system: CategorySystem
) -> InUse | None:
    """Find the category in use; None when the project has no businesses layer.

    Parameters
    ----------
    subjects
        Plots or parks in EPSG:28992; a firm belongs to the first one that it lies in.
    """
    table = tables.get("businesses")
    if table is None:
        return None
    low, high = firm_categories(table, system)
    owner = subjects.holding(Targets(table.geometry.to_numpy()))
    count = subjects.own
    placed = (owner >= 0) & (owner < count)
    firms = np.bincount(owner[placed], minlength=count)
    unknown = np.bincount(owner[placed & (low == 0)], minlength=count)
    heaviest_low, heaviest_high = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.maximum.at(heaviest_low, owner[placed], low[placed])
    np.maximum.at(heaviest_high, owner[placed], high[placed])
    water = np.full(count, "not_assessed", dtype=object)
    for answer, value in (("no", False), ("yes", True)):
        rows = placed & (table["uses_water"] == value).fillna(value=False).to_numpy(dtype=bool)
        water[owner[rows]] = answer
    return InUse(heaviest_low, heaviest_high, firms, (firms > 0) & (unknown == 0), water)


def firm_categories(
    businesses: gpd.GeoDataFrame, system: CategorySystem
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the rank interval of each firm, from its permit, else from its SBI code; 0 where unknown."""
    low, high = system.interval(businesses["permit_category"])
    low, high = low.copy(), high.copy()
    activities = load_activities(system.labels)
    unknown = np.flatnonzero(low == 0)
    # firms share few codes, so each pair of code and version is looked up once
    codes = businesses[["sbi", "sbi_version"]].iloc[unknown].astype(object)
    for (sbi, version), rows in codes.groupby(["sbi", "sbi_version"], dropna=False).indices.items():
        found = category_in_use(sbi, version, activities)
        if found is not None:
            low[unknown[rows]], high[unknown[rows]] = found.low, found.high
    return low, high


@dataclass(frozen=True, slots=True)
class UnderUse:
    """Hectares of heavy land taken by light firms, per subject; NaN where nothing could be assessed."""

    certain: NDArray[np.float64]
    possible: NDArray[np.float64]
    unknown: NDArray[np.float64]


def under_use(
    area_ha: NDArray[np.float64],
    permitted_low: NDArray[np.int64],
    issued: NDArray[np.bool_],
    use: InUse | None,
    threshold: int,
) -> UnderUse:
    """Compare what is in use with what is permitted.

    A plot counts when the permitted category is at or above the threshold for sure and it has been issued.
    It is under-used for sure when even the heaviest reading of its firms stays below the threshold, possibly
    when only the light reading does. Without firms, or with one of unknown category, it is not assessed.
    """
    if use is None:
        nothing = np.full(len(area_ha), np.nan)
        return UnderUse(nothing, nothing.copy(), nothing.copy())
    heavy = (permitted_low >= threshold) & issued
    certain = heavy & use.all_known & (use.high < threshold)
    possible = heavy & use.all_known & (use.low < threshold) & (use.high >= threshold)
    # a firm that is heavy for sure settles the matter, whatever the others are
    unknown = heavy & ~use.all_known & (use.low < threshold)
    return UnderUse(*(np.where(rows, area_ha, 0.0) for rows in (certain, possible, unknown)))

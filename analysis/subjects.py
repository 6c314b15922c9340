"""Parks and plots as the subjects of all measuring: where they lie and what the plan permits on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gis.arrays import at_places
from gis.overlay import NOWHERE, overlaps

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem

HECTARE_M2 = 10_000.0
SLIVER_SHARE = 0.01
"""A smaller share of a park in a municipality is digitising noise."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """What is permitted, as rank intervals.

    Attributes
    ----------
    low, high
        Ranks, 0 where not assessed.
    source
        ``"plan"``, ``"registry"`` or ``"not_assessed"``.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    source: NDArray[np.object_]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Tell where something is known."""
        return self.low > 0

    def verdict(self, threshold: int) -> NDArray[np.object_]:
        """Compare with a threshold rank: certain, possible, no or not assessed."""
        result = np.full(len(self.low), "no", dtype=object)
        result[self.high >= threshold] = "possible"
        result[self.low >= threshold] = "certain"
        result[~self.known] = "not_assessed"
        return result


def park_of_plots(plots: gpd.GeoDataFrame, parks: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Give the position of each plot's park: as stated, else the one that it overlaps most, else -1."""
    position = {identifier: row for row, identifier in enumerate(parks["park_id"])}
    stated = plots["park_id"].map(position)
    by_area = overlaps(plots.geometry.to_numpy(), parks.geometry.to_numpy()).largest(len(plots))
    return np.where(stated.notna(), stated.fillna(NOWHERE), by_area).astype(np.int64)


def places(shapes: NDArray[Any], tables: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Give municipality and sub-area of each shape, measured, never as stated.

    Returns
    -------
    DataFrame
        Columns ``municipality_code``, ``municipality_name``, ``municipality_codes`` (all with at least 1 %
        of the shape, largest first) and ``sub_area``; missing where the shape lies in none.
    """
    municipalities = tables["municipalities"]
    found = overlaps(shapes, municipalities.geometry.to_numpy())
    best = found.largest(len(shapes))
    codes = municipalities["municipality_code"].to_numpy(dtype=object)
    names = municipalities["name"].to_numpy(dtype=object)
    every: list[list[str]] = [[] for _ in shapes]
    large = found.size >= SLIVER_SHARE * shapely.area(shapes)[found.shape]
    for row, place in zip(found.shape[large], found.area[large], strict=True):
        every[row].append(str(codes[place]))
    result = pd.DataFrame(
        {
            "municipality_code": at_places(codes, best),
            "municipality_name": at_places(names, best),
            "municipality_codes": [";".join(found) or None for found in every],
        },
        dtype="string",
    )
    result["sub_area"] = _sub_areas(shapes, best, tables)
    return result


def _sub_areas(
    shapes: NDArray[Any], municipality: NDArray[np.int64], tables: Mapping[str, gpd.GeoDataFrame]
) -> pd.Series[str]:
    """Take the sub-area layer when there is one, else the municipality's own statement."""
    layer = tables.get("sub_areas")
    if layer is not None:
        best = overlaps(shapes, layer.geometry.to_numpy()).largest(len(shapes))
        names = layer["name"].fillna(layer["sub_area_id"]).to_numpy(dtype=object)
        return pd.Series(at_places(names, best), dtype="string")
    stated = tables["municipalities"]["sub_area"].astype(object).to_numpy()
    return pd.Series(at_places(stated, municipality), dtype="string")


def permitted_of_parks(parks: gpd.GeoDataFrame, system: CategorySystem) -> Permitted:
    """Read the registry's highest category of each park; a main category stays an interval."""
    low, high = system.interval(parks["max_category"])
    return Permitted(low, high, np.where(low > 0, "registry", "not_assessed").astype(object))


def permitted_of_plots(
    plots: gpd.GeoDataFrame, park: NDArray[np.int64], parks: Permitted, system: CategorySystem
) -> Permitted:
    """Take the plan's category of each plot, else the registry's of its park."""
    low, high = system.interval(plots["max_category"])
    source = np.where(low > 0, "plan", "not_assessed").astype(object)
    from_park = (low == 0) & (park >= 0) & (parks.low[park] > 0)
    low, high = low.copy(), high.copy()
    low[from_park], high[from_park] = parks.low[park[from_park]], parks.high[park[from_park]]
    source[from_park] = "registry"
    return Permitted(low, high, source)

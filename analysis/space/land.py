"""The land of parks in units with a class each: what stands free, what is taken, in which category and water.

A unit is a plot; a park without plots is two units, its issuable and its issued hectares, whose categories
follow the zones of the park. The category of land is the lower of what is permitted and what is usable by
guide distance; where a noise budget governs, what is permitted. Every class has a strict reading (low) and a
wide one (high).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.categories import load_categories
from analysis.reporting import AT_WATER
from analysis.space.matching import AT_WATER as WET
from analysis.space.matching import WATERS
from gis.overlay import overlaps
from layers.parameters import CATEGORIES, CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.parameters import Parameters

READINGS = ("low", "high")
RANKS = len(CATEGORIES) + 1
"""Ranks from 0, not even category 1, to the heaviest."""
SOFT_WORDS = ("zacht", "soft")
HARD_WORDS = ("hard", "onherroepelijk", "vastgesteld", "in_force", "adopted")
NEVER = np.inf


@dataclass(frozen=True)
class Land:
    """Units of land.

    Attributes
    ----------
    table
        One row per unit: ``unit_id``, ``kind`` (plot or park), ``park_id``, ``park_name``, ``sub_area``,
        ``status`` (vacant, option, issued or unknown), ``plan`` (hard, soft or unknown), ``ha``,
        ``grid_from`` (year from which a full grid has room, infinite when none is known, NaN where the grid
        is not full), ``transformed`` (share of the park that is to be transformed), ``assessed`` (whether
        the permitted category is known), ``in_use_low`` and ``in_use_high`` (ranks of what its firms do, of
        the whole park where the plot itself is not known, 0 where unknown), ``wet_use`` (whether a firm on
        it uses the water), ``governed`` and ``geometry`` (EPSG:28992).
    category
        Share of each unit per rank and reading, ``(2, units, 11)``; zero everywhere where not assessed.
    water
        Share of each unit per water class and reading, ``(2, units, 3)``.
    """

    table: pd.DataFrame
    category: NDArray[np.float64]
    water: NDArray[np.float64]

    def where(self, mask: NDArray[np.bool_]) -> Land:
        """Keep the units that a mask marks."""
        return replace(
            self,
            table=self.table[mask].reset_index(drop=True),
            category=self.category[:, mask],
            water=self.water[:, mask],
        )

    def classes(self, category_reading: int, water_reading: int) -> NDArray[np.float64]:
        """Give the share of each unit per class, ``(units, 10, 3)``; rank 0 serves nothing and drops out."""
        category = self.category[category_reading][:, 1:]
        return np.asarray(category[:, :, None] * self.water[water_reading][:, None, :])


def find_land(
    evidence: Mapping[str, pd.DataFrame],
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
) -> Land:
    """Turn the evidence per park and plot into units of land.

    Parameters
    ----------
    evidence
        ``park_evidence``, ``plot_evidence`` and ``usable_zones`` as `analysis.evidence.assess` gives them.
    tables
        Cleaned input layers, for the plan phase, the hectares to be transformed and the grid.
    """
    parks = _parks(evidence["park_evidence"], tables["parks"])
    plots = _plot_units(evidence["plot_evidence"], parks)
    wholes = _park_units(parks, set(plots["park_id"].dropna()))
    table = pd.concat([plots, wholes], ignore_index=True)
    category = np.zeros((len(READINGS), len(table), RANKS))
    zones = _zone_shares(evidence["usable_zones"])
    for number, reading in enumerate(READINGS):
        category[number, : len(plots)] = _of_plots(plots, reading)
        category[number, len(plots) :] = _of_parks(wholes, zones, reading)
    water = _waters(table, parameters)
    table["grid_from"] = _grid(table["geometry"].to_numpy(), tables)
    names = [
        "unit_id",
        "kind",
        "park_id",
        "park_name",
        "sub_area",
        "status",
        "plan",
        "ha",
        "grid_from",
        "transformed",
        "assessed",
        "in_use_low",
        "in_use_high",
        "wet_use",
        "governed",
        "geometry",
    ]
    return Land(table[names], category, water)


def _parks(evidence: pd.DataFrame, parks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Put the registry's figures beside the evidence, by park."""
    stated = pd.DataFrame(parks[["park_id", "plan_phase", "transformation_ha"]])
    result = pd.DataFrame(evidence).merge(stated, on="park_id", how="left", validate="one_to_one")
    result["plan"] = [_plan(phase) for phase in result["plan_phase"]]
    whole = result["gross_ha"].where(result["gross_ha"] > 0, result["area_ha"])
    share = (result["transformation_ha"].fillna(0.0) / whole).clip(0.0, 1.0)
    for reading in READINGS:
        result[f"in_use_{reading}"] = _ranks(result[f"in_use_{reading}"], 0)
    return result.assign(transformed=share.fillna(0.0))


def _plan(phase: Any) -> str:
    """Read how firm the plan is out of the registry's words."""
    if pd.isna(phase):
        return "unknown"
    word = str(phase).strip().lower()
    if word.startswith(SOFT_WORDS):
        return "soft"
    return "hard" if word.startswith(HARD_WORDS) else "unknown"


def _plot_units(plots: pd.DataFrame, parks: pd.DataFrame) -> pd.DataFrame:
    units = pd.DataFrame(plots[plots["status"].fillna("unknown") != "public_space"]).reset_index(drop=True)
    by_park = parks.set_index("park_id")
    parent = by_park.reindex(units["park_id"])
    for reading in READINGS:
        own = _ranks(units[f"in_use_{reading}"], 0)
        of_park = parent[f"in_use_{reading}"].fillna(0).to_numpy(dtype=np.int64)
        units[f"in_use_{reading}"] = np.where(own > 0, own, of_park)
    return units.assign(
        unit_id=units["plot_id"],
        kind="plot",
        park_name=parent["name"].to_numpy(),
        plan=parent["plan"].fillna("unknown").to_numpy(dtype=object),
        status=units["status"].fillna("unknown"),
        ha=units["area_ha"].astype(float),
        transformed=parent["transformed"].fillna(0.0).to_numpy(dtype=float),
        assessed=units["permitted_low"].notna(),
        wet_use=units["water_in_use"] == "yes",
        governed=units["usable_basis"] == "governed_by_zone",
    )


def _park_units(parks: pd.DataFrame, divided: set[str]) -> pd.DataFrame:
    """Make two units of each park without plots: what can be issued and what has been."""
    rows = parks[~parks["park_id"].isin(divided)]
    free = rows["issuable_ha"].fillna(0.0).astype(float)
    net = rows["net_ha"].fillna(rows["area_ha"]).astype(float)
    common = rows.assign(
        kind="park",
        park_name=rows["name"],
        assessed=rows["permitted_low"].notna(),
        governed=rows["usable_basis"] == "governed_by_zone",
    )
    vacant = common.assign(unit_id=rows["park_id"] + "-vacant", status="vacant", ha=free, wet_use=False)
    issued = common.assign(
        unit_id=rows["park_id"] + "-issued",
        status="issued",
        ha=(net - free).clip(lower=0.0),
        wet_use=rows["water_in_use"] == "yes",
    )
    both = pd.concat([vacant, issued], ignore_index=True)
    return both[both["ha"] > 0].sort_values("unit_id", ignore_index=True)


def _ranks(labels: pd.Series[str], missing: int) -> NDArray[np.int64]:
    position = {name: rank for rank, name in enumerate(load_categories().labels)}
    return np.array(labels.map(position).fillna(missing), dtype=np.int64)


def _of_plots(plots: pd.DataFrame, reading: str) -> NDArray[np.float64]:
    """Give each plot's rank as a row of shares."""
    permitted = _ranks(plots[f"permitted_{reading}"], 0)
    usable = _ranks(plots[f"usable_{reading}"], RANKS - 1)
    # where a noise budget governs or nothing is known about homes, what is permitted stands
    usable[plots["governed"].to_numpy(dtype=bool)] = RANKS - 1
    shares = np.zeros((len(plots), RANKS))
    shares[np.arange(len(plots)), np.minimum(permitted, usable)] = 1.0
    shares[~plots["assessed"].to_numpy(dtype=bool)] = 0.0
    return shares


def _zone_shares(zones: pd.DataFrame) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Give per reading and park the hectares per usable rank; where noise is governed the highest rank."""
    result: dict[str, dict[str, NDArray[np.float64]]] = {reading: {} for reading in READINGS}
    rows = zones[(zones["objects"] == "with_inside") & zones["area_ha"].notna()]
    rank = _ranks(rows["category"], 0)
    rank[rows["governed_by_zone"].fillna(value=False).to_numpy(dtype=bool)] = RANKS - 1
    for reading, park, place, area in zip(
        rows["reading"], rows["park_id"], rank, rows["area_ha"], strict=True
    ):
        shares = result[str(reading)].setdefault(str(park), np.zeros(RANKS))
        shares[place] += float(area)
    return result


def _of_parks(
    units: pd.DataFrame, zones: dict[str, dict[str, NDArray[np.float64]]], reading: str
) -> NDArray[np.float64]:
    """Spread a park over its zones, none heavier than what is permitted."""
    everywhere = np.zeros(RANKS)
    everywhere[-1] = 1.0
    shares = np.zeros((len(units), RANKS))
    permitted = _ranks(units[f"permitted_{reading}"], 0)
    for row, (park, limit) in enumerate(zip(units["park_id"], permitted, strict=True)):
        found = zones[reading].get(str(park), everywhere)
        shares[row, : limit + 1] = found[: limit + 1]
        shares[row, limit] += found[limit + 1 :].sum()
        shares[row] /= found.sum()
    shares[~units["assessed"].to_numpy(dtype=bool)] = 0.0
    return shares


def _waters(units: pd.DataFrame, parameters: Parameters) -> NDArray[np.float64]:
    """Give the water class per reading; water of too small a class is no water."""
    usable = set(CEMT_CLASSES[CEMT_CLASSES.index(parameters.cemt_threshold) :])
    large = units["connection_cemt"].isin(usable).to_numpy(dtype=bool)
    # water of unknown class may be large enough
    unknown = units["connection_cemt"].isna().to_numpy(dtype=bool)
    result = np.zeros((len(READINGS), len(units), len(WATERS)))
    places = np.arange(len(units))
    for number, (column, fits) in enumerate(
        (("connection", large), ("connection_possible", large | unknown))
    ):
        found = np.zeros(len(units), dtype=np.int64)
        found[(units[column] == "near").to_numpy(dtype=bool) & fits] = 1
        found[units[column].isin(AT_WATER).to_numpy(dtype=bool) & fits] = WET
        result[number, places, found] = 1.0
    return result


def _grid(shapes: NDArray[Any], tables: Mapping[str, gpd.GeoDataFrame]) -> NDArray[np.float64]:
    """Give the year from which a full grid has room again; NaN where it is not full."""
    result = np.full(len(shapes), np.nan)
    layer = tables.get("grid_congestion")
    if layer is None or not len(layer):
        return result
    best = overlaps(shapes, layer.geometry.to_numpy()).largest(len(shapes))
    full = (layer["status"] == "full").to_numpy(dtype=bool)
    since = layer["available_from"].astype("Float64").to_numpy(dtype=float, na_value=NEVER)
    hit = (best >= 0) & full[best]
    result[hit] = since[best[hit]]
    return result

"""What is measured per park for the pilots; NaN is not assessed.

The hectares that intensification wins are the published total for the province, spread over occupied land as
the space balance does it, and read per park.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from analysis.categories import load_categories
from analysis.objects import first_container
from analysis.pilots.steps import fitting_steps
from analysis.space.intensification import build_intensification
from analysis.space.land import find_land
from analysis.structure.travel import water_of
from gis.overlay import overlaps
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.structure.rules import Figure
    from layers.parameters import Parameters

PUBLIC_OWNERS: Final = (
    "gemeente", "provincie", "rijk", "waterschap", "overheid", "omu", "municipal", "public",
)  # fmt: skip
"""Beginnings of the kinds of owner that are public."""
KILOMETRE: Final = 1000.0
BOUNDS: Final = ("low", "mid", "high")


def measure_parks(
    tables: Mapping[str, pd.DataFrame],
    parameters: Parameters,
    figures: Mapping[str, Figure],
    *,
    reference_year: int,
    intensification: Path | None = None,
) -> pd.DataFrame:
    """Measure every park.

    Parameters
    ----------
    tables
        All tables of a release; ``park_evidence``, ``plot_evidence``, ``usable_zones`` and ``parks`` must be
        there, the rest is optional.
    figures
        As `analysis.structure.rules.load_figures` gives them for ``pilot_figures``.
    reference_year
        The year in which the land was surveyed.
    intensification
        File in place of ``intensification.csv``.

    Returns
    -------
    DataFrame
        Index ``park_id`` (sorted), a float column per measure and feature, and what the tables of pilots
        show: ``underuse_certain_ha``, ``intensification_low_ha`` and ``_high_ha``, ``transformation_share``.
    """
    evidence = tables["park_evidence"].set_index("park_id").sort_index()
    registry = tables["parks"].set_index("park_id").reindex(evidence.index)
    gross = _filled(evidence["gross_ha"], evidence["area_ha"])
    net = _filled(evidence["net_ha"], evidence["area_ha"])
    outdated = registry["outdated_ha"].astype(float)
    transformed = (registry["transformation_ha"].astype(float) / gross).clip(0.0, 1.0)
    underuse = evidence["underuse_certain_ha"].astype(float)
    heavy = evidence[["heavy_certain_ha", "heavy_governed_ha"]].astype(float).sum(axis=1, min_count=1)
    result = pd.DataFrame(
        {
            "outdated_share": (outdated / gross).clip(0.0, 1.0),
            "outdated_ha": outdated,
            "transformation_share": transformed,
            "lasting_ha": net * (1.0 - transformed.fillna(0.0)),
            "housing_loss_ha": evidence["housing_hard_lost_high_ha"].astype(float),
            "underuse_certain_ha": underuse,
            "underuse_share": (underuse / evidence["area_ha"].astype(float)).clip(0.0, 1.0),
            "neighbours": evidence["objects_in_distance_high"].astype(float),
            "area_ha": evidence["area_ha"].astype(float),
            "heavy_share": (heavy / evidence["area_ha"].astype(float)).clip(0.0, 1.0),
            "category_rank": _ranks(evidence["permitted_high"]),
            "water_rank": _water_ranks(evidence, parameters),
            **_plots(tables, evidence.index),
            "grid_years": _grid_years(evidence, tables, reference_year),
            "main_road_km": _main_road_km(evidence, tables),
            "free_ha": _free(tables, evidence.index),
            "released_ha": _released(tables, evidence.index),
            "jobs": _jobs(tables, evidence, int(figures["least_firms"].value)),
            "circular_steps": fitting_steps(tables, evidence, parameters),
        },
        index=evidence.index,
    )
    year = int(figures["intensification_year"].value)
    gains = _intensified(tables, parameters, evidence.index, year, reference_year, intensification)
    return result.join(gains)


def _filled(first: pd.Series[float], second: pd.Series[float]) -> pd.Series[float]:
    """Take the first figure where it is above zero, else the second."""
    return first.astype(float).where(first.astype(float) > 0, second.astype(float))


def _ranks(labels: pd.Series[str]) -> pd.Series[float]:
    position = {name: float(rank) for rank, name in enumerate(load_categories().labels)}
    return labels.astype(object).map(position).astype(float)


def _water_ranks(evidence: pd.DataFrame, parameters: Parameters) -> NDArray[np.float64]:
    """Give 2 at navigable water for certain, 1 possibly or near, 0 without; NaN where not assessed."""
    rank = {"certain": 2.0, "possible": 1.0, "no": 0.0}
    result = np.array([rank[str(water)] for water in water_of(evidence, parameters)])
    near = (evidence["connection"] == "near").to_numpy(dtype=bool)
    result[near & (result == 0)] = 1.0
    result[(evidence["connection"] == "not_assessed").to_numpy(dtype=bool) & (result == 0)] = np.nan
    return result


def _plots(tables: Mapping[str, pd.DataFrame], parks: pd.Index[str]) -> dict[str, pd.Series[float]]:
    """Give plots per hectare and the share in public hands, by area; streets and green are no plots."""
    plots = tables["plot_evidence"]
    plots = plots[(plots["status"] != "public_space") & plots["park_id"].notna()]
    area = plots["area_ha"].astype(float)
    total = area.groupby(plots["park_id"]).sum()
    per_ha = plots.groupby("park_id").size() / total.where(total > 0)
    stated = tables.get("plots")
    share = pd.Series(np.nan, index=total.index)
    if stated is not None and "owner_kind" in stated:
        kind = stated.set_index("plot_id")["owner_kind"].reindex(plots["plot_id"])
        kind = kind.astype(object).set_axis(plots.index)
        known = kind.notna()
        public = kind.where(known, "").astype(str).str.strip().str.lower().str.startswith(PUBLIC_OWNERS)
        owned = area.where(known & public, 0.0).groupby(plots["park_id"]).sum()
        # one plot of an unknown owner does not hide the rest, none at all does
        share = owned / area.where(known).groupby(plots["park_id"]).sum(min_count=1)
    return {"plots_per_ha": per_ha.reindex(parks), "public_share": share.reindex(parks)}


def _grid_years(
    evidence: pd.DataFrame, tables: Mapping[str, pd.DataFrame], reference_year: int
) -> NDArray[np.float64]:
    """Give the years until the grid has room: 0 without congestion, NaN where no year is known."""
    result = np.full(len(evidence), np.nan)
    layer = tables.get("grid_congestion")
    if layer is None or not len(layer):
        return result
    best = overlaps(evidence["geometry"].to_numpy(), layer["geometry"].to_numpy()).largest(len(evidence))
    status = layer["status"].astype(object).to_numpy()
    since = layer["available_from"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    for row, place in enumerate(best):
        if place >= 0 and status[place] == "none":
            result[row] = 0.0
        elif place >= 0 and status[place] in {"limited", "full"}:
            result[row] = max(0.0, since[place] - reference_year)
    return result


def _main_road_km(evidence: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> NDArray[np.float64]:
    layer = tables.get("barriers")
    roads = None if layer is None else layer.loc[layer["kind"] == "main_road", "geometry"].to_numpy()
    if roads is None or not len(roads):
        return np.full(len(evidence), np.nan)
    distances = [shapely.distance(evidence["geometry"].to_numpy(), road) for road in roads]
    return np.asarray(np.min(distances, axis=0) / KILOMETRE, dtype=np.float64)


def _free(tables: Mapping[str, pd.DataFrame], parks: pd.Index[str]) -> pd.Series[float]:
    """Give the hectares that the balance counts as supply; zero where a park has none."""
    supply = tables.get("supply")
    if supply is None:
        return pd.Series(np.nan, index=parks)
    found: pd.Series[float] = supply.groupby("park_id")["counted_ha"].sum()
    return found.reindex(parks).fillna(0.0).astype(float)


def _released(tables: Mapping[str, pd.DataFrame], parks: pd.Index[str]) -> pd.Series[float]:
    """Give the usable hectares that shrinking activity releases by the last year."""
    released = tables.get("released_land")
    if released is None or not len(released):
        return pd.Series(np.nan, index=parks)
    last = released[released["year"] == released["year"].max()]
    found: pd.Series[float] = last.groupby("park_id")["usable_mid_ha"].sum()
    return found.reindex(parks).fillna(0.0).astype(float)


def _jobs(tables: Mapping[str, pd.DataFrame], evidence: pd.DataFrame, least: int) -> NDArray[np.float64]:
    """Count jobs; not assessed on parks with so few firms that it would tell about one."""
    result = np.full(len(evidence), np.nan)
    firms = tables.get("businesses")
    if firms is None or not len(firms):
        return result
    found = first_container(evidence["geometry"].to_numpy(), Targets(firms["geometry"].to_numpy()))
    jobs = firms["jobs"].astype(float).to_numpy()
    known = (found >= 0) & ~np.isnan(jobs)
    count = np.bincount(found[known], minlength=len(evidence))
    total = np.bincount(found[known], weights=jobs[known], minlength=len(evidence))
    return np.where(count >= least, total, np.nan)


def _intensified(
    tables: Mapping[str, pd.DataFrame],
    parameters: Parameters,
    parks: pd.Index[str],
    year: int,
    reference_year: int,
    path: Path | None,
) -> pd.DataFrame:
    """Give the hectares that intensification wins per park up to a year: low, mid and high."""
    land = find_land(tables, tables, parameters)
    # the model spreads over named areas; with parks as areas it spreads over parks
    by_park = replace(land, table=land.table.assign(sub_area=land.table["park_id"]))
    names = tuple(sorted({str(name) for name in land.table["park_id"].dropna()}))
    model = build_intensification(
        by_park, sub_areas=names, years=(year,), reference_year=reference_year, figures=path
    )
    quantities = model.quantities
    values = np.stack([quantities.low, quantities.mid, quantities.high])
    gains = np.sort(model.evaluate(values).sum(axis=(2, 3, 4)), axis=0)
    assessed = land.table.groupby("park_id")["assessed"].any().reindex(names).to_numpy(dtype=bool)
    columns = {
        f"intensification_{bound}_ha": np.where(assessed, gain, np.nan)
        for bound, gain in zip(BOUNDS, gains, strict=True)
    }
    table = pd.DataFrame(columns, index=names).reindex(parks)
    return table.assign(intensification_ha=table["intensification_mid_ha"])

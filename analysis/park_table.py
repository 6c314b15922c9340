"""Evidence per park."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.columns import add_binding, add_permitted, add_use, add_water, complete, stack
from analysis.heavy import hectares, overlay
from analysis.housing import housing_loss
from analysis.in_use import InUse, UnderUse, firms_in_use
from analysis.reporting import at_water
from analysis.subjects import (
    Permitted,
    places,
)
from analysis.usable import measure
from analysis.zone_table import SMALLEST_M2
from gis.arrays import at_places
from gis.overlay import overlaps

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.housing import HousingLoss
    from analysis.situation import Situation


def park_evidence(
    situation: Situation, plots: pd.DataFrame, loss: HousingLoss | None
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Make the evidence per park, and beside it binding objects, water classes and evidence rungs."""
    tables, parameters = situation.tables, situation.parameters
    parks, shapes, permitted = tables["parks"], situation.parks, situation.park_permitted
    result = pd.DataFrame(
        {
            name: parks[name]
            for name in ("park_id", "name", "year", "gross_ha", "net_ha", "issuable_ha", "remark")
        }
    )
    result["geometry"] = shapes
    place = places(shapes, tables)
    result[list(place.columns)] = place
    result["area_ha"] = hectares(shapes)
    inside = situation.plot_park[situation.plot_park >= 0]
    result["plots"] = np.bincount(inside, minlength=len(parks))
    permitted = _permitted_with_plots(permitted, situation)
    add_permitted(result, permitted, situation)
    _add_land(result, situation)
    extra: dict[str, pd.DataFrame] = {"binding": stack("binding_objects")}
    if situation.objects is not None:
        numbers = np.arange(len(parks), dtype=np.int64)
        measured = measure(
            shapes,
            numbers,
            np.full(len(parks), -1, dtype=np.int64),
            situation.objects,
            float(situation.system.quiet[-1]),
        )
        extra["binding"] = add_binding(result, "park", shapes, measured, permitted, situation)
        held = situation.objects.park
        own = (held >= 0) & (held < len(parks))
        result["objects_inside"] = np.bincount(
            held[own], weights=situation.objects.weight[own], minlength=len(parks)
        )
    use = firms_in_use(situation.every_park, tables, situation.system)
    add_use(result, use, _park_under_use(result, plots, use), situation.system)
    designated = _any_designated(parks, plots)
    claim = parks["water_claim"]
    add_water(result, "park", "park_id", situation.every_park, claim, designated, use, situation, extra)
    _add_surroundings(result, situation, loss)
    result = complete("park_evidence", result)
    certain, possible = at_water(result, parameters)
    result["heavy_and_water"] = _heavy_and_water(result, certain, possible)
    extra["ranges"] = _ranges(situation)
    return result, extra


def _permitted_with_plots(parks: Permitted, situation: Situation) -> Permitted:
    """Widen what the registry says to what the plans of the plots say: the heaviest of them."""
    plots = situation.plot_permitted
    low, high, source = parks.low.copy(), parks.high.copy(), parks.source.copy()
    if plots is None:
        return parks
    by_plan = np.flatnonzero((plots.source == "plan") & (situation.plot_park >= 0))
    plan_low, plan_high = np.zeros_like(low), np.zeros_like(high)
    np.maximum.at(plan_low, situation.plot_park[by_plan], plots.low[by_plan])
    np.maximum.at(plan_high, situation.plot_park[by_plan], plots.high[by_plan])
    known = plan_low > 0
    low[known], high[known], source[known] = plan_low[known], plan_high[known], "plan"
    return Permitted(low, high, source)


def _add_land(result: pd.DataFrame, situation: Situation) -> None:
    land, threshold, minimum = situation.land, situation.threshold, situation.parameters.minimum_room_ha
    assessed = result["permitted_source"].to_numpy() != "not_assessed"
    sure, wide = hectares(land.permitted["low"]), hectares(land.permitted["high"])
    result["permitted_hmc_certain_ha"] = np.where(assessed, sure, np.nan)
    result["permitted_hmc_possible_ha"] = np.where(assessed, np.maximum(wide - sure, 0.0), np.nan)
    governed = hectares(land.governed)
    # without an estates layer, only what the registry says about a park is known
    result["governed_ha"] = np.where(_zoning_known(situation), governed, np.nan)
    zones = situation.zones
    if zones is None or land.room is None:
        result["usable_basis"] = "not_assessed"
        result["heavy"] = "not_assessed"
        return
    whole = governed >= result["area_ha"].to_numpy() * 0.99
    result["usable_basis"] = np.where(
        whole, "governed_by_zone", np.where(governed > 0, "partly_governed_by_zone", "guide_distance")
    )
    for name, option in (("usable_hmc", "with_inside"), ("usable_hmc_outside", "without_inside")):
        low = hectares(zones.at_least(threshold, "low", option))
        high = hectares(zones.at_least(threshold, "high", option))
        result[f"{name}_certain_ha"] = low
        result[f"{name}_possible_ha"] = np.maximum(high - low, 0.0)
    certain = hectares(overlay(shapely.difference, land.room["low"], land.governed))
    widest = hectares(overlay(shapely.difference, land.room["high"], land.governed))
    heavy_governed = hectares(overlay(shapely.intersection, land.permitted["low"], land.governed))
    possible = np.maximum(widest - certain, 0.0)
    for name, values in (("certain", certain), ("possible", possible), ("governed", heavy_governed)):
        result[f"heavy_{name}_ha"] = np.where(assessed, values, np.nan)
    verdict = np.full(len(result), "no", dtype=object)
    verdict[certain + possible >= minimum] = "possible"
    verdict[heavy_governed >= minimum] = "governed_by_zone"
    verdict[certain >= minimum] = "certain"
    verdict[~assessed] = "not_assessed"
    result["heavy"] = verdict


def _zoning_known(situation: Situation) -> NDArray[np.bool_]:
    """Tell for which parks is known whether a noise budget governs."""
    if "zoned_estates" in situation.tables:
        return np.ones(len(situation.parks), dtype=bool)
    return np.asarray(situation.tables["parks"]["zoned"].notna(), dtype=bool)


def _park_under_use(parks: pd.DataFrame, plots: pd.DataFrame, use: InUse | None) -> UnderUse:
    """Add up the plots; a park without plots has no figure."""
    names = ("underuse_certain_ha", "underuse_possible_ha", "in_use_unknown_ha")
    if use is None or not len(plots):
        return UnderUse(*(np.full(len(parks), np.nan) for _ in names))
    place = pd.Index(parks["park_id"]).get_indexer(plots["park_id"].to_numpy(dtype=object))
    # row by row, because a grouped sum of pandas rounds by where its rows stand in the table
    return UnderUse(*(_summed(place, plots[name].to_numpy(dtype=float), len(parks)) for name in names))


def _summed(place: NDArray[Any], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Add up what is known per place; NaN where nothing is."""
    known = np.flatnonzero((place >= 0) & ~np.isnan(values))
    sums = np.bincount(place[known], weights=values[known], minlength=count)
    return np.where(np.bincount(place[known], minlength=count) > 0, sums, np.nan)


def _any_designated(parks: gpd.GeoDataFrame, plots: pd.DataFrame) -> pd.Series[str]:
    """Give yes when a plot of the park has a water designation, no when all are known not to."""
    if not len(plots):
        return pd.Series(["not_assessed"] * len(parks), dtype="string")
    answers = plots["water_designation"].groupby(plots["park_id"])
    result = (
        parks["park_id"]
        .map(answers.agg(lambda found: "no" if (found == "no").all() else "not_assessed"))
        .astype(object)
    )
    some = parks["park_id"].map(answers.agg(lambda found: bool((found == "yes").any()))).fillna(value=False)
    return pd.Series(result.mask(some.astype(bool), "yes").fillna("not_assessed"), dtype="string")


def _heavy_and_water(
    result: pd.DataFrame, certain: pd.Series[bool], possible: pd.Series[bool]
) -> NDArray[np.object_]:
    heavy = result["heavy"].to_numpy(dtype=object)
    unknown_water = (result["connection"] == "not_assessed").to_numpy()
    answer = np.full(len(result), "no", dtype=object)
    wet, maybe = certain.to_numpy(dtype=bool), possible.to_numpy(dtype=bool)
    for verdict in ("possible", "governed_by_zone", "certain"):
        answer[(heavy == verdict) & wet] = verdict
    answer[np.isin(heavy.astype(str), ("certain", "possible", "governed_by_zone")) & ~wet & maybe] = (
        "possible"
    )
    # a plain "no" on one side settles it; otherwise what is not known stays open
    answer[(heavy == "not_assessed") & (maybe | unknown_water)] = "not_assessed"
    answer[(heavy != "no") & unknown_water & ~maybe] = "not_assessed"
    return answer


def _add_surroundings(result: pd.DataFrame, situation: Situation, loss: HousingLoss | None) -> None:
    tables, shapes = situation.tables, situation.parks
    if loss is not None:
        # soft plans are not for everybody, so the adopted ones have figures of their own
        for prefix, part in (("housing", loss), ("housing_hard", _loss_of_adopted(situation))):
            result[f"{prefix}_plans"] = part.plans
            result[f"{prefix}_lost_low_ha"] = part.together["low"]
            result[f"{prefix}_lost_high_ha"] = part.together["high"]
    protected = tables.get("protected_areas")
    if protected is not None:
        found = overlaps(shapes, protected.geometry.to_numpy())
        union: list[list[int]] = [[] for _ in shapes]
        solid = found.size > SMALLEST_M2
        for row, place in zip(found.shape[solid], found.area[solid], strict=True):
            union[row].append(int(place))
        polygons = protected.geometry.to_numpy()
        names = protected["name"].fillna(protected["area_id"]).to_numpy(dtype=object)
        result["protected_ha"] = [
            shapely.area(shapely.intersection(shapes[row], shapely.union_all(polygons[found]))) / 10_000.0
            if found
            else 0.0
            for row, found in enumerate(union)
        ]
        result["protected_names"] = [
            "; ".join(sorted({str(names[place]) for place in found})) or None for found in union
        ]
    grid = tables.get("grid_congestion")
    result["grid_status"] = "not_assessed"
    if grid is not None:
        best = overlaps(shapes, grid.geometry.to_numpy()).largest(len(shapes))
        status = grid["status"].fillna("unknown").to_numpy(dtype=object)
        result["grid_status"] = np.where(best >= 0, at_places(status, best), "not_assessed")


def _loss_of_adopted(situation: Situation) -> HousingLoss:
    """Measure the loss again as if only the hard plans went ahead."""
    if situation.land.room is None:
        raise ValueError("a loss needs heavy land that was measured")
    plans = situation.tables["housing_plans"]
    hard = plans[plans["phase"] == "hard"].reset_index(drop=True)
    return housing_loss(hard, situation.tables, situation.land.room, situation.threshold, situation.system)


def _ranges(situation: Situation) -> pd.DataFrame:
    """Give, for comparing only, the heaviest category that has room in each reading."""
    count = len(situation.parks)
    result = pd.DataFrame({"usable_low": [None] * count, "usable_high": [None] * count})
    if situation.zones is not None:
        known = np.ones(count, dtype=bool)
        for reading in ("low", "high"):
            area = hectares(situation.zones.usable[reading, "with_inside"])
            fits = area >= situation.parameters.minimum_room_ha
            heaviest = fits[:, 1:].sum(axis=1).astype(np.int64)
            result[f"usable_{reading}"] = situation.system.label(heaviest, known).to_numpy()
    return result

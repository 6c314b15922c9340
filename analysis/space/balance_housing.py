"""What the shortage becomes when a housing plan goes ahead.

New homes keep a guide distance free. Free land within it falls to a lighter category or drops out: that is
supply lost. Heavy land that is occupied keeps its firms for now; when they have to go, they ask for another
place, which is shown apart, so that lost land counts once. Where a noise budget governs, a guide distance
does not decide: such land counts as lost in the high reading only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.categories import load_categories
from analysis.heavy import overlay
from analysis.housing import STRICTNESS
from analysis.objects import assumed, surroundings_of
from analysis.space.balance import APART, TOGETHER, deterministic, match
from analysis.space.matching import CLASSES
from gis.zones import QUAD_SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem
    from analysis.space.balance import BalanceModels
    from analysis.space.land import Land
    from analysis.space.supply import SupplyModel

COUNTED_RULES = ("floor", "free_heavy_first")
"""Who comes first does not change a total, so one rule without a floor is enough."""
SIDES = tuple(STRICTNESS)
"""Low: unknown surroundings of a plan are mixed; high: quiet."""


def kept_shares(
    land: Land, plan: Any, distances: NDArray[np.float64], *, governed_too: bool
) -> NDArray[np.float64]:
    """Give for each unit and rank from 1 the share that keeps the guide distance to a plan.

    Parameters
    ----------
    plan
        Polygon in EPSG:28992.
    distances
        Guide distance per rank from 1, metres, ascending.
    governed_too
        Whether the distance also counts where a noise budget governs.

    Returns
    -------
    ndarray
        ``(units, 10)``; a plot keeps it as a whole or not at all, of a park without plots a part may.
    """
    shapes = land.table["geometry"].to_numpy()
    result = np.ones((len(shapes), len(distances)))
    near = np.asarray(shapely.dwithin(shapes, plan, distances[-1]))
    if not governed_too:
        near &= ~land.table["governed"].to_numpy(dtype=bool)
    whole = (land.table["kind"] == "park").to_numpy(dtype=bool)
    plots = np.flatnonzero(near & ~whole)
    # to the millimetre, as everywhere
    measured = np.round(shapely.distance(shapes[plots], plan), 3)
    result[plots] = measured[:, None] >= distances[None, :]
    for row in np.flatnonzero(near & whole):
        reach = shapely.buffer(plan, distances, quad_segs=QUAD_SEGMENTS)
        left = overlay(shapely.difference, np.full(len(distances), shapes[row], dtype=object), reach)
        result[row] = shapely.area(left) / shapely.area(shapes[row])
    return result


def without(land: Land, kept: NDArray[np.float64]) -> Land:
    """Give land whose categories are cut to what keeps the distance.

    In a park without plots the parts near the plan are taken to have the same mix of categories as the rest.
    """
    category = land.category
    at_least = np.cumsum(category[:, :, ::-1], axis=2)[:, :, ::-1]
    total = at_least[:, :, 0].copy()
    at_least = np.concatenate([at_least[:, :, 1:] * kept[None], np.zeros((*category.shape[:2], 1))], axis=2)
    cut = np.empty_like(category)
    cut[:, :, 0] = total - at_least[:, :, 0]
    cut[:, :, 1:] = at_least[:, :, :-1] - at_least[:, :, 1:]
    return replace(land, category=np.maximum(cut, 0.0))


def housing_balance(
    models: BalanceModels,
    supply: SupplyModel,
    plans: gpd.GeoDataFrame | None,
    effects: pd.DataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
) -> pd.DataFrame:
    """Compute the extra shortage of each housing plan, with every input at its mid value.

    Parameters
    ----------
    models
        The balance; its supply must be `supply`.
    supply
        The supply model, whose land is cut.
    plans
        Housing plans as read; None without any.
    effects
        ``housing_effects`` as `analysis.evidence.assess` makes them, for occupied heavy land and places.
    tables
        Cleaned input layers, for the surroundings.

    Returns
    -------
    DataFrame
        One row per plan, year and rule. A plan counts from its year on; one without a year counts always.
    """
    if plans is None or not len(plans):
        return pd.DataFrame(columns=list(COLUMNS))
    system = load_categories()
    base = deterministic(models)
    values = models.quantities.mid[None, models.quantities.positions(supply.quantities.name)]
    ordered = effects.set_index("plan_id").reindex(plans["plan_id"])
    started = _started(plans, models.years)
    count = len(plans)
    there = np.repeat(base["supply"][:, None], count * len(SIDES), axis=0).reshape(
        count, len(SIDES), *base["supply"].shape[1:]
    )
    displaced = np.zeros((count, len(SIDES)))
    lost = np.zeros((count, len(SIDES), 2))
    reach = _reach(plans, tables, system)
    for side, name in enumerate(SIDES):
        heavy_room = ordered[f"lost_alone_{name}_ha"].fillna(0.0).to_numpy(dtype=float)
        for row, shape in enumerate(plans.geometry.to_numpy()):
            kept = kept_shares(supply.land, shape, reach[name][row], governed_too=name == "high")
            less = without(supply.land, kept)
            lost[row, side] = _lost(supply.land, less, models.heavy_from)
            if lost[row, side].any():
                cells = supply.with_land(less).evaluate(values)
                there[row, side][:, started[row]] = cells[0][:, started[row]]
            displaced[row, side] = max(heavy_room[row] - lost[row, side, 1], 0.0)
    extra_demand = _displaced_cells(displaced, ordered["sub_area"], started, models)
    found = _extra(models, base, there, extra_demand)
    return _table(plans, ordered, models, lost, displaced, started, found)


FIGURES = ("free_lost", "free_heavy_lost", "occupied_heavy", "extra", "extra_apart", "extra_with_firms")
COLUMNS = (
    "plan_id",
    "name",
    "sub_area",
    "phase",
    "plan_year",
    "year",
    "counts",
    "rule",
    *(
        f"{what}_{side}_ha"
        for what in (
            "free_lost",
            "free_heavy_lost",
            "occupied_heavy",
            "extra",
            "extra_apart",
            "extra_with_firms",
        )
        for side in SIDES
    ),
)


def _started(plans: gpd.GeoDataFrame, years: tuple[int, ...]) -> NDArray[np.bool_]:
    since = plans["year"].astype("Float64").to_numpy(dtype=float, na_value=-np.inf)
    return np.asarray(np.array(years, dtype=float)[None, :] >= since[:, None])


def _reach(
    plans: gpd.GeoDataFrame, tables: Mapping[str, gpd.GeoDataFrame], system: CategorySystem
) -> dict[str, list[NDArray[np.float64]]]:
    """Give the guide distances of each plan's surroundings per reading."""
    shapes = plans.geometry.to_numpy()
    codes = surroundings_of(plans["surroundings"].to_numpy(dtype=object), shapes, tables)
    return {
        name: [system.distances(assumed(code, STRICTNESS[name])) for code in codes.tolist()] for name in SIDES
    }


def _lost(before: Land, after: Land, heavy_from: int) -> NDArray[np.float64]:
    """Give the free hectares that become lighter or drop out, and those that are no longer heavy.

    Halfway between the strict and the wide reading of the land.
    """
    area = before.table["ha"].to_numpy(dtype=float)
    at_least = [np.cumsum(land.category[:, :, ::-1], axis=2)[:, :, ::-1] for land in (before, after)]
    fell = (at_least[0] - at_least[1]).max(axis=2).mean(axis=0)
    heavy = (at_least[0] - at_least[1])[:, :, heavy_from + 1].mean(axis=0)
    # less than a square metre is rounding
    return np.round([float((fell * area).sum()), float((heavy * area).sum())], 4)


def _displaced_cells(
    hectares: NDArray[np.float64], places: pd.Series[str], started: NDArray[np.bool_], models: BalanceModels
) -> NDArray[np.float64]:
    """Turn occupied heavy land that is lost into demand for dry land of the lightest heavy category."""
    shape = (*hectares.shape, len(models.sub_areas), len(models.years), *CLASSES)
    result = np.zeros(shape)
    position = {name: number for number, name in enumerate(models.sub_areas)}
    for row, place in enumerate(places):
        if not pd.isna(place) and place in position:
            result[row, :, position[place], :, models.heavy_from, 0] = (
                hectares[row][:, None] * started[row][None, :]
            )
    return result


def _extra(
    models: BalanceModels,
    base: dict[str, NDArray[np.float64]],
    there: NDArray[np.float64],
    displaced: NDArray[np.float64],
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Give per rule the extra shortage per plan, side and year, in three ways."""
    area_shape = there.shape[2:]
    cut = there.reshape(-1, *area_shape)
    supplies = np.concatenate([base["supply"], cut, cut])
    growth = np.zeros_like(supplies)
    growth[1 + len(cut) :] = displaced.reshape(-1, *area_shape)
    terms = {name: np.repeat(cells, len(supplies), axis=0) for name, cells in base.items()}
    terms |= {"supply": supplies, "replacement": terms["replacement"] + growth}
    together, apart = models.areas.index(TOGETHER), models.areas.index(APART)
    result = {}
    for rule, cells in match(terms, models.heavy_from, COUNTED_RULES).items():
        totals = cells.sum(axis=(-2, -1))
        # less than a square metre is rounding
        more = np.round(np.maximum(totals[1:] - totals[:1], 0.0), 4)
        plain, firms = more.reshape(2, *there.shape[:2], *more.shape[1:])
        result[rule] = {
            "extra": plain[:, :, together],
            "extra_apart": plain[:, :, apart],
            "extra_with_firms": firms[:, :, together],
        }
    return result


def _table(
    plans: gpd.GeoDataFrame,
    effects: pd.DataFrame,
    models: BalanceModels,
    lost: NDArray[np.float64],
    displaced: NDArray[np.float64],
    started: NDArray[np.bool_],
    found: dict[str, dict[str, NDArray[np.float64]]],
) -> pd.DataFrame:
    parts = []
    for rule, answers in found.items():
        for number, year in enumerate(models.years):
            part = pd.DataFrame(
                {
                    "plan_id": plans["plan_id"].to_numpy(dtype=object),
                    "name": plans["name"].to_numpy(dtype=object),
                    "sub_area": effects["sub_area"].to_numpy(dtype=object),
                    "phase": plans["phase"].to_numpy(dtype=object),
                    "plan_year": plans["year"].to_numpy(),
                    "year": year,
                    "counts": started[:, number],
                    "rule": rule,
                }
            )
            for side, name in enumerate(SIDES):
                part[f"free_lost_{name}_ha"] = lost[:, side, 0]
                part[f"free_heavy_lost_{name}_ha"] = lost[:, side, 1]
                part[f"occupied_heavy_{name}_ha"] = displaced[:, side]
                for what, values in answers.items():
                    part[f"{what}_{name}_ha"] = values[:, side, number]
            parts.append(part)
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]

"""What housing plans cost in heavy land, alone and together, and which rights hinder them in return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.heavy import hectares
from analysis.objects import assumed, surroundings_of
from analysis.subjects import HECTARE_M2
from gis.zones import QUAD_SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem
    from analysis.subjects import Permitted

STRICTNESS = {"low": "high", "high": "low"}
"""The low loss takes unknown surroundings of a plan as mixed (short distance), the high one as quiet."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Pairs of a park and a plan that costs it something, in the order of the parks, then the plans.

    Attributes
    ----------
    park, plan
        Positions.
    lost, extra
        Hectares when only this plan goes ahead, and on top of all the others.
    """

    park: NDArray[np.int64]
    plan: NDArray[np.int64]
    lost: NDArray[np.float64]
    extra: NDArray[np.float64]

    def per_plan(self, plans: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Add up the hectares of each of so many plans."""
        lost, extra = np.zeros(plans), np.zeros(plans)
        np.add.at(lost, self.plan, self.lost)
        np.add.at(extra, self.plan, self.extra)
        # two plans on one spot leave a difference of rounding noise
        return lost, np.maximum(extra, 0.0)


@dataclass(frozen=True, slots=True)
class HousingLoss:
    """Loss of heavy land.

    Attributes
    ----------
    alone, extra
        Reading to hectares per plan: when only this plan goes ahead, and on top of all the others.
    together
        Reading to hectares per park when all plans go ahead.
    parks
        Per plan the positions of the parks that lose something in the high reading.
    plans
        Per park how many plans cost it something in the high reading.
    pairs
        Reading to the pairs that all of this was added up from.
    """

    alone: dict[str, NDArray[np.float64]]
    extra: dict[str, NDArray[np.float64]]
    together: dict[str, NDArray[np.float64]]
    parks: list[list[int]]
    plans: NDArray[np.int64]
    pairs: dict[str, Losses]


def loss_of(
    pairs: dict[str, Losses], together: dict[str, NDArray[np.float64]], *, parks: int, plans: int
) -> HousingLoss:
    """Add up pairs per plan and per park."""
    sums = {reading: found.per_plan(plans) for reading, found in pairs.items()}
    affected: list[list[int]] = [[] for _ in range(plans)]
    for park, plan in zip(pairs["high"].park.tolist(), pairs["high"].plan.tolist(), strict=True):
        affected[plan].append(park)
    return HousingLoss(
        {reading: lost for reading, (lost, _) in sums.items()},
        {reading: extra for reading, (_, extra) in sums.items()},
        together,
        affected,
        np.bincount(pairs["high"].park, minlength=parks),
        pairs,
    )


def plan_reach(
    plans: gpd.GeoDataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
    rank: int,
    system: CategorySystem,
) -> dict[str, NDArray[np.float64]]:
    """Give per reading how far each plan keeps a category of `rank` away, metres."""
    surroundings = surroundings_of(
        plans["surroundings"].to_numpy(dtype=object), plans.geometry.to_numpy(), tables
    )
    return {
        reading: np.array(
            [system.distances(assumed(code, STRICTNESS[reading]))[rank - 1] for code in surroundings]
        )
        for reading in STRICTNESS
    }


def housing_loss(
    plans: gpd.GeoDataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
    room: dict[str, NDArray[Any]],
    threshold: int,
    system: CategorySystem,
) -> HousingLoss:
    """Measure what each plan takes away of the heavy land that exists now.

    Parameters
    ----------
    plans
        Polygons in EPSG:28992; a plan keeps the category away from its own area and from the guide
        distance around it.
    room
        Reading to heavy land per park, as `analysis.heavy.HeavyLand.room`.
    """
    reach = plan_reach(plans, tables, threshold, system)
    shapes = plans.geometry.to_numpy()
    parks = len(room["low"])
    together = {reading: np.zeros(parks) for reading in room}
    pairs = {}
    for reading, land in room.items():
        kept_away = shapely.buffer(shapes, reach[reading], quad_segs=QUAD_SEGMENTS)
        park, plan = shapely.STRtree(kept_away).query(land, predicate="intersects")
        # by position, for a tree gives them in an order that depends on everything in it
        order = np.lexsort((plan, park))
        park, plan = park[order], plan[order]
        cut = shapely.intersection(land[park], kept_away[plan])
        lost = hectares(cut)
        costs = np.flatnonzero(lost > 0)
        park, plan, cut, lost = park[costs], plan[costs], cut[costs], lost[costs]
        extra = np.zeros(len(park))
        for row in np.unique(park):
            own = np.flatnonzero(park == row)
            total = shapely.area(shapely.union_all(cut[own])) / HECTARE_M2
            together[reading][row] = total
            for pair in own:
                rest = own[own != pair]
                others = shapely.area(shapely.union_all(cut[rest])) / HECTARE_M2 if len(rest) else 0.0
                extra[pair] = total - others
        pairs[reading] = Losses(park, plan, lost, extra)
    return loss_of(pairs, together, parks=parks, plans=len(plans))


def hindering_rights(
    plans: gpd.GeoDataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
    subjects: NDArray[Any],
    permitted: Permitted,
    system: CategorySystem,
) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    """Find the permitted rights whose guide distance reaches into each plan.

    Parameters
    ----------
    subjects
        Plots, and parks without plots, polygons in EPSG:28992.
    permitted
        Their permitted categories.

    Returns
    -------
    rights
        ``plan_row``, ``subject_row``, ``distance_m`` and per reading the required distance and the
        hectares of the plan within it.
    hindered
        Reading to hectares of each plan within the distance of any right.
    """
    shapes = plans.geometry.to_numpy()
    stated = plans["surroundings"].to_numpy(dtype=object)
    surroundings = surroundings_of(stated, shapes, tables)
    farthest = np.nan_to_num(system.required(permitted.high, "quiet"), nan=-1.0)
    rows = np.flatnonzero(farthest >= 0)
    query, plan = shapely.STRtree(shapes).query(subjects[rows], predicate="dwithin", distance=farthest[rows])
    # by position, for a tree gives them in an order that depends on everything in it
    order = np.lexsort((plan, query))
    subject, plan = rows[query[order]], plan[order]
    distance = shapely.distance(subjects[subject], shapes[plan])
    table = pd.DataFrame({"plan_row": plan, "subject_row": subject, "distance_m": distance})
    hindered = {}
    rank = {"low": permitted.low, "high": permitted.high}
    for reading, strictness in STRICTNESS.items():
        required = np.array(
            [
                system.distances(assumed(surroundings[p], strictness))[rank[reading][s] - 1]
                for p, s in zip(plan, subject, strict=True)
            ]
        )
        within = shapely.intersection(
            shapes[plan], shapely.buffer(subjects[subject], required, quad_segs=QUAD_SEGMENTS)
        )
        table[f"required_{reading}_m"] = required
        table[f"plan_within_{reading}_ha"] = hectares(within)
        hindered[reading] = np.array(
            [
                shapely.area(shapely.union_all(within[plan == row])) / HECTARE_M2
                if (plan == row).any()
                else 0.0
                for row in range(len(plans))
            ]
        )
    reached = table["plan_within_high_ha"] > 0
    return table[reached].sort_values(["plan_row", "subject_row"], ignore_index=True), hindered

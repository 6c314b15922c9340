"""Who and what lies within the guide distance of a function around a site: people, and housing plans.

Only counts and distances leave this module, never a home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.objects import MIXED, READINGS, assumed, surroundings_of
from gis.points import MILLIMETRE
from gis.proximity import Targets
from gis.zones import QUAD_SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.objects import Objects
    from analysis.reservation.sites import Sites

DWELLINGS = (
    "home",
    "houseboat",
    "caravan_pitch",
    "company_home",
    "former_company_home",
    "planned",
    "unknown",
)
"""Kinds of sensitive object in which people live; schools and care count in distances, not in people."""
HARD = "hard"


@dataclass(frozen=True)
class PlanReach:
    """Housing plans near sites, one row per site and plan that lie within the largest distance asked.

    Attributes
    ----------
    site, plan
        Positions, sorted by site, then plan, ``(r,)``.
    distance
        Metres, ``(r,)``.
    claimed
        Share of the site that the plan takes, ``(r,)``.
    hindered
        Dwellings of the plan within the guide distance of each function, in proportion to its area,
        ``(r, functions)``; unknown surroundings are quiet.
    required
        Reading to the guide distance of each function to the plan, ``(r, functions)``.
    ids, hard
        Of the plans, in the order of the layer.
    """

    site: NDArray[np.int64]
    plan: NDArray[np.int64]
    distance: NDArray[np.float64]
    claimed: NDArray[np.float64]
    hindered: NDArray[np.float64]
    required: dict[str, NDArray[np.float64]]
    ids: NDArray[np.object_]
    hard: NDArray[np.bool_]

    def dwellings(self, sites: int) -> NDArray[np.float64]:
        """Give the dwellings hindered per site and function, all plans together, ``(sites, functions)``."""
        result = np.zeros((sites, self.hindered.shape[1]))
        np.add.at(result, self.site, self.hindered)
        return result


def people_within(sites: Sites, classes: pd.DataFrame, persons_per_dwelling: float) -> NDArray[np.float64]:
    """Count the people within the guide distance of each function around each site.

    Dwellings in mixed surroundings count within the distance for those, all others (unknown ones too) within
    the distance for quiet surroundings. The own dwelling of a firm on the site does not count.

    Parameters
    ----------
    classes
        With ``distance_quiet_m`` and ``distance_mixed_m``.

    Returns
    -------
    ndarray
        People, ``(sites, functions)``; NaN without a layer of sensitive objects.
    """
    result = np.full((len(sites), len(classes)), np.nan)
    objects = sites.objects
    if objects is None:
        return result
    quiet = classes["distance_quiet_m"].to_numpy(dtype=np.float64)
    mixed = classes["distance_mixed_m"].to_numpy(dtype=np.float64)
    lived_in = np.isin(objects.kind.astype(str), DWELLINGS)
    own = _own_homes(sites, objects)
    groups = (
        (quiet, np.flatnonzero(lived_in & (objects.surroundings != MIXED))),
        (mixed, np.flatnonzero(lived_in & (objects.surroundings == MIXED))),
    )
    result[:] = 0.0
    for distances, rows in groups:
        targets = Targets(objects.geometry[rows])
        inside = np.isin(own[1], rows)
        for distance in np.unique(distances[~np.isnan(distances)]):
            # to the millimetre, as categories are
            reach = np.full(len(sites), distance + MILLIMETRE / 2)
            found = targets.sum_within(sites.shapes, reach, objects.weight[rows])
            np.subtract.at(found, own[0][inside], objects.weight[own[1][inside]])
            result[:, distances == distance] += found[:, None]
    return np.asarray(result * persons_per_dwelling)


def _own_homes(sites: Sites, objects: Objects) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the pairs of a plot and a company dwelling that belongs to it and lies on it."""
    rows = np.flatnonzero(objects.company_home)
    pairs = Targets(objects.geometry[rows]).pairs_within(sites.shapes, 0.0)
    target = rows[pairs.target]
    keep = sites.is_plot[pairs.query] & (objects.plot[target] >= 0)
    return pairs.query[keep], target[keep]


def reach_of_plans(sites: Sites, classes: pd.DataFrame, tables: Mapping[str, Any]) -> PlanReach:
    """Measure which housing plans lie within the guide distances of functions around sites."""
    quiet = classes["distance_quiet_m"].to_numpy(dtype=np.float64)
    mixed = classes["distance_mixed_m"].to_numpy(dtype=np.float64)
    plans: gpd.GeoDataFrame | None = tables.get("housing_plans")
    if plans is None or not len(plans):
        none, empty = np.zeros(0, dtype=np.int64), np.zeros((0, len(classes)))
        nothing = np.zeros(0)
        required = dict.fromkeys(READINGS, empty)
        return PlanReach(none, none, nothing, nothing, empty, required, np.zeros(0, dtype=object), none > 0)
    shapes = np.asarray(plans.geometry.to_numpy(), dtype=object)
    limit = float(np.nanmax(np.concatenate((quiet, mixed, [0.0]))))
    site, plan = shapely.STRtree(shapes).query(sites.shapes, predicate="dwithin", distance=limit)
    order = np.lexsort((plan, site))
    site, plan = site[order].astype(np.int64), plan[order].astype(np.int64)
    distance = np.asarray(shapely.distance(sites.shapes[site], shapes[plan]))
    stated = plans["surroundings"].to_numpy(dtype=object)
    surroundings = surroundings_of(stated, shapes, tables)
    table = {"quiet": quiet, "mixed": mixed}
    required = {
        reading: np.stack([table[assumed(int(code), reading)] for code in surroundings])[plan]
        for reading in READINGS
    }
    shared = np.asarray(shapely.area(shapely.intersection(sites.shapes[site], shapes[plan])))
    dwellings = plans["dwellings"].fillna(0.0).to_numpy(dtype=np.float64)
    within = _share_within(sites.shapes[site], shapes[plan], distance, required["low"])
    return PlanReach(
        site=site,
        plan=plan,
        distance=distance,
        claimed=shared / np.asarray(shapely.area(sites.shapes[site])),
        hindered=within * dwellings[plan][:, None],
        required=required,
        ids=plans["plan_id"].to_numpy(dtype=object),
        hard=plans["phase"].isin([HARD]).to_numpy(dtype=bool),
    )


def _share_within(
    sites: NDArray[Any], plans: NDArray[Any], distance: NDArray[np.float64], reach: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the share of each plan within a distance of its site, ``(r, functions)``."""
    result = np.zeros(reach.shape)
    whole = np.asarray(shapely.area(plans))
    for metres in np.unique(reach[~np.isnan(reach)]):
        asked = reach == metres
        rows = np.flatnonzero(asked.any(axis=1) & (distance <= metres))
        around = shapely.buffer(sites[rows], metres, quad_segs=QUAD_SEGMENTS)
        share = np.asarray(shapely.area(shapely.intersection(around, plans[rows]))) / whole[rows]
        for row, part in zip(rows, share, strict=True):
            result[row, asked[row]] = part
    return np.clip(result, 0.0, 1.0)

"""Pairs of a site and a function that may stand on it, out of the table of candidates."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.suitability import suitability_of, values_of, weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from layers.parameters import Parameters

HARD = "hard"
CERTAIN, POSSIBLE = "certain", "possible"


@dataclass(frozen=True)
class Pairs:
    """Eligible pairs, sorted by site, then function, ``k`` of them.

    Attributes
    ----------
    site, function
        Positions, ``(k,)``.
    capacity
        Hectares that count per year, ``(k, years)``.
    certain
        Whether the strict reading holds, ``(k,)``.
    suitability, people, conflict
        ``(k,)``; people are zero where they were not counted.
    plans
        Housing plans that exclude the pair and that it excludes, behind each other; None without, ``(k,)``.
    """

    site: NDArray[np.int64]
    function: NDArray[np.int64]
    capacity: NDArray[np.float64]
    certain: NDArray[np.bool_]
    suitability: NDArray[np.float64]
    people: NDArray[np.float64]
    conflict: NDArray[np.float64]
    plans: NDArray[np.object_]

    def __len__(self) -> int:
        """Give the number of pairs."""
        return len(self.site)

    def where(self, mask: NDArray[np.bool_]) -> Pairs:
        """Keep the pairs that a mask marks."""
        return replace(self, **{item.name: getattr(self, item.name)[mask] for item in fields(self)})


def pairs_of(
    candidates: pd.DataFrame,
    rated: pd.DataFrame,
    site_ids: Sequence[str],
    functions: Sequence[str],
    years: Sequence[int],
    parameters: Parameters,
) -> Pairs:
    """Gather the pairs whose land fits; housing plans come in with `going`.

    Parameters
    ----------
    candidates
        One row per site, function and year.
    rated
        Values per site, function and criterion, as `analysis.reservation.suitability.rate` gives.

    Raises
    ------
    InputError
        When weights are negative or all zero.
    """
    weights = weights_of(parameters)
    counts = candidates["year"].isin(years) & (candidates["capacity_ha"] > 0)
    rows: pd.DataFrame = candidates[counts]
    place = {name: number for number, name in enumerate(site_ids)}
    order = {name: number for number, name in enumerate(functions)}
    moment = {year: number for number, year in enumerate(years)}
    site = rows["site_id"].map(place).to_numpy(dtype=np.int64)
    key = site * len(order) + rows["function"].map(order).to_numpy(dtype=np.int64)
    found, first, pair = np.unique(key, return_index=True, return_inverse=True)
    capacity = np.zeros((len(found), len(years)))
    capacity[pair, rows["year"].map(moment).to_numpy(dtype=np.int64)] = rows["capacity_ha"].to_numpy(
        dtype=float
    )
    one: pd.DataFrame = rows.iloc[first.tolist()]
    ids = one["site_id"].to_numpy(dtype=object), one["function"].to_numpy(dtype=object)
    plans = one["plans"].astype(object).where(one["plans"].notna(), None).to_numpy(dtype=object)
    return Pairs(
        site=found // len(order),
        function=found % len(order),
        capacity=np.maximum.accumulate(capacity, axis=1),
        certain=(one["land_verdict"] == CERTAIN).to_numpy(dtype=bool),
        suitability=suitability_of(values_of(rated, *ids), weights),
        people=one["people"].fillna(0.0).to_numpy(dtype=float),
        conflict=one["conflict"].fillna(0.0).to_numpy(dtype=float),
        plans=plans,
    )


def going(pairs: Pairs, plan_phase: dict[str, str], parameters: Parameters) -> Pairs:
    """Keep the pairs that no housing plan excludes that goes ahead for sure, and certain ones when asked.

    Parameters
    ----------
    plan_phase
        Housing plan to its phase.
    """
    settings = parameters.reservation
    every = settings.housing == "exclude_all"
    ahead = {name for name, phase in plan_phase.items() if every or phase == HARD}
    free = [plans is None or ahead.isdisjoint(str(plans).split(";")) for plans in pairs.plans]
    return pairs.where(np.array(free, dtype=bool) & (pairs.certain | (not settings.certain_only)))


def phases(plans: pd.DataFrame | None) -> dict[str, str]:
    """Give the phase of each housing plan; a plan whose phase is not known is no hard one."""
    if plans is None:
        return {}
    return dict(zip(plans["plan_id"].astype(str), plans["phase"].fillna("unknown").astype(str), strict=True))

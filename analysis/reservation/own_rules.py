"""Rules of the plan itself, out of parameters: neighbours, maxima, clusters, kept land, priced housing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.reservation.classes import function_of
from analysis.reservation.pairs import HARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.pairs import Pairs
    from layers.parameters import Parameters

USES_WATER = ("preferred", "required")
"""Functions that make use of a quay: for them quays are kept."""
LIGHT = "3"


def neighbours_of(shapes: NDArray[Any], used: NDArray[np.int64], distance: float) -> NDArray[np.int64]:
    """Give the pairs of used sites that touch or lie within a distance, first below second, sorted."""
    rows = np.unique(used)
    here = np.asarray(shapes, dtype=object)[rows]
    one, two = shapely.STRtree(here).query(here, predicate="dwithin", distance=distance)
    pairs = np.column_stack((rows[one], rows[two]))[one < two]
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))], dtype=np.int64)


def ceilings_of(years: tuple[int, ...], parameters: Parameters) -> pd.DataFrame:
    """Make the maxima per municipality; what holds in the last year holds before it."""
    given = sorted(parameters.reservation.municipality_max_ha.items())
    return pd.DataFrame(
        {
            "ceiling_id": pd.Series([f"municipality.{code}" for code, _ in given], dtype=object),
            "scope": pd.Series(["municipality"] * len(given), dtype=object),
            "area": pd.Series([code for code, _ in given], dtype=object),
            "function": pd.Series([None] * len(given), dtype=object),
            "year": pd.Series([years[-1]] * len(given), dtype="int64"),
            "ha": pd.Series([float(ha) for _, ha in given], dtype="float64"),
        }
    )


def clusters_of(functions: Sequence[str], parameters: Parameters) -> NDArray[np.float64]:
    """Give the smallest cluster per class; that of a function holds for each of its classes apart."""
    given = parameters.reservation.minimum_cluster_ha
    return np.array([given.get(name, given.get(function_of(name), 0.0)) for name in functions], dtype=float)


def priced_plans(
    pairs: Pairs, phase: Mapping[str, str], tables: Mapping[str, Any], parameters: Parameters
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Give the housing plans that may give way at a price, with the pairs that each excludes.

    Hard plans go ahead: their pairs do not exist.
    """
    settings = parameters.reservation
    names = (
        sorted(name for name, word in phase.items() if word != HARD) if settings.housing == "price" else []
    )
    place = {name: number for number, name in enumerate(names)}
    rows = [
        (place[name], pair)
        for pair, plans in enumerate(pairs.plans)
        if plans is not None
        for name in str(plans).split(";")
        if name in place
    ]
    used = sorted({plan for plan, _ in rows})
    order = {plan: number for number, plan in enumerate(used)}
    kept = [names[plan] for plan in used]
    dwellings = {}
    if kept:
        layer = tables["housing_plans"]
        dwellings = dict(
            zip(layer["plan_id"].astype(str), layer["dwellings"].fillna(0.0).astype(float), strict=True)
        )
    table = pd.DataFrame({"plan_id": pd.Series(kept, dtype=object)})
    table["dwellings"] = pd.Series([dwellings[name] for name in kept], dtype="float64")
    table["price"] = table["dwellings"] * settings.housing_price
    found = sorted((order[plan], pair) for plan, pair in rows)
    return table, np.array(found, dtype=np.int64).reshape(-1, 2)


def kept_land(
    sites: pd.DataFrame, classes: pd.DataFrame, pairs: Pairs, parameters: Parameters
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Keep land on a quay for functions that use water, and heavy land for those that need it.

    What functions without that need may take at most is a share of the hectares of such land that can be
    reserved at all.
    """
    settings = parameters.reservation
    needs_water = classes["water_need"].isin(USES_WATER).to_numpy(dtype=bool)
    needs_heavy = (classes["weight_class"] != LIGHT).to_numpy(dtype=bool)
    rows: list[dict[str, Any]] = []
    found = []
    for group, asked, scarce, needs in (
        ("heavy", settings.keep_heavy, sites["heavy"], needs_heavy),
        ("quay", settings.keep_quays, sites["wet"], needs_water),
    ):
        here = scarce.to_numpy(dtype=bool)[pairs.site]
        if not asked or not here.any():
            continue
        size = np.zeros(len(sites))
        np.maximum.at(size, pairs.site[here], pairs.capacity[here, -1])
        mine = np.flatnonzero(here & ~needs[pairs.function])
        found.append(np.column_stack((np.full(len(mine), len(rows)), mine)))
        rows.append({"keep_id": group, "group": group, "ha": settings.kept_share * float(size.sum())})
    table = pd.DataFrame(rows, columns=["keep_id", "group", "ha"])
    both = np.concatenate(found) if found else np.empty((0, 2))
    return table, both.astype(np.int64)

"""Housing plans as tables: what they cost and which rights hinder them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.columns import stack
from analysis.housing import hindering_rights, housing_loss
from analysis.subjects import (
    Permitted,
    places,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.housing import HousingLoss
    from analysis.situation import Situation


class Hindrance(NamedTuple):
    """The rights that hinder plans, see `analysis.housing.hindering_rights`."""

    rights: pd.DataFrame
    hindered: dict[str, NDArray[np.float64]]


def plan_loss(situation: Situation) -> HousingLoss | None:
    """Measure what housing plans cost; None without plans or sensitive objects."""
    plans, room = situation.tables.get("housing_plans"), situation.land.room
    if plans is None or room is None:
        return None
    return housing_loss(plans, situation.tables, room, situation.threshold, situation.system)


def plan_rights(situation: Situation) -> Hindrance | None:
    """Find the rights that hinder housing plans; None without plans."""
    plans = situation.tables.get("housing_plans")
    if plans is None:
        return None
    subjects, permitted, _, _ = right_holders(situation)
    return Hindrance(*hindering_rights(plans, situation.tables, subjects, permitted, situation.system))


def housing_tables(
    situation: Situation, loss: HousingLoss | None, found: Hindrance | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make ``housing_effects`` and ``housing_rights`` of what `plan_loss` and `plan_rights` gave."""
    tables = situation.tables
    plans = tables.get("housing_plans")
    if plans is None or found is None:
        return stack("housing_effects"), stack("housing_rights")
    shapes = plans.geometry.to_numpy()
    result = pd.DataFrame(
        {name: plans[name] for name in ("plan_id", "name", "dwellings", "phase", "year", "remark")}
    )
    result["geometry"] = shapes
    place = places(shapes, tables)
    result[["municipality_code", "sub_area"]] = place[["municipality_code", "sub_area"]]
    if loss is not None:
        names = tables["parks"]["name"].fillna(tables["parks"]["park_id"]).to_numpy(dtype=object)
        for reading in ("low", "high"):
            result[f"lost_alone_{reading}_ha"] = loss.alone[reading]
            result[f"lost_extra_{reading}_ha"] = loss.extra[reading]
        result["parks_affected"] = ["; ".join(str(names[row]) for row in rows) or None for rows in loss.parks]
    for reading in ("low", "high"):
        result[f"hindered_{reading}_ha"] = found.hindered[reading]
    _, permitted, kinds, identifiers = right_holders(situation)
    rights = found.rights.copy()
    holder = rights.pop("subject_row").to_numpy(dtype=np.int64)
    rights["plan_id"] = plans["plan_id"].to_numpy(dtype=object)[rights.pop("plan_row")]
    rights["subject"], rights["subject_id"] = kinds[holder], identifiers[holder]
    rights["permitted_low"] = situation.system.label(permitted.low[holder], permitted.known[holder])
    rights["permitted_high"] = situation.system.label(permitted.high[holder], permitted.known[holder])
    return result, rights


def right_holders(
    situation: Situation,
) -> tuple[NDArray[Any], Permitted, NDArray[np.object_], NDArray[np.object_]]:
    """Give plots, and the parks that have none, with what is permitted on them."""
    tables = situation.tables
    without = np.ones(len(situation.parks), dtype=bool)
    without[situation.plot_park[situation.plot_park >= 0]] = False
    rows = np.flatnonzero(without)
    park = situation.park_permitted
    shapes, low, high, source = situation.parks[rows], park.low[rows], park.high[rows], park.source[rows]
    kinds = np.full(len(rows), "park", dtype=object)
    identifiers = tables["parks"]["park_id"].to_numpy(dtype=object)[rows]
    plots = situation.plot_permitted
    if plots is not None:
        shapes = np.concatenate((shapes, tables["plots"].geometry.to_numpy()))
        low, high = np.concatenate((low, plots.low)), np.concatenate((high, plots.high))
        source = np.concatenate((source, plots.source))
        kinds = np.concatenate((kinds, np.full(len(plots.low), "plot", dtype=object)))
        identifiers = np.concatenate((identifiers, tables["plots"]["plot_id"].to_numpy(dtype=object)))
    return shapes, Permitted(low, high, source), kinds, identifiers

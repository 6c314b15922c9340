"""Housing plans as tables: what they cost and which rights hinder them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.columns import stack
from analysis.housing import HousingLoss, hindering_rights, housing_loss
from analysis.subjects import (
    Permitted,
    places,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.situation import Situation


def housing_tables(situation: Situation) -> tuple[pd.DataFrame, pd.DataFrame, HousingLoss | None]:
    """Make the tables of housing plans; the loss is None without plans or sensitive objects."""
    tables = situation.tables
    plans = tables.get("housing_plans")
    if plans is None:
        return stack("housing_effects"), stack("housing_rights"), None
    shapes = plans.geometry.to_numpy()
    result = pd.DataFrame(
        {name: plans[name] for name in ("plan_id", "name", "dwellings", "phase", "year", "remark")}
    )
    result["geometry"] = shapes
    place = places(shapes, tables)
    result[["municipality_code", "sub_area"]] = place[["municipality_code", "sub_area"]]
    loss = None
    if situation.land.room is not None:
        loss = housing_loss(plans, tables, situation.land.room, situation.threshold, situation.system)
        names = tables["parks"]["name"].fillna(tables["parks"]["park_id"]).to_numpy(dtype=object)
        for reading in ("low", "high"):
            result[f"lost_alone_{reading}_ha"] = loss.alone[reading]
            result[f"lost_extra_{reading}_ha"] = loss.extra[reading]
        result["parks_affected"] = ["; ".join(str(names[row]) for row in rows) or None for rows in loss.parks]
    subjects, permitted, kinds, identifiers = right_holders(situation)
    rights, hindered = hindering_rights(plans, tables, subjects, permitted, situation.system)
    for reading in ("low", "high"):
        result[f"hindered_{reading}_ha"] = hindered[reading]
    holder = rights.pop("subject_row").to_numpy(dtype=np.int64)
    rights["plan_id"] = plans["plan_id"].to_numpy(dtype=object)[rights.pop("plan_row")]
    rights["subject"], rights["subject_id"] = kinds[holder], identifiers[holder]
    rights["permitted_low"] = situation.system.label(permitted.low[holder], permitted.known[holder])
    rights["permitted_high"] = situation.system.label(permitted.high[holder], permitted.known[holder])
    return result, rights, loss


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

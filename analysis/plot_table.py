"""Evidence per plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.columns import add_binding, add_permitted, add_use, add_water, stack
from analysis.heavy import hectares
from analysis.in_use import firms_in_use, under_use
from analysis.subjects import (
    Permitted,
    places,
)
from analysis.usable import Distances, measure, usable_rank
from gis.arrays import at_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.situation import Situation


def plot_evidence(situation: Situation) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Make the evidence per plot, and beside it binding objects, water classes and evidence rungs."""
    tables, system = situation.tables, situation.system
    if "plots" not in tables or situation.plot_permitted is None or situation.every_plot is None:
        return stack("plot_evidence"), {}
    plots, permitted = tables["plots"], situation.plot_permitted
    shapes = plots.geometry.to_numpy()
    park_ids = tables["parks"]["park_id"].to_numpy(dtype=object)
    result = pd.DataFrame(
        {
            "plot_id": plots["plot_id"],
            "park_id": at_places(park_ids, situation.plot_park),
            "status": plots["status"],
            "area_ha": hectares(shapes),
            "remark": plots["remark"],
            "geometry": shapes,
        }
    )
    place = places(shapes, tables)
    result[["municipality_code", "sub_area"]] = place[["municipality_code", "sub_area"]]
    add_permitted(result, permitted, situation)
    governed = _governed_share(shapes, situation)
    extra: dict[str, pd.DataFrame] = {}
    if situation.objects is not None:
        identity = np.arange(len(plots), dtype=np.int64)
        measured = measure(shapes, situation.plot_park, identity, situation.objects, float(system.quiet[-1]))
        _add_usable(result, measured, permitted, governed, situation)
        extra["binding"] = add_binding(result, "plot", shapes, measured, permitted, situation)
    else:
        result["usable_basis"] = "not_assessed"
        result["usable_hmc"] = "not_assessed"
        result["heavy"] = "not_assessed"
    use = firms_in_use(situation.every_plot, tables, system)
    issued = ~plots["status"].isin(["vacant", "public_space"]).to_numpy(dtype=bool)
    add_use(
        result,
        use,
        under_use(result["area_ha"].to_numpy(), permitted.low, issued, use, situation.threshold),
        system,
    )
    designated = plots["water_designation"].map({True: "yes", False: "no"}).fillna("not_assessed")
    claim = pd.Series([None] * len(plots), dtype="string")
    add_water(result, "plot", "plot_id", situation.every_plot, claim, designated, use, situation, extra)
    return result, extra


def _governed_share(shapes: NDArray[Any], situation: Situation) -> NDArray[np.bool_]:
    """Tell which plots lie for the greater part where a noise budget governs."""
    areas = situation.land.governed[situation.plot_park]
    overlap = np.asarray(shapely.area(shapely.intersection(shapes, areas)))
    return (situation.plot_park >= 0) & (overlap > np.asarray(shapely.area(shapes)) / 2)


def _add_usable(
    result: pd.DataFrame,
    measured: Distances,
    permitted: Permitted,
    governed: NDArray[np.bool_],
    situation: Situation,
) -> None:
    system, threshold = situation.system, situation.threshold
    everywhere = np.ones(len(result), dtype=bool)
    inside, outside = usable_rank(measured.with_inside, system), usable_rank(measured.without_inside, system)
    for reading in ("low", "high"):
        result[f"usable_{reading}"] = system.label(inside[reading], everywhere)
        result[f"usable_outside_{reading}"] = system.label(outside[reading], everywhere)
    result["usable_basis"] = np.where(governed, "governed_by_zone", "guide_distance")
    usable = Permitted(inside["low"] + 1, inside["high"] + 1, result["usable_basis"].to_numpy())
    verdict = usable.verdict(threshold + 1)
    verdict[governed] = "governed_by_zone"
    result["usable_hmc"] = verdict
    rights = permitted.verdict(threshold)
    order = {"no": 0, "possible": 1, "certain": 2}
    heavy = np.array(
        [
            "not_assessed"
            if right == "not_assessed"
            else "no"
            if right == "no"
            else "governed_by_zone"
            if room == "governed_by_zone"
            else min(right, room, key=order.__getitem__)
            for right, room in zip(rights, verdict, strict=True)
        ],
        dtype=object,
    )
    result["heavy"] = heavy

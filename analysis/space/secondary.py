"""Secondary abiotic material that the capacity of circular functions enables.

This is the link to the goal of halving the use of primary abiotic material: capacity, not reduction achieved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.space.demand import SHARE
from analysis.space.demand_cells import Inputs
from analysis.space.demand_table import BOUNDS, TRIES, corners, from_corners, long_rows, stacked
from analysis.space.function_figures import figure_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.space.demand import DemandModel


def secondary_capacity(model: DemandModel) -> pd.DataFrame:
    """Give the tonnes that pass each function, and the secondary abiotic material that they enable.

    This is capacity, not reduction achieved. Functions that use or move what another one makes do not count,
    so that a tonne is counted once.
    """
    inputs = Inputs(model.all_quantities, corners(model))
    parts = []
    for name, row in model.catalogue.functions.items():
        if name not in model.lead or model.lead[name] == SHARE:
            continue
        tonnes = _tonnes(model, name, inputs)
        if tonnes is None:
            continue
        total, now = tonnes
        counts = row.counts_secondary == "yes"
        figure = model.catalogue.figures.get((name, "secondary_abiotic_share", ""))
        share = np.array([getattr(figure, bound) if figure and counts else 0.0 for bound in BOUNDS])
        present = model.optional(name, "present_share", inputs, 0.0)[TRIES + 1]
        passing = from_corners(total)
        made = passing * share[:, None, None]
        extra = np.maximum(0.0, passing[1] - present * now[TRIES + 1]) * share[1]
        columns = {f"tonnes_{bound}": passing[number] for number, bound in enumerate(BOUNDS)}
        columns |= {f"secondary_{bound}_t": made[number] for number, bound in enumerate(BOUNDS)}
        status = figure.status if figure and counts else "assumption"
        source = figure.source if figure and counts else row.note_nl or None
        fixed = {
            "function_id": name,
            "counted": "yes" if counts else "no",
            "status": status,
            "source": source,
        }
        parts.append(long_rows(model, {**columns, "secondary_extra_mid_t": extra}, fixed))
    return stacked(parts).sort_values(["function_id", "sub_area", "year"], ignore_index=True)


def _tonnes(
    model: DemandModel, function: str, inputs: Inputs
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Give tonnes per year by draw, sub-area and year, and those of the first year."""
    row = model.catalogue.functions[function]
    growth = model.path("growth", row.strategy, inputs)
    people = model.inhabitants[None, :, None]
    if model.lead[function] == "flow":
        now = np.ones((inputs.draws, 1))
        later = model.tonnes(function, inputs, growth, model.path_processed(row.scale, "flow", inputs))
        first = model.tonnes(function, inputs, now, model.processed_now(row.scale, "flow", inputs))
    elif model.lead[function] == "facilities" and (function, "throughput_kt", "") in model.catalogue.figures:
        figure = model.catalogue.figures[function, "throughput_kt", ""]
        kilotonnes = np.repeat([figure.low, figure.mid, figure.high], TRIES)
        per_head = kilotonnes * 1e3 / inputs(figure_name(function, "catchment"))
        later, first = per_head[:, None] * growth, per_head[:, None]
    else:
        return None
    population = model.path("population", "", inputs)
    return people * (later * population)[:, None], people * first[:, None]

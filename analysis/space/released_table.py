"""Released land per park, sector and year: the steps from what firms take to what is of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.space.release_figures import USABLE
from analysis.space.released import BOUNDS
from analysis.subjects import HECTARE_M2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.space.released import ReleasedModel

STEPS = (
    ("lost_housing_ha", "housing plan claims it"),
    ("lost_transformation_ha", "to be transformed"),
    ("lost_no_class_ha", "category not assessed, or not on a surveyed unit"),
    ("not_touched_ha", "not touched by the transition"),
    ("not_shrunk_ha", "has not shrunk by that year"),
    ("waiting_ha", "shrunk, but the lag has not passed: temporary double use"),
    ("not_vacated_ha", "the firm keeps the land"),
    ("lost_soil_ha", "soil"),
    ("lost_plot_shape_ha", "shape or size of the plot"),
    ("lost_ownership_ha", "ownership"),
    ("lost_grid_ha", "full grid"),
    ("lost_light_ha", "lighter than category 1 in the readings that count"),
)
"""What falls away, in order; together with the usable hectares these add up to the area."""


def released_land(model: ReleasedModel) -> pd.DataFrame:
    """Give the steps from area to usable land, all inputs in the middle, with the range of the outcome.

    Returns
    -------
    DataFrame
        ``park_id``, ``park_name``, ``sub_area``, ``sector_id``, ``year``, ``establishments``,
        ``area_unknown`` (firms without area and jobs, not counted), ``area_ha``, the steps of `STEPS` and
        ``usable_low_ha``, ``usable_mid_ha``, ``usable_high_ha``.
    """
    corners = model.corners()
    outcomes = [_steps(model, corners[number : number + 1]) for number in range(len(BOUNDS))]
    middle = outcomes[1]
    for bound, outcome in zip(BOUNDS, outcomes, strict=True):
        middle[f"usable_{bound}_ha"] = outcome["usable_ha"]
    keys = ["park_id", "park_name", "sub_area", "sector_id", "year"]
    grouped = middle.drop(columns="usable_ha").groupby(keys, dropna=False, sort=True).sum().reset_index()
    return grouped.assign(
        sector_nl=grouped["sector_id"].map({key: row.name_nl for key, row in model.sectors.items()}),
        status="assumption",
    )


def _steps(model: ReleasedModel, values: NDArray[np.float64]) -> pd.DataFrame:
    """Take every firm down the steps for one set of values."""
    rows = model.firms
    m2 = rows["sector_id"].map({name: _value(model, f"{name}.m2_per_job", values) for name in model.sectors})
    area = (rows["stated_ha"] + rows["jobs_for_area"] * m2 / HECTARE_M2).to_numpy()
    claimed, transformed = rows["claimed"].to_numpy(), rows["transformed"].to_numpy()
    classed = rows["classed"].to_numpy(dtype=float)
    usable_class = _usable_class(model, values)
    parts = []
    for place, year in enumerate(model.years):
        steps: dict[str, NDArray[np.float64]] = {}
        left = area
        for name, kept in (
            ("lost_housing_ha", 1.0 - claimed),
            ("lost_transformation_ha", 1.0 - transformed),
            ("lost_no_class_ha", classed),
        ):
            steps[name], left = left * (1.0 - kept), left * kept
        exposure, at_once, lagged, vacate = _shares(model, values, place)
        steps["not_touched_ha"] = left * (1.0 - exposure)
        steps["not_shrunk_ha"] = left * (exposure - at_once)
        steps["waiting_ha"] = left * (at_once - lagged)
        steps["not_vacated_ha"] = left * lagged * (1.0 - vacate)
        left = left * lagged * vacate
        grid = _grid_share(model, values, year)
        names = [name.removeprefix("usable_") for name in USABLE]
        kept_shares = [np.full(len(rows), _value(model, name, values)) for name in USABLE]
        for name, kept in zip([*names, "grid", "light"], [*kept_shares, grid, usable_class], strict=True):
            steps[f"lost_{name}_ha"], left = left * (1.0 - kept), left * kept
        part = rows[["park_id", "park_name", "sub_area", "sector_id"]].assign(
            year=year,
            establishments=1,
            area_unknown=(~rows["area_known"]).astype(np.int64),
            area_ha=area,
            **{name: steps[name] for name, _ in STEPS},
            usable_ha=left,
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _value(model: ReleasedModel, name: str, values: NDArray[np.float64]) -> float:
    return float(values[0, model.quantities.position(f"released.{name}")])


def _shares(
    model: ReleasedModel, values: NDArray[np.float64], place: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give per firm: exposure, share shrunk without and with the lag, and chance to vacate."""
    found = {
        name: (
            _value(model, f"{name}.exposure", values),
            float(model.shrunk_share(name, values, lagged=False)[0, place]),
            float(model.shrunk_share(name, values)[0, place]),
            _value(model, f"{name}.vacate", values),
        )
        for name in model.sectors
    }
    columns = np.array([found[name] for name in model.firms["sector_id"]], dtype=np.float64).reshape(-1, 4)
    return columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3]


def _grid_share(model: ReleasedModel, values: NDArray[np.float64], year: int) -> NDArray[np.float64]:
    since = model.firms["grid_from"].to_numpy(dtype=float)
    full = ~np.isnan(since) & (year < since)
    return np.where(full, _value(model, "usable_grid", values), 1.0)


def _usable_class(model: ReleasedModel, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give per firm the share of its land that has category 1 or more in the mix of readings."""
    mix = model.mix(values)[0]
    total = np.zeros(len(model.firms))
    for reading in range(len(mix)):
        total = total + mix[reading] * model.firms[f"class_{reading}"].to_numpy()
    return total

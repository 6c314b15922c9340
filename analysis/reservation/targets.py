"""What is wanted: hectares per function, year and place, out of the land demand.

Per class of a function the province-wide target is its whole demand, wherever it lands. A share of a
sub-area's own demand is asked within that sub-area besides, where that demand could fill the smallest plot of
the function: what cannot carry a facility of its own is asked of the whole province only. A hectare in its
own sub-area counts towards both, so a hectare short there weighs less (``regional_weight``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.classes import PLANNED, class_of_rows, find_classes, function_of, known_names
from analysis.reservation.rulebook import load_settings
from analysis.reservation.years import plan_years
from analysis.space.demand_table import PROVINCE
from gis.errors import InputError, Problem
from layers.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.parameters import Parameters

SMALLEST_HA = 0.001
"""Less than this is no target: figures are kept to three decimals."""


def find_targets(tables: Mapping[str, Any], parameters: Parameters) -> pd.DataFrame:
    """Make the targets of a plan.

    Parameters
    ----------
    tables
        Of a release: ``land_demand`` and ``demand_bands``, and what `find_classes` asks.

    Returns
    -------
    DataFrame
        Sorted by ``target_id``: ``function`` (class), ``function_id``, ``year``, ``sub_area`` (missing: the
        whole province), ``ha`` and ``weight`` per hectare short.

    Raises
    ------
    InputError
        When a priority names an unknown function or is negative, or a year has no demand.
    """
    return targets_of(find_classes(tables, parameters), tables, parameters)


def targets_of(every_class: pd.DataFrame, tables: Mapping[str, Any], parameters: Parameters) -> pd.DataFrame:
    """Make the targets for classes that were found already; see `find_targets`."""
    settings, classes = parameters.reservation, every_class[every_class["role"] == PLANNED]
    priority = _priorities(every_class, parameters)
    years = plan_years(tables, parameters)
    demand = _demand(tables, classes, years, parameters)
    minimum = demand["function"].map(classes.set_index("function")["minimum_ha"])
    regional = demand["sub_area"] != PROVINCE
    carries = demand["ha"] >= minimum
    demand = demand.assign(
        ha=demand["ha"].where(~regional, demand["ha"] * settings.regional_share),
        weight=demand["function"].map(priority).astype(float),
    )
    demand.loc[regional, "weight"] *= load_settings()["regional_weight"]
    demand = demand[(~regional | carries) & (demand["ha"] >= SMALLEST_HA)]
    area = demand["sub_area"].astype(str)
    return pd.DataFrame(
        {
            "target_id": demand["function"] + "." + demand["year"].astype(str) + "." + area,
            "function": demand["function"].astype(object),
            "function_id": demand["function"].map(function_of).astype(object),
            "year": demand["year"].astype("int64"),
            "sub_area": demand["sub_area"].astype("string").mask(area == PROVINCE),
            "ha": demand["ha"].astype(float),
            "weight": demand["weight"],
        }
    ).sort_values("target_id", ignore_index=True)


def _priorities(classes: pd.DataFrame, parameters: Parameters) -> dict[str, float]:
    """Give the weight of each class: its own, else that of its function, else 1."""
    given, place = parameters.reservation.priorities, "parameters.reservation.priorities"
    known = known_names(classes["function"])
    problems = [
        Problem(f"the function {name!r} is not known", did_you_mean(name, known), field=place, rows=(name,))
        for name in sorted(given)
        if name not in known
    ]
    wrong = tuple(name for name, weight in sorted(given.items()) if not weight >= 0 or np.isinf(weight))
    if wrong:
        problems.append(Problem("priorities must be zero or more", "Correct them.", field=place, rows=wrong))
    if problems:
        raise InputError(*problems)
    return {name: given.get(name, given.get(function_of(name), 1.0)) for name in classes["function"]}


def _demand(
    tables: Mapping[str, Any], classes: pd.DataFrame, years: tuple[int, ...], parameters: Parameters
) -> pd.DataFrame:
    """Split the band of every function over its classes, as its variants share the land demand."""
    bands = tables["demand_bands"]
    bands = bands[bands["function_id"].isin(set(classes["function_id"])) & bands["year"].isin(years)]
    bands = bands.rename(columns={f"{parameters.reservation.band}_ha": "band_ha"})
    bands = bands[["function_id", "sub_area", "year", "band_ha"]].astype(
        {"function_id": object, "sub_area": object}
    )
    parts = _shares(tables["land_demand"], classes, parameters)
    found = bands.merge(parts, on=["function_id", "sub_area", "year"], how="inner")
    return pd.DataFrame(
        {
            "function": found["function"],
            "sub_area": found["sub_area"],
            "year": found["year"],
            "ha": found["band_ha"] * found["share"],
        }
    )


def _shares(demand: pd.DataFrame, classes: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Give the share of each class in its function, per sub-area and for the province, and year."""
    lead = demand[demand["lead"]]
    lead = pd.DataFrame(
        {
            "function_id": lead["function_id"].astype(object),
            "function": class_of_rows(lead, classes, parameters).astype(object),
            "sub_area": lead["sub_area"].astype(object),
            "year": lead["year"].astype("int64"),
            "ha": lead["net_mid_ha"].astype(float),
        }
    ).dropna(subset=["function"])
    both = pd.concat([lead, lead.assign(sub_area=PROVINCE)], ignore_index=True)
    keys = ["function_id", "sub_area", "year"]
    sums = both.groupby([*keys, "function"], sort=True)["ha"].sum().reset_index()
    total = sums.groupby(keys)["ha"].transform("sum")
    return sums.assign(share=np.where(total > 0, sums["ha"] / total.where(total > 0, 1.0), 0.0)).drop(
        columns="ha"
    )

"""Futures of demand: the scenarios and bands of the release, and draws between the bands.

Demand of a scenario is the band of the plan times what the scenario asks against the scenario of the plan,
per function and year. A draw takes every function at a place in its band; places go together, because what
drives one function (growth, building) drives others (assumption). Shares of draws are shares of the
calculations, not probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.reservation.targets import targets_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters import Parameters

PLAN: Final = "plan"
BANDS: Final = {
    "p10": ("Vraag laag (P10)", "Demand low (P10)"),
    "p90": ("Vraag hoog (P90)", "Demand high (P90)"),
}
TOGETHER: Final = 0.5
"""Correlation between the places of two functions in their bands (assumption)."""
_TENTH: Final = float(ndtri(0.9))
_MOST: Final = 2.0
"""Draws stay within two standard deviations: a band says nothing about what lies far outside it."""


@dataclass(frozen=True)
class Scenarios:
    """Demand per future.

    Attributes
    ----------
    table
        One row per future: ``scenario_id``, ``kind`` (plan, band, scenario or draw), ``label_nl``,
        ``label_en``; the plan's own demand first.
    targets
        All targets that any future has, as those of a problem, sorted by ``target_id``.
    demand
        Hectares wanted, ``(futures, targets)``.
    """

    table: pd.DataFrame
    targets: pd.DataFrame
    demand: NDArray[np.float64]

    def rows(self, *kinds: str) -> NDArray[np.int64]:
        """Give the positions of the futures of some kinds."""
        return np.flatnonzero(self.table["kind"].isin(kinds))


def scenarios_of(
    problem: ReservationProblem, tables: Mapping[str, Any], parameters: Parameters, *, draws: int
) -> Scenarios:
    """Make the futures of a plan from the tables of a release.

    Parameters
    ----------
    problem
        Functions and years of the plan; its own targets are the first future.
    tables
        With ``demand_bands``, ``land_demand``, ``reservation_functions`` and, for scenarios,
        ``demand_by_scenario``.
    draws
        How many draws between the bands.
    """
    bands = tables["demand_bands"]
    settings = parameters.reservation
    column = f"{settings.band}_ha"
    rows: list[tuple[str, str, str, str]] = [(PLAN, "plan", "Vraag van het plan", "Demand of the plan")]
    found = [problem.targets]

    def add(name: str, kind: str, labels: tuple[str, str], hectares: NDArray[np.float64]) -> None:
        rows.append((name, kind, *labels))
        with_demand = {**tables, "demand_bands": bands.assign(**{column: hectares})}
        targets = targets_of(tables["reservation_functions"], with_demand, parameters)
        known = targets["year"].isin(problem.years) & targets["function"].isin(problem.functions)
        found.append(targets[known])

    for band, labels in BANDS.items():
        if band != settings.band:
            add(f"band_{band}", "band", labels, bands[f"{band}_ha"].to_numpy(dtype=np.float64))
    own = bands[column].to_numpy(dtype=np.float64)
    for name, label, ratio in _ratios(bands, tables.get("demand_by_scenario")):
        add(f"scenario_{name}", "scenario", (label, name), own * ratio)
    places = _places(bands, draws, settings.seed)
    for number, place in enumerate(places, start=1):
        labels = (f"Doorrekening {number}", f"Calculation {number}")
        add(f"draw_{number:03d}", "draw", labels, at_place(bands, place))
    table = pd.DataFrame(rows, columns=["scenario_id", "kind", "label_nl", "label_en"])
    targets = pd.concat(found).drop_duplicates("target_id").sort_values("target_id", ignore_index=True)
    ids = pd.Index(targets["target_id"])
    demand = np.zeros((len(found), len(ids)))
    for row, each in zip(demand, found, strict=True):
        row[ids.get_indexer(pd.Index(each["target_id"]))] = each["ha"].to_numpy(dtype=np.float64)
    return Scenarios(table, targets, demand)


def at_place(bands: pd.DataFrame, place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give hectares at a place in each band, straight between and beyond P10, P50 and P90.

    Parameters
    ----------
    bands
        With ``p10_ha``, ``p50_ha`` and ``p90_ha``.
    place
        In standard deviations from the middle, per row.
    """
    low, mid, high = (bands[f"{name}_ha"].to_numpy(dtype=np.float64) for name in ("p10", "p50", "p90"))
    steps = np.clip(place, -_MOST, _MOST) / _TENTH
    return np.asarray(np.maximum(mid + np.where(steps < 0, mid - low, high - mid) * steps, 0.0))


def _places(bands: pd.DataFrame, draws: int, seed: int) -> NDArray[np.float64]:
    """Draw the place of each function in its bands, alike in all years and sub-areas, ``(draws, rows)``."""
    functions, position = np.unique(bands["function_id"].astype(str).to_numpy(), return_inverse=True)
    places = np.empty((draws, len(functions)))
    for row, child in zip(places, np.random.SeedSequence(seed).spawn(draws), strict=True):
        generator = np.random.default_rng(child)
        common = generator.standard_normal()
        row[:] = np.sqrt(TOGETHER) * common + np.sqrt(1.0 - TOGETHER) * generator.standard_normal(
            len(functions)
        )
    return places[:, position]


def _ratios(
    bands: pd.DataFrame, scenarios: pd.DataFrame | None
) -> list[tuple[str, str, NDArray[np.float64]]]:
    """Give each other scenario with its demand against that of the chosen one, per row of the bands."""
    if scenarios is None or not len(scenarios):
        return []
    keys = ["function_id", "year"]
    chosen = scenarios[scenarios["chosen"] == "yes"].set_index(keys)["net_mid_ha"].astype(float)
    rows = pd.MultiIndex.from_frame(bands[keys].astype({"function_id": object, "year": "int64"}))
    base = chosen.reindex(rows).to_numpy(dtype=np.float64)
    found = []
    for name, part in scenarios[scenarios["chosen"] != "yes"].groupby("scenario_id", sort=True):
        own = part.set_index(keys)["net_mid_ha"].astype(float).reindex(rows).to_numpy(dtype=np.float64)
        # where the chosen scenario asks nothing there is nothing to scale
        ratio = np.divide(own, base, out=np.ones(len(base)), where=(base > 0) & ~np.isnan(own))
        found.append((str(name), str(part["scenario_nl"].iloc[0]), ratio))
    return found

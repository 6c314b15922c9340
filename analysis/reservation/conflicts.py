"""Housing plans and reservations in each other's way, both ways round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.assemble import problem_of
from analysis.reservation.model import build_model, priced_model
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.shortage import short_in_year
from analysis.solving.highs import solve_lp
from layers.dutch import hectares_nl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters import Parameters

NOISE = 1e-6
"""Hectares that a solver may leave between two equal answers."""
PLAN_COLUMNS = (
    "plan_id",
    "name",
    "phase",
    "dwellings",
    "sites",
    "site_ids",
    "blocked_ha",
    "reserved_ha",
    "short_ha",
    "text_nl",
)
SITE_COLUMNS = ("site_id", "function", "from_year", "people", "plans", "dwellings")


def find_conflicts(
    problem: ReservationProblem,
    start: NDArray[np.int64],
    tables: Mapping[str, Any],
    parameters: Parameters,
) -> dict[str, pd.DataFrame]:
    """Tell per housing plan what it blocks, and per reservation which homes it hinders.

    Parameters
    ----------
    start
        The plan, per pair the position of its year.
    tables
        Of a release that holds the candidates.

    Returns
    -------
    dict
        ``plan_conflicts``: per housing plan that meets any eligible site the sites and hectares (each site
        once, its largest), the hectares that the plan reserves there, and how many hectares more run short
        when it goes ahead than when it gives way, by the linear relaxation of the shortage: an indication.
        ``reservation_conflicts``: per chosen pair the people within the distance of its category and the
        dwellings of the housing plans within it.
    """
    return {
        "plan_conflicts": _plans(problem, start, tables, parameters),
        "reservation_conflicts": _sites(problem, start, tables),
    }


def _plans(
    problem: ReservationProblem,
    start: NDArray[np.int64],
    tables: Mapping[str, Any],
    parameters: Parameters,
) -> pd.DataFrame:
    layer = tables.get("housing_plans")
    if layer is None:
        return pd.DataFrame(columns=list(PLAN_COLUMNS))
    met = _met(tables["reservation_candidates"], problem.years[-1])
    chosen = _chosen(problem, start)
    rows = []
    for plan in layer.sort_values("plan_id").to_dict("records"):
        name = str(plan["plan_id"])
        here = met[met["plan_id"] == name]
        if here.empty:
            continue
        sizes = here.groupby("site_id")["capacity_ha"].max()
        sites = sorted(str(site) for site in sizes.index)
        short = _short(layer, name, tables, parameters)
        pairs = zip(here["site_id"].astype(str), here["function"].astype(str), strict=True)
        reserved = float(here["capacity_ha"][[pair in chosen for pair in pairs]].sum())
        rows.append(
            {
                "plan_id": name,
                "name": plan["name"],
                "phase": plan["phase"],
                "dwellings": plan["dwellings"],
                "sites": len(sites),
                "site_ids": ";".join(sites),
                "blocked_ha": float(sizes.sum()),
                "reserved_ha": reserved,
                "short_ha": short,
                "text_nl": _sentence(len(sites), float(sizes.sum()), reserved, short),
            }
        )
    return pd.DataFrame(rows, columns=list(PLAN_COLUMNS))


def _chosen(problem: ReservationProblem, start: NDArray[np.int64]) -> set[tuple[str, str]]:
    names = problem.sites["site_id"].to_numpy()
    return {
        (str(names[problem.site[pair]]), problem.functions[problem.function[pair]])
        for pair in np.flatnonzero(start != NOT_CHOSEN).tolist()
    }


def _met(candidates: pd.DataFrame, year: int) -> pd.DataFrame:
    """Give the pairs whose land fits and that a housing plan meets: a row per pair and plan."""
    rows = candidates[
        (candidates["year"] == year) & candidates["plans"].notna() & (candidates["capacity_ha"] > 0)
    ]
    rows = rows[["site_id", "function", "plans", "capacity_ha"]]
    return rows.assign(plan_id=rows["plans"].astype(str).str.split(";")).explode("plan_id")


def _short(layer: pd.DataFrame, name: str, tables: Mapping[str, Any], parameters: Parameters) -> float:
    """Give the hectares that run short when a plan goes ahead, against when it gives way."""
    this = layer["plan_id"].astype(str) == name
    ahead = layer.assign(phase=layer["phase"].where(~this, "hard"))
    gone = layer[~this]
    one = problem_of({**tables, "housing_plans": ahead}, parameters)
    other = problem_of({**tables, "housing_plans": gone}, parameters)
    short, less = _relaxed(one), _relaxed(other)
    most = max(short_in_year(one, short, year) - short_in_year(other, less, year) for year in one.years)
    return most if most > NOISE else 0.0


def _relaxed(problem: ReservationProblem) -> NDArray[np.float64]:
    reservation = build_model(problem, openings=False)
    relaxed = solve_lp(priced_model(reservation, {"shortage": 1.0}))
    return np.asarray(relaxed.values[reservation.shortage])


def _sites(problem: ReservationProblem, start: NDArray[np.int64], tables: Mapping[str, Any]) -> pd.DataFrame:
    candidates = tables["reservation_candidates"]
    last = candidates[candidates["year"] == problem.years[-1]].set_index(["site_id", "function"])["plans"]
    rows = []
    for pair in np.flatnonzero(start != NOT_CHOSEN).tolist():
        site = str(problem.sites["site_id"].iloc[problem.site[pair]])
        function = problem.functions[problem.function[pair]]
        rows.append(
            {
                "site_id": site,
                "function": function,
                "from_year": problem.years[start[pair]],
                "people": float(problem.people[pair]),
                "plans": last.get((site, function)),
                "dwellings": float(problem.conflict[pair]),
            }
        )
    return pd.DataFrame(rows, columns=list(SITE_COLUMNS))


def _sentence(sites: int, blocked: float, reserved: float, short: float) -> str:
    where = "1 plek" if sites == 1 else f"{sites} plekken"
    kept = f", waarvan {hectares_nl(reserved)} in het plan staat" if reserved > 0 else ""
    cost = (
        f"Gaat het door, dan komt de provincie ongeveer {hectares_nl(short)} meer tekort."
        if short > 0.05  # noqa: PLR2004 half of the last digit shown
        else "Gaat het door, dan wordt het tekort niet merkbaar groter."
    )
    return f"Het plan raakt {where} met samen {hectares_nl(blocked)}{kept}. {cost}"

"""A plan as tables, and back: what is reserved, what each aim reached, what each target got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.problem import NOT_CHOSEN, AimOutcome, Plan
from analysis.reservation.reached import TargetPairs, blocked_by, shortage_of
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters_reservation import ReservationParameters

PROPOSAL = "proposal"
"""Name of the plan that the parameters ask for; others are alternatives."""
THREADS = 1
AIM_WORDS = {
    "shortage": ("Tekort (gewogen)", "Shortage (weighted)", "ha"),
    "people": ("Mensen en woningbouw", "People and housing", "inhabitants"),
    "suitability": (
        "Hectares maal wat aan geschiktheid ontbreekt",
        "Hectares times lack of suitability",
        "ha",
    ),
    "compactness": ("Terreinen geopend, per functie", "Parks opened, per function", "parks"),
}


def plan_tables(
    problem: ReservationProblem,
    plan: Plan,
    parameters: ReservationParameters,
    *,
    name: str = PROPOSAL,
) -> dict[str, pd.DataFrame]:
    """Write a plan as tables.

    Returns
    -------
    dict of DataFrame
        ``reservation_plan`` (one row per reservation), ``plan_aims``, ``plan_targets`` and ``plan_housing``.
    """
    return {
        "reservation_plan": _reservations(problem, plan, name),
        "plan_aims": _aims(plan, parameters, name),
        "plan_targets": _targets(problem, plan, name),
        "plan_housing": _housing(problem, plan, name),
    }


def read_plan(problem: ReservationProblem, tables: Mapping[str, Any], *, name: str = PROPOSAL) -> Plan:
    """Make a plan again out of the tables of a release.

    Shortages and housing plans that give way follow from the reservations.

    Raises
    ------
    InputError
        When a reservation is no pair of the problem: the release belongs to other parameters.
    """
    rows = tables["reservation_plan"]
    rows = rows[rows["plan"] == name]
    sites = {str(site): at for at, site in enumerate(problem.sites["site_id"])}
    functions = {function: at for at, function in enumerate(problem.functions)}
    place = {
        (int(site), int(function)): pair
        for pair, (site, function) in enumerate(zip(problem.site, problem.function, strict=True))
    }
    start = np.full(problem.pairs, NOT_CHOSEN, dtype=np.int64)
    strange: list[str] = []
    for row in rows.to_dict("records"):
        site, function = str(row["site_id"]), str(row["function"])
        pair = place.get((sites.get(site, -1), functions.get(function, -1)))
        if pair is None or int(row["from_year"]) not in problem.years:
            strange.append(f"{site}={function}")
        else:
            start[pair] = problem.years.index(int(row["from_year"]))
    if strange:
        raise InputError(
            Problem(
                "the plan holds reservations that are not eligible under these parameters",
                "Make the plan again.",
                layer="reservation_plan",
                rows=tuple(strange),
            )
        )
    aims = tables["plan_aims"]
    aims = aims[aims["plan"] == name].sort_values("rank")
    outcomes = tuple(
        AimOutcome(
            name=str(row["aim"]),
            value=float(row["value"]),
            bound=float(row["bound"]),
            gap=float(row["gap"]),
            status=str(row["status"]),
            tolerance=float(row["tolerance"]),
            final=float(row["final"]),
        )
        for row in aims.to_dict("records")
    )
    solver = str(aims["solver"].iloc[0]) if len(aims) else ""
    return Plan(start, shortage_of(problem, start), blocked_by(problem, start), outcomes, solver)


def _reservations(problem: ReservationProblem, plan: Plan, name: str) -> pd.DataFrame:
    pairs = np.flatnonzero(plan.start != NOT_CHOSEN)
    sites = problem.sites.iloc[problem.site[pairs]].reset_index(drop=True)
    years = np.array(problem.years, dtype=np.int64)[plan.start[pairs]]
    locked = np.isin(pairs, problem.locked_in[:, 0]) if len(problem.locked_in) else np.zeros(len(pairs), bool)
    return pd.DataFrame(
        {
            "plan": pd.Series([name] * len(pairs), dtype=object),
            "site_id": sites["site_id"].astype(str),
            "function": pd.Series([problem.functions[at] for at in problem.function[pairs]], dtype=object),
            "from_year": pd.Series(years, dtype="Int64"),
            "park_id": sites["park_id"],
            "park_name": sites["park_name"],
            "municipality_code": sites["municipality_code"],
            "sub_area": sites["sub_area"],
            "first_ha": problem.capacity[pairs, plan.start[pairs]],
            "last_ha": problem.capacity[pairs, -1],
            "suitability": problem.suitability[pairs],
            "people": problem.people[pairs],
            "conflict": problem.conflict[pairs],
            "certain": problem.certain[pairs],
            "locked_in": locked,
        }
    )


def _aims(plan: Plan, parameters: ReservationParameters, name: str) -> pd.DataFrame:
    rows = []
    for rank, aim in enumerate(plan.aims, start=1):
        label_nl, label_en, unit = AIM_WORDS[aim.name]
        rows.append(
            {
                "plan": name,
                "rank": rank,
                "aim": aim.name,
                "label_nl": label_nl,
                "label_en": label_en,
                "unit": unit,
                "value": aim.value,
                "bound": aim.bound,
                "gap": aim.gap,
                "status": aim.status,
                "tolerance": aim.tolerance,
                "final": aim.final,
                "solver": plan.solver,
                "asked_gap": parameters.gap,
                "nodes": parameters.nodes,
                "seconds": parameters.seconds,
                "seed": parameters.seed,
                "threads": THREADS,
            }
        )
    columns = [
        *(
            "plan",
            "rank",
            "aim",
            "label_nl",
            "label_en",
            "unit",
            "value",
            "bound",
            "gap",
            "status",
            "tolerance",
        ),
        *("final", "solver", "asked_gap", "nodes", "seconds", "seed", "threads"),
    ]
    table = pd.DataFrame(rows, columns=columns)
    numbers = dict.fromkeys(
        ("value", "bound", "gap", "tolerance", "final", "asked_gap", "seconds"), "float64"
    )
    whole = dict.fromkeys(("rank", "nodes", "seed", "threads"), "Int64")
    return table.astype({**numbers, **whole})


def _targets(problem: ReservationProblem, plan: Plan, name: str) -> pd.DataFrame:
    targets = problem.targets.reset_index(drop=True)
    by_target = TargetPairs(problem, np.flatnonzero(plan.start != NOT_CHOSEN))
    got = np.zeros(len(targets))
    for at in range(len(targets)):
        pairs, year = by_target.of(at)
        got[at] = problem.capacity[pairs, year][plan.start[pairs] <= year].sum()
    return pd.DataFrame(
        {
            "plan": pd.Series([name] * len(targets), dtype=object),
            "target_id": targets["target_id"].astype(str),
            "function": targets["function"].astype(str),
            "sub_area": targets["sub_area"],
            "year": targets["year"].astype("Int64"),
            "wanted_ha": targets["ha"].astype("float64"),
            "got_ha": got,
            "short_ha": plan.shortage,
            "weight": targets["weight"].astype("float64"),
        }
    )


def _housing(problem: ReservationProblem, plan: Plan, name: str) -> pd.DataFrame:
    table = problem.plans.reindex(columns=["plan_id", "dwellings", "price"]).reset_index(drop=True)
    return pd.DataFrame(
        {
            "plan": pd.Series([name] * len(table), dtype=object),
            "plan_id": table["plan_id"].astype(object),
            "dwellings": table["dwellings"].astype("float64"),
            "price_ha": table["price"].astype("float64").replace(np.inf, np.nan),
            "gives_way": pd.Series(plan.blocked_plans, dtype=bool),
        }
    )

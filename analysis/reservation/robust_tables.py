"""What the robustness of a plan says, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analysis.reservation.labels import label_sites
from analysis.reservation.portfolio import sites_of
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.regret import tail_mean
from analysis.reservation.replacement import ROUNDING
from analysis.reservation.rulebook import CRITERIA
from analysis.reservation.smaa import NONE, monte_carlo_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.futures import Robust
    from analysis.reservation.portfolio import Portfolio
    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.reservation.replacement import Replacement
    from analysis.reservation.scenarios import Scenarios
    from analysis.reservation.smaa import Acceptance
    from layers.parameters_reservation import ReservationParameters

AIMS: Final = ("shortage", "people", "suitability", "compactness")
WEIGHT: Final = "weight_"
"""Columns of weights start with this and end in the name of the criterion."""


def draws_table(accepted: Acceptance, plan: Plan) -> pd.DataFrame:
    """Give the draws of weights, each with what was proven and how much of the plan it changes."""
    problem = accepted.problem
    own = sites_of(problem, plan.start)
    chosen = np.zeros((len(accepted.chosen), len(problem.sites)), dtype=bool)
    for row, pairs in zip(chosen, accepted.chosen, strict=True):
        row[problem.site[pairs]] = True
    kept = (chosen & own).sum(axis=1) / max(1, int(own.sum()))
    table = pd.DataFrame(
        {
            "draw": np.arange(1, len(chosen) + 1),
            "objective": accepted.objective,
            "bound": accepted.bound,
            "gap": accepted.gap,
            "status": np.array(accepted.status, dtype=object),
            "kept_share": kept,
        }
    )
    return table.assign(**_weights(accepted.draws.criteria, accepted.draws.values))


def acceptability_table(accepted: Acceptance, plan: Plan) -> pd.DataFrame:
    """Give the acceptability of every choice; per site the choices and ``none`` add up to one."""
    problem, draws = accepted.problem, len(accepted.chosen)
    share, central = accepted.share(), accepted.central_weights()
    shown = np.flatnonzero((share > 0) | plan.chosen)
    sites = problem.sites["site_id"].astype(str).to_numpy(dtype=object)
    functions = np.array(problem.functions, dtype=object)
    pairs = pd.DataFrame(
        {
            "site_id": sites[problem.site[shown]],
            "function": functions[problem.function[shown]],
            "acceptability": share[shown],
            "in_plan": plan.chosen[shown],
        }
    )
    pairs = pairs.assign(**_weights(accepted.draws.criteria, central[shown]))
    eligible = np.unique(problem.site)
    chosen = np.zeros(len(problem.sites), dtype=bool)
    chosen[problem.site[plan.chosen]] = True
    counts = np.zeros(len(problem.sites), dtype=np.int64)
    np.add.at(counts, problem.site, accepted.chosen.sum(axis=0, dtype=np.int64))
    none = pd.DataFrame(
        {
            "site_id": sites[eligible],
            "function": NONE,
            "acceptability": (draws - counts[eligible]) / draws,
            "in_plan": ~chosen[eligible],
        }
    )
    table = pd.concat([pairs, none], ignore_index=True)
    table.insert(3, "error", monte_carlo_error(table["acceptability"].to_numpy(dtype=np.float64), draws))
    return table.sort_values(["site_id", "function"], ignore_index=True)


def regret_table(
    scenarios: Scenarios,
    found: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64], tuple[Robust, ...]]],
) -> pd.DataFrame:
    """Give shortage and regret of each plan in each future beside the best that the future allows."""
    names = ["scenario_id", "kind", "label_nl", "label_en"]
    parts = []
    for rows, bound, plans in found.values():
        for each in plans:
            part = scenarios.table[names].iloc[rows].reset_index(drop=True)
            parts.append(
                part.assign(plan_id=each.name, best_ha=bound, shortage_ha=each.value, regret_ha=each.regret)
            )
    table = pd.concat(parts, ignore_index=True)
    table = table[["plan_id", *names, "best_ha", "shortage_ha", "regret_ha"]]
    return table.sort_values(["plan_id", "scenario_id"], ignore_index=True)


def futures_table(
    problem: ReservationProblem,
    plan: Plan,
    found: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64], tuple[Robust, ...]]],
    tail: float,
) -> pd.DataFrame:
    """Give per plan and set of futures the largest, mean and worst regret, and what is proven."""
    own = sites_of(problem, plan.start)
    rows = []
    for name, (_, _, plans) in found.items():
        for each in plans:
            sites = [sites_of(problem, start) for start in each.starts]
            rows.append(
                {
                    "plan_id": each.name,
                    "futures": name,
                    "count": len(each.regret),
                    "largest_regret_ha": float(each.regret.max()),
                    "mean_regret_ha": float(each.regret.mean()),
                    "tail_regret_ha": tail_mean(each.regret, tail),
                    "least_ha": each.least,
                    "gap_ha": each.gap,
                    "sites": round(float(np.mean([chosen.sum() for chosen in sites]))),
                    "sites_first_year": int(
                        sites_of(problem, np.where(each.starts[0] == 0, 0, NOT_CHOSEN)).sum()
                    ),
                    "other_sites": round(float(np.mean([(chosen & ~own).sum() for chosen in sites]))),
                    "later_years_differ": len(each.starts) > 1,
                }
            )
    return pd.DataFrame(rows).sort_values(["futures", "plan_id"], ignore_index=True)


def portfolio_table(portfolio: Portfolio, parameters: ReservationParameters) -> pd.DataFrame:
    """Give the plans that are nearly as good: what they reach, what that loses, and how much they differ."""
    between = portfolio.distance()
    count = len(between)
    far = between + np.where(np.eye(count, dtype=bool), np.inf, 0.0)
    table = pd.DataFrame(
        {
            "alternative_id": ["plan", *(f"portfolio_{number}" for number in range(1, count))],
            "sites": portfolio.sites().sum(axis=1),
            "distance_to_plan": between[:, 0],
            "least_distance": np.where(
                count > 1,
                np.where(np.isinf(far), np.nan, far).min(axis=1, initial=np.inf, where=~np.isinf(far)),
                np.nan,
            ),
            "asked_distance": parameters.portfolio_distance,
            "asked_loss": parameters.portfolio_loss,
            "asked": parameters.portfolio + 1,
            "found": count,
        }
    )
    for aim in AIMS:
        # an aim that the council did not set has no value and no most
        table[aim] = portfolio.values.get(aim, np.full(count, np.nan))
        table[f"{aim}_most"] = portfolio.caps.get(aim, np.nan)
    return table


def choices_table(problem: ReservationProblem, choices: Mapping[str, NDArray[np.int64]]) -> pd.DataFrame:
    """Give what every alternative reserves: site, function and year."""
    sites = problem.sites["site_id"].astype(str).to_numpy(dtype=object)
    functions, years = np.array(problem.functions, dtype=object), np.array(problem.years)
    parts = []
    for name, start in choices.items():
        pair = np.flatnonzero(start != NOT_CHOSEN)
        parts.append(
            pd.DataFrame(
                {
                    "alternative_id": name,
                    "site_id": sites[problem.site[pair]],
                    "function": functions[problem.function[pair]],
                    "from_year": years[start[pair]],
                }
            )
        )
    empty = pd.DataFrame(columns=["alternative_id", "site_id", "function", "from_year"])
    table = pd.concat(parts, ignore_index=True) if parts else empty
    return table.sort_values(["alternative_id", "site_id"], ignore_index=True)


def replacement_table(problem: ReservationProblem, replaced: Sequence[Replacement]) -> pd.DataFrame:
    """Give the replacement cost per chosen site; infinite is a word, its hectares are missing."""
    sites = problem.sites["site_id"].astype(str).to_numpy(dtype=object)
    rows = [
        {
            "site_id": sites[each.site],
            "function": problem.functions[problem.function[each.pair]],
            "basis": each.basis,
            "verdict": verdict_of(each),
            "cost_ha": _finite(each.value),
            "low_ha": _finite(each.low),
            "high_ha": _finite(each.high),
            "unweighted_ha": _finite(each.hectares),
            "people": _finite(each.people),
            "bare_ha": each.bare,
            "fills_in": ";".join(sites[list(each.fills_in)]) or None,
        }
        for each in replaced
    ]
    columns = ["site_id", "function", "basis", "verdict", "cost_ha", "low_ha", "high_ha", "unweighted_ha"]
    return pd.DataFrame(rows, columns=[*columns, "people", "bare_ha", "fills_in"])


def verdict_of(each: Replacement) -> str:
    """Say how far a site is replaced: ``infinite``, ``nothing``, ``partly``, ``wholly`` or a ``bracket``."""
    if np.isinf(each.value) or np.isinf(each.low):
        return "infinite"
    if np.isnan(each.value):
        return "bracket"
    if each.value <= ROUNDING:
        return "wholly"
    return "nothing" if each.value >= each.bare - ROUNDING else "partly"


def labels_table(
    plan: Plan,
    accepted: Acceptance,
    portfolio: Portfolio,
    own: NDArray[np.int64],
    replaced: Sequence[Replacement],
) -> pd.DataFrame:
    """Give one label per site that the plan or any alternative chooses, with what it rests on."""
    problem = accepted.problem
    in_plan = sites_of(problem, plan.start)
    scenarios = np.array([sites_of(problem, start) for start in own]).mean(axis=0)
    cost = np.full(len(problem.sites), np.nan)
    for each in replaced:
        cost[each.site] = each.low if np.isnan(each.value) else each.value
    evidence = {
        "acceptability": accepted.site_share(),
        "portfolio": portfolio.share(),
        "scenarios": scenarios,
        "replacement_ha": cost,
    }
    labels = label_sites(evidence)
    table = pd.DataFrame(
        {
            "site_id": problem.sites["site_id"].astype(str).to_numpy(dtype=object),
            "park_id": problem.sites["park_id"].to_numpy(dtype=object),
            "in_plan": in_plan,
            "acceptability": evidence["acceptability"],
            "error": monte_carlo_error(evidence["acceptability"], len(accepted.chosen)),
            "portfolio_share": evidence["portfolio"],
            "scenario_share": evidence["scenarios"],
            "replacement_ha": np.where(np.isinf(cost), np.nan, cost),
            "irreplaceable": np.isinf(cost),
        }
    )
    table = pd.concat([table, labels], axis=1)
    seen = in_plan | (accepted.site_share() > 0) | (portfolio.share() > 0) | (scenarios > 0)
    return pd.DataFrame(table[seen]).sort_values("site_id", ignore_index=True)


def _weights(criteria: Sequence[str], values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Give a column per criterion; one that is not weighed is zero."""
    zero = np.where(np.isnan(values[:, 0]), np.nan, 0.0)
    return {
        f"{WEIGHT}{name}": values[:, criteria.index(name)] if name in criteria else zero for name in CRITERIA
    }


def _finite(value: float) -> float:
    return value if np.isfinite(value) else float("nan")

"""What must hold before a plan is made; everything wrong is named at once, with the ids."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.reservation.problem import ReservationProblem

SCOPE_COLUMNS = {"municipality": "municipality_code", "sub_area": "sub_area", "park": "park_id"}
SMALL = 1e-9
FILE = "project file"


def check_problem(
    problem: ReservationProblem,
    *,
    lock_in: Iterable[tuple[str, str]] = (),
    lock_out: Iterable[tuple[str, str | None]] = (),
    weights: Mapping[str, float] | None = None,
    aims: Sequence[str] | None = None,
) -> None:
    """Refuse a problem that no plan can be made of.

    Parameters
    ----------
    lock_in
        Site and function that were asked to be locked in, after parks were written out to sites.
    lock_out
        Site, and function or None for all, that were asked to be locked out.
    weights
        Weights of suitability by criterion.
    aims
        In the order in which they are served; not looked at when not given.

    Raises
    ------
    InputError
        With every problem found.
    ValueError
        When the arrays are not as `ReservationProblem` describes them: a defect of ours.
    """
    _check_arrays(problem)
    problems = [
        *_weight_problems(problem, weights),
        *_aim_problems(aims),
        *_target_problems(problem),
        *_ceiling_problems(problem),
        *_lock_problems(problem, tuple(lock_in), tuple(lock_out)),
    ]
    if not problem.pairs or not (problem.capacity > 0).any():
        wanted = sorted({str(name) for name in problem.targets["function"]})
        problems.append(
            Problem(
                "no site is eligible for any function",
                "Look in the candidates at which rules say no, or add sites.",
                layer="reservation_candidates",
                rows=tuple(wanted),
            )
        )
    if problems:
        raise InputError(*problems)


def _check_arrays(problem: ReservationProblem) -> None:
    """Refuse arrays that are out of order; who assembles them is to blame, not who gives input."""
    pairs, sites = problem.pairs, len(problem.sites)
    order = problem.site * max(len(problem.functions), 1) + problem.function
    defects = {
        "sites are not sorted by id": not problem.sites["site_id"].is_monotonic_increasing,
        "a site stands twice": not problem.sites["site_id"].is_unique,
        "functions are not sorted": list(problem.functions) != sorted(set(problem.functions)),
        "years do not rise": list(problem.years) != sorted(set(problem.years)),
        "pairs are not sorted, or one stands twice": bool((np.diff(order) <= 0).any()),
        "a pair names no site": bool(pairs and not (0 <= problem.site.min() <= problem.site.max() < sites)),
        "capacity has another shape": problem.capacity.shape != (pairs, len(problem.years)),
        "capacity is negative or not a number": not bool((problem.capacity >= 0).all()),
        "capacity falls over the years": bool((np.diff(problem.capacity, axis=1) < -SMALL).any()),
        "suitability is outside 0 to 1": not bool(
            ((problem.suitability >= 0) & (problem.suitability <= 1)).all()
        ),
        "people or conflict is negative or not a number": not bool(
            ((problem.people >= 0) & (problem.conflict >= 0)).all()
        ),
        "targets are not sorted by id": not problem.targets["target_id"].is_monotonic_increasing,
        "a function has no minimum cluster": len(problem.min_cluster) not in {0, len(problem.functions)},
    }
    wrong = [name for name, is_wrong in defects.items() if is_wrong]
    if wrong:
        raise ValueError("; ".join(wrong))


def _weight_problems(problem: ReservationProblem, weights: Mapping[str, float] | None) -> list[Problem]:
    found: list[Problem] = []
    if weights is not None:
        negative = sorted(name for name, weight in weights.items() if not weight >= 0)
        if negative:
            found.append(
                Problem(
                    "weights are negative", "Give 0 or more.", FILE, field="weights", rows=tuple(negative)
                )
            )
        elif not any(weight > 0 for weight in weights.values()):
            found.append(
                Problem(
                    "all weights are zero",
                    "Give at least one criterion a weight.",
                    FILE,
                    field="weights",
                    rows=tuple(sorted(weights)),
                )
            )
    weight = problem.targets["weight"].to_numpy(dtype=np.float64)
    names = problem.targets["function"].astype(str).to_numpy(dtype=object)
    if not (weight >= 0).all():
        rows = tuple(sorted(set(names[~(weight >= 0)])))
        found.append(
            Problem("priorities are negative", "Give 0 or more.", FILE, field="priorities", rows=rows)
        )
    elif len(weight) and not (weight > 0).any():
        rows = tuple(sorted(set(names)))
        found.append(
            Problem(
                "all priorities are zero",
                "Give one function a priority.",
                FILE,
                field="priorities",
                rows=rows,
            )
        )
    return found


def _aim_problems(aims: Sequence[str] | None) -> list[Problem]:
    if aims is None:
        return []
    if not aims:
        return [Problem("the plan has no aim", "Name at least one aim.", FILE, field="aims")]
    twice = tuple(name for name, times in Counter(aims).items() if times > 1)
    if not twice:
        return []
    return [Problem("an aim stands twice", "Name each aim once.", FILE, field="aims", rows=twice)]


def _target_problems(problem: ReservationProblem) -> list[Problem]:
    found: list[Problem] = []
    targets = problem.targets
    unknown = sorted(set(targets["function"].astype(str)) - set(problem.functions))
    if unknown:
        found.append(
            Problem(
                "demand for functions that are not known",
                "Take them out, or add them to the functions.",
                layer="land_demand",
                field="function",
                rows=tuple(unknown),
            )
        )
    years = ~targets["year"].isin(problem.years)
    amounts = ~(targets["ha"] >= 0) | ~np.isfinite(targets["ha"].astype(float))
    for wrong, message, repair in (
        (years, "demand for a year that the plan has not", "Add the year to the years of the plan."),
        (amounts, "demand that is no number of hectares", "Give 0 or more."),
    ):
        if wrong.any():
            rows = tuple(targets.loc[wrong, "target_id"].astype(str))
            found.append(Problem(message, repair, layer="reservation_targets", rows=rows))
    return found


def _ceiling_problems(problem: ReservationProblem) -> list[Problem]:
    table = problem.ceilings
    wrong: dict[str, str] = {}
    for row in table.to_dict("records"):
        if row["scope"] not in SCOPE_COLUMNS:
            wrong[str(row["ceiling_id"])] = "has a kind of area that is not known"
        elif not pd.isna(row["function"]) and row["function"] not in problem.functions:
            wrong[str(row["ceiling_id"])] = "names a function that is not known"
        elif int(row["year"]) not in problem.years:
            wrong[str(row["ceiling_id"])] = "names a year that the plan has not"
        elif not row["ha"] >= 0:
            wrong[str(row["ceiling_id"])] = "is no number of hectares"
    return [
        Problem(
            f"a maximum {reason}",
            "Correct it or take it out.",
            FILE,
            field="municipality_max_ha",
            rows=tuple(name for name, other in wrong.items() if other == reason),
        )
        for reason in sorted(set(wrong.values()))
    ]


def _lock_problems(
    problem: ReservationProblem,
    lock_in: tuple[tuple[str, str], ...],
    lock_out: tuple[tuple[str, str | None], ...],
) -> list[Problem]:
    sites = problem.sites["site_id"].astype(str).tolist()
    eligible = {
        (sites[site], problem.functions[function])
        for site, function in zip(problem.site, problem.function, strict=True)
    }
    wanted = list(dict.fromkeys([*lock_in, *_locked_pairs(problem)]))
    outside = {(site, function) for site, function in lock_out if function is not None}
    shut = {site for site, function in lock_out if function is None}
    both = [pair for pair in wanted if pair in outside or pair[0] in shut]
    unfit = [pair for pair in wanted if pair not in eligible and pair not in both]
    times = Counter(site for site, _ in wanted)
    double = [pair for pair in wanted if times[pair[0]] > 1]
    found = [
        Problem(message, repair, FILE, field="lock_in", rows=tuple(sorted(f"{a}={b}" for a, b in pairs)))
        for pairs, message, repair in (
            (both, "locked in and locked out at the same time", "Take one of the two out."),
            (
                unfit,
                "locked in but not eligible",
                "See which rule says no with why-not, or take the lock out.",
            ),
            (double, "two functions are locked in on one site", "Keep one of them."),
        )
        if pairs
    ]
    return [*found, *_late_locks(problem), *_locks_against_rules(problem)]


def _locked_pairs(problem: ReservationProblem) -> list[tuple[str, str]]:
    return [_name(problem, int(pair)) for pair, _ in problem.locked_in]


def _name(problem: ReservationProblem, pair: int) -> tuple[str, str]:
    site = str(problem.sites["site_id"].iloc[int(problem.site[pair])])
    return site, problem.functions[int(problem.function[pair])]


def _late_locks(problem: ReservationProblem) -> list[Problem]:
    late = [
        (*_name(problem, int(pair)), problem.years[int(year)])
        for pair, year in problem.locked_in
        if problem.capacity[pair, year] <= 0
    ]
    if not late:
        return []
    return [
        Problem(
            "locked in before the site is available",
            "Lock it in from a later year.",
            FILE,
            field="lock_in",
            rows=tuple(sorted(f"{site}={function} ({year})" for site, function, year in late)),
        )
    ]


def _locks_against_rules(problem: ReservationProblem) -> list[Problem]:
    """Name the locks that no plan can hold beside a rule."""
    pairs = [int(pair) for pair, _ in problem.locked_in]
    names = {pair: "=".join(_name(problem, pair)) for pair in pairs}
    on_site = {int(problem.site[pair]): pair for pair in pairs}
    beside: set[int] = set()
    for u, v in problem.neighbours:
        for loud, still in (
            (on_site.get(int(u)), on_site.get(int(v))),
            (on_site.get(int(v)), on_site.get(int(u))),
        ):
            if loud is None or still is None:
                continue
            if problem.function[loud] in problem.noisy and problem.function[still] in problem.quiet:
                beside |= {loud, still}
    goes_ahead: set[int] = set()
    if len(problem.plans):
        goes_ahead = set(np.flatnonzero(~np.isfinite(problem.plans["price"].astype(float))).tolist())
    housing = {int(pair) for plan, pair in problem.plan_pairs if int(plan) in goes_ahead} & set(pairs)
    over = _locks_over_shares(problem, pairs)
    return [
        Problem(message, repair, FILE, field="lock_in", rows=tuple(sorted(names[pair] for pair in wrong)))
        for wrong, message, repair in (
            (beside, "locked in as neighbours, one noisy and one quiet", "Take one of the two out."),
            (housing, "locked in where a housing plan goes ahead", "Take the lock out, or price the plan."),
            (over, "locked in beyond what is kept for others", "Raise the kept share, or take a lock out."),
        )
        if wrong
    ]


def _locks_over_shares(problem: ReservationProblem, pairs: Sequence[int]) -> set[int]:
    over: set[int] = set()
    for at in range(len(problem.keep)):
        members = {int(pair) for keep, pair in problem.keep_pairs if keep == at} & set(pairs)
        if sum(problem.capacity[pair, -1] for pair in members) > float(problem.keep["ha"].iloc[at]) + SMALL:
            over |= members
    for row in problem.ceilings.to_dict("records"):
        if row["scope"] not in SCOPE_COLUMNS or int(row["year"]) not in problem.years:
            continue
        year = problem.years.index(int(row["year"]))
        area = problem.sites[SCOPE_COLUMNS[row["scope"]]].astype(str).to_numpy()
        members = {
            int(pair)
            for pair, latest in problem.locked_in
            if latest <= year
            and area[problem.site[pair]] == str(row["area"])
            and (
                pd.isna(row["function"]) or problem.functions[int(problem.function[pair])] == row["function"]
            )
        }
        if sum(problem.capacity[pair, year] for pair in members) > float(row["ha"]) + SMALL:
            over |= members
    return over

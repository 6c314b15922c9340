"""The mean travel time of those who are served worst, as something to keep down under a limit on cost.

The tail mean (conditional value at risk, conditional beta-mean) of a share of the inhabitants is the mean
time of that share that travels furthest. It is linear: a threshold plus what clients lie above it, divided
by the share. A client that is served from several sites counts with its mean time.

Methods: Rockafellar and Uryasev, Optimization of conditional value-at-risk, Journal of Risk 2 (2000);
Ogryczak and Zawadzki, Conditional median: a parametric solution concept for location problems, Annals of
Operations Research 110 (2002).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.sharing.programme import Programme
from analysis.solving import highs, kernel, proof
from analysis.solving.errors import SolverError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.sharing.location import LocationOutcome, LocationProblem
    from analysis.solving.outcome import Limits


def tail_mean(values: NDArray[np.float64], weight: NDArray[np.float64], share: float) -> float:
    """Give the mean of the highest values that together hold a share of the weight.

    Parameters
    ----------
    values, weight
        ``(n,)``; rows without a value do not count.
    share
        Above zero, at most one.
    """
    known = np.isfinite(values)
    values, weight = values[known], weight[known]
    if not len(values):
        return float("nan")
    order = np.argsort(-values, kind="stable")
    wanted = share * weight.sum()
    before = np.cumsum(weight[order]) - weight[order]
    part = np.clip(wanted - before, 0.0, weight[order])
    return float((part @ values[order]) / wanted)


def gini(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Give the Gini coefficient of values over weighted clients: half the mean difference over the mean."""
    known = np.isfinite(values)
    values, weight = values[known], weight[known] / weight[known].sum()
    mean = float(weight @ values)
    if mean == 0.0:
        return 0.0
    apart = np.abs(values[:, None] - values[None, :])
    return float(weight @ apart @ weight) / (2.0 * mean)


def fairest(
    problem: LocationProblem,
    time: NDArray[np.float64],
    weight: NDArray[np.float64],
    *,
    share: float,
    budget: float,
    limits: Limits,
    start: LocationOutcome,
) -> LocationOutcome:
    """Find the solution with the lowest tail mean whose cost stays within a budget.

    Parameters
    ----------
    problem
        What to solve.
    time
        Per link, ``(e,)``.
    weight
        Of the clients, ``(c,)``.
    share
        Part of the weight that is the tail.
    budget
        Highest cost.
    limits
        When to stop.
    start
        A solution within the budget; the outcome is never worse.

    Returns
    -------
    LocationOutcome
        ``objective``, ``bound`` and ``gap`` are of the tail mean.
    """
    programme = Programme(problem)
    weight = weight / weight.sum()
    furthest = float(time.max(initial=0.0))
    threshold = programme.add_columns(np.ones(1), 0.0, furthest)
    above = programme.add_columns(weight / share, 0.0, furthest)
    clients = problem.clients
    row = np.concatenate([problem.client, np.arange(clients), np.arange(clients)])
    column = np.concatenate([programme.links, np.repeat(threshold, clients), above])
    value = np.concatenate([-programme.unit_cost(time), np.ones(2 * clients)])
    programme.add_rows(row, column, value, low=np.zeros(clients), high=np.full(clients, np.inf))
    plain = programme.plain_cost()
    places = np.flatnonzero(plain)
    programme.add_row(places, plain[places], high=budget)
    cost = np.zeros(programme.columns)
    cost[threshold], cost[above] = 1.0, weight / share
    first = programme.write(start.opened, start.served)
    mean = np.bincount(problem.client, weights=start.served * time, minlength=clients).astype(np.float64)
    first[threshold] = _threshold(mean, weight, share)
    first[above] = np.maximum(mean - first[threshold], 0.0)
    model = programme.model(cost)
    here = tail_mean(mean, weight, share)
    try:
        outcome = kernel.solve(model, limits, start=first)
    except SolverError:
        # stopped before it proved anything: the first solution stands, with the bound of the relaxation
        return _kept(start, here, highs.solve_lp(model, seed=limits.seed).objective)
    if outcome.values is None or outcome.objective > here:
        return _kept(start, here, min(outcome.bound, here))
    return programme.read(outcome)


def _kept(start: LocationOutcome, here: float, bound: float) -> LocationOutcome:
    """Keep the first solution, measured by its tail."""
    bound = min(bound, here)
    gap = proof.relative_gap(here, bound)
    return replace(
        start, objective=here, bound=bound, gap=gap, status="limit" if gap > proof.CLOSED else "optimal"
    )


def _threshold(values: NDArray[np.float64], weight: NDArray[np.float64], share: float) -> float:
    """Give the value above which the tail begins."""
    order = np.argsort(-values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order[min(len(values) - 1, int(np.searchsorted(reached, share - 1e-12)))]])

"""A bound on a location problem by letting go of the rule that every client is served, at a price.

With prices on the clients each site can be judged alone: what it saves when it opens and takes the clients
that pay. The prices are moved along a subgradient. The bound never falls below what the linear relaxation of
the strong form gives when the prices are right, and it tells which sites and links no better solution can
use.

Methods: Held, Wolfe and Crowder, Validation of subgradient optimization, Mathematical Programming 6 (1974);
Beasley, Lagrangean heuristics for location problems, EJOR 65 (1993), and An algorithm for solving large
capacitated warehouse location problems, EJOR 33 (1988).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_STALLED: Final = 25
"""Rounds without a better bound after which steps are halved."""
_SMALLEST: Final = 1e-3
"""Step length at which the search ends."""
_OFTEN: Final = 10
"""Rounds between two tries for a better solution."""


@dataclass(frozen=True)
class DenseProblem:
    """A location problem as a full matrix, for the bound.

    Attributes
    ----------
    cost
        ``(sites, clients)``, of serving all demand; infinite where not allowed.
    demand
        ``(clients,)``.
    capacity, fixed
        ``(sites,)``.
    low, high
        Fewest and most open sites.
    """

    cost: NDArray[np.float64]
    demand: NDArray[np.float64]
    capacity: NDArray[np.float64]
    fixed: NDArray[np.float64]
    low: int
    high: int

    @property
    def limited(self) -> bool:
        """Whether any site can be full."""
        return bool(np.isfinite(self.capacity).any())


@dataclass(frozen=True)
class Bound:
    """What the prices prove.

    Attributes
    ----------
    value
        A lower bound on every solution.
    prices
        Per client, ``(clients,)``.
    site_cost
        What opening a site costs above the bound when positive, what leaving it shut costs when negative,
        ``(sites,)``.
    best, opened
        The best solution that came by and its cost; infinite when none was tried.
    rounds
        Steps taken.
    """

    value: float
    prices: NDArray[np.float64]
    site_cost: NDArray[np.float64]
    best: float
    opened: NDArray[np.bool_]
    rounds: int

    def link_cost(self, cost: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what a link costs above the bound when sites have no limit, ``(sites, clients)``."""
        return np.maximum(self.site_cost, 0.0)[:, None] + np.maximum(cost - self.prices, 0.0)


def subgradient(
    problem: DenseProblem,
    attempt: Callable[[NDArray[np.bool_]], tuple[float, NDArray[np.bool_]]],
    *,
    best: float,
    opened: NDArray[np.bool_],
    rounds: int,
    step: float,
    gap: float = 0.0,
) -> Bound:
    """Raise the bound by subgradient steps.

    Parameters
    ----------
    problem
        What to bound.
    attempt
        From the sites that a round opens to the cost of a solution near it and its open sites.
    best, opened
        A first solution.
    rounds
        Most steps.
    step
        Costs are multiples of this (1 for whole costs), 0 when they are any number: the bound is as good as
        the best solution once less than a step is left.
    gap
        Relative gap at which to stop.
    """
    nearest = np.partition(problem.cost, min(1, len(problem.cost) - 1), axis=0)
    prices = nearest[min(1, len(problem.cost) - 1)].copy()
    prices[~np.isfinite(prices)] = nearest[0][~np.isfinite(prices)]
    value, top, length, since, done = -np.inf, prices, 2.0, 0, 0
    for done in range(1, rounds + 1):
        found, chosen, use, _ = evaluate(problem, prices)
        if done % _OFTEN == 1 or found > value:
            cost, sites = attempt(chosen) if done % _OFTEN == 1 else (np.inf, chosen)
            if cost < best:
                best, opened = cost, sites
        if found > value + 1e-9 * abs(value if np.isfinite(value) else 0.0):
            value, top, since = found, prices, 0
        else:
            since += 1
        if since >= _STALLED:
            length, since, prices = length / 2, 0, top
            found, chosen, use, _ = evaluate(problem, prices)
        missing = 1.0 - use
        norm = float(missing @ missing)
        if closed(value, best, step, gap) or norm == 0.0 or length < _SMALLEST:
            break
        prices = prices + length * (1.02 * best - found) / norm * missing
    site_cost = evaluate(problem, top)[3]
    return Bound(value, top, site_cost, best, opened, done)


def closed(value: float, best: float, step: float, gap: float) -> bool:
    """Tell whether a bound proves the best solution."""
    left = best - value
    return left < step * (1 - 1e-6) or left <= max(gap, 1e-9) * abs(best)


def evaluate(
    problem: DenseProblem, prices: NDArray[np.float64]
) -> tuple[float, NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Give the bound at given prices, the sites it opens, how often each client is served, site costs."""
    reduced = problem.cost - prices
    if problem.limited:
        value_of_site, share = _knapsacks(problem, reduced)
    else:
        share = None
        value_of_site = np.minimum(reduced, 0.0).sum(axis=1)
    worth = problem.fixed + value_of_site
    chosen, constant, site_cost = _choose(problem, worth)
    use = (reduced[chosen] < 0).sum(axis=0) if share is None else share[chosen].sum(axis=0)
    return float(prices.sum() + constant), chosen, use.astype(np.float64), site_cost


def _knapsacks(
    problem: DenseProblem, reduced: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fill each site with the clients that pay most per unit of demand; the last one may be cut."""
    gain = np.minimum(reduced, 0.0)
    order = np.argsort(gain / problem.demand, axis=1, kind="stable")
    demand = problem.demand[order]
    before = np.cumsum(demand, axis=1) - demand
    part = np.clip((problem.capacity[:, None] - before) / demand, 0.0, 1.0)
    sorted_gain = np.take_along_axis(gain, order, axis=1)
    part[sorted_gain >= 0.0] = 0.0
    share = np.zeros_like(part)
    np.put_along_axis(share, order, part, axis=1)
    return (sorted_gain * part).sum(axis=1), share


def _choose(
    problem: DenseProblem, worth: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], float, NDArray[np.float64]]:
    """Choose sites by worth within the number asked or, when the number is free, with capacity enough."""
    sites = len(worth)
    order = np.argsort(worth, kind="stable")
    free = int((worth < 0).sum())
    count = min(max(free, problem.low), problem.high)
    threshold = 0.0
    if count > free:
        threshold = float(worth[order[count - 1]])
    elif count < free:
        threshold = float(worth[order[count]])
    chosen = np.zeros(sites, dtype=np.bool_)
    chosen[order[:count]] = True
    constant = float(worth[chosen].sum())
    short = float(problem.demand.sum() - problem.capacity[chosen].sum())
    if short <= 0 or not problem.limited or count != free:
        return chosen, constant, worth - threshold
    return _enough(problem, worth, constant)


def _enough(
    problem: DenseProblem, worth: NDArray[np.float64], constant: float
) -> tuple[NDArray[np.bool_], float, NDArray[np.float64]]:
    """Add the sites that give room at the least cost per unit; the last one counts in part for the bound."""
    chosen = worth < 0
    short = float(problem.demand.sum() - problem.capacity[chosen].sum())
    price = 0.0
    rate = worth / problem.capacity
    for place in np.argsort(rate, kind="stable"):
        if chosen[place]:
            continue
        chosen[place] = True
        price = float(rate[place])
        part = min(1.0, short / float(problem.capacity[place]))
        constant += part * float(worth[place])
        short -= float(problem.capacity[place])
        if short <= 0:
            break
    return chosen, constant, worth - price * problem.capacity

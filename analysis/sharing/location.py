"""What a location problem is: clients, sites, what serving costs, what sites hold; and what a solution is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.outcome import Outcome, Status


@dataclass(frozen=True, slots=True)
class SiteRule:
    """A bound on a weighted number of open sites: ``low <= weight @ open[sites] <= high``.

    Attributes
    ----------
    name
        What the rule is called when it cannot be kept.
    sites, weight
        ``(k,)``.
    """

    name: str
    sites: NDArray[np.int64]
    weight: NDArray[np.float64]
    low: float = -np.inf
    high: float = np.inf

    def used(self, opened: NDArray[np.bool_]) -> float:
        """Give the weighted number of open sites."""
        return float(self.weight @ opened[self.sites])


@dataclass(frozen=True)
class LocationProblem:
    """Open sites and serve every client from them at the least cost.

    Attributes
    ----------
    demand
        Per client, ``(c,)``.
    capacity
        What a site serves when open, in units of demand, infinite without limit, ``(s,)``.
    fixed
        Cost of opening, ``(s,)``.
    client, site, cost
        Links: who may be served from where and what serving its whole demand costs, ``(e,)``; sorted by
        client, then site.
    portions
        In how many equal parts a client is served, ``(c,)``; None: any share from any site (split).
    rules
        Bounds on numbers of open sites.
    must_open, may_open
        Locks, ``(s,)``.
    """

    demand: NDArray[np.float64]
    capacity: NDArray[np.float64]
    fixed: NDArray[np.float64]
    client: NDArray[np.int64]
    site: NDArray[np.int64]
    cost: NDArray[np.float64]
    portions: NDArray[np.int64] | None
    must_open: NDArray[np.bool_]
    may_open: NDArray[np.bool_]
    rules: tuple[SiteRule, ...] = ()

    @property
    def clients(self) -> int:
        """Number of clients."""
        return len(self.demand)

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.capacity)

    @property
    def parts(self) -> NDArray[np.int64]:
        """In how many parts the demand of each client counts, ``(c,)``; 1 when it may split at will."""
        return np.ones(self.clients, dtype=np.int64) if self.portions is None else self.portions

    def with_rules(self, *rules: SiteRule) -> LocationProblem:
        """Give the same problem with more rules."""
        return replace(self, rules=(*self.rules, *rules))

    def total(self, opened: NDArray[np.bool_], served: NDArray[np.float64]) -> float:
        """Give the cost of a solution."""
        return float(self.fixed @ opened + self.cost @ served)


@dataclass(frozen=True)
class LocationOutcome:
    """Which sites open and who is served from where, with the proof.

    Attributes
    ----------
    opened
        ``(s,)``.
    served
        Share of the demand of its client that a link serves, ``(e,)``.
    status, objective, bound, gap, proven_by, solver, seconds
        As `analysis.solving.outcome.Outcome`.
    """

    opened: NDArray[np.bool_]
    served: NDArray[np.float64]
    status: Status
    objective: float
    bound: float
    gap: float
    proven_by: str
    solver: str
    seconds: float

    @property
    def feasible(self) -> bool:
        """Whether there is a solution."""
        return self.status != "infeasible"

    def load(self, problem: LocationProblem) -> NDArray[np.float64]:
        """Give the demand that each site serves, ``(s,)``."""
        weights = self.served * problem.demand[problem.client]
        return np.bincount(problem.site, weights=weights, minlength=problem.sites).astype(np.float64)


def number_rule(sites: int, low: float, high: float, name: str = "number") -> SiteRule:
    """Bound the number of open sites."""
    return SiteRule(name, np.arange(sites), np.ones(sites), low, high)


def from_matrix(
    cost: NDArray[np.float64],
    *,
    demand: NDArray[np.float64] | None = None,
    capacity: NDArray[np.float64] | None = None,
    fixed: NDArray[np.float64] | None = None,
    number: tuple[float, float] | None = None,
    split: bool = True,
) -> LocationProblem:
    """Make a problem from the cost of serving all demand of each client from each site.

    Parameters
    ----------
    cost
        ``(clients, sites)``; infinite where a site may not serve a client.
    demand, capacity, fixed
        One, unlimited and zero when not given.
    number
        Lowest and highest number of open sites.
    split
        Whether a client may be served from several sites.
    """
    clients, sites = cost.shape
    client, site = np.nonzero(np.isfinite(cost))
    return LocationProblem(
        demand=np.ones(clients) if demand is None else np.asarray(demand, dtype=np.float64),
        capacity=np.full(sites, np.inf) if capacity is None else np.asarray(capacity, dtype=np.float64),
        fixed=np.zeros(sites) if fixed is None else np.asarray(fixed, dtype=np.float64),
        client=client.astype(np.int64),
        site=site.astype(np.int64),
        cost=cost[client, site],
        portions=None if split else np.ones(clients, dtype=np.int64),
        must_open=np.zeros(sites, dtype=np.bool_),
        may_open=np.ones(sites, dtype=np.bool_),
        rules=() if number is None else (number_rule(sites, *number),),
    )


def nothing(problem: LocationProblem, outcome: Outcome) -> LocationOutcome:
    """Give the outcome of a problem without any solution."""
    return LocationOutcome(
        np.zeros(problem.sites, dtype=np.bool_),
        np.zeros(len(problem.cost)),
        "infeasible",
        np.inf,
        np.inf,
        np.inf,
        outcome.proven_by,
        outcome.solver,
        outcome.seconds,
    )

"""Open sites with a limit and a cost of opening, and serve every client: capacitated location.

Small problems go to the solver in their strong form. Large ones are first bounded by prices on the clients
(`analysis.sharing.lagrangian`), which rules out most sites; the rows that keep a link shut are then added
only where the relaxation breaks them.

Methods: Beasley, An algorithm for solving large capacitated warehouse location problems, EJOR 33 (1988);
Aikens, Facility location models for distribution planning, EJOR 22 (1985).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.sharing.lagrangian import Bound, DenseProblem, closed, subgradient
from analysis.sharing.programme import Programme
from analysis.solving import highs, kernel, proof
from analysis.solving.errors import NoSolutionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.sharing.location import LocationOutcome, LocationProblem
    from analysis.solving.outcome import Limits

SMALL: Final = 30_000
"""Links up to which the whole strong form is given to the solver."""
ROUNDS: Final = 600
ATTEMPT_SECONDS: Final = 5.0
"""For one attempt with the sites already chosen, where time counts at all."""
_CUT_ROUNDS: Final = 30
_BROKEN: Final = 1e-6


def solve_location(
    problem: LocationProblem, limits: Limits, *, start: LocationOutcome | None = None
) -> LocationOutcome:
    """Open sites and serve all clients at the least cost.

    Parameters
    ----------
    problem
        Split or single (or in parts), with or without capacities, fixed costs, numbers and locks.
    limits
        When to stop.
    start
        A first solution of the same problem.

    Returns
    -------
    LocationOutcome
        ``infeasible`` as status when no solution exists; callers name why (`analysis.sharing.shortfall`).
    """
    if len(problem.cost) <= SMALL or not _plain(problem):
        programme = Programme(problem)
        first = None if start is None else programme.write(start.opened, start.served)
        return programme.read(kernel.solve(programme.model(), limits, start=first))
    return _solve_large(problem, limits)


def _plain(problem: LocationProblem) -> bool:
    """Tell whether the prices can bound it: no locks, and at most one rule, on the number of all sites."""
    locked = problem.must_open.any() or not problem.may_open.all()
    numbers = all(len(rule.sites) == problem.sites and (rule.weight == 1).all() for rule in problem.rules)
    return not locked and numbers and len(problem.rules) <= 1


def _solve_large(problem: LocationProblem, limits: Limits) -> LocationOutcome:
    begin = time.process_time()
    dense = _dense(problem)
    bound = _bound(problem, dense, limits)
    sites = np.ones(problem.sites, dtype=np.bool_)
    if np.isfinite(bound.best):
        room = bound.best - bound.value
        slack = 1e-7 * abs(bound.best)
        sites = bound.site_cost <= room + slack
    reduced, links = _only(problem, sites)
    if np.isfinite(bound.best):
        forced = bound.site_cost[sites] < -(room + slack)
        reduced = replace(reduced, must_open=forced)
    spent = time.process_time() - begin
    rest = replace(limits, seconds=None if limits.seconds is None else max(1.0, limits.seconds - spent))
    found = _solve_lazily(reduced, rest)
    served = np.zeros(len(problem.cost))
    served[links] = found.served
    opened = np.zeros(problem.sites, dtype=np.bool_)
    opened[sites] = found.opened
    proven = max(found.bound if not np.isfinite(bound.best) else min(found.bound, bound.best), bound.value)
    return replace(
        found,
        opened=opened,
        served=served,
        bound=min(proven, found.objective),
        gap=proof.relative_gap(found.objective, min(proven, found.objective)) if found.feasible else np.inf,
        seconds=time.process_time() - begin,
    )


def _solve_lazily(problem: LocationProblem, limits: Limits) -> LocationOutcome:
    """Add the rows that keep links shut only where the relaxation breaks them."""
    strong = np.zeros(len(problem.cost), dtype=np.bool_)
    # whoever serves nearest is broken first
    order = np.lexsort((problem.cost, problem.client))
    strong[order[np.unique(problem.client[order], return_index=True)[1]]] = True
    limit = Programme(problem, strong=strong).most()
    for _ in range(_CUT_ROUNDS):
        programme = Programme(problem, strong=strong)
        try:
            values = highs.solve_lp(programme.model(), seed=limits.seed).values
        except NoSolutionError:
            break
        over = values[programme.links] - limit * values[problem.site]
        broken = (over > _BROKEN) & ~strong
        if not broken.any():
            break
        strong |= broken
    programme = Programme(problem, strong=strong)
    return programme.read(kernel.solve(programme.model(), limits))


def _dense(problem: LocationProblem) -> DenseProblem:
    matrix = np.full((problem.sites, problem.clients), np.inf)
    matrix[problem.site, problem.client] = problem.cost
    low, high = 0.0, float(problem.sites)
    for rule in problem.rules:
        low, high = max(low, rule.low), min(high, rule.high)
    return DenseProblem(
        matrix, problem.demand, problem.capacity, problem.fixed, int(np.ceil(low)), int(np.floor(high))
    )


def _bound(problem: LocationProblem, dense: DenseProblem, limits: Limits) -> Bound:
    tried: set[bytes] = set()

    def attempt(chosen: NDArray[np.bool_]) -> tuple[float, NDArray[np.bool_]]:
        key = np.packbits(chosen).tobytes()
        if key in tried or len(tried) > _CUT_ROUNDS:
            return np.inf, chosen
        tried.add(key)
        part, _ = _only(problem, chosen)
        # all that was chosen opens; what may split is a transport problem
        part = replace(part, must_open=np.ones(part.sites, dtype=np.bool_), rules=())
        if not np.isin(np.arange(part.clients), part.client).all():
            return np.inf, chosen
        programme = Programme(part, strong=np.zeros(len(part.cost), dtype=np.bool_))
        seconds = None if limits.seconds is None else ATTEMPT_SECONDS
        outcome = kernel.solve(programme.model(), replace(limits, gap=1e-3, seconds=seconds))
        return (outcome.objective if outcome.values is not None else np.inf), chosen

    best = float(problem.cost.sum() + problem.fixed.sum())
    opened = np.ones(problem.sites, dtype=np.bool_)
    first = subgradient(dense, attempt, best=best, opened=opened, rounds=ROUNDS, step=0.0, gap=limits.gap)
    if closed(first.value, first.best, 0.0, limits.gap):
        return first
    return first if first.best < best else replace(first, best=np.inf)


def _only(problem: LocationProblem, sites: NDArray[np.bool_]) -> tuple[LocationProblem, NDArray[np.int64]]:
    """Give the problem with some of the sites, and its links as positions in the whole."""
    links = np.flatnonzero(sites[problem.site])
    place = np.cumsum(sites) - 1
    kept = np.flatnonzero(sites)
    rules = tuple(replace(rule, sites=place[kept], weight=np.ones(len(kept))) for rule in problem.rules)
    part = replace(
        problem,
        capacity=problem.capacity[kept],
        fixed=problem.fixed[kept],
        client=problem.client[links],
        site=place[problem.site[links]],
        cost=problem.cost[links],
        must_open=problem.must_open[kept],
        may_open=problem.may_open[kept],
        rules=rules,
    )
    return part, links

"""Open a given number of sites so that clients lie near: the p-median problem, solved with proof.

Sites have no limit, so every client goes to its nearest open site. Three steps: swaps give a good solution;
prices on the clients give a bound that rules out most sites and links; what is left goes to the solver in the
radius form, in which a column says that a client lies further than a distance from every open site.

Methods: Cornuejols, Nemhauser and Wolsey, A canonical representation of simple plant location problems, SIAM
Journal on Algebraic and Discrete Methods 1 (1980); Garcia, Labbe and Marin, Solving large p-median problems
with a radius formulation, INFORMS Journal on Computing 23 (2011).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from analysis.sharing.interchange import greedy, improve
from analysis.sharing.lagrangian import Bound, DenseProblem, closed, subgradient
from analysis.sharing.location import LocationOutcome
from analysis.solving import kernel
from analysis.solving.model import Model
from analysis.solving.outcome import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.outcome import Status

ROUNDS: Final = 1500


def solve_median(cost: NDArray[np.float64], number: int, limits: Limits | None = None) -> LocationOutcome:
    """Open `number` sites at the least total cost of serving every client from its nearest.

    Parameters
    ----------
    cost
        ``(clients, sites)``, finite; a distance, weighted when clients differ.
    number
        How many sites to open.
    limits
        When to stop; 0 as gap asks for a complete proof.

    Returns
    -------
    LocationOutcome
        ``served`` has one entry per (client, site), clients outermost.
    """
    begin = time.process_time()
    limits = Limits(gap=0.0, seconds=None) if limits is None else limits
    matrix = np.ascontiguousarray(cost.T)
    opened, best = improve(matrix, greedy(matrix, number))
    step = 1.0 if np.array_equal(matrix, np.round(matrix)) else 0.0
    bound = _bound(matrix, number, opened, best, step, limits.gap)
    value, proven_by, solver = bound.value, "prices", "kringruimte"
    opened, best = bound.opened, bound.best
    if not closed(value, best, step, limits.gap):
        spent = time.process_time() - begin
        rest = replace(limits, seconds=None if limits.seconds is None else max(1.0, limits.seconds - spent))
        opened, best, value, solver = _finish(matrix, number, bound, step, rest)
        proven_by = "highs"
    if closed(value, best, step, 0.0):
        value = best
    return _outcome(matrix, opened, value, limits, proven_by, solver, time.process_time() - begin)


def _bound(
    matrix: NDArray[np.float64],
    number: int,
    opened: NDArray[np.bool_],
    best: float,
    step: float,
    gap: float,
) -> Bound:
    sites, clients = matrix.shape
    problem = DenseProblem(
        cost=matrix,
        demand=np.ones(clients),
        capacity=np.full(sites, np.inf),
        fixed=np.zeros(sites),
        low=number,
        high=number,
    )
    tried: set[bytes] = set()

    def attempt(chosen: NDArray[np.bool_]) -> tuple[float, NDArray[np.bool_]]:
        key = np.packbits(chosen).tobytes()
        if key in tried:
            return np.inf, chosen
        tried.add(key)
        better, total = improve(matrix, chosen)
        return total, better

    return subgradient(problem, attempt, best=best, opened=opened, rounds=ROUNDS, step=step, gap=gap)


def _finish(
    matrix: NDArray[np.float64], number: int, bound: Bound, step: float, limits: Limits
) -> tuple[NDArray[np.bool_], float, float, str]:
    """Let the solver decide on what the bound leaves open."""
    room = bound.best - bound.value - (step * (1 - 1e-6) if step else 1e-9 * abs(bound.best))
    slack = 1e-7 * abs(bound.best)
    left = np.flatnonzero(bound.site_cost <= room + slack)
    forced = bound.site_cost[left] < -(room + slack)
    model = _radius_model(matrix[left], number, forced, bound.prices + room + slack)
    outcome = kernel.solve(model, limits)
    if outcome.values is None:
        # nothing better exists among what is left, and nothing better was left out
        return bound.opened, bound.best, bound.best, outcome.solver
    opened = np.zeros(len(matrix), dtype=np.bool_)
    opened[left[outcome.values[: len(left)] > 0.5]] = True  # noqa: PLR2004 - integers come rounded
    total = float(matrix[opened].min(axis=0).sum())
    if total > bound.best:
        opened, total = bound.opened, bound.best
    # solutions that were ruled out cost at least as much as the one in hand
    return opened, total, max(bound.value, min(outcome.bound, bound.best)), outcome.solver


def _radius_model(
    matrix: NDArray[np.float64], number: int, forced: NDArray[np.bool_], furthest: NDArray[np.float64]
) -> Model:
    """Build the radius form; no client is served at a cost above `furthest`.

    The columns are the sites, then per client one for each cost among its sites at which it may still be
    unserved. A client pays its lowest cost and, for each such column that is set, the step to the next cost.
    """
    sites, clients = matrix.shape
    blocks: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    low: list[NDArray[np.float64]] = []
    steps: list[NDArray[np.float64]] = []
    columns, rows, offset = sites, 0, 0.0
    for client in range(clients):
        costs = matrix[:, client]
        near = np.flatnonzero(costs <= furthest[client])
        tiers, tier = np.unique(costs[near], return_inverse=True)
        if not len(tiers):
            msg = "a client is further from every site than the bound allows"
            raise AssertionError(msg)
        offset += float(tiers[0])
        steps.append(np.diff(tiers))
        count = len(tiers)
        # row k: open sites at cost k, plus still unserved after k, at least still unserved before k
        after = columns + np.arange(count - 1)
        blocks.append((rows + tier, near, np.ones(len(near))))
        blocks.append((rows + np.arange(count - 1), after, np.ones(count - 1)))
        blocks.append((rows + np.arange(1, count), after, -np.ones(count - 1)))
        low.append(np.concatenate([[1.0], np.zeros(count - 1)]))
        columns += count - 1
        rows += count
    blocks.append((np.full(sites, rows), np.arange(sites), np.ones(sites)))
    low.append(np.array([float(number)]))
    row, column, value = (np.concatenate([block[part] for block in blocks]) for part in range(3))
    row_low = np.concatenate(low)
    row_high = np.full(rows + 1, np.inf)
    row_high[-1] = number
    lowest = np.zeros(columns)
    lowest[:sites] = forced
    return Model(
        cost=np.concatenate([np.zeros(sites), *steps]),
        matrix=csr_array((value, (row, column)), shape=(rows + 1, columns)),
        row_low=row_low,
        row_high=row_high,
        low=lowest,
        high=np.ones(columns),
        integer=np.arange(columns) < sites,
        offset=offset,
    )


def _outcome(
    matrix: NDArray[np.float64],
    opened: NDArray[np.bool_],
    bound: float,
    limits: Limits,
    proven_by: str,
    solver: str,
    seconds: float,
) -> LocationOutcome:
    sites, clients = matrix.shape
    inside = np.flatnonzero(opened)
    nearest = inside[matrix[inside].argmin(axis=0)]
    served = np.zeros((clients, sites))
    served[np.arange(clients), nearest] = 1.0
    objective = float(matrix[nearest, np.arange(clients)].sum())
    bound = min(bound, objective)
    gap = (objective - bound) / abs(objective) if objective > bound else 0.0
    status: Status = "optimal" if gap <= 1e-9 else "within_gap" if gap <= limits.gap else "limit"  # noqa: PLR2004
    return LocationOutcome(opened, served.ravel(), status, objective, bound, gap, proven_by, solver, seconds)

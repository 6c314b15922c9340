"""Many objectives over the same rules: each with a bound, and each solved by itself.

Per objective the relaxation gives the bound and the kernel: the columns that it uses, with those of the plan
that every draw starts from. Starting from a plan makes a draw quick; that it is improved until the gap asked
is proven makes the answer that of the weights. All relaxations start from one basis, and nothing is carried
over from one objective to the next, so the answer does not depend on how many processes share the work.

Method: kernel search (Angelelli, Mansini and Speranza, Computers and Operations Research 37, 2010).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.solving import highs
from analysis.solving.clock import Clock
from analysis.solving.columns import USED, Sliceable
from analysis.solving.errors import NoSolutionError
from analysis.solving.proof import feasible, proven, rounded
from gis.parallel import map_processes

if TYPE_CHECKING:
    import highspy
    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits, Outcome, Relaxation

CHUNK: Final = 10
"""Objectives that one process takes at a time."""


def solve_draws(
    model: Model,
    costs: NDArray[np.float64],
    limits: Limits,
    *,
    start: NDArray[np.float64],
    workers: int = 1,
) -> list[Outcome]:
    """Solve a model under many objectives.

    Parameters
    ----------
    costs
        ``(objectives, n)``.
    limits
        Of one objective.
    start
        ``(n,)``, a solution of the rules; no outcome is worse than it.
    workers
        Processes.

    Returns
    -------
    list of Outcome
        In the order of `costs`; bound and gap are those of the whole model.

    Raises
    ------
    SolverError
        When a solver ends in an unknown way.
    """
    chunks = [costs[at : at + CHUNK] for at in range(0, len(costs), CHUNK)]
    solve = partial(_solve_chunk, model.priced(costs.mean(axis=0)), limits, start)
    return [outcome for solved in map_processes(solve, chunks, workers) for outcome in solved]


def _solve_chunk(
    model: Model, limits: Limits, start: NDArray[np.float64], costs: NDArray[np.float64]
) -> list[Outcome]:
    relaxations = _Relaxations(model, limits.seed)
    return [_solve_one(model.priced(cost), relaxations, limits, start) for cost in costs]


class _Relaxations:
    """Relaxations under other objectives, each from the basis of the first."""

    def __init__(self, model: Model, seed: int) -> None:
        self._solver: highspy.Highs = highs.load(model, seed=seed, integers=False)
        highs.first_relaxation(self._solver, model)
        self._basis = self._solver.getBasis()
        self._columns = np.arange(len(model.cost), dtype=np.int32)

    def of(self, model: Model) -> Relaxation:
        """Solve the relaxation of the same rules under the objective of a model."""
        self._solver.clearSolver()
        self._solver.setBasis(self._basis)
        self._solver.changeColsCost(len(self._columns), self._columns, model.cost)
        return highs.first_relaxation(self._solver, model)


def _solve_one(
    model: Model, relaxations: _Relaxations, limits: Limits, start: NDArray[np.float64]
) -> Outcome:
    clock = Clock.start(limits.seconds)
    relaxed = relaxations.of(model)
    columns = np.flatnonzero((relaxed.values > USED) | (start > USED) | ~model.integer)
    # all other columns at their lower side, and taken out, so that the small model is really small
    rest = model.low.copy()
    part = Sliceable.of(model).part(columns, rest)
    first = start[columns]
    effort = highs.Effort(limits.gap, limits.nodes, limits.seed, limits.threads, clock, highs.QUICK)
    try:
        found = highs.search(part, effort, start=first)
    except NoSolutionError:
        # it has one, the start: the presolve of HiGHS 1.15 can be wrong
        found = highs.Search(values=None, bound=float("-inf"), finished=False, nodes=0)
    best = rounded(model, start)
    if found.values is not None:
        values = rest
        values[columns] = found.values
        if model.value(values) < model.value(best) and feasible(model, values):
            best = values
    return proven(
        model,
        best,
        relaxed.objective,
        limits,
        solver=highs.version(),
        proven_by="lp",
        nodes=found.nodes,
        seconds=clock.used,
    )

"""Many objectives over the same rules: each with a bound, and each solved by itself.

A few of them, the anchors, are solved with care first. Every objective then starts from whatever is best for
it, the plan or the solution of an anchor, and improves that in its kernel: the columns that its relaxation or
its start uses. So an answer is that of its own weights and not the plan handed back. All relaxations start
from one basis and draws know nothing of each other but the anchors, so the answer does not depend on how many
processes share the work.

Method: kernel search (Angelelli, Mansini and Speranza, Computers and Operations Research 37, 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.solving import highs, kernel
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
ANCHORS: Final = 12
"""Objectives solved with care first; draws are random, so the first are as good as any."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One objective: what it starts from, and a bound that is known already."""

    cost: NDArray[np.float64]
    start: NDArray[np.float64]
    bound: float
    proven_by: str


def solve_draws(
    model: Model,
    costs: NDArray[np.float64],
    limits: Limits,
    *,
    start: NDArray[np.float64],
    careful: Limits | None = None,
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
    careful
        Limits of an anchor; None for those of every other objective.
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
    solve = partial(_solve_anchor, model, careful or limits, start)
    anchors = map_processes(solve, list(costs[:ANCHORS]), workers)
    known = [start, *(found.values for found in anchors if found.values is not None)]
    # the first of equals, so that the plan stays where nothing is better
    best = np.argmin(costs @ np.array(known).T, axis=1)
    tasks = [
        _Task(cost, known[choice], anchors[row].bound, anchors[row].proven_by)
        if row < len(anchors)
        else _Task(cost, known[choice], -np.inf, "lp")
        for row, (cost, choice) in enumerate(zip(costs, best, strict=True))
    ]
    chunks = [tasks[at : at + CHUNK] for at in range(0, len(tasks), CHUNK)]
    solve_chunk = partial(_solve_chunk, model.priced(costs.mean(axis=0)), limits)
    return [outcome for solved in map_processes(solve_chunk, chunks, workers) for outcome in solved]


def _solve_anchor(
    model: Model, limits: Limits, start: NDArray[np.float64], cost: NDArray[np.float64]
) -> Outcome:
    return kernel.solve(model.priced(cost), limits, start=start)


def _solve_chunk(model: Model, limits: Limits, tasks: list[_Task]) -> list[Outcome]:
    relaxations = _Relaxations(model, limits.seed)
    return [_solve_one(model.priced(task.cost), relaxations, limits, task) for task in tasks]


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


def _solve_one(model: Model, relaxations: _Relaxations, limits: Limits, task: _Task) -> Outcome:
    clock = Clock.start(limits.seconds)
    relaxed, start = relaxations.of(model), task.start
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
        max(relaxed.objective, task.bound),
        limits,
        solver=highs.version(),
        proven_by="lp" if relaxed.objective >= task.bound else task.proven_by,
        nodes=found.nodes,
        seconds=clock.used,
    )

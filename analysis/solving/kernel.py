"""The ladder: a bound from the linear relaxation, a small model on promising columns, the whole model.

Method: kernel search (Angelelli, Mansini and Speranza, Computers and Operations Research 37, 2010) in its
plainest form: columns that the relaxation uses, or nearly uses by their reduced cost, are solved first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.solving.clock import Clock
from analysis.solving.errors import NoSolutionError, SolverError
from analysis.solving.highs import NAME, Effort, Search, search, solve_lp, version
from analysis.solving.proof import feasible, infeasible, proven, relative_gap, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits, Outcome, Relaxation

SMALL: Final = 4_000
"""Whole-number columns up to which the whole model is solved at once."""
PROMISING: Final = 0.08
"""Share of the other columns, those of the least reduced cost, that join the kernel."""
KERNEL_SHARE: Final = 0.4
"""Of the time, for the kernel."""


def solve(model: Model, limits: Limits, *, start: NDArray[np.float64] | None = None) -> Outcome:
    """Solve a model within limits.

    Parameters
    ----------
    model, limits
        What to solve and when to stop.
    start
        ``(n,)``, a first solution; when it obeys the rules the outcome is never worse.

    Returns
    -------
    Outcome
        The best solution of all steps with the best bound of all steps; ``proven_by`` names the step that
        gave the bound.

    Raises
    ------
    SolverError
        When no solution was found within the limits and none was given.
    """
    clock = Clock.start(limits.seconds)
    try:
        relaxed = solve_lp(model, seed=limits.seed)
    except NoSolutionError:
        return infeasible(solver=version(), proven_by="lp", seconds=clock.used)
    best = rounded(model, start) if start is not None and feasible(model, start) else None
    bound, proof, nodes = relaxed.objective, "lp", 0
    if int(model.integer.sum()) > SMALL and not _closed(model, best, bound, limits):
        inner = Effort(limits.gap, limits.nodes, limits.seed, limits.threads, clock.part(KERNEL_SHARE))
        found = _search(_kernel(model, relaxed, best), inner, best)
        # without a solution on the kernel the whole model says whether there is one
        if found is not None:
            best, nodes = _better(model, best, found.values), nodes + found.nodes
    if not _closed(model, best, bound, limits) and not (clock.over and best is not None):
        effort = Effort(limits.gap, limits.nodes, limits.seed, limits.threads, clock)
        found = _search(model, effort, best)
        if found is None:
            return infeasible(solver=version(), proven_by=NAME, seconds=clock.used, nodes=nodes)
        best, nodes = _better(model, best, found.values), nodes + found.nodes
        if found.bound > bound:
            bound, proof = found.bound, NAME
    if best is None:
        msg = "the solver was stopped before it had a solution; allow more seconds or nodes"
        raise SolverError(msg)
    return proven(
        model, best, bound, limits, solver=version(), proven_by=proof, nodes=nodes, seconds=clock.used
    )


def _search(model: Model, effort: Effort, start: NDArray[np.float64] | None) -> Search | None:
    """Branch and bound; None when the rules exclude each other.

    The presolve of HiGHS 1.15 can call a model infeasible that is not, so that it is believed only without.
    """
    try:
        return search(model, effort, start=start)
    except NoSolutionError:
        plain = replace(effort, options={**effort.options, "presolve": "off"})
    try:
        return search(model, plain, start=start)
    except NoSolutionError:
        if start is not None:
            msg = "HiGHS calls a model without solution that has one"
            raise SolverError(msg) from None
        return None


def _kernel(model: Model, relaxed: Relaxation, best: NDArray[np.float64] | None) -> Model:
    """Fix the columns that do not promise anything at their lower side."""
    used = (relaxed.values > model.low + 1e-9) | ~model.integer
    if best is not None:
        used |= best > model.low + 1e-9
    rest = np.flatnonzero(~used)
    order = rest[np.lexsort((rest, relaxed.reduced_costs[rest]))]
    used[order[: int(np.ceil(PROMISING * len(rest)))]] = True
    return model.bounded(model.low, np.where(used, model.high, model.low))


def _better(
    model: Model, best: NDArray[np.float64] | None, values: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    if values is None or not feasible(model, values):
        return best
    if best is None or model.value(values) < model.value(best):
        return values
    return best


def _closed(model: Model, best: NDArray[np.float64] | None, bound: float, limits: Limits) -> bool:
    return best is not None and relative_gap(model.value(best), bound) <= limits.gap

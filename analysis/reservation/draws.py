"""Many objectives over the same rules: each with a bound, and each solved by itself.

Per objective the linear relaxation gives the bound and the kernel: the columns that it uses, with those of
the first solution. Nothing is carried over from one objective to the next, so the answer does not depend on
how many processes share the work.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.solving import highs
from analysis.solving.errors import SolverError
from analysis.solving.proof import proven
from gis.parallel import map_processes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits, Outcome

EXTRA: Final = 0
"""Columns that the relaxation does not use but nearly, added to the kernel."""
CHUNK: Final = 10
"""Objectives that one process takes at a time."""
USED: Final = 1e-9


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
    """
    chunks = [costs[at : at + CHUNK] for at in range(0, len(costs), CHUNK)]
    solve = partial(_solve_chunk, model, limits, start)
    return [outcome for solved in map_processes(solve, chunks, workers) for outcome in solved]


def _solve_chunk(
    model: Model, limits: Limits, start: NDArray[np.float64], costs: NDArray[np.float64]
) -> list[Outcome]:
    return [_solve_one(model.priced(cost), limits, start) for cost in costs]


def _solve_one(model: Model, limits: Limits, start: NDArray[np.float64]) -> Outcome:
    relaxed = highs.solve_lp(model, seed=limits.seed)
    kernel = (relaxed.values > USED) | (start > USED) | ~model.integer
    price = np.where(kernel, np.inf, relaxed.reduced_costs)
    kernel[np.argsort(price, kind="stable")[:EXTRA]] = True
    small = model.bounded(model.low, np.where(kernel, model.high, model.low))
    # without a first solution, so that it is the objective that leads
    try:
        found = highs.solve_full(small, limits)
    except SolverError:
        # the limits ran out before any solution
        found = None
    values = start if found is None or found.values is None else found.values
    if model.value(start) < model.value(values):
        values = start
    return proven(
        model,
        values,
        relaxed.objective,
        limits,
        solver=highs.version(),
        proven_by="lp",
        nodes=0 if found is None else found.nodes,
        seconds=0.0 if found is None else found.seconds,
    )

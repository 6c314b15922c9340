"""One solver on one made-up province, in a process of its own; writes one line of JSON.

``python -m tests.benchmarks.solver_worker one SOLVER PLOTS FUNCTIONS SEED COMPACT GAP SECONDS``
``python -m tests.benchmarks.solver_worker draws PLOTS FUNCTIONS SEED DRAWS WORKERS``

Seconds are processor time, so that a busy machine changes nothing; those of helper processes count too. The
time begins with the model in memory; what SCIP's own interface takes to read it is not counted against SCIP.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from analysis.reservation.draws import solve_draws
from analysis.reservation.robust import DRAW_GAP
from analysis.reservation.weights import draw_weights
from analysis.solving import highs, kernel, scip
from analysis.solving.errors import SolverError
from analysis.solving.outcome import Limits
from tests.benchmarks.reservation_model import (
    PENALTY,
    Compact,
    instance,
    reference_objective,
    start_period_model,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Outcome

SOLVERS: Final[dict[str, Callable[[Model, Limits], Outcome]]] = {
    "ours": kernel.solve,
    "highs": highs.solve_full,
    "scip": scip.solve_full,
}
CRITERIA: Final[dict[str, float]] = {
    "suitability": 6.0,
    "cost": 5.0,
    "third": 4.0,
    "fourth": 3.0,
    "fifth": 2.0,
    "sixth": 1.0,
}
"""In the order that the drawn weights keep."""
DRAW_LIMITS: Final = Limits(gap=DRAW_GAP, nodes=20, seconds=None)
"""The gap that the product asks of a draw."""


def solve_one(
    solver: str, plots: int, functions: int, seed: int, compact: Compact, limits: Limits
) -> dict[str, Any]:
    """Solve one province, and hold the solution against the reference's own model."""
    drawn = instance(plots, functions, seed, compact)
    model = start_period_model(drawn)
    begin = time.process_time()
    try:
        outcome = SOLVERS[solver](model, limits)
    except SolverError as error:
        return {"error": str(error), "cpu_s": time.process_time() - begin, "peak_mib": _peak_mib()}
    cpu, peak = time.process_time() - begin, _peak_mib()
    assert outcome.values is not None
    return {
        "objective": reference_objective(drawn, model, outcome.values),
        "bound": outcome.bound,
        "gap": outcome.gap,
        "proven_by": outcome.proven_by,
        "solver": outcome.solver,
        "nodes": outcome.nodes,
        "columns": len(model.cost),
        "rows": len(model.row_low),
        "cpu_s": cpu,
        "peak_mib": peak,
    }


def solve_many(plots: int, functions: int, seed: int, draws: int, workers: int) -> dict[str, Any]:
    """Make the plan again under many weights of six criteria, as the product does for acceptability."""
    drawn = instance(plots, functions, seed, "none")
    model = start_period_model(drawn)
    weights = draw_weights(CRITERIA, draws, seed).values
    costs = weighted_costs(drawn, model, weights)
    # the plan under mean weights is the first solution of every draw, as in the product
    plan = kernel.solve(model.priced(costs.mean(axis=0)), Limits(gap=0.02, nodes=20, seconds=None))
    assert plan.values is not None
    begin, used = time.perf_counter(), _all_cpu()
    outcomes = solve_draws(model, costs, DRAW_LIMITS, start=plan.values, workers=workers)
    wall = time.perf_counter() - begin
    return {
        "gaps": [outcome.gap for outcome in outcomes],
        "cpu_s": _all_cpu() - used,
        "wall_s": wall,
        "workers": workers,
    }


def weighted_costs(drawn: dict[str, Any], model: Model, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Price the starts by weighted criteria: the province's suitability and cost, the others by seed."""
    plot, function = np.nonzero(drawn["elig"])
    rng = np.random.default_rng(int(drawn["nu"]))
    shape = (len(CRITERIA) - 2, drawn["nparks"], drawn["nf"])
    by_park, by_plot = rng.random(shape), rng.random((len(CRITERIA) - 2, drawn["nu"], drawn["nf"]))
    further = 0.6 * by_park[:, drawn["park"][plot], function] + 0.4 * by_plot[:, plot, function]
    cost = drawn["cost"][plot, function]
    values = np.vstack([drawn["suit"][plot, function] / 100, 1 - cost / cost.max(), further])
    per_ha = 100 * (1 - weights @ values)
    starts = len(plot) * drawn["nt"]
    # hectares times years of each start, out of what the reference charges for them
    reference = np.tile(cost + 100 - drawn["suit"][plot, function], drawn["nt"])
    years = model.cost[:starts] / reference
    costs = np.full((len(weights), len(model.cost)), PENALTY)
    costs[:, :starts] = np.tile(per_ha, drawn["nt"]) * years
    return costs


def _all_cpu() -> float:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Sequence[str]) -> None:
    """Do what the arguments ask."""
    kind, *rest = arguments
    if kind == "draws":
        found = solve_many(*(int(each) for each in rest))
    else:
        solver, plots, functions, seed, compact, gap, seconds = rest
        limits = Limits(gap=float(gap), seconds=float(seconds))
        found = solve_one(solver, int(plots), int(functions), int(seed), cast("Compact", compact), limits)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

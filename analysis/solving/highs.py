"""HiGHS on a model: the linear relaxation, and the whole model within limits.

Method: Huangfu and Hall, Parallelizing the dual revised simplex method, Mathematical Programming Computation 10
(2018), and the branch and cut of HiGHS (MIT licence).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np
from highspy import HighsModelStatus as State

from analysis.solving.errors import NoSolutionError, SolverError
from analysis.solving.outcome import Limits, Outcome, Relaxation, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.model import Model

CLOSED: Final = 1e-9
"""A relative gap below this is no gap."""
_STOPPED: Final = frozenset(
    {State.kTimeLimit, State.kIterationLimit, State.kSolutionLimit, State.kInterrupt, State.kObjectiveTarget}
)


def solve_lp(model: Model, *, seed: int = 7) -> Relaxation:
    """Solve the linear relaxation.

    Raises
    ------
    NoSolutionError
        When the rules exclude each other.
    SolverError
        When it ends in any other way than solved.
    """
    solver = _load(model, seed=seed, threads=1, integers=False)
    solver.run()
    _check(solver)
    solution = solver.getSolution()
    return Relaxation(
        objective=float(solver.getInfo().objective_function_value),
        values=np.asarray(solution.col_value),
        reduced_costs=np.asarray(solution.col_dual),
        duals=np.asarray(solution.row_dual),
    )


def solve_full(model: Model, limits: Limits, *, start: NDArray[np.float64] | None = None) -> Outcome:
    """Solve the whole model with plain HiGHS.

    Parameters
    ----------
    model, limits
        What to solve and when to stop.
    start
        ``(n,)``, a first solution; the outcome is never worse when it is feasible.

    Raises
    ------
    SolverError
        When it ends without a solution and without a proof that none exists.
    """
    begin = time.process_time()
    solver = _load(model, seed=limits.seed, threads=limits.threads, integers=True)
    solver.setOptionValue("mip_rel_gap", limits.gap)
    solver.setOptionValue("mip_abs_gap", 0.0)
    if limits.nodes is not None:
        solver.setOptionValue("mip_max_nodes", limits.nodes)
    if limits.seconds is not None:
        _stop_after(solver, begin + limits.seconds)
    if start is not None:
        first = highspy.HighsSolution()
        first.col_value = start.tolist()
        solver.setSolution(first)
    solver.run()
    try:
        state = _check(solver)
    except NoSolutionError:
        return infeasible(version(), time.process_time() - begin)
    info = solver.getInfo()
    values = np.asarray(solver.getSolution().col_value)
    values = np.where(model.integer, np.round(values), values)
    return outcome(
        model,
        values,
        float(info.mip_dual_bound) if model.integer.any() else float(info.objective_function_value),
        limits,
        solver=version(),
        proven_by="highs",
        nodes=max(0, int(info.mip_node_count)),
        seconds=time.process_time() - begin,
        finished=state == State.kOptimal,
    )


def outcome(
    model: Model,
    values: NDArray[np.float64],
    bound: float,
    limits: Limits,
    *,
    solver: str,
    proven_by: str,
    nodes: int,
    seconds: float,
    finished: bool = False,
) -> Outcome:
    """Put a solution and a bound together; objective and gap are computed here and nowhere else."""
    objective = model.value(values)
    bound = min(bound, objective)
    gap = relative_gap(objective, bound)
    status: Status = "limit"
    if gap <= CLOSED:
        status = "optimal"
    elif gap <= limits.gap:
        status = "within_gap"
    elif finished:
        msg = f"the solver called a gap of {gap:.3g} finished, asked was {limits.gap:.3g}"
        raise SolverError(msg)
    return Outcome(
        status=status,
        objective=objective,
        bound=bound,
        gap=gap,
        values=values,
        solver=solver,
        proven_by=proven_by,
        nodes=nodes,
        seconds=seconds,
    )


def relative_gap(objective: float, bound: float) -> float:
    """Give ``(objective - bound) / |objective|``; zero when they are equal."""
    distance = objective - bound
    if distance <= CLOSED * max(1.0, abs(objective)):
        return 0.0 if distance <= 0 else distance / max(1.0, abs(objective))
    return distance / abs(objective) if objective else float("inf")


def infeasible(solver: str, seconds: float) -> Outcome:
    """Give the outcome of a model without any solution."""
    return Outcome(
        status="infeasible",
        objective=float("inf"),
        bound=float("inf"),
        gap=float("inf"),
        values=None,
        solver=solver,
        proven_by="highs",
        nodes=0,
        seconds=seconds,
    )


def version() -> str:
    """Give the name and version of the solver."""
    return f"HiGHS {highspy.Highs().version()}"


def _load(model: Model, *, seed: int, threads: int, integers: bool) -> highspy.Highs:
    lp = highspy.HighsLp()
    rows, columns = model.matrix.shape
    lp.num_row_, lp.num_col_ = int(rows), int(columns)
    lp.col_cost_, lp.offset_ = model.cost, model.offset
    lp.col_lower_, lp.col_upper_ = model.low, model.high
    lp.row_lower_, lp.row_upper_ = model.row_low, model.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_row_, lp.a_matrix_.num_col_ = int(rows), int(columns)
    lp.a_matrix_.start_ = model.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.matrix.data.astype(np.float64)
    if integers and model.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(whole)] for whole in model.integer]
    # another number of threads in one process ends in an error unless the scheduler starts anew
    highspy.Highs.resetGlobalScheduler(True)
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", threads)
    solver.setOptionValue("random_seed", seed)
    if solver.passModel(lp) == highspy.HighsStatus.kError:
        msg = "HiGHS refused the model"
        raise SolverError(msg)
    return solver


def _stop_after(solver: highspy.Highs, deadline: float) -> None:
    """Stop on processor time, which a busy machine does not stretch; the clock of HiGHS is on the wall."""

    def look(event: highspy.highs.HighsCallbackEvent) -> None:
        if time.process_time() >= deadline:
            event.interrupt()

    solver.cbMipInterrupt.subscribe(look)
    solver.cbSimplexInterrupt.subscribe(look)


def _check(solver: highspy.Highs) -> State:
    state = solver.getModelStatus()
    if state == State.kInfeasible:
        msg = "the rules of the model exclude each other"
        raise NoSolutionError(msg)
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if state == State.kOptimal and found:
        return state
    if state in _STOPPED and found and np.isfinite(info.mip_dual_bound):
        return state
    msg = f"HiGHS ended with '{solver.modelStatusToString(state)}'"
    raise SolverError(msg)

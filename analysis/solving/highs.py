"""HiGHS on a model: the linear relaxation, and the whole model within limits.

Method: Huangfu & Hall (2018), Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10, and the branch and cut of HiGHS (MIT licence).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np
from highspy import HighsModelStatus as State

from analysis.solving.clock import Clock
from analysis.solving.errors import NoSolutionError, SolverError
from analysis.solving.outcome import Outcome, Relaxation
from analysis.solving.proof import feasible, infeasible, proven, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits

NAME: Final = "highs"
QUICK: Final[Mapping[str, bool]] = {"mip_allow_restart": False, "mip_detect_symmetry": False}
"""Options that pay on small models that are solved by the hundred."""
_EXACT: Final = 1e-6
"""How far HiGHS may be off a gap that it calls reached, by its tolerances."""
_WALL: Final = 3.0
_STOPPED: Final = frozenset({State.kTimeLimit, State.kIterationLimit, State.kSolutionLimit, State.kInterrupt})


@dataclass(frozen=True, slots=True)
class Search:
    """What one branch and bound gave.

    Attributes
    ----------
    values
        ``(n,)``, whole numbers exact; None when stopped before the first solution.
    bound
        Of this model, infinite below when nothing was proven.
    finished
        Whether it stopped because its gap was reached.
    nodes
        That were looked at.
    """

    values: NDArray[np.float64] | None
    bound: float
    finished: bool
    nodes: int


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to search.

    Attributes
    ----------
    gap, nodes, seed, threads
        As in `Limits`.
    clock
        When to stop.
    options
        Further options of HiGHS by name.
    """

    gap: float
    nodes: int | None = None
    seed: int = 7
    threads: int = 1
    clock: Clock = field(default_factory=lambda: Clock.start(None))
    options: Mapping[str, bool | int | float | str] = field(default_factory=dict)


def solve_lp(model: Model, *, seed: int = 7) -> Relaxation:
    """Solve the linear relaxation.

    Raises
    ------
    NoSolutionError
        When the rules exclude each other.
    SolverError
        When it ends in any other way than solved.
    """
    return first_relaxation(load(model, seed=seed, integers=False), model)


def solve_full(model: Model, limits: Limits, *, start: NDArray[np.float64] | None = None) -> Outcome:
    """Solve the whole model with plain HiGHS.

    Parameters
    ----------
    model, limits
        What to solve and when to stop.
    start
        ``(n,)``, a first solution; when it obeys the rules the outcome is never worse.

    Raises
    ------
    SolverError
        When it ends without a solution and without a proof that none exists.
    """
    clock = Clock.start(limits.seconds)
    effort = Effort(limits.gap, limits.nodes, limits.seed, limits.threads, clock)
    try:
        found = search(model, effort, start=start)
    except NoSolutionError:
        return infeasible(solver=version(), proven_by=NAME, seconds=clock.used)
    values, bound, proof = found.values, found.bound, NAME
    if values is None and start is not None and feasible(model, start):
        values = rounded(model, start)
    if values is None:
        msg = "HiGHS was stopped before it had a solution; allow more seconds or nodes"
        raise SolverError(msg)
    if not np.isfinite(bound):
        # stopped before the root was solved: the relaxation still bounds every solution
        bound, proof = solve_lp(model, seed=limits.seed).objective, "lp"
    outcome = proven(
        model,
        values,
        bound,
        limits,
        solver=version(),
        proven_by=proof,
        nodes=found.nodes,
        seconds=clock.used,
    )
    if found.finished and outcome.gap > limits.gap + _EXACT:
        msg = f"HiGHS called a gap of {outcome.gap:.3g} finished, asked was {limits.gap:.3g}"
        raise SolverError(msg)
    return outcome


def search(model: Model, effort: Effort, *, start: NDArray[np.float64] | None = None) -> Search:
    """Branch and bound until the gap, the nodes or the time are reached.

    Raises
    ------
    NoSolutionError
        When the rules exclude each other.
    SolverError
        When HiGHS ends in an unknown way.
    """
    solver = load(model, seed=effort.seed, threads=effort.threads, integers=True)
    solver.setOptionValue("mip_rel_gap", effort.gap)
    solver.setOptionValue("mip_abs_gap", 0.0)
    for name, value in effort.options.items():
        solver.setOptionValue(name, value)
    if effort.nodes is not None:
        solver.setOptionValue("mip_max_nodes", effort.nodes)
    if np.isfinite(effort.clock.end):
        _stop_with(solver, effort.clock)
    if start is not None:
        first = highspy.HighsSolution()
        first.col_value = start.tolist()
        solver.setSolution(first)
    solver.run()
    return _found(solver, model)


def version() -> str:
    """Give the name and version of the solver."""
    return f"HiGHS {_new().version()}"


def load(model: Model, *, seed: int, threads: int = 1, integers: bool) -> highspy.Highs:
    """Give HiGHS with a model in it, silent, its objective with the offset.

    Raises
    ------
    SolverError
        When HiGHS refuses the model.
    """
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
        lp.integrality_ = [kinds[whole] for whole in model.integer.astype(int).tolist()]
    # another number of threads in one process ends in an error unless the scheduler starts anew
    highspy.Highs.resetGlobalScheduler(True)
    solver = _new()
    solver.setOptionValue("threads", threads)
    solver.setOptionValue("random_seed", seed)
    if solver.passModel(lp) == highspy.HighsStatus.kError:
        msg = "HiGHS refused the model: a number in it is missing or too large"
        raise SolverError(msg)
    return solver


def first_relaxation(solver: highspy.Highs, model: Model) -> Relaxation:
    """Solve a linear model; that it has no solution is believed only without presolve.

    Raises
    ------
    NoSolutionError
        When the rules exclude each other.
    SolverError
        When it ends in any other way than solved.
    """
    solver.run()
    try:
        return relaxation(solver, model)
    except NoSolutionError:
        solver.clearSolver()
        solver.setOptionValue("presolve", "off")
    solver.run()
    return relaxation(solver, model)


def relaxation(solver: highspy.Highs, model: Model) -> Relaxation:
    """Read the solution of a linear model.

    Raises
    ------
    NoSolutionError
        When the rules exclude each other.
    SolverError
        When it ended in any other way than solved.
    """
    state = solver.getModelStatus()
    if state != State.kOptimal:
        _refuse(solver, state, model)
    solution = solver.getSolution()
    return Relaxation(
        objective=float(solver.getInfo().objective_function_value),
        values=np.asarray(solution.col_value),
        reduced_costs=np.asarray(solution.col_dual),
        duals=np.asarray(solution.row_dual),
    )


def _new() -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    return solver


def _stop_with(solver: highspy.Highs, clock: Clock) -> None:
    """Stop on processor time; the clock of HiGHS is on the wall and only guards its inner searches.

    A machine that gets busier would make the wall come first, so it stands further away.
    """

    def look(event: highspy.highs.HighsCallbackEvent) -> None:
        if clock.over:
            event.interrupt()

    solver.cbMipInterrupt.subscribe(look)
    solver.cbSimplexInterrupt.subscribe(look)
    solver.setOptionValue("time_limit", max(_WALL * clock.left_on_wall, 1e-3))


def _found(solver: highspy.Highs, model: Model) -> Search:
    state = solver.getModelStatus()
    info = solver.getInfo()
    has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if state not in _STOPPED and not (state == State.kOptimal and has_values):
        _refuse(solver, state, model)
    whole = bool(model.integer.any())
    bound = float(info.mip_dual_bound if whole else info.objective_function_value)
    return Search(
        values=rounded(model, np.asarray(solver.getSolution().col_value)) if has_values else None,
        bound=bound if whole or state == State.kOptimal else float("-inf"),
        finished=bool(state == State.kOptimal),
        nodes=max(0, int(info.mip_node_count)),
    )


def _refuse(solver: highspy.Highs, state: State, model: Model) -> None:
    if state == State.kUnboundedOrInfeasible and model.cost.any():
        # without an objective nothing is unbounded, so that only the other can remain
        rules = load(model.priced(np.zeros_like(model.cost)), seed=0, integers=True)
        rules.run()
        state = State.kInfeasible if rules.getModelStatus() == State.kInfeasible else State.kUnbounded
    if state == State.kInfeasible:
        msg = "the rules of the model exclude each other"
        raise NoSolutionError(msg)
    msg = f"HiGHS ended with '{solver.modelStatusToString(state)}'"
    raise SolverError(msg)

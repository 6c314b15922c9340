"""SCIP on a model, only when a project asks for it; PySCIPOpt is an optional dependency.

Method: Bolusani et al. (2024), The SCIP Optimization Suite 9.0, and later (Apache-2.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.solving.clock import Clock
from analysis.solving.errors import NoSolutionError, SolverError
from analysis.solving.highs import Effort, Search
from analysis.solving.proof import infeasible, proven, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits, Outcome

NAME: Final = "scip"
_SOLVED: Final = frozenset({"optimal", "gaplimit"})
_STOPPED: Final = frozenset({"timelimit", "nodelimit", "totalnodelimit", "userinterrupt"})
_PROCESSOR_TIME: Final = 1


def solve_full(model: Model, limits: Limits, *, start: NDArray[np.float64] | None = None) -> Outcome:
    """Solve the whole model with plain SCIP; as `analysis.solving.highs.solve_full`.

    Raises
    ------
    SolverError
        When PySCIPOpt is not installed, or it ends without a solution and without a proof that none exists.
    """
    clock = Clock.start(limits.seconds)
    try:
        found = search(model, Effort(limits.gap, limits.nodes, limits.seed, 1, clock), start=start)
    except NoSolutionError:
        return infeasible(solver=version(), proven_by=NAME, seconds=clock.used)
    if found.values is None or not np.isfinite(found.bound):
        msg = "SCIP was stopped before it had a solution and a bound; allow more seconds or nodes"
        raise SolverError(msg)
    return proven(
        model,
        found.values,
        found.bound,
        limits,
        solver=version(),
        proven_by=NAME,
        nodes=found.nodes,
        seconds=clock.used,
    )


def search(model: Model, effort: Effort, *, start: NDArray[np.float64] | None = None) -> Search:
    """Branch and bound until the gap, the nodes or the time are reached; one thread.

    Raises
    ------
    NoSolutionError
        When the rules exclude each other.
    SolverError
        When PySCIPOpt is not installed, or SCIP ends in an unknown way.
    """
    solver, columns = _load(model)
    solver.setParam("limits/gap", effort.gap)
    solver.setParam("randomization/randomseedshift", effort.seed)
    solver.setParam("timing/clocktype", _PROCESSOR_TIME)
    if effort.nodes is not None:
        solver.setParam("limits/totalnodes", effort.nodes)
    if np.isfinite(effort.clock.end):
        # its clock began with the model, so what building took is counted once more
        solver.setParam("limits/time", max(effort.clock.left, 1e-3))
    if start is not None:
        solution = solver.createSol()
        for column, value in zip(columns, start.tolist(), strict=True):
            solver.setSolVal(solution, column, value)
        solver.addSol(solution)
    solver.optimize()
    state = solver.getStatus()
    if state == "infeasible":
        msg = "the rules of the model exclude each other"
        raise NoSolutionError(msg)
    if state not in _SOLVED | _STOPPED:
        msg = f"SCIP ended with '{state}'"
        raise SolverError(msg)
    bound = float(solver.getDualbound())
    return Search(
        values=_values(solver, columns, model) if solver.getNSols() else None,
        bound=bound if abs(bound) < solver.infinity() else float("-inf"),
        finished=state in _SOLVED,
        nodes=int(solver.getNTotalNodes()),
    )


def version() -> str:
    """Give the name and version of the solver."""
    return f"SCIP {_pyscipopt().Model().version()}"


def _pyscipopt() -> Any:
    try:
        import pyscipopt
    except ImportError as missing:
        msg = "the project asks for SCIP, which is not installed: pip install 'kringruimte[scip]'"
        raise SolverError(msg) from missing
    return pyscipopt


def _load(model: Model) -> tuple[Any, list[Any]]:
    pyscipopt = _pyscipopt()
    solver = pyscipopt.Model()
    solver.hideOutput()
    kinds = np.where(model.integer, "I", "C")
    kinds[model.integer & (model.low == 0) & (model.high == 1)] = "B"
    columns = [
        solver.addVar(vtype=str(kind), lb=_side(low), ub=_side(high), obj=cost)
        for kind, low, high, cost in zip(
            kinds, model.low.tolist(), model.high.tolist(), model.cost.tolist(), strict=True
        )
    ]
    solver.addObjoffset(model.offset)
    term, expression = pyscipopt.scip.Term, pyscipopt.scip.Expr
    starts, indices = model.matrix.indptr.tolist(), model.matrix.indices.tolist()
    values = model.matrix.data.tolist()
    for row, (low, high) in enumerate(zip(model.row_low.tolist(), model.row_high.tolist(), strict=True)):
        here = range(starts[row], starts[row + 1])
        sides = _side(low), _side(high)
        if len(here) == 0 or sides == (None, None):
            continue
        left = expression({term(columns[indices[at]]): values[at] for at in here})
        solver.addCons(pyscipopt.scip.ExprCons(left, *sides))
    return solver, columns


def _side(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _values(solver: Any, columns: list[Any], model: Model) -> NDArray[np.float64]:
    solution = solver.getBestSol()
    return rounded(model, np.array([solver.getSolVal(solution, column) for column in columns]))

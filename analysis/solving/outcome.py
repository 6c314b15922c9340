"""What a solver was allowed and what it proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Status = Literal["optimal", "within_gap", "limit", "infeasible"]
"""``optimal``: gap closed to 1e-9; ``within_gap``: the asked gap is proven; ``limit``: nodes or seconds ran
out with a feasible solution; ``infeasible``: no solution exists (a model with shortages never is)."""

Engine = Literal["highs", "scip"]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a solver may stop, and which one; part of the recipe.

    Attributes
    ----------
    gap
        Relative, ``(objective - bound) / |objective|``.
    nodes
        Of branch and bound per solve, None without limit. Limits on nodes repeat on every machine.
    seconds
        Of processor time over all solves, None without limit. A plan that stopped on time may differ
        elsewhere.
    seed, threads
        As HiGHS takes them.
    engine
        What solves a whole model; relaxations and parts are always those of HiGHS. Chosen, never detected.
    """

    gap: float = 1e-3
    nodes: int | None = None
    seconds: float | None = 60.0
    seed: int = 7
    threads: int = 1
    engine: Engine = "highs"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A solution with its proof.

    Attributes
    ----------
    status, objective, bound, gap
        Computed by us from the best solution and the best bound of all steps; infinite gap without solution.
    values
        ``(n,)``, integers rounded exactly; None when infeasible.
    solver
        Name and version.
    proven_by
        Which step gave the bound: ``lp``, ``highs``, ``scip`` or ``trivial``.
    nodes, seconds
        What was used.
    """

    status: Status
    objective: float
    bound: float
    gap: float
    values: NDArray[np.float64] | None
    solver: str
    proven_by: str
    nodes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The linear relaxation.

    Attributes
    ----------
    objective
        A lower bound on every solution.
    values, reduced_costs
        Per column, ``(n,)``.
    duals
        Per row, ``(m,)``.
    """

    objective: float
    values: NDArray[np.float64]
    reduced_costs: NDArray[np.float64]
    duals: NDArray[np.float64]

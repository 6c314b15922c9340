"""Kernel search: bound, a small model on the promising columns, then the whole model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analysis.solving import highs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits, Outcome


def solve(
    model: Model,
    limits: Limits,
    *,
    start: NDArray[np.float64] | None = None,
    solver: Literal["highs", "scip"] = "highs",
) -> Outcome:
    """Solve a model by the ladder."""
    if solver == "scip":
        raise NotImplementedError
    return highs.solve_full(model, limits, start=start)

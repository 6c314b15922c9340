"""From a solution and a bound to an outcome: objective, gap and status are computed here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.solving.outcome import Outcome, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits

CLOSED: Final = 1e-9
"""A relative gap up to this is no gap."""
ALLOWED: Final = 1e-6
"""How far a row or column may be beyond its side, relative to the side where that is large."""


def relative_gap(objective: float, bound: float) -> float:
    """Give ``(objective - bound) / |objective|``; zero when closed, infinite when the objective is zero."""
    distance = objective - bound
    if distance <= CLOSED * max(1.0, abs(objective)):
        return 0.0
    return distance / abs(objective) if objective else float("inf")


def status_of(gap: float, limits: Limits) -> Status:
    """Name a gap."""
    if gap <= CLOSED:
        return "optimal"
    return "within_gap" if gap <= limits.gap else "limit"


def proven(
    model: Model,
    values: NDArray[np.float64],
    bound: float,
    limits: Limits,
    *,
    solver: str,
    proven_by: str,
    nodes: int,
    seconds: float,
) -> Outcome:
    """Put a feasible solution and a bound together."""
    objective = model.value(values)
    bound = min(bound, objective)
    gap = relative_gap(objective, bound)
    return Outcome(
        status=status_of(gap, limits),
        objective=objective,
        bound=bound,
        gap=gap,
        values=values,
        solver=solver,
        proven_by=proven_by,
        nodes=nodes,
        seconds=seconds,
    )


def infeasible(*, solver: str, proven_by: str, seconds: float, nodes: int = 0) -> Outcome:
    """Give the outcome of a model without any solution."""
    return Outcome(
        status="infeasible",
        objective=float("inf"),
        bound=float("inf"),
        gap=float("inf"),
        values=None,
        solver=solver,
        proven_by=proven_by,
        nodes=nodes,
        seconds=seconds,
    )


def breach(model: Model, values: NDArray[np.float64]) -> float:
    """Give the largest distance beyond a side of a row or column, relative where the side is above one."""
    activity = model.matrix @ values
    worst = 0.0
    for found, low, high in ((activity, model.row_low, model.row_high), (values, model.low, model.high)):
        scale = np.maximum(1.0, np.where(np.isfinite(low), np.abs(low), 1.0))
        worst = max(worst, float(np.max((low - found) / scale, initial=0.0)))
        scale = np.maximum(1.0, np.where(np.isfinite(high), np.abs(high), 1.0))
        worst = max(worst, float(np.max((found - high) / scale, initial=0.0)))
    return worst


def rounded(model: Model, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make whole numbers exactly whole, and keep columns between their sides."""
    whole = np.where(model.integer, np.round(values), values)
    return np.clip(whole, model.low, model.high)


def feasible(model: Model, values: NDArray[np.float64]) -> bool:
    """Say whether values obey every rule."""
    whole = values[model.integer]
    return bool((np.abs(whole - np.round(whole)) <= ALLOWED).all()) and breach(model, values) <= ALLOWED

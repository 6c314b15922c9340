"""The cheapest set of units, each in at most one zone, that reaches every target; and what replaces a unit.

Method: the minimum set problem of systematic conservation planning (Cocks and Baird 1989) with zones;
replacement cost after Cabeza and Moilanen, Replacement cost, Ecological Modelling 192 (2006). Covering
clients is the case in which each client is a target of 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from analysis.solving import kernel
from analysis.solving.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.outcome import Limits, Outcome


@dataclass(frozen=True)
class MinimumSet:
    """Units, zones and targets.

    Attributes
    ----------
    cost
        ``(units, zones)``; missing where a unit may not be in a zone.
    amounts
        What a unit in a zone adds to each target, ``(targets, units, zones)``.
    targets
        Least amounts, ``(targets,)``.
    locked_in, locked_out
        ``(units, zones)``; none when missing.
    """

    cost: NDArray[np.float64]
    amounts: NDArray[np.float64]
    targets: NDArray[np.float64]
    locked_in: NDArray[np.bool_] | None = None
    locked_out: NDArray[np.bool_] | None = None

    @classmethod
    def single(
        cls,
        cost: NDArray[np.float64],
        amounts: NDArray[np.float64],
        targets: NDArray[np.float64],
        *,
        locked_in: NDArray[np.bool_] | None = None,
        locked_out: NDArray[np.bool_] | None = None,
    ) -> MinimumSet:
        """Make a problem with one zone from ``(units,)`` and ``(targets, units)``."""
        return cls(
            cost[:, None],
            amounts[:, :, None],
            targets,
            None if locked_in is None else locked_in[:, None],
            None if locked_out is None else locked_out[:, None],
        )


@dataclass(frozen=True)
class ChosenSet:
    """A set with its proof.

    Attributes
    ----------
    chosen
        ``(units, zones)``.
    objective, bound, gap, status
        As `analysis.solving.outcome.Outcome`; infinite and ``infeasible`` when the targets cannot be reached.
    """

    chosen: NDArray[np.bool_]
    objective: float
    bound: float
    gap: float
    status: str


def solve_minimum_set(problem: MinimumSet, limits: Limits) -> ChosenSet:
    """Choose the cheapest set."""
    low, high = _bounds(problem)
    outcome = kernel.solve(_model(problem, low, high), limits)
    return _read(problem, outcome)


def replacement_costs(
    problem: MinimumSet, chosen: NDArray[np.bool_], limits: Limits, *, keep_others: bool = False
) -> NDArray[np.float64]:
    """Give what the cheapest set costs more when a chosen unit may not be used, each solved anew.

    Parameters
    ----------
    chosen
        ``(units, zones)``, a solution.
    keep_others
        Whether the other chosen units must stay.

    Returns
    -------
    ndarray
        ``(units, zones)``: infinite when the targets cannot be reached without, zero for a unit that was not
        chosen, missing for one that may not be used at all.
    """
    result = np.zeros(problem.cost.shape)
    base = float(problem.cost[chosen].sum())
    for unit, zone in np.argwhere(chosen):
        low, high = _bounds(problem)
        high[unit, zone] = low[unit, zone] = 0.0
        if keep_others:
            others = chosen.copy()
            others[unit, zone] = False
            low[others] = 1.0
        outcome = kernel.solve(_model(problem, low, high), limits)
        result[unit, zone] = np.inf if outcome.values is None else max(0.0, outcome.objective - base)
    return np.where(np.isnan(problem.cost), np.nan, result)


def _bounds(problem: MinimumSet) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    usable = ~np.isnan(problem.cost)
    low, high = np.zeros(problem.cost.shape), usable.astype(np.float64)
    if problem.locked_in is not None:
        low[problem.locked_in & usable] = 1.0
    if problem.locked_out is not None:
        high[problem.locked_out] = 0.0
    return low, high


def _model(problem: MinimumSet, low: NDArray[np.float64], high: NDArray[np.float64]) -> Model:
    units, zones = problem.cost.shape
    amounts = np.nan_to_num(problem.amounts.reshape(len(problem.targets), units * zones))
    one_zone = np.kron(np.eye(units), np.ones(zones))
    targets = problem.targets
    return Model(
        cost=np.nan_to_num(problem.cost.ravel()),
        matrix=csr_array(np.vstack([amounts, one_zone])),
        row_low=np.concatenate([targets, np.full(units, -np.inf)]),
        row_high=np.concatenate([np.full(len(targets), np.inf), np.ones(units)]),
        low=low.ravel(),
        high=high.ravel(),
        integer=np.ones(units * zones, dtype=np.bool_),
    )


def _read(problem: MinimumSet, outcome: Outcome) -> ChosenSet:
    if outcome.values is None:
        return ChosenSet(np.zeros(problem.cost.shape, dtype=np.bool_), np.inf, np.inf, np.inf, "infeasible")
    chosen = outcome.values.reshape(problem.cost.shape) > 0.5  # noqa: PLR2004 - integers come rounded
    return ChosenSet(chosen, outcome.objective, outcome.bound, outcome.gap, outcome.status)

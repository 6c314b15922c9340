"""The plan under other weights, from the plan that there is and within seconds.

Weights say what land is suitable, and nothing else. So only the pass of that aim is done again: the aims that
the council puts before it stay within what they may give away, and a hectare moves only for a gain. The
search begins at the plan that there is, so that the answer is never worse than that, and what is proven says
how far it may be from the best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.reservation.model import build_model
from analysis.reservation.nearest import LIVE_GAP, moved_from
from analysis.reservation.plan import gap_of, limits_of, pass_model
from analysis.solving.errors import NoSolutionError
from analysis.solving.kernel import solve
from analysis.solving.proof import feasible

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters_reservation import ReservationParameters

SUITABILITY = "suitability"
STAY = 0.01
"""Suitability, from 0 to 1, that a hectare must gain before it is worth a change (assumption)."""
LIVE_SECONDS = 2.5


@dataclass(frozen=True)
class Reweighed:
    """A plan under other weights.

    Attributes
    ----------
    start
        Per pair the position of the year from which it is reserved, ``(k,)``.
    value
        Hectares times what they lack in suitability, with `STAY` per hectare moved.
    bound
        No plan within the same limits has a lower value; proven.
    gap
        ``(value - bound) / value``, zero when this is the best.
    """

    start: NDArray[np.int64]
    value: float
    bound: float
    gap: float

    @property
    def is_best(self) -> bool:
        """Whether no plan is better by more than is told apart in a live session."""
        return self.gap <= LIVE_GAP


def reweigh(
    problem: ReservationProblem,
    start: NDArray[np.int64],
    parameters: ReservationParameters,
    allowed: Mapping[str, float] | None = None,
    *,
    seconds: float | None = LIVE_SECONDS,
) -> Reweighed | None:
    """Make the most suitable plan near a plan.

    Parameters
    ----------
    problem
        With the suitability that other weights give.
    start
        The plan that there is; it obeys the rules and locks of `problem`, ``(k,)``.
    parameters
        For the order of the aims and the solver.
    allowed
        What an aim before suitability may reach; what `start` reaches where that is more, or where none is
        given.
    seconds
        Of processor time. An answer that is not the best by then may differ on another machine.

    Returns
    -------
    Reweighed or None
        None when suitability is no aim of the plan, so that weights change nothing.

    Raises
    ------
    ValueError
        When the plan breaks a rule.
    """
    if SUITABILITY not in parameters.aims:
        return None
    before = parameters.aims[: parameters.aims.index(SUITABILITY)]
    reservation = build_model(problem, openings="compactness" in before)
    reached = {aim: reservation.aim_value(aim, start) for aim in before}
    caps: dict[str, float] = {
        aim: max(value, (allowed or {}).get(aim, value)) for aim, value in reached.items()
    }
    moved, constant = moved_from(reservation, start)
    model = pass_model(reservation, {SUITABILITY: 1.0}, caps)
    model = model.priced(model.cost + STAY * moved, model.offset + STAY * constant)
    values = reservation.values_of(start)
    if not feasible(model, values):
        raise ValueError("the plan to start from breaks a rule")
    limits = replace(limits_of(parameters), gap=LIVE_GAP, seconds=seconds)
    outcome = solve(model, limits, start=values)
    if outcome.values is None:
        raise NoSolutionError("a plan that obeys the rules was given")
    found = reservation.plan_of(outcome.values)[0]
    value = model.value(reservation.values_of(found))
    bound = min(max(outcome.bound, 0.0), value)
    return Reweighed(found, value, bound, gap_of(value, bound))

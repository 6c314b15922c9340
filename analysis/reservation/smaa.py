"""Which sites a plan chooses under other weights: acceptability of the plan made anew for every draw.

Method: Lahdelma, Hokkanen and Salminen (1998) with the optimised plan in the place of the ranking: for every
draw of weights the plan is made again, the aims before suitability held at what the plan reached, and a pair
of site and function is accepted as often as it is chosen. Central weights are the mean of the draws in which
it is chosen. A share of N draws has the Monte Carlo error ``sqrt(b (1 - b) / N)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.reservation.draws import solve_draws
from analysis.reservation.model import build_model, capped_model
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.suitability import suitability_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.model import ReservationModel
    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.reservation.weights import WeightDraws
    from analysis.solving.outcome import Limits

NONE: Final = "none"
"""What stands in the place of a function where a site is not chosen."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the plan becomes under each draw of weights.

    Attributes
    ----------
    draws
        The weights.
    problem
        Of which pairs.
    chosen
        Which pairs are chosen, ``(draws, k)``.
    objective, bound, gap
        Of the aim suitability under the weights of the draw, proven, ``(draws,)``.
    status
        Per draw.
    """

    draws: WeightDraws
    problem: ReservationProblem
    chosen: NDArray[np.bool_]
    objective: NDArray[np.float64]
    bound: NDArray[np.float64]
    gap: NDArray[np.float64]
    status: tuple[str, ...]

    def share(self) -> NDArray[np.float64]:
        """Give the share of the draws in which each pair is chosen, ``(k,)``."""
        return np.asarray(self.chosen.mean(axis=0, dtype=np.float64))

    def central_weights(self) -> NDArray[np.float64]:
        """Give the mean weights of the draws that choose each pair, NaN without any, ``(k, criteria)``."""
        count = self.chosen.sum(axis=0, dtype=np.int64)[:, None]
        total = self.chosen.T.astype(np.float64) @ self.draws.values
        central = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        return np.asarray(central)

    def site_share(self) -> NDArray[np.float64]:
        """Give the share of the draws in which each site is chosen, whatever for, ``(sites,)``."""
        total = np.zeros(len(self.problem.sites))
        np.add.at(total, self.problem.site, self.chosen.sum(axis=0, dtype=np.float64))
        return np.asarray(total / len(self.chosen))


def monte_carlo_error(share: NDArray[np.float64], draws: int) -> NDArray[np.float64]:
    """Give the standard error of shares of independent draws: ``sqrt(b (1 - b) / N)``."""
    return np.asarray(np.sqrt(np.clip(share * (1.0 - share), 0.0, None) / draws))


def caps_before(plan: Plan, aim: str) -> dict[str, float]:
    """Give what the plan may use of the aims that come before an aim; of all when it is none of them."""
    caps: dict[str, float] = {}
    for reached in plan.aims:
        if reached.name == aim:
            break
        caps[reached.name] = max(reached.value + reached.tolerance, reached.final)
    return caps


def accept(
    problem: ReservationProblem,
    plan: Plan,
    values: NDArray[np.float64],
    draws: WeightDraws,
    limits: Limits,
    *,
    careful: Limits | None = None,
    workers: int = 1,
) -> Acceptance:
    """Make the plan again for every draw of weights.

    Parameters
    ----------
    plan
        What holds the aims before suitability, and the first solution of every draw.
    values
        Values in [0, 1] of the criteria in the order of ``draws.criteria``, NaN where not assessed,
        ``(k, criteria)``.
    limits
        Of one draw.
    careful
        Of one of the first draws, whose plans the others start from; None for the same.
    workers
        Processes; the answer does not depend on their number.
    """
    caps = caps_before(plan, "suitability")
    reservation = build_model(problem, openings="compactness" in caps)
    costs = _costs(
        problem, reservation, np.array([suitability_of(values, weights) for weights in draws.values])
    )
    start = reservation.values_of(plan.start)
    solved = solve_draws(
        capped_model(reservation, caps), costs, limits, start=start, careful=careful, workers=workers
    )
    chosen = np.zeros((len(solved), problem.pairs), dtype=bool)
    for row, outcome in zip(chosen, solved, strict=True):
        row[:] = reservation.plan_of(start if outcome.values is None else outcome.values)[0] != NOT_CHOSEN
    return Acceptance(
        draws,
        problem,
        chosen,
        np.array([outcome.objective for outcome in solved]),
        np.array([outcome.bound for outcome in solved]),
        np.array([outcome.gap for outcome in solved]),
        tuple(outcome.status for outcome in solved),
    )


def _costs(
    problem: ReservationProblem, reservation: ReservationModel, suitability: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the costs of the aim suitability per draw, ``(draws, columns)``; it is linear in suitability."""
    none, all_of_it = (
        build_model(replace(problem, suitability=np.full(problem.pairs, level)), openings=False).aims[
            "suitability"
        ][0]
        for level in (0.0, 1.0)
    )
    starts = len(reservation.pair)
    costs = np.zeros((len(suitability), len(reservation.model.cost)))
    costs[:, :starts] = none[:starts] + suitability[:, reservation.pair] * (all_of_it - none)[:starts]
    return costs

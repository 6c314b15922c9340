"""How much of the second aim the first one costs: the curve between the two.

The epsilon constraint method (Haimes, Lasdon and Wismer, On a bicriterion formulation, IEEE Transactions on
Systems, Man, and Cybernetics 1, 1971): the second aim is minimised while the first may not pass a limit, for
a row of limits between the best of the one and the best of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reservation.model import build_model
from analysis.reservation.plan import NOISE, gap_of, limits_of, solve_pass, status_of
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import shortage_of
from analysis.reservation.shortage import short_in_year
from analysis.reservation.trim import trim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.model import ReservationModel
    from analysis.reservation.problem import ReservationProblem
    from layers.parameters_reservation import ReservationParameters

POINTS = 6
SHARE_OF_TIME = 0.25
"""Time of one point against that of a pass of the plan."""
COLUMNS = (
    *("point", "first_aim", "second_aim", "limit", "first_value", "second_value", "second_bound", "gap"),
    *("status", "short_ha", "year", "people", "reserved_ha", "sites"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """One plan on the curve.

    Attributes
    ----------
    limit
        What the first aim was allowed.
    first, second, bound
        What both aims reach, and what is proven for the second within the limit.
    start
        Per pair the position of the year from which it is reserved, ``(k,)``.
    """

    limit: float
    first: float
    second: float
    bound: float
    start: NDArray[np.int64]


def trade_off(
    problem: ReservationProblem,
    parameters: ReservationParameters,
    *,
    points: int = POINTS,
    start: NDArray[np.int64] | None = None,
) -> tuple[Point, ...]:
    """Find plans between the best of the first aim and the best of the second.

    Parameters
    ----------
    points
        How many, at least two.
    start
        A plan to start from, per pair the position of its year.

    Returns
    -------
    tuple of Point
        From the best of the first aim to the best of the second; the first aim never falls, the second
        never rises.
    """
    if len(parameters.aims) < 2 or points < 2:  # noqa: PLR2004 a curve has two ends and two axes
        raise ValueError("a curve needs two aims and two points")
    first, second = parameters.aims[:2]
    curve = _Curve(build_model(problem, openings="compactness" in (first, second)), first, second, parameters)
    best = curve.least(first, {}, start)
    low = curve.reservation.aim_value(first, best)
    other = curve.least(second, {}, best)
    floor = curve.reservation.aim_value(second, other)
    # among all plans that are best for the second aim, the one that gives least of the first away
    other = curve.least(first, {second: floor + curve.noise(second)}, other)
    high = max(curve.reservation.aim_value(first, other), low)
    found: list[Point] = []
    before = best
    for limit in np.linspace(low, high, points).tolist():
        point = curve.point(limit, before)
        # a wider limit allows all that a narrower one does: a solver that stops early never makes it worse
        if found and point.second > found[-1].second:
            point = Point(limit, found[-1].first, found[-1].second, point.bound, found[-1].start)
        found.append(point)
        before = point.start
    return tuple(found)


@dataclass(frozen=True)
class _Curve:
    reservation: ReservationModel
    first: str
    second: str
    parameters: ReservationParameters

    def noise(self, aim: str) -> float:
        cost, _ = self.reservation.aims[aim]
        return NOISE * max(1.0, float(np.abs(cost).max(initial=0.0)))

    def least(
        self, aim: str, caps: Mapping[str, float], start: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        limits = limits_of(self.parameters, share=SHARE_OF_TIME)
        _, found = solve_pass(self.reservation, {aim: 1.0}, caps, limits, start=start)
        return trim(self.reservation.problem, found)

    def point(self, limit: float, start: NDArray[np.int64]) -> Point:
        limits = limits_of(self.parameters, share=SHARE_OF_TIME)
        caps = {self.first: limit + self.noise(self.first)}
        outcome, found = solve_pass(self.reservation, {self.second: 1.0}, caps, limits, start=start)
        found = trim(self.reservation.problem, found)
        first, second = (self.reservation.aim_value(aim, found) for aim in (self.first, self.second))
        return Point(limit, first, second, min(max(outcome.bound, 0.0), second), found)


def trade_off_table(
    problem: ReservationProblem, points: tuple[Point, ...], parameters: ReservationParameters
) -> pd.DataFrame:
    """Write the curve as rows, each with what it means on the ground in the last year."""
    year = problem.years[-1]
    rows = []
    for number, point in enumerate(points, start=1):
        chosen = point.start != NOT_CHOSEN
        gap = gap_of(point.second, point.bound)
        rows.append(
            {
                "point": number,
                "first_aim": parameters.aims[0],
                "second_aim": parameters.aims[1],
                "limit": point.limit,
                "first_value": point.first,
                "second_value": point.second,
                "second_bound": point.bound,
                "gap": gap,
                "status": status_of(gap, parameters.gap),
                "short_ha": short_in_year(problem, shortage_of(problem, point.start), year),
                "year": year,
                "people": float(problem.people[chosen].sum()),
                "reserved_ha": float(problem.capacity[chosen, -1].sum()),
                "sites": int(chosen.sum()),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))

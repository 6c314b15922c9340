"""What start years reach, straight from the problem: hectares short, housing plans that give way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reservation.problem import NOT_CHOSEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem


def minimum_of(problem: ReservationProblem) -> NDArray[np.float64]:
    """Give the minimum cluster per function; zero without."""
    return problem.min_cluster if len(problem.min_cluster) else np.zeros(len(problem.functions))


def shortage_of(problem: ReservationProblem, start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the hectares short per target of start years per pair, ``(targets,)``.

    A target counts the hectares of its year of every pair of its function, and of its sub-area when it names
    one, that started by then.
    """
    wanted = problem.targets["ha"].to_numpy(dtype=np.float64)
    got = np.zeros(len(wanted))
    chosen = np.flatnonzero(start != NOT_CHOSEN)
    by_target = TargetPairs(problem, chosen)
    for position in range(len(wanted)):
        pairs, year = by_target.of(position)
        got[position] = problem.capacity[pairs, year][start[pairs] <= year].sum()
    return short_of(wanted, got)


def short_of(wanted: NDArray[np.float64], got: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give what is short of what is wanted."""
    short = np.maximum(wanted - got, 0.0)
    # a difference below a square centimetre is the sum of roundings, not land
    return np.where(short < 1e-8, 0.0, short)  # noqa: PLR2004


def blocked_by(problem: ReservationProblem, start: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell per housing plan whether it gives way to a reservation, ``(plans,)``."""
    blocked = np.zeros(len(problem.plans), dtype=bool)
    if len(problem.plan_pairs):
        plan, pair = problem.plan_pairs.T
        blocked[plan[start[pair] != NOT_CHOSEN]] = True
    return blocked


class TargetPairs:
    """Find the pairs that count for a target."""

    def __init__(self, problem: ReservationProblem, pairs: NDArray[np.int64]) -> None:
        targets = problem.targets
        self._position = {function: at for at, function in enumerate(problem.functions)}
        self._function = targets["function"].astype(str).tolist()
        self._year = [problem.years.index(int(year)) for year in targets["year"]]
        self._area = [None if pd.isna(area) else str(area) for area in targets["sub_area"]]
        areas = problem.sites["sub_area"].astype("string").fillna("").to_numpy(dtype=object)
        self._area_of = areas[problem.site]
        order = pairs[np.argsort(problem.function[pairs], kind="stable")]
        edges = np.searchsorted(problem.function[order], np.arange(len(problem.functions) + 1))
        self._by_function = [order[first:last] for first, last in pairwise(edges)]

    def of(self, target: int) -> tuple[NDArray[np.int64], int]:
        """Give the pairs of a target and the position of its year."""
        pairs = self._by_function[self._position[self._function[target]]]
        area = self._area[target]
        if area is not None:
            pairs = pairs[self._area_of[pairs] == area]
        return pairs, self._year[target]

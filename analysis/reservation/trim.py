"""Take out of a plan what no target misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import minimum_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem


def trim(problem: ReservationProblem, start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Drop reservations that no target misses, and start others as late as every target allows.

    A pass that stops within its gap, or that weighs neither people nor suitability, may leave reservations
    that serve nothing; a reservation that serves nothing cannot be defended. No shortage grows and no rule is
    broken: only targets, locks and minimum clusters ask for land. Reservations with the most people near and
    the least suitable go first, then by id.

    Parameters
    ----------
    start
        Per pair the position of the year from which it is reserved, ``(k,)``.
    """
    start = start.copy()
    needs = _Needs(problem, start)
    chosen = np.flatnonzero(start != NOT_CHOSEN)
    concerned = problem.people + problem.persons_per_dwelling * problem.conflict
    order = np.lexsort((chosen, problem.suitability[chosen], -concerned[chosen]))
    for pair in chosen[order].tolist():
        if needs.may_drop(pair):
            start[pair] = needs.move(pair, NOT_CHOSEN)
            continue
        latest = needs.latest(pair)
        if latest > start[pair]:
            start[pair] = needs.move(pair, latest)
    return start


class _Needs:
    """Hold how much each target, lock and cluster can spare."""

    def __init__(self, problem: ReservationProblem, start: NDArray[np.int64]) -> None:
        self._problem = problem
        self._start = start.copy()
        targets = problem.targets
        self._wanted = targets["ha"].to_numpy(dtype=np.float64)
        self._year = np.array([problem.years.index(int(year)) for year in targets["year"]], dtype=np.int64)
        function = np.array(
            [problem.functions.index(str(name)) for name in targets["function"]], dtype=np.int64
        )
        self._targets = [np.flatnonzero(function == at) for at in range(len(problem.functions))]
        self._area = targets["sub_area"].astype("string").fillna("").to_numpy(dtype=object)
        site_area = problem.sites["sub_area"].astype("string").fillna("").to_numpy(dtype=object)
        self._site_area = site_area
        self._got = np.zeros(len(self._wanted))
        for pair in np.flatnonzero(start != NOT_CHOSEN).tolist():
            counting = self._counting(pair, int(start[pair]))
            self._got[counting] += problem.capacity[pair, self._year[counting]]
        self._lock = {int(pair): int(year) for pair, year in problem.locked_in}
        self._minimum = minimum_of(problem)
        self._park = pd.factorize(problem.sites["park_id"].astype("string"), sort=True)[0]
        self._cluster: dict[tuple[int, int], float] = {}
        for pair in np.flatnonzero(start != NOT_CHOSEN).tolist():
            key = self._key(pair)
            self._cluster[key] = self._cluster.get(key, 0.0) + float(problem.capacity[pair, -1])

    def _key(self, pair: int) -> tuple[int, int]:
        return int(self._park[self._problem.site[pair]]), int(self._problem.function[pair])

    def _counting(self, pair: int, start: int) -> NDArray[np.int64]:
        """Give the targets for which a pair counts when it starts in a year."""
        own = self._targets[int(self._problem.function[pair])]
        area = self._site_area[int(self._problem.site[pair])]
        inside = (self._area[own] == "") | (self._area[own] == area)
        return np.asarray(own[inside & (self._year[own] >= start)])

    def _spare(self, pair: int, targets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which targets stay whole without a pair."""
        less = self._got[targets] - self._problem.capacity[pair, self._year[targets]]
        return np.asarray((less >= self._wanted[targets] - 1e-9) | (self._wanted[targets] <= 0))

    def may_drop(self, pair: int) -> bool:
        """Tell whether nothing misses a pair."""
        if pair in self._lock or not self._spare(pair, self._counting(pair, int(self._start[pair]))).all():
            return False
        key = self._key(pair)
        left = self._cluster[key] - float(self._problem.capacity[pair, -1])
        return left <= 1e-9 or left >= self._minimum[key[1]]  # noqa: PLR2004

    def latest(self, pair: int) -> int:
        """Give the latest year from which a pair may start without being missed."""
        counting = self._counting(pair, int(self._start[pair]))
        missed = self._year[counting][~self._spare(pair, counting)]
        latest = int(missed.min()) if len(missed) else len(self._problem.years) - 1
        latest = min(latest, self._lock.get(pair, latest))
        return max(latest, int(self._start[pair]))

    def move(self, pair: int, start: int) -> int:
        """Let a pair start later, or not at all; gives that start."""
        before = self._counting(pair, int(self._start[pair]))
        self._got[before] -= self._problem.capacity[pair, self._year[before]]
        if start == NOT_CHOSEN:
            self._cluster[self._key(pair)] -= float(self._problem.capacity[pair, -1])
        else:
            after = self._counting(pair, start)
            self._got[after] += self._problem.capacity[pair, self._year[after]]
        self._start[pair] = start
        return start

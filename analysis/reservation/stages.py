"""Two stages: what is reserved in the first year holds in every future, later years may wait and see.

Every future has its own copy of the columns of later years (land that is released later is decided on later),
on a kernel of pairs so that it stays small. What it reaches is compared with one plan for all futures: the
difference is what waiting is worth.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.model import build_model
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.regret import LAND_SHARE, MEAN_SHARE, base_of, entries
from analysis.reservation.rows import Rows
from analysis.solving.model import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.reservation.regret import Supply
    from analysis.reservation.rows import Part


class TwoStages:
    """A plan whose first year is shared by all futures.

    Parameters
    ----------
    supply
        What plans bring.
    best
        Lower bound on the first aim per future, ``(futures,)``.
    tail
        Share of the futures over which regret is averaged; at most one future gives the maximum.
    pairs
        Which pairs may be chosen, ``(k,)``; existing reservations must be among them.
    """

    def __init__(
        self, supply: Supply, best: NDArray[np.float64], tail: float, pairs: NDArray[np.bool_]
    ) -> None:
        self.supply = supply
        self.best = best
        futures = len(best)
        self.tail = max(tail, 1.0 / futures)
        self._copies = [build_model(supply.futures.of(future), openings=False) for future in range(futures)]
        first = supply.reservation
        count, starts = len(first.model.cost), len(first.pair)
        kept = np.ones(count, dtype=bool)
        kept[:starts] = pairs[first.pair]
        self._shared = np.zeros(count, dtype=bool)
        self._shared[:starts] = kept[:starts] & (first.year == 0)
        own = kept & ~self._shared
        sizes = [int(self._shared.sum()), *[int(own.sum())] * futures, 1, futures]
        edges = [slice(*edge) for edge in pairwise(np.cumsum([0, *sizes]).tolist())]
        self._edge, self._beyond = edges[-2:]
        # per future, where each column of its copy stands; -1 where it is left out
        self._at = np.full((futures, count), -1, dtype=np.int64)
        self._at[:, self._shared] = np.arange(sizes[0])
        for future in range(futures):
            self._at[future, own] = np.arange(edges[1 + future].start, edges[1 + future].stop)
        self.model = self._model()

    def starts_of(self, values: NDArray[np.float64]) -> list[NDArray[np.int64]]:
        """Give the start years per pair of a solution, one array ``(k,)`` per future."""
        starts = []
        for copy, at in zip(self._copies, self._at, strict=True):
            full = np.where(at >= 0, values[np.maximum(at, 0)], 0.0)
            starts.append(copy.plan_of(full)[0])
        return starts

    def values_of(self, starts: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """Give the solution that belongs to start years per pair and future; the first year must agree."""
        values = np.zeros(len(self.model.cost))
        for copy, at, start in zip(self._copies, self._at, starts, strict=True):
            values[at[at >= 0]] = copy.values_of(start)[at >= 0]
        regret = np.maximum(self.regret(starts), 0.0)
        worst = np.sort(regret)[::-1]
        edge = worst[min(len(worst), max(1, int(np.ceil(self.tail * len(worst) - 1e-9)))) - 1]
        values[self._edge] = edge
        values[self._beyond] = np.maximum(regret - edge, 0.0)
        return values

    def regret(self, starts: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """Give the regret per future when each follows its own start years, ``(futures,)``."""
        values = [self.supply.value(start)[future] for future, start in enumerate(starts)]
        return np.array(values) - self.best

    def _model(self) -> Model:
        rows = self._rows()
        futures, count = len(self.best), self._beyond.stop
        cost, low, high = np.zeros(count), np.zeros(count), np.full(count, np.inf)
        integer = np.zeros(count, dtype=bool)
        for copy, at in zip(self._copies, self._at, strict=True):
            there, place = at >= 0, at[at >= 0]
            low[place], high[place] = copy.model.low[there], copy.model.high[there]
            integer[place] = copy.model.integer[there]
            starts = len(copy.pair)
            land = np.zeros(len(at))
            land[:starts] = LAND_SHARE / futures * copy.problem.capacity[copy.pair, -1]
            np.add.at(cost, place, (land + MEAN_SHARE / futures * copy.aims["shortage"][0])[there])
        cost[self._edge] = 1.0
        cost[self._beyond] = 1.0 / (self.tail * futures)
        row_low, row_high = rows.bounds()
        offset = base_of(self.supply) - MEAN_SHARE * float(self.best.mean())
        return Model(cost, rows.matrix(count), row_low, row_high, low, high, integer, offset)

    def _rows(self) -> Rows:
        rows = Rows()
        regret: list[Part] = []
        for future, (copy, at) in enumerate(zip(self._copies, self._at, strict=True)):
            matrix = copy.model.matrix
            row, column, value = entries(matrix)
            there = at[column] >= 0
            row, column, value = row[there], column[there], value[there]
            # a rule about the first year alone is the same in every future
            own = np.zeros(matrix.shape[0], dtype=bool)
            own[row[~self._shared[column]]] = True
            named = np.zeros(matrix.shape[0], dtype=bool)
            named[row] = True
            wanted = np.flatnonzero(named & (own | (future == 0)))
            position = np.full(matrix.shape[0], -1, dtype=np.int64)
            position[wanted] = np.arange(len(wanted))
            inside = position[row] >= 0
            rows.add(
                f"rules_{future}",
                [(position[row[inside]], at[column[inside]], value[inside])],
                low=copy.model.row_low[wanted],
                high=copy.model.row_high[wanted],
                items=wanted,
            )
            prices = copy.aims["shortage"][0]
            priced = np.flatnonzero((prices > 0) & (at >= 0))
            regret.append((np.full(len(priced), future), at[priced], prices[priced]))
        every = np.arange(len(self.best))
        parts: list[Part] = [
            *regret,
            (every, np.full(len(every), self._edge.start), -1.0),
            (every, self._beyond.start + every, -1.0),
        ]
        rows.add("regret", parts, low=-np.inf, high=self.best, items=every)
        return rows


def first_year(start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give what a plan reserves in the first year and nothing else."""
    return np.where(start == 0, start, NOT_CHOSEN)

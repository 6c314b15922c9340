"""Plans for several futures at once: the smallest regret, and the smallest tail of regret.

Demand stands in the right-hand side only, so what a plan falls short of in each future follows from the
hectares that it brings per target. Regret is that shortage less the best that the future allows; of that best
a proven lower bound is taken, so that regret is never understated.

Methods: minimax regret as in Snyder, Facility location under uncertainty, IIE Transactions 38 (2006);
conditional value at risk as in Rockafellar and Uryasev, Journal of Risk 2 (2000); two stages as in Snyder,
Haight and ReVelle, A scenario optimization model for dynamic reserve site selection (2004).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from analysis.reservation.model import build_model
from analysis.reservation.reached import blocked_by
from analysis.reservation.rows import Rows
from analysis.solving.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from analysis.reservation.rows import Part

MEAN_SHARE: Final = 1e-3
"""What a hectare of mean regret weighs against one of the measure itself: it only decides between equals."""
LAND_SHARE: Final = 1e-6
"""What a hectare reserved weighs: it only keeps out land that no future asks for."""
BASE_SHARE: Final = 0.01
"""Share of the hectares wanted that is added to the measure, so that a gap relative to no regret at all still
means something; taken off again in what is reported."""
_ROUNDING: Final = 1e-8
"""Hectares: less than a square centimetre is the sum of roundings."""


@dataclass(frozen=True)
class Futures:
    """Demand in several futures.

    Attributes
    ----------
    problem
        With the highest demand of all futures per target; a target that one future lacks is zero there.
    demand
        Hectares wanted, ``(futures, targets)``.
    """

    problem: ReservationProblem
    demand: NDArray[np.float64]

    def of(self, future: int) -> ReservationProblem:
        """Give the problem of one future."""
        return replace(self.problem, targets=self.problem.targets.assign(ha=self.demand[future]))


def futures_of(problem: ReservationProblem, demand: NDArray[np.float64]) -> Futures:
    """Give the futures of a problem.

    Parameters
    ----------
    demand
        Hectares wanted per future and target, ``(futures, targets)``.
    """
    return Futures(replace(problem, targets=problem.targets.assign(ha=demand.max(axis=0))), demand)


class Supply:
    """What plans bring per target, and so what they fall short of in each future."""

    def __init__(self, futures: Futures) -> None:
        self.futures = futures
        self.reservation = build_model(futures.problem, openings=False)
        """Rules with the highest demand of all futures, so that no future is cut off."""
        rows = self.reservation.blocks["target"]
        self.matrix = csr_array(self.reservation.model.matrix[rows][:, : len(self.reservation.pair)])
        """Hectares per target of each start column, ``(targets, starts)``."""
        self.weight = futures.problem.targets["weight"].to_numpy(dtype=np.float64)

    def shortage(self, start: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give hectares short per future and target of a plan, ``(futures, targets)``."""
        chosen = start[self.reservation.pair] == self.reservation.year
        short = np.maximum(self.futures.demand - self.matrix @ chosen.astype(np.float64), 0.0)
        return np.asarray(np.where(short < _ROUNDING, 0.0, short))

    def value(self, start: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the first aim per future: weighted hectares short and the price of plans that give way."""
        return np.asarray(self.shortage(start) @ self.weight + self._price(start))

    def _price(self, start: NDArray[np.int64]) -> float:
        blocked = blocked_by(self.futures.problem, start)
        cost, _ = self.reservation.aims["shortage"]
        return float(cost[self.reservation.gives_way] @ blocked)


def entries(
    matrix: csr_array,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Give row, column and value of every entry of a matrix."""
    row = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return row, matrix.indices.astype(np.int64), np.asarray(matrix.data, dtype=np.float64)


def base_of(supply: Supply) -> float:
    """Give what is added to a measure of regret before a gap is taken of it, weighted hectares."""
    wanted = float((supply.futures.demand @ supply.weight).mean())
    return max(1.0, BASE_SHARE * wanted)


def tail_mean(regret: NDArray[np.float64], tail: float) -> float:
    """Give the mean of the worst share of regrets, the last of them counted in part.

    Parameters
    ----------
    regret
        One per future, all equally heavy.
    tail
        Share of the futures; at most one future gives the maximum.
    """
    worst = np.sort(regret)[::-1]
    size = max(tail * len(worst), 1.0)
    part = np.clip(size - np.arange(len(worst)), 0.0, 1.0)
    return float(part @ worst / size)


class OnePlan:
    """One plan for all futures: the mean regret over the worst part of them, made as small as can be.

    Parameters
    ----------
    supply
        What plans bring.
    best
        Lower bound on the first aim per future, ``(futures,)``.
    tail
        Share of the futures over which regret is averaged; at most one future gives the maximum.
    """

    def __init__(self, supply: Supply, best: NDArray[np.float64], tail: float) -> None:
        self.supply = supply
        self.best = best
        futures, targets = supply.futures.demand.shape
        self.tail = max(tail, 1.0 / futures)
        self._future, self._target = np.nonzero(supply.futures.demand > 0)
        self._wanted = supply.futures.demand[self._future, self._target]
        # the plan, what it brings per target, what is short per future, the edge of the tail, what exceeds it
        sizes = [len(supply.reservation.model.cost), targets, len(self._future), 1, futures]
        edges = pairwise(np.cumsum([0, *sizes]).tolist())
        self._plan, self._brought, self._short, self._edge, self._beyond = (slice(*edge) for edge in edges)
        self.model = self._model()

    def start_of(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give the start years per pair of a solution, ``(k,)``."""
        return self.supply.reservation.plan_of(values[self._plan])[0]

    def values_of(self, start: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the solution that belongs to start years per pair."""
        supply = self.supply
        values = np.zeros(len(self.model.cost))
        values[self._plan] = supply.reservation.values_of(start)
        brought = supply.matrix @ values[: len(supply.reservation.pair)]
        values[self._brought] = np.minimum(brought, self.model.high[self._brought])
        values[self._short] = np.maximum(self._wanted - values[self._brought][self._target], 0.0)
        values[supply.reservation.shortage] = 0.0
        regret = np.maximum(supply.value(start) - self.best, 0.0)
        worst = np.sort(regret)[::-1]
        edge = worst[min(len(worst), max(1, int(np.ceil(self.tail * len(worst) - _ROUNDING)))) - 1]
        values[self._edge] = edge
        values[self._beyond] = np.maximum(regret - edge, 0.0)
        return values

    def least(self, bound: float) -> float:
        """Give the lower bound on the measure itself that follows from one on the model.

        The mean never exceeds the tail, and a plan never takes more than all land.
        """
        problem = self.supply.reservation.problem
        most = np.zeros(len(problem.sites))
        np.maximum.at(most, problem.site, problem.capacity[:, -1])
        return max(0.0, (bound - base_of(self.supply) - LAND_SHARE * float(most.sum())) / (1.0 + MEAN_SHARE))

    def _model(self) -> Model:
        reservation = self.supply.reservation
        base = reservation.model
        rows = self._rows()
        count = self._beyond.stop
        cost, low, high = np.zeros(count), np.zeros(count), np.full(count, np.inf)
        low[self._plan], high[self._plan] = base.low, base.high
        # hectares short stand apart per future here
        high[reservation.shortage] = 0.0
        high[self._brought] = self.supply.futures.demand.max(axis=0)
        high[self._short] = self._wanted
        futures = len(self.best)
        starts = len(reservation.pair)
        cost[:starts] = LAND_SHARE * reservation.problem.capacity[reservation.pair, -1]
        cost[reservation.gives_way] = MEAN_SHARE * reservation.aims["shortage"][0][reservation.gives_way]
        cost[self._short] = MEAN_SHARE / futures * self.supply.weight[self._target]
        cost[self._edge] = 1.0
        cost[self._beyond] = 1.0 / (self.tail * futures)
        integer = np.zeros(count, dtype=bool)
        integer[self._plan] = base.integer
        row_low, row_high = rows.bounds()
        offset = base_of(self.supply) - MEAN_SHARE * float(self.best.mean())
        return Model(cost, rows.matrix(count), row_low, row_high, low, high, integer, offset)

    def _rows(self) -> Rows:
        """Give the rules of the plan, what it brings, what is short and the regret per future."""
        reservation, rows = self.supply.reservation, Rows()
        base = reservation.model
        keep = np.ones(base.matrix.shape[0], dtype=bool)
        keep[reservation.blocks["target"]] = False
        kept = np.flatnonzero(keep)
        rows.add(
            "rules",
            [entries(csr_array(base.matrix[kept]))],
            low=base.row_low[kept],
            high=base.row_high[kept],
            items=kept,
        )
        row, column, brings = entries(self.supply.matrix)
        target = np.arange(self._brought.stop - self._brought.start)
        parts: list[Part] = [(target, self._brought.start + target, 1.0), (row, column, -brings)]
        rows.add("brought", parts, low=-np.inf, high=0.0, items=target)
        short = np.arange(len(self._future))
        parts = [(short, self._short.start + short, 1.0), (short, self._brought.start + self._target, 1.0)]
        rows.add("short", parts, low=self._wanted, high=np.inf, items=short)
        future = np.arange(len(self.best))
        prices = reservation.aims["shortage"][0]
        priced = reservation.gives_way.start + np.flatnonzero(prices[reservation.gives_way])
        each, plan = (part.ravel() for part in np.meshgrid(future, priced, indexing="ij"))
        parts = [
            (self._future, self._short.start + short, self.supply.weight[self._target]),
            (each, plan, prices[plan]),
            (future, np.full(len(future), self._edge.start), -1.0),
            (future, self._beyond.start + future, -1.0),
        ]
        rows.add("regret", parts, low=-np.inf, high=self.best, items=future)
        return rows

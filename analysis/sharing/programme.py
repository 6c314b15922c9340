"""A location problem as a mixed-integer programme, in its strong form.

Columns are the sites (open or not), then the links (parts of a client served), then what a caller adds. Each
link has a row of its own that keeps it shut while its site is; without those rows the relaxation says little
(Krarup and Pruzan, The simple plant location problem, EJOR 12, 1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from analysis.sharing.location import LocationOutcome, LocationProblem, nothing
from analysis.solving.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.outcome import Outcome

_WHOLE = 1e-9


class Programme:
    """Gather columns and rows of a location problem and of what is added to it.

    Attributes
    ----------
    problem
        What it was made from.
    columns
        Number of columns so far: sites, links, then added ones.
    """

    def __init__(self, problem: LocationProblem, *, strong: NDArray[np.bool_] | None = None) -> None:
        """Set up sites, links and their rows; `strong` says which links get a row of their own."""
        self.problem = problem
        self.columns = problem.sites + len(problem.cost)
        whole = problem.portions is not None and bool(np.isfinite(problem.capacity).any())
        links = np.full(len(problem.cost), whole)
        self._cost = [problem.fixed, self.unit_cost(problem.cost)]
        self._low = [problem.must_open.astype(np.float64), np.zeros(len(problem.cost))]
        self._high = [problem.may_open.astype(np.float64), self.most()]
        self._integer = [np.ones(problem.sites, dtype=np.bool_), links]
        self._row: list[NDArray[np.int64]] = []
        self._column: list[NDArray[np.int64]] = []
        self._value: list[NDArray[np.float64]] = []
        self._row_low: list[NDArray[np.float64]] = []
        self._row_high: list[NDArray[np.float64]] = []
        self._rows = 0
        self._serve()
        self._hold()
        self._shut(np.ones(len(problem.cost), dtype=np.bool_) if strong is None else strong)
        for rule in problem.rules:
            self.add_row(rule.sites, rule.weight, low=rule.low, high=rule.high)

    @property
    def links(self) -> NDArray[np.int64]:
        """Column of each link."""
        return self.problem.sites + np.arange(len(self.problem.cost), dtype=np.int64)

    def unit_cost(self, cost: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the cost of one part of a link from the cost of the whole client."""
        return cost / self.problem.parts[self.problem.client]

    def most(self) -> NDArray[np.float64]:
        """Give the most parts of its client that a link can serve, ``(e,)``."""
        problem = self.problem
        parts = problem.parts[problem.client].astype(np.float64)
        unit = problem.demand[problem.client] / parts
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(unit > 0, problem.capacity[problem.site] / unit, np.inf)
        if problem.portions is not None:
            room = np.where(np.isfinite(room), np.floor(room + _WHOLE), room)
        return np.minimum(parts, room)

    def add_columns(
        self,
        cost: NDArray[np.float64],
        low: NDArray[np.float64] | float,
        high: NDArray[np.float64] | float,
        *,
        integer: bool = False,
    ) -> NDArray[np.int64]:
        """Add columns and give their positions."""
        count = len(cost)
        self._cost.append(cost)
        self._low.append(np.broadcast_to(np.asarray(low, dtype=np.float64), (count,)))
        self._high.append(np.broadcast_to(np.asarray(high, dtype=np.float64), (count,)))
        self._integer.append(np.full(count, integer))
        positions = np.arange(self.columns, self.columns + count, dtype=np.int64)
        self.columns += count
        return positions

    def add_rows(
        self,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        values: NDArray[np.float64],
        *,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> None:
        """Add a block of rows given by entries; rows count from zero within the block."""
        self._row.append(rows + self._rows)
        self._column.append(columns)
        self._value.append(values)
        self._row_low.append(low)
        self._row_high.append(high)
        self._rows += len(low)

    def add_row(
        self,
        columns: NDArray[np.int64],
        values: NDArray[np.float64],
        *,
        low: float = -np.inf,
        high: float = np.inf,
    ) -> None:
        """Add one row."""
        self.add_rows(
            np.zeros(len(columns), dtype=np.int64),
            columns,
            values,
            low=np.array([low]),
            high=np.array([high]),
        )

    def model(self, cost: NDArray[np.float64] | None = None) -> Model:
        """Give the arrays; `cost` replaces the objective."""
        shape = (self._rows, self.columns)
        entries = (np.concatenate(self._row), np.concatenate(self._column))
        matrix = csr_array((np.concatenate(self._value), entries), shape=shape)
        matrix.sum_duplicates()
        return Model(
            cost=np.concatenate(self._cost) if cost is None else cost,
            matrix=matrix,
            row_low=np.concatenate(self._row_low),
            row_high=np.concatenate(self._row_high),
            low=np.concatenate(self._low),
            high=np.concatenate(self._high),
            integer=np.concatenate(self._integer),
        )

    def plain_cost(self) -> NDArray[np.float64]:
        """Give the cost of the location problem over all columns so far; added columns cost nothing."""
        cost = np.zeros(self.columns)
        cost[: self.problem.sites] = self.problem.fixed
        cost[self.links] = self.unit_cost(self.problem.cost)
        return cost

    def read(self, outcome: Outcome) -> LocationOutcome:
        """Read a solution back."""
        problem = self.problem
        if outcome.values is None:
            return nothing(problem, outcome)
        opened = outcome.values[: problem.sites] > 0.5  # noqa: PLR2004 - integers come rounded
        parts = problem.parts[problem.client]
        served = np.clip(outcome.values[self.links], 0.0, parts) / parts
        return LocationOutcome(
            opened,
            served,
            outcome.status,
            outcome.objective,
            outcome.bound,
            outcome.gap,
            outcome.proven_by,
            outcome.solver,
            outcome.seconds,
        )

    def write(self, opened: NDArray[np.bool_], served: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the columns of a solution, added columns zero."""
        values = np.zeros(self.columns)
        values[: self.problem.sites] = opened
        values[self.links] = served * self.problem.parts[self.problem.client]
        return values

    def _serve(self) -> None:
        parts = self.problem.parts.astype(np.float64)
        self.add_rows(self.problem.client, self.links, np.ones(len(self.problem.cost)), low=parts, high=parts)

    def _hold(self) -> None:
        problem = self.problem
        limited = np.flatnonzero(np.isfinite(problem.capacity))
        if not len(limited):
            return
        place = np.full(problem.sites, -1, dtype=np.int64)
        place[limited] = np.arange(len(limited))
        mine = place[problem.site] >= 0
        unit = problem.demand / problem.parts
        self.add_rows(
            np.concatenate([place[problem.site[mine]], np.arange(len(limited))]),
            np.concatenate([self.links[mine], limited]),
            np.concatenate([unit[problem.client[mine]], -problem.capacity[limited]]),
            low=np.full(len(limited), -np.inf),
            high=np.zeros(len(limited)),
        )

    def _shut(self, strong: NDArray[np.bool_]) -> None:
        kept = np.flatnonzero(strong)
        rows = np.arange(len(kept), dtype=np.int64)
        self.add_rows(
            np.concatenate([rows, rows]),
            np.concatenate([self.links[kept], self.problem.site[kept]]),
            np.concatenate([np.ones(len(kept)), -self.most()[kept]]),
            low=np.full(len(kept), -np.inf),
            high=np.zeros(len(kept)),
        )

"""Improve a solution: free a few hundred columns that belong together, solve that small model, and again.

Method: large neighbourhood search (Shaw, CP 1998) with exact small models, among others where solution and
relaxation differ (Danna, Rothberg and Le Pape, Mathematical Programming 102, 2005). Which columns belong
together is read from the rows. The order is drawn from the seed, so that the same model gives the same
solution as long as nothing stops on time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from analysis.solving import highs
from analysis.solving.columns import USED
from analysis.solving.errors import NoSolutionError
from analysis.solving.proof import breach, relative_gap

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analysis.solving.clock import Clock
    from analysis.solving.columns import Sliceable
    from analysis.solving.model import Model

_SMALLEST, _LARGEST = 60, 1500
_GROW, _SHRINK = 1.25, 0.8
_NARROW: Final = 60
_BETTER: Final = 1e-7
_EXACT: Final = 1e-5


@dataclass(slots=True)
class Improver:
    """A solution that only gets better.

    Attributes
    ----------
    whole
        The model.
    pool
        Binary columns worth trying, ``(p,)``.
    relaxed
        The relaxation's solution, ``(n,)``.
    best
        The solution, ``(n,)``; it obeys the rules.
    seed
        Decides the order of the tries.
    first
        Columns of the first tries; what is solved to its end grows, what is not shrinks.
    most_nodes
        Of branch and bound per try.
    """

    whole: Sliceable
    pool: NDArray[np.int64]
    relaxed: NDArray[np.float64]
    best: NDArray[np.float64]
    seed: int
    first: int
    most_nodes: int
    nodes: int = 0
    value: float = field(init=False)
    rng: np.random.Generator = field(init=False)
    rows_of_pool: csr_array = field(init=False)
    columns_of_row: csr_array = field(init=False)
    wide: NDArray[np.int64] = field(init=False)
    narrow: NDArray[np.bool_] = field(init=False)
    size: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.value = self.whole.model.value(self.best)
        self.rng = np.random.default_rng(self.seed)
        self.rows_of_pool = csr_array(self.whole.by_column[:, self.pool].T)
        self.columns_of_row = csr_array(self.rows_of_pool.T)
        width = np.diff(self.columns_of_row.indptr)
        self.narrow = (width > 1) & (width <= _NARROW)
        self.wide = np.flatnonzero(width > _NARROW if (width > _NARROW).any() else width > 1)
        self.size = dict.fromkeys(self._kinds, float(self.first))

    @property
    def _kinds(self) -> dict[str, Callable[[int], NDArray[np.int64]]]:
        return {
            "rows": self._rows,
            "near": self._near,
            "row and near": self._row_and_near,
            "anywhere": self._anywhere,
        }

    def run(self, clock: Clock, *, bound: float, gap: float, patience: int) -> None:
        """Improve until the gap is reached, the time is over, or so many tries in a row gave nothing."""
        kinds = list(self._kinds.items())
        idle = tries = 0
        while idle < patience and not clock.over and relative_gap(self.value, bound) > gap:
            name, choose = kinds[tries % len(kinds)]
            tries += 1
            better = self._try(choose(int(self.size[name])), name, clock)
            idle = 0 if better else idle + 1

    def _try(self, places: NDArray[np.int64], name: str, clock: Clock) -> bool:
        """Solve the part of some columns; say whether the solution became better."""
        if len(places) == 0:
            return False
        free = self._with_rest(self.pool[places])
        part = self.whole.part(free, self.best)
        effort = highs.Effort(
            gap=_EXACT, nodes=self.most_nodes, seed=self.seed, options=highs.QUICK, clock=clock
        )
        try:
            found = highs.search(part, effort, start=self.best[free])
        except NoSolutionError:
            # the part has a solution, the one we are at: presolve was wrong
            return False
        self.nodes += found.nodes
        better = self._keep(part, free, found.values)
        if not found.finished:
            self.size[name] = max(_SMALLEST, _SHRINK * self.size[name])
        elif not better:
            self.size[name] = min(_LARGEST, _GROW * self.size[name])
        return better

    def _keep(self, part: Model, free: NDArray[np.int64], values: NDArray[np.float64] | None) -> bool:
        """Keep the values of a part when the whole is better with them."""
        if values is None or breach(part, values) > _BETTER:
            return False
        x = self.best.copy()
        x[free] = values
        value = self.whole.model.value(x)
        if value >= self.value - _BETTER * max(1.0, abs(self.value)):
            return False
        self.best, self.value = x, value
        return True

    def _with_rest(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add the columns that are not binary and share a row with the chosen ones."""
        model = self.whole.model
        rows = np.unique(self.whole.by_column[:, chosen].indices)
        near = np.unique(model.matrix[rows].indices)
        return np.union1d(chosen, near[~model.integer[near]])

    def _rows(self, size: int) -> NDArray[np.int64]:
        """Give columns of a few wide rows: what serves the same demand."""
        chosen = np.zeros(len(self.pool), dtype=bool)
        for row in self.rng.permutation(self.wide):
            members = self._members(row)
            chosen[self._some(members, max(size // 2, 1))] = True
            if chosen.sum() >= size:
                break
        return np.flatnonzero(chosen)

    def _near(self, size: int) -> NDArray[np.int64]:
        """Give columns around a few random ones: what excludes or needs each other."""
        chosen = np.zeros(len(self.pool), dtype=bool)
        for seed in self.rng.permutation(len(self.pool)):
            if not chosen[seed]:
                chosen[self._around(np.array([seed]), max(size // 4, 1), steps=4)] = True
            if chosen.sum() >= size:
                break
        return np.flatnonzero(chosen)

    def _row_and_near(self, size: int) -> NDArray[np.int64]:
        """Give columns of a few rows with all that excludes them."""
        chosen = np.zeros(len(self.pool), dtype=bool)
        for row in self.rng.permutation(self.wide if len(self.wide) else np.flatnonzero(self.narrow)):
            members = self._some(self._members(row), max(size // 8, 1))
            chosen[self._around(members, max(size // 3, 1), steps=1)] = True
            if chosen.sum() >= size:
                break
        return np.flatnonzero(chosen)

    def _anywhere(self, size: int) -> NDArray[np.int64]:
        """Give columns in which solution and relaxation differ, and random ones."""
        differ = np.abs(self.best[self.pool] - self.relaxed[self.pool]) > USED
        first = self._some(np.flatnonzero(differ), size // 2)
        return self._around(first, size, steps=1)

    def _members(self, row: int) -> NDArray[np.int64]:
        matrix = self.columns_of_row
        return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]], dtype=np.int64)

    def _some(self, places: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        """Give at most so many, those in use rather than others."""
        if len(places) <= most:
            return places
        columns = self.pool[places]
        in_use = (self.best[columns] > USED) | (self.relaxed[columns] > USED)
        order = np.argsort(self.rng.random(len(places)) - 0.5 * in_use, kind="stable")
        return places[order[:most]]

    def _around(self, places: NDArray[np.int64], most: int, *, steps: int) -> NDArray[np.int64]:
        """Give these and what shares a narrow row with them, step by step."""
        chosen = places
        for _ in range(steps):
            rows = np.unique(self.rows_of_pool[chosen].indices)
            near = np.unique(self.columns_of_row[rows[self.narrow[rows]]].indices).astype(np.int64)
            new = np.setdiff1d(near, chosen)
            if len(new) == 0 or len(chosen) >= most:
                break
            chosen = np.concatenate([chosen, self._some(new, most - len(chosen))])
        return chosen

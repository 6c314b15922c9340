"""Extend an inequality over some items of a covering row to all of them, one after the other.

Method: sequential lifting (Padberg 1975, A note on zero-one programming, Operations Research 23; Zemel 1989,
Easily computable facets of the knapsack polytope, Mathematics of Operations Research 14) with a dynamic
programme over the cells of the row. A factor is the lowest that keeps every solution, so an inequality stays
valid whatever the order; items lifted early get the better factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.solving.covers import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Family:
    """Items of the support that need one column to be open; without parent one item alone."""

    parent: int
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """An inequality ``item @ items + sum(parent * opened) + rest * rest >= ...``."""

    item: NDArray[np.float64]
    parent: dict[int, float]
    rest: float


def take(
    cost: NDArray[np.float64], weight: int, price: float, out: NDArray[np.float64], *, forced: bool = False
) -> None:
    """Let an item fill cells or not (or force it); more than all cells counts as all."""
    cells = len(cost) - 1
    if forced:
        out[:weight] = np.inf
        np.add(cost[: cells + 1 - weight], price, out=out[weight:])
    else:
        out[:weight] = cost[:weight]
        np.add(cost[: cells + 1 - weight], price, out=out[weight:])
        np.minimum(out[weight:], cost[weight:], out=out[weight:])
    over = float(cost[cells - weight :].min()) + price
    out[cells] = min(out[cells], over)


class Lift:
    """The dynamic programme over all items that have a factor, one more at a time.

    Parameters
    ----------
    weight
        Per item in cells, ``(k,)``.
    short
        What the rest costs per number of filled cells, ``(cells + 1,)``; infinite where that is too little.
    prices
        The inequality over the families; factors found are written into it.
    """

    def __init__(
        self,
        weight: NDArray[np.int64],
        short: NDArray[np.float64],
        prices: Prices,
        families: list[Family],
    ) -> None:
        self.weight = weight
        self.cells = len(short) - 1
        self.short = short
        self.prices = prices
        self.members = {family.parent: list(family.items) for family in families if family.parent != NONE}
        self.alone = [family.items[0] for family in families if family.parent == NONE]
        self.cost = self._empty()
        self.spare = self._empty()
        # the master is solved to a tolerance, so the right-hand side is what all solutions truly cost
        self.fill()
        self.least = min(1.0, float((self.cost + self.short).min()))

    def _empty(self) -> NDArray[np.float64]:
        cost = np.full(self.cells + 1, np.inf)
        cost[0] = 0.0
        return cost

    def _take(self, cost: NDArray[np.float64], item: int) -> NDArray[np.float64]:
        out = np.empty_like(cost)
        take(cost, int(self.weight[item]), float(self.prices.item[item]), out)
        return out

    def _with_family(self, cost: NDArray[np.float64], parent: int) -> NDArray[np.float64]:
        opened = cost + self.prices.parent[parent]
        for item in self.members[parent]:
            opened = self._take(opened, item)
        return np.minimum(cost, opened)

    def fill(self, leave_out: int = NONE) -> None:
        """Start again from all items with a factor."""
        cost = self._empty()
        for parent in self.members:
            if parent != leave_out:
                cost = self._with_family(cost, parent)
        for item in self.alone:
            cost = self._take(cost, item)
        self.cost = cost

    def _factor(self, cost: NDArray[np.float64], weight: int) -> float:
        take(cost, weight, 0.0, self.spare, forced=True)
        return max(0.0, self.least - float((self.spare + self.short).min()))

    def into_family(self, parent: int, items: list[int]) -> None:
        """Lift items whose parent has a factor already."""
        self.fill(leave_out=parent)
        opened = self.cost + self.prices.parent[parent]
        for other in self.members[parent]:
            opened = self._take(opened, other)
        for item in items:
            self.prices.item[item] = self._factor(opened, int(self.weight[item]))
            opened = self._take(opened, item)
        self.members[parent] += items

    def item(self, item: int) -> None:
        """Lift an item by itself."""
        self.prices.item[item] = self._factor(self.cost, int(self.weight[item]))
        self.cost = self._take(self.cost, item)

    def family(self, parent: int, items: list[int]) -> None:
        """Lift a parent for all its items together."""
        weight = min(int(self.weight[items].sum()), self.cells)
        price = self._factor(self.cost, weight)
        self.prices.parent[parent] = price
        out = np.empty_like(self.cost)
        take(self.cost, weight, price, out)
        self.cost = out

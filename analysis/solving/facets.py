"""Facets of the hull of one covering row that cut off a fractional point, exactly.

Method: exact separation over a knapsack (Boccia 2006; Avella, Boccia and Vasilyev, Computational Optimization
and Applications 45, 2010; Kaparis and Letchford, Mathematical Programming 124, 2010), here for covering rows
with a continuous rest and variable upper bounds: a linear programme finds the inequality that is violated
most over the solutions found so far, a dynamic programme over the weights finds the solution that breaks it,
until none does; columns at zero are lifted one after the other, see `lifting`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np

from analysis.solving.covers import NONE
from analysis.solving.lifting import Family, Lift, Prices, take

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.covers import Cover

VIOLATED: Final = 1e-4
"""A cut must cut off at least this much of its right-hand side."""
_ZERO: Final = 1e-7
_PRICED: Final = 1e-8
_SPARE: Final = 1e-12
"""Of a right-hand side given away for the rounding of sums, per unit of the factors."""
_LARGEST: Final = 4.0
_ROUNDS: Final = 200
_ENDS: Final = 4
_KEPT: Final = 300
_FAMILY, _ITEM, _END = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Cut:
    """``value @ x[column] >= low``."""

    column: NDArray[np.int64]
    value: NDArray[np.float64]
    low: float


@dataclass(slots=True)
class Separator:
    """One covering row on a grid of weights, with the solutions that were of use before.

    Attributes
    ----------
    cover, cells
        The row, and over how many cells its demand goes.
    weight
        Per item in cells, rounded up (so that cuts stay valid), at most ``cells``.
    short
        What the rest must give when that many cells are filled, ``(cells + 1,)``; infinite without a rest.
    """

    cover: Cover
    cells: int
    weight: NDArray[np.int64]
    short: NDArray[np.float64]
    known: list[NDArray[np.int64]] = field(default_factory=list)

    @classmethod
    def on_grid(cls, cover: Cover, most: int) -> Separator:
        """Lay a grid over the demand: that of the decimals of the weights when it is fine enough."""
        cells, unit = most, cover.demand / most
        for step in (1.0, 0.1, 0.01, 0.001):
            exact = np.abs(cover.weight / step - np.round(cover.weight / step)).max() < 1e-6  # noqa: PLR2004
            if exact and cover.demand / step <= most:
                cells, unit = int(np.ceil(cover.demand / step - 1e-9)), step
                break
        weight = np.minimum(np.ceil(cover.weight / unit - 1e-9), cells).astype(np.int64)
        short = np.maximum(cover.demand - unit * np.arange(cells + 1), 0.0)
        short[cells] = 0.0
        if len(cover.loose) == 0:
            short[:cells] = np.inf
        return cls(cover=cover, cells=cells, weight=weight, short=short)

    def separate(self, x: NDArray[np.float64], urgency: NDArray[np.float64], most_items: int) -> Cut | None:
        """Find the inequality of the hull that ``x`` violates most.

        Parameters
        ----------
        x
            Of the model, ``(n,)``.
        urgency
            Per column of the model, ``(n,)``: low numbers are lifted first and get the best factors.
        most_items
            Rows with more items in use are left alone.
        """
        items = self.cover.items(x)
        support = np.flatnonzero(items > _ZERO)
        if len(support) > most_items or not (items[support] < 1 - _ZERO).any():
            return None
        families = self._families(support)
        prices = self._strongest(x, items, support, families)
        if prices is None:
            return None
        return self._lifted(x, urgency, families, prices)

    def _families(self, support: NDArray[np.int64]) -> list[Family]:
        members: dict[tuple[int, int], list[int]] = {}
        for item in support.tolist():
            parent = int(self.cover.parent[item])
            members.setdefault((parent, item if parent == NONE else NONE), []).append(item)
        return [Family(parent, tuple(items)) for (parent, _), items in members.items()]

    def _strongest(
        self,
        x: NDArray[np.float64],
        items: NDArray[np.float64],
        support: NDArray[np.int64],
        families: list[Family],
    ) -> Prices | None:
        """Price items, parents and rest so that every solution costs one and ``x`` as little as possible."""
        parents = [family.parent for family in families if family.parent != NONE]
        place = {int(item): at for at, item in enumerate(support)}
        opened = {parent: len(support) + at for at, parent in enumerate(parents)}
        last = len(support) + len(parents)
        has_rest = len(self.cover.loose) > 0
        point = np.concatenate([items[support], x[parents], [self.cover.rest(x)]])
        largest = np.full(last + 1, _LARGEST)
        largest[last] = _LARGEST / self.cover.demand if has_rest else 0.0
        master = _master(point, largest)
        inside = np.zeros(len(items), dtype=bool)
        inside[support] = True
        chosen = [np.empty(0, dtype=np.int64)] if has_rest else []
        chosen += [each for each in self.known if inside[each].all()]
        tables = _Tables(self, families)
        for _ in range(_ROUNDS):
            self._add(master, chosen, place, opened, last)
            master.run()
            solution = np.asarray(master.getSolution().col_value)
            prices = Prices(
                item=np.zeros(len(items)),
                parent={parent: float(solution[at]) for parent, at in opened.items()},
                rest=float(solution[last]),
            )
            prices.item[support] = solution[: len(support)]
            if point @ solution >= 1 - VIOLATED:
                return None
            chosen = tables.cheaper(prices)
            if not chosen:
                return prices
            self.known = (self.known + chosen)[-_KEPT:]
        return None

    def _add(
        self,
        master: highspy.Highs,
        chosen: list[NDArray[np.int64]],
        place: dict[int, int],
        opened: dict[int, int],
        last: int,
    ) -> None:
        starts: list[int] = []
        indices: list[int] = []
        values: list[float] = []
        for items in chosen:
            starts.append(len(indices))
            parents = {int(self.cover.parent[item]) for item in items} - {NONE}
            indices += [place[int(item)] for item in items] + [opened[parent] for parent in sorted(parents)]
            values += [1.0] * (len(items) + len(parents))
            filled = min(int(self.weight[items].sum()), self.cells)
            if self.short[filled] > 0:
                indices.append(last)
                values.append(float(self.short[filled]))
        sides = np.ones(len(chosen)), np.full(len(chosen), highspy.kHighsInf)
        master.addRows(
            len(chosen),
            *sides,
            len(indices),
            np.array(starts, dtype=np.int32),
            np.array(indices, dtype=np.int32),
            np.array(values),
        )

    def price_of_short(self, rest: float) -> NDArray[np.float64]:
        """Give what the rest costs per number of filled cells, ``(cells + 1,)``."""
        if len(self.cover.loose):
            return np.asarray(rest * self.short)
        return self.short

    def _lifted(
        self,
        x: NDArray[np.float64],
        urgency: NDArray[np.float64],
        families: list[Family],
        prices: Prices,
    ) -> Cut | None:
        """Give every item outside the support the lowest factor that keeps all solutions."""
        lift = Lift(self.weight, self.price_of_short(prices.rest), prices, families)
        outside = np.ones(len(self.weight), dtype=bool)
        outside[[item for family in families for item in family.items]] = False
        early = np.full(len(self.weight), np.inf)
        np.minimum.at(early, self.cover.item, urgency[self.cover.column])
        order = np.flatnonzero(outside)
        order = order[np.argsort(early[order], kind="stable")]
        opened: dict[int, list[int]] = {}
        closed: dict[int, list[int]] = {}
        for item in order.tolist():
            parent = int(self.cover.parent[item])
            if parent in prices.parent:
                opened.setdefault(parent, []).append(item)
            else:
                shared = parent != NONE and x[parent] <= _ZERO
                closed.setdefault(parent if shared else -2 - item, []).append(item)
        for parent, items in opened.items():
            lift.into_family(parent, items)
        lift.fill()
        for parent, items in closed.items():
            if len(items) > 1:
                lift.family(parent, items)
            else:
                lift.item(items[0])
        return self._cut(prices, lift.least)

    def _cut(self, prices: Prices, least: float) -> Cut | None:
        """Write the inequality in columns of the model; None when a factor is too small to be trusted."""
        cover = self.cover
        value = prices.item[cover.item]
        loose = prices.rest * cover.loose_weight
        if ((loose != 0) & (np.abs(loose) < _PRICED)).any():
            return None
        parents = np.array(list(prices.parent), dtype=np.int64)
        column = np.concatenate([cover.column, parents])
        low = least - value[cover.flipped].sum() + prices.rest * (cover.loose_weight @ cover.loose_base)
        value = np.concatenate(
            [np.where(cover.flipped, -value, value), np.array(list(prices.parent.values()))]
        )
        column, at = np.unique(column, return_inverse=True)
        value = np.asarray(np.bincount(at, weights=value, minlength=len(column)), dtype=np.float64)
        tiny = np.abs(value) < _PRICED
        # a column that is zero or one, and is left out, may have counted for at most this much
        low -= float(np.maximum(value[tiny], 0).sum())
        used = loose != 0
        return Cut(
            column=np.concatenate([column[~tiny], cover.loose[used]]),
            value=np.concatenate([value[~tiny], loose[used]]),
            low=float(low - _SPARE * (1.0 + np.abs(value).sum())),
        )


def _master(point: NDArray[np.float64], largest: NDArray[np.float64]) -> highspy.Highs:
    master = highspy.Highs()  # type: ignore[no-untyped-call]
    master.silent()
    master.setOptionValue("presolve", "off")
    count = len(point)
    master.addVars(count, np.zeros(count), largest)
    master.changeColsCost(count, np.arange(count, dtype=np.int32), point)
    return master


class _Tables:
    """Cheapest way to fill any number of cells with items of the support."""

    def __init__(self, separator: Separator, families: list[Family]) -> None:
        self.separator = separator
        self.stages: list[tuple[int, int]] = []
        for family in families:
            if family.parent != NONE:
                self.stages.append((_FAMILY, family.parent))
            self.stages += [(_ITEM, item) for item in family.items]
            if family.parent != NONE:
                self.stages.append((_END, family.parent))
        self.cost = np.empty((len(self.stages) + 1, separator.cells + 1))

    def cheaper(self, prices: Prices) -> list[NDArray[np.int64]]:
        """Give solutions that cost less than one, the cheapest first; none when there are none."""
        cost, weight = self.cost, self.separator.weight
        cost[0] = np.inf
        cost[0, 0] = 0.0
        before = 0
        for at, (kind, name) in enumerate(self.stages):
            if kind == _FAMILY:
                before = at
                np.add(cost[at], prices.parent[name], out=cost[at + 1])
            elif kind == _END:
                np.minimum(cost[before], cost[at], out=cost[at + 1])
            else:
                take(cost[at], int(weight[name]), float(prices.item[name]), cost[at + 1])
        total = cost[-1] + self.separator.price_of_short(prices.rest)
        ends = np.argsort(total, kind="stable")[:_ENDS]
        found = {tuple(self._items(int(end))) for end in ends if total[end] < 1 - _ZERO}
        return [np.array(items, dtype=np.int64) for items in sorted(found)]

    def _items(self, filled: int) -> list[int]:
        """Trace back which items fill that many cells."""
        cost, cells, weight = self.cost, self.separator.cells, self.separator.weight
        items = []
        at = len(self.stages)
        while at > 0:
            kind, name = self.stages[at - 1]
            if kind == _END:
                begin = self.stages.index((_FAMILY, name))
                if cost[at, filled] == cost[begin, filled]:
                    at = begin
                    continue
            elif kind == _ITEM and cost[at, filled] != cost[at - 1, filled]:
                items.append(name)
                if filled < cells:
                    filled -= int(weight[name])
                else:
                    first = cells - int(weight[name])
                    filled = first + int(np.argmin(cost[at - 1, first:]))
            at -= 1
        return sorted(items)

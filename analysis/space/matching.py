"""How much demand cannot be placed when heavier land and land at water may serve what asks for less.

Demand and supply lie on two ordered axes, environmental category and water. A plot serves every demand that
asks no more on either axis. Placing as much as possible is a transport problem; by the theorem of the
largest deficit (Hall 1935, Ore 1955) what is left over equals the largest surplus of demand over supply in
any up-set: a set of classes that holds with a class also every class that asks as much or more. An up-set of
ten categories and three waters is a falling staircase; there are 286 of them, the empty one included, and
the largest surplus over all of them follows from running maxima along the stairs. That takes additions and
comparisons only, so results do not depend on how many rows are computed at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

WATERS = ("dry", "near", "at_water")
"""The water axis: no need or no water, near navigable water, at a quay or shore."""

CLASSES = (len(CATEGORIES), len(WATERS))
AT_WATER = len(WATERS) - 1

ROWS_AT_ONCE = 2048
"""Rows per chunk, so that the working arrays stay in the cache of a processor."""

Order = Literal["heavy_first", "light_first"]


@dataclass(frozen=True, slots=True)
class FloorRule:
    """A floor under what may settle: heavy land and land at water only for who needs it.

    Attributes
    ----------
    heavy_from
        Position on the category axis from which land counts as heavy; None keeps no heavy land apart.
    water
        Whether land at water is kept for demand that cannot do without.
    """

    heavy_from: int | None
    water: bool = True

    def blocks(self) -> tuple[tuple[slice, slice], ...]:
        """Give the rectangles of classes (categories, waters) within which land and demand may meet."""
        categories = _cut(CLASSES[0], self.heavy_from)
        waters = _cut(CLASSES[1], AT_WATER if self.water else None)
        return tuple((category, water) for category in categories for water in waters)


def _cut(length: int, at: int | None) -> list[slice]:
    edges = sorted({0, at or 0, length})
    return [slice(start, end) for start, end in pairwise(edges)]


NO_FLOOR = FloorRule(heavy_from=None, water=False)


def up_sets(categories: int = CLASSES[0], waters: int = CLASSES[1]) -> NDArray[np.bool_]:
    """List every up-set of the hierarchy, ``(count, categories, waters)``, for checking and explaining.

    The lightest category that belongs to an up-set never rises with water.
    """
    # combinations come ascending; the lowest threshold belongs to the best water
    thresholds = list(combinations_with_replacement(range(categories + 1), waters))
    lightest = np.array(thresholds)[:, ::-1]
    return np.arange(categories)[None, :, None] >= lightest[:, None, :]


def shortage(
    demand: NDArray[np.float64], supply: NDArray[np.float64], *, floor: FloorRule = NO_FLOOR
) -> NDArray[np.float64]:
    """Give the demand that cannot be placed.

    Parameters
    ----------
    demand, supply
        Hectares, not negative, ``(..., 10, 3)``: categories from light to heavy, waters as `WATERS`.
    floor
        Which land is kept apart.

    Returns
    -------
    ndarray
        Hectares, ``(...)``; zero when and only when everything can be placed.
    """
    lead, need, land = _rows(demand, supply)
    result = np.zeros(len(need))
    for part in _chunks(len(need)):
        for block in floor.blocks():
            stairs = _Stairs(_turned(need[part], block) - _turned(land[part], block))
            result[part] += stairs.largest()
    return result.reshape(lead)


def split(
    demand: NDArray[np.float64],
    supply: NDArray[np.float64],
    *,
    order: Order,
    floor: FloorRule = NO_FLOOR,
) -> NDArray[np.float64]:
    """Divide the shortage over the classes by the order in which they are served.

    A class is short by what the shortage grows with when the class joins those served before it. So the
    classes add up to `shortage` in either order; only who goes without differs.

    Parameters
    ----------
    demand, supply, floor
        As in `shortage`.
    order
        ``"heavy_first"`` serves from the heaviest category to the lightest and within a category from
        water to dry; ``"light_first"`` the other way round, as when light firms come first and fill heavy
        land and quays.

    Returns
    -------
    ndarray
        Hectares, ``(..., 10, 3)``, none negative and none above its demand.
    """
    lead, need, land = _rows(demand, supply)
    result = np.zeros((len(need), *CLASSES))
    for part in _chunks(len(need)):
        for categories, waters in floor.blocks():
            wanted = _turned(need[part], (categories, waters))
            stairs = _Stairs(-_turned(land[part], (categories, waters)))
            before = np.zeros(wanted.shape[-1])
            for water, category in _served(wanted.shape[1], wanted.shape[0], order):
                asked = wanted[water, category]
                if not asked.any():
                    continue
                after = stairs.add(water, category, asked)
                # rounding may push a step a hair below zero or above what was asked
                step = np.clip(after - before, 0.0, asked)
                result[part, categories.start + category, waters.start + water] = step
                before = after
    return result.reshape(*lead, *CLASSES)


def _rows(
    demand: NDArray[np.float64], supply: NDArray[np.float64]
) -> tuple[tuple[int, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Check and flatten the leading axes."""
    if demand.shape != supply.shape or demand.shape[-2:] != CLASSES:
        raise ValueError(f"demand {demand.shape} and supply {supply.shape} must both be (..., 10, 3)")
    if demand.size and (demand.min() < 0 or supply.min() < 0):
        raise ValueError("demand and supply must not be negative")
    return demand.shape[:-2], demand.reshape(-1, *CLASSES), supply.reshape(-1, *CLASSES)


def _chunks(count: int) -> list[slice]:
    return [slice(start, min(start + ROWS_AT_ONCE, count)) for start in range(0, count, ROWS_AT_ONCE)]


def _turned(rows: NDArray[np.float64], block: tuple[slice, slice]) -> NDArray[np.float64]:
    """Cut a block out and put the rows last: ``(waters, categories, rows)``."""
    return np.ascontiguousarray(rows[:, block[0], block[1]].transpose(2, 1, 0))


class _Stairs:
    """The largest sum of demand minus supply over all staircases, kept up to date while demand is added.

    The better the water, the lower the stair may start; so the best stair down to some water is a running
    maximum over where it starts there, on top of the best stair of the waters above it.
    """

    def __init__(self, net: NDArray[np.float64]) -> None:
        waters, categories, rows = net.shape
        self.sums = np.zeros((waters, categories + 1, rows))
        for category in range(categories - 1, -1, -1):
            np.add(self.sums[:, category + 1], net[:, category], out=self.sums[:, category])
        self.best = np.empty_like(self.sums)
        self._climb(waters - 1)

    def _climb(self, first: int) -> None:
        """Redo the running maxima from water `first` down to the dry one."""
        for water in range(first, -1, -1):
            best = self.best[water]
            if water == len(self.best) - 1:
                best[:] = self.sums[water]
            else:
                np.add(self.sums[water], self.best[water + 1], out=best)
            for start in range(1, len(best)):
                np.maximum(best[start], best[start - 1], out=best[start])

    def largest(self) -> NDArray[np.float64]:
        """Give the largest sum, one per row."""
        return np.asarray(self.best[0, -1])

    def add(self, water: int, category: int, asked: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add demand for one class and give the largest sum that results."""
        self.sums[water, : category + 1] += asked
        self._climb(water)
        return self.largest().copy()


def _served(categories: int, waters: int, order: Order) -> list[tuple[int, int]]:
    """List (water, category) in the order of serving."""
    heavy_first = [
        (water, category) for category in range(categories - 1, -1, -1) for water in range(waters - 1, -1, -1)
    ]
    return heavy_first if order == "heavy_first" else heavy_first[::-1]

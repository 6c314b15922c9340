"""The balance of land: what is asked, what there is, and what cannot be placed, per class, place and year.

Shortage = circular demand + growth + replacement - supply - intensification - usable released land, matched
class by class (`matching`), within each sub-area and for the province as a whole. Every term is kept
apart. Land is divided under three rules: with a floor that keeps heavy land and quays for who needs them;
without one when heavy and water-bound firms come first; and without one when light firms come first and fill
heavy land.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from analysis.space.matching import CLASSES, NO_FLOOR, WATERS, FloorRule, Order, split
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from analysis.space.quantities import Quantities

DEMANDS = ("circular", "growth", "replacement")
SUPPLIES = ("supply", "intensification", "released")
TERMS = (*DEMANDS, *SUPPLIES)
"""The terms of the balance in the order of a waterfall: first what is asked, then what there is."""

RULES = ("floor", "free_heavy_first", "free_light_first")
TOGETHER, APART = "province", "province_apart"
"""The province with land and demand of all sub-areas together, and as the sum of sub-areas on their own."""

CATEGORY_GROUPS = ("light", "4.1", "4.2", "5.1+")
"""Groups of categories that together hold every category once; light runs up to 3.2."""
TOTAL, ANY_WATER = "total", "any"
GROUPS = tuple((group, water) for group in (*CATEGORY_GROUPS, TOTAL) for water in (*WATERS, ANY_WATER))
"""Groups of classes as pairs of a group of categories and a water class, totals included."""
WATERFALLS = (*((group, ANY_WATER) for group in CATEGORY_GROUPS), (TOTAL, "at_water"), (TOTAL, ANY_WATER))
"""The groups that are charted: by category, at water, and everything."""
KINDS = tuple((group, water) for group in CATEGORY_GROUPS for water in WATERS)
"""The kinds of space that answers speak of."""


class DemandCells(Protocol):
    """What a demand model computes."""

    @property
    def net(self) -> NDArray[np.float64]:
        """Net hectares, ``(draws, sub-areas, years, 10, 3)``."""


class DemandLike(Protocol):
    """A model of circular demand, such as `analysis.space.demand.DemandModel`."""

    @property
    def quantities(self) -> Quantities:
        """The uncertain inputs."""

    def evaluate(self, values: NDArray[np.float64], /) -> DemandCells:
        """Compute the demand from values in the order of `quantities`."""


class CellsLike(Protocol):
    """A model that gives hectares per class, such as `analysis.space.supply.SupplyModel`."""

    @property
    def quantities(self) -> Quantities:
        """The uncertain inputs."""

    def evaluate(self, values: NDArray[np.float64], /) -> NDArray[np.float64]:
        """Give net hectares, ``(draws, sub-areas, years, 10, 3)``."""


class RegularLike(CellsLike, Protocol):
    """A model of regular demand, such as `analysis.space.regular.RegularDemandModel`."""

    def growth(self, values: NDArray[np.float64], /) -> NDArray[np.float64]:
        """Give the demand of growing firms."""

    def replacement(self, values: NDArray[np.float64], /) -> NDArray[np.float64]:
        """Give the demand of displaced firms."""


def united(parts: Iterable[Quantities]) -> Quantities:
    """Put quantities together; one that occurs in several models is one quantity.

    Raises
    ------
    ValueError
        When a name stands for different ranges in two models.
    """
    result: Quantities | None = None
    for part in parts:
        if result is None:
            result = part
            continue
        fresh = []
        for row, name in enumerate(part.name):
            if name not in result.name:
                fresh.append(name)
                continue
            other = result.position(name)
            ours = (result.low[other], result.mid[other], result.high[other], result.group[other])
            if ours != (part.low[row], part.mid[row], part.high[row], part.group[row]):
                raise ValueError(f"two models give {name} different ranges")
        result = result.concat(part.take(fresh))
    if result is None:
        raise ValueError("no models to put together")
    return result


@dataclass(frozen=True)
class BalanceModels:
    """The models of all terms, for the same sub-areas and years.

    Attributes
    ----------
    sub_areas
        Names, sorted.
    years
        Ascending.
    heavy_from
        Position on the category axis from which land counts as heavy.
    demand, regular, supply, intensification
        The models of the terms.
    released
        The model of released land; None when it was not assessed, which counts as none.
    """

    sub_areas: tuple[str, ...]
    years: tuple[int, ...]
    heavy_from: int
    demand: DemandLike
    regular: RegularLike
    supply: CellsLike
    intensification: CellsLike
    released: CellsLike | None = None

    @cached_property
    def quantities(self) -> Quantities:
        """All uncertain inputs, each once."""
        return united(model.quantities for model in self._models.values())

    @property
    def _models(self) -> dict[str, DemandLike | CellsLike]:
        models: dict[str, DemandLike | CellsLike | None] = {
            "demand": self.demand,
            "regular": self.regular,
            "supply": self.supply,
            "intensification": self.intensification,
            "released": self.released,
        }
        return {name: model for name, model in models.items() if model is not None}

    @property
    def areas(self) -> tuple[str, ...]:
        """The places of the balance: the sub-areas, the province together, the sub-areas apart."""
        return (*self.sub_areas, TOGETHER, APART)

    @cached_property
    def _columns(self) -> dict[str, NDArray[np.int64]]:
        # by name, for an object is another one in another process
        return {
            name: self.quantities.positions(model.quantities.name) for name, model in self._models.items()
        }

    def _own(self, model: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pick the values that a model wants."""
        return values[:, self._columns[model]]

    def terms(self, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Compute every term.

        Parameters
        ----------
        values
            ``(draws, k)`` in the order of `quantities`.

        Returns
        -------
        dict
            Term to net hectares, ``(draws, sub-areas, years, 10, 3)``, none negative.
        """
        shape = (len(values), len(self.sub_areas), len(self.years), *CLASSES)
        regular = self._own("regular", values)
        released = self.released
        result = {
            "circular": self.demand.evaluate(self._own("demand", values)).net,
            "growth": self.regular.growth(regular),
            "replacement": self.regular.replacement(regular),
            "supply": self.supply.evaluate(self._own("supply", values)),
            "intensification": self.intensification.evaluate(self._own("intensification", values)),
            "released": (
                np.zeros(shape) if released is None else released.evaluate(self._own("released", values))
            ),
        }
        for name, cells in result.items():
            if cells.shape != shape:
                raise ValueError(f"the term {name} has shape {cells.shape} instead of {shape}")
        return result


def with_province(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add the province as one more place to hectares ``(draws, sub-areas, ...)``."""
    # one sub-area after the other, so that the sum does not depend on the number of draws
    total = cells[:, 0].copy()
    for area in range(1, cells.shape[1]):
        total += cells[:, area]
    return np.concatenate([cells, total[:, None]], axis=1)


def sides(
    terms: Mapping[str, NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add the terms up to what is asked and what there is."""
    asked = terms["circular"] + terms["growth"] + terms["replacement"]
    there = terms["supply"] + terms["intensification"] + terms["released"]
    return asked, there


def rules(heavy_from: int) -> dict[str, tuple[FloorRule, Order]]:
    """Give the rules under which land is divided, by their code."""
    return {
        "floor": (FloorRule(heavy_from=heavy_from), "heavy_first"),
        "free_heavy_first": (NO_FLOOR, "heavy_first"),
        "free_light_first": (NO_FLOOR, "light_first"),
    }


def match(
    terms: Mapping[str, NDArray[np.float64]], heavy_from: int, only: Iterable[str] = RULES
) -> dict[str, NDArray[np.float64]]:
    """Divide the shortage over the classes under each rule.

    Parameters
    ----------
    terms
        As `BalanceModels.terms` gives them.
    only
        The rules wanted.

    Returns
    -------
    dict
        Rule to hectares, ``(draws, sub-areas + 2, years, 10, 3)``, places as `BalanceModels.areas`.
    """
    asked, there = (with_province(side) for side in sides(terms))
    result = {}
    for rule in only:
        floor, order = rules(heavy_from)[rule]
        matched = split(asked, there, order=order, floor=floor)
        apart = with_province(matched[:, :-1])[:, -1:]
        result[rule] = np.concatenate([matched, apart], axis=1)
    return result


def grouped(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum hectares ``(..., 10, 3)`` per group of `GROUPS`, ``(..., 20)``, always in the same order."""
    edges = [0, *(CATEGORIES.index(name) for name in ("4.1", "4.2", "5.1")), CLASSES[0]]
    # classes first and rows last, so that every sum runs through memory in order
    rows = np.ascontiguousarray(cells.reshape(-1, CLASSES[0] * CLASSES[1]).T).reshape(*CLASSES, -1)
    parts = np.zeros((len(CATEGORY_GROUPS) + 1, len(WATERS) + 1, rows.shape[-1]))
    for group, (start, end) in enumerate(pairwise(edges)):
        for category in range(start, end):
            parts[group, :-1] += rows[category]
        parts[-1, :-1] += parts[group, :-1]
    for water in range(len(WATERS)):
        parts[:, -1] += parts[:, water]
    return np.ascontiguousarray(parts.reshape(len(GROUPS), -1).T).reshape(*cells.shape[:-2], len(GROUPS))


def charted(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum hectares ``(..., 10, 3)`` per group of `WATERFALLS`."""
    return grouped(cells)[..., [GROUPS.index(pair) for pair in WATERFALLS]]


def deterministic(models: BalanceModels) -> dict[str, NDArray[np.float64]]:
    """Compute the terms with every input at its mid value, one draw."""
    return models.terms(models.quantities.mid[None, :])

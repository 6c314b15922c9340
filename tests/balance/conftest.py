"""Small stand-in models whose hectares a person can work out, with the interface of the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.space.balance import BalanceModels
from analysis.space.matching import CLASSES
from analysis.space.quantities import Quantities, quantities_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AREAS = ("Noord", "Zuid")
YEARS = (2030, 2035)
HEAVY = 4
"""Position of category 4.1."""


def quantity(name: str, low: float, mid: float, high: float, **texts: str) -> dict[str, object]:
    """One uncertain input as a row."""
    usual = {
        "unit": "ha",
        "status": "assumption",
        "source": "test",
        "label_nl": f"Waarde {name}",
        "label_en": f"Value {name}",
        "question_nl": f"Hoe groot is {name}?",
        "group": "",
    }
    return {"name": name, "low": low, "mid": mid, "high": high, **usual, **texts}


@dataclass(frozen=True)
class Cells:
    """What a demand model computes."""

    net: np.ndarray


class Additive:
    """Hectares that are sums of inputs, each spread over classes by fixed weights."""

    def __init__(self, quantities: Quantities, weights: Mapping[str, np.ndarray]) -> None:
        self.quantities = quantities
        self.weights = weights

    def cells(self, values: np.ndarray) -> np.ndarray:
        result = np.zeros((len(values), len(AREAS), len(YEARS), *CLASSES))
        for name, weight in self.weights.items():
            result += values[:, self.quantities.position(name), None, None, None, None] * weight
        return result


class AdditiveLand(Additive):
    """Such hectares as a term of the balance."""

    def evaluate(self, values: np.ndarray) -> np.ndarray:
        return self.cells(values)


class AdditiveDemand(Additive):
    """Such hectares as a demand model gives them."""

    def evaluate(self, values: np.ndarray) -> Cells:
        return Cells(self.cells(values))


class AdditiveRegular(Additive):
    """Growth as above; replacement is a tenth of it."""

    def growth(self, values: np.ndarray) -> np.ndarray:
        return self.cells(values)

    def replacement(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(self.cells(values) / 10.0)

    def evaluate(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(self.growth(values) + self.replacement(values))


def spread(
    category: int, water: int, *, north: float = 1.0, south: float = 1.0, later: float = 1.0
) -> np.ndarray:
    """Weights of one class: per sub-area, and how the second year compares with the first."""
    weight = np.zeros((len(AREAS), len(YEARS), *CLASSES))
    weight[0, :, category, water], weight[1, :, category, water] = north, south
    weight[:, 1] *= later
    return weight


@pytest.fixture
def hand() -> Callable[..., BalanceModels]:
    """A balance of three kinds of space; keywords widen or collapse the ranges.

    In the first year Noord asks 10 ha of 4.2 at water, Zuid 5; Noord asks 20 ha of light dry land for growth
    and 2 for replacement, Zuid the same. Noord has 6 ha of 4.2 at water and 30 ha of 5.1 dry; Zuid 8 ha of
    4.2 at water and 4 ha of 3.2 dry. Intensification gives 1 ha of 3.1 dry in each, release 2 ha of 4.1 dry
    in Noord. In the second year demand doubles.
    """

    def build(width: float = 0.5, *, sub_group: str = "") -> BalanceModels:
        def row(name: str, mid: float, **texts: str) -> dict[str, object]:
            return quantity(name, mid * (1 - width), mid, mid * (1 + width), **texts)

        demand = AdditiveDemand(
            quantities_of([row("crusher", 5.0, group=sub_group)]),
            {"crusher": spread(5, 2, north=2.0, south=1.0, later=2.0)},
        )
        regular = AdditiveRegular(
            quantities_of([row("growth", 20.0, status="to_verify", group=sub_group)]),
            {"growth": spread(2, 0, later=2.0)},
        )
        supply = AdditiveLand(
            quantities_of([row("quay", 2.0), row("heavy", 30.0), row("light", 4.0)]),
            {
                "quay": spread(5, 2, north=3.0, south=4.0),
                "heavy": spread(6, 0, south=0.0),
                "light": spread(3, 0, north=0.0),
            },
        )
        more = AdditiveLand(
            quantities_of([row("stacking", 1.0, status="sourced")]), {"stacking": spread(2, 0)}
        )
        released = AdditiveLand(quantities_of([row("leaving", 2.0)]), {"leaving": spread(4, 0, south=0.0)})
        return BalanceModels(AREAS, YEARS, HEAVY, demand, regular, supply, more, released)

    return build

"""What the demand model takes and gives: inputs by name, hectares of one method, hectares per class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from analysis.space.quantities import Quantities


@dataclass(frozen=True, slots=True)
class DemandCells:
    """Demand per draw, hectares; sub-areas, functions and years in the order of the model.

    Attributes
    ----------
    net, gross
        Per class, ``(draws, sub-areas, years, 10, 3)``: land to find, double use and shifting included.
    by_function
        Net land to find, ``(draws, functions, sub-areas, years)``.
    need, double_use
        Net hectares of all of a function, and the part of `by_function` that is temporary double use.
    """

    net: NDArray[np.float64]
    gross: NDArray[np.float64]
    by_function: NDArray[np.float64]
    need: NDArray[np.float64]
    double_use: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hectares:
    """One method of one function, net hectares ``(draws, sub-areas, years)``."""

    need: NDArray[np.float64]
    present: NDArray[np.float64]
    land: NDArray[np.float64]
    double_use: NDArray[np.float64]


class Inputs:
    """Values of uncertain inputs by name."""

    def __init__(self, quantities: Quantities, values: NDArray[np.float64]) -> None:
        self._quantities, self._values = quantities, values
        self._kept: dict[tuple[str, ...], NDArray[np.float64]] = {}

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self._values)

    def once(self, key: tuple[str, ...], compute: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
        """Give what several functions ask in the same words; it is computed the first time."""
        if key not in self._kept:
            self._kept[key] = compute()
        return self._kept[key]

    def __call__(self, name: str) -> NDArray[np.float64]:
        """Give the values of an input, ``(draws,)``."""
        return self._values[:, self._quantities.position(name)]

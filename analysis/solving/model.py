"""A mixed-integer programme as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Model:
    """Minimise ``cost @ x + offset`` with ``row_low <= matrix @ x <= row_high``, ``low <= x <= high``.

    Columns and rows stand in the order of ids, so that the same problem gives the same plan.

    Attributes
    ----------
    cost, low, high
        Per column, ``(n,)``.
    integer
        Which columns are whole numbers, ``(n,)``.
    matrix
        ``(m, n)``, compressed by row.
    row_low, row_high
        Per row, ``(m,)``; infinite where open.
    offset
        Constant part of the objective.
    """

    cost: NDArray[np.float64]
    matrix: csr_array
    row_low: NDArray[np.float64]
    row_high: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    integer: NDArray[np.bool_]
    offset: float = 0.0

    def priced(self, cost: NDArray[np.float64], offset: float = 0.0) -> Model:
        """Give the same rules with another objective."""
        return replace(self, cost=cost, offset=offset)

    def bounded(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> Model:
        """Give the same model with other bounds on the columns."""
        return replace(self, low=low, high=high)

    def value(self, x: NDArray[np.float64]) -> float:
        """Give the objective of a solution."""
        return float(self.cost @ x + self.offset)

"""Which columns of a model matter: what using one costs at least, and the model on some columns only.

Method: fixing by reduced costs (Crowder, Johnson and Padberg, Operations Research 31, 1983), with a column
and the parent that it needs priced together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csc_array, csr_array

from analysis.solving.covers import NONE, binaries
from analysis.solving.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.covers import Implications

USED: Final = 1e-9
"""A column of the relaxation above this is in use."""
_NOISE: Final = 1e-6
"""A reduced cost against an infinite side within the tolerance of a solver."""


@dataclass(frozen=True, slots=True)
class PricedUse:
    """What duals of a model's rows say about its columns.

    Attributes
    ----------
    bound
        Every solution costs at least this.
    use
        Every solution that uses a binary column costs at least ``bound + use``, ``(n,)``; zero for others.
    """

    bound: float
    use: NDArray[np.float64]


def signed_duals(model: Model, duals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give duals without what has the sign of a side that is open, ``(m,)``."""
    wrong = ((duals > 0) & ~np.isfinite(model.row_low)) | ((duals < 0) & ~np.isfinite(model.row_high))
    return np.where(wrong, 0.0, duals)


def constant_of(model: Model, duals: NDArray[np.float64]) -> float:
    """Give what duals get from the sides of the rows."""
    sides = np.where(duals > 0, model.row_low, model.row_high)
    return model.offset + float(duals[duals != 0] @ sides[duals != 0])


def least_of(model: Model, reduced: NDArray[np.float64], columns: NDArray[np.bool_]) -> float:
    """Give the least that columns can cost at their reduced costs."""
    at = np.where(reduced > 0, model.low, model.high)
    counted = columns & (reduced != 0) & (np.isfinite(at) | (np.abs(reduced) > _NOISE))
    return float(reduced[counted] @ at[counted])


def bound_by_duals(model: Model, duals: NDArray[np.float64]) -> float:
    """Give the Lagrangian bound of duals of all rows: the relaxation's optimum, less what is off in them."""
    duals = signed_duals(model, duals)
    reduced = model.cost - model.matrix.T @ duals
    return constant_of(model, duals) + least_of(model, reduced, np.ones(len(reduced), dtype=bool))


def price_of_use(model: Model, duals: NDArray[np.float64], implied: Implications) -> PricedUse:
    """Price the use of each binary column by Lagrangian relaxation.

    Rows that tie a column to its parent stay in the relaxed problem, which falls apart per parent: their
    duals are arbitrary where both columns are zero, and would price the one too low, the other too high.

    Parameters
    ----------
    duals
        Of all rows of the model, ``(m,)``; any numbers give valid prices.
    implied
        Of the same model; rows added at the end may be missing in it.
    """
    is_parent = np.zeros(len(model.cost), dtype=bool)
    is_parent[implied.parent[implied.parent != NONE]] = True
    child = np.flatnonzero((implied.parent != NONE) & ~is_parent)
    parent, row = implied.parent[child], implied.parent_row[child]
    duals = signed_duals(model, duals)
    duals[row] = 0.0
    alone = model.cost - model.matrix.T @ duals
    gain = np.minimum(alone[child], 0.0)
    # of a row that allows one column only the cheapest can be chosen
    best = np.zeros(len(duals))
    np.minimum.at(best, row, gain)
    several = ~implied.single[row]
    total = np.zeros(len(duals))
    np.add.at(total, row[several], gain[several])
    best = np.where(total < 0, total, best)
    owner = np.full(len(duals), NONE)
    owner[row] = parent
    rows = np.flatnonzero(owner != NONE)
    together = alone.copy()
    np.add.at(together, owner[rows], best[rows])
    free = np.ones(len(alone), dtype=bool)
    free[child] = False
    bound = constant_of(model, duals) + least_of(model, together, free)
    use = np.where(binaries(model), np.maximum(together, 0.0), 0.0)
    left_out = np.where(several, gain, best[row])
    use[child] = np.maximum(together[parent], 0.0) + alone[child] - left_out
    return PricedUse(bound, use)


@dataclass(frozen=True, slots=True)
class Sliceable:
    """A model that is cut into small ones many times.

    Attributes
    ----------
    model
        The whole.
    by_column
        Its matrix, compressed by column.
    """

    model: Model
    by_column: csc_array

    @classmethod
    def of(cls, model: Model) -> Sliceable:
        """Prepare a model."""
        return cls(model, csc_array(model.matrix))

    def part(self, free: NDArray[np.int64], x: NDArray[np.float64]) -> Model:
        """Give the model of the free columns, all others as they are in ``x``.

        Rows without any free column are left out: whether those hold is for the caller to know.
        """
        model = self.model
        fixed = x.copy()
        fixed[free] = 0.0
        columns = csr_array(self.by_column[:, free])
        rows = np.flatnonzero(np.diff(columns.indptr))
        taken = (model.matrix @ fixed)[rows]
        return Model(
            cost=model.cost[free],
            matrix=csr_array(columns[rows]),
            row_low=model.row_low[rows] - taken,
            row_high=model.row_high[rows] - taken,
            low=model.low[free],
            high=model.high[free],
            integer=model.integer[free],
            offset=model.value(fixed),
        )

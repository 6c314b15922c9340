"""Rows of a model that ask for enough: which columns can serve them, and which exclude or imply each other.

Every row of binary columns and bounded continuous ones is read as ``weights @ items + rest >= demand``, with
a column replaced by its complement where its weight is negative. Columns with one weight in one row where at
most one of them can be chosen are one item (a plot reserved from one year or another), and an item may need a
column of its own to be open (a park opened for a function): a variable upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.model import Model

NONE: Final = -1
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Cover:
    """``weight @ items + rest >= demand`` with ``items`` in {0, 1} and ``rest >= 0``.

    Attributes
    ----------
    row, demand
        Which row of the model, and what is left to ask after complementing.
    weight
        Per item, above zero, ``(k,)``.
    parent
        Per item the column that must be one before the item can be, `NONE` without, ``(k,)``.
    column, item, flipped
        Per binary entry its column, its item, and whether the item is one minus the column.
    loose, loose_weight, loose_base
        The rest is ``loose_weight @ (x[loose] - loose_base)``, every term at least zero.
    """

    row: int
    demand: float
    weight: NDArray[np.float64]
    parent: NDArray[np.int64]
    column: NDArray[np.int64]
    item: NDArray[np.int64]
    flipped: NDArray[np.bool_]
    loose: NDArray[np.int64]
    loose_weight: NDArray[np.float64]
    loose_base: NDArray[np.float64]

    def items(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the value of each item in a solution, ``(k,)``."""
        value = np.where(self.flipped, 1.0 - x[self.column], x[self.column])
        total = np.bincount(self.item, weights=value, minlength=len(self.weight))
        return np.asarray(total, dtype=np.float64)

    def rest(self, x: NDArray[np.float64]) -> float:
        """Give the value of the rest in a solution."""
        return float(self.loose_weight @ (x[self.loose] - self.loose_base))


@dataclass(frozen=True, slots=True)
class Implications:
    """What rows say about single columns.

    Attributes
    ----------
    group
        First row of which at most one column can be chosen, `NONE` without, ``(n,)``.
    parent
        Column that must be one before this one can be, `NONE` without, ``(n,)``.
    parent_row
        The row that says so, `NONE` without, ``(n,)``.
    single
        Per row whether at most one of its columns with a positive weight can be chosen, ``(m,)``.
    """

    group: NDArray[np.int64]
    parent: NDArray[np.int64]
    parent_row: NDArray[np.int64]
    single: NDArray[np.bool_]


def binaries(model: Model) -> NDArray[np.bool_]:
    """Say which columns are zero or one."""
    return np.asarray(model.integer & (model.low == 0) & (model.high == 1))


def find_implications(model: Model) -> Implications:
    """Read packing rows (at most one) and variable upper bounds."""
    matrix = model.matrix
    rows, columns = matrix.shape
    row = np.repeat(np.arange(rows), np.diff(matrix.indptr))
    column, value = matrix.indices, matrix.data
    mixed = np.zeros(rows, dtype=bool)
    mixed[row[~binaries(model)[column]]] = True
    positive, negative = value > 0, value < 0
    negatives = np.bincount(row[negative], minlength=rows)
    smallest, largest = np.full(rows, np.inf), np.zeros(rows)
    np.minimum.at(smallest, row[positive], value[positive])
    np.maximum.at(largest, row[negative], -value[negative])
    packing = ~mixed & (negatives == 0) & (model.row_high > 0) & (2 * smallest > model.row_high + _TINY)
    bounding = ~mixed & (negatives == 1) & (np.abs(model.row_high) <= _TINY)
    single = packing | (bounding & (2 * smallest > largest + _TINY))
    group = _first(row, column, single[row] & positive, columns)
    parent_row = _first(row, column, bounding[row] & positive, columns)
    opener = np.full(rows, NONE)
    opener[row[negative]] = column[negative]
    parent = np.where(parent_row == NONE, NONE, opener[parent_row])
    return Implications(group=group, parent=parent, parent_row=parent_row, single=single)


def _first(
    row: NDArray[np.int64], column: NDArray[np.int32], wanted: NDArray[np.bool_], columns: int
) -> NDArray[np.int64]:
    """Give, per column, the first of the wanted rows that it is in."""
    first = np.full(columns, np.iinfo(np.int64).max)
    np.minimum.at(first, column[wanted], row[wanted])
    return np.where(first == np.iinfo(np.int64).max, NONE, first)


def find_covers(model: Model, implied: Implications) -> tuple[Cover, ...]:
    """Find the rows with something to gain: not those whose weights are equal and divide the demand."""
    binary = binaries(model)
    found = []
    for row in _uneven(model, binary):
        for sign, side in ((1.0, model.row_low[row]), (-1.0, -model.row_high[row])):
            if np.isfinite(side):
                cover = _cover(model, implied, binary, int(row), sign, float(side))
                if cover is not None:
                    found.append(cover)
    return tuple(found)


def _uneven(model: Model, binary: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give rows with at least two binary columns, of unequal weight or with sides that are no multiple."""
    matrix = model.matrix
    rows = matrix.shape[0]
    row = np.repeat(np.arange(rows), np.diff(matrix.indptr))
    whole = binary[matrix.indices]
    size = np.abs(matrix.data)
    smallest, largest = np.full(rows, np.inf), np.zeros(rows)
    np.minimum.at(smallest, row[whole], size[whole])
    np.maximum.at(largest, row[whole], size[whole])
    two = np.bincount(row[whole], minlength=rows) >= 2  # noqa: PLR2004 - one column alone has nothing to share
    uneven = largest - smallest > _TINY * largest
    for side in (model.row_low, model.row_high):
        # a zero that is stored has no size to divide by
        unit = np.where(two & (smallest > 0), smallest, 1.0)
        times = np.where(np.isfinite(side), side, 0.0) / unit
        uneven |= np.abs(times - np.round(times)) > _TINY
    return np.flatnonzero(two & uneven)


def _cover(
    model: Model,
    implied: Implications,
    binary: NDArray[np.bool_],
    row: int,
    sign: float,
    side: float,
) -> Cover | None:
    matrix = model.matrix
    here = slice(matrix.indptr[row], matrix.indptr[row + 1])
    column, value = matrix.indices[here].astype(np.int64), sign * matrix.data[here]
    whole = binary[column]
    loose, loose_weight = column[~whole], value[~whole]
    loose_base = np.where(loose_weight > 0, model.low[loose], model.high[loose])
    if model.integer[loose].any() or not np.isfinite(loose_base).all():
        return None
    column, value = column[whole], value[whole]
    flipped = value < 0
    demand = side - value[flipped].sum() - loose_weight @ loose_base
    if demand <= _TINY or np.abs(value).sum() <= demand:
        return None
    # a complement shares nothing with other columns, so it is an item of its own
    group = np.where(flipped | (implied.group[column] == NONE), -2 - column, implied.group[column])
    parent = np.where(flipped, NONE, implied.parent[column])
    keys = np.stack([group.astype(float), np.abs(value), parent.astype(float)])
    _, first, item = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    return Cover(
        row=row,
        demand=float(demand),
        weight=np.abs(value)[first],
        parent=parent[first],
        column=column,
        item=item.ravel(),
        flipped=flipped,
        loose=loose,
        loose_weight=loose_weight,
        loose_base=loose_base,
    )

"""Rows of a model, gathered in blocks of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Part = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64] | float]
    """Entries of rows: the row within its block, the column, the value."""


class Rows:
    """Gather rows block by block; a block keeps its name, so that prices of rows can be read back."""

    def __init__(self) -> None:
        self._row: list[NDArray[np.int64]] = []
        self._column: list[NDArray[np.int64]] = []
        self._value: list[NDArray[np.float64]] = []
        self._low: list[NDArray[np.float64]] = []
        self._high: list[NDArray[np.float64]] = []
        self.blocks: dict[str, slice] = {}
        self.items: dict[str, NDArray[np.int64]] = {}
        self.count = 0

    def add(
        self,
        name: str,
        parts: Sequence[Part],
        *,
        low: NDArray[np.float64] | float,
        high: NDArray[np.float64] | float,
        items: NDArray[np.int64],
    ) -> None:
        """Add a block of rows.

        Parameters
        ----------
        parts
            Entries of the rows.
        low, high
            Bounds of the rows, for all or per row.
        items
            What each row is about, one line per row: positions in the problem.
        """
        rows = len(items)
        for row, column, value in parts:
            self._row.append(np.asarray(row, dtype=np.int64) + self.count)
            self._column.append(np.asarray(column, dtype=np.int64))
            self._value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), np.shape(row)))
        self._low.append(np.broadcast_to(np.asarray(low, dtype=np.float64), (rows,)))
        self._high.append(np.broadcast_to(np.asarray(high, dtype=np.float64), (rows,)))
        self.blocks[name] = slice(self.count, self.count + rows)
        self.items[name] = items
        self.count += rows

    def matrix(self, columns: int) -> csr_array:
        """Give all rows, compressed, with the columns of each row ascending."""
        row, column, value = (
            np.concatenate([np.empty(0), *parts]) for parts in (self._row, self._column, self._value)
        )
        places = (row.astype(np.int64), column.astype(np.int64))
        matrix = csr_array((value, places), shape=(self.count, columns))
        matrix.sum_duplicates()
        return matrix

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the lower and the upper bounds of all rows."""
        return np.concatenate([np.empty(0), *self._low]), np.concatenate([np.empty(0), *self._high])

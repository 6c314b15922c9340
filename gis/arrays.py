"""Small things about arrays of objects that numpy's own functions say awkwardly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def where_known(mask: NDArray[np.bool_], values: NDArray[Any]) -> NDArray[np.object_]:
    """Give `values` where `mask` holds and None elsewhere."""
    result = np.full(len(mask), None, dtype=object)
    result[mask] = values[mask]
    return result


def at_places(values: NDArray[Any], place: NDArray[np.int64]) -> NDArray[np.object_]:
    """Give the value at each place and None where a place is negative; `values` may be empty."""
    result = np.full(len(place), None, dtype=object)
    known = place >= 0
    result[known] = values[place[known]]
    return result

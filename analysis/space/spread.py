"""Percentiles of draws, sorted once: several times faster than selecting each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def percentiles(
    rows: NDArray[np.float64] | NDArray[np.float32], wanted: Sequence[float]
) -> NDArray[np.float64]:
    """Give percentiles of each row, read evenly between the two nearest draws.

    Parameters
    ----------
    rows
        ``(rows, draws)``, at least one draw; numbers only.
    wanted
        From 0 to 100.

    Returns
    -------
    ndarray
        ``(percentiles, rows)``: type 7 of Hyndman and Fan (1996), to the last bit what numpy's own
        percentile gives.
    """
    ordered = np.sort(rows, axis=-1)
    last = ordered.shape[-1] - 1
    place = last * (np.asarray(wanted, dtype=np.float64) / 100.0)
    below = np.floor(place).astype(np.int64)
    part = (place - below)[:, None]
    low, high = (ordered[:, np.minimum(at, last)].T for at in (below, below + 1))
    step = np.subtract(high, low)
    # from the nearer end, so that both ends come out exactly
    return np.asarray(np.where(part >= 0.5, high - step * (1.0 - part), low + step * part))  # noqa: PLR2004

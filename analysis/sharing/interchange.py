"""Swap one open site for a closed one while it pays, all swaps weighed at once.

Method: Teitz and Bart, Operations Research 16 (1968), with the gain and loss of every swap from the nearest
and the second nearest open site as in Resende and Werneck, A fast swap-based local search procedure for
location problems, Annals of Operations Research 150 (2007).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PAYS = 1e-9
_MOST_SWAPS = 10_000


def greedy(cost: NDArray[np.float64], number: int) -> NDArray[np.bool_]:
    """Open sites one by one, each time the one that saves most.

    Parameters
    ----------
    cost
        ``(sites, clients)``, finite.
    number
        How many to open.
    """
    opened = np.zeros(len(cost), dtype=np.bool_)
    nearest = np.full(cost.shape[1], cost.max(initial=0.0) + 1.0)
    for _ in range(number):
        after = np.minimum(cost, nearest).sum(axis=1)
        after[opened] = np.inf
        best = int(np.argmin(after))
        opened[best] = True
        nearest = np.minimum(nearest, cost[best])
    return opened


def improve(
    cost: NDArray[np.float64],
    opened: NDArray[np.bool_],
    *,
    fixed: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.bool_], float]:
    """Swap until no swap pays; every client goes to its nearest open site.

    Parameters
    ----------
    cost
        ``(sites, clients)``, finite.
    opened
        Where to start, ``(sites,)``.
    fixed
        Sites that neither open nor close.

    Returns
    -------
    opened, total cost
    """
    opened = opened.copy()
    moving = np.ones(len(cost), dtype=np.bool_) if fixed is None else ~fixed
    total = float(cost[opened].min(axis=0).sum())
    for _ in range(_MOST_SWAPS):
        leaving, entering, saved = _best_swap(cost, opened, moving)
        if saved <= _PAYS * max(1.0, abs(total)):
            break
        opened[leaving], opened[entering] = False, True
        total = float(cost[opened].min(axis=0).sum())
    return opened, total


def _best_swap(
    cost: NDArray[np.float64], opened: NDArray[np.bool_], moving: NDArray[np.bool_]
) -> tuple[int, int, float]:
    """Give the site that leaves, the site that enters, and what the swap saves."""
    inside = np.flatnonzero(opened)
    outside = np.flatnonzero(~opened & moving)
    if not len(outside) or not moving[inside].any():
        return -1, -1, 0.0
    near = cost[inside]
    first = near.argmin(axis=0)
    nearest = near[first, np.arange(near.shape[1])]
    second = np.full(near.shape[1], np.inf)
    if len(inside) > 1:
        second = np.partition(near, 1, axis=0)[1]
    order = np.argsort(first, kind="stable")
    served, starts = np.unique(first[order], return_index=True)
    entering = cost[outside][:, order]
    nearest, second = nearest[order], second[order]
    gain = np.maximum(nearest - entering, 0.0).sum(axis=1)
    # a client that loses its site goes to the entering one or to its second nearest
    loss = np.maximum(np.minimum(second, entering) - nearest, 0.0)
    delta = np.zeros((len(outside), len(inside)))
    delta[:, served] = np.add.reduceat(loss, starts, axis=1)
    delta -= gain[:, None]
    delta[:, ~moving[inside]] = np.inf
    best = int(np.argmin(delta))
    row, column = divmod(best, len(inside))
    return int(inside[column]), int(outside[row]), -float(delta[row, column])

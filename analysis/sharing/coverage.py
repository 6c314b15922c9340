"""Open a given number of sites so that most clients lie within reach: maximal coverage.

Method: Church and ReVelle, The maximal covering location problem, Papers of the Regional Science Association
32 (1974). Clients with the same sites in reach are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from analysis.solving import kernel
from analysis.solving.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.outcome import Limits


@dataclass(frozen=True)
class Coverage:
    """Open sites and who is within reach.

    Attributes
    ----------
    opened
        ``(sites,)``.
    covered
        ``(clients,)``.
    weight, bound, gap
        Weight within reach; no choice covers more than the bound.
    """

    opened: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    weight: float
    bound: float
    gap: float


def maximal_coverage(
    reach: NDArray[np.bool_], weight: NDArray[np.float64], number: int, limits: Limits
) -> Coverage:
    """Open at most `number` sites so that the weight within reach is largest.

    Parameters
    ----------
    reach
        ``(clients, sites)``, whether a site reaches a client.
    weight
        ``(clients,)``, not negative.
    number
        Most sites.
    limits
        When to stop.
    """
    patterns, group = np.unique(reach, axis=0, return_inverse=True)
    total = np.bincount(group.reshape(-1), weights=weight, minlength=len(patterns))
    groups, sites = patterns.shape
    # columns: sites, then groups of clients that are covered
    row, column = np.nonzero(patterns)
    entries = (
        np.concatenate([row, np.arange(groups), np.full(sites, groups)]),
        np.concatenate([column, sites + np.arange(groups), np.arange(sites)]),
    )
    values = np.concatenate([-np.ones(len(row)), np.ones(groups + sites)])
    model = Model(
        cost=np.concatenate([np.zeros(sites), -total]),
        matrix=csr_array((values, entries), shape=(groups + 1, sites + groups)),
        row_low=np.full(groups + 1, -np.inf),
        row_high=np.append(np.zeros(groups), float(number)),
        low=np.zeros(sites + groups),
        high=np.ones(sites + groups),
        integer=np.arange(sites + groups) < sites,
    )
    outcome = kernel.solve(model, limits)
    if outcome.values is None:
        msg = "opening nothing is always possible"
        raise AssertionError(msg)
    opened = outcome.values[:sites] > 0.5  # noqa: PLR2004 - integers come rounded
    covered = np.asarray(reach[:, opened].any(axis=1), dtype=np.bool_)
    return Coverage(opened, covered, float(weight[covered].sum()), -outcome.bound, outcome.gap)

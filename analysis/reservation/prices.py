"""What rules cost in hectares: the duals of the linear relaxation, a first look at what binds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.model import build_model, priced_model
from analysis.solving.highs import solve_lp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem

SMALL = 0.005
"""Weighted hectares below which a price is noise."""


@dataclass(frozen=True)
class Prices:
    """Weighted hectares of shortage that one unit more of a rule is worth, at most.

    Attributes
    ----------
    bound
        The least shortage that the linear relaxation leaves.
    site
        Per site, what a second such site would be worth, ``(sites,)``.
    keep, ceiling
        Per share of kept land and per maximum, for one hectare.
    neighbour
        Per site, for its rows of noise beside quiet functions together, ``(sites,)``.
    """

    bound: float
    site: NDArray[np.float64]
    keep: NDArray[np.float64]
    ceiling: NDArray[np.float64]
    neighbour: NDArray[np.float64]


def prices_of(problem: ReservationProblem) -> Prices:
    """Solve the linear relaxation of the shortage and read the prices of its rows.

    The relaxation may split a site, so a price is an upper estimate (Cromley and Hanink 1999 on duals in
    land use allocation).
    """
    reservation = build_model(problem, openings=False)
    relaxed = solve_lp(priced_model(reservation, {"shortage": 1.0}))
    worth = np.abs(relaxed.duals)
    blocks, items = reservation.blocks, reservation.items
    return Prices(
        relaxed.objective,
        _gathered(worth, blocks, items, "site", len(problem.sites)),
        _gathered(worth, blocks, items, "keep", len(problem.keep)),
        _gathered(worth, blocks, items, "ceiling", len(problem.ceilings)),
        _gathered(worth, blocks, items, "neighbour", len(problem.sites)),
    )


def _gathered(
    worth: NDArray[np.float64],
    blocks: Mapping[str, slice],
    items: Mapping[str, NDArray[np.int64]],
    name: str,
    count: int,
) -> NDArray[np.float64]:
    """Add up the worth of a block's rows over the first thing that each is about."""
    total = np.zeros(count)
    if name in blocks and len(items[name]):
        about = items[name].reshape(len(items[name]), -1)[:, 0]
        np.add.at(total, about, worth[blocks[name]])
    return total

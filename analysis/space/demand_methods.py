"""The methods of land demand as plain formulas; each line can be checked with a pocket calculator.

Methods (field facts 4.3): tonnes x m2 per tonne per year; inhabitants per facility x plot; jobs x m2 per
job; a share of present stock. Net hectares are plots, gross hectares include roads, green and water of the
park. All functions take numbers or arrays that broadcast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from analysis.subjects import HECTARE_M2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Amount = TypeVar("Amount", float, NDArray[np.float64])

KG_PER_TONNE = 1_000.0
KG_PER_KILOTONNE = 1e6
METHODS = ("flow", "facilities", "jobs")
"""Methods that are computed per function; the share of stock is a check of the whole."""


def kg_per_inhabitant(kilotonnes: Amount, inhabitants: Amount) -> Amount:
    """Divide a yearly tonnage in kilotonnes over inhabitants, kilograms."""
    return kilotonnes * KG_PER_KILOTONNE / inhabitants


def tonnes_of_flow(inhabitants: Amount, kg: Amount, shares: Amount) -> Amount:
    """Give the tonnes per year that a function takes of a flow.

    Parameters
    ----------
    inhabitants
        In the year concerned.
    kg
        Kilograms of the flow per inhabitant per year.
    shares
        Product of regional key, share of the function, captured share and share processed in the region.
    """
    return inhabitants * kg / KG_PER_TONNE * shares


def hectares_of_tonnes(tonnes: Amount, m2_per_tonne: Amount) -> Amount:
    """Give the net hectares that tonnes per year need (method flow)."""
    return tonnes * m2_per_tonne / HECTARE_M2


def hectares_of_facilities(inhabitants: Amount, catchment: Amount, plot_ha: Amount) -> Amount:
    """Give the net hectares of facilities that each serve `catchment` inhabitants (method facilities).

    The number of facilities may be a fraction: a facility for two million inhabitants counts here for what
    the region's inhabitants take of it.
    """
    return inhabitants / catchment * plot_ha


def hectares_of_jobs(jobs: Amount, m2_per_job: Amount, plot_per_floor: Amount) -> Amount:
    """Give the net hectares of jobs; `plot_per_floor` turns floor into plot, 1 where it is plot already."""
    return jobs * m2_per_job * plot_per_floor / HECTARE_M2


def hectares_of_stock(base_ha: Amount, percent: Amount) -> Amount:
    """Give a percentage of a stated stock; the base must be the one that the percentage was found for."""
    return base_ha * percent / 100.0


def scaled_by_inhabitants(total: Amount, inhabitants: Amount, base_inhabitants: Amount) -> Amount:
    """Carry a total to a region by inhabitants."""
    return total * inhabitants / base_inhabitants


def captured(capture: NDArray[np.float64], growth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let the captured share of a flow grow, never to more than all of it."""
    return np.minimum(1.0, capture * growth)


def additional(
    need: NDArray[np.float64], present_share: NDArray[np.float64], need_now: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give what is needed on top of what has a place already, never below zero.

    Parameters
    ----------
    need
        Hectares for all of the function in the year concerned.
    present_share
        Share of today's need that has a place in the region.
    need_now
        Hectares for all of the function in the first year of the scenario.
    """
    return np.maximum(0.0, need - present_share * need_now)


def land_to_find(
    extra: NDArray[np.float64], in_place_share: NDArray[np.float64], progress: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the land to find for additional need, and the part of it that is temporary double use.

    A share of the additional need grows out of linear firms on their own plots. As long as those have not
    been converted, both stand beside each other: circular grows before linear leaves (PBL 2023).

    Returns
    -------
    land, double_use
        Hectares to find in this year, and the part of them that later lies on converted plots.
    """
    in_place = extra * in_place_share
    double_use = in_place * (1.0 - progress)
    return extra - in_place + double_use, double_use

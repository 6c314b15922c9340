"""What the plan decides on, as arrays: sites, functions, years, who may go where, what is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOT_CHOSEN = -1


def _no_edges() -> NDArray[np.int64]:
    return np.empty((0, 2), dtype=np.int64)


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True)
class ReservationProblem:
    """Sites, functions and years with the pairs that are eligible.

    A pair is a site with a function that may stand on it. One site is reserved for at most one function; from
    the year in which a reservation starts it holds in every later year.

    Attributes
    ----------
    sites
        One row per site, sorted by ``site_id``: ``site_id``, ``park_id``, ``park_name``,
        ``municipality_code``, ``sub_area``, ``area_ha``, ``heavy`` and ``wet`` (scarce land that the keeping
        rules look at).
    functions
        Ids, sorted.
    years
        Ascending.
    site, function
        Per pair its site and function as positions, ``(k,)``; sorted by site, then function.
    capacity
        Hectares of a pair that count in each year, ``(k, years)``; not falling over the years; zero before
        its release year, so that a pair may not start where it is zero.
    certain
        Whether eligibility holds under the strict reading, ``(k,)``.
    suitability
        In [0, 1], ``(k,)``.
    people, conflict
        People within the distance of the category; dwellings of housing plans that it blocks, ``(k,)``.
    targets
        What is wanted, one row each sorted by ``target_id``: ``target_id``, ``function``, ``year``,
        ``sub_area`` (missing: the whole province), ``ha``, ``weight`` (per hectare short). Each has a
        shortage of its own in hectares.
    ceilings
        Maxima, sorted by ``ceiling_id``: ``ceiling_id``, ``scope`` (municipality, sub_area or park),
        ``area`` (code or name), ``function`` (missing: all together), ``year``, ``ha``.
    locked_in
        Pairs that must be chosen with the latest position of the year from which: rows ``(pair, year)``.
    neighbours
        Pairs of sites that touch or lie within the neighbour distance, ``(e, 2)``, first below second.
    noisy, quiet
        Positions of functions that may not be neighbours of each other.
    min_cluster
        Hectares that a function must at least have together in a park in the last year, per function,
        ``(functions,)``; zero without.
    plans
        Housing plans as a choice, sorted by ``plan_id``: ``plan_id``, ``dwellings``, ``price`` (in units of
        the first aim's weighted hectares; infinite: the plan goes ahead and its pairs are not created).
    plan_pairs
        Which pair a plan excludes when it goes ahead: rows ``(plan, pair)``.
    keep
        Shares of scarce land (``keep_id``, ``group`` quay or heavy, ``ha`` that functions without that need
        may take at most) with the pairs that count in ``keep_pairs`` rows ``(keep, pair)``.
    persons_per_dwelling
        Turns the dwellings of `conflict` into people for the second aim.
    """

    sites: pd.DataFrame
    functions: tuple[str, ...]
    years: tuple[int, ...]
    site: NDArray[np.int64]
    function: NDArray[np.int64]
    capacity: NDArray[np.float64]
    certain: NDArray[np.bool_]
    suitability: NDArray[np.float64]
    people: NDArray[np.float64]
    conflict: NDArray[np.float64]
    targets: pd.DataFrame
    ceilings: pd.DataFrame = field(default_factory=_no_rows)
    locked_in: NDArray[np.int64] = field(default_factory=_no_edges)
    neighbours: NDArray[np.int64] = field(default_factory=_no_edges)
    noisy: tuple[int, ...] = ()
    quiet: tuple[int, ...] = ()
    min_cluster: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    plans: pd.DataFrame = field(default_factory=_no_rows)
    plan_pairs: NDArray[np.int64] = field(default_factory=_no_edges)
    keep: pd.DataFrame = field(default_factory=_no_rows)
    keep_pairs: NDArray[np.int64] = field(default_factory=_no_edges)
    persons_per_dwelling: float = 2.1

    @property
    def pairs(self) -> int:
        """Number of eligible pairs."""
        return len(self.site)


@dataclass(frozen=True, slots=True)
class AimOutcome:
    """What one pass of the plan reached.

    Attributes
    ----------
    name
        ``shortage``, ``people``, ``suitability`` or ``compactness``.
    value, bound, gap, status
        Of this pass, given what the passes before it fixed; the bound is proven.
    tolerance
        What later passes may give away of it, in its own unit.
    final
        In the plan as it is, after the later passes: at most ``value + tolerance``.
    """

    name: str
    value: float
    bound: float
    gap: float
    status: str
    tolerance: float
    final: float


@dataclass(frozen=True)
class Plan:
    """One reasoned alternative.

    Attributes
    ----------
    start
        Per pair the position of the year from which it is reserved, `NOT_CHOSEN` otherwise, ``(k,)``.
    shortage
        Hectares short per target, ``(targets,)``.
    blocked_plans
        Per housing plan whether the plan gives way, ``(plans,)``.
    aims
        In the order in which they were solved.
    solver
        Name and version.
    """

    start: NDArray[np.int64]
    shortage: NDArray[np.float64]
    blocked_plans: NDArray[np.bool_]
    aims: tuple[AimOutcome, ...]
    solver: str

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Which pairs are reserved at the end."""
        return np.asarray(self.start != NOT_CHOSEN)

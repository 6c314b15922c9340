"""The reservation plan as a mixed-integer programme in start-period form.

A column says that a site is reserved for a function from a year on, so that persistence needs no rows. What
runs short is a column in hectares, so that demand alone never makes a plan impossible. Columns and rows stand
in the order of ids and are built as blocks of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import blocked_by, minimum_of, short_of
from analysis.reservation.rows import Rows
from analysis.reservation.rules import Rules, wanted_of
from analysis.solving.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem


@dataclass(frozen=True)
class ReservationModel:
    """A model with the way back to the problem.

    Attributes
    ----------
    problem
        What was modelled.
    model
        Its rules; the cost is zero, aims are set by `priced_model`.
    pair, year
        Per start column its pair and the position of its year; start columns come first, ``(starts,)``.
    shortage, opening, gives_way
        Where the columns stand of: hectares short per target; a park opened for a function; housing plans
        that give way.
    opening_of
        Per pair its opening column, -1 when that opening is not modelled, ``(k,)``.
    aims
        Per aim its costs per column and a constant.
    blocks, items
        Per named block of rows where it stands and what each of its rows is about, as positions in the
        problem: ``site`` (site), ``target`` (target), ``ceiling`` (ceiling), ``locked`` (pair, year),
        ``neighbour`` (site with the noisy function, site with the quiet one), ``opened`` (pair),
        ``cluster`` (park code, function), ``cover`` (target), ``plan`` (plan, site), ``keep`` (keep).
    """

    problem: ReservationProblem
    model: Model
    pair: NDArray[np.int64]
    year: NDArray[np.int64]
    shortage: slice
    opening: slice
    gives_way: slice
    opening_of: NDArray[np.int64]
    aims: Mapping[str, tuple[NDArray[np.float64], float]]
    blocks: Mapping[str, slice]
    items: Mapping[str, NDArray[np.int64]]

    def plan_of(
        self, values: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Give start years per pair, hectares short per target and plans that give way of a solution.

        Shortages and plans follow from the start years, so that they carry no noise of a solver.
        """
        start = np.full(self.problem.pairs, NOT_CHOSEN, dtype=np.int64)
        chosen = np.flatnonzero(values[: len(self.pair)] > 0.5)  # noqa: PLR2004 a binary value
        start[self.pair[chosen]] = self.year[chosen]
        return start, self._short(start[self.pair] == self.year), blocked_by(self.problem, start)

    def values_of(self, start: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the solution that belongs to start years per pair, for warm starts and for aims."""
        values = np.zeros(len(self.model.cost))
        chosen = start[self.pair] == self.year
        values[: len(self.pair)] = chosen
        values[self.shortage] = self._short(chosen)
        opened = self.opening_of[(start != NOT_CHOSEN) & (self.opening_of >= 0)]
        values[opened] = 1.0
        values[self.gives_way] = blocked_by(self.problem, start)
        return values

    @cached_property
    def _counts(self) -> csr_array:
        """Hectares with which each start column counts for each target."""
        return csr_array(self.model.matrix[self.blocks["target"]][:, : len(self.pair)])

    def _short(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Give the hectares short per target; as `shortage_of`, which needs no model."""
        wanted = self.model.row_low[self.blocks["target"]]
        return short_of(wanted, self._counts @ chosen.astype(np.float64))

    def aim_value(self, aim: str, start: NDArray[np.int64]) -> float:
        """Give what start years per pair reach on an aim."""
        cost, offset = self.aims[aim]
        return float(cost @ self.values_of(start) + offset)


def build_model(problem: ReservationProblem, *, openings: bool = True) -> ReservationModel:
    """Build the rules of a plan.

    Parameters
    ----------
    openings
        Whether every park and function gets an opening column, which the aim ``compactness`` counts. Without,
        only parks where a minimum cluster asks for it do, and that aim is left out: a smaller model.
    """
    pair, year = (array.astype(np.int64) for array in np.nonzero(problem.capacity > 0))
    starts, targets, plans = len(pair), len(problem.targets), len(problem.plans)
    groups, group_of = _openings(problem, openings=openings)
    shortage = slice(starts, starts + targets)
    opening = slice(shortage.stop, shortage.stop + len(groups))
    gives_way = slice(opening.stop, opening.stop + plans)
    opening_of = np.where(group_of >= 0, group_of + opening.start, -1)

    rows = Rows()
    build = Rules(problem, pair, year, rows)
    build.sites()
    build.targets(shortage.start)
    build.ceilings()
    build.locks()
    build.neighbours()
    build.clusters(groups, opening_of, opening.start)
    if openings:
        build.covers(opening_of, shortage.start)
    build.housing(gives_way.start)
    build.keeping()

    columns = gives_way.stop
    high = np.ones(columns)
    high[shortage] = wanted_of(problem)
    high[gives_way] = np.isfinite(_prices(problem))
    integer = np.ones(columns, dtype=bool)
    integer[shortage] = False
    low_row, high_row = rows.bounds()
    model = Model(
        np.zeros(columns), rows.matrix(columns), low_row, high_row, np.zeros(columns), high, integer
    )
    aims = _aims(problem, pair, year, (shortage, opening, gives_way), openings=openings)
    return ReservationModel(
        problem, model, pair, year, shortage, opening, gives_way, opening_of, aims, rows.blocks, rows.items
    )


def priced_model(reservation: ReservationModel, weights: Mapping[str, float]) -> Model:
    """Give the model with one objective: the aims named, each times its weight."""
    cost = np.zeros(len(reservation.model.cost))
    offset = 0.0
    for aim, weight in weights.items():
        vector, constant = reservation.aims[aim]
        cost += weight * vector
        offset += weight * constant
    return reservation.model.priced(cost, offset)


def capped_model(reservation: ReservationModel, caps: Mapping[str, float]) -> Model:
    """Give the model with a row per aim named, that holds the aim at or below a value."""
    model = reservation.model
    extra, limits = [], []
    for aim, cap in caps.items():
        cost, offset = reservation.aims[aim]
        # powers of two leave every digit as it is, and keep large costs within what a solver resolves
        scale = 2.0 ** -np.ceil(np.log2(max(float(np.abs(cost).max(initial=0.0)), 1.0)))
        extra.append(cost * scale)
        limits.append((cap - offset) * scale)
    if not extra:
        return model
    matrix = csr_array(vstack([model.matrix, csr_array(np.array(extra))], format="csr"))
    return Model(
        model.cost,
        matrix,
        np.concatenate([model.row_low, np.full(len(extra), -np.inf)]),
        np.concatenate([model.row_high, limits]),
        model.low,
        model.high,
        model.integer,
        model.offset,
    )


def _openings(problem: ReservationProblem, *, openings: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the (park, function) groups that get an opening column, and the group of each pair or -1."""
    park = pd.factorize(problem.sites["park_id"].astype("string"), sort=True)[0].astype(np.int64)
    key = np.column_stack([park[problem.site], problem.function])
    usable = np.flatnonzero((problem.capacity > 0).any(axis=1))
    groups, group = np.unique(key[usable], axis=0, return_inverse=True)
    group = group.reshape(-1)
    # a minimum matters only where a pair cannot reach it by itself
    alone = problem.capacity[usable, -1] >= minimum_of(problem)[problem.function[usable]]
    wanted = np.full(len(groups), openings) | (np.bincount(group[~alone], minlength=len(groups)) > 0)
    group_of = np.full(problem.pairs, -1, dtype=np.int64)
    group_of[usable] = np.where(wanted, np.cumsum(wanted) - 1, -1)[group]
    return groups[wanted], group_of


def _prices(problem: ReservationProblem) -> NDArray[np.float64]:
    return problem.plans["price"].to_numpy(dtype=np.float64) if len(problem.plans) else np.empty(0)


def _aims(
    problem: ReservationProblem,
    pair: NDArray[np.int64],
    year: NDArray[np.int64],
    places: tuple[slice, slice, slice],
    *,
    openings: bool,
) -> dict[str, tuple[NDArray[np.float64], float]]:
    """Give the costs of each aim.

    ``shortage``: weighted hectares short, with the price of housing plans that give way. ``people``: people
    within the distance of each site chosen and those of the homes it hinders. ``suitability``: hectares times
    what they lack in suitability, the mean over the years of the plan, so that no reservation starts earlier
    than it is needed. ``compactness``: parks opened, per function.
    """
    shortage, opening, gives_way = places
    columns, starts = gives_way.stop, len(pair)
    aims = {aim: np.zeros(columns) for aim in ("shortage", "people", "suitability")}
    aims["shortage"][shortage] = problem.targets["weight"].to_numpy(dtype=np.float64)
    price = _prices(problem)
    aims["shortage"][gives_way] = np.where(np.isfinite(price), price, 0.0)
    concerned = problem.people + problem.persons_per_dwelling * problem.conflict
    aims["people"][:starts] = concerned[pair]
    later = np.cumsum(problem.capacity[:, ::-1], axis=1)[:, ::-1] / len(problem.years)
    aims["suitability"][:starts] = (1.0 - problem.suitability[pair]) * later[pair, year]
    if openings:
        aims["compactness"] = np.zeros(columns)
        aims["compactness"][opening] = 1.0
    return {aim: (cost, 0.0) for aim, cost in aims.items()}

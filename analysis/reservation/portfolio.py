"""Plans that are nearly as good and differ as much as can be: hop, skip and jump.

Method: Brill, Chang and Hopkins, Modeling to generate alternatives: the HSJ approach and an illustration
using a problem in land use planning, Management Science 28 (1982). Every next plan uses as little as it can
of the sites of the plans before it, keeps every aim within the stated loss, and differs from each plan before
it in at least the stated share of its sites: another function on the same site is no other site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array, vstack

from analysis.reservation.model import build_model, capped_model, priced_model
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.trim import trim
from analysis.solving import highs
from analysis.solving.errors import NoSolutionError
from analysis.solving.kernel import solve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.model import ReservationModel
    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.solving.outcome import Limits, Outcome
    from layers.parameters_reservation import ReservationParameters

SHORTAGE: Final = "shortage"
COMPACTNESS: Final = "compactness"
SPREAD: Final = 0.01
"""What a hectare that no plan used yet weighs against one that was used: it keeps idle land out."""
_PRICE: Final = 10.0
"""Price of a choice shared too many, in largest sites."""
_HEAVIER: Final = 1.5
"""How much more an aim weighs after it lost too much."""
_AMPLE: Final = 1.4
"""How many more sites are left out than the distance asks: the next plan may have fewer sites."""
_ROUNDING: Final = 1e-9
EASY_GAP: Final = 0.05
"""How near to the least overlap a plan must come: that it differs enough is a rule, not an aim."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Plans that are nearly as good and differ.

    Attributes
    ----------
    problem
        What the plans are for.
    starts
        Per plan the start years per pair; the first is the plan itself, ``(plans, k)``.
    caps
        Highest value allowed per aim.
    values
        Value per aim of each plan, each ``(plans,)``.
    complete
        Whether as many plans were found as were asked; when not, it is proven or the time ran out.
    """

    problem: ReservationProblem
    starts: NDArray[np.int64]
    caps: Mapping[str, float]
    values: Mapping[str, NDArray[np.float64]]
    complete: bool

    def sites(self) -> NDArray[np.bool_]:
        """Tell which sites each plan chooses, ``(plans, sites)``."""
        return np.array([sites_of(self.problem, start) for start in self.starts])

    def distance(self) -> NDArray[np.float64]:
        """Give the distance between each two plans, ``(plans, plans)``."""
        chosen = self.sites()
        return np.array([[distance(first, second) for second in chosen] for first in chosen])

    def share(self) -> NDArray[np.float64]:
        """Give the share of the plans that choose each site, ``(sites,)``; not a probability."""
        return np.asarray(self.sites().mean(axis=0, dtype=np.float64))


def sites_of(problem: ReservationProblem, start: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which sites a plan chooses, whatever for, ``(sites,)``."""
    chosen = np.zeros(len(problem.sites), dtype=bool)
    chosen[problem.site[start != NOT_CHOSEN]] = True
    return chosen


def distance(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Give the share of the sites of a plan that another lacks.

    Of the two plans the one that gives the smallest share counts; zero when one of them is empty.
    """
    least = min(int(first.sum()), int(second.sum()))
    return 1.0 - int((first & second).sum()) / least if least else 0.0


def caps_of(reservation: ReservationModel, plan: Plan, parameters: ReservationParameters) -> dict[str, float]:
    """Give the highest value per aim that the stated loss allows; the plan itself always keeps them.

    The loss is a share of what is wanted for shortage, and of what was reached for every other aim.
    """
    targets = reservation.problem.targets
    wanted = float((targets["weight"] * targets["ha"]).sum())
    caps = {}
    for aim in plan.aims:
        base = wanted if aim.name == "shortage" else abs(aim.value)
        cap = aim.value + max(parameters.portfolio_loss * base, aim.tolerance)
        caps[aim.name] = max(cap, aim.final)
    return caps


def find_portfolio(
    problem: ReservationProblem, plan: Plan, parameters: ReservationParameters, limits: Limits
) -> Portfolio:
    """Find plans within the stated loss that differ by the stated distance.

    Parameters
    ----------
    limits
        Of each plan.

    Returns
    -------
    Portfolio
        The plan and `parameters.portfolio` others, or fewer when no further plan is far enough.
    """
    # parks opened need columns of their own that make a model much harder: only when a plan needs them
    small = build_model(problem, openings=False)
    whole = build_model(problem) if any(aim.name == COMPACTNESS for aim in plan.aims) else small
    caps = caps_of(whole, plan, parameters)
    search = _Search(small, whole, caps, parameters.portfolio_distance, limits)
    found = [plan.start]
    while len(found) <= parameters.portfolio and plan.chosen.any():
        start = search.next(found)
        if start is None:
            break
        found.append(start)
    values = {aim: np.array([whole.aim_value(aim, start) for start in found]) for aim in caps}
    return Portfolio(problem, np.array(found), caps, values, complete=len(found) == parameters.portfolio + 1)


@dataclass(frozen=True, slots=True)
class _Search:
    """Search for a plan that is far enough from those before it."""

    small: ReservationModel
    whole: ReservationModel
    caps: Mapping[str, float]
    least: float
    limits: Limits

    def next(self, found: Sequence[NDArray[np.int64]]) -> NDArray[np.int64] | None:
        """Give the plan that shares least land with those before it; None when none was found."""
        first = self._left_out(found)
        caps = {aim: cap for aim, cap in self.caps.items() if aim in self.small.aims}
        apart = _Apart(self.small, caps, found, self.least)
        start = apart.first(found[0] if first is None else first)
        outcome = solve(apart.model, replace(self.limits, gap=max(self.limits.gap, EASY_GAP)), start=start)
        jumped = apart.plan_of(outcome)
        if jumped is not None and not self._keeps(jumped):
            jumped = self._gathered(found, jumped) if first is None else None
        return first if jumped is None else jumped

    def _keeps(self, start: NDArray[np.int64]) -> bool:
        return all(self.whole.aim_value(aim, start) <= cap + _ROUNDING for aim, cap in self.caps.items())

    def _left_out(self, found: Sequence[NDArray[np.int64]]) -> NDArray[np.int64] | None:
        """Make a plan without enough of the sites of each plan before it; None when it loses too much.

        The sites of most plans, least missed and smallest go first, so that the loss stays small: a first
        solution for the search of the plan that differs most.
        """
        problem = self.small.problem
        relaxed = highs.solve_lp(priced_model(self.small, {SHORTAGE: 1.0}), seed=self.limits.seed)
        price = np.zeros(len(problem.sites))
        price[self.small.items["site"]] = -relaxed.duals[self.small.blocks["site"]]
        before = np.array([sites_of(problem, start) for start in found])
        hectares = problem.sites["area_ha"].to_numpy(dtype=np.float64)
        used = -before.sum(axis=0)
        weights = {aim: 1.0 / max(cap, 1.0) for aim, cap in self.caps.items() if aim in self.small.aims}
        # what lost too much weighs more in the next try, and then other sites are left out
        weights[next(iter(weights))] *= _HEAVIER
        least = (hectares, used)
        orders = (least, least, least, (used, hectares), (-hectares, used))
        tried: set[bytes] = set()
        for order in orders:
            out = self._enough(before, np.lexsort((*order, np.round(price, 6))))
            # the same sites at the same weights give the same plan
            same = out.tobytes() + np.array(list(weights.values())).tobytes()
            if same in tried:
                continue
            tried.add(same)
            start = self._without(out, weights)
            if start is None:
                continue
            sites = sites_of(problem, start)
            far = all(distance(sites, other) >= self.least - _ROUNDING for other in before)
            if far and self._keeps(start):
                return start
            for aim in weights:
                over = self.small.aim_value(aim, start) > self.caps[aim]
                weights[aim] *= _HEAVIER if over else 1.0
        return None

    def _enough(self, before: NDArray[np.bool_], order: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which sites to leave out, in order, until each plan before lacks enough of its own."""
        wanted = np.ceil(_AMPLE * self.least * before.sum(axis=1) - _ROUNDING)
        out = np.zeros(before.shape[1], dtype=bool)
        for site in order.tolist():
            lacking = (before & out).sum(axis=1) < wanted
            out[site] = bool((lacking & before[:, site]).any())
        return out

    def _without(self, out: NDArray[np.bool_], weights: Mapping[str, float]) -> NDArray[np.int64] | None:
        """Make a plan without some sites that weighs all aims at once; None when there is none."""
        priced = priced_model(self.small, weights)
        high = np.where(_starts_on(self.small, out), 0.0, priced.high)
        limits = replace(self.limits, gap=max(self.limits.gap, EASY_GAP))
        outcome = solve(replace(priced, high=high), limits)
        if outcome.values is None:
            return None
        return trim(self.small.problem, self.small.plan_of(outcome.values)[0])

    def _gathered(
        self, found: Sequence[NDArray[np.int64]], start: NDArray[np.int64]
    ) -> NDArray[np.int64] | None:
        """Bring a plan that opens too many parks back within the loss; None when that was not found."""
        others = {aim: cap for aim, cap in self.caps.items() if aim != COMPACTNESS}
        apart = _Apart(self.whole, others, found, self.least)
        cost = np.where(apart.excess, apart.model.cost, 0.0)
        cost[: len(self.whole.model.cost)] = self.whole.aims[COMPACTNESS][0]
        gathered = apart.plan_of(solve(apart.model.priced(cost), self.limits, start=apart.first(start)))
        return gathered if gathered is not None and self._keeps(gathered) else None


def _starts_on(reservation: ReservationModel, sites: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which columns are starts on some sites."""
    columns = np.zeros(len(reservation.model.cost), dtype=bool)
    columns[: len(reservation.pair)] = sites[reservation.problem.site[reservation.pair]]
    return columns


class _Apart:
    """The model of a plan that differs enough from those before it.

    Each plan before it has a column for the sites that it shares too many, at a price above anything that
    land can save: so every plan within the caps is a solution, and a price paid says that none is far enough.
    """

    def __init__(
        self,
        reservation: ReservationModel,
        caps: Mapping[str, float],
        found: Sequence[NDArray[np.int64]],
        least: float,
    ) -> None:
        self._reservation = reservation
        self._least = least
        problem, pair = reservation.problem, reservation.pair
        self._before = [sites_of(problem, start) for start in found]
        capped = capped_model(reservation, caps)
        columns, count = len(capped.cost), len(found)
        used = np.zeros((count, columns))
        used[:, : len(pair)] = np.array([sites[problem.site[pair]] for sites in self._before])
        choices, hectares = np.zeros(columns), np.zeros(columns)
        choices[: len(pair)] = 1.0
        hectares[: len(pair)] = problem.capacity[pair, -1]
        sizes = np.array([float(sites.sum()) for sites in self._before])
        # what is shared is a part of the sites of the plan before, and of those of this plan itself
        self._shared = np.vstack([used, used - (1.0 - least) * choices])
        self._most = np.concatenate([np.floor((1.0 - least) * sizes + _ROUNDING), np.zeros(count)])
        # and it reserves something
        extra = np.vstack(
            [np.hstack([self._shared, np.tile(-np.eye(count), (2, 1))]), np.append(choices, np.zeros(count))]
        )
        capped_rows = capped.matrix
        wide = csr_array(
            (capped_rows.data, capped_rows.indices, capped_rows.indptr),
            shape=(capped_rows.shape[0], columns + count),
        )
        price = _PRICE * max(1.0, float(hectares.max(initial=0.0)))
        self.excess = np.arange(columns + count) >= columns
        self.model = replace(
            capped,
            cost=np.concatenate([hectares * (SPREAD + used.mean(axis=0)), np.full(count, price)]),
            matrix=csr_array(vstack([wide, csr_array(extra)], format="csr")),
            row_low=np.concatenate([capped.row_low, np.full(2 * count, -np.inf), [1.0]]),
            row_high=np.concatenate([capped.row_high, self._most, [np.inf]]),
            low=np.concatenate([capped.low, np.zeros(count)]),
            high=np.concatenate([capped.high, sizes]),
            integer=np.concatenate([capped.integer, np.zeros(count, dtype=bool)]),
            offset=0.0,
        )

    def first(self, start: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the solution that belongs to start years per pair."""
        values = self._reservation.values_of(start)
        excess = np.maximum(self._shared @ values - self._most, 0.0)
        return np.concatenate([values, excess.reshape(2, -1).max(axis=0)])

    def plan_of(self, outcome: Outcome) -> NDArray[np.int64] | None:
        """Give the start years per pair of an outcome; None when a plan before it is too near."""
        if outcome.values is None:
            raise NoSolutionError("a plan within the caps should be a solution")
        start = self._reservation.plan_of(outcome.values[~self.excess])[0]
        for candidate in (trim(self._reservation.problem, start), start):
            sites = sites_of(self._reservation.problem, candidate)
            if all(distance(sites, other) >= self._least - _ROUNDING for other in self._before):
                return candidate
        return None

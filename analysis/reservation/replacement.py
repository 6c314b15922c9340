"""What a plan loses when a site drops out and everything else may change: its replacement cost.

Method: Cabeza and Moilanen, Replacement cost: a practical measure of site value for cost-effective reserve
planning, Biological Conservation 132 (2006): leave a site out, make the best plan again, take the difference.
Exact by solving again for the sites that matter most. For the others a bracket, proven on both sides: below
it the price of the site in the linear relaxation, above it what is lost on the kernel in which the rest of
the plan stays and only land that is not chosen may fill in (prioritizr, Hanson and others, defines it so).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.reservation.model import build_model, capped_model, priced_model
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import shortage_of
from analysis.reservation.smaa import caps_before
from analysis.solving import highs
from analysis.solving.errors import NoSolutionError
from analysis.solving.kernel import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits, Outcome

SHORTAGE: Final = "shortage"
PEOPLE: Final = "people"
ROUNDING: Final = 1e-6
"""Weighted hectares below which a difference is none."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A difference between two solved models.

    Attributes
    ----------
    low, high
        What is proven: from the bound of the one and the solution of the other, not below zero.
    value
        Between the two solutions, not below zero; infinite when the model without has no solution.
    outcome
        Of the model without.
    """

    low: float
    value: float
    high: float
    outcome: Outcome


def cost_without(
    model: Model,
    base: tuple[float, float],
    columns: NDArray[np.int64],
    limits: Limits,
    *,
    stay: NDArray[np.int64] | None = None,
    start: NDArray[np.float64] | None = None,
) -> Cost:
    """Give what the best solution loses when some columns must be zero.

    Parameters
    ----------
    model
        Any model.
    base
        Value of its best solution and the bound proven on it.
    columns
        Which columns must be zero.
    stay
        Columns that must be one: the definition in which the rest of the solution stays.
    start
        ``(n,)``, a first solution without the columns.
    """
    low, high = model.low.copy(), model.high.copy()
    high[columns] = 0.0
    if stay is not None:
        low[stay] = np.maximum(low[stay], 1.0)
    outcome = solve(model.bounded(low, high), limits, start=start)
    value, bound = base
    if outcome.values is None:
        return Cost(np.inf, np.inf, np.inf, outcome)
    return Cost(
        low=max(0.0, outcome.bound - value),
        value=max(0.0, outcome.objective - value),
        high=max(0.0, outcome.objective - bound),
        outcome=outcome,
    )


@dataclass(frozen=True, slots=True)
class Replacement:
    """What one site costs to replace, in weighted hectares short.

    Attributes
    ----------
    site, pair
        Positions of the site and of its choice in the plan.
    basis
        ``resolved``: the plan was made again; ``bracket``: between the price in the linear relaxation and the
        loss on the kernel in which the rest of the plan stays; ``locked``: an existing reservation, which
        nothing may replace.
    low, value, high
        Value is NaN for a bracket; all are infinite for a lock.
    bare
        What is lost when nothing fills in.
    hectares
        Hectares short more, unweighted; NaN for a bracket.
    people
        Difference in the second aim after solving again; NaN when it was not.
    fills_in
        Sites that fill in when the rest of the plan stays.
    """

    site: int
    pair: int
    basis: str
    low: float
    value: float
    high: float
    bare: float
    hectares: float
    people: float
    fills_in: tuple[int, ...]


class Replacements:
    """Replacement costs of the sites of a plan.

    Parameters
    ----------
    problem, plan
        The aims before shortage, if any, keep what the plan allows them.
    limits
        Of each solve.
    """

    def __init__(self, problem: ReservationProblem, plan: Plan, limits: Limits) -> None:
        self.problem = problem
        self.plan = plan
        self._limits = limits
        self._aim = next(aim for aim in plan.aims if aim.name == SHORTAGE)
        later = [aim for aim in plan.aims[plan.aims.index(self._aim) + 1 :] if aim.name == PEOPLE]
        self._second = later[0] if later else None
        self._caps = caps_before(plan, SHORTAGE)
        self._reservation = build_model(problem, openings="compactness" in self._caps)
        capped = capped_model(self._reservation, self._caps)
        priced = priced_model(self._reservation, {SHORTAGE: 1.0})
        self._model = capped.priced(priced.cost, priced.offset)
        self._pairs = np.flatnonzero(plan.chosen)
        best = solve(self._model, limits, start=self._reservation.values_of(plan.start))
        if best.values is None:
            raise NoSolutionError("the plan itself should be a solution")
        self._base = (min(best.objective, self._aim.value), max(best.bound, self._aim.bound))
        self._short = float(shortage_of(problem, self._reservation.plan_of(best.values)[0]).sum())

    def find(self, resolve: int) -> list[Replacement]:
        """Give the replacement cost of every chosen site, by position.

        Parameters
        ----------
        resolve
            For how many sites the plan is made again: those that matter most by their price in the linear
            relaxation, then by what is lost without them, then by hectares.
        """
        prices = self.prices()
        stays = {int(pair): self._rest_stays(int(pair)) for pair in self._pairs}
        locked = {int(pair) for pair in self.problem.locked_in[:, 0]}
        order = sorted(
            (int(pair) for pair in self._pairs if int(pair) not in locked),
            key=lambda pair: (
                -round(float(prices[self.problem.site[pair]]), 6),
                -round(stays[pair][0], 6),
                -float(self.problem.capacity[pair, -1]),
                pair,
            ),
        )
        exact = set(order[:resolve])
        found = []
        for pair in self._pairs.tolist():
            site = int(self.problem.site[pair])
            loss, fills_in, bare = stays[pair]
            if pair in locked:
                found.append(
                    Replacement(site, pair, "locked", np.inf, np.inf, np.inf, bare, np.inf, np.nan, ())
                )
            elif pair in exact:
                found.append(self._again(site, pair, bare, fills_in))
            else:
                low = min(float(prices[site]), loss)
                found.append(
                    Replacement(site, pair, "bracket", low, np.nan, loss, bare, np.nan, np.nan, fills_in)
                )
        return sorted(found, key=lambda each: each.site)

    def prices(self) -> NDArray[np.float64]:
        """Give what is at least lost without each site by the linear relaxation, ``(sites,)``.

        Without a site the dual solution stays feasible and loses the price of its row and the reduced costs
        of its columns; what the relaxation lies below the plan is taken off.
        """
        relaxed = highs.solve_lp(self._model, seed=self._limits.seed)
        price = np.zeros(len(self.problem.sites))
        rows = self._reservation.blocks["site"]
        price[self._reservation.items["site"]] -= np.minimum(relaxed.duals[rows], 0.0)
        reduced = np.minimum(relaxed.reduced_costs[: len(self._reservation.pair)], 0.0)
        np.subtract.at(price, self.problem.site[self._reservation.pair], reduced)
        return np.asarray(np.maximum(price - max(0.0, self._base[0] - relaxed.objective), 0.0))

    def _columns(self, site: int) -> NDArray[np.int64]:
        """Give the start columns of a site."""
        return np.flatnonzero(self.problem.site[self._reservation.pair] == site)

    def _without(self, pair: int) -> NDArray[np.int64]:
        start = self.plan.start.copy()
        start[pair] = NOT_CHOSEN
        return start

    def _rest_stays(self, pair: int) -> tuple[float, tuple[int, ...], float]:
        """Give the loss when the rest stays, the sites that fill in, and the loss when nothing does."""
        reservation, plan = self._reservation, self.plan
        now = reservation.aim_value(SHORTAGE, plan.start)
        bare = max(0.0, reservation.aim_value(SHORTAGE, self._without(pair)) - now)
        others = self._pairs[self._pairs != pair]
        stay = np.flatnonzero(
            np.isin(reservation.pair, others) & (plan.start[reservation.pair] == reservation.year)
        )
        columns = self._columns(int(self.problem.site[pair]))
        cost = cost_without(self._model, self._base, columns, self._limits, stay=stay)
        if cost.outcome.values is None:
            # the rest cannot stay, as when a cluster falls below its minimum
            return np.inf, (), bare
        if bare <= ROUNDING:
            return cost.high, (), bare
        # of all land that could fill in, the least that brings the shortage back, or as near as it comes
        caps = {**self._caps, SHORTAGE: max(now, cost.outcome.objective)}
        land = np.zeros(len(self._model.cost))
        land[: len(reservation.pair)] = self.problem.capacity[reservation.pair, -1]
        least = capped_model(reservation, caps).priced(land)
        filled = cost_without(
            least, (0.0, 0.0), columns, self._limits, stay=stay, start=cost.outcome.values
        ).outcome
        values = cost.outcome.values if filled.values is None else filled.values
        start = reservation.plan_of(values)[0]
        new = np.setdiff1d(self.problem.site[start != NOT_CHOSEN], self.problem.site[self._pairs])
        return cost.high, tuple(new.tolist()), bare

    def _again(self, site: int, pair: int, bare: float, fills_in: tuple[int, ...]) -> Replacement:
        """Make the plan again without a site: the first aim, then people within its tolerance."""
        columns = self._columns(site)
        cost = cost_without(self._model, self._base, columns, self._limits)
        if cost.outcome.values is None:
            return Replacement(site, pair, "resolved", np.inf, np.inf, np.inf, bare, np.inf, np.nan, ())
        start = self._reservation.plan_of(cost.outcome.values)[0]
        hectares = float(shortage_of(self.problem, start).sum()) - self._short
        # from the start years themselves, without what a solver lets a row slip
        value = max(0.0, self._reservation.aim_value(SHORTAGE, start) - self._base[0])
        value = 0.0 if value <= ROUNDING else value
        people = self._people(columns, cost.outcome.objective, start)
        return Replacement(
            site,
            pair,
            "resolved",
            min(cost.low, value),
            value,
            max(cost.high, value),
            bare,
            hectares,
            people,
            fills_in,
        )

    def _people(self, columns: NDArray[np.int64], shortage: float, start: NDArray[np.int64]) -> float:
        """Give the difference in people when the shortage stays within the tolerance of the plan."""
        if self._second is None:
            return float("nan")
        reservation = self._reservation
        caps = {**self._caps, SHORTAGE: shortage + self._aim.tolerance}
        priced = priced_model(reservation, {PEOPLE: 1.0})
        capped = capped_model(reservation, caps).priced(priced.cost, priced.offset)
        first = reservation.values_of(start)
        cost = cost_without(
            capped, (self._second.value, self._second.bound), columns, self._limits, start=first
        )
        return cost.outcome.objective - self._second.value

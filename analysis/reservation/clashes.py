"""What gives when it does not fit: the few rules that clash.

A plan is never "infeasible": hectares run short. For the functions that run short most, a deletion filter
drops other functions and whole rule groups as long as the shortage stays; what is left over clashes, and none
of it can be missed. All of it runs on the linear relaxation, so the hectares it names are proven: no plan
under those rules alone runs less short.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.merge import keys_of, limited, united
from analysis.reservation.model import build_model, priced_model
from analysis.reservation.relax import HEALTH_GROUPS, RULE_GROUPS, holds, smallest_clash, without
from analysis.reservation.shortage import short_by_function
from analysis.solving.highs import solve_lp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from analysis.reservation.relax import Relaxation

MOST_ITEMS = 6
"""What a person can weigh at once."""
SMALL_HA = 0.1
"""Hectares below which nothing is explained."""
STAYS = 0.5
"""Share of the shortage that must stay when something is dropped, for the rest to count as its cause."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Functions and rules that clash.

    Attributes
    ----------
    functions
        Positions, the one that runs short most first.
    rules
        Rule groups, those that matter most first.
    year
        In which the first function runs short most.
    inside
        Whether that is what is asked in sub-areas, as against the whole province.
    short_ha
        Proven: under these rules alone the functions together run at least so short in that year. Zero when
        the shortage comes from plots that are reserved whole.
    more_rules
        Number of rules that clash too and are not named.
    """

    functions: tuple[int, ...]
    rules: tuple[str, ...]
    year: int
    inside: bool
    short_ha: float
    more_rules: int


def find_clashes(
    problem: ReservationProblem,
    shortage: NDArray[np.float64],
    gives_way: NDArray[np.bool_],
    relaxations: Sequence[Relaxation] = (),
    *,
    most: int = MOST_ITEMS,
) -> tuple[Clash, ...]:
    """Find what clashes for the functions that run short most.

    Parameters
    ----------
    shortage
        Hectares short per target, ``(targets,)``.
    gives_way
        Housing plans that give way; the others go ahead, ``(plans,)``.
    relaxations
        Of the rules of eligibility; those of one group are taken together.
    most
        Number of clashes.
    """
    price = np.where(gives_way, 0.0, np.inf)
    fixed = replace(problem, plans=problem.plans.assign(price=price)) if len(price) else problem
    search = _Search(fixed, shortage, relaxations)
    short = short_by_function(problem, shortage)
    left = [int(at) for at in np.argsort(-short, kind="stable") if short[at] >= SMALL_HA]
    found: list[Clash] = []
    while left and len(found) < most:
        clash = search.clash_of(left[0])
        found.append(clash)
        left = [function for function in left if function not in clash.functions]
    return tuple(found)


class _Search:
    """Measure shortages of functions under rules, each combination once."""

    def __init__(
        self, problem: ReservationProblem, shortage: NDArray[np.float64], relaxations: Sequence[Relaxation]
    ) -> None:
        self._problem = problem
        self._shortage = shortage
        names = {one.name for one in relaxations}
        # what is eased in one park (mixed:P12) is eased in all of them as well (mixed)
        wide = [one for one in relaxations if ":" not in one.name or one.name.split(":")[0] not in names]
        eased: dict[str, list[ReservationProblem]] = {}
        for one in wide:
            eased.setdefault(one.group, []).append(one.problem())
        health = {one.group for one in relaxations if one.touches_health} | HEALTH_GROUPS
        present = [group.name for group in RULE_GROUPS if group.name in holds(problem)] + sorted(eased)
        # what touches health is dropped first, so that it is named only where nothing else explains
        self.rules = tuple(sorted(dict.fromkeys(present), key=lambda name: name not in health))
        everything = [other for others in eased.values() for other in others]
        self._universe = united(problem, everything) if everything else problem
        self._capacity = {name: _capacity_in(self._universe, others) for name, others in eased.items()}
        self._base = _capacity_in(self._universe, [problem])
        self._short: dict[tuple[frozenset[int], frozenset[str], int, bool], float] = {}

    def clash_of(self, function: int) -> Clash:
        """Find what clashes for one function."""
        year, inside = self._worst(function)
        rivals = self._rivals(function, year, inside=inside)
        functions = (function, *rivals)

        def short(kept: Sequence[str]) -> float:
            return self.short(functions, kept, year, inside=inside)

        total = short(self.rules)
        if total < SMALL_HA:
            return Clash((function,), (), year, inside, 0.0, 0)
        rules = smallest_clash(self.rules, lambda kept: short(kept) >= STAYS * total)
        without_each = {name: short([other for other in rules if other != name]) for name in rules}
        named = sorted(rules, key=lambda name: (without_each[name], name))[: MOST_ITEMS - 1]
        return Clash(functions, tuple(named), year, inside, short(rules), len(rules) - len(named))

    def _worst(self, function: int) -> tuple[int, bool]:
        """Give the year in which a function runs short most, and whether within sub-areas."""
        targets = self._problem.targets
        own = targets.assign(short=self._shortage, inside=targets["sub_area"].notna())
        own = own[own["function"] == self._problem.functions[function]]
        sums = own.groupby(["year", "inside"], sort=True)["short"].sum().reset_index()
        worst = sums.iloc[int(np.argmax(sums["short"].to_numpy()))]
        return int(worst["year"]), bool(worst["inside"])

    def _rivals(self, function: int, year: int, *, inside: bool) -> tuple[int, ...]:
        """Find the fewest other functions without which this one would not run short."""
        alone = self.short((function,), self.rules, year, inside=inside)
        shared = self._shared_sites(function)
        others = sorted(
            (at for at in range(len(self._problem.functions)) if at != function and self._asks(at, year)),
            key=lambda at: (shared[at], at),
        )

        def pressure(kept: Sequence[int]) -> float:
            both = self.short((function, *kept), self.rules, year, inside=inside)
            return both - self.short(kept, self.rules, year, inside=inside) - alone

        total = pressure(others)
        if alone >= total or total < SMALL_HA:
            return ()
        return smallest_clash(others, lambda kept: pressure(kept) >= STAYS * total)

    def _asks(self, function: int, year: int) -> bool:
        targets = self._problem.targets
        own = (targets["function"] == self._problem.functions[function]) & (targets["year"] == year)
        return bool((targets.loc[own, "ha"] > 0).any())

    def _shared_sites(self, function: int) -> NDArray[np.int64]:
        """Give per function on how many sites it may stand where this one may too."""
        problem = self._problem
        own = np.unique(problem.site[problem.function == function])
        same = np.isin(problem.site, own)
        return np.bincount(problem.function[same], minlength=len(problem.functions))

    def short(self, functions: Sequence[int], rules: Sequence[str], year: int, *, inside: bool) -> float:
        """Give the least hectares short of functions under rules in a year."""
        if not functions:
            return 0.0
        key = (frozenset(functions), frozenset(rules), year, inside)
        if key not in self._short:
            self._short[key] = self._least_short(key[0], key[1], year, inside=inside)
        return self._short[key]

    def _least_short(
        self, functions: frozenset[int], rules: frozenset[str], year: int, *, inside: bool
    ) -> float:
        dropped = [name for name in self.rules if name not in rules]
        capacity = np.maximum.reduce(
            [self._base, *(self._capacity[name] for name in dropped if name in self._capacity)]
        )
        problem = limited(replace(self._universe, capacity=capacity), functions, reserved="lock_in" in rules)
        problem = without(problem, dropped)
        targets = problem.targets[
            (problem.targets["year"] == year) & (problem.targets["sub_area"].notna() == inside)
        ]
        problem = replace(problem, targets=targets.assign(weight=1.0).reset_index(drop=True))
        reservation = build_model(problem, openings=False)
        if not len(reservation.pair):
            return float(targets["ha"].sum())
        return solve_lp(priced_model(reservation, {"shortage": 1.0})).objective


def _capacity_in(universe: ReservationProblem, problems: Sequence[ReservationProblem]) -> NDArray[np.float64]:
    """Give the hectares of problems for the pairs of a problem that holds all of them."""
    capacity = np.zeros_like(universe.capacity)
    keys = keys_of(universe)
    for problem in problems:
        at = np.searchsorted(keys, keys_of(problem))
        capacity[at] = np.maximum(capacity[at], problem.capacity)
    return capacity

"""The rules of a reservation plan as rows, one block per rule, built from arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reservation.reached import TargetPairs, minimum_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from analysis.reservation.rows import Part, Rows


def wanted_of(problem: ReservationProblem) -> NDArray[np.float64]:
    """Give the hectares wanted per target, without the noise that the order of a sum leaves."""
    return np.round(problem.targets["ha"].to_numpy(dtype=np.float64), 9)


class Rules:
    """Add the rows of each rule, one block per rule."""

    def __init__(
        self, problem: ReservationProblem, pair: NDArray[np.int64], year: NDArray[np.int64], rows: Rows
    ) -> None:
        self.problem = problem
        self.pair = pair
        self.year = year
        self.rows = rows
        self._first = np.searchsorted(pair, np.arange(problem.pairs + 1))

    def columns(self, pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the start columns of pairs, with the place in `pairs` that each belongs to."""
        count = self._first[pairs + 1] - self._first[pairs]
        place = np.repeat(np.arange(len(pairs)), count)
        within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, self._first[pairs][place] + within

    def sites(self) -> None:
        """At most one function per site, from one year on."""
        site = self.problem.site[self.pair]
        used, row = np.unique(site, return_inverse=True)
        self.rows.add("site", [(row, np.arange(len(site)), 1.0)], low=-np.inf, high=1.0, items=used)

    def targets(self, shortage: int) -> None:
        """Hectares that count, with what is short, cover what is wanted."""
        problem = self.problem
        wanted = wanted_of(problem)
        by_target = TargetPairs(problem, np.arange(problem.pairs))
        parts: list[Part] = []
        for position in range(len(wanted)):
            pairs, year = by_target.of(position)
            _, column = self.columns(pairs)
            column = column[self.year[column] <= year]
            # more than is wanted counts as what is wanted: the same plans, a tighter relaxation
            hectares = np.minimum(problem.capacity[self.pair[column], year], wanted[position])
            parts.append((np.full(len(column), position), column, hectares))
        own = np.arange(len(wanted))
        self.rows.add("target", [*parts, (own, shortage + own, 1.0)], low=wanted, high=np.inf, items=own)

    def ceilings(self) -> None:
        """At most so many hectares in an area by a year, for one function or all together."""
        problem, table = self.problem, self.problem.ceilings
        if not len(table):
            return
        column_of = {"municipality": "municipality_code", "sub_area": "sub_area", "park": "park_id"}
        parts: list[Part] = []
        for position, row in enumerate(table.to_dict("records")):
            names = problem.sites[column_of[row["scope"]]].astype("string").fillna("").to_numpy(dtype=object)
            mask = names[problem.site] == str(row["area"])
            if not pd.isna(row["function"]):
                mask &= problem.function == problem.functions.index(row["function"])
            year = problem.years.index(int(row["year"]))
            _, column = self.columns(np.flatnonzero(mask))
            column = column[self.year[column] <= year]
            parts.append((np.full(len(column), position), column, problem.capacity[self.pair[column], year]))
        high = table["ha"].to_numpy(dtype=np.float64)
        self.rows.add("ceiling", parts, low=-np.inf, high=high, items=np.arange(len(table)))

    def locks(self) -> None:
        """Existing reservations stand, from their year at the latest."""
        locked = self.problem.locked_in
        if not len(locked):
            return
        row, column = self.columns(locked[:, 0])
        in_time = self.year[column] <= locked[row, 1]
        self.rows.add("locked", [(row[in_time], column[in_time], 1.0)], low=1.0, high=np.inf, items=locked)

    def neighbours(self) -> None:
        """Let a noisy function on one site exclude every quiet one on its neighbour.

        All noisy functions of the one site and all quiet ones of the other exclude each other, so one row per
        direction says it. These cliques cannot grow: functions on other sites exclude only some of them.
        """
        problem, edges = self.problem, self.problem.neighbours
        if not len(edges):
            return
        both = np.concatenate([edges, edges[:, ::-1]])
        both = both[np.lexsort((both[:, 1], both[:, 0]))]
        noisy = np.flatnonzero(np.isin(problem.function, problem.noisy))
        quiet = np.flatnonzero(np.isin(problem.function, problem.quiet))
        count = len(problem.sites)
        has_noisy = np.bincount(problem.site[noisy], minlength=count) > 0
        has_quiet = np.bincount(problem.site[quiet], minlength=count) > 0
        both = both[has_noisy[both[:, 0]] & has_quiet[both[:, 1]]]
        if not len(both):
            return
        parts = [self._members(noisy, both[:, 0]), self._members(quiet, both[:, 1])]
        self.rows.add("neighbour", parts, low=-np.inf, high=1.0, items=both)

    def _members(
        self, pairs: NDArray[np.int64], sites: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], float]:
        """Give, per row, the start columns of those pairs that stand on its site."""
        own = self.problem.site[pairs]
        first, last = np.searchsorted(own, sites), np.searchsorted(own, sites, side="right")
        row = np.repeat(np.arange(len(sites)), last - first)
        within = np.arange(len(row)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
        place, column = self.columns(pairs[first[row] + within])
        return row[place], column, 1.0

    def clusters(self, groups: NDArray[np.int64], opening_of: NDArray[np.int64], first_opening: int) -> None:
        """Ask an opened park for every pair, and the minimum of hectares for every opened park."""
        problem = self.problem
        members = np.flatnonzero(opening_of >= 0)
        if not len(members):
            return
        row, column = self.columns(members)
        own = np.arange(len(members))
        opened = [(row, column, 1.0), (own, opening_of[members], -1.0)]
        self.rows.add("opened", opened, low=-np.inf, high=0.0, items=members)
        minimum = minimum_of(problem)[groups[:, 1]]
        group = opening_of[members] - first_opening
        alone = problem.capacity[members, -1] >= minimum[group]
        needs = np.flatnonzero(np.bincount(group[~alone], minlength=len(groups)))
        if not len(needs):
            return
        place = np.full(len(groups), -1)
        place[needs] = np.arange(len(needs))
        inside = members[place[group] >= 0]
        row, column = self.columns(inside)
        group_row = place[opening_of[inside] - first_opening][row]
        hectares = np.minimum(problem.capacity[self.pair[column], -1], minimum[needs][group_row])
        least = (np.arange(len(needs)), first_opening + needs, -minimum[needs])
        self.rows.add(
            "cluster", [(group_row, column, hectares), least], low=0.0, high=np.inf, items=groups[needs]
        )

    def covers(self, opening_of: NDArray[np.int64], shortage: int) -> None:
        """Let the parks opened for a function, with what is short, cover what is wanted.

        Follows from the other rules for whole openings; without it the relaxation opens a park for the small
        part of it that a target needs.
        """
        problem, wanted = self.problem, wanted_of(self.problem)
        by_target = TargetPairs(problem, np.arange(problem.pairs))
        parts: list[Part] = []
        for position in range(len(wanted)):
            pairs, year = by_target.of(position)
            pairs = pairs[problem.capacity[pairs, year] > 0]
            column, group = np.unique(opening_of[pairs], return_inverse=True)
            hectares = np.bincount(group, weights=problem.capacity[pairs, year], minlength=len(column))
            parts.append((np.full(len(column), position), column, np.minimum(hectares, wanted[position])))
        own = np.arange(len(wanted))
        self.rows.add("cover", [*parts, (own, shortage + own, 1.0)], low=wanted, high=np.inf, items=own)

    def housing(self, first_plan: int) -> None:
        """Let a site in a housing plan be reserved only when that plan gives way."""
        problem = self.problem
        if not len(problem.plan_pairs):
            return
        plan, pair = problem.plan_pairs[np.lexsort(problem.plan_pairs.T[::-1])].T
        keys, row = np.unique(np.column_stack([plan, problem.site[pair]]), axis=0, return_inverse=True)
        place, column = self.columns(pair)
        own = np.arange(len(keys))
        parts = [(row.reshape(-1)[place], column, 1.0), (own, first_plan + keys[:, 0], -1.0)]
        self.rows.add("plan", parts, low=-np.inf, high=0.0, items=keys)

    def keeping(self) -> None:
        """Functions that do not need scarce land take at most a share of it."""
        problem = self.problem
        if not len(problem.keep):
            return
        keep, pair = problem.keep_pairs[np.lexsort(problem.keep_pairs.T[::-1])].T
        place, column = self.columns(pair)
        parts = [(keep[place], column, problem.capacity[self.pair[column], -1])]
        high = problem.keep["ha"].to_numpy(dtype=np.float64)
        self.rows.add("keep", parts, low=-np.inf, high=high, items=np.arange(len(high)))

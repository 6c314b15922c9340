"""Put pairs of problems together, and take functions out: what a search for clashes asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.problem import NOT_CHOSEN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem


def keys_of(problem: ReservationProblem) -> NDArray[np.int64]:
    """Give a number per pair, the same in every problem with the same sites and functions, ``(k,)``."""
    return problem.site * len(problem.functions) + problem.function


def united(problem: ReservationProblem, others: Sequence[ReservationProblem]) -> ReservationProblem:
    """Give a problem with the pairs of others added; its own rules, targets and figures stand.

    Parameters
    ----------
    others
        With the same sites, functions and years. Where a pair stands in more than one, the hectares are the
        largest and the other figures those of the first.
    """
    everyone = [problem, *others]
    keys = np.unique(np.concatenate([keys_of(one) for one in everyone]))
    place = [np.searchsorted(keys, keys_of(one)) for one in everyone]
    capacity = np.zeros((len(keys), len(problem.years)))
    figures = {name: np.zeros(len(keys)) for name in ("suitability", "people", "conflict")}
    certain = np.zeros(len(keys), dtype=bool)
    for one, at in zip(reversed(everyone), reversed(place), strict=True):
        capacity[at] = np.maximum(capacity[at], one.capacity)
        certain[at] = one.certain
        for name, values in figures.items():
            values[at] = getattr(one, name)
    site, function = np.divmod(keys, len(problem.functions))
    return replace(
        problem,
        site=site,
        function=function,
        capacity=capacity,
        certain=certain,
        suitability=figures["suitability"],
        people=figures["people"],
        conflict=figures["conflict"],
        locked_in=_moved(problem.locked_in, place[0], column=0),
        plan_pairs=_linked(everyone, place, "plan_pairs", "plans", "plan_id"),
        keep_pairs=_linked(everyone, place, "keep_pairs", "keep", "keep_id"),
    )


def limited(
    problem: ReservationProblem, functions: Collection[int], *, reserved: bool = True
) -> ReservationProblem:
    """Give the problem of some functions only, as if nothing else were asked.

    Pairs without hectares are left out too.

    Parameters
    ----------
    functions
        Positions.
    reserved
        Whether sites that are locked in for other functions are gone; else those locks are void.
    """
    keep = np.isin(problem.function, list(functions)) & (problem.capacity > 0).any(axis=1)
    if reserved and len(problem.locked_in):
        locked = problem.locked_in[:, 0]
        taken = problem.site[locked[~keep[locked]]]
        keep &= ~np.isin(problem.site, taken)
    place = np.where(keep, np.cumsum(keep) - 1, -1)
    names = {problem.functions[at] for at in functions}
    return replace(
        problem,
        site=problem.site[keep],
        function=problem.function[keep],
        capacity=problem.capacity[keep],
        certain=problem.certain[keep],
        suitability=problem.suitability[keep],
        people=problem.people[keep],
        conflict=problem.conflict[keep],
        targets=problem.targets[problem.targets["function"].isin(names)].reset_index(drop=True),
        locked_in=_moved(problem.locked_in, place, column=0),
        plan_pairs=_moved(problem.plan_pairs, place, column=1),
        keep_pairs=_moved(problem.keep_pairs, place, column=1),
    )


def carried(
    start: NDArray[np.int64], problem: ReservationProblem, into: ReservationProblem
) -> NDArray[np.int64]:
    """Give the start years of a plan for the pairs of another problem with the same sites and functions."""
    own, other = keys_of(problem), keys_of(into)
    if not len(own):
        return np.full(len(other), NOT_CHOSEN, dtype=np.int64)
    found = np.minimum(np.searchsorted(own, other), len(own) - 1)
    return np.where(own[found] == other, start[found], NOT_CHOSEN)


def _moved(rows: NDArray[np.int64], place: NDArray[np.int64], *, column: int) -> NDArray[np.int64]:
    """Give rows with the pairs in one column at their new place, without those that are gone."""
    if not len(rows):
        return rows
    moved = rows.copy()
    moved[:, column] = place[rows[:, column]]
    return moved[moved[:, column] >= 0]


def _linked(
    problems: Sequence[ReservationProblem],
    place: Sequence[NDArray[np.int64]],
    rows: str,
    table: str,
    identifier: str,
) -> NDArray[np.int64]:
    """Give links from plans or shares to pairs: those of the first problem, and of others for new pairs."""
    first: pd.DataFrame = getattr(problems[0], table)
    if not len(first):
        return np.empty((0, 2), dtype=np.int64)
    position = {name: at for at, name in enumerate(first[identifier])}
    found = []
    for number, (one, at) in enumerate(zip(problems, place, strict=True)):
        own: pd.DataFrame = getattr(one, table)
        links: NDArray[np.int64] = getattr(one, rows)
        item = np.array(
            [position.get(name, -1) for name in own[identifier]] if len(own) else [], dtype=np.int64
        )
        moved = np.column_stack([item[links[:, 0]], at[links[:, 1]]])
        fresh = np.full(len(moved), number == 0) | ~np.isin(moved[:, 1], place[0])
        found.append(moved[fresh & (moved[:, 0] >= 0)])
    return np.unique(np.concatenate(found), axis=0).astype(np.int64)

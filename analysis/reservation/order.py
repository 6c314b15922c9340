"""Bring a problem into the order of its ids, so that the same content gives the same plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem


def in_order(problem: ReservationProblem) -> ReservationProblem:
    """Sort sites, functions, pairs, targets, maxima and links by their ids.

    A solver gives another plan of equal worth when columns stand in another order; `build_model` keeps the
    order that it is given.
    """
    site = np.argsort(problem.sites["site_id"].astype(str).to_numpy(), kind="stable")
    function = np.argsort(np.array(problem.functions, dtype=object), kind="stable")
    new_site, new_function = np.argsort(site), np.argsort(function)
    pair = np.lexsort((new_function[problem.function], new_site[problem.site]))
    new_pair = np.argsort(pair)
    edges = np.sort(new_site[problem.neighbours], axis=1) if len(problem.neighbours) else problem.neighbours
    plans, new_plan = _sorted(problem.plans, "plan_id")
    keep, new_keep = _sorted(problem.keep, "keep_id")
    return replace(
        problem,
        sites=problem.sites.iloc[site].reset_index(drop=True),
        functions=tuple(problem.functions[at] for at in function),
        site=new_site[problem.site[pair]],
        function=new_function[problem.function[pair]],
        capacity=problem.capacity[pair],
        certain=problem.certain[pair],
        suitability=problem.suitability[pair],
        people=problem.people[pair],
        conflict=problem.conflict[pair],
        targets=_sorted(problem.targets, "target_id")[0],
        ceilings=_sorted(problem.ceilings, "ceiling_id")[0],
        locked_in=_links(problem.locked_in, new_pair, None),
        neighbours=_links(edges, None, None),
        noisy=tuple(sorted(int(new_function[at]) for at in problem.noisy)),
        quiet=tuple(sorted(int(new_function[at]) for at in problem.quiet)),
        min_cluster=problem.min_cluster[function] if len(problem.min_cluster) else problem.min_cluster,
        plans=plans,
        plan_pairs=_links(problem.plan_pairs, new_plan, new_pair),
        keep=keep,
        keep_pairs=_links(problem.keep_pairs, new_keep, new_pair),
    )


def _sorted(table: pd.DataFrame, identifier: str) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Give a table sorted by its id, and the new place of each row."""
    if not len(table):
        return table, np.empty(0, dtype=np.int64)
    order = np.argsort(table[identifier].astype(str).to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True), np.argsort(order)


def _links(
    rows: NDArray[np.int64], first: NDArray[np.int64] | None, second: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """Give links with the new places of what they link, sorted."""
    if not len(rows):
        return rows
    columns = [
        column if place is None else place[column]
        for column, place in zip(rows.T, (first, second), strict=True)
    ]
    return np.unique(np.column_stack(columns), axis=0)

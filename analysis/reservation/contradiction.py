"""Why existing reservations and rules leave no plan at all, named with ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.reservation.model import build_model
from analysis.reservation.relax import RULE_GROUPS, holds, smallest_clash, without
from analysis.solving.kernel import solve
from analysis.solving.outcome import Limits
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from analysis.reservation.problem import ReservationProblem


class ImpossiblePlanError(InputError):
    """Existing reservations and rules leave no plan, not even one that is short of everything."""


def contradiction(problem: ReservationProblem) -> ImpossiblePlanError:
    """Find the fewest locks and rules that cannot stand together, and say so.

    What runs short is never the cause: shortages are free. Only what must be reserved can contradict a rule.
    """
    groups = tuple(name for name in holds(problem) if name != "lock_in")
    everything = list(range(len(problem.locked_in)))

    def impossible(locks: list[int], kept: list[str]) -> bool:
        left = without(problem, [name for name in groups if name not in kept])
        return not _possible(replace(left, locked_in=problem.locked_in[locks]))

    rules = smallest_clash(groups, lambda kept: impossible(everything, list(kept)))
    locks = smallest_clash(everything, lambda kept: impossible(list(kept), list(rules)))
    labels = {group.name: group.label_en for group in RULE_GROUPS}
    names = [_name(problem, int(problem.locked_in[lock, 0])) for lock in locks]
    beside = " and ".join(labels[name] for name in rules) or "one function per site from its first year"
    return ImpossiblePlanError(
        Problem(
            f"existing reservations cannot stand beside: {beside}",
            "Take one of the reservations out of the locks, or relax one of these rules.",
            layer="reservations",
            field="lock_in",
            rows=tuple(sorted(names)),
        )
    )


def _name(problem: ReservationProblem, pair: int) -> str:
    site = str(problem.sites["site_id"].iloc[int(problem.site[pair])])
    return f"{site}={problem.functions[int(problem.function[pair])]}"


def _possible(problem: ReservationProblem) -> bool:
    """Tell whether any plan keeps the rules."""
    model = build_model(problem, openings=False).model
    found = solve(model.priced(np.zeros(len(model.cost))), Limits(gap=1.0, seconds=None))
    return found.values is not None

"""Rule groups of a plan, each of which can be taken out, and the search for the few that clash."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A rule that can be asked less strictly.

    Attributes
    ----------
    name
        Its id: the rule group, with the place or plan when it is about one.
    group, group_nl, group_en
        The rule group and what it says, as a noun: "de afstand tot woningen".
    label_nl, label_en
        What it means to relax it, as a condition: "Als de omgeving van terrein X als gemengd te
        beargumenteren is".
    touches_health
        Whether it shortens a distance that protects people; such ways out stand apart from free choices.
    problem
        Gives the problem with the rule relaxed: the same sites, functions, years and targets.
    """

    name: str
    group: str
    group_nl: str
    group_en: str
    label_nl: str
    label_en: str
    touches_health: bool
    problem: Callable[[], ReservationProblem]


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """A rule of the plan itself, as against one of eligibility.

    Attributes
    ----------
    name, label_nl, label_en
        Its id and what it says.
    way_out_nl, way_out_en
        What it means to take it out.
    """

    name: str
    label_nl: str
    label_en: str
    way_out_nl: str
    way_out_en: str


RULE_GROUPS = (
    RuleGroup(
        "ceiling",
        "het maximum per gebied",
        "the maximum per area",
        "Als het maximum vervalt",
        "If the maximum is dropped",
    ),
    RuleGroup(
        "keep_quay",
        "kades vrijhouden voor functies die water nodig hebben",
        "quays kept for functions that need water",
        "Als kades ook voor andere functies mogen",
        "If other functions may stand on quays",
    ),
    RuleGroup(
        "keep_heavy",
        "zware grond vrijhouden voor functies die zware grond nodig hebben",
        "heavy land kept for functions that need it",
        "Als zware grond ook voor lichtere functies mag",
        "If lighter functions may stand on heavy land",
    ),
    RuleGroup(
        "cluster",
        "de kleinste omvang per terrein",
        "the minimum cluster per park",
        "Als een functie ook klein op een terrein mag staan",
        "If a function may be small in a park",
    ),
    RuleGroup(
        "housing",
        "woningbouwplannen op of bij de plek",
        "housing plans on or near the site",
        "Als de woningbouwplannen wijken",
        "If the housing plans give way",
    ),
    RuleGroup(
        "lock_in",
        "bestaande reserveringen",
        "existing reservations",
        "Als bestaande reserveringen vrijkomen",
        "If existing reservations are released",
    ),
    RuleGroup(
        "neighbour",
        "geen lawaai naast stille functies",
        "no noise beside quiet functions",
        "Als lawaai naast stille functies mag",
        "If noise may stand beside quiet functions",
    ),
)
"""Those that are easiest to do without come first: a search drops them first."""

GROUP_BY_NAME = {group.name: group for group in RULE_GROUPS}
HEALTH_GROUPS = frozenset({"neighbour"})


def without(problem: ReservationProblem, groups: Iterable[str]) -> ReservationProblem:
    """Give the problem without rule groups of the plan itself."""
    changes: dict[str, object] = {}
    out = set(groups)
    none = np.empty((0, 2), dtype=np.int64)
    if "ceiling" in out:
        changes["ceilings"] = problem.ceilings.iloc[:0]
    if "cluster" in out:
        changes["min_cluster"] = np.zeros(len(problem.functions))
    if "housing" in out:
        changes["plan_pairs"] = none
    if "lock_in" in out:
        changes["locked_in"] = none
    if "neighbour" in out:
        changes["neighbours"] = none
    dropped = [name for name in ("quay", "heavy") if f"keep_{name}" in out]
    if dropped and len(problem.keep):
        changes |= _without_keep(problem, problem.keep["group"].isin(dropped).to_numpy(dtype=bool))
    return replace(problem, **changes)  # type: ignore[arg-type]  # each value has the type of its field


def _without_keep(problem: ReservationProblem, drop: NDArray[np.bool_]) -> dict[str, object]:
    place = np.cumsum(~drop) - 1
    pairs = problem.keep_pairs[~drop[problem.keep_pairs[:, 0]]]
    pairs = np.column_stack([place[pairs[:, 0]], pairs[:, 1]]).astype(np.int64)
    return {"keep": problem.keep[~drop].reset_index(drop=True), "keep_pairs": pairs}


def holds(problem: ReservationProblem) -> tuple[str, ...]:
    """Give the rule groups that a problem has rows for."""
    present = {
        "ceiling": len(problem.ceilings) > 0,
        "cluster": bool((problem.min_cluster > 0).any()),
        "housing": len(problem.plan_pairs) > 0,
        "lock_in": len(problem.locked_in) > 0,
        "neighbour": len(problem.neighbours) > 0 and bool(problem.noisy) and bool(problem.quiet),
        **{
            f"keep_{name}": len(problem.keep) > 0 and bool((problem.keep["group"] == name).any())
            for name in ("quay", "heavy")
        },
    }
    return tuple(name for name in GROUP_BY_NAME if present[name])


def smallest_clash(items: Sequence[Item], clash: Callable[[Sequence[Item]], bool]) -> tuple[Item, ...]:
    """Give items that clash together, none of which can be missed; items in front are dropped first.

    A deletion filter (Chinneck and Dravnieks, Locating minimal infeasible constraint sets in linear programs,
    ORSA Journal on Computing 3, 1991) that drops as many as it can at once, found by bisection. What is left
    of a row of items just before it stops to clash begins with one that cannot be missed.

    Parameters
    ----------
    items
        That clash all together.
    clash
        Tells whether some of them still clash. More items never clash less.
    """
    kept: list[Item] = []
    left = list(items)
    while left and not clash(kept):
        clashes, clean = 0, len(left)
        while clean - clashes > 1:
            middle = (clashes + clean) // 2
            if clash([*kept, *left[middle:]]):
                clashes = middle
            else:
                clean = middle
        kept.append(left[clashes])
        left = left[clashes + 1 :]
    return tuple(kept)

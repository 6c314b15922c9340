"""The checker passes a plan as it was made, and rejects each kind of tampering with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation.checker import check_plan
from analysis.reservation.plan import make_plan
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import AimOutcome, Plan, ReservationProblem

FREE = -1


@pytest.fixture
def ruled(problem: Callable[..., ReservationProblem]) -> ReservationProblem:
    """Every rule at once. Pairs are S00=F01 (0), S00=F02 (1), S01=F01 (2) ... S03=F02 (7)."""
    capacity = np.full((8, 2), 2.0)
    capacity[7, 0] = 0.0
    return problem(
        capacity=capacity,
        certain=np.array([True, True, True, True, True, True, True, False]),
        locked_in=np.array([[0, 0]]),
        neighbours=np.array([[0, 1]]),
        noisy=(0,),
        quiet=(1,),
        min_cluster=np.array([2.0, 2.0]),
        ceilings=pd.DataFrame(
            {
                "ceiling_id": ["C1"],
                "scope": ["park"],
                "area": ["PA"],
                "function": [None],
                "year": [2050],
                "ha": [4.0],
            }
        ),
        plans=pd.DataFrame({"plan_id": ["H1", "H2"], "dwellings": [10.0, 20.0], "price": [9.0, np.inf]}),
        plan_pairs=np.array([[0, 5], [1, 4]]),
        keep=pd.DataFrame({"keep_id": ["quay"], "group": ["quay"], "ha": [2.0]}),
        keep_pairs=np.array([[0, 6], [0, 7]]),
    )


@pytest.fixture
def made(ruled: ReservationProblem, exact: Callable[..., Any]) -> Plan:
    """The plan: S00 and S01 for F01, S03 for F02 from 2050."""
    plan = make_plan(ruled, exact())
    assert plan.start.tolist() == [0, FREE, 1, FREE, FREE, FREE, FREE, 1]
    assert check_plan(ruled, plan, parameters=exact()) == ()
    return plan


def with_start(plan: Plan, **changes: int) -> Plan:
    """Change the start of pairs, such as ``p3=0``."""
    start = plan.start.copy()
    for name, year in changes.items():
        start[int(name[1:])] = year
    return replace(plan, start=start)


def with_aim(plan: Plan, at: int, **changes: Any) -> Plan:
    aims: list[AimOutcome] = list(plan.aims)
    aims[at] = replace(aims[at], **changes)
    return replace(plan, aims=tuple(aims))


def fractions(plan: Plan) -> Plan:
    start: Any = plan.start * 0.5
    return replace(plan, start=start)


TAMPERED: dict[str, tuple[str, Callable[[Plan], Plan]]] = {
    "start years cut off": ("shape", lambda plan: replace(plan, start=plan.start[:-1])),
    "start years as fractions": ("shape", fractions),
    "a year that is not there": ("shape", lambda plan: with_start(plan, p2=7)),
    "shortages cut off": ("shape", lambda plan: replace(plan, shortage=plan.shortage[:-1])),
    "plans cut off": ("shape", lambda plan: replace(plan, blocked_plans=plan.blocked_plans[:-1])),
    "two functions on a site": ("one_function", lambda plan: with_start(plan, p3=1)),
    "before its release": ("release_year", lambda plan: with_start(plan, p7=0)),
    "a lock taken out": ("lock_in", lambda plan: with_start(plan, p0=FREE)),
    "a lock that starts too late": ("lock_in", lambda plan: with_start(plan, p0=1)),
    "noise beside quiet": ("neighbour", lambda plan: with_start(plan, p2=FREE, p3=1)),
    "a housing plan that goes ahead": ("housing", lambda plan: with_start(plan, p4=1)),
    "a housing plan that gives way in silence": ("housing_recorded", lambda plan: with_start(plan, p5=1)),
    "a housing plan said to give way": (
        "housing_recorded",
        lambda plan: replace(plan, blocked_plans=np.array([True, False])),
    ),
    "shortage hidden": ("shortage", lambda plan: replace(plan, shortage=plan.shortage - 0.5)),
    "shortage made up": ("shortage", lambda plan: replace(plan, shortage=plan.shortage + 0.5)),
    "a value improved": ("aim_value", lambda plan: with_aim(plan, 1, final=0.0)),
    "a tolerance overdrawn": ("aim_tolerance", lambda plan: with_aim(plan, 2, value=0.1, bound=0.1)),
    "a bound above the value": ("aim_bound", lambda plan: with_aim(plan, 1, bound=99.0)),
    "a bound without a number": ("aim_bound", lambda plan: with_aim(plan, 1, bound=-np.inf)),
    "a gap made smaller": ("aim_gap", lambda plan: with_aim(plan, 1, bound=1.0, gap=0.0)),
    "a status that is not proven": (
        "aim_status",
        lambda plan: with_aim(plan, 1, bound=15.0, gap=0.5, status="optimal"),
    ),
    "a status that does not exist": ("aim_status", lambda plan: with_aim(plan, 1, status="perfect")),
    "an aim that stands twice": ("aim_order", lambda plan: replace(plan, aims=plan.aims + plan.aims[:1])),
    "aims in another order": ("aim_order", lambda plan: replace(plan, aims=plan.aims[::-1])),
    "a solver that is not named": ("solver", lambda plan: replace(plan, solver="")),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_plan_is_rejected(
    name: str, ruled: ReservationProblem, made: Plan, exact: Callable[..., Any]
) -> None:
    kind, tamper = TAMPERED[name]
    found = {violation.kind for violation in check_plan(ruled, tamper(made), parameters=exact())}
    assert kind in found


RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "a lower maximum": (
        "ceiling",
        {
            "ceilings": pd.DataFrame(
                {
                    "ceiling_id": ["C1"],
                    "scope": ["municipality"],
                    "area": ["GM0001"],
                    "function": ["F01"],
                    "year": [2050],
                    "ha": [3.9],
                }
            )
        },
    ),
    "a larger cluster": ("cluster", {"min_cluster": np.array([2.0, 2.5])}),
    "less scarce land to take": (
        "keep",
        {"keep": pd.DataFrame({"keep_id": ["quay"], "group": ["quay"], "ha": [1.0]})},
    ),
    "a lock on another site": ("lock_in", {"locked_in": np.array([[3, 1]])}),
    "hectares that fall": ("persistence", {"capacity": np.array([[2.0, 1.5]] + [[2.0, 2.0]] * 7)}),
    "more people": ("aim_value", {"people": np.full(8, 100.0)}),
}


@pytest.mark.parametrize("name", RULES)
def test_a_plan_made_under_other_rules_is_rejected(name: str, ruled: ReservationProblem, made: Plan) -> None:
    kind, changes = RULES[name]
    found = {violation.kind for violation in check_plan(replace(ruled, **changes), made)}
    assert kind in found


def test_the_strict_reading_rejects_what_is_only_possible(
    ruled: ReservationProblem, made: Plan, exact: Callable[..., Any]
) -> None:
    found = check_plan(ruled, made, parameters=exact(certain_only=True))
    assert [(violation.kind, violation.ids) for violation in found] == [("certain", ("S03", "F02"))]


def test_a_violation_names_what_it_is_about(ruled: ReservationProblem, made: Plan) -> None:
    found = check_plan(ruled, with_start(made, p0=FREE))
    lock = next(violation for violation in found if violation.kind == "lock_in")
    assert lock.ids == ("S00", "F01")
    assert "2030" in lock.message


def test_every_plan_made_of_a_random_problem_passes(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    passed = 0
    for seed in range(1000, 1040):
        problem = random_problem(seed)
        parameters = exact(tolerance=0.05, gap=1e-3)
        try:
            plan = make_plan(problem, parameters)
        except InputError:
            continue
        assert check_plan(problem, plan, parameters=parameters) == ()
        passed += 1
    assert passed > 20

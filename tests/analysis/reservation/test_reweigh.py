"""A plan under other weights and locks equals the best of all plans, listed one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reweigh import STAY, reweigh
from analysis.reservation.what_if import answer_plan, change_plan
from analysis.reservation.why import Asked
from layers.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import ReservationProblem

    Make = Callable[[int], ReservationProblem]
    List = Callable[[ReservationProblem], Any]

CASES_PER_BATCH = 20
AIMS = ("shortage", "people", "suitability", "compactness")


def moved_hectares(problem: ReservationProblem, start: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Hectares that leave or join a plan, half of those of another year: one pair after the other."""
    total = np.zeros(len(starts))
    for pair in range(problem.pairs):
        hectares = problem.capacity[pair, -1]
        for row, plan in enumerate(starts):
            if (plan[pair] == NOT_CHOSEN) != (start[pair] == NOT_CHOSEN):
                total[row] += hectares
            elif plan[pair] != start[pair]:
                total[row] += hectares / 2
    return total


def weighed_otherwise(problem: ReservationProblem, rng: np.random.Generator) -> ReservationProblem:
    return replace(problem, suitability=np.round(rng.random(problem.pairs), 2))


@pytest.mark.parametrize("batch", range(5))
def test_other_weights_give_the_best_of_all_plans_or_tell_the_gap(
    batch: int, random_problem: Make, listed: List, exact: Callable[..., Any]
) -> None:
    tried = moved = 0
    for seed in range(batch * CASES_PER_BATCH, (batch + 1) * CASES_PER_BATCH):
        rng = np.random.default_rng(seed)
        problem = weighed_otherwise(random_problem(seed), rng)
        plans = listed(problem)
        if not plans.allowed.any() or not problem.pairs:
            continue
        at = int(rng.choice(np.flatnonzero(plans.allowed)))
        start = plans.starts[at]
        spared = {"shortage": plans.values["shortage"][at] + 1.0} if seed % 2 else None
        caps = {"people": plans.values["people"][at]} | (spared or {"shortage": plans.values["shortage"][at]})
        within = plans.allowed.copy()
        for aim, cap in caps.items():
            within &= plans.values[aim] <= cap + 1e-9
        few = np.flatnonzero(within)
        cost = plans.values["suitability"][few] + STAY * moved_hectares(problem, start, plans.starts[few])
        found = reweigh(problem, start, exact(), spared, seconds=None)
        assert found is not None
        same = [
            row
            for row, plan in zip(few.tolist(), plans.starts[few], strict=True)
            if (plan == found.start).all()
        ]
        assert len(same) == 1, f"{seed}: breaks a rule or an earlier aim"
        best = float(cost.min())
        assert found.value == pytest.approx(float(cost[few.tolist().index(same[0])]), abs=1e-6), seed
        assert found.bound <= best + 1e-6, seed
        assert found.value - best <= found.gap * found.value + 1e-6, seed
        assert found.gap <= 0.005 + 1e-9, seed
        tried, moved = tried + 1, moved + int((found.start != start).any())
    assert tried >= CASES_PER_BATCH // 2
    assert moved > 0


def test_a_plan_that_breaks_a_rule_is_no_start(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    locked = problem(locked_in=np.array([[0, 0]]))
    with pytest.raises(ValueError, match="breaks a rule"):
        reweigh(locked, np.full(8, NOT_CHOSEN), exact())


def test_weights_change_nothing_when_suitability_is_no_aim(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    assert reweigh(problem(), np.full(8, NOT_CHOSEN), exact(aims=("shortage", "people"))) is None


def test_the_order_of_aims_says_what_weights_may_not_touch(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    # S00 for F01 is the only plan; where suitability stands first, nothing is nearer to zero than no plan
    start = np.array([0, -1, -1, -1, -1, -1, -1, -1])
    kept = reweigh(problem(), start, exact())
    first = reweigh(problem(), start, exact(aims=("suitability", "shortage")))
    assert kept is not None
    assert first is not None
    assert (kept.start != NOT_CHOSEN).any()
    # 2 ha that lack 0.1 of suitability in both years are 0.2; to leave costs 0.01 x 2 ha
    assert first.value == pytest.approx(0.02)
    assert (first.start == NOT_CHOSEN).all()


def test_compactness_before_suitability_is_kept(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    # S00 and S01 in one park; with the land of S02 far better a second park would open
    better = problem(suitability=np.array([0.1, 0.5, 0.1, 0.4, 1.0, 0.7, 1.0, 0.6]))
    start = np.array([0, -1, 1, -1, -1, -1, -1, -1])
    free = reweigh(better, start, exact(aims=("shortage", "suitability")))
    kept = reweigh(better, start, exact(aims=("shortage", "compactness", "suitability")))
    assert free is not None
    assert kept is not None
    parks = [
        set(better.sites["park_id"].iloc[better.site[plan.start != NOT_CHOSEN]]) for plan in (free, kept)
    ]
    assert parks[0] == {"PB"}
    assert len(parks[1]) == 1


def asked_of(problem: ReservationProblem, start: np.ndarray, parameters: Any) -> Asked:
    return Asked(problem, start, {}, Parameters(reservation=parameters))


@pytest.mark.parametrize("batch", range(4))
def test_locks_and_weights_together_give_a_plan_near_that_obeys_them(
    batch: int, random_problem: Make, listed: List, exact: Callable[..., Any]
) -> None:
    tried = impossible = 0
    for seed in range(batch * CASES_PER_BATCH, (batch + 1) * CASES_PER_BATCH):
        rng = np.random.default_rng(1_000 + seed)
        problem = random_problem(seed)
        plans = listed(problem)
        if not plans.allowed.any() or problem.pairs < 2:
            continue
        at = int(rng.choice(np.flatnonzero(plans.allowed)))
        start = plans.starts[at]
        lock, shut = (int(pair) for pair in rng.choice(problem.pairs, 2, replace=False))
        capacity = problem.capacity.copy()
        capacity[shut] = 0.0
        rows = np.array([[lock, len(problem.years) - 1]], dtype=np.int64)
        held = problem.locked_in.reshape(-1, 2)
        if not capacity[lock].any() or shut in held[:, 0] or lock in held[:, 0]:
            continue
        other = replace(problem, capacity=capacity, locked_in=np.concatenate([held, rows]))
        other = weighed_otherwise(other, rng) if seed % 3 == 0 else other
        every = listed(other)
        answer = answer_plan(asked_of(problem, start, exact()), other, seconds=None)
        if answer.start is None:
            assert not every.allowed.any(), seed
            impossible += 1
            continue
        tried += 1
        here = [row for row, plan in enumerate(every.starts) if (plan == answer.start).all()]
        assert len(here) == 1
        assert every.allowed[here[0]], seed
        assert answer.start[lock] != NOT_CHOSEN
        assert answer.start[shut] == NOT_CHOSEN
        if seed % 3:
            few = np.flatnonzero(every.allowed)
            over = {
                aim: np.maximum(0.0, every.values[aim][few] - plans.values[aim][at])
                for aim in ("shortage", "people")
            }
            # what stood on the locked site makes way before anything is weighed
            near = np.where(problem.site == problem.site[lock], NOT_CHOSEN, start)
            near[shut] = NOT_CHOSEN
            near[lock] = start[lock] if start[lock] != NOT_CHOSEN else int(np.argmax(capacity[lock] > 0))
            cost = (
                over["shortage"]
                + 1e-4 * over["people"]
                + 0.02 * moved_hectares(other, near, every.starts[few])
                + 0.002 * every.values["suitability"][few]
            )
            own = float(cost[few.tolist().index(here[0])])
            gap = 0.0 if answer.near is None else answer.near.gap
            assert own - float(cost.min()) <= gap * own + 1e-6, seed
    assert tried >= CASES_PER_BATCH // 4


def test_the_same_question_has_the_same_answer(
    random_problem: Make, listed: List, exact: Callable[..., Any]
) -> None:
    problem = random_problem(7)
    plans = listed(problem)
    start = plans.starts[int(np.flatnonzero(plans.allowed)[-1])]
    other = weighed_otherwise(problem, np.random.default_rng(3))
    asked = asked_of(problem, start, exact())
    assert change_plan(asked, other, seconds=None) == change_plan(asked, other, seconds=None)


def test_nothing_changes_when_nothing_is_asked(
    random_problem: Make, listed: List, exact: Callable[..., Any]
) -> None:
    for seed in range(12):
        problem = random_problem(seed)
        plans = listed(problem)
        if plans.allowed.any():
            answer = change_plan(asked_of(problem, plans.starts[plans.allowed][-1], exact()), problem)
            assert (answer["comes_in"], answer["goes_out"], answer["changes"]) == ([], [], [])
            assert all(aim["before"] == pytest.approx(aim["after"]) for aim in answer["aims"])


def test_what_changes_is_told_with_place_and_aims_in_units(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    # S00 and S01 for F01, S02 for F02; S02 now must be F01, so that S03 takes F02 and S01 is not needed
    start = np.array([0, -1, 1, -1, -1, 1, -1, -1])
    asked = asked_of(problem(), start, exact())
    names = pd.DataFrame({"municipality_code": ["GM0001"], "name": ["Oudewater"]})
    asked = replace(asked, tables={"municipalities": names})
    answer = change_plan(asked, problem(locked_in=np.array([[4, 1]])))
    (change,) = answer["changes"]
    assert (change["site_id"], change["function_before"], change["function"]) == ("S02", "F02", "F01")
    assert (change["park_id"], change["hectares"], change["municipality"]) == ("PB", 2.0, "GM0002")
    (comes,) = answer["comes_in"]
    assert (comes["site_id"], comes["function"]) == ("S03", "F02")
    assert {place["municipality"] for place in answer["goes_out"]} <= {"Oudewater"}
    assert [(aim["aim"], aim["unit"]) for aim in answer["aims"]] == [
        ("shortage", "ha"),
        ("people", "inhabitants"),
        ("suitability", "ha"),
        ("compactness", "parks"),
    ]
    shortage = answer["aims"][0]
    assert (shortage["before"], shortage["after"]) == (0.0, 0.0)
    listed_sites = {place["site_id"] for place in answer["plan"]}
    was = {"S00", "S01", "S02"}
    assert listed_sites == (was | {"S03"}) - {place["site_id"] for place in answer["goes_out"]}


def test_locks_that_exclude_each_other_leave_no_plan(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    start = np.array([0, -1, 1, -1, -1, 1, -1, -1])
    answer = change_plan(asked_of(problem(), start, exact()), problem(locked_in=np.array([[0, 1], [1, 1]])))
    assert not answer["possible"]
    assert [sentence["id"] for sentence in answer["sentences"]] == ["lock.impossible"]

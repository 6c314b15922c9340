"""What holds for every plan, whatever the problem: bounds, locks, relaxing, order of rows, processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import analysis.reservation.plan as planning
from analysis.reservation.improve import improve
from analysis.reservation.model import build_model
from analysis.reservation.order import in_order
from analysis.reservation.plan import SEARCH_SHARE, make_plan, pass_model, solve_pass
from analysis.reservation.reached import shortage_of
from analysis.reservation.relax import holds, without
from analysis.reservation.trim import trim
from analysis.solving.kernel import solve
from analysis.solving.outcome import Limits
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.solving.model import Model
    from analysis.solving.outcome import Outcome

SMALL = 1e-6


def plans(
    random_problem: Callable[[int], ReservationProblem], seeds: range, parameters: Any
) -> Iterator[tuple[ReservationProblem, Plan]]:
    """Give the problems that a plan can be made of, with the plan."""
    for seed in seeds:
        problem = random_problem(seed)
        try:
            yield problem, make_plan(problem, parameters)
        except InputError:
            continue


def test_no_bound_is_above_its_plan_and_later_aims_stay_within_the_tolerance(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    for _, plan in plans(random_problem, range(2000, 2030), exact(gap=0.3, nodes=1, tolerance=0.1)):
        for aim in plan.aims:
            assert 0 <= aim.bound <= aim.value + SMALL
            assert aim.bound <= aim.final + SMALL
            assert aim.final <= aim.value + aim.tolerance + SMALL


def test_a_lock_never_improves_the_first_aim(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    first = exact(aims=("shortage",))
    compared = 0
    for seed, (problem, plan) in enumerate(plans(random_problem, range(2100, 2130), first)):
        lock = np.array([[seed % problem.pairs, len(problem.years) - 1]])
        locked = replace(problem, locked_in=np.unique(np.concatenate([problem.locked_in, lock]), axis=0))
        try:
            other = make_plan(locked, first)
        except InputError:
            continue
        assert other.aims[0].value >= plan.aims[0].value - SMALL
        compared += 1
    assert compared > 10


def test_taking_a_rule_out_never_worsens_the_first_aim(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    first = exact(aims=("shortage",))
    compared = 0
    for problem, plan in plans(random_problem, range(2200, 2230), first):
        for group in holds(problem):
            other = make_plan(without(problem, [group]), first)
            assert other.aims[0].value <= plan.aims[0].value + SMALL, group
            compared += 1
    assert compared > 20


def test_nothing_is_short_exactly_when_some_plan_gives_all_that_is_wanted(
    random_problem: Callable[[int], ReservationProblem],
    listed: Callable[[ReservationProblem], Any],
    exact: Callable[..., Any],
) -> None:
    seen = set()
    for seed in range(2300, 2340):
        problem = random_problem(seed)
        # less is asked, so that about half of the cases fit
        problem = replace(
            problem, targets=problem.targets.assign(ha=problem.targets["ha"] / 3), plans=problem.plans[:0]
        )
        problem = replace(problem, plan_pairs=np.empty((0, 2), dtype=np.int64))
        every = listed(problem)
        try:
            plan = make_plan(problem, exact(aims=("shortage",)))
        except InputError:
            continue
        fits = bool((every.values["shortage"][every.allowed] < SMALL).any())
        assert (plan.shortage.sum() < SMALL) == fits
        seen.add(fits)
    assert seen == {True, False}


def test_more_time_and_a_start_never_make_a_pass_worse(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    for problem, plan in plans(random_problem, range(2400, 2420), exact(aims=("shortage",))):
        reservation = build_model(problem)
        _, found = solve_pass(reservation, {"shortage": 1.0}, {}, Limits(gap=1.0, nodes=1), start=plan.start)
        assert reservation.aim_value("shortage", found) <= plan.aims[0].value + SMALL


def test_trimming_takes_out_only_what_nothing_misses(
    random_problem: Callable[[int], ReservationProblem], listed: Callable[[ReservationProblem], Any]
) -> None:
    trimmed = 0
    for seed in range(2500, 2540):
        problem = random_problem(seed)
        every = listed(problem)
        allowed = np.flatnonzero(every.allowed)
        for at in allowed[:: max(1, len(allowed) // 5)]:
            start = every.starts[at]
            less = trim(problem, start)
            same = np.flatnonzero((every.starts == less).all(axis=1))
            assert every.allowed[same].all(), seed
            assert shortage_of(problem, less) == pytest.approx(shortage_of(problem, start), abs=SMALL)
            for aim in ("people", "suitability", "compactness"):
                assert every.values[aim][same[0]] <= every.values[aim][at] + SMALL
            assert (trim(problem, less) == less).all()
            trimmed += int((less != start).any())
    assert trimmed > 20


def test_a_search_around_a_plan_keeps_the_rules_and_never_worsens_it(
    random_problem: Callable[[int], ReservationProblem], listed: Callable[[ReservationProblem], Any]
) -> None:
    better = 0
    for seed in range(2700, 2710):
        problem = random_problem(seed)
        every = listed(problem)
        if not every.allowed.any():
            continue
        reservation = build_model(problem)
        start = every.starts[np.flatnonzero(every.allowed)[-1]]
        model = pass_model(reservation, {"shortage": 1.0}, {})
        found = improve(reservation, model, start, Limits(seconds=None, seed=3))
        at = np.flatnonzero((every.starts == found).all(axis=1))[0]
        assert every.allowed[at]
        before, after = (reservation.aim_value("shortage", one) for one in (start, found))
        assert after <= before + SMALL
        better += int(after < before - SMALL)
        assert (improve(reservation, model, start, Limits(seconds=None, seed=3)) == found).all()
    assert better > 2


def shuffled(problem: ReservationProblem, seed: int) -> ReservationProblem:
    """Permute sites, functions, pairs and tables of rows."""
    rng = np.random.default_rng(seed)
    site, pair = rng.permutation(len(problem.sites)), rng.permutation(problem.pairs)
    function = rng.permutation(len(problem.functions))
    new_site, new_pair, new_function = np.argsort(site), np.argsort(pair), np.argsort(function)
    per_pair = {
        field.name: getattr(problem, field.name)[pair]
        for field in fields(problem)
        if field.name in {"capacity", "certain", "suitability", "people", "conflict"}
    }

    def moved(rows: np.ndarray, column: int, place: np.ndarray) -> np.ndarray:
        rows = rows[rng.permutation(len(rows))].copy()
        rows[:, column] = place[rows[:, column]] if len(rows) else rows[:, column]
        return rows

    edges = np.sort(new_site[problem.neighbours], axis=1) if len(problem.neighbours) else problem.neighbours
    return replace(
        problem,
        sites=problem.sites.iloc[site],
        functions=tuple(problem.functions[at] for at in function),
        site=new_site[problem.site[pair]],
        function=new_function[problem.function[pair]],
        targets=problem.targets.sample(frac=1, random_state=seed),
        locked_in=moved(problem.locked_in, 0, new_pair),
        neighbours=edges[rng.permutation(len(edges))],
        noisy=tuple(int(new_function[at]) for at in problem.noisy),
        quiet=tuple(int(new_function[at]) for at in problem.quiet),
        min_cluster=problem.min_cluster[function],
        plan_pairs=moved(problem.plan_pairs, 1, new_pair),
        keep_pairs=moved(problem.keep_pairs, 1, new_pair),
        **per_pair,
    )


def named(problem: ReservationProblem, plan: Plan) -> list[tuple[str, str, int]]:
    sites = problem.sites["site_id"].tolist()
    return sorted(
        (sites[problem.site[pair]], problem.functions[problem.function[pair]], int(plan.start[pair]))
        for pair in np.flatnonzero(plan.chosen)
    )


def test_input_rows_in_another_order_give_the_same_plan(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    for seed, (problem, plan) in enumerate(plans(random_problem, range(2600, 2625), exact(tolerance=0.02))):
        other = in_order(shuffled(problem, seed))
        again = make_plan(other, exact(tolerance=0.02))
        assert named(other, again) == named(problem, plan)
        assert again.aims == plan.aims


SEED = 2011
SCRIPT = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("problems", sys.argv[1])
problems = importlib.util.module_from_spec(spec)
spec.loader.exec_module(problems)
from analysis.reservation.plan import make_plan
from layers.parameters_reservation import ReservationParameters
plan = make_plan(problems.make_random(int(sys.argv[2])), ReservationParameters(seconds=None, gap=0.0, tolerance=0.02))
print(json.dumps([plan.start.tolist(), [[aim.value, aim.bound] for aim in plan.aims]]))
"""


@pytest.mark.parametrize("hashing", ["0", "1"])
def test_another_process_gives_the_same_plan(
    hashing: str, random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    here = Path(__file__).with_name("conftest.py")
    plan = make_plan(random_problem(SEED), exact(tolerance=0.02))
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(here), str(SEED)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": hashing},
    )
    start, aims = json.loads(found.stdout)
    assert start == plan.start.tolist()
    assert aims == [[aim.value, aim.bound] for aim in plan.aims]


def test_a_pass_gives_what_it_leaves_of_its_time_to_the_next(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed: list[float | None] = []

    def noting(model: Model, limits: Limits, *, start: NDArray[np.float64] | None = None) -> Outcome:
        allowed.append(limits.seconds)
        return solve(model, limits, start=start)

    monkeypatch.setattr(planning, "solve", noting)
    plan = make_plan(problem(), exact(seconds=1000.0, nodes=None))
    assert len(allowed) == len(plan.aims) == 4
    share = 1.0 - SEARCH_SHARE
    # passes of milliseconds leave nearly all of their thousand seconds
    assert [round(one / share, -2) for one in allowed if one is not None] == [1000, 2000, 3000, 4000]
    allowed.clear()
    make_plan(problem(), exact(seconds=None, nodes=50))
    assert allowed == [None] * 4

"""Replacement costs against every plan listed one by one, and against published numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from analysis.reservation.plan import ImpossiblePlanError, make_plan
from analysis.reservation.replacement import Replacements, cost_without
from analysis.reservation.robust_tables import replacement_table
from analysis.solving.model import Model
from analysis.solving.outcome import Limits
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import ReservationProblem

EXACT = Limits(gap=0.0, seconds=None)
MICRO = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "oracles" / "micro.json"


def cover(cost: list[float], rows: list[list[float]], wanted: list[float]) -> Model:
    """Give a minimum set: the cheapest units that reach every target."""
    count = len(cost)
    return Model(
        cost=np.array(cost, dtype=float),
        matrix=csr_array(np.array(rows, dtype=float)),
        row_low=np.array(wanted, dtype=float),
        row_high=np.full(len(wanted), np.inf),
        low=np.zeros(count),
        high=np.ones(count),
        integer=np.ones(count, dtype=bool),
    )


def test_the_published_replacement_costs_of_a_minimum_set() -> None:
    if not MICRO.is_file():
        pytest.skip("the shared folder with oracles is not beside the checkout")
    case = json.loads(MICRO.read_text(encoding="utf-8"))["replacement_single_zone"]
    units = [at for at, cost in enumerate(case["cost"]) if cost is not None]
    model = cover(
        [case["cost"][at] for at in units],
        [[case[name][at] for at in units] for name in ("spp1", "spp2")],
        case["targets"],
    )
    solution = np.array([case["solution"][at] for at in units], dtype=float)
    base = float(model.cost @ solution)
    for position, at in enumerate(units):
        if not solution[position]:
            continue
        stay = np.array([each for each in np.flatnonzero(solution) if each != position], dtype=np.int64)
        found = cost_without(model, (base, base), np.array([position]), EXACT, stay=stay)
        assert found.value == pytest.approx(float(case["replacement_cost"][at]))


def test_without_the_rest_staying_a_cheaper_way_round_is_found() -> None:
    # one and two together, or three alone; two costs nothing to replace once one may go as well
    model = cover([2.0, 2.0, 5.0], [[1, 0, 1], [0, 1, 1]], [1, 1])
    free = cost_without(model, (4.0, 4.0), np.array([1]), EXACT)
    tied = cost_without(model, (4.0, 4.0), np.array([1]), EXACT, stay=np.array([0]))
    assert free.value == pytest.approx(1.0)
    assert tied.value == pytest.approx(3.0)


@pytest.mark.parametrize("seed", range(40))
def test_solving_again_equals_the_best_of_all_plans_without_the_site(
    seed: int,
    random_problem: Callable[[int], ReservationProblem],
    listed: Callable[[ReservationProblem], Any],
    exact: Callable[..., Any],
) -> None:
    problem = random_problem(seed)
    try:
        plan = make_plan(problem, exact(aims=("shortage", "people")))
    except (ImpossiblePlanError, InputError):
        pytest.skip("this random case allows no plan")
    every = listed(problem)
    shortage = every.values["shortage"]
    whole = Replacements(problem, plan, EXACT).find(99)
    part = Replacements(problem, plan, EXACT).find(0)
    assert [each.site for each in whole] == sorted(problem.site[plan.chosen].tolist())
    for again, bracket in zip(whole, part, strict=True):
        left = every.allowed & ~every.chosen[:, problem.site == again.site].any(axis=1)
        cost = shortage[left].min() - shortage[every.allowed].min() if left.any() else np.inf
        assert again.value == pytest.approx(cost, abs=1e-5)
        assert again.value >= 0
        assert bracket.low - 1e-5 <= cost <= bracket.high + 1e-5
        assert (again.basis == "locked") == (again.pair in problem.locked_in[:, 0])


def test_an_existing_reservation_is_infinite_and_says_so(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    locked = replace(problem(), locked_in=np.array([[0, 0]]))
    plan = make_plan(locked, exact(aims=("shortage",)))
    table = replacement_table(locked, Replacements(locked, plan, EXACT).find(99))
    row = table.set_index("site_id").loc["S00"]
    assert (row["basis"], row["verdict"]) == ("locked", "infinite")
    assert np.isnan(row["cost_ha"])
    assert set(table["verdict"]) <= {"infinite", "nothing", "partly", "wholly"}

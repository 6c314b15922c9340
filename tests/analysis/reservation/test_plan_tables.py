"""Tables of the plan: declared columns, the way back, and the curve between the first two aims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation.clash_tables import explain_shortage
from analysis.reservation.plan import make_plan
from analysis.reservation.plan_tables import plan_tables, read_plan
from analysis.reservation.tradeoff import trade_off, trade_off_table
from gis.errors import InputError
from layers.canonical import canonical_table
from layers.results_reservation import RESERVATION_LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import ReservationProblem

LAYERS = {layer.name: layer for layer in RESERVATION_LAYERS}


def every_table(problem: ReservationProblem, parameters: Any) -> dict[str, pd.DataFrame]:
    plan = make_plan(problem, parameters)
    return {
        **plan_tables(problem, plan, parameters),
        **explain_shortage(problem, plan, parameters),
        "plan_tradeoff": trade_off_table(problem, trade_off(problem, parameters), parameters),
    }


@pytest.mark.parametrize("housing", ["none", "priced"])
def test_tables_have_the_declared_columns_and_can_be_written(
    housing: str, problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    plans = {
        "plans": pd.DataFrame({"plan_id": ["H1", "H2"], "dwellings": [3.0, 4.0], "price": [0.1, np.inf]}),
        "plan_pairs": np.array([[0, 0], [1, 1]]),
    }
    tables = every_table(problem(**(plans if housing == "priced" else {})), exact())
    assert set(tables) == set(LAYERS)
    for name, table in tables.items():
        layer = LAYERS[name]
        assert list(table.columns) == [column.name for column in layer.columns], name
        written = canonical_table(layer, table)
        assert len(written) == len(table)
        for column in layer.columns:
            if column.allowed and len(table):
                assert set(table[column.name].dropna()) <= set(column.allowed), column.name


def test_a_plan_comes_back_from_its_tables(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    back = 0
    for seed in range(5000, 5015):
        problem = random_problem(seed)
        try:
            plan = make_plan(problem, exact())
        except InputError:
            continue
        again = read_plan(problem, plan_tables(problem, plan, exact()))
        assert (again.start == plan.start).all()
        assert (again.shortage == plan.shortage).all()
        assert (again.blocked_plans == plan.blocked_plans).all()
        assert (again.aims, again.solver) == (plan.aims, plan.solver)
        back += 1
    assert back > 5


def test_a_plan_of_other_parameters_is_refused_with_its_sites(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    tables = plan_tables(problem(), make_plan(problem(), exact()), exact())
    tables["reservation_plan"].loc[0, "site_id"] = "S77"
    with pytest.raises(InputError, match="S77=F01"):
        read_plan(problem(), tables)


def test_targets_by_hand(problem: Callable[..., ReservationProblem], exact: Callable[..., Any]) -> None:
    given = problem()
    table = plan_tables(given, make_plan(given, exact()), exact())["plan_targets"]
    # four sites of 2 ha: F01 gets 2 ha in 2030 and 4 ha in 2050, F02 2 ha
    assert table[["function", "year", "wanted_ha", "got_ha", "short_ha"]].to_numpy().tolist() == [
        ["F01", 2030, 2.0, 2.0, 0.0],
        ["F01", 2050, 4.0, 4.0, 0.0],
        ["F02", 2050, 2.0, 2.0, 0.0],
    ]


def test_the_curve_runs_from_the_best_of_one_aim_to_the_best_of_the_other(
    random_problem: Callable[[int], ReservationProblem],
    listed: Callable[[ReservationProblem], Any],
    exact: Callable[..., Any],
) -> None:
    seen = 0
    for seed in range(6000, 6030):
        problem = random_problem(seed)
        every = listed(problem)
        if not every.allowed.any() or not problem.pairs:
            continue
        first, second = (every.values[aim][every.allowed] for aim in ("shortage", "people"))
        points = trade_off(problem, exact(), points=4)
        assert [points[0].first, points[0].second] == pytest.approx(
            every.best(("shortage", "people")), abs=1e-3
        )
        assert [points[-1].second, points[-1].first] == pytest.approx(
            every.best(("people", "shortage")), abs=1e-3
        )
        for point in points:
            # the least of the second aim among all plans within the limit, listed one by one
            within = first <= point.limit + 1e-3
            assert point.second == pytest.approx(second[within].min(), abs=1e-6)
            assert point.bound == pytest.approx(point.second, rel=1e-6, abs=1e-6)
        assert all(one.second >= two.second for one, two in zip(points, points[1:], strict=False))
        seen += 1
    assert seen > 15


def test_a_curve_needs_two_aims(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    with pytest.raises(ValueError, match="two aims"):
        trade_off(problem(), exact(aims=("shortage",)))

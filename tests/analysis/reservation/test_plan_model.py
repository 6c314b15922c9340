"""The model worked out by hand on four sites: columns, rows, aims, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation.model import build_model, capped_model, priced_model
from analysis.reservation.reached import blocked_by, shortage_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.model import ReservationModel
    from analysis.reservation.problem import ReservationProblem

NONE = -1


def rows(reservation: ReservationModel, block: str) -> np.ndarray:
    return np.asarray(reservation.model.matrix.toarray()[reservation.blocks[block]])


def test_a_column_stands_for_each_year_in_which_a_pair_has_hectares(
    problem: Callable[..., ReservationProblem],
) -> None:
    capacity = np.full((8, 2), 2.0)
    capacity[3, 0] = 0.0
    capacity[5] = 0.0
    reservation = build_model(problem(capacity=capacity))
    columns = list(zip(reservation.pair.tolist(), reservation.year.tolist(), strict=True))
    assert columns == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
        (3, 1),
        (4, 0),
        (4, 1),
        (6, 0),
        (6, 1),
        (7, 0),
        (7, 1),
    ]


def test_a_target_counts_pairs_of_its_function_that_started_by_then(
    problem: Callable[..., ReservationProblem],
) -> None:
    reservation = build_model(problem())
    # targets by id: F01 in 2030 (2 ha), F01 in 2050 (4 ha), F02 in 2050 (2 ha); 16 start columns
    first, second, third = rows(reservation, "target")[:, :16]
    function_one = np.tile([True, True, False, False], 4)
    by_2030 = np.tile([True, False], 8)
    assert first.tolist() == (2.0 * (function_one & by_2030)).tolist()
    assert second.tolist() == (2.0 * function_one).tolist()
    assert third.tolist() == (2.0 * ~function_one).tolist()
    assert rows(reservation, "target")[:, reservation.shortage].tolist() == np.eye(3).tolist()


def test_a_plot_larger_than_what_is_wanted_counts_as_what_is_wanted(
    problem: Callable[..., ReservationProblem],
) -> None:
    reservation = build_model(problem(capacity=np.full((8, 2), 9.0)))
    assert rows(reservation, "target")[:, :16].max(axis=1).tolist() == [2.0, 4.0, 2.0]


def test_noise_and_quiet_make_one_row_per_direction(problem: Callable[..., ReservationProblem]) -> None:
    reservation = build_model(problem(neighbours=np.array([[0, 1]]), noisy=(0,), quiet=(1,)))
    assert reservation.items["neighbour"].tolist() == [[0, 1], [1, 0]]
    # F01 on S00 (columns 0, 1) against F02 on S01 (columns 6, 7); and F01 on S01 (4, 5) against F02 on S00 (2, 3)
    assert [np.flatnonzero(row).tolist() for row in rows(reservation, "neighbour")] == [
        [0, 1, 6, 7],
        [2, 3, 4, 5],
    ]


def test_aims_by_hand(problem: Callable[..., ReservationProblem]) -> None:
    conflict = np.zeros(8)
    conflict[7] = 3.0
    reservation = build_model(problem(conflict=conflict))
    start = np.array([0, NONE, 1, NONE, NONE, NONE, NONE, 1])
    # F01 has 2 ha of 2 in 2030 and 4 of 4 in 2050, F02 2 of 2
    assert reservation.aim_value("shortage", start) == 0.0
    # 10 and 20 people, and three dwellings of two people
    assert reservation.aim_value("people", start) == 36.0
    # 0.1 of 2 ha in both years, 0.2 and 0.4 of 2 ha in one of the two
    assert reservation.aim_value("suitability", start) == pytest.approx(0.2 + 0.2 + 0.4)
    # F01 in PA, F02 in PB
    assert reservation.aim_value("compactness", start) == 2.0


def test_shortages_by_hand(problem: Callable[..., ReservationProblem]) -> None:
    assert shortage_of(problem(), np.full(8, NONE)).tolist() == [2.0, 4.0, 2.0]
    start = np.array([1, NONE, NONE, NONE, NONE, 0, NONE, NONE])
    assert shortage_of(problem(), start).tolist() == [2.0, 2.0, 0.0]


def test_a_target_within_a_sub_area_counts_only_sites_there(
    problem: Callable[..., ReservationProblem],
) -> None:
    targets = pd.DataFrame(
        {
            "target_id": ["T1"],
            "function": ["F01"],
            "year": [2050],
            "sub_area": ["Zuid"],
            "ha": [5.0],
            "weight": [1.0],
        }
    )
    given = problem(targets=targets)
    # S00 and S01 lie in Noord, S02 and S03 in Zuid
    assert shortage_of(given, np.array([0, NONE, 0, NONE, 0, NONE, NONE, NONE])).tolist() == [3.0]


def test_housing_plans_give_way_by_hand(problem: Callable[..., ReservationProblem]) -> None:
    plans = pd.DataFrame({"plan_id": ["H1", "H2"], "dwellings": [10.0, 5.0], "price": [0.7, np.inf]})
    given = problem(plans=plans, plan_pairs=np.array([[0, 0], [0, 1], [1, 4]]))
    reservation = build_model(given)
    start = np.array([0, NONE, 0, NONE, NONE, NONE, NONE, 1])
    assert blocked_by(given, start).tolist() == [True, False]
    assert reservation.aim_value("shortage", start) == pytest.approx(0.7)
    # both functions on the site share one row; the plan that goes ahead is fixed at zero
    assert reservation.items["plan"].tolist() == [[0, 0], [1, 2]]
    assert reservation.model.high[reservation.gives_way].tolist() == [1.0, 0.0]


def test_openings_are_left_out_where_every_plot_reaches_the_minimum_alone(
    problem: Callable[..., ReservationProblem],
) -> None:
    given = problem(min_cluster=np.array([2.0, 3.0]))
    reservation = build_model(given, openings=False)
    # F01: every plot of 2 ha is enough; F02 needs two plots in a park
    assert reservation.items["cluster"].tolist() == [[0, 1], [1, 1]]
    assert "compactness" not in reservation.aims
    assert len(build_model(given).items["opened"]) == 8


def test_what_goes_in_comes_out(
    random_problem: Callable[[int], ReservationProblem], listed: Callable[..., Any]
) -> None:
    for seed in range(3000, 3020):
        problem = random_problem(seed)
        reservation = build_model(problem)
        every = listed(problem)
        model = reservation.model
        for at in range(0, len(every.starts), max(1, len(every.starts) // 20)):
            start = every.starts[at]
            values = reservation.values_of(start)
            found, short, blocked = reservation.plan_of(values)
            assert (found == start).all()
            assert short == pytest.approx(shortage_of(problem, start))
            assert (blocked == blocked_by(problem, start)).all()
            # the rows hold exactly when the rules, written apart from the model, do
            activity = model.matrix @ values
            inside = bool(((activity >= model.row_low - 1e-9) & (activity <= model.row_high + 1e-9)).all())
            inside &= bool(((values >= model.low) & (values <= model.high + 1e-12)).all())
            assert inside == every.allowed[at], seed
            for aim in reservation.aims:
                assert reservation.aim_value(aim, start) == pytest.approx(every.values[aim][at])


def test_one_objective_of_several_aims_adds_them_up(problem: Callable[..., ReservationProblem]) -> None:
    reservation = build_model(problem())
    start = np.array([0, NONE, NONE, NONE, NONE, 1, NONE, NONE])
    model = priced_model(reservation, {"shortage": 10.0, "people": 0.5})
    # 2 ha short in 2050; 10 and 30 people
    assert model.value(reservation.values_of(start)) == pytest.approx(10 * 2.0 + 0.5 * 40.0)


def test_a_cap_keeps_plans_below_it_and_no_others(problem: Callable[..., ReservationProblem]) -> None:
    reservation = build_model(problem())
    start = np.array([0, NONE, NONE, NONE, NONE, 1, NONE, NONE])
    values = reservation.values_of(start)
    for cap, fits in ((40.0, True), (39.9, False)):
        model = capped_model(reservation, {"people": cap})
        assert bool((model.matrix @ values <= model.row_high).all()) == fits
    assert capped_model(reservation, {}) is reservation.model

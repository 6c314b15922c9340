"""Input that no plan can be made of is refused, with the ids, all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation.plan import ImpossiblePlanError, make_plan
from analysis.reservation.validate import check_problem
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import ReservationProblem


def targets(**changes: Any) -> pd.DataFrame:
    row = {"target_id": "T1", "function": "F01", "year": 2050, "sub_area": None, "ha": 2.0, "weight": 1.0}
    return pd.DataFrame([{**row, **changes}])


def ceiling(**changes: Any) -> pd.DataFrame:
    row = {"ceiling_id": "C1", "scope": "park", "area": "PA", "function": None, "year": 2050, "ha": 9.0}
    return pd.DataFrame([{**row, **changes}])


REFUSED: dict[str, tuple[str, tuple[str, ...], dict[str, Any], dict[str, Any]]] = {
    "a negative weight": (
        "weights are negative",
        ("access", "grid"),
        {},
        {"weights": {"grid": -1.0, "access": -0.1, "people": 1.0}},
    ),
    "weights all zero": (
        "all weights are zero",
        ("access", "grid"),
        {},
        {"weights": {"grid": 0.0, "access": 0.0}},
    ),
    "a weight without a number": ("weights are negative", ("grid",), {}, {"weights": {"grid": float("nan")}}),
    "a negative priority": ("priorities are negative", ("F01",), {"targets": targets(weight=-1.0)}, {}),
    "priorities all zero": ("all priorities are zero", ("F01",), {"targets": targets(weight=0.0)}, {}),
    "demand for an unknown function": ("not known", ("F99",), {"targets": targets(function="F99")}, {}),
    "demand in an unknown year": (
        "a year that the plan has not",
        ("T1",),
        {"targets": targets(year=2040)},
        {},
    ),
    "demand without a number": ("no number of hectares", ("T1",), {"targets": targets(ha=float("nan"))}, {}),
    "a maximum for an unknown function": (
        "a function that is not known",
        ("C1",),
        {"ceilings": ceiling(function="F9")},
        {},
    ),
    "a maximum in an unknown year": (
        "a year that the plan has not",
        ("C1",),
        {"ceilings": ceiling(year=2041)},
        {},
    ),
    "a maximum below zero": ("no number of hectares", ("C1",), {"ceilings": ceiling(ha=-1.0)}, {}),
    "a lock-in that is not eligible": (
        "locked in but not eligible",
        ("S09=F01",),
        {},
        {"lock_in": [("S09", "F01")]},
    ),
    "a lock-in and a lock-out of one site": (
        "locked in and locked out",
        ("S01=F02",),
        {},
        {"lock_in": [("S01", "F02")], "lock_out": [("S01", None)]},
    ),
    "two functions locked in on one site": (
        "two functions",
        ("S00=F01", "S00=F02"),
        {"locked_in": np.array([[0, 1], [1, 1]])},
        {},
    ),
    "a lock before its release": (
        "before the site is available",
        ("S00=F01 (2030)",),
        {"locked_in": np.array([[0, 0]]), "capacity": np.array([[0.0, 2.0]] + [[2.0, 2.0]] * 7)},
        {},
    ),
    "locks that are noisy and quiet neighbours": (
        "one noisy and one quiet",
        ("S00=F01", "S01=F02"),
        {
            "locked_in": np.array([[0, 1], [3, 1]]),
            "neighbours": np.array([[0, 1]]),
            "noisy": (0,),
            "quiet": (1,),
        },
        {},
    ),
    "a lock in a housing plan that goes ahead": (
        "a housing plan goes ahead",
        ("S00=F01",),
        {
            "locked_in": np.array([[0, 1]]),
            "plans": pd.DataFrame({"plan_id": ["H"], "dwellings": [9.0], "price": [np.inf]}),
            "plan_pairs": np.array([[0, 0]]),
        },
        {},
    ),
    "locks beyond a maximum": (
        "beyond what is kept",
        ("S00=F01", "S01=F01"),
        {"locked_in": np.array([[0, 1], [2, 1]]), "ceilings": ceiling(ha=3.0)},
        {},
    ),
    "no aim": ("no aim", (), {}, {"aims": ()}),
    "an aim that stands twice": ("stands twice", ("people",), {}, {"aims": ("people", "shortage", "people")}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_ids(name: str, problem: Callable[..., ReservationProblem]) -> None:
    message, ids, changes, asked = REFUSED[name]
    with pytest.raises(InputError) as caught:
        check_problem(problem(**changes), **asked)
    found = [one for one in caught.value.problems if message in one.message]
    assert [one.rows for one in found] == [ids]
    assert all(one.repair for one in caught.value.problems)


def test_no_eligible_site_at_all_is_refused(problem: Callable[..., ReservationProblem]) -> None:
    with pytest.raises(InputError, match=r"no site is eligible for any function .*F01, F02"):
        check_problem(problem(capacity=np.zeros((8, 2))))


def test_everything_wrong_is_named_at_once(problem: Callable[..., ReservationProblem]) -> None:
    wrong = problem(targets=targets(function="F99", weight=-1.0), ceilings=ceiling(ha=-1.0))
    with pytest.raises(InputError) as caught:
        check_problem(wrong, weights={"grid": 0.0}, lock_in=[("S09", "F01")])
    assert len(caught.value.problems) == 5


def test_a_good_problem_passes(problem: Callable[..., ReservationProblem]) -> None:
    check_problem(problem(), weights={"grid": 1.0}, lock_in=[("S00", "F01")], lock_out=[("S01", "F02")])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"capacity": np.array([[2.0, 1.0]] + [[2.0, 2.0]] * 7)}, "falls"),
        ({"capacity": np.full((8, 1), 2.0)}, "shape"),
        ({"site": np.array([1, 1, 0, 0, 2, 2, 3, 3])}, "pairs are not sorted"),
        ({"suitability": np.full(8, 1.5)}, "suitability"),
        ({"people": np.full(8, np.nan)}, "people"),
        ({"years": (2050, 2030)}, "years"),
    ],
)
def test_arrays_out_of_order_are_a_defect_of_ours(
    changes: dict[str, Any], message: str, problem: Callable[..., ReservationProblem]
) -> None:
    with pytest.raises(ValueError, match=message):
        check_problem(problem(**changes))


def test_a_lock_that_no_plan_can_hold_is_named_with_the_rules(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    # F01 on S00 must have 4 ha together in PA, and PA may hold 3 ha: each by itself could be met
    wrong = problem(locked_in=np.array([[0, 1]]), min_cluster=np.array([4.0, 0.0]), ceilings=ceiling(ha=3.0))
    with pytest.raises(ImpossiblePlanError) as caught:
        make_plan(wrong, exact())
    (found,) = caught.value.problems
    assert found.message == (
        "existing reservations cannot stand beside: the maximum per area and the minimum cluster per park"
    )
    assert found.rows == ("S00=F01",)

"""Plans that are nearly as good: within the loss, far enough apart, and none missed that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analysis.reservation.plan import ImpossiblePlanError, make_plan
from analysis.reservation.portfolio import distance, find_portfolio, sites_of
from analysis.reservation.robust_tables import portfolio_table
from analysis.solving.outcome import Limits
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import ReservationProblem

EXACT = Limits(gap=1e-4, seconds=None)
LEAST = 0.3


def test_distance_is_the_share_of_the_sites_that_the_other_lacks() -> None:
    one, two = np.array([1, 1, 1, 1, 0], dtype=bool), np.array([1, 1, 0, 0, 1], dtype=bool)
    assert distance(one, two) == pytest.approx(1 / 3)
    assert distance(two, one) == pytest.approx(1 / 3)
    assert distance(one, one) == 0.0
    assert distance(one, np.zeros(5, dtype=bool)) == 0.0


@pytest.mark.parametrize("seed", range(40))
def test_a_portfolio_keeps_the_loss_and_the_distance_and_misses_no_plan(
    seed: int,
    random_problem: Callable[[int], ReservationProblem],
    listed: Callable[[ReservationProblem], Any],
    exact: Callable[..., Any],
) -> None:
    problem = random_problem(seed)
    parameters = exact(tolerance=0.02, portfolio=3, portfolio_loss=0.2, portfolio_distance=LEAST)
    try:
        plan = make_plan(problem, parameters)
    except (ImpossiblePlanError, InputError):
        pytest.skip("this random case allows no plan")
    found = find_portfolio(problem, plan, parameters, EXACT)
    every = listed(problem)
    allowed = every.allowed.copy()
    for aim, cap in found.caps.items():
        assert (found.values[aim] <= cap + 1e-6).all()
        allowed &= every.values[aim] <= cap + 1e-7
    known = {start.tobytes() for start in every.starts[every.allowed]}
    assert all(start.tobytes() in known for start in found.starts)
    between = found.distance()
    apart = between[~np.eye(len(between), dtype=bool)]
    assert (apart >= LEAST - 1e-9).all()
    assert found.complete == (len(found.starts) == 4)
    if not found.complete and plan.chosen.any():
        chosen = np.array([sites_of(problem, start) for start in every.starts[allowed]])
        others = [sites_of(problem, start) for start in found.starts]
        assert not any(all(distance(each, other) >= LEAST for other in others) for each in chosen)


def test_the_table_says_what_was_asked_and_what_was_found(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    parameters = exact(tolerance=0.02, portfolio=2, portfolio_loss=0.9, portfolio_distance=0.25)
    plan = make_plan(problem(), parameters)
    table = portfolio_table(find_portfolio(problem(), plan, parameters, EXACT), parameters)
    assert table["alternative_id"].iloc[0] == "plan"
    assert (table["asked"] == 3).all()
    assert (table["found"] == len(table)).all()
    assert table["distance_to_plan"].iloc[0] == 0.0
    assert (table["shortage"] <= table["shortage_most"] + 1e-9).all()

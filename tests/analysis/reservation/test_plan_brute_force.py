"""The plan equals the best of all plans, listed one by one, in hundreds of random cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analysis.reservation.plan import make_plan
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import ReservationProblem

ORDERS = (
    ("shortage", "people", "suitability", "compactness"),
    ("people", "shortage", "compactness", "suitability"),
    ("shortage", "suitability"),
    ("compactness", "shortage", "people"),
)
CASES_PER_BATCH = 20


@pytest.mark.parametrize("batch", range(12))
def test_every_pass_reaches_the_best_of_all_plans(
    batch: int,
    random_problem: Callable[[int], ReservationProblem],
    listed: Callable[[ReservationProblem], Any],
    exact: Callable[..., Any],
) -> None:
    for seed in range(batch * CASES_PER_BATCH, (batch + 1) * CASES_PER_BATCH):
        problem = random_problem(seed)
        order = ORDERS[0] if seed % 2 else ORDERS[seed // 2 % len(ORDERS)]
        best = listed(problem).best(order)
        if best is None or not (problem.capacity > 0).any():
            with pytest.raises(InputError):
                make_plan(problem, exact(aims=order))
            continue
        plan = make_plan(problem, exact(aims=order))
        assert [aim.name for aim in plan.aims] == list(order)
        assert [aim.value for aim in plan.aims] == pytest.approx(best, abs=1e-6), seed
        assert [aim.final for aim in plan.aims] == pytest.approx(best, abs=1e-6), seed
        assert [aim.bound for aim in plan.aims] == pytest.approx(best, rel=1e-6, abs=1e-6), seed
        assert {aim.status for aim in plan.aims} == {"optimal"}

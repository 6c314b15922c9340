"""A draw answers to its own weights, not to the plan that it starts from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from analysis.reservation.draws import ANCHORS, solve_draws
from analysis.reservation.robust import DRAW_GAP
from analysis.solving.model import Model
from analysis.solving.outcome import Limits

SITES = 40
ASKED = Limits(gap=DRAW_GAP, nodes=20, seconds=None)


@pytest.fixture
def rules() -> Model:
    """Sites that each take one of two functions; column ``2 i`` is the first function of site ``i``."""
    size = 2 * SITES
    rows = csr_array((np.ones(size), (np.arange(size) // 2, np.arange(size))), shape=(SITES, size))
    one, none = np.ones(SITES), np.zeros(size)
    whole = np.ones(size, dtype=bool)
    return Model(
        cost=none, matrix=rows, row_low=one, row_high=one, low=none, high=np.ones(size), integer=whole
    )


def test_a_plan_that_is_a_few_percent_off_is_not_given_back(rules: Model) -> None:
    plan = np.tile([0.0, 1.0], SITES)
    prefers_first, prefers_second = np.tile([1.0, 1.03], SITES), np.tile([1.03, 1.0], SITES)
    changed, kept = solve_draws(rules, np.array([prefers_first, prefers_second]), ASKED, start=plan)
    assert changed.values is not None
    assert changed.objective <= SITES * 1.0 * (1 + DRAW_GAP)
    assert changed.values[::2].sum() > 0.6 * SITES
    assert kept.values is not None
    assert kept.values.tolist() == plan.tolist()
    assert changed.bound == kept.bound == pytest.approx(SITES)


@pytest.mark.parametrize("workers", [1, 2])
def test_each_draw_is_solved_by_itself_whoever_solves_it(rules: Model, workers: int) -> None:
    rng = np.random.default_rng(7)
    costs = rng.uniform(1.0, 2.0, (25, 2 * SITES))
    exact = Limits(gap=0.0, seconds=None)
    found = solve_draws(rules, costs, exact, start=np.tile([0.0, 1.0], SITES), workers=workers)
    cheapest = costs.reshape(25, SITES, 2).min(axis=2).sum(axis=1)
    assert [draw.objective for draw in found] == pytest.approx(cheapest)
    assert [draw.status for draw in found] == ["optimal"] * 25


def test_no_draw_is_worse_than_what_was_found_for_an_anchor(rules: Model) -> None:
    rng = np.random.default_rng(11)
    costs = rng.uniform(1.0, 2.0, (30, 2 * SITES))
    # a gap so wide that a draw stops at what it starts from
    wide = Limits(gap=10.0, seconds=None)
    found = solve_draws(
        rules, costs, wide, start=np.tile([0.0, 1.0], SITES), careful=Limits(gap=0.0, seconds=None)
    )
    anchors = [draw.values for draw in found[:ANCHORS] if draw.values is not None]
    assert len(anchors) == ANCHORS
    for cost, draw in zip(costs, found, strict=True):
        assert draw.objective <= min(float(cost @ values) for values in anchors) + 1e-9
    exact = costs[:ANCHORS].reshape(ANCHORS, SITES, 2).min(axis=2).sum(axis=1)
    assert [draw.objective for draw in found[:ANCHORS]] == pytest.approx(exact)

"""The Monte Carlo run: repeatable, ordered, equal to the deterministic answer without ranges, and fast."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from analysis.space.balance import GROUPS, RULES, BalanceModels, deterministic, match
from analysis.space.balance_tables import balance_tables
from analysis.space.montecarlo import share_short, simulate, spread
from gis.workers import open_workers

Hand = Callable[..., BalanceModels]


def test_collapsed_ranges_equal_the_deterministic_answer_exactly(hand: Hand) -> None:
    models = hand(0.0)
    simulation = simulate(models, draws=2500)
    at_mid = match(deterministic(models), models.heavy_from)
    for rule in RULES:
        for draw in (0, 999, 1000, 2499):
            np.testing.assert_array_equal(simulation.shortage[rule][draw], at_mid[rule][0])
    for table in (balance_tables(simulation)[name] for name in ("balance", "balance_groups")):
        for name in ("p10_ha", "p50_ha", "p90_ha"):
            np.testing.assert_array_equal(table[name], table["shortage_ha"])
        assert set(table["share_short"]) <= {0.0, 1.0}


def test_partitioning_and_threads_change_nothing(hand: Hand) -> None:
    long = simulate(hand(), draws=3200, threads=2)
    alone = simulate(hand(), draws=3200, threads=1)
    short = simulate(hand(), draws=1500, threads=2)
    np.testing.assert_array_equal(long.values, alone.values)
    np.testing.assert_array_equal(long.values[:1500], short.values)
    for rule in RULES:
        np.testing.assert_array_equal(long.shortage[rule], alone.shortage[rule])
        np.testing.assert_array_equal(long.shortage[rule][:1500], short.shortage[rule])
    np.testing.assert_array_equal(long.terms, alone.terms)


@pytest.mark.parametrize("threads", [True, False])
def test_workers_change_nothing(hand: Hand, *, threads: bool) -> None:
    alone = simulate(hand(), draws=3200)
    with open_workers(2, threads=threads) as workers:
        spread_out = simulate(hand(), draws=3200, workers=workers)
    np.testing.assert_array_equal(alone.values, spread_out.values)
    np.testing.assert_array_equal(alone.terms, spread_out.terms)
    for rule in RULES:
        np.testing.assert_array_equal(alone.shortage[rule], spread_out.shortage[rule])
        np.testing.assert_array_equal(alone.groups[rule], spread_out.groups[rule])


def test_models_that_were_used_before_are_the_same_in_another_process(hand: Hand) -> None:
    models = hand()
    alone = simulate(models, draws=1200)
    with open_workers(2) as workers:
        spread_out = simulate(models, draws=1200, workers=workers)
    np.testing.assert_array_equal(alone.terms, spread_out.terms)


def test_another_seed_gives_other_draws(hand: Hand) -> None:
    assert not np.array_equal(simulate(hand(), draws=10).values, simulate(hand(), draws=10, seed=3).values)


def test_members_of_a_group_move_together(hand: Hand) -> None:
    simulation = simulate(hand(sub_group="economy"), draws=500)
    crusher, growth = (
        simulation.values[:, simulation.models.quantities.position(name)] for name in ("crusher", "growth")
    )
    np.testing.assert_allclose(crusher / 5.0, growth / 20.0)


def test_spread_and_share_by_hand() -> None:
    cells = np.arange(11.0)[:, None]
    np.testing.assert_allclose(spread(cells)[:, 0], [1.0, 5.0, 9.0])
    assert share_short(cells)[0] == 10 / 11
    assert spread(np.zeros((5, 2, 3))).shape == (3, 2, 3)


def test_groups_and_terms_follow_from_the_draws(hand: Hand) -> None:
    simulation = simulate(hand(), draws=50)
    total = GROUPS.index(("total", "any"))
    cells = simulation.shortage["floor"]
    np.testing.assert_allclose(simulation.groups["floor"][..., total], cells.sum(axis=(-2, -1)))
    found = simulation.models.terms(simulation.values)
    np.testing.assert_allclose(
        simulation.terms[:, 2, 1, -1, 3], found["supply"][:, :, 1].sum(axis=(1, 2, 3)), rtol=1e-12
    )


def test_ten_thousand_draws_stay_under_twenty_seconds_on_two_cores(hand: Hand) -> None:
    start = time.process_time()
    simulate(hand(), draws=10_000)
    # processor time, so that a busy machine does not fail the test: two cores for twenty seconds
    assert time.process_time() - start < 40.0

"""Uncertain inputs and their draws: what was promised about blocks, groups and the triangular shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.space.quantities import Quantities, no_quantities, quantities_of, sample, sample_block


def made(*rows: tuple[str, float, float, float, str]) -> Quantities:
    return quantities_of(
        {"name": name, "low": low, "mid": mid, "high": high, "status": "assumption", "group": group}
        for name, low, mid, high, group in rows
    )


FOUR = made(("a", 0, 1, 4, ""), ("b", 2, 2, 2, ""), ("c", 0, 1, 4, "fast"), ("d", 10, 20, 60, "fast"))


def test_triangular_by_hand() -> None:
    """On 0, 1, 4: F(1) = 1/4; u = 1/16 gives sqrt(1/16 * 4 * 1) = 1/2; u = 3/4 gives 4 - sqrt(1/4 * 4 * 3)."""
    found = made(("a", 0, 1, 4, "")).values([[0.0], [1 / 16], [0.25], [0.75], [1.0]])[:, 0]
    assert found == pytest.approx([0.0, 0.5, 1.0, 4 - np.sqrt(3), 4.0])


def test_moments_are_those_of_the_triangle() -> None:
    """Mean (0 + 1 + 4) / 3 and variance (0 + 1 + 16 - 0 - 0 - 4) / 18."""
    drawn = sample(FOUR, 200_000, seed=4)[:, 0]
    assert drawn.mean() == pytest.approx(5 / 3, abs=0.01)
    assert drawn.var() == pytest.approx(13 / 18, abs=0.01)


def test_a_quantity_without_range_is_exactly_its_middle() -> None:
    assert (sample(FOUR, 50, seed=1)[:, 1] == 2.0).all()
    collapsed = FOUR.collapsed()
    assert (sample(collapsed, 50, seed=1) == FOUR.mid).all()


def test_members_of_a_group_move_together_and_others_do_not() -> None:
    drawn = sample(FOUR, 4_000, seed=3)
    ranks = drawn[:, 2:].argsort(axis=0).argsort(axis=0)
    assert (ranks[:, 0] == ranks[:, 1]).all()
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 2])[0, 1]) < 0.05
    assert FOUR.streams().tolist() == [0, 1, 2, 2]


def test_a_group_is_not_a_quantity_of_the_same_name() -> None:
    both = made(("fast", 0, 1, 2, ""), ("x", 0, 1, 2, "fast"))
    assert both.streams().tolist() == [0, 1]


@given(draws=st.integers(0, 350), more=st.integers(0, 250), block=st.sampled_from([7, 100, 1000]))
@settings(max_examples=30, deadline=None)
def test_the_first_draws_of_a_longer_run_are_the_same(draws: int, more: int, block: int) -> None:
    short = sample(FOUR, draws, seed=9, block=block)
    assert np.array_equal(short, sample(FOUR, draws + more, seed=9, block=block)[:draws])


def test_blocks_can_be_drawn_apart_and_in_any_order() -> None:
    whole = sample(FOUR, 2_500, seed=2)
    assert np.array_equal(whole[2_000:], sample_block(FOUR, 2, 500, seed=2))
    assert np.array_equal(whole[1_000:2_000], sample_block(FOUR, 1, 1_000, seed=2))


def test_blocks_are_the_children_that_spawn_gives() -> None:
    child = np.random.SeedSequence(5).spawn(2)[1]
    uniforms = np.random.Generator(np.random.PCG64(child)).random((1_000, 3))
    assert np.array_equal(sample(FOUR, 2_000, seed=5)[1_000:], FOUR.values(uniforms))


def test_another_seed_gives_other_draws() -> None:
    assert not np.array_equal(sample(FOUR, 10, seed=1), sample(FOUR, 10, seed=2))


def test_taking_and_putting_together_keeps_the_rows() -> None:
    both = FOUR.take(["d", "a"])
    assert both.name == ("d", "a")
    assert both.low.tolist() == [10.0, 0.0]
    assert both.concat(FOUR.take(["b"])).name == ("d", "a", "b")
    assert len(no_quantities()) == 0
    assert sample(no_quantities(), 3, seed=1).shape == (3, 0)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", 2, 1, 3, "")], "low <= mid <= high"),
        ([("a", 0, 5, 3, "")], "low <= mid <= high"),
        ([("a", 0, float("nan"), 3, "")], "low <= mid <= high"),
        ([("a", 0, 1, 3, ""), ("a", 0, 1, 3, "")], "named twice"),
    ],
)
def test_unsound_quantities_are_refused(
    rows: list[tuple[str, float, float, float, str]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        made(*rows)


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown status"):
        quantities_of([{"name": "a", "mid": 1, "status": "guess"}])

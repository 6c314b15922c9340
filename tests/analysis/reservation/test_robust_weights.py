"""Weights are uniform on all that keep the stated order."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reservation.weights import BLOCK, draw_weights
from gis.errors import InputError


def test_every_draw_adds_up_to_one_and_keeps_the_order() -> None:
    found = draw_weights({"b": 2.0, "a": 3.0, "c": 1.0}, 500, 7)
    assert found.criteria == ("a", "b", "c")
    assert np.allclose(found.values.sum(axis=1), 1.0)
    assert (np.diff(found.values, axis=1) <= 0).all()
    assert (found.values >= 0).all()


def test_the_middle_of_ordered_draws_is_that_of_the_cut_simplex() -> None:
    # the corners of the cut are (1,0,0), (1/2,1/2,0), (1/3,1/3,1/3); a triangle has its middle at their mean
    found = draw_weights({"a": 3.0, "b": 2.0, "c": 1.0}, 20_000, 1).values.mean(axis=0)
    assert found == pytest.approx([11 / 18, 5 / 18, 2 / 18], abs=0.005)


def test_equal_weights_are_not_ordered_among_themselves() -> None:
    found = draw_weights({"a": 2.0, "b": 2.0, "c": 1.0}, 20_000, 1)
    first, second, last = found.values.T
    assert found.rank.tolist() == [0, 0, 1]
    assert (first > second).mean() == pytest.approx(0.5, abs=0.015)
    assert (np.minimum(first, second) >= last).all()
    assert found.values.mean(axis=0) == pytest.approx([8 / 18, 8 / 18, 2 / 18], abs=0.005)


def test_all_equal_weights_give_the_whole_simplex() -> None:
    found = draw_weights(dict.fromkeys("abc", 1.0), 20_000, 3).values
    # the largest of three is above one half in three corners of a quarter each
    assert (found.max(axis=1) > 0.5).mean() == pytest.approx(0.75, abs=0.015)


def test_a_weight_of_zero_is_left_out() -> None:
    assert draw_weights({"a": 1.0, "b": 0.0}, 5, 7).criteria == ("a",)


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1])
def test_more_draws_leave_the_first_as_they_are(count: int) -> None:
    weights = {"a": 3.0, "b": 2.0, "c": 2.0}
    many = draw_weights(weights, 2 * BLOCK + 5, 7).values
    assert np.array_equal(draw_weights(weights, count, 7).values, many[:count])


def test_another_seed_gives_other_draws() -> None:
    weights = {"a": 3.0, "b": 2.0}
    assert not np.array_equal(draw_weights(weights, 5, 7).values, draw_weights(weights, 5, 8).values)


def test_bad_weights_are_named() -> None:
    with pytest.raises(InputError, match="rows b, c"):
        draw_weights({"a": 1.0, "b": -1.0, "c": float("nan")}, 5, 7)
    with pytest.raises(InputError, match="no criterion"):
        draw_weights({"a": 0.0}, 5, 7)

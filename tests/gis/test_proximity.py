"""Nearest and within, against a plain double loop, with ties and mixed shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.proximity import Targets

SQUARE = np.array([shapely.box(0, 0, 10, 10)])


def brute_force(shapes: Any, targets: Any, limit: float) -> list[tuple[int, float]]:
    """Loop over everything; on a tie at a millimetre the first target wins."""
    answers = []
    for shape in shapes:
        gaps = [(round(shape.distance(target) * 1000), number) for number, target in enumerate(targets)]
        found = [gap for gap in gaps if shape.distance(targets[gap[1]]) <= limit]
        answers.append((min(found)[1], shape.distance(targets[min(found)[1]])) if found else (-1, np.inf))
    return answers


@pytest.mark.parametrize("limit", [np.inf, 400.0])
@pytest.mark.parametrize("seed", range(6))
def test_nearest_and_sums_equal_a_double_loop(seed: int, limit: float) -> None:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(-2000, 6000, (25, 2))
    shapes = shapely.box(corner[:, 0], corner[:, 1], *(corner + rng.uniform(1, 400, (25, 2))).T)
    spots = rng.uniform(0, 4000, (60, 2))
    # a grid makes many exact ties
    spots = np.round(spots / 250) * 250 if seed % 2 else spots
    targets = np.asarray(shapely.points(spots))
    targets[::3] = shapely.buffer(targets[::3], 5.0)
    found, gap = Targets(targets).nearest(shapes, limit=limit, threads=2)
    expected = brute_force(shapes, targets, limit)
    assert found.tolist() == [number for number, _ in expected]
    assert gap.tolist() == [distance for _, distance in expected]
    reach = rng.uniform(0, 1500, 25)
    weight = rng.integers(1, 20, 60).astype(float)
    sums = Targets(targets).sum_within(shapes, reach, weight)
    by_hand = [
        sum(w for w, t in zip(weight, targets, strict=True) if s.distance(t) <= r)
        for s, r in zip(shapes, reach, strict=True)
    ]
    assert sums.tolist() == by_hand


def test_a_tie_goes_to_the_first_target() -> None:
    targets = Targets(np.array([shapely.Point(*xy) for xy in [(15.0, 5.0), (-5.0, 5.0), (5.0, 15.0)]]))
    found, gap = targets.nearest(SQUARE)
    assert (found[0], gap[0]) == (0, 5.0)


def test_less_than_half_a_millimetre_apart_is_a_tie() -> None:
    targets = Targets(np.array([shapely.Point(*xy) for xy in [(15.0003, 5.0), (-5.0, 5.0)]]))
    assert targets.nearest(SQUARE)[0][0] == 0
    farther = Targets(np.array([shapely.Point(*xy) for xy in [(15.002, 5.0), (-5.0, 5.0)]]))
    assert farther.nearest(SQUARE)[0][0] == 1


def test_no_targets_gives_no_answer() -> None:
    found, gap = Targets(x=np.zeros(0), y=np.zeros(0)).nearest(SQUARE)
    assert found.tolist() == [-1]
    assert np.isinf(gap[0])


def test_a_far_target_is_found_without_a_limit() -> None:
    found, gap = Targets(x=np.array([300_000.0]), y=np.array([5.0])).nearest(SQUARE)
    assert found.tolist() == [0]
    assert gap[0] == pytest.approx(299_990.0)


def test_distance_itself_counts_as_within() -> None:
    targets = Targets(x=np.array([210.0]), y=np.array([5.0]))
    assert targets.sum_within(SQUARE, 200.0).tolist() == [1.0]
    assert targets.sum_within(SQUARE, 199.999).tolist() == [0.0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(-30, 30), st.integers(-30, 30))
def test_whole_metres_change_nothing(seed: int, east: int, north: int) -> None:
    rng = np.random.default_rng(seed)
    spots = np.round(rng.uniform(0, 2000, (40, 2)), 3)
    boxes = shapely.box(100, 100, 300, 250), shapely.box(900, 1500, 1000, 1700)
    here = Targets(np.asarray(shapely.points(spots))).nearest(np.array(boxes))
    moved = Targets(np.asarray(shapely.points(spots + (east * 1000, north * 1000))))
    shifted = shapely.transform(np.array(boxes), lambda xy: xy + (east * 1000, north * 1000))
    there = moved.nearest(shifted)
    assert here[0].tolist() == there[0].tolist()
    assert np.abs(here[1] - there[1]).max() < 0.001

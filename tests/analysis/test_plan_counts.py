"""Homes and firms are counted in fixed cells: bounds that hold, and nobody to be found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from analysis.plan_counts import Count, cells_box, count_in_cells
from tests.analysis.conftest import layer_frame

GROUND = shapely.box(0, 0, 10_000, 10_000)


def homes(*spots: tuple[float, float], weight: float = 1.0) -> Any:
    rows = [
        {"object_id": f"h{number:04}", "kind": "home", "weight": weight, "geometry": shapely.Point(*spot)}
        for number, spot in enumerate(spots)
    ]
    return layer_frame("sensitive_objects", rows)


def ends(found: Count) -> tuple[float, float]:
    return found.low, found.high


def test_one_block_of_seven_reads_five_to_nine_and_half_of_it_nought_to_nine() -> None:
    seven = homes(*[(150.0 + i, 150.0) for i in range(7)])
    block = shapely.box(100, 100, 200, 200)
    assert ends(count_in_cells(block, GROUND, seven)) == (5.0, 9.0)
    assert ends(count_in_cells(shapely.box(100, 100, 150, 200), GROUND, seven)) == (0.0, 9.0)
    # an empty block beside it: the cell of 200 m is cut in four, because one of the four holds five
    assert ends(count_in_cells(shapely.box(0, 0, 99, 99), GROUND, seven)) == (0.0, 4.0)
    # all four of them
    assert ends(count_in_cells(shapely.box(0, 0, 200, 200), GROUND, seven)) == (5.0, 9.0 + 3 * 4)


def test_a_weight_counts_as_so_many() -> None:
    assert ends(count_in_cells(shapely.box(100, 100, 200, 200), GROUND, homes((150, 150), weight=20.0))) == (
        20,
        24,
    )


def test_four_homes_are_the_same_as_none_to_every_plan() -> None:
    rng = np.random.default_rng(1)
    crowd = [tuple(spot) for spot in rng.uniform(5000, 8000, (400, 2)).tolist()]
    few = [(210.0, 310.0), (520.0, 1310.0), (1510.0, 90.0), (3100.0, 3100.0)]
    with_few, without = homes(*crowd, *few), homes(*crowd)
    for polygon in attacks(rng, few):
        assert count_in_cells(polygon, GROUND, with_few) == count_in_cells(polygon, GROUND, without)


def attacks(rng: np.random.Generator, targets: list[tuple[float, float]]) -> list[shapely.Geometry]:
    """Shrink, move and halve plans round each target, down to a square metre and a half."""
    found = []
    for x, y in targets:
        for size in (3200.0, 400.0, 100.0, 30.0, 3.0, 1.3):
            found += [shapely.box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)]
            found += [shapely.box(x - size, y - size / 2, x, y + size / 2)]
        found += [
            shapely.Point(*rng.normal((x, y), 60)).buffer(float(rng.uniform(2, 300))) for _ in range(15)
        ]
    return [shapely.intersection(one, GROUND) for one in found]


def test_within_a_cell_nobody_can_be_placed() -> None:
    # nine homes in one quarter of a kilometre, never five in one part of it: wherever they stand, the same
    rng = np.random.default_rng(2)
    spread = [(50.0 + 200 * (i % 3), 50.0 + 200 * (i // 3)) for i in range(9)]
    moved = [(150.0 + 200 * (i % 3), 150.0 + 200 * (i // 3)) for i in range(9)]
    for polygon in attacks(rng, spread):
        assert count_in_cells(polygon, GROUND, homes(*spread)) == count_in_cells(
            polygon, GROUND, homes(*moved)
        )


def test_subtracting_answers_places_nobody() -> None:
    # seven homes in one block and one alone beside it: with and without the block of the one
    lone = (250.0, 150.0)
    full = homes(*[(150.0 + i, 150.0) for i in range(7)], lone)
    empty = homes(*[(150.0 + i, 150.0) for i in range(7)])
    for polygon in (
        shapely.box(100, 100, 200, 200),
        shapely.box(100, 100, 300, 200),
        shapely.box(200, 100, 300, 200),
    ):
        assert count_in_cells(polygon, GROUND, full) == count_in_cells(polygon, GROUND, empty)


@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_hold(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = np.vstack((rng.uniform(0, 10_000, (300, 2)), rng.normal(4000, 300, (300, 2))))
    table = homes(*[tuple(spot) for spot in spots.tolist()])
    points = shapely.points(spots)
    for _ in range(40):
        plan = shapely.Point(*rng.uniform(2000, 6000, 2)).buffer(float(rng.choice([40, 400, 2500])))
        found = count_in_cells(plan, GROUND, table)
        assert found.low <= shapely.contains(plan, points).sum() <= found.high


def test_rows_outside_the_largest_cells_of_a_plan_change_nothing() -> None:
    rng = np.random.default_rng(9)
    spots = rng.uniform(0, 10_000, (800, 2))
    plan = shapely.box(4000, 4000, 4800, 4100)
    west, south, east, north = cells_box(plan)
    assert (west, south, east, north) == (3200.0, 3200.0, 6400.0, 6400.0)
    near = [tuple(spot) for spot in spots.tolist() if west <= spot[0] < east and south <= spot[1] < north]
    everything = homes(*[tuple(spot) for spot in spots.tolist()])
    assert count_in_cells(plan, GROUND, homes(*near)) == count_in_cells(plan, GROUND, everything)


def test_outside_the_territory_nothing_is_said() -> None:
    found = count_in_cells(shapely.box(-500, -500, -100, -100), GROUND, homes((-300, -300)))
    assert np.isnan(found.low)
    assert found.note_nl == "niet beoordeeld buiten uw grondgebied"
    partly = count_in_cells(shapely.box(-100, 0, 100, 100), GROUND, homes((50, 50)))
    assert "1,0 ha ligt buiten uw grondgebied" in partly.note_nl
    assert np.isnan(count_in_cells(shapely.box(0, 0, 1, 1), GROUND, None).low)

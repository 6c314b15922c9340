"""An id stands for an area on the ground, not for how its rings were written."""

from __future__ import annotations

import random
import uuid

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.exports.location_id import exact_shape, location_id, namespace_of

SPACE = namespace_of("pv99")
Corners = list[tuple[float, float]]
HOLE: Corners = [(140, 140), (160, 140), (160, 160), (140, 160)]
OTHER: Corners = [(110, 110), (120, 110), (120, 120), (110, 120)]
SHELL: Corners = [(100, 100), (200, 100), (200, 200), (150, 230), (100, 200)]


def ring(corners: Corners, start: int, *, reverse: bool) -> Corners:
    turned = corners[start:] + corners[:start]
    return turned[::-1] if reverse else turned


@given(st.integers(0, 4), st.integers(0, 3), st.tuples(*[st.booleans()] * 5))
def test_start_direction_and_order_of_rings_and_parts_do_not_matter(
    start: int, hole_start: int, swaps: tuple[bool, bool, bool, bool, bool]
) -> None:
    turn, hole_turn, swap_holes, swap_parts, single = swaps
    holes = [ring(HOLE, hole_start, reverse=hole_turn), OTHER]
    first = shapely.Polygon(ring(SHELL, start, reverse=turn), holes[::-1] if swap_holes else holes)
    second = shapely.box(300, 300, 400, 400)
    plain = shapely.Polygon(SHELL, [HOLE, OTHER])
    if single:
        assert location_id(first, SPACE) == location_id(shapely.MultiPolygon([plain]), SPACE)
    parts = [second, first] if swap_parts else [first, second]
    assert location_id(shapely.MultiPolygon(parts), SPACE) == location_id(
        shapely.MultiPolygon([plain, second]), SPACE
    )


def test_less_than_half_a_millimetre_is_the_same_and_a_millimetre_is_not() -> None:
    plain = shapely.Polygon(SHELL)
    moved = shapely.Polygon([(x + 0.0004, y - 0.0004) for x, y in SHELL])
    other = shapely.Polygon([(SHELL[0][0] + 0.001, SHELL[0][1]), *SHELL[1:]])
    assert location_id(moved, SPACE) == location_id(plain, SPACE)
    assert location_id(other, SPACE) != location_id(plain, SPACE)


def test_ids_are_uuids_of_version_5_and_differ_per_authority() -> None:
    shape = shapely.Polygon(SHELL)
    found = location_id(shape, SPACE)
    assert found.version == 5
    assert found.variant == uuid.RFC_4122
    assert found != location_id(shape, namespace_of("pv26"))
    assert namespace_of(" PV26") == namespace_of("pv26")


def test_the_id_of_a_square_never_changes() -> None:
    # written down on the day that it was first made: a later version of the product must give the same
    square = shapely.box(132_000, 457_000, 132_100, 457_100)
    assert str(location_id(square, SPACE)) == "acde261c-12ea-5d82-abc0-3cecabf35cc5"


def test_heights_do_not_matter() -> None:
    high = shapely.Polygon([(x, y, 5.0) for x, y in SHELL])
    assert location_id(high, SPACE) == location_id(shapely.Polygon(SHELL), SPACE)


def test_rings_come_out_right_handed_without_repeats_and_on_the_grid() -> None:
    rough = shapely.Polygon(
        [(0, 0), (0, 100.00049), (0, 100.0001), (100, 100), (100, 0)],
        [[(10, 10), (20, 10), (20, 20), (10, 20)]],
    )
    shape = exact_shape(rough)
    assert shape.geom_type == "MultiPolygon"
    part = shape.geoms[0]
    assert part.exterior.is_ccw
    assert not part.interiors[0].is_ccw
    corners = shapely.get_coordinates(part.exterior)
    assert len(corners) == 5
    assert not (corners[1:] == corners[:-1]).all(axis=1).any()


def test_a_bow_tie_is_made_valid() -> None:
    shape = exact_shape(shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))
    assert shape.is_valid
    assert shape.area == pytest.approx(50)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Polygon(),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.box(0, 0, 0.0002, 10),
        shapely.Point(0, 0),
    ],
)
def test_what_has_no_area_on_the_grid_is_refused(shape: shapely.Geometry) -> None:
    with pytest.raises(ValueError, match="no area"):
        location_id(shape, SPACE)


def test_an_exact_shape_is_its_own_exact_shape() -> None:
    chance = random.Random(7)
    for _ in range(30):
        rough = (
            shapely.Point(0, 0)
            .buffer(50)
            .intersection(
                shapely.MultiPoint(
                    [(chance.uniform(-60, 60), chance.uniform(-60, 60)) for _ in range(9)]
                ).convex_hull
            )
        )
        once = exact_shape(rough)
        assert shapely.to_wkb(exact_shape(once)) == shapely.to_wkb(once)

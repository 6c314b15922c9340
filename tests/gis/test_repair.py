"""Repair of geometry: what comes out, and that every change is recorded by row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from shapely import wkt

from gis.errors import InputError
from gis.mending import mend_all
from gis.overlaps import duplicates, overlaps
from gis.records import Record
from gis.repair import Repaired, Want, check_vertices, flatten, repair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

BOWTIE = "POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))"
SQUARE = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"


def shapes(*texts: str | None) -> NDArray[np.object_]:
    return np.array([None if text is None else wkt.loads(text) for text in texts], dtype=object)


def name(place: int) -> str:
    return f"id{place}"


def fixed(*texts: str | None, want: Want = "polygon") -> Repaired:
    return repair(shapes(*texts), name, want)


def rules(records: Iterable[Record]) -> list[tuple[str, int | None]]:
    return [(record.rule, record.row) for record in records]


def star(vertices: int, seed: int = 0) -> shapely.Polygon:
    """Random vertices: almost every edge crosses almost every other."""
    return shapely.Polygon(np.random.default_rng(seed).uniform(0, 1000, (vertices, 2)))


# validity


def test_good_geometry_is_left_alone_without_a_record() -> None:
    found = fixed(SQUARE)
    assert found.geometry[0].equals_exact(wkt.loads(SQUARE), 0)
    assert found.records == ()


def test_a_bowtie_becomes_its_two_triangles() -> None:
    found = fixed(BOWTIE)
    # two triangles of 25 m2 each, meeting in the middle
    assert found.geometry[0].is_valid
    assert found.geometry[0].area == pytest.approx(50)
    invalid = found.records[0]
    assert (invalid.rule, invalid.action, invalid.row, invalid.after) == ("invalid", "repaired", 1, "50.0 m2")
    assert invalid.before == "Self-intersection; 0.0 m2"


def test_overlapping_parts_are_joined_and_not_cut_out_of_each_other() -> None:
    found = fixed("MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((5 0, 15 0, 15 10, 5 10, 5 0)))")
    assert found.geometry[0].area == pytest.approx(150)
    assert found.geometry[0].geom_type == "Polygon"


def test_a_hole_outside_its_shell_goes() -> None:
    found = fixed("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (20 20, 21 20, 21 21, 20 20))")
    assert found.geometry[0].area == pytest.approx(100, abs=0.6)


def test_coordinates_come_on_a_grid_of_a_millimetre() -> None:
    found = fixed("POINT (155000.12345 463000.98765)", want="any")
    assert (found.geometry[0].x, found.geometry[0].y) == (155000.123, 463000.988)


def test_repaired_coordinates_lie_on_the_grid_too() -> None:
    found = fixed("POLYGON ((0 0, 10 7, 10 0, 0 3.3333, 0 0))")
    xy = shapely.get_coordinates(found.geometry)
    assert np.abs(xy - np.round(xy, 3)).max() < 1e-12


def test_repeated_points_go_and_are_counted_for_the_layer() -> None:
    found = fixed("POLYGON ((0 0, 10 0, 10 0, 10 10, 0 10, 0 0))", SQUARE)
    assert shapely.get_num_coordinates(found.geometry[0]) == 5
    assert found.records == (Record("repeated_points", "repaired", None, None, "1/2"),)


def test_a_ring_that_collapses_is_set_aside() -> None:
    found = fixed("POLYGON ((0 0, 10 0, 20 0, 0 0))", SQUARE)
    assert found.geometry[0] is None
    assert ("collapsed", 1) in rules(found.records)


# dimension and parts


def test_a_collection_keeps_the_parts_that_the_layer_holds() -> None:
    found = fixed(f"GEOMETRYCOLLECTION ({SQUARE}, LINESTRING (0 0, 5 5), GEOMETRYCOLLECTION (POINT (1 1)))")
    assert found.geometry[0].area == pytest.approx(100)
    assert rules(found.records) == [("mixed_geometry", 1)]
    assert found.records[0].after == "1/3"


def test_other_dimensions_are_set_aside_in_a_layer_of_areas() -> None:
    found = fixed("LINESTRING (0 0, 5 5)", "POINT (1 1)", SQUARE)
    assert rules(found.records) == [("wrong_dimension", 1), ("wrong_dimension", 2)]
    assert [shape is None for shape in found.geometry] == [True, True, False]


def test_any_kind_passes_where_any_is_wanted() -> None:
    found = fixed("LINESTRING (0 0, 5 5)", "POINT (1 1)", SQUARE, want="any")
    assert found.records == ()


def test_points_are_made_of_what_is_no_single_point() -> None:
    found = fixed("MULTIPOINT ((1 1))", SQUARE, "LINESTRING (0 0, 4 0)", want="point")
    assert found.geometry[0].equals(shapely.Point(1, 1))
    assert wkt.loads(SQUARE).contains(found.geometry[1])
    assert {shape.geom_type for shape in found.geometry} == {"Point"}
    assert rules(found.records) == [("to_point", 1), ("to_point", 2), ("to_point", 3)]


def test_one_part_is_written_single_and_several_are_noted() -> None:
    found = fixed(
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)))",
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((20 0, 30 0, 30 10, 20 10, 20 0)))",
    )
    assert found.geometry[0].geom_type == "Polygon"
    assert found.records == (Record("multi_part", "noted", 2, None, None, "2"),)


def test_a_sliver_part_goes_and_a_sliver_as_a_whole_is_set_aside() -> None:
    thin = "((20 0, 60 0, 60 0.04, 20 0.04, 20 0))"
    found = fixed(f"MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), {thin})", f"POLYGON {thin}")
    assert found.geometry[0].area == pytest.approx(100)
    assert found.geometry[1] is None
    assert rules(found.records) == [("sliver_part", 1), ("sliver", 2)]
    # 40 m long, 4 cm wide
    assert found.records[0].before == "1.600 m2"


def test_missing_rows_stay_missing_without_a_second_record() -> None:
    assert fixed(None, SQUARE).records == ()


@pytest.mark.parametrize("want", ["polygon", "line", "point", "any"])
def test_nothing_at_all_is_no_trouble(want: Want) -> None:
    assert repair(np.array([], dtype=object), name, want).records == ()
    assert flatten(np.array([], dtype=object)).records == ()


# before anything else


def test_heights_go_and_are_counted() -> None:
    found = flatten(shapes("POINT Z (1 2 3)", "POINT M (1 2 3)", "POINT (1 2)"))
    assert not shapely.has_z(found.geometry).any()
    assert found.records == (Record("height_dropped", "repaired", None, None, "1/3"),)


def test_empty_missing_and_infinite_geometry_is_set_aside_by_row() -> None:
    given = np.array(
        [
            shapely.Point(1, 1),
            None,
            shapely.Point(),
            shapely.Point(np.nan, 1),
            shapely.LineString([(0, 0), (np.inf, 1)]),
        ],
        dtype=object,
    )
    found = flatten(given)
    assert rules(found.records) == [
        ("no_geometry", 2),
        ("no_geometry", 3),
        ("not_finite", 4),
        ("not_finite", 5),
    ]
    assert [shape is None for shape in found.geometry] == [False, True, True, True, True]


def test_too_many_vertices_are_refused_by_id() -> None:
    with pytest.raises(InputError) as caught:
        check_vertices(shapes(SQUARE, BOWTIE, "POINT (1 1)"), name, limit=4, file="a.gpkg")
    (problem,) = caught.value.problems
    assert problem.rows == ("id0", "id1")
    assert problem.file == "a.gpkg"
    assert "5 vertices, more than the limit of 4" in problem.message


# large geometry, in a child process


def test_the_child_gives_what_this_process_would_give() -> None:
    given = np.array([star(60, seed) for seed in range(3)], dtype=object)
    here, _ = mend_all(given)
    there, failed = mend_all(given, inline=10)
    assert not failed.any()
    assert shapely.equals_identical(here, there).all()


def test_what_takes_too_long_is_given_up_and_the_others_are_still_mended() -> None:
    given = np.array([wkt.loads(BOWTIE), star(4000), star(400)], dtype=object)
    start = time.monotonic()
    mended, failed = mend_all(given, time_limit=20)
    assert time.monotonic() - start < 25
    assert failed.tolist() == [False, True, False]
    assert mended[2].is_valid


def test_a_repair_that_takes_too_long_names_the_row() -> None:
    with pytest.raises(InputError) as caught:
        repair(np.array([wkt.loads(SQUARE), star(4000)], dtype=object), name, "polygon", time_limit=1)
    assert caught.value.problems[0].rows == ("id1",)
    assert "within 1 seconds" in caught.value.problems[0].message


def test_a_child_that_dies_costs_only_its_own_geometry(monkeypatch: pytest.MonkeyPatch) -> None:
    # a child that cannot even start gives up everything and nothing hangs
    monkeypatch.setattr("gis.mending.sys.executable", "/bin/false")
    mended, failed = mend_all(np.array([star(400), wkt.loads(BOWTIE)], dtype=object), time_limit=5)
    assert failed.tolist() == [True, False]
    assert mended[0] is None


# overlaps and duplicates


def test_overlaps_are_measured_and_touching_neighbours_are_not_meant() -> None:
    found = overlaps(
        shapes(
            SQUARE,
            "POLYGON ((10 0, 20 0, 20 10, 10 10, 10 0))",
            "POLYGON ((8 0, 12 0, 12 5, 8 5, 8 0))",
            "POLYGON ((0 9.95, 10 9.95, 10 15, 0 15, 0 9.95))",
        )
    )
    # the third lies 2 by 5 m over both others; the fourth only 5 cm deep over the first
    assert [pair[:2] for pair in found] == [(0, 2), (1, 2)]
    assert [pair[2] for pair in found] == pytest.approx([10, 10])


def test_a_heap_of_equal_areas_is_measured_up_to_a_limit() -> None:
    # 60 equal squares make 60 x 59 / 2 pairs
    assert len(overlaps(shapes(*[SQUARE] * 60))) == 1770
    assert len(overlaps(shapes(*[SQUARE] * 60), limit=100)) == 100


def test_many_small_tangles_do_not_take_for_ever() -> None:
    given = np.array([star(150, seed) for seed in range(200)], dtype=object)
    start = time.monotonic()
    _, failed = mend_all(given, time_limit=0.2)
    assert time.monotonic() - start < 15
    assert failed.any()


def test_an_area_inside_another_overlaps_it() -> None:
    ((first, second, area),) = overlaps(shapes(SQUARE, "POLYGON ((2 2, 4 2, 4 4, 2 4, 2 2))"))
    assert (first, second) == (0, 1)
    assert area == pytest.approx(4)


def test_the_same_ring_started_elsewhere_is_a_duplicate() -> None:
    turned = "POLYGON ((10 10, 0 10, 0 0, 10 0, 10 10))"
    assert duplicates(shapes(SQUARE, None, BOWTIE, turned, SQUARE)) == [(3, 0), (4, 0)]

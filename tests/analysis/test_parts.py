"""A region assessed in parts gives what it gives in one piece, to the last bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from analysis.parts import assess_in_parts, usual_parts
from analysis.region_parts import cut, divide
from analysis.situation import permits
from gis.workers import Here, open_workers
from layers.parameters import Parameters
from layers.project import load_project
from layers.read import read_inputs
from layers.sample.build import write_sample
from tests.analysis.conftest import layer_frame
from tests.support.random_region import random_region

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REGIONS = 50


def assert_same(whole: Mapping[str, pd.DataFrame], parts: Mapping[str, pd.DataFrame]) -> None:
    assert list(whole) == list(parts)
    for name, table in whole.items():
        pd.testing.assert_frame_equal(table, parts[name], check_exact=True, obj=name)


@pytest.mark.parametrize("seed", range(REGIONS))
def test_any_number_of_parts_gives_the_same(seed: int) -> None:
    tables = random_region(seed)
    parameters = Parameters(
        water_near_m=(500.0, 40.0, 2000.0)[seed % 3], quay_tolerance_m=(15.0, 150.0)[seed % 2]
    )
    parts = {7: 100, 19: 5, 31: 4}.get(seed, 3 if seed % 4 == 1 else 2)
    assert_same(assess(tables, parameters), assess_in_parts(tables, parameters, Here(), parts=parts))


@pytest.mark.parametrize("threads", [True, False])
def test_two_workers_give_the_same(*, threads: bool) -> None:
    tables, parameters = random_region(4), Parameters()
    with open_workers(2, threads=threads) as workers:
        assert_same(assess(tables, parameters), assess_in_parts(tables, parameters, workers))


def test_the_sample_region_in_parts_is_the_sample_region(tmp_path: Path) -> None:
    project = load_project(write_sample(tmp_path))
    tables = read_inputs(project).tables
    whole = assess(tables, project.parameters)
    assert_same(whole, assess_in_parts(tables, project.parameters, Here(), parts=2))


def test_a_park_is_whole_in_one_part_and_its_plots_go_with_it() -> None:
    for seed in range(5):
        situation = permits(random_region(seed), Parameters())
        of_park, of_plot = divide(situation, 4)
        assert sorted(set(of_park)) == list(range(min(4, len(of_park))))
        for plot, park in enumerate(situation.plot_park):
            assert of_plot[plot] == of_park[park] if park >= 0 else of_plot[plot] in of_park


def test_a_part_leaves_out_what_is_out_of_reach() -> None:
    parks = [
        {"park_id": name, "name": name, "max_category": "4.1", "geometry": shapely.box(x, 0, x + 500, 500)}
        for name, x in (("A", 0), ("B", 20_000))
    ]
    homes = [
        {"object_id": f"{x:06}", "kind": "home", "geometry": shapely.Point(x, 250)}
        for x in range(-5_000, 30_000, 100)
    ]
    waterways = [
        {"waterway_id": name, "cemt": "Va", "geometry": shapely.LineString([(x, -9000), (x, 9000)])}
        for name, x in (("1", -4_000), ("2", -30_000), ("3", 33_000))
    ]
    tables = {
        name: layer_frame(name, rows)
        for name, rows in {
            "parks": parks,
            "sensitive_objects": homes,
            "waterways": waterways,
            "municipalities": [
                {"municipality_code": "G", "name": "G", "geometry": shapely.box(-1e5, -1e5, 1e5, 1e5)}
            ],
        }.items()
    }
    first, second = cut(permits(tables, Parameters()), 2, alone=True)
    # the largest guide distance is 1,500 m (category 6): homes from -1,500 to 2,000 stay, a metre spare
    places = sorted(int(name) for name in first.tables["sensitive_objects"]["object_id"])
    assert places == list(range(-1500, 2001, 100))
    # the nearest water however far: 4 km and 12.5 km away
    assert list(first.tables["waterways"]["waterway_id"]) == ["1"]
    assert list(second.tables["waterways"]["waterway_id"]) == ["3"]
    assert not len(first.beside["parks"])


def test_a_quay_keeps_its_own_water_when_that_is_far_from_every_park() -> None:
    """A public quay 480 m east of park A stands nearest to water of class II, not to the canal beside A."""
    square = [("A", 0), ("B", 30_000)]
    layers = {
        "parks": [
            {"park_id": name, "name": name, "geometry": shapely.box(x, 0, x + 500, 500)} for name, x in square
        ],
        "municipalities": [
            {"municipality_code": "G", "name": "G", "geometry": shapely.box(-1e5, -1e5, 1e5, 1e5)}
        ],
        "waterways": [
            {"waterway_id": "1", "cemt": "Va", "geometry": shapely.LineString([(-20, -5000), (-20, 5000)])},
            {"waterway_id": "2", "cemt": "II", "geometry": shapely.LineString([(1900, 250), (9000, 250)])},
            {"waterway_id": "3", "cemt": "II", "geometry": shapely.LineString([(0, 900), (500, 900)])},
        ],
        "quays": [{"quay_id": "Q", "kind": "public", "geometry": shapely.Point(980, -20)}],
    }
    tables = {name: layer_frame(name, rows) for name, rows in layers.items()}
    # the quay is 955.0 m from water 2, 1,000 m from water 1 and 1,037.4 m from water 3
    first = next(cut(permits(tables, Parameters()), 2, alone=True))
    assert {"1", "2"} <= set(first.tables["waterways"]["waterway_id"])
    whole = assess(tables, Parameters())
    assert whole["water_by_class"].set_index("cemt")["connection"].to_dict() == {
        "II": "public_quay",
        "Va": "adjacent",
    }
    assert_same(whole, assess_in_parts(tables, Parameters(), Here(), parts=2))


@pytest.mark.parametrize(
    ("parks", "workers", "parts"),
    [(4000, 1, 1), (4000, 2, 8), (4000, 64, 80), (86, 2, 2), (1, 2, 2), (300, 2, 6)],
)
def test_small_regions_are_cut_into_few_parts(parks: int, workers: int, parts: int) -> None:
    assert usual_parts(parks, workers) == parts

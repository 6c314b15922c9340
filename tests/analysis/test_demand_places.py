"""Sub-areas, jobs, evidence for the profile, and the whole demand job on a small scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from analysis.space.demand_run import DemandSettings, run_demand
from analysis.space.firms import jobs_by_function, place_firms, suppress
from analysis.space.functions import load_catalogue
from analysis.space.land import find_land
from analysis.space.profile import (
    clusters,
    function_catalogue,
    load_chains,
    location_quotient,
    profile_evidence,
)
from analysis.sub_areas import sub_area_inhabitants
from gis.errors import InputError
from layers.canonical import canonical_table
from layers.parameters import Parameters
from layers.results_demand import DEMAND_LAYERS

Scene = Callable[..., dict[str, gpd.GeoDataFrame]]


def by(table: pd.DataFrame, *keys: str) -> dict[Any, dict[str, Any]]:
    """Rows by their key, one column or several."""
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    return {row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys): row for row in rows}


def municipality(code: str, west: float, inhabitants: float | None, sub_area: str | None) -> dict[str, Any]:
    return {
        "municipality_code": code,
        "name": code,
        "inhabitants": inhabitants,
        "sub_area": sub_area,
        "geometry": shapely.box(west, -5_000, west + 5_000, 5_000),
    }


TWO = [municipality("GM1", -5_000, 60_000.0, "Oost"), municipality("GM2", 0, 40_000.0, "West")]


def test_inhabitants_add_up_per_sub_area(scene: Scene) -> None:
    three = [*TWO, municipality("GM3", 5_000, 1_000.0, "West")]
    found = sub_area_inhabitants(scene(municipalities=three))
    assert found is not None
    assert found.to_dict("list") == {"sub_area": ["Oost", "West"], "inhabitants": [60_000.0, 41_000.0]}


def test_without_any_inhabitants_demand_is_not_assessed(scene: Scene) -> None:
    assert sub_area_inhabitants(scene(municipalities=[municipality("GM1", 0, None, "Oost")])) is None


@pytest.mark.parametrize(
    "other", [municipality("GM9", 5_000, None, "West"), municipality("GM9", 5_000, 7.0, None)]
)
def test_a_municipality_left_out_is_named(scene: Scene, other: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="rows GM9"):
        sub_area_inhabitants(scene(municipalities=[*TWO, other]))


def test_sub_areas_that_overlap_are_named(scene: Scene) -> None:
    areas = [
        {"sub_area_id": "D1", "name": "Oost", "geometry": shapely.box(-5_000, -5_000, 500, 5_000)},
        {"sub_area_id": "D2", "name": "West", "geometry": shapely.box(0, -5_000, 5_000, 5_000)},
    ]
    with pytest.raises(InputError, match=r"two sub-areas overlap by 500\.0 ha \(rows D1, D2\)"):
        sub_area_inhabitants(scene(municipalities=TWO, sub_areas=areas))
    areas[0]["geometry"] = shapely.box(-5_000, -5_000, 0.5, 5_000)
    found = sub_area_inhabitants(scene(municipalities=TWO, sub_areas=areas))
    assert found is not None
    assert found["sub_area"].tolist() == ["Oost", "West"]


def firm(identifier: str, x: float, y: float, sbi: str, jobs: float | None = 10.0) -> dict[str, Any]:
    return {
        "business_id": identifier,
        "name": f"Bedrijf {identifier}",
        "sbi": sbi,
        "sbi_version": "SBI-2008",
        "jobs": jobs,
        "geometry": shapely.Point(x, y),
    }


PARKS = [
    {
        "park_id": "O",
        "name": "Oost",
        "max_category": "4.2",
        "geometry": shapely.box(-2_000, 0, -1_000, 1_000),
    },
    {"park_id": "W", "name": "West", "max_category": "3.2", "geometry": shapely.box(1_000, 0, 2_000, 1_000)},
]


def town(scene: Scene, firms: list[dict[str, Any]]) -> dict[str, gpd.GeoDataFrame]:
    return scene(municipalities=TWO, parks=PARKS, businesses=firms)


def test_jobs_count_where_codes_tell_functions_apart(scene: Scene) -> None:
    tables = town(
        scene,
        [
            firm("1", -1_500, 500, "3312", 30.0),
            firm("2", 1_500, 500, "3320", 20.0),
            firm("3", 1_500, 510, "383202", 50.0),
            firm("4", 1_500, 520, "3311", None),
            firm("5", 90_000, 0, "3311", 70.0),
        ],
    )
    found = place_firms(tables, find_land(assess(tables, Parameters()), tables, Parameters()))
    assert found is not None
    jobs = jobs_by_function(found, load_catalogue(), ["Oost", "West"])
    assert jobs["F22"].tolist() == [30.0, 20.0]
    # 383202 belongs to several functions
    assert "F05" not in jobs
    assert "F06" not in jobs


def test_location_quotient_by_hand() -> None:
    """10 of 100 against 20 of 400 in all: 2; 10 of 300 against it: 2/3; against a stated 4 %: 2.5."""
    jobs, total = np.array([10.0, 10.0, 0.0]), np.array([100.0, 300.0, 0.0])
    assert location_quotient(jobs, total)[:2] == pytest.approx([2.0, 2 / 3])
    assert np.isnan(location_quotient(jobs, total)[2])
    assert location_quotient(jobs, total, 0.04)[0] == pytest.approx(2.5)
    assert np.isnan(location_quotient(np.zeros(1), np.ones(1))).all()


def test_clusters_hang_together_by_steps() -> None:
    points = np.array([[0, 0], [900, 0], [1_800, 0], [5_000, 0], [5_500, 0], [50_000, 0]], dtype=float)
    assert clusters(points, 1_000, 3).tolist() == [0, 0, 0, -1, -1, -1]
    assert clusters(points, 1_000, 2).tolist() == [0, 0, 0, 1, 1, -1]
    assert clusters(np.zeros((0, 2)), 1_000, 3).tolist() == []


def test_profile_needs_evidence_or_is_called_a_choice(scene: Scene) -> None:
    """Six furniture firms in Oost in one cluster, none elsewhere; upcycling rests on them."""
    firms = [firm(f"M{number}", -1_500 + number, 500, "310") for number in range(6)]
    firms += [firm(f"S{number}", 1_500 + number, 500, "6201") for number in range(6)]
    tables = town(scene, firms)
    found = place_firms(tables, find_land(assess(tables, Parameters()), tables, Parameters()))
    assert found is not None
    catalogue = load_catalogue()
    evidence = profile_evidence(found, catalogue, load_chains(), ["Oost", "West"])
    row = by(evidence, "function_id", "sub_area")["F04", "Oost"]
    assert (row["establishments"], row["jobs"], row["clusters"], row["largest_cluster"]) == (6, 60.0, 1, 6)
    # all jobs of Oost against half of all jobs
    assert row["location_quotient"] == pytest.approx(2.0)
    assert row["evidence"] == "yes"
    ground = by(function_catalogue(catalogue, evidence), "variant_id")
    assert ground["F04a"]["ground_nl"].startswith(
        "versterkt het profiel: in Oost is het aandeel banen 2,0 keer"
    )
    assert ground["F18a"]["ground_nl"] == "bestuurlijke keuze"
    assert ground["F11a"]["ground_nl"] == "noodzakelijk; profiel: bestuurlijke keuze"
    assert ground["F14a"]["ground_nl"] == "niet in deze provincie"
    assert ground["F01a"]["ground_nl"] == "noodzakelijk"


def test_without_businesses_the_profile_is_a_choice() -> None:
    ground = by(function_catalogue(load_catalogue(), None), "variant_id")
    assert ground["F04a"]["ground_nl"] == "bestuurlijke keuze"
    assert ground["F04a"]["profile_evidence"] == "not_assessed"


def test_shared_codes_prove_nothing(scene: Scene) -> None:
    firms = [firm(f"T{number}", -1_500 + number, 500, "383202") for number in range(6)]
    tables = town(scene, [*firms, firm("S", 1_500, 500, "6201", 60.0)])
    found = place_firms(tables, find_land(assess(tables, Parameters()), tables, Parameters()))
    assert found is not None
    evidence = profile_evidence(found, load_catalogue(), load_chains(), ["Oost", "West"])
    textile = evidence[evidence["function_id"] == "F19"]
    assert set(textile["evidence"]) == {"not_assessed"}


def test_small_cells_are_hidden_and_empty_ones_are_not() -> None:
    table = pd.DataFrame({"n": [0, 1, 4, 5], "jobs": [0.0, 3.0, 8.0, 9.0]})
    hidden = suppress(table, "n", ["jobs"])
    assert hidden["suppressed"].tolist() == ["no", "yes", "yes", "no"]
    assert hidden["jobs"].isna().tolist() == [False, True, True, False]
    assert hidden["n"].isna().tolist() == [False, True, True, False]


SETTINGS = DemandSettings(draws=200)


def test_the_whole_job_gives_every_declared_table(scene: Scene) -> None:
    tables = town(scene, [firm(str(number), -1_500 + number, 500, "4671") for number in range(6)])
    facility = {"facility_id": "V", "function": "F01", "geometry": shapely.Point(-1_500, 500)}
    tables |= {"circular_facilities": scene(circular_facilities=[facility])["circular_facilities"]}
    result = run_demand(assess(tables, Parameters()), tables, Parameters(), settings=SETTINGS)
    assert result.demand is not None
    assert result.released is not None
    assert result.demand.sub_areas == result.released.sub_areas == ("Oost", "West")
    for layer in DEMAND_LAYERS:
        table = result.tables[layer.name]
        assert list(table.columns) == [column.name for column in layer.columns]
        assert len(canonical_table(layer, table)) > 0, layer.name
        for column in layer.columns:
            values = table[column.name].dropna()
            if column.allowed:
                assert set(values) <= set(column.allowed), (layer.name, column.name)
            if column.minimum is not None and column.kind == "number":
                assert (values.astype(float) >= column.minimum).all(), (layer.name, column.name)


def test_every_figure_of_the_catalogue_is_published_with_its_status(scene: Scene) -> None:
    tables = town(scene, [])
    result = run_demand(assess(tables, Parameters()), tables, Parameters(), settings=SETTINGS)
    figures = result.tables["demand_figures"].set_index("name")
    assert figures.loc["demand.F06.throughput_kt", "leads"] == "no"
    assert figures.loc["demand.F06.m2_per_t", "leads"] == "yes"
    assert figures[["status", "source", "unit"]].notna().all(axis=None)


def test_the_job_without_businesses_or_inhabitants_says_what_it_lacks(scene: Scene) -> None:
    tables = scene(municipalities=TWO, parks=PARKS)
    result = run_demand(assess(tables, Parameters()), tables, Parameters(), settings=SETTINGS)
    assert result.released is None
    assert result.tables["released_land"].empty
    assert result.demand is not None
    bare = scene(parks=PARKS)
    nothing = run_demand(assess(bare, Parameters()), bare, Parameters(), settings=SETTINGS)
    assert nothing.demand is None
    assert nothing.tables["land_demand"].empty
    assert len(nothing.tables["circular_functions"]) == 51


def test_the_same_job_twice_gives_the_same_tables(scene: Scene) -> None:
    tables = town(scene, [firm(str(number), -1_500 + number, 500, "4671") for number in range(6)])
    evidence = assess(tables, Parameters())
    one, two = (run_demand(evidence, tables, Parameters(), settings=SETTINGS).tables for _ in range(2))
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, two[name])

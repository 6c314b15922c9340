"""Zones, verdicts and summaries of whole parks."""

from __future__ import annotations

import math
from typing import Any

import pytest
import shapely

from analysis.evidence import assess
from layers.parameters import Parameters


def home(x: float, y: float, name: str = "h", **more: Any) -> dict[str, Any]:
    return {
        "object_id": name,
        "kind": "home",
        "surroundings": "quiet",
        "geometry": shapely.Point(x, y),
    } | more


def test_zones_fill_the_park_and_do_not_overlap(scene: Any) -> None:
    zones = assess(scene(sensitive_objects=[home(-150, 500)]), Parameters())["usable_zones"]
    low = zones[(zones["reading"] == "low") & (zones["objects"] == "with_inside")]
    assert low["area_ha"].sum() == pytest.approx(100.0, abs=1e-3)
    assert shapely.union_all(low.geometry.to_numpy()).area == pytest.approx(1e6, rel=1e-6)
    # nothing nearer than 150 m: category 3.2 up to 200 m
    assert low["category"].iloc[0] == "3.2"


def test_a_zone_at_the_edge_has_the_area_of_a_circle_segment(scene: Any) -> None:
    zones = assess(scene(sensitive_objects=[home(-100, 500)]), Parameters())["usable_zones"]
    lost = zones.loc[
        (zones["reading"] == "low") & (zones["objects"] == "with_inside") & (zones["category"] == "3.2"),
        "area_ha",
    ].sum()
    # the part of a disc of 200 m that reaches more than 100 m over the edge
    segment = 200**2 * math.acos(0.5) - 100 * math.sqrt(200**2 - 100**2)
    assert lost == pytest.approx(segment / 10_000, rel=2e-3)


def test_a_home_inside_counts_only_with_the_objects_inside(scene: Any) -> None:
    park = assess(scene(sensitive_objects=[home(500, 500)]), Parameters())["park_evidence"].iloc[0]
    disc = math.pi * 200**2 / 10_000
    assert park["usable_hmc_certain_ha"] == pytest.approx(100.0 - disc, rel=1e-3)
    assert park["usable_hmc_outside_certain_ha"] == pytest.approx(100.0)
    assert park["objects_inside"] == 1.0


def test_heavy_land_is_what_is_permitted_and_usable(scene: Any) -> None:
    plots = [
        {"plot_id": "1", "max_category": "4.2", "geometry": shapely.box(0, 0, 500, 1000)},
        {"plot_id": "2", "max_category": "3.2", "geometry": shapely.box(500, 0, 1000, 1000)},
    ]
    # the home keeps 4.1 off the western 100 m over the whole height
    wall = home(0, 0, geometry=shapely.box(-110, -500, -100, 1500))
    park = assess(scene(plots=plots, sensitive_objects=[wall]), Parameters())["park_evidence"].iloc[0]
    assert park["permitted_hmc_certain_ha"] == pytest.approx(50.0)
    assert park["heavy_certain_ha"] == pytest.approx(40.0, rel=1e-3)
    assert park["heavy"] == "certain"


def test_noise_governed_land_is_a_figure_of_its_own(scene: Any) -> None:
    estate = [{"estate_id": "z", "kind": "zoned", "geometry": shapely.box(0, 0, 1000, 600)}]
    result = assess(scene(sensitive_objects=[home(9000, 0)], zoned_estates=estate), Parameters())
    park = result["park_evidence"].iloc[0]
    assert (park["governed_ha"], park["heavy_governed_ha"], park["heavy_certain_ha"]) == pytest.approx(
        (60, 60, 40)
    )
    assert park["usable_basis"] == "partly_governed_by_zone"
    zones = result["usable_zones"]
    governed = zones[
        zones["governed_by_zone"] & (zones["reading"] == "low") & (zones["objects"] == "with_inside")
    ]
    assert governed["area_ha"].sum() == pytest.approx(60.0)


def test_the_registry_alone_may_say_that_a_park_is_zoned(scene: Any) -> None:
    zoned = {
        "park_id": "P",
        "name": "P",
        "max_category": "5",
        "zoned": True,
        "geometry": shapely.box(0, 0, 1000, 1000),
    }
    park = assess(scene(parks=[zoned], sensitive_objects=[home(9000, 0)]), Parameters())[
        "park_evidence"
    ].iloc[0]
    assert (park["usable_basis"], park["heavy"]) == ("governed_by_zone", "governed_by_zone")


def test_place_is_measured_and_all_municipalities_are_named(scene: Any) -> None:
    municipalities = [
        {
            "municipality_code": "GM1",
            "name": "West",
            "sub_area": "A",
            "geometry": shapely.box(-5000, -5000, 300, 5000),
        },
        {
            "municipality_code": "GM2",
            "name": "Oost",
            "sub_area": "B",
            "geometry": shapely.box(300, -5000, 9000, 5000),
        },
        {"municipality_code": "GM3", "name": "Leeg", "geometry": shapely.box(9000, -5000, 9900, 5000)},
    ]
    result = assess(scene(municipalities=municipalities), Parameters())
    park = result["park_evidence"].iloc[0]
    assert (park["municipality_code"], park["municipality_codes"], park["sub_area"]) == (
        "GM2",
        "GM2;GM1",
        "B",
    )
    summary = result["summary"]
    by_municipality = summary[summary["scope"] == "municipality"].set_index("area_id")
    assert by_municipality["parks"].to_dict() == {"GM1": 0, "GM2": 1, "GM3": 0}


def test_sums_leave_out_what_was_not_assessed(scene: Any) -> None:
    parks = [
        {"park_id": "P", "name": "P", "max_category": "4.1", "geometry": shapely.box(0, 0, 1000, 1000)},
        {"park_id": "Q", "name": "Q", "geometry": shapely.box(2000, 0, 3000, 1000)},
    ]
    result = assess(scene(parks=parks, sensitive_objects=[home(9000, 9000)]), Parameters())
    total = result["summary"].set_index("scope").loc["total"]
    assert total["permitted_hmc_certain_ha"] == pytest.approx(100.0)
    assert total["parks_not_assessed"] == 2  # no waterways, and Q has no category
    evidence = result["park_evidence"].set_index("park_id")
    assert evidence.loc["Q", "heavy"] == "not_assessed"
    assert evidence["heavy_certain_ha"].isna().to_dict() == {"P": False, "Q": True}


def test_an_atelier_that_says_otherwise_is_set_beside_the_result(scene: Any) -> None:
    spot = shapely.Point(500, 500)
    remarks = [
        {"remark_id": "1", "group": "g", "subject": "permitted_category", "stated": "5.1", "geometry": spot},
        {"remark_id": "2", "group": "g", "subject": "permitted_category", "stated": "4.1", "geometry": spot},
        {
            "remark_id": "3",
            "group": "g",
            "subject": "water_connection",
            "stated": "own_quay",
            "geometry": spot,
        },
        {"remark_id": "4", "group": "g", "subject": "other", "stated": "iets", "geometry": spot},
    ]
    rows = assess(scene(atelier=remarks), Parameters())["disagreements"].set_index("remark_id")
    assert rows["differs"].to_dict() == {"1": "yes", "2": "no", "3": "not_assessed", "4": "not_assessed"}
    assert rows.loc["1", "computed"] == "4.1"


def test_what_is_missing_is_listed_with_its_parks_and_hectares(scene: Any) -> None:
    rows = assess(scene(), Parameters())["not_assessed"].set_index("item_id")
    assert {"layer_waterways", "layer_sensitive_objects", "layer_businesses"} <= set(rows.index)
    assert rows.loc["layer_waterways", "area_ha"] == pytest.approx(100.0)


def test_every_figure_has_a_status(scene: Any) -> None:
    rows = assess(scene(), Parameters())["assumptions"].set_index("assumption_id")
    assert rows.loc["distance_quiet_4.1", "status"] == "sourced"
    assert rows.loc["distance_mixed_4.1", "status"] == "assumption"
    assert rows.loc["parameter_hmc_threshold", "value"] == "4.1"
    assert rows["status"].isin(["sourced", "assumption", "to_verify"]).all()

"""The water ladder on a square park beside a canal."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely
from shapely import LineString

from analysis.evidence import assess
from layers.parameters import Parameters


def canal(y: float, **more: Any) -> dict[str, Any]:
    return {
        "waterway_id": f"w{y}",
        "name": "Kanaal",
        "cemt": "Va",
        "width_m": 40.0,
        "geometry": LineString([(-3000, y), (4000, y)]),
    } | more


def park(scene: Any, **layers: Any) -> pd.Series:
    return assess(scene(**layers), Parameters())["park_evidence"].iloc[0]


def quay(kind: str, y: float = 1004.0, **more: Any) -> dict[str, Any]:
    return {"quay_id": "q", "kind": kind, "geometry": LineString([(200, y), (500, y)])} | more


def test_a_park_on_the_bank_is_adjacent_with_its_side_as_shore(scene: Any) -> None:
    # axis 30 m from the park, half the width is 20 m: 10 m of land in between
    found = park(scene, waterways=[canal(1030.0)])
    assert found["connection"] == "adjacent"
    assert found["connection_cemt"] == "Va"
    assert found["nearest_waterway_m"] == pytest.approx(10.0)
    assert found["shore_m"] == pytest.approx(1000.0)
    assert pd.isna(found["quay_m"])


def test_three_lengths_are_three_figures(scene: Any) -> None:
    quays = [
        quay("own", usable=True, confirmed_by="gemeente", geometry=LineString([(200, 1004), (300, 1004)])),
        quay("own", quay_id="r", geometry=LineString([(400, 1004), (650, 1004)])),
    ]
    found = park(scene, waterways=[canal(1030.0)], quays=quays)
    assert (found["shore_m"], found["quay_m"], found["usable_quay_m"]) == pytest.approx(
        (1000.0, 350.0, 100.0)
    )
    assert (found["connection"], found["quay_confirmed"]) == ("own_quay", "yes")


def test_a_public_quay_nearby_serves_the_park(scene: Any) -> None:
    found = park(scene, waterways=[canal(1320.0)], quays=[quay("public", y=1300.0)])
    assert found["connection"] == "public_quay"
    assert found["quay_m"] == 0.0


@pytest.mark.parametrize(("axis", "expected"), [(1519.0, "near"), (1521.0, "none")])
def test_near_ends_at_its_distance(scene: Any, axis: float, expected: str) -> None:
    assert park(scene, waterways=[canal(axis)])["connection"] == expected


def test_water_without_a_class_is_not_assessed(scene: Any) -> None:
    found = park(scene, waterways=[canal(1030.0, cemt=None)])
    assert found["connection"] == "not_assessed"
    assert found["connection_possible"] == "adjacent"
    assert found["nearest_waterway_m"] == pytest.approx(10.0)


def test_known_water_counts_although_unknown_water_is_nearer(scene: Any) -> None:
    found = park(scene, waterways=[canal(1030.0, cemt=None), canal(-220.0, cemt="II")])
    assert (found["connection"], found["connection_cemt"]) == ("near", "II")
    assert found["connection_possible"] == "adjacent"


def test_every_class_has_its_own_answer(scene: Any) -> None:
    tables = scene(
        waterways=[canal(1030.0), canal(-220.0, cemt="II"), canal(1400.0, cemt="0")], quays=[quay("own")]
    )
    rows = assess(tables, Parameters())["water_by_class"].set_index("cemt")
    assert rows["connection"].to_dict() == {"0": "near", "II": "near", "Va": "own_quay"}
    assert rows["shore_m"].to_dict() == pytest.approx({"0": 0.0, "II": 0.0, "Va": 1000.0})


def test_a_quay_road_is_recorded_and_a_railway_cuts_off(scene: Any) -> None:
    road = {"barrier_id": "1", "kind": "road", "geometry": LineString([(-10, 1005), (400, 1005)])}
    rail = {"barrier_id": "2", "kind": "railway", "geometry": LineString([(400, 1005), (1010, 1005)])}
    found = park(scene, waterways=[canal(1030.0)], barriers=[road, rail])
    assert found["shore_m"] == pytest.approx(400.0)
    assert found["shore_across_road_m"] == pytest.approx(400.0)
    assert found["shore_rejected_m"] == pytest.approx(600.0)
    assert found["rejected_by"] == "railway"
    assert found["connection"] == "adjacent"


def test_fully_behind_a_dike_it_is_only_near(scene: Any) -> None:
    dike = {"barrier_id": "1", "kind": "dike", "geometry": LineString([(-100, 1005), (1100, 1005)])}
    found = park(scene, waterways=[canal(1030.0)], barriers=[dike])
    assert (found["connection"], found["shore_m"]) == ("near", 0.0)


def test_a_quay_between_two_parks_counts_once(scene: Any) -> None:
    parks = [
        {"park_id": "P", "name": "P", "geometry": shapely.box(0, 0, 1000, 1000)},
        {"park_id": "Q", "name": "Q", "geometry": shapely.box(0, 1008, 1000, 1500)},
    ]
    tables = scene(parks=parks, waterways=[canal(3000.0)], quays=[quay("public", y=1003.0)])
    lengths = assess(tables, Parameters())["park_evidence"]["quay_m"]
    assert lengths.tolist() == pytest.approx([300.0, 0.0])


def test_each_rung_of_evidence_is_kept_with_its_source(scene: Any) -> None:
    parks = [
        {"park_id": "P", "name": "P", "water_claim": "own_quay", "geometry": shapely.box(0, 0, 1000, 1000)}
    ]
    firm = {"business_id": "b", "uses_water": True, "geometry": shapely.Point(10, 10)}
    plot = {"plot_id": "K", "water_designation": True, "geometry": shapely.box(0, 900, 100, 1000)}
    tables = scene(
        parks=parks,
        plots=[plot],
        businesses=[firm],
        waterways=[canal(1030.0)],
        quays=[quay("own", usable=False, confirmed_by="gemeente")],
    )
    rows = assess(tables, Parameters())["water_evidence"]
    park_rows = rows[rows["subject"] == "park"].set_index("rung")
    assert park_rows["source"].to_dict() == {
        "registry_claim": "parks",
        "navigable_water": "waterways",
        "shore": "waterways",
        "quay_object": "quays",
        "plan_designation": "plots",
        "municipal_confirmation": "quays",
        "firm_uses_water": "businesses",
    }
    assert park_rows.loc["municipal_confirmation", "value"] == "no"
    assert park_rows.loc["firm_uses_water", "value"] == "yes"


def test_without_waterways_nothing_is_assessed(scene: Any) -> None:
    found = park(scene)
    assert found["connection"] == "not_assessed"
    assert pd.isna(found["shore_m"])

"""What housing plans cost and what firms leave under-used, in round hectares."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from layers.parameters import Parameters

FAR_HOME = {
    "object_id": "far",
    "kind": "home",
    "surroundings": "quiet",
    "geometry": shapely.Point(9000, 9000),
}


def plan(name: str, geometry: shapely.Geometry, **more: Any) -> dict[str, Any]:
    return {
        "plan_id": name,
        "name": name,
        "dwellings": 100,
        "surroundings": "quiet",
        "geometry": geometry,
    } | more


def assessed(scene: Any, **layers: Any) -> dict[str, pd.DataFrame]:
    layers.setdefault("sensitive_objects", [FAR_HOME])
    return assess(scene(**layers), Parameters())


def test_a_plan_beside_the_park_takes_a_strip(scene: Any) -> None:
    # 150 m away over the full side, 4.1 needs 200 m: a strip of 50 x 1000 m is 5 ha
    beside = plan("a", shapely.box(1150, -500, 1300, 1500))
    effects = assessed(scene, housing_plans=[beside])["housing_effects"].iloc[0]
    assert effects["lost_alone_low_ha"] == pytest.approx(5.0, rel=1e-3)
    assert effects["parks_affected"] == "Park"


def test_unknown_surroundings_of_a_plan_give_an_interval(scene: Any) -> None:
    beside = plan("a", shapely.box(1050, -500, 1300, 1500), surroundings=None)
    effects = assessed(scene, housing_plans=[beside])["housing_effects"].iloc[0]
    # 100 m if mixed, 200 m if quiet, 50 m of it outside the park
    assert effects["lost_alone_low_ha"] == pytest.approx(5.0, rel=1e-3)
    assert effects["lost_alone_high_ha"] == pytest.approx(15.0, rel=1e-3)


def test_plans_alone_and_together_with_the_others(scene: Any) -> None:
    one = plan("a", shapely.box(1100, -500, 1300, 1500))
    same_side = plan("b", shapely.box(1150, -500, 1400, 1500))
    other_side = plan("c", shapely.box(-400, -500, -100, 1500))
    result = assessed(scene, housing_plans=[one, same_side, other_side])
    effects = result["housing_effects"].set_index("plan_id")
    assert effects["lost_alone_low_ha"].tolist() == pytest.approx([10.0, 5.0, 10.0], rel=1e-3)
    # b lies wholly in the shadow of a; a loses its neighbour's half when b goes ahead anyway
    assert effects["lost_extra_low_ha"].tolist() == pytest.approx([5.0, 0.0, 10.0], rel=1e-3, abs=1e-6)
    park = result["park_evidence"].iloc[0]
    assert park["housing_lost_low_ha"] == pytest.approx(20.0, rel=1e-3)
    assert park["housing_plans"] == 3


def test_a_plan_cannot_take_what_a_home_has_already_taken(scene: Any) -> None:
    near = [FAR_HOME, {**FAR_HOME, "object_id": "near", "geometry": shapely.box(1001, -500, 1010, 1500)}]
    beside = plan("a", shapely.box(1150, -500, 1300, 1500))
    effects = assessed(scene, sensitive_objects=near, housing_plans=[beside])["housing_effects"].iloc[0]
    assert effects["lost_alone_high_ha"] == pytest.approx(0.0, abs=1e-6)


def test_permitted_rights_hinder_the_plan_in_return(scene: Any) -> None:
    beside = plan("a", shapely.box(1100, 200, 1400, 800))
    result = assessed(scene, housing_plans=[beside])
    right = result["housing_rights"].iloc[0]
    assert (right["subject"], right["subject_id"], right["distance_m"]) == ("park", "P", pytest.approx(100.0))
    assert (right["required_low_m"], right["required_high_m"]) == (200.0, 200.0)
    # 100 m of the plan lies within 200 m of the park: 100 x 600 m is 6 ha
    assert right["plan_within_high_ha"] == pytest.approx(6.0, rel=1e-3)
    assert result["housing_effects"].iloc[0]["hindered_high_ha"] == pytest.approx(6.0, rel=1e-3)


def test_only_heavy_land_can_be_lost(scene: Any) -> None:
    parks = [{"park_id": "P", "name": "Park", "max_category": "3", "geometry": shapely.box(0, 0, 1000, 1000)}]
    beside = plan("a", shapely.box(1050, 0, 1300, 1000))
    effects = assessed(scene, parks=parks, housing_plans=[beside])["housing_effects"].iloc[0]
    assert effects["lost_alone_high_ha"] == 0.0


PLOTS = [
    {
        "plot_id": name,
        "park_id": "P",
        "max_category": "4.2",
        "status": status,
        "geometry": shapely.box(x, 0, x + 100, 100),
    }
    for name, status, x in (
        ("1", "issued", 0),
        ("2", "issued", 200),
        ("3", "issued", 400),
        ("4", "vacant", 600),
    )
]


def firm(name: str, sbi: str | None, x: float, **more: Any) -> dict[str, Any]:
    return {"business_id": name, "sbi": sbi, "geometry": shapely.Point(x, 50)} | more


def test_light_firms_on_heavy_plots_are_under_use(scene: Any) -> None:
    firms = [firm("a", "9521", 50), firm("b", "383202", 250), firm("c", None, 450)]
    result = assessed(scene, plots=PLOTS, businesses=firms)
    plots = result["plot_evidence"].set_index("plot_id")
    assert plots["in_use_high"].tolist() == ["1", "5.2", pd.NA, pd.NA]
    assert plots["underuse_certain_ha"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert plots["in_use_unknown_ha"].tolist() == [0.0, 0.0, 1.0, 0.0]
    assert result["park_evidence"].iloc[0]["underuse_certain_ha"] == 1.0


def test_a_wide_sbi_code_makes_under_use_possible_only(scene: Any) -> None:
    # compounding of plastics: 3.1 to 4.2
    result = assessed(scene, plots=PLOTS[:1], businesses=[firm("a", "222", 50)])
    plot = result["plot_evidence"].iloc[0]
    assert (plot["in_use_low"], plot["in_use_high"]) == ("3.1", "4.2")
    assert (plot["underuse_certain_ha"], plot["underuse_possible_ha"]) == (0.0, 1.0)


def test_a_permit_goes_before_the_sbi_code(scene: Any) -> None:
    result = assessed(scene, plots=PLOTS[:1], businesses=[firm("a", "9521", 50, permit_category="4.1")])
    assert result["plot_evidence"].iloc[0]["in_use_low"] == "4.1"


def test_without_businesses_use_is_not_assessed(scene: Any) -> None:
    result = assessed(scene, plots=PLOTS)
    assert result["plot_evidence"]["underuse_certain_ha"].isna().all()
    assert pd.isna(result["park_evidence"].iloc[0]["underuse_certain_ha"])

"""The indicative usable category on plots where a person can read the distance off the coordinates."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from layers.parameters import Parameters

PLOT = {"plot_id": "K", "park_id": "P", "max_category": "4.1", "geometry": shapely.box(100, 100, 200, 200)}


def home(x: float, y: float, **more: Any) -> dict[str, Any]:
    return {
        "object_id": f"{x}-{y}",
        "kind": "home",
        "surroundings": "quiet",
        "geometry": shapely.Point(x, y),
    } | more


def plot_of(
    scene: Any, objects: list[dict[str, Any]], plot: dict[str, Any] = PLOT, **layers: Any
) -> pd.Series:
    parks = [{"park_id": "P", "name": "Park", "max_category": "4", "geometry": shapely.box(90, 90, 210, 210)}]
    tables = scene(**({"parks": parks} | layers), plots=[plot], sensitive_objects=objects)
    return assess(tables, Parameters())["plot_evidence"].iloc[0]


@pytest.mark.parametrize(
    ("distance", "usable", "verdict"),
    [(199.0, "3.2", "no"), (200.0, "4.1", "certain"), (201.0, "4.1", "certain")],
)
def test_a_quiet_home_at_199_200_and_201_metres(
    scene: Any, distance: float, usable: str, verdict: str
) -> None:
    plot = plot_of(scene, [home(200 + distance, 150)])
    assert (plot["usable_low"], plot["usable_high"]) == (usable, usable)
    assert plot["usable_hmc"] == verdict
    assert plot["binding_distance_m"] == pytest.approx(distance, abs=1e-9)
    assert plot["binding_required_m"] == 200.0


def test_a_mixed_home_needs_one_step_less(scene: Any) -> None:
    plot = plot_of(scene, [home(300, 150, surroundings="mixed")])
    assert (plot["usable_low"], plot["usable_high"]) == ("4.1", "4.1")


def test_unknown_surroundings_give_both_answers(scene: Any) -> None:
    # 100 m: category 3.2 if quiet, 4.1 if mixed
    plot = plot_of(scene, [home(300, 150, surroundings="unknown")])
    assert (plot["usable_low"], plot["usable_high"]) == ("3.2", "4.1")
    assert plot["usable_hmc"] == "possible"


def test_surroundings_come_from_the_layer_when_the_object_has_none(scene: Any) -> None:
    area = [{"area_id": "a", "surroundings": "mixed", "geometry": shapely.box(290, 100, 400, 200)}]
    plot = plot_of(scene, [home(300, 150, surroundings=None)], surroundings=area)
    assert (plot["usable_low"], plot["usable_high"]) == ("4.1", "4.1")


def test_a_houseboat_at_the_quay_decides(scene: Any) -> None:
    plot = plot_of(scene, [home(1500, 150), home(215, 150, kind="houseboat", object_id="boot")])
    # 15 m: only category 1 fits in quiet surroundings
    assert plot["usable_low"] == "1"
    assert plot["binding_kind"] == "houseboat"
    assert plot["binding_margin_m"] == -185.0


def test_nearer_than_the_smallest_distance_not_even_category_one_fits(scene: Any) -> None:
    assert plot_of(scene, [home(205, 150)])["usable_low"] == "0"


def test_an_unknown_kind_counts_in_the_strict_reading_only(scene: Any) -> None:
    plot = plot_of(scene, [home(250, 150, kind="unknown"), home(700, 150)])
    assert (plot["usable_low"], plot["usable_high"]) == ("3.1", "5.1")


def test_a_home_inside_the_park_gives_both_answers(scene: Any) -> None:
    parks = [{"park_id": "P", "name": "Park", "geometry": shapely.box(0, 0, 400, 400)}]
    plot = plot_of(scene, [home(250, 150), home(200 + 520, 150)], parks=parks)
    assert (plot["usable_low"], plot["usable_outside_low"]) == ("3.1", "5.1")


def test_the_own_company_home_does_not_bind_its_own_plot_but_binds_the_next(scene: Any) -> None:
    parks = [{"park_id": "P", "name": "Park", "max_category": "4", "geometry": shapely.box(0, 0, 400, 400)}]
    other = PLOT | {"plot_id": "L", "geometry": shapely.box(240, 100, 300, 200)}
    tables = scene(
        parks=parks,
        plots=[PLOT, other],
        sensitive_objects=[home(195, 150, kind="company_home"), home(5000, 0)],
    )
    plots = assess(tables, Parameters())["plot_evidence"].set_index("plot_id")
    assert plots.loc["K", "usable_low"] == "6"
    # 45 m from the other plot: category 2
    assert (plots.loc["L", "usable_low"], plots.loc["L", "usable_high"]) == ("2", "2")


def test_a_former_company_home_is_protected_against_its_own_plot(scene: Any) -> None:
    plot = plot_of(scene, [home(195, 150, kind="former_company_home")])
    assert (plot["usable_low"], plot["usable_high"]) == ("0", "0")


def test_a_zoned_estate_reports_that_the_zone_governs(scene: Any) -> None:
    estate = [{"estate_id": "z", "kind": "zoned", "geometry": shapely.box(0, 0, 400, 400)}]
    plot = plot_of(scene, [home(250, 150)], zoned_estates=estate)
    assert plot["usable_basis"] == "governed_by_zone"
    assert plot["usable_hmc"] == "governed_by_zone"
    assert plot["heavy"] == "governed_by_zone"


def test_objects_within_the_permitted_distance_are_counted_by_weight(scene: Any) -> None:
    objects = [home(300, 150, weight=20.0), home(399, 150, weight=3.0), home(401, 150, weight=100.0)]
    plot = plot_of(scene, objects)
    assert (plot["objects_in_distance_low"], plot["objects_in_distance_high"]) == (23.0, 23.0)


def test_the_count_is_an_interval_when_the_surroundings_are_unknown(scene: Any) -> None:
    objects = [
        home(300, 150, weight=20.0, surroundings="unknown"),
        home(380, 150, weight=3.0, surroundings="unknown"),
    ]
    plot = plot_of(scene, objects)
    # 4.1 asks 100 m if mixed, 200 m if quiet
    assert (plot["objects_in_distance_low"], plot["objects_in_distance_high"]) == (20.0, 23.0)


def test_without_sensitive_objects_nothing_is_assessed(scene: Any) -> None:
    result = assess(scene(plots=[PLOT]), Parameters())
    plot, park = result["plot_evidence"].iloc[0], result["park_evidence"].iloc[0]
    assert pd.isna(plot["usable_low"])
    assert plot["usable_hmc"] == plot["heavy"] == park["heavy"] == "not_assessed"
    assert pd.isna(park["usable_hmc_certain_ha"])


def test_a_main_category_stays_an_interval(scene: Any) -> None:
    plot = plot_of(scene, [home(5000, 150)], plot=PLOT | {"max_category": None})
    assert (plot["permitted_low"], plot["permitted_high"], plot["permitted_source"]) == (
        "4.1",
        "4.2",
        "registry",
    )
    assert plot["permitted_hmc"] == "certain"
    tables = scene(plots=[PLOT | {"max_category": "4"}], sensitive_objects=[home(5000, 150)])
    stricter = assess(tables, Parameters(hmc_threshold="4.2"))["plot_evidence"].iloc[0]
    assert stricter["permitted_hmc"] == "possible"

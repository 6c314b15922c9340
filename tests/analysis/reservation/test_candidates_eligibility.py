"""Which function may stand where, worked out by hand: the rule that says no, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis.reservation.candidates import find_candidates, survey
from analysis.reservation.reasons import reason_nl, rule_records
from analysis.reservation.rulebook import load_rulebook
from layers.parameters import Parameters
from tests.analysis.reservation.candidates_fixtures import (
    HEAVY,
    LIGHT,
    LOUD,
    WET,
    demand,
    home,
    plot,
    row_of,
    settings,
    world,
)

Scene = Callable[..., dict[str, gpd.GeoDataFrame]]

K1 = shapely.box(0, 0, 200, 100)
"""Two hectares."""
K2 = shapely.box(400, 0, 500, 100)
"""One hectare."""


def judged(
    layers: dict[str, gpd.GeoDataFrame],
    functions: Any = (LIGHT, HEAVY),
    parameters: Parameters | None = None,
    **changes: Any,
) -> pd.DataFrame:
    parameters = parameters or Parameters()
    return find_candidates(world(layers, functions, parameters, **changes), parameters, reference_year=2026)


def rule_of(name: str) -> dict[str, Any]:
    return {str(key): value for key, value in load_rulebook().rules.loc[name].to_dict().items()}


def test_a_home_at_153_metres_is_47_metres_short_of_200(scene: Scene) -> None:
    table = judged(scene(plots=[plot("K1", K1)], sensitive_objects=[home("h", 100, -153)]))
    row = row_of(table, "K1", "FH")
    assert (row["verdict"], row["rule_id"], row["unit"]) == ("no", "usable_category", "m")
    assert (row["value"], row["required"], row["margin"]) == pytest.approx((153.0, 200.0, -47.0))
    assert row["capacity_ha"] == 0.0
    # the light function asks 30 m
    assert row_of(table, "K1", "FL")["verdict"] == "certain"
    assert row_of(table, "K1", "FL")["margin_m"] == pytest.approx(123.0)
    assert row_of(table, "K1", "FL")["capacity_ha"] == pytest.approx(2.0)


def test_the_sentence_holds_the_numbers_and_rounds_away_from_zero(scene: Scene) -> None:
    table = judged(scene(plots=[plot("K1", K1)], sensitive_objects=[home("h", 100, -153)]))
    rule = rule_of("usable_category")
    text = reason_nl(row_of(table, "K1", "FH"), rule)
    assert text == "50 m te kort: 150 van 200 m tot het dichtstbijzijnde gevoelige object."
    assert "47 m te kort: 153 van 200 m" in reason_nl(row_of(table, "K1", "FH"), rule, step_m=1.0)


def test_two_hundred_metres_to_the_millimetre_is_enough(scene: Scene) -> None:
    layers = scene(plots=[plot("K1", K1)], sensitive_objects=[home("h", 100, -200)])
    assert row_of(judged(layers), "K1", "FH")["verdict"] == "certain"


def test_unknown_surroundings_leave_it_possible(scene: Scene) -> None:
    # 4.1 asks 200 m in quiet and 100 m in mixed surroundings
    layers = scene(plots=[plot("K1", K1)], sensitive_objects=[home("h", 100, -153, None)])
    row = row_of(judged(layers), "K1", "FH")
    assert (row["verdict"], row["rule_id"]) == ("possible", "usable_category")
    assert row["margin"] == pytest.approx(-47.0)
    assert row["capacity_ha"] == pytest.approx(2.0)


def test_danger_takes_no_step_down_in_mixed_surroundings(scene: Scene) -> None:
    # ready-mix below 100 t/h (SBI 2363): category 3.2, danger 100 m; the step down would ask 50 m
    danger = {"id": "FD", "category": "3.2", "sbi": "2363"}
    plain = {"id": "FP", "category": "3.2"}
    layers = scene(plots=[plot("K1", K1)], sensitive_objects=[home("h", 100, -60, "mixed")])
    table = judged(layers, (danger, plain))
    assert row_of(table, "K1", "FP")["verdict"] == "certain"
    row = row_of(table, "K1", "FD")
    assert (row["verdict"], row["required"], row["margin"]) == ("no", 100.0, pytest.approx(-40.0))


def test_without_a_layer_of_objects_nothing_is_certain(scene: Scene) -> None:
    row = row_of(judged(scene(plots=[plot("K1", K1)])), "K1", "FL")
    assert (row["verdict"], row["rule_id"]) == ("possible", "usable_category")
    assert pd.isna(row["people"])


def test_a_main_category_is_an_interval(scene: Scene) -> None:
    # category 4 may be 4.1 or 4.2
    functions = (
        {"id": "FA", "category": "4.1"},
        {"id": "FB", "category": "4.2"},
        {"id": "FC", "category": "5.1"},
    )
    layers = scene(plots=[plot("K1", K1, "4")], sensitive_objects=[home("h", 100, -2000)])
    table = judged(layers, functions)
    assert [row_of(table, "K1", name)["verdict"] for name in ("FA", "FB", "FC")] == [
        "certain",
        "possible",
        "no",
    ]
    row = row_of(table, "K1", "FC")
    assert (row["rule_id"], row["margin"], row["unit"]) == ("permitted_category", -1.0, "steps")
    rule = rule_of("permitted_category")
    assert "Stappen onder categorie 5.1: 1." in reason_nl(row, rule)


def test_large_noise_makers_only_where_a_noise_budget_governs(scene: Scene) -> None:
    unknown = {"id": "FU", "category": "4.2", "noise": "unknown"}
    layers = scene(
        plots=[plot("K1", K1, "5.1"), plot("K2", K2, "5.1")],
        sensitive_objects=[home("h", 100, -2000)],
        zoned_estates=[{"estate_id": "Z", "kind": "zoned", "geometry": shapely.box(-10, -10, 210, 110)}],
    )
    table = judged(layers, (LOUD, unknown))
    assert row_of(table, "K1", "FN")["verdict"] == "certain"
    row = row_of(table, "K2", "FN")
    assert (row["verdict"], row["rule_id"], row["margin"]) == ("no", "noise_zone", pytest.approx(-200.0))
    assert row_of(table, "K1", "FU")["verdict"] == "certain"
    assert row_of(table, "K2", "FU")["verdict"] == "possible"


def test_where_a_noise_budget_governs_only_what_is_permitted_counts(scene: Scene) -> None:
    layers = scene(
        plots=[plot("K1", K1, "4.1")],
        sensitive_objects=[home("h", 100, -20)],
        zoned_estates=[{"estate_id": "Z", "kind": "zoned", "geometry": shapely.box(-10, -10, 210, 110)}],
    )
    table = judged(layers, (HEAVY, LOUD))
    assert row_of(table, "K1", "FH")["verdict"] == "certain"
    assert row_of(table, "K1", "FN")["rule_id"] == "permitted_category"


def test_a_plot_is_too_small_by_hectares(scene: Scene) -> None:
    large = {"id": "FG", "category": "2", "minimum": 2.0}
    layers = scene(plots=[plot("K2", K2)], sensitive_objects=[home("h", 450, -900)])
    row = row_of(judged(layers, (large,)), "K2", "FG")
    assert (row["rule_id"], row["unit"]) == ("minimum_area", "ha")
    assert (row["value"], row["required"], row["margin"]) == pytest.approx((1.0, 2.0, -1.0))


def test_water_is_a_place_at_water_of_a_large_enough_class(scene: Scene) -> None:
    canal = {"waterway_id": "A", "name": "Kanaal", "cemt": "Va", "geometry": shapely.box(-500, 110, 250, 150)}
    ditch = {"waterway_id": "B", "name": "Vaart", "cemt": "I", "geometry": shapely.box(390, 110, 510, 120)}
    far = plot("K3", shapely.box(0, -300, 200, -200))
    layers = scene(
        plots=[plot("K1", K1), plot("K2", K2), far],
        waterways=[canal, ditch],
        sensitive_objects=[home("h", 100, -2000)],
    )
    table = judged(layers, (WET, LIGHT))
    assert row_of(table, "K1", "FW")["verdict"] == "certain"
    small = row_of(table, "K2", "FW")
    # class I lies one below the threshold II
    assert (small["rule_id"], small["margin"]) == ("water_class", -1.0)
    row = row_of(table, "K3", "FW")
    # 310 m to the canal, of which 50 m count as beside it
    assert (row["rule_id"], row["margin"], row["unit"]) == ("water", pytest.approx(-260.0), "m")
    assert row_of(table, "K3", "FL")["verdict"] == "certain"


def test_what_is_not_known_is_not_assessed(scene: Scene) -> None:
    parks = [{"park_id": "P", "name": "Park", "geometry": shapely.box(0, 0, 1000, 1000)}]
    layers = scene(
        parks=parks,
        plots=[plot("K1", K1, "2", "unknown"), plot("K2", K2) | {"max_category": None}],
        sensitive_objects=[home("h", 100, -900)],
    )
    table = judged(layers)
    for name, rule in (("K1", "status_unknown"), ("K2", "permitted_unknown")):
        row = row_of(table, name, "FL")
        assert (row["verdict"], row["rule_id"], row["capacity_ha"]) == ("not_assessed", rule, 0.0)


def test_options_and_soft_plans_count_with_their_share_and_in_their_year(scene: Scene) -> None:
    park = {"park_id": "P", "name": "Park", "plan_phase": "zacht", "max_category": "4.1"}
    soft = scene(
        parks=[park | {"geometry": shapely.box(0, 0, 1000, 1000)}],
        plots=[plot("K1", K1)],
        sensitive_objects=[home("h", 100, -900)],
    )
    table = judged(soft)
    # a soft plan starts to issue 7.5 years after 2026: nothing in 2030; in the end 60 % of it goes ahead
    early = row_of(table, "K1", "FL", 2030)
    assert (early["verdict"], early["rule_id"], early["margin"]) == ("no", "release_year", -20.0)
    assert row_of(table, "K1", "FL", 2050)["capacity_ha"] == pytest.approx(1.2)
    option = scene(plots=[plot("K1", K1, status="option")], sensitive_objects=[home("h", 100, -900)])
    # options have run out by 2030 and half of them come free
    assert row_of(judged(option), "K1", "FL", 2030)["capacity_ha"] == pytest.approx(1.0)


def test_issued_land_stays_unless_enough_of_it_is_expected_to_come_free(scene: Scene) -> None:
    layers = scene(
        plots=[plot("K1", K1, status="issued")],
        sensitive_objects=[home("h", 100, -900)],
        businesses=[
            # wholesale of new goods (SBI 5210) is a linear sector; it takes the whole plot
            {
                "business_id": "B",
                "sbi": "5210",
                "sbi_version": "SBI-2008",
                "area_m2": 20_000.0,
                "geometry": shapely.Point(100, 50),
            }
        ],
    )
    tables = world(layers)
    released = pd.DataFrame(
        [
            {"park_id": "P", "sector_id": "L4", "year": year, "area_ha": 2.0, "usable_mid_ha": usable}
            for year, usable in ((2030, 0.2), (2050, 1.0))
        ]
    )
    table = find_candidates(tables | {"released_land": released}, Parameters(), reference_year=2026)
    early = row_of(table, "K1", "FL", 2030)
    assert (early["verdict"], early["rule_id"], early["margin"]) == ("no", "release_year", -20.0)
    late = row_of(table, "K1", "FL", 2050)
    assert (late["verdict"], late["kind"]) == ("certain", "programme")
    assert late["capacity_ha"] == pytest.approx(1.0)
    without = row_of(find_candidates(tables, Parameters(), reference_year=2026), "K1", "FL", 2050)
    assert (without["rule_id"], without["margin"]) == ("in_use", pytest.approx(-0.5))


def test_protected_land_excludes_and_a_part_of_it_does_not_count(scene: Scene) -> None:
    nature = {"area_id": "N", "name": "Natuur", "kind": "natura2000", "hardness": "very_hard"}
    quiet = {
        "area_id": "S",
        "kind": "stiltegebied",
        "hardness": "soft",
        "geometry": shapely.box(-9, -9, 900, 900),
    }
    layers = scene(
        plots=[plot("K1", K1), plot("K2", K2)],
        sensitive_objects=[home("h", 100, -900)],
        # a quarter of K1, three quarters of K2
        protected_areas=[
            nature
            | {"geometry": shapely.MultiPolygon([shapely.box(0, 0, 50, 100), shapely.box(425, 0, 500, 100)])},
            quiet,
        ],
    )
    table = judged(layers)
    assert row_of(table, "K1", "FL")["capacity_ha"] == pytest.approx(1.5)
    row = row_of(table, "K2", "FL")
    assert (row["rule_id"], row["value"], row["margin"]) == (
        "protected",
        pytest.approx(0.75),
        pytest.approx(-0.25),
    )


def housing(phase: str | None, gap: float) -> list[dict[str, Any]]:
    return [
        {
            "plan_id": "W",
            "dwellings": 80.0,
            "phase": phase,
            "surroundings": "quiet",
            "geometry": shapely.box(0, -gap - 100, 200, -gap),
        }
    ]


def test_a_hard_housing_plan_keeps_its_distance_and_a_soft_one_is_counted(scene: Scene) -> None:
    def near(phase: str | None, **changes: Any) -> dict[str, Any]:
        layers = scene(
            plots=[plot("K1", K1)],
            sensitive_objects=[home("h", 100, -2000)],
            housing_plans=housing(phase, 150),
        )
        return row_of(judged(layers, parameters=settings(**changes)), "K1", "FH")

    row = near("hard")
    assert (row["verdict"], row["rule_id"], row["margin"]) == ("no", "housing_distance", pytest.approx(-50.0))
    assert (row["land_verdict"], row["plans"]) == ("certain", "W")
    # the strip within 200 m of the plot is half of the plan: 40 of 80 homes
    for phase in ("soft", None):
        row = near(phase)
        assert row["verdict"] == "certain"
        assert row["conflict"] == pytest.approx(40.0)
    assert near("soft", housing="exclude_all")["verdict"] == "no"
    assert near("soft", housing="price")["verdict"] == "certain"


def test_a_housing_plan_on_the_site_claims_it(scene: Scene) -> None:
    plans = [{"plan_id": "W", "dwellings": 9.0, "phase": "hard", "geometry": shapely.box(0, 0, 100, 100)}]
    layers = scene(plots=[plot("K1", K1)], sensitive_objects=[home("h", 100, -2000)], housing_plans=plans)
    row = row_of(judged(layers), "K1", "FL")
    assert (row["rule_id"], row["value"]) == ("housing_claim", pytest.approx(0.5))


def test_several_rules_keep_the_binding_one_and_the_list(scene: Scene) -> None:
    large = {"id": "FG", "category": "4.2", "minimum": 3.0}
    layers = scene(plots=[plot("K1", K1, "3.1")], sensitive_objects=[home("h", 100, -153)])
    tables = world(layers, (large,))
    row = row_of(find_candidates(tables, Parameters()), "K1", "FG")
    assert row["rule_id"] == "permitted_category"
    assert row["rules"] == "permitted_category;usable_category;minimum_area"
    records = rule_records(survey(tables, Parameters()), "K1", "FG").set_index("rule_id")
    assert list(records.index[records["outcome"] == "no"]) == row["rules"].split(";")
    # 300 m asked, 153 m there; three hectares asked, two there; 4.2 against 3.1
    assert records.loc["usable_category", "margin"] == pytest.approx(-147.0)
    assert records.loc["minimum_area", "margin"] == pytest.approx(-1.0)
    assert records.loc["permitted_category", "margin"] == -3.0


def test_only_homes_inside_the_park_stand_in_the_way(scene: Scene) -> None:
    layers = scene(plots=[plot("K1", K1)], sensitive_objects=[home("in", 300, 50), home("out", 100, -250)])
    row = row_of(judged(layers), "K1", "FH")
    assert (row["verdict"], row["inside_only"]) == ("no", True)
    layers = scene(plots=[plot("K1", K1)], sensitive_objects=[home("in", 300, 50), home("out", 100, -150)])
    assert not row_of(judged(layers), "K1", "FH")["inside_only"]


def test_what_is_circular_already_is_kept(scene: Scene) -> None:
    layers = scene(
        plots=[plot("K1", K1)],
        sensitive_objects=[home("h", 100, -900)],
        circular_facilities=[{"facility_id": "V", "function": "FL", "geometry": shapely.Point(50, 50)}],
    )
    table = judged(layers)
    own, other = row_of(table, "K1", "FL"), row_of(table, "K1", "FH")
    assert (own["kind"], own["verdict"], own["rule_id"]) == ("keep", "no", "kept")
    assert pd.isna(other["kind"])
    assert other["rule_id"] == "kept"


def test_a_park_without_plots_counts_the_hectares_where_the_category_fits(scene: Scene) -> None:
    park = {
        "park_id": "P",
        "name": "Park",
        "max_category": "4.1",
        "net_ha": 80.0,
        "issuable_ha": 40.0,
        "geometry": shapely.box(0, 0, 1000, 1000),
    }
    # a home on the western edge far to the south: 4.1 is kept 200 m away along a line of homes in the west
    homes = [home(f"h{y}", 0, y) for y in range(-300, 1301, 5)]
    table = judged(scene(parks=[park], sensitive_objects=homes))
    row = row_of(table, "P-vacant", "FH")
    # four fifths of the park lie 200 m or more to the east (the chords between homes take almost nothing)
    assert row["capacity_ha"] == pytest.approx(32.0, rel=1e-3)
    assert row_of(table, "P-vacant", "FL")["capacity_ha"] == pytest.approx(40 * 0.97, rel=1e-3)
    assert row_of(table, "P-issued", "FL")["rule_id"] == "in_use"


def test_a_function_out_of_the_province_has_no_candidates(scene: Scene) -> None:
    away = {"id": "FX", "category": "2", "selection": "not_in_province"}
    table = judged(scene(plots=[plot("K1", K1)], sensitive_objects=[home("h", 100, -900)]), (LIGHT, away))
    assert set(table["function"]) == {"FL"}
    classes = survey(world(scene(plots=[plot("K1", K1)]), (LIGHT, away)), Parameters()).every_class.set_index(
        "function"
    )
    assert classes.loc["FX", "role"] == "not_in_province"
    assert "Niet gekozen" in str(classes.loc["FX", "reason_nl"])


def test_land_demand_is_needed(scene: Scene) -> None:
    from gis.errors import InputError

    tables = world(scene(plots=[plot("K1", K1)]))
    for name in demand((LIGHT,)):
        tables.pop(name)
    with pytest.raises(InputError, match="land demand"):
        find_candidates(tables, Parameters())

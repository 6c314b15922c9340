"""The whole step on a region of four municipalities in a row, 10 km apart, a kilometre a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.sharing.alignment import find_alignment
from analysis.sharing.allocation import without_idle
from analysis.sharing.answer import coverage_answer
from analysis.sharing.figures import capacity_of, find_figures, hectares_for
from analysis.sharing.places import find_places
from analysis.sharing.share import allocate, share_functions
from analysis.sharing.travel import find_travel
from gis.errors import InputError
from layers.parameters import Parameters
from layers.results_sharing import SHARING_LAYERS


def changed(parameters: Parameters, **sharing: Any) -> Any:
    values = parameters.model_dump()
    values["sharing"] |= sharing
    return Parameters.model_validate(values)


def test_capacity_follows_the_plot(region: dict[str, Any]) -> None:
    figure = pd.Series(find_figures(region).loc["F05"])
    found = capacity_of(np.array([0.5, 1.0, 2.0, 6.0, 9.0, np.nan]), figure, "catchment")
    np.testing.assert_allclose(found, [10_000, 20_000, 35_000, 100_000, 100_000, 50_000])
    assert hectares_for(35_000, figure, "catchment") == pytest.approx(2.0)
    assert hectares_for(200_000, figure, "catchment") == pytest.approx(12.0)


def test_which_functions_need_alignment_and_why(region: dict[str, Any]) -> None:
    found = find_alignment(region, find_figures(region)).set_index("function_id").loc["F05"]
    # below 20,000 for sure: only Vier; below 100,000 possibly: all
    assert found["verdict"] == "certain"
    assert found["municipalities_certain"] == 1
    assert found["municipalities_possible"] == 4
    assert found["facilities_mid"] == pytest.approx(2.0)
    assert "20.000 tot 100.000 inwoners" in found["why_nl"]


def test_a_function_without_a_catchment_is_not_assessed(region: dict[str, Any]) -> None:
    figures = region["demand_figures"]
    region["demand_figures"] = figures[figures["name"] != "demand.F10.catchment"]
    found = find_alignment(region, find_figures(region)).set_index("function_id").loc["F10"]
    assert found["verdict"] == "not_assessed"
    assert np.isnan(found["catchment_mid"])


def test_two_centres_of_fifty_thousand_split_the_row(region: dict[str, Any], parameters: Parameters) -> None:
    """Places hold 50,000 each. Whole municipalities: Een (40) with Vier (10), and Twee (30) with Drie (20)."""
    found = allocate(region, parameters, function="F05")
    assert len(found.facilities) == 2
    served = found.assignments.set_index("municipality_code")["site_id"]
    assert served["GM1"] == served["GM4"]
    assert served["GM2"] == served["GM3"]
    load = found.facilities.set_index("site_id")["load"]
    assert load.tolist() == [50_000.0, 50_000.0]
    # Een and Vier from P1: 0 and 30 minutes; Twee and Drie from P2: 0 and 10 minutes
    expected = 0.4 * 0 + 0.1 * 30 + 0.3 * 0 + 0.2 * 10
    assert found.outcome.objective == pytest.approx(expected)


def test_splitting_never_costs_more(region: dict[str, Any], parameters: Parameters) -> None:
    whole = allocate(region, parameters, function="F05").outcome.objective
    split = allocate(region, parameters, function="F05", single=False).outcome.objective
    assert split < whole
    # Een at home with 10,000 of Twee; the rest of Twee and Drie and Vier: P1 and P3, all within 50,000
    assert split == pytest.approx(min(0.1 * 10 + 0.2 * 10 + 0.1 * 10, 0.1 * 10 + 0.2 * 10 + 0.1 * 20))


def test_service_areas_are_the_municipalities_served(region: dict[str, Any], parameters: Parameters) -> None:
    areas = allocate(region, parameters, function="F05").service_areas.set_index("facility_id")
    assert areas.loc["F05-P2", "municipality_codes"] == "GM2;GM3"
    assert areas.loc["F05-P2"].geometry.area == pytest.approx(2 * 10_000**2)


def test_an_objection_and_an_agreement_lock(region: dict[str, Any], parameters: Parameters) -> None:
    park = region["parks"].geometry.iloc[1].centroid
    rows = {"outcome_id": ["U1"], "function": ["F05"], "outcome": ["objected"], "geometry": [park]}
    region["session_outcomes"] = gpd.GeoDataFrame(rows, crs="EPSG:28992")
    before = allocate(region, parameters, function="F05", single=False)
    assert "P2" not in set(before.facilities["site_id"])
    region["session_outcomes"]["outcome"] = "agreed"
    after = allocate(region, parameters, function="F05", single=False)
    assert "P2" in set(after.facilities["site_id"])
    assert after.facilities.set_index("site_id").loc["P2", "lock_id"] == "U1"
    free = allocate(
        {k: v for k, v in region.items() if k != "session_outcomes"}, parameters, function="F05", single=False
    )
    assert free.outcome.objective <= min(before.outcome.objective, after.outcome.objective) + 1e-9


def test_tonnes_are_shared_by_inhabitants(region: dict[str, Any], parameters: Parameters) -> None:
    figures = region["demand_figures"]
    extra = {
        "name": "demand.F05.throughput_kt",
        "low": 10.0,
        "mid": 50.0,
        "high": 100.0,
        "status": "assumption",
    }
    region["demand_figures"] = pd.concat([figures, pd.DataFrame([extra])], ignore_index=True)
    region["secondary_capacity"] = pd.DataFrame(
        {"function_id": ["F05"], "sub_area": ["Deelgebied"], "year": [2050], "tonnes_mid": [50_000.0]}
    )
    found = allocate(region, parameters, function="F05", measure="throughput")
    assert found.facilities["load"].tolist() == pytest.approx([50.0])
    assert found.facilities["measure"].tolist() == ["throughput"]


@pytest.mark.parametrize(
    ("function", "facilities", "named"),
    [("F99", None, "F99"), ("F05", 1, "50,000 inhabitants"), ("F05", 9, "4 places are eligible")],
)
def test_bad_input_is_named_with_numbers(
    region: dict[str, Any], parameters: Parameters, function: Any, facilities: Any, named: Any
) -> None:
    with pytest.raises(InputError, match=named) as caught:
        allocate(region, parameters, function=function, facilities=facilities)
    assert "infeasible" not in str(caught.value).lower()


def test_no_candidates_are_named(region: dict[str, Any], parameters: Parameters) -> None:
    region["reservation_candidates"] = region["reservation_candidates"].assign(verdict="no")
    with pytest.raises(InputError, match="0 candidates"):
        allocate(region, parameters, function="F05")
    del region["reservation_candidates"]
    with pytest.raises(InputError, match="reservation_candidates"):
        allocate(region, parameters, function="F05")


def test_every_unknown_name_in_the_parameters_at_once(region: dict[str, Any], parameters: Parameters) -> None:
    with pytest.raises(InputError) as caught:
        share_functions(region, changed(parameters, functions=("F77", "F88")))
    assert len(caught.value.problems) == 2


def test_all_tables_are_there_and_described(region: dict[str, Any], parameters: Parameters) -> None:
    found = share_functions(region, parameters)
    layers = {layer.name: layer for layer in SHARING_LAYERS}
    assert set(found) == set(layers)
    for name, table in found.items():
        columns = [column for column in table.columns if column != "geometry"]
        assert columns == [column.name for column in layers[name].columns]
        for column in layers[name].columns:
            if column.allowed:
                assert set(table[column.name].dropna().astype(str)) <= set(column.allowed), (
                    name,
                    column.name,
                )


def test_functions_keep_out_of_each_others_way(region: dict[str, Any], parameters: Parameters) -> None:
    """Every park has one plot, which both functions may use: with two facilities each they need four parks."""
    found = share_functions(region, parameters)
    chosen = found["shared_functions"]
    assert sorted(chosen["site_id"]) == ["P1", "P2", "P3", "P4"]
    assert (found["alignment_functions"]["result"] == "allocated").all()
    assert (chosen["cost_minutes"] >= chosen["bound_minutes"] - 1e-9).all()


def test_at_most_so_many_burdens_per_host_or_named_by_how_much(
    region: dict[str, Any], parameters: Parameters
) -> None:
    held = share_functions(region, changed(parameters, burdens_per_host=1))["shared_burdens"]
    assert held["burdens"].tolist().count(1) == 2
    assert (held["burdens_over"] == 0).all()
    broken = share_functions(region, changed(parameters, burdens_per_host=0))["shared_burdens"]
    assert broken["burdens_over"].sum() == 2
    assert held["fair_burden_ha"].sum() == pytest.approx(held["burden_ha"].sum())


def test_the_curve_starts_at_the_cheapest_and_never_gets_less_fair(
    region: dict[str, Any], parameters: Parameters
) -> None:
    curve = share_functions(region, parameters)["shared_equity"]
    for _, rows in curve.groupby("function_id"):
        assert rows["tail_minutes"].is_monotonic_decreasing
        assert rows["cost_minutes"].iloc[1] <= rows["cost_minutes"].iloc[0] * (1 + 1e-6)
        assert (rows["extra_cost"] <= rows["allowed_loss"] + 1e-6).all()


def test_each_municipality_has_a_hand_out_with_ids(region: dict[str, Any], parameters: Parameters) -> None:
    texts = share_functions(region, parameters)["shared_handouts"]
    assert set(texts["municipality_code"]) == {"GM1", "GM2", "GM3", "GM4"}
    assert texts["sentence_id"].is_unique
    assert (
        texts.groupby("municipality_code")["topic"].agg(lambda topics: (topics == "question").sum()) >= 1
    ).all()


def test_roads_take_the_place_of_the_approximation_and_no_way_is_not_assessed(
    region: dict[str, Any], parameters: Parameters
) -> None:
    road = shapely.LineString([(5_000, 5_000), (25_000, 5_000)])
    region["roads"] = gpd.GeoDataFrame(
        {"road_id": ["W1"], "speed_kmh": [30.0], "geometry": [road]}, crs="EPSG:28992"
    )
    places, _ = find_places(region, parameters)
    travel = find_travel(region, parameters, places.drop_duplicates("site_id"))
    assert travel.basis == "network"
    assert travel.minutes[0, 1] == pytest.approx(20.0)
    # the fourth lies 10 km from the road
    assert np.isnan(travel.minutes[3]).all()
    table = travel.table()
    assert (table.loc[table["municipality_code"] == "GM4", "basis"] == "not_assessed").all()
    served = allocate(region, parameters, function="F05", single=False).assignments
    assert served.set_index("municipality_code").loc["GM4", "served"] == "not_assessed"


def beyond_the_road(region: dict[str, Any]) -> None:
    """Lay a road past all municipalities and put the fourth park 5 km from it: further than is snapped."""
    road = shapely.LineString([(5_000, 5_000), (35_000, 5_000)])
    region["roads"] = gpd.GeoDataFrame(
        {"road_id": ["W1"], "speed_kmh": [60.0], "geometry": [road]}, crs="EPSG:28992"
    )
    region["parks"].loc[3, "geometry"] = shapely.box(34_800, 9_800, 35_200, 10_200)


def test_a_place_that_no_road_reaches_is_no_candidate_and_named(
    region: dict[str, Any], parameters: Parameters
) -> None:
    """Two functions, one plot per park and three parks within reach: the fourth must not stand in for one."""
    beyond_the_road(region)
    found = share_functions(region, parameters)
    chosen = found["shared_functions"]
    assert "P4" not in set(chosen["site_id"])
    assert (chosen["load"] > 0).all()
    alignment = found["alignment_functions"]
    assert (alignment["result"] == "allocated").all()
    assert alignment["result_nl"].tolist() == ["Niet beoordeeld, want de reistijd is onbekend: Park 4."] * 2
    # it would hold the fourth facility, and there are three places
    with pytest.raises(InputError, match="3 places are eligible"):
        allocate(region, parameters, function="F05", facilities=4)


def test_an_agreed_place_that_no_road_reaches_is_refused(
    region: dict[str, Any], parameters: Parameters
) -> None:
    beyond_the_road(region)
    park = region["parks"].geometry.iloc[3].centroid
    rows = {"outcome_id": ["U1"], "function": ["F05"], "outcome": ["agreed"], "geometry": [park]}
    region["session_outcomes"] = gpd.GeoDataFrame(rows, crs="EPSG:28992")
    with pytest.raises(InputError, match="agreed on for F05 cannot be reached") as caught:
        allocate(region, parameters, function="F05")
    assert caught.value.problems[0].rows == ("P4",)


@pytest.mark.parametrize("asked", [None, 3])
def test_a_place_that_serves_nobody_is_closed_unless_the_number_was_asked(
    region: dict[str, Any], parameters: Parameters, asked: int | None
) -> None:
    """P1 and P2 serve all, P3 is open besides: closing it saves what opening costs."""
    live = allocate(region, parameters, function="F05", facilities=asked)
    instance = live.instance
    # beside P1 (Een, Vier) and P2 (Twee, Drie) stands P3 without anybody, as joint rules may leave it
    opened = np.array([True, True, True, False, True])
    nearest = {0: 0, 1: 1, 2: 1, 3: 0}
    served = np.array(
        [float(nearest[m] == s) for m, s in zip(instance.problem.client, instance.problem.site, strict=True)]
    )
    fixed = np.array([1.0, 1.0, 0.25, 1.0, 0.0])
    instance = replace(instance, problem=replace(instance.problem, fixed=fixed))
    before = replace(live.outcome, opened=opened, served=served, objective=10.0, bound=9.0)
    after, outcome = without_idle(instance, before)
    if asked is None:
        assert outcome.opened.tolist() == [True, True, False, False, True]
        # opening 2, Vier 30 minutes for a tenth, Drie 10 minutes for a fifth
        assert outcome.objective == pytest.approx(2 + 3 + 2)
        assert outcome.bound <= outcome.objective
        assert after.number == (2, 2)
    else:
        assert outcome is before


def test_the_same_answer_with_rows_in_another_order(region: dict[str, Any], parameters: Parameters) -> None:
    first = share_functions(region, parameters)
    other = {name: table.iloc[::-1].reset_index(drop=True) for name, table in region.items()}
    second = share_functions(other, parameters)
    for name in ("shared_functions", "shared_assignments", "shared_equity"):
        left, right = first[name].drop(columns="geometry", errors="ignore"), second[name]
        pd.testing.assert_frame_equal(left, right.drop(columns="geometry", errors="ignore"))


def test_one_centre_and_two_depots_within_so_many_minutes(
    region: dict[str, Any], parameters: Parameters
) -> None:
    found = coverage_answer(region, parameters, {"F05": 1, "F10": 2}, within=10.0)
    rows = found.functions.set_index("function_id")
    # one centre must go to Twee or Drie: 20 minutes; two within 10 minutes: Een or Twee, and Drie or Vier
    assert rows.loc["F05", "smallest_limit"] == pytest.approx(20.0)
    assert rows.loc["F05", "short"] == pytest.approx(50_000.0)
    assert rows.loc["F05", "inhabitants_within"] == pytest.approx(90_000.0)
    assert "te klein voor 50.000 inwoners" in str(rows.loc["F05", "answer_nl"])
    assert rows.loc["F10", "municipalities"] == 4
    depots = found.assignments[found.assignments["function_id"] == "F10"]
    assert set(depots["municipality_code"]) == {"GM1", "GM2", "GM3", "GM4"}


def test_the_smallest_number_by_hand(region: dict[str, Any], parameters: Parameters) -> None:
    # plots of 6 ha hold everybody: two centres reach all four within 10 minutes, one does not
    region["reservation_candidates"]["capacity_ha"] = 6.0
    rows = coverage_answer(region, parameters, {"F05": 1}, within=10.0).functions
    assert rows["smallest_number"].tolist() == [2]
    in_km = coverage_answer(region, parameters, {"F05": 1}, within=20.0, unit="km").functions
    assert in_km["smallest_number"].tolist() == [1]


def test_a_limit_that_nothing_meets_has_no_number(region: dict[str, Any], parameters: Parameters) -> None:
    keep = region["reservation_candidates"]["site_id"] == "K1"
    region["reservation_candidates"] = region["reservation_candidates"][keep].assign(capacity_ha=6.0)
    rows = coverage_answer(region, parameters, {"F05": 1}, within=5.0).functions
    assert rows["smallest_number"].isna().all()
    assert "Geen enkel aantal" in rows["answer_nl"].iloc[0]

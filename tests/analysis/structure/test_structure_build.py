"""The structure of the province on squared paper: every distance and tonne worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.structure.build import build_structure
from layers.parameters import Parameters
from layers.results_structure import STRUCTURE_BY_NAME

Tables = dict[str, pd.DataFrame]
Add = Callable[[Tables], Tables]


def by_id(table: pd.DataFrame, column: str) -> dict[str, pd.Series]:
    return {str(row[column]): row for _, row in table.iterrows()}


def flows_of(found: Tables, year: int, one: str, two: str) -> pd.DataFrame:
    flows = found["structure_flows"]
    return flows[(flows["year"] == year) & (flows["from_function"] == one) & (flows["to_function"] == two)]


def test_links_over_water_follow_the_axes_from_quay_to_quay(scene: Tables) -> None:
    links = by_id(build_structure(scene, Parameters())["structure_links"], "link_id")
    first, second = links["A>B:water:2030"], links["B>C:water:2030"]
    # along the canal from x = 1,000 to x = 21,000
    assert first["km"] == pytest.approx(20.0)
    assert first["along"] == "Kanaal"
    assert first["cemt"] == "Va"
    # back along the canal, over the gap of 100 m and up the harbour
    assert second["km"] == pytest.approx(11.0 + 0.1 + 1.9)
    assert second["along"] == "Kanaal, Haven"
    assert shapely.get_coordinates(second["geometry"]).tolist() == [
        [21_000, 0],
        [10_000, 0],
        [10_000, 100],
        [10_000, 2_000],
    ]
    # the road is the straight line between the middles, with a detour of 1.3
    assert first["road_km"] == pytest.approx(26.0)
    assert second["road_km"] == pytest.approx(np.hypot(11.0, 2.0) * 1.3)
    assert (first["water_certainty"], first["state"], first["mode_nl"]) == (
        "certain",
        "existing",
        "over water",
    )


def test_links_carry_shares_of_what_functions_process(scene: Tables) -> None:
    links = by_id(build_structure(scene, Parameters())["structure_links"], "link_id")
    first, second = links["A>B:water:2030"], links["B>C:water:2030"]
    # 0.3, 0.4 and 0.5 of 100,000
    assert first[["tonnes_low_t", "tonnes_mid_t", "tonnes_high_t"]].tolist() == pytest.approx(
        [30e3, 40e3, 50e3]
    )
    # 0.05, 0.25 and 0.43 of 200,000; the last is more than the 50,000 that concrete takes
    assert second[["tonnes_low_t", "tonnes_mid_t", "tonnes_high_t"]].tolist() == pytest.approx(
        [10e3, 50e3, 50e3]
    )
    assert "ongeveer 40.000 ton per jaar in 2030" in first["reason_nl"]
    assert "Per schip 20,0 km over Kanaal, klasse Va of groter; over de weg 26,0 km." in first["reason_nl"]


def test_without_water_at_one_end_the_way_is_the_road(scene: Tables) -> None:
    water = scene["park_evidence"].copy()
    water.loc[water["park_id"] == "B", ["connection", "connection_possible"]] = "near"
    links = by_id(
        build_structure({**scene, "park_evidence": water}, Parameters())["structure_links"], "link_id"
    )
    assert set(links) == {"A>B:road:2030", "A>B:road:2035", "B>C:road:2030", "B>C:road:2035"}
    assert links["A>B:road:2030"]["km"] == pytest.approx(26.0)
    assert links["A>B:road:2030"]["km_basis"] == "approximation"
    assert list(links["A>B:road:2030"]["geometry"].coords) == [(1_000.0, 300.0), (21_000.0, 300.0)]


def test_water_of_unknown_class_makes_a_way_possible_only(scene: Tables) -> None:
    waters = scene["waterways"].copy()
    waters.loc[waters["waterway_id"] == "W2", "cemt"] = None
    found = build_structure({**scene, "waterways": waters}, Parameters())
    links = by_id(found["structure_links"], "link_id")
    assert links["A>B:water:2030"]["water_certainty"] == "certain"
    # C is at water of class Va for certain, but its nearest known axis is then the canal itself
    assert links["B>C:water:2030"]["water_certainty"] == "certain"
    assert links["B>C:water:2030"]["km"] == pytest.approx(11.0)
    parks = scene["park_evidence"].copy()
    parks.loc[parks["park_id"] == "C", "connection_cemt"] = None
    found = build_structure({**scene, "waterways": waters, "park_evidence": parks}, Parameters())
    links = by_id(found["structure_links"], "link_id")
    assert links["B>C:water:2030"]["water_certainty"] == "possible"
    assert links["B>C:water:2030"]["km"] == pytest.approx(13.0)
    assert "Niet zeker" in links["B>C:water:2030"]["reason_nl"]


def test_a_road_network_replaces_the_straight_line(scene: Tables) -> None:
    water = scene["park_evidence"].assign(connection="none", connection_possible="none")
    roads = water[["geometry"]].head(2).copy()
    roads["road_id"] = ["R1", "R2"]
    roads["geometry"] = [  # type: ignore[assignment]
        shapely.LineString([(1_000, 600), (1_000, 1_600), (21_000, 1_600)]),
        shapely.LineString([(21_000, 1_600), (21_000, 300)]),
    ]
    found = build_structure({**scene, "park_evidence": water, "roads": roads}, Parameters())
    links = by_id(found["structure_links"], "link_id")
    # the middle of A hangs on the start of R1, that of B on the end of R2
    assert links["A>B:road:2030"]["km"] == pytest.approx(1.0 + 20.0 + 1.3)
    assert links["A>B:road:2030"]["km_basis"] == "network"
    assert links["B>C:road:2030"]["km_basis"] == "network"


def test_a_hub_beyond_reach_leaves_the_flow_without_a_hub(scene: Tables) -> None:
    parks = scene["park_evidence"].assign(connection="none", connection_possible="none")
    far = parks.copy()
    far.loc[far["park_id"] == "B", "geometry"] = shapely.affinity.translate(
        far.loc[far["park_id"] == "B", "geometry"].iloc[0], yoff=40_000
    )
    facilities = scene["circular_facilities"].copy()
    facilities.loc[facilities["facility_id"] == "V2", "geometry"] = shapely.Point(21_000, 40_300)  # type: ignore[call-overload]
    found = build_structure({**scene, "park_evidence": far, "circular_facilities": facilities}, Parameters())
    # about 44.7 km apart and 1.3 times that over the road; the exchange makes sense up to 40 km
    assert flows_of(found, 2030, "F05", "F06")["outcome"].tolist() == ["out_of_reach"]
    chain = found["structure_chains"].query("chain_id == 'K01'")
    assert chain["verdict_now"].tolist() == ["single", "out_of_reach", "out_of_reach"]


def test_chains_say_what_is_missing_and_what_hangs_on_one_hub(scene: Tables) -> None:
    chains = build_structure(scene, Parameters())["structure_chains"]
    concrete, asphalt = chains.query("chain_id == 'K01'"), chains.query("chain_id == 'K02'")
    assert concrete["verdict_now"].tolist() == ["single", "single", "single"]
    assert set(concrete["cut_hubs_now"]) == {"A; B; C"}
    assert asphalt["verdict_now"].tolist() == ["single", "single", "missing"]
    assert set(asphalt["runs_now"]) == {"no"}
    assert set(chains["verdict_plan"]) == {"not_assessed"}
    assert concrete["reason_nl"].iloc[1] == (
        "Keten Beton (K01), stap 2, breken tot granulaat: nu op één hub, Terrein B (B). "
        "De keten valt stil zonder Terrein A (A), Terrein B (B) of Terrein C (C)."
    )


def test_a_plan_takes_the_cut_away_from_its_year_on(scene: Tables, with_plan: Add) -> None:
    found = build_structure(with_plan(scene), Parameters())
    step = found["structure_chains"].query("chain_id == 'K01' and step == 2").iloc[0]
    assert (step["verdict_now"], step["verdict_plan"]) == ("single", "several")
    assert step["cut_hubs_plan"] == "A; C"
    assert flows_of(found, 2030, "F05", "F06")["outcome"].tolist() == ["placed"]
    later = flows_of(found, 2035, "F05", "F06")
    # 4 ha of the plan beside one hectare of the facility, whose usual plot is not known
    assert dict(zip(later["outcome"], later["share"], strict=True)) == pytest.approx(
        {"placed": 0.2, "same_site": 0.8}
    )
    hubs = by_id(found["structure_hubs"], "hub_id")
    assert (hubs["A"]["state"], hubs["A"]["functions_proposed"], hubs["A"]["from_year"]) == (
        "extended",
        "F06",
        2035,
    )
    assert hubs["A"]["proposed_ha"] == pytest.approx(4.0)
    assert hubs["A"]["tonnes_inside_t"] == pytest.approx(0.8 * 40_000)
    links = by_id(found["structure_links"], "link_id")
    assert links["A>C:water:2035"]["km"] == pytest.approx(9.0 + 0.1 + 1.9)
    assert links["A>C:water:2035"]["state"] == "proposed"
    assert "A>C:water:2030" not in links


def test_without_a_plan_the_structure_says_so(scene: Tables) -> None:
    basis = by_id(build_structure(scene, Parameters())["structure_basis"], "item_id")
    assert basis["plan"]["value_nl"] == "geen plan in deze uitgave"
    assert basis["firms"]["value_nl"] == "niet in deze uitgave"
    assert basis["layer_policy_structure"]["value_nl"] == "niet in deze uitgave"


def test_hubs_carry_type_level_and_reason(scene: Tables) -> None:
    hubs = by_id(build_structure(scene, Parameters())["structure_hubs"], "hub_id")
    assert hubs["A"]["hub_type_nl"] == "circulair materialenpark"
    assert (hubs["A"]["level"], hubs["D"]["level"]) == ("regional", "local")
    assert (hubs["A"]["water"], hubs["D"]["water"]) == ("certain", "no")
    assert hubs["C"]["cuts_chains"] == "K01"
    assert hubs["A"]["reason_nl"] == (
        "Terrein A (A): circulair materialenpark (regel T01: zware verwerking van materialen op een terrein met "
        "ruimte voor hoge milieucategorie). Niveau regionaal (regel L05: heeft een regionale functie). Er staat "
        "al: sorteercentrum grof afval en bouw- en sloopafval (F05, V1). Ligt aan vaarwater van klasse Va. Gaat "
        "deze plek verloren, dan valt deze keten stil: Beton (K01). In 2035 wisselt de plek materiaal uit met "
        "één andere plek: er gaat ongeveer 40.000 ton per jaar uit."
    )


def firms(scene: Tables, verdicts: list[str]) -> Tables:
    """Add firms of function F16 on park D with these verdicts."""
    names = [f"B{number}" for number in range(len(verdicts))]
    layer = scene["circular_facilities"].iloc[[0] * len(names)][["geometry"]].reset_index(drop=True)
    layer["business_id"], layer["area_m2"] = names, 2_000.0
    layer["geometry"] = [shapely.Point(20_300, 15_000)] * len(names)  # type: ignore[assignment]
    table = pd.DataFrame({"business_id": names, "verdict": verdicts, "function_id": "F16"})
    return {**scene, "businesses": layer, "circular_businesses": table}


@pytest.mark.parametrize(
    ("verdicts", "existing", "possible"),
    [
        (["circular"] * 4, "F01", None),
        (["circular"] * 5, "F01; F16", None),
        (["circular"] * 3 + ["possible"] * 2, "F01", "F16"),
        (["circular"] * 5 + ["possible"] * 2, "F01; F16", None),
        (["circular"] * 5 + ["not_circular"] * 3, "F01; F16", None),
    ],
)
def test_firms_count_only_where_five_stand_together(
    scene: Tables, verdicts: list[str], existing: str, possible: str | None
) -> None:
    hub = by_id(build_structure(firms(scene, verdicts), Parameters())["structure_hubs"], "hub_id")["D"]
    assert hub["functions_existing"] == existing
    assert (None if pd.isna(hub["functions_possible"]) else hub["functions_possible"]) == possible


def test_fewer_than_five_firms_leave_no_trace_at_all(scene: Tables) -> None:
    with_few = build_structure(firms(scene, ["circular"] * 4), Parameters())
    without = build_structure(scene, Parameters())
    for name in ("structure_hubs", "structure_links", "structure_flows", "structure_chains"):
        pd.testing.assert_frame_equal(pd.DataFrame(with_few[name]), pd.DataFrame(without[name]))


def test_a_facility_outside_every_park_is_a_place_of_its_own(scene: Tables) -> None:
    facilities = scene["circular_facilities"].copy()
    facilities.loc[facilities["facility_id"] == "V4", "geometry"] = shapely.Point(30_000, 30_000)  # type: ignore[call-overload]
    hubs = by_id(
        build_structure({**scene, "circular_facilities": facilities}, Parameters())["structure_hubs"],
        "hub_id",
    )
    assert set(hubs) == {"A", "B", "C", "V-V4"}
    assert hubs["V-V4"]["municipality_name"] == "Gemeente"
    assert hubs["V-V4"]["heavy"] == "not_assessed"
    assert pd.isna(hubs["V-V4"]["park_id"])


def test_a_facility_of_an_unknown_function_is_named_and_left_out(scene: Tables) -> None:
    facilities = scene["circular_facilities"].copy()
    facilities.loc[facilities["facility_id"] == "V4", "function"] = "F98"
    found = build_structure({**scene, "circular_facilities": facilities}, Parameters())
    assert by_id(found["structure_basis"], "item_id")["facilities_unknown"]["value_nl"] == "V4"
    assert "D" not in set(found["structure_hubs"]["hub_id"])


def test_shares_of_every_exchange_add_up_to_one(scene: Tables, with_plan: Add) -> None:
    flows = build_structure(with_plan(scene), Parameters())["structure_flows"]
    totals = flows.groupby(["year", "from_function", "to_function"])["share"].sum()
    assert totals.to_numpy() == pytest.approx(np.ones(len(totals)))


def test_order_of_the_rows_changes_nothing(scene: Tables, with_plan: Add) -> None:
    tables = firms(with_plan(scene), ["circular"] * 6)
    shuffled = {name: table.sample(frac=1.0, random_state=4) for name, table in tables.items()}
    one, two = build_structure(tables, Parameters()), build_structure(shuffled, Parameters())
    for name, table in one.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(two[name]))


def test_an_empty_province_gives_empty_tables_with_their_columns(scene: Tables) -> None:
    bare = {name: scene[name] for name in ("park_evidence", "municipalities")}
    found = build_structure(bare, Parameters())
    for name, table in found.items():
        declared = {column.name for column in STRUCTURE_BY_NAME[name].columns}
        assert declared <= set(table.columns)
    assert len(found["structure_hubs"]) == 0
    assert len(found["structure_links"]) == 0
    assert set(found["structure_chains"]["verdict_now"]) == {"missing"}


def test_tables_hold_only_codes_that_are_declared(scene: Tables, with_plan: Add) -> None:
    found = build_structure(firms(with_plan(scene), ["circular"] * 3 + ["possible"] * 2), Parameters())
    for name, table in found.items():
        for column in STRUCTURE_BY_NAME[name].columns:
            if column.allowed:
                assert set(table[column.name].dropna()) <= set(column.allowed), (name, column.name)


def test_weight_classes_and_size_variants_of_a_plan_are_their_function(scene: Tables) -> None:
    plan = pd.DataFrame(
        {
            "plan": ["P1"] * 4 + ["P2"],
            "site_id": ["A-1", "A-2", "D", "nowhere", "B"],
            "function": ["F06-4", "F06a", "F16-3", "F05", "F05"],
            "from_year": [2035, 2030, 2030, 2030, 2030],
            "last_ha": [4.0, 1.0, 2.0, 1.0, 1.0],
        }
    )
    sites = pd.DataFrame({"site_id": ["A-1", "A-2"], "park_id": ["A", "A"]})
    classes = pd.DataFrame({"function": ["F06-4", "F16-3"], "function_id": ["F06", "F16"]})
    tables = {**scene, "reservation_plan": plan, "reservation_sites": sites, "reservation_functions": classes}
    found = build_structure(tables, Parameters())
    hubs = by_id(found["structure_hubs"], "hub_id")
    assert (hubs["A"]["functions_proposed"], hubs["A"]["from_year"], hubs["A"]["proposed_ha"]) == (
        "F06",
        2030,
        5.0,
    )
    assert hubs["D"]["functions_proposed"] == "F16"
    assert pd.isna(hubs["B"]["functions_proposed"])
    assert (
        by_id(found["structure_basis"], "item_id")["plan"]["value_nl"] == "alternatief P1, 3 keuzes, 7,0 ha"
    )
    other = build_structure(tables, Parameters(), plan_id="P2")
    assert by_id(other["structure_hubs"], "hub_id")["B"]["functions_proposed"] == "F05"


def test_hosts_of_shared_functions_count_for_the_level_by_whom_they_serve(scene: Tables) -> None:
    hosts = pd.DataFrame({"function": ["F01"], "park_id": ["D"], "serves": [3]})
    before = by_id(build_structure(scene, Parameters())["structure_hubs"], "hub_id")["D"]
    after = by_id(
        build_structure({**scene, "shared_functions": hosts}, Parameters())["structure_hubs"], "hub_id"
    )["D"]
    assert (before["level"], after["level"], after["level_rule_id"]) == ("local", "regional", "L06")
    assert after["state"] == "extended"

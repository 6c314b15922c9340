"""Pilots among three parks whose every figure is worked out by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.pilots import find_pilots
from layers.parameters import Parameters
from layers.results_structure import STRUCTURE_BY_NAME

Tables = dict[str, pd.DataFrame]

# name, x, outdated, transformed, heavy, permitted, connection, certain under-use
PARKS = (
    ("P", 0, 20.0, 0.0, "certain", "4.2", "own_quay", 10.0),
    ("Q", 5_000, 16.0, 20.0, "certain", "4.2", "own_quay", 8.0),
    ("R", 10_000, 0.0, 0.0, "no", "3.1", "none", 0.0),
    ("S", 15_000, 10.0, 40.0, "no", "3.1", "none", 0.0),
)


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:28992")


def evidence() -> gpd.GeoDataFrame:
    """Give four square parks of 40 ha."""
    rows = []
    for name, x, _, _, heavy, permitted, connection, underuse in PARKS:
        side = np.sqrt(400_000.0)
        rows.append(
            {
                "park_id": name, "name": f"Terrein {name}", "municipality_code": "GM1", "municipality_name": "Gemeente",
                "sub_area": "Midden", "area_ha": 40.0, "gross_ha": 40.0, "net_ha": 32.0, "issuable_ha": 0.0,
                "permitted_low": permitted, "permitted_high": permitted, "usable_basis": "guide_distance",
                "heavy": heavy, "heavy_certain_ha": 40.0 if heavy == "certain" else 0.0, "heavy_governed_ha": 0.0,
                "underuse_certain_ha": underuse, "objects_in_distance_high": 100.0, "housing_hard_lost_high_ha": 0.0,
                "connection": connection, "connection_possible": connection,
                "connection_cemt": "Va" if connection == "own_quay" else None, "in_use_low": "2", "in_use_high": "3.1",
                "water_in_use": "not_assessed", "grid_status": "full", "geometry": shapely.box(x, 0, x + side, side),
            }
        )  # fmt: skip
    return frame(rows)


def plots(parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give two issued plots of 10 and 20 ha per park, and a street."""
    rows = []
    for park in parks.to_dict("records"):
        for number, (area, status) in enumerate(
            ((10.0, "issued"), (20.0, "issued"), (10.0, "public_space")), start=1
        ):
            rows.append(
                {
                    "plot_id": f"{park['park_id']}{number}", "park_id": park["park_id"], "sub_area": "Midden",
                    "status": status, "area_ha": area, "permitted_low": park["permitted_low"],
                    "permitted_high": park["permitted_high"], "usable_low": "6", "usable_high": "6",
                    "usable_basis": "guide_distance", "in_use_low": "2", "in_use_high": "2", "water_in_use": "no",
                    "connection": "none", "connection_possible": "none", "connection_cemt": None,
                    "geometry": park["geometry"],
                }
            )  # fmt: skip
    return frame(rows)


def registry(parks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    result = parks[["park_id", "geometry"]].copy()
    result["outdated_ha"] = [row[2] for row in PARKS]
    result["transformation_ha"] = [row[3] for row in PARKS]
    result["year"], result["plan_phase"] = 2024, "hard"
    return result


@pytest.fixture
def tables() -> Tables:
    parks = evidence()
    owned = plots(parks)[["plot_id", "geometry"]].assign(owner_kind="particulier")
    owned.loc[owned["plot_id"].str.endswith("2"), "owner_kind"] = "Gemeente Utrecht"
    return {
        "park_evidence": parks,
        "plot_evidence": plots(parks),
        "usable_zones": pd.DataFrame(
            {"objects": [], "reading": [], "park_id": [], "category": [], "governed_by_zone": [], "area_ha": []}
        ),
        "parks": registry(parks),
        "plots": owned,
        "grid_congestion": frame(
            [
                {"area_id": "N1", "status": "full", "available_from": 2033, "geometry": shapely.box(-100, -100, 4_000, 4_000)},
                {"area_id": "N2", "status": "none", "available_from": None, "geometry": shapely.box(4_000, -100, 12_000, 4_000)},
            ]
        ).astype({"available_from": "Int64"}),
        "barriers": frame(
            [{"barrier_id": "A1", "kind": "main_road", "name": "A1", "geometry": shapely.LineString([(-5_000, -2_000), (50_000, -2_000)])}]
        ),
    }  # fmt: skip


def pilots(tables: Tables, **changes: Any) -> pd.DataFrame:
    parameters = Parameters.model_validate({"reservation": {"pilots": 1, **changes}})
    return find_pilots(tables, parameters, reference_year=2026)["redevelopment_pilots"].set_index("park_id")


def test_measures_are_those_of_the_evidence(tables: Tables) -> None:
    found = pilots(tables)
    assert found.loc["Q", "transformation_share"] == pytest.approx(0.5)
    assert found.loc["Q", "lasting_ha"] == pytest.approx(16.0)
    # 2 plots on 30 ha; the street is no plot
    assert found.loc["P", "plots_per_ha"] == pytest.approx(2 / 30)
    # the plot of 20 ha out of 30 is the municipality's
    assert found.loc["P", "public_share"] == pytest.approx(2 / 3)
    assert found["grid_years"].tolist()[:3] == [7.0, 0.0, 0.0]
    assert np.isnan(found.loc["S", "grid_years"])  # type: ignore[arg-type]


def test_intensification_is_the_published_total_spread_over_occupied_land(tables: Tables) -> None:
    found = pilots(tables)
    # published by 2030: 84.5 ha from 2020 on, by 2040: 106 ha; read in 2026: 84.5 x 6 / 10 = 50.7
    # a tenth of the gain of 55.3 ha falls on heavy land: P has 30 ha of it, Q half of that
    assert found.loc["P", "intensification_mid_ha"] == pytest.approx(55.3 * 0.1 * 2 / 3)
    assert found.loc["Q", "intensification_mid_ha"] == pytest.approx(55.3 * 0.1 / 3)
    # the rest on light land: all of it on R, for S is transformed whole
    assert found.loc["R", "intensification_mid_ha"] == pytest.approx(55.3 * 0.9)
    assert found.loc["S", "intensification_mid_ha"] == pytest.approx(0.0)
    assert (found["intensification_low_ha"] <= found["intensification_mid_ha"]).all()
    assert (found["intensification_mid_ha"] <= found["intensification_high_ha"]).all()


def test_parks_without_anything_to_renew_or_that_go_away_have_no_rank(tables: Tables) -> None:
    found = pilots(tables)
    assert found["eligible"].to_dict() == {"P": "yes", "Q": "yes", "R": "no", "S": "no"}
    assert found.loc["R", "reason_nl"] == (
        "Terrein R (R): geen plaats in de rangorde, want er is geen verouderde of licht gebruikte grond bekend."
    )
    assert "vrijwel geheel getransformeerd" in found.loc["S", "reason_nl"]  # type: ignore[operator]
    assert found["rank_total"].notna().to_dict() == {"P": True, "Q": True, "R": False, "S": False}


def test_the_short_list_follows_the_total_and_the_reader_may_take_another_measure(tables: Tables) -> None:
    found = pilots(tables)
    assert found["short_list"].to_dict() == {"P": "yes", "Q": "no", "R": "no", "S": "no"}
    assert found.loc["P", ["rank_total", "rank_urgency", "rank_area"]].tolist() == [1, 1, 1]  # type: ignore[operator]
    # 20 of 40 ha outdated and 16 of 40: 1 and 0.8, two thirds of urgency; nothing is lost to housing
    assert found.loc["P", "urgency"] == pytest.approx(2 / 3)
    assert found.loc["Q", "urgency"] == pytest.approx(0.8 * 2 / 3)
    # 20 ha and 16 ha of 20, two thirds; 32 and 16 ha that stay, between 5 and 40, one third
    assert found.loc["P", "area"] == pytest.approx((2 * 1.0 + 27 / 35) / 3)
    assert found.loc["Q", "area"] == pytest.approx((2 * 0.8 + 11 / 35) / 3)


def test_what_is_missing_is_said_and_its_weight_goes_to_the_rest(tables: Tables) -> None:
    found = pilots(tables)
    missing = str(found.loc["P", "not_assessed"]).split("; ")
    assert missing == [
        "vrije grond op het terrein om mee te schuiven",
        "grond die vrijkomt uit krimpende bedrijvigheid",
        "banen op het terrein",
        "ontbrekende of kwetsbare ketenstappen die er passen",
    ]
    # potential lacks 2 + 1 of 10, societal value 1 + 2 of 4; each criterion is a quarter
    assert found.loc["P", "assessed_share"] == pytest.approx((1 + 1 + 0.7 + 0.25) / 4)
    assert (
        "de gewichten van de rest zijn opgehoogd (74 % van het gewicht is beoordeeld)"  # type: ignore[operator]
        in found.loc["P", "reason_nl"]
    )


def test_chain_steps_that_fit_depend_on_category_room_and_water(tables: Tables) -> None:
    chains = pd.DataFrame(
        {
            "functions": ["F05", "F07", "F01; F02", "F06", "F05"],
            "verdict_now": ["single", "missing", "missing", "several", "missing"],
            "verdict_plan": ["not_assessed"] * 5,
        }
    )
    functions = pd.DataFrame(
        {
            "function_id": ["F05", "F07", "F01", "F06", "F05"],
            "category": ["4.2", "3.2", "3.1", "4.2", "5.1"],
            "water_need": ["preferred", "required", "none", "preferred", "none"],
            "large_noise_maker": ["no", "no", "no", "no", "yes"],
            "selection": ["necessary"] * 5,
        }
    )
    found = pilots({**tables, "structure_chains": chains, "circular_functions": functions})
    # P takes sorting (twice), concrete and the yard; R only the yard
    assert found["circular_steps"].to_dict() == {"P": 4.0, "Q": 4.0, "R": 1.0, "S": 1.0}


def firms(count: int) -> gpd.GeoDataFrame:
    return frame(
        [
            {"business_id": f"B{n}", "jobs": 10.0, "geometry": shapely.Point(100 + n, 100)}
            for n in range(count)
        ]
    )


def test_jobs_of_fewer_than_five_firms_are_not_told(tables: Tables) -> None:
    assert np.isnan(pilots({**tables, "businesses": firms(4)}).loc["P", "jobs"])  # type: ignore[arg-type]
    assert pilots({**tables, "businesses": firms(5)}).loc["P", "jobs"] == 50.0


def test_lookalikes_are_other_parks_with_something_to_renew(tables: Tables) -> None:
    parameters = Parameters.model_validate({"reservation": {"pilots": 2}})
    found = find_pilots(tables, parameters, reference_year=2026)["pilot_lookalikes"]
    assert found[["pilot_id", "park_id"]].to_numpy().tolist() == [["P", "Q"], ["Q", "P"]]
    row = found.iloc[0]
    # 20 and 16 of 40 ha outdated differ by 0.1, 10 and 8 of 40 lightly used by 0.05: both within 0.15
    assert row["features_alike"] == (
        "omvang; hoogste toegestane categorie; waterontsluiting; deel met ruimte voor hoge categorie; deel "
        "verouderd; deel licht gebruikt; versnippering; afstand tot de hoofdweg"
    )
    assert row["features_different"] == "wachttijd stroomnet"
    assert row["reason_nl"].startswith("Terrein Q (Q) lijkt op Terrein P (P): afstand ")


def test_order_of_the_rows_changes_nothing(tables: Tables) -> None:
    shuffled = {name: table.sample(frac=1.0, random_state=2) for name, table in tables.items()}
    one = find_pilots(tables, Parameters(), reference_year=2026)
    two = find_pilots(shuffled, Parameters(), reference_year=2026)
    for name, table in one.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(two[name]))


def test_tables_hold_only_codes_and_shares_that_are_declared(tables: Tables) -> None:
    found = find_pilots({**tables, "businesses": firms(6)}, Parameters(), reference_year=2026)
    for name, table in found.items():
        for column in STRUCTURE_BY_NAME[name].columns:
            if column.allowed:
                assert set(table[column.name].dropna()) <= set(column.allowed), (name, column.name)
            if column.minimum is not None:
                assert (table[column.name].dropna() >= column.minimum - 1e-9).all(), (name, column.name)
            if column.maximum is not None:
                assert (table[column.name].dropna() <= column.maximum + 1e-9).all(), (name, column.name)

"""The structure beside nation, neighbours and municipalities, on squared paper."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from analysis.structure.compare import compare_levels, load_agreement_rules


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:28992")


def hub(name: str, hub_type: str, x: float) -> dict[str, Any]:
    return {
        "hub_id": name, "name": f"Terrein {name}", "hub_type": hub_type, "hub_type_nl": hub_type,
        "municipality_name": "Hier", "geometry": shapely.Point(x, 0),
    }  # fmt: skip


def element(name: str, level: str, kind: str, shape: Any) -> dict[str, Any]:
    return {
        "element_id": name,
        "name": f"Element {name}",
        "authority_level": level,
        "kind": kind,
        "geometry": shape,
    }


def vision(name: str, theme: str, text: str, shape: Any) -> dict[str, Any]:
    return {
        "vision_id": name,
        "municipality_code": "GM1",
        "theme": theme,
        "text": text,
        "year": 2024,
        "geometry": shape,
    }


HUBS = frame(
    [hub("A", "materials_park", 0), hub("B", "making_district", 10_000), hub("C", "single_facility", 50_000)]
)
TABLES: dict[str, pd.DataFrame] = {
    "policy_structure": frame(
        [
            element("S1", "national", "goederencorridor", shapely.LineString([(-500, 2_000), (500, 2_000)])),
            element("S2", "neighbouring_province", "binnenhaven", shapely.Point(0, 15_001)),
        ]
    ),
    "municipal_visions": frame(
        [
            vision("G1", "wonen", "mengen van wonen en werken", shapely.box(-1_000, -1_000, 1_000, 1_000)),
            vision("G2", "natuur", "meer groen", shapely.box(9_000, -1_000, 11_000, 1_000)),
            vision("G3", "circulaire economie", "grondstoffen", shapely.box(80_000, 0, 81_000, 1_000)),
        ]
    ),
    "municipalities": frame(
        [{"municipality_code": "GM1", "name": "Hier", "geometry": shapely.box(0, 0, 1, 1)}]
    ),
}


def rows() -> dict[str, pd.Series]:
    table = compare_levels(HUBS, TABLES, load_agreement_rules())
    return {str(row["row_id"]): row for _, row in table.iterrows()}


def test_a_corridor_within_its_distance_agrees_and_says_by_which_rule() -> None:
    row = rows()["A:national:S1"]
    assert (row["verdict"], row["rule_id"], row["distance_m"]) == ("agrees", "A01", 2_000.0)
    assert row["reason_nl"] == (
        "Terrein A (A) sluit aan op Element S1 (S1) op 2,0 km: ligt aan een nationale corridor voor goederen "
        "(regel A01)."
    )


def test_what_lies_a_metre_too_far_is_not_mentioned_with_its_distance() -> None:
    row = rows()["A:neighbouring_province:S2"]
    assert row["verdict"] == "not_mentioned"
    assert pd.isna(row["rule_id"])
    assert row["reason_nl"].endswith("het dichtstbijzijnde element is Element S2 (S2) op 15,0 km.")


def test_a_vision_for_homes_conflicts_with_a_materials_park_and_is_quoted() -> None:
    row = rows()["A:municipal:G1"]
    assert (row["verdict"], row["verdict_nl"]) == ("conflicts", "botst")
    assert 'De visie zegt: "mengen van wonen en werken".' in row["reason_nl"]


def test_a_vision_that_no_rule_speaks_of_is_not_mentioned() -> None:
    row = rows()["B:municipal:G2"]
    assert row["verdict"] == "not_mentioned"
    assert pd.isna(row["rule_id"])
    assert row["reason_nl"] == "Terrein B (B): Visie Hier 2024 (G2) zegt hier niets over."


def test_a_municipality_without_a_vision_says_so() -> None:
    assert (
        rows()["C:municipal:-"]["reason_nl"] == "Terrein C (C): van de gemeente Hier is geen visie ingelezen."
    )


def test_a_level_without_elements_says_so() -> None:
    row = rows()["A:province:-"]
    assert row["reason_nl"] == "Terrein A (A): er is geen element van de provincie ingelezen."


def test_elements_that_no_hub_answers_are_listed_without_a_hub() -> None:
    table = compare_levels(HUBS, TABLES, load_agreement_rules())
    alone = table[table["hub_id"].isna()]
    assert sorted(alone["element_id"]) == ["G2", "G3", "S2"]


def test_levels_without_a_layer_are_not_there() -> None:
    table = compare_levels(HUBS, {"municipalities": TABLES["municipalities"]}, load_agreement_rules())
    assert len(table) == 0
    only = compare_levels(
        HUBS, {name: TABLES[name] for name in ("municipal_visions", "municipalities")}, load_agreement_rules()
    )
    assert set(only["authority_level"]) == {"municipal"}

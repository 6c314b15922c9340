"""Each rule of the plan test on a scene that a person can work out, and the paragraph that comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import shapely

from analysis.plan_paragraph import Source, paragraph
from analysis.plan_rules import OUTCOMES, plan_rules
from analysis.plan_test import look_round, measure_plan
from analysis.plan_words import band, day, listed
from layers.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

# the park of the scene is a square of 1000 m with its corner at 0, 0 and category 4.1 (200 m quiet, 100 m mixed)
SOURCE = Source("abc", "2026-03-01", "verkenning", "exploration", "4.1", sample=True)
FAR = shapely.box(8000, 8000, 8100, 8100)
HOME = {"object_id": "h", "kind": "home", "surroundings": "quiet", "geometry": shapely.Point(-5000, 500)}


def rules(polygon: shapely.Geometry, tables: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    near = look_round(polygon, tables, Parameters())
    found = plan_rules(near, measure_plan(near), tables)
    return {
        str(row["rule"]): (str(row["outcome"]), str(row["reason_nl"]), str(row["reason_en"]))
        for _, row in found.iterrows()
    }


def evidence(connection: str, possible: str) -> pd.DataFrame:
    return pd.DataFrame({"park_id": ["P"], "connection": [connection], "connection_possible": [possible]})


def test_reservations_say_which_and_how_much(scene: Any) -> None:
    tables = scene(reservations=[
        {"reservation_id": "r1", "name": "Puinbreker", "function": "F01", "geometry": shapely.box(0, 0, 200, 100)},
        {"reservation_id": "r2", "function": "F01", "geometry": shapely.box(5000, 0, 5100, 100)},
    ])  # fmt: skip
    outcome, dutch, english = rules(shapely.box(100, 0, 300, 100), tables)["reservations"]
    assert outcome == "not_met"
    assert dutch == "Het plan raakt 1 van de 2 bestaande reserveringen (Puinbreker), samen 1,0 hectare."
    assert english == "The plan touches 1 of the 2 existing reservations (Puinbreker), together 1.0 hectares."
    # beside it is not in it
    assert rules(shapely.box(200, 0, 300, 100), tables)["reservations"][0] == "met"
    assert rules(FAR, scene())["reservations"][0] == "not_assessed"


def test_a_reservation_plan_is_a_rule_only_for_who_sees_it(scene: Any) -> None:
    import geopandas as gpd

    zones = gpd.GeoDataFrame(
        {"zone_id": ["a", "b", "c"], "kind": ["keep", "reserve", "explore"]},
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(100, 0, 150, 100), shapely.box(150, 0, 900, 900)],
        crs="EPSG:28992",
    )
    tables = scene()
    assert "plan_zones" not in rules(FAR, tables)
    outcome, dutch, _ = rules(shapely.box(0, 0, 300, 100), {**tables, "reservation_zones": zones})[
        "plan_zones"
    ]
    assert (outcome, dutch) == (
        "not_met",
        "In het plangebied ligt volgens het conceptplan: 1,0 hectare behouden en 0,5 hectare reserveren.",
    )
    assert (
        rules(shapely.box(200, 200, 300, 300), {**tables, "reservation_zones": zones})["plan_zones"][0]
        == "met"
    )


@pytest.mark.parametrize(
    ("gap", "outcome"),
    # category 4.1: 100 m when mixed, 200 m when quiet, and the surroundings of the plan are not known
    [(50, "not_met"), (150, "perhaps"), (250, "met")],
)
def test_the_guide_distance_in_two_readings(scene: Any, gap: float, outcome: str) -> None:
    found = rules(shapely.box(1000 + gap, 0, 1300 + gap, 100), scene())["distance"]
    assert found[0] == outcome
    if outcome != "met":
        assert f"de afstand is {gap} meter, de richtafstand 100 tot 200 meter" in found[1]
        assert "knelt P:" in found[1]


def test_where_a_permitted_category_is_not_known_nothing_is_met(scene: Any) -> None:
    tables = scene(parks=[{"park_id": "P", "name": "P", "geometry": shapely.box(0, 0, 1000, 1000)}])
    outcome, dutch, _ = rules(shapely.box(1200, 0, 1300, 100), tables)["distance"]
    assert outcome == "perhaps"
    assert "van 1 kavels of terreinen binnen 1.500 meter" in dutch


def test_room_that_is_lost(scene: Any) -> None:
    strip = shapely.box(1000, -500, 1100, 1500)
    # a strip of 100 or 200 m over the full height of 1000 m
    assert rules(strip, scene(sensitive_objects=[HOME]))["room"][:2] == (
        "not_met", "Er verdwijnt 10,0 tot 20,0 hectare, verdeeld over 1 bedrijventerreinen.",
    )  # fmt: skip
    between = shapely.box(1150, -500, 1200, 1500)
    assert rules(between, scene(sensitive_objects=[HOME]))["room"][0] == "perhaps"
    assert rules(FAR, scene(sensitive_objects=[HOME]))["room"][0] == "met"
    assert rules(strip, scene())["room"][0] == "not_assessed"


@pytest.mark.parametrize(
    ("connection", "possible", "outcome", "land"),
    [
        ("own_quay", "own_quay", "not_met", "1,0 hectare"),
        ("not_assessed", "adjacent", "perhaps", "0,0 tot 1,0 hectare"),
        ("near", "near", "met", "0,0 hectare"),
        ("not_assessed", "not_assessed", "not_assessed", "0,0 hectare"),
    ],
)
def test_land_at_the_water(scene: Any, connection: str, possible: str, outcome: str, land: str) -> None:
    quay = {"quay_id": "q", "geometry": shapely.LineString([(2000, 0), (2100, 0)])}
    tables = {**scene(quays=[quay]), "park_evidence": evidence(connection, possible)}
    found = rules(shapely.box(0, 0, 100, 100), tables)["water"]
    assert found[0] == outcome
    assert f"aan het water {land}; kade 0 meter" in found[1]


def test_a_quay_alone_is_enough_and_one_without_length_is_not_a_zero(scene: Any) -> None:
    quay = {"quay_id": "q", "geometry": shapely.LineString([(8000, 8050), (8040, 8050)])}
    assert rules(FAR, scene(quays=[quay]))["water"][0] == "not_met"
    point = {"quay_id": "q", "geometry": shapely.Point(8050, 8050)}
    near = look_round(FAR, scene(quays=[point]), Parameters())
    row = measure_plan(near)["figures"].set_index("figure").loc["quay"]
    assert str(row["low"]) == "nan"
    assert row["note_nl"] == "niet beoordeeld: van 1 kaden in het plangebied is de lengte niet bekend"
    both = scene(quays=[point, quay | {"quay_id": "r"}])
    row = measure_plan(look_round(FAR, both, Parameters()))["figures"].set_index("figure").loc["quay"]
    assert (row["low"], row["note_en"]) == (40.0, "the length of 1 quays in the plan area is not known")


def test_a_zoned_estate_by_its_own_layer_or_by_the_registry(scene: Any) -> None:
    estate = {"estate_id": "z", "geometry": shapely.box(950, 0, 1050, 100)}
    plan = shapely.box(1000, 0, 1100, 100)
    outcome, dutch, _ = rules(plan, scene(zoned_estates=[estate]))["zoned"]
    assert outcome == "not_met"
    assert dutch.startswith("Van het plan ligt 0,5 hectare op gezoneerd terrein.")
    park = {"park_id": "P", "name": "P", "zoned": True, "geometry": shapely.box(0, 0, 1000, 1000)}
    assert rules(shapely.box(0, 0, 10, 10), scene(parks=[park]))["zoned"][0] == "not_met"
    assert rules(FAR, scene(parks=[park]))["zoned"][0] == "met"
    assert rules(FAR, scene())["zoned"][0] == "not_assessed"


def test_other_housing_plans(scene: Any) -> None:
    plan = {"plan_id": "w", "name": "Kade", "geometry": shapely.box(8050, 8000, 8200, 8100)}
    assert rules(FAR, scene(housing_plans=[plan]))["housing"][:2] == (
        "not_met", "Van de 1 bekende plannen overlappen er 1 (Kade), samen 0,5 hectare.",
    )  # fmt: skip
    assert rules(shapely.box(0, 0, 9, 9), scene(housing_plans=[plan]))["housing"][0] == "met"
    assert rules(FAR, scene())["housing"][0] == "not_assessed"


def test_the_paragraph_has_numbers_units_bands_and_status(scene: Any) -> None:
    strip = shapely.box(950, 0, 1100, 1000)
    tables = scene(
        sensitive_objects=[HOME | {"geometry": shapely.Point(960, 500)}, HOME | {"object_id": "i"}]
    )
    near = look_round(strip, tables, Parameters())
    answer = measure_plan(near)
    found = plan_rules(near, answer, tables)
    dutch, english = (paragraph(answer, found, SOURCE, language) for language in ("nl", "en"))
    assert 5 <= len(dutch) == len(english) <= 8
    text = " ".join(dutch)
    assert "Concept" in dutch[0]
    assert "Het plangebied is 15,0 hectare groot; daarvan is 5,0 hectare bedrijventerrein (Park)." in text
    assert (
        "kade: niet beoordeeld; bedrijven: niet beoordeeld; woningen en andere gevoelige objecten: 1." in text
    )
    assert "1 maart 2026, status: verkenning; voorbeeldgegevens" in text
    assert "1 March 2026, status: exploration; sample data" in " ".join(english)
    assert "{" not in text + " ".join(english)
    assert sum(len(found[found["outcome"] == outcome]) for outcome in OUTCOMES) == len(found)


def test_words() -> None:
    assert band(1234.56, 2000, "ha", "nl") == "1.234,6 tot 2.000,0 hectare"
    assert band(1234.56, 1234.56, "ha", "en") == "1,234.6 hectares"
    assert band(0.01, 0.01, "ha", "nl") == "minder dan 0,1 hectare"
    assert band(0.0, 0.0, "m", "nl") == "0 meter"
    assert band(float("nan"), 1.0, "m", "en") == "not assessed"
    assert listed(["a", "b", "c", "d"], 2, "nl") == "a, b en 2 andere"
    assert listed(["a", "b"], 2, "en") == "a and b"
    assert day("-", "nl") == "-"

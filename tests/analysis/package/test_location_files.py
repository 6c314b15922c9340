"""One zone with a heavy function, one that is kept, and what of it may stand in a file that is passed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis.package.location_files import (
    LocationFileSettings,
    location_files_by_municipality,
    make_location_files,
)
from layers.documents import Facts, Figure, Heading, Items, Paragraph, Table
from layers.exports.location_id import location_id, namespace_of
from maps.documents.content import Picture, prepare

if TYPE_CHECKING:
    from layers.documents import Document

SETTINGS = LocationFileSettings("Voorbeeldprovincie", "candidate", dt.date(2026, 1, 1), sample=True)
HA = ("area", "chosen", "heavy", "wet", "grid", "category_unknown", "category_light", "category_4_1",
      "category_4_2", "category_5_up", "at_water", "near_water", "dry", "water_unknown", "no_regret", "robust",
      "replaceable", "only_some_futures", "not_assessed")  # fmt: skip


def zone(
    zone_id: str, kind: str, functions: str | None, year: int | None, **hectares: float
) -> dict[str, Any]:
    return {
        "zone_id": zone_id, "park_id": zone_id[:2], "park_name": "Haven & Zn.", "municipality_code": "GM0001",
        "sub_area": "West", "kind": kind, "label": "not_assessed", "sites": 2, "functions": functions,
        "from_year": year, "shares_ground_with": None, "reasons": "P07",
        **{f"{name}_ha": hectares.get(name, 0.0) for name in HA},
    }  # fmt: skip


def plot(plot_id: str, area: float, **other: Any) -> dict[str, Any]:
    return {
        "plot_id": plot_id, "park_id": plot_id[:2], "status": "vacant", "area_ha": area, "permitted_low": "4.1",
        "permitted_high": "4.2", "usable_low": "4.1", "usable_high": "4.1", "connection": "own_quay",
        "nearest_waterway_name": "Kanaal", "nearest_waterway_cemt": "Va", "shore_m": 120.0, "quay_m": 80.0,
        "usable_quay_m": 40.0, "objects_in_distance_low": 3.0, "objects_in_distance_high": 7.0,
        "in_use_low": None, **other,
    }  # fmt: skip


def candidate(
    site: str, verdict: str, rule: str | None, margin: float | None, unit: str | None, **other: Any
) -> dict[str, Any]:
    return {
        "site_id": site, "function": "F06", "year": 2030, "verdict": verdict, "rule_id": rule, "margin": margin,
        "unit": unit, "capacity_ha": 2.0 if verdict == "certain" else 0.0, "margin_m": 10.0, **other,
    }  # fmt: skip


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    rules = [
        {"rule_id": rule, "label_nl": label, "change_nl": change}
        for rule, label, change in (
            ("usable_category", "Afstand", "Minder woningen."),
            ("in_use", "Blijft in gebruik", "Verplaatsing."),
            ("housing_claim", "Woningbouwplan op de plek", "Het plan wijkt."),
        )
    ]
    zones = [
        zone("P1-programme", "programme", "F06", 2030, area=9.5, chosen=9.5, heavy=7.25, wet=2.0, category_5_up=7.25, category_unknown=2.25, at_water=2.0, dry=7.5),
        zone("P1-keep", "keep", None, None, area=4.0, heavy=4.0),
        zone("P2-keep", "keep", None, None, area=12.0, heavy=3.0, wet=1.0),
    ]  # fmt: skip
    site = {"rule_id": "P07", "why_nl": "Het stroomnet is nog vol."}
    return {
        "reservation_zones": gpd.GeoDataFrame(
            zones, geometry=[shapely.box(i * 1e4, 4e5, i * 1e4 + 500, 4e5 + 500) for i in range(3)], crs="EPSG:28992"
        ),
        "site_protection": pd.DataFrame(
            [
                {**site, "site_id": "P1-K1", "park_id": "P1", "kind": "programme", "area_ha": 6.5},
                {**site, "site_id": "P1-K2", "park_id": "P1", "kind": "programme", "area_ha": 3.0},
                {**site, "site_id": "P1-K3", "park_id": "P1", "kind": "keep", "area_ha": 4.0},
            ]
        ),
        "plot_evidence": pd.DataFrame([plot("P1-K1", 6.5), plot("P1-K2", 3.0, quay_m=None), plot("P1-K3", 4.0)]),
        "reservation_plan": pd.DataFrame(
            [{"site_id": "P1-K1", "function": "F06", "from_year": 2030, "people": 44.0, "certain": True}]
        ),
        "reservation_functions": pd.DataFrame([{"function": "F06", "name_nl": "Puinbreker"}]),
        "reservation_rules": pd.DataFrame(rules),
        "reservation_candidates": pd.DataFrame(
            [
                candidate("P1-K1", "certain", None, None, None, margin_m=-176.3),
                candidate("P9-K1", "certain", None, None, None),
                candidate("P9-K2", "no", "usable_category", -35.4, "m"),
                candidate("P9-K3", "no", "usable_category", -120.0, "m"),
                candidate("P9-K4", "no", "in_use", -0.777, "ha"),
                candidate("P9-K5", "no", "housing_claim", -0.333, "share"),
                candidate("P9-K6", "not_assessed", "status_unknown", None, None),
            ]
        ),
        "reservation_sites": pd.DataFrame(
            [
                {"site_id": "P1-K1", "park_id": "P1", "park_name": "Haven", "municipality_code": "GM0001", "governed": True},
                {"site_id": "P9-K1", "park_id": "P9", "park_name": "Elders", "municipality_code": "GM0002", "governed": False},
            ]
        ),
        "reservation_conflicts": pd.DataFrame(
            [{"site_id": "P1-K1", "function": "F06", "plans": "W-HARD;W-ZACHT;W-ONBEKEND"}]
        ),
        "plan_conflicts": pd.DataFrame([{"plan_id": "W-HARD", "site_ids": "P1-K2;P9-K1"}]),
        "housing_plans": pd.DataFrame(
            [
                {"plan_id": "W-HARD", "name": "Vastplan", "phase": "hard", "dwellings": 1250.0},
                {"plan_id": "W-ZACHT", "name": "Geheimplan", "phase": "soft", "dwellings": 777.0},
                {"plan_id": "W-ONBEKEND", "name": "Schimmig", "phase": None, "dwellings": 888.0},
            ]
        ),
        "zone_instruments": pd.DataFrame(
            [
                {"zone_id": "P1-programme", "instrument_id": code, "name_nl": name, "who": who, "status": "to_verify"}
                for code, name, who in (("B11", "Verdichten", "municipality"), ("B20", "Paragraaf in de visie", "province"))
            ]
        ),
        "municipalities": pd.DataFrame(
            [{"municipality_code": "GM0001", "name": "Súd"}, {"municipality_code": "GM0002", "name": "Noord"}]
        ),
    }  # fmt: skip


def texts(document: Document) -> str:
    found: list[str] = [document.title, document.subtitle, document.status]
    for part in document.parts:
        if isinstance(part, Heading | Paragraph):
            found.append(part.text)
        elif isinstance(part, Items):
            found += part.texts
        elif isinstance(part, Facts):
            found += [" | ".join(pair) for pair in part.pairs]
        elif isinstance(part, Table):
            found += [part.caption, *(" | ".join(row) for row in part.rows)]
        elif isinstance(part, Figure):
            found += [part.caption, part.alternative]
    return "\n".join(found)


def file_of(
    tables: dict[str, pd.DataFrame], name: str, settings: LocationFileSettings = SETTINGS
) -> Document:
    return next(item for item in make_location_files(tables, settings=settings) if item.name == name)


@pytest.fixture
def heavy(tables: dict[str, pd.DataFrame]) -> Document:
    return file_of(tables, "locatiedossier-p1-programme")


def test_every_zone_has_a_file_with_the_sections_that_a_decision_needs(
    tables: dict[str, pd.DataFrame],
) -> None:
    files = make_location_files(tables, settings=SETTINGS)
    assert [item.name for item in files] == [
        "locatiedossier-p1-keep", "locatiedossier-p1-programme", "locatiedossier-p2-keep",
    ]  # fmt: skip
    for item in files:
        anchors = [part.anchor for part in item.parts if isinstance(part, Heading) and part.level == 1]
        assert anchors == [
            "kort", "bewijs", "waarom", "alternatieven", "gezondheid", "woningbouw", "regels", "instrumenten",
            "procedure", "niet-beoordeeld", "zienswijzen", "bronnen",
        ]  # fmt: skip
        assert "kandidaat" in item.status
        assert "Voorbeeld" in item.status


def test_evidence_is_what_the_tables_hold(heavy: Document) -> None:
    text = texts(heavy)
    assert "5.1 en hoger | 7,3 ha" in text
    assert "niet beoordeeld | 2,3 ha" in text
    assert "aan het water | 2,0 ha" in text
    # two plots of 120 m shore; the quay of one is unknown
    assert "Oeverlengte van de kavels | 240 m" in text
    assert "Kadelengte (er is een kade) | 80 m" in text
    assert "Kavels | 2: 2 uitgeefbaar" in text
    assert "P07 | Het stroomnet is nog vol. | 2 | 9,5 ha" in text


def test_a_plot_above_five_hectares_meets_the_condition(
    heavy: Document, tables: dict[str, pd.DataFrame]
) -> None:
    warnings = [part.text for part in heavy.parts if isinstance(part, Paragraph) and part.tone == "warning"]
    assert any("Eén kavel is groter dan 5 ha (de grootste is 6,5 ha)" in text for text in warnings)
    assert "nog te voldoen | 1 van 2 kavels groter dan 5 ha | te verifiëren" in texts(heavy)
    # a large plot that is in use is no matter for a rule on new ones
    plots = tables["plot_evidence"].assign(status="issued")
    used = {**tables, "plot_evidence": plots, "reservation_plan": tables["reservation_plan"].iloc[:0]}
    text = texts(file_of(used, "locatiedossier-p1-programme"))
    assert "voldaan | groter dan 5 ha zijn alleen kavels die al in gebruik zijn (1)" in text
    assert "Splits de kavel" not in text
    needs = tables["reservation_functions"].assign(minimum_ha=6.0)
    text = texts(file_of({**tables, "reservation_functions": needs}, "locatiedossier-p1-programme"))
    assert "Puinbreker: het kental vraagt een kavel van meer dan 5 ha" in text
    small = texts(file_of(tables, "locatiedossier-p1-keep"))
    assert "voldaan | geen kavel groter dan 5 ha" in small
    assert "niet beoordeeld | er zijn geen kavels bekend" in texts(file_of(tables, "locatiedossier-p2-keep"))


def test_alternatives_bear_rule_and_margin_but_not_what_is_confidential(heavy: Document) -> None:
    text = texts(heavy)
    # of six other sites: one certain, four fell away, one not assessed
    assert "Puinbreker | 1 | 0 | 4 | 1 | 0" in text
    assert "Afstand | 2 | 35 m | Minder woningen." in text
    assert "Blijft in gebruik | 1 | niet openbaar | Verplaatsing." in text
    assert "Woningbouwplan op de plek | 1 | niet openbaar | Het plan wijkt." in text
    assert "0,8" not in text
    assert "33 %" not in text
    assert "Elders | Noord | 1 | 2,0 ha | zeker" in text


def test_a_distance_that_is_not_kept_is_said_to_be_a_choice_about_health(heavy: Document) -> None:
    text = texts(heavy)
    assert "Puinbreker | 44 | 175 m te kort" in text
    assert "keuze over gezondheid" in text
    assert "gezoneerd industrieterrein" in text
    assert "3 tot 7 bij de kavel met de meeste" in text


def test_without_a_new_function_no_distance_is_shortened(tables: dict[str, pd.DataFrame]) -> None:
    text = texts(file_of(tables, "locatiedossier-p1-keep"))
    assert "verkort geen afstand" in text
    # the other kept zone of the sub-area, by hand: 3 ha heavy and 1 ha wet
    assert "1 zone met dezelfde beschermingsvorm, met samen 3,0 ha zware en 1,0 ha natte grond" in text


def test_housing_plans_that_are_not_adopted_are_counted_and_not_named(
    heavy: Document, tables: dict[str, pd.DataFrame]
) -> None:
    text = texts(heavy)
    assert "Vastplan | vastgesteld | 1.250" in text
    for secret in ("Geheimplan", "Schimmig", "W-ZACHT", "777", "888"):
        assert secret not in text
    assert "botsen 2 woningbouwplannen" in text
    shown = texts(file_of(tables, "locatiedossier-p1-programme", replace(SETTINGS, undecided_plans=True)))
    assert "Geheimplan | nog niet vastgesteld | 777" in shown


def test_instruments_name_who_adopts_and_who_is_bound(tables: dict[str, pd.DataFrame]) -> None:
    files = make_location_files(tables, settings=SETTINGS, binds={"B11": "wie bouwt"})
    text = texts(files[1])
    assert "B11 | Verdichten | gemeente | wie bouwt | te verifiëren" in text
    assert "B20 | Paragraaf in de visie | provincie | de provincie zelf | te verifiëren" in text


def test_the_step_of_the_procedure_and_room_for_views_stand_in_the_file(heavy: Document) -> None:
    tables = {part.caption: part.rows for part in heavy.parts if isinstance(part, Table)}
    assert tables["Stappen in de procedure"][:3] == (
        ("Verkenning", "doorlopen"), ("Kandidaat", "nu"), ("Ontwerp", "nog niet"),
    )  # fmt: skip
    views = tables["Zienswijzen op deze locatie"]
    assert len(views) == 6
    assert all(row[1:] == ("",) * 5 for row in views)


def test_the_lasting_id_is_that_of_the_shape(tables: dict[str, pd.DataFrame]) -> None:
    namespace = namespace_of("pv99")
    found = file_of(tables, "locatiedossier-p1-keep", replace(SETTINGS, namespace=namespace))
    shape = tables["reservation_zones"].geometry.iloc[1]
    assert f"Vaste id van de locatie | {location_id(shape, namespace)}" in texts(found)


def test_one_municipality_gets_its_own_files_only(tables: dict[str, pd.DataFrame]) -> None:
    assert not make_location_files(tables, settings=replace(SETTINGS, municipality="GM0002"))
    assert len(make_location_files(tables, settings=replace(SETTINGS, municipality="GM0001"))) == 3


def test_every_file_can_be_drawn(tables: dict[str, pd.DataFrame]) -> None:
    picture = Picture(b"", 160.0, 100.0, "Kaart")
    for item in make_location_files(tables, settings=SETTINGS):
        figures = {part: picture for part in item.parts if isinstance(part, Figure)}
        assert len(figures) == 1
        assert prepare(item, figures).document.title == item.title


def test_files_by_municipality_are_the_same_files(tables: dict[str, pd.DataFrame]) -> None:
    every = location_files_by_municipality(tables, settings=SETTINGS)
    assert every == {"GM0001": make_location_files(tables, settings=SETTINGS)}


def test_without_the_other_tables_everything_is_not_assessed(tables: dict[str, pd.DataFrame]) -> None:
    bare = {"reservation_zones": tables["reservation_zones"]}
    text = texts(file_of(bare, "locatiedossier-p1-programme"))
    assert "geen toets aan woningbouwplannen" in text
    assert "geen tabel met afgewogen plekken" in text
    assert "noemt geen instrumenten" in text
    assert "nan" not in text.lower().split()


def test_robustness_stands_in_the_file_when_it_was_calculated(tables: dict[str, pd.DataFrame]) -> None:
    assert "Niet beoordeeld: er is niet doorgerekend" in texts(file_of(tables, "locatiedossier-p1-programme"))
    more = {
        **tables,
        "site_acceptability": pd.DataFrame([{"site_id": "P1-K1", "function": "F06", "acceptability": 0.83}]),
        "site_replacement": pd.DataFrame([{"site_id": "P1-K1", "verdict": "partly"}]),
    }
    text = texts(file_of(more, "locatiedossier-p1-programme"))
    # 83 per cent in steps of five
    assert "gekozen in 85 % van de doorrekeningen. Dat is geen kans." in text
    assert "Als een plek wegvalt: 1 deels te vervangen." in text


def test_two_runs_give_the_same_files(tables: dict[str, pd.DataFrame]) -> None:
    shuffled = {name: table.sample(frac=1.0, random_state=3) for name, table in tables.items()}
    first = make_location_files(tables, settings=SETTINGS)
    assert first == make_location_files(tables, settings=SETTINGS)
    assert [item.name for item in make_location_files(shuffled, settings=SETTINGS)] == [
        item.name for item in first
    ]

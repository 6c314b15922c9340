"""Labels, kinds of protection and zones, by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.reservation.labels import EVIDENCE, LABELS, label_sites, load_label_rules
from analysis.reservation.locations import dissolve
from analysis.reservation.protection import FACTS, KINDS, decide, instruments_of
from analysis.reservation.scenarios import at_place
from layers.facts import read_facts
from layers.results_protection import KINDS as DECLARED_KINDS
from layers.results_robust import LABELS as DECLARED_LABELS

NAN = float("nan")


@pytest.mark.parametrize(
    ("acceptability", "portfolio", "scenarios", "replacement", "label"),
    [
        (0.97, 1.0, 1.0, 0.0, "no_regret"),
        (0.60, 0.5, 1.0, 2.0, "no_regret"),
        (0.60, 0.5, 1.0, np.inf, "no_regret"),
        (0.80, 0.6, 0.8, 0.0, "robust"),
        (0.97, 1.0, 0.9, NAN, "robust"),
        (0.97, 1.0, 0.4, 0.0, "only_some_futures"),
        (0.30, 0.4, 0.8, 0.0, "replaceable"),
        (NAN, 1.0, 1.0, 0.0, "not_assessed"),
    ],
)
def test_the_first_rule_that_fits_gives_the_label(
    acceptability: float, portfolio: float, scenarios: float, replacement: float, label: str
) -> None:
    numbers = (acceptability, portfolio, scenarios, replacement)
    evidence = {name: np.array([number]) for name, number in zip(EVIDENCE, numbers, strict=True)}
    found = label_sites(evidence).iloc[0]
    assert found["label"] == label
    assert found["definition_nl"]


def test_every_threshold_is_marked_as_an_assumption() -> None:
    assert {rule.status for rule in load_label_rules()} == {"assumption"}
    assert {rule.label for rule in load_label_rules()} | {"not_assessed"} == set(LABELS)
    assert set(DECLARED_LABELS) == set(LABELS)
    assert set(DECLARED_KINDS) == set(KINDS) == set(read_facts("protection_kinds")["kind"])


def facts(**changes: str) -> pd.DataFrame:
    base = {
        "chosen": "yes",
        "scarce": "no",
        "occupied": "no",
        "circular": "no",
        "in_use": "unknown",
        "water_use": "unknown",
        "certain": "yes",
        "starts": "first",
        "grid": "free",
        "plan": "hard",
        "label": "robust",
    }
    assert set(base) == set(FACTS)
    return pd.DataFrame([{**base, **changes}])


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "allocate"),
        ({"starts": "later"}, "reserve"),
        ({"occupied": "yes"}, "reserve"),
        ({"grid": "full"}, "programme"),
        ({"plan": "soft"}, "programme"),
        ({"certain": "no"}, "explore"),
        ({"label": "only_some_futures"}, "explore"),
        ({"occupied": "yes", "circular": "yes"}, "keep"),
        ({"occupied": "yes", "scarce": "yes", "in_use": "heavy"}, "keep"),
        ({"occupied": "yes", "scarce": "yes", "water_use": "yes"}, "keep"),
        ({"chosen": "no", "occupied": "yes", "scarce": "yes", "in_use": "light"}, "keep"),
        ({"chosen": "no", "occupied": "yes"}, None),
        ({"chosen": "no", "scarce": "yes"}, None),
    ],
)
def test_the_kind_of_protection_follows_from_what_is_known(changes: dict[str, str], kind: str | None) -> None:
    found = decide(facts(**changes)).iloc[0]
    assert found["kind"] == kind
    assert (found["rule_id"] is None) == (kind is None)


def square(x: float, y: float, side: float = 100.0) -> shapely.Polygon:
    return shapely.box(x, y, x + side, y + side)


def surveyed(rows: list[tuple[str, shapely.Polygon, str | None, str | None]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "site_id": [row[0] for row in rows],
            "permitted_low": pd.array([row[2] for row in rows], dtype="string"),
            "connection": pd.array([row[3] for row in rows], dtype="string"),
            "heavy": [row[2] in ("4.1", "4.2", "5.1") for row in rows],
            "wet": [row[3] == "own_quay" for row in rows],
        },
        geometry=[row[1] for row in rows],
        crs="EPSG:28992",
    )


def decided(rows: list[tuple[str, str, str, str | None, int | None]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["site_id", "park_id", "kind", "function", "from_year"])
    table["from_year"] = table["from_year"].astype("Int64")
    return table.assign(
        park_name=table["park_id"],
        municipality_code="GM0001",
        sub_area="Noord",
        label="robust",
        chosen=np.where(table["function"].isna(), "no", "yes"),
        grid="free",
        rule_id="P09",
        area_ha=1.0,
    )


def test_zones_put_sites_of_one_park_and_kind_together() -> None:
    sites = decided(
        [
            ("A", "P1", "reserve", "F05", 2035),
            ("B", "P1", "reserve", "F09", 2030),
            ("C", "P1", "keep", None, None),
            ("D", "P2", "reserve", "F05", 2050),
        ]
    )
    land = surveyed(
        [
            ("A", square(0, 0), "4.1", "own_quay"),
            ("B", square(100, 0), "3.2", "none"),
            ("C", square(200, 0), None, None),
            ("D", square(900, 0), "5.1", "near"),
        ]
    )
    zones = dissolve(sites, land).set_index("zone_id")
    assert list(zones.index) == ["P1-reserve", "P1-keep", "P2-reserve"]
    first = zones.loc["P1-reserve"]
    assert first["area_ha"] == pytest.approx(2.0)
    assert first["functions"] == "F05;F09"
    assert first["from_year"] == 2030
    assert (first["category_4_1_ha"], first["category_light_ha"], first["at_water_ha"], first["dry_ha"]) == (
        1,
        1,
        1,
        1,
    )
    assert first["robust_ha"] == 2.0
    assert first.geometry.geom_type == "Polygon"
    kept = zones.loc["P1-keep"]
    assert (kept["category_unknown_ha"], kept["water_unknown_ha"]) == (1.0, 1.0)
    assert pd.isna(kept["from_year"])


def test_zones_never_overlap_and_say_what_shares_their_ground() -> None:
    sites = decided([("P1-free", "P1", "reserve", "F05", 2030), ("P1-used", "P1", "keep", None, None)])
    land = surveyed([("P1-free", square(0, 0), "4.1", "none"), ("P1-used", square(0, 0), "4.1", "none")])
    zones = dissolve(sites, land)
    assert zones["zone_id"].tolist() == ["P1-reserve"]
    assert zones["shares_ground_with"].tolist() == ["keep"]


def test_instruments_for_wet_land_are_offered_only_there() -> None:
    zones = pd.DataFrame(
        {"zone_id": ["a", "b"], "kind": "keep", "heavy_ha": [0.0, 1.0], "wet_ha": [1.0, 0.0], "grid_ha": 0.0}
    )
    table = instruments_of(zones)
    offered = table.groupby("zone_id")["instrument_id"].agg(set)
    assert "B08" in offered["a"]
    assert "B03" not in offered["a"]
    assert "B03" in offered["b"]
    assert "B08" not in offered["b"]
    assert set(table["status"]) == {"to_verify"}


def test_a_place_in_a_band_gives_its_percentiles_and_never_less_than_nothing() -> None:
    bands = pd.DataFrame({"p10_ha": [1.0], "p50_ha": [4.0], "p90_ha": [10.0]})
    tenth = 1.2815515655446004
    assert at_place(bands, np.array([0.0])) == pytest.approx([4.0])
    assert at_place(bands, np.array([-tenth])) == pytest.approx([1.0])
    assert at_place(bands, np.array([tenth])) == pytest.approx([10.0])
    assert at_place(bands, np.array([-9.0])) == pytest.approx([0.0])

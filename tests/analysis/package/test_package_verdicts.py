from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from analysis.package.answers import can_adopt
from analysis.package.content import make_package
from analysis.package.facts import municipal_facts
from gis.errors import InputError
from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from analysis.package.settings import PackageSettings
    from layers.building_blocks import Blocks

REC, OPT, NOT, BY_PROVINCE = "recommended", "optional", "not_applicable", "consequence"
# worked out by hand from the tables of the conftest and the meaning of each block
EXPECTED: dict[str, tuple[str, str, str]] = {
    "B01": (REC, OPT, NOT),
    "B02": (REC, NOT, NOT),
    "B03": (REC, NOT, NOT),
    "B04": (REC, OPT, NOT),
    "B05": (REC, NOT, NOT),
    "B06": (REC, NOT, NOT),
    "B07": (REC, NOT, NOT),
    "B08": (REC, NOT, NOT),
    "B09": (REC, NOT, NOT),
    "B10": (REC, NOT, NOT),
    "B11": (REC, OPT, NOT),
    "B12": (REC, NOT, NOT),
    "B13": (REC, NOT, NOT),
    "B14": (REC, OPT, NOT),
    "B15": (OPT, NOT, NOT),
    "B16": (OPT, NOT, NOT),
    "B17": (REC, NOT, NOT),
    "B18": (REC, OPT, NOT),
    "B19": (BY_PROVINCE, NOT, NOT),
    "B20": (REC, OPT, NOT),
    "B21": (NOT, NOT, NOT),
    "B22": (BY_PROVINCE, NOT, NOT),
    "B23": (BY_PROVINCE, NOT, NOT),
    "B24": (BY_PROVINCE, NOT, NOT),
    "B25": (REC, OPT, NOT),
}
TOWNS = ("GM0001", "GM0002", "GM0003")


@pytest.mark.parametrize("town", TOWNS)
def test_verdicts_are_those_worked_out_by_hand(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings, town: str
) -> None:
    package = make_package(tables, blocks, town, settings=settings)
    found = dict(zip(package.blocks["block_id"], package.blocks["verdict"], strict=True))
    assert found == {block: row[TOWNS.index(town)] for block, row in EXPECTED.items()}


def test_facts_of_the_heavy_town_are_those_worked_out_by_hand(tables: dict[str, Any]) -> None:
    facts = municipal_facts(tables, "GM0001", smaller_below=30_000)
    by_hand = {
        "inhabitants": 80_000, "smaller": 0, "parks": 1, "plots": 3, "park_ha": 20, "heavy_any_ha": 15,
        "category_light_ha": 0, "category_4_1_ha": 5, "category_4_2_ha": 10, "category_5_up_ha": 5,
        "heavy_vacant_ha": 5, "vacant_ha": 5, "municipal_ha": 5, "wet_ha": 10, "quay_m": 120, "usable_quay_m": 40,
        "company_homes": 1, "housing_plans": 1, "dwellings": 100, "housing_ha": 2,
        "zones": 3, "zones_ha": 20, "zones_scarce_ha": 20, "chosen_ha": 10, "plan_sites": 2, "plan_functions": 1,
        "hosted": 1, "hosted_shared": 1, "hosted_heavy": 1, "hosted_largest_ha": 3.5, "served_elsewhere": 0,
        "unserved": 0, "intensification_ha": 2, "outdated_ha": 2, "transformation_ha": 0, "grid_parks": 0,
        "large_plots": 0,
    }  # fmt: skip
    assert {name: facts[name] for name in by_hand} == pytest.approx(by_hand)


@pytest.mark.parametrize(("inhabitants", "smaller"), [(29_999.0, 1), (30_000.0, 0)])
def test_smaller_is_below_the_parameter(tables: dict[str, Any], inhabitants: float, smaller: int) -> None:
    tables["municipalities"].loc[0, "inhabitants"] = inhabitants
    assert municipal_facts(tables, "GM0001", smaller_below=30_000)["smaller"] == smaller


def test_acceptability_is_that_of_the_best_site_of_the_plan_and_is_said_as_a_share(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings, as_text: Any
) -> None:
    tables["site_acceptability"] = pd.DataFrame(
        {
            "site_id": ["P1-2", "P1-2", "P1-3", "X"],
            "function": ["F05", "none", "F05", "F05"],
            "acceptability": [0.35, 0.65, 0.72, 0.99],
        }
    )
    package = make_package(tables, blocks, "GM0001", settings=settings)
    assert package.facts.set_index("fact").loc["acceptability", "text_nl"] == "72 %"
    text = as_text(package.documents[0])
    assert "in ten hoogste 72 % van de doorrekeningen" in text
    assert "geen kans" in text


def test_a_plot_above_five_hectares_brings_the_provincial_condition(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings
) -> None:
    plots = tables["plot_evidence"]
    before = make_package(tables, blocks, "GM0001", settings=settings).blocks.set_index("block_id")
    assert "voorwaarde 4" not in str(before.loc["B02", "conditions"])
    plots.loc[plots["plot_id"] == "P1-2", "area_ha"] = 5.1
    after = make_package(tables, blocks, "GM0001", settings=settings).blocks.set_index("block_id")
    assert "voorwaarde 4" in str(after.loc["B02", "conditions"])
    assert "1 kavel van meer dan 5 ha" in str(after.loc["B02", "conditions"])
    assert "geen verbod" in str(after.loc["B02", "conditions"])


def test_without_the_tables_everything_that_depends_on_them_is_not_assessed(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings
) -> None:
    bare = {name: tables[name] for name in ("municipalities", "park_evidence")}
    package = make_package(bare, blocks, "GM0001", settings=settings)
    verdicts = package.blocks.set_index("block_id")["verdict"]
    assert verdicts["B09"] == "not_assessed"
    assert verdicts["B13"] == "optional"
    assert verdicts["B03"] == "recommended"
    unknown = package.facts.set_index("fact")
    assert unknown.loc["hosted", "text_nl"] == "niet beoordeeld"
    assert unknown["value"].isna()["zones"]


def test_a_municipality_with_nothing_is_told_why_and_who_serves_it(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings, as_text: Any
) -> None:
    package = make_package(tables, blocks, "GM0003", settings=settings)
    assert [document.name for document in package.documents] == ["keuzepakket", "een-a4"]
    assert not package.blocks["chosen"].any()
    text = as_text(package.documents[0])
    assert "Voor Groenveld is er nu niets te kiezen" in text
    assert "Zwaarstad (1 functie)" in text
    assert "Niets. In Groenveld is nu niets te regelen" in as_text(package.documents[1])
    assert all(package.blocks["reason_nl"].str.len() > 20)


def test_nothing_soft_of_another_municipality_gets_out(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings, as_text: Any
) -> None:
    package = make_package(tables, blocks, "GM0001", settings=settings)
    text = "".join(map(as_text, package.documents)) + package.facts.to_csv() + str(package.regels)
    assert "Geheime Weide" not in text
    assert "900" not in str(package.facts.set_index("fact").loc["dwellings", "text_nl"])
    # homes only as counts: no coordinate of one
    assert "20.0, 20.0" not in str(package.regels)


def test_a_council_never_gets_a_provincial_rule(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings
) -> None:
    package = make_package(tables, blocks, "GM0001", settings=settings)
    rows = package.blocks.set_index("block_id")
    for block in ("B19", "B22", "B23", "B24"):
        assert not rows.loc[block, "council_can_adopt"]
        assert not rows.loc[block, "chosen"]
        assert rows.loc[block, "consequence_nl"]
    adoptable = can_adopt(tables, blocks, "GM0001", settings=settings)
    assert not set(adoptable["block_id"]) & {"B19", "B22", "B23", "B24"}
    assert list(adoptable["verdict"]) == sorted(adoptable["verdict"], reverse=True)
    assert adoptable["motivation_nl"].str.len().min() > 40


def test_every_reason_says_numbers_or_that_there_is_nothing(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings
) -> None:
    for town in TOWNS:
        package = make_package(tables, blocks, town, settings=settings)
        for reason in package.blocks["reason_nl"]:
            assert re.search(r"\d|\bgeen\b|\bniet\b|\bniets\b", reason), reason


def test_an_unknown_municipality_or_an_absent_table_is_refused(
    tables: dict[str, Any], blocks: Blocks, settings: PackageSettings
) -> None:
    with pytest.raises(InputError, match="GM9999"):
        make_package(tables, blocks, "GM9999", settings=settings)
    del tables["park_evidence"]
    with pytest.raises(InputError, match="park_evidence"):
        make_package(tables, blocks, "GM0001", settings=settings)


def test_every_fact_has_a_noun_or_unit_a_table_and_a_status() -> None:
    for kind in fact_kinds().values():
        assert kind.status in {"sourced", "assumption", "to_verify"}
        assert kind.table
        assert kind.form in {"count", "ha", "m", "share", "year"}
        assert kind.form != "count" or kind.many or kind.name == "smaller"
        assert kind.say(None) == "niet beoordeeld"
    assert fact_kinds()["parks"].say(1) == "1 bedrijventerrein"
    assert fact_kinds()["parks"].say(1200) == "1.200 bedrijventerreinen"
    assert fact_kinds()["zones"].say(0) == "geen zones"
    assert fact_kinds()["park_ha"].say(0.02) == "minder dan 0,1 ha"

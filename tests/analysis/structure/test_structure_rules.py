"""Types and levels by rule files, and what is wrong with a file, said all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.space.functions import load_catalogue
from analysis.space.profile import load_chains
from analysis.structure.classify import HubFacts, level_of, type_of
from analysis.structure.compare import load_agreement_rules
from analysis.structure.exchanges import load_exchanges, load_material_chains
from analysis.structure.rules import load_figures, load_level_rules, load_type_rules
from gis.errors import InputError

SHIPPED = Path(__file__).resolve().parents[3] / "layers" / "data"


def facts(*functions: str, maybe: tuple[str, ...] = (), **changes: object) -> HubFacts:
    given = {
        "hub_id": "P1", "functions": frozenset((*functions, *maybe)), "sure": frozenset(functions),
        "heavy": "no", "water": "no", "cemt": None, "serves": 0.0, "metres": {}, **changes,
    }  # fmt: skip
    return HubFacts(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts("F06", heavy="certain"), ("materials_park", "certain", "T01")),
        (facts("F06", heavy="governed_by_zone"), ("materials_park", "certain", "T01")),
        (facts("F06", heavy="possible"), ("materials_park", "possible", "T01")),
        (facts("F06", heavy="no"), ("materials_park", "certain", "T06")),
        (facts("F11", heavy="certain", water="certain"), ("materials_park", "certain", "T02")),
        (facts("F11", heavy="certain", water="possible"), ("materials_park", "possible", "T02")),
        (facts("F04", heavy="certain"), ("innovation_area", "certain", "T03")),
        (facts("F03", "F22"), ("making_district", "certain", "T04")),
        (facts("F03", maybe=("F22",)), ("making_district", "possible", "T04")),
        (facts("F02"), ("making_district", "certain", "T05")),
        (facts("F01"), ("single_facility", "certain", "T99")),
    ],
)
def test_type_follows_the_first_rule_that_holds(given: HubFacts, expected: tuple[str, str, str]) -> None:
    found = type_of(given, load_type_rules())
    assert (found.code, found.certainty, found.rule_id) == expected


SCALES = {
    "F01": "local",
    "F05": "regional",
    "F06": "regional",
    "F07": "regional",
    "F13": "supraregional",
    "F14": "national",
}


@pytest.mark.parametrize(
    ("given", "hub_type", "expected"),
    [
        (facts("F14"), "materials_park", ("national", "L01")),
        (
            facts("F05", "F06", "F07", water="certain", cemt="Va", metres={"national": 2_000.0}),
            "materials_park",
            ("national", "L02"),
        ),
        # one metre too far, too small a class, no materials park: three regional functions remain
        (
            facts("F05", "F06", "F07", water="certain", cemt="Va", metres={"national": 2_001.0}),
            "materials_park",
            ("provincial", "L04"),
        ),
        (
            facts("F05", "F06", "F07", water="certain", cemt="IVb", metres={"national": 0.0}),
            "materials_park",
            ("provincial", "L04"),
        ),
        (
            facts("F05", "F06", "F07", water="certain", cemt="Va", metres={"national": 0.0}),
            "making_district",
            ("provincial", "L04"),
        ),
        (facts("F13"), "materials_park", ("provincial", "L03")),
        (facts("F06", maybe=("F13",)), "materials_park", ("regional", "L05")),
        (facts("F01", serves=2.0), "single_facility", ("regional", "L06")),
        (facts("F01", serves=1.0), "single_facility", ("local", "L99")),
    ],
)
def test_level_follows_the_first_rule_of_which_every_condition_holds(
    given: HubFacts, hub_type: str, expected: tuple[str, str]
) -> None:
    found = level_of(given, hub_type, SCALES, load_level_rules())
    assert (found.code, found.rule_id) == expected


def test_a_place_that_no_rule_names_is_not_assessed(tmp_path: Path) -> None:
    text = (SHIPPED / "structure_hub_types.csv").read_text(encoding="utf-8").splitlines()
    own = tmp_path / "types.csv"
    own.write_text("\n".join(text[:2]), encoding="utf-8")
    assert type_of(facts("F01"), load_type_rules(own)).code == "not_assessed"
    assert level_of(facts("F01"), "x", SCALES, ()).code == "not_assessed"


def test_a_province_can_name_a_type_and_parks_of_its_own(tmp_path: Path) -> None:
    head, *rows = (SHIPPED / "structure_hub_types.csv").read_text(encoding="utf-8").splitlines()
    own = tmp_path / "types.csv"
    mine = "Z1,1,harbour,circulaire haven,circular harbour,P1;P2,,0,any,any,besluit,sourced,GS"
    own.write_text("\n".join([head, mine, *rows]), encoding="utf-8")
    rules = load_type_rules(own)
    assert type_of(facts("F01"), rules).name_nl == "circulaire haven"
    assert type_of(facts("F01", hub_id="P3"), rules).code == "single_facility"


def changed(tmp_path: Path, name: str, *swaps: tuple[str, str]) -> Path:
    text = (SHIPPED / f"{name}.csv").read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    own = tmp_path / f"{name}.csv"
    own.write_text(text, encoding="utf-8")
    return own


def test_every_problem_of_the_type_rules_is_said_at_once(tmp_path: Path) -> None:
    own = changed(
        tmp_path, "structure_hub_types", ("F05;F06", "F99;F06"), (",1,yes,any,", ",-1,heavy,any,"),
        ("T06,90,materials_park,circulair materialenpark", "T06,90,materials_park,ander park"),
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        load_type_rules(own, functions=load_catalogue().functions)
    text = str(caught.value)
    assert "the function 'F99' is not known" in text
    assert "below 0" in text
    assert "'heavy' is not known" in text
    assert "more than one name" in text


def test_a_distance_without_a_level_of_government_is_refused(tmp_path: Path) -> None:
    own = changed(tmp_path, "structure_hub_levels", ("national,2000,Va", ",2000,Va"))
    with pytest.raises(InputError, match="a distance needs a level of government"):
        load_level_rules(own)


def test_exchanges_must_match_the_links_and_stay_within_all_that_there_is(tmp_path: Path) -> None:
    known = load_catalogue().functions
    links = load_chains()
    own = changed(
        tmp_path, "structure_exchanges", ("F05,F06,0.3,0.4,0.5", "F05,F06,0.3,0.9,0.95"),
        ("F19,F21,", "F19,F20,"), ("F18,F16,0.3,0.4", "F18,F16,0.5,0.4"),
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        load_exchanges(own, links=links, functions=known)
    text = str(caught.value)
    assert "add up to more than 1" in text
    assert "F19>F21" in text
    assert "no link of chain_links" in text
    assert "do not ascend" in text


def test_chains_must_run_step_by_step_along_exchanges(tmp_path: Path) -> None:
    known = load_catalogue().functions
    exchanges = load_exchanges(links=load_chains(), functions=known)
    own = changed(tmp_path, "structure_chains", ("Concrete,2,F06", "Concrete,2,F13"), ("Soil,2,", "Soil,3,"))
    with pytest.raises(InputError) as caught:
        load_material_chains(own, exchanges=exchanges, functions=known)
    text = str(caught.value)
    assert "pass nothing on to each other" in text
    assert "K01.2, K01.3" in text
    assert "not in sequence" in text
    assert "K03" in text


def test_figures_that_are_lacking_are_named(tmp_path: Path) -> None:
    own = changed(tmp_path, "structure_figures", ("water_snap_m,", "snap,"))
    with pytest.raises(InputError, match="water_snap_m"):
        load_figures(own)


def test_what_ships_with_the_product_is_sound_and_carries_its_status() -> None:
    known = load_catalogue().functions
    exchanges = load_exchanges(links=load_chains(functions=known), functions=known)
    chains = load_material_chains(exchanges=exchanges, functions=known)
    statuses = {
        rule.status  # type: ignore[attr-defined]
        for rule in (*load_type_rules(functions=known), *load_level_rules(), *load_agreement_rules())
    }
    assert statuses <= {"sourced", "assumption", "to_verify"}
    assert all(exchange.share.status for exchange in exchanges.values())
    assert [chain.chain_id for chain in chains] == sorted(chain.chain_id for chain in chains)

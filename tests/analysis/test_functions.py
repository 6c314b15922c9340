"""The catalogue: what ships is sound, and every mistake in a user's copy is named at once."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from analysis.space.demand_data import DemandFiles, load_demand_data
from analysis.space.flows import load_flows
from analysis.space.functions import load_catalogue
from analysis.space.scenarios import load_scenarios
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Give a copy of a shipped file in which one cell is another: file, row key, column, value."""

    def change(name: str, row: tuple[str, ...], column: str, value: str) -> Path:
        path = tmp_path / f"{name}.csv"
        source = path if path.exists() else files("layers") / "data" / f"{name}.csv"
        with source.open(encoding="utf-8") as stream:
            table = pd.read_csv(stream, dtype=str, keep_default_na=False)
        keys = list(table.columns[: len(row)])
        hit = (table[keys] == list(row)).all(axis=1)
        assert hit.any()
        table.loc[hit, column] = value
        table.to_csv(path, index=False)
        return path

    return change


def problems(error: InputError) -> str:
    return "\n".join(str(problem) for problem in error.problems)


def test_the_shipped_catalogue_has_24_functions_with_their_variants() -> None:
    catalogue = load_catalogue(flows=load_flows().by_id)
    assert list(catalogue.functions) == [f"F{number:02d}" for number in range(1, 25)]
    small, large = (catalogue.variants[name] for name in ("F06a", "F06b"))
    assert (small.category, large.category) == ("4.2", "5.2")
    assert large.large_noise_maker == "yes"
    assert large.water_index == 2
    assert not catalogue.functions["F14"].selected


def test_every_number_has_a_status_and_a_source() -> None:
    catalogue, flows = load_catalogue(), load_flows()
    for figure in catalogue.figures.values():
        assert figure.status in ("sourced", "assumption", "to_verify")
        assert figure.source
        assert figure.unit
    for flow in flows.by_id.values():
        assert flow.kg.source
        assert flow.capture.source


def test_plot_and_tonnage_say_that_they_have_one_origin() -> None:
    """The default table agrees by construction; a user's own figure would say otherwise."""
    assert load_catalogue().origins["F06", "m2_per_t", ""] == "plot_ha"


def test_functions_that_share_sbi_codes_know_it() -> None:
    catalogue = load_catalogue()
    assert "F06" in catalogue.shares_codes_with("F05")
    assert catalogue.shares_codes_with("F22") == []


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (("F06", "plot_ha", ""), "low", "-2", "a value lies below 0"),
        (("F06", "plot_ha", ""), "low", "5", "low, mid and high do not ascend"),
        (("F06", "plot_ha", ""), "mid", "veel", "this is not a number"),
        (("F06", "plot_ha", ""), "mid", "", "a value is missing"),
        (("F06", "plot_ha", ""), "unit", "m2", "plot_ha is not in ha"),
        (("F06", "net_gross", ""), "high", "1.2", "a value of net_gross lies above 1"),
        (("F06", "net_gross", ""), "low", "0", "net_gross must be above zero"),
        (("F06", "present_share", ""), "high", "70", "a value of present_share lies above 1"),
        (("F06", "flow_share", "M04"), "subject", "M99", "the flow of flow_share does not exist"),
        (("F06", "variant_share", "F06a"), "mid", "0.35", "its variants add up to 1.1"),
        (("F06", "variant_share", "F06a"), "subject", "F99", "the variant of variant_share does not exist"),
        (("F06", "m2_per_t", ""), "figure", "m2_per_tonne", "the code 'm2_per_tonne' is not known"),
        (("F06", "m2_per_t", ""), "status", "guess", "the code 'guess' is not known"),
        (("F06", "m2_per_t", ""), "source", "", "a value is missing"),
        (("F06", "m2_per_t", ""), "function_id", "F66", "the function 'F66' is not known"),
        (("F02", "flow_share", "M01"), "mid", "0.40", "the functions together take 1.15 of this flow"),
    ],
)
def test_a_wrong_figure_is_named(
    changed: Callable[..., Path], row: tuple[str, ...], column: str, value: str, message: str
) -> None:
    with pytest.raises(InputError) as error:
        load_catalogue(figures=changed("function_figures", row, column, value), flows=load_flows().by_id)
    assert message in problems(error.value)
    assert "function_figures.csv" in problems(error.value)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("category", "4.4", "the code '4.4' is not known"),
        ("category", "", "a value is missing"),
        ("water_need", "wet", "the code 'wet' is not known"),
        ("sbi", "389", "the SBI code 389 does not exist in SBI-2008"),
        ("sbi", "3832;abc", "the SBI code abc does not exist"),
        ("sbi_version", "SBI-1993", "the code 'SBI-1993' is not known"),
        ("sbi_version", "", "the SBI codes have no version"),
        ("lead_method", "guess", "the code 'guess' is not known"),
        ("lead_method", "jobs", "the lead method jobs has no figure for m2_per_job"),
        ("selection", "perhaps", "the code 'perhaps' is not known"),
        ("strategy", "magic", "the strategy 'magic' is not known"),
    ],
)
def test_a_wrong_function_is_named(
    changed: Callable[..., Path], column: str, value: str, message: str
) -> None:
    path = changed("circular_functions", ("F06",), column, value)
    strategies = load_scenarios().choose("own").subjects("growth")
    with pytest.raises(InputError) as error:
        load_catalogue(functions=path, flows=load_flows().by_id, strategies=strategies)
    assert message in problems(error.value)
    assert "F06" in problems(error.value)


def test_variants_of_one_function_tell_one_story(changed: Callable[..., Path]) -> None:
    path = changed("circular_functions", ("F06", "F06b"), "scale", "local")
    with pytest.raises(InputError, match="variants of one function differ"):
        load_catalogue(functions=path)


def test_all_files_are_checked_in_one_round(changed: Callable[..., Path]) -> None:
    own = DemandFiles(
        functions=changed("circular_functions", ("F06",), "category", "7"),
        function_figures=changed("function_figures", ("F05", "plot_ha", ""), "low", "-1"),
        flows=changed("material_flows", ("M04",), "capture_high", "1.4"),
        scenario_figures=changed("scenario_figures", ("own", "shrink", "L1", "2035"), "high", "3"),
        linear_sectors=changed("linear_sectors", ("L1",), "exposure_low", "0.99"),
        release_figures=changed("release_figures", ("usable_soil",), "high", "1.5"),
        circular_business_rules=changed("circular_business_rules", ("S01",), "pattern", "3999"),
        published=changed("demand_sanity", ("skbn_870",), "low", "900"),
        chain_links=changed("chain_links", ("F01", "F05"), "to_function", "F55"),
    )
    with pytest.raises(InputError) as error:
        load_demand_data(own, "own")
    said = problems(error.value)
    for message in (
        "the code '7' is not known",
        "a value lies below 0",
        "capture_high: a value lies above 1",
        "a share lies above 1",
        "exposure_low, exposure_mid and exposure_high do not ascend",
        "release_figures.csv",
        "the SBI code does not exist",
        "low lies above high",
    ):
        assert message in said


def test_an_unknown_scenario_is_named_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="Did you mean 'wlo_high'"):
        load_demand_data(DemandFiles(), "wlo_hihg")


def test_a_national_tonnage_that_disagrees_is_named(changed: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="outside the range of kilograms"):
        load_flows(changed("material_flows", ("M01",), "national_kt", "8118"))


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (("own", "growth", "reuse", "2025"), "mid", "1.1", "a figure of the first year is not neutral"),
        (("own", "growth", "reuse", "2035"), "high", "0.5", "do not ascend"),
        (("own", "growth", "reuse", "2035"), "scenario_id", "mine", "the scenario 'mine' is not known"),
    ],
)
def test_a_wrong_scenario_is_named(
    changed: Callable[..., Path], row: tuple[str, ...], column: str, value: str, message: str
) -> None:
    with pytest.raises(InputError) as error:
        load_scenarios(figures=changed("scenario_figures", row, column, value))
    assert message in problems(error.value)


def test_a_scenario_without_a_series_is_named(tmp_path: Path, changed: Callable[..., Path]) -> None:
    path = changed("scenario_figures", ("own",), "scenario_id", "own")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table[(table["scenario_id"] != "wlo_low") | (table["subject"] != "reuse")].to_csv(path, index=False)
    with pytest.raises(InputError, match="no complete series for growth reuse"):
        load_scenarios(figures=path)


def test_semicolons_and_decimal_commas_are_read(tmp_path: Path, changed: Callable[..., Path]) -> None:
    path = changed("regional_keys", ("company",), "mid", "0.84")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in ("low", "mid", "high"):
        table[name] = table[name].str.replace(".", ",")
    table.to_csv(path, index=False, sep=";")
    assert load_flows(keys=path).keys["company"].ratio.mid == 0.84


def test_a_missing_file_and_a_missing_column_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file does not exist"):
        load_catalogue(functions=tmp_path / "nowhere.csv")
    (tmp_path / "thin.csv").write_text("function_id,variant\nF01,F01\n")
    with pytest.raises(InputError, match=r"the column 'variant_id' is missing\. Did you mean 'variant'"):
        load_catalogue(functions=tmp_path / "thin.csv")

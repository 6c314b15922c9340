"""Properties of the demand model, its tables and its bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.space.demand import DemandModel, build_demand
from analysis.space.demand_bands import demand_bands
from analysis.space.demand_checks import demand_checks, load_published, load_stock_bases
from analysis.space.demand_table import demand_by_scenario, demand_methods, land_demand
from analysis.space.flows import Flows, load_flows
from analysis.space.functions import Catalogue, load_catalogue
from analysis.space.quantities import sample
from analysis.space.scenarios import Scenario, Scenarios, load_scenarios
from analysis.space.secondary import secondary_capacity
from gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

AREAS = pd.DataFrame({"sub_area": ["West", "Oost"], "inhabitants": [1_000_000.0, 400_000.0]})
YEARS = (2030, 2035, 2050)


def by(table: pd.DataFrame, *keys: str) -> dict[Any, dict[str, Any]]:
    """Rows by their key, one column or several."""
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    return {row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys): row for row in rows}


@pytest.fixture(scope="module")
def flows() -> Flows:
    return load_flows()


@pytest.fixture(scope="module")
def scenarios() -> Scenarios:
    return load_scenarios()


@pytest.fixture(scope="module")
def scenario(scenarios: Scenarios) -> Scenario:
    return scenarios.choose("own")


@pytest.fixture(scope="module")
def catalogue(flows: Flows) -> Catalogue:
    return load_catalogue(flows=flows.by_id)


@pytest.fixture(scope="module")
def model(catalogue: Catalogue, flows: Flows, scenario: Scenario) -> DemandModel:
    jobs = {"F22": np.array([3_000.0, 9_000.0]), "F03": np.array([200.0, 900.0])}
    return build_demand(catalogue, flows, scenario, AREAS, YEARS, jobs=jobs)


@pytest.fixture(scope="module")
def table(model: DemandModel) -> pd.DataFrame:
    return land_demand(model)


def test_sub_areas_are_sorted_and_keep_their_own_inhabitants(model: DemandModel) -> None:
    assert model.sub_areas == ("Oost", "West")
    assert model.inhabitants.tolist() == [400_000.0, 1_000_000.0]


def test_shapes_and_sums(model: DemandModel) -> None:
    values = sample(model.quantities, 40, seed=1)
    cells = model.evaluate(values)
    assert cells.net.shape == cells.gross.shape == (40, 2, 3, 10, 3)
    assert cells.by_function.shape == (40, 24, 2, 3)
    assert cells.net.sum(axis=(3, 4)) == pytest.approx(cells.by_function.sum(axis=1))
    assert (cells.net >= 0).all()
    assert (cells.gross >= cells.net).all()
    assert (cells.double_use <= cells.by_function + 1e-12).all()


def test_draws_do_not_depend_on_their_company(model: DemandModel) -> None:
    values = sample(model.quantities, 30, seed=1)
    whole = model.evaluate(values).net
    assert np.array_equal(whole[10:20], model.evaluate(values[10:20]).net)


def test_collapsed_draws_are_the_deterministic_answer(model: DemandModel) -> None:
    drawn = model.evaluate(sample(model.quantities.collapsed(), 5, seed=1))
    certain = model.evaluate(model.quantities.mid[None])
    assert np.array_equal(drawn.net, np.repeat(certain.net, 5, axis=0))


@given(seed=st.integers(0, 10_000), more=st.floats(1.0, 3.0))
@settings(max_examples=25, deadline=None)
def test_demand_grows_with_inhabitants(seed: int, more: float) -> None:
    flows, scenario = load_flows(), load_scenarios().choose("regionalising")
    catalogue = load_catalogue()
    small = build_demand(catalogue, flows, scenario, AREAS, YEARS)
    large = build_demand(
        catalogue, flows, scenario, AREAS.assign(inhabitants=AREAS["inhabitants"] * more), YEARS
    )
    values = sample(small.quantities, 3, seed=seed)
    before, after = small.evaluate(values).net, large.evaluate(values).net
    assert after == pytest.approx(before * more)
    assert (after >= before - 1e-12).all()


def test_demand_grows_with_every_figure_per_unit(model: DemandModel) -> None:
    values = sample(model.quantities, 50, seed=2)
    before = model.evaluate(values).net
    per_unit = ("m2_per_t", "plot_ha", "m2_per_job", "plot_per_floor", "shifting_share")
    names = [name for name in model.quantities.name if name.endswith(per_unit)]
    assert len(names) > 20
    for name in names:
        raised = values.copy()
        raised[:, model.quantities.position(name)] *= 1.5
        after = model.evaluate(raised).net
        assert (after >= before - 1e-12).all(), name
        assert after.sum() > before.sum(), name


def test_demand_falls_with_catchment_and_with_what_is_present(model: DemandModel) -> None:
    values = sample(model.quantities, 50, seed=2)
    before = model.evaluate(values).net.sum()
    falling = ("catchment", "present_share", "in_place_share")
    for name in [name for name in model.quantities.name if name.endswith(falling)]:
        raised = values.copy()
        raised[:, model.quantities.position(name)] *= 1.05
        assert model.evaluate(raised).net.sum() < before, name


def test_no_more_than_all_of_a_flow_is_divided(model: DemandModel) -> None:
    """With both shares at 0.9 the two functions take half each, not 1.8 times the flow."""
    values = model.quantities.mid[None].copy()
    for name in ("demand.F01.flow_share.M01", "demand.F02.flow_share.M01"):
        values[0, model.quantities.position(name)] = 0.9
    halves = values.copy()
    for name in ("demand.F01.flow_share.M01", "demand.F02.flow_share.M01"):
        halves[0, model.quantities.position(name)] = 0.5
    assert model.evaluate(values).need == pytest.approx(model.evaluate(halves).need)


def test_low_mid_high_are_in_order(table: pd.DataFrame) -> None:
    for figure in ("net", "gross", "need"):
        low, mid, high = (table[f"{figure}_{bound}_ha"].to_numpy() for bound in ("low", "mid", "high"))
        assert (low <= mid + 1e-12).all()
        assert (mid <= high + 1e-12).all()
    assert (table["net_mid_ha"] <= table["gross_mid_ha"]).all()


@pytest.mark.parametrize("name", ["wlo_low", "digital_world", "world_trade"])
def test_low_mid_high_are_in_order_in_other_scenarios(
    name: str, catalogue: Catalogue, flows: Flows, scenarios: Scenarios
) -> None:
    other = land_demand(build_demand(catalogue, flows, scenarios.choose(name), AREAS, (2026, 2031, 2049)))
    for figure in ("net", "need"):
        low, mid, high = (other[f"{figure}_{bound}_ha"].to_numpy() for bound in ("low", "mid", "high"))
        assert (low <= mid + 1e-12).all()
        assert (mid <= high + 1e-12).all()


def test_draws_stay_within_the_corners(model: DemandModel, table: pd.DataFrame) -> None:
    """Per function: corners hold shares that pull against each other, so functions on one flow are left out."""
    cells = model.evaluate(sample(model.quantities, 3_000, seed=5))
    lead = table[table["lead"]]
    keys = ["function_id", "sub_area", "year"]
    total = by(lead.groupby(keys)[["net_low_ha", "net_high_ha"]].sum().reset_index(), *keys)
    for row, name in enumerate(model.functions):
        if name in ("F01", "F02", "F14", "F24"):
            continue
        for area, sub_area in enumerate(model.sub_areas):
            for place, year in enumerate(model.years):
                row_of = total[name, sub_area, year]
                low, high = row_of["net_low_ha"], row_of["net_high_ha"]
                drawn = cells.by_function[:, row, area, place]
                assert low - 1e-9 <= drawn.min() <= drawn.max() <= high + 1e-9, (name, year)


def test_the_leading_rows_are_what_enters_the_balance(model: DemandModel, table: pd.DataFrame) -> None:
    cells = model.evaluate(model.quantities.mid[None])
    lead = table[table["lead"]]
    for area, sub_area in enumerate(model.sub_areas):
        for place, year in enumerate(model.years):
            here = lead[(lead["sub_area"] == sub_area) & (lead["year"] == year)]
            assert here["net_mid_ha"].sum() == pytest.approx(cells.net[0, area, place].sum())
            wet = here[here["water"] == "at_water"]
            assert wet["net_mid_ha"].sum() == pytest.approx(cells.net[0, area, place, :, 2].sum())


def test_other_methods_stand_beside_the_leading_one(table: pd.DataFrame) -> None:
    crusher = table[(table["function_id"] == "F06") & (table["year"] == 2035)]
    assert set(crusher["method"]) == {"flow", "facilities"}
    assert set(crusher.loc[crusher["lead"], "method"]) == {"flow"}


def test_methods_that_share_an_input_say_so(model: DemandModel) -> None:
    found = by(demand_methods(model, businesses=True), "function_id", "method", "year")
    crusher = found["F06", "flow", 2035]
    # the plot per tonne was derived from plot and throughput: these two agree by construction
    assert crusher["shares_inputs_with"] == "facilities"
    assert "demand.F06.plot_ha" in crusher["shared_inputs"]
    jobs = found["F03", "jobs", 2035]
    assert pd.isna(jobs["shares_inputs_with"])
    assert jobs["assessed"] == "yes"


def test_what_is_not_assessed_says_why(catalogue: Catalogue, flows: Flows, scenario: Scenario) -> None:
    bare = build_demand(catalogue, flows, scenario, AREAS, YEARS)
    found = by(demand_methods(bare, businesses=False), "function_id", "method", "year")
    refurbishing = found["F22", "jobs", 2030]
    assert refurbishing["assessed"] == "no"
    assert refurbishing["lead"]
    assert refurbishing["reason_nl"] == "Het project heeft geen bedrijvenlaag."
    assert pd.isna(refurbishing["net_mid_ha"])
    assert found["F14", "flow", 2030]["reason_nl"].startswith("Niet gekozen")
    assert found["F01", "jobs", 2030]["reason_nl"] == "Voor deze methode is geen kengetal bekend."
    assert "F22" not in bare.lead


def test_evidence_counts_the_assumptions(table: pd.DataFrame) -> None:
    assert (table["inputs_assumed"] + table["inputs_to_verify"] <= table["inputs"]).all()
    assert set(table["status"]) == {"assumption"}
    assert table["source"].notna().all()


def test_secondary_material_is_counted_once(model: DemandModel) -> None:
    found = secondary_capacity(model)
    # concrete and transshipment take up or move what crushers made
    for name in ("F07", "F23"):
        rows = found[found["function_id"] == name]
        assert (rows["counted"] == "no").all()
        assert (rows["secondary_high_t"] == 0).all()
        assert (rows["tonnes_mid"] > 0).all()
    crusher = found[(found["function_id"] == "F06") & (found["year"] == 2035) & (found["sub_area"] == "West")]
    # 1,000,000 x 1.05 x 1,197 kg x 0.84 x 1.0 x 0.9 x 0.87 = 826,655.4 t, of which 95 %
    assert crusher["tonnes_mid"].iloc[0] == pytest.approx(826_655.4, rel=1e-6)
    assert crusher["secondary_mid_t"].iloc[0] == pytest.approx(826_655.4 * 0.95, rel=1e-6)
    assert (found["secondary_low_t"] <= found["secondary_mid_t"] + 1e-9).all()
    assert (found["secondary_mid_t"] <= found["secondary_high_t"] + 1e-9).all()


def test_bands_are_in_order_and_add_no_function(model: DemandModel) -> None:
    found = demand_bands(model, 1_500, seed=3)
    assert (found["p10_ha"] <= found["p50_ha"]).all()
    assert (found["p50_ha"] <= found["p90_ha"]).all()
    assert len(found) == 25 * 3 * 3
    again = demand_bands(model, 1_500, seed=3)
    pd.testing.assert_frame_equal(found, again)


def test_scenarios_stand_side_by_side(catalogue: Catalogue, flows: Flows, scenarios: Scenarios) -> None:
    found = demand_by_scenario(catalogue, flows, scenarios, AREAS, (2035,))
    total = found[found["function_id"] == "total"].set_index("scenario_id")["net_mid_ha"]
    assert len(total) == 7
    assert total["wlo_low"] < total["wlo_high"]
    assert total["world_trade"] < total["regionalising"]


def test_years_outside_the_scenario_are_refused(
    catalogue: Catalogue, flows: Flows, scenario: Scenario
) -> None:
    for years in ((2024, 2030), (2030, 2051), (2035, 2030), ()):
        with pytest.raises(InputError, match="years must ascend"):
            build_demand(catalogue, flows, scenario, AREAS, years)


def test_published_totals_come_back(model: DemandModel) -> None:
    found = by(demand_checks(model, load_published(), {}), "check_id")
    # 1.4 million of 17.9 million inhabitants
    assert round(found["skbn_870"]["published_mid"]) == 68
    assert int(found["household_waste"]["published_mid"]) == 453
    assert round(found["brought_waste"]["published_mid"]) == 168
    assert found["brought_waste"]["ratio"] == pytest.approx(1.0, abs=0.01)
    assert found["construction_waste"]["published_mid"] == pytest.approx(1_329.6, abs=0.1)


def test_a_percentage_without_its_base_is_printed_and_not_multiplied(model: DemandModel) -> None:
    found = by(demand_checks(model, load_published(), {}), "check_id")
    for check in ("pbl_40", "ce_delft_construction"):
        assert found[check]["unit"] == "%"
        assert pd.isna(found[check]["model_mid"])
        assert "niet vermenigvuldigd" in found[check]["remark_nl"]


def test_a_stated_base_is_multiplied(model: DemandModel, tmp_path: Path) -> None:
    path = tmp_path / "bases.csv"
    path.write_text(
        "total_id;base_ha;base_nl;status;source\nce_delft_construction;200;Productielocaties;assumption;eigen telling\n"
    )
    published = load_published()
    found = by(demand_checks(model, published, load_stock_bases(path, published)), "check_id")
    row = found["ce_delft_construction"]
    assert (row["published_low"], row["published_mid"], row["published_high"]) == (20.0, 25.0, 30.0)
    assert row["unit"] == "ha"
    path.write_text("total_id,base_ha,base_nl,status,source\npbl_40,9000,Alles,assumption,x\n")
    with pytest.raises(InputError, match="the percentage 'pbl_40' is not known"):
        load_stock_bases(path, published)

"""The flow method against known provincial waste, and the key that was calibrated on it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from analysis.space.demand import build_demand
from analysis.space.demand_checks import demand_checks, load_published
from analysis.space.flows import load_flows
from analysis.space.functions import load_catalogue
from analysis.space.scenarios import load_scenarios
from layers.facts import read_facts

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"
WASTE = REAL / "pcer_ce_indicators_provinces"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not WASTE.is_dir(), reason="the shared folder with reported waste is not beside the checkout"
    ),
]


def reported(name: str) -> pd.Series[float]:
    """Tonnes per province in 2021."""
    return pd.read_csv(WASTE / f"indicator_per_province_{name}.csv").set_index("name")["total"]


def test_the_figures_in_the_product_are_those_of_the_register() -> None:
    published = load_published()
    for key, name in (("company_waste_utrecht", "All_a"), ("company_waste_abiotic_utrecht", "Abiotisch")):
        assert published[key].mid == pytest.approx(reported(name)["Utrecht"] / 1e3, abs=0.05)
    people = read_facts("municipalities_utrecht")["population_2022"].astype(int).sum()
    assert published["company_waste_utrecht"].base_inhabitants == people


def test_the_key_for_company_waste_is_the_province_against_the_nation() -> None:
    """Tonnes per inhabitant in Utrecht over those in the Netherlands, CBS inhabitants of 2022."""
    waste = reported("All_a")
    provinces = pyogrio.read_dataframe(REAL / "cbs_tmap_2022" / "nl_gemeenten_2022.gpkg", read_geometry=False)
    column = next(name for name in provinces.columns if name in ("population", "aantal_inwoners", "pop"))
    people = provinces[column].clip(lower=0).sum()
    here = read_facts("municipalities_utrecht")["population_2022"].astype(int).sum()
    measured = (waste["Utrecht"] / here) / (waste.sum() / people)
    key = load_flows().keys["company"].ratio
    assert measured == pytest.approx(key.mid, abs=0.005)
    assert key.status == "sourced"
    abiotic = reported("Abiotisch")
    assert key.low <= (abiotic["Utrecht"] / here) / (abiotic.sum() / people) <= key.high


def test_the_flows_explain_reported_waste_within_their_range() -> None:
    """Abiotic company waste, which the flows describe best, lies inside the model's range."""
    flows, scenario = load_flows(), load_scenarios().choose("own")
    here = float(read_facts("municipalities_utrecht")["population_2022"].astype(int).sum())
    area = pd.DataFrame({"sub_area": ["Utrecht"], "inhabitants": [here]})
    model = build_demand(load_catalogue(flows=flows.by_id), flows, scenario, area, (2030,))
    checks = demand_checks(model, load_published(), {}).set_index("check_id")
    abiotic = checks.loc["company_waste_abiotic_utrecht"]
    tonnes = reported("Abiotisch")["Utrecht"] / 1e3
    assert abiotic["published_mid"] == pytest.approx(tonnes, abs=0.05)
    assert abiotic["model_low"] < tonnes < abiotic["model_high"]
    assert abiotic["ratio"] == pytest.approx(0.94, abs=0.01)
    # the model knows fewer flows than the register: less than all of it, and it says so
    everything = checks.loc["company_waste_utrecht"]
    assert everything["ratio"] == pytest.approx(0.62, abs=0.01)
    assert "niet alle stromen" in everything["remark_nl"]

"""The whole balance on a small scene: every table as declared, answers and agenda in plain words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from analysis.space.agenda import COLUMNS, agenda
from analysis.space.answers import answers, assumed_share, band_nl, head_nl, hectares_nl, share_nl
from analysis.space.balance import deterministic, match
from analysis.space.balance_run import BalanceResult, BalanceSettings, run_balance
from analysis.space.demand_run import DemandSettings, run_demand
from analysis.space.matching import CLASSES
from analysis.space.montecarlo import simulate
from analysis.space.quantities import Quantities, quantities_of
from layers.canonical import canonical_table
from layers.parameters import CATEGORIES, Parameters
from layers.results_balance import BALANCE_LAYERS

YEARS = (2030, 2035, 2050)
FOUR_TWO = CATEGORIES.index("4.2")


@dataclass
class Crushers:
    """Ten hectares of 4.2 at water, give or take, and their question."""

    quantities: Quantities
    net: Any = None

    def evaluate(self, values: np.ndarray) -> Crushers:
        cells = np.zeros((len(values), 2, len(YEARS), *CLASSES))
        cells[:, 0, :, FOUR_TWO, 2] = values[:, :1] * np.array([1.0, 1.5, 2.0])
        return Crushers(self.quantities, cells)


def crushers() -> Crushers:
    return Crushers(
        quantities_of(
            [
                {
                    "name": "crusher.ha",
                    "low": 6.0,
                    "mid": 10.0,
                    "high": 16.0,
                    "unit": "ha",
                    "status": "to_verify",
                    "source": "veld",
                    "label_nl": "Ruimte voor puinbrekers",
                    "question_nl": "Hoeveel ruimte vragen puinbrekers?",
                }
            ]
        )
    )


@pytest.fixture
def tables(scene: Any) -> dict[str, Any]:
    """Two municipalities; one park with plots along a canal, one without; an atelier that disagrees."""
    shapes = {"Noord": shapely.box(0, 0, 20_000, 10_000), "Zuid": shapely.box(0, -10_000, 20_000, 0)}
    plots = [
        {
            "plot_id": f"K{number}",
            "park_id": "A",
            "status": status,
            "max_category": "4.2",
            "geometry": shapely.box(1000 + 300 * number, 1000, 1290 + 300 * number, 1200),
        }
        for number, status in enumerate(["vacant", "vacant", "issued", "option", "unknown"])
    ]
    firms = [
        {
            "business_id": f"b{number}",
            "sbi": sbi,
            "sbi_version": "SBI-2008",
            "area_m2": 10_000.0,
            "geometry": shapely.Point(1000 + 10 * number, 1100),
        }
        for number, sbi in enumerate(["3832"] * 6 + ["4941"])
    ]
    built: dict[str, Any] = scene(
        municipalities=[
            {
                "municipality_code": f"GM000{number}",
                "name": name,
                "sub_area": name,
                "inhabitants": 1000.0,
                "geometry": shape,
            }
            for number, (name, shape) in enumerate(shapes.items(), start=1)
        ],
        parks=[
            {
                "park_id": "A",
                "name": "Kanaalzone",
                "plan_phase": "hard",
                "gross_ha": 60.0,
                "geometry": shapely.box(1000, 1000, 3000, 1300),
            },
            {
                "park_id": "B",
                "name": "Zuiderpark",
                "max_category": "3",
                "issuable_ha": 12.0,
                "net_ha": 40.0,
                "geometry": shapely.box(1000, -2000, 2000, -1500),
            },
        ],
        plots=plots,
        businesses=firms,
        waterways=[{"waterway_id": "w", "cemt": "Va", "geometry": shapely.box(500, 940, 4000, 990)}],
        sensitive_objects=[
            {
                "object_id": "h",
                "kind": "home",
                "surroundings": "quiet",
                "geometry": shapely.Point(2000, 3000),
            }
        ],
        housing_plans=[
            {
                "plan_id": "W",
                "name": "Kadewijk",
                "phase": "soft",
                "year": 2034,
                "surroundings": "mixed",
                "geometry": shapely.box(1000, 700, 1500, 900),
            }
        ],
        atelier=[
            {
                "remark_id": "o1",
                "group": "bewoners",
                "session": "1",
                "subject": "permitted_category",
                "stated": "3.1",
                "geometry": shapely.Point(1100, 1100),
            }
        ],
    )
    return built


@pytest.fixture
def result(tables: dict[str, Any]) -> BalanceResult:
    parameters = Parameters()
    return run_balance(
        assess(tables, parameters),
        tables,
        parameters,
        demand=crushers(),
        released=None,
        sub_areas=pd.DataFrame({"sub_area": ["Noord", "Zuid"], "inhabitants": [1000.0, 1000.0]}),
        years=YEARS,
        reference_year=2026,
        settings=BalanceSettings(draws=600, samples=16, focus=5),
    )


def test_every_table_is_as_declared(result: BalanceResult) -> None:
    assert set(result.tables) == {layer.name for layer in BALANCE_LAYERS}
    for layer in BALANCE_LAYERS:
        table = canonical_table(layer, result.tables[layer.name])
        assert len(table) > 0, layer.name
        for column in layer.columns:
            values = table[column.name].dropna()
            if column.allowed:
                assert set(values) <= set(column.allowed), (layer.name, column.name)
            if column.minimum is not None and len(values):
                assert values.min() >= column.minimum, (layer.name, column.name)
            if column.maximum is not None and len(values):
                assert values.max() <= column.maximum, (layer.name, column.name)


def test_the_balance_of_the_scene_by_hand(result: BalanceResult) -> None:
    """Two vacant plots of 290 x 200 m x 0.9, one option x 0.5, at the canal; 10 ha asked there in 2030."""
    balance = result.tables["balance"]
    row = balance[
        (balance["area"] == "Noord")
        & (balance["year"] == 2030)
        & (balance["category"] == "4.2")
        & (balance["water"] == "at_water")
        & (balance["rule"] == "floor")
    ].iloc[0]
    assert row["supply_ha"] == pytest.approx(5.8 * 2 * 0.9 + 5.8 * 0.5)
    assert row["circular_ha"] == pytest.approx(10.0)
    # growth of the province of Utrecht for 2,000 of its 1,369,873 people, half of them in Noord, as in the
    # worked example of regular demand
    assert row["growth_ha"] == pytest.approx(129.792 * 2000 / 1_369_873 / 2 * 0.2 * 0.35 * 0.08)


def test_answers_name_what_runs_short_with_hectares_and_share(result: BalanceResult) -> None:
    table = answers(result.simulation)
    assert list(table["place"]) == list(range(1, len(table) + 1))
    first = table.iloc[0]
    assert first["answer_id"].startswith("short_")
    assert "van de doorrekeningen is er een tekort" in first["answer_nl"]
    assert "kans" not in " ".join(table["answer_nl"].iloc[:-1])
    assert {"total_2030", "floor_2050", "settled", "status"} <= set(table["answer_id"])
    assert table["answer_nl"].str.endswith(".").all()


def test_the_head_says_how_much_is_assumed(result: BalanceResult) -> None:
    quantities = result.simulation.models.quantities
    shares = assumed_share(quantities)
    assert shares["sourced"] + shares["assumption"] + shares["to_verify"] == pytest.approx(1.0)
    assert f"Van de {len(quantities)} invoerwaarden" in head_nl(quantities)


def test_numbers_are_written_as_readers_see_them() -> None:
    assert hectares_nl(12.4) == "10 ha"
    assert band_nl(2.4, 18.0) == "0 tot 20 ha"
    assert share_nl(0.004) == "minder dan 1 %"
    assert share_nl(0.9999) == "meer dan 99 %"
    assert share_nl(1.0) == "100 %"


def test_the_agenda_ranks_by_worth_and_lists_what_has_no_number(result: BalanceResult) -> None:
    table = result.tables["research_agenda"]
    assert list(table["rank"]) == list(range(1, len(table) + 1))
    ranges = table[table["kind"] == "range"]
    assert ranges["worth_ha"].is_monotonic_decreasing
    assert ranges["question_nl"].str.endswith("?").all()
    assert set(table["kind"]) == {
        "range",
        "not_counted",
        "not_assessed",
        "disagreement",
        "to_verify",
        "open",
    }
    assert not table["item_id"].duplicated().any()
    disagreement = table[table["kind"] == "disagreement"].iloc[0]
    assert "Kanaalzone" in disagreement["question_nl"]
    assert disagreement["area_ha"] == pytest.approx(60.0)
    assert "bewoners" not in disagreement["why_nl"]
    left = table.set_index("item_id").loc["left_out_status_unknown"]
    assert left["area_ha"] == pytest.approx(5.8)


def test_hectares_of_few_firms_are_not_told(result: BalanceResult) -> None:
    facts = result.tables["research_agenda"].set_index("item_id")["area_ha"]
    by_code = facts[facts.index.str.startswith("to_verify_sbi_")]
    # six firms of SBI 3832 on one hectare each; the single haulier stays hidden
    assert 6.0 in by_code.to_numpy()
    assert by_code.isna().sum() == 1


def test_an_agenda_without_anything_is_empty(tables: dict[str, Any]) -> None:
    nothing = pd.DataFrame(
        columns=["factor", "group", "water", "worth_ha", "band_ha", "total", "first", "year"]
    )
    evidence = assess(tables, Parameters())
    empty = {name: table.iloc[:0] for name, table in evidence.items()}
    table = agenda(
        nothing,
        crushers().quantities,
        evidence=empty,
        tables={},
        left_out=pd.DataFrame({"reason": [], "sub_area": [], "ha": []}),
        touched={},
    )
    assert list(table.columns) == list(COLUMNS)
    assert set(table["kind"]) == {"open"}


def test_the_same_run_gives_the_same_tables(tables: dict[str, Any], result: BalanceResult) -> None:
    parameters = Parameters()
    again = run_balance(
        assess(tables, parameters),
        tables,
        parameters,
        demand=crushers(),
        released=None,
        sub_areas=pd.DataFrame({"sub_area": ["Zuid", "Noord"], "inhabitants": [1000.0, 1000.0]}),
        years=(2050, 2030, 2035),
        reference_year=2026,
        settings=BalanceSettings(draws=600, samples=16, focus=5, threads=1),
    )
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def test_real_models_without_ranges_equal_the_deterministic_answer_exactly(tables: dict[str, Any]) -> None:
    parameters = Parameters()
    evidence = assess(tables, parameters)
    made = run_demand(evidence, tables, parameters, settings=DemandSettings(draws=20))
    assert made.demand is not None
    assert made.released is not None
    models = run_balance(
        evidence,
        tables,
        parameters,
        demand=made.demand,
        released=made.released,
        sub_areas=made.sub_areas,
        years=YEARS,
        reference_year=2026,
        settings=BalanceSettings(draws=100, samples=4, focus=2),
    ).simulation.models
    narrow: Any = {
        name: replace(model, quantities=model.quantities.collapsed())
        for name, model in vars(models).items()
        if hasattr(model, "evaluate")
    }
    assert len(narrow) == 5
    collapsed = replace(models, **narrow)
    at_mid = match(deterministic(models), models.heavy_from)
    simulation = simulate(collapsed, draws=1200)
    for rule, cells in simulation.shortage.items():
        np.testing.assert_array_equal(cells, np.repeat(at_mid[rule], 1200, axis=0))

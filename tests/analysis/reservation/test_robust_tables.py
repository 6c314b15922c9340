"""Tables hold the columns that are declared; the same recipe gives the same tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation import robust_tables as write
from analysis.reservation.futures import judge, own_best
from analysis.reservation.plan import make_plan
from analysis.reservation.portfolio import find_portfolio
from analysis.reservation.protection import propose_locations
from analysis.reservation.regret import Supply, futures_of
from analysis.reservation.replacement import Replacements
from analysis.reservation.scenarios import Scenarios
from analysis.reservation.smaa import accept
from analysis.reservation.weights import draw_weights
from analysis.solving.outcome import Limits
from layers.results_protection import PROTECTION_LAYERS
from layers.results_robust import ROBUST_LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import ReservationProblem

EXACT = Limits(gap=1e-6, seconds=None)


def every_table(problem: ReservationProblem, parameters: Any) -> dict[str, pd.DataFrame]:
    """All tables but those that need a release, of a small problem with two futures."""
    plan = make_plan(problem, parameters)
    draws = draw_weights({"frontage": 2.0, "people": 1.0, "grid": 0.0}, 10, 7)
    values = np.random.default_rng(1).random((problem.pairs, 2))
    accepted = accept(problem, plan, values, draws, EXACT)
    wanted = problem.targets["ha"].to_numpy()
    futures = futures_of(problem, np.array([wanted, 1.5 * wanted]))
    best = own_best(futures, plan, EXACT)
    rows = pd.DataFrame(
        {
            "scenario_id": ["plan", "band_p90"],
            "kind": ["plan", "band"],
            "label_nl": ["Vraag van het plan", "Vraag hoog"],
            "label_en": ["Demand of the plan", "Demand high"],
        }
    )
    scenarios = Scenarios(rows, problem.targets, futures.demand)
    judged = judge(Supply(futures), best, "plan", plan.start)
    found = {"scenarios": (np.arange(2), best.bound, (judged,))}
    portfolio = find_portfolio(problem, plan, parameters, EXACT)
    replaced = Replacements(problem, plan, EXACT).find(1)
    return {
        "weight_draws": write.draws_table(accepted, plan),
        "site_acceptability": write.acceptability_table(accepted, plan),
        "plan_regret": write.regret_table(scenarios, found),
        "plan_futures": write.futures_table(problem, plan, found, 0.2),
        "plan_portfolio": write.portfolio_table(portfolio, parameters),
        "alternative_choices": write.choices_table(problem, {"plan": plan.start}),
        "site_replacement": write.replacement_table(problem, replaced),
        "site_labels": write.labels_table(plan, accepted, portfolio, best.starts, replaced),
    }


@pytest.fixture
def loose(exact: Callable[..., Any]) -> Any:
    """Parameters that leave room for alternatives."""
    return exact(tolerance=0.1, portfolio=2, portfolio_loss=0.9, portfolio_distance=0.25)


def test_every_table_has_the_declared_columns_and_codes(
    problem: Callable[..., ReservationProblem], loose: Any
) -> None:
    tables = every_table(problem(), loose)
    assert set(tables) == {layer.name for layer in ROBUST_LAYERS}
    for layer in ROBUST_LAYERS:
        table = tables[layer.name]
        assert set(table.columns) == {column.name for column in layer.columns}, layer.name
        keys = [layer.identifier] if layer.identifier else list(layer.order)
        assert not table.duplicated(keys).any(), layer.name
        for column in layer.columns:
            if column.allowed:
                assert set(table[column.name].dropna()) <= set(column.allowed), column.name


def test_the_same_recipe_gives_the_same_tables(
    problem: Callable[..., ReservationProblem], loose: Any
) -> None:
    once, again = every_table(problem(), loose), every_table(problem(), loose)
    for name, table in once.items():
        pd.testing.assert_frame_equal(table, again[name])


def test_regret_of_the_tables_is_shortage_above_the_best(
    problem: Callable[..., ReservationProblem], loose: Any
) -> None:
    table = every_table(problem(), loose)["plan_regret"]
    assert (table["regret_ha"] >= 0).all()
    above = np.maximum(table["shortage_ha"] - table["best_ha"], 0)
    assert table["regret_ha"].to_numpy() == pytest.approx(np.asarray(above))


def test_zones_and_sites_have_the_declared_columns(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    import geopandas as gpd
    import shapely

    from layers.parameters import Parameters

    case = problem()
    case = replace(case, sites=case.sites.assign(heavy=True))
    count = len(case.sites)
    surveyed = gpd.GeoDataFrame(
        {
            "site_id": case.sites["site_id"],
            "status": ["issued", "vacant", "option", "issued"],
            "plan": "hard",
            "grid_until": pd.array([None, None, 2040, None], dtype="Int64"),
            "present": pd.array([None] * count, dtype="string"),
            "permitted_low": "4.1",
            "connection": "none",
            "heavy": True,
            "wet": False,
        },
        geometry=[shapely.box(100 * at, 0, 100 * at + 100, 100) for at in range(count)],
        crs="EPSG:28992",
    )
    plan = make_plan(case, exact(aims=("shortage", "suitability")))
    made = propose_locations(case, plan, {"reservation_sites": surveyed}, Parameters())
    for layer in PROTECTION_LAYERS:
        columns = set(made[layer.name].columns) - {"geometry"}
        assert columns == {column.name for column in layer.columns}, layer.name
    assert set(made["site_protection"]["label"]) == {"not_assessed"}
    shapes = made["reservation_zones"].geometry
    assert shapes.area.sum() == pytest.approx(shapes.union_all().area)

"""The checker reads tables and geometry again: a plan that only fits the model is rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.reservation.checker import check_plan
from analysis.reservation.plan import make_plan
from analysis.reservation.plan_tables import plan_tables
from layers.parameters_reservation import ReservationParameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.reservation.problem import Plan, ReservationProblem

RD = "EPSG:28992"
PARAMETERS = ReservationParameters(
    tolerance=0.0, gap=0.0, seconds=None, quiet_functions=("F02",), neighbour_m=30
)


def plots() -> gpd.GeoDataFrame:
    """Four plots of 100 m by 200 m (2 ha) in a row, 50 m apart."""
    shapes = [shapely.box(150 * at, 0, 150 * at + 100, 200) for at in range(4)]
    return gpd.GeoDataFrame({"plot_id": [f"S{at:02d}" for at in range(4)]}, geometry=shapes, crs=RD)


def area_layer(identifier: str, box: tuple[float, float, float, float], **columns: Any) -> gpd.GeoDataFrame:
    rows = {identifier: ["X1"], **{name: [value] for name, value in columns.items()}}
    return gpd.GeoDataFrame(rows, geometry=[shapely.box(*box)], crs=RD)


@pytest.fixture
def given(problem: Callable[..., ReservationProblem]) -> ReservationProblem:
    people = np.array([10.0, 0.0, 0.0, 5.0, 20.0, 30.0, 40.0, 0.0])
    return problem(people=people, neighbours=np.empty((0, 2), dtype=np.int64), noisy=(0,), quiet=(1,))


@pytest.fixture
def made(given: ReservationProblem) -> Plan:
    """S00 and S01 for F01, S03 for F02: suitability 0.9, 0.8 and 0.6; people 10, 0 and 0."""
    plan = make_plan(given, PARAMETERS)
    assert plan.start.tolist() == [0, -1, 1, -1, -1, -1, -1, 1]
    return plan


@pytest.fixture
def tables(given: ReservationProblem, made: Plan) -> dict[str, Any]:
    sites = [f"S{at:02d}" for at in given.site]
    names = [given.functions[at] for at in given.function]
    rows = [
        (site, name, year, "certain", None, 2.0, people)
        for site, name, people in zip(sites, names, given.people, strict=True)
        for year in given.years
    ]
    return {
        "plots": plots(),
        "reservation_candidates": pd.DataFrame(
            rows, columns=["site_id", "function", "year", "verdict", "rule_id", "capacity_ha", "people"]
        ),
        "reservation_functions": pd.DataFrame(
            {"function": ["F01", "F02"], "function_id": ["F01", "F02"], "large_noise_maker": ["yes", "no"]}
        ),
        "reservation_targets": given.targets,
        "parks": gpd.GeoDataFrame(
            {"park_id": ["PA", "PB"]},
            geometry=[shapely.box(-5, -5, 255, 205), shapely.box(295, -5, 555, 205)],
            crs=RD,
        ),
        **plan_tables(given, made, PARAMETERS),
    }


def kinds(
    problem: ReservationProblem,
    plan: Plan,
    tables: dict[str, Any],
    parameters: ReservationParameters = PARAMETERS,
) -> set[str]:
    return {violation.kind for violation in check_plan(problem, plan, tables=tables, parameters=parameters)}


def test_the_plan_as_made_passes(given: ReservationProblem, made: Plan, tables: dict[str, Any]) -> None:
    assert check_plan(given, made, tables=tables, parameters=PARAMETERS) == ()


def without_row(frame: pd.DataFrame, **where: Any) -> pd.DataFrame:
    mask = np.ones(len(frame), dtype=bool)
    for name, value in where.items():
        mask &= (frame[name] == value).to_numpy()
    return frame[~mask]


def changed(frame: pd.DataFrame, column: str, value: Any, **where: Any) -> pd.DataFrame:
    result = frame.copy()
    mask = np.ones(len(frame), dtype=bool)
    for name, wanted in where.items():
        mask &= (frame[name] == wanted).to_numpy()
    result.loc[mask, column] = value
    return result


BROKEN: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "never judged": (
        "candidate",
        lambda t: {
            "reservation_candidates": without_row(t["reservation_candidates"], site_id="S00", function="F01")
        },
    ),
    "judged as no in a later year": (
        "verdict",
        lambda t: {
            "reservation_candidates": changed(
                t["reservation_candidates"], "verdict", "no", site_id="S01", function="F01", year=2050
            )
        },
    ),
    "not assessed": (
        "verdict",
        lambda t: {
            "reservation_candidates": changed(
                t["reservation_candidates"], "verdict", "not_assessed", site_id="S03", function="F02"
            )
        },
    ),
    "fewer hectares among the candidates": (
        "hectares",
        lambda t: {
            "reservation_candidates": changed(t["reservation_candidates"], "capacity_ha", 1.5, site_id="S00")
        },
    ),
    "other people among the candidates": (
        "people",
        lambda t: {
            "reservation_candidates": changed(t["reservation_candidates"], "people", 99.0, site_id="S00")
        },
    ),
    "more asked in the table": (
        "target",
        lambda t: {
            "reservation_targets": changed(t["reservation_targets"], "ha", 9.0, function="F02", year=2050)
        },
    ),
    "a reservation that is not released": (
        "released_plan",
        lambda t: {"reservation_plan": without_row(t["reservation_plan"], site_id="S00")},
    ),
    "a reservation released from another year": (
        "released_plan",
        lambda t: {"reservation_plan": changed(t["reservation_plan"], "from_year", 2030, site_id="S01")},
    ),
    "an aim released with another bound": (
        "released_aim",
        lambda t: {"plan_aims": changed(t["plan_aims"], "bound", -1.0, aim="people")},
    ),
    "an aim that is not released": (
        "released_aim",
        lambda t: {"plan_aims": without_row(t["plan_aims"], aim="people")},
    ),
    "a plot that is not in the layer": ("site", lambda t: {"plots": without_row(t["plots"], plot_id="S01")}),
    "plots smaller than the hectares": (
        "area",
        lambda t: {"plots": t["plots"].set_geometry(t["plots"].geometry.scale(xfact=0.9, yfact=0.9))},
    ),
    "a park smaller than the hectares": (
        "area",
        lambda t: {"parks": t["parks"].set_geometry(t["parks"].geometry.scale(xfact=0.5))},
    ),
    "plots on top of each other": (
        "overlap",
        lambda t: {"plots": t["plots"].set_geometry([shapely.box(0, 0, 100, 200)] * 4)},
    ),
    "noise 20 m from quiet": (
        "neighbour_space",
        lambda t: {
            "plots": t["plots"].set_geometry(
                [shapely.box(120 * at, 0, 120 * at + 100, 200) for at in (0, 1, 3, 2)]
            )
        },
    ),
    "a hard housing plan over a fifth of a plot": (
        "housing_space",
        lambda _: {"housing_plans": area_layer("plan_id", (80, 0, 120, 200), phase="hard")},
    ),
    "a reservation for another function": (
        "reserved_before",
        lambda _: {"reservations": area_layer("reservation_id", (-10, -10, 110, 210), function="F02")},
    ),
    "an objection of a session": (
        "objected",
        lambda _: {
            "session_outcomes": area_layer(
                "outcome_id", (-10, -10, 110, 210), function="F01", outcome="objected"
            )
        },
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_tables_that_say_otherwise_reject_the_plan(
    name: str, given: ReservationProblem, made: Plan, tables: dict[str, Any]
) -> None:
    kind, change = BROKEN[name]
    assert kind in kinds(given, made, {**tables, **change(tables)})


ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "a site locked out": ("lock_out", {"lock_out": ("S00",)}),
    "a park locked out for one function": ("lock_out", {"lock_out": ("PB=F02",)}),
    "a site locked in": ("lock_in", {"lock_in": ("S02=F01",)}),
    "a maximum": ("ceiling", {"municipality_max_ha": {"GM0001": 3.0}}),
    "a cluster": ("cluster", {"minimum_cluster_ha": {"F02": 3.0}}),
}


@pytest.mark.parametrize("name", ASKED)
def test_parameters_that_ask_otherwise_reject_the_plan(
    name: str, given: ReservationProblem, made: Plan, tables: dict[str, Any]
) -> None:
    kind, changes = ASKED[name]
    assert kind in kinds(given, made, tables, PARAMETERS.model_copy(update=changes))


HARMLESS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a hard housing plan over a twentieth of a plot": lambda _: {
        "housing_plans": area_layer("plan_id", (95, 0, 120, 200), phase="hard")
    },
    "a soft housing plan over a plot": lambda _: {
        "housing_plans": area_layer("plan_id", (0, 0, 100, 200), phase="soft")
    },
    "a reservation for the same function": lambda _: {
        "reservations": area_layer("reservation_id", (-10, -10, 110, 210), function="F01")
    },
    "an outcome that agrees": lambda _: {
        "session_outcomes": area_layer("outcome_id", (-10, -10, 110, 210), function="F01", outcome="agreed")
    },
    "a sliver of overlap": lambda t: {
        "plots": t["plots"].set_geometry([shapely.box(99 * at, 0, 99 * at + 100, 200) for at in range(4)]),
        "parks": t["parks"].set_geometry([shapely.box(0, 0, 500, 200)] * 2),
        "reservation_functions": t["reservation_functions"].assign(large_noise_maker="no"),
    },
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_breaks_no_rule_passes(
    name: str, given: ReservationProblem, made: Plan, tables: dict[str, Any]
) -> None:
    assert kinds(given, made, {**tables, **HARMLESS[name](tables)}) == set()


def test_housing_plans_that_all_go_ahead_exclude_soft_ones_too(
    given: ReservationProblem, made: Plan, tables: dict[str, Any]
) -> None:
    soft = area_layer("plan_id", (0, 0, 100, 200), phase="soft")
    every = PARAMETERS.model_copy(update={"housing": "exclude_all"})
    assert "housing_space" in kinds(given, made, {**tables, "housing_plans": soft}, every)


def test_a_hard_plan_with_a_price_is_rejected(
    given: ReservationProblem, made: Plan, tables: dict[str, Any]
) -> None:
    priced = replace(
        given,
        plans=pd.DataFrame({"plan_id": ["X1"], "dwellings": [5.0], "price": [1.0]}),
        plan_pairs=np.empty((0, 2), dtype=np.int64),
    )
    plan = replace(made, blocked_plans=np.zeros(1, dtype=bool))
    hard = area_layer("plan_id", (900, 0, 950, 50), phase="hard")
    assert kinds(priced, plan, {**tables, "housing_plans": hard}) == {"housing_priced"}

"""The problem put together: rules of the plan itself, rebuilding from a release, ways out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.reservation.assemble import assemble, problem_of
from analysis.reservation.problem import ReservationProblem
from analysis.reservation.relaxations import relaxations_of
from gis.errors import InputError
from layers.canonical import DTYPES, canonical_table
from layers.parameters import Parameters
from layers.results_plan import PLAN_BY_NAME
from tests.analysis.reservation.candidates_fixtures import (
    HEAVY,
    LIGHT,
    LOUD,
    WET,
    home,
    plot,
    settings,
    world,
)

Scene = Callable[..., dict[str, gpd.GeoDataFrame]]


def through_a_release(made: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Write tables as a release does and read them back."""
    found = {}
    for name, table in made.items():
        layer = PLAN_BY_NAME[name]
        kinds = {column.name: DTYPES[column.kind] for column in layer.columns}
        found[name] = canonical_table(layer, table).astype(kinds)
    return found


def assert_same(one: ReservationProblem, two: ReservationProblem) -> None:
    for item in fields(ReservationProblem):
        left, right = getattr(one, item.name), getattr(two, item.name)
        if isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right, err_msg=item.name)
        elif isinstance(left, pd.DataFrame):
            pd.testing.assert_frame_equal(left, right, check_dtype=False, obj=item.name)
        else:
            assert left == right, item.name


@pytest.fixture
def tables(scene: Scene) -> dict[str, Any]:
    canal = {"waterway_id": "A", "name": "Kanaal", "cemt": "Va", "geometry": shapely.box(-50, 110, 150, 150)}
    layers = scene(
        plots=[
            plot("K1", shapely.box(0, 0, 200, 100), "5.1"),
            plot("K2", shapely.box(220, 0, 420, 100), "4.2"),
            plot("K3", shapely.box(600, 0, 800, 100), "3.2"),
        ],
        waterways=[canal],
        sensitive_objects=[home("h", 700, -250, "quiet", weight=10.0), home("far", 100, -2500)],
        zoned_estates=[{"estate_id": "Z", "kind": "zoned", "geometry": shapely.box(-10, -10, 430, 110)}],
        housing_plans=[
            {
                "plan_id": "W1",
                "dwellings": 100.0,
                "phase": "soft",
                "surroundings": "quiet",
                "geometry": shapely.box(600, -30, 800, -20),
            },
            {"plan_id": "W2", "dwellings": 7.0, "phase": "soft", "geometry": shapely.box(5000, 0, 5100, 100)},
        ],
    )
    quiet = {"id": "F03", "category": "2"}
    return world(layers, (quiet, LIGHT, HEAVY, WET, LOUD))


def test_the_problem_is_the_same_after_a_release(tables: dict[str, Any]) -> None:
    parameters = settings(housing="price", municipality_max_ha={"GM0001": 5.0}, lock_in=("K1=FW",))
    problem, made = assemble(tables, parameters)
    assert_same(problem, problem_of({**tables, **through_a_release(made)}, parameters))


def test_every_table_is_as_it_is_declared(tables: dict[str, Any]) -> None:
    _, made = assemble(tables, Parameters())
    assert set(made) == set(PLAN_BY_NAME)
    for name, table in made.items():
        extra = {"geometry"} if PLAN_BY_NAME[name].shape != "table" else set()
        assert set(table.columns) == {column.name for column in PLAN_BY_NAME[name].columns} | extra, name
        canonical_table(PLAN_BY_NAME[name], table)


def test_scarce_land_is_kept(tables: dict[str, Any]) -> None:
    problem, _ = assemble(tables, settings(kept_share=0.25))
    names = problem.sites["site_id"].to_numpy()[problem.site], np.array(problem.functions)[problem.function]
    keep = problem.keep.set_index("keep_id")["ha"].to_dict()
    # heavy: K1 and K2, four hectares; on water: K1, two hectares
    assert keep == pytest.approx({"heavy": 1.0, "quay": 0.5})
    of_heavy = {(names[0][pair], names[1][pair]) for row, pair in problem.keep_pairs.tolist() if row == 0}
    assert of_heavy == {(site, name) for site in ("K1", "K2") for name in ("F03", "FL")} | {("K1", "FW")}
    of_quay = {(names[0][pair], names[1][pair]) for row, pair in problem.keep_pairs.tolist() if row == 1}
    assert of_quay == {("K1", name) for name in ("F03", "FH", "FL", "FN")}
    none, _ = assemble(tables, settings(keep_quays=False, keep_heavy=False))
    assert len(none.keep) == 0
    assert len(none.keep_pairs) == 0


def test_noise_quiet_and_neighbours(tables: dict[str, Any]) -> None:
    problem, _ = assemble(tables, Parameters())
    assert [problem.functions[place] for place in problem.noisy] == ["FN"]
    assert [problem.functions[place] for place in problem.quiet] == ["F03"]
    # K1 and K2 lie 20 m apart, K3 180 m further on
    assert problem.neighbours.tolist() == [[0, 1]]
    assert len(assemble(tables, settings(neighbour_m=5.0))[0].neighbours) == 0


def test_housing_plans_are_counted_priced_or_go_ahead(tables: dict[str, Any]) -> None:
    counted, _ = assemble(tables, Parameters())
    at = counted.sites["site_id"].tolist().index("K3"), counted.functions.index("FL")
    pair = int(np.flatnonzero((counted.site == at[0]) & (counted.function == at[1]))[0])
    # all of the plan lies within the 30 m of category 2: its strip is 20 to 30 m away
    assert counted.conflict[pair] == pytest.approx(100.0)
    assert len(counted.plans) == 0
    priced, _ = assemble(tables, settings(housing="price", housing_price=0.1))
    assert priced.plans.to_dict("records") == [{"plan_id": "W1", "dwellings": 100.0, "price": 10.0}]
    assert {int(priced.site[pair]) for _, pair in priced.plan_pairs.tolist()} == {at[0]}
    assert priced.pairs == counted.pairs
    ahead, _ = assemble(tables, settings(housing="exclude_all"))
    assert set(ahead.site.tolist()) == {0, 1}


def test_maxima_and_clusters_come_from_the_parameters(tables: dict[str, Any]) -> None:
    problem, _ = assemble(
        tables, settings(municipality_max_ha={"GM0001": 3.0}, minimum_cluster_ha={"FL": 2.5})
    )
    assert problem.ceilings.to_dict("records") == [
        {
            "ceiling_id": "municipality.GM0001",
            "scope": "municipality",
            "area": "GM0001",
            "function": None,
            "year": 2050,
            "ha": 3.0,
        }
    ]
    assert dict(zip(problem.functions, problem.min_cluster.tolist(), strict=True))["FL"] == 2.5
    for changes in ({"municipality_max_ha": {"GM9": 1.0}}, {"minimum_cluster_ha": {"F9": 1.0}}):
        with pytest.raises(InputError, match="is not known"):
            assemble(tables, settings(**changes))


def test_the_years_of_a_live_session_are_among_those_judged(tables: dict[str, Any]) -> None:
    _, made = assemble(tables, Parameters())
    held = {**tables, **made}
    assert problem_of(held, settings(years=(2050,))).years == (2050,)
    with pytest.raises(InputError, match="2040"):
        problem_of(held, settings(years=(2040,)))


def test_weights_change_suitability_without_judging_again(tables: dict[str, Any]) -> None:
    problem, made = assemble(tables, Parameters())
    held = {**tables, **made}
    one = problem_of(held, settings(weights={"people": 1.0}))
    rated = (
        made["site_suitability"].query("criterion == 'people'").set_index(["site_id", "function"])["value"]
    )
    names = zip(
        problem.sites["site_id"].to_numpy()[one.site], np.array(one.functions)[one.function], strict=True
    )
    assert one.suitability.tolist() == pytest.approx([rated[name] for name in names])


def test_ways_out_never_lose_a_pair_and_say_what_touches_health(tables: dict[str, Any]) -> None:
    problem, made = assemble(tables, Parameters())
    found = relaxations_of({**tables, **made}, Parameters())
    before = set(zip(problem.site.tolist(), problem.function.tolist(), strict=True))
    fresh = {}
    for name, way in found.items():
        assert way.name == name
        relaxed = way.problem()
        assert relaxed.functions == problem.functions
        pd.testing.assert_frame_equal(relaxed.targets, problem.targets)
        after = set(zip(relaxed.site.tolist(), relaxed.function.tolist(), strict=True))
        assert before <= after, name
        fresh[name] = {
            (problem.sites["site_id"].iloc[site], problem.functions[function])
            for site, function in after - before
        }
    # K3 may be 3.2: one step more lets 4.1 in, for which 250 m to the home is enough
    assert fresh["permitted_step"] == {("K2", "FN"), ("K3", "FH")} - before_names(problem)
    # K2 and K3 lie dry
    assert fresh["no_water"] == {("K2", "FW"), ("K3", "FW")}
    assert {name for name, way in found.items() if way.touches_health} >= {"inside", "lighter", "mixed"}
    assert not found["permitted_step"].touches_health
    assert "possible" not in found
    assert "soft_housing" not in found


def before_names(problem: ReservationProblem) -> set[tuple[str, str]]:
    ids = problem.sites["site_id"].tolist()
    return {
        (ids[site], problem.functions[function])
        for site, function in zip(problem.site.tolist(), problem.function.tolist(), strict=True)
    }


def test_mixed_surroundings_free_the_park_where_they_decide(scene: Scene) -> None:
    layers = scene(
        plots=[plot("K1", shapely.box(0, 0, 200, 100))],
        sensitive_objects=[home("h", 100, -153, "quiet", weight=40.0)],
    )
    tables = world(layers, (LIGHT, HEAVY))
    problem, made = assemble(tables, Parameters())
    ways = relaxations_of({**tables, **made}, Parameters())
    relaxed = ways["mixed:P"].problem()
    fresh = [pair for pair in range(relaxed.pairs) if relaxed.functions[relaxed.function[pair]] == "FH"]
    assert problem.pairs == 1
    assert relaxed.pairs == 2
    # 40 homes of 2.1 people live within the 200 m that would be shortened to 100
    assert relaxed.people[fresh].tolist() == [84.0]
    assert "terrein Park als gemengd" in ways["mixed:P"].label_nl


def test_what_was_possible_or_waits_for_housing_is_a_way_out_when_left_aside(tables: dict[str, Any]) -> None:
    parameters = settings(certain_only=True, housing="exclude_all")
    problem, made = assemble(tables, parameters)
    found = relaxations_of({**tables, **made}, parameters)
    freed = found["soft_housing"].problem()
    assert set(freed.site.tolist()) - set(problem.site.tolist()) == {2}
    assert found["possible"].problem().pairs >= problem.pairs

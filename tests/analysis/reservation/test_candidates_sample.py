"""Candidates of the sample region: what must hold whatever the numbers, and what was made up on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.reservation.assemble import assemble, problem_of
from analysis.reservation.classes import function_of
from analysis.reservation.problem import ReservationProblem
from analysis.reservation.reasons import reason_nl
from layers.parameters import Parameters
from layers.release import open_release
from layers.sample.roads import joined, roads_layer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("plan")
Assembled = tuple[ReservationProblem, dict[str, pd.DataFrame], dict[str, Any]]


@pytest.fixture(scope="module")
def assembled(balanced_release: Path) -> Assembled:
    release = open_release(balanced_release)
    tables = {name: release.table(name) for name in release.names}
    problem, made = assemble(tables, Parameters(), reference_year=2026)
    return problem, made, tables


def test_every_park_and_plot_that_is_no_public_space_is_a_site(assembled: Assembled) -> None:
    _, made, tables = assembled
    sites = made["reservation_sites"]
    plots = tables["plots"]
    expected = set(plots.loc[plots["status"] != "public_space", "plot_id"])
    assert set(sites.loc[sites["kind"] == "plot", "site_id"]) == expected
    assert set(sites["park_id"]) == set(tables["parks"]["park_id"])


def test_every_no_keeps_its_rule_and_what_it_is_short(assembled: Assembled) -> None:
    _, made, _ = assembled
    table = made["reservation_candidates"]
    no = table[table["verdict"] == "no"]
    assert no["rule_id"].notna().all()
    assert no["rules"].notna().all()
    measured = no[no["unit"].notna()]
    # where there is a unit there is a shortage in it, or nothing could be measured
    assert (measured["margin"].dropna() <= 0).all()
    assert measured["margin"].notna().mean() > 0.99
    assert (no.loc[no["land_verdict"] == "no", "capacity_ha"] == 0).all()
    rules = made["reservation_rules"].set_index("rule_id")
    for name, group in no.groupby("rule_id"):
        rule = {str(key): value for key, value in rules.loc[str(name)].to_dict().items()}
        row = {str(key): value for key, value in group.iloc[0].to_dict().items()}
        assert "{" not in reason_nl(row, rule)


def test_capacity_never_falls_and_never_passes_the_site(assembled: Assembled) -> None:
    problem, _, _ = assembled
    assert (np.diff(problem.capacity, axis=1) >= 0).all()
    area = problem.sites["area_ha"].to_numpy()[problem.site]
    assert (problem.capacity[:, -1] <= area + 0.001).all()
    assert (problem.capacity[:, -1] > 0).all()
    assert ((problem.suitability >= 0) & (problem.suitability <= 1)).all()


def test_large_noise_makers_stand_on_zoned_estates_only(assembled: Assembled) -> None:
    problem, made, _ = assembled
    governed = made["reservation_sites"]["governed"].to_numpy(dtype=bool)
    assert governed[problem.site[np.isin(problem.function, problem.noisy)]].all()


def test_functions_that_need_water_stand_at_water(assembled: Assembled) -> None:
    problem, made, _ = assembled
    classes = made["reservation_functions"].set_index("function")
    needs = np.array([bool(classes.loc[name, "needs_water"]) for name in problem.functions])
    beside = made["reservation_sites"]["connection_possible"].isin(["own_quay", "public_quay", "adjacent"])
    assert beside.to_numpy(dtype=bool)[problem.site[needs[problem.function]]].all()


def test_targets_of_the_province_add_up_to_the_land_demand(assembled: Assembled) -> None:
    problem, _, tables = assembled
    bands = tables["demand_bands"]
    bands = bands[(bands["sub_area"] == "province") & (bands["function_id"] != "total")]
    expected = bands.groupby(["function_id", "year"])["p50_ha"].sum()
    whole = problem.targets[problem.targets["sub_area"].isna()]
    found = whole.groupby([whole["function"].map(function_of), "year"])["ha"].sum()
    for key, hectares in found.items():
        assert hectares == pytest.approx(float(expected[key]), abs=0.01), key
    assert found.sum() == pytest.approx(float(expected.sum()), abs=0.1)


def test_what_was_made_up_is_locked(assembled: Assembled) -> None:
    problem, made, _ = assembled
    locks = made["reservation_locks"].set_index("source_id")
    assert locks["effect"].tolist() == ["locked"] * 4
    assert dict(zip(locks.index, locks["direction"], strict=True)) == {
        "VR01": "in",
        "VR02": "in",
        "VU01": "in",
        "VU02": "out",
    }
    assert len(problem.locked_in) == 3


def test_a_release_gives_the_same_problem_with_its_rows_in_any_order(assembled: Assembled) -> None:
    problem, made, tables = assembled
    shuffled = {
        name: table.sample(frac=1, random_state=7).reset_index(drop=True) for name, table in made.items()
    }
    again = problem_of({**tables, **shuffled}, Parameters())
    for name in ("site", "function", "capacity", "certain", "suitability", "people", "conflict"):
        np.testing.assert_array_equal(getattr(again, name), getattr(problem, name), err_msg=name)
    for name in ("locked_in", "neighbours", "keep_pairs", "plan_pairs"):
        np.testing.assert_array_equal(getattr(again, name), getattr(problem, name), err_msg=name)
    pd.testing.assert_frame_equal(again.targets, problem.targets)
    pd.testing.assert_frame_equal(again.sites, problem.sites, check_dtype=False)


def test_roads_join_all_municipalities_and_meet_in_centres_only() -> None:
    roads = roads_layer()
    ends = shapely.get_coordinates(roads.geometry.to_numpy()).reshape(-1, 2, 2)
    names = {tuple(end) for pair in ends.tolist() for end in pair}
    assert len(names) == 26
    # spread from one centre over the roads
    reached, before = {tuple(ends[0, 0].tolist())}, 0
    while len(reached) > before:
        before = len(reached)
        for one, two in ends.tolist():
            if tuple(one) in reached or tuple(two) in reached:
                reached |= {tuple(one), tuple(two)}
    assert reached == names
    shapes = roads.geometry.to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="crosses")
    assert len(one) == 0
    assert roads["WEGNAAM"].str.startswith("Voorbeeldweg").all()
    assert roads["SNELHEID"].between(30, 100).all()


def test_two_points_are_joined_when_no_third_lies_between_them() -> None:
    corners = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.5], [1.0, 9.0]])
    # the third point lies in the circle between the first two, and between each of them and the fourth
    assert joined(corners) == [(0, 2), (1, 2), (2, 3)]

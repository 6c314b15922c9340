"""Locks by hand: from parameters, existing reservations and sessions; what cannot be is named with ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from analysis.reservation.assemble import assemble, problem_of
from gis.errors import InputError
from layers.parameters import Parameters
from tests.analysis.reservation.candidates_fixtures import home, plot, settings, world

if TYPE_CHECKING:
    from analysis.reservation.problem import ReservationProblem

Scene = Callable[..., dict[str, gpd.GeoDataFrame]]

LIGHT = {"id": "F03", "category": "2", "typical": 3.0}
TWO = (
    LIGHT,
    {"id": "F06", "variant": "F06a", "category": "4.1"},
    {"id": "F06", "variant": "F06b", "category": "5.1"},
)


def box(number: int, size: float = 100.0) -> shapely.Polygon:
    """Plots of two hectares side by side, 100 m apart."""
    return shapely.box(number * 300, 0, number * 300 + 2 * size, size)


def tables_of(scene: Scene, **layers: Any) -> dict[str, Any]:
    plots = [
        plot("K1", box(0), "4.2"),
        plot("K2", box(1), "5.2"),
        plot("K3", box(2), "2"),
        plot("K4", box(3), "2", "option"),
    ]
    return world(scene(plots=plots, sensitive_objects=[home("h", 100, -3000)], **layers), TWO)


def locked(problem: ReservationProblem) -> list[tuple[str, str, int]]:
    ids = problem.sites["site_id"].tolist()
    return [
        (ids[problem.site[pair]], problem.functions[problem.function[pair]], problem.years[year])
        for pair, year in problem.locked_in.tolist()
    ]


def pairs(problem: ReservationProblem) -> set[tuple[str, str]]:
    ids = problem.sites["site_id"].tolist()
    return {
        (ids[site], problem.functions[function])
        for site, function in zip(problem.site.tolist(), problem.function.tolist(), strict=True)
    }


def refused(tables: dict[str, Any], parameters: Parameters) -> str:
    with pytest.raises(InputError) as caught:
        assemble(tables, parameters)
    return str(caught.value)


def test_without_locks_every_pair_that_fits_is_there(scene: Scene) -> None:
    problem, made = assemble(tables_of(scene), Parameters())
    light = {(site, "F03") for site in ("K1", "K2", "K3", "K4")}
    assert pairs(problem) == light | {("K1", "F06-4"), ("K2", "F06-4"), ("K2", "F06-5")}
    assert locked(problem) == []
    assert len(made["reservation_locks"]) == 0


def test_a_site_is_locked_in_for_the_heaviest_class_that_fits(scene: Scene) -> None:
    tables = tables_of(scene)
    problem, _ = assemble(tables, settings(lock_in=("K1=F06", "K2=F06", "K3=F03")))
    assert locked(problem) == [("K1", "F06-4", 2030), ("K2", "F06-5", 2030), ("K3", "F03", 2030)]
    problem, _ = assemble(tables, settings(lock_in=("K2=F06-4",)))
    assert locked(problem) == [("K2", "F06-4", 2030)]


def test_a_park_is_locked_in_with_its_best_sites_for_one_facility(scene: Scene) -> None:
    # a usual plot of F03 is 3 ha: two of the plots of two hectares
    problem, made = assemble(tables_of(scene), settings(lock_in=("P=F03",)))
    assert len(locked(problem)) == 2
    ranked = sorted(
        (-float(problem.suitability[pair]), pair)
        for pair in range(problem.pairs)
        if problem.functions[problem.function[pair]] == "F03"
    )
    assert sorted(problem.locked_in[:, 0].tolist()) == sorted(pair for _, pair in ranked[:2])
    assert set(made["reservation_locks"]["source_id"]) == {"P=F03"}


def test_a_site_or_park_is_locked_out_for_one_function_or_all(scene: Scene) -> None:
    tables = tables_of(scene)
    everything = pairs(assemble(tables, Parameters())[0])
    problem, made = assemble(tables, settings(lock_out=("K1", "P=F06-5")))
    assert pairs(problem) == everything - {("K1", "F03"), ("K1", "F06-4"), ("K2", "F06-5")}
    assert set(made["reservation_locks"]["direction"]) == {"out"}


def test_reservations_and_sessions_lock_by_place(scene: Scene) -> None:
    tables = tables_of(
        scene,
        reservations=[
            # three quarters of K1 and a tenth of K2; from 2040 on, so in 2050 at the latest
            {
                "reservation_id": "R",
                "function": "F06",
                "year": 2040,
                "geometry": shapely.box(50, -9, 320, 150),
            }
        ],
        session_outcomes=[
            {"outcome_id": "A", "function": "F03", "outcome": "agreed", "geometry": shapely.Point(650, 50)},
            {
                "outcome_id": "O",
                "function": "F03",
                "outcome": "objected",
                "geometry": shapely.box(900, -9, 1100, 200),
            },
            {"outcome_id": "X", "function": "F03", "outcome": "open", "geometry": shapely.Point(10, 10)},
            {"outcome_id": "Z", "function": "F03", "outcome": "agreed", "geometry": shapely.Point(9000, 50)},
        ],
    )
    problem, made = assemble(tables, Parameters())
    assert locked(problem) == [("K1", "F06-4", 2050), ("K3", "F03", 2030)]
    assert ("K4", "F03") not in pairs(problem)
    effects = made["reservation_locks"].set_index("source_id")["effect"].to_dict()
    assert effects == {"A": "locked", "O": "locked", "R": "locked", "Z": "no_site"}


def test_a_lock_in_waits_until_the_site_is_available(scene: Scene) -> None:
    tables = tables_of(scene)
    # options run out evenly over three years after the survey: nothing in the year itself
    early = tables | {"demand_bands": tables["demand_bands"], "land_demand": tables["land_demand"]}
    problem, _ = assemble(early, settings(lock_in=("K4=F03",)), reference_year=2030)
    assert locked(problem) == [("K4", "F03", 2050)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lock_in": ("K3=F06",)}, ("K3=F06", "not eligible", "K3 (permitted_category)")),
        ({"lock_in": ("K1=F03",), "lock_out": ("K1=F03",)}, ("K1=F03", "locks out", "K1")),
        ({"lock_in": ("P=F03",), "lock_out": ("P",)}, ("P=F03", "locks out", "K1, K2, K3, K4")),
        ({"lock_in": ("K1=F03", "K1=F06")}, ("K1 is locked in twice", "K1=F03", "F06")),
        ({"lock_in": ("K9=F03",)}, ("'K9' is not known", "K9=F03")),
        ({"lock_out": ("P9",)}, ("'P9' is not known",)),
        ({"lock_in": ("K1=F99",)}, ("'F99' is not known", "K1=F99")),
        ({"lock_in": ("K1",)}, ("names no function", "K1")),
    ],
)
def test_locks_that_cannot_be_are_named(
    scene: Scene, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    text = refused(tables_of(scene), settings(**changes))
    for word in words:
        assert word in text


def test_everything_wrong_with_the_layers_is_told_at_once(scene: Scene) -> None:
    tables = tables_of(
        scene,
        reservations=[{"reservation_id": "R1", "function": "F77", "geometry": shapely.Point(10, 10)}],
        session_outcomes=[
            {"outcome_id": "U1", "function": "F88", "outcome": "agreed", "geometry": shapely.Point(10, 10)}
        ],
    )
    with pytest.raises(InputError) as caught:
        assemble(tables, Parameters())
    found = {(item.layer, item.field, item.rows) for item in caught.value.problems}
    assert found == {("reservations", "function", ("R1",)), ("session_outcomes", "function", ("U1",))}


def test_an_agreement_against_an_objection_names_both(scene: Scene) -> None:
    spot = shapely.Point(10, 10)
    tables = tables_of(
        scene,
        reservations=[{"reservation_id": "R1", "function": "F03", "geometry": spot}],
        session_outcomes=[{"outcome_id": "U1", "function": "F03", "outcome": "objected", "geometry": spot}],
    )
    text = refused(tables, Parameters())
    assert "R1" in text
    assert "U1" in text
    assert "K1" in text


def test_a_lock_in_that_is_only_possible_is_refused_when_certain_is_asked(scene: Scene) -> None:
    # without a layer of homes nothing is certain
    tables = world(scene(plots=[plot("K1", box(0)), plot("K2", box(1))]), TWO)
    assert locked(assemble(tables, settings(lock_in=("K1=F03",)))[0]) == [("K1", "F03", 2030)]
    with pytest.raises(InputError):
        assemble(tables, settings(lock_in=("K1=F03",), certain_only=True))


def test_no_eligible_site_at_all_says_which_rules_forbid(scene: Scene) -> None:
    tables = world(
        scene(plots=[plot("K1", box(0), status="unknown")], sensitive_objects=[home("h", 0, -900)]), TWO
    )
    text = refused(tables, Parameters())
    assert "no site at all is eligible" in text
    assert "status_unknown" in text


def test_a_release_without_candidates_cannot_be_rebuilt(scene: Scene) -> None:
    with pytest.raises(InputError, match="no candidates"):
        problem_of(tables_of(scene), Parameters())

"""Suitability: value functions at their points, contributions that add up, the unknown that drops out."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.reservation.assemble import assemble
from analysis.reservation.rulebook import CRITERIA, Measure, load_rulebook
from analysis.reservation.suitability import scaled_weights, suitability_of
from gis.errors import InputError
from layers.parameters import Parameters
from tests.analysis.reservation.candidates_fixtures import HEAVY, LIGHT, WET, home, plot, settings, world

Scene = Callable[..., dict[str, gpd.GeoDataFrame]]


def measure(**changes: object) -> Measure:
    given = {
        "criterion": "access",
        "name": "m",
        "share": 1.0,
        "applies": "all",
        "unit": "m",
        "points": ((0.0, 0.0), (50.0, 0.5), (150.0, 1.0)),
        "codes": {},
    }
    return Measure(**(given | changes))  # type: ignore[arg-type]


def test_a_value_function_is_straight_between_points_and_level_beyond() -> None:
    values = measure().value(np.array([-10.0, 0.0, 25.0, 50.0, 100.0, 150.0, 900.0, np.nan]))
    assert values[:-1].tolist() == [0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    assert np.isnan(values[-1])


def test_codes_are_read_without_regard_to_case_and_unknown_ones_are_not_assessed() -> None:
    found = measure(points=(), codes={"gemeente": 1.0, "particulier": 0.3})
    values = found.value_of_codes(np.array(["Gemeente", "particulier", "stichting", None], dtype=object))
    assert values[:2].tolist() == [1.0, 0.3]
    assert np.isnan(values[2:]).all()


def test_every_criterion_of_the_file_has_measures_whose_shares_add_up_to_one() -> None:
    book = load_rulebook()
    for criterion in CRITERIA:
        mine = [item.share for item in book.measures if item.criterion == criterion]
        assert sum(mine) == pytest.approx(1.0), criterion
    assert set(book.rules["status"]) | set(book.criteria["status"]) <= {"sourced", "assumption", "to_verify"}


def test_weights_of_what_is_not_assessed_go_to_the_others() -> None:
    values = np.array([[1.0, 0.5, np.nan], [np.nan, np.nan, np.nan]])
    weights = np.array([1.0, 3.0, 4.0])
    assert scaled_weights(values, weights).tolist() == [[0.25, 0.75, 0.0], [0.0, 0.0, 0.0]]
    assert suitability_of(values, weights).tolist() == [0.625, 0.0]


def test_contributions_add_up_to_suitability_and_what_does_not_speak_is_named(scene: Scene) -> None:
    layers = scene(
        plots=[plot("K1", shapely.box(0, 0, 200, 100), owner_kind="gemeente")],
        sensitive_objects=[home("h", 100, -900)],
        waterways=[
            {"waterway_id": "A", "name": "Kanaal", "cemt": "Va", "geometry": shapely.box(-500, 110, 500, 150)}
        ],
    )
    problem, made = assemble(world(layers, (LIGHT, WET)), Parameters())
    rated = made["site_suitability"]
    for place, name in enumerate(problem.functions):
        mine = rated[rated["function"] == name].set_index("criterion")
        assert mine["weight"].sum() == pytest.approx(1.0, abs=1e-3)
        assert mine["contribution"].sum() == pytest.approx(problem.suitability[place], abs=1e-3)
        # no layers of grid, main roads or nature; ownership is known
        for absent in ("access", "grid", "nature", "housing_conflict", "clustering"):
            assert mine.loc[absent, "assessed"] == "not_assessed"
        assert mine.loc["ownership", "value"] == 1.0
        assert mine.loc["people", "value"] == 1.0
    frontage = rated[rated["criterion"] == "frontage"].set_index("function")
    assert frontage.loc["FL", "assessed"] == "not_applicable"
    # 200 m of shore and no quay layer: the shore alone decides
    assert frontage.loc["FW", "value"] == 1.0
    counts = made["reservation_criteria"].set_index("measure")
    assert counts.loc["main_road_m", "pairs_not_assessed"] == 2
    assert counts.loc["shore_m", "pairs_yes"] == 1
    assert counts.loc["shore_m", "pairs_not_applicable"] == 1


def test_a_step_of_category_to_spare_is_better_than_none_and_than_many(scene: Scene) -> None:
    plots = [
        plot(f"K{n}", shapely.box(300 * n, 0, 300 * n + 200, 100), c)
        for n, c in enumerate(("4.1", "4.2", "5.3"))
    ]
    layers = scene(plots=plots, sensitive_objects=[home("h", 100, -3000)])
    _, made = assemble(world(layers, (HEAVY,)), Parameters())
    margin = made["site_suitability"].query("criterion == 'category_margin'").set_index("site_id")
    assert margin["measured"].tolist() == [0.0, 1.0, 4.0]
    assert margin["value"].tolist() == pytest.approx([0.8, 1.0, 0.9 - 0.6 * 2 / 3])


@pytest.mark.parametrize("weights", [{"people": -1.0}, {"people": 0.0}, {}])
def test_negative_and_all_zero_weights_are_refused(scene: Scene, weights: dict[str, float]) -> None:
    parameters = settings(weights=weights)
    tables = world(scene(plots=[plot("K1", shapely.box(0, 0, 200, 100))]))
    with pytest.raises(InputError) as caught:
        assemble(tables, parameters)
    assert caught.value.problems[0].field == "parameters.reservation.weights"

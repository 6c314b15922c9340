"""People within distances and neighbouring sites against brute force over random scenes."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.reservation.candidates import survey
from analysis.reservation.own_rules import neighbours_of
from layers.parameters import Parameters
from tests.analysis.reservation.candidates_fixtures import HEAVY, LIGHT, home, plot, settings, world

Scene = Callable[..., dict[str, gpd.GeoDataFrame]]

# metres that categories 2 and 4.1 keep away: quiet and mixed surroundings (VNG 2009)
ASKED = {"FL": (30.0, 10.0), "FH": (200.0, 100.0)}


@pytest.mark.parametrize("seed", range(3))
def test_people_equal_a_count_one_by_one(scene: Scene, seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 800, (6, 2))
    plots = [
        plot(f"K{row}", shapely.box(x, y, x + rng.uniform(20, 150), y + rng.uniform(20, 150)))
        for row, (x, y) in enumerate(corners)
    ]
    kinds = ("home", "school", "houseboat", "unknown", "company_home")
    words = ("quiet", "mixed", None)
    objects = []
    for row in range(150):
        kind = kinds[rng.integers(len(kinds))]
        x, y = rng.uniform(-300, 1300, 2).tolist()
        surroundings = words[rng.integers(len(words))]
        objects.append(home(f"h{row:03d}", x, y, surroundings, kind=kind, weight=float(rng.integers(1, 20))))
    persons = 2.5
    parameters = settings(persons_per_dwelling=persons)
    found = survey(
        world(scene(plots=plots, sensitive_objects=objects), (LIGHT, HEAVY), parameters), parameters
    )
    shapes = {item["plot_id"]: item["geometry"] for item in plots}
    for row, site in enumerate(found.sites.table["site_id"]):
        for column, function in enumerate(found.classes["function"]):
            quiet, mixed = ASKED[function]
            expected = 0.0
            for item in objects:
                if item["kind"] == "school":
                    continue
                gap = shapes[site].distance(item["geometry"])
                own = item["kind"] == "company_home" and gap == 0
                reach = mixed if item["surroundings"] == "mixed" else quiet
                expected += 0.0 if own or gap > reach else item["weight"] * persons
            assert found.people[row, column] == pytest.approx(expected), (site, function)


def test_the_own_home_of_a_firm_does_not_count_and_that_of_another_does(scene: Scene) -> None:
    plots = [plot("K1", shapely.box(0, 0, 100, 100)), plot("K2", shapely.box(110, 0, 210, 100))]
    found = survey(
        world(scene(plots=plots, sensitive_objects=[home("h", 95, 50, kind="company_home", weight=1.0)])),
        Parameters(),
    )
    # persons per dwelling 2.1; the home lies on K1, 15 m from K2
    assert found.people[:, list(found.classes["function"]).index("FL")] == pytest.approx([0.0, 2.1])


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_equal_a_comparison_of_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = np.array(
        [shapely.box(x, y, x + w, y + w) for x, y, w in rng.uniform((0, 0, 5), (400, 400, 60), (40, 3))],
        dtype=object,
    )
    used = rng.choice(40, 60)
    found = neighbours_of(shapes, used, 30.0)
    expected = [
        [one, two]
        for one in sorted(set(used.tolist()))
        for two in sorted(set(used.tolist()))
        if one < two and shapes[one].distance(shapes[two]) <= 30.0
    ]
    assert found.tolist() == expected

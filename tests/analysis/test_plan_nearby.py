"""What lies far from a plan changes nothing: the quick answer is that of the whole computation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.categories import load_categories
from analysis.nearby import nearby
from analysis.plan_rules import plan_rules
from analysis.plan_test import Surveyed, look_round, measure_plan
from analysis.situation import survey
from layers.parameters import Parameters
from layers.release import open_release
from tests.analysis.conftest import layer_frame

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ["home", "company_home", "unknown", "planned", "school"]
SIDE = 12_000.0


def random_world(seed: int) -> dict[str, Any]:
    """Scatter parks that touch, overlap and lie apart, plots in and beside them, homes, firms and quays."""
    rng = np.random.default_rng(seed)
    parks, plots, objects, firms, quays, quiet, zoned = [], [], [], [], [], [], []
    for number in range(14):
        west, south = rng.uniform(0, SIDE, 2)
        wide, high = rng.uniform(200, 1500, 2)
        category = [None, "2", "4", "4.1", "5.3", "6"][number % 6]
        parks.append(
            {
                "park_id": f"P{number:02}",
                "name": f"Park {number}",
                "max_category": category,
                "zoned": bool(number % 5 == 0),
                "geometry": shapely.box(west, south, west + wide, south + high),
            }
        )
        for part in range(number % 4):
            left = west + part * wide / 4
            stated = [f"P{number:02}", None, "P00", "unknown"][(number + part) % 4]
            plots.append(
                {
                    "plot_id": f"K{number:02}-{part}",
                    "park_id": stated,
                    "max_category": [None, "3.2", "5"][part % 3],
                    "geometry": shapely.box(left, south, left + wide / 4, south + high / 2),
                }
            )
        if number % 3 == 0:
            zoned.append(
                {
                    "estate_id": f"Z{number}",
                    "geometry": shapely.box(west - 50, south, west + wide / 2, south + high),
                }
            )
    for number, (x, y) in enumerate(rng.uniform(-1000, SIDE + 2000, (220, 2))):
        objects.append(
            {
                "object_id": f"O{number:03}",
                "kind": KINDS[number % 5],
                "weight": float(1 + number % 3),
                "surroundings": [None, "quiet", "mixed"][number % 3],
                "plot_id": plots[number % len(plots)]["plot_id"] if number % 7 == 0 else None,
                "geometry": shapely.Point(x, y) if number % 9 else shapely.box(x, y, x + 40, y + 15),
            }
        )
    for number, (x, y) in enumerate(rng.uniform(0, SIDE, (60, 2))):
        firms.append(
            {
                "business_id": f"F{number:02}",
                "permit_category": [None, "2", "5.1"][number % 3],
                "geometry": shapely.Point(x, y),
            }
        )
        quays.append(
            {"quay_id": f"Q{number:02}", "geometry": shapely.LineString([(x, y), (x + 150, y + 20)])}
        )
    for number, (x, y) in enumerate(rng.uniform(0, SIDE, (8, 2))):
        quiet.append(
            {
                "area_id": f"A{number}",
                "surroundings": ["quiet", "mixed"][number % 2],
                "geometry": shapely.box(x, y, x + 3000, y + 3000),
            }
        )
    layers = {"parks": parks, "plots": plots, "sensitive_objects": objects, "businesses": firms, "quays": quays,
              "surroundings": quiet, "zoned_estates": zoned}  # fmt: skip
    return {name: layer_frame(name, rows) for name, rows in layers.items()}


def whole(polygon: shapely.Geometry, tables: dict[str, Any]) -> Surveyed:
    """Measure everything, as before anything was left out."""
    situation = survey(tables, Parameters())
    return Surveyed(polygon, situation, np.full(len(tables["parks"]), True))


def polygons(seed: int, count: int) -> list[shapely.Geometry]:
    rng = np.random.default_rng(seed)
    found: list[Any] = []
    for x, y in rng.uniform(-500, SIDE + 500, (count, 2)):
        size = rng.choice([30.0, 300.0, 2000.0])
        corners = np.column_stack((x + rng.uniform(0, size, 6), y + rng.uniform(0, size, 6)))
        found.append(shapely.convex_hull(shapely.multipoints(corners)))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_quick_answer_is_the_whole_one(seed: int) -> None:
    tables = random_world(seed)
    far = whole(shapely.Point(0, 0), tables).situation
    left_out = 0
    for polygon in polygons(seed, 25):
        near = look_round(polygon, tables, Parameters())
        left_out += len(tables["sensitive_objects"]) - len(near.situation.tables["sensitive_objects"])
        quick = measure_plan(near)
        slow = measure_plan(Surveyed(polygon, far, np.full(len(tables["parks"]), True)))
        for name in ("figures", "by_category", "parks", "rights"):
            pd.testing.assert_frame_equal(quick[name], slow[name], rtol=1e-9, atol=1e-9, obj=name)
        again = Surveyed(polygon, far, near.known)
        pd.testing.assert_frame_equal(plan_rules(near, quick, tables), plan_rules(again, slow, tables))
    assert left_out > 1000, "something must have been left out"


def test_a_plot_far_away_that_an_object_names_still_counts() -> None:
    # the home belongs to a firm on a plot 5 km away, so it counts for sure; without its plot it would not
    tables = random_world(0)
    plots = [{"plot_id": "X", "max_category": "2", "geometry": shapely.box(9000, 9000, 9100, 9100)}]
    home = {"object_id": "h", "kind": "company_home", "plot_id": "X", "geometry": shapely.Point(50, 50)}
    tables = {
        **tables,
        "plots": layer_frame("plots", plots),
        "sensitive_objects": layer_frame("sensitive_objects", [home]),
    }
    found = measure_plan(look_round(shapely.box(0, 0, 100, 100), tables, Parameters()))
    row = found["figures"].set_index("figure").loc["objects"]
    assert (row["low"], row["high"]) == (1.0, 1.0)


def test_of_a_park_nearby_all_plots_are_kept_and_of_a_far_one_none() -> None:
    tables = {
        "parks": layer_frame("parks", [
            {"park_id": "near", "name": "n", "geometry": shapely.box(1400, 0, 9000, 10)},
            {"park_id": "far", "name": "f", "geometry": shapely.box(9500, 0, 9900, 10)},
        ]),
        "plots": layer_frame("plots", [
            {"plot_id": "end", "park_id": "near", "geometry": shapely.box(8000, 0, 8900, 10)},
            {"plot_id": "far", "park_id": "far", "geometry": shapely.box(9500, 0, 9600, 10)},
        ]),
    }  # fmt: skip
    kept = nearby(shapely.box(0, 0, 1, 1), tables, 1500.0, names=frozenset())
    assert kept["parks"]["park_id"].tolist() == ["near"]
    assert kept["plots"]["plot_id"].tolist() == ["end"]


def test_the_zones_of_a_release_give_what_measuring_gives(sample_release: Path) -> None:
    from api.jobs.derive import parameters_of

    release = open_release(sample_release).remembering()
    tables = {name: release.table(name) for name in release.names}
    without = {name: table for name, table in tables.items() if not name.startswith("usable_")}
    parameters = parameters_of(release)
    far = survey(without, parameters, system=load_categories())
    everything = np.full(len(tables["parks"]), True)
    rng = np.random.default_rng(7)
    parks = tables["parks"].geometry.to_numpy()
    for park in rng.choice(parks, 40):
        x, y = shapely.get_coordinates(shapely.centroid(park))[0] + rng.normal(0, 400, 2)
        polygon = shapely.buffer(shapely.Point(x, y), float(rng.choice([60, 250, 700])))
        stored = measure_plan(look_round(polygon, tables, parameters))
        slow = measure_plan(Surveyed(polygon, far, everything))
        pd.testing.assert_frame_equal(stored["figures"], slow["figures"], rtol=0, atol=0.002)
        pd.testing.assert_frame_equal(stored["by_category"], slow["by_category"], rtol=0, atol=0.002)
        both = stored["parks"].merge(slow["parks"], on="park_id", how="outer").fillna(0.0)
        for name in ("overlap_ha", "lost_low_ha", "lost_high_ha"):
            assert (np.abs(both[f"{name}_x"] - both[f"{name}_y"]) < 0.002).all()

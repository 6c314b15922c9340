"""Any polygon can be asked what it costs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely

from analysis.plan_test import plan_test
from layers.parameters import Parameters

HOME = {
    "object_id": "h",
    "kind": "home",
    "surroundings": "quiet",
    "weight": 20.0,
    "geometry": shapely.Point(-900, 500),
}
CORNER = shapely.box(900, 0, 1100, 1000)


def figures(result: dict[str, pd.DataFrame]) -> dict[str, tuple[float, float]]:
    table = result["figures"]
    return dict(zip(table["figure"], zip(table["low"], table["high"], strict=True), strict=True))


def test_a_strip_over_the_edge_of_a_park(scene: Any) -> None:
    tables = scene(
        sensitive_objects=[
            HOME,
            HOME | {"object_id": "i", "weight": 3.0, "geometry": shapely.Point(950, 500)},
        ],
        quays=[{"quay_id": "q", "kind": "own", "geometry": shapely.LineString([(850, 990), (1200, 990)])}],
        businesses=[
            {"business_id": "in", "sbi": "9521", "geometry": shapely.Point(950, 10)},
            {"business_id": "near", "sbi": "383201", "geometry": shapely.Point(600, 500)},
            {"business_id": "light", "sbi": "9521", "geometry": shapely.Point(600, 600)},
        ],
    )
    found = plan_test(CORNER, tables, Parameters())
    values = figures(found)
    assert values["area"] == (20.0, 20.0)
    assert values["parks_overlap"] == (10.0, 10.0)
    assert values["quay"] == (200.0, 200.0)
    assert values["firms"] == (1.0, 1.0)
    # a shredder (5.1) at 300 m: 300 m if mixed does not reach, 500 m if quiet does
    assert values["firms_hindered"] == (0.0, 1.0)
    assert values["objects"] == (3.0, 3.0)
    assert found["by_category"].set_index("category").loc["4.1", "permitted_ha"] == pytest.approx(10.0)


def test_loss_is_an_interval_over_the_surroundings(scene: Any) -> None:
    found = plan_test(shapely.box(1000, -500, 1100, 1500), scene(sensitive_objects=[HOME]), Parameters())
    # 100 m if mixed, 200 m if quiet, over the full height of 1000 m
    assert figures(found)["heavy_lost"] == pytest.approx((10.0, 20.0), rel=1e-3)
    assert found["parks"].iloc[0]["park_id"] == "P"
    assert found["rights"].iloc[0]["subject_id"] == "P"


def test_far_from_everything_it_costs_nothing(scene: Any) -> None:
    found = plan_test(shapely.box(8000, 8000, 8100, 8100), scene(sensitive_objects=[HOME]), Parameters())
    assert len(found["parks"]) == len(found["rights"]) == 0
    assert figures(found)["hindered"] == (0.0, 0.0)


def test_what_has_no_layer_is_not_assessed(scene: Any) -> None:
    values = figures(plan_test(CORNER, scene(), Parameters()))
    assert all(pd.isna(values[name][0]) for name in ("quay", "firms", "objects", "heavy_lost"))

"""What must hold whatever the input: monotone, invariant, independent of row order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.categories import load_categories
from analysis.evidence import assess
from layers.parameters import Parameters

SYSTEM = load_categories()
CALM = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KINDS = ("home", "school", "houseboat", "company_home", "former_company_home", "unknown", "planned")
coordinate = st.integers(-1500, 2500)
objects = st.lists(
    st.tuples(coordinate, coordinate, st.sampled_from(KINDS), st.sampled_from(("quiet", "mixed", "unknown"))),
    min_size=1,
    max_size=12,
)


def rows_of(found: list[tuple[int, int, str, str]]) -> list[dict[str, Any]]:
    return [
        {"object_id": f"o{number:03d}", "kind": kind, "surroundings": area, "geometry": shapely.Point(x, y)}
        for number, (x, y, kind, area) in enumerate(found)
    ]


def plots() -> list[dict[str, Any]]:
    spots = ((0, 0), (400, 0), (400, 500), (880, 880))
    return [
        {
            "plot_id": f"K{n}",
            "park_id": "P",
            "max_category": "4.2",
            "geometry": shapely.box(x, y, x + 100, y + 120),
        }
        for n, (x, y) in enumerate(spots)
    ]


def ranks(table: pd.DataFrame, column: str) -> list[int]:
    return [SYSTEM.rank(label) for label in table[column]]


@CALM
@given(found=objects, extra=st.tuples(coordinate, coordinate, st.sampled_from(KINDS), st.just("quiet")))
def test_adding_an_object_never_raises_a_category(scene: Any, found: Any, extra: Any) -> None:
    before = assess(scene(plots=plots(), sensitive_objects=rows_of(found)), Parameters())
    after = assess(scene(plots=plots(), sensitive_objects=rows_of([*found, extra])), Parameters())
    for column in ("usable_low", "usable_high", "usable_outside_low", "usable_outside_high"):
        old, new = ranks(before["plot_evidence"], column), ranks(after["plot_evidence"], column)
        assert all(b <= a for a, b in zip(old, new, strict=True)), column
    assert (
        after["park_evidence"]["usable_hmc_certain_ha"].iloc[0]
        <= before["park_evidence"]["usable_hmc_certain_ha"].iloc[0] + 1e-6
    )


@CALM
@given(found=objects, push=st.integers(0, 3000))
def test_moving_an_object_straight_away_never_lowers_a_category(scene: Any, found: Any, push: int) -> None:
    # an object east of the park that moves further east gets farther from everything
    start = [*found, (1600, 300, "home", "quiet")]
    moved = [*found, (1600 + push, 300, "home", "quiet")]
    before = assess(scene(plots=plots(), sensitive_objects=rows_of(start)), Parameters())["plot_evidence"]
    after = assess(scene(plots=plots(), sensitive_objects=rows_of(moved)), Parameters())["plot_evidence"]
    for column in ("usable_low", "usable_high"):
        assert all(b >= a for a, b in zip(ranks(before, column), ranks(after, column), strict=True))


@CALM
@given(found=objects)
def test_low_is_never_above_high_and_plots_agree_with_a_loop(scene: Any, found: Any) -> None:
    table = assess(scene(plots=plots(), sensitive_objects=rows_of(found)), Parameters())["plot_evidence"]
    for number, plot in enumerate(plots()):
        for column, strict in (("usable_low", True), ("usable_high", False)):
            best = len(SYSTEM.labels) - 1
            for x, y, kind, area in found:
                inside_own = kind == "company_home" and shapely.intersects(
                    plot["geometry"], shapely.Point(x, y)
                )
                on_a_plot = any(shapely.intersects(p["geometry"], shapely.Point(x, y)) for p in plots())
                doubtful = kind == "unknown" or (kind == "company_home" and not on_a_plot)
                if inside_own or (doubtful and not strict):
                    continue
                quiet = area == "quiet" or (area == "unknown" and strict)
                gap = plot["geometry"].distance(shapely.Point(x, y))
                limits = SYSTEM.quiet if quiet else SYSTEM.mixed
                best = min(best, sum(limit <= gap for limit in limits))
            assert SYSTEM.rank(table[column].iloc[number]) == best


@CALM
@given(found=objects, east=st.integers(-40, 40), north=st.integers(-40, 40))
def test_whole_metres_change_nothing(scene: Any, found: Any, east: int, north: int) -> None:
    offset = (east * 1000, north * 1000)
    canal = {
        "waterway_id": "w",
        "cemt": "Va",
        "width_m": 40.0,
        "geometry": shapely.LineString([(-9e3, 1030), (9e3, 1030)]),
    }
    layers = {"plots": plots(), "sensitive_objects": rows_of(found), "waterways": [canal]}
    here = scene(**layers)
    there = {
        name: table.set_geometry(
            shapely.transform(table.geometry.to_numpy(), lambda xy: xy + offset), crs=table.crs
        )
        for name, table in here.items()
    }
    first, second = assess(here, Parameters()), assess(there, Parameters())
    for name in ("park_evidence", "plot_evidence"):
        for column in first[name].columns.drop("geometry"):
            old, new = first[name][column], second[name][column]
            if pd.api.types.is_float_dtype(old):
                assert np.allclose(old, new, atol=1e-3, rtol=1e-6, equal_nan=True), column
            else:
                assert (
                    old.astype("string").fillna("-").tolist() == new.astype("string").fillna("-").tolist()
                ), column

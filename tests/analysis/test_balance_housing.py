"""What a housing plan does to the shortage, on one plot and one plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from analysis.evidence import assess
from analysis.space.balance import BalanceModels
from analysis.space.balance_housing import housing_balance, kept_shares, without
from analysis.space.land import find_land
from analysis.space.matching import CLASSES
from analysis.space.quantities import Quantities, no_quantities
from analysis.space.supply import build_supply
from layers.parameters import CATEGORIES, Parameters

if TYPE_CHECKING:
    import pandas as pd

YEARS = (2030, 2035)
FOUR_ONE, FOUR_TWO = CATEGORIES.index("4.1"), CATEGORIES.index("4.2")


@dataclass
class Fixed:
    """A term without uncertain inputs."""

    cells: np.ndarray
    quantities: Quantities

    @property
    def net(self) -> np.ndarray:
        return self.cells

    def evaluate(self, values: np.ndarray) -> Any:
        return np.repeat(self.cells, len(values), axis=0)

    growth = evaluate

    def replacement(self, values: np.ndarray) -> np.ndarray:
        return np.zeros((len(values), *self.cells.shape[1:]))


class FixedDemand(Fixed):
    def evaluate(self, values: np.ndarray) -> Any:
        return Fixed(super().evaluate(values), self.quantities)


def hectares(**classes: float) -> np.ndarray:
    cells = np.zeros((1, 1, len(YEARS), *CLASSES))
    for name, area in classes.items():
        cells[..., CATEGORIES.index(name.replace("_", ".").removeprefix("c")), 0] = area
    return cells


def balance_of(scene: Any, demand: np.ndarray, plan: dict[str, Any], **layers: Any) -> pd.DataFrame:
    plots = [
        {
            "plot_id": "A",
            "park_id": "P",
            "status": "vacant",
            "max_category": "4.2",
            "geometry": shapely.box(0, 0, 100, 100),
        },
        {
            "plot_id": "B",
            "park_id": "P",
            "status": "issued",
            "max_category": "4.2",
            "geometry": shapely.box(0, 100, 300, 200),
        },
    ]
    far = {"object_id": "h", "kind": "home", "surroundings": "quiet", "geometry": shapely.Point(9000, 9000)}
    plans = [{"plan_id": "W", "phase": "soft", "surroundings": "quiet"} | plan]
    tables = scene(plots=plots, housing_plans=plans, sensitive_objects=[far], **layers)
    parameters = Parameters()
    evidence = assess(tables, parameters)
    land = find_land(evidence, tables, parameters)
    supply = build_supply(land, sub_areas=["Deelgebied"], years=YEARS, reference_year=2026)
    none = no_quantities()
    models = BalanceModels(
        ("Deelgebied",),
        YEARS,
        FOUR_ONE,
        FixedDemand(demand, none),
        Fixed(hectares(), none),
        supply,
        Fixed(hectares(), none),
    )
    return housing_balance(models, supply, tables["housing_plans"], evidence["housing_effects"], tables)


def test_a_plan_that_takes_the_last_heavy_plot_adds_its_hectares(scene: Any) -> None:
    """One hectare of 4.2 that counts for 0.9; homes at 150 m leave it 3.2 (100 m), not 4.1 (200 m)."""
    plan = {"year": 2033, "geometry": shapely.box(0, -650, 100, -150)}
    table = balance_of(scene, hectares(c4_2=5.0), plan)
    assert len(table) == 2 * 2
    floor = table[table["rule"] == "floor"].set_index("year")
    assert not floor.loc[2030, "counts"]
    assert floor.loc[2030, "extra_low_ha"] == 0.0
    assert floor.loc[2035, "free_heavy_lost_low_ha"] == pytest.approx(1.0)
    assert floor.loc[2035, "extra_low_ha"] == pytest.approx(0.9)
    assert floor.loc[2035, "extra_apart_high_ha"] == pytest.approx(0.9)


def test_occupied_heavy_land_is_shown_apart(scene: Any) -> None:
    """Of the issued plot north of it a part lies within 200 m of the homes as well."""
    plan = {"geometry": shapely.box(0, -650, 100, -50)}
    table = balance_of(scene, hectares(c4_2=5.0), plan)
    row = table[(table["rule"] == "floor") & (table["year"] == 2030)].iloc[0]
    # the plots lie 50 to 250 m from the homes; 200 m reaches half of the three-hectare plot and a bit aside
    assert 0.5 < row["occupied_heavy_low_ha"] < 2.0
    assert row["extra_with_firms_low_ha"] == pytest.approx(
        row["extra_low_ha"] + row["occupied_heavy_low_ha"], rel=1e-3
    )


def test_land_that_only_becomes_lighter_still_serves_light_demand(scene: Any) -> None:
    """Light demand of 0.9 ha fits on the plot when it is heavy and when it is 3.2 no more."""
    plan = {"geometry": shapely.box(0, -650, 100, -150)}
    table = balance_of(scene, hectares(c3_1=0.9), plan)
    without_floor = table[table["rule"] == "free_heavy_first"]
    assert (without_floor["free_lost_low_ha"] > 0).all()
    assert without_floor["extra_low_ha"].to_numpy() == pytest.approx([0.0, 0.0])
    # with the floor rule the plot was closed to light firms; the plan opens it
    assert table[table["rule"] == "floor"]["extra_low_ha"].to_numpy() == pytest.approx([0.0, 0.0])


def test_unknown_surroundings_give_a_band(scene: Any) -> None:
    """At 250 m homes keep 4.2 away in quiet surroundings (300 m), not in mixed ones (200 m)."""
    plan = {"surroundings": None, "geometry": shapely.box(0, -650, 100, -250)}
    row = balance_of(scene, hectares(c4_2=5.0), plan).iloc[0]
    assert row["free_lost_low_ha"] == 0.0
    assert row["free_lost_high_ha"] == pytest.approx(1.0)
    assert row["extra_low_ha"] == 0.0
    assert row["extra_high_ha"] == pytest.approx(0.9)


def test_a_noise_budget_keeps_land_out_of_the_low_reading(scene: Any) -> None:
    estate = {"estate_id": "z", "kind": "zoned", "geometry": shapely.box(0, 0, 1000, 1000)}
    plan = {"geometry": shapely.box(0, -650, 100, -150)}
    row = balance_of(scene, hectares(c4_2=5.0), plan, zoned_estates=[estate]).iloc[0]
    assert row["free_heavy_lost_low_ha"] == 0.0
    assert row["free_heavy_lost_high_ha"] == pytest.approx(1.0)


def test_part_of_a_park_without_plots_keeps_its_distance(scene: Any) -> None:
    """A wall of homes along the south side of a square kilometre: 200 m of it lose 4.1."""
    tables = scene(
        parks=[
            {
                "park_id": "P",
                "max_category": "4.1",
                "issuable_ha": 10.0,
                "geometry": shapely.box(0, 0, 1000, 1000),
            }
        ]
    )
    land = find_land(assess(tables, Parameters()), tables, Parameters())
    free = land.where((land.table["status"] == "vacant").to_numpy(dtype=bool))
    distances = np.array([10.0, 30, 50, 100, 200, 300, 500, 700, 1000, 1500])
    kept = kept_shares(free, shapely.box(-5000, -100, 6000, 0), distances, governed_too=True)
    assert kept[0] == pytest.approx([0.99, 0.97, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.0, 0.0], abs=1e-9)
    less = without(free, kept)
    assert less.category.sum(axis=2) == pytest.approx(free.category.sum(axis=2))
    assert less.category[0, 0, FOUR_ONE + 1] == pytest.approx(0.8)
    assert less.category[0, 0, 0] == pytest.approx(0.01)

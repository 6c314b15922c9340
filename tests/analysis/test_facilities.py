"""Facilities that exist: on a plot, on a park, drawn, unknown; counted beside the demand and never subtracted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from analysis.evidence import assess
from analysis.space.demand_run import DemandSettings, run_demand
from analysis.space.facilities import existing_facilities
from analysis.space.functions import load_catalogue
from layers.canonical import canonical_table
from layers.parameters import Parameters
from layers.results_facilities import FACILITY_LAYERS

SETTINGS = DemandSettings(draws=20)


def facility(name: str, function: str | None, geometry: Any) -> dict[str, Any]:
    return {"facility_id": name, "name": f"Voorziening {name}", "function": function, "geometry": geometry}


FACILITIES = [
    facility("A", "F01", shapely.Point(50, 50)),  # on the plot of one hectare
    facility("B", "F01", shapely.Point(60, 60)),  # on the same plot
    facility("C", " f06 ", shapely.Point(500, 500)),  # on the park, on no plot
    facility("D", "Milieustraat", shapely.box(5000, 0, 5200, 100)),  # drawn, two hectares, elsewhere
    facility("E", "F99", shapely.Point(5000, 500)),
    facility("F", None, shapely.Point(80_000, 0)),  # outside every municipality
]


@pytest.fixture
def tables(scene: Any) -> Any:
    municipalities = [
        {
            "municipality_code": code,
            "name": code,
            "sub_area": area,
            "inhabitants": 45_000.0,
            "geometry": shapely.box(x, -10_000, x + 4000, 10_000),
        }
        for code, area, x in (("GM0001", "West", 0), ("GM0002", "Oost", 4000))
    ]
    plots = [{"plot_id": "K", "park_id": "P", "geometry": shapely.box(0, 0, 100, 100)}]
    return scene(municipalities=municipalities, plots=plots, circular_facilities=FACILITIES)


def test_each_facility_has_its_function_place_and_hectares(tables: Any) -> None:
    found = existing_facilities(tables, load_catalogue())
    assert found is not None
    rows = found.set_index("facility_id")
    assert rows["function_id"].fillna("").tolist() == ["F01", "F01", "F06", "F01", "", ""]
    assert rows["sub_area"].fillna("").tolist() == ["West", "West", "West", "Oost", "Oost", ""]
    assert rows["plot_id"].fillna("").tolist() == ["K", "K", "", "", "", ""]
    assert rows["park_name"].fillna("").tolist() == ["Park", "Park", "Park", "", "", ""]
    assert rows["ha_of"].tolist() == [
        "plot",
        "plot",
        "not_assessed",
        "outline",
        "not_assessed",
        "not_assessed",
    ]
    assert np.array_equal(rows["ha"], [1.0, 1.0, np.nan, 2.0, np.nan, np.nan], equal_nan=True)


def test_they_stand_beside_the_demand_and_change_nothing(tables: Any) -> None:
    evidence = assess(tables, Parameters())
    with_them = run_demand(evidence, tables, Parameters(), settings=SETTINGS).tables
    bare = {name: layer for name, layer in tables.items() if name != "circular_facilities"}
    without = run_demand(evidence, bare, Parameters(), settings=SETTINGS).tables
    assert with_them["land_demand"].equals(without["land_demand"])
    assert not len(without["function_presence"])
    assert not len(without["existing_facilities"])
    rows = with_them["function_presence"].set_index(["function_id", "sub_area"])
    counts = rows["facilities"]
    assert (counts["F01", "West"], counts["F01", "Oost"], counts["F01", "province"]) == (2, 1, 3)
    assert counts["F09", "province"] == 0
    # one plot of a hectare counts once, the drawn one has two
    assert rows.loc[("F01", "West"), "existing_ha"] == 1.0
    assert rows.loc[("F01", "province"), "existing_ha"] == 3.0
    assert (rows.loc[("F06", "West"), "facilities"], rows.loc[("F06", "West"), "facilities_measured"]) == (
        1,
        0,
    )
    assert rows["existing_ha"].isna()["F06", "West"]
    demand = with_them["land_demand"]
    mine = demand[(demand["function_id"] == "F01") & demand["lead"] & (demand["year"] == 2030)]
    assert rows.loc[("F01", "province"), "need_mid_ha"] == pytest.approx(mine["need_mid_ha"].sum())
    assert rows.loc[("F01", "province"), "present_mid_ha"] == pytest.approx(mine["present_mid_ha"].sum())


def test_the_tables_have_their_declared_form(tables: Any) -> None:
    made = run_demand(assess(tables, Parameters()), tables, Parameters(), settings=SETTINGS).tables
    for layer in FACILITY_LAYERS:
        table = made[layer.name]
        assert list(table.columns) == [column.name for column in layer.columns]
        assert len(canonical_table(layer, table)) == len(table) > 0

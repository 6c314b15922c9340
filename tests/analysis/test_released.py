"""Released land on a scene that a person can work out: one park, two plots of a hectare, a few firms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.evidence import assess
from analysis.space.firms import Firms, place_firms
from analysis.space.land import Land, find_land
from analysis.space.linear import linear_activity, load_sectors, replacement_of_likely, sector_of
from analysis.space.quantities import sample
from analysis.space.release_figures import load_release_figures
from analysis.space.released import ReleasedModel, build_released
from analysis.space.released_table import STEPS
from analysis.space.scenarios import load_scenarios
from gis.errors import InputError
from layers.parameters import Parameters

Scene = Callable[..., dict[str, gpd.GeoDataFrame]]
YEARS = (2030, 2035, 2050)
PLOTS = [
    {
        "plot_id": "A",
        "park_id": "P",
        "max_category": "4.2",
        "status": "issued",
        "geometry": shapely.box(0, 0, 100, 100),
    },
    {
        "plot_id": "B",
        "park_id": "P",
        "max_category": "3.1",
        "status": "issued",
        "geometry": shapely.box(200, 0, 300, 100),
    },
]


def firm(identifier: str, x: float, sbi: str, **more: Any) -> dict[str, Any]:
    return {
        "business_id": identifier,
        "name": f"Bedrijf {identifier}",
        "sbi": sbi,
        "sbi_version": "SBI-2008",
        "geometry": shapely.Point(x, 50),
        **more,
    }


def placed(
    scene: Scene, firms: list[dict[str, Any]], **layers: Any
) -> tuple[Firms, Land, dict[str, gpd.GeoDataFrame]]:
    tables = scene(businesses=firms, **{"plots": PLOTS, **layers})
    land = find_land(assess(tables, Parameters()), tables, Parameters())
    found = place_firms(tables, land)
    assert found is not None
    return found, land, tables


def modelled(scene: Scene, firms: list[dict[str, Any]], **layers: Any) -> ReleasedModel:
    found, land, tables = placed(scene, firms, **layers)
    return build_released(
        found,
        land,
        load_sectors(),
        load_release_figures(),
        load_scenarios().choose("own"),
        sub_areas=["Deelgebied"],
        years=YEARS,
        grid_known="grid_congestion" in tables,
    )


def middle(model: ReleasedModel) -> Any:
    return model.evaluate(model.quantities.mid[None])[0, 0]


FUEL = firm("1", 50, "4671", area_m2=8_000.0, jobs=10.0)
# 2050 with a lag of 7.5 years: shrinkage of 2042.5 = 0.35 + (0.80 - 0.35) / 2 = 0.575
# x exposure 0.85 x vacated 0.5 x soil 0.8 x shape 0.7 x ownership 0.7 = 0.095795
SHARE_2050 = 0.095795
FULL_GRID = 0.6


def test_released_land_by_hand(scene: Scene) -> None:
    """0.8 ha x 0.095795 x 0.6, because nothing is known of the grid; on 4.2, dry."""
    cells = middle(modelled(scene, [FUEL]))
    assert cells[2].sum() == pytest.approx(0.8 * SHARE_2050 * FULL_GRID)
    assert cells[2, 5, 0] == pytest.approx(0.8 * SHARE_2050 * FULL_GRID)
    # 2030 less the lag lies before the scenario begins
    assert cells[0].sum() == 0.0
    # 2035: 2027.5 is half way to 2030: 0.075 x 0.85 x 0.5 x 0.392 x 0.6
    assert cells[1].sum() == pytest.approx(0.8 * 0.075 * 0.85 * 0.5 * 0.392 * FULL_GRID)


def test_a_grid_with_room_costs_nothing(scene: Scene) -> None:
    grid = [{"area_id": "G", "status": "none", "geometry": shapely.box(-1e4, -1e4, 1e4, 1e4)}]
    assert middle(modelled(scene, [FUEL], grid_congestion=grid))[2].sum() == pytest.approx(0.8 * SHARE_2050)


def test_a_full_grid_costs_until_there_is_room(scene: Scene) -> None:
    grid = [
        {
            "area_id": "G",
            "status": "full",
            "available_from": 2040,
            "geometry": shapely.box(-1e4, -1e4, 1e4, 1e4),
        }
    ]
    cells = middle(modelled(scene, [FUEL], grid_congestion=grid))
    assert cells[2].sum() == pytest.approx(0.8 * SHARE_2050)
    assert cells[1].sum() == pytest.approx(0.8 * 0.075 * 0.85 * 0.5 * 0.392 * FULL_GRID)


@pytest.mark.parametrize("phase", ["hard", "soft", "unknown"])
def test_land_that_a_housing_plan_claims_never_counts(scene: Scene, phase: str) -> None:
    plan = {"plan_id": "W", "phase": phase, "geometry": shapely.box(0, 0, 50, 100)}
    half = modelled(scene, [FUEL], housing_plans=[plan])
    assert middle(half)[2].sum() == pytest.approx(0.4 * SHARE_2050 * FULL_GRID)
    steps = half.table().set_index("year").loc[2050]
    assert steps["lost_housing_ha"] == pytest.approx(0.4)
    whole = {**plan, "geometry": shapely.box(0, 0, 100, 100)}
    assert middle(modelled(scene, [FUEL], housing_plans=[whole])).sum() == 0.0


def test_land_to_be_transformed_counts_once(scene: Scene) -> None:
    park = {
        "park_id": "P",
        "name": "Park",
        "max_category": "4.2",
        "gross_ha": 100.0,
        "transformation_ha": 25.0,
        "geometry": shapely.box(0, 0, 1000, 1000),
    }
    model = modelled(scene, [FUEL], parks=[park])
    assert middle(model)[2].sum() == pytest.approx(0.75 * 0.8 * SHARE_2050 * FULL_GRID)


def test_firms_take_no_more_than_their_plot_has(scene: Scene) -> None:
    large = [{**FUEL, "area_m2": 30_000.0}]
    assert middle(modelled(scene, large))[2].sum() == pytest.approx(1.0 * SHARE_2050 * FULL_GRID)


def test_without_area_jobs_count(scene: Scene) -> None:
    """10 jobs x 400 m2 = 0.4 ha."""
    unknown = [{**FUEL, "area_m2": None}]
    assert middle(modelled(scene, unknown))[2].sum() == pytest.approx(0.4 * SHARE_2050 * FULL_GRID)


def test_a_firm_without_area_and_jobs_is_said_not_to_count(scene: Scene) -> None:
    bare = modelled(scene, [{**FUEL, "area_m2": None, "jobs": None}, firm("2", 60, "4730", area_m2=1_000.0)])
    table = bare.table()
    assert table["area_unknown"].tolist() == [1, 1, 1]
    assert table["establishments"].tolist() == [2, 2, 2]
    assert table["area_ha"].tolist() == pytest.approx([0.1, 0.1, 0.1])


def test_a_firm_off_the_surveyed_land_is_listed_as_such(scene: Scene) -> None:
    model = modelled(scene, [firm("1", 500, "4671", area_m2=8_000.0)])
    assert middle(model).sum() == 0.0
    assert model.table()["lost_no_class_ha"].tolist() == pytest.approx([0.8, 0.8, 0.8])


def test_the_steps_add_up_to_the_area(scene: Scene) -> None:
    plan = {"plan_id": "W", "phase": "soft", "geometry": shapely.box(0, 0, 30, 100)}
    model = modelled(
        scene,
        [FUEL, firm("2", 250, "18", area_m2=3_000.0), firm("3", 260, "45", jobs=12.0)],
        housing_plans=[plan],
    )
    table = model.table()
    total = sum(table[name] for name, _ in STEPS) + table["usable_mid_ha"]
    assert total.tolist() == pytest.approx(table["area_ha"].tolist())
    for year, place in zip(YEARS, range(len(YEARS)), strict=True):
        usable = table.loc[table["year"] == year, "usable_mid_ha"].sum()
        assert usable == pytest.approx(middle(model)[place].sum())


def test_the_outcome_is_a_range(scene: Scene) -> None:
    model = modelled(scene, [FUEL, firm("2", 250, "18", area_m2=3_000.0)])
    table = model.table()
    assert (table["usable_low_ha"] <= table["usable_mid_ha"]).all()
    assert (table["usable_mid_ha"] <= table["usable_high_ha"]).all()
    drawn = model.evaluate(sample(model.quantities, 500, seed=1)).sum(axis=(1, 3, 4))
    low, high = (model.evaluate(model.corners())[row].sum(axis=(0, 2, 3)) for row in (0, 2))
    assert (drawn >= low - 1e-12).all()
    assert (drawn <= high + 1e-12).all()
    classes = model.by_class()
    assert set(classes["category"]) == {"4.2", "3.1"}
    assert set(classes["water"]) == {"dry"}


def test_more_shrinkage_frees_more_land(scene: Scene) -> None:
    model = modelled(scene, [FUEL])
    values = sample(model.quantities, 100, seed=3)
    before = model.evaluate(values).sum()
    for name in (
        "released.L1.exposure",
        "released.L1.vacate",
        "released.usable_soil",
        "scenario.shrink.L1.2050",
    ):
        raised = values.copy()
        raised[:, model.quantities.position(name)] *= 1.1
        assert model.evaluate(raised).sum() > before, name
    later = values.copy()
    later[:, model.quantities.position("released.lag_years")] += 2.0
    assert model.evaluate(later).sum() < before


def test_readings_of_category_and_water_are_shared_with_the_supply(scene: Scene) -> None:
    names = modelled(scene, [FUEL]).quantities.name
    assert {"supply.category_reading", "supply.water_reading"} <= set(names)


def test_a_main_category_is_divided_over_its_readings(scene: Scene) -> None:
    """Category 4 in the registry: half of the calculation's middle on 4.1, half on 4.2."""
    plots = [{**PLOTS[0], "max_category": "4"}]
    cells = middle(modelled(scene, [FUEL], plots=plots))[2]
    assert cells[4, 0] == pytest.approx(cells[5, 0])
    assert cells.sum() == pytest.approx(0.8 * SHARE_2050 * FULL_GRID)


def test_finer_codes_leave_their_sector(scene: Scene) -> None:
    """Concrete goods and mortar convert in place and count there, not as released land."""
    found, _, _ = placed(
        scene, [firm("1", 10, "2361"), firm("2", 20, "2351"), firm("3", 30, "6201"), firm("4", 40, "46.71")]
    )
    assert sector_of(found, load_sectors()).tolist() == ["other", "L2", "other", "L1"]


def test_linear_activity_by_hand(scene: Scene) -> None:
    """Six fuel firms with 10 jobs and 0.1 ha each on 4.2: touched in 2035 are 0.85 x 0.35 of them."""
    firms = [firm(str(number), 10 + number, "4671", area_m2=1_000.0, jobs=10.0) for number in range(6)]
    found, land, _ = placed(scene, firms)
    table = linear_activity(found, land, load_sectors(), load_scenarios().choose("own"), YEARS, 5)
    row = table[(table["sector_id"] == "L1") & (table["year"] == 2035)].iloc[0]
    assert (row["establishments"], row["jobs"], row["area_ha"]) == (6, 60.0, pytest.approx(0.6))
    assert row["touched_mid_jobs"] == pytest.approx(60 * 0.2975)
    assert row["touched_mid_ha"] == pytest.approx(0.6 * 0.2975)
    assert row["touched_low_ha"] <= row["touched_mid_ha"] <= row["touched_high_ha"]
    assert row["likely_certain_ha"] == pytest.approx(0.6)
    # what stays is what reserving costs
    assert row["staying_jobs"] == pytest.approx(60 * 0.7025)
    assert row["staying_ha"] == pytest.approx(0.6 * 0.7025)
    assert row["suppressed"] == "no"


def test_cells_of_fewer_than_five_firms_are_hidden(scene: Scene) -> None:
    found, land, _ = placed(scene, [FUEL, firm("2", 60, "4671", jobs=3.0)])
    table = linear_activity(found, land, load_sectors(), load_scenarios().choose("own"), YEARS, 5)
    assert (table["suppressed"] == "yes").all()
    assert table[["establishments", "jobs", "area_ha", "touched_mid_ha", "staying_ha"]].isna().all(axis=None)
    moving = replacement_of_likely(found, land, load_sectors(), 5)
    assert moving[["establishments", "jobs", "ha"]].isna().all(axis=None)


def test_where_firms_on_likely_land_could_go(scene: Scene) -> None:
    """Five light software firms can go anywhere; five crushers ask heavy land again."""
    light = [firm(f"L{number}", 10 + number, "952", area_m2=200.0, jobs=2.0) for number in range(5)]
    heavy = [
        firm(f"Z{number}", 30 + number, "383202", area_m2=200.0, permit_category="5.2", jobs=2.0)
        for number in range(5)
    ]
    elsewhere = [firm(f"B{number}", 210 + number, "952", area_m2=200.0) for number in range(5)]
    found, land, _ = placed(scene, [*light, *heavy, *elsewhere])
    table = replacement_of_likely(found, land, load_sectors(), 5)
    classes = table[table["sector_id"] == "all"].set_index("category")
    assert classes.loc["1", "moves_to"] == "ordinary"
    assert classes.loc["5.2", "moves_to"] == "alike"
    # those on light land are not in the way
    assert classes["establishments"].sum() == 10
    assert classes["ha"].sum() == pytest.approx(0.2)


def test_release_figures_must_be_complete(tmp_path: Any) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(
        "figure,name_nl,name_en,low,mid,high,unit,status,source\nlag_years,a,b,5,7,10,years,assumption,c\n"
    )
    with pytest.raises(InputError, match="usable_grid are lacking"):
        load_release_figures(path)


def test_draws_of_released_land_do_not_depend_on_their_company(scene: Scene) -> None:
    model = modelled(scene, [FUEL])
    values = sample(model.quantities, 20, seed=1)
    assert np.array_equal(model.evaluate(values)[5:9], model.evaluate(values[5:9]))

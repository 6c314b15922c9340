"""Supply, regular demand and intensification: worked examples that a pocket calculator can check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from analysis.space.intensification import build_intensification
from analysis.space.land import Land, find_land
from analysis.space.matching import AT_WATER
from analysis.space.regular import build_regular
from analysis.space.supply import SupplyModel, build_supply
from layers.parameters import CATEGORIES, Parameters

if TYPE_CHECKING:
    import geopandas as gpd

YEARS = (2030, 2035, 2050)
FOUR_ONE, FOUR_TWO = CATEGORIES.index("4.1"), CATEGORIES.index("4.2")
AREAS = pd.DataFrame({"sub_area": ["Deelgebied"], "inhabitants": [1000.0]})

Tables = dict[str, "gpd.GeoDataFrame"]


def plot(name: str, x: float, hectares: float = 1.0, **values: Any) -> dict[str, Any]:
    """A plot of 100 m deep on the south side of the park."""
    shape = shapely.box(x, 0, x + hectares * 100, 100)
    return {
        "plot_id": name,
        "park_id": "P",
        "geometry": shape,
        "status": "vacant",
        "max_category": "4.2",
    } | values


def land_of(tables: Tables, **parameters: Any) -> Land:
    chosen = Parameters(**parameters)
    return find_land(assess(tables, chosen), tables, chosen)


def supply_of(tables: Tables, **parameters: Any) -> SupplyModel:
    return build_supply(
        land_of(tables, **parameters), sub_areas=["Deelgebied"], years=YEARS, reference_year=2026
    )


def at_mid(model: Any) -> np.ndarray:
    """Hectares per year and class with every input at its mid value."""
    return np.asarray(model.evaluate(model.quantities.mid[None, :])[0, 0])


Scene = "Callable[..., Tables]"


def test_vacant_plots_count_at_once_and_options_later(scene: Any) -> None:
    """1 ha vacant x 0.9; 2 ha under option x 0.5, of which a third has run out each year."""
    model = supply_of(
        scene(
            plots=[
                plot("A", 0),
                plot("B", 200, 2.0, status="option", max_category="3.1"),
                plot("C", 500, status="issued"),
                plot("D", 700, status="public_space"),
                plot("E", 850, status="unknown"),
            ]
        )
    )
    cells = at_mid(model)
    assert cells[0, FOUR_TWO, 0] == pytest.approx(0.9)
    assert cells[0, 2, 0] == pytest.approx(1.0)
    assert cells.sum(axis=(1, 2)) == pytest.approx([1.9, 1.9, 1.9])
    soon = build_supply(model.land, sub_areas=["Deelgebied"], years=(2027,), reference_year=2026)
    assert at_mid(soon)[0, 2, 0] == pytest.approx(1 / 3)
    left = dict(zip(model.left_out["reason"], model.left_out["ha"], strict=True))
    assert left["status_unknown"] == pytest.approx(1.0)


def test_the_category_is_the_lower_of_permitted_and_usable_in_both_readings(scene: Any) -> None:
    """A home 250 m away: 4.1 fits in quiet surroundings (200 m), 4.2 in mixed ones; here it is unknown which."""
    tables = scene(
        plots=[plot("A", 0)],
        sensitive_objects=[{"object_id": "h", "kind": "home", "geometry": shapely.Point(50, -250)}],
    )
    cells = at_mid(supply_of(tables))
    assert cells[0, FOUR_ONE, 0] == pytest.approx(0.45)
    assert cells[0, FOUR_TWO, 0] == pytest.approx(0.45)
    strict = supply_of(tables)
    values = strict.quantities.mid[None, :].copy()
    values[0, strict.quantities.position("supply.category_reading")] = 0.0
    assert strict.evaluate(values)[0, 0, 0, FOUR_ONE, 0] == pytest.approx(0.9)


def test_where_a_noise_budget_governs_the_permitted_category_stands(scene: Any) -> None:
    home = {"object_id": "h", "kind": "home", "surroundings": "quiet", "geometry": shapely.Point(50, -60)}
    estate = {"estate_id": "z", "kind": "zoned", "geometry": shapely.box(0, 0, 1000, 1000)}
    plain = at_mid(supply_of(scene(plots=[plot("A", 0)], sensitive_objects=[home])))
    zoned = at_mid(supply_of(scene(plots=[plot("A", 0)], sensitive_objects=[home], zoned_estates=[estate])))
    assert plain[0, CATEGORIES.index("3.1"), 0] == pytest.approx(0.9)
    assert zoned[0, FOUR_TWO, 0] == pytest.approx(0.9)


def test_water_counts_from_the_class_that_the_project_sets(scene: Any) -> None:
    canal = {"waterway_id": "w", "cemt": "III", "geometry": shapely.box(-500, -40, 1500, -10)}
    tables = scene(plots=[plot("A", 0)], waterways=[canal])
    assert at_mid(supply_of(tables))[0, FOUR_TWO, AT_WATER] == pytest.approx(0.9)
    assert at_mid(supply_of(tables, cemt_threshold="Va"))[0, FOUR_TWO, 0] == pytest.approx(0.9)


def test_a_park_without_plots_gives_its_issuable_hectares_by_zone(scene: Any) -> None:
    """A home on the southern edge: 200 m keeps 4.1 away, so the rest of the square may hold it."""
    park = {
        "park_id": "P",
        "name": "Park",
        "max_category": "4.1",
        "issuable_ha": 10.0,
        "net_ha": 60.0,
        "gross_ha": 100.0,
        "geometry": shapely.box(0, 0, 1000, 1000),
    }
    home = {"object_id": "h", "kind": "home", "surroundings": "quiet", "geometry": shapely.Point(500, 0)}
    model = supply_of(scene(parks=[park], sensitive_objects=[home]))
    cells = at_mid(model)[0, :, 0] / 0.9
    half_circle = np.pi * np.array([200.0, 100.0, 50.0, 30.0, 10.0]) ** 2 / 2 / 1e6 * 10.0
    assert cells[FOUR_ONE] == pytest.approx(10.0 - half_circle[0], rel=1e-3)
    assert cells[3] == pytest.approx(half_circle[0] - half_circle[1], rel=1e-3)
    assert cells[0] == pytest.approx(half_circle[3] - half_circle[4], abs=0.02)
    assert cells.sum() == pytest.approx(10.0 - half_circle[4], rel=1e-3)


def test_a_soft_plan_comes_late_and_in_part(scene: Any) -> None:
    """8 ha x 0.6; from 2033.5 on a fifth a year: 0 in 2030, 0.3 of it in 2035, all in 2050."""
    park = {"park_id": "P", "plan_phase": "zacht", "geometry": shapely.box(0, 0, 1000, 1000)}
    cells = at_mid(supply_of(scene(parks=[park], plots=[plot("A", 0, 8.0)])))
    assert cells.sum(axis=(1, 2)) == pytest.approx([0.0, 8 * 0.6 * 0.3, 8 * 0.6])


def test_a_full_grid_holds_land_back_until_it_has_room(scene: Any) -> None:
    grid = {
        "area_id": "g",
        "status": "full",
        "available_from": 2033,
        "geometry": shapely.box(-1e4, -1e4, 1e4, 1e4),
    }
    cells = at_mid(supply_of(scene(plots=[plot("A", 0)], grid_congestion=[grid])))
    assert cells.sum(axis=(1, 2)) == pytest.approx([0.9 * 0.6, 0.9, 0.9])


def test_land_to_be_transformed_counts_once(scene: Any) -> None:
    """40 of 100 ha go: of 10 ha vacant 4 leave the supply, of 20 ha occupied 8 ask for another place."""
    park = {
        "park_id": "P",
        "gross_ha": 100.0,
        "transformation_ha": 40.0,
        "geometry": shapely.box(0, 0, 4000, 250),
    }
    tables = scene(parks=[park], plots=[plot("A", 0, 10.0), plot("B", 1500, 20.0, status="issued")])
    model = supply_of(tables)
    cells = at_mid(model).sum(axis=(1, 2))
    # 2030 is 4 of the 14 years to 2040
    assert cells == pytest.approx([0.9 * (6 + 4 * 10 / 14), 0.9 * (6 + 4 * 5 / 14), 0.9 * 6])
    regular = build_regular(
        land_of(tables), model.quantities, sub_areas=AREAS, years=YEARS, reference_year=2026
    )
    moved = regular.replacement(regular.quantities.mid[None, :])[0, 0].sum(axis=(1, 2))
    assert moved == pytest.approx([8 * 0.75 * 4 / 14, 8 * 0.75 * 9 / 14, 8 * 0.75])
    lost = 10 - cells[-1] / 0.9
    assert lost + moved[-1] / 0.75 == pytest.approx(0.4 * 30)


def test_displaced_firms_ask_for_the_category_that_they_use(scene: Any) -> None:
    park = {
        "park_id": "P",
        "gross_ha": 10.0,
        "transformation_ha": 10.0,
        "geometry": shapely.box(0, 0, 1000, 100),
    }
    firm = {
        "business_id": "b",
        "sbi": "3832",
        "sbi_version": "SBI-2008",
        "permit_category": "4.2",
        "uses_water": True,
        "geometry": shapely.Point(50, 50),
    }
    tables = scene(parks=[park], plots=[plot("A", 0, status="issued")], businesses=[firm])
    model = supply_of(tables)
    regular = build_regular(
        land_of(tables), model.quantities, sub_areas=AREAS, years=YEARS, reference_year=2026
    )
    assert regular.displaced[0, FOUR_TWO, AT_WATER] == pytest.approx(1.0)
    assert regular.displaced.sum() == pytest.approx(1.0)
    assert regular.displaced_unknown.sum() == 0.0


def test_land_in_no_sub_area_of_the_balance_is_left_out_and_listed(scene: Any) -> None:
    model = build_supply(
        land_of(scene(plots=[plot("A", 0)])), sub_areas=["Elders"], years=YEARS, reference_year=2026
    )
    assert at_mid(model).sum() == 0.0
    assert model.left_out.set_index("reason").loc["no_sub_area", "ha"] == pytest.approx(1.0)


def test_a_plot_without_a_known_category_is_not_counted_but_listed(scene: Any) -> None:
    park = {"park_id": "P", "geometry": shapely.box(0, 0, 1000, 1000)}
    model = supply_of(scene(parks=[park], plots=[plot("A", 0, max_category=None)]))
    assert at_mid(model).sum() == 0.0
    assert list(model.left_out["reason"]) == ["category_not_assessed", "plan_unknown"]


def test_the_table_of_supply_adds_up_to_the_land(scene: Any) -> None:
    model = supply_of(scene(plots=[plot("A", 0), plot("B", 200, 2.0, status="option")]))
    table = model.table()
    assert table["strict_ha"].sum() == pytest.approx(3.0)
    assert table["wide_ha"].sum() == pytest.approx(3.0)
    assert dict(zip(table["kind"], table["counted_ha"], strict=True)) == pytest.approx(
        {"at_once": 0.9, "later": 1.0}
    )


def test_regular_growth_by_hand(scene: Any) -> None:
    """338 ha from 2020 to 2030 is 33.8 a year: 135.2 ha from 2026 on, less 4 % that is circular.

    To 2040 it is 425: 381.5 in 2035. Of it 0.2 is heavy, 0.35 of that 4.2, 0.08 of that at water.
    """
    tables = scene(plots=[plot("A", 0)])
    people = pd.DataFrame({"sub_area": ["Zuid", "Noord"], "inhabitants": [250.0, 750.0]})
    model = supply_of(tables)
    regular = build_regular(
        land_of(tables), model.quantities, sub_areas=people, years=YEARS, reference_year=2026
    )
    cells = regular.growth(regular.quantities.mid[None, :])[0]
    assert regular.sub_areas == ("Noord", "Zuid")
    total = np.array([135.2, 381.5 - 202.8, 490 - 202.8]) * 0.96
    assert cells.sum(axis=(0, 2, 3)) == pytest.approx(total)
    assert cells[0].sum(axis=(1, 2)) == pytest.approx(total * 0.75)
    assert cells[0, 0, FOUR_TWO, AT_WATER] == pytest.approx(129.792 * 0.75 * 0.2 * 0.35 * 0.08)
    assert cells[1, 0, 3, 0] == pytest.approx(129.792 * 0.25 * 0.8 * 0.99 * 0.40)


def test_published_figures_of_intensification_and_demand_agree(scene: Any) -> None:
    """68 ha is 20 % and 101 ha 30 % of about 338 ha; 85 and 127 ha of about 425 ha."""
    tables = scene(plots=[plot("A", 0, status="issued")])
    regular = build_regular(
        land_of(tables), supply_of(tables).quantities, sub_areas=AREAS, years=YEARS, reference_year=2026
    )
    gain = build_intensification(land_of(tables), sub_areas=["Deelgebied"], years=YEARS, reference_year=2026)
    for year in ("2030", "2040"):
        base = regular.quantities.mid[regular.quantities.position(f"regular.by_{year}")]
        row = gain.quantities.position(f"intensification.by_{year}")
        assert gain.quantities.low[row] == pytest.approx(0.2 * base, rel=0.01)
        assert gain.quantities.high[row] == pytest.approx(0.3 * base, rel=0.01)


def test_intensification_by_hand(scene: Any) -> None:
    """84.5 ha from 2020 to 2030: 33.8 ha from 2026 on, a tenth of it on heavy land, spread by hectares."""
    tables = scene(
        plots=[
            plot("A", 0, 3.0, status="issued", max_category="3.2"),
            plot("B", 400, 1.0, status="issued", max_category="3.1"),
            plot("C", 600, 2.0, status="issued", max_category="4.2"),
            plot("D", 850, 1.0, max_category="4.2"),
        ]
    )
    gain = build_intensification(land_of(tables), sub_areas=["Deelgebied"], years=YEARS, reference_year=2026)
    cells = at_mid(gain)
    assert cells[0, 3, 0] == pytest.approx(33.8 * 0.9 * 0.75)
    assert cells[0, 2, 0] == pytest.approx(33.8 * 0.9 * 0.25)
    assert cells[0, FOUR_TWO, 0] == pytest.approx(33.8 * 0.1)
    assert cells[1].sum() == pytest.approx(84.5 + 21.5 / 2 - 50.7)


def test_demand_grows_with_every_total_and_supply_with_every_share(scene: Any) -> None:
    tables = scene(plots=[plot("A", 0), plot("B", 200, 2.0, status="option")])
    supply = supply_of(tables)
    regular = build_regular(
        land_of(tables), supply.quantities, sub_areas=AREAS, years=YEARS, reference_year=2026
    )
    for model, names in (
        (regular, ("regular.by_2030", "regular.by_2050")),
        (supply, ("supply.at_once_share", "supply.option_share")),
    ):
        for name in names:
            values = np.repeat(model.quantities.mid[None, :], 3, axis=0)
            row = model.quantities.position(name)
            values[:, row] = model.quantities.bounds()[:, row]
            low, middle, high = model.evaluate(values).sum(axis=(1, 3, 4))[:, -1 if "2050" in name else 0]
            assert low < middle < high

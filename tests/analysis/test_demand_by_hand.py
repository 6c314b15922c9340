"""Worked examples of land demand: every expected number was typed from a pocket calculator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.space import demand_methods as formulas
from analysis.space.demand import DemandModel, build_demand
from analysis.space.demand_cells import Inputs
from analysis.space.flows import load_flows
from analysis.space.functions import load_catalogue
from analysis.space.scenarios import load_scenarios

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE = 1_360_000.0

WORKED: list[tuple[str, Callable[..., Any], tuple[float, ...], float]] = [
    # 168 kg x 1,360,000 = 228,480,000 kg
    ("brought waste, tonnes", formulas.tonnes_of_flow, (PEOPLE, 168.0, 1.0), 228_480.0),
    # 228,480 x 0.9 = 205,632 m2
    ("brought waste, low m2", formulas.hectares_of_tonnes, (228_480.0, 0.6), 13.7088),
    ("brought waste, hectares", formulas.hectares_of_tonnes, (228_480.0, 0.9), 20.5632),
    ("brought waste, high m2", formulas.hectares_of_tonnes, (228_480.0, 1.3), 29.7024),
    # 1,197 kg x 1,360,000 x 0.94 = 1,530,244,800 kg; x 0.16 m2
    ("rubble, tonnes", formulas.tonnes_of_flow, (PEOPLE, 1_197.0, 0.94), 1_530_244.8),
    ("rubble, hectares", formulas.hectares_of_tonnes, (1_530_244.8, 0.16), 24.4839168),
    # 91 kg x 1,360,000 x 0.5 processed in the region x 0.6 m2 = 61,880 t x 0.6
    ("organic waste, tonnes", formulas.tonnes_of_flow, (PEOPLE, 91.0, 0.5), 61_880.0),
    ("organic waste, hectares", formulas.hectares_of_tonnes, (61_880.0, 0.6), 3.7128),
    # 1,360,000 / 45,000 = 30.222 centres of 0.7 ha
    ("recycling centres", formulas.hectares_of_facilities, (PEOPLE, 45_000.0, 0.7), 21.15555556),
    # 1,360,000 / 400,000 = 3.4 crushers of 4 ha
    ("crushers", formulas.hectares_of_facilities, (PEOPLE, 400_000.0, 4.0), 13.6),
    # less than one facility: 1,360,000 / 2,000,000 = 0.68 of 3.5 ha
    ("plastics, part of a facility", formulas.hectares_of_facilities, (PEOPLE, 2e6, 3.5), 2.38),
    # 1,000 jobs x 344 m2
    ("jobs", formulas.hectares_of_jobs, (1_000.0, 344.0, 1.0), 34.4),
    # floor at a density of 0.5 takes two m2 of plot
    ("jobs, floor to plot", formulas.hectares_of_jobs, (1_000.0, 100.0, 2.0), 20.0),
    # 12.5 % of 200 ha
    ("share of stock", formulas.hectares_of_stock, (200.0, 12.5), 25.0),
    # 870 x 1.40 / 17.9
    ("published total", formulas.scaled_by_inhabitants, (870.0, 1.40e6, 17.9e6), 68.04469274),
    # published tonnages per inhabitant
    ("household waste", formulas.kg_per_inhabitant, (8_118.0, 17.9e6), 453.5195531),
    ("household waste brought", formulas.kg_per_inhabitant, (3_004.0, 17.9e6), 167.8212291),
    ("construction waste", formulas.kg_per_inhabitant, (23_800.0, 17.9e6), 1_329.608939),
]


@pytest.mark.parametrize(("name", "formula", "given", "expected"), WORKED, ids=[row[0] for row in WORKED])
def test_worked_example(
    name: str, formula: Callable[..., Any], given: tuple[float, ...], expected: float
) -> None:
    assert formula(*given) == pytest.approx(expected, rel=1e-9)


def test_rounded_as_published() -> None:
    """The three figures as they stand in the sources: 68 ha, 453 kg (down), 168 kg."""
    assert round(formulas.scaled_by_inhabitants(870.0, 1.40e6, 17.9e6)) == 68
    assert int(formulas.kg_per_inhabitant(8_118.0, 17.9e6)) == 453
    assert round(formulas.kg_per_inhabitant(3_004.0, 17.9e6)) == 168


def test_a_captured_share_never_grows_beyond_all_of_it() -> None:
    found = formulas.captured(np.array([0.4, 0.4, 0.4]), np.array([1.0, 2.0, 3.0]))
    assert found.tolist() == [0.4, 0.8, 1.0]


def test_what_has_a_place_is_not_asked_again() -> None:
    """12 ha needed, 80 % of today's 10 ha is there: 4 ha; when 90 % of 10 is there and 8 is needed: none."""
    found = formulas.additional(np.array([12.0, 8.0]), np.array([0.8, 0.9]), np.array([10.0, 10.0]))
    assert found == pytest.approx([4.0, 0.0])


def test_double_use_is_what_will_lie_on_converted_plots() -> None:
    """10 ha, of which 70 % grows in place, 35 % of that converted: 3 + 7 x 0.65 = 7.55 ha, 4.55 ha double."""
    land, double = formulas.land_to_find(np.array([10.0]), np.array([0.7]), np.array([0.35]))
    assert (land[0], double[0]) == pytest.approx((7.55, 4.55))


@pytest.fixture(scope="module")
def model() -> DemandModel:
    """The shipped data for one area of 1,360,000 inhabitants, own scenario."""
    flows, scenario = load_flows(), load_scenarios().choose("own")
    catalogue = load_catalogue(flows=flows.by_id, strategies=scenario.subjects("growth"))
    area = pd.DataFrame({"sub_area": ["Alles"], "inhabitants": [PEOPLE]})
    jobs = {"F22": np.array([10_000.0])}
    return build_demand(catalogue, flows, scenario, area, (2030, 2035, 2050), jobs=jobs)


def by_name(model: DemandModel, function: str, method: str, year: int) -> tuple[float, float, float, float]:
    found = model.by_method(function, method, Inputs(model.all_quantities, model.all_quantities.mid[None]))
    place = model.years.index(year)
    return tuple(
        float(part[0, 0, place]) for part in (found.need, found.present, found.land, found.double_use)
    )  # type: ignore[return-value]


def test_the_two_functions_for_brought_waste_take_all_of_it(model: DemandModel) -> None:
    """168 kg x 1,360,000 = 228,480 t, divided 75 : 25; 2030: inhabitants x 1.03, all of it captured."""
    inputs = Inputs(model.all_quantities, model.all_quantities.mid[None])
    one = np.ones((1, 1))
    tonnes = sum(float(model.tonnes(name, inputs, one, one)[0, 0]) for name in ("F01", "F02")) * PEOPLE
    assert tonnes == pytest.approx(228_480.0)


def test_recycling_centres_by_hand(model: DemandModel) -> None:
    """228,480 x 0.75 x 0.9 m2 = 15.4224 ha now; x 1.03 = 15.885072; present 95 % of now = 14.65128."""
    need, present, land, double = by_name(model, "F01", "flow", 2030)
    assert need == pytest.approx(15.885072)
    assert present == pytest.approx(14.65128)
    assert land == pytest.approx(1.233792)
    assert double == 0.0


def test_crushers_by_hand(model: DemandModel) -> None:
    """Now 1,197 kg x 0.84 key x 0.94 captured x 0.9 x 0.8 in the region x 0.16 m2 = 14.80787 ha.

    In 2035: all captured (0.94 x 1.10 > 1), 0.87 in the region, inhabitants x 1.05: 17.98802 ha; 70 % of
    14.80787 is there: 7.62251 ha to find.
    """
    need, present, land, _ = by_name(model, "F06", "flow", 2035)
    assert need == pytest.approx(17.98802, abs=1e-5)
    assert present == pytest.approx(10.36551, abs=1e-5)
    assert land == pytest.approx(7.62251, abs=1e-5)


def test_materials_hubs_by_hand(model: DemandModel) -> None:
    """1,360,000 / 350,000 x 2.5 = 9.714286 ha now; 2030: x 1.03 x 1.2 = 12.006857; 20 % is there."""
    need, _, land, _ = by_name(model, "F11", "facilities", 2030)
    assert need == pytest.approx(12.006857, abs=1e-6)
    assert land == pytest.approx(12.006857 - 1.942857, abs=1e-6)


def test_refurbishing_by_hand(model: DemandModel) -> None:
    """10,000 jobs x 0.5 x 200 m2 x 1.4 = 140 ha now; 2035 twice that; 90 % is there: 154 ha extra.

    Half of it grows in place, 35 % of which by then: 77 + 77 x 0.65 = 127.05 ha, 50.05 ha double.
    """
    need, present, land, double = by_name(model, "F22", "jobs", 2035)
    assert (need, present, land, double) == pytest.approx((280.0, 126.0, 127.05, 50.05))


def test_shifting_space_is_a_share_of_the_functions_that_shift(model: DemandModel) -> None:
    """7.5 % of F05 to F23, and none of F01 to F04."""
    cells = model.evaluate(model.quantities.mid[None])
    row = {name: place for place, name in enumerate(model.functions)}
    base = sum(cells.by_function[0, row[f"F{number:02d}"]] for number in range(5, 24))
    assert cells.by_function[0, row["F24"]] == pytest.approx(0.075 * base)


def test_gross_is_net_over_the_factor(model: DemandModel) -> None:
    cells = model.evaluate(model.quantities.mid[None])
    assert cells.gross == pytest.approx(cells.net / 0.75)


def test_a_function_not_in_the_province_asks_nothing(model: DemandModel) -> None:
    cells = model.evaluate(model.quantities.mid[None])
    assert cells.by_function[0, model.functions.index("F14")].sum() == 0.0
    assert model.methods["F14"] == ()


def test_classes_are_those_of_the_catalogue(model: DemandModel) -> None:
    """A crusher: a quarter below 100 kt on 4.2 near water, three quarters above on 5.2 at water."""
    alone = [name for name in model.functions if name != "F06"]
    values = model.quantities.mid[None].copy()
    for name in alone:
        for figure in ("m2_per_t", "plot_ha", "m2_per_job"):
            quantity = f"demand.{name}.{figure}"
            if quantity in model.quantities.name:
                values[0, model.quantities.position(quantity)] = 0.0
    values[0, model.quantities.position("demand.F24.shifting_share")] = 0.0
    cells = model.evaluate(values)
    crusher = cells.by_function[0, model.functions.index("F06"), 0, 1]
    assert cells.net[0, 0, 1, 5, 1] == pytest.approx(0.25 * crusher)
    assert cells.net[0, 0, 1, 7, 2] == pytest.approx(0.75 * crusher)
    assert cells.net[0, 0, 1].sum() == pytest.approx(crusher)

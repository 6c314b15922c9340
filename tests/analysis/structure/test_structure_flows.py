"""What goes from hub to hub: the transport problem against brute force, and tonnes worked out by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis.data_files import Range
from analysis.structure.capacity import Tonnes, Usual, standing_shares, usual_facilities
from analysis.structure.exchanges import Exchange
from analysis.structure.flows import transport


def exchange(one: str, two: str, low: float, mid: float, high: float) -> Exchange:
    return Exchange(
        one, two, Range(low, mid, high, "share", "assumption", "x"), by_water=False, reach_km=50.0
    )


def by_brute_force(
    km: np.ndarray, allowed: np.ndarray, supply: np.ndarray, room: np.ndarray
) -> tuple[int, float]:
    """Give the most that can be carried in whole units, and the fewest unit-kilometres for it."""
    arcs = [(i, j) for i in range(km.shape[0]) for j in range(km.shape[1]) if allowed[i, j]]
    best = (0, 0.0)
    for amounts in product(*(range(int(min(supply[i], room[j])) + 1) for i, j in arcs)):
        sent, taken, cost = np.zeros(len(supply)), np.zeros(len(room)), 0.0
        for (i, j), amount in zip(arcs, amounts, strict=True):
            sent[i] += amount
            taken[j] += amount
            cost += amount * km[i, j]
        if (sent <= supply).all() and (taken <= room).all():
            best = max(best, (int(sent.sum()), cost), key=lambda found: (found[0], -found[1]))
    return best


def test_transport_equals_brute_force_on_whole_units() -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        km = rng.integers(1, 30, (2, 3)).astype(float)
        allowed = rng.random((2, 3)) < 0.75
        supply, room = rng.integers(0, 4, 2).astype(float), rng.integers(0, 3, 3).astype(float)
        found = transport(km, allowed, supply, room)
        carried, cost = by_brute_force(km, allowed, supply, room)
        # the transport matrix is totally unimodular: whole amounts are as good as any
        assert found.sum() == pytest.approx(carried)
        assert (found * km).sum() == pytest.approx(cost)
        assert (found[~allowed] == 0).all()


def test_nothing_allowed_carries_nothing() -> None:
    found = transport(np.ones((2, 2)), np.zeros((2, 2), dtype=bool), np.ones(2), np.ones(2))
    assert found.sum() == 0.0


def test_what_is_passed_on_is_cut_where_the_receiver_is_full() -> None:
    tonnes = Tonnes({"F01": (100.0, 200.0, 300.0), "F02": (50.0, 100.0, 150.0), "F03": (90.0, 60.0, 500.0)})
    exchanges = {
        ("F01", "F03"): exchange("F01", "F03", 0.1, 0.2, 0.3),
        ("F02", "F03"): exchange("F02", "F03", 0.4, 0.5, 0.6),
    }
    passed = tonnes.passed_on(exchanges)
    # arriving: 10+20, 40+50, 90+90; room: 90, 60, 500; only the middle is cut, to two thirds
    first, second = passed["F01", "F03"], passed["F02", "F03"]
    assert first[0] == pytest.approx((10.0, 40.0 * 2 / 3, 90.0))
    assert second[0] == pytest.approx((20.0, 50.0 * 2 / 3, 90.0))
    assert first[1]
    assert second[1]


def test_unknown_tonnes_stay_unknown_and_take_no_room() -> None:
    tonnes = Tonnes({"F02": (10.0, 10.0, 10.0), "F03": (5.0, 5.0, 5.0)})
    exchanges = {
        ("F01", "F03"): exchange("F01", "F03", 0.5, 0.5, 0.5),
        ("F02", "F03"): exchange("F02", "F03", 0.5, 0.5, 0.5),
    }
    passed = tonnes.passed_on(exchanges)
    assert np.isnan(passed["F01", "F03"][0]).all()
    tonnes_passed, cut = passed["F02", "F03"]
    assert tonnes_passed == pytest.approx((5.0, 5.0, 5.0))
    assert not cut


def test_tonnes_of_the_nearest_year_are_taken() -> None:
    table = pd.DataFrame(
        {
            "function_id": ["F01", "F01", "F01"], "sub_area": ["a", "b", "a"], "year": [2030, 2030, 2050],
            "tonnes_low": [1.0, 2.0, 9.0], "tonnes_mid": [2.0, 3.0, 9.0], "tonnes_high": [3.0, 4.0, 9.0],
        }
    )  # fmt: skip
    assert Tonnes.of(table, 2032).by_function == {"F01": (3.0, 5.0, 7.0)}
    assert Tonnes.of(None, 2032).by_function == {}


def standing(**hectares: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"hub_id": list(hectares), "function_id": "F06", "hectares": list(hectares.values()), "count": np.nan}
    )


def test_hubs_take_what_their_land_can_process() -> None:
    usual = {"F06": Usual(plot_ha=2.0, m2_per_t=0.5, tonnes=np.nan)}
    # 2 ha (the usual plot) and 3 ha at 0.5 m2 a tonne: 40,000 and 60,000 of 400,000
    shares = standing_shares(standing(A=np.nan, B=3.0), "F06", usual, Tonnes({"F06": (0.0, 400_000.0, 0.0)}))
    assert shares.to_dict() == pytest.approx({"A": 0.1, "B": 0.15})


def test_hubs_take_all_when_there_is_land_enough_or_nothing_is_known() -> None:
    usual = {"F06": Usual(plot_ha=2.0, m2_per_t=0.5, tonnes=np.nan)}
    enough = standing_shares(standing(A=1.0, B=3.0), "F06", usual, Tonnes({"F06": (0.0, 1_000.0, 0.0)}))
    unknown = standing_shares(standing(A=1.0, B=3.0), "F06", usual, Tonnes({}))
    assert enough.to_dict() == pytest.approx({"A": 0.25, "B": 0.75})
    assert unknown.to_dict() == pytest.approx({"A": 0.25, "B": 0.75})


def test_usual_facilities_are_read_from_the_figures_of_demand() -> None:
    figures = pd.DataFrame(
        {
            "name": ["demand.F06.plot_ha", "demand.F06.m2_per_t", "demand.F04.throughput_kt", "demand.F04.catchment"],
            "mid": [4.0, 0.16, 3.0, 9.0],
        }
    )  # fmt: skip
    usual = usual_facilities(figures)
    assert usual["F06"].processed(4.0) == pytest.approx(250_000.0)
    # no plot is known, so one hectare stands for the facility of 3,000 tonnes
    assert usual["F04"].processed(2.0) == pytest.approx(6_000.0)
    assert usual_facilities(None) == {}

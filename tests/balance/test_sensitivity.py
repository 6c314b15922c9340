"""Sobol indices and the worth of knowing against answers known from theory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from analysis.space.balance import BalanceModels
from analysis.space.montecarlo import simulate
from analysis.space.quantities import Quantities, quantities_of, sample
from analysis.space.sensitivity import (
    OTHERS,
    band_worth,
    drawn_headline,
    explain,
    factors,
    headline,
    main_year,
    screen,
    sobol,
)

RANGES = {"a": (0.0, 1.0, 4.0), "b": (0.0, 3.0, 3.0), "c": (2.0, 2.5, 3.0), "fixed": (7.0, 7.0, 7.0)}
WEIGHTS = {"a": 2.0, "b": -1.0, "c": 3.0, "fixed": 10.0}

Hand = Callable[..., BalanceModels]


def toy(groups: dict[str, str] | None = None) -> Quantities:
    rows = [
        {
            "name": name,
            "low": low,
            "mid": mid,
            "high": high,
            "status": "assumption",
            "group": (groups or {}).get(name, ""),
        }
        for name, (low, mid, high) in RANGES.items()
    ]
    return quantities_of(rows)


def additive(values: np.ndarray) -> np.ndarray:
    total = (values * np.array(list(WEIGHTS.values()))).sum(axis=1)
    return np.column_stack([total, np.full(len(values), 5.0)])


def variances() -> dict[str, float]:
    """The variance of a triangular distribution is (a2 + b2 + c2 - ab - ac - bc) / 18."""
    return {
        name: WEIGHTS[name] ** 2 * (low**2 + mid**2 + high**2 - low * mid - low * high - mid * high) / 18
        for name, (low, mid, high) in RANGES.items()
    }


def test_indices_of_an_additive_model_equal_the_analytic_ones() -> None:
    table = sobol(additive, toy(), ("y", "constant"), samples=2048)
    found = table[table["output"] == "y"].set_index("factor")
    parts = variances()
    total = sum(parts.values())
    assert set(found.index) == {"a", "b", "c"}
    for name in ("a", "b", "c"):
        assert found.loc[name, "first"] == pytest.approx(parts[name] / total, abs=0.01)
        assert found.loc[name, "total"] == pytest.approx(parts[name] / total, abs=0.01)
    assert table[table["output"] == "constant"][["first", "total"]].isna().all().all()


def test_the_sample_of_draws_has_the_analytic_variance() -> None:
    drawn = additive(sample(toy(), 40_000, seed=4))[:, 0]
    assert drawn.var() == pytest.approx(sum(variances().values()), rel=0.03)


def test_factors_that_are_lumped_keep_their_variance() -> None:
    table = sobol(additive, toy(), ("y", "constant"), focus=["a"], samples=1024)
    found = table[table["output"] == "y"].set_index("factor")["total"]
    parts = variances()
    assert found["a"] == pytest.approx(parts["a"] / sum(parts.values()), abs=0.02)
    assert found[OTHERS] == pytest.approx((parts["b"] + parts["c"]) / sum(parts.values()), abs=0.02)


def test_correlated_inputs_are_one_factor() -> None:
    """a and c move together: their standard deviations add up, not their variances (nearly so)."""
    quantities = toy({"a": "economy", "c": "economy"})
    assert [factor.name for factor in factors(quantities)] == ["economy", "b"]
    assert [len(factor.rows) for factor in factors(quantities)] == [2, 1]
    table = sobol(additive, quantities, ("y", "constant"), samples=1024)
    found = table[table["output"] == "y"].set_index("factor")["total"]
    drawn = sample(quantities, 40_000, seed=1)
    together = (2.0 * drawn[:, 0] + 3.0 * drawn[:, 2]).var()
    other = drawn[:, 1].var()
    assert found["economy"] == pytest.approx(together / (together + other), abs=0.02)


def test_the_same_seed_gives_the_same_indices_on_any_number_of_threads() -> None:
    one = sobol(additive, toy(), ("y", "constant"), samples=512, threads=1)
    two = sobol(additive, toy(), ("y", "constant"), samples=512, threads=2)
    assert one.equals(two)


def test_the_first_look_ranks_inputs_by_their_variance(hand: Hand) -> None:
    simulation = simulate(hand(0.5), draws=10_000)
    drawn = simulation.values
    names = simulation.models.quantities.name
    weights = np.arange(1.0, len(names) + 1)
    outputs = ((drawn - drawn.mean(axis=0)) / drawn.std(axis=0) * weights).sum(axis=1)[:, None]
    shares = screen(simulation, outputs)
    assert list(shares.index) == list(names[::-1])
    assert shares.iloc[0] == pytest.approx(weights[-1] ** 2 / (weights**2).sum(), abs=0.02)


def test_knowing_the_only_input_is_worth_nearly_the_whole_band(hand: Hand) -> None:
    simulation = simulate(hand(0.5), draws=10_000)
    outputs = simulation.values[:, [simulation.models.quantities.position("growth")]]
    band = np.subtract(*np.percentile(outputs[:, 0], (90, 10)))
    worth = band_worth(simulation, outputs, ["growth", "quay"])
    assert worth[0, 0] > 0.85 * band
    assert worth[1, 0] < 0.03 * band


def test_the_headline_is_what_the_draws_say(hand: Hand) -> None:
    simulation = simulate(hand(), draws=300)
    np.testing.assert_allclose(
        headline(simulation.models, simulation.values, 1),
        drawn_headline(simulation, 1),
        rtol=1e-12,
        atol=1e-9,
    )


def test_the_explained_table_names_every_group_and_factor(hand: Hand) -> None:
    simulation = simulate(hand(), draws=2000)
    table = explain(simulation, focus=3, samples=64)
    assert set(table["year"]) == {2035}
    assert len(table) == 6 * 4
    assert table.groupby(["group", "water"])["factor"].agg(lambda names: OTHERS in set(names)).all()
    light = table[(table["group"] == "light") & (table["water"] == "any")].set_index("factor")
    # light land is short by growth x 2.2 less 4 ha: nothing else comes near
    assert light["total"].idxmax() == "growth"
    worth, band = light.loc[["growth"], ["worth_ha", "band_ha"]].to_numpy(dtype=float)[0]
    assert worth > 0.5 * band


def test_the_main_year_is_2035_or_the_middle_one() -> None:
    assert main_year((2030, 2035, 2050)) == 1
    assert main_year((2028, 2032, 2040, 2045)) == 2

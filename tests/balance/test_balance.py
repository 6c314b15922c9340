"""The balance worked out by hand on a small example, and what holds for every balance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.space.balance import (
    CATEGORY_GROUPS,
    GROUPS,
    RULES,
    TERMS,
    WATERFALLS,
    BalanceModels,
    charted,
    deterministic,
    grouped,
    match,
    sides,
    united,
)
from analysis.space.balance_tables import balance_tables, shown
from analysis.space.matching import CLASSES
from analysis.space.montecarlo import simulate
from analysis.space.quantities import quantities_of

NORTH, SOUTH, TOGETHER, APART = range(4)

Hand = Callable[..., BalanceModels]


def totals(models: BalanceModels, rule: str) -> Any:
    cells = match(deterministic(models), models.heavy_from)[rule][0]
    return cells.sum(axis=(-2, -1))


def test_the_terms_are_kept_apart(hand: Hand) -> None:
    terms = deterministic(hand())
    assert list(terms) == list(TERMS)
    first = {name: cells[0, NORTH, 0].sum() for name, cells in terms.items()}
    assert first == {
        "circular": 10.0,
        "growth": 20.0,
        "replacement": 2.0,
        "supply": 36.0,
        "intensification": 1.0,
        "released": 2.0,
    }


def test_shortage_by_hand_with_the_floor_rule(hand: Hand) -> None:
    """Noord: 10 asked at quays, 6 there; light 22 asked, 1 there. Zuid: 5 and 8; light 22, 5."""
    cells = match(deterministic(hand()), 4)["floor"][0, :, 0]
    assert cells[NORTH, 5, 2] == 4.0
    assert cells[NORTH, 2, 0] == 21.0
    assert cells[SOUTH, 5, 2] == 0.0
    assert cells[SOUTH, 2, 0] == 17.0
    # together the three hectares left in Zuid serve Noord; light land is short all the same
    assert cells[TOGETHER, 5, 2] == 1.0
    assert cells[TOGETHER, 2, 0] == 38.0
    assert cells[APART].sum() == 42.0


def test_shortage_by_hand_without_a_floor_rule(hand: Hand) -> None:
    """Light firms may use the 30 ha of 5.1 and the 2 ha released in Noord, and quays that nobody needs."""
    apart = match(deterministic(hand()), 4)["free_heavy_first"][0, :, 0]
    assert apart[NORTH, 5, 2] == 4.0
    assert apart[NORTH, 2, 0] == 0.0
    assert apart[SOUTH, 2, 0] == 22.0 - 5.0 - 3.0
    filled = match(deterministic(hand()), 4)["free_light_first"][0, :, 0]
    assert filled[SOUTH, 2, 0] == 22.0 - 5.0 - 8.0
    assert filled[SOUTH, 5, 2] == 5.0
    # 33 ha of dry land serve the light firms of Noord, so its quays stay free
    assert filled[NORTH, 5, 2] == 4.0


def test_a_quay_function_is_not_placed_on_dry_heavy_land(hand: Hand) -> None:
    """Noord has 30 ha of category 5.1, and still 4 ha too little for 4.2 at water."""
    models = hand()
    asked, there = sides(deterministic(models))
    assert asked[0, NORTH, 0].sum() < there[0, NORTH, 0].sum()
    assert totals(models, "free_heavy_first")[NORTH, 0] == 4.0


def test_shortage_is_never_below_the_shortage_of_totals(hand: Hand) -> None:
    simulation = simulate(hand(0.9), draws=2000)
    asked, there = sides(simulation.models.terms(simulation.values))
    bound = np.maximum((asked - there).sum(axis=(-2, -1)), 0.0)
    for cells in simulation.shortage.values():
        assert (cells[:, :2].sum(axis=(-2, -1)) >= bound - 1e-9).all()
        assert (cells >= 0).all()


def test_the_province_together_is_never_shorter_than_its_sub_areas_apart(hand: Hand) -> None:
    simulation = simulate(hand(0.9), draws=2000)
    for cells in simulation.shortage.values():
        total = cells.sum(axis=(-2, -1))
        assert (total[:, TOGETHER] <= total[:, APART] + 1e-9).all()
        np.testing.assert_allclose(total[:, APART], total[:, NORTH] + total[:, SOUTH])


def test_groups_add_their_classes() -> None:
    cells = np.arange(60.0).reshape(2, *CLASSES)
    sums = grouped(cells)
    edges = {"light": (0, 4), "4.1": (4, 5), "4.2": (5, 6), "5.1+": (6, 10), "total": (0, 10)}
    columns = {"dry": [0], "near": [1], "at_water": [2], "any": [0, 1, 2]}
    for number, (group, water) in enumerate(GROUPS):
        start, end = edges[group]
        expected = cells[:, start:end][:, :, columns[water]].sum(axis=(1, 2))
        np.testing.assert_allclose(sums[:, number], expected)
    assert charted(cells).shape == (2, len(WATERFALLS))
    np.testing.assert_allclose(charted(cells)[:, -1], cells.sum(axis=(1, 2)))


def test_a_quantity_of_two_models_is_one_quantity() -> None:
    row = {"name": "a", "low": 1, "mid": 2, "high": 3, "status": "assumption"}
    other = {"name": "b", "low": 1, "mid": 2, "high": 3, "status": "sourced"}
    together = united([quantities_of([row]), quantities_of([other, row])])
    assert together.name == ("a", "b")
    with pytest.raises(ValueError, match="different ranges"):
        united([quantities_of([row]), quantities_of([row | {"high": 4}])])


def test_a_term_of_the_wrong_shape_is_refused(hand: Hand) -> None:
    released: Any = hand().released
    released.evaluate = lambda values: np.zeros((len(values), 1, 2, *CLASSES))
    models = replace(hand(), released=released)
    with pytest.raises(ValueError, match="released"):
        deterministic(models)


def test_tables_hold_every_place_year_class_and_rule(hand: Hand) -> None:
    tables = balance_tables(simulate(hand(), draws=200))
    balance = tables["balance"]
    assert len(balance) == 4 * 2 * 30 * 3
    assert not balance.duplicated(["scope", "area", "year", "category", "water", "rule"]).any()
    row = balance[
        (balance["area"] == "Noord")
        & (balance["year"] == 2030)
        & (balance["category"] == "4.2")
        & (balance["water"] == "at_water")
        & (balance["rule"] == "floor")
    ].iloc[0]
    assert (row["circular_ha"], row["supply_ha"], row["balance_ha"], row["shortage_ha"]) == (10, 6, 4, 4)
    groups = tables["balance_groups"]
    assert len(groups) == 4 * 2 * len(GROUPS) * len(RULES)
    province = groups[
        (groups["scope"] == "province") & (groups["rule"] == "floor") & (groups["year"] == 2030)
    ]
    by_group = province[province["water"] == "any"].set_index("group")["shortage_ha"]
    assert by_group["4.2"] == 1.0
    assert by_group["light"] == 38.0
    assert by_group["total"] == by_group[list(CATEGORY_GROUPS)].sum()
    assert len(tables["balance_terms"]) == 4 * 2 * len(WATERFALLS) * len(TERMS)


def test_percentiles_are_ordered_and_shown_in_steps_of_five(hand: Hand) -> None:
    tables = balance_tables(simulate(hand(0.9), draws=1000))
    for name in ("balance", "balance_groups", "balance_terms"):
        table = tables[name]
        assert (table["p10_ha"] <= table["p50_ha"]).all()
        assert (table["p50_ha"] <= table["p90_ha"]).all()
    balance = tables["balance"]
    assert balance["share_short"].between(0, 1).all()
    assert (balance["shown_p50_ha"] % 5 == 0).all()
    assert ((balance["shown_p50_ha"] - balance["p50_ha"]).abs() <= 2.5).all()
    np.testing.assert_array_equal(shown(np.array([2.4, 7.6, -2.4])), [0.0, 10.0, 0.0])


def test_the_waterfall_of_a_place_adds_up_to_its_balance(hand: Hand) -> None:
    tables = balance_tables(simulate(hand(), draws=100))
    terms = tables["balance_terms"]
    steps = terms["mid_ha"].where(terms["side"] == "asked", -terms["mid_ha"])
    keys = ["scope", "area", "year", "group", "water"]
    sums = steps.groupby([terms[key] for key in keys]).sum()
    groups = tables["balance_groups"]
    wanted = groups[groups["rule"] == "floor"].set_index(keys)["balance_ha"].reindex(sums.index)
    np.testing.assert_allclose(sums, wanted, atol=1e-9)

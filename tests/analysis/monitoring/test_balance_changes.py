"""Shortages of two releases: which terms moved them, by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.monitoring.balance_changes import balance_changes
from analysis.monitoring.differences import Differences


def row(area: str = "province", group: str = "5.1+", **more: Any) -> dict[str, Any]:
    """Make a row: 10 ha of circular demand, 4 of growth, 6 of supply, so 8 ha short."""
    usual = {
        "scope": "province" if area == "province" else "sub_area", "area": area, "year": 2035, "group": group,
        "water": "any", "rule": "floor", "circular_ha": 10.0, "growth_ha": 4.0, "replacement_ha": 0.0,
        "supply_ha": 6.0, "intensification_ha": 0.0, "released_ha": 0.0,
        "shown_p10_ha": 5.0, "shown_p50_ha": 10.0, "shown_p90_ha": 15.0,
    }  # fmt: skip
    return usual | more


def tables(*rows: dict[str, Any]) -> dict[str, pd.DataFrame]:
    return {"balance_groups": pd.DataFrame(rows)}


def test_less_supply_and_more_demand_are_told_apart() -> None:
    now = row(circular_ha=11.5, supply_ha=3.0, growth_ha=4.04, released_ha=1.0, shown_p50_ha=15.0)
    answer = balance_changes(tables(row()), tables(now), Differences(data=True))
    assert answer is not None
    (found,) = answer["shortages"]
    assert (found["area"], found["year"], found["group"]) == ("province", 2035, "5.1+")
    assert (found["before"], found["after"]) == ([5.0, 10.0, 15.0], [5.0, 15.0, 15.0])
    # 1.5 ha more is asked, 3 ha less is there, 1 ha more comes free; 0.04 ha of growth would read as nothing
    assert found["terms"] == {"circular_ha": 1.5, "supply_ha": 3.0, "released_ha": -1.0}
    assert answer["cause"] == "data"


def test_what_reads_the_same_is_no_change() -> None:
    rows = [row(), row(circular_ha=10.4)]
    answer = balance_changes(tables(rows[0]), tables(rows[1]), Differences(data=True))
    assert answer == {"shortages": [], "cause": None, "why_nl": None}


def test_only_the_headline_counts_and_the_province_comes_first() -> None:
    other = [
        row(scope="province_apart", shown_p50_ha=99.0), row(water="at_water", shown_p50_ha=99.0), row(rule="free_light_first", shown_p50_ha=99.0),
        row(group="4.1", shown_p50_ha=20.0), row("Amersfoort", shown_p50_ha=20.0),
    ]  # fmt: skip
    old = [
        row(scope="province_apart"),
        row(water="at_water"),
        row(rule="free_light_first"),
        row(group="4.1"),
        row("Amersfoort"),
    ]
    answer = balance_changes(tables(*old), tables(*other), Differences(data=True, parameters=True))
    assert answer is not None
    assert [(one["area"], one["group"]) for one in answer["shortages"]] == [
        ("province", "4.1"),
        ("Amersfoort", "5.1+"),
    ]
    assert answer["cause"] == "not_assessed"


def test_an_area_that_came_has_no_before() -> None:
    answer = balance_changes(tables(row()), tables(row(), row("Nieuw")), Differences(parameters=True))
    assert answer is not None
    (found,) = answer["shortages"]
    assert (found["area"], found["before"], found["after"]) == ("Nieuw", None, [5.0, 10.0, 15.0])
    assert found["terms"] == {}


def test_a_release_without_a_balance_has_none_to_compare() -> None:
    assert balance_changes({}, tables(row()), Differences()) is None

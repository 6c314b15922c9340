"""Causes of changed conclusions, from runs that are written down by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.monitoring.attribution import Runs, attribute, between, conclusions
from analysis.monitoring.differences import Differences
from analysis.monitoring.plan_changes import plan_changes

KEY = ("park", "A", "heavy")
AREA = ("total", "total", "heavy_certain_ha")


@pytest.mark.parametrize(
    ("old", "data", "parameters", "new", "expected"),
    [
        ("yes", "yes", "yes", "yes", ((), None)),
        ("yes", "no", "no", "yes", ((), None)),
        ("yes", "no", "yes", "no", (("data",), None)),
        ("yes", "yes", "no", "no", (("parameters",), None)),
        ("yes", "no", "no", "no", (("data", "parameters"), "each")),
        ("yes", "yes", "yes", "no", (("data", "parameters"), "together")),
        ("yes", "maybe", "yes", "no", (("data", "parameters"), "partly")),
        ("yes", "yes", "maybe", "no", (("data", "parameters"), "partly")),
        ("yes", "maybe", "maybe", "no", (("data", "parameters"), "partly")),
        (None, 1.0, None, 1.0, (("data",), None)),
    ],
)
def test_data_and_parameters_are_told_apart(
    old: object, data: object, parameters: object, new: object, expected: object
) -> None:
    assert between(old, data, parameters, new) == expected  # type: ignore[arg-type]


def test_a_release_that_differs_from_its_own_computation_was_made_otherwise() -> None:
    same = {KEY: "no"}
    runs = Runs({KEY: "certain"}, same, same, same, same, same, old_program="program")
    (found,) = attribute(runs)
    assert found.causes == ("program",)
    assert found.how is None
    stored = Runs({KEY: "certain"}, same, same, same, same, same, old_program="storage")
    assert attribute(stored)[0].causes == ("storage",)


def test_data_and_program_can_both_have_done_it() -> None:
    runs = Runs(
        before={KEY: "certain"},
        after={KEY: "no"},
        old={KEY: "possible"},
        new={KEY: "no"},
        new_data={KEY: "no"},
        new_parameters={KEY: "possible"},
    )
    assert attribute(runs)[0].causes == ("data", "program")


def test_the_parts_of_a_change_add_up_to_it() -> None:
    runs = Runs(
        before={AREA: 10.0},
        after={AREA: 3.5},
        old={AREA: 9.0},  # another program: -1
        new={AREA: 4.0},  # and another one later: -0.5
        new_data={AREA: 7.0},  # the data alone: -2
        new_parameters={AREA: 8.0},  # the parameters alone: -1; so only together: -2
    )
    (found,) = attribute(runs)
    assert found.causes == ("data", "parameters", "program")
    assert found.effects == {"data": -2.0, "parameters": -1.0, "interaction": -2.0, "program": -1.5}
    assert sum(found.effects.values()) == 3.5 - 10.0


def test_a_number_that_is_not_assessed_has_no_parts() -> None:
    runs = Runs({AREA: None}, {AREA: 2.0}, {AREA: None}, {AREA: 2.0}, {AREA: 2.0}, {AREA: None})
    (found,) = attribute(runs)
    assert (found.causes, found.effects) == (("data",), {})


def test_only_what_both_releases_hold_is_compared() -> None:
    none = {("park", "B", "heavy"): "no"}
    assert attribute(Runs({KEY: "no"}, none, {}, {}, {}, {})) == []


def test_conclusions_are_of_parks_and_of_the_total() -> None:
    parks = pd.DataFrame({"park_id": ["A", "B"], "heavy": ["certain", None], "shore_m": [1.5, None]})
    summary = pd.DataFrame({"scope": ["sub_area", "total"], "area_name": ["x", "y"], "area_ha": [1.0, 2.0]})
    assert conclusions(parks, summary) == {
        ("park", "A", "heavy"): "certain",
        ("park", "B", "heavy"): None,
        ("park", "A", "shore_m"): 1.5,
        ("park", "B", "shore_m"): None,
        ("total", "total", "area_ha"): 2.0,
    }


def plan(*rows: tuple[str, str, int]) -> dict[str, pd.DataFrame]:
    """Make a plan from site, function and year; a row of another alternative never counts."""
    known = [
        {"plan": "proposal", "site_id": s, "function": f, "from_year": y, "park_name": "P"}
        for s, f, y in rows
    ]
    other = {"plan": "alternative", "site_id": "X", "function": "F09", "from_year": 2030, "park_name": "P"}
    return {"reservation_plan": pd.DataFrame([*known, other])}


def test_plans_are_compared_by_site() -> None:
    old = plan(("S1", "F01", 2030), ("S2", "F02", 2030), ("S3", "F03", 2035))
    new = plan(("S2", "F02", 2030), ("S3", "F03", 2030), ("S4", "F04", 2035))
    answer = plan_changes(old, new, Differences(data=True))
    assert answer is not None
    assert [(row["site_id"], row["before"], row["after"]) for row in answer["sites"]] == [
        ("S1", "F01 (2030)", None),
        ("S3", "F03 (2035)", "F03 (2030)"),
        ("S4", None, "F04 (2035)"),
    ]
    assert answer["cause"] == "data"


@pytest.mark.parametrize(
    ("differs", "cause"),
    [
        (set(), "solver"),
        ({"parameters"}, "parameters"),
        ({"figures"}, "figures"),
        ({"program"}, "program"),
        ({"step"}, "step"),
        ({"data", "parameters"}, "not_assessed"),
        ({"data", "figures"}, "not_assessed"),
    ],
)
def test_the_cause_of_another_plan_is_known_when_one_thing_differs(differs: set[str], cause: str) -> None:
    assert Differences(**dict.fromkeys(differs, True)).cause()[0] == cause


def test_without_two_plans_there_is_nothing_to_compare() -> None:
    same = Differences()
    assert plan_changes({}, plan(), same) is None
    assert plan_changes(plan(("S1", "F01", 2030)), plan(("S1", "F01", 2030)), same) == {
        "sites": [],
        "cause": None,
        "why_nl": None,
    }

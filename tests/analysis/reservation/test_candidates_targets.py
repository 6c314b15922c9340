"""Targets out of the land demand, by hand: classes, shares, what a sub-area can carry, priorities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analysis.reservation.classes import classes_of, find_classes
from analysis.reservation.targets import find_targets
from gis.errors import InputError
from layers.parameters import Parameters
from tests.analysis.reservation.candidates_fixtures import demand, settings

if TYPE_CHECKING:
    import pandas as pd

SMALL_AND_LARGE = [
    {"id": "F1", "variant": "F1a", "category": "4.2", "ha": 1.0, "minimum": 2.0},
    {"id": "F1", "variant": "F1b", "category": "5.2", "water": "required", "ha": 3.0, "minimum": 2.0},
    {"id": "F2", "variant": "F2a", "category": "3.1", "ha": 0.4},
    {"id": "F2", "variant": "F2b", "category": "3.2", "ha": 0.6},
]


def two_places() -> dict[str, pd.DataFrame]:
    tables = demand(SMALL_AND_LARGE, years=(2030,), places=("Noord", "Zuid"))
    # five hectares of the large kind in the south
    land = tables["land_demand"]
    land.loc[(land["variant_id"] == "F1b") & (land["sub_area"] == "Zuid"), "net_mid_ha"] = 5.0
    bands = tables["demand_bands"].set_index(["function_id", "sub_area", "year"])
    bands.loc[("F1", "Zuid", 2030), ["p10_ha", "p50_ha", "p90_ha"]] = [3.0, 6.0, 12.0]
    bands.loc[("F1", "province", 2030), ["p10_ha", "p50_ha", "p90_ha"]] = [5.0, 10.0, 20.0]
    tables["demand_bands"] = bands.reset_index()
    return tables


def test_variants_are_gathered_by_weight_class() -> None:
    classes = find_classes(two_places(), Parameters()).set_index("function")
    assert list(classes.index) == ["F1-4", "F1-5", "F2"]
    assert classes.loc["F2", "variants"] == "F2a;F2b"
    # the heaviest variant of a class sets what is asked
    assert classes["category"].tolist() == ["4.2", "5.2", "3.2"]
    assert classes["distance_quiet_m"].tolist() == [300.0, 700.0, 100.0]
    assert classes["needs_water"].tolist() == [False, True, False]
    assert classes_of(list(classes.index), "F1") == (0, 1)
    assert classes_of(list(classes.index), "F1-5") == (1,)
    assert classes_of(list(classes.index), "F9") == ()


def test_another_threshold_moves_the_classes() -> None:
    tables = demand(
        [
            {"id": "F1", "variant": "F1a", "category": "3.2"},
            {"id": "F1", "variant": "F1b", "category": "4.1"},
        ]
    )
    assert find_classes(tables, Parameters())["function"].tolist() == ["F1-3", "F1-4"]
    assert find_classes(tables, Parameters(hmc_threshold="4.2"))["function"].tolist() == ["F1"]


def test_the_demand_is_split_as_its_variants_are() -> None:
    targets = find_targets(two_places(), settings(regional_share=0.5)).set_index("target_id")
    # of the province 2 of 10 ha are small and 8 large; of the south 1 of 6 and 5
    assert targets.loc["F1-4.2030.province", "ha"] == pytest.approx(2.0)
    assert targets.loc["F1-5.2030.province", "ha"] == pytest.approx(8.0)
    assert targets.loc["F1-5.2030.Zuid", "ha"] == pytest.approx(2.5)
    assert targets.loc["F1-5.2030.Noord", "ha"] == pytest.approx(1.5)
    assert targets["sub_area"].isna()["F1-5.2030.province"]
    assert targets.loc["F1-5.2030.Zuid", "function_id"] == "F1"


def test_a_sub_area_is_asked_only_what_it_can_carry() -> None:
    targets = find_targets(two_places(), Parameters())
    # 1 ha of the small kind in each place is less than its smallest plot of 2 ha
    assert not ((targets["function"] == "F1-4") & targets["sub_area"].notna()).any()
    assert set(targets.loc[targets["function"] == "F1-5", "sub_area"].dropna()) == {"Noord", "Zuid"}
    none = find_targets(two_places(), settings(regional_share=0.0))
    assert none["sub_area"].isna().all()


@pytest.mark.parametrize(("band", "ha"), [("p10", 4.0), ("p50", 8.0), ("p90", 16.0)])
def test_the_band_is_a_choice(band: str, ha: float) -> None:
    targets = find_targets(two_places(), settings(band=band)).set_index("target_id")
    assert targets.loc["F1-5.2030.province", "ha"] == pytest.approx(ha)


def test_priorities_weigh_a_function_or_one_class_of_it() -> None:
    targets = find_targets(two_places(), settings(priorities={"F1": 2.0, "F1-5": 3.0})).set_index("target_id")
    assert targets.loc["F1-4.2030.province", "weight"] == 2.0
    assert targets.loc["F1-5.2030.province", "weight"] == 3.0
    assert targets.loc["F2.2030.province", "weight"] == 1.0
    # a hectare in its own sub-area counts for the province already
    assert targets.loc["F1-5.2030.Zuid", "weight"] == 1.5


def test_unknown_functions_and_negative_priorities_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        find_targets(two_places(), settings(priorities={"F7": 1.0, "F1": -1.0}))
    assert {row for problem in caught.value.problems for row in problem.rows} == {"F7", "F1"}


def test_a_year_without_demand_is_refused() -> None:
    with pytest.raises(InputError, match="2040"):
        find_targets(two_places(), settings(years=(2030, 2040)))


def test_a_function_without_a_category_takes_those_of_its_hectares() -> None:
    shifting = {
        "id": "FZ",
        "category": None,
        "minimum": None,
        "cells": {"2": 1.0, "3.2": 1.0, "4.1": 0.5, "5.2": 0.25},
    }
    tables = demand([shifting], years=(2030,))
    land = tables["land_demand"]
    land.loc[land["category"] == "5.2", "water"] = "at_water"
    classes = find_classes(tables, Parameters()).set_index("function")
    assert list(classes.index) == ["FZ-3", "FZ-4", "FZ-5"]
    assert classes["category"].tolist() == ["3.2", "4.1", "5.2"]
    assert classes["water_need"].tolist() == ["none", "none", "required"]
    # what counts as room at all
    assert set(classes["minimum_ha"]) == {0.5}
    targets = find_targets(tables, Parameters()).set_index("target_id")
    assert targets.loc["FZ-3.2030.province", "ha"] == pytest.approx(2.0)
    assert targets.loc["FZ-5.2030.province", "ha"] == pytest.approx(0.25)

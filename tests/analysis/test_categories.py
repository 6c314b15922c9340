"""Categories, intervals and activities against the published distances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.activities import category_in_use, load_activities
from analysis.categories import load_categories, required_distance

SYSTEM = load_categories()


def test_the_quiet_distances_are_those_of_the_brochure() -> None:
    assert SYSTEM.quiet.tolist() == [10, 30, 50, 100, 200, 300, 500, 700, 1000, 1500]
    assert SYSTEM.mixed.tolist() == [0, 10, 30, 50, 100, 200, 300, 500, 700, 1000]


def test_main_categories_span_their_sub_categories() -> None:
    low, high = SYSTEM.interval(pd.Series(["1", "3", "4", "5", "6", "4.2", None], dtype="string"))
    names = [(SYSTEM.labels[a], SYSTEM.labels[b]) for a, b in zip(low, high, strict=True)]
    assert names == [
        ("1", "1"),
        ("3.1", "3.2"),
        ("4.1", "4.2"),
        ("5.1", "5.3"),
        ("6", "6"),
        ("4.2", "4.2"),
        ("0", "0"),
    ]


def test_allowed_takes_the_distance_itself_as_enough() -> None:
    gap = np.array([0.0, 9.9, 10.0, 99.9, 100.0, 1499.0, 1500.0, np.inf])
    assert SYSTEM.allowed(gap, "quiet").tolist() == [0, 0, 1, 3, 4, 9, 10, 10]
    assert SYSTEM.allowed(gap, "mixed").tolist() == [1, 1, 2, 4, 5, 10, 10, 10]


def test_danger_takes_no_step_down() -> None:
    # plastics with phenol resins: odour 300, dust 50, noise 100, danger 200
    assert required_distance(300, 50, 100, 200, surroundings="quiet", system=SYSTEM) == 300
    assert required_distance(300, 50, 100, 200, surroundings="mixed", system=SYSTEM) == 200
    # where danger governs, mixed surroundings bring no relief
    assert required_distance(100, 10, 100, 300, surroundings="mixed", system=SYSTEM) == 300


@pytest.mark.parametrize(
    ("sbi", "low", "high"),
    [
        ("38.32.02", "4.2", "5.2"),  # sorting and crushing, small and large
        ("383201", "5.1", "5.1"),  # metal shredder
        ("2451", "4.2", "5.1"),  # foundry
        ("95210", "1", "1"),  # repair for consumers, by its first three digits
        ("3832", "4.2", "5.2"),  # by the codes that refine it
    ],
)
def test_activities_give_an_interval(sbi: str, low: str, high: str) -> None:
    found = category_in_use(sbi, "SBI-2008", load_activities(SYSTEM.labels))
    assert found is not None
    assert (SYSTEM.labels[found.low], SYSTEM.labels[found.high]) == (low, high)


@pytest.mark.parametrize(
    ("sbi", "version"), [("62", "SBI-2008"), (None, None), ("3832", "SBI-2025"), ("x", None)]
)
def test_what_the_list_does_not_hold_is_not_guessed(sbi: str | None, version: str | None) -> None:
    assert category_in_use(sbi, version, load_activities(SYSTEM.labels)) is None

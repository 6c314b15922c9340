"""How values read in Dutch."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from maps import wording


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.5, 1, "1.234,5"),
        (1234567, 0, "1.234.567"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-0.04, 1, "0,0"),
        (-15.0, 0, "-15"),
        (float("nan"), 0, "niet beoordeeld"),
        (pd.NA, 0, "niet beoordeeld"),
        (None, 0, "niet beoordeeld"),
    ],
)
def test_numbers_are_written_the_dutch_way(value: Any, decimals: int, text: str) -> None:
    assert wording.number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 ha"),
        (0.02, "minder dan 0,1 ha"),
        (0.05, "0,1 ha"),
        (3.26, "3,3 ha"),
        (9.96, "10 ha"),
        (1234.56, "1.235 ha"),
        (None, "niet beoordeeld"),
    ],
)
def test_hectares_show_no_false_precision_and_no_false_zero(value: Any, text: str) -> None:
    assert wording.hectares(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (187.3, "185 m"),
        (187.5, "190 m"),
        (0.0, "0 m"),
        (2.0, "minder dan 5 m"),
        (-15.0, "-15 m"),
        (None, "niet beoordeeld"),
    ],
)
def test_metres_are_rounded_to_five(value: Any, text: str) -> None:
    assert wording.metres(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("4.1", "4.2", "4.1 tot 4.2"),
        ("4.1", "4.1", "4.1"),
        ("12 ha", "30 ha", "12 tot 30 ha"),
        ("minder dan 0,1 ha", "2 ha", "minder dan 0,1 ha tot 2 ha"),
        ("niet beoordeeld", "niet beoordeeld", "niet beoordeeld"),
        ("niet beoordeeld", "30 ha", "niet beoordeeld tot 30 ha"),
        ("12 ha", "niet beoordeeld", "12 ha tot niet beoordeeld"),
    ],
)
def test_intervals_name_both_ends_once(low: str, high: str, text: str) -> None:
    assert wording.interval(low, high) == text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Toegestaan (ondergrens)", "Toegestaan"),
        ("Toegestaan hoog, zeker", "Toegestaan hoog"),
        ("Benutbaar zonder objecten op het terrein (bovengrens)", "Benutbaar zonder objecten op het terrein"),
        ("Marge (op 5 m)", "Marge (op 5 m)"),
        ("Permitted (low)", "Permitted"),
        ("Permitted and usable high, certain", "Permitted and usable high"),
    ],
)
def test_the_side_of_an_interval_leaves_its_label(label: str, text: str) -> None:
    assert wording.without_side(label) == text


def test_codes_are_named_and_other_texts_stay() -> None:
    assert wording.code("houseboat") == "woonboot"
    assert wording.code("Gemeente De Bilt") == "Gemeente De Bilt"
    assert wording.codes_in("dike, railway") == "dijk, spoor"
    assert wording.codes_in(None) == "niet beoordeeld"


def test_truth_values_counts_and_days_read_in_dutch() -> None:
    assert [wording.yes_no(value) for value in (True, False, pd.NA)] == ["ja", "nee", "niet beoordeeld"]
    assert wording.counted(1, "terrein", "terreinen") == "1 terrein"
    assert wording.counted(1200, "terrein", "terreinen") == "1.200 terreinen"
    assert wording.day(date(2026, 3, 9)) == "9 maart 2026"


def test_counts_bear_no_english_unit() -> None:
    assert wording.quantity(12.0, "objects") == "12"
    assert wording.quantity(1500.0, "m2") == "1.500 m²"
    assert wording.quantity(None, "plans") == "niet beoordeeld"

"""Numbers, years, categories, classes and codes as they come in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gis.numbers import parse_number, parse_numbers
from layers import labels
from layers.canonical import DTYPES
from layers.inputs import INPUT_BY_NAME, INPUT_LAYERS
from layers.quality import reasons
from layers.schema import Column, Kind
from layers.texts import as_texts
from layers.values import Parsed, parse_column


def column(kind: Kind, **more: Any) -> Column:
    return Column(more.pop("name", "c"), kind, "k", "c", **more)


def parsed(kind: Kind, values: list[Any], translation: dict[str, str] | None = None, **more: Any) -> Parsed:
    raw = pd.Series(values, index=range(1, len(values) + 1), dtype=more.pop("dtype", object))
    return parse_column(column(kind, **more), raw, translation)


def rules(found: Parsed) -> list[tuple[str, int | None]]:
    return [(record.rule, record.row) for record in found.records]


def listed(series: pd.Series[Any]) -> list[Any]:
    return [None if pd.isna(value) else value for value in series]


# numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("12.5", 12.5), ("12,5", 12.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1.234.567", 1234567),
        ("1,234,567", 1234567), ("1 234", 1234), ("1\u00a0234,5", 1234.5), ("-3,5", -3.5), ("+4", 4), ("1e3", 1000),
        (".5", 0.5), ("5.", 5), ("1'234.5", 1234.5),
    ],
)  # fmt: skip
def test_numbers_in_every_spelling(text: str, number: float) -> None:
    assert parse_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "abc", "12 ha", "1.2.3", "1,2,3", "inf", "nan", "0x10", "1e999", "--1"])
def test_what_is_no_number(text: str) -> None:
    assert np.isnan(parse_numbers(np.array([text], dtype=object))[0])


def test_dots_group_thousands_only_when_the_column_shows_it() -> None:
    assert parse_numbers(np.array(["1.234", "2.345,5"], dtype=object)).tolist() == [1234.0, 2345.5]
    assert parse_numbers(np.array(["1.234", "2,5"], dtype=object)).tolist() == [1234.0, 2.5]
    assert parse_numbers(np.array(["1.234", "2.5"], dtype=object)).tolist() == [1.234, 2.5]
    assert parse_numbers(np.array(["1.234", "2.345"], dtype=object)).tolist() == [1.234, 2.345]
    assert parse_numbers(np.array(["236.100", None, "1.165.000"], dtype=object))[[0, 2]].tolist() == [
        236100,
        1165000,
    ]


def test_numbers_stored_as_text_are_read_and_counted_once() -> None:
    found = parsed("number", ["236100", "165000.5", None])
    assert listed(found.values) == [236100, 165000.5, None]
    assert rules(found) == [("number_as_text", None)]
    assert found.records[0].after == "2/3"


def test_decimal_commas_are_read_and_counted_once() -> None:
    found = parsed("number", ["1,5", "2,25", "3"])
    assert listed(found.values) == [1.5, 2.25, 3]
    assert rules(found) == [("number_spelling", None), ("number_as_text", None)]


def test_what_is_no_number_is_named_by_row() -> None:
    found = parsed("number", ["1", "veel", "3", "n.v.t."])
    assert listed(found.values) == [1, None, 3, None]
    assert ("not_a_number", 2) in rules(found)
    assert (found.present, found.unreadable) == (3, (1,))


def test_impossible_numbers_and_codes_for_no_value_become_missing() -> None:
    found = parsed("number", [5.0, -1.0, -99999999.0, np.inf, np.nan], dtype="float64", minimum=0)
    assert listed(found.values) == [5, None, None, None, None]
    assert rules(found) == [("out_of_range", 2), ("sentinel", 3), ("out_of_range", 4)]


# text


def test_text_is_trimmed_and_in_one_form() -> None:
    found = parsed("text", ["  Lage Weide ", "Cafe\u0301", "", "a\tb", None, 4719.0, 4719, True, b"x"])
    assert listed(found.values) == ["Lage Weide", "Café", None, "a b", None, "4719", "4719", "true", "x"]


def test_text_that_was_broken_earlier_is_noted_by_row() -> None:
    assert rules(parsed("text", ["Kade", "Caf\ufffd"])) == [("broken_text", 2)]


def test_identifiers_kept_as_numbers_lose_nothing() -> None:
    assert as_texts(pd.Series([130088.0, np.nan])).tolist() == ["130088", None]
    assert as_texts(pd.Series([221100000311191], dtype="int64")).tolist() == ["221100000311191"]
    assert as_texts(pd.Series([3.2], dtype="float32")).tolist() == ["3.2"]
    assert as_texts(pd.Series([dt.date(2024, 5, 6), pd.NaT], dtype=object)).tolist() == ["2024-05-06", None]
    assert as_texts(pd.Series([["a", "b"], np.array([1, 2])], dtype=object)).tolist() == ["a,b", "1,2"]


# categories


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("4", "4"), ("4.1", "4.1"), ("4,2", "4.2"), ("cat. 4", "4"), ("categorie 3.1", "3.1"), ("4.0", "4"),
        ("milieucategorie 5.3", "5.3"), ("4.1-4.2", "4.2"), ("t/m 4.2", "4.2"), ("tot en met 3.2", "3.2"),
        ("1 t/m 3", "3"), ("3,4", "4"), ("3.1/3.2", "3.2"), ("6", "6"), ("max. 4.1", "4.1"), ("Cat 2", "2"),
    ],
)  # fmt: skip
def test_categories_in_every_spelling(text: str, label: str) -> None:
    assert labels.read_category(text).value == label


@pytest.mark.parametrize("text", ["7", "0", "4.3", "3.3", "A", "1.1", "vier", "4.1.2", "44", "IV", "2.1"])
def test_what_is_no_category_is_not_guessed(text: str) -> None:
    assert labels.read_category(text) == labels.Read(None, "category_unreadable")


def test_a_main_category_stays_a_main_category() -> None:
    found = parsed("category", [4.0, 3.2, np.nan], dtype="float64")
    assert listed(found.values) == ["4", "3.2", None]


def test_a_range_gives_its_highest_and_says_so_by_row() -> None:
    found = parsed("category", ["3.1", "3.1-4.2", "onbekend"])
    assert listed(found.values) == ["3.1", "4.2", None]
    assert ("category_range", 2) in rules(found)


# waterways


@pytest.mark.parametrize(
    ("text", "label", "rule"),
    [
        ("IVa", "IVa", None), ("IV", "IVa", "cemt_without_letter"), ("_VI", "VIa", "cemt_without_letter"),
        ("VI_C", "VIc", "cemt_spelling"), ("V_A", "Va", "cemt_spelling"), ("CEMT VIb", "VIb", "cemt_spelling"),
        ("klasse II", "II", "cemt_spelling"), ("5b", "Vb", "cemt_spelling"), ("M8", "Va", "cemt_from_rws"),
        ("0", "0", None), ("VII", "VIIa", "cemt_without_letter"), ("VIII", None, "cemt_unreadable"),
        ("IIa", None, "cemt_unreadable"), ("groot", None, "cemt_unreadable"), ("M99", None, "cemt_unreadable"),
    ],
)  # fmt: skip
def test_classes_in_every_spelling(text: str, label: str | None, rule: str | None) -> None:
    assert labels.read_cemt(text) == labels.Read(label, rule)


# years


@pytest.mark.parametrize(
    ("text", "year", "rule"),
    [
        ("1975", "1975", None), ("2004.0", "2004", None), ("v1900", None, "year_before"), ("voor 1950", None, "year_before"),
        ("<1950", None, "year_before"), ("vóór 1950", None, "year_before"), ("\ufffd1950", None, "year_unreadable"),
        ("2004-05-06", "2004", "year_from_date"), ("06-05-2004", "2004", "year_from_date"), ("0", None, "year_placeholder"),
        ("9999", None, "year_placeholder"), ("ca. 1950", None, "year_unreadable"), ("2004/2005", None, "year_unreadable"),
    ],
)  # fmt: skip
def test_years_and_what_is_known_only_to_be_before(text: str, year: str | None, rule: str | None) -> None:
    assert labels.read_year(text) == labels.Read(year, rule)


def test_the_original_of_an_unreadable_year_is_kept_in_its_record() -> None:
    found = parsed("year", ["1975", "\ufffd1950", 1200], minimum=1800, maximum=2100)
    assert listed(found.values) == [1975, None, None]
    assert [(r.rule, r.row, r.before) for r in found.records] == [
        ("year_unreadable", 2, "\ufffd1950"),
        ("out_of_range", 3, "1200"),
    ]


# municipalities


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("GM0344", "GM0344", None), ("344", "GM0344", "municipality_spelling"), ("0344", "GM0344", "municipality_spelling"),
        ("GM0000", None, "municipality_unknown"), ("GM0356,GM0344", "GM0356,GM0344", None),
        ("GM0620", "GM1961", "municipality_former"), ("GM0545;GM0707", "GM1961", "municipality_former"),
        ("GM0310", "GM0310", None), ("Utrecht", None, "municipality_unreadable"),
    ],
)  # fmt: skip
def test_municipality_codes(text: str, code: str | None, rule: str | None) -> None:
    assert labels.read_municipality_code(text) == labels.Read(code, rule)


def test_every_former_municipality_carries_a_status_and_leads_to_a_current_one() -> None:
    former = labels.former_codes()
    assert {item.status for item in former.values()} <= {"sourced", "assumption", "to_verify"}
    assert not {item.current_code for item in former.values()} & set(former)


# codes, yes or no, dates


def test_codes_are_translated_and_the_rest_is_named() -> None:
    found = parsed(
        "code", ["E", "openbaar", "x", "Own quay"], {"E": "own_quay"}, allowed=("own_quay", "public_quay")
    )
    assert listed(found.values) == ["own_quay", None, None, "own_quay"]
    assert rules(found) == [("not_a_code", 2), ("not_a_code", 3), ("code_spelling", None)]
    assert found.unreadable == (1, 2)


def test_a_star_catches_all_other_codes_by_row() -> None:
    found = parsed(
        "code", ["E", "x", None], {"E": "own_quay", "*": "unknown"}, allowed=("own_quay", "unknown")
    )
    assert listed(found.values) == ["own_quay", "unknown", None]
    assert rules(found) == [("code_others", 2)]


def test_unknown_stays_unknown_where_that_is_a_code_and_becomes_missing_elsewhere() -> None:
    assert listed(parsed("code", ["onbekend"], allowed=("a", "unknown")).values) == ["unknown"]
    assert listed(parsed("code", ["unknown"], allowed=("a", "unknown")).values) == ["unknown"]
    assert listed(parsed("code", ["onbekend"], allowed=("a",)).values) == [None]
    assert listed(parsed("code", ["none", "None"], allowed=("none",)).values) == ["none", "none"]


def test_yes_and_no() -> None:
    found = parsed("boolean", ["J", "nee", 1, 0.0, True, "misschien", None])
    assert listed(found.values) == [True, False, True, False, True, None, None]
    assert rules(found) == [("not_yes_or_no", 6)]


def test_dates() -> None:
    found = parsed(
        "date", ["2024-05-06", "6-5-2024", "2024-05-06T10:00:00", "31-02-2024", dt.date(2024, 1, 2)]
    )
    assert listed(found.values) == ["2024-05-06", "2024-05-06", "2024-05-06", None, "2024-01-02"]
    assert ("not_a_date", 4) in rules(found)


# the contract


@pytest.mark.parametrize("layer", [layer.name for layer in INPUT_LAYERS])
def test_every_column_comes_out_in_its_type_also_when_it_is_empty(layer: str) -> None:
    for item in INPUT_BY_NAME[layer].columns:
        found = parse_column(item, pd.Series([None, None], dtype=object, index=[1, 2]))
        assert str(found.values.dtype) == DTYPES[item.kind]
        assert found.values.isna().all()


def test_every_rule_has_its_reason_in_both_languages() -> None:
    assert all(dutch.endswith(".") and english.endswith(".") for dutch, english in reasons().values())

"""Which facts may be corrected, and how a proposed value is read."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from layers.correctable import CORRECTABLE, Fault, options, read_value, typed, word, written
from layers.inputs import INPUT_BY_NAME
from layers.schema import Level


def test_only_public_facts_of_public_layers_may_be_corrected() -> None:
    assert {layer: tuple(fields) for layer, fields in CORRECTABLE.items()} == {
        "parks": ("max_category", "water_claim", "zoned", "gross_ha", "net_ha", "issuable_ha"),
        "plots": ("max_category", "status", "water_designation"),
        "quays": ("exists", "usable", "kind", "length_m"),
    }
    for layer, fields in CORRECTABLE.items():
        assert INPUT_BY_NAME[layer].level is Level.PUBLIC
        assert {column.level for column in fields.values()} == {Level.PUBLIC}


@pytest.mark.parametrize(
    ("layer", "field", "text", "value"),
    [
        ("parks", "net_ha", "12,5", "12.5"),
        ("parks", "net_ha", " 12.50 ", "12.5"),
        ("parks", "net_ha", "1.234,5", "1234.5"),
        ("parks", "net_ha", "0", "0"),
        ("parks", "net_ha", "10000", "10000"),
        ("quays", "length_m", "120,0004", "120"),
        ("parks", "max_category", "4.1", "4.1"),
        ("parks", "max_category", "4", "4"),
        ("parks", "zoned", "yes", "yes"),
        ("quays", "exists", "no", "no"),
        ("plots", "status", "public_space", "public_space"),
    ],
)
def test_a_value_is_read_as_it_will_be_written(layer: str, field: str, text: str, value: str) -> None:
    column = CORRECTABLE[layer][field]
    assert read_value(column, text) == value
    assert written(column, typed(column, value)) == value


@pytest.mark.parametrize(
    ("layer", "field", "text"),
    [
        ("parks", "net_ha", ""),
        ("parks", "net_ha", "veel"),
        ("parks", "net_ha", "-1"),
        ("parks", "net_ha", "10001"),
        ("parks", "net_ha", "inf"),
        ("parks", "net_ha", "1e999"),
        ("parks", "net_ha", "nan"),
        ("parks", "net_ha", "onbekend"),
        ("parks", "net_ha", "1" * 50),
        ("quays", "length_m", "20000,5"),
        ("parks", "max_category", "7"),
        ("parks", "max_category", "4.4"),
        ("parks", "max_category", "3-5"),
        ("parks", "max_category", "<script>"),
        ("parks", "zoned", "misschien"),
        ("quays", "kind", "own_quay"),
        ("plots", "status", "VACANT"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(layer: str, field: str, text: str) -> None:
    found = read_value(CORRECTABLE[layer][field], text)
    assert isinstance(found, Fault)
    assert found.field == "after"
    assert text.strip() == "" or text.strip() not in found.nl


def test_categories_are_offered_from_light_to_heavy_with_the_main_ones() -> None:
    column = CORRECTABLE["parks"]["max_category"]
    assert options(column) == (
        "1", "2", "3", "3.1", "3.2", "4", "4.1", "4.2", "5", "5.1", "5.2", "5.3", "6"
    )  # fmt: skip
    assert word(column, "4") == "4 (stap niet bekend)"
    assert word(column, "4.1", "en") == "4.1"


def test_what_is_not_known_is_said_and_never_a_zero() -> None:
    number, truth = CORRECTABLE["parks"]["net_ha"], CORRECTABLE["quays"]["usable"]
    for missing in (None, math.nan, pd.NA):
        assert written(number, missing) is None
        assert written(truth, missing) is None
    assert word(number, None) == "niet bekend"
    assert word(number, None, "en") == "not known"
    assert word(number, "12.5") == "12,5 ha"
    assert word(number, "12.5", "en") == "12.5 ha"
    assert written(number, -0.0) == "0"
    assert written(number, 12.34567) == "12.346"


def test_every_code_that_can_be_chosen_has_words_in_both_languages() -> None:
    for fields in CORRECTABLE.values():
        for column in fields.values():
            if column.kind in ("code", "boolean"):
                shown = {word(column, value) for value in options(column)}
                assert len(shown) == len(options(column))
                assert not any("_" in word(column, value, "en") for value in options(column))

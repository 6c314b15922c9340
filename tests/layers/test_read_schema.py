"""The schemas that every cleaned layer must meet, generated from its description."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from layers.canonical import DTYPES
from layers.inputs import INPUT_BY_NAME, INPUT_LAYERS
from layers.validate import check_table, schema_of


def table(layer: str, **values: list[Any]) -> pd.DataFrame:
    """Make a table with all columns of a layer in their types."""
    n = len(next(iter(values.values())))
    columns = {}
    for column in INPUT_BY_NAME[layer].columns:
        nothing = float("nan") if column.kind == "number" else pd.NA
        columns[column.name] = pd.Series(values.get(column.name, [nothing] * n), dtype=DTYPES[column.kind])
    return pd.DataFrame(columns)


@pytest.mark.parametrize("layer", [layer.name for layer in INPUT_LAYERS])
def test_every_layer_has_a_schema_with_units_and_levels(layer: str) -> None:
    schema = schema_of(INPUT_BY_NAME[layer])
    for column in INPUT_BY_NAME[layer].columns:
        described = schema.columns[column.name]
        assert described.metadata == {"unit": column.unit, "level": column.level.value}
        assert described.nullable is not column.filled


def test_a_good_table_passes() -> None:
    good = table(
        "parks", park_id=["a", "b"], max_category=["4", "5.3"], year=[2024, None], gross_ha=[1.0, None]
    )
    assert check_table(INPUT_BY_NAME["parks"], good, "parks.gpkg") == []


def test_all_failures_of_a_table_come_at_once_by_column_with_the_rows() -> None:
    bad = table(
        "parks",
        park_id=["a", "b", "b"],
        max_category=["4", "7", "4.3"],
        water_claim=["near", "kade", None],
        gross_ha=[-1.0, 2.0, None],
        year=[2024, 1200, None],
    )
    problems = check_table(INPUT_BY_NAME["parks"], bad, "parks.gpkg")
    found = {problem.field: problem.rows for problem in problems}
    assert found == {
        "gross_ha": ("a",),
        "max_category": ("b", "b"),
        "park_id": ("b", "b"),
        "water_claim": ("b",),
        "year": ("b",),
    }
    assert {(problem.file, problem.layer) for problem in problems} == {("parks.gpkg", "parks")}


def test_a_missing_identifier_and_a_wrong_class_fail() -> None:
    bad = table("waterways", waterway_id=["w", None], cemt=["IVa", "IV"])
    assert {problem.field for problem in check_table(INPUT_BY_NAME["waterways"], bad, None)} == {
        "waterway_id",
        "cemt",
    }


def test_a_date_must_be_a_day() -> None:
    bad = table("atelier", remark_id=["r"], group=["g"], date=["gisteren"])
    assert [problem.field for problem in check_table(INPUT_BY_NAME["atelier"], bad, None)] == ["date"]


def test_a_column_too_many_or_too_few_fails() -> None:
    extra = table("sub_areas", sub_area_id=["a"]).assign(kleur="rood")
    assert check_table(INPUT_BY_NAME["sub_areas"], extra, None)
    assert check_table(
        INPUT_BY_NAME["sub_areas"], table("sub_areas", sub_area_id=["a"]).drop(columns="name"), None
    )

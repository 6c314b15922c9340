"""What a reader of a level can get at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from layers.schema import Level
from maps.reading import View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release


def test_a_hidden_table_has_no_rows_but_can_be_counted(region: Release) -> None:
    view = View(region, Level.PUBLIC)
    assert not view.has("housing_effects")
    assert view.rows("housing_effects") == []
    assert len(view.geometry("housing_effects")) == 0
    assert view.columns("housing_effects") == {}
    assert view.counts("housing_effects", ["phase"]) == [(("soft",), 1)]
    assert View(region, Level.PROVINCE).rows("housing_effects")[0]["plan_id"] == "PLAN-ZACHT-3"


def test_an_absent_table_is_empty(region: Release) -> None:
    view = View(region, Level.EDITOR)
    assert not view.has("sub_areas")
    assert view.rows("sub_areas") == []
    assert view.counts("sub_areas", ["name"]) == []


def test_counts_keep_the_rows_without_a_value(region: Release) -> None:
    found = View(region, Level.PUBLIC).counts("park_evidence", ["permitted_low"])
    assert sum(count for _, count in found) == 10
    assert [count for (key,), count in found if pd.isna(key)] == [1]


def test_a_sum_of_nothing_known_is_missing(
    region: Release, tmp_path: Path, make: Callable[..., Release]
) -> None:
    view = View(region, Level.PUBLIC)
    # 96.44 + 0 + 0 + 31 + 0 + 12.4 + 0 + 0 + 0
    assert view.total("park_evidence", "heavy_certain_ha") == pytest.approx(139.84)
    assert view.total("park_evidence", "no_such_column") is None
    made = make(tmp_path, rows={"park_evidence": []})
    assert View(made, Level.PUBLIC).total("park_evidence", "heavy_certain_ha") is None


def test_a_code_without_a_class_is_refused(region: Release) -> None:
    view = View(region, Level.PUBLIC)
    assert view.class_of("verdict", None).code == "not_assessed"
    with pytest.raises(KeyError):
        view.class_of("verdict", "perhaps")

"""Wrong figures: every problem named at once, nothing computed from them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.space.quantities import quantities_of
from analysis.space.regular import read_categories
from analysis.space.stated import since, stated
from analysis.space.supply import FIGURES
from gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def changed(folder: Path, name: str, *swaps: tuple[str, str]) -> Path:
    """Write a copy of a shipped file with some text replaced."""
    text = (files("layers") / "data" / f"{name}.csv").read_text("utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_problem_of_a_file_of_figures_is_named(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "supply_assumptions",
        ("supply.at_once_share,0.7,0.9,1,share", "supply.at_once_share,0.7,0.9,1.4,share"),
        ("supply.option_share,0.2,0.5,0.8,share,assumption", "supply.option_share,0.6,0.5,0.8,share,guess"),
        ("supply.option_years,1,3,5,years", "supply.option_years,-1,3,5,decades"),
        ("supply.soft_share,0.3,0.6,0.9", "supply.soft_share,weinig,0.6,0.9"),
        ("supply.grid_share,", "supply.grid_part,"),
    )
    with pytest.raises(InputError) as caught:
        stated("supply_assumptions", FIGURES, path)
    found = "\n".join(str(problem) for problem in caught.value.problems)
    for row, words in (
        ("supply.at_once_share", "from 0 to 1"),
        ("supply.option_share", "ascend"),
        ("supply.option_share", "guess"),
        ("supply.option_years", "decades"),
        ("supply.soft_share", "not a number"),
        ("supply.grid_share", "missing"),
    ):
        assert any(row in line and words in line for line in found.splitlines()), (row, words, found)


def test_a_negative_area_is_refused(tmp_path: Path) -> None:
    path = changed(
        tmp_path, "regular_demand", ("regular.by_2030,260,338,400,ha", "regular.by_2030,-260,338,400,ha")
    )
    with pytest.raises(InputError, match="at least 0"):
        stated("regular_demand", ("regular.by_2030",), path)


def test_categories_that_do_not_exist_or_do_not_add_up_are_refused(tmp_path: Path) -> None:
    path = changed(
        tmp_path, "regular_categories", ("4.2,0.35,heavy", "4.3,0.45,heavy"), ("3.1,0.35", "3.1,1.35")
    )
    with pytest.raises(InputError) as caught:
        read_categories(path)
    found = str(caught.value)
    assert "4.3" in found
    assert "heavy part add up to 1.1" in found
    assert "above 1" in found


def test_a_file_without_a_column_is_named_by_that_column(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("name,low,mid\na,1,2\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        stated("supply_assumptions", FIGURES, path)
    assert {problem.field for problem in caught.value.problems} >= {"high", "status", "unit"}


def test_the_shipped_shares_per_category_add_up() -> None:
    np.testing.assert_allclose(read_categories().sum(axis=1), [1.0, 1.0])


def test_totals_run_evenly_between_the_years_that_are_named() -> None:
    """Zero in 2020, 100 in 2030, 120 in 2040: 10 a year, then 2 a year, and on after 2040."""
    rows = [
        {"name": name, "mid": value, "status": "assumption"}
        for name, value in (("x.start_year", 2020), ("x.by_2040", 120), ("x.by_2030", 100))
    ]
    quantities = quantities_of(rows)
    years = np.array([2024.0, 2030.0, 2035.0, 2040.0, 2050.0])
    found = since(quantities, quantities.mid[None, :], "x", years, 2025)
    np.testing.assert_allclose(found, [[0.0, 50.0, 60.0, 70.0, 90.0]])

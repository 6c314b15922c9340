"""The summary on the terminal stays readable when most areas have nothing to show."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from api.cli.tables import print_summary

FIGURES = [
    "permitted_hmc_certain_ha",
    "permitted_hmc_possible_ha",
    "heavy_certain_ha",
    "heavy_possible_ha",
    "heavy_governed_ha",
    "heavy_water_certain_ha",
    "heavy_water_possible_ha",
    "shore_m",
    "quay_m",
    "underuse_certain_ha",
    "housing_lost_low_ha",
    "housing_lost_high_ha",
]


def area(name: str, parks: int, scope: str = "municipality") -> dict[str, Any]:
    return {"scope": scope, "area_name": name, "parks": parks} | dict.fromkeys(FIGURES, 1.0)


def test_areas_without_parks_are_left_out_and_the_total_stays() -> None:
    console = Console(file=io.StringIO(), width=90)
    rows = [area("Leegdorp", 0), area("Volstad", 20), area("Totaal", 20, scope="total")]
    print_summary(console, rows, {"hmc_threshold": "4.1"})
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Volstad" in shown
    assert "Totaal" in shown
    assert "Leegdorp" not in shown

"""The surface computed by workers, window by window, is byte for byte the surface of one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analysis.space.surface import NAMES, prepare_surface, write_surfaces
from gis.workers import open_workers
from layers.parameters import Parameters
from tests.support.random_region import random_region

if TYPE_CHECKING:
    from pathlib import Path

# four windows of 1,024 cells of 5 m at most, whose borders run through the region
BOUNDS = (0.0, 0.0, 7000.0, 7000.0)
CELL = 5.0


@pytest.mark.parametrize(("seed", "threads"), [(0, True), (2, True), (5, True), (6, True), (4, False)])
def test_workers_change_no_byte(tmp_path: Path, seed: int, *, threads: bool) -> None:
    tables = random_region(seed)
    assert "sensitive_objects" in tables
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    first = write_surfaces(alone, tables, Parameters(), bounds=BOUNDS, resolution=CELL)
    with open_workers(2, threads=threads) as workers:
        second = write_surfaces(
            together, tables, Parameters(), bounds=BOUNDS, resolution=CELL, workers=workers
        )
    assert list(first) == list(second) == list(NAMES)
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes(), name


def test_a_window_brings_only_what_decides_about_it() -> None:
    tables = random_region(4)
    surface = prepare_surface(tables, Parameters(), bounds=(0.0, 0.0, 100_000.0, 100_000.0), resolution=10.0)
    assert surface is not None
    windows = list(surface.grid.windows())
    # the region is 9 km wide, so the far corner of a hundred kilometres holds none of it
    far = surface.near(next(window for window in windows if window.row == 0 and window.column > 9000))
    assert far.grid == surface.grid
    assert {name: len(table) for name, table in far._tables.items() if len(table)} == {}

"""Regions found window by window, against the same regions found in the whole raster at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely
from scipy import ndimage

from analysis.space.exploration_cells import Found, Near, find_regions
from gis.rasters import Grid
from gis.regions import draw, regions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GRID = Grid(1000.0, 9000.0, 10.0, 90, 130)
CODES = 4


def write(path: Path, codes: NDArray[np.uint8]) -> Path:
    options: dict[str, Any] = {"driver": "GTiff", "count": 1, "dtype": "uint8", "transform": GRID.transform}
    with rasterio.open(path, "w", width=GRID.columns, height=GRID.rows, crs="EPSG:28992", **options) as file:
        file.write(codes, 1)
    return path


def blobs(seed: int) -> NDArray[np.uint8]:
    """Draw a landscape with wide and narrow places of codes 0 to 3."""
    noise = np.random.default_rng(seed).random(GRID.shape)
    smooth = ndimage.gaussian_filter(noise, 2.5)
    return np.digitize(smooth, np.quantile(smooth, [0.45, 0.7, 0.9])).astype(np.uint8)


def look(_: Grid, codes: Any) -> dict[str, Near] | None:
    """Call the heaviest code near water, and everything above zero near a road."""
    low = codes["low"]
    return {"low": Near(low == CODES - 1, low > 0)} if low.any() else None


def found_in_windows(path: Path, size: int, width: int, minimum: int) -> Found:
    settings = {"minimum_ha": minimum * GRID.cell_ha, "width_m": width * GRID.cell}
    grid, found = find_regions({"low": path}, look, codes=CODES, size=size, **settings)
    assert grid == GRID
    return found["low"]


@pytest.mark.parametrize("size", [7, 16, 64, 1024])
@pytest.mark.parametrize(("width", "minimum"), [(1, 1), (3, 40)])
def test_windows_change_nothing(tmp_path: Path, size: int, width: int, minimum: int) -> None:
    codes = blobs(3)
    found = found_in_windows(write(tmp_path / "a.tif", codes), size, width, minimum)
    whole = regions(codes > 0, minimum=minimum, width=width)
    assert len(found) == len(whole) > 3
    first = np.array([np.argwhere(whole.label == number)[0] for number in range(1, len(whole) + 1)])
    order = np.lexsort((found.first[:, 1], found.first[:, 0]))
    assert np.array_equal(found.first[order], first)
    assert np.array_equal(found.counts[order], whole.tally(codes, CODES))
    assert np.array_equal(found.wet[order], whole.count(codes == CODES - 1) > 0)
    assert found.dry.all()
    assert shapely.equals_exact(found.shapes[order], draw(whole, GRID), tolerance=0.0).all()


def test_a_ring_that_closes_in_the_last_window_is_one_region(tmp_path: Path) -> None:
    codes = np.zeros(GRID.shape, dtype=np.uint8)
    codes[5:85, 5:125] = 1
    codes[10:80, 10:120] = 0
    found = found_in_windows(write(tmp_path / "a.tif", codes), 16, 1, 1)
    assert len(found) == 1
    assert found.counts[0, 1] == 80 * 120 - 70 * 110
    assert len(found.shapes[0].interiors) == 1


@pytest.mark.parametrize("minimum", [1, 10_000_000])
def test_nothing_is_no_region(tmp_path: Path, minimum: int) -> None:
    codes = np.zeros(GRID.shape, dtype=np.uint8) if minimum == 1 else blobs(1)
    found = found_in_windows(write(tmp_path / "a.tif", codes), 32, 1, minimum)
    assert (len(found), len(found.shapes), found.counts.shape) == (0, 0, (0, CODES))

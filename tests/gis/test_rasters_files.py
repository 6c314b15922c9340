"""Rasters as files: what is in them, that the same cells give the same bytes, hectares by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely
from scipy import ndimage

from gis.cog import CogWriter, colour
from gis.rasters import NODATA, Grid, read_codes, read_tags
from gis.regions import draw, opened, regions
from gis.zonal import code_areas

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = {code: (10 * code, 20, 30, 255) for code in range(11)}


def write(path: Path, grid: Grid, codes: np.ndarray) -> Path:
    with CogWriter(path, grid, colours=COLOURS) as writer:
        for window in grid.windows(512):
            writer.write(window, codes[window.slices])
    return path


def blocks(rows: int, columns: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    small = rng.integers(0, 11, (rows // 8 + 1, columns // 8 + 1), dtype=np.uint8)
    codes = np.kron(small, np.ones((8, 8), dtype=np.uint8))[:rows, :columns]
    codes[:100, :200] = NODATA
    return codes


def test_a_colour_is_read_from_its_hexadecimal() -> None:
    assert colour("#0a80ff") == (10, 128, 255, 255)


def test_the_file_is_cloud_optimised_and_says_what_it_is(tmp_path: Path) -> None:
    grid = Grid(120_000.0, 460_000.0, 10.0, 1100, 1300)
    codes = blocks(1100, 1300)
    with CogWriter(tmp_path / "a.tif", grid, colours=COLOURS, tags={"reading": "low"}) as writer:
        for window in grid.windows(512):
            writer.write(window, codes[window.slices])
    with rasterio.open(tmp_path / "a.tif") as found:
        assert found.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert found.crs.to_epsg() == 28992
        assert found.nodata == NODATA
        assert found.bounds == (120_000.0, 449_000.0, 133_000.0, 460_000.0)
        assert found.overviews(1) == [2, 4]
        assert found.colormap(1)[3] == COLOURS[3]
        assert found.colormap(1)[NODATA] == (0, 0, 0, 0)
        assert found.tags()["reading"] == "low"
        # each cell of the overview covers eight equal ones here
        overview = found.read(1, out_shape=(275, 325))
        assert np.array_equal(overview[60:200:2, 60:200:2], codes[242:800:8, 242:800:8])
    grid_found, codes_found = read_codes(tmp_path / "a.tif")
    assert grid_found == grid
    assert np.array_equal(codes_found, codes)
    assert read_tags(tmp_path / "a.tif")["reading"] == "low"


def test_the_same_cells_give_the_same_bytes(tmp_path: Path) -> None:
    grid = Grid(120_000.0, 460_000.0, 10.0, 700, 900)
    (tmp_path / "elsewhere").mkdir()
    first = write(tmp_path / "a.tif", grid, blocks(700, 900)).read_bytes()
    second = write(tmp_path / "elsewhere" / "b.tif", grid, blocks(700, 900)).read_bytes()
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tif", "elsewhere"]


def test_an_error_on_the_way_leaves_no_file(tmp_path: Path) -> None:
    grid = Grid(120_000.0, 460_000.0, 10.0, 10, 10)

    def fail() -> None:
        with CogWriter(tmp_path / "a.tif", grid, colours=COLOURS):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not list(tmp_path.iterdir())


def test_a_cut_cell_counts_by_the_part_inside(tmp_path: Path) -> None:
    grid = Grid(0.0, 40.0, 10.0, 4, 4)
    codes = np.array([[1, 1, 2, 2]] * 3 + [[NODATA] * 4], dtype=np.uint8)
    path = write(tmp_path / "a.tif", grid, codes)
    # 15 to 35 in x over all rows: half a cell of 1, one and a half of 2, three rows with data
    shapes = np.array([shapely.box(15, 0, 35, 40), shapely.box(500, 0, 600, 40)])
    (found,) = code_areas([path], shapes, [4])
    assert found[0] == pytest.approx([0.0, 3 * 0.5 * 0.01, 3 * 1.5 * 0.01, 0.0])
    assert (found[1] == 0).all()


def test_rasters_read_together_give_what_each_gives_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    grid = Grid(0.0, 900.0, 10.0, 90, 80)
    first, second = (rng.integers(0, 6, grid.shape).astype(np.uint8) for _ in range(2))
    paths = [write(tmp_path / "a.tif", grid, first), write(tmp_path / "b.tif", grid, second)]
    shapes = np.asarray(shapely.buffer(shapely.points(rng.uniform(0, 900, (5, 2))), 200))
    together = code_areas(paths, shapes, [6, 9])
    for path, codes, found in zip(paths, (6, 9), together, strict=True):
        assert found == pytest.approx(code_areas([path], shapes, [codes])[0])
    inside = shapely.area(shapely.intersection(shapes, shapely.box(*grid.bounds))) / 10_000
    assert together[0].sum(axis=1) == pytest.approx(inside)


def test_rasters_on_different_grids_are_refused(tmp_path: Path) -> None:
    codes = np.zeros((4, 4), dtype=np.uint8)
    paths = [
        write(tmp_path / "a.tif", Grid(0.0, 40.0, 10.0, 4, 4), codes),
        write(tmp_path / "b.tif", Grid(10.0, 40.0, 10.0, 4, 4), codes),
    ]
    with pytest.raises(ValueError, match="not on one grid"):
        code_areas(paths, np.array([shapely.box(0, 0, 9, 9)]), [2, 2])


def test_regions_share_sides_and_small_ones_go() -> None:
    mask = np.zeros((10, 10), dtype=bool)
    mask[0:3, 0:3] = True
    mask[3:5, 3:5] = True  # touches the first at a corner only
    mask[8, 8] = True
    found = regions(mask, minimum=2)
    assert found.cells.tolist() == [9, 4]
    assert found.label[1, 1] == 1
    assert found.label[4, 4] == 2
    assert found.label[8, 8] == 0
    codes = np.where(found.label == 1, 5, 7).astype(np.uint8)
    assert found.tally(codes, 8)[:, 5:].tolist() == [[9, 0, 0], [0, 0, 4]]
    assert found.count(mask & (np.arange(10) > 1)[:, None]).tolist() == [3, 4]


def test_a_narrow_strip_neither_counts_nor_joins() -> None:
    mask = np.zeros((12, 40), dtype=bool)
    mask[0:8, 0:10] = True
    mask[0:8, 30:40] = True
    mask[4, :] = True
    assert regions(mask, minimum=1).cells.tolist() == [180]
    assert regions(mask, minimum=1, width=3).cells.tolist() == [80, 80]


@pytest.mark.parametrize("width", [1, 2, 3, 5, 40])
def test_opening_equals_the_union_of_squares(width: int) -> None:
    rng = np.random.default_rng(width)
    mask = ndimage.binary_dilation(rng.random((30, 35)) > 0.9, iterations=2)
    expected = np.zeros_like(mask)
    for row in range(30 - width + 1):
        for column in range(35 - width + 1):
            square = (slice(row, row + width), slice(column, column + width))
            if mask[square].all():
                expected[square] = True
    assert np.array_equal(opened(mask, width), expected)


def test_a_drawn_region_has_its_corners_and_its_hole() -> None:
    grid = Grid(0.0, 1000.0, 10.0, 100, 100)
    mask = np.zeros(grid.shape, dtype=bool)
    mask[10:40, 10:60] = True
    mask[20:25, 20:30] = False
    (shape,) = draw(regions(mask, minimum=1), grid)
    expected = shapely.box(100, 600, 600, 900).difference(shapely.box(200, 750, 300, 800))
    assert shape.equals(expected)


def test_drawn_regions_are_valid_and_stay_within_a_cell() -> None:
    rng = np.random.default_rng(4)
    grid = Grid(0.0, 1000.0, 10.0, 100, 100)
    mask = ndimage.binary_dilation(rng.random(grid.shape) > 0.985, iterations=3)
    found = regions(mask, minimum=5)
    shapes = draw(found, grid)
    assert shapely.is_valid(shapes).all()
    rows, columns = np.nonzero(found.label)
    spots = shapely.points(columns * 10.0 + 5, 1000 - rows * 10.0 - 5)
    assert (shapely.distance(spots, shapes[found.label[rows, columns] - 1]) <= 10.0).all()

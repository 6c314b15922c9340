"""Tile grids against the published tables and formulas."""

from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.tiles.grids import GRIDS, RD_GRID, WEB_MERCATOR, Grid, Limits


def test_web_mercator_document_has_the_registered_numbers() -> None:
    """Values of OGC 17-083r4 annex D.1."""
    document = WEB_MERCATOR.document()
    assert document["id"] == "WebMercatorQuad"
    assert document["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    assert document["uri"] == "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
    matrices = document["tileMatrices"]
    assert [matrix["id"] for matrix in matrices] == [str(zoom) for zoom in range(25)]
    assert matrices[0]["scaleDenominator"] == pytest.approx(559_082_264.028717, rel=1e-14)
    assert matrices[0]["cellSize"] == pytest.approx(156_543.033928041, rel=1e-14)
    assert matrices[0]["pointOfOrigin"] == pytest.approx([-20_037_508.3427892, 20_037_508.3427892])
    assert matrices[14]["scaleDenominator"] == pytest.approx(34_123.6733415964, rel=1e-13)
    assert matrices[14]["cellSize"] == pytest.approx(9.55462853564703, rel=1e-13)
    assert matrices[24]["matrixWidth"] == matrices[24]["matrixHeight"] == 16_777_216


def test_rd_document_has_the_numbers_of_the_dutch_guideline() -> None:
    """Cell sizes and scales of the Nederlandse richtlijn tiling."""
    document = RD_GRID.document()
    assert document["crs"] == "http://www.opengis.net/def/crs/EPSG/0/28992"
    assert "uri" not in document
    cells = [matrix["cellSize"] for matrix in document["tileMatrices"]]
    assert cells[:15] == pytest.approx(
        [
            3440.64,
            1720.32,
            860.16,
            430.08,
            215.04,
            107.52,
            53.76,
            26.88,
            13.44,
            6.72,
            3.36,
            1.68,
            0.84,
            0.42,
            0.21,
        ]
    )
    assert document["tileMatrices"][0]["scaleDenominator"] == pytest.approx(12_288_000)
    assert document["tileMatrices"][0]["pointOfOrigin"] == [-285_401.92, 903_401.92]
    assert RD_GRID.bounds(0, 0, 0) == pytest.approx((-285_401.92, 22_598.08, 595_401.92, 903_401.92))


@pytest.mark.parametrize("grid", GRIDS.values(), ids=list(GRIDS))
def test_four_children_fill_their_parent(grid: Grid) -> None:
    for zoom, row, col in [(0, 0, 0), (5, 17, 9), (9, 333, 511)]:
        west, south, east, north = grid.bounds(zoom, row, col)
        children = [
            shapely.box(*grid.bounds(zoom + 1, 2 * row + r, 2 * col + c)) for r in (0, 1) for c in (0, 1)
        ]
        assert (
            shapely.union_all(children).symmetric_difference(shapely.box(west, south, east, north)).area
            < 1e-6
        )
        assert grid.bounds(zoom, row, col)[2] == grid.bounds(zoom, row, col + 1)[0]
        assert grid.bounds(zoom, row, col)[1] == grid.bounds(zoom, row + 1, col)[3]


@given(
    x=st.floats(-285_401, 595_400),
    y=st.floats(22_599, 903_400),
    w=st.floats(0, 90_000),
    h=st.floats(0, 90_000),
)
def test_limits_are_the_tiles_whose_inside_a_box_reaches(x: float, y: float, w: float, h: float) -> None:
    """By brute force over all 64 tiles of zoom level 3."""
    bounds = (x, y, min(x + w, 595_401.0), min(y + h, 903_401.0))
    limits = RD_GRID.limits(bounds, 3)
    assert limits is not None
    for row in range(8):
        for col in range(8):
            west, south, east, north = RD_GRID.bounds(3, row, col)
            inside = bounds[0] < east and bounds[2] > west and bounds[1] < north and bounds[3] > south
            if inside:
                assert limits.holds(row, col)
    corner = RD_GRID.bounds(3, limits.min_row, limits.min_col)
    assert corner[0] <= bounds[0] <= corner[2] + 1e-6
    far = RD_GRID.bounds(3, limits.max_row, limits.max_col)
    assert far[1] - 1e-6 <= bounds[1] <= far[3] + 1e-6
    assert bounds[2] >= far[0] - 1e-6


def test_limits_of_a_point_on_a_corner_and_of_what_lies_outside() -> None:
    west, south, east, north = RD_GRID.bounds(4, 6, 9)
    assert RD_GRID.limits((west, south, east, north), 4) == Limits(4, 6, 6, 9, 9)
    assert RD_GRID.limits((west, north, west, north), 4) == Limits(4, 6, 6, 9, 9)
    assert RD_GRID.limits((700_000.0, 400_000.0, 800_000.0, 500_000.0), 4) is None
    assert Limits(4, 6, 7, 9, 11).count == 6


def test_has_ends_with_the_matrix() -> None:
    assert RD_GRID.has(0, 0, 0)
    assert RD_GRID.has(16, 65_535, 65_535)
    assert not RD_GRID.has(16, 65_536, 0)
    assert not RD_GRID.has(17, 0, 0)
    assert not RD_GRID.has(3, -1, 0)
    assert not RD_GRID.has(-1, 0, 0)


def test_web_mercator_goes_by_rdnaptrans() -> None:
    """Amersfoort: 52.155172887 N, 5.387203650 E by RDNAPTRANS2018, then the formula of EPSG method 1024."""
    placed = WEB_MERCATOR.place(np.array([shapely.Point(155_000, 463_000)]))
    latitude, longitude = math.radians(52.155172887), math.radians(5.387203650)
    y = 6_378_137 * math.log(math.tan(math.pi / 4 + latitude / 2))
    assert placed[0].x == pytest.approx(6_378_137 * longitude, abs=0.002)
    assert placed[0].y == pytest.approx(y, abs=0.002)
    # PROJ's own formulas for the second half
    theirs = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(
        5.387203650, 52.155172887
    )
    assert (placed[0].x, placed[0].y) == pytest.approx(theirs, abs=0.002)


def test_rd_stays_as_it_is_without_heights() -> None:
    placed = RD_GRID.place(np.array([shapely.Point(155_000, 463_000, 12), None], dtype=object))
    assert placed[0].equals_exact(shapely.Point(155_000, 463_000))
    assert not placed[0].has_z
    assert placed[1] is None

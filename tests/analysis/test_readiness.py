from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from analysis.space.readiness import EXPLORATION, SURFACE, exploration_gap, surface_gap


@pytest.fixture
def square() -> dict[str, gpd.GeoDataFrame]:
    """One municipality of 10 by 10 km: a million cells of 10 m."""
    area = gpd.GeoDataFrame({"municipality_code": ["GM0001"]}, geometry=[shapely.box(0, 0, 10_000, 10_000)])
    home = gpd.GeoDataFrame({"object_id": ["h"]}, geometry=[shapely.Point(5_000, 5_000)])
    return {"municipalities": area, "sensitive_objects": home}


def test_areas_are_looked_for_up_to_the_limit(square: dict[str, gpd.GeoDataFrame]) -> None:
    assert surface_gap(square) is None
    assert exploration_gap(square, 1_000_000) is None


def test_an_area_above_the_limit_is_named_with_its_size_and_the_cure(
    square: dict[str, gpd.GeoDataFrame],
) -> None:
    square["municipalities"].loc[0, "geometry"] = shapely.box(0, 0, 40_000, 50_000)
    assert surface_gap(square) is None, "the surface itself is written window by window"
    gap = exploration_gap(square, 10_000_000)
    assert gap is not None
    assert gap.item == EXPLORATION
    assert "20 miljoen cellen" in gap.why_nl
    assert "10 miljoen" in gap.why_nl
    assert "exploration_cells" in gap.why_nl
    assert "20 million cells" in gap.why_en


def test_without_sensitive_objects_there_is_no_surface(square: dict[str, gpd.GeoDataFrame]) -> None:
    gap = surface_gap({"municipalities": square["municipalities"]})
    assert gap is not None
    assert gap.item == SURFACE
    assert "gevoelige objecten" in gap.why_nl

"""Which views a release has, who may have them, and that they come back byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from api.jobs.drawing import DrawingProcess
from api.jobs.views import (
    ALL_VIEWS,
    HEAVY_VIEWS,
    SPACE_VIEWS,
    FolderSink,
    make_view,
    rebuild_views,
    view_level,
    views_of,
    write_views,
)
from layers.catalogue import ALL_LAYERS
from layers.release import files_in
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

BALANCE = [
    {
        "scope": "sub_area", "area": area, "year": 2035, "group": "total", "water": "any", "rule": "floor",
        "p10_ha": 1.0, "p50_ha": 12.0, "p90_ha": 20.0, "share_short": 0.9,
    }
    for area in ("Noord & West", "Oost")
]  # fmt: skip
AREAS = [
    {"sub_area_id": "D1", "name": "Noord & West", "geometry": shapely.box(130000, 455000, 140000, 465000)},
    {"sub_area_id": "D2", "name": "Oost", "geometry": shapely.box(150000, 455000, 160000, 470000)},
]
SUB_AREA_VIEWS = (
    "planner/sub_areas/noord-west.gpkg",
    "planner/sub_areas/oost.gpkg",
    "sub_areas/noord-west.gpkg",
    "sub_areas/oost.gpkg",
)


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    layer = next(layer for layer in ALL_LAYERS if layer.name == name)
    names = [column.name for column in layer.columns]
    data = {column: pd.Series([row.get(column) for row in rows], dtype="object") for column in names}
    if layer.shape == "table":
        return pd.DataFrame(data)
    shapes = [row["geometry"] for row in rows]
    frame: pd.DataFrame = gpd.GeoDataFrame(data, geometry=shapes, crs="EPSG:28992")
    return frame


@pytest.fixture
def balanced(write: Callable[..., Release], tmp_path: Path) -> Release:
    """Give the hand-made release with two sub-areas and a balance."""
    changed = {
        "sub_areas": _table("sub_areas", AREAS),
        "balance": _table("balance", []),
        "balance_groups": _table("balance_groups", BALANCE),
    }
    return write(tmp_path / "balanced", **changed)


def test_a_balance_brings_its_pages_and_a_file_per_sub_area(balanced: Release, release: Release) -> None:
    assert views_of(release) == ALL_VIEWS
    assert sorted(views_of(balanced)) == sorted([*ALL_VIEWS, *SPACE_VIEWS, *SUB_AREA_VIEWS])
    assert set(HEAVY_VIEWS) <= set(views_of(balanced))


@pytest.mark.parametrize(
    ("view", "level"),
    [("sub_areas/oost.gpkg", Level.PUBLIC), ("planner/sub_areas/oost.gpkg", Level.PROVINCE),
     ("space.html", Level.PUBLIC), ("planner/space.html", Level.PROVINCE)],
)  # fmt: skip
def test_what_is_for_planners_stands_in_their_folder(view: str, level: Level) -> None:
    assert view_level(view) is level


def test_views_come_back_the_same_with_and_without_a_second_process(
    balanced: Release, tmp_path: Path
) -> None:
    rebuild_views(balanced, tmp_path / "one")
    with DrawingProcess() as beside:
        write_views(balanced, FolderSink(tmp_path / "two" / "deeper"), beside)
    first, second = tmp_path / "one" / "views", tmp_path / "two" / "deeper" / "views"
    assert files_in(first) == sorted(views_of(balanced))
    for name in files_in(first):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_a_page_for_planners_is_no_public_page(
    balanced: Release, tmp_path: Path, make_page: Callable[..., str]
) -> None:
    assert "Niet openbaar." in make_page(balanced, "planner/space.html", tmp_path)
    assert "Niet openbaar." not in make_page(balanced, "space.html", tmp_path)


@pytest.fixture
def make_page() -> Callable[..., str]:
    """Give the function that makes a page and reads it."""

    def make(release: Release, view: str, folder: Path) -> str:
        path = folder / view.replace("/", "-")
        make_view(release, view, path)
        return path.read_text(encoding="utf-8")

    return make

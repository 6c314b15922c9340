"""Hectares per class: bands beside a straight wall that a person can add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.space.surface import write_surface, write_surfaces
from analysis.space.surface_tables import _tiled, surface_tables, zonal
from gis.rasters import read_tags
from layers.canonical import canonical_table
from layers.parameters import Parameters
from layers.results_surface import SURFACE_LAYERS

if TYPE_CHECKING:
    from pathlib import Path

BOUNDS = (0.0, 0.0, 2000.0, 1000.0)
LAYERS = {layer.name: layer for layer in SURFACE_LAYERS}


def wall(x: float) -> list[dict[str, Any]]:
    """Give one long building along the edge, so that distances are those to a straight line."""
    shape = shapely.box(x - 10, -5000, x, 6000)
    return [{"object_id": "w", "kind": "home", "surroundings": "quiet", "geometry": shape}]


@pytest.fixture
def tables(scene: Any) -> Any:
    municipalities = [
        {
            "municipality_code": "GM1",
            "name": "West",
            "sub_area": "A",
            "geometry": shapely.box(0, 0, 500, 1000),
        },
        {
            "municipality_code": "GM2",
            "name": "Oost",
            "sub_area": "A",
            "geometry": shapely.box(500, 0, 2000, 1000),
        },
    ]
    water = [{"waterway_id": "w", "geometry": shapely.box(1500, 0, 2000, 1000)}]
    protected = [{"area_id": "p", "hardness": "soft", "geometry": shapely.box(1400, 0, 1450, 1000)}]
    return scene(
        municipalities=municipalities,
        waterways=water,
        protected_areas=protected,
        sensitive_objects=wall(-100.0),
    )


def test_bands_of_a_park_add_up_by_hand(tables: Any, tmp_path: Path) -> None:
    path = write_surface(tmp_path / "a.tif", tables, Parameters(), bounds=BOUNDS)
    assert path is not None
    row = zonal(path, tables["parks"]).iloc[0]
    # the wall stands 100 m west of the park: 200 m at x = 100, 300 at 200, 500 at 400, 700 at 600, 1000 at 900
    by_hand = {"3.2": 10.0, "4.1": 10.0, "4.2": 20.0, "5.1": 20.0, "5.2": 30.0, "5.3": 10.0}
    assert row[row > 0].to_dict() == pytest.approx(by_hand)


def test_tables_per_municipality_sub_area_and_total(tables: Any, tmp_path: Path) -> None:
    paths = write_surfaces(tmp_path, tables, Parameters(), bounds=BOUNDS)
    found = surface_tables(tables, paths)
    for name, table in found.items():
        canonical_table(LAYERS[name], table)
    rows: Any = found["surface_by_area"].set_index(["scope", "area_id", "reading", "category"]).sort_index()
    assert len(rows) == (1 + 2 + 1 + 1) * 2 * 11
    west = rows.loc[("municipality", "GM1", "low")]
    by_hand = {"3.2": 10.0, "4.1": 10.0, "4.2": 20.0, "5.1": 10.0}
    assert west.loc[west["usable_ha"] > 0, "usable_ha"].to_dict() == pytest.approx(by_hand)
    assert rows.loc[("municipality", "GM1", "low", "5.1"), "area_name"] == "West"
    total = rows.loc[("total", "total", "low")]
    assert total["usable_ha"].sum() == pytest.approx(200.0)
    # from x = 1400 on category 6 fits, of which 500 m is water
    assert total.loc["6", "usable_ha"] == pytest.approx(60.0)
    assert total.loc["6", "room_ha"] == pytest.approx(10.0)
    assert rows.loc[("sub_area", "A", "low", "6"), "usable_ha"] == pytest.approx(60.0)
    exclusions = (
        found["exclusions_by_area"].set_index(["scope", "area_id", "exclusion"]).sort_index()["area_ha"]
    )
    assert exclusions["total", "total", "water"] == pytest.approx(50.0)
    assert exclusions["total", "total", "soft"] == pytest.approx(5.0)
    assert exclusions["municipality", "GM1", "none"] == pytest.approx(50.0)


def test_what_lacks_a_layer_is_missing_and_not_free(tables: Any, tmp_path: Path) -> None:
    del tables["protected_areas"]
    found = surface_tables(tables, write_surfaces(tmp_path, tables, Parameters(), bounds=BOUNDS))
    assert found["surface_by_area"]["room_ha"].isna().all()
    assert found["surface_by_area"]["usable_ha"].notna().all()
    known = found["exclusions_by_area"].groupby("exclusion")["area_ha"].count()
    assert set(known[known > 0].index) == {"built_up", "water"}
    assert read_tags(tmp_path / "room_low.tif")["not_assessed"] == "protected_areas"


def test_sub_areas_of_their_own_layer_go_first(tables: Any, scene: Any, tmp_path: Path) -> None:
    layer = [{"sub_area_id": "1", "name": "Noord", "geometry": shapely.box(0, 505, 2000, 1000)}]
    tables["sub_areas"] = scene(sub_areas=layer)["sub_areas"]
    paths = write_surfaces(tmp_path, tables, Parameters(), bounds=BOUNDS)
    table = surface_tables(tables, paths)["surface_by_area"]
    north = table[(table["scope"] == "sub_area") & (table["reading"] == "low")]
    assert set(north["area_id"]) == {"Noord"}
    # the border halves a row of cells
    assert north["usable_ha"].sum() == pytest.approx(2000 * 495 / 10_000)


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [
        (shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 2000, 1000), True),
        (shapely.box(0, 0, 505, 1000), shapely.box(505, 0, 2000, 1000), False),
        (shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 1995, 1000), False),
        (shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 2005, 1000), False),
        (shapely.box(0, 0, 2000, 1000), shapely.box(5000, 0, 5010, 10), False),
    ],
)
def test_sub_areas_of_whole_municipalities_are_added_up_and_others_measured(
    tables: Any, scene: Any, tmp_path: Path, left: Any, right: Any, whole: Any
) -> None:
    rows = [
        {"sub_area_id": "1", "name": "A", "geometry": left},
        {"sub_area_id": "2", "name": "B", "geometry": right},
    ]
    tables["sub_areas"] = scene(sub_areas=rows)["sub_areas"]
    pieces = tables["municipalities"].geometry.to_numpy()
    assert (_tiled(np.array([left, right], dtype=object), pieces) is not None) is whole
    paths = write_surfaces(tmp_path, tables, Parameters(), bounds=BOUNDS)
    table = surface_tables(tables, paths)["surface_by_area"]
    mine = table[(table["scope"] == "sub_area") & (table["reading"] == "low")]
    sums = mine.groupby("area_id")["usable_ha"].sum()
    inside = shapely.box(*BOUNDS)
    for name, shape in (("A", left), ("B", right)):
        assert sums[name] == pytest.approx(shapely.area(shapely.intersection(shape, inside)) / 10_000)


def test_without_rasters_the_tables_are_empty(tables: Any) -> None:
    for name, table in surface_tables(tables, {}).items():
        assert isinstance(table, pd.DataFrame)
        assert not len(canonical_table(LAYERS[name], table))

"""Reading the polygon of test-plan, as people hand it in, and asking a small project about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import orjson
import pytest
import shapely

from api.jobs.plan_test import ask_polygon, read_polygon
from gis.crs import rd_to_lonlat
from gis.errors import InputError
from layers.project import load_project

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = shapely.box(131200, 458100, 131300, 458200)


def geojson(path: Path, *shapes: shapely.Geometry) -> Path:
    features = [
        {"type": "Feature", "properties": {}, "geometry": orjson.loads(shapely.to_geojson(shape))}
        for shape in shapes
    ]
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_geojson_in_degrees_comes_out_in_rd(tmp_path: Path) -> None:
    import numpy as np

    degrees = rd_to_lonlat(np.array([SQUARE], dtype=object))[0]
    found = read_polygon(geojson(tmp_path / "a.geojson", degrees))
    assert shapely.hausdorff_distance(found, SQUARE) < 0.001


def test_geojson_that_holds_rd_metres_is_believed(tmp_path: Path) -> None:
    assert shapely.equals(read_polygon(geojson(tmp_path / "a.geojson", SQUARE)), SQUARE)


def test_other_formats_and_several_polygons_are_taken_together(tmp_path: Path) -> None:
    halves = [shapely.box(131200, 458100, 131250, 458200), shapely.box(131250, 458100, 131300, 458200)]
    gpd.GeoDataFrame(geometry=halves, crs="EPSG:28992").to_file(tmp_path / "a.gpkg")
    assert shapely.equals(read_polygon(tmp_path / "a.gpkg"), SQUARE)


@pytest.mark.parametrize(
    ("content", "reads"),
    [
        (b"", "cannot be read"),
        (b"no polygon at all", "cannot be read"),
        (b'{"type":"FeatureCollection","features":[]}', "no geometry"),
        (b'{"type":"Point","coordinates":[5,52]}', "no polygon"),
        (b'{"type":"Polygon","coordinates":[]}', "empty"),
        (b'{"type":"Polygon","coordinates":[[[5,52],[5.1,52.1],[5.1,52],[5,52.1],[5,52]]]}', "not valid"),
        (b'{"type":"Polygon","coordinates":[[[50,52],[51,52],[51,53],[50,52]]]}', "lies outside"),
    ],
)
def test_a_file_that_holds_no_usable_polygon_is_one_clear_error(
    tmp_path: Path, content: bytes, reads: str
) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_polygon(path)
    assert reads in str(caught.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_polygon(tmp_path / "gone.geojson")


def test_a_polygon_in_a_park_costs_the_land_it_takes(project_file: Path, tmp_path: Path) -> None:
    answer = ask_polygon(load_project(project_file), geojson(tmp_path / "plan.geojson", SQUARE))
    figures = {row["figure"]: row for row in answer["figures"]}
    assert figures["area"]["low"] == pytest.approx(1.0)
    assert figures["parks_overlap"]["low"] == pytest.approx(1.0)
    assert figures["quay"]["low"] is None, "no quays in the project: not assessed, not zero"
    assert [row["park_id"] for row in answer["parks"]][0:1] == ["R1"]
    assert answer["polygon_file"] == "plan.geojson"

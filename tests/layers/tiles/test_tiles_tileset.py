"""What is known of a set of tiles."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.crs import rd_to_lonlat
from layers.tiles.tileset import degrees


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(155000, 463000),
        shapely.LineString([(155000, 440000), (155000, 480000)]),
        shapely.LineString([(140000, 463000), (170000, 463000)]),
        shapely.box(140000, 440000, 170000, 480000),
    ],
)
def test_the_bounds_hold_every_shape_and_no_more(shape: shapely.Geometry) -> None:
    west, south, east, north = degrees(gpd.GeoDataFrame(geometry=[shape], crs="EPSG:28992"))
    # by brute force: points all along the box of the shape
    frame = shapely.box(*shapely.bounds(shape).tolist()).exterior
    points = [frame.interpolate(part / 4000, normalized=True) for part in range(4001)]
    along = shapely.get_coordinates(rd_to_lonlat(np.array(points, dtype=object)))
    found = (along[:, 0].min(), along[:, 1].min(), along[:, 0].max(), along[:, 1].max())
    # between points 5 km apart the edge bends away by less than 0.2 m
    assert (west, south, east, north) == pytest.approx(found, abs=2e-6)

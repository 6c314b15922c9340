"""The working areas of a choice package, as GeoPackage and as GeoJSON, both in RD New."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pandas as pd
import pyogrio
import shapely

from layers.classes import ClassStyle
from layers.exports.geopackage import GEOMETRY_COLUMN, GPKG_VERSION, _fixed_time, _write_styles, _write_titles
from layers.exports.kinds import KIND_STYLES
from layers.exports.qml import Style, _categorised, _document
from layers.schema import Column

if TYPE_CHECKING:
    import geopandas as gpd

LAYER: Final = "werkingsgebieden"
RD_URN: Final = "urn:ogc:def:crs:EPSG::28992"
PARK: Final = ClassStyle("", "terrein of deel daarvan", "park or part of it", "#f2e6c9", "#6b5a2a", "none")
TITLES: Final = {
    "location_id": "Id van de locatie",
    "ground": "Grondslag",
    "zone_id": "Zone",
    "park_id": "Id van het terrein",
    "park_name": "Terrein",
    "kind": "Beschermingsvorm (code)",
    "kind_nl": "Beschermingsvorm",
    "name": "Naam",
    "area_ha": "Oppervlakte",
    "blocks": "Bouwstenen",
    "functions": "Functies",
    "from_year": "Vanaf",
    "procedure_status": "Stand in de procedure",
    "municipality_code": "Gemeentecode",
    "neighbours": "Ook in gemeente",
    "status": "Status",
}


def write_geopackage(locations: gpd.GeoDataFrame, day: str) -> bytes:
    """Write the working areas with titles of columns and a style by kind of protection.

    Parameters
    ----------
    locations
        As `analysis.package.places.locations` gives them, EPSG:28992.
    day
        Date that stands in the file wherever a time is asked for, ISO.

    Returns
    -------
    bytes
        The same for the same locations.
    """
    stamp = f"{day}T00:00:00.000Z"
    columns = [
        Column(name, "text", TITLES.get(name, name), name, "ha" if name.endswith("_ha") else None)
        for name in locations.columns
        if name != "geometry"
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{LAYER}.gpkg"
        with _fixed_time(stamp):
            pyogrio.write_dataframe(
                locations,
                path,
                layer=LAYER,
                driver="GPKG",
                geometry_type="MultiPolygon",
                promote_to_multi=True,
                dataset_options={"VERSION": GPKG_VERSION},
                layer_options={"GEOMETRY_NAME": GEOMETRY_COLUMN, "IDENTIFIER": "Werkingsgebieden"},
            )
        document = _document(_categorised('"kind"', (*KIND_STYLES, PARK)), columns)
        style = Style("Werkingsgebieden", "Werkingsgebieden", document, default=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            _write_styles(connection, [(LAYER, style)], stamp)
            _write_titles(connection, [(LAYER, columns)])
        return path.read_bytes()


def write_geojson(locations: gpd.GeoDataFrame) -> bytes:
    """Write the working areas in RD New, to the millimetre, the system named as GIS programs know it."""
    names = [name for name in locations.columns if name != "geometry"]
    shapes = shapely.set_precision(locations.geometry.to_numpy(), 0.001)
    features = [
        {
            "type": "Feature",
            "id": str(row["location_id"]),
            "properties": {name: _plain(row[name]) for name in names},
            "geometry": orjson.loads(shapely.to_geojson(shape)),
        }
        for row, shape in zip(locations.to_dict("records"), shapes, strict=True)
    ]
    content = {
        "type": "FeatureCollection",
        "name": LAYER,
        "crs": {"type": "name", "properties": {"name": RD_URN}},
        "features": features,
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value

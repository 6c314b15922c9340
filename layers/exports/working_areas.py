"""The working areas of a choice package as GeoPackage in RD New."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyogrio

from layers.classes import ClassStyle
from layers.exports.geopackage import GEOMETRY_COLUMN, GPKG_VERSION, fixed_time, write_styles, write_titles
from layers.exports.kinds import KIND_STYLES
from layers.exports.qml import Style, categorised, qml_document
from layers.schema import Column

if TYPE_CHECKING:
    import geopandas as gpd

LAYER: Final = "werkingsgebieden"
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
        with fixed_time(stamp):
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
        document = qml_document(categorised('"kind"', (*KIND_STYLES, PARK)), columns)
        style = Style("Werkingsgebieden", "Werkingsgebieden", document, default=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            write_styles(connection, [(LAYER, style)], stamp)
            write_titles(connection, [(LAYER, columns)])
        return path.read_bytes()

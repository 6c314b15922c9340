"""A release as a GeoPackage: one layer each, in EPSG:28992, with Dutch titles and QGIS styles in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from layers.exports.cut import cut
from layers.exports.qml import Style, styles_of
from layers.exports.sub_areas import area_balance, area_slugs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from layers.exports.cut import Content
    from layers.release import Release
    from layers.schema import Column, Layer, Level

GPKG_VERSION = "1.3"
SCHEMA_EXTENSION = "http://www.geopackage.org/spec130/#extension_schema"
GEOMETRY_COLUMN = "geom"
CURRENT_DATE = "OGR_CURRENT_DATE"
MULTI = {0: "MultiPoint", 1: "MultiLineString", 2: "MultiPolygon"}
SHAPES = {0: "point", 1: "line", 2: "polygon"}
DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}

STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT,
  f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME
)"""

# tables of the schema extension, which carries titles of columns (OGC 12-128r18, annex F.9)
COLUMN_TABLES = (
    """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
)""",
    """
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
)""",
)


def write_geopackage(release: Release, path: Path, level: Level) -> None:
    """Write what a reader of `level` may see of a release as one GeoPackage.

    Every layer and every table without geometry is in it under its own name, with only the columns that the
    level allows; a release with a balance also has its shortage per sub-area on the polygons of these. Below
    the level of the province the usable-category zones are drawn in blocks, because their exact edges are
    arcs round homes. Times in the file are the reference date of the project, so the same release gives the
    same bytes on any day and in any folder.

    Parameters
    ----------
    release
        Read through its ``data/`` only.
    path
        Where the file goes; a file that is there is replaced.
    level
        Who the file is for.
    """
    _write(release, path, _whole(release, level))


def write_sub_area(release: Release, path: Path, level: Level, slug: str) -> None:
    """Write what a reader of `level` may see about one sub-area as one GeoPackage.

    It holds the balance of the sub-area on its polygon, the parks, plots, zones, exploration areas, water and
    restrictions in it, with the same styles as `write_geopackage`, and its rows of the balance.

    Parameters
    ----------
    release, path, level
        As in `write_geopackage`.
    slug
        Which one, as `layers.exports.sub_areas.area_slugs` names it.

    Raises
    ------
    KeyError
        When the release has no such sub-area, or the level may not see it.
    """
    names = {own: name for name, own in area_slugs(release, level).items()}
    _write(release, path, cut(release, level, names[slug]))


def _whole(release: Release, level: Level) -> Iterator[Content]:
    for name in release.names:
        layer = release.layer(name)
        columns = layer.visible(level)
        if columns:
            yield layer, columns, release.visible(name, level)
    balance = area_balance(release, level)
    if balance is not None:
        yield balance.layer, balance.layer.columns, balance.frame


def _write(release: Release, path: Path, contents: Iterator[Content]) -> None:
    stamp = f"{date.fromisoformat(str(release.project['reference_date'])[:10]).isoformat()}T00:00:00.000Z"
    path.unlink(missing_ok=True)
    styles: list[tuple[str, Style]] = []
    titles: list[tuple[str, Sequence[Column]]] = []
    with fixed_time(stamp):
        for layer, columns, frame in contents:
            shape = _write_layer(layer, frame, path)
            styles += [(layer.name, style) for style in styles_of(layer, columns, release.classes, shape)]
            titles.append((layer.name, columns))
    with closing(sqlite3.connect(path)) as connection, connection:
        write_styles(connection, styles, stamp)
        write_titles(connection, titles)


@contextmanager
def fixed_time(stamp: str) -> Iterator[None]:
    """Let GDAL write a fixed time and not wait for the disk after each layer; put back what was set."""
    # whoever makes the file makes it durable once it is whole
    options: dict[str, Any] = {CURRENT_DATE: stamp, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _write_layer(layer: Layer, frame: pd.DataFrame, path: Path) -> str:
    """Write one layer and tell what it holds: ``polygon``, ``line``, ``point`` or ``table``."""
    options: dict[str, Any] = {
        "layer": layer.name,
        "driver": "GPKG",
        "layer_options": {
            "IDENTIFIER": layer.label_nl,
            "DESCRIPTION": layer.description_nl or layer.label_nl,
        },
    }
    if not path.exists():
        options["dataset_options"] = {"VERSION": GPKG_VERSION}
    if not isinstance(frame, gpd.GeoDataFrame):
        pyogrio.write_dataframe(frame, path, **options)
        return "table"
    options["layer_options"]["GEOMETRY_NAME"] = GEOMETRY_COLUMN
    dimension = _dimension(layer, frame)
    if dimension is None:
        pyogrio.write_dataframe(frame, path, geometry_type="Unknown", **options)
        return "polygon"
    pyogrio.write_dataframe(frame, path, geometry_type=MULTI[dimension], promote_to_multi=True, **options)
    return SHAPES[dimension]


def _dimension(layer: Layer, frame: gpd.GeoDataFrame) -> int | None:
    """Give the one dimension that the geometries of a layer have; None when they are mixed."""
    found = shapely.get_dimensions(np.asarray(frame.geometry.to_numpy(), dtype=object))
    kinds = sorted({int(value) for value in found[found >= 0]})
    if not kinds:
        return DIMENSIONS.get(layer.shape)
    return kinds[0] if len(kinds) == 1 else None


def write_styles(connection: sqlite3.Connection, styles: list[tuple[str, Style]], stamp: str) -> None:
    """Put styles in the table that QGIS reads."""
    connection.execute(STYLE_TABLE)
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
        "styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
        "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
        [
            (name, GEOMETRY_COLUMN, style.name, style.qml, style.default, style.description, stamp)
            for name, style in styles
        ],
    )
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', 'Stijlen voor QGIS', ?, 0)",
        (stamp,),
    )


def write_titles(connection: sqlite3.Connection, titles: list[tuple[str, Sequence[Column]]]) -> None:
    """Put the titles of columns in the schema extension."""
    for statement in COLUMN_TABLES:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) "
        "VALUES (?, ?, ?, ?, ?)",
        [
            (name, column.name, column.name, column.label_nl, _described(column))
            for name, columns in titles
            for column in columns
        ],
    )
    connection.executemany(
        "INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope) "
        "VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
        [(name, SCHEMA_EXTENSION) for name in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )


def _described(column: Column) -> str:
    unit = f"; {column.unit}" if column.unit else ""
    return f"{column.label_en}{unit}"

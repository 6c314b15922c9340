"""The GeoPackage of an import package: every layer with a style, titles of columns, and metadata inside."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pyogrio

from layers.classes import ClassStyle
from layers.exports.geopackage import GEOMETRY_COLUMN, GPKG_VERSION, fixed_time, write_styles, write_titles
from layers.exports.iso19115 import ISO_XML
from layers.exports.kinds import KIND_STYLES
from layers.exports.qml import Style, categorised, qml_document
from layers.exports.was_wordt import CHANGED, GONE, NEW, SAME
from layers.exports.weighed import VERDICT_NL
from layers.schema import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

METADATA_EXTENSION: Final = "http://www.geopackage.org/spec130/#extension_metadata"
GROUPS: Final = tuple(
    ClassStyle(style.label_nl, style.label_nl, style.label_en, style.fill, style.line, style.pattern)
    for style in KIND_STYLES
)
VERDICTS: Final = (
    ClassStyle(VERDICT_NL["certain"], VERDICT_NL["certain"], "suits", "#cfe3f1", "#00405f", "diagonal"),
    ClassStyle(VERDICT_NL["possible"], VERDICT_NL["possible"], "may suit", "#eaf3f9", "#00405f", "dots"),
    ClassStyle("niet beoordeeld", "niet beoordeeld", "not assessed", "#d9d9d9", "#6b6b6b", "horizontal"),
    ClassStyle(VERDICT_NL["no"], VERDICT_NL["no"], "rejected", "#ffffff", "#6b6b6b", "cross"),
)
CHANGES: Final = (
    ClassStyle(NEW, NEW, "new", "#0072b2", "#00405f", "cross"),
    ClassStyle(CHANGED, CHANGED, "changed", "#e69f00", "#7a5400", "diagonal"),
    ClassStyle(GONE, GONE, "gone", "#d55e00", "#6b2f00", "horizontal"),
    ClassStyle(SAME, SAME, "unchanged", "#d9d9d9", "#6b6b6b", "none"),
)
STYLED: Final = {
    "voorgesteld": ("groep_id", GROUPS, "Voorgestelde locaties"),
    "kandidaten": ("oordeel", VERDICTS, "Gewogen en niet voorgesteld"),
    "afgewezen": ("oordeel", VERDICTS, "Afgewezen"),
    "was_wordt": ("verandering", CHANGES, "Veranderd sinds het vorige pakket"),
}
"""Layer to the column that colours it, its classes and its title."""
METADATA_TABLES: Final = (
    """
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT ''
)""",
    """
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL, md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id)
)""",
)


def write_import_geopackage(
    layers: Mapping[str, pd.DataFrame], titles: Mapping[str, str], metadata: bytes, day: str
) -> bytes:
    """Write the GeoPackage.

    Parameters
    ----------
    layers
        Name to table, in order; a GeoDataFrame in EPSG:28992 becomes a layer of multipolygons.
    titles
        Column to what readers see, for all layers together.
    metadata
        ISO 19139.
    day
        Date that stands in the file wherever a time is asked for, ISO.

    Returns
    -------
    bytes
        The same for the same content.
    """
    stamp = f"{day}T00:00:00.000Z"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reservering.gpkg"
        described: list[tuple[str, Sequence[Column]]] = []
        styles: list[tuple[str, Style]] = []
        with fixed_time(stamp):
            for name, frame in layers.items():
                _write_layer(name, frame, path)
                columns = _columns(frame, titles)
                described.append((name, columns))
                if name in STYLED:
                    styles.append((name, _style(name, columns)))
        with closing(sqlite3.connect(path)) as connection, connection:
            write_styles(connection, styles, stamp)
            write_titles(connection, described)
            _write_metadata(connection, metadata, list(STYLED), stamp)
        return path.read_bytes()


def _write_layer(name: str, frame: pd.DataFrame, path: Path) -> None:
    title = STYLED[name][2] if name in STYLED else name
    options: dict[str, Any] = {
        "layer": name,
        "driver": "GPKG",
        "layer_options": {"IDENTIFIER": title, "DESCRIPTION": title},
    }
    if not path.exists():
        options["dataset_options"] = {"VERSION": GPKG_VERSION}
    if isinstance(frame, gpd.GeoDataFrame):
        options["layer_options"]["GEOMETRY_NAME"] = GEOMETRY_COLUMN
        pyogrio.write_dataframe(frame, path, geometry_type="MultiPolygon", promote_to_multi=True, **options)
    else:
        pyogrio.write_dataframe(frame, path, **options)


def _columns(frame: pd.DataFrame, titles: Mapping[str, str]) -> list[Column]:
    return [
        Column(
            name,
            "text",
            titles.get(name, name.replace("_", " ")),
            name,
            "ha" if name.endswith("_ha") else None,
        )
        for name in frame.columns
        if name != "geometry"
    ]


def _style(name: str, columns: Sequence[Column]) -> Style:
    column, classes, title = STYLED[name]
    return Style(title, title, qml_document(categorised(f'"{column}"', classes), columns), default=True)


def _write_metadata(
    connection: sqlite3.Connection, metadata: bytes, layers: Sequence[str], stamp: str
) -> None:
    for statement in METADATA_TABLES:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO gpkg_metadata (id, md_scope, md_standard_uri, mime_type, metadata) "
        "VALUES (1, 'dataset', ?, 'text/xml', ?)",
        (ISO_XML, metadata.decode()),
    )
    references = [("geopackage", None), *(("table", name) for name in layers)]
    connection.executemany(
        "INSERT INTO gpkg_metadata_reference (reference_scope, table_name, timestamp, md_file_id) "
        "VALUES (?, ?, ?, 1)",
        [(scope, name, stamp) for scope, name in references],
    )
    connection.executemany(
        "INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope) "
        "VALUES (?, NULL, 'gpkg_metadata', ?, 'read-write')",
        [(name, METADATA_EXTENSION) for name in ("gpkg_metadata", "gpkg_metadata_reference")],
    )

"""The formats that GDAL writes as one file: GeoPackage and FlatGeobuf."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyogrio
import shapely

from api.http.forms.content import dimension
from layers.exports.geopackage import (
    GEOMETRY_COLUMN,
    GPKG_VERSION,
    MULTI,
    SHAPES,
    write_styles,
    write_titles,
)
from layers.exports.qml import styles_of

if TYPE_CHECKING:
    from api.http.forms.content import Content


def write_geopackage(content: Content) -> bytes:
    """Write a GeoPackage of one layer, with Dutch titles of columns, the facts, and styles for QGIS."""
    stamp = f"{content.facts.reference_date.isoformat()}T00:00:00.000Z"
    kind = _kind(content)
    options: dict[str, Any] = {
        "IDENTIFIER": content.layer.label_nl,
        "DESCRIPTION": content.layer.description_nl or content.layer.label_nl,
    }
    if content.geometry is not None:
        options["GEOMETRY_NAME"] = GEOMETRY_COLUMN
    with TemporaryDirectory(prefix="kring-") as folder:
        path = Path(folder) / "download.gpkg"
        pyogrio.write_dataframe(
            content.geo(),
            path,
            driver="GPKG",
            layer=content.layer.name,
            layer_options=options,
            dataset_options={"VERSION": GPKG_VERSION},
            layer_metadata=content.facts.lines(content.layer),
            **kind,
        )
        with closing(sqlite3.connect(path)) as connection, connection:
            if content.geometry is not None and content.facts.classes is not None:
                shape = SHAPES.get(dimension(content.geometry, content.layer) or 0, "polygon")
                styles = styles_of(content.layer, content.columns, content.facts.classes, shape)
                write_styles(connection, [(content.layer.name, style) for style in styles], stamp)
            write_titles(connection, [(content.layer.name, content.columns)])
            # set afterwards, because GDAL takes the time of writing for the whole process or not at all
            connection.execute("UPDATE gpkg_contents SET last_change = ?", (stamp,))
            connection.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (stamp,))
        return path.read_bytes()


def write_flatgeobuf(content: Content) -> bytes:
    """Write FlatGeobuf; indexed, unless a row has no geometry, which its index cannot hold.

    With an index the rows come in the order of the index.
    """
    indexed = content.geometry is not None and len(content.geometry) > 0
    indexed = (
        indexed and not (shapely.is_missing(content.geometry) | shapely.is_empty(content.geometry)).any()
    )
    facts = content.facts.lines(content.layer)
    options = {
        "SPATIAL_INDEX": "YES" if indexed else "NO",
        "TITLE": content.layer.label_nl,
        "DESCRIPTION": "\n".join(f"{name}: {text}" for name, text in facts.items()),
    }
    with TemporaryDirectory(prefix="kring-") as folder:
        path = Path(folder) / f"{content.layer.name}.fgb"
        pyogrio.write_dataframe(
            content.geo(), path, driver="FlatGeobuf", layer=content.layer.name, layer_options=options,
            **_kind(content),
        )  # fmt: skip
        return path.read_bytes()


def _kind(content: Content) -> dict[str, Any]:
    """Tell GDAL the type of geometry."""
    if content.geometry is None:
        return {}
    found = dimension(content.geometry, content.layer)
    if found is None:
        return {"geometry_type": "Unknown"}
    return {"geometry_type": MULTI[found], "promote_to_multi": True}

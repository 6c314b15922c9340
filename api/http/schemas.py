"""What features look like: JSON schemas of a collection (OGC API Features parts 3 and 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.http.cql import GEOMETRY

if TYPE_CHECKING:
    from api.http.snapshot import FeatureCollection
    from layers.schema import Column, Kind, Shape

Document = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
JSON_TYPES: dict[Kind, str] = {
    "number": "number",
    "integer": "integer",
    "year": "integer",
    "boolean": "boolean",
}
"""Kind of column to its JSON type; all others are strings."""
GEOMETRY_FORMATS: dict[Shape, str] = {
    "polygon": "geometry-polygon-or-multipolygon",
    "line": "geometry-linestring-or-multilinestring",
    "point": "geometry-point-or-multipoint",
    "any": "geometry-any",
}


def schema(item: FeatureCollection, root: str) -> Document:
    """List the columns of a collection with their type and unit (part 5)."""
    return {**_described(item, f"{root}/collections/{item.layer.name}/schema"), "additionalProperties": False}


def queryables(item: FeatureCollection, root: str) -> Document:
    """List the columns that a filter may name (part 3): all that the reader may see, and the place."""
    url = f"{root}/collections/{item.layer.name}/queryables"
    return {**_described(item, url), "additionalProperties": False}


def feature_schema(item: FeatureCollection, root: str) -> Document:
    """Describe a feature in GeoJSON, so that clients need not guess types from the first page.

    Types are those of values that are there; what is missing is null, which clients such as GDAL understand
    better when the schema does not mention it.
    """
    return {
        "$schema": DIALECT,
        "$id": f"{root}/collections/{item.layer.name}/feature-schema",
        "title": item.layer.label_nl,
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "id": {"type": "string"},
            "geometry": {"type": "object"},
            "properties": {
                "type": "object",
                "properties": {column.name: _property(column) for column in item.columns},
            },
        },
    }


def _described(item: FeatureCollection, url: str) -> Document:
    properties = {column.name: _property(column) for column in item.columns}
    if item.layer.identifier in properties:
        properties[item.layer.identifier]["x-ogc-role"] = "id"
    if item.placed:
        properties[GEOMETRY] = {
            "title": "Plaats",
            "x-ogc-role": "primary-geometry",
            "format": GEOMETRY_FORMATS.get(item.layer.shape, "geometry-any"),
        }
    for place, described in enumerate(properties.values(), start=1):
        described["x-ogc-propertySeq"] = place
    return {
        "$schema": DIALECT,
        "$id": url,
        "title": item.layer.label_nl,
        "description": item.layer.description_nl or item.layer.label_nl,
        "type": "object",
        "properties": properties,
    }


def _property(column: Column) -> Document:
    described: Document = {
        "title": column.label_nl,
        "description": column.label_en,
        "type": JSON_TYPES.get(column.kind, "string"),
    }
    if column.kind == "date":
        described["format"] = "date"
    if column.allowed:
        described["enum"] = list(column.allowed)
    if column.unit:
        described["x-ogc-unit"] = column.unit
    return described

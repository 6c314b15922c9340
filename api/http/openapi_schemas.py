"""What the answers look like, as schemas of OpenAPI 3.0."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def _object(required: tuple[str, ...], **properties: Document) -> Document:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(item: Document, **more: Any) -> Document:
    return {"type": "array", "items": item, **more}


def _of(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT: Document = {"type": "string"}
_TEXT_80: Document = {"type": "string", "minLength": 1, "maxLength": 80}
_TEXT_200: Document = {"type": "string", "minLength": 1, "maxLength": 200}
_COUNT: Document = {"type": "integer", "minimum": 0}

SCHEMAS: Document = {
    "Object": {"type": "object"},
    "Text": {"type": "string"},
    "Execute": {
        **_object(
            ("inputs",), inputs={"type": "object"}, outputs={"type": "object"},
            response={"type": "string", "enum": ["raw", "document"]},
        ),
        "additionalProperties": False,
    },
    "SessionOutcome": {
        **_object(
            ("session", "function", "outcome", "layer", "place", "party"),
            session=_TEXT_80,
            function={"type": "string", "pattern": "^F[0-9]{2}(-[0-9])?$"},
            outcome={"type": "string", "enum": ["agreed", "objected", "open"]},
            layer=_TEXT_80, place=_TEXT_200, party=_TEXT_200,
            remark={"type": "string", "maxLength": 1000},
        ),
        "additionalProperties": False,
    },
    "Link": _object(("href", "rel", "type"), href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
    "LandingPage": _object(
        ("title", "description", "links"), title=_TEXT, description=_TEXT, links=_list(_of("Link"))
    ),
    "Conformance": _object(("conformsTo",), conformsTo=_list(_TEXT)),
    "Collections": _object(
        ("links", "collections"), links=_list(_of("Link")), crs=_list(_TEXT),
        collections=_list(_of("Collection"))
    ),
    "Collection": _object(
        ("id", "title", "links", "crs"),
        id=_TEXT,
        title=_TEXT,
        description=_TEXT,
        itemType={"type": "string", "enum": ["feature"]},
        crs=_list(_TEXT),
        storageCrs=_TEXT,
        links=_list(_of("Link")),
        extent=_object(
            ("spatial",),
            spatial=_object(
                ("bbox",), crs=_TEXT,
                bbox=_list(_list({"type": "number"}, minItems=4, maxItems=4), minItems=1),
            ),
        ),
    ),
    "Feature": _object(
        ("type", "id", "geometry", "properties"),
        type={"type": "string", "enum": ["Feature"]},
        id=_TEXT,
        geometry={**_of("Geometry")},
        properties={"type": "object"},
        links=_list(_of("Link")),
    ),
    "FeatureCollection": _object(
        ("type", "features", "links", "numberMatched", "numberReturned"),
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_list(_of("Feature")),
        links=_list(_of("Link")),
        numberMatched=_COUNT,
        numberReturned=_COUNT,
    ),
    "Geometry": {
        "type": "object",
        "nullable": True,
        "required": ["type"],
        "properties": {
            "type": {
                "type": "string",
                "enum": [
                    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
                    "GeometryCollection",
                ],
            },
            "coordinates": {"type": "array", "items": {}},
            "geometries": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Problem": _object(
        ("status", "title", "detail"),
        type=_TEXT,
        title=_TEXT,
        status={"type": "integer"},
        detail=_TEXT,
        errors=_list(
            {
                "type": "object",
                "required": ["in", "parameter", "detail"],
                "properties": {"in": _TEXT, "parameter": _TEXT, "detail": _TEXT},
            }
        ),
    ),
}  # fmt: skip

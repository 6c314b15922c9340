"""The description of the service in OpenAPI 3.0, written by hand: it says exactly what is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.http.documents import CRS84, GEOJSON, HTML, JSON, SCHEMA
from api.http.problems import PROBLEM_JSON
from api.http.queries import DEFAULT_LIMIT, MAXIMUM_LIMIT
from layers.version import __version__

if TYPE_CHECKING:
    from api.http.snapshot import Snapshot

Document = dict[str, Any]


def openapi(snapshot: Snapshot, root: str, title: str, description: str) -> Document:
    """Describe every path of the service."""
    names = list(snapshot.collections)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "description": description, "version": __version__},
        "servers": [{"url": root}],
        "tags": [{"name": "Dienst"}, {"name": "Gegevens"}],
        "paths": _paths(with_map=snapshot.map_page is not None),
        "components": {
            "parameters": _parameters(names),
            "schemas": {"problem": PROBLEM, "object": {"type": "object"}},
            "responses": {
                "problem": {
                    "description": "Wat er niet goed ging",
                    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/problem"}}},
                }
            },
        },
    }


PROBLEM: Document = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def _paths(*, with_map: bool) -> Document:
    collection, items = "/collections/{collectionId}", "/collections/{collectionId}/items"
    paths = {
        "/": _operation("landing", "Startpagina", "Dienst", JSON),
        "/conformance": _operation("conformance", "Standaarden", "Dienst", JSON),
        "/api": _operation("api", "Deze beschrijving", "Dienst", JSON),
        "/collections": _operation("collections", "Kaartlagen en tabellen", "Gegevens", JSON),
        collection: _operation("collection", "Eén kaartlaag of tabel", "Gegevens", JSON, "collectionId"),
        f"{collection}/schema": _operation(
            "schema", "Kolommen met hun type en eenheid", "Gegevens", SCHEMA, "collectionId"
        ),
        items: _operation(
            "items", "Objecten", "Gegevens", GEOJSON,
            "collectionId", "bbox", "datetime", "limit", "offset",
        ),
        f"{items}/{{featureId}}": _operation(
            "item", "Eén object", "Gegevens", GEOJSON, "collectionId", "featureId"
        ),
    }  # fmt: skip
    if with_map:
        paths["/map"] = {
            "get": {
                "operationId": "map",
                "summary": "Kaart",
                "tags": ["Dienst"],
                "responses": {
                    "200": {"description": "De kaart", "content": {HTML: {"schema": {"type": "string"}}}}
                },
            }
        }
    return paths


def _operation(name: str, summary: str, tag: str, media: str, *parameters: str) -> Document:
    problem = {"$ref": "#/components/responses/problem"}
    content = {
        media: {"schema": {"$ref": "#/components/schemas/object"}},
        HTML: {"schema": {"type": "string"}},
    }
    responses: Document = {"200": {"description": summary, "content": content}, "400": problem}
    if parameters:
        responses["404"] = problem
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "parameters": [{"$ref": f"#/components/parameters/{key}"} for key in (*parameters, "f")],
            "responses": {**responses, "500": problem},
        }
    }


def _parameters(names: list[str]) -> Document:
    return {
        "collectionId": _parameter(
            "collectionId", "path", "Naam van de laag", {"type": "string", "enum": names}
        ),
        "featureId": _parameter("featureId", "path", "Id van het object", {"type": "string"}),
        "f": _parameter("f", "query", "Vorm van het antwoord", {"type": "string", "enum": ["json", "html"]}),
        "limit": _parameter(
            "limit", "query", "Hoogste aantal objecten per bladzijde",
            {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT},
        ),
        "offset": _parameter(
            "offset", "query", "Aantal objecten dat wordt overgeslagen",
            {"type": "integer", "minimum": 0, "default": 0},
        ),
        "bbox": {
            **_parameter(
                "bbox", "query", f"West, zuid, oost, noord in graden ({CRS84})",
                {
                    "type": "array",
                    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
                    "items": {"type": "number"},
                },
            ),
            "style": "form",
            "explode": False,
        },
        "datetime": _parameter(
            "datetime", "query", "Moment of periode; de objecten hebben geen tijd en passen dus altijd",
            {"type": "string"},
        ),
    }  # fmt: skip


def _parameter(name: str, place: str, description: str, schema: Document) -> Document:
    return {
        "name": name,
        "in": place,
        "description": description,
        "required": place == "path",
        "schema": schema,
    }

"""The description of the service in OpenAPI 3.0, written by hand: it says exactly what is served.

It stands by itself: no reference leads out of the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.http import crs as systems
from api.http.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from api.http.openapi_schemas import SCHEMAS
from api.http.problems import API_VERSION, PROBLEM_JSON
from api.http.queries import DEFAULT_LIMIT, ITEMS, LANGUAGES, MAXIMUM_LIMIT

if TYPE_CHECKING:
    from api.http.snapshot import Snapshot

Document = dict[str, Any]

# the e-mail address is one that by its nature cannot exist, so that a user puts in their own
CONTACT = {"name": "Beheer van deze dienst", "email": "beheer@voorbeeld.invalid"}
_REFERENCE = "#/components"


def openapi(snapshot: Snapshot, root: str, title: str, description: str) -> Document:
    """Describe every path of the service."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "description": description,
            "version": API_VERSION,
            "contact": {**CONTACT, "url": root},
        },
        "servers": [{"url": root}],
        "tags": [{"name": "Dienst"}, {"name": "Gegevens"}],
        "paths": _paths(with_map=snapshot.map_page is not None),
        "components": {
            "parameters": _parameters(list(snapshot.collections)),
            "schemas": SCHEMAS,
            "headers": _headers(),
            "responses": {
                "Problem": {
                    "description": "Wat er niet goed ging",
                    "headers": {"API-Version": {"$ref": f"{_REFERENCE}/headers/API-Version"}},
                    "content": {PROBLEM_JSON: {"schema": SCHEMAS["Problem"]}},
                }
            },
        },
    }


def _paths(*, with_map: bool) -> Document:
    collection, items = "/collections/{collectionId}", "/collections/{collectionId}/items"
    one = ("collectionId",)
    paths = {
        "/": _operation("landing", "Startpagina", "Dienst", JSON, "LandingPage"),
        "/conformance": _operation("conformance", "Standaarden", "Dienst", JSON, "Conformance"),
        "/api": _operation("api", "Deze beschrijving, ook leesbaar", "Dienst", OPENAPI, "Object"),
        "/openapi.json": _plain("openapi", "Deze beschrijving", OPENAPI, {"type": "object"}),
        "/collections": _operation(
            "collections", "Kaartlagen en tabellen", "Gegevens", JSON, "Collections"
        ),
        collection: _operation("collection", "Eén kaartlaag of tabel", "Gegevens", JSON, "Collection", *one),
        f"{collection}/schema": _operation(
            "schema", "Kolommen met hun type en eenheid", "Gegevens", SCHEMA, "Object", *one
        ),
        f"{collection}/feature-schema": _operation(
            "feature-schema", "Hoe een object in GeoJSON eruitziet", "Gegevens", SCHEMA, "Object", *one
        ),
        f"{collection}/queryables": _operation(
            "queryables", "Kolommen waarop filter kan zoeken", "Gegevens", SCHEMA, "Object", *one
        ),
        items: _operation(
            "items", "Objecten", "Gegevens", GEOJSON, "FeatureCollection", *one,
            *(name for name in ITEMS if name != "f"),
        ),
        f"{items}/{{featureId}}": _operation(
            "item", "Eén object", "Gegevens", GEOJSON, "Feature", *one, "featureId", "crs"
        ),
    }  # fmt: skip
    if with_map:
        paths["/map"] = _plain("map", "Kaart", HTML, {"type": "string"})
    return paths


def _plain(name: str, summary: str, media: str, schema: Document) -> Document:
    """Describe a path without parameters and with one form of answer."""
    return _get(name, summary, "Dienst", {media: {"schema": schema}}, ())


def _operation(name: str, summary: str, tag: str, media: str, schema: str, *parameters: str) -> Document:
    content = {
        media: {"schema": {"$ref": f"{_REFERENCE}/schemas/{schema}"}},
        HTML: {"schema": {"type": "string"}},
    }
    return _get(name, summary, tag, content, (*parameters, "f"))


def _get(name: str, summary: str, tag: str, content: Document, parameters: tuple[str, ...]) -> Document:
    problem = {"$ref": f"{_REFERENCE}/responses/Problem"}
    headers = ["API-Version", *(["Content-Crs"] if "crs" in parameters else [])]
    responses: Document = {
        "200": {
            "description": summary,
            "headers": {header: {"$ref": f"{_REFERENCE}/headers/{header}"} for header in headers},
            "content": content,
        },
        "400": problem,
    }
    if "collectionId" in parameters:
        responses["404"] = problem
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "parameters": [{"$ref": f"{_REFERENCE}/parameters/{key}"} for key in parameters],
            "responses": {**responses, "500": problem},
        }
    }


def _headers() -> Document:
    return {
        "API-Version": {
            "description": "Volledige versie van deze API",
            "schema": {"type": "string", "example": API_VERSION},
        },
        "Content-Crs": {
            "description": "Coördinatenstelsel van het antwoord, tussen punthaken",
            "schema": {"type": "string", "example": f"<{systems.CRS84.uri}>"},
        },
    }


def _parameters(names: list[str]) -> Document:
    return {
        "collectionId": _parameter(
            "collectionId", "path", "Naam van de laag", {"type": "string", "enum": names}
        ),
        "featureId": _parameter("featureId", "path", "Id van het object", {"type": "string"}),
        "f": _parameter("f", "query", "Vorm van het antwoord", {"type": "string", "enum": ["json", "html"]}),
        "limit": _parameter(
            "limit", "query", f"Objecten per bladzijde; meer dan {MAXIMUM_LIMIT} telt als {MAXIMUM_LIMIT}",
            {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT},
        ),
        "cursor": _parameter(
            "cursor", "query", "Begin van de bladzijde; neem de link next over in plaats van deze te maken",
            {"type": "string"},
        ),
        "bbox": _parameter(
            "bbox", "query", "Laagste en hoogste hoek van een rechthoek, in bbox-crs",
            {
                "type": "array",
                "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
                "items": {"type": "number"},
            },
        ),
        "bbox-crs": _system("bbox-crs", "Coördinatenstelsel van bbox"),
        "crs": _system("crs", "Coördinatenstelsel van het antwoord"),
        "datetime": _parameter(
            "datetime", "query", "Moment of periode; de objecten hebben geen tijd en passen dus altijd",
            {"type": "string"},
        ),
        "filter": _parameter(
            "filter", "query", "Voorwaarde in CQL2, zoals area_ha > 5 AND name LIKE 'Lage%'; zie queryables",
            {"type": "string"},
        ),
        "filter-crs": _system("filter-crs", "Coördinatenstelsel van geometrie in filter"),
        "filter-lang": _parameter(
            "filter-lang", "query", "Taal van filter",
            {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
        ),
    }  # fmt: skip


def _system(name: str, description: str) -> Document:
    uris = [crs.uri for crs in systems.ALL]
    return _parameter(
        name, "query", description, {"type": "string", "format": "uri", "enum": uris, "default": uris[0]}
    )


def _parameter(name: str, place: str, description: str, schema: Document) -> Document:
    described: Document = {
        "name": name,
        "in": place,
        "description": description,
        "required": place == "path",
        "schema": schema,
    }
    if place == "query":
        described |= {"style": "form", "explode": False}
    return described

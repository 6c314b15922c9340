"""The description of the service in OpenAPI 3.0, written by hand: it says exactly what is served.

It stands by itself: no reference leads out of the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.http.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, description
from api.http.openapi_more import file_paths, process_paths, session_paths, tile_paths
from api.http.openapi_parts import (
    ASKING,
    DATA,
    FILES,
    HEADERS,
    REFERENCE,
    SERVICE,
    TILES,
    document,
    parameters,
    plain,
    reply,
)  # fmt: skip
from api.http.openapi_schemas import SCHEMAS
from api.http.problems import API_VERSION, PROBLEM_JSON
from api.http.queries import ITEMS

if TYPE_CHECKING:
    from api.http.answers import House
    from api.http.shown import Shown

Document = dict[str, Any]

# the e-mail address is one that by its nature cannot exist, so that a user puts in their own
CONTACT = {"name": "Beheer van deze dienst", "email": "beheer@voorbeeld.invalid"}


def openapi(shown: Shown, house: House, root: str) -> Document:
    """Describe every path of the service."""
    snapshot = shown.snapshot
    asking = house.jobs is not None
    paths = {**_paths(with_map=snapshot.map_page is not None), **tile_paths(), **file_paths()}
    if asking:
        paths |= process_paths()
    if house.outcomes is not None:
        paths |= session_paths()
    tags = [SERVICE, DATA, TILES, FILES, *([ASKING] if asking or house.outcomes is not None else [])]
    return {
        "openapi": "3.0.3",
        "info": {
            "title": str(snapshot.project["name"]),
            "description": description(snapshot),
            "version": API_VERSION,
            "contact": {**CONTACT, "url": root},
        },
        "servers": [{"url": root}],
        "tags": [{"name": tag} for tag in tags],
        # what is public needs no credential
        "security": [{}, {"bearer": []}, {"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "Sleutel of token"},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Sleutel als wachtwoord, voor QGIS",
                },
            },
            "parameters": _used(paths, parameters(list(snapshot.collections), list(shown.book.entries))),
            "schemas": SCHEMAS,
            "headers": HEADERS,
            "responses": {
                "Problem": {
                    "description": "Wat er niet goed ging",
                    "headers": {"API-Version": {"$ref": f"{REFERENCE}/headers/API-Version"}},
                    "content": {PROBLEM_JSON: {"schema": {"$ref": f"{REFERENCE}/schemas/Problem"}}},
                },
                "NotModified": reply("U hebt dit antwoord al"),
            },
        },
    }


def _used(paths: Document, known: Document) -> Document:
    named = {
        one["$ref"].rpartition("/")[2]
        for path in paths.values()
        for operation in path.values()
        for one in operation["parameters"]
    }
    return {name: one for name, one in known.items() if name in named}


def _paths(*, with_map: bool) -> Document:
    collection, items = "/collections/{collectionId}", "/collections/{collectionId}/items"
    one = ("collectionId",)
    paths = {
        "/": document("landing", "Startpagina", SERVICE, JSON, "LandingPage"),
        "/conformance": document("conformance", "Standaarden", SERVICE, JSON, "Conformance"),
        "/api": document("api", "Deze beschrijving, ook leesbaar", SERVICE, OPENAPI, "Object"),
        "/openapi.json": plain("openapi", "Deze beschrijving", SERVICE, OPENAPI, "Object"),
        "/collections": document("collections", "Kaartlagen en tabellen", DATA, JSON, "Collections"),
        collection: document("collection", "Eén kaartlaag of tabel", DATA, JSON, "Collection", *one),
        f"{collection}/schema": document(
            "schema", "Kolommen met hun type en eenheid", DATA, SCHEMA, "Object", *one
        ),
        f"{collection}/feature-schema": document(
            "feature-schema", "Hoe een object in GeoJSON eruitziet", DATA, SCHEMA, "Object", *one
        ),
        f"{collection}/queryables": document(
            "queryables", "Kolommen waarop filter kan zoeken", DATA, SCHEMA, "Object", *one
        ),
        f"{collection}/metadata": document(
            "metadata", "Herkomst, peildatum en voorwaarden", DATA, GEOJSON, "Feature", *one
        ),
        items: document(
            "items", "Objecten", DATA, GEOJSON, "FeatureCollection", *one,
            *(name for name in ITEMS if name != "f"),
        ),
        f"{items}/{{featureId}}": document(
            "item", "Eén object", DATA, GEOJSON, "Feature", *one, "featureId", "crs"
        ),
    }  # fmt: skip
    if with_map:
        paths["/map"] = plain("map", "Kaart", SERVICE, HTML, "Text")
    return paths

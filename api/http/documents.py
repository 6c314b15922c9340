"""The JSON documents of OGC API Features (OGC 17-069r4), as pure functions of a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.http.queries import ItemsQuery
    from api.http.snapshot import FeatureCollection, Snapshot
    from layers.schema import Column, Kind

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "html", "geojson")
)
JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

Document = dict[str, Any]


def link(href: str, rel: str, media: str, title: str) -> Document:
    """Make one link."""
    return {"href": href, "rel": rel, "type": media, "title": title}


def with_query(url: str, pairs: Iterable[tuple[str, object]]) -> str:
    """Put query parameters behind an address."""
    text = urlencode([(name, str(value)) for name, value in pairs], quote_via=quote, safe=",:/")
    return f"{url}?{text}" if text else url


def both_formats(url: str, media: str = JSON) -> list[Document]:
    """Link a resource to itself as JSON and to its page for people."""
    return [
        link(url, "self", media, "Dit document"),
        link(with_query(url, [("f", "html")]), "alternate", HTML, "Dit document als webpagina"),
    ]


def landing(snapshot: Snapshot, root: str) -> Document:
    """Make the landing page."""
    links = [
        *both_formats(root),
        link(f"{root}/api", "service-desc", OPENAPI, "Beschrijving van de dienst (OpenAPI)"),
        link(f"{root}/api?f=html", "service-doc", HTML, "Beschrijving van de dienst, leesbaar"),
        link(f"{root}/conformance", "conformance", JSON, "Standaarden waaraan de dienst voldoet"),
        link(f"{root}/collections", "data", JSON, "Kaartlagen en tabellen"),
    ]
    if snapshot.map_page is not None:
        links.append(link(f"{root}/map", "related", HTML, "Kaart"))
    return {"title": str(snapshot.project["name"]), "description": description(snapshot), "links": links}


def description(snapshot: Snapshot) -> str:
    """Describe the release in a sentence or two, the warning of a sample included."""
    project = snapshot.project
    text = f"Bedrijventerreinen naar milieucategorie en waterontsluiting. Uitgave {snapshot.name}."
    note = sample_note(snapshot)
    authority = f" {project['authority']}." if project.get("authority") else ""
    return f"{text}{authority}{' ' + note if note else ''}"


def sample_note(snapshot: Snapshot) -> str:
    """Give the warning that a sample carries on its face; empty for real data."""
    project = snapshot.project
    if not project.get("sample"):
        return ""
    return str(project.get("note") or "Schematisch voorbeeld, geen echte grenzen.")


def conformance() -> Document:
    """List the conformance classes."""
    return {"conformsTo": list(CONFORMANCE)}


def collections(snapshot: Snapshot, root: str) -> Document:
    """List the collections."""
    listed = [collection(item, root) for item in snapshot.collections.values()]
    return {"links": both_formats(f"{root}/collections"), "collections": listed}


def collection(item: FeatureCollection, root: str) -> Document:
    """Describe one collection."""
    layer = item.layer
    url = f"{root}/collections/{layer.name}"
    document: Document = {
        "id": layer.name,
        "title": layer.label_nl,
        "description": layer.description_nl or f"{layer.label_nl} ({layer.label_en})",
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            *both_formats(url),
            link(f"{url}/schema", "describedby", SCHEMA, "Kolommen met hun type en eenheid"),
            link(f"{url}/items", "items", GEOJSON, "Objecten"),
            link(f"{url}/items?f=html", "items", HTML, "Objecten als webpagina"),
        ],
    }
    if item.extent is not None:
        document["extent"] = {"spatial": {"bbox": [list(item.extent)], "crs": CRS84}}
    return document


JSON_TYPES: dict[Kind, str] = {
    "number": "number",
    "integer": "integer",
    "year": "integer",
    "boolean": "boolean",
}
"""Kind of column to its JSON type; all others are strings."""


def schema(item: FeatureCollection, root: str) -> Document:
    """Describe a feature as a JSON schema, so that clients need not guess types from the first page.

    Types are those of values that are there; what is missing is null, which clients such as GDAL understand
    better when the schema does not mention it.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{root}/collections/{item.layer.name}/schema",
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


def _property(column: Column) -> Document:
    described: Document = {
        "title": column.label_nl,
        "description": column.label_en,
        "type": JSON_TYPES.get(column.kind, "string"),
    }
    if column.allowed:
        described["enum"] = list(column.allowed)
    if column.unit:
        described["x-ogc-unit"] = column.unit
    return described


def items(item: FeatureCollection, query: ItemsQuery, root: str) -> bytes:
    """Give one page of features with the links to the pages around it."""
    features, matched = item.select(query)
    document = {
        "type": "FeatureCollection",
        "links": items_links(item, query, root, matched),
        "numberMatched": matched,
        "numberReturned": len(features),
        "features": [orjson.Fragment(feature) for feature in features],
    }
    return orjson.dumps(document)


def items_links(item: FeatureCollection, query: ItemsQuery, root: str, matched: int) -> list[Document]:
    """Link a page of features to itself, to its neighbours and to its collection."""
    url = f"{root}/collections/{item.layer.name}"

    def page(offset: int, *, html: bool = False) -> str:
        pairs: list[tuple[str, object]] = [pair for pair in query.given if not html or pair[0] != "f"]
        pairs += [("offset", offset)] if offset else []
        return with_query(f"{url}/items", pairs + ([("f", "html")] if html else []))

    links = [
        link(page(query.offset), "self", GEOJSON, "Deze bladzijde"),
        link(page(query.offset, html=True), "alternate", HTML, "Deze bladzijde als webpagina"),
        link(url, "collection", JSON, item.layer.label_nl),
    ]
    if query.offset + query.limit < matched:
        links.append(link(page(query.offset + query.limit), "next", GEOJSON, "Volgende bladzijde"))
    if query.offset > 0:
        links.append(link(page(max(0, query.offset - query.limit)), "prev", GEOJSON, "Vorige bladzijde"))
    return links


def feature(item: FeatureCollection, feature_id: str, root: str) -> bytes | None:
    """Give one feature with its links, or None when there is none with that id."""
    found = item.feature(feature_id)
    if found is None:
        return None
    url = f"{root}/collections/{item.layer.name}"
    links = [
        *both_formats(f"{url}/items/{quote(feature_id, safe='')}", GEOJSON),
        link(url, "collection", JSON, item.layer.label_nl),
    ]
    # the feature is served as it was prepared, with its links put in before the closing brace
    return found[:-1] + b',"links":' + orjson.dumps(links) + b"}"

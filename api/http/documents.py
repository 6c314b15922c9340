"""The JSON documents of OGC API Features (parts 1, 2, 3 and 5), as pure functions of a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import orjson

from api.http import crs as systems
from api.http.cursors import write_cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from api.http.crs import Crs
    from api.http.queries import ItemsQuery
    from api.http.shown import Shown
    from api.http.snapshot import FeatureCollection, Snapshot

_OGC = "http://www.opengis.net/spec"
CONFORMANCE = (
    *(f"{_OGC}/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{_OGC}/ogcapi-features-2/1.0/conf/crs",
    *(f"{_OGC}/ogcapi-features-3/1.0/conf/{name}" for name in ("queryables", "filter", "features-filter")),
    *(
        f"{_OGC}/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
            "case-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
            "spatial-functions",
        )
    ),
    *(f"{_OGC}/ogcapi-features-5/1.0/conf/{name}" for name in ("schemas", "core-roles-features")),
)  # fmt: skip
JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
PAGE = "text/html; charset=utf-8"
"""As it is sent; links name the bare type."""
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA_REL = "http://www.opengis.net/def/rel/ogc/1.0/schema"
QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

Document = dict[str, Any]


def link(href: str, rel: str, media: str, title: str) -> Document:
    """Make one link."""
    return {"href": href, "rel": rel, "type": media, "title": title}


def with_query(url: str, pairs: Iterable[tuple[str, object]]) -> str:
    """Put query parameters behind an address."""
    text = urlencode([(name, str(value)) for name, value in pairs], quote_via=quote, safe=",:/")
    return f"{url}?{text}" if text else url


def both_formats(url: str, media: str = JSON, pairs: tuple[tuple[str, object], ...] = ()) -> list[Document]:
    """Link a resource to itself as JSON and to its page for people."""
    return [
        link(with_query(url, pairs), "self", media, "Dit document"),
        link(with_query(url, [*pairs, ("f", "html")]), "alternate", HTML, "Dit document als webpagina"),
    ]


def landing(shown: Shown, root: str, more: Iterable[Document] = ()) -> Document:
    """Make the landing page, with links to what else there is."""
    snapshot = shown.snapshot
    links = [
        *both_formats(root),
        link(f"{root}/openapi.json", "service-desc", OPENAPI, "Beschrijving van de dienst (OpenAPI)"),
        link(f"{root}/api?f=html", "service-doc", HTML, "Beschrijving van de dienst, leesbaar"),
        link(f"{root}/conformance", "conformance", JSON, "Standaarden waaraan de dienst voldoet"),
        link(f"{root}/collections", "data", JSON, "Kaartlagen en tabellen"),
        *more,
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


def conformance(more: Iterable[str] = ()) -> Document:
    """List the conformance classes, those of other parts too."""
    return {"conformsTo": [*CONFORMANCE, *more]}


def collections(shown: Shown, root: str, more: Callable[[FeatureCollection], list[Document]]) -> Document:
    """List the collections."""
    snapshot = shown.snapshot
    return {
        "links": both_formats(f"{root}/collections"),
        "crs": [crs.uri for crs in systems.ALL],
        "collections": [collection(item, root, more(item)) for item in snapshot.collections.values()],
    }


def collection(item: FeatureCollection, root: str, more: Iterable[Document] = ()) -> Document:
    """Describe one collection, with links to what else there is of it."""
    layer = item.layer
    url = f"{root}/collections/{layer.name}"
    document: Document = {
        "id": layer.name,
        "title": layer.label_nl,
        "description": layer.description_nl or f"{layer.label_nl} ({layer.label_en})",
        "itemType": "feature",
        "crs": [crs.uri for crs in systems.ALL],
        "links": [
            *both_formats(url),
            link(f"{url}/items", "items", GEOJSON, "Objecten"),
            link(f"{url}/items?f=html", "items", HTML, "Objecten als webpagina"),
            link(f"{url}/feature-schema", "describedby", SCHEMA, "Hoe een object in GeoJSON eruitziet"),
            link(f"{url}/schema", SCHEMA_REL, SCHEMA, "Kolommen met hun type en eenheid"),
            link(f"{url}/queryables", QUERYABLES_REL, SCHEMA, "Kolommen waarop filter kan zoeken"),
            link(f"{url}/metadata", "about", GEOJSON, "Herkomst, peildatum en voorwaarden"),
            *more,
        ],
    }
    if item.placed:
        document["storageCrs"] = systems.STORAGE.uri
    if item.extent is not None:
        document["extent"] = {"spatial": {"bbox": [list(item.extent)], "crs": systems.CRS84.uri}}
    return document


def items(item: FeatureCollection, query: ItemsQuery, root: str) -> bytes:
    """Give one page of features with the links to the pages around it."""
    page = item.source.page(query.query, query.crs)
    head = {
        "type": "FeatureCollection",
        "links": items_links(item, query, root, page.after),
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
    }
    # the features are joined as they were written before; to write them again would cost more than the rest
    return b"".join((orjson.dumps(head)[:-1], b',"features":[', b",".join(page.features), b"]}"))


def items_links(item: FeatureCollection, query: ItemsQuery, root: str, after: str | None) -> list[Document]:
    """Link a page of features to itself, to the first and the next page and to its collection."""
    url = f"{root}/collections/{item.layer.name}"

    def page(cursor: str | None, *, html: bool = False) -> str:
        pairs: list[tuple[str, object]] = [pair for pair in query.given if not html or pair[0] != "f"]
        pairs += [("cursor", cursor)] if cursor is not None else []
        return with_query(f"{url}/items", pairs + ([("f", "html")] if html else []))

    links = [
        link(page(query.cursor), "self", GEOJSON, "Deze bladzijde"),
        link(page(query.cursor, html=True), "alternate", HTML, "Deze bladzijde als webpagina"),
        link(url, "collection", JSON, item.layer.label_nl),
    ]
    if after is not None:
        links.append(link(page(write_cursor(after)), "next", GEOJSON, "Volgende bladzijde"))
    if query.cursor is not None:
        links.append(link(page(None), "first", GEOJSON, "Eerste bladzijde"))
    return links


def feature(item: FeatureCollection, feature_id: str, root: str, crs: Crs = systems.CRS84) -> bytes | None:
    """Give one feature with its links, or None when there is none with that id."""
    found = item.source.feature(feature_id, crs)
    if found is None:
        return None
    url = f"{root}/collections/{item.layer.name}"
    pairs: tuple[tuple[str, object], ...] = () if crs is systems.CRS84 else (("crs", crs.uri),)
    links = [
        *both_formats(f"{url}/items/{quote(feature_id, safe='')}", GEOJSON, pairs),
        link(url, "collection", JSON, item.layer.label_nl),
    ]
    # the feature is served as it was prepared, with its links put in before the closing brace
    return found[:-1] + b',"links":' + orjson.dumps(links) + b"}"

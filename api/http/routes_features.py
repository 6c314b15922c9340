"""Routes of OGC API Features: documents about the service, collections, items and files of items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Request, Response

from api.http import answers, documents, pages, records, schemas, styles, tiles
from api.http.answers import (
    ROOT,
    answer,
    answer_about_service,
    collection_of,
    digest,
    house_of,
    root_of,
    send,
    send_document,
    shown_of,
)
from api.http.documents import link
from api.http.downloads import MEDIA as FILE_MEDIA
from api.http.downloads import PACKED, Crs, Form, TooManyRowsError, facts_of, file_name, make_download
from api.http.openapi import openapi
from api.http.problems import Fault, bad_request, not_found
from api.http.processes import documents as processes
from api.http.queries import check_names, read_download_query, read_feature_query, read_items_query
from api.http.shown import Shown

if TYPE_CHECKING:
    from api.http.snapshot import FeatureCollection

READ: Final = ["GET", "HEAD"]
PROCESSES: Final = "http://www.opengis.net/def/rel/ogc/1.0/processes"
NO_ITEM: Final = "Er is geen object met dit id."
Seen = Annotated[Shown, Depends(shown_of)]

router = APIRouter(prefix=ROOT, redirect_slashes=False)


# the start page is also the path "/" of the OpenAPI document; everywhere else a slash at the end is a 404
@router.api_route("", methods=READ)
@router.api_route("/", methods=READ)
def landing(request: Request, shown: Seen) -> Response:
    """Give the landing page."""
    root, book = root_of(request), shown.book.entries
    more = [*tiles.landing_links(root), *(styles.links(root) if book else []), *_other_links(request, root)]
    return answer_about_service(request, shown, documents.landing(shown, root, more), pages.landing)


@router.api_route("/conformance", methods=READ)
def conformance(request: Request, shown: Seen) -> Response:
    """List what the service conforms to."""
    more = [*tiles.CONFORMANCE, *styles.CONFORMANCE, *records.CONFORMANCE]
    if house_of(request).jobs is not None:
        more += processes.CONFORMANCE
    return answer_about_service(request, shown, documents.conformance(more), pages.conformance)


@router.api_route("/openapi.json", methods=READ)
def openapi_json(request: Request, shown: Seen) -> Response:
    """Describe the service; always JSON, for everybody and from everywhere."""
    check_names(request.query_params, ())
    everywhere, body = {"Access-Control-Allow-Origin": "*"}, orjson.dumps(_openapi(request, shown))
    return send(request, shown, documents.OPENAPI, lambda: body, extra=everywhere, state=digest(body))


@router.api_route("/api", methods=READ)
def api(request: Request, shown: Seen) -> Response:
    """Describe the service."""
    return answer_about_service(request, shown, _openapi(request, shown), pages.api, documents.OPENAPI)


@router.api_route("/collections", methods=READ)
def collections(request: Request, shown: Seen) -> Response:
    """List the collections."""
    root = root_of(request)

    def make() -> documents.Document:
        return documents.collections(shown, root, lambda item: _own_links(item, shown, root))

    return answer(request, shown, make, pages.collections)


@router.api_route("/collections/{name}", methods=READ)
def collection(request: Request, shown: Seen, name: str) -> Response:
    """Describe one collection."""
    item, root = collection_of(shown, name), root_of(request)
    return answer(
        request, shown, lambda: documents.collection(item, root, _own_links(item, shown, root)),
        pages.collection, item,
    )  # fmt: skip


@router.api_route("/collections/{name}/schema", methods=READ)
def schema(request: Request, shown: Seen, name: str) -> Response:
    """List the columns of one collection."""
    item = collection_of(shown, name)
    return answer(
        request, shown, lambda: schemas.schema(item, root_of(request)), pages.collection, item,
        media=documents.SCHEMA,
    )  # fmt: skip


@router.api_route("/collections/{name}/feature-schema", methods=READ)
def feature_schema(request: Request, shown: Seen, name: str) -> Response:
    """Describe the features of one collection as they are written."""
    item = collection_of(shown, name)
    return answer(
        request, shown, lambda: schemas.feature_schema(item, root_of(request)), pages.collection, item,
        media=documents.SCHEMA,
    )  # fmt: skip


@router.api_route("/collections/{name}/queryables", methods=READ)
def queryables(request: Request, shown: Seen, name: str) -> Response:
    """List what a filter on one collection may name."""
    item = collection_of(shown, name)
    return answer(
        request, shown, lambda: schemas.queryables(item, root_of(request)), pages.collection, item,
        media=documents.SCHEMA,
    )  # fmt: skip


@router.api_route("/collections/{name}/metadata", methods=READ)
def metadata(request: Request, shown: Seen, name: str) -> Response:
    """Describe where a collection comes from, how current it is and what it may be used for."""
    item = collection_of(shown, name)
    return answer(
        request, shown, lambda: records.record(shown, item, root_of(request)), pages.metadata, item,
        media=documents.GEOJSON,
    )  # fmt: skip


@router.api_route("/collections/{name}/items", methods=READ)
def items(request: Request, shown: Seen, name: str) -> Response:
    """Give one page of features."""
    item = collection_of(shown, name)
    query = read_items_query(request.query_params, item.types, placed=item.placed)
    return send_document(
        request, shown, lambda: documents.items(item, query, root_of(request)), pages.items, item,
        media=documents.GEOJSON, crs=query.crs,
    )  # fmt: skip


@router.api_route("/collections/{name}/items/{feature_id:path}", methods=READ)
def feature(request: Request, shown: Seen, name: str, feature_id: str) -> Response:
    """Give one feature."""
    item, crs = collection_of(shown, name), read_feature_query(request.query_params)
    body = documents.feature(item, feature_id, root_of(request), crs)
    if body is None:
        raise not_found(NO_ITEM)
    return send_document(request, shown, lambda: body, pages.feature, item, media=documents.GEOJSON, crs=crs)


@router.api_route("/collections/{name}/download", methods=READ)
def download(request: Request, shown: Seen, name: str) -> Response:
    """Give the features that meet a filter as a file."""
    item = collection_of(shown, name)
    query = read_download_query(request.query_params, item.types, placed=item.placed)
    layer, release = item.layer, shown.release
    crs = next(one for one in Crs if one.uri == query.crs.uri)
    facts = facts_of(release.project, release.name, layer, release.classes)

    def make() -> bytes:
        try:
            rows = item.source.table(query.selection)
            return make_download(rows, layer, item.columns, query.form, crs, facts).content
        except TooManyRowsError as error:
            raise bad_request(Fault("f", str(error))) from error

    file = file_name(layer, query.form, crs, facts)
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Content-Crs": f"<{crs.uri}>"}
    offered = answers.NONE if query.form in PACKED or query.form is Form.GEOPACKAGE else answers.BOTH
    return send(request, shown, FILE_MEDIA[query.form], make, extra=headers, offered=offered)


@router.api_route("/map", methods=READ)
def map_page(request: Request, shown: Seen) -> Response:
    """Give the map page of the release as it is; it carries its own content security policy."""
    check_names(request.query_params, ())
    page = shown.snapshot.map_page
    if page is None:
        raise not_found("Deze uitgave heeft geen kaart.")
    framing = {"Content-Security-Policy": pages.FRAMING}
    return send(request, shown, documents.PAGE, lambda: page, extra=framing)


def _own_links(item: FeatureCollection, shown: Shown, root: str) -> list[documents.Document]:
    """Link a collection to its tiles and styles, where it has any."""
    layer = item.layer
    found = []
    if item.extent is not None:
        found += tiles.collection_links(tiles.Place(root, layer.label_nl, layer.name))
    if any(one.layer.name == layer.name for one in shown.book.entries.values()):
        found += styles.links(root, layer.name)
    return found


def _other_links(request: Request, root: str) -> list[documents.Document]:
    house = house_of(request)
    found = [
        link(f"{root}/rasters", "related", documents.JSON, "Rasters"),
        link(f"{root}/releases", "related", documents.JSON, "Uitgaven"),
    ]
    if house.packages is not None:
        found.append(link(f"{root}/packages", "related", documents.JSON, "Keuzepakketten van gemeenten"))
    if house.jobs is not None:
        found.append(link(f"{root}/processes", PROCESSES, documents.JSON, "Berekeningen"))
    return found


def _openapi(request: Request, shown: Shown) -> documents.Document:
    return openapi(shown, house_of(request), root_of(request))

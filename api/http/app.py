"""The service: routes of a few lines over pure functions of one release."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.http import documents, pages, schemas
from api.http.openapi import openapi
from api.http.problems import API_VERSION, add_handlers, not_found
from api.http.queries import check_names, read_feature_query, read_format, read_items_query
from api.http.snapshot import tables_for, take_snapshot
from api.jobs.serving import ServeSettings
from gis.crs import check_grid
from layers.release import open_release
from layers.schema import Level

if TYPE_CHECKING:
    from api.http.crs import Crs
    from api.http.snapshot import FeatureCollection, Snapshot

ROOT = "/v1"
READ = ["GET", "HEAD"]
LOOPBACK = ["127.0.0.1", "localhost"]

router = APIRouter(prefix=ROOT, redirect_slashes=False)


def create() -> FastAPI:
    """Make the service with settings from the environment; uvicorn calls this in a process of its own."""
    return create_app(ServeSettings.from_environment(os.environ))


def create_app(settings: ServeSettings) -> FastAPI:
    """Make the service for one release.

    Parameters
    ----------
    settings
        The release and the level up to which it is served.

    Returns
    -------
    fastapi.FastAPI
        With everything in memory that it will serve.

    Raises
    ------
    ReleaseError
        When the release cannot be read.
    InputError
        When the RDNAPTRANS2018 grid is not in use.
    """
    check_grid()
    release = open_release(settings.release)
    app = FastAPI(
        title="kringruimte", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    tables = tables_for(release, settings.level)
    app.state.snapshot = take_snapshot(release, tables, settings.level, settings.level.value)
    if settings.level is not Level.PUBLIC:
        # else a page from elsewhere could read the details through a name that it points at this machine
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK)
    add_handlers(app)
    app.add_api_route("/", _to_root, methods=READ, include_in_schema=False)
    app.include_router(router)
    return app


def _to_root() -> Response:
    return RedirectResponse(ROOT, headers={"API-Version": API_VERSION})


# the start page is also the path "/" of the OpenAPI document; everywhere else a slash at the end is a 404
@router.api_route("", methods=READ)
@router.api_route("/", methods=READ)
def landing(request: Request) -> Response:
    """Give the landing page."""
    document = documents.landing(_snapshot(request), _root(request))
    return _answer(request, document, pages.landing)


@router.api_route("/conformance", methods=READ)
def conformance(request: Request) -> Response:
    """List what the service conforms to."""
    return _answer(request, documents.conformance(), pages.conformance)


@router.api_route("/openapi.json", methods=READ)
def openapi_json(request: Request) -> Response:
    """Describe the service; always JSON, for everybody and from everywhere."""
    check_names(request.query_params, ())
    body = orjson.dumps(_openapi(request))
    return Response(
        body,
        headers={**_headers(_snapshot(request)), "Access-Control-Allow-Origin": "*"},
        media_type=documents.OPENAPI,
    )


@router.api_route("/api", methods=READ)
def api(request: Request) -> Response:
    """Describe the service."""
    return _answer(request, _openapi(request), pages.api, media=documents.OPENAPI)


@router.api_route("/collections", methods=READ)
def collections(request: Request) -> Response:
    """List the collections."""
    return _answer(request, documents.collections(_snapshot(request), _root(request)), pages.collections)


@router.api_route("/collections/{name}", methods=READ)
def collection(request: Request, name: str) -> Response:
    """Describe one collection."""
    item = _collection(request, name)
    return _answer(request, documents.collection(item, _root(request)), pages.collection, item)


@router.api_route("/collections/{name}/schema", methods=READ)
def schema(request: Request, name: str) -> Response:
    """List the columns of one collection."""
    item = _collection(request, name)
    document = schemas.schema(item, _root(request))
    return _answer(request, document, pages.collection, item, media=documents.SCHEMA)


@router.api_route("/collections/{name}/feature-schema", methods=READ)
def feature_schema(request: Request, name: str) -> Response:
    """Describe the features of one collection as they are written."""
    item = _collection(request, name)
    document = schemas.feature_schema(item, _root(request))
    return _answer(request, document, pages.collection, item, media=documents.SCHEMA)


@router.api_route("/collections/{name}/queryables", methods=READ)
def queryables(request: Request, name: str) -> Response:
    """List what a filter on one collection may name."""
    item = _collection(request, name)
    document = schemas.queryables(item, _root(request))
    return _answer(request, document, pages.collection, item, media=documents.SCHEMA)


@router.api_route("/collections/{name}/items", methods=READ)
def items(request: Request, name: str) -> Response:
    """Give one page of features."""
    item = _collection(request, name)
    query = read_items_query(request.query_params, item.types, placed=item.placed)
    body = documents.items(item, query, _root(request))
    return _send(request, body, pages.items, item, media=documents.GEOJSON, crs=query.crs)


@router.api_route("/collections/{name}/items/{feature_id:path}", methods=READ)
def feature(request: Request, name: str, feature_id: str) -> Response:
    """Give one feature."""
    item, crs = _collection(request, name), read_feature_query(request.query_params)
    body = documents.feature(item, feature_id, _root(request), crs)
    if body is None:
        raise not_found("Er is geen object met dit id.")
    return _send(request, body, pages.feature, item, media=documents.GEOJSON, crs=crs)


@router.api_route("/map", methods=READ)
def map_page(request: Request) -> Response:
    """Give the map page of the release as it is; it carries its own content security policy."""
    check_names(request.query_params, ())
    snapshot = _snapshot(request)
    if snapshot.map_page is None:
        raise not_found("Deze uitgave heeft geen kaart.")
    return Response(snapshot.map_page, headers=_headers(snapshot, pages.FRAMING), media_type=documents.HTML)


def _snapshot(request: Request) -> Snapshot:
    snapshot: Snapshot = request.app.state.snapshot
    return snapshot


def _root(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{ROOT}"


def _openapi(request: Request) -> documents.Document:
    snapshot, root = _snapshot(request), _root(request)
    start = documents.landing(snapshot, root)
    return openapi(snapshot, root, start["title"], start["description"])


def _collection(request: Request, name: str) -> FeatureCollection:
    found = _snapshot(request).collections.get(name)
    if found is None:
        raise not_found("Er is geen laag of tabel met deze naam; zie /v1/collections.")
    return found


def _answer(
    request: Request,
    document: documents.Document,
    page: pages.Page,
    item: FeatureCollection | None = None,
    *,
    media: str = documents.JSON,
) -> Response:
    check_names(request.query_params, ("f",))
    return _send(request, orjson.dumps(document), page, item, media=media)


def _send(
    request: Request,
    body: bytes,
    page: pages.Page,
    item: FeatureCollection | None,
    *,
    media: str,
    crs: Crs | None = None,
) -> Response:
    """Send a JSON document as it is, or as a page made from that same document."""
    snapshot = _snapshot(request)
    about = {"Vary": "Accept"} if crs is None else {"Vary": "Accept", "Content-Crs": f"<{crs.uri}>"}
    if read_format(request.query_params, request.headers.get("accept")) == "json":
        return Response(body, headers={**_headers(snapshot), **about}, media_type=media)
    html = page(snapshot, _root(request), orjson.loads(body), item)
    policy = pages.content_security_policy()
    return Response(html, headers={**_headers(snapshot, policy), **about}, media_type=documents.HTML)


def _headers(
    snapshot: Snapshot, policy: str = "default-src 'none'; frame-ancestors 'none'"
) -> dict[str, str]:
    headers = {
        "API-Version": API_VERSION,
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if snapshot.level is not Level.PUBLIC:
        headers["Cache-Control"] = "private, no-store"
    return headers

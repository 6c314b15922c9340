"""Routes of OGC API Tiles and Styles: tiles, their grids, styles, legends and the sprite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from fastapi import APIRouter, Request, Response

from api.http import documents, styles, tiles
from api.http.answers import GZIPPED, ROOT, answer_json, chosen, collection_of, root_of, send
from api.http.problems import not_found
from api.http.queries import check_names
from api.http.routes_features import READ, Seen
from api.http.tiles import Place

if TYPE_CHECKING:
    from api.http.shown import Shown

SET_FORMS: Final = ("json", "tilejson")

router = APIRouter(prefix=ROOT, redirect_slashes=False)


@router.api_route("/tileMatrixSets", methods=READ)
def tile_matrix_sets(request: Request, shown: Seen) -> Response:
    """List the grids of tiles."""
    return answer_json(request, shown, lambda: tiles.tile_matrix_sets(root_of(request)))


@router.api_route("/tileMatrixSets/{grid}", methods=READ)
def tile_matrix_set(request: Request, shown: Seen, grid: str) -> Response:
    """Describe one grid of tiles."""
    return answer_json(request, shown, lambda: tiles.tile_matrix_set(grid))


@router.api_route("/tiles", methods=READ)
@router.api_route("/collections/{name}/tiles", methods=READ)
def tilesets(request: Request, shown: Seen, name: str | None = None) -> Response:
    """List the sets of tiles of one collection, or of all together."""
    place = _place(request, shown, name)
    return answer_json(request, shown, lambda: tiles.tilesets(shown.tiles, place))


@router.api_route("/tiles/{grid}", methods=READ)
@router.api_route("/collections/{name}/tiles/{grid}", methods=READ)
def tileset(request: Request, shown: Seen, grid: str, name: str | None = None) -> Response:
    """Describe one set of tiles, also as TileJSON."""
    place, form = _place(request, shown, name), chosen(request, SET_FORMS, SET_FORMS[0])
    found = tiles.wanted(shown.tiles, name, grid)
    if form == SET_FORMS[0]:
        media, document = documents.JSON, tiles.tileset(found, place)
    else:
        media, document = tiles.TILEJSON, tiles.tilejson(found, place, shown.book.attribution)
    return send(request, shown, media, lambda: orjson.dumps(document))


@router.api_route("/tiles/{grid}/{zoom}/{row}/{col}", methods=READ)
@router.api_route("/collections/{name}/tiles/{grid}/{zoom}/{row}/{col}", methods=READ)
def tile(
    request: Request, shown: Seen, grid: str, zoom: str, row: str, col: str, name: str | None = None
) -> Response:
    """Give one tile; 204 where nothing lies."""
    _place(request, shown, name)
    chosen(request, ("mvt",), "mvt")
    found = tiles.wanted(shown.tiles, name, grid)
    body = tiles.tile(found, zoom, row, col)
    return send(request, shown, tiles.MVT, lambda: body, offered=GZIPPED, packed=True)


@router.api_route("/styles", methods=READ)
@router.api_route("/collections/{name}/styles", methods=READ)
def style_list(request: Request, shown: Seen, name: str | None = None) -> Response:
    """List the styles of one collection, or of all."""
    if name is not None:
        collection_of(shown, name)
    return answer_json(request, shown, lambda: styles.styles(shown.book, root_of(request), name))


@router.api_route("/styles/{style}", methods=READ)
def style_sheet(request: Request, shown: Seen, style: str) -> Response:
    """Give a style as MapLibre, SLD or QML, or a file of the sprite."""
    if style in styles.SPRITES:
        check_names(request.query_params, ())
        body, media = styles.sprite(shown.book, style)
    else:
        form = chosen(request, styles.SHEETS, "mapbox")
        body, media = styles.stylesheet(shown.book, style, form, root_of(request))
    return send(request, shown, media, lambda: body)


@router.api_route("/styles/{style}/metadata", methods=READ)
def style_metadata(request: Request, shown: Seen, style: str) -> Response:
    """Describe a style."""
    return answer_json(request, shown, lambda: styles.metadata(shown.book, style, root_of(request)))


@router.api_route("/styles/{style}/legend", methods=READ)
def legend(request: Request, shown: Seen, style: str) -> Response:
    """Give the legend of a style."""
    form = chosen(request, styles.LEGENDS, "json")
    body, media = styles.legend_of(shown.book, style, form)
    return send(request, shown, media, lambda: body)


def _place(request: Request, shown: Shown, name: str | None) -> Place:
    if name is None:
        return Place(root_of(request), shown.book.title)
    item = collection_of(shown, name)
    if not item.placed:
        raise not_found("Hier zijn geen tegels van: deze laag heeft geen geometrie.")
    return Place(root_of(request), item.layer.label_nl, name)

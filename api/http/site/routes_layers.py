"""The list of layers and tables, and the page of each."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from api.http.downloads import TITLES, Form
from api.http.problems import not_found
from api.http.site.maps import map_of
from api.http.site.visit import Seen, page
from maps.site.layer import layer_view, read_wish

READ: Final = ["GET", "HEAD"]
PLAIN: Final = frozenset({Form.CSV, Form.XLSX, Form.GEOPARQUET})
"""Formats that hold a table without geometry as people expect it."""
NO_LAYER: Final = "Er is geen laag of tabel met deze naam."
router = APIRouter()


@router.api_route("/lagen", methods=READ, include_in_schema=False)
def layers(visit: Seen) -> Response:
    """List the layers and tables."""
    listed = list(visit.collections.values())
    return page(
        visit, "layers.html", maps=[one for one in listed if one.placed],
        tables=[one for one in listed if not one.placed],
    )  # fmt: skip


@router.api_route("/lagen/{name}", methods=READ, include_in_schema=False)
def layer(visit: Seen, name: str) -> Response:
    """Give the page of a layer."""
    view = layer_view(visit.shelf, visit.values, visit.frame, name, read_wish(visit.request.query_params))
    if view is None:
        raise not_found(NO_LAYER)
    forms = [(form.value, title) for form, title in TITLES.items() if view.placed or form in PLAIN]
    state = None
    if view.placed and view.count:
        names = {name, "municipalities"}
        state = map_of(visit, names, title=view.label, usual=names, embedded=True)
    return page(visit, "layer.html", view=view, forms=forms, map=state)

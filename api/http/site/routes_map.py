"""The page of the map, the names by which places are found on it, and what it tells of a row."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import orjson
from fastapi import APIRouter, Response

from api.http.answers import send
from api.http.documents import JSON
from api.http.problems import not_found
from api.http.site.maps import map_of
from api.http.site.visit import Seen, page
from maps.site.map_facts import places, row_facts
from maps.site.map_tables import twins

READ: Final = ["GET", "HEAD"]
PATH: Final = "/kaart"
NO_ROW: Final = "Er is geen object met dit id."
router = APIRouter()


@router.api_route(PATH, methods=READ, include_in_schema=False)
def the_map(visit: Seen) -> Response:
    """Give the page with all layers that the reader may see."""
    title = visit.text("Kaart van de regio", "Map of the region")
    state = map_of(visit, title=title, tables="tabellen", heading=1)
    tables = twins(state, visit.shelf, visit.values, visit.frame, PATH)
    return page(visit, "map_page.html", state=state, twins=tables)


@router.api_route(f"{PATH}/namen", methods=READ, include_in_schema=False)
def names(visit: Seen) -> Response:
    """List parks and municipalities with their places."""
    return send(visit.request, visit.shown, JSON, lambda: orjson.dumps(places(visit.shelf)))


@router.api_route(f"{PATH}/lagen/{{name}}/{{identifier:path}}", methods=READ, include_in_schema=False)
def facts(visit: Seen, name: str, identifier: str) -> Response:
    """Tell of one row of a layer; 404, the same for one that is not for this reader."""
    found = row_facts(visit.shelf, visit.values, visit.frame, name, identifier)
    if found is None:
        raise not_found(NO_ROW)
    return send(visit.request, visit.shown, JSON, lambda: orjson.dumps(asdict(found)))

"""The page of a municipality."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from api.http.problems import not_found
from api.http.site.maps import bounds_of, map_about
from api.http.site.routes_package import may_compose
from api.http.site.visit import Seen, page
from maps.site.feedback import corrections_of
from maps.site.municipality import municipality_view

READ: Final = ["GET", "HEAD"]
NO_MUNICIPALITY: Final = "Er is geen gemeente met deze code in deze uitgave."
router = APIRouter()


@router.api_route("/gemeenten/{code}", methods=READ, include_in_schema=False)
def municipality(visit: Seen, code: str) -> Response:
    """Give the page of a municipality."""
    view = municipality_view(visit.shelf, visit.values, visit.frame, code)
    if view is None:
        raise not_found(NO_MUNICIPALITY)
    own = visit.frame.reader is not None and code in visit.frame.reader.municipalities
    corrections = corrections_of(visit.shelf, visit.frame, municipality_code=code)
    href = visit.frame.url("/terugmeldingen") if own and visit.frame.reports else ""
    bounds = bounds_of(visit, "municipalities", "municipality_code", [code])
    state = map_about(visit, bounds, view.name, heading=3)
    return page(
        visit, "municipality.html", view=view, map=state, own=own, corrections=corrections, report_href=href,
        composes=may_compose(visit, code),
    )  # fmt: skip

"""The start page, the list of municipalities, and what is not known."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from api.http.problems import not_found
from api.http.site.visit import Seen, page, redirect
from maps.site.start import start_view, unknowns_view

READ: Final = ["GET", "HEAD"]
router = APIRouter()


@router.api_route("/", methods=READ, include_in_schema=False)
def start(visit: Seen) -> Response:
    """Give the start page."""
    return page(visit, "start.html", view=start_view(visit.shelf, visit.frame))


@router.api_route("/gemeenten", methods=READ, include_in_schema=False)
def find_municipality(visit: Seen) -> Response:
    """Go to the page of a municipality by its name, for the form of the start page."""
    view = start_view(visit.shelf, visit.frame)
    wanted = visit.request.query_params.get("naam", "").strip().casefold()
    fits = [one for one in view.municipalities if wanted in (one.name.casefold(), one.code.casefold())]
    fits = fits or [one for one in view.municipalities if wanted and one.name.casefold().startswith(wanted)]
    if len(fits) == 1:
        return redirect(visit, f"/gemeenten/{fits[0].code}")
    return page(visit, "municipalities.html", view=view, wanted=visit.request.query_params.get("naam", ""))


@router.api_route("/onbekend", methods=READ, include_in_schema=False)
def unknown(visit: Seen) -> Response:
    """Tell what is not known."""
    view = unknowns_view(visit.shelf, visit.values, visit.frame)
    if view is None:
        raise not_found("Deze pagina bestaat niet.")
    return page(visit, "unknown.html", view=view)

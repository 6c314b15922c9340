"""The page of a park: what it can carry, what it reaches, and why."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from api.http.problems import not_found
from api.http.site.feedback_views import report_link
from api.http.site.maps import bounds_of, map_about
from api.http.site.visit import Seen, page
from maps.site.feedback import corrections_of
from maps.site.park import park_view

READ: Final = ["GET", "HEAD"]
NO_PARK: Final = "Er is geen bedrijventerrein met dit nummer in deze uitgave."
router = APIRouter()


@router.api_route("/terreinen/{park_id}", methods=READ, include_in_schema=False)
def park(visit: Seen, park_id: str) -> Response:
    """Give the page of a park."""
    view = park_view(visit.shelf, visit.values, visit.frame, park_id)
    if view is None:
        raise not_found(NO_PARK)
    state = map_about(
        visit, bounds_of(visit, "park_evidence", "park_id", [park_id]), view.name
    )  # fmt: skip
    return page(
        visit, "park.html", view=view, map=state, report_href=report_link(visit, park_id),
        corrections=corrections_of(visit.shelf, visit.frame, park_id=park_id),
    )  # fmt: skip

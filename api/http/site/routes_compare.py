"""Compare two releases of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Response

from api.http.problems import not_found
from api.http.site.visit import Seen, Visit, page, shelf_of
from maps.site.comparison import Named, comparison_view
from maps.site.words import procedure

if TYPE_CHECKING:
    from api.http.shown import Showing, Shown

READ: Final = ["GET", "HEAD"]
NAME: Final = re.compile(r"[0-9a-f]{16}")
NO_RELEASE: Final = "Deze uitgave bestaat niet."
router = APIRouter()


@router.api_route("/vergelijken", methods=READ, include_in_schema=False)
async def compare(visit: Seen) -> Response:
    """Compare an earlier release with this one."""
    wanted = visit.request.query_params.get("met", "")
    others = others_of(visit)
    view = None
    if wanted:
        if not any(one.name == wanted for one in others):
            raise not_found(NO_RELEASE)
        earlier = await _shown(visit, wanted)
        old, new = shelf_of(earlier), visit.shelf
        view = await to_thread.run_sync(comparison_view, old, new, visit.values, visit.frame)
    return page(visit, "compare.html", others=others, wanted=wanted, view=view)


def others_of(visit: Visit) -> list[Named]:
    """Give the other releases of the project that exist for the reader, the newest first."""
    project: Any = getattr(visit.request.state, "project", None)
    if project is None:
        return []
    seen: dict[str, Named] = {}
    for entry in sorted(project.shown(undecided=True), key=lambda one: one.since, reverse=True):
        allowed = not entry.undecided or visit.caller.scope_of(entry.name).undecided
        if allowed and entry.name != visit.shown.release.name:
            status = procedure(entry.status, visit.frame.language)
            seen.setdefault(entry.name, Named(entry.name, entry.since.date().isoformat(), status))
    return list(seen.values())


async def _shown(visit: Visit, name: str) -> Shown:
    """Give what the reader sees of another release; 404 when it does not exist for this reader."""
    find = getattr(visit.request.state, "find", None)
    found = None if find is None or not NAME.fullmatch(name) else await find(name)
    showing: Showing | None = None if found is None else getattr(found.state, "showing", None)
    scope = visit.caller.scope_of(name)
    shown = None if showing is None else await to_thread.run_sync(showing.of, scope)
    if shown is None:
        raise not_found(NO_RELEASE)
    return shown

"""Which routes the pages of a release have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.http.site import (
    routes_compare,
    routes_feedback,
    routes_layers,
    routes_map,
    routes_municipality,
    routes_package,
    routes_park,
    routes_plan_test,
    routes_sessions,
    routes_start,
)

if TYPE_CHECKING:
    from fastapi import APIRouter

PAGES: Final[tuple[APIRouter, ...]] = (
    routes_start.router,
    routes_municipality.router,
    routes_park.router,
    routes_layers.router,
    routes_compare.router,
    routes_feedback.router,
    routes_map.router,
    routes_package.router,
    routes_plan_test.router,
    routes_sessions.router,
)
"""Routes of the pages of a release; `api.http.site.outside` has those that belong to none."""

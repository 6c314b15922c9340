"""Which routes the pages of a release have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.http.site import routes_layers, routes_municipality, routes_package, routes_park, routes_start

if TYPE_CHECKING:
    from fastapi import APIRouter

PAGES: Final[tuple[APIRouter, ...]] = (
    routes_start.router, routes_municipality.router, routes_package.router, routes_park.router,
    routes_layers.router,
)  # fmt: skip
"""Routes of the pages of a release; `api.http.site.outside` has those that belong to none."""

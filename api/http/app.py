"""The application of one release: its routes, over what each kind of reader may see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import FastAPI

from api.http import routes_features, routes_files, routes_processes, routes_tiles
from api.http.access.caller import scope_of_role
from api.http.cutting import is_undecided
from api.http.problems import add_handlers
from api.http.site.language import InLanguage
from api.http.site.routers import PAGES
from api.jobs.roles import Role
from gis.crs import check_grid

if TYPE_CHECKING:
    from fastapi import APIRouter

    from api.http.answers import House
    from api.http.scope import Scope
    from api.http.shown import Showing

ROUTERS: Final[tuple[APIRouter, ...]] = (
    routes_features.router, routes_tiles.router, routes_files.router, routes_processes.router,
)  # fmt: skip


def create_app(showing: Showing, house: House) -> FastAPI:
    """Make the application of one release.

    Parameters
    ----------
    showing
        What each kind of reader sees of the release.
    house
        What the application has beside it.

    Returns
    -------
    fastapi.FastAPI
        With what everybody sees in memory. Callers are those that `api.http.guard` found; without it every
        request is one of everybody.

    Raises
    ------
    InputError
        When the RDNAPTRANS2018 grid is not in use.
    """
    check_grid()
    app = FastAPI(
        title="kringruimte", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.showing, app.state.house = showing, house
    for scope in (house.everybody.scope_of(showing.release.name), *warm(showing)):
        showing.of(scope)
    add_handlers(app)
    for router in (*ROUTERS, *PAGES):
        app.include_router(router)
    app.add_middleware(InLanguage)
    return app


def warm(showing: Showing) -> tuple[Scope, ...]:
    """Give who else sees a release at once: the province, of one in which nothing was decided."""
    return (scope_of_role(Role.PROVINCE, frozenset()),) if is_undecided(showing.release) else ()

"""The application of one release: its routes, over what each kind of reader may see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from api.http import routes_features, routes_files, routes_processes, routes_tiles
from api.http.access.caller import scope_of_role
from api.http.answers import ROOT, House
from api.http.cutting import is_undecided
from api.http.problems import API_VERSION, add_handlers
from api.jobs.roles import Role
from gis.crs import check_grid

if TYPE_CHECKING:
    from fastapi import APIRouter

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
    app.add_api_route("/", _to_root, methods=["GET", "HEAD"], include_in_schema=False)
    for router in ROUTERS:
        app.include_router(router)
    return app


def warm(showing: Showing) -> tuple[Scope, ...]:
    """Give who else sees a release at once: the province, of one in which nothing was decided."""
    return (scope_of_role(Role.PROVINCE, frozenset()),) if is_undecided(showing.release) else ()


def _to_root(request: Request) -> Response:
    place = f"{request.scope.get('root_path', '')}{ROOT}"
    return RedirectResponse(place, headers={"API-Version": API_VERSION})

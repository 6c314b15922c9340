"""The service as it runs: an application per release, the current one for new requests, surrounded by limits.

Each release has an application of its own that was made from it and nothing else, so an answer can never mix
two. A request is given its application once, at the start.
"""

from __future__ import annotations

import logging
import logging.config
import os
import re
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from starlette.datastructures import Headers

from api.http.app import create_app
from api.http.current import Fixed, Follower, Held, Published
from api.http.health import ALIVE, READY, Readiness, alive, ready
from api.http.logs import FIELDS, log_settings
from api.http.metrics import METRICS, Metrics, metrics_answer
from api.http.middleware import surround
from api.http.problems import problem_response
from api.http.settings import read_settings
from api.jobs.publication import Entry, PublishedProject
from api.jobs.serving import ServeSettings
from gis.errors import KringError
from layers.export_settings import slug
from layers.release import MANIFEST, open_release

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.http.settings import Settings
    from layers.release import Release

NAMED: Final = re.compile(r"(/releases/([0-9a-f]{16}))(?:/.*)?")
"""Address of a release that never changes; behind it everything stands as it does at the root."""

LOG: Final = logging.getLogger("kring.publication")


def create() -> ASGIApp:
    """Make the service with settings from the environment; uvicorn calls this in each worker.

    Raises
    ------
    KringError
        With every setting that is wrong, or when the release cannot be served.
    """
    settings = read_settings(os.environ)
    logging.config.dictConfig(log_settings(settings.log_level))
    return make_service(settings)


def make_service(
    settings: Settings,
    *,
    app_of: Callable[[Entry, Release], ASGIApp] | None = None,
    guard: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    undecided: Callable[[Scope], bool] = lambda _: False,
    probes: Mapping[str, Callable[[], object]] | None = None,
) -> ASGIApp:
    """Put the service together.

    Parameters
    ----------
    settings
        Checked settings.
    app_of
        Makes the application of one release; by default all of it that is public.
    guard
        Wraps what answers in something that finds out who asks, inside all limits.
    undecided
        Tells from the scope of a request whether releases in which nothing was decided exist for the caller.
    probes
        More that must work before the service is ready.
    """
    metrics = Metrics()

    def report(what: str, problem: str | None) -> None:
        metrics.published(what, problem)
        if problem is None:
            LOG.info("a release was published")
        else:
            LOG.error("what is published cannot be opened", extra={FIELDS: {"problem": problem}})

    def usual(_: Entry, release: Release) -> ASGIApp:
        return create_app(ServeSettings(release.path, settings.level))

    published = _published(settings, app_of or usual, report)
    service = Service(published, metrics, settings, undecided, probes or {})
    return surround(guard(service), settings, metrics)


class Service:
    """Gives each request to the application of its release, and answers for health and figures itself.

    The application finds in ``scope["state"]``: ``entry``, the publication that it answers for, and
    ``named``, whether the address names the release so that the answer never changes.
    """

    def __init__(
        self,
        published: Published[ASGIApp],
        metrics: Metrics,
        settings: Settings,
        undecided: Callable[[Scope], bool],
        probes: Mapping[str, Callable[[], object]],
    ) -> None:
        self._published = published
        self._metrics = metrics
        self._token = settings.metrics_token
        self._undecided = undecided
        self._readiness = Readiness({"release": self._has_release, **probes})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or the start and end of the service."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            app = await self._app(scope)
            await app(scope, receive, send)

    async def _app(self, scope: Scope) -> ASGIApp:
        path = scope["path"]
        if path == ALIVE:
            return alive()
        if path == READY:
            return await to_thread.run_sync(ready, self._readiness)
        if path == METRICS:
            return metrics_answer(self._metrics, self._token, Headers(scope=scope).get("authorization"))
        held, undecided = self._published.held, self._undecided(scope)
        named = NAMED.fullmatch(path)
        if named is None:
            return _enter(scope, held.current(undecided=undecided), named=False)
        find = partial(self._published.named, held, named[2], undecided=undecided)
        try:
            # an earlier release may have to be opened first
            found = await to_thread.run_sync(find)
        except KringError as error:
            LOG.error("an earlier release cannot be opened", extra={FIELDS: {"problem": str(error)}})  # noqa: TRY400
            detail = "Deze uitgave kan nu niet worden getoond. Probeer het later opnieuw."
            return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "60"})
        app = _enter(scope, found, named=True)
        if found is not None:
            scope["root_path"] = scope.get("root_path", "") + named[1]
        return app

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await to_thread.run_sync(self._published.start)
        except KringError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await to_thread.run_sync(self._published.stop)
        await send({"type": "lifespan.shutdown.complete"})

    def _has_release(self) -> None:
        if self._published.held.current(undecided=True) is None:
            raise LookupError("no release is published")


def _enter(scope: Scope, found: tuple[Entry, ASGIApp] | None, *, named: bool) -> ASGIApp:
    if found is None:
        detail = "Hier is geen uitgave gepubliceerd." if not named else "Deze uitgave bestaat niet."
        return problem_response(HTTPStatus.NOT_FOUND, detail)
    entry, app = found
    state: dict[str, Any] = scope.setdefault("state", {})
    state |= {"entry": entry, "named": named}
    return app


def _published(
    settings: Settings, app_of: Callable[[Entry, Release], ASGIApp], report: Callable[[str, str | None], None]
) -> Published[ASGIApp]:
    if settings.publication is not None:
        return Follower(
            settings.publication, settings.project, app_of,
            report=report, interval=settings.follow_s, kept=settings.kept,
        )  # fmt: skip
    if settings.release is None:
        raise ValueError("the settings name nothing to serve")
    release = open_release(settings.release)
    entry = entry_of(release)
    title = str(release.project["name"])
    project = PublishedProject.model_construct(key=slug(title), title=title, entries=(entry,))
    return Fixed(Held(project, (entry, app_of(entry, release))))


def entry_of(release: Release) -> Entry:
    """Make the entry of a release that is served without being published, since its folder was written."""
    written = (release.path / MANIFEST).stat().st_mtime
    return Entry.model_construct(
        name=release.name,
        folder=str(release.path),
        status=str(release.project.get("procedure_status", "exploration")),
        since=datetime.fromtimestamp(written, UTC),
        until=None,
        secrecy=None,
        withdrawn=False,
    )

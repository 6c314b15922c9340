"""The service as it runs: an application per release, the current one for new requests, surrounded by limits.

Each release has an application of its own that was made from it and nothing else, so an answer can never mix
two. A request is given its application once, at the start.
"""

from __future__ import annotations

import logging
import logging.config
import os
import re
import secrets
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.http.access.caller import EVERYBODY, AccessSettings, Caller
from api.http.access.key_set import check_source
from api.http.access.rate import Limiter, Rate
from api.http.access.signing_in import SECRET_BYTES, SignIn
from api.http.access.tokens import TokenReader
from api.http.answers import House
from api.http.app import create_app
from api.http.current import Fixed, Follower, Held, Published
from api.http.guard import Guard, utc_now
from api.http.health import ALIVE, READY, Readiness, alive, ready
from api.http.logs import FIELDS, log_settings
from api.http.metrics import METRICS, Metrics, metrics_answer
from api.http.middleware import surround
from api.http.problems import problem_response
from api.http.processes.jobs import JobLimits, JobRunner
from api.http.replies import Replies
from api.http.scope import Scope as Sight
from api.http.settings import read_settings
from api.http.shown import Showing
from api.http.site.outside import OUTSIDE, create_outside
from api.http.site.plan_desk import PlanDesk
from api.http.site.session_worker import Calculator
from api.http.stored import database_of
from api.http.turns import Turns
from api.jobs.feedback import ReportBook
from api.jobs.keys import KeyRing
from api.jobs.publication import TILES, Entry, PublishedProject
from api.jobs.roles import Role
from api.jobs.sessions import SessionBook
from gis.errors import KringError
from layers.export_settings import slug
from layers.release import MANIFEST, open_release
from layers.schema import Level
from layers.tiles.decode import layer_names
from layers.tiles.grids import WEB_MERCATOR
from maps.site.map_state import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from fastapi import FastAPI
    from pydantic import SecretStr
    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.http.settings import Settings
    from layers.release import Release

LOOPBACK: Final = ["127.0.0.1", "localhost"]
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
    now: Callable[[], datetime] = utc_now,
) -> ASGIApp:
    """Put the service together.

    Parameters
    ----------
    settings
        Checked settings.
    app_of
        Makes the application of one release; the real one by default.
    now
        The clock.

    Raises
    ------
    KringError
        When keys, sessions or the login cannot be used, or there is nothing to serve.
    """
    metrics = Metrics()
    access = access_of(settings)
    runner = JobRunner(JobLimits(), now) if settings.jobs is not None and settings.workers == 1 else None
    # a step that waits for its turn and then works must be answered in time
    wait_s = settings.first_byte_s
    calculator = None if settings.minutes is None else Calculator(seconds=0.7 * wait_s, patience=0.2 * wait_s)
    house = House(
        everybody=access.everybody,
        public_url=settings.public_url,
        jobs=runner,
        out=settings.jobs,
        packages=settings.packages,
        sessions=access.sessions,
        outcomes=settings.outcomes,
        feedback=_feedback(settings),
        minutes=settings.minutes,
        calculator=calculator,
        keys=access.keys,
        sign_in=access.sign_in,
        audit=settings.audit,
        plans=PlanDesk(wait_s=0.15 * wait_s, deadline_s=0.75 * wait_s),
        turns=Turns(seconds=0.3 * wait_s),
        ground=_ground(settings),
    )
    tiles = None if settings.publication is None else settings.publication / TILES
    database = database_of(settings)

    def report(what: str, problem: str | None) -> None:
        metrics.published(what, problem)
        if problem is None:
            LOG.info("a release was published")
        else:
            LOG.error("what is published cannot be opened", extra={FIELDS: {"problem": problem}})

    def usual(_: Entry, release: Release) -> ASGIApp:
        made = None if tiles is None else tiles / release.name
        sources = None if database is None else database.sources_of(release)
        showing = Showing(release, made if made is not None and made.is_dir() else None, make_source=sources)
        return create_app(showing, house)

    published = _published(settings, app_of or usual, report)
    opening = () if calculator is None else (calculator.warm,)
    closing = tuple(one.close for one in (runner, calculator, database) if one is not None)
    service = Service(
        published,
        metrics,
        settings.metrics_token,
        opening=opening,
        closing=closing,
        outside=create_outside(house),
        probes={} if database is None else {"database": database.check},
    )
    limiter = Limiter(Rate(settings.burst, settings.per_second))
    tls = settings.public_url is not None and settings.public_url.startswith("https:")
    guarded: ASGIApp = Guard(service, access, limiter, settings.audit, now, behind_tls=tls)
    if settings.level is not Level.PUBLIC:
        # else a page from elsewhere could read the details through a name that it points at this machine
        guarded = TrustedHostMiddleware(guarded, LOOPBACK)
    return surround(guarded, settings, metrics)


def app_of_release(path: Path, level: Level = Level.PUBLIC) -> FastAPI:
    """Make the application of one release that shows everybody all of a level, without what surrounds it.

    Raises
    ------
    ReleaseError
        When the release cannot be read.
    """
    return create_app(Showing(open_release(path)), House(everybody=_everybody(level)))


def _everybody(level: Level) -> Caller:
    """Give who asks for one release on its own: who starts that may read its folder too."""
    return Caller("", Role(level.value), Sight(level, None, undecided=True))


def _ground(settings: Settings) -> Ground | None:
    if settings.ground is None or settings.ground_attribution is None:
        return None
    return Ground(settings.ground, settings.ground_attribution)


def access_of(settings: Settings) -> AccessSettings:
    """Read by what callers are known; InputError when a file or the login cannot be used."""
    keys = None if settings.keys is None else KeyRing(settings.keys)
    sessions = None if settings.sessions is None else SessionBook(settings.sessions)
    tokens = None
    if settings.login is not None:
        check_source(settings.login.keys)
        tokens = TokenReader(settings.login.token_settings())
    for file in (keys, sessions):
        if file is not None:
            file.check()
    everybody = EVERYBODY if settings.release is None else _everybody(settings.level)
    return AccessSettings(keys, tokens, sessions, everybody, _sign_in(settings))


def _feedback(settings: Settings) -> ReportBook | None:
    """Give the reports of municipalities; InputError for a file that cannot be used."""
    if settings.feedback is None:
        return None
    book = ReportBook(settings.feedback)
    book.check()
    return book


def _sign_in(settings: Settings) -> SignIn | None:
    """Give what seals sign-ins; None without keys, and for workers that would not know each other's."""
    if settings.keys is None:
        return None
    if settings.sign_in_secret is not None:
        return SignIn(settings.sign_in_secret.get_secret_value().encode())
    return SignIn(secrets.token_bytes(SECRET_BYTES)) if settings.workers == 1 else None


class Service:
    """Gives each request to the application of its release, and answers for health and figures itself.

    The application finds in ``scope["state"]``: ``entry``, the publication that it answers for, and
    ``named``, whether the address names the release so that the answer never changes, and ``project``, all
    publications. It reads ``caller`` there, see `api.http.guard`.
    """

    def __init__(
        self,
        published: Published[ASGIApp],
        metrics: Metrics,
        token: SecretStr | None,
        *,
        opening: Sequence[Callable[[], None]] = (),
        closing: Sequence[Callable[[], None]] = (),
        outside: ASGIApp | None = None,
        probes: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        self._published = published
        self._outside = outside
        self._metrics = metrics
        self._token = token
        self._opening, self._closing = opening, closing
        self._replies = Replies()
        own = {"release": self._has_release, "tile": self._has_tile}
        self._readiness = Readiness({**own, **(probes or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or the start and end of the service."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            app = await self._app(scope)
            await app(scope, receive, send)

    async def _app(self, scope: Scope) -> ASGIApp:  # noqa: PLR0911 - one line per kind of address
        path = scope["path"]
        if path == ALIVE:
            return alive()
        if path == READY:
            return await to_thread.run_sync(ready, self._readiness)
        if path == METRICS:
            return metrics_answer(self._metrics, self._token, Headers(scope=scope).get("authorization"))
        if self._outside is not None and OUTSIDE.fullmatch(path):
            return self._outside
        held, caller = self._published.held, scope.get("state", {}).get("caller", EVERYBODY)
        scope.setdefault("state", {})["project"] = held.project
        # for pages that look at two releases; what the caller may see of the other is asked of it itself
        scope["state"]["find"] = partial(self._other, held, caller)
        named = NAMED.fullmatch(path)
        if named is None:
            secret = held.undecided
            # a session is about one release: others in which nothing was decided do not exist for its members
            seen = secret is not None and caller.scope_of(secret[0].name).undecided
            return self._enter(scope, held.current(undecided=seen), named=False)
        undecided = caller.scope_of(named[2]).undecided
        find = partial(self._published.named, held, named[2], undecided=undecided)
        try:
            # an earlier release may have to be opened first
            found = await to_thread.run_sync(find)
        except KringError as error:
            LOG.error("an earlier release cannot be opened", extra={FIELDS: {"problem": str(error)}})  # noqa: TRY400
            detail = "Deze uitgave kan nu niet worden getoond. Probeer het later opnieuw."
            return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "60"})
        app = self._enter(scope, found, named=True)
        if found is not None:
            scope["root_path"] = scope.get("root_path", "") + named[1]
        return app

    async def _other(self, held: Held[ASGIApp], caller: Caller, name: str) -> ASGIApp | None:
        """Give the application of another release of the project; None when there is none for this caller."""
        find = partial(self._published.named, held, name, undecided=caller.scope_of(name).undecided)
        try:
            found = await to_thread.run_sync(find)
        except KringError as error:
            LOG.error("an earlier release cannot be opened", extra={FIELDS: {"problem": str(error)}})  # noqa: TRY400
            return None
        return None if found is None else found[1]

    def _enter(self, scope: Scope, found: tuple[Entry, ASGIApp] | None, *, named: bool) -> ASGIApp:
        if found is None:
            detail = "Hier is geen uitgave gepubliceerd." if not named else "Deze uitgave bestaat niet."
            return problem_response(HTTPStatus.NOT_FOUND, detail)
        entry, app = found
        state: dict[str, Any] = scope.setdefault("state", {})
        state |= {"entry": entry, "named": named}
        return self._replies.around(app, f"{entry.name} {entry.since.isoformat()}")

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await to_thread.run_sync(self._published.start)
        except KringError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        for begin in self._opening:
            await to_thread.run_sync(begin)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await to_thread.run_sync(self._published.stop)
        for close in self._closing:
            await to_thread.run_sync(close)
        await send({"type": "lifespan.shutdown.complete"})

    def _has_release(self) -> None:
        if self._published.held.current(undecided=True) is None:
            raise LookupError("no release is published")

    def _has_tile(self) -> None:
        """Decode a tile of what everybody sees; nothing to do where there are none."""
        current = self._published.held.current(undecided=False)
        showing = None if current is None else getattr(getattr(current[1], "state", None), "showing", None)
        shown = None if showing is None else showing.held(EVERYBODY.scope)
        tiles = None if shown is None else shown.tiles.get(None, WEB_MERCATOR.id)
        if tiles is not None:
            place = tiles.limits[0]
            layer_names(tiles.read(place.zoom, place.min_row, place.min_col))


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

"""What every route needs: who asks, what that reader sees, and the answer with all its headers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson
from anyio import to_thread
from fastapi import Request  # noqa: TC002 - FastAPI reads the annotation of a dependency

from api.http import documents, pages
from api.http.caching import Coding, Policy, Subject, cached_answer, canonical_query
from api.http.problems import API_VERSION, not_found
from api.http.queries import check_names, read_format
from api.http.site.plan_desk import PlanDesk
from api.http.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from fastapi import Response

    from api.http.access.caller import Caller
    from api.http.access.signing_in import SignIn
    from api.http.crs import Crs
    from api.http.processes.jobs import JobRunner
    from api.http.shown import Showing, Shown
    from api.http.site.session_worker import Calculator
    from api.http.snapshot import FeatureCollection
    from api.jobs.feedback import ReportBook
    from api.jobs.keys import KeyRing
    from api.jobs.sessions import SessionBook
    from maps.site.map_state import Ground

ROOT: Final = "/v1"
NEGOTIATED: Final = ("Accept", "Accept-Encoding")
BOTH: Final = (Coding.BR, Coding.GZIP)
NONE: Final[tuple[Coding, ...]] = ()
"""No content coding: the body is compressed in itself."""
GZIPPED: Final = (Coding.GZIP,)
"""For what is kept as gzip."""
POLICY: Final = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True, eq=False)
class House:
    """What an application has beside its release.

    Attributes
    ----------
    everybody
        Who asks without a credential.
    public_url
        Address of the service as its users know it, without slash at its end; None for that of the request.
    jobs
        Does calculations; None where the service does none.
    out
        Folder for the releases that calculations make.
    packages
        Folder with the packages of releases, by name of the release.
    sessions, outcomes
        What is recorded of sessions, and where.
    feedback
        What municipalities reported about facts; None where the service takes no reports.
    minutes, calculator
        Folder where sessions keep what they tried, and what computes that; None where they cannot.
    keys, sign_in
        By which readers sign in on the pages, and what seals that; None where they cannot.
    audit
        File of the log of who saw what.
    plans
        Where plans are tested.
    turns
        Gives turns to what is dear to make for one reader, such as a package.
    ground
        Background of the maps on the pages; None for none.
    """

    everybody: Caller
    public_url: str | None = None
    jobs: JobRunner | None = None
    out: Path | None = None
    packages: Path | None = None
    sessions: SessionBook | None = None
    outcomes: Path | None = None
    feedback: ReportBook | None = None
    minutes: Path | None = None
    calculator: Calculator | None = None
    keys: KeyRing | None = None
    sign_in: SignIn | None = None
    audit: Path | None = None
    plans: PlanDesk = field(default_factory=PlanDesk)
    turns: Turns = field(default_factory=Turns)
    ground: Ground | None = None


def house_of(request: Request) -> House:
    """Give what the application has beside its release."""
    found: House = request.app.state.house
    return found


def caller_of(request: Request) -> Caller:
    """Give who asks."""
    found: Caller | None = getattr(request.state, "caller", None)
    return house_of(request).everybody if found is None else found


async def shown_of(request: Request) -> Shown:
    """Give what the caller sees of the release; a dependency of every route.

    Raises
    ------
    RequestError
        404, the same for a release that was never there, when it does not exist for this caller.
    """
    showing: Showing = request.app.state.showing
    scope = caller_of(request).scope_of(showing.release.name)
    found = showing.held(scope) or await to_thread.run_sync(showing.of, scope)
    if found is None:
        raise not_found("Deze uitgave bestaat niet.")
    # for the log of who saw what
    request.state.seen = (showing.release.name, scope.tag)
    return found


def root_of(request: Request) -> str:
    """Give the address of the service, with its version, without slash at its end."""
    public = house_of(request).public_url
    if public is None:
        return f"{str(request.base_url).rstrip('/')}{ROOT}"
    # behind the address of the service stands the release, when the request names one
    return f"{public}{request.scope.get('root_path', '')}{ROOT}"


def collection_of(shown: Shown, name: str) -> FeatureCollection:
    """Give a collection; 404 when it is not there, or not for this reader."""
    found = shown.snapshot.collections.get(name)
    if found is None:
        raise not_found("Er is geen laag of tabel met deze naam; zie /v1/collections.")
    return found


def chosen(request: Request, allowed: Mapping[str, object] | Sequence[str], usual: str) -> str:
    """Read ``f`` where it chooses between forms that are not json and html; 400 for any other parameter."""
    check_names(request.query_params, ("f",), formats=tuple(allowed))
    return request.query_params.get("f", usual)


def policy_of(request: Request, shown: Shown, state: str | None = None) -> Policy:
    """Tell who may keep an answer, and for how long; `state` as for `send`."""
    entry = getattr(request.state, "entry", None)
    follows = state is None
    return Policy(
        public=shown.scope.is_public,
        immutable=follows and bool(getattr(request.state, "named", False)),
        modified=entry.since if follows and entry is not None else None,
    )


def subject_of(request: Request, shown: Shown, media: str, state: str | None = None) -> Subject:
    """Name what is asked, for its ETag; `state` as for `send`."""
    query = canonical_query(request.query_params.multi_items())
    address = f"{root_of(request)} {request.url.path}?{query} {state or ''}"
    return Subject(shown.release.name, address, media, shown.scope.tag)


def send(
    request: Request,
    shown: Shown,
    media: str,
    make: Callable[[], bytes],
    *,
    extra: Mapping[str, str] | None = None,
    varies: Sequence[str] = ("Accept-Encoding",),
    offered: Sequence[Coding] = BOTH,
    packed: bool = False,
    state: str | None = None,
) -> Response:
    """Send bytes that follow from the address, the release and the scope alone; 304 when they are known.

    `state` is for what follows from more than that, such as how the service is set up: all of it as text.
    Such an answer is asked for again, also where the address names a release that never changes.
    """
    headers = {**_headers(shown), **(extra or {})}
    return cached_answer(
        request.headers, subject_of(request, shown, media, state), policy_of(request, shown, state), make,
        offered=offered, extra=headers, varies=varies, packed=packed,
    )  # fmt: skip


def send_document(
    request: Request,
    shown: Shown,
    make: Callable[[], bytes],
    page: pages.Page,
    item: FeatureCollection | None = None,
    *,
    media: str = documents.JSON,
    crs: Crs | None = None,
    state: str | None = None,
) -> Response:
    """Send a JSON document as it is, or as a page that is made from that same document."""
    extra = {} if crs is None else {"Content-Crs": f"<{crs.uri}>"}
    if read_format(request.query_params, request.headers.get("accept")) == "json":
        return send(request, shown, media, make, extra=extra, varies=NEGOTIATED, state=state)

    def draw() -> bytes:
        return page(shown.snapshot, root_of(request), orjson.loads(make()), item).encode()

    extra["Content-Security-Policy"] = pages.content_security_policy()
    return send(request, shown, documents.PAGE, draw, extra=extra, varies=NEGOTIATED, state=state)


def answer(
    request: Request,
    shown: Shown,
    make: Callable[[], documents.Document],
    page: pages.Page,
    item: FeatureCollection | None = None,
    *,
    media: str = documents.JSON,
    state: str | None = None,
) -> Response:
    """Send a document of a route that takes no parameter but ``f``."""
    check_names(request.query_params, ("f",))
    return send_document(request, shown, lambda: orjson.dumps(make()), page, item, media=media, state=state)


def answer_about_service(
    request: Request,
    shown: Shown,
    document: documents.Document,
    page: pages.Page,
    media: str = documents.JSON,
) -> Response:
    """Send a document that follows from how the service is set up too."""
    body = orjson.dumps(document)
    return answer(request, shown, lambda: document, page, media=media, state=digest(body))


def answer_json(request: Request, shown: Shown, make: Callable[[], documents.Document]) -> Response:
    """Send a document that there is as JSON only."""
    check_names(request.query_params, ("f",), formats=("json",))
    return send(request, shown, documents.JSON, lambda: orjson.dumps(make()))


def answer_list(request: Request, shown: Shown, document: documents.Document) -> Response:
    """Send a list of what may come and go beside the release."""
    check_names(request.query_params, ("f",), formats=("json",))
    body = orjson.dumps(document)
    return send(request, shown, documents.JSON, lambda: body, state=digest(body))


def digest(body: bytes) -> str:
    """Give a short text that differs when the bytes do."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _headers(shown: Shown) -> dict[str, str]:
    headers = {
        "API-Version": API_VERSION,
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Release": shown.release.name,
    }
    if shown.scope.is_public:
        # a map on another site may read what everybody may read; nothing is sent along that says who asks
        headers["Access-Control-Allow-Origin"] = "*"
    return headers

"""Routes of calculations (OGC API Processes), and of what is agreed on in sessions."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson
from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.http.answers import ROOT, caller_of, house_of, root_of
from api.http.documents import JSON
from api.http.problems import API_VERSION, Fault, RequestError, not_found
from api.http.processes.desk import Desk, DeskError, Reply, Visitor
from api.http.queries import check_names
from api.http.routes_features import READ, Seen
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.http.shown import Shown

ASYNC: Final = "respond-async"
LARGEST: Final = 100_000

router = APIRouter(prefix=ROOT, redirect_slashes=False)


class OutcomeIn(BaseModel):
    """What one party says of one place in a session."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session: str = Field(min_length=1, max_length=80)
    function: str = Field(pattern="^F[0-9]{2}(-[0-9])?$")
    outcome: str = Field(pattern="^(agreed|objected|open)$")
    layer: str = Field(min_length=1, max_length=80)
    place: str = Field(min_length=1, max_length=200)
    party: str = Field(min_length=1, max_length=200)
    remark: str = Field(default="", max_length=1000)


@router.api_route("/processes", methods=READ)
def processes(request: Request, shown: Seen) -> Response:
    """List the calculations that the caller may ask."""
    check_names(request.query_params, ("f",), formats=("json",))
    return _reply(request, lambda desk: desk.processes(_visitor(request, shown)))


@router.api_route("/processes/{process}", methods=READ)
def process(request: Request, shown: Seen, process: str) -> Response:
    """Describe a calculation."""
    check_names(request.query_params, ("f",), formats=("json",))
    return _reply(request, lambda desk: desk.process(process, _visitor(request, shown)))


@router.post("/processes/{process}/execution")
async def execute(request: Request, shown: Seen, process: str) -> Response:
    """Do a calculation: a small one at once, any other as a job."""
    check_names(request.query_params, ())
    require_json(request)
    body = await request.body()
    wishes = ",".join(request.headers.getlist("prefer"))
    asked = any(wish.strip().lower() == ASYNC for wish in wishes.split(","))

    def ask(desk: Desk) -> Reply:
        return desk.execute(process, body, _visitor(request, shown), shown.release.path, respond_async=asked)

    return await to_thread.run_sync(_reply, request, ask)


@router.api_route("/jobs", methods=READ)
def jobs(request: Request, shown: Seen) -> Response:
    """List the calculations of the caller."""
    check_names(request.query_params, ("f",), formats=("json",))
    return _reply(request, lambda desk: desk.jobs(_visitor(request, shown)))


# one route for all methods, so that what is refused is told all that there is
@router.api_route("/jobs/{job}", methods=[*READ, "DELETE"])
def job(request: Request, shown: Seen, job: str) -> Response:
    """Tell how a calculation stands; with DELETE stop it, or forget its answer."""
    if request.method == "DELETE":
        check_names(request.query_params, ())
        return _reply(request, lambda desk: desk.dismiss(job, _visitor(request, shown)))
    check_names(request.query_params, ("f",), formats=("json",))
    return _reply(request, lambda desk: desk.job(job, _visitor(request, shown)))


@router.api_route("/jobs/{job}/results", methods=READ)
def results(request: Request, shown: Seen, job: str) -> Response:
    """Give the answer of a calculation."""
    check_names(request.query_params, ("f",), formats=("json",))
    return _reply(request, lambda desk: desk.results(job, _visitor(request, shown)))


@router.post("/session-outcomes")
async def session_outcome(request: Request, shown: Seen) -> Response:
    """Record what a party says of a place in a session that the caller takes part in."""
    check_names(request.query_params, ())
    require_json(request)
    body = await request.body()
    return await to_thread.run_sync(_record, request, shown, body)


def require_json(request: Request) -> None:
    """Refuse a body that does not say that it is JSON.

    A page of somebody else can send other bodies along with the login that a browser remembers, and not this.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != JSON:
        raise RequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Stuur de inhoud als {JSON}.")


def _record(request: Request, shown: Shown, body: bytes) -> Response:
    from api.jobs.outcomes import Outcome, record_outcome

    house, caller = house_of(request), caller_of(request)
    given = _outcome_in(body)
    session = next(
        (one for one in caller.sessions if (one.id, one.release) == (given.session, shown.release.name)), None
    )
    if house.outcomes is None or session is None:
        # the same words for a session of others, one that ended and one that never was
        raise not_found("Deze sessie bestaat niet, of u neemt er nu niet aan deel.")
    item = shown.snapshot.collections.get(given.layer)
    if item is None or given.layer not in session.layers:
        raise not_found("Deze laag hoort niet bij de sessie.")
    said = Outcome(given.function, given.outcome, given.layer, given.place, given.party, given.remark)
    table: Any = item.source.table()
    try:
        number = record_outcome(
            house.outcomes, said, session=session, caller=caller.name, table=table, now=request.state.now()
        )
    except InputError as error:
        faults = tuple(Fault("body", problem.message, "body") for problem in error.problems)
        raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), faults) from error
    return _sent(Reply(HTTPStatus.CREATED, orjson.dumps({"id": number}), {}))


def _outcome_in(body: bytes) -> OutcomeIn:
    if len(body) > LARGEST:
        raise RequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"De inhoud is groter dan {LARGEST} bytes.")
    try:
        return OutcomeIn.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        faults = tuple(
            Fault(name, f"{name} ontbreekt of is niet bruikbaar.", "body")
            for name in (".".join(map(str, item["loc"])) or "body" for item in found)
        )
        detail = "De inhoud is niet bruikbaar; zie errors voor wat er moet staan."
        raise RequestError(HTTPStatus.BAD_REQUEST, detail, faults) from error


def _visitor(request: Request, shown: Shown) -> Visitor:
    return Visitor(caller_of(request).name, shown.scope.level)


def _reply(request: Request, ask: Callable[[Desk], Reply]) -> Response:
    house = house_of(request)
    if house.jobs is None or house.out is None:
        raise not_found("Deze dienst doet geen berekeningen.")
    try:
        return _sent(ask(Desk(house.jobs, house.out, root_of(request))))
    except DeskError as error:
        faults = tuple(Fault("body", detail, "body") for detail in error.details)
        headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        raise RequestError(error.status, " ".join(error.details), faults, headers) from error


def _sent(reply: Reply) -> Response:
    # what a calculation says is of this caller and of this moment
    headers = {
        "API-Version": API_VERSION,
        "Cache-Control": "private, no-store",
        "Vary": "Authorization, Cookie",
    }
    return Response(reply.body, reply.status.value, headers={**headers, **reply.headers}, media_type=JSON)

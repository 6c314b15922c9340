"""Errors of the service as problem details (RFC 9457), without a word about its inside."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import orjson
from fastapi import Response
from starlette.exceptions import HTTPException

from api.http.logs import FIELDS
from api.http.refused import Refused
from gis.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

PROBLEM_JSON = "application/problem+json"
LOG: Final = logging.getLogger("kring.database")
DATABASE_GONE: Final = "De databank van de dienst is nu niet bereikbaar. Probeer het zo opnieuw."
RETRY_S: Final = "10"
API_VERSION: Final = "1.0.0"
"""Version of the interface (semantic); its first number stands in the path, all of it in every answer."""

_TITLES: Final = {
    HTTPStatus.BAD_REQUEST: "Ongeldig verzoek",
    HTTPStatus.UNAUTHORIZED: "Niet aangemeld",
    HTTPStatus.FORBIDDEN: "Niet toegestaan",
    HTTPStatus.NOT_FOUND: "Niet gevonden",
    HTTPStatus.METHOD_NOT_ALLOWED: "Methode niet toegestaan",
    HTTPStatus.GONE: "Niet meer aanwezig",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Te groot",
    HTTPStatus.REQUEST_URI_TOO_LONG: "Adres te lang",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Soort inhoud niet bekend",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "Dit deel is er niet",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Niet te verwerken",
    HTTPStatus.TOO_MANY_REQUESTS: "Te veel verzoeken",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Fout in de dienst",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nu niet beschikbaar",
    HTTPStatus.GATEWAY_TIMEOUT: "Duurde te lang",
}
_DETAILS: Final = {
    HTTPStatus.NOT_FOUND: "Dit adres bestaat niet. Begin bij /v1.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Deze methode kan hier niet; in Allow staat welke wel.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: the parameter, what to do, and where it stands."""

    parameter: str
    detail: str
    place: str = "query"


class RequestError(Exception):
    """A request that cannot be answered, with the status and what the client can do about it."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        faults: tuple[Fault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = faults
        self.headers = dict(headers or {})


def bad_request(*faults: Fault) -> RequestError:
    """Make the problem of parameters that are unknown or have a value that cannot be used, all together."""
    return RequestError(HTTPStatus.BAD_REQUEST, " ".join(fault.detail for fault in faults), faults)


def not_found(detail: str) -> RequestError:
    """Make the problem of something that is not there, or not for this reader."""
    return RequestError(HTTPStatus.NOT_FOUND, detail)


def problem_response(
    status: HTTPStatus, detail: str, headers: dict[str, str] | None = None, faults: tuple[Fault, ...] = ()
) -> Response:
    """Write a problem as a response."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": _TITLES.get(status, status.phrase),
        "status": status.value,
        "detail": detail,
    }
    if faults:
        body["errors"] = [
            {"in": fault.place, "parameter": fault.parameter, "detail": fault.detail} for fault in faults
        ]
    always = {"API-Version": API_VERSION, "X-Content-Type-Options": "nosniff"}
    return Response(
        orjson.dumps(body), status.value, headers={**(headers or {}), **always}, media_type=PROBLEM_JSON
    )


def add_handlers(app: FastAPI) -> None:
    """Let every error leave the service as problem details."""

    def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestError)  # noqa: S101 (narrows the registered type)
        return problem_response(error.status, error.detail, error.headers, error.faults)

    def on_refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)  # noqa: S101 (narrows the registered type)
        in_path = error.parameters and error.parameters != ("f",)
        place = "path" if in_path else "query"
        faults = tuple(Fault(name, error.detail, place) for name in error.parameters)
        return problem_response(error.status, error.detail, faults=faults)

    def on_database(_: Request, error: Exception) -> Response:
        LOG.error("the database cannot be used", extra={FIELDS: {"problem": str(error)}})
        return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, DATABASE_GONE, {"Retry-After": RETRY_S})

    def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 (narrows the registered type)
        headers = dict(error.headers) if error.headers else None
        status = HTTPStatus(error.status_code)
        return problem_response(status, _DETAILS.get(status, str(error.detail)), headers)

    def on_defect(_: Request, __: Exception) -> Response:
        return problem_response(
            HTTPStatus.INTERNAL_SERVER_ERROR, "De dienst heeft een gebrek; zie het logboek van de dienst."
        )

    app.add_exception_handler(RequestError, on_problem)
    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(DatabaseError, on_database)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_defect)

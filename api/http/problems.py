"""Errors of the service as problem details (RFC 9457), without a word about its inside."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
from fastapi import Response
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

PROBLEM_JSON = "application/problem+json"


class RequestError(Exception):
    """A request that cannot be answered, with the status and what the client can do about it."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def bad_request(detail: str) -> RequestError:
    """Make the problem of a parameter that is unknown or has a value that cannot be used."""
    return RequestError(HTTPStatus.BAD_REQUEST, detail)


def not_found(detail: str) -> RequestError:
    """Make the problem of something that is not there, or not for this reader."""
    return RequestError(HTTPStatus.NOT_FOUND, detail)


def problem_response(status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Write a problem as a response."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return Response(
        orjson.dumps(body),
        status.value,
        headers={**(headers or {}), "X-Content-Type-Options": "nosniff"},
        media_type=PROBLEM_JSON,
    )


def add_handlers(app: FastAPI) -> None:
    """Let every error leave the service as problem details."""

    def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestError)  # noqa: S101 (narrows the registered type)
        return problem_response(error.status, error.detail)

    def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 (narrows the registered type)
        headers = dict(error.headers) if error.headers else None
        return problem_response(HTTPStatus(error.status_code), str(error.detail), headers)

    def on_defect(_: Request, __: Exception) -> Response:
        return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, "The service has a defect; see its log.")

    app.add_exception_handler(RequestError, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_defect)

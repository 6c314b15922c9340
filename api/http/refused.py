"""A request for a tile, style or legend that cannot be answered, before it is a problem document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http import HTTPStatus


class Refused(Exception):  # noqa: N818 (it says what happened)
    """What is wrong with a request and what to do.

    Attributes
    ----------
    status
        400 for a value that cannot be read, 404 for what does not exist.
    parameters
        The path or query parameters that it is about.
    detail
        For the reader, Dutch.
    """

    def __init__(self, status: HTTPStatus, detail: str, parameters: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameters = parameters

"""Read query parameters strictly: what is unknown or cannot be used is an error, never ignored."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from api.http.problems import bad_request

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.datastructures import QueryParams

Format = Literal["json", "html"]
Box = tuple[float, float, float, float]

DEFAULT_LIMIT = 100
MAXIMUM_LIMIT = 10_000
MAXIMUM_DIGITS = 9
"""Longer whole numbers are refused before they are read."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
_MOMENT = rf"{_DAY}(T{_HOUR}:([0-5]\d|60)(\.\d+)?(Z|[+-]{_HOUR}))?"
_END = rf"({_MOMENT}|\.\.|)"
_DATETIME = re.compile(rf"({_MOMENT})|{_END}/{_END}", re.IGNORECASE)
_FLAT, _HIGH = 4, 6


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """Which features of a collection are asked for.

    Attributes
    ----------
    limit
        At most so many features.
    offset
        After skipping so many.
    bbox
        West, south, east, north in degrees (CRS84); None for everywhere. West may exceed east, across the
        antimeridian.
    given
        The parameters as they came, to repeat in links, without ``offset``; ``f`` only when it says json.
    """

    limit: int
    offset: int
    bbox: Box | None
    given: tuple[tuple[str, str], ...]


def check_names(params: QueryParams, allowed: Collection[str]) -> None:
    """Refuse parameters that are unknown or stand there twice."""
    names = [name for name, _ in params.multi_items()]
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        known = ", ".join(sorted(allowed))
        raise bad_request(f"Unknown query parameter: {', '.join(unknown)}. Known here: {known}.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise bad_request(f"Query parameter given more than once: {', '.join(twice)}.")


def read_items_query(params: QueryParams) -> ItemsQuery:
    """Read the parameters of a request for features."""
    check_names(params, ("f", "bbox", "datetime", "limit", "offset"))
    _check_datetime(params.get("datetime"))
    limit = _whole_number(params, "limit", DEFAULT_LIMIT, minimum=1)
    return ItemsQuery(
        # more than the maximum is no error in OGC API Features; the maximum is given instead
        limit=min(limit, MAXIMUM_LIMIT),
        offset=_whole_number(params, "offset", 0, minimum=0),
        bbox=_box(params.get("bbox")),
        given=tuple(
            (name, value)
            for name, value in params.items()
            if name != "offset" and (name, value) != ("f", "html")
        ),
    )


def read_format(params: QueryParams, accept: str | None) -> Format:
    """Choose JSON or HTML: by ``f``, else by the Accept header; JSON when neither prefers HTML."""
    asked = params.get("f")
    if asked == "json":
        return "json"
    if asked == "html":
        return "html"
    if asked is not None:
        raise bad_request("f can be json or html.")
    return "html" if _weight(accept, "text", "html") > _weight(accept, "application", "json") else "json"


def _weight(accept: str | None, kind: str, subtype: str) -> float:
    """Give the weight of a media type in an Accept header; the most specific entry counts (RFC 9110)."""
    best = (0, 0.0)
    for entry in (accept or "*/*").split(","):
        name, *rest = (part.strip().lower() for part in entry.split(";"))
        rank = {f"{kind}/{subtype}": 3, f"{kind}/geo+{subtype}": 3, f"{kind}/*": 2, "*/*": 1}.get(name, 0)
        if rank > best[0]:
            best = (rank, _quality(rest))
    return best[1]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _whole_number(params: QueryParams, name: str, default: int, *, minimum: int) -> int:
    text = params.get(name)
    if text is None:
        return default
    if not re.fullmatch(rf"[0-9]{{1,{MAXIMUM_DIGITS}}}", text) or int(text) < minimum:
        raise bad_request(f"{name} must be a whole number of at least {minimum}.")
    return int(text)


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise bad_request("bbox must be four or six numbers with commas between them.") from None
    if len(numbers) not in {_FLAT, _HIGH} or not all(map(math.isfinite, numbers)):
        raise bad_request("bbox must be four or six numbers with commas between them.")
    west, south, east, north = numbers if len(numbers) == _FLAT else (*numbers[:2], *numbers[3:5])
    if south > north:
        raise bad_request("bbox: south lies north of north; the order is west, south, east, north.")
    return west, south, east, north


def _check_datetime(text: str | None) -> None:
    """Refuse what is no moment or interval; features here have no time, so every valid one fits them."""
    if text is not None and (not _DATETIME.fullmatch(text) or text == "/"):
        raise bad_request("datetime must be a moment such as 2026-01-01T00:00:00Z or an interval.")

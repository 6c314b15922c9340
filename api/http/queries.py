"""Read query parameters strictly: what is unknown or cannot be used is an error, all errors together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from api.http import crs as systems
from api.http.cql_guard import FilterError
from api.http.cql_reader import read_filter
from api.http.cursors import read_cursor
from api.http.downloads import Form
from api.http.problems import Fault, bad_request
from api.http.source import Area, Query, Selection

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.datastructures import QueryParams

    from api.http.cql import Condition, ValueType
    from api.http.crs import Crs

Format = Literal["json", "html"]
Language = Literal["cql2-text", "cql2-json"]

DEFAULT_LIMIT: Final = 100
MAXIMUM_LIMIT: Final = 10_000
MAXIMUM_DIGITS: Final = 9
"""Longer whole numbers are refused before they are read."""
LANGUAGES: Final = ("cql2-text", "cql2-json")
ITEMS: Final = (
    "bbox", "bbox-crs", "crs", "cursor", "datetime", "f", "filter", "filter-crs", "filter-lang", "limit",
)  # fmt: skip
"""Parameters of a request for features."""
FEATURE: Final = ("crs", "f")
DOWNLOAD: Final = ("bbox", "bbox-crs", "crs", "datetime", "f", "filter", "filter-crs", "filter-lang")

_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DAY: Final = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_HOUR: Final = r"([01]\d|2[0-3]):[0-5]\d"
_MOMENT: Final = rf"{_DAY}(T{_HOUR}:([0-5]\d|60)(\.\d+)?(Z|[+-]{_HOUR}))?"
_END: Final = rf"({_MOMENT}|\.\.|)"
_DATETIME: Final = re.compile(rf"({_MOMENT})|{_END}/{_END}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """Which features of a collection are asked for, and how.

    Attributes
    ----------
    query
        The page and the selection.
    crs
        Coordinate system of the answer.
    given
        The parameters as they came, to repeat in links, without ``cursor``; ``f`` only when it says json.
    cursor
        The cursor as it came; None on the first page.
    """

    query: Query
    crs: Crs
    given: tuple[tuple[str, str], ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class DownloadQuery:
    """Which features are asked for as a file, in which format and coordinate system."""

    form: Form
    crs: Crs
    selection: Selection


class Reader:
    """Reads parameters one by one and gathers what is wrong with them.

    Parameters
    ----------
    params
        The parameters of a request.
    allowed
        The names that may occur, each once.
    """

    def __init__(self, params: QueryParams, allowed: Collection[str]) -> None:
        self.params = params
        self.faults: list[Fault] = []
        names = [name for name, _ in params.multi_items()]
        known = ", ".join(sorted(allowed)) or "geen"
        for name in sorted(set(names)):
            if name not in allowed:
                self.fault(name, f"De parameter {name[:60]} bestaat hier niet. Bekend zijn: {known}.")
            elif names.count(name) > 1:
                self.fault(name, f"{name} staat er meer dan eens; geef hem één keer.")

    def fault(self, parameter: str, detail: str) -> None:
        """Note something that is wrong."""
        self.faults.append(Fault(parameter, detail))

    def finish(self) -> None:
        """Raise everything that was wrong, if anything was."""
        if self.faults:
            raise bad_request(*self.faults)

    def whole_number(self, name: str, default: int, *, minimum: int) -> int:
        """Read a whole number."""
        text = self.params.get(name)
        if text is None:
            return default
        if not re.fullmatch(rf"[0-9]{{1,{MAXIMUM_DIGITS}}}", text) or int(text) < minimum:
            self.fault(name, f"{name} moet een geheel getal zijn van ten minste {minimum}.")
            return default
        return int(text)

    def one_of(self, name: str, values: Collection[str], default: str) -> str:
        """Read one of several words."""
        text = self.params.get(name, default)
        if text not in values:
            self.fault(name, f"{name} kan zijn: {', '.join(values)}.")
            return default
        return text

    def system(self, name: str) -> Crs:
        """Read a coordinate system."""
        text = self.params.get(name, systems.CRS84.uri)
        found = systems.BY_URI.get(text)
        if found is None:
            self.fault(name, f"{name} is onbekend; gebruik een van: {', '.join(systems.BY_URI)}.")
            return systems.CRS84
        return found

    def area(self) -> Area | None:
        """Read ``bbox`` in ``bbox-crs``."""
        system = self.system("bbox-crs")
        text = self.params.get("bbox")
        if text is None:
            return None
        parts = text.split(",")
        numbers = [float(part) for part in parts] if all(map(_NUMBER.fullmatch, parts)) else None
        try:
            return Area(system.plane, systems.bounds_area(numbers, system))
        except ValueError as error:
            self.fault("bbox", f"bbox {error}")
            return None

    def cursor(self) -> str | None:
        """Read the key after which the page begins."""
        text = self.params.get("cursor")
        try:
            return None if text is None else read_cursor(text)
        except ValueError:
            self.fault(
                "cursor", "cursor komt uit de link next van een vorige bladzijde; neem hem daaruit over."
            )
            return None

    def condition(self, types: Mapping[str, ValueType], *, placed: bool) -> Condition | None:
        """Read ``filter`` in ``filter-lang`` and ``filter-crs``."""
        language = cast("Language", self.one_of("filter-lang", LANGUAGES, LANGUAGES[0]))
        system = self.system("filter-crs")
        text = self.params.get("filter")
        if text is None:
            return None
        try:
            return read_filter(text, language, types, system, placed=placed)
        except FilterError as error:
            self.fault("filter", str(error))
            return None

    def moment(self) -> None:
        """Refuse what is no moment or interval; features here have no time, so every valid one fits them."""
        text = self.params.get("datetime")
        if text is not None and (not _DATETIME.fullmatch(text) or text == "/"):
            self.fault(
                "datetime",
                "datetime moet een moment zijn zoals 2026-01-01T00:00:00Z of een periode zoals 2026-01-01/..",
            )


def check_names(
    params: QueryParams, allowed: Collection[str], *, formats: Collection[str] = ("json", "html")
) -> None:
    """Refuse parameters that are unknown or stand there twice, and a form of answer that does not exist."""
    reader = Reader(params, allowed)
    if "f" in allowed:
        reader.one_of("f", formats, next(iter(formats)))
    reader.finish()


def read_items_query(
    params: QueryParams, types: Mapping[str, ValueType] | None = None, *, placed: bool = True
) -> ItemsQuery:
    """Read the parameters of a request for features.

    Parameters
    ----------
    params
        The parameters.
    types
        Type of every column that ``filter`` may name.
    placed
        Whether the features have a place.
    """
    reader = Reader(params, ITEMS)
    reader.one_of("f", ("json", "html"), "json")
    reader.moment()
    limit = reader.whole_number("limit", DEFAULT_LIMIT, minimum=1)
    system, area, after = reader.system("crs"), reader.area(), reader.cursor()
    where = reader.condition(types or {}, placed=placed)
    reader.finish()
    return ItemsQuery(
        # more than the maximum is no error in OGC API Features; the maximum is given instead
        query=Query(min(limit, MAXIMUM_LIMIT), after, Selection(area, where)),
        crs=system,
        given=tuple(
            (name, value)
            for name, value in params.items()
            if name != "cursor" and (name, value) != ("f", "html")
        ),
        cursor=params.get("cursor"),
    )


def read_download_query(
    params: QueryParams, types: Mapping[str, ValueType] | None = None, *, placed: bool = True
) -> DownloadQuery:
    """Read the parameters of a download.

    Parameters
    ----------
    params
        The parameters; ``f`` must be there.
    types
        Type of every column that ``filter`` may name.
    placed
        Whether the features have a place.
    """
    reader = Reader(params, DOWNLOAD)
    if "f" not in params:
        reader.fault("f", f"f ontbreekt; kies een van: {', '.join(Form)}.")
    form = reader.one_of("f", tuple(Form), Form.GEOPACKAGE)
    reader.moment()
    system, area = reader.system("crs"), reader.area()
    where = reader.condition(types or {}, placed=placed)
    reader.finish()
    return DownloadQuery(Form(form), system, Selection(area, where))


def read_feature_query(params: QueryParams) -> Crs:
    """Read the parameters of a request for one feature: the coordinate system of the answer."""
    reader = Reader(params, FEATURE)
    reader.one_of("f", ("json", "html"), "json")
    system = reader.system("crs")
    reader.finish()
    return system


def read_format(params: QueryParams, accept: str | None) -> Format:
    """Choose JSON or HTML: by ``f``, else by the Accept header; JSON when neither prefers HTML."""
    asked = params.get("f")
    if asked in {"json", "html"}:
        return cast("Format", asked)
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

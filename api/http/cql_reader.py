"""Read conditions in CQL2, text or JSON, checked against the columns there are.

Nothing gets through that is not known here: an operator, a function or a literal of another kind is refused,
and so is a condition that is too long, too deep or has too many parts, before any of it is evaluated.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

import orjson
import shapely

from api.http.cql import (
    GEOMETRY,
    Among,
    Between,
    Compare,
    CompareOp,
    Holds,
    IsNull,
    Junction,
    Like,
    Not,
    Property,
    Spatial,
    SpatialOp,
    Value,
)
from api.http.cql_guard import MAXIMUM_LENGTH, FilterError, parse_text, too_deep
from api.http.crs import bounds_area, place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.http.cql import Condition, Operand, ValueType
    from api.http.crs import Crs

MAXIMUM_CLAUSES: Final = 250
MAXIMUM_PLACES: Final = 20
"""A comparison of places costs a hundred times one of values."""
MAXIMUM_LIST: Final = 2_000

_COMPARE: Final = get_args(CompareOp)
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_INVERSE: Final = {"within": "contains", "contains": "within"}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DUTCH: Final = {"number": "een getal", "text": "een tekst", "boolean": "waar of onwaar", "date": "een datum"}


def read_filter(
    text: str,
    language: Literal["cql2-text", "cql2-json"],
    types: Mapping[str, ValueType],
    crs: Crs,
    *,
    placed: bool,
) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text
        CQL2 as it came.
    language
        How it is written.
    types
        Column name to type, for every column that may be asked.
    crs
        System of the coordinates in it.
    placed
        Whether the features have a place.

    Raises
    ------
    FilterError
        With one sentence, Dutch, that says what is wrong and what would be right.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise FilterError(f"filter is langer dan {MAXIMUM_LENGTH} tekens; maak de voorwaarde korter.")
    if language == "cql2-text":
        tree = parse_text(text)
    else:
        try:
            tree = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise FilterError(
                "filter is geen geldige JSON; met filter-lang=cql2-json moet dat wel."
            ) from error
    if too_deep(tree):
        raise FilterError("filter is te diep genest; schrijf de voorwaarde vlakker.")
    return _Reader(types, crs, placed=placed).condition(tree)


class _Reader:
    """Turns the JSON form of CQL2 into a condition, counting its clauses."""

    def __init__(self, types: Mapping[str, ValueType], crs: Crs, *, placed: bool) -> None:
        self.types = types
        self.crs = crs
        self.placed = placed
        self.clauses = 0
        self.places = 0

    def condition(self, tree: Any) -> Condition:
        self.clauses += 1
        if self.clauses > MAXIMUM_CLAUSES:
            raise FilterError(
                f"filter heeft meer dan {MAXIMUM_CLAUSES} voorwaarden; gebruik IN of vraag minder."
            )
        if isinstance(tree, bool):
            return Holds(Value(tree, "boolean"))
        if not isinstance(tree, dict):
            raise FilterError("filter moet een voorwaarde zijn, zoals area_ha > 5.")
        if "op" not in tree:
            return self._holds(tree)
        op, args = tree["op"], tree.get("args")
        if not isinstance(op, str) or not isinstance(args, list):
            raise FilterError("filter: elke bewerking heeft op (een tekst) en args (een lijst).")
        return self._operation(op.lower(), args)

    def _operation(self, op: str, args: list[Any]) -> Condition:
        spatial = op.removeprefix("s_")
        if op in _COMPARE:
            return self._compare(op, _several(op, args, 2))
        if op in {"and", "or"}:
            return self._junction(op, args)
        if spatial != op and spatial in get_args(SpatialOp):
            return self._spatial(spatial, _several(op, args, 2))
        others: dict[str, tuple[int, Callable[[list[Any]], Condition]]] = {
            "not": (1, lambda parts: Not(self.condition(parts[0]))),
            "between": (3, self._between),
            "in": (2, self._among),
            "like": (2, self._like),
            "isnull": (1, self._is_null),
        }
        if op not in others:
            raise FilterError(
                f"filter: {op[:40]} wordt hier niet ondersteund. Wel: AND, OR, NOT, =, <>, <, <=, >, >=, "
                "BETWEEN, IN, LIKE, IS NULL, CASEI en S_INTERSECTS, S_WITHIN, S_CONTAINS, S_DISJOINT, "
                "S_EQUALS, S_TOUCHES, S_CROSSES, S_OVERLAPS."
            )
        count, read = others[op]
        return read(_several(op, args, count))

    def _junction(self, op: str, args: list[Any]) -> Junction:
        if len(args) < 2:  # noqa: PLR2004 (a junction joins)
            raise FilterError(f"filter: {op.upper()} heeft ten minste twee voorwaarden nodig.")
        return Junction("and" if op == "and" else "or", tuple(self.condition(part) for part in args))

    def _between(self, args: list[Any]) -> Between:
        operand, low, high = (self._operand(part) for part in args)
        _check_types(operand, low, high)
        return Between(operand, low, high)

    def _holds(self, tree: Any) -> Holds:
        operand = self._operand(tree)
        if operand.type != "boolean":
            raise FilterError("filter: alleen een kolom met waar of onwaar is op zichzelf een voorwaarde.")
        return Holds(operand)

    def _compare(self, op: str, args: list[Any]) -> Compare:
        left, right = (self._operand(part) for part in args)
        _check_types(left, right)
        if isinstance(left, Value) and isinstance(right, Property):
            left, right, op = right, left, _MIRRORED[op]
        return Compare(cast("CompareOp", op), left, right)

    def _among(self, args: list[Any]) -> Among:
        operand = self._property(args[0], "IN")
        if not isinstance(args[1], list) or not 1 <= len(args[1]) <= MAXIMUM_LIST:
            raise FilterError(f"filter: IN heeft een lijst nodig van 1 tot {MAXIMUM_LIST} waarden.")
        values = [self._operand(part) for part in args[1]]
        if not all(isinstance(value, Value) for value in values):
            raise FilterError("filter: de lijst van IN bestaat uit waarden, niet uit kolommen.")
        _check_types(operand, *values)
        return Among(operand, tuple(value.value for value in values if isinstance(value, Value)))

    def _like(self, args: list[Any]) -> Like:
        operand = self._property(args[0], "LIKE")
        pattern = self._operand(args[1])
        if operand.type != "text" or not isinstance(pattern, Value) or pattern.type != "text":
            raise FilterError(
                "filter: LIKE vergelijkt een tekstkolom met een tekst, zoals name LIKE 'Lage%'."
            )
        _check_types(operand, pattern)
        text = str(pattern.value)
        if (len(text) - len(text.rstrip("\\"))) % 2:
            raise FilterError(
                "filter: een patroon van LIKE eindigt op een losse \\; schrijf \\\\ voor dat teken."
            )
        return Like(operand, text)

    def _is_null(self, args: list[Any]) -> IsNull:
        tree = args[0]
        if isinstance(tree, dict) and tree.get("property") == GEOMETRY and self.placed:
            return IsNull(GEOMETRY)
        return IsNull(self._property(tree, "IS NULL").name)

    def _property(self, tree: Any, op: str) -> Property:
        found = self._operand(tree)
        if not isinstance(found, Property):
            raise FilterError(f"filter: links van {op} hoort een kolom.")
        return found

    def _operand(self, tree: Any) -> Operand:
        """Read a column or a literal."""
        if isinstance(tree, dict):
            if set(tree) == {"property"}:
                return self._column(tree["property"])
            if set(tree) == {"date"}:
                return Value(_date(tree["date"]), "date")
            if set(tree) == {"op", "args"} and str(tree["op"]).lower() == "casei":
                return self._folded(tree["args"])
        if isinstance(tree, bool):
            return Value(tree, "boolean")
        if isinstance(tree, (int, float)):
            if not math.isfinite(tree):
                raise FilterError("filter: een getal is te groot.")
            return Value(float(tree), "number")
        if isinstance(tree, str):
            if "\0" in tree:
                raise FilterError("filter: een tekst bevat een teken dat hier niet kan.")
            return Value(tree, "text")
        raise FilterError(
            "filter: een waarde is een kolom, een getal, een tekst, true, false of DATE('2026-01-31')."
        )

    def _folded(self, args: Any) -> Operand:
        inner = self._operand(args[0]) if isinstance(args, list) and len(args) == 1 else None
        if inner is None or inner.type != "text":
            raise FilterError("filter: CASEI werkt op één tekst of tekstkolom.")
        if isinstance(inner, Property):
            return Property(inner.name, "text", folded=True)
        return Value(str(inner.value).casefold(), "text")

    def _column(self, name: Any) -> Property:
        if isinstance(name, str) and name in self.types:
            return Property(name, self.types[name])
        if name == GEOMETRY and self.placed:
            raise FilterError(
                "filter: geometry hoort alleen in een ruimtelijke bewerking, zoals S_INTERSECTS."
            )
        known = ", ".join([*self.types, *([GEOMETRY] if self.placed else [])])
        raise FilterError(f"filter: de kolom {str(name)[:60]} bestaat hier niet. Wel: {known}.")

    def _spatial(self, op: str, args: list[Any]) -> Spatial:
        if not self.placed:
            raise FilterError(f"filter: S_{op.upper()} kan hier niet; deze tabel heeft geen geometrie.")
        self.places += 1
        if self.places > MAXIMUM_PLACES:
            raise FilterError(
                f"filter vergelijkt meer dan {MAXIMUM_PLACES} keer met een geometrie; vraag minder."
            )
        first, second = (isinstance(part, dict) and part.get("property") == GEOMETRY for part in args)
        if first == second:
            raise FilterError(f"filter: S_{op.upper()} vergelijkt geometry met één geometrie of BBOX.")
        literal = args[1] if first else args[0]
        mirrored = op if first else _INVERSE.get(op, op)
        return Spatial(cast("SpatialOp", mirrored), self.crs.plane, self._geometry(literal))

    def _geometry(self, tree: Any) -> shapely.Geometry:
        if isinstance(tree, dict) and set(tree) == {"bbox"}:
            try:
                box = bounds_area(tree["bbox"], self.crs)
            except ValueError as error:
                raise FilterError(f"filter: BBOX {error}") from error
            return self._within_range(box)
        wrong = FilterError(
            "filter: een geometrie is ongeldig; gebruik WKT of GeoJSON met ringen die sluiten."
        )
        if not isinstance(tree, dict) or not isinstance(tree.get("type"), str):
            raise wrong
        try:
            found = shapely.force_2d(shapely.from_geojson(orjson.dumps(tree)))
            finite = all(map(math.isfinite, shapely.get_coordinates(found).ravel().tolist()))
            placed = place(found, self.crs) if finite else found
        except (shapely.errors.GEOSException, ValueError, TypeError) as error:
            raise wrong from error
        if not finite or shapely.is_empty(found) or not shapely.is_valid(placed):
            raise wrong
        return self._within_range(placed)

    def _within_range(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """Refuse degrees that do not exist; mostly they are metres without ``filter-crs``."""
        west, south, east, north = shapely.bounds(geometry).tolist()
        inside = west >= -180 and south >= -90 and east <= 180 and north <= 90  # noqa: PLR2004 (degrees)
        if self.crs.plane == "lonlat" and not inside:
            raise FilterError(
                f"filter: een coördinaat bestaat niet in {self.crs.uri}; noem het stelsel in filter-crs."
            )
        return geometry


def _several(op: str, args: list[Any], count: int) -> list[Any]:
    if len(args) != count:
        raise FilterError(f"filter: {op.upper()} hoort {count} argumenten te hebben en heeft er {len(args)}.")
    return args


def _check_types(first: Operand, *others: Operand) -> None:
    """Refuse to compare values of different types; a date may be written as text."""
    operands = (first, *others)
    types = {operand.type for operand in operands}
    dates = types == {"date", "text"} and all(
        operand.type == "date" or isinstance(operand, Value) for operand in operands
    )
    if len(types) > 1 and not dates:
        named = next((operand for operand in operands if isinstance(operand, Property)), None)
        what = "" if named is None else f"{named.name} is {_DUTCH[named.type]}; "
        raise FilterError(f"filter: {what}vergelijk alleen waarden van dezelfde soort.")
    if dates:
        for operand in operands:
            if isinstance(operand, Value):
                _date(operand.value)


def _date(text: Any) -> str:
    try:
        # the form is checked as well, because weeks such as 2026-W05-6 are ISO dates too
        return dt.date.fromisoformat(
            text if isinstance(text, str) and _DAY.fullmatch(text) else ""
        ).isoformat()
    except ValueError as error:
        raise FilterError("filter: een datum is DATE('2026-01-31'), jaar, maand en dag.") from error

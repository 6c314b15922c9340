"""Conditions as SQL for PostGIS: names quoted, every value a bound parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely
from psycopg import sql

from api.http import cql
from layers.postgis.tables import PLACES, SRIDS, folded_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.http.cql import Condition, Operand, SpatialOp, ValueType
    from api.http.source import Selection
    from gis.planes import Plane

_TYPES: Final[dict[ValueType, str]] = {
    "number": "double precision",
    "text": "text",
    "boolean": "boolean",
    "date": "text",
}
_RELATIONS: Final[dict[SpatialOp, str]] = {
    "intersects": "ST_Intersects",
    "within": "ST_Within",
    "contains": "ST_Contains",
    "disjoint": "ST_Disjoint",
    "equals": "ST_Equals",
    "touches": "ST_Touches",
    "crosses": "ST_Crosses",
    "overlaps": "ST_Overlaps",
}
_OPERATORS: Final = {op: sql.SQL(op) for op in ("=", "<>", "<", "<=", ">", ">=")}


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of SQL with its parameters, in order."""

    text: sql.Composable
    values: tuple[Any, ...] = ()


def selection_clause(selection: Selection) -> Clause:
    """Translate a selection to a condition of SQL."""
    parts = []
    if selection.area is not None:
        parts.append(_relation("intersects", selection.area.plane, selection.area.geometry))
    if selection.where is not None:
        parts.append(condition_clause(selection.where))
    return joined("AND", parts) if parts else Clause(sql.SQL("TRUE"))


def joined(word: str, parts: Sequence[Clause]) -> Clause:
    """Join conditions with AND or OR."""
    glue = sql.SQL(" AND " if word == "AND" else " OR ")
    texts = glue.join(sql.SQL("({})").format(part.text) for part in parts)
    return Clause(texts, tuple(value for part in parts for value in part.values))


def condition_clause(condition: Condition) -> Clause:
    """Translate a condition to SQL; unknown stays unknown, as SQL has it."""
    match condition:
        case cql.Junction(op, parts):
            return joined(op.upper(), [condition_clause(part) for part in parts])
        case cql.Not(part):
            inner = condition_clause(part)
            return Clause(sql.SQL("NOT ({})").format(inner.text), inner.values)
        case cql.Spatial(op, plane, geometry):
            return _relation(op, plane, geometry)
        case cql.IsNull(name):
            column = PLACES["rd"] if name == cql.GEOMETRY else name
            return Clause(sql.SQL("{} IS NULL").format(sql.Identifier(column)))
        case _:
            return _compared(condition)


def _compared(condition: cql.Compare | cql.Between | cql.Among | cql.Like | cql.Holds) -> Clause:
    match condition:
        case cql.Compare(op, left, right):
            return _put("{} {} {}", _operand(left), Clause(_OPERATORS[op]), _operand(right))
        case cql.Between(operand, low, high):
            return _put("{} BETWEEN {} AND {}", _operand(operand), _operand(low), _operand(high))
        case cql.Among(operand, values):
            listed = Clause(sql.SQL(f"%s::{_TYPES[operand.type]}[]"), (list(values),))
            return _put("{} = ANY({})", _operand(operand), listed)
        case cql.Like(operand, pattern):
            return _put("{} LIKE {}", _operand(operand), Clause(sql.SQL("%s::text"), (pattern,)))
        case cql.Holds(operand):
            return _operand(operand)


def _put(text: str, *parts: Clause) -> Clause:
    values = tuple(value for part in parts for value in part.values)
    # the text is one of the few above, never a part of a request
    return Clause(sql.SQL(text).format(*(part.text for part in parts)), values)


def _operand(operand: Operand) -> Clause:
    if isinstance(operand, cql.Value):
        collation = ' COLLATE "C"' if operand.type in {"text", "date"} else ""
        return Clause(sql.SQL(f"(%s::{_TYPES[operand.type]}{collation})"), (operand.value,))
    name = folded_name(operand.name) if operand.folded else operand.name
    return Clause(sql.Identifier(name))


def _relation(op: SpatialOp, plane: Plane, geometry: shapely.Geometry) -> Clause:
    literal = Clause(sql.SQL(f"ST_GeomFromWKB(%s, {SRIDS[plane]})"), (shapely.to_wkb(geometry),))
    return _put(f"{_RELATIONS[op]}({{}}, {{}})", Clause(sql.Identifier(PLACES[plane])), literal)

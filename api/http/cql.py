"""Conditions on features as CQL2 defines them: small frozen values that every source can evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import shapely

    from gis.planes import Plane

ValueType = Literal["number", "text", "boolean", "date"]
CompareOp = Literal["=", "<>", "<", "<=", ">", ">="]
SpatialOp = Literal[
    "intersects", "within", "contains", "disjoint", "equals", "touches", "crosses", "overlaps"
]

GEOMETRY: Final = "geometry"
"""Name of the place of a feature in conditions."""


@dataclass(frozen=True, slots=True)
class Property:
    """A column of the features; with `folded`, without regard to upper and lower case."""

    name: str
    type: ValueType
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A literal; a date as ISO 8601 text, a folded text already folded."""

    value: float | str | bool
    type: ValueType


Operand = Property | Value


@dataclass(frozen=True, slots=True)
class Compare:
    """Two operands compared."""

    op: CompareOp
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """An operand between two others, both included."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class Among:
    """A column that has one of several values."""

    operand: Property
    values: tuple[float | str | bool, ...]


@dataclass(frozen=True, slots=True)
class Like:
    r"""A text like a pattern: ``%`` is any text, ``_`` one character, ``\`` takes either literally."""

    operand: Property
    pattern: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """A column without a value; the name may be that of the place."""

    name: str


@dataclass(frozen=True, slots=True)
class Holds:
    """A yes-or-no column or literal, taken as a condition."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Spatial:
    """The place of a feature against a geometry in a plane."""

    op: SpatialOp
    plane: Plane
    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Junction:
    """All parts, or at least one."""

    op: Literal["and", "or"]
    parts: tuple[Condition, ...]


Condition = Compare | Between | Among | Like | IsNull | Holds | Spatial | Not | Junction

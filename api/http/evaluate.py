"""Conditions over a table in memory, evaluated a column at a time.

As in SQL a comparison with a missing value is neither true nor false: each part gives the rows where it is
true and the rows where it is false, and a row is selected where the whole is true.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from api.http import cql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from api.http.cql import Condition, Operand, SpatialOp
    from gis.planes import Plane

_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED: Final = {"within": "contains", "contains": "within"}
"""The literal is prepared and stands first, so what a feature is to it is asked the other way round."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a condition is true and where it is false; where it is neither it is unknown."""

    yes: NDArray[np.bool_]
    no: NDArray[np.bool_]


class Rows:
    """A table made ready for conditions.

    Parameters
    ----------
    frame
        Attributes.
    geometry
        Plane to the geometry of each row in it, None where it has none.
    """

    def __init__(self, frame: pd.DataFrame, geometry: Mapping[Plane, NDArray[np.object_]]) -> None:
        self.frame = frame
        self.geometry = geometry
        self.has_place: NDArray[np.bool_] = ~shapely.is_missing(geometry["rd"])
        self.placed = np.flatnonzero(self.has_place)
        self._trees = {plane: shapely.STRtree(shapes[self.placed]) for plane, shapes in geometry.items()}
        self._bounds = {plane: shapely.bounds(shapes) for plane, shapes in geometry.items()}
        self._columns: dict[tuple[str, bool], tuple[NDArray[Any], NDArray[np.bool_]]] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str, *, folded: bool) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Give the values of a column, with a stand-in for what is missing, and where it is missing."""
        found = self._columns.get((name, folded))
        if found is None:
            found = self._columns[name, folded] = _values(self.frame[name], folded=folded)
        return found

    def related(self, op: SpatialOp, plane: Plane, literal: shapely.Geometry) -> NDArray[np.integer[Any]]:
        """Find the rows whose place has a relation other than ``disjoint`` to a geometry, in order."""
        candidates = np.sort(self.placed[self._trees[plane].query(literal)])
        if op == "intersects" and _is_box(literal):
            return self._touching_box(plane, literal, candidates)
        return self._tested(op, plane, literal, candidates)

    def _touching_box(
        self, plane: Plane, box: shapely.Geometry, candidates: NDArray[np.integer[Any]]
    ) -> NDArray[np.integer[Any]]:
        """Test only what sticks out of the box: what lies within it by its bounds touches it for certain."""
        west, south, east, north = shapely.bounds(box)
        bounds = self._bounds[plane][candidates]
        within = (bounds[:, :2] >= [west, south]).all(axis=1) & (bounds[:, 2:] <= [east, north]).all(axis=1)
        touching = self._tested("intersects", plane, box, candidates[~within])
        return np.sort(np.concatenate([candidates[within], touching]))

    def _tested(
        self, op: SpatialOp, plane: Plane, literal: shapely.Geometry, candidates: NDArray[np.integer[Any]]
    ) -> NDArray[np.integer[Any]]:
        shapely.prepare(literal)
        test: Callable[..., Any] = getattr(shapely, _TURNED.get(op, op))
        related: NDArray[np.integer[Any]] = candidates[test(literal, self.geometry[plane][candidates])]
        return related


def _is_box(geometry: shapely.Geometry) -> bool:
    polygon = shapely.get_type_id(geometry) == shapely.GeometryType.POLYGON
    return bool(polygon and shapely.equals(geometry, shapely.envelope(geometry)))


def matches(condition: Condition, rows: Rows) -> NDArray[np.bool_]:
    """Tell for each row whether a condition is true."""
    return _truth(condition, rows).yes


def _truth(condition: Condition, rows: Rows) -> Truth:
    match condition:
        case cql.Junction(op, parts):
            return _joined(op, [_truth(part, rows) for part in parts])
        case cql.Not(part):
            inner = _truth(part, rows)
            return Truth(inner.no, inner.yes)
        case cql.Spatial(op, plane, geometry):
            return _spatial(op, plane, geometry, rows)
        case cql.IsNull(name):
            missing = ~rows.has_place if name == cql.GEOMETRY else rows.column(name, folded=False)[1]
            return Truth(missing, ~missing)
        case _:
            return _compared(condition, rows)


def _compared(condition: cql.Compare | cql.Between | cql.Among | cql.Like | cql.Holds, rows: Rows) -> Truth:
    match condition:
        case cql.Compare(op, left, right):
            return _known(_COMPARE[op](_of(left, rows)[0], _of(right, rows)[0]), rows, left, right)
        case cql.Between(operand, low, high):
            values, least, most = (_of(part, rows)[0] for part in (operand, low, high))
            # each bound by itself, as in SQL: one that fails settles it even when the other is missing
            above = _known(values >= least, rows, operand, low)
            below = _known(values <= most, rows, operand, high)
            return _joined("and", [above, below])
        case cql.Among(operand, values):
            return _known(pd.Series(_of(operand, rows)[0]).isin(list(values)).to_numpy(), rows, operand)
        case cql.Like(operand, pattern):
            return _known(_like(_of(operand, rows)[0], pattern), rows, operand)
        case cql.Holds(operand):
            return _known(_of(operand, rows)[0], rows, operand)


def _joined(op: str, parts: list[Truth]) -> Truth:
    yes, no = [part.yes for part in parts], [part.no for part in parts]
    if op == "and":
        return Truth(np.logical_and.reduce(yes), np.logical_or.reduce(no))
    return Truth(np.logical_or.reduce(yes), np.logical_and.reduce(no))


def _known(outcome: Any, rows: Rows, *operands: Operand) -> Truth:
    """Keep an outcome where no operand is missing."""
    held = np.broadcast_to(np.asarray(outcome, dtype=bool), len(rows))
    missing = np.logical_or.reduce([np.broadcast_to(_of(part, rows)[1], len(rows)) for part in operands])
    return Truth(held & ~missing, ~held & ~missing)


def _of(operand: Operand, rows: Rows) -> tuple[Any, Any]:
    """Give the values of an operand and where they are missing."""
    if isinstance(operand, cql.Value):
        return operand.value, False
    return rows.column(operand.name, folded=operand.folded)


def _values(column: pd.Series[Any], *, folded: bool) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.fillna(value=False).to_numpy(dtype=bool), missing
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=0.0), missing
    texts = column.astype(object).where(~missing, "").to_numpy(dtype=object)
    return (np.array([text.casefold() for text in texts], dtype=object) if folded else texts), missing


def _spatial(op: SpatialOp, plane: Plane, literal: shapely.Geometry, rows: Rows) -> Truth:
    placed = rows.has_place
    held = np.zeros(len(rows), dtype=bool)
    held[rows.related("intersects" if op == "disjoint" else op, plane, literal)] = True
    return Truth(placed & ~held, held) if op == "disjoint" else Truth(held, placed & ~held)


def _like(texts: NDArray[Any], pattern: str) -> NDArray[np.bool_]:
    """Match each different text once."""
    codes, different = pd.factorize(texts)
    fits = like_matcher(pattern)
    held: NDArray[np.bool_] = np.array([fits(text) for text in different], dtype=bool)
    return held[codes] if len(held) else np.zeros(len(texts), dtype=bool)


def like_matcher(pattern: str) -> Callable[[str], bool]:
    """Make a matcher for a LIKE pattern that never goes back.

    The pieces between ``%`` have a fixed length; the first and the last are tied to the ends, and those
    between are taken at the first place where they fit, which is always right.
    """
    pieces = _pieces(pattern)
    if len(pieces) == 1:
        only = pieces[0]
        return lambda text: only.fullmatch(text) is not None
    first, *middle, last = pieces
    last_length = _length(pattern)

    def fits(text: str) -> bool:
        begun = first.match(text)
        if begun is None:
            return False
        place, end = begun.end(), len(text) - last_length
        for piece in middle:
            found = piece.search(text, place, max(0, end))
            if found is None:
                return False
            place = found.end()
        return place <= end and last.fullmatch(text, end) is not None

    return fits


def _tokens(pattern: str) -> list[tuple[str, bool]]:
    """Split a pattern in characters, each with whether it is a wildcard."""
    tokens, position = [], 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\" and position + 1 < len(pattern):
            position += 1
            tokens.append((pattern[position], False))
        else:
            tokens.append((character, character in "%_"))
        position += 1
    return tokens


def _pieces(pattern: str) -> list[re.Pattern[str]]:
    pieces = [""]
    for character, wild in _tokens(pattern):
        if wild and character == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if wild else re.escape(character)
    return [re.compile(piece, re.DOTALL) for piece in pieces]


def _length(pattern: str) -> int:
    """Give the number of characters behind the last ``%``."""
    tokens = _tokens(pattern)
    ends = [position for position, token in enumerate(tokens) if token == ("%", True)]
    return len(tokens) - ends[-1] - 1

"""Bounds of the distance between shapes and points that cost far less than the distance itself.

A shape lies behind every tangent of its hull, so a point in front of one is at least that far away; and every
corner of a shape is part of it, so a point is at most as far as the nearest corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLACK_M: Final = 1e-6
"""More than rounding does to a distance between coordinates of a country, and nothing on the ground."""
_HALF: Final = float(np.sqrt(0.5))
DIRECTIONS: Final = (
    (1.0, 0.0),
    (0.0, 1.0),
    (-1.0, 0.0),
    (0.0, -1.0),
    (_HALF, _HALF),
    (-_HALF, _HALF),
    (-_HALF, -_HALF),
    (_HALF, -_HALF),
)
"""Unit vectors; the first four give the box."""
CORNERS: Final = 16
CORNER_STEP: Final = 7
"""Coprime with `CORNERS`, so that corners looked at one after the other lie on opposite sides."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """Tangents and some corners of an array of shapes.

    Attributes
    ----------
    tangent
        ``(directions, shapes)``: how far each shape reaches in each direction, metres from the origin;
        minus infinity for an empty shape.
    corner_x, corner_y
        ``(corners, shapes)``: vertices spread over the shape, infinity for an empty one.
    """

    tangent: NDArray[np.float64]
    corner_x: NDArray[np.float64]
    corner_y: NDArray[np.float64]

    @classmethod
    def of(cls, shapes: NDArray[Any]) -> Outlines:
        """Read the outlines off shapely geometries of any type; None counts as empty."""
        coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
        count = np.bincount(owner, minlength=len(shapes))
        some = np.flatnonzero(count)
        first = (np.cumsum(count) - count)[some]
        tangent = np.full((len(DIRECTIONS), len(shapes)), -np.inf)
        corner = np.full((2, CORNERS, len(shapes)), np.inf)
        if len(some):
            for row, (dx, dy) in enumerate(DIRECTIONS):
                ahead = coordinates[:, 0] * dx + coordinates[:, 1] * dy
                tangent[row, some] = np.maximum.reduceat(ahead, first)
            step = np.arange(CORNERS) * CORNER_STEP % CORNERS
            place = first + step[:, None] * (count[some] - 1) // CORNERS
            corner[:, :, some] = np.moveaxis(coordinates[place], -1, 0)
        return cls(tangent, corner[0], corner[1])

    def take(self, rows: NDArray[np.int64] | slice) -> Outlines:
        """Give the outlines of some of the shapes."""
        return Outlines(self.tangent[:, rows], self.corner_x[:, rows], self.corner_y[:, rows])

    def boxes(self, reach: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Give ``(xmin, ymin, xmax, ymax)`` of each shape, grown by `reach` metres and a little slack."""
        east, north, west, south = self.tangent[:4] + (reach + SLACK_M)
        return np.column_stack((-west, -south, east, north))

    def at_least(
        self, query: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give metres that the shape `query` is at least away from each point, zero or more."""
        gap = np.zeros(len(query))
        for tangent, (dx, dy) in zip(self.tangent, DIRECTIONS, strict=True):
            np.maximum(gap, x * dx + y * dy - tangent[query], out=gap)
        return gap

    def at_most(
        self, query: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give metres that the shape `query` is at most away from each point."""
        square = np.full(len(query), np.inf)
        for corner_x, corner_y in zip(self.corner_x, self.corner_y, strict=True):
            np.minimum(square, (corner_x[query] - x) ** 2 + (corner_y[query] - y) ** 2, out=square)
        return np.asarray(np.sqrt(square), dtype=np.float64)

    def surely_within(
        self,
        query: NDArray[np.int64],
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        reach: NDArray[np.float64],
    ) -> NDArray[np.bool_]:
        """Tell which points are surely at most `reach` metres (one per point) from the shape `query`."""
        square = np.where(reach >= 0, reach, 0.0) ** 2
        open_pairs = np.arange(len(query))
        for corner_x, corner_y in zip(self.corner_x, self.corner_y, strict=True):
            shape = query[open_pairs]
            gap = (corner_x[shape] - x[open_pairs]) ** 2 + (corner_y[shape] - y[open_pairs]) ** 2
            # most points are settled by the first corners, so each round is shorter
            open_pairs = open_pairs[gap > square[open_pairs]]
        sure = np.ones(len(query), dtype=bool)
        sure[open_pairs] = False
        return sure

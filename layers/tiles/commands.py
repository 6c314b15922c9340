"""Geometry of one tile as command integers (Mapbox Vector Tile 2.1, 4.3), whole arrays at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from layers.tiles.wire import varints, zigzag

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOVE_ONE: Final = 1 << 3 | 1
MOVE, LINE, CLOSE = 1, 2, 1 << 3 | 7
FEWEST: Final = {0: 1, 1: 2, 2: 3}
"""Points that a part needs, by dimension; a ring without its closing point."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Features of one dimension, drawn.

    Attributes
    ----------
    rows
        Which of the given geometries are left.
    data
        Their packed command integers behind each other.
    start
        Where each begins in `data`; one longer than `rows`.
    """

    rows: NDArray[np.int64]
    data: bytes
    start: NDArray[np.int64]


def draw(geometry: NDArray[np.object_], dimension: int) -> Drawn:
    """Draw features of one dimension.

    Parameters
    ----------
    geometry
        Points, lines or polygons, single or multi-part, on whole tile coordinates (y down), no empty ones;
        polygons with rings in the direction of the specification.
    dimension
        0, 1 or 2.

    Returns
    -------
    Drawn
        Without points that repeat the one before and without parts that fewer than 1, 2 or 3 points are left
        of; a feature without any part is left out.
    """
    points, part, feature, exterior = _flat(geometry, dimension)
    if dimension:
        points, part = _without_repeats(points, part)
    sizes = np.bincount(part, minlength=len(feature))
    keep = sizes >= FEWEST[dimension]
    if dimension == 2:  # noqa: PLR2004 (areas)
        # a hole goes with the ring around it
        keep &= keep[exterior]
    stays = keep[part]
    points, feature, sizes = points[stays], feature[keep], sizes[keep]
    begins = _firsts(feature)
    rows = feature[begins]
    counts = np.add.reduceat(sizes, begins) if len(begins) else sizes
    # steps run on from part to part, and begin anew with each feature
    step = points.copy()
    step[1:] -= points[:-1]
    first = counts.cumsum() - counts
    step[first] = points[first]
    if dimension == 0:
        numbers, start = _point_numbers(zigzag(step), counts)
    else:
        numbers, part_start = _part_numbers(zigzag(step), sizes, closed=dimension == 2)  # noqa: PLR2004
        start = np.append(part_start[begins], part_start[-1])
    data, byte = varints(numbers)
    return Drawn(rows, data, byte[start])


def _flat(
    geometry: NDArray[np.object_], dimension: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Take geometries apart.

    Returns
    -------
    tuple
        Points; the part of each point; the feature of each part; the part that is the exterior ring of each
        part (itself for one that is no hole).
    """
    parts, feature = shapely.get_parts(geometry, return_index=True)
    exterior = np.arange(len(parts))
    if dimension == 2:  # noqa: PLR2004 (areas)
        rings, polygon = shapely.get_rings(parts, return_index=True)
        # shapely gives the exterior ring of a polygon first
        exterior = _firsts(polygon)[polygon]
        parts, feature = rings, feature[polygon]
    xy, part = shapely.get_coordinates(parts, return_index=True)
    if dimension == 2:  # noqa: PLR2004 (areas)
        # the point that closes a ring is a command of its own
        open_end = np.zeros(len(part), dtype=bool)
        open_end[:-1] = part[1:] == part[:-1]
        xy, part = xy[open_end], part[open_end]
    return np.rint(xy).astype(np.int64), part, feature, exterior


def _firsts(owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the places where a number begins in an array of growing numbers."""
    begins = np.ones(len(owner), dtype=bool)
    begins[1:] = owner[1:] != owner[:-1]
    return np.flatnonzero(begins)


def _without_repeats(
    points: NDArray[np.int64], part: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    same = np.zeros(len(points), dtype=bool)
    same[1:] = (points[1:] == points[:-1]).all(axis=1) & (part[1:] == part[:-1])
    return points[~same], part[~same]


def _point_numbers(
    step: NDArray[np.uint32], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    start = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(1 + 2 * counts, out=start[1:])
    out = np.zeros(int(start[-1]), dtype=np.uint32)
    out[start[:-1]] = counts << 3 | MOVE
    is_step = np.ones(len(out), dtype=bool)
    is_step[start[:-1]] = False
    out[is_step] = step.ravel()
    return out, start


def _part_numbers(
    step: NDArray[np.uint32], sizes: NDArray[np.int64], *, closed: bool
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    start = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(2 + 2 * sizes + closed, out=start[1:])
    out = np.zeros(int(start[-1]), dtype=np.uint32)
    is_step = np.ones(len(out), dtype=bool)
    for place, value in (
        (start[:-1], np.full(len(sizes), MOVE_ONE)),
        (start[:-1] + 3, (sizes - 1) << 3 | LINE),
        *(((start[1:] - 1, np.full(len(sizes), CLOSE)),) if closed else ()),
    ):
        out[place] = value
        is_step[place] = False
    out[is_step] = step.ravel()
    return out, start

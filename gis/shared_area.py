"""The area that two polygons share, for many pairs at once and without drawing the overlap.

Between its leftmost and rightmost point an edge i of a polygon is a height f_i over x, with sign +1 or -1 for
the direction in which the ring passes it. A polygon is the sum of the regions under its edges with their
signs, so the overlap of two polygons is the sum of the regions under both of two edges, over all pairs of
edges. The region under both has height min(f, g) = (f + g - |f - g|) / 2. Summed over a closed ring the terms
with f or g alone cancel, which leaves

    area = -1/2 * sum over i, j of s_i * s_j * integral of |f_i - g_j| dx

taken where both edges stand over x. There are no special cases: edges that touch, cross or coincide, holes
and multi-part polygons are all the same sum. It costs the product of the numbers of edges, so it suits
polygons of tens of vertices, of which a planning map has many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.arrays import where_known
from gis.ragged import expand

if TYPE_CHECKING:
    from numpy.typing import NDArray

POLYGONAL = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of polygons, those of one polygon together, each from left to right.

    Attributes
    ----------
    first, count
        Where the edges of each polygon begin and how many they are; vertical ones are left out, for nothing
        lies under them.
    west, east
        The x range of each polygon, metres; turned round for an empty one.
    left, right, height, slope
        Per edge its x from and to (metres), its y at the left and how steeply it rises.
    sign
        Per edge +1 or -1, the direction in which its ring passes it.
    """

    first: NDArray[np.int64]
    count: NDArray[np.int64]
    west: NDArray[np.float64]
    east: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    height: NDArray[np.float64]
    slope: NDArray[np.float64]
    sign: NDArray[np.float64]

    @classmethod
    def of(cls, polygons: NDArray[Any]) -> Edges:
        """Read the edges off valid polygons or multipolygons in metres; anything else has none."""
        polygons = where_known(np.isin(shapely.get_type_id(polygons), POLYGONAL), polygons)
        corner = shapely.get_coordinates(polygons)
        owner, length, turn = _rings(polygons)
        ring = np.repeat(np.arange(len(owner)), length)
        x, y = corner[:, 0], corner[:, 1]
        edge = np.flatnonzero((ring[1:] == ring[:-1]) & (x[1:] != x[:-1]))
        ring = ring[edge]
        run, rise = x[edge + 1] - x[edge], y[edge + 1] - y[edge]
        # relative to the ring's own start, so that a small ring far from the origin loses no digits
        level = y[edge] + rise / 2.0 - y[(np.cumsum(length) - length)[ring]]
        under = np.bincount(ring, weights=run * level, minlength=len(owner))
        start, stop = np.where(run > 0, edge, edge + 1), np.where(run > 0, edge + 1, edge)
        left, right = x[start], x[stop]
        count = np.bincount(owner[ring], minlength=len(polygons))
        west, east = np.full(len(polygons), np.inf), np.full(len(polygons), -np.inf)
        np.minimum.at(west, owner[ring], left)
        np.maximum.at(east, owner[ring], right)
        sign = np.sign(run) * (np.sign(under) * turn)[ring]
        return cls(np.cumsum(count) - count, count, west, east, left, right, y[start], rise / run, sign)


def _rings(polygons: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Give per ring its polygon, its number of coordinates and +1 for an outer ring or -1 for a hole."""
    holes = shapely.get_num_interior_rings(polygons) > 0
    plain = np.flatnonzero(~holes & (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON))
    others = np.setdiff1d(np.arange(len(polygons)), plain)
    parts, part_of = shapely.get_parts(polygons[others], return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    outer = np.ones(len(rings), dtype=bool)
    outer[1:] = ring_of[1:] != ring_of[:-1]
    # a polygon of one ring needs no ring object; there are many of those
    owner = np.concatenate((plain, others[part_of[ring_of]]))
    length = np.concatenate(
        (shapely.get_num_coordinates(polygons[plain]), shapely.get_num_coordinates(rings))
    )
    turn = np.concatenate((np.ones(len(plain)), np.where(outer, 1.0, -1.0)))
    order = np.argsort(owner, kind="stable")
    return owner[order].astype(np.int64), length[order].astype(np.int64), turn[order]


def shared_area(
    small: Edges, large: Edges, small_row: NDArray[np.int64], large_row: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Measure the area that pairs of polygons share.

    Parameters
    ----------
    small, large
        Edges of two arrays of polygons; it is faster when those of the first have the smaller ones.
    small_row, large_row
        Which polygon of each makes a pair, arrays of one length.

    Returns
    -------
    NDArray
        Square metres per pair. Rounding is of the order of 1e-15 of the box around the larger polygon, so
        the answer for polygons that only touch may be a little more or less than zero.
    """
    # first every pair with the edges of the large polygon that stand over the small one at all
    pair, place = expand(large.count[large_row])
    edge = large.first[large_row[pair]] + place
    near = small_row[pair]
    over = np.flatnonzero((large.right[edge] > small.west[near]) & (large.left[edge] < small.east[near]))
    pair, edge, near = pair[over], edge[over], near[over]
    # then each of these with every edge of the small one
    item, place = expand(small.count[near])
    other = small.first[near[item]] + place
    left = np.maximum(large.left[edge][item], small.left[other])
    width = np.minimum(large.right[edge][item], small.right[other]) - left
    over = np.flatnonzero(width > 0)
    item, other, left, width = item[over], other[over], left[over], width[over]
    edge = edge[item]
    slope, other_slope = large.slope[edge], small.slope[other]
    gap = large.height[edge] + (left - large.left[edge]) * slope
    gap -= small.height[other] + (left - small.left[other]) * other_slope
    end = gap + width * (slope - other_slope)
    mean = np.abs(gap) + np.abs(end)
    crossing = np.flatnonzero(gap * end < 0)
    mean[crossing] = (gap[crossing] ** 2 + end[crossing] ** 2) / mean[crossing]
    term = large.sign[edge] * small.sign[other] * width * mean
    return np.bincount(pair[item], weights=term, minlength=len(small_row)) / -4.0

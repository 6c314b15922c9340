"""How many metres of a polygon's boundary face a water surface.

The boundary is cut into short straight pieces. A piece faces the water when the shortest line from its
middle to the water is at most the given distance long, leaves the polygon roughly at a right angle and
passes through neither the polygon itself nor another one. Each piece counts once, for its nearest water.
What lies between is recorded: some barriers are only noted, others cut the shore off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE_M = 2.0
FACING_COSINE = 0.5
"""A piece may be turned at most 60 degrees away from the water."""
TOUCH_M = 0.001
PROBE_M = 0.25
BLOCK_M = 0.1


@dataclass(frozen=True, slots=True)
class Pieces:
    """Boundary pieces that lie within reach of water, one row per piece.

    Attributes
    ----------
    subject, water
        Positions of the polygon and of its nearest water.
    length
        Metres.
    barrier
        Position of the barrier that is crossed, a rejecting one first; -1 for none.
    rejected
        Whether that barrier cuts the shore off.
    """

    subject: NDArray[np.int64]
    water: NDArray[np.int64]
    length: NDArray[np.float64]
    barrier: NDArray[np.int64]
    rejected: NDArray[np.bool_]


def shore_pieces(
    subjects: NDArray[Any],
    waters: NDArray[Any],
    *,
    distance: float,
    barriers: NDArray[Any] | None = None,
    rejects: NDArray[np.bool_] | None = None,
    blockers: NDArray[Any] | None = None,
) -> Pieces:
    """Find the boundary pieces of `subjects` that face `waters`.

    Parameters
    ----------
    subjects
        Polygons or multipolygons in metres.
    waters
        Water surfaces (polygons) or axes (lines).
    distance
        Metres over which a piece can face the water.
    barriers
        Lines or polygons in between, or None.
    rejects
        Per barrier whether crossing it cuts the shore off; otherwise it is only recorded.
    blockers
        Polygons through which there is no view, the subjects among them; None for the subjects.
    """
    tree = shapely.STRtree(waters)
    near_subject, _ = tree.query(subjects, predicate="dwithin", distance=distance)
    rows = np.unique(near_subject)
    if not len(rows):
        return _no_pieces()
    owner, middle, normal, length = _boundary_pieces(subjects[rows])
    owner = rows[owner]
    barrier_tree = None if barriers is None or not len(barriers) else shapely.STRtree(barriers)
    outer = _facing(
        _Boundary(owner, middle, normal, length),
        subjects if blockers is None else blockers,
        waters,
        tree,
        distance,
        _Barriers(barrier_tree, np.zeros(0, dtype=bool) if rejects is None else rejects),
    )
    inner = _banks_inside(rows, subjects, waters, tree)
    return Pieces(
        *(
            np.concatenate((getattr(outer, name), getattr(inner, name)))
            for name in ("subject", "water", "length", "barrier", "rejected")
        )
    )


def _no_pieces() -> Pieces:
    none = np.zeros(0, dtype=np.int64)
    return Pieces(none, none, np.zeros(0), none, np.zeros(0, dtype=bool))


def _boundary_pieces(
    polygons: NDArray[Any],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Cut boundaries into pieces: owner, middle ``(n, 2)``, outward unit normal ``(n, 2)`` and length."""
    parts, owner = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, vector = coordinates[:-1][same], np.diff(coordinates, axis=0)[same]
    segment_owner = owner[ring_part[ring[:-1][same]]].astype(np.int64)
    length = np.hypot(vector[:, 0], vector[:, 1])
    solid = length > 0
    start, vector, length, segment_owner = start[solid], vector[solid], length[solid], segment_owner[solid]
    count = np.maximum(np.ceil(length / PIECE_M).astype(np.int64), 1)
    segment = np.repeat(np.arange(len(count)), count)
    offset = np.arange(len(segment)) - (np.cumsum(count) - count)[segment]
    share = (offset + 0.5) / count[segment]
    middle = start[segment] + vector[segment] * share[:, None]
    # rings are oriented with the polygon on the left, so outside is on the right
    normal = np.column_stack((vector[:, 1], -vector[:, 0])) / length[:, None]
    return segment_owner[segment], middle, normal[segment], (length / count)[segment]


@dataclass(frozen=True, slots=True)
class _Boundary:
    """Pieces of boundary: owner, middle and outward normal ``(n, 2)``, length."""

    owner: NDArray[np.int64]
    middle: NDArray[np.float64]
    normal: NDArray[np.float64]
    length: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Barriers:
    """What may lie in between, and which of it cuts a shore off."""

    tree: shapely.STRtree | None
    rejects: NDArray[np.bool_]


def _facing(
    boundary: _Boundary,
    blockers: NDArray[Any],
    waters: NDArray[Any],
    tree: shapely.STRtree,
    distance: float,
    barriers: _Barriers,
) -> Pieces:
    owner, middle, normal, length = boundary.owner, boundary.middle, boundary.normal, boundary.length
    points = np.asarray(shapely.points(middle))
    piece, water = tree.query(points, predicate="dwithin", distance=distance)
    sight = shapely.shortest_line(points[piece], waters[water])
    ends = shapely.get_coordinates(sight).reshape(-1, 2, 2)
    vector = ends[:, 1] - ends[:, 0]
    gap = np.hypot(vector[:, 0], vector[:, 1])
    outward = np.einsum("ij,ij->i", vector, normal[piece])
    touching = gap <= TOUCH_M
    # where the boundary lies on the bank there is no direction; look just outside instead
    probe = np.asarray(shapely.points(middle[piece] + normal[piece] * PROBE_M))
    # and a piece that lies in the water is no bank: just inside must be dry
    dry = np.asarray(shapely.points(middle[piece] - normal[piece] * PROBE_M))
    wet_outside = touching.copy()
    at = np.flatnonzero(touching)
    wet_outside[at] = shapely.intersects(waters[water[at]], probe[at]) & ~shapely.intersects(
        waters[water[at]], dry[at]
    )
    facing = np.where(touching, wet_outside, outward >= FACING_COSINE * gap)
    keep = np.flatnonzero(facing)
    keep = keep[~_blocked(sight[keep], blockers)]
    piece, water, gap, sight = piece[keep], water[keep], gap[keep], sight[keep]
    barrier, rejected = _crossed(sight, barriers)
    # one bank counts once: prefer a way that is not cut off, then the nearest water, then its position
    order = np.lexsort((water, np.rint(gap / TOUCH_M), rejected, piece))
    first = np.ones(len(order), dtype=bool)
    first[1:] = piece[order][1:] != piece[order][:-1]
    best = order[first]
    return Pieces(
        owner[piece[best]], water[best].astype(np.int64), length[piece[best]], barrier[best], rejected[best]
    )


def _blocked(sight: NDArray[Any], blockers: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which lines of sight run through a blocker, the own polygon included."""
    blocked = np.zeros(len(sight), dtype=bool)
    line, other = shapely.STRtree(blockers).query(sight, predicate="intersects")
    through = shapely.length(shapely.intersection(sight[line], blockers[other]))
    # the own polygon is touched at the start; floating point may give that a length
    blocked[line[through > BLOCK_M]] = True
    return blocked


def _crossed(sight: NDArray[Any], barriers: _Barriers) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give the barrier that each line crosses, a rejecting one first, and whether it cuts the shore off."""
    barrier = np.full(len(sight), -1, dtype=np.int64)
    rejected = np.zeros(len(sight), dtype=bool)
    rejects = barriers.rejects
    if barriers.tree is None or not len(sight):
        return barrier, rejected
    line, found = barriers.tree.query(sight, predicate="intersects")
    order = np.lexsort((found, ~rejects[found], line))
    line, found = line[order], found[order]
    first = np.ones(len(line), dtype=bool)
    first[1:] = line[1:] != line[:-1]
    barrier[line[first]] = found[first]
    rejected[line[first]] = rejects[found[first]]
    return barrier, rejected


def _banks_inside(
    rows: NDArray[np.int64], subjects: NDArray[Any], waters: NDArray[Any], tree: shapely.STRtree
) -> Pieces:
    """Measure the banks of water surfaces that lie inside a subject, such as a harbour basin."""
    subject, water = tree.query(subjects[rows], predicate="intersects")
    surface = shapely.get_dimensions(waters[water]) == 2  # noqa: PLR2004 (a surface has two dimensions)
    subject, water = rows[subject[surface]], water[surface]
    result: list[tuple[int, int, float]] = []
    for row in np.unique(subject):
        # by position, for a tree gives them in an order that depends on everything in it
        inside = np.sort(water[subject == row])
        bank = shapely.boundary(shapely.union_all(waters[inside]))
        core = shapely.buffer(subjects[row], -TOUCH_M)
        parts = shapely.get_parts(shapely.segmentize(shapely.intersection(bank, core), PIECE_M))
        coordinates, line = shapely.get_coordinates(parts, return_index=True)
        same = line[1:] == line[:-1]
        vector = np.diff(coordinates, axis=0)[same]
        length = np.hypot(vector[:, 0], vector[:, 1])
        middle = shapely.points(coordinates[:-1][same] + vector / 2)
        if not len(length):
            continue
        gaps = shapely.distance(np.asarray(middle)[:, None], waters[inside][None, :])
        nearest = np.argmin(np.rint(gaps / TOUCH_M), axis=1)
        total = np.bincount(nearest, weights=length, minlength=len(inside))
        result.extend((int(row), int(inside[k]), float(total[k])) for k in np.flatnonzero(total))
    if not result:
        return _no_pieces()
    columns = list(zip(*result, strict=True))
    return Pieces(
        np.asarray(columns[0], dtype=np.int64),
        np.asarray(columns[1], dtype=np.int64),
        np.asarray(columns[2], dtype=float),
        np.full(len(result), -1, dtype=np.int64),
        np.zeros(len(result), dtype=bool),
    )

"""Shortest times between points over a network of lines.

Lines join where they have a vertex in common (within a tolerance) or where one ends on another. Lines that
only cross do not join: one of them may be a bridge. Shortest ways are those of Dijkstra (1959).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

METRES_PER_MINUTE: Final = 1000 / 60
"""Metres a minute for each kilometre an hour."""
_NEVER_ZERO: Final = 1e-9


@dataclass(frozen=True)
class Trips:
    """Times from origins to destinations.

    Attributes
    ----------
    minutes, kilometres
        ``(origins, destinations)`` of the fastest way, the way to and from the network included; infinite
        where there is none.
    origin_snap_m, destination_snap_m
        Metres from a point to the network.
    """

    minutes: NDArray[np.float64]
    kilometres: NDArray[np.float64]
    origin_snap_m: NDArray[np.float64]
    destination_snap_m: NDArray[np.float64]


def shortest_times(
    lines: NDArray[Any],
    speed_kmh: NDArray[np.float64],
    origins: NDArray[np.float64],
    destinations: NDArray[np.float64],
    *,
    access_kmh: float,
    tolerance_m: float = 0.1,
) -> Trips:
    """Find the fastest ways over a network that is driven both ways.

    Parameters
    ----------
    lines
        LineStrings or MultiLineStrings, metres.
    speed_kmh
        Per line.
    origins, destinations
        Coordinates, ``(n, 2)``; each is joined to the nearest point of the nearest line.
    access_kmh
        Speed between a point and the network.
    tolerance_m
        Vertices this close are one.
    """
    start, end, speed = _segments(lines, speed_kmh)
    points = np.concatenate([origins, destinations])
    if not len(start):
        nowhere = np.full((len(origins), len(destinations)), np.inf)
        far = np.full(len(points), np.inf)
        return Trips(nowhere, nowhere.copy(), far[: len(origins)], far[len(origins) :])
    start, end, speed = _cut_at_ends(start, end, speed, lines, tolerance_m)
    segment, spot, snap = _nearest(start, end, points)
    start, end, speed = _cut(start, end, speed, segment, spot)
    nodes, node_of = _merge(np.concatenate([start, end, spot]), tolerance_m)
    count = len(start)
    one, two, at = node_of[:count], node_of[count : 2 * count], node_of[2 * count :]
    length = np.hypot(*(end - start).T)
    way = snap / 1000.0
    # points hang on the network by an edge of their own, behind the nodes
    leaf = nodes + np.arange(len(points))
    heads, tails = np.concatenate([one, leaf]), np.concatenate([two, at])
    minutes = np.concatenate([length / (speed * METRES_PER_MINUTE), snap / (access_kmh * METRES_PER_MINUTE)])
    metres = np.concatenate([length, way * 1000.0])
    found, before, weight = _fastest(heads, tails, minutes, metres, leaf[: len(origins)], nodes + len(points))
    to = leaf[len(origins) :]
    kilometres = _along(found, before, weight, leaf[: len(origins)], to) / 1000.0
    return Trips(found[:, to], kilometres, snap[: len(origins)], snap[len(origins) :])


def _segments(
    lines: NDArray[Any], speed_kmh: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Take lines apart into straight segments with the speed of their line."""
    parts, line = shapely.get_parts(np.asarray(lines, dtype=object), return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    inside = part[1:] == part[:-1]
    start, end, speed = xy[:-1][inside], xy[1:][inside], speed_kmh[line[part[:-1][inside]]]
    moves = (start != end).any(axis=1)
    return start[moves], end[moves], speed[moves]


def _cut_at_ends(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    speed: NDArray[np.float64],
    lines: NDArray[Any],
    tolerance_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Cut segments where a line ends on them."""
    parts = shapely.get_parts(np.asarray(lines, dtype=object))
    tips = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    tips = tips[~shapely.is_missing(tips)]
    tip, segment = shapely.STRtree(_drawn(start, end)).query(tips, predicate="dwithin", distance=tolerance_m)
    xy = shapely.get_coordinates(tips)
    return _cut(start, end, speed, segment, xy[tip])


def _drawn(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[Any]:
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)))


def _nearest(
    start: NDArray[np.float64], end: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Give per point the nearest segment, the nearest place on it and the distance."""
    point, segment = shapely.STRtree(_drawn(start, end)).query_nearest(
        shapely.points(points), all_matches=True
    )
    # the first segment on a tie, so that nothing depends on the order in a tree
    order = np.lexsort((segment, point))
    first = order[np.unique(point[order], return_index=True)[1]]
    segment = segment[first].astype(np.int64)
    along = end[segment] - start[segment]
    position = ((points - start[segment]) * along).sum(axis=1) / (along**2).sum(axis=1)
    spot = start[segment] + np.clip(position, 0.0, 1.0)[:, None] * along
    return segment, spot, np.hypot(*(points - spot).T)


def _cut(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    speed: NDArray[np.float64],
    segment: NDArray[np.int64],
    spot: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Cut segments at spots on them."""
    along = end[segment] - start[segment]
    position = ((spot - start[segment]) * along).sum(axis=1) / (along**2).sum(axis=1)
    count = len(start)
    owner = np.concatenate([np.arange(count), segment, np.arange(count)])
    place = np.concatenate([np.zeros(count), np.clip(position, 0.0, 1.0), np.ones(count)])
    xy = np.concatenate([start, spot, end])
    order = np.lexsort((place, owner))
    owner, xy = owner[order], xy[order]
    keep = (owner[1:] == owner[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    return xy[:-1][keep], xy[1:][keep], speed[owner[:-1][keep]]


def _merge(xy: NDArray[np.float64], tolerance_m: float) -> tuple[int, NDArray[np.int64]]:
    """Give places a number, one for all within the tolerance."""
    pairs = KDTree(xy).query_pairs(tolerance_m, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy)))
    count, label = connected_components(graph, directed=False)
    return int(count), label.astype(np.int64)


def _fastest(
    heads: NDArray[np.int64],
    tails: NDArray[np.int64],
    minutes: NDArray[np.float64],
    metres: NDArray[np.float64],
    origins: NDArray[np.int64],
    nodes: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], dict[tuple[int, int], float]]:
    """Run Dijkstra; of parallel edges the fastest counts."""
    low, high = np.minimum(heads, tails), np.maximum(heads, tails)
    order = np.lexsort((metres, minutes, high, low))
    low, high, minutes, metres = low[order], high[order], minutes[order], metres[order]
    first = np.ones(len(low), dtype=np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    first &= low != high
    low, high, minutes, metres = low[first], high[first], minutes[first], metres[first]
    # a sparse graph takes zero for no edge
    graph = coo_array((np.maximum(minutes, _NEVER_ZERO), (low, high)), shape=(nodes, nodes)).tocsr()
    found, before = dijkstra(graph, directed=False, indices=origins, return_predecessors=True)
    length = dict(zip(zip(low.tolist(), high.tolist(), strict=True), metres.tolist(), strict=True))
    return found, before.astype(np.int64), length


def _along(
    found: NDArray[np.float64],
    before: NDArray[np.int64],
    length: dict[tuple[int, int], float],
    origins: NDArray[np.int64],
    to: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Add up the metres of the fastest ways."""
    result = np.full((len(origins), len(to)), np.inf)
    for row, origin in enumerate(origins.tolist()):
        known = {origin: 0.0}
        for column, target in enumerate(to.tolist()):
            if not np.isfinite(found[row, target]):
                continue
            way = [target]
            while way[-1] not in known:
                way.append(int(before[row, way[-1]]))
            total = known[way.pop()]
            here = origin if not way else int(before[row, way[-1]])
            for node in reversed(way):
                total += length[min(here, node), max(here, node)]
                known[node] = total
                here = node
            result[row, column] = known[target]
    return result

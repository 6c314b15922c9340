"""Lines as a network: joined where they meet, with shortest ways between places along it.

Lines of a user seldom share their nodes exactly: a harbour ends beside the canal, an axis is drawn through
another. The end of a line joins every line within a stated distance; lines that cross are joined too where
that is asked (waterways), and are not where a crossing may be a viaduct (roads). Shortest ways are those of
Dijkstra (1959).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE: Final = -9999
"""What scipy gives as the predecessor of a start."""
MILLIMETRE: Final = 3
JOINT: Final = -1
"""The line of an edge that bridges the gap between two lines."""


@dataclass(frozen=True)
class Way:
    """A way along the network.

    Attributes
    ----------
    metres
        Its length, gaps included.
    lines
        Which lines it follows, in their order, as positions in what the network was made of.
    shape
        The way itself, drawn from start to end.
    """

    metres: float
    lines: tuple[int, ...]
    shape: Any


class Network:
    """Lines joined into a graph, with places attached to it.

    Parameters
    ----------
    lines
        LineStrings or MultiLineStrings in a projected system in metres.
    places
        Geometries to attach, each to the nearest point of the nearest line.
    snap
        Distance within which the end of a line joins another line, metres.
    crossings
        Whether lines that cross are joined there.
    reach
        Distance beyond which a place is not attached, metres; None for no limit.
    """

    def __init__(
        self,
        lines: NDArray[Any],
        places: NDArray[Any],
        *,
        snap: float,
        crossings: bool,
        reach: float | None = None,
    ) -> None:
        self.parts, self.line_of_part = _parts(lines)
        self.attached = np.full(len(places), -1, dtype=np.int64)
        self._lengths = shapely.length(self.parts)
        spots, gaps = self._junctions(snap, crossings=crossings)
        spots = np.concatenate([spots, self._attach(places, reach)])
        self._build(spots, gaps, places)

    def _junctions(self, snap: float, *, crossings: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find where lines are cut, ``(n, 2)`` part and position, and which cuts are one place.

        Returns
        -------
        tuple
            Cuts, and joints ``(k, 5)``: part, position, part, position, gap in metres.
        """
        count = len(self.parts)
        ends = np.concatenate(
            [
                np.stack([np.arange(count), np.zeros(count)], axis=1),
                np.stack([np.arange(count), self._lengths], axis=1),
            ]
        )
        if not count:
            return np.zeros((0, 2)), np.zeros((0, 5))
        tree = shapely.STRtree(self.parts)
        points = np.concatenate([shapely.get_point(self.parts, 0), shapely.get_point(self.parts, -1)])
        end, other = tree.query(points, predicate="dwithin", distance=snap)
        apart = other != ends[end, 0]
        end, other = end[apart], other[apart]
        where = shapely.line_locate_point(self.parts[other], points[end])
        gap = shapely.distance(self.parts[other], points[end])
        joints = [np.column_stack([ends[end], other, where, gap])]
        if crossings:
            joints.append(self._crossings(tree))
        found = np.concatenate(joints)
        return np.concatenate([ends, found[:, :2], found[:, 2:4]]), found

    def _crossings(self, tree: shapely.STRtree) -> NDArray[np.float64]:
        one, two = tree.query(self.parts, predicate="intersects")
        before = one < two
        one, two = one[before], two[before]
        common = shapely.intersection(self.parts[one], self.parts[two])
        pieces, pair = shapely.get_parts(common, return_index=True)
        points = np.where(shapely.get_dimensions(pieces) == 0, pieces, shapely.point_on_surface(pieces))
        first = shapely.line_locate_point(self.parts[one[pair]], points)
        second = shapely.line_locate_point(self.parts[two[pair]], points)
        return np.column_stack([one[pair], first, two[pair], second, np.zeros(len(pair))])

    def _attach(self, places: NDArray[Any], reach: float | None) -> NDArray[np.float64]:
        """Give the spot of each place, ``(places, 2)``; part -1 where the network is too far."""
        result = np.full((len(places), 2), -1.0)
        if not len(self.parts) or not len(places):
            return result
        place, part = shapely.STRtree(self.parts).query_nearest(places, max_distance=reach, all_matches=True)
        # the first line on a tie, so that the order of what is asked does not matter
        order = np.lexsort((part, place))
        place, part = place[order], part[order]
        first = np.unique(place, return_index=True)[1]
        place, part = place[first], part[first]
        nearest = shapely.get_point(shapely.shortest_line(self.parts[part], places[place]), 0)
        result[place, 0] = part
        result[place, 1] = shapely.line_locate_point(self.parts[part], nearest)
        return result

    def _build(self, spots: NDArray[np.float64], gaps: NDArray[np.float64], places: NDArray[Any]) -> None:
        """Make nodes of the spots, and edges between neighbours on a line and across joints."""
        spots = np.round(spots, MILLIMETRE)
        valid = spots[:, 0] >= 0
        nodes, number = np.unique(spots[valid], axis=0, return_inverse=True)
        of_spot = np.full(len(spots), -1, dtype=np.int64)
        of_spot[valid] = number.reshape(-1)
        self.attached = of_spot[len(spots) - len(places) :]
        self.nodes = nodes
        same = np.flatnonzero(nodes[1:, 0] == nodes[:-1, 0]) if len(nodes) else np.zeros(0, dtype=np.int64)
        count = len(spots) - len(places) - 2 * len(gaps)
        left = of_spot[count : count + len(gaps)]
        right = of_spot[count + len(gaps) : count + 2 * len(gaps)]
        start = np.concatenate([same, left])
        end = np.concatenate([same + 1, right])
        length = (
            np.concatenate([nodes[same + 1, 1] - nodes[same, 1], gaps[:, 4]]) if len(nodes) else gaps[:, 4]
        )
        line = np.concatenate([nodes[same, 0], np.full(len(gaps), JOINT)]).astype(np.int64)
        # the shortest of parallel edges, and never exactly zero, which a sparse graph takes for no edge
        order = np.lexsort((length, np.maximum(start, end), np.minimum(start, end)))
        pair = np.column_stack([np.minimum(start, end), np.maximum(start, end)])[order]
        keep = np.ones(len(order), dtype=bool)
        keep[1:] = (pair[1:] != pair[:-1]).any(axis=1)
        chosen = order[keep]
        self._edges = {
            (int(one), int(two)): (int(part), float(metres))
            for one, two, part, metres in zip(
                start[chosen], end[chosen], line[chosen], length[chosen], strict=True
            )
        }
        self._edges |= {(two, one): value for (one, two), value in self._edges.items()}
        weight = np.maximum(length[chosen], 1e-6)
        size = (len(nodes), len(nodes))
        self._graph = coo_array((weight, (start[chosen], end[chosen])), shape=size).tocsr()

    def ways_from(self, place: int) -> Ways:
        """Find the shortest ways from one place to everywhere."""
        node = int(self.attached[place])
        if node < 0 or not len(self.nodes):
            return Ways(self, node, np.zeros(0), np.zeros(0, dtype=np.int64))
        metres, before = dijkstra(
            self._graph, directed=False, indices=np.array(node), return_predecessors=True
        )
        return Ways(self, node, metres, before)

    def matrix(self) -> NDArray[np.float64]:
        """Give the metres between all places, infinite where there is no way."""
        count = len(self.attached)
        result = np.full((count, count), np.inf)
        here = np.flatnonzero(self.attached >= 0)
        if len(here):
            found = dijkstra(self._graph, directed=False, indices=self.attached[here])
            result[np.ix_(here, here)] = found[:, self.attached[here]]
        np.fill_diagonal(result, 0.0)
        return result

    def edge(self, one: int, two: int) -> tuple[int, float]:
        """Give the part (`JOINT` for a gap) and the metres of an edge between two nodes."""
        return self._edges[one, two]


@dataclass(frozen=True)
class Ways:
    """The shortest ways from one place."""

    network: Network
    start: int
    metres: NDArray[np.float64]
    before: NDArray[Any]

    def distance(self, place: int) -> float:
        """Give the metres along the network to a place, infinite when there is no way."""
        node = int(self.network.attached[place])
        if self.start < 0 or node < 0:
            return np.inf
        return float(self.metres[node])

    def way(self, place: int) -> Way | None:
        """Give the way to a place; None when there is none."""
        metres = self.distance(place)
        if not np.isfinite(metres):
            return None
        network = self.network
        nodes = [int(network.attached[place])]
        while nodes[-1] != self.start:
            nodes.append(int(self.before[nodes[-1]]))
        nodes.reverse()
        pieces, lines = [], []
        for one, two in pairwise(nodes):
            part, _ = network.edge(one, two)
            if part == JOINT:
                continue
            pieces.append(substring(network.parts[part], network.nodes[one, 1], network.nodes[two, 1]))
            lines.append(int(network.line_of_part[part]))
        return Way(metres, tuple(dict.fromkeys(lines)), _joined(pieces, network, nodes[0]))


def _parts(lines: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Take lines apart into LineStrings with some length, and tell of which line each is."""
    pieces, line = shapely.get_parts(np.asarray(lines, dtype=object), return_index=True)
    good = np.isin(shapely.get_type_id(pieces), [shapely.GeometryType.LINESTRING]) & (
        shapely.length(pieces) > 0
    )
    return shapely.force_2d(pieces[good]), line[good].astype(np.int64)


def _joined(pieces: list[Any], network: Network, start: int) -> Any:
    """Draw the pieces one after another as one line; a way of no length is drawn as a point twice."""
    coordinates = [shapely.get_coordinates(piece) for piece in pieces]
    if coordinates:
        points = np.concatenate(coordinates)
        points = points[np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])]
    else:
        points = np.zeros((0, 2))
    if len(points) < 2:  # noqa: PLR2004
        part, position = network.nodes[start]
        spot = shapely.get_coordinates(network.parts[int(part)].interpolate(position))
        points = np.concatenate([spot, spot])
    return shapely.linestrings(points)

"""How hubs reach each other: over the road, and over water of the threshold class along the axes.

Over the road the length follows the road network where the project has one, else the straight line times a
stated detour; which of the two is kept per pair. Over water both ends must stand at water of the threshold
class or larger, and the way follows the axes of such water only. Locks, bridges and clearance are not
assessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analysis.structure.network import Network
from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.structure.network import Way
    from analysis.structure.rules import Figure
    from layers.parameters import Parameters

AT_WATER: Final = ("own_quay", "public_quay", "adjacent")
KILOMETRE: Final = 1000.0


@dataclass(frozen=True)
class Trip:
    """One way from hub to hub.

    Attributes
    ----------
    mode
        ``road`` or ``water``.
    km
        Its length.
    basis
        ``network``, or ``approximation`` for a straight line with a detour.
    certain
        Whether the classes of the water and of both connections are known and large enough.
    cemt
        Smallest known class on the way, None over the road or where none is known.
    along
        Names of the waterways, in their order.
    shape
        The way; a straight line where it is an approximation.
    """

    mode: str
    km: float
    basis: str
    certain: bool
    cemt: str | None
    along: tuple[str, ...]
    shape: Any


class Travel:
    """Distances between hubs.

    Parameters
    ----------
    places
        As `analysis.structure.presence.Presence.places`.
    tables
        ``waterways`` and ``roads``, where the release has them.
    parameters
        For the threshold class and the detour of the approximation.
    figures
        As `analysis.structure.rules.load_figures` gives them.
    """

    def __init__(
        self,
        places: pd.DataFrame,
        tables: Mapping[str, pd.DataFrame],
        parameters: Parameters,
        figures: Mapping[str, Figure],
    ) -> None:
        self.hubs = tuple(str(name) for name in places.index)
        self.row = {name: number for number, name in enumerate(self.hubs)}
        shapes = places["geometry"].to_numpy(dtype=object)
        self._points = middles(shapes)
        self.water = water_of(places, parameters)
        self._waters = _waterways(tables)
        self._certain, self._possible = self._water_networks(shapes, parameters, figures)
        self._roads = _road_network(tables, self._points, figures)
        self._detour = parameters.sharing.detour
        self.road_km, self.road_basis = self._by_road()
        self.water_km, self.water_certain = self._by_water()

    def _water_networks(
        self, shapes: NDArray[Any], parameters: Parameters, figures: Mapping[str, Figure]
    ) -> tuple[_Waters, _Waters]:
        lines, cemt = self._waters
        large = np.array([_large(name, parameters) for name in cemt["cemt"]], dtype=bool)
        unknown = cemt["cemt"].isna().to_numpy(dtype=bool)
        snap = figures["water_snap_m"].value
        return (
            _Waters(lines, large, shapes, self.water == "certain", snap),
            _Waters(lines, large | unknown, shapes, self.water != "no", snap),
        )

    def _by_road(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Give kilometres between all hubs, and whether they follow the network."""
        straight = shapely.distance(self._points[:, None], self._points[None, :])
        metres = straight.reshape(len(self.hubs), len(self.hubs)) * self._detour
        if self._roads is None:
            return metres / KILOMETRE, np.zeros(metres.shape, dtype=bool)
        found = self._roads.matrix()
        known = np.isfinite(found)
        return np.where(known, found, metres) / KILOMETRE, known

    def _by_water(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Give kilometres along the axes, infinite where there is no way, and where that is certain."""
        certain, possible = self._certain.matrix(), self._possible.matrix()
        sure = np.isfinite(certain)
        return np.where(sure, certain, possible) / KILOMETRE, sure

    def trip(self, start: str, end: str, mode: str) -> Trip:
        """Draw the way between two hubs; over water there must be one."""
        one, two = self.row[start], self.row[end]
        if mode == "water":
            certain = bool(self.water_certain[one, two])
            way = (self._certain if certain else self._possible).way(one, two)
            rows = self._waters[1].iloc[list(way.lines)]
            classes = [str(name) for name in rows["cemt"].dropna()]
            smallest = min(classes, key=_rank) if classes else None
            along = tuple(dict.fromkeys(str(name) for name in rows["name"].dropna()))
            return Trip("water", way.metres / KILOMETRE, "network", certain, smallest, along, way.shape)
        km = float(self.road_km[one, two])
        way_found = self._roads.ways_from(one).way(two) if self._roads is not None else None
        if way_found is not None and self.road_basis[one, two]:
            return Trip("road", km, "network", True, None, (), way_found.shape)
        ends = shapely.get_coordinates(self._points[[one, two]])
        return Trip("road", km, "approximation", True, None, (), shapely.linestrings(ends))


class _Waters:
    """The axes of water that are large enough, with the hubs that stand at it."""

    def __init__(
        self,
        lines: NDArray[Any],
        wanted: NDArray[np.bool_],
        shapes: NDArray[Any],
        at_water: NDArray[np.bool_],
        snap: float,
    ) -> None:
        self._line = np.flatnonzero(wanted)
        self._hubs = np.flatnonzero(at_water)
        self._count = len(shapes)
        self._place = {int(hub): number for number, hub in enumerate(self._hubs)}
        self._network = Network(lines[wanted], shapes[at_water], snap=snap, crossings=True)

    def matrix(self) -> NDArray[np.float64]:
        result = np.full((self._count, self._count), np.inf)
        result[np.ix_(self._hubs, self._hubs)] = self._network.matrix()
        return result

    def way(self, one: int, two: int) -> Way:
        """Give the way between two hubs, its lines as positions among all waterways."""
        way = self._network.ways_from(self._place[one]).way(self._place[two])
        if way is None:
            raise ValueError("there is no way over water between these hubs")
        return replace(way, lines=tuple(int(self._line[line]) for line in way.lines))


def _waterways(tables: Mapping[str, pd.DataFrame]) -> tuple[NDArray[Any], pd.DataFrame]:
    """Give the axes and their classes and names; surfaces of water are no axes."""
    layer = tables.get("waterways")
    if layer is None:
        return np.zeros(0, dtype=object), pd.DataFrame({"cemt": [], "name": []}, dtype=object)
    layer = layer.sort_values("waterway_id", ignore_index=True)
    lines = shapely.get_dimensions(layer["geometry"].to_numpy()) == 1
    layer = layer[lines].reset_index(drop=True)
    return layer["geometry"].to_numpy(dtype=object), pd.DataFrame(layer[["cemt", "name"]]).astype(object)


def _road_network(
    tables: Mapping[str, pd.DataFrame], points: NDArray[Any], figures: Mapping[str, Figure]
) -> Network | None:
    layer = tables.get("roads")
    if layer is None or not len(layer):
        return None
    lines = layer.sort_values("road_id")["geometry"].to_numpy(dtype=object)
    snap, reach = figures["road_snap_m"].value, figures["road_access_m"].value
    # roads that cross without a shared end may be a viaduct
    return Network(lines, points, snap=snap, crossings=False, reach=reach)


def middles(shapes: NDArray[Any]) -> NDArray[Any]:
    """Give the centre of each shape, or a point inside it where the centre lies outside."""
    centres = shapely.centroid(shapes)
    inside = shapely.intersects(shapes, centres)
    return np.where(inside, centres, shapely.point_on_surface(shapes))


def water_of(places: pd.DataFrame, parameters: Parameters) -> NDArray[np.object_]:
    """Tell whether each place stands at navigable water: certain, possible or no.

    Places outside parks were not assessed and may do so only when they are; they get ``no``.
    """
    cemt = places["connection_cemt"]
    large = np.array([_large(name, parameters) for name in cemt], dtype=bool)
    unknown = cemt.isna().to_numpy(dtype=bool)
    result = np.full(len(places), "no", dtype=object)
    wide = places["connection_possible"].isin(AT_WATER).to_numpy(dtype=bool) & (large | unknown)
    result[wide] = "possible"
    result[places["connection"].isin(AT_WATER).to_numpy(dtype=bool) & large] = "certain"
    return result


def _rank(name: str) -> int:
    return tuple(str(known) for known in CEMT_CLASSES).index(name)


def _large(name: Any, parameters: Parameters) -> bool:
    """Tell whether a class is known and at or above the threshold."""
    if not isinstance(name, str) or name not in CEMT_CLASSES:
        return False
    return _rank(name) >= _rank(parameters.cemt_threshold)

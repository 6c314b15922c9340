"""Usable-category zones: which part of each park keeps which guide distance, as polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.objects import READINGS, SURROUNDINGS, Objects, assumed
from gis.parallel import map_slices
from gis.proximity import Targets
from gis.zones import EMPTY, beyond

if TYPE_CHECKING:
    import shapely
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem

OPTIONS = ("with_inside", "without_inside")


@dataclass(frozen=True, slots=True)
class ParkZones:
    """The usable area of each park per rank, nested: rank r + 1 lies within rank r.

    Attributes
    ----------
    usable
        (reading, option) to an object array ``(parks, ranks + 1)`` of polygons; column r is the part of the
        park where at least rank r fits, column 0 the whole park.
    """

    usable: dict[tuple[str, str], NDArray[Any]]

    def at_least(self, rank: int, reading: str, option: str = "with_inside") -> NDArray[Any]:
        """Give per park the part where at least `rank` fits."""
        return self.usable[reading, option][:, rank]


def park_zones(parks: NDArray[Any], objects: Objects, system: CategorySystem) -> ParkZones:
    """Compute the zones of every park.

    Parameters
    ----------
    parks
        Polygons in EPSG:28992, in identifier order.
    objects
        Sensitive objects; those inside a park are left out of its ``without_inside`` zones, dwellings of
        its firms count in the low reading only.
    """
    limit = float(system.quiet[-1])
    free = np.flatnonzero(objects.park < 0)
    bound = np.flatnonzero(objects.park >= 0)
    free_targets, bound_targets = Targets(objects.geometry[free]), Targets(objects.geometry[bound])

    def some(part: slice) -> list[dict[tuple[str, str], list[shapely.Geometry]]]:
        outside = free_targets.pairs_within(parks[part], limit)
        inside = bound_targets.pairs_within(parks[part], limit)
        result = []
        for number in range(part.stop - part.start):
            rows = np.concatenate(
                (free[outside.target[outside.query == number]], bound[inside.target[inside.query == number]])
            )
            result.append(
                _zones_of_park(parks[part.start + number], part.start + number, rows, objects, system)
            )
        return result

    usable = {
        (reading, option): np.full((len(parks), system.ranks + 1), EMPTY, dtype=object)
        for reading in READINGS
        for option in OPTIONS
    }
    found = [zones for block in map_slices(some, len(parks), size=8) for zones in block]
    for row, zones in enumerate(found):
        for key, parts in zones.items():
            usable[key][row, :] = np.array([parks[row], *parts], dtype=object)
    return ParkZones(usable)


def _zones_of_park(
    area: shapely.Geometry, number: int, rows: NDArray[np.int64], objects: Objects, system: CategorySystem
) -> dict[tuple[str, str], list[shapely.Geometry]]:
    own = objects.park[rows] == number
    doubtful = ~objects.certain[rows] | (objects.company_home[rows] & own)
    known: dict[tuple[bytes, bool], list[shapely.Geometry]] = {}
    result = {}
    for reading in READINGS:
        for option in OPTIONS:
            keep = np.ones(len(rows), dtype=bool) if reading == "low" else ~doubtful
            if option == "without_inside":
                keep &= ~own
            # readings differ only when something is unknown; the same question is answered once
            unknown = bool(np.any(objects.surroundings[rows[keep]] == len(SURROUNDINGS) - 1))
            key = (keep.tobytes(), unknown and reading == "high")
            if key not in known:
                known[key] = _steps(area, rows[keep], objects, system, reading)
            result[reading, option] = known[key]
    return result


def _steps(
    area: shapely.Geometry, rows: NDArray[np.int64], objects: Objects, system: CategorySystem, reading: str
) -> list[shapely.Geometry]:
    groups = [
        objects.geometry[rows[objects.surroundings[rows] == number]] for number in range(len(SURROUNDINGS))
    ]
    distances = np.column_stack(
        [system.distances(assumed(number, reading)) for number in range(len(SURROUNDINGS))]
    )
    return beyond(area, groups, distances)

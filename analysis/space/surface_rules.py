"""What decides about a cell: the distance to sensitive objects per reading, and what lies on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from analysis.objects import MIXED, QUIET, UNKNOWN, Objects
from analysis.water import water_surfaces
from gis.distance_raster import Steps
from gis.rasters import Grid, burn, covered
from layers.restrictions import hardness_of, read_hardness_classes, read_protected_kinds
from layers.results_surface import EXCLUSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem

BUILT_UP: Final = EXCLUSIONS.index("built_up")
WATER: Final = EXCLUSIONS.index("water")


@dataclass(frozen=True, slots=True)
class SurfaceSettings:
    """What a planner may set about the surface.

    Attributes
    ----------
    built_up_m
        Cells nearer than this to a sensitive object that stands there count as built-up area (assumption).
    hardness_classes, protected_kinds
        The user's own files; None for those that come along.
    """

    built_up_m: float = 50.0
    hardness_classes: Path | None = None
    protected_kinds: Path | None = None


@dataclass(frozen=True, slots=True)
class _OwnHomes:
    """Dwellings of the firms of one park, which in the high reading count outside that park only."""

    park: shapely.Geometry
    steps: tuple[Steps, ...]
    bounds: tuple[float, float, float, float]

    def lower(self, ranks: NDArray[np.uint8], grid: Grid) -> None:
        if not shapely.intersects(shapely.box(*self.bounds), shapely.box(*grid.bounds)):
            return
        inside = covered(grid, np.array([self.park], dtype=object))
        outside = np.where(inside, 0, ranks).astype(np.uint8)
        for steps in self.steps:
            steps.lower(outside, grid)
        ranks[~inside] = outside[~inside]


class _InBoth:
    """Objects that count in both readings, quiet in the low one and mixed in the high one.

    How far a cell keeps from them is the same in both, so it is measured once, in the steps of either.
    """

    def __init__(self, geometry: NDArray[Any], system: CategorySystem) -> None:
        steps = np.union1d(system.quiet, system.mixed)
        self._steps = Steps(geometry, steps)
        fitting = np.arange(len(steps) + 1)
        reached = np.concatenate(([-1.0], steps))[fitting]
        # from how many steps fit to the rank in each reading
        self._rank = {
            reading: np.searchsorted(distances, reached, side="right").astype(np.uint8)
            for reading, distances in (("low", system.quiet), ("high", system.mixed))
        }
        least = np.minimum(self._rank["low"], self._rank["high"])
        # as many steps as must fit before nothing changes for a rank
        self._enough = np.searchsorted(least, np.arange(system.ranks + 1)).astype(np.uint8)

    def lower(self, shared: NDArray[np.uint8], grid: Grid) -> dict[str, NDArray[np.uint8]]:
        """Give the ranks per reading, brought down from those that both share."""
        fitting = np.where(shared > 0, self._enough[shared], 0).astype(np.uint8)
        self._steps.lower(fitting, grid)
        return {reading: np.minimum(shared, rank[fitting]) for reading, rank in self._rank.items()}


class Distances:
    """The objects, divided by how they count in each reading."""

    def __init__(self, objects: Objects, parks: NDArray[Any], system: CategorySystem) -> None:
        self._geometry = objects.geometry
        self._system = system
        kind = objects.surroundings
        own = objects.company_home & (objects.park >= 0)
        sure = objects.certain & ~own
        # what both readings share is measured once
        self._both = self._steps(sure & (kind == QUIET), sure & (kind == MIXED))
        self._low = self._steps(~sure & (kind != MIXED), ~sure & (kind == MIXED))
        unknown = sure & (kind == UNKNOWN)
        self._unknown = _InBoth(self._geometry[unknown], system) if unknown.any() else None
        self._own = [
            self._own_homes(objects.certain & own & (objects.park == park), kind, parks[park])
            for park in np.unique(objects.park[objects.certain & own])
        ]

    def _steps(self, quiet: NDArray[np.bool_], mixed: NDArray[np.bool_]) -> tuple[Steps, ...]:
        pairs = ((quiet, self._system.quiet), (mixed, self._system.mixed))
        return tuple(Steps(self._geometry[rows], distances) for rows, distances in pairs if rows.any())

    def _own_homes(
        self, rows: NDArray[np.bool_], kind: NDArray[np.int64], park: shapely.Geometry
    ) -> _OwnHomes:
        reach = float(self._system.quiet[-1])
        xmin, ymin, xmax, ymax = shapely.total_bounds(self._geometry[rows])
        bounds = (xmin - reach, ymin - reach, xmax + reach, ymax + reach)
        return _OwnHomes(park, self._steps(rows & (kind == QUIET), rows & (kind != QUIET)), bounds)

    def ranks(
        self, grid: Grid, area: NDArray[np.bool_], readings: Sequence[str]
    ) -> dict[str, NDArray[np.uint8]]:
        """Give per reading the highest rank that fits each cell of `area`; 0 elsewhere."""
        shared = np.where(area, self._system.ranks, 0).astype(np.uint8)
        for steps in self._both:
            steps.lower(shared, grid)
        found = None if self._unknown is None else self._unknown.lower(shared, grid)
        result = {}
        for reading in readings:
            ranks = shared.copy() if found is None else found[reading]
            parts: tuple[Steps | _OwnHomes, ...] = self._low if reading == "low" else tuple(self._own)
            for part in parts:
                part.lower(ranks, grid)
            result[reading] = ranks
        return result


class Restrictions:
    """What lies on a cell: protected areas by hardness, built-up area, water."""

    def __init__(
        self, tables: Mapping[str, gpd.GeoDataFrame], objects: Objects, settings: SurfaceSettings
    ) -> None:
        classes = read_hardness_classes(settings.hardness_classes)
        treatment = dict(zip(classes["hardness"], classes["treatment"], strict=True))
        self.excluded = np.array(
            [name in ("built_up", "water") or treatment.get(name) == "excluded" for name in EXCLUSIONS]
        )
        standing = objects.geometry[objects.kind != "planned"]
        self._built_up = Steps(standing, np.array([settings.built_up_m])) if len(standing) else None
        water = tables.get("waterways")
        surfaces = np.zeros(0, dtype=object) if water is None else water_surfaces(water)[0]
        # an axis of unknown width has no surface
        self._water = surfaces[shapely.get_dimensions(surfaces) == 2]  # noqa: PLR2004 (what has an area)
        self._protected, self._codes = self._by_weight(tables.get("protected_areas"), settings)

    def _by_weight(
        self, layer: gpd.GeoDataFrame | None, settings: SurfaceSettings
    ) -> tuple[NDArray[Any], list[int]]:
        """Sort protected areas from light to heavy, those that exclude last, so that the heaviest stays."""
        if layer is None or not len(layer):
            return np.zeros(0, dtype=object), []
        kinds = read_protected_kinds(settings.protected_kinds)
        codes = np.array(
            [EXCLUSIONS.index(name) for name in hardness_of(layer["kind"], layer["hardness"], kinds)]
        )
        order = np.lexsort((codes, self.excluded[codes]))
        return layer.geometry.to_numpy()[order], codes[order].tolist()

    def codes(self, grid: Grid, area: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Give the heaviest restriction of each cell of `area`."""
        result = burn(grid, self._protected, self._codes)
        if self._built_up is not None:
            free = area.astype(np.uint8)
            self._built_up.lower(free, grid)
            lighter = ~self.excluded[result] | (result < BUILT_UP)
            result[area & (free == 0) & lighter] = BUILT_UP
        result[covered(grid, self._water)] = WATER
        return result

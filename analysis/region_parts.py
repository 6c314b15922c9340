"""Cut a region into parts that can be assessed apart: own parks and plots, and all that has a say about them.

A park is whole in one part and its plots go with it. Every distance that some step looks over is known
beforehand (guide distances, water near and beside, quays), so each part gets every row within them: a halo.
The nearest water has no bound; there the distance to some water is measured first, and all water within it
goes along. Rows are found by boxes: some too many, none too few. Order stays that of the whole layer, for
that decides ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from analysis.near_rows import objects_in
from gis.partition import bisect, grown, touching

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.near_rows import NearRows
    from analysis.situation import Situation
    from layers.parameters import Parameters

MARGIN_M: Final = 1.0
"""More than any rounding of a distance."""
STRAY_M: Final = 100.0
"""A plot farther outside its park gets a box of its own, so that one stray plot does not make a huge one."""
PLOT_COST, OBJECT_COST = 0.5, 0.002
"""What a plot and an object in reach cost beside a park, measured roughly; only the balance rests on it."""
TOUCHED: Final = ("municipalities", "sub_areas", "zoned_estates", "protected_areas", "grid_congestion")
"""Layers that matter only where they meet a park or plot."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a region.

    Attributes
    ----------
    tables
        Own parks and plots, and of the other layers what has a say about them.
    parameters
        As in the project file.
    own
        Layer (parks, plots, housing_plans) to the positions of its rows in the whole layer.
    beside
        Layer (parks, plots) to those beside the own ones.
    beside_rows
        Their positions in the whole layer.
    alone
        Whether nobody else works on this machine at the same time.
    """

    tables: dict[str, gpd.GeoDataFrame]
    parameters: Parameters
    own: dict[str, NDArray[np.int64]]
    beside: dict[str, gpd.GeoDataFrame]
    beside_rows: dict[str, NDArray[np.int64]]
    alone: bool


def divide(
    situation: Situation, parts: int, objects: NearRows | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the part of each park and each plot, such that parts cost about as much.

    Parameters
    ----------
    situation
        As `analysis.situation.permits` gives.
    parts
        How many; at most one per park are made.
    objects
        Sensitive objects that are not among the tables.
    """
    tables = situation.tables
    boxes = shapely.bounds(situation.parks)
    weight = np.ones(len(boxes))
    held = situation.plot_park[situation.plot_park >= 0]
    weight += PLOT_COST * np.bincount(held, minlength=len(boxes))
    objects = objects_in(tables) if objects is None else objects
    if objects is not None:
        weight += OBJECT_COST * objects.crowd(grown(boxes, float(situation.system.quiet[-1])))
    middles = _middles(boxes)
    of_park = bisect(middles[:, 0], middles[:, 1], weight, parts)
    of_plot = np.where(situation.plot_park >= 0, of_park[situation.plot_park], -1)
    stray = np.flatnonzero(of_plot < 0)
    if len(stray):
        shapes = tables["plots"].geometry.to_numpy()[stray]
        nearest = shapely.STRtree(np.asarray(shapely.points(middles))).query_nearest(
            shapely.centroid(shapes), all_matches=False
        )[1]
        of_plot[stray] = of_park[nearest]
    return of_park, of_plot


def cut(situation: Situation, parts: int, *, alone: bool, objects: NearRows | None = None) -> Iterator[Part]:
    """Give the parts of a region one by one.

    Parameters
    ----------
    situation
        As `analysis.situation.permits` gives.
    parts
        How many; at most one per park are made.
    alone
        As in `Part`.
    objects
        Sensitive objects that are not among the tables.
    """
    of_park, of_plot = divide(situation, parts, objects)
    region = _Region(situation, objects)
    for number in range(int(of_park.max(initial=-1)) + 1):
        yield region.part(np.flatnonzero(of_park == number), np.flatnonzero(of_plot == number), alone=alone)


def _middles(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2.0, dtype=np.float64)


def _boxes(table: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(shapely.bounds(table.geometry.to_numpy()[rows]), dtype=np.float64).reshape(-1, 4)


def _spread(table: gpd.GeoDataFrame | None) -> NDArray[np.float64]:
    """Give the boxes of rows that are no points: those may reach out of the area they were found in."""
    if table is None:
        return np.zeros((0, 4))
    shapes = table.geometry.to_numpy()
    return np.asarray(shapely.bounds(shapes[shapely.get_dimensions(shapes) > 0])).reshape(-1, 4)


class _Region:
    """The layers of a region, ready to take parts out of."""

    def __init__(self, situation: Situation, objects: NearRows | None) -> None:
        self._situation = situation
        self._tables = situation.tables
        self._objects = objects_in(situation.tables) if objects is None else objects
        self._limit = float(situation.system.quiet[-1]) + MARGIN_M
        self._waters: tuple[shapely.STRtree, NDArray[Any], NDArray[np.int64], shapely.STRtree] | None = None
        waterways = self._tables.get("waterways")
        if waterways is not None:
            shapes = waterways.geometry.to_numpy()
            # points say nothing about where the water is, as in `analysis.water`
            rows = np.flatnonzero(shapely.get_dimensions(shapes) > 0)
            half = np.nan_to_num(waterways["width_m"].to_numpy(dtype=float)[rows]) / 2.0
            wide = np.asarray(shapely.box(*grown(shapely.bounds(shapes[rows]), half).T))
            self._waters = shapely.STRtree(shapes[rows]), shapes[rows], rows, shapely.STRtree(wide)

    def part(self, parks: NDArray[np.int64], plots: NDArray[np.int64], *, alone: bool) -> Part:
        """Take one part out: own parks and plots by position."""
        parameters = self._situation.parameters
        own = {"parks": parks}
        if "plots" in self._tables:
            own["plots"] = plots
        core = self._core(parks, plots)
        rows = {name: self._touching(name, grown(core, MARGIN_M)) for name in TOUCHED}
        rows["housing_plans"] = self._touching("housing_plans", grown(core, self._limit))
        objects = None if self._objects is None else self._objects.near(grown(core, self._limit))
        rows["businesses"] = self._touching("businesses", grown(core, MARGIN_M))
        rows["barriers"] = self._touching("barriers", grown(core, parameters.water_adjacent_m + MARGIN_M))
        quay_reach = max(parameters.water_near_m, parameters.quay_tolerance_m) + MARGIN_M
        rows["quays"] = self._touching("quays", grown(core, quay_reach))
        # a quay belongs to its nearest water, and stands outside the boxes of parks itself
        of_quays = _boxes(self._tables["quays"], rows["quays"]) if "quays" in self._tables else core[:0]
        rows["waterways"] = self._near_water(np.vstack((core, of_quays)))
        around = np.vstack(
            (
                grown(core, self._limit),
                _spread(objects),
                self._spread("housing_plans", rows["housing_plans"]),
            )
        )
        rows["surroundings"] = self._touching("surroundings", around)
        if "housing_plans" in self._tables:
            own["housing_plans"] = rows["housing_plans"]
        tables = {
            name: self._take(name, found) for name, found in {**rows, **own}.items() if name in self._tables
        }
        if objects is not None:
            tables["sensitive_objects"] = objects
        beside = self._beside(core, rows, own, objects)
        return Part(
            tables,
            parameters,
            own,
            {name: self._take(name, found) for name, found in beside.items()},
            beside,
            alone,
        )

    def _core(self, parks: NDArray[np.int64], plots: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give boxes that hold the own parks and plots."""
        boxes = _boxes(self._tables["parks"], parks)
        if not len(plots):
            return boxes
        of_plots = _boxes(self._tables["plots"], plots)
        place = np.searchsorted(parks, self._situation.plot_park[plots])
        place[self._situation.plot_park[plots] < 0] = -1
        room = grown(boxes, STRAY_M)[place]
        near = (of_plots[:, :2] >= room[:, :2]).all(axis=1) & (of_plots[:, 2:] <= room[:, 2:]).all(axis=1)
        near &= place >= 0
        for column in (0, 1):
            np.minimum.at(boxes[:, column], place[near], of_plots[near, column])
            np.maximum.at(boxes[:, column + 2], place[near], of_plots[near, column + 2])
        return np.vstack((boxes, of_plots[~near]))

    def _beside(
        self,
        core: NDArray[np.float64],
        rows: dict[str, NDArray[np.int64]],
        own: dict[str, NDArray[np.int64]],
        objects: gpd.GeoDataFrame | None,
    ) -> dict[str, NDArray[np.int64]]:
        """Find the other parks and plots that hold an object or firm, block a view or take a quay."""
        parameters = self._situation.parameters
        quays = grown(self._spread("quays", rows["quays"]), parameters.quay_tolerance_m + MARGIN_M)
        sight = max(parameters.water_adjacent_m, 2.0 * parameters.quay_tolerance_m) + MARGIN_M
        reach = [grown(core, sight), quays]
        if objects is not None:
            reach += [grown(core, self._limit), _spread(objects)]
        boxes = np.vstack([*reach, self._spread("businesses", rows["businesses"])])
        found: dict[str, NDArray[np.int64]] = {}
        for name in ("parks", "plots"):
            if name in own:
                touched = self._touching(name, boxes)
                if name == "plots" and objects is not None:
                    touched = np.union1d(touched, self._named_plots(objects))
                found[name] = np.setdiff1d(touched, own[name])
        return found

    def _named_plots(self, objects: gpd.GeoDataFrame) -> NDArray[np.int64]:
        """Find the plots that objects say they belong to, wherever they lie."""
        named = objects["plot_id"].dropna()
        return np.flatnonzero(self._tables["plots"]["plot_id"].isin(named).to_numpy(dtype=bool))

    def _near_water(self, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
        """Find all water that may be the nearest to something in a box, or is near enough to matter."""
        if self._waters is None or not len(self._waters[2]):
            return np.zeros(0, dtype=np.int64)
        tree, shapes, rows, wide = self._waters
        parameters = self._situation.parameters
        middle = np.asarray(shapely.points(_middles(boxes)))
        query, some = tree.query_nearest(middle, all_matches=False)
        # from anywhere in the box that water is at most this far, so the nearest one is not farther
        corner = np.hypot(boxes[query, 2] - boxes[query, 0], boxes[query, 3] - boxes[query, 1]) / 2.0
        reach = shapely.distance(middle[query], shapes[some]) + corner
        reach = np.maximum(reach, max(parameters.water_near_m, parameters.water_adjacent_m)) + MARGIN_M
        near = np.unique(wide.query(shapely.box(*grown(boxes[query], reach).T))[1])
        return np.asarray(rows[near], dtype=np.int64)

    def _spread(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return _spread(self._tables[name].iloc[rows] if name in self._tables else None)

    def _touching(self, name: str, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
        table = self._tables.get(name)
        return np.zeros(0, dtype=np.int64) if table is None else touching(table, boxes)

    def _take(self, name: str, rows: NDArray[np.int64]) -> gpd.GeoDataFrame:
        return self._tables[name].iloc[rows].reset_index(drop=True)

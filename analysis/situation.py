"""What all result tables share, measured once: objects, permitted categories, zones and heavy land."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.categories import CategorySystem, load_categories
from analysis.everyone import Everyone
from analysis.heavy import HeavyLand, heavy_land
from analysis.objects import Objects, prepare_objects
from analysis.subjects import (
    Permitted,
    park_of_plots,
    permitted_of_parks,
    permitted_of_plots,
)
from analysis.zones import ParkZones, park_zones

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that is measured once and used by several tables.

    `every_park` and `every_plot` are those that have a say, with the ones beside an area assessed in parts.
    """

    tables: Mapping[str, gpd.GeoDataFrame]
    parameters: Parameters
    system: CategorySystem
    threshold: int
    objects: Objects | None
    park_permitted: Permitted
    plot_permitted: Permitted | None
    plot_park: NDArray[np.int64]
    zones: ParkZones | None
    land: HeavyLand
    every_park: Everyone
    every_plot: Everyone | None

    @property
    def parks(self) -> NDArray[Any]:
        """Give the park polygons."""
        return np.asarray(self.tables["parks"].geometry.to_numpy())


def permits(tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters) -> Situation:
    """Find what is permitted on parks and plots, and measure neither zones nor land."""
    system = load_categories()
    parks = tables["parks"]
    park_permitted = permitted_of_parks(parks, system)
    plot_park, plot_permitted, every_plot = np.zeros(0, dtype=np.int64), None, None
    if "plots" in tables:
        plot_park = park_of_plots(tables["plots"], parks)
        plot_permitted = permitted_of_plots(tables["plots"], plot_park, park_permitted, system)
        every_plot = Everyone.of(tables["plots"], "plot_id")
    return Situation(
        tables=tables,
        parameters=parameters,
        system=system,
        threshold=system.rank(parameters.hmc_threshold),
        objects=None,
        park_permitted=park_permitted,
        plot_permitted=plot_permitted,
        plot_park=plot_park,
        zones=None,
        land=HeavyLand({}, np.zeros(0, dtype=object), None),
        every_park=Everyone.of(parks, "park_id"),
        every_plot=every_plot,
    )


def survey(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    *,
    system: CategorySystem | None = None,
    zones: ParkZones | None = None,
    every_park: Everyone | None = None,
    every_plot: Everyone | None = None,
) -> Situation:
    """Measure what all tables share: objects, permitted categories, zones and heavy land.

    Parameters
    ----------
    tables
        Cleaned input layers as `layers.read.read_inputs` gives them, EPSG:28992, sorted by identifier.
    parameters
        As in the project file.
    system
        The categories, when they were read before.
    zones
        Zones of these parks that were measured before.
    every_park, every_plot
        The parks and plots with those beside them, when `tables` holds a part of a region.
    """
    system = load_categories() if system is None else system
    threshold = system.rank(parameters.hmc_threshold)
    parks = tables["parks"]
    park_permitted = permitted_of_parks(parks, system)
    plot_park, plot_permitted = np.zeros(0, dtype=np.int64), None
    if "plots" in tables:
        plot_park = park_of_plots(tables["plots"], parks)
        plot_permitted = permitted_of_plots(tables["plots"], plot_park, park_permitted, system)
        every_plot = Everyone.of(tables["plots"], "plot_id") if every_plot is None else every_plot
    every_park = Everyone.of(parks, "park_id") if every_park is None else every_park
    objects = prepare_objects(tables, every_park, every_plot)
    if zones is None and objects is not None:
        zones = park_zones(parks.geometry.to_numpy(), objects, system)
    land = heavy_land(tables, park_permitted, plot_permitted, plot_park, zones, threshold)
    return Situation(
        tables,
        parameters,
        system,
        threshold,
        objects,
        park_permitted,
        plot_permitted,
        plot_park,
        zones,
        land,
        every_park,
        every_plot,
    )

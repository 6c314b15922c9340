"""How far each municipality is from each site: over the road network, or by a declared approximation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analysis.sharing.centres import centres
from analysis.sharing.network import METRES_PER_MINUTE, shortest_times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.parameters import Parameters

NETWORK: Final = "network"
APPROXIMATION: Final = "approximation"
NOT_ASSESSED: Final = "not_assessed"
FURTHEST_SNAP_M: Final = 3000.0
"""A point further than this from every road was not drawn on this network; its times are not assessed."""
HOME: Final = "home"


@dataclass(frozen=True)
class Travel:
    """Times between municipalities and sites.

    Attributes
    ----------
    municipalities, sites
        Codes and ids, in the order of the matrices.
    minutes, kilometres
        ``(municipalities, sites)``, missing where not assessed.
    between
        Minutes between the centres of municipalities, ``(municipalities, municipalities)``.
    basis
        ``network`` or ``approximation``.
    centre
        Coordinates of the centres, ``(municipalities, 2)``.
    by_homes
        Whether a centre is weighted by homes, ``(municipalities,)``.
    municipality_snap_m, site_snap_m
        Metres to the network; missing for the approximation.
    roads_without_speed
        How many roads were given the speed of the approximation.
    """

    municipalities: tuple[str, ...]
    sites: tuple[str, ...]
    minutes: NDArray[np.float64]
    kilometres: NDArray[np.float64]
    between: NDArray[np.float64]
    basis: str
    centre: NDArray[np.float64]
    by_homes: NDArray[np.bool_]
    municipality_snap_m: NDArray[np.float64]
    site_snap_m: NDArray[np.float64]
    roads_without_speed: int

    def table(self) -> pd.DataFrame:
        """Give one row per municipality and site."""
        rows, columns = len(self.municipalities), len(self.sites)
        known = np.isfinite(self.minutes)
        return pd.DataFrame(
            {
                "municipality_code": np.repeat(np.array(self.municipalities, dtype=object), columns),
                "site_id": np.tile(np.array(self.sites, dtype=object), rows),
                "minutes": self.minutes.ravel(),
                "km": self.kilometres.ravel(),
                "basis": np.where(known, self.basis, NOT_ASSESSED).ravel(),
                "municipality_snap_m": np.repeat(self.municipality_snap_m, columns),
                "site_snap_m": np.tile(self.site_snap_m, rows),
            }
        )


def find_travel(tables: Mapping[str, Any], parameters: Parameters, sites: pd.DataFrame) -> Travel:
    """Find the times from the inhabitants of each municipality to each site.

    Parameters
    ----------
    tables
        ``municipalities``, and ``sensitive_objects`` and ``roads`` where the release has them.
    parameters
        Speed and detour of the approximation; the speed also serves roads without one and the way to the
        network.
    sites
        ``site_id``, ``x``, ``y``; one row per site, in any order.
    """
    areas = tables["municipalities"].sort_values("municipality_code", ignore_index=True)
    places = sites.sort_values("site_id", ignore_index=True)
    homes, weight = _homes(tables.get("sensitive_objects"))
    middle, by_homes = centres(areas.geometry.to_numpy(), homes, weight)
    spot = places[["x", "y"]].to_numpy(dtype=np.float64)
    sharing = parameters.sharing
    roads = tables.get("roads")
    everywhere = np.concatenate([spot, middle])
    if roads is None or not len(roads):
        metres = np.hypot(*(middle[:, None] - everywhere[None]).transpose(2, 0, 1)) * sharing.detour
        minutes, kilometres = metres / (sharing.speed_kmh * METRES_PER_MINUTE), metres / 1000.0
        basis, without = APPROXIMATION, 0
        snaps = np.full(len(middle), np.nan), np.full(len(spot), np.nan)
    else:
        roads = roads.sort_values("road_id", ignore_index=True)
        speed = roads["speed_kmh"].to_numpy(dtype=np.float64, na_value=np.nan)
        without = int(np.isnan(speed).sum())
        speed = np.where(np.isnan(speed), sharing.speed_kmh, speed)
        trips = shortest_times(
            roads.geometry.to_numpy(), speed, middle, everywhere, access_kmh=sharing.speed_kmh
        )
        far = trips.origin_snap_m[:, None] > FURTHEST_SNAP_M
        unknown = far | (trips.destination_snap_m > FURTHEST_SNAP_M) | ~np.isfinite(trips.minutes)
        minutes = np.where(unknown, np.nan, trips.minutes)
        kilometres = np.where(unknown, np.nan, trips.kilometres)
        basis = NETWORK
        snaps = trips.origin_snap_m, trips.destination_snap_m[: len(spot)]
    return Travel(
        municipalities=tuple(str(code) for code in areas["municipality_code"]),
        sites=tuple(str(name) for name in places["site_id"]),
        minutes=minutes[:, : len(spot)],
        kilometres=kilometres[:, : len(spot)],
        between=minutes[:, len(spot) :],
        basis=basis,
        centre=middle,
        by_homes=by_homes,
        municipality_snap_m=snaps[0],
        site_snap_m=snaps[1],
        roads_without_speed=without,
    )


def _homes(objects: pd.DataFrame | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give coordinates and dwellings of all homes that are known to be homes."""
    if objects is None:
        return np.empty((0, 2)), np.empty(0)
    homes = objects[objects["kind"] == HOME].sort_values("object_id")
    points = homes.geometry.to_numpy()
    if (shapely.get_type_id(points) != shapely.GeometryType.POINT).any():
        points = shapely.centroid(points)
    weight = homes["weight"].to_numpy(dtype=np.float64, na_value=1.0)
    return shapely.get_coordinates(points), weight

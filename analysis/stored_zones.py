"""Usable-category zones as a release holds them, back in the form in which they were measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.objects import READINGS
from analysis.zones import ParkZones
from gis.zones import EMPTY, polygons_only

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem

OPTION = "with_inside"
"""The answer that counts objects on the park itself: the one that decides."""


def stored_zones(
    zones: pd.DataFrame, park_ids: NDArray[np.object_], parks: NDArray[Any], system: CategorySystem
) -> tuple[ParkZones, NDArray[np.bool_]]:
    """Take zones from a table of a release instead of measuring them again.

    Parameters
    ----------
    zones
        ``usable_zones`` or, for who may not see those, ``usable_blocks``; EPSG:28992.
    park_ids, parks
        The parks that are wanted, polygons in EPSG:28992.

    Returns
    -------
    ParkZones
        With the objects inside only.
    NDArray of bool
        Of each park, whether the table tells of it; where it does not, nothing may be concluded.
    """
    usable = {
        (reading, OPTION): np.full((len(parks), system.ranks + 1), EMPTY, dtype=object)
        for reading in READINGS
    }
    known = np.zeros(len(parks), dtype=bool)
    row_of = {identifier: row for row, identifier in enumerate(park_ids)}
    chosen = zones[(zones["objects"] == OPTION) & zones["park_id"].isin(list(row_of))]
    for (park_id, reading), part in chosen.groupby(["park_id", "reading"], sort=True):
        row = row_of[park_id]
        known[row] = True
        rank = np.array([system.rank(str(label)) for label in part["category"]])
        usable[str(reading), OPTION][row, :] = _nested(parks[row], part.geometry.to_numpy(), rank, system)
    return ParkZones(usable), known


def _nested(
    park: shapely.Geometry, shapes: NDArray[Any], rank: NDArray[np.int64], system: CategorySystem
) -> NDArray[Any]:
    """Put zones that do not overlap together from the heaviest down."""
    result = np.full(system.ranks + 1, EMPTY, dtype=object)
    inner: shapely.Geometry = EMPTY
    for step in range(system.ranks, 0, -1):
        own = shapes[rank == step]
        if len(own):
            inner = polygons_only(shapely.union_all(np.append(own, [inner])))
        result[step] = inner
    result[0] = park
    return result

"""Usable-category zones as a table of polygons that do not overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.columns import stack
from analysis.heavy import hectares, overlay

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.situation import Situation

SMALLEST_M2 = 1.0
"""Smaller pieces are noise of the overlay."""


def zone_table(situation: Situation) -> pd.DataFrame:
    """Turn nested areas into zones that do not overlap, one per category, split where noise is governed."""
    zones, labels = situation.zones, situation.system.labels
    if zones is None:
        return stack("usable_zones")
    identifiers = situation.tables["parks"]["park_id"].to_numpy(dtype=object)
    records: list[tuple[str, str, str, str, str, bool]] = []
    shapes: list[NDArray[Any]] = []
    for (reading, option), nested in zones.usable.items():
        for rank, label in enumerate(labels):
            inner = nested[:, rank + 1] if rank + 1 < len(labels) else None
            for governed, rows, cut in _split(nested[:, rank], inner, situation.land.governed):
                mark = "-z" if governed else ""
                records.extend(
                    (
                        f"{identifiers[row]}-{reading}-{option}-{label}{mark}",
                        identifiers[row],
                        reading,
                        option,
                        label,
                        governed,
                    )
                    for row in rows
                )
                shapes.append(cut)
    columns = ["zone_id", "park_id", "reading", "objects", "category", "governed_by_zone"]
    geometry = np.concatenate(shapes) if shapes else np.zeros(0, dtype=object)
    return pd.DataFrame(records, columns=columns).assign(area_ha=hectares(geometry), geometry=geometry)


def _split(
    area: NDArray[Any], inner: NDArray[Any] | None, governed: NDArray[Any]
) -> list[tuple[bool, NDArray[np.int64], NDArray[Any]]]:
    """Cut what belongs to the next category off, and divide the rest by who governs noise there."""
    rows = np.flatnonzero(np.asarray(shapely.area(area)) > SMALLEST_M2)
    ring = area[rows] if inner is None else overlay(shapely.difference, area[rows], inner[rows])
    zoned = ~shapely.is_empty(governed[rows])
    result = []
    free = ring.copy()
    free[zoned] = overlay(shapely.difference, ring[zoned], governed[rows[zoned]])
    for flag, found, at in (
        (False, free, rows),
        (True, overlay(shapely.intersection, ring[zoned], governed[rows[zoned]]), rows[zoned]),
    ):
        keep = np.asarray(shapely.area(found)) > SMALLEST_M2
        result.append((flag, at[keep], found[keep]))
    return result

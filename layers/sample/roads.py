"""A schematic road network: straight lines between the centres of neighbouring municipalities.

Two centres are joined when no third lies in the circle between them (Gabriel and Sokal, A new statistical
approach to geographic variation analysis, Systematic Zoology 18, 1969), so that lines meet in centres only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.sample.frame import EXAMPLE, fact_rows, table

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_LONG_M = 9_000.0
_FAST, _SLOW = 80, 50


def roads_layer() -> gpd.GeoDataFrame:
    """Make the road network; names of places are real, the roads are made up."""
    towns = fact_rows("municipalities_utrecht")
    points = np.array([[float(town["centroid_x_m"]), float(town["centroid_y_m"])] for town in towns])
    rows: list[dict[str, Any]] = []
    shapes = []
    for one, two in joined(points):
        line = shapely.LineString(points[[one, two]])
        rows.append(
            {
                "WEG_ID": f"VWG{len(rows) + 1:03d}",
                "WEGNAAM": f"{EXAMPLE.capitalize()}weg {towns[one]['name']} - {towns[two]['name']}",
                "SNELHEID": _FAST if line.length > _LONG_M else _SLOW,
            }
        )
        shapes.append(line)
    return table(rows, shapes)


def joined(points: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Give the pairs of points without a third one in the circle that has them as its diameter.

    Parameters
    ----------
    points
        Metres, ``(n, 2)``.
    """
    apart = np.square(points[:, None, :] - points[None, :, :]).sum(axis=2)
    found = []
    for one in range(len(points)):
        for two in range(one + 1, len(points)):
            third = apart[one] + apart[two] < apart[one, two]
            third[[one, two]] = False
            if not third.any():
                found.append((one, two))
    return found

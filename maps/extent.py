"""Which part of the country a map shows: the parks and the municipalities that they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from maps.reading import View

AROUND = 0.5
"""How much of the extent's size is kept around it, for a reader who moves the map."""


def extent(view: View) -> tuple[float, float, float, float]:
    """Give west, south, east and north of what a map shows first, in metres EPSG:28992.

    Raises
    ------
    ValueError
        When there are neither parks nor municipalities.
    """
    parks = _filled(view.geometry("park_evidence"))
    places = _filled(view.geometry("municipalities"))
    if len(parks) and len(places):
        # a project may bring the municipalities of the whole country for the parks of a few
        touched = np.unique(shapely.STRtree(places).query(parks, predicate="intersects")[1])
        places = places[touched]
    shapes = np.concatenate([parks, places])
    if not len(shapes):
        raise ValueError("there is no geometry to show")
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    return west, south, east, north


def within_reach(view: View, name: str, share: float = AROUND) -> NDArray[np.bool_]:
    """Tell which rows of a layer lie in the extent or around it, shape (n,)."""
    shapes = view.geometry(name)
    if not len(shapes):
        return np.zeros(0, dtype=bool)
    west, south, east, north = extent(view)
    across, up = share * (east - west), share * (north - south)
    area = shapely.box(west - across, south - up, east + across, north + up)
    return np.asarray(shapely.intersects(area, shapes), dtype=bool)


def _filled(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    present = shapely.is_geometry(shapes) & ~shapely.is_empty(shapes)
    return shapes[present]

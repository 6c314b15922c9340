"""The embedded source: one table in memory, indexed, and written as GeoJSON before anybody asks."""

from __future__ import annotations

import threading
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from api.http.crs import CRS84, from_plane
from api.http.evaluate import Rows, matches
from api.http.serialise import feature_bytes, properties_bytes
from api.http.source import EVERYTHING, Page
from gis.planes import to_plane
from layers.served_rows import ordered, plain_rows, stored_geometry

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from api.http.crs import Crs
    from api.http.source import Area, Box, Query, Selection
    from layers.schema import Layer


class MemorySource:
    """Features of one table; nothing changes after it was made, save what is written on first use.

    Parameters
    ----------
    layer
        Description of the table.
    frame
        Its rows and columns as far as the reader may see them; a GeoDataFrame in EPSG:28992 when it has a
        place.
    ready
        Whether features are written at once; else when somebody asks for them, which pages never do.

    Raises
    ------
    ValueError
        When an id is missing or occurs twice.
    """

    def __init__(self, layer: Layer, frame: pd.DataFrame | gpd.GeoDataFrame, *, ready: bool = True) -> None:
        rows, self._ids, self._keys = ordered(layer, frame)
        self._place = {feature_id: position for position, feature_id in enumerate(self._ids)}
        stored = stored_geometry(rows)
        rd = to_plane(stored, "rd")
        # downloads are made from what is served in RD
        self._frame = rows.set_geometry(rd, crs=rows.crs) if isinstance(rows, gpd.GeoDataFrame) else rows
        self._rows = Rows(self._frame, {"rd": rd, "lonlat": to_plane(stored, "lonlat")})
        self._lock = threading.Lock()
        self._properties: list[bytes] | None = None
        self._written: dict[str, tuple[bytes, ...]] = {}
        if ready:
            self._features(CRS84)

    @property
    def count(self) -> int:
        """The number of features."""
        return len(self._ids)

    @property
    def extent(self) -> Box | None:
        """West, south, east, north in degrees; None without geometry."""
        return extent_of(self._rows.geometry["lonlat"])

    def page(self, query: Query, crs: Crs) -> Page:
        """Give one page of features in a coordinate system."""
        features = self._features(crs)
        begin = 0 if query.after is None else bisect_right(self._keys, query.after)
        if query.selection.everything:
            stop = min(begin + query.limit, self.count)
            last = stop - 1 if begin < stop < self.count else None
            return Page(list(features[begin:stop]), self.count, None if last is None else self._keys[last])
        found = self._positions(query.selection)
        first = int(np.searchsorted(found, begin))
        chosen = found[first : first + query.limit].tolist()
        more = bool(chosen) and first + len(chosen) < len(found)
        return Page(
            [features[position] for position in chosen],
            len(found),
            self._keys[chosen[-1]] if more else None,
        )

    def feature(self, feature_id: str, crs: Crs) -> bytes | None:
        """Give one feature in a coordinate system, or None when there is none with that id."""
        position = self._place.get(feature_id)
        return None if position is None else self._features(crs)[position]

    def table(self, selection: Selection = EVERYTHING) -> pd.DataFrame | gpd.GeoDataFrame:
        """Give the selected rows in EPSG:28992, in the order of their keys."""
        if selection.everything:
            return self._frame.copy(deep=False)
        return self._frame.iloc[self._positions(selection)]

    def _features(self, crs: Crs) -> tuple[bytes, ...]:
        """Give every feature as written in a system; written once, by whoever asks first."""
        written = self._written.get(crs.code)
        if written is None:
            with self._lock:
                written = self._written.get(crs.code)
                if written is None:
                    geometry = from_plane(self._rows.geometry[crs.plane], crs)
                    if self._properties is None:
                        self._properties = properties_bytes(plain_rows(self._frame))
                    written = feature_bytes(self._ids, self._properties, geometry)
                    self._written[crs.code] = written
        return written

    def _positions(self, selection: Selection) -> NDArray[np.integer[Any]]:
        """Find the selected rows, in order."""
        found = None if selection.area is None else self._touching(selection.area)
        if selection.where is None:
            return np.arange(self.count) if found is None else found
        met = np.flatnonzero(matches(selection.where, self._rows))
        return met if found is None else np.intersect1d(met, found, assume_unique=True)

    def _touching(self, area: Area) -> NDArray[np.integer[Any]]:
        return self._rows.related("intersects", area.plane, area.geometry)


def extent_of(lonlat: NDArray[np.object_]) -> Box | None:
    """Give the box round geometries; None when there are none."""
    west, south, east, north = shapely.total_bounds(lonlat).tolist() if len(lonlat) else [np.nan] * 4
    return None if np.isnan(west) else (west, south, east, north)

"""Maps on pages: what a reader may see, put together for `maps.site.map_state`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gis.crs import rd_to_lonlat
from maps.site.map_state import Sheet, map_state
from maps.site.map_wish import read_wish

if TYPE_CHECKING:
    from collections.abc import Collection

    from api.http.site.visit import Visit
    from maps.site.map_state import Bounds, MapState
    from maps.styles.rules import LayerStyle


ON_A_PAGE: Final = (
    "municipalities", "park_evidence", "plot_evidence", "reservation_zones", "usable_blocks", "waterways",
    "quays", "shared_functions",
)  # fmt: skip
"""What a map on the page of a municipality or a park offers; everything is on the page of the map."""
MARGIN_M: Final = 400.0
"""Room round what a map is about."""


def bounds_of(visit: Visit, layer: str, column: str, values: Collection[str]) -> Bounds | None:
    """Give the box round rows of a layer, with some room, in degrees (CRS84); None where none has a place."""
    table = visit.table(layer)
    if not isinstance(table, gpd.GeoDataFrame):
        return None
    rows = table[column].isin(list(values)).to_numpy(dtype=bool)
    shapes = np.asarray(table.geometry.to_numpy(), dtype=object)[rows]
    shapes = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if not len(shapes):
        return None
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    room = shapely.box(west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    degrees = shapely.total_bounds(rd_to_lonlat(np.array([room], dtype=object)))
    return tuple(degrees.tolist())


def map_about(visit: Visit, bounds: Bounds | None, name: str, **options: Any) -> MapState:
    """Make the map on a page about a place of this name."""
    title = visit.text(f"Kaart van {name}", f"Map of {name}")
    usual = ("municipalities", "park_evidence", "waterways", "reservation_zones")
    return map_of(visit, ON_A_PAGE, title=title, usual=usual, bounds=bounds, embedded=True, **options)


def sheets_of(visit: Visit, names: Collection[str] | None = None) -> list[Sheet]:
    """Give the layers that can be on a map, as the reader sees them.

    Parameters
    ----------
    visit
        Who reads what.
    names
        The layers that the map offers; None for all.
    """
    styles: dict[str, list[LayerStyle]] = {}
    for entry in visit.shown.book.entries.values():
        styles.setdefault(entry.layer.name, []).append(entry.style)
    return [
        Sheet(item.layer, item.columns, styles[name], item.count, item.extent)
        for name, item in visit.collections.items()
        if name in styles and (names is None or name in names)
    ]


def map_of(visit: Visit, names: Collection[str] | None = None, *, title: str, **options: Any) -> MapState:
    """Make the map of a page.

    Parameters
    ----------
    visit
        Who reads what; its address says which layers are on.
    names
        The layers that it offers; None for all that the reader sees.
    title
        Heading of the map, in the language of the page.
    options
        As for `maps.site.map_state.map_state`.
    """
    wish = read_wish(visit.request.query_params.multi_items())
    sheets = sheets_of(visit, names)
    language, ground = visit.frame.language, visit.house.ground
    return map_state(sheets, title=title, language=language, wish=wish, ground=ground, **options)

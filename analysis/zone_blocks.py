"""Usable-category zones for readers who may not know where homes are.

The exact edge of a zone is an arc round a home, so its centre would point at that home. What goes out shows
the same answer in square blocks of a fixed grid; hectares stay those of the exact zones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers.results import BLOCK_M

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

ROUNDING_M2: Final = 1e-6
"""Square metres, a square millimetre: coordinates are kept to the millimetre."""


def in_blocks(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Redraw zones in blocks.

    Parameters
    ----------
    zones
        The ``usable_zones`` of a release, in EPSG:28992.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows and values. The geometry of a row is made of the blocks, cut off at the edge of the
        park, whose middle lies in that zone; a zone without any such block is left out.
    """
    shapes = np.asarray(zones.geometry.to_numpy(), dtype=object)
    result = np.full(len(zones), None, dtype=object)
    for answers in _rows_by_park(zones).values():
        # every answer covers the whole park, so one set of pieces serves them all
        pieces = blocks(shapely.union_all(shapes[next(iter(answers.values()))]))
        middles = shapely.point_on_surface(pieces)
        tree = shapely.STRtree(middles)
        for rows in answers.values():
            zone = _zone_of(shapes[rows], middles, tree)
            for number, row in enumerate(rows):
                own = pieces[zone == number]
                result[row] = joined(own) if len(own) else None
    drawn = zones.copy()
    drawn.geometry = result
    return drawn[drawn.geometry.notna()].reset_index(drop=True)


def _rows_by_park(zones: gpd.GeoDataFrame) -> dict[str, dict[tuple[str, str], list[int]]]:
    """Give per park and per answer (reading, objects) the rows of its zones."""
    found: dict[str, dict[tuple[str, str], list[int]]] = {}
    keys = zip(
        *(zones[name].to_numpy(dtype=object) for name in ("park_id", "reading", "objects")), strict=True
    )
    for row, (park, reading, objects) in enumerate(keys):
        found.setdefault(park, {}).setdefault((reading, objects), []).append(row)
    return found


def _zone_of(
    zones: NDArray[np.object_], middles: NDArray[np.object_], tree: shapely.STRtree
) -> NDArray[np.int64]:
    """Give the zone in which each middle lies; the nearest one for a middle in a crack between zones."""
    found = np.full(len(middles), -1, dtype=np.int64)
    zone, middle = tree.query(zones, predicate="intersects")
    # backwards, so that on a shared edge the first zone wins
    found[middle[::-1]] = zone[::-1]
    lost = np.flatnonzero(found < 0)
    if len(lost):
        found[lost] = shapely.STRtree(zones).query_nearest(middles[lost], all_matches=False)[1]
    return found


def joined(pieces: NDArray[np.object_]) -> Any:
    """Put blocks that share edges together."""
    try:
        return shapely.coverage_union_all(pieces)
    except shapely.errors.GEOSException:
        # two blocks at a slanted edge of the park may disagree by a rounding error about their common corner
        return shapely.union_all(pieces)


def blocks(area: Any, side_m: float = BLOCK_M) -> NDArray[np.object_]:
    """Cut a polygon in EPSG:28992 into the squares of a fixed grid, shape (n,)."""
    west, south, east, north = shapely.bounds(area)
    columns = np.arange(np.floor(west / side_m), np.ceil(east / side_m)) * side_m
    rows = np.arange(np.floor(south / side_m), np.ceil(north / side_m)) * side_m
    left, bottom = (values.ravel() for values in np.meshgrid(columns, rows))
    squares = shapely.box(left, bottom, left + side_m, bottom + side_m)
    shapely.prepare(area)
    squares = squares[shapely.intersects(area, squares)]
    inside = shapely.contains(area, squares)
    pieces = squares.copy()
    pieces[~inside] = shapely.intersection(squares[~inside], area)
    parts = shapely.get_parts(pieces)
    # a sliver that rounding left where an edge meets the grid can lie on itself, and then no union takes it
    return np.asarray(parts[shapely.area(parts) > ROUNDING_M2], dtype=object)

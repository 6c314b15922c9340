"""Which ground stopped being business park between two releases, and which was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analysis.objects import first_container
from gis.proximity import Targets

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

M2_PER_HA: Final = 10_000.0
SMALLEST_M2: Final = 1_000.0
"""Smaller pieces are a redrawn boundary rather than lost or issued ground (assumption)."""
OPEN: Final = ("vacant", "option")
"""Status of plots that can still be issued."""
FIRST: Final = ("circular", "possible", "not_assessed", "not_circular")
"""Which verdict counts for a plot with several firms: the first of these that one of them has."""


def lost_since(base: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Measure per park of the base how much of it lies in no park any longer.

    Parameters
    ----------
    base, now
        Layer ``parks`` of both releases, EPSG:28992.

    Returns
    -------
    ndarray
        Hectares per row of `base`; pieces below `SMALLEST_M2` do not count.
    """
    return _pieces(base.geometry.to_numpy(), now.geometry.to_numpy(), shapely.difference)


def issued_since(base: gpd.GeoDataFrame, now: gpd.GeoDataFrame, firms: pd.DataFrame) -> pd.DataFrame:
    """Find plots that were issued, by their ground, so that another number or division does no harm.

    Parameters
    ----------
    base, now
        Layer ``plots`` of both releases, EPSG:28992.
    firms
        Businesses of now with their ``verdict`` and ``geometry``.

    Returns
    -------
    DataFrame
        ``plot_id``, ``area_ha`` (the part that could still be issued in the base) and ``verdict``: that of
        the firms on the plot, see `FIRST`; ``not_assessed`` without firms.
    """
    free = base[base["status"].isin(OPEN)]
    taken = now[now["status"].eq("issued").fillna(value=False)].reset_index(drop=True)
    area = _pieces(taken.geometry.to_numpy(), free.geometry.to_numpy(), shapely.intersection)
    rows = np.flatnonzero(area > 0)
    shapes = np.asarray(taken.geometry.to_numpy())[rows]
    owner = first_container(shapes, Targets(np.asarray(firms["geometry"].to_numpy())))
    places = {name: place for place, name in enumerate(FIRST)}
    rank = firms["verdict"].map(places).to_numpy(dtype=np.int64)
    best = np.full(len(rows), len(FIRST), dtype=np.int64)
    placed = owner >= 0
    np.minimum.at(best, owner[placed], rank[placed])
    verdict = np.array([*FIRST, "not_assessed"], dtype=object)[best]
    return pd.DataFrame(
        {"plot_id": taken["plot_id"].to_numpy()[rows], "area_ha": area[rows], "verdict": verdict}
    )


def _pieces(shapes: NDArray[Any], others: NDArray[Any], cut: Any) -> NDArray[np.float64]:
    """Cut each shape with what of the others it meets, and add up the pieces that count, in hectares."""
    found = np.zeros(len(shapes))
    tree = shapely.STRtree(others)
    for row, shape in enumerate(shapes):
        near = np.sort(tree.query(shape, predicate="intersects"))
        pieces = shapely.get_parts(cut(shape, shapely.union_all(others[near])))
        sizes = shapely.area(pieces)
        found[row] = sizes[sizes >= SMALLEST_M2].sum() / M2_PER_HA
    return found

"""The rows that decide about the cells of one window of the surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.partition import grown, touching

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

MARGIN_M: Final = 1.0
"""More than any rounding of a distance."""


def tables_near(
    tables: Mapping[str, gpd.GeoDataFrame], bounds: Sequence[float], reach: float
) -> dict[str, gpd.GeoDataFrame]:
    """Keep the rows that can decide about a cell within `bounds`, in their order.

    Parameters
    ----------
    tables
        Cleaned input layers, EPSG:28992.
    bounds
        ``(xmin, ymin, xmax, ymax)`` of the window, metres.
    reach
        The largest distance that a cell keeps from an object, metres.

    Returns
    -------
    dict
        The layers that the surface reads; the same ones are absent.
    """
    window = np.asarray([bounds], dtype=np.float64)
    here = grown(window, MARGIN_M)
    rows = {name: _touching(tables, name, here) for name in ("municipalities", "protected_areas")}
    rows["sensitive_objects"] = _touching(tables, "sensitive_objects", grown(window, reach + MARGIN_M))
    objects = tables["sensitive_objects"].iloc[rows["sensitive_objects"]]
    # the park and the plot that an object lies in, and its surroundings, decide how it counts
    boxes = np.asarray(shapely.bounds(objects.geometry.to_numpy())).reshape(-1, 4)
    around = np.vstack((boxes[boxes[:, 0] < boxes[:, 2]], grown(window, reach + MARGIN_M), here))
    for name in ("parks", "plots", "surroundings"):
        rows[name] = _touching(tables, name, around)
    if "plots" in tables:
        named = tables["plots"]["plot_id"].isin(objects["plot_id"].dropna()).to_numpy(dtype=bool)
        rows["plots"] = np.union1d(rows["plots"], np.flatnonzero(named))
    if "waterways" in tables:
        widest = float(np.nan_to_num(tables["waterways"]["width_m"].to_numpy(dtype=float)).max(initial=0.0))
        rows["waterways"] = _touching(tables, "waterways", grown(window, widest / 2.0 + MARGIN_M))
    return {
        name: tables[name].iloc[found].reset_index(drop=True)
        for name, found in rows.items()
        if name in tables
    }


def _touching(
    tables: Mapping[str, gpd.GeoDataFrame], name: str, boxes: NDArray[np.float64]
) -> NDArray[np.int64]:
    return touching(tables[name], boxes) if name in tables else np.zeros(0, dtype=np.int64)

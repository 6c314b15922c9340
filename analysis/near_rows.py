"""A layer that gives its rows near boxes, so that a part of a region needs no more of it than that.

A table in memory is one; a layer that does not fit there, such as the homes of a country, can be another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely

from gis.partition import crowd, touching

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

OBJECTS = "sensitive_objects"


class NearRows(Protocol):
    """A layer whose rows are asked by place."""

    @property
    def unknown_kinds(self) -> int:
        """How many of all rows have no known kind."""

    def near(self, boxes: NDArray[np.float64]) -> gpd.GeoDataFrame:
        """Give the rows whose box meets any of the boxes ``(n, 4)``, in the order of the layer.

        A few rows that lie farther off may be among them; the index counts from 0.
        """

    def crowd(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Estimate how many rows lie in each box ``(n, 4)``; only the balance of work rests on it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A table in memory as `NearRows`.

    Attributes
    ----------
    table
        A cleaned layer, EPSG:28992, with a column ``kind``.
    """

    table: gpd.GeoDataFrame

    @property
    def unknown_kinds(self) -> int:
        """How many of all rows have no known kind."""
        return int((self.table["kind"].fillna("unknown") == "unknown").sum())

    def near(self, boxes: NDArray[np.float64]) -> gpd.GeoDataFrame:
        """Give the rows whose box meets any of the boxes, in the order of the layer."""
        return self.table.iloc[touching(self.table, boxes)].reset_index(drop=True)

    def crowd(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Estimate how many rows lie in each box."""
        bounds = np.asarray(shapely.bounds(self.table.geometry.to_numpy())).reshape(-1, 4)
        x, y = ((bounds[:, :2] + bounds[:, 2:]) / 2.0).T
        return crowd(boxes, x, y)


def objects_in(tables: Mapping[str, gpd.GeoDataFrame]) -> NearRows | None:
    """Give the sensitive objects of a project as `NearRows`; None when it has no such layer."""
    table = tables.get(OBJECTS)
    return None if table is None else Held(table)

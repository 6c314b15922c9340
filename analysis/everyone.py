"""Every park or plot that has a say, those that get evidence and those that only stand beside them.

Which park an object lies in, which plot a quay belongs to and what blocks the view of the water is decided
among all parks or plots. Where a region is assessed in parts, those of the neighbouring parts are there for
such questions only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.objects import first_container

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.proximity import Targets


@dataclass(frozen=True, slots=True)
class Everyone:
    """All parks or all plots, in the order of the whole layer.

    Attributes
    ----------
    shapes
        Polygons in EPSG:28992.
    identifier
        Texts.
    row
        Position among those that get evidence; for the others a number from their count on.
    own
        How many get evidence.
    """

    shapes: NDArray[Any]
    identifier: NDArray[np.object_]
    row: NDArray[np.int64]
    own: int

    @classmethod
    def of(cls, table: gpd.GeoDataFrame, key: str) -> Everyone:
        """Take a whole layer: all of them get evidence."""
        shapes = np.asarray(table.geometry.to_numpy(), dtype=object)
        return cls(
            shapes, table[key].to_numpy(dtype=object), np.arange(len(table), dtype=np.int64), len(table)
        )

    @classmethod
    def beside(
        cls, own: gpd.GeoDataFrame, others: gpd.GeoDataFrame, key: str, place: NDArray[np.int64]
    ) -> Everyone:
        """Put others among one's own.

        Parameters
        ----------
        own, others
            Rows of one layer.
        key
            Its identifier.
        place
            Position in the whole layer of one's own, then of the others.
        """
        order = np.argsort(place)
        shapes = np.concatenate((own.geometry.to_numpy(), others.geometry.to_numpy()))
        names = np.concatenate((own[key].to_numpy(dtype=object), others[key].to_numpy(dtype=object)))
        return cls(shapes[order], names[order], order.astype(np.int64), len(own))

    def holding(self, targets: Targets) -> NDArray[np.int64]:
        """Give for each target the `row` of the first shape that it touches, -1 for none."""
        return self.rows(first_container(self.shapes, targets))

    def rows(self, position: NDArray[np.int64]) -> NDArray[np.int64]:
        """Turn positions among all into `row`, -1 stays."""
        return np.where(position >= 0, self.row[position], -1) if len(self.row) else position

    def own_shapes(self) -> NDArray[Any]:
        """Give the shapes of those that get evidence, in their order."""
        if len(self.row) == self.own:
            return self.shapes
        mine = self.row < self.own
        # both orders are that of the whole layer
        return self.shapes[mine]

    def named(self) -> dict[str, int]:
        """Give identifier to `row`."""
        return dict(zip(self.identifier, self.row.tolist(), strict=True))

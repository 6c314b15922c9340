"""Connected regions of cells, and the polygons that draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio.features
import shapely
from scipy import ndimage

from gis.zones import polygons_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.rasters import Grid

STRAIGHT = 1.0
"""Tolerance of simplification in cells: the steps of a slanting edge become one line."""


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions of cells that share a side, in the order in which they are met from north-west to south-east.

    Attributes
    ----------
    label
        Number of the region of each cell, from 1; 0 for none.
    cells
        Cells per region.
    """

    label: NDArray[np.int32]
    cells: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of regions."""
        return len(self.cells)

    def lowest(self, values: NDArray[Any]) -> NDArray[Any]:
        """Give the lowest value per region."""
        return np.asarray(ndimage.minimum(values, self.label, np.arange(1, len(self) + 1)))

    def highest(self, values: NDArray[Any]) -> NDArray[Any]:
        """Give the highest value per region."""
        return np.asarray(ndimage.maximum(values, self.label, np.arange(1, len(self) + 1)))

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the cells of each region where `mask` holds."""
        return np.bincount(self.label[mask], minlength=len(self) + 1)[1:].astype(np.int64)


def regions(mask: NDArray[np.bool_], *, minimum: int, width: int = 1) -> Regions:
    """Find the regions of a mask.

    Parameters
    ----------
    mask
        ``(rows, columns)``.
    minimum
        Regions of fewer cells are left out.
    width
        Parts into which no square of this many cells fits are left out first, so that narrow strips neither
        count nor join what lies at their ends.
    """
    if width > 1:
        # outside the grid there is nothing, so a square must lie inside it whole
        mask = ndimage.binary_opening(mask, structure=np.ones((width, width), dtype=bool))
    label, number = ndimage.label(mask)
    cells = np.bincount(label.ravel(), minlength=number + 1)
    cells[0] = 0
    kept = np.flatnonzero(cells >= max(minimum, 1))
    renumbered = np.zeros(number + 1, dtype=np.int32)
    renumbered[kept] = np.arange(1, len(kept) + 1)
    return Regions(renumbered[label], cells[kept].astype(np.int64))


def draw(found: Regions, grid: Grid) -> NDArray[Any]:
    """Draw the regions as valid polygons, their stepped edges made straight to within a cell.

    Returns
    -------
    NDArray
        One polygon per region, in the order of the regions.
    """
    result = np.full(len(found), None, dtype=object)
    shapes = rasterio.features.shapes(found.label, mask=found.label > 0, transform=grid.transform)
    for shape, number in shapes:
        outer, *holes = shape["coordinates"]
        result[int(number) - 1] = shapely.Polygon(outer, holes)
    simple = shapely.simplify(result, STRAIGHT * grid.cell)
    broken = np.flatnonzero(~shapely.is_valid(simple))
    for number in broken:
        simple[number] = polygons_only(shapely.make_valid(simple[number], method="structure"))
    return np.asarray(simple)

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

    def tally(self, codes: NDArray[np.uint8], number: int) -> NDArray[np.int64]:
        """Count the cells of each region per code, ``(regions, number)``; codes are below `number`."""
        inside = self.label > 0
        place = (self.label[inside].astype(np.int64) - 1) * number + codes[inside]
        counts = np.bincount(place, minlength=len(self) * number)
        return counts.reshape(len(self), number).astype(np.int64)

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the cells of each region where `mask` holds."""
        return np.bincount(self.label[mask], minlength=len(self) + 1)[1:].astype(np.int64)


def opened(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Keep the cells of a mask that lie in some square of ``width`` by ``width`` cells wholly inside it."""
    result = mask
    for axis in (0, 1):
        result = _slid(result, width, axis, np.logical_and)
    # a square is named by its first cell; now each square gives back all its cells
    for axis in (0, 1):
        result = np.flip(_slid(np.flip(result, axis), width, axis, np.logical_or), axis)
    return result


def _slid(mask: NDArray[np.bool_], width: int, axis: int, join: Any) -> NDArray[np.bool_]:
    """Join each cell with the ``width - 1`` cells that follow it; beyond the edge there is nothing."""
    result = np.moveaxis(mask.copy(), axis, 0)
    source = np.moveaxis(mask, axis, 0)
    for step in range(1, min(width, len(source))):
        join(result[:-step], source[step:], out=result[:-step])
        if join is np.logical_and:
            result[-step] = False
    if join is np.logical_and and width > len(source):
        result[:] = False
    return np.moveaxis(result, 0, axis)


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
    label, number = ndimage.label(opened(mask, width))
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
        # arrays, because shapely reads lists point by point
        outer, *holes = (np.asarray(ring) for ring in shape["coordinates"])
        result[int(number) - 1] = shapely.Polygon(outer, holes)
    simple = shapely.simplify(result, STRAIGHT * grid.cell)
    broken = np.flatnonzero(~shapely.is_valid(simple))
    for number in broken:
        simple[number] = polygons_only(shapely.make_valid(simple[number], method="structure"))
    return np.asarray(simple)

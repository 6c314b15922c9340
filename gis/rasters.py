"""Grids of square cells: which cells, in which windows, and which of them a shape covers.

Row 0 lies in the north. A cell stands for its centre: a shape covers a cell when the centre lies in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
import rasterio.features
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

NODATA: Final = 255
"""Code of cells that nothing is said about."""
WINDOW: Final = 1024
"""Rows and columns per window: large enough for vectorised work, some tens of megabytes while at it."""
M2_PER_HA: Final = 10_000.0
# rasterio hides a warning of its own by changing the filters of the whole process for a moment: of two
# threads at once the one puts the filters back while the other still counts on them
_BURNING: Final = Lock()


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells in a projected system in metres.

    Attributes
    ----------
    west, north
        Coordinates of the outer corner in the north-west.
    cell
        Side of a cell, metres.
    rows, columns
        Number of cells.
    """

    west: float
    north: float
    cell: float
    rows: int
    columns: int

    @classmethod
    def over(cls, bounds: Sequence[float], cell: float) -> Grid:
        """Make the grid that covers ``(xmin, ymin, xmax, ymax)``, its lines on multiples of `cell`.

        Raises
        ------
        ValueError
            When `cell` is not above zero or the bounds hold no area.
        """
        west, south, east, north = (float(value) for value in bounds)
        if cell <= 0 or not (east > west and north > south):
            raise ValueError(f"no grid of {cell} m over {tuple(bounds)}")
        left, top = math.floor(west / cell), math.ceil(north / cell)
        rows, columns = top - math.floor(south / cell), math.ceil(east / cell) - left
        return cls(left * cell, top * cell, cell, rows, columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Give rows and columns."""
        return self.rows, self.columns

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give ``(xmin, ymin, xmax, ymax)``."""
        return (
            self.west,
            self.north - self.rows * self.cell,
            self.west + self.columns * self.cell,
            self.north,
        )

    @property
    def transform(self) -> Any:
        """Give the affine transform from column and row to x and y."""
        return rasterio.Affine(self.cell, 0.0, self.west, 0.0, -self.cell, self.north)

    @property
    def cell_ha(self) -> float:
        """Give hectares per cell."""
        return self.cell**2 / M2_PER_HA

    def part(self, window: Window) -> Grid:
        """Give the grid of a window."""
        return Grid(
            self.west + window.column * self.cell,
            self.north - window.row * self.cell,
            self.cell,
            window.rows,
            window.columns,
        )

    def windows(self, size: int = WINDOW) -> Iterator[Window]:
        """Cut the grid into windows of at most `size` rows and columns, row by row."""
        for row in range(0, self.rows, size):
            for column in range(0, self.columns, size):
                yield Window(row, column, min(size, self.rows - row), min(size, self.columns - column))

    def around(self, bounds: Sequence[float]) -> Window | None:
        """Give the window of the cells that touch ``(xmin, ymin, xmax, ymax)``, None when there are none."""
        first = max(math.floor((bounds[0] - self.west) / self.cell), 0)
        last = min(math.floor((bounds[2] - self.west) / self.cell) + 1, self.columns)
        top = max(math.floor((self.north - bounds[3]) / self.cell), 0)
        bottom = min(math.floor((self.north - bounds[1]) / self.cell) + 1, self.rows)
        return Window(top, first, bottom - top, last - first) if last > first and bottom > top else None


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of cells: its first row and column and its size."""

    row: int
    column: int
    rows: int
    columns: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Give the index of the window in an array of the whole grid."""
        return slice(self.row, self.row + self.rows), slice(self.column, self.column + self.columns)


def burn(
    grid: Grid, shapes: NDArray[Any], codes: Sequence[int], *, touched: bool = False
) -> NDArray[np.uint8]:
    """Write codes into the cells that shapes cover; where shapes overlap the last one stays.

    Parameters
    ----------
    grid
        The cells.
    shapes
        Shapely geometries in the system of the grid.
    codes
        One per shape, 1 to 255.
    touched
        Whether cells count that a shape only touches, as lines need; else the centre must lie inside.

    Returns
    -------
    NDArray
        ``(rows, columns)``, 0 where nothing is.
    """
    near = shapely.intersects(shapes, shapely.box(*grid.bounds)) if len(shapes) else np.zeros(0, dtype=bool)
    rows = np.flatnonzero(near).tolist()
    if not rows:
        return np.zeros(grid.shape, dtype=np.uint8)
    with _BURNING:
        found: NDArray[np.uint8] = rasterio.features.rasterize(
            [(shapes[row], codes[row]) for row in rows],
            out_shape=grid.shape,
            transform=grid.transform,
            fill=0,
            all_touched=touched,
            dtype="uint8",
        )
    return found


def covered(grid: Grid, shapes: NDArray[Any], *, touched: bool = False) -> NDArray[np.bool_]:
    """Tell which cells at least one shape covers; parameters as in `burn`."""
    return burn(grid, shapes, [1] * len(shapes), touched=touched) > 0


def read_codes(path: Path) -> tuple[Grid, NDArray[np.uint8]]:
    """Read a raster of codes whole: its grid and its cells ``(rows, columns)``."""
    with rasterio.open(path) as source:
        transform = source.transform
        return Grid(transform.c, transform.f, transform.a, source.height, source.width), source.read(1)


def read_tags(path: Path) -> dict[str, str]:
    """Read what a raster says about itself, name to text."""
    with rasterio.open(path) as source:
        tags: dict[str, str] = source.tags()
        return tags

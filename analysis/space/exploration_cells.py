"""Connected cells that may be explored, found window by window, so that the raster is never held whole.

A window is looked at with a rim as wide as the opening needs, its regions are numbered by themselves, and
regions that touch across a border between windows are joined afterwards. What is kept of a window is what
its regions add up to, and the places of their cells: a small part of the raster.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.rasters import WINDOW, Grid, Window
from gis.regions import Regions, draw, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Look = Callable[[Grid, Mapping[str, NDArray[np.uint8]]], Mapping[str, "Near"] | None]
    """From the cells of a window and its codes per reading to what may be explored; None for nothing."""


@dataclass(frozen=True, slots=True)
class Near:
    """Cells of a window that may be explored, by why: near water, near a main road."""

    water: NDArray[np.bool_]
    road: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """Regions of one reading.

    Attributes
    ----------
    shapes
        Valid polygons.
    first
        Row and column of the first cell of each, from the north-west, ``(regions, 2)``.
    counts
        Cells per code, ``(regions, codes)``.
    wet, dry
        Whether some cell is near water, near a main road.
    """

    shapes: NDArray[Any]
    first: NDArray[np.int64]
    counts: NDArray[np.int64]
    wet: NDArray[np.bool_]
    dry: NDArray[np.bool_]

    def __len__(self) -> int:
        """Give the number of regions."""
        return len(self.first)


def find_regions(
    paths: Mapping[str, Path],
    look: Look,
    *,
    minimum_ha: float,
    width_m: float,
    codes: int,
    size: int = WINDOW,
) -> tuple[Grid, dict[str, Found]]:
    """Find the regions of each reading.

    Parameters
    ----------
    paths
        Reading to a raster of codes; all on one grid.
    look
        See `Look`; what it finds in a cell may not depend on the window.
    minimum_ha, width_m
        Smaller regions are left out, and so are strips into which no square of this width fits.
    codes
        How many codes are counted; cells of a region have a lower code.
    size
        Rows and columns per window; changes nothing but the memory that is used.
    """
    with ExitStack() as stack:
        files = {reading: stack.enter_context(rasterio.open(path)) for reading, path in paths.items()}
        grid = _grid_of(next(iter(files.values())))
        width = math.ceil(width_m / grid.cell)
        pieces = {reading: _Pieces(grid, codes) for reading in paths}
        for window in grid.windows(size):
            wide, inside = _rim(grid, window, width - 1)
            read = {reading: _read(file, wide) for reading, file in files.items()}
            near = look(grid.part(wide), read)
            for reading, part in pieces.items():
                if near is None:
                    part.pass_by(window)
                else:
                    found = near[reading]
                    mask = opened(found.water | found.road, width)[inside]
                    part.add(window, mask, read[reading][inside], found.water[inside], found.road[inside])
    minimum = max(math.ceil(minimum_ha / grid.cell_ha), 1)
    return grid, {reading: part.join(minimum) for reading, part in pieces.items()}


def _grid_of(file: Any) -> Grid:
    transform = file.transform
    return Grid(transform.c, transform.f, transform.a, file.height, file.width)


def _read(file: Any, window: Window) -> NDArray[np.uint8]:
    rows, columns = window.slices
    cells: NDArray[np.uint8] = file.read(1, window=((rows.start, rows.stop), (columns.start, columns.stop)))
    return cells


def _rim(grid: Grid, window: Window, cells: int) -> tuple[Window, tuple[slice, slice]]:
    """Widen a window by some cells within the grid, and tell where the window itself lies in that."""
    top, left = max(window.row - cells, 0), max(window.column - cells, 0)
    bottom = min(window.row + window.rows + cells, grid.rows)
    right = min(window.column + window.columns + cells, grid.columns)
    row, column = window.row - top, window.column - left
    inside = slice(row, row + window.rows), slice(column, column + window.columns)
    return Window(top, left, bottom - top, right - left), inside


@dataclass(slots=True)
class _Pieces:
    """The regions of single windows and which of them touch; windows come row by row."""

    grid: Grid
    codes: int
    number: int = 0
    counts: list[NDArray[np.int64]] = field(default_factory=list)
    near: list[NDArray[np.int64]] = field(default_factory=list)
    places: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=list)
    pairs: list[NDArray[np.int64]] = field(default_factory=list)
    above: NDArray[np.int64] = field(init=False)
    left: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        # numbers of the pieces along the border with the windows that came before
        self.above = np.zeros(self.grid.columns, dtype=np.int64)
        self.left = np.zeros(0, dtype=np.int64)

    def pass_by(self, window: Window) -> None:
        """Note that a window holds nothing."""
        self.above[window.slices[1]] = 0
        self.left = np.zeros(window.rows, dtype=np.int64)

    def add(
        self,
        window: Window,
        mask: NDArray[np.bool_],
        codes: NDArray[np.uint8],
        water: NDArray[np.bool_],
        road: NDArray[np.bool_],
    ) -> None:
        """Give the regions of a window a number each, and keep what they add up to."""
        if not mask.any():
            self.pass_by(window)
            return
        label, count = ndimage.label(mask)
        here = np.flatnonzero(label)
        piece = label.ravel()[here].astype(np.int64) - 1
        place = piece * self.codes + codes.ravel()[here]
        self.counts.append(np.bincount(place, minlength=count * self.codes).reshape(count, self.codes))
        kinds = [np.bincount(piece[kind.ravel()[here]], minlength=count) for kind in (water, road)]
        self.near.append(np.stack(kinds, axis=1))
        row, column = np.divmod(here, window.columns)
        flat = (row + window.row) * self.grid.columns + column + window.column
        self.places.append((flat, piece + self.number))
        numbered = np.where(label > 0, label + np.int64(self.number), 0)
        self._touch(self.above[window.slices[1]], numbered[0])
        if window.column:
            self._touch(self.left, numbered[:, 0])
        self.above[window.slices[1]], self.left = numbered[-1], numbered[:, -1].copy()
        self.number += count

    def _touch(self, before: NDArray[np.int64], now: NDArray[np.int64]) -> None:
        both = (before > 0) & (now > 0)
        if both.any():
            self.pairs.append(np.unique(np.stack([before[both], now[both]], axis=1) - 1, axis=0))

    def join(self, minimum: int) -> Found:
        """Join pieces that touch and give the regions of at least `minimum` cells."""
        if not self.number:
            none = np.zeros(0, dtype=bool)
            nothing = np.zeros((0, self.codes), dtype=np.int64)
            return Found(np.zeros(0, dtype=object), np.zeros((0, 2), dtype=np.int64), nothing, none, none)
        pairs = np.concatenate([np.zeros((0, 2), dtype=np.int64), *self.pairs])
        links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(self.number,) * 2)
        total, region = connected_components(links, directed=False)
        counts = np.zeros((total, self.codes), dtype=np.int64)
        np.add.at(counts, region, np.concatenate(self.counts))
        near = np.zeros((total, 2), dtype=np.int64)
        np.add.at(near, region, np.concatenate(self.near))
        kept = np.flatnonzero(counts.sum(axis=1) >= minimum)
        shapes, first = [], []
        for row, column in self._cells(region, kept):
            shapes.append(_drawn(row, column, self.grid))
            first.append((row[0], column[0]))
        return Found(
            np.array(shapes, dtype=object),
            np.array(first, dtype=np.int64).reshape(-1, 2),
            counts[kept],
            near[kept, 0] > 0,
            near[kept, 1] > 0,
        )

    def _cells(
        self, region: NDArray[np.int32], kept: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Give rows and columns of the cells of each kept region, from north-west to south-east."""
        position = np.full(int(region.max()) + 1, -1, dtype=np.int64)
        position[kept] = np.arange(len(kept))
        parts = [(flat, position[region[piece]]) for flat, piece in self.places]
        size = self.grid.rows * self.grid.columns
        # region and place as one number, so that one sort brings both in order
        keys = np.sort(np.concatenate([owner[owner >= 0] * size + flat[owner >= 0] for flat, owner in parts]))
        ends = np.searchsorted(keys, np.arange(1, len(kept)) * size)
        for cells in np.split(keys % size, ends) if len(kept) else ():
            yield np.divmod(cells, self.grid.columns)


def _drawn(row: NDArray[np.int64], column: NDArray[np.int64], grid: Grid) -> Any:
    """Draw one region."""
    top, left = int(row.min()), int(column.min())
    window = Window(top, left, int(row.max()) - top + 1, int(column.max()) - left + 1)
    label = np.zeros((window.rows, window.columns), dtype=np.int32)
    label[row - top, column - left] = 1
    return draw(Regions(label, np.array([len(row)])), grid.part(window))[0]

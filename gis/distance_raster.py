"""How far each cell keeps from objects, in steps, exactly and without visiting every cell.

A distance changes no faster than one walks: when the centre of a block lies `d` from the nearest object, all
its cells lie between `d - h` and `d + h`, with `h` from the centre of the block to its outermost cell centre.
Where no step falls in between, the block is done. The others are divided, and in small blocks the few
objects that can be nearest to any cell are measured for each cell. The answer is that of measuring from
every cell centre to every object, not that of a distance transform between cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gis.points import MILLIMETRE
from gis.rasters import Grid, covered

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS: Final = (16, 4, 2, 1)
"""Sides of the blocks in cells, from the first division to the last."""
MEASURED: Final = 4
"""From this block size down, objects are measured for each cell."""
NEAREST: Final = 6
"""How many objects are looked at per block before it is divided further."""
CHUNK: Final = 8192
PIECE_M: Final = 10.0
"""Outlines are cut into straight pieces no longer than this, so that few pieces are candidates."""
FAR: Final = 1e9


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Points, or straight pieces of outline, sorted by y.

    Attributes
    ----------
    x, y
        Points or middles of pieces, metres.
    dx, dy
        From the middle to one end; empty for points.
    slack
        Half the longest piece, metres.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dx: NDArray[np.float64]
    dy: NDArray[np.float64]
    slack: float

    @classmethod
    def of_points(cls, x: NDArray[np.float64], y: NDArray[np.float64]) -> _Pieces:
        order = np.argsort(y, kind="stable")
        none = np.zeros(0)
        return cls(x[order], y[order], none, none, 0.0)

    @classmethod
    def of_outlines(cls, shapes: NDArray[Any]) -> _Pieces:
        parts = shapely.get_parts(shapely.get_parts(shapes))
        lines = np.concatenate((parts[shapely.get_dimensions(parts) == 1], shapely.get_rings(parts)))
        ends, line = shapely.get_coordinates(shapely.segmentize(lines, PIECE_M), return_index=True)
        same = line[1:] == line[:-1]
        half = np.diff(ends, axis=0)[same] / 2.0
        # points inside a collection are pieces without length
        dots = shapely.get_coordinates(parts[shapely.get_dimensions(parts) == 0])
        middle = np.concatenate((ends[:-1][same] + half, dots))
        half = np.concatenate((half, np.zeros_like(dots)))
        order = np.argsort(middle[:, 1], kind="stable")
        slack = float(np.hypot(half[:, 0], half[:, 1]).max(initial=0.0))
        return cls(middle[order, 0], middle[order, 1], half[order, 0], half[order, 1], slack)

    def near(self, grid: Grid, reach: float) -> _Pieces | None:
        """Give the pieces whose middle lies within `reach` of the grid, None when there are none."""
        xmin, ymin, xmax, ymax = grid.bounds
        start, stop = np.searchsorted(self.y, (ymin - reach, ymax + reach))
        x = self.x[start:stop]
        kept = start + np.flatnonzero((x >= xmin - reach) & (x <= xmax + reach))
        if not len(kept):
            return None
        dx, dy = (self.dx[kept], self.dy[kept]) if len(self.dx) else (self.dx, self.dy)
        return _Pieces(self.x[kept], self.y[kept], dx, dy, self.slack)


class Steps:
    """Objects from which something keeps a distance, in rising steps.

    Parameters
    ----------
    geometry
        Shapely geometries of any kind in a projected system in metres; None for points as `x`, `y`.
    distances
        Metres per step, not falling; at most 254 steps.
    x, y
        Coordinates of point objects, instead of `geometry`.
    """

    def __init__(
        self,
        geometry: NDArray[Any] | None,
        distances: NDArray[np.float64],
        *,
        x: NDArray[np.float64] | None = None,
        y: NDArray[np.float64] | None = None,
    ) -> None:
        self._distances = np.asarray(distances, dtype=float)
        self._areas = np.zeros(0, dtype=object)
        self._sets: list[_Pieces] = []
        if geometry is None:
            if x is None or y is None:
                raise ValueError("give geometry, or x and y")
            self._sets.append(_Pieces.of_points(np.asarray(x, dtype=float), np.asarray(y, dtype=float)))
            return
        is_point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
        points, shapes = geometry[is_point], geometry[~is_point]
        if len(points):
            self._sets.append(_Pieces.of_points(shapely.get_x(points), shapely.get_y(points)))
        if len(shapes):
            self._sets.append(_Pieces.of_outlines(shapes))
            self._areas = shapes[shapely.get_dimensions(shapes) == 2]  # noqa: PLR2004 (what has an area)

    @property
    def reach(self) -> float:
        """Give the largest distance: objects farther away change nothing."""
        return float(self._distances[-1])

    def fits(self, grid: Grid) -> NDArray[np.uint8]:
        """Give per cell how many steps fit: the number of distances that its centre keeps.

        Distances are taken to the millimetre. Returns an array of ``(rows, columns)``.
        """
        ranks = np.full(grid.shape, len(self._distances), dtype=np.uint8)
        self.lower(ranks, grid)
        return ranks

    def lower(self, ranks: NDArray[np.uint8], grid: Grid) -> None:
        """Bring ranks down, in place, to the number of steps that fit; a rank never goes up.

        Parameters
        ----------
        ranks
            ``(rows, columns)`` of the grid. Cells at 0 cost nothing: put what does not matter at 0.
        grid
            The cells.
        """
        touching = int(np.searchsorted(self._distances, 0.0, side="right"))
        inside = covered(grid, self._areas)
        ranks[inside] = np.minimum(ranks[inside], touching)
        for pieces in self._sets:
            found = pieces.near(grid, self.reach + pieces.slack)
            if found is not None:
                self._lower_near(ranks, grid, found)

    def _lower_near(self, ranks: NDArray[np.uint8], grid: Grid, pieces: _Pieces) -> None:
        """Work on the cells within reach of the pieces, in whole blocks."""
        reach = self.reach + pieces.slack
        box = (
            pieces.x.min() - reach,
            pieces.y.min() - reach,
            pieces.x.max() + reach,
            pieces.y.max() + reach,
        )
        window = grid.around(box)
        if window is None:
            return
        side = BLOCKS[0]
        rows, columns = (-(-size // side) * side for size in (window.rows, window.columns))
        work = np.zeros((rows, columns), dtype=np.uint8)
        work[: window.rows, : window.columns] = ranks[window.slices]
        _Descent(work, grid.part(window), pieces, self._distances).run()
        ranks[window.slices] = work[: window.rows, : window.columns]


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Square blocks of cells on a grid of blocks.

    Attributes
    ----------
    row, column
        Place of each block, counted in blocks.
    side
        Cells per side.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    side: int

    def __len__(self) -> int:
        return len(self.row)

    def take(self, which: NDArray[Any] | slice) -> _Blocks:
        return _Blocks(self.row[which], self.column[which], self.side)

    def divided(self, side: int) -> _Blocks:
        number = self.side // side
        down, right = np.divmod(np.arange(number**2), number)
        rows, columns = self.row[:, None] * number + down, self.column[:, None] * number + right
        return _Blocks(rows.ravel(), columns.ravel(), side)


class _Descent:
    """One pass from large blocks to small ones over an array whose sides are multiples of the first block."""

    def __init__(
        self, ranks: NDArray[np.uint8], grid: Grid, pieces: _Pieces, distances: NDArray[np.float64]
    ) -> None:
        self._grid = grid
        self._pieces = pieces
        self._distances = distances
        # per side the array as blocks (rows, columns, side, side), a view, and the highest rank of each
        # block: the blocks that are still open have not been written to
        self._views = {
            side: ranks.reshape(ranks.shape[0] // side, side, ranks.shape[1] // side, side).swapaxes(1, 2)
            for side in BLOCKS
        }
        self._highest = _pyramid(ranks, BLOCKS[0])
        # a distance to the millimetre reaches a step from half a millimetre below it on
        least = np.maximum(distances - MILLIMETRE / 2, 0.0)
        self._squares = np.where(distances > 0, least**2, -1.0)
        self._tree = cKDTree(np.column_stack((pieces.x, pieces.y)))
        # the tree answers with one number too high where there are too few: a piece far away
        self._x, self._y = np.append(pieces.x, FAR), np.append(pieces.y, FAR)
        outlines = len(pieces.dx) > 0
        self._dx = np.append(pieces.dx, 0.0) if outlines else None
        self._dy = np.append(pieces.dy, 0.0) if outlines else None

    def run(self) -> None:
        rows, columns = np.nonzero(self._highest[BLOCKS[0]])
        blocks = _Blocks(rows, columns, BLOCKS[0])
        for side in (*BLOCKS[1:], None):
            blocks = self._settle(blocks)
            if side is None or not len(blocks):
                return
            blocks = blocks.divided(side)

    def _half(self, side: int) -> float:
        """Give the metres from the centre of a block to its outermost cell centre."""
        return (side - 1) / 2.0 * self._grid.cell * float(np.sqrt(2.0))

    def _centres(self, blocks: _Blocks) -> NDArray[np.float64]:
        side = blocks.side * self._grid.cell
        x = self._grid.west + (blocks.column + 0.5) * side
        y = self._grid.north - (blocks.row + 0.5) * side
        return np.column_stack((x, y))

    def _settle(self, blocks: _Blocks) -> _Blocks:
        """Settle the blocks that can be, give back the others."""
        chunks = [slice(start, start + CHUNK) for start in range(0, len(blocks), CHUNK)]
        rest = [self._settle_some(blocks.take(chunk)) for chunk in chunks]
        empty = np.zeros(0, dtype=np.int64)
        return _Blocks(
            np.concatenate([empty, *(part.row for part in rest)]),
            np.concatenate([empty, *(part.column for part in rest)]),
            blocks.side,
        )

    def _settle_some(self, blocks: _Blocks) -> _Blocks:
        highest = self._highest[blocks.side][blocks.row, blocks.column]
        blocks, highest = blocks.take(highest > 0), highest[highest > 0]
        half = self._half(blocks.side)
        centres = self._centres(blocks)
        limit = float(self._distances[-1]) + half + self._pieces.slack + 1.0
        gap = np.asarray(self._tree.query(centres, distance_upper_bound=limit)[0])
        least = gap - self._pieces.slack - half - MILLIMETRE
        low = np.searchsorted(self._distances, least, side="right")
        high = np.searchsorted(self._distances, gap + half + MILLIMETRE, side="right")
        lowers = low < highest
        even = lowers & (low == high)
        self._write(blocks.take(even), low[even][:, None])
        still_open = np.flatnonzero(lowers & (low < high))
        blocks, centres, gap = blocks.take(still_open), centres[still_open], gap[still_open]
        if blocks.side > MEASURED or not len(blocks):
            return blocks
        return self._measure(blocks, centres, gap)

    def _measure(self, blocks: _Blocks, centres: NDArray[np.float64], gap: NDArray[np.float64]) -> _Blocks:
        """Measure the cells of the blocks whose candidates are all among the nearest few."""
        # an object nearest to some cell lies no farther from the centre than this
        widest = gap + 2.0 * self._half(blocks.side) + self._pieces.slack
        count = NEAREST
        while True:
            known = min(count, len(self._pieces.x))
            far, found = map(np.asarray, self._tree.query(centres, k=[*range(1, known + 1)]))
            enough = (far[:, -1] >= widest) | (known == len(self._pieces.x))
            self._write(blocks.take(enough), self._steps(blocks.side, centres[enough], found[enough].T))
            blocks, centres, widest = blocks.take(~enough), centres[~enough], widest[~enough]
            if blocks.side > 1 or not len(blocks):
                return blocks
            # a single cell cannot be divided: look at more objects
            count *= 4

    def _steps(self, side: int, centres: NDArray[np.float64], found: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the steps that fit per cell of blocks, measured to the objects `found` ``(k, blocks)``."""
        east, north = self._x[found] - centres[:, 0], self._y[found] - centres[:, 1]
        squares = np.empty((len(centres), side**2))
        for number, (down, right) in enumerate(np.ndindex(side, side)):
            dx = east - (right - (side - 1) / 2.0) * self._grid.cell
            dy = north + (down - (side - 1) / 2.0) * self._grid.cell
            if self._dx is not None and self._dy is not None:
                dx, dy = _to_piece(dx, dy, self._dx[found], self._dy[found])
            squares[:, number] = (dx * dx + dy * dy).min(axis=0)
        return np.searchsorted(self._squares, squares.ravel(), side="right").reshape(squares.shape)

    def _write(self, blocks: _Blocks, steps: NDArray[np.int64]) -> None:
        """Bring the cells of blocks down to `steps`, ``(blocks, cells)`` or ``(blocks, 1)``."""
        view, side = self._views[blocks.side], blocks.side
        new = np.broadcast_to(steps.astype(np.uint8), (len(blocks), side**2)).reshape(-1, side, side)
        view[blocks.row, blocks.column] = np.minimum(view[blocks.row, blocks.column], new)


def _pyramid(values: NDArray[np.uint8], side: int) -> dict[int, NDArray[np.uint8]]:
    """Give per block side 1, 2, 4 up to `side` the highest value of each block."""
    result = {1: values}
    for step in range(1, side.bit_length()):
        finer = result[2 ** (step - 1)]
        pairs = np.maximum(finer[::2], finer[1::2])
        result[2**step] = np.maximum(pairs[:, ::2], pairs[:, 1::2])
    return result


def _to_piece(
    dx: NDArray[np.float64], dy: NDArray[np.float64], half_x: NDArray[np.float64], half_y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the vector to the nearest location of a piece from the vector to its middle."""
    length = half_x * half_x + half_y * half_y
    along = -(dx * half_x + dy * half_y) / np.where(length > 0, length, 1.0)
    along = np.clip(along, -1.0, 1.0)
    return dx + along * half_x, dy + along * half_y

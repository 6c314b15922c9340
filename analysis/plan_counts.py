"""Homes and firms in a plan, told so that nobody can be found among them.

Who sees one territory gets no count of the plan itself. The territory is divided into fixed cells, which
follow from the data and not from the plan: squares of 3.2 km that are cut in four, and again down to 100 m,
as long as one of the four holds five or more. Each cell has one figure: its count in steps of five, rounded
down, so that fewer than five reads as none does. The answer for a plan is a sum over cells: at least the
figures of those that it covers, at most the figures and four more of all that it touches. However a plan is
moved, shrunk or subtracted from another, what comes out is made of those figures and of nothing else, and
within a cell nobody can be placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import shapely

from analysis.zone_blocks import ROUNDING_M2, blocks
from layers.dutch import number_nl
from layers.results import BLOCK_M

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

Block: TypeAlias = "tuple[int, int]"
STEP: Final = 5
"""Homes or firms; fewer in one cell are never told apart from none."""
LARGEST: Final = 32
"""Side of the largest cell, in blocks of 100 m."""
HECTARE_M2: Final = 10_000.0
SLIVER_M2: Final = 1.0


@dataclass(frozen=True, slots=True)
class Count:
    """A count with its bounds.

    Attributes
    ----------
    low, high
        NaN when not assessed.
    note_nl, note_en
        How it was counted, or why it was not assessed; empty for a plain count.
    """

    low: float
    high: float
    note_nl: str = ""
    note_en: str = ""


NO_LAYER: Final = Count(np.nan, np.nan, "niet beoordeeld: geen gegevens", "not assessed: no data")
AFTER_SIGNING_IN: Final = Count(
    np.nan, np.nan, "niet beoordeeld: alleen na inloggen", "not assessed: only after signing in"
)
OUTSIDE: Final = Count(
    np.nan, np.nan, "niet beoordeeld buiten uw grondgebied", "not assessed outside your territory"
)
TELLS_OF_ONE: Final = Count(
    np.nan,
    np.nan,
    "niet beoordeeld: dit getal zou iets zeggen over één bedrijf",
    "not assessed: this figure would tell something about a single firm",
)


def count_in_cells(
    polygon: shapely.Geometry, ground: shapely.Geometry, table: gpd.GeoDataFrame | None
) -> Count:
    """Count the rows of a table in the fixed cells that a plan touches.

    Parameters
    ----------
    polygon
        The plan, EPSG:28992.
    ground
        The territory of who asks; nothing is said of what lies outside.
    table
        Rows of that territory and no others, EPSG:28992, at least all in the largest cells that the plan
        touches (see `cells_box`); ``weight``, where there is such a column, says how many each row stands
        for. None when there is no such layer.
    """
    if table is None:
        return NO_LAYER
    inside = shapely.intersection(polygon, ground)
    outside_ha = (shapely.area(polygon) - shapely.area(inside)) / HECTARE_M2
    if shapely.area(inside) <= SLIVER_M2:
        return OUTSIDE
    low, high, cells = 0.0, 0.0, 0
    touched = {tuple(block) for block in _blocks_of(inside).tolist()}
    for corner, side, figure in _cells(_counts(table), touched):
        cells += 1
        high += figure + STEP - 1
        if _covered(corner, side, inside, ground):
            low += figure
    return Count(low, high, *_notes(cells, outside_ha))


def cells_box(polygon: shapely.Geometry) -> tuple[float, float, float, float]:
    """Give the box of the largest cells that a polygon may touch: west, south, east, north in metres."""
    side = LARGEST * BLOCK_M
    west, south, east, north = shapely.bounds(polygon)
    return (
        float(np.floor(west / side) * side), float(np.floor(south / side) * side),
        float(np.ceil(east / side) * side), float(np.ceil(north / side) * side),
    )  # fmt: skip


def _counts(table: gpd.GeoDataFrame) -> dict[Block, float]:
    """Count what lies in each block of 100 m."""
    spots = shapely.get_coordinates(shapely.point_on_surface(table.geometry.to_numpy()))
    weight = np.ones(len(table))
    if "weight" in table:
        weight = table["weight"].fillna(1.0).to_numpy(dtype=float)
    places, index = np.unique(np.floor(spots / BLOCK_M).astype(np.int64), axis=0, return_inverse=True)
    total = np.bincount(index.ravel(), weights=weight, minlength=len(places))
    return {(x, y): count for (x, y), count in zip(places.tolist(), total.tolist(), strict=True)}


def _cells(counts: dict[Block, float], touched: set[Block]) -> Iterator[tuple[Block, int, float]]:
    """Give the cells that hold a touched block: corner and side in blocks, and the figure."""
    sums = {1: counts}
    side = 1
    while side < LARGEST:
        sums[2 * side] = _doubled(sums[side])
        side *= 2
    open_cells = {(x // LARGEST, y // LARGEST) for x, y in touched}
    side = LARGEST
    while open_cells:
        half = side // 2
        deeper: set[Block] = set()
        for x, y in sorted(open_cells):
            parts = [(2 * x + dx, 2 * y + dy) for dx in (0, 1) for dy in (0, 1)]
            if half and any(sums[half].get(part, 0.0) >= STEP for part in parts):
                deeper.update(parts)
            else:
                yield (x * side, y * side), side, float(sums[side].get((x, y), 0.0) // STEP * STEP)
        # a part without a touched block tells nothing about this plan
        reached = {(x // half, y // half) for x, y in touched} if half else set()
        open_cells, side = deeper & reached, half


def _doubled(counts: dict[Block, float]) -> dict[Block, float]:
    result: dict[Block, float] = {}
    for (x, y), count in counts.items():
        result[x // 2, y // 2] = result.get((x // 2, y // 2), 0.0) + count
    return result


def _covered(corner: Block, side: int, inside: shapely.Geometry, ground: shapely.Geometry) -> bool:
    """Tell whether all of a cell that lies in the territory lies in the plan."""
    x, y = (place * BLOCK_M for place in corner)
    box = shapely.box(x, y, x + side * BLOCK_M, y + side * BLOCK_M)
    left = shapely.difference(shapely.intersection(box, ground), inside)
    return bool(shapely.area(left) <= ROUNDING_M2)


def _blocks_of(area: shapely.Geometry) -> NDArray[np.int64]:
    """Give the column and row of each block of the grid that an area touches, shape (n, 2)."""
    parts = shapely.get_parts(area)
    parts = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 (surfaces)
    found = [
        np.floor(shapely.get_coordinates(shapely.centroid(shapely.envelope(blocks(part)))) / BLOCK_M)
        for part in parts
    ]
    return np.unique(np.concatenate(found).astype(np.int64), axis=0)


def _notes(cells: int, outside_ha: float) -> tuple[str, str]:
    dutch = f"geteld in {number_nl(cells)} vaste vakken, per vak afgerond, zodat niemand is te vinden"
    english = f"counted in {cells} fixed cells, rounded in each, so that nobody can be found"
    if outside_ha > SLIVER_M2 / HECTARE_M2:
        dutch += f"; {number_nl(outside_ha, 1)} ha ligt buiten uw grondgebied en is niet beoordeeld"
        english += f"; {outside_ha:.1f} ha lies outside your territory and was not assessed"
    return dutch, english

"""Homes and firms in a plan, told so that nobody can be found among them.

Who sees one territory gets no count of the plan itself. Each block of a fixed grid of 100 m has one figure,
which does not depend on the plan: its count in steps of five, rounded down, so that fewer than five reads as
none does. The answer for a plan is the sum over the blocks that it touches. However a plan is moved, shrunk
or subtracted from another, what comes out is made of those figures and of nothing else; a block with fewer
than five is the same to every question as an empty one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from analysis.zone_blocks import blocks
from layers.dutch import number_nl
from layers.results import BLOCK_M

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

STEP: Final = 5
"""Homes or firms; fewer in one block are never told apart from none."""
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


AFTER_SIGNING_IN: Final = Count(
    np.nan, np.nan, "niet beoordeeld: alleen na inloggen", "not assessed: only after signing in"
)
TELLS_OF_ONE: Final = Count(
    np.nan,
    np.nan,
    "niet beoordeeld: dit getal zou iets zeggen over één bedrijf",
    "not assessed: this figure would tell something about a single firm",
)


def count_on_blocks(
    polygon: shapely.Geometry, ground: shapely.Geometry, table: gpd.GeoDataFrame | None
) -> Count:
    """Count the rows of a table in the blocks that a plan touches.

    Parameters
    ----------
    polygon
        The plan, EPSG:28992.
    ground
        The territory of who asks; nothing is said of what lies outside.
    table
        Rows of that territory and no others, EPSG:28992; ``weight``, where there is such a column, says how
        many each row stands for. None when there is no such layer.
    """
    if table is None:
        return Count(np.nan, np.nan, "niet beoordeeld: geen gegevens", "not assessed: no data")
    inside = shapely.intersection(polygon, ground)
    outside_ha = (shapely.area(polygon) - shapely.area(inside)) / HECTARE_M2
    if shapely.area(inside) <= SLIVER_M2:
        return Count(
            np.nan,
            np.nan,
            "niet beoordeeld buiten uw grondgebied",
            "not assessed outside your territory",
        )
    touched = _blocks_touched(inside)
    figures = _figures(table, touched)
    low = float(figures.sum())
    small = int((figures == 0).sum())
    # fewer than five in a block may be four
    return Count(low, low + (STEP - 1) * len(figures), *_notes(len(figures), small, outside_ha))


def _blocks_touched(area: shapely.Geometry) -> NDArray[np.int64]:
    """Give the column and row of each block of the grid that an area touches, shape (n, 2)."""
    parts = shapely.get_parts(area)
    parts = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 (surfaces)
    found = [
        np.floor(shapely.get_coordinates(shapely.centroid(shapely.envelope(blocks(part)))) / BLOCK_M)
        for part in parts
    ]
    return np.unique(np.concatenate(found).astype(np.int64), axis=0)


def _figures(table: gpd.GeoDataFrame, touched: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the figure of each block: the count in it, rounded down to a step."""
    spots = shapely.get_coordinates(shapely.point_on_surface(table.geometry.to_numpy()))
    weight = np.ones(len(table))
    if "weight" in table:
        weight = table["weight"].fillna(1.0).to_numpy(dtype=float)
    place = np.floor(spots / BLOCK_M).astype(np.int64)
    both, index = np.unique(np.vstack((touched, place)), axis=0, return_inverse=True)
    index = index.ravel()
    total = np.bincount(index[len(touched) :], weights=weight, minlength=len(both))
    figures: NDArray[np.float64] = np.floor(total / STEP) * STEP
    return figures[index[: len(touched)]]


def _notes(count: int, small: int, outside_ha: float) -> tuple[str, str]:
    side = number_nl(BLOCK_M)
    dutch = f"geteld op {number_nl(count)} blokken van {side} bij {side} m die het plan raakt"
    english = f"counted on the {count} blocks of {side} by {side} m that the plan touches"
    if small:
        dutch += f"; in {number_nl(small)} daarvan minder dan {STEP} of geen"
        english += f"; fewer than {STEP} or none in {small} of them"
    if outside_ha > SLIVER_M2 / HECTARE_M2:
        dutch += f"; {number_nl(outside_ha, 1)} ha ligt buiten uw grondgebied en is niet beoordeeld"
        english += f"; {outside_ha:.1f} ha lies outside your territory and was not assessed"
    return dutch, english

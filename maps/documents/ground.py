"""What lies under a map in a document: municipalities, water, business parks and plots, all quiet.

Of what is around, only what everybody may know is drawn: no home, no firm, and of housing plans only those
that have been adopted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers.classes import CLASS_STYLES
from maps import geometry, wording
from maps.documents.sheet import MM
from maps.payload import water_band
from maps.static_face import WATER_LINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from layers.classes import ClassStyle
    from maps.documents.sheet import Sheet

OUTSIDE: Final = "#ebe8df"
INSIDE: Final = "#fbfaf6"
BORDER: Final = "#6f6a5c"
PARK: Final = "#ded8ca"
PARK_LINE: Final = "#7d7768"
PLOT_LINE: Final = "#a39d8c"
QUAY: Final = "#062f5c"
QUAY_WIDTH: Final = 3.4
POINT_MM: Final = 1.0
"""Half the side of the square that stands for a point."""
COARSE_FROM_M: Final = 8_000.0
"""Width of a map from which borders of municipalities are drawn coarsely."""
WATER_WIDTH: Final = 1.3
REACH_M: Final = 30_000.0
"""How far round the parks municipalities are drawn."""
ADOPTED: Final = "hard"


@dataclass(frozen=True, slots=True)
class Shapes:
    """The rows of a layer that have a geometry, and a search tree over them."""

    rows: list[dict[str, Any]]
    geometry: NDArray[np.object_]
    tree: shapely.STRtree

    def near(self, window: shapely.Geometry) -> list[int]:
        """Give the places of the rows that a map of `window` shows, in their order."""
        return sorted(int(place) for place in self.tree.query(window, predicate="intersects"))

    def text(self, place: int, column: str) -> str:
        """Give a value of a row as text, empty when it is missing."""
        value = self.rows[place].get(column)
        return "" if wording.missing(value) else str(value)


def shapes(table: pd.DataFrame | None, columns: Sequence[str]) -> Shapes:
    """Read a layer; no rows for one that is not there."""
    if table is None or "geometry" not in table:
        return Shapes([], np.empty(0, dtype=object), shapely.STRtree([]))
    found = np.asarray(table["geometry"].to_numpy(), dtype=object)
    present = shapely.is_geometry(found) & ~shapely.is_empty(found)
    names = [name for name in columns if name in table]
    rows = [dict(zip(names, row, strict=True)) for row in table.loc[present, names].itertuples(index=False)]
    return Shapes(rows, found[present], shapely.STRtree(found[present]))


class Ground:
    """The layers under the maps of one release, read once.

    Parameters
    ----------
    tables
        Tables of a release by name; layers that are absent are left out.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        get = tables.get
        parks = get("parks")
        self.parks = shapes(
            get("park_evidence") if parks is None else parks, ("park_id", "name", "municipality_code")
        )
        self.municipalities = shapes(
            _around(get("municipalities"), self.parks), ("municipality_code", "name")
        )
        whole = self.municipalities.geometry
        self._coarse = geometry.simplified_together(whole, 15.0) if len(whole) else whole
        self.waterways = shapes(get("waterways"), ("name", "cemt"))
        self._bands = [water_band(row.get("cemt")) for row in self.waterways.rows]
        self._quays = shapes(get("quays"), ("name",))
        self._plots = shapes(get("plots"), ("plot_id",))
        plans = get("housing_plans")
        adopted = None if plans is None else plans[(plans["phase"] == ADOPTED).fillna(value=False)]
        self._housing = shapes(adopted, ("plan_id",))

    def municipality(self, code: str) -> shapely.Geometry | None:
        """Give the area of a municipality, of all its parts together."""
        layer = self.municipalities
        own = [
            layer.geometry[place]
            for place in range(len(layer.rows))
            if layer.text(place, "municipality_code") == code
        ]
        return shapely.union_all(own) if own else None

    def draw(self, sheet: Sheet, code: str, *, close: bool) -> set[str]:
        """Draw what lies in the window of a sheet.

        Parameters
        ----------
        sheet
            To draw on.
        code
            Of the municipality that the map is about.
        close
            Whether plots, quays and adopted housing plans are drawn.

        Returns
        -------
        set of str
            Keys of what was drawn, for the legend: ``park``, ``plot``, ``quay``, ``housing`` and
            ``water-<band>``.
        """
        self._municipalities(sheet, code)
        drawn = set()
        water = self.waterways.near(sheet.window)
        for band, (colour, width) in WATER_LINES.items():
            own = [self.waterways.geometry[place] for place in water if self._bands[place] == band]
            if _traced(sheet, own, colour, width * WATER_WIDTH, 2.0):
                drawn.add(f"water-{band}")
        if sheet.areas(_near(self.parks, sheet), PARK, PARK_LINE, 0.5, 3.0):
            drawn.add("park")
        if not close:
            return drawn
        if sheet.areas(_near(self._plots, sheet), "none", PLOT_LINE, 0.5, 3.2):
            drawn.add("plot")
        style = housing_style()
        if sheet.areas(_near(self._housing, sheet), style.fill, style.line, 0.8, 3.4, style):
            drawn.add("housing")
        if _traced(sheet, _near(self._quays, sheet), QUAY, QUAY_WIDTH, 6.0):
            drawn.add("quay")
        return drawn

    def _municipalities(self, sheet: Sheet, code: str) -> None:
        west, _, east, _ = sheet.window.bounds
        layer = self.municipalities
        source = self._coarse if east - west > COARSE_FROM_M else layer.geometry
        near = layer.near(sheet.window)
        own = [place for place in near if layer.text(place, "municipality_code") == code]
        others = [place for place in near if place not in own]
        sheet.areas(source[others], OUTSIDE, BORDER, 0.5, 1.0)
        sheet.areas(source[own], INSIDE, BORDER, 1.3, 1.2)


def _around(table: pd.DataFrame | None, parks: Shapes) -> pd.DataFrame | None:
    """Keep the municipalities in reach of the parks: a project may bring those of the whole country."""
    if table is None or not len(parks.rows):
        return table
    reach = shapely.buffer(shapely.box(*shapely.total_bounds(parks.geometry)), REACH_M)
    shown = shapely.intersects(reach, np.asarray(table["geometry"].to_numpy(), dtype=object))
    return table[shown]


def housing_style() -> ClassStyle:
    """Give the style of an adopted housing plan."""
    return next(style for style in CLASS_STYLES["housing"] if style.code == "some_loss")


def _traced(sheet: Sheet, found: Iterable[Any], colour: str, width: float, order: float) -> bool:
    """Draw water or quays, which layers give as lines, areas or points; tell whether there were any."""
    every = np.array([*found, None], dtype=object)[:-1]
    points = every[shapely.get_dimensions(every) == 0]
    squares = shapely.buffer(points, POINT_MM * MM / sheet.scale, cap_style="square")
    lined = sheet.lines(every, colour, width, order)
    return sheet.areas([*every, *squares], colour, "none", 0.0, order) or lined


def _near(layer: Shapes, sheet: Sheet) -> NDArray[np.object_]:
    return layer.geometry[layer.near(sheet.window)]

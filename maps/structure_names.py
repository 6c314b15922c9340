"""Names on the map of the main structure: hubs beside their marks, municipalities where there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patheffects import withStroke

from maps import geometry
from maps.extent import within_reach
from maps.labels import Box, place
from maps.static_map import PLACE_NAME
from maps.structure_marks import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from maps.reading import View

HALO = withStroke(linewidth=2.4, foreground="white", alpha=0.9)
MUNICIPALITY_REACH = 90.0
"""How far the name of a municipality may move, in pixels."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mark stands, EPSG:28992, and how many pixels round it are its own."""

    at: tuple[float, float]
    radius: float


class Names:
    """Puts names on the map, none over another or over what is taken.

    Parameters
    ----------
    taken
        What may not be covered, in pixels; names that find a place are added.
    """

    def __init__(self, canvas: FigureCanvasAgg, axes: Axes, taken: list[Box]) -> None:
        self._renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
        self._axes = axes
        self._frame = box_of(axes.get_window_extent())
        self._taken = taken

    def write(self, view: View, hubs: list[dict[str, Any]], spots: list[Spot]) -> None:
        """Name the hubs in their order, then the municipalities, large ones first."""
        for hub, spot in zip(hubs, spots, strict=True):
            self._beside(str(hub["name"]), spot)
        near = within_reach(view, "municipalities", 0.0)
        rows = [row for row, keep in zip(view.rows("municipalities"), near, strict=True) if keep]
        areas = view.geometry("municipalities")[near]
        points = geometry.label_points(areas)
        for index in np.argsort(-shapely.area(areas), kind="stable"):
            point = points[int(index)]
            if point is None:
                continue
            text = self._axes.text(
                point.x, point.y, str(rows[int(index)]["name"]), fontsize=10, style="italic",
                color=PLACE_NAME, ha="center", va="center", path_effects=[HALO], zorder=4.5, parse_math=False,
            )  # fmt: skip
            self._settle(text, [(0.0, 0.0)], MUNICIPALITY_REACH)

    def _beside(self, name: str, spot: Spot) -> None:
        """Put a name right, left, above or below its mark, else at one of its corners."""
        text = self._axes.text(
            *spot.at, name, fontsize=8.5, fontweight="bold", color=INK, ha="left", va="center",
            path_effects=[HALO], zorder=11, parse_math=False,
        )  # fmt: skip
        found = text.get_window_extent(self._renderer)
        gap, up = spot.radius + 2.0, spot.radius + found.height / 2.0 + 2.0
        back = -gap - found.width
        starts = [(gap, 0.0), (back, 0.0), (-found.width / 2.0, up), (-found.width / 2.0, -up)]
        starts += [(side * 0.75, 0.8 * rise) for side in (gap, back) for rise in (up, -up)]
        self._settle(text, starts, 0.0)

    def _settle(self, text: Text, starts: list[tuple[float, float]], reach: float) -> None:
        """Move a name to the first start from which it is free of all others, or take it away."""
        found = text.get_window_extent(self._renderer)
        wanted = Box(found.x0 - 1.5, found.y0 - 1.0, found.x1 + 1.5, found.y1 + 1.0)
        for start in starts:
            move = place(wanted.moved(*start), self._taken, self._frame, reach)
            if move is not None:
                right, up = start[0] + move[0], start[1] + move[1]
                self._taken.append(wanted.moved(right, up))
                pixels = self._axes.transData.transform(text.get_position()) + np.array([right, up])
                x, y = self._axes.transData.inverted().transform(pixels)
                text.set_position((float(x), float(y)))
                return
        text.remove()


def box_of(found: Any) -> Box:
    """Give a rectangle of the renderer as one that labels know."""
    return Box(float(found.x0), float(found.y0), float(found.x1), float(found.y1))

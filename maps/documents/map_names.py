"""Numbers and names on a map in a document, none over another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from maps import geometry
from maps.documents.sheet import Words
from maps.labels import Box, place
from maps.static_face import INK, cut
from maps.static_map import PLACE_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maps.documents.ground import Shapes
    from maps.documents.sheet import Face, Sheet

BADGE: Final = 21.0
"""Across, in pixels."""
WATER_NAME: Final = "#1f5f94"
LONG_ENOUGH: Final = 90.0
"""Pixels of a waterway that must be seen before it bears its name."""
ON_SIGHT: Final = 18.0
"""Side in pixels under which an area is too small to bear a name that covers it."""


class Names:
    """Puts numbers and names on a map.

    Parameters
    ----------
    sheet
        To write on.
    taken
        What may not be covered.
    """

    def __init__(self, sheet: Sheet, taken: Sequence[Box]) -> None:
        self._sheet = sheet
        self._taken = list(taken)

    def numbers(self, shapes: Sequence[shapely.Geometry]) -> None:
        """Put a number near each area, with a line to it; one without room stands on its place."""
        points = [
            self._sheet.pixels(shapely.get_coordinates(shapely.point_on_surface(shape)))[0]
            for shape in shapes
        ]
        for number, (x, y) in enumerate(points, start=1):
            half = BADGE / 2
            box = Box(x - half, y - half, x + half, y + half)
            right, up = place(box, self._taken, self._sheet.frame, 80.0) or (0.0, 0.0)
            self._taken.append(box.moved(right, up))
            if right or up:
                self._sheet.strokes([[(x, y), (x + right, y + up)]], INK, 0.8, 9.0, clipped=True)
            self._sheet.badge(x + right, y + up, str(number))

    def parks(self, layer: Shapes, places: Sequence[int]) -> None:
        """Name business parks, below what of them is seen when it is small."""
        self._areas(layer, places, 6.8, INK, "plain", below=True)

    def municipalities(self, layer: Shapes, places: Sequence[int]) -> None:
        """Name municipalities."""
        self._areas(layer, places, 7.4, PLACE_NAME, "slanted", below=False)

    def waterways(self, layer: Shapes) -> None:
        """Name waterways in the middle of what of them is seen, each name once."""
        done: set[str] = set()
        for index in layer.near(self._sheet.window):
            name = layer.text(index, "name")
            seen = shapely.intersection(layer.geometry[index], self._sheet.window)
            if not name or name in done or shapely.length(seen) * self._sheet.scale < LONG_ENOUGH:
                continue
            done.add(name)
            longest = max(shapely.get_parts(seen), key=shapely.length)
            lined = longest.geom_type == "LineString"
            spot = (
                shapely.line_interpolate_point(longest, 0.5, normalized=True)
                if lined
                else shapely.point_on_surface(longest)
            )
            x, y = self._sheet.pixels(shapely.get_coordinates(spot))[0]
            self._settle(Words(x, y, cut(name, 30), 6.2, WATER_NAME, "slanted", halo=True), 80.0)

    def _areas(
        self, layer: Shapes, places: Sequence[int], size: float, colour: str, face: Face, *, below: bool
    ) -> None:
        if not places:
            return
        seen = shapely.intersection(layer.geometry[list(places)], self._sheet.window)
        spots = geometry.label_points(seen)
        for index in np.argsort(-shapely.area(seen), kind="stable"):
            spot, name = spots[int(index)], layer.text(places[int(index)], "name")
            if spot is None or not name:
                continue
            x, y = self._sheet.pixels(shapely.get_coordinates(spot))[0]
            _, south, _, north = seen[int(index)].bounds
            if below and (north - south) * self._sheet.scale < 4 * ON_SIGHT:
                y = self._sheet.pixels(np.array([[spot.x, south]]))[0][1] - 9
            self._settle(Words(x, y, cut(name, 34), size, colour, face, halo=True), 70.0)

    def _settle(self, words: Words, reach: float) -> None:
        """Move a name to where nothing stands; leave it out when there is no room."""
        box = words.box()
        move = place(box, self._taken, self._sheet.frame, reach)
        if move is None:
            return
        right, up = move
        self._taken.append(box.moved(right, up))
        moved = replace(words, x=words.x + right, y=words.y + up)
        self._sheet.write(moved)

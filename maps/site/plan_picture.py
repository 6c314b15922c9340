"""A small drawing of a plan over the business parks, made by the service: no script, no tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 640.0
HEIGHT: Final = 400.0
MARGIN: Final = 0.6
"""Share of the size of the plan that is shown round it."""
SMALLEST_M: Final = 600.0
"""Metres that are shown at least."""
ROUND: Final = (1.0, 2.0, 5.0)
LONGEST_BAR: Final = 0.3


@dataclass(frozen=True, slots=True)
class Shape:
    """One polygon: its name and the path that draws it."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of `width` by `height`.

    Attributes
    ----------
    plan
        Path of the plan.
    parks
        What is seen of the parks.
    bar, bar_m
        Length of the scale bar in the drawing, and in metres.
    """

    width: float
    height: float
    plan: str
    parks: tuple[Shape, ...]
    bar: float
    bar_m: int


def draw_plan(polygon: shapely.Geometry, parks: Sequence[tuple[str, shapely.Geometry]]) -> Picture:
    """Draw a plan and the parks near it.

    Parameters
    ----------
    polygon
        EPSG:28992.
    parks
        Name and polygon of each, EPSG:28992.
    """
    west, south, east, north = shapely.bounds(polygon)
    size = max(east - west, (north - south) * WIDTH / HEIGHT, SMALLEST_M / (1 + 2 * MARGIN))
    metres = size * (1 + 2 * MARGIN) / WIDTH
    corner = np.array([(west + east) / 2 - WIDTH / 2 * metres, (south + north) / 2 + HEIGHT / 2 * metres])
    frame = shapely.box(corner[0], corner[1] - HEIGHT * metres, corner[0] + WIDTH * metres, corner[1])

    def path(shape: shapely.Geometry) -> str:
        seen = shapely.intersection(shapely.simplify(shape, metres / 2), frame)
        return " ".join(_ring(ring, corner, metres) for part in _parts(seen) for ring in _rings(part))

    shapes = [(name, path(shape)) for name, shape in parks if shapely.intersects(shape, frame)]
    bar_m = _bar(WIDTH * LONGEST_BAR * metres)
    seen = tuple(Shape(*one) for one in shapes if one[1])
    return Picture(WIDTH, HEIGHT, path(polygon), seen, round(bar_m / metres, 1), int(bar_m))


def _parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    parts = shapely.get_parts(shape)
    return [part for part in parts if shapely.get_type_id(part) == shapely.GeometryType.POLYGON]


def _rings(part: shapely.Geometry) -> list[shapely.Geometry]:
    return [shapely.get_exterior_ring(part), *shapely.get_rings(part)[1:]]


def _ring(ring: shapely.Geometry, corner: np.ndarray[tuple[int], np.dtype[np.float64]], metres: float) -> str:
    spots = (shapely.get_coordinates(ring)[:-1] - corner) / metres * (1.0, -1.0)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots) + "Z"


def _bar(longest_m: float) -> float:
    """Give the longest round number of metres that fits."""
    power = 10.0 ** np.floor(np.log10(longest_m))
    return float(power * max(step for step in ROUND if step * power <= longest_m))

"""Where the parks of the sample lie and what shape they have.

A park on the water follows the axis of its waterway; the others are irregular rectangles. Motorways,
railways, water and the border of the municipality are cut out of all of them, as they are in reality.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.sample.barriers import DIKED
from layers.sample.frame import generator, largest, metres, read_rows, read_toml, touching

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.sample.water import Waterway

_BANK_M = 6.0
"""Between the water and the boundary of a park on the water."""
_BEHIND_DIKE_M = 38.0
_APART_M = 20.0
_BORDER_M = 15.0
_STATIONS = 9
_SMALLEST_PIECE_M2 = 4_000.0
_SHORE_REACH_M = 25.0
_PART_GAP_M = 36.0


@dataclass(frozen=True, slots=True)
class Park:
    """A park: what was typed about it, and its shape.

    Attributes
    ----------
    rin, name, municipality
        Its number, its name and the name of its municipality.
    category
        The highest main category, made up unless the fact table names it.
    shape
        Its land in EPSG:28992.
    angle
        The direction of its roads, radians anticlockwise from east.
    shore
        Its edge along its waterway, None when it has none.
    row
        The hand-typed row.
    """

    rin: str
    name: str
    municipality: str
    category: int
    shape: BaseGeometry
    angle: float
    shore: shapely.LineString | None
    row: dict[str, str]

    @property
    def made_up(self) -> bool:
        """Tell whether the park itself does not exist."""
        return self.row["position"] == "verzonnen"


def lay_out(
    municipalities: dict[str, shapely.Polygon], water: dict[str, Waterway], strips: BaseGeometry
) -> list[Park]:
    """Give every hand-typed park its shape.

    Parameters
    ----------
    municipalities
        Name of a municipality to its polygon.
    water
        The waterways by their key.
    strips
        The land that main roads and railways take.

    Returns
    -------
    list of Park
        In the order of their number; no two overlap and none crosses water, a main road or a railway.
    """
    outlines = read_toml("outlines")["outline"]
    taken = [*shapely.get_parts(strips), *(item.surface(_BANK_M) for item in water.values())]
    parks: list[Park] = []
    for row in read_rows("parks"):
        rng = generator(row["rin"])
        way = water.get(row["waterway"])
        angle = math.radians(float(row["angle_deg"]))
        if row["name"] in outlines:
            rough = shapely.Polygon(metres(outlines[row["name"]]))
            angle = _longest_side(rough)
        elif way is not None:
            rough, angle = _along(row, way, rng)
        else:
            rough = _rectangle(row, angle, rng)
        land = municipalities[row["municipality"]].buffer(-_BORDER_M)
        shape = rough.intersection(land).difference(touching(rough, taken))
        shape = _split(shape, angle) if row["parts"] == "2" else shape
        shape = _keep(shape, way)
        taken.append(shape.buffer(_APART_M, quad_segs=2))
        parks.append(
            Park(
                rin=row["rin"],
                name=row["name"],
                municipality=row["municipality"],
                category=int(row["category"]),
                shape=shape,
                angle=angle,
                shore=_shore(shape, way),
                row=row,
            )
        )
    return parks


def _position(row: dict[str, str]) -> NDArray[np.float64]:
    """Give the hand-typed place of a park, shape (1, 2), metres."""
    return metres([[float(row["x_km"]), float(row["y_km"])]])


def _size(row: dict[str, str]) -> tuple[float, float]:
    """Give the length and the depth of a park in metres from its size and its proportions."""
    area, aspect = float(row["size_ha"]) * 10_000.0, float(row["aspect"])
    depth = math.sqrt(area / aspect)
    return area / depth, depth


def _rectangle(row: dict[str, str], angle: float, rng: np.random.Generator) -> shapely.Polygon:
    """Draw a rotated rectangle with cut and irregular corners, of the right size."""
    length, depth = _size(row)
    ring = np.array(
        [
            [-0.5, -0.5],
            [0.0, -0.54],
            [0.42, -0.5],
            [0.5, -0.36],
            [0.52, 0.1],
            [0.5, 0.5],
            [-0.1, 0.52],
            [-0.5, 0.44],
        ]
    )
    ring = (ring + rng.uniform(-0.035, 0.035, ring.shape)) * (length, depth)
    ring *= math.sqrt(length * depth / shapely.Polygon(ring).area)
    cosine, sine = math.cos(angle), math.sin(angle)
    turned = np.stack(
        [ring[:, 0] * cosine - ring[:, 1] * sine, ring[:, 0] * sine + ring[:, 1] * cosine], axis=1
    )
    return shapely.Polygon(np.round(turned + _position(row), 2))


def _along(row: dict[str, str], way: Waterway, rng: np.random.Generator) -> tuple[shapely.Polygon, float]:
    """Draw a park along its waterway, on the bank where its hand-typed position lies.

    Returns
    -------
    tuple
        The polygon and the direction of the water there, radians.
    """
    length, depth = _size(row)
    middle = shapely.Point(_position(row)[0])
    place = min(max(way.axis.project(middle), length / 2 + 1), way.axis.length - length / 2 - 1)
    along = np.linspace(place - length / 2, place + length / 2, _STATIONS)
    points, normals = _normals(way.axis, along)
    ahead = shapely.get_coordinates(way.axis.interpolate(place + 50.0))[0]
    behind = shapely.get_coordinates(way.axis.interpolate(place - 50.0))[0]
    direction = ahead - behind
    offset = shapely.get_coordinates(middle)[0] - behind
    side = 1.0 if direction[0] * offset[1] - direction[1] * offset[0] > 0 else -1.0
    near = way.width_m / 2 + (_BEHIND_DIKE_M if way.key in DIKED else 0.0)
    reach = depth * np.interp(along, along[::4], rng.uniform(0.88, 1.12, 3))[:, None]
    inner, outer = points + normals * side * near, points + normals * side * (near + reach)
    shape = largest(shapely.make_valid(shapely.Polygon(np.round(np.concatenate([inner, outer[::-1]]), 2))))
    return shape, math.atan2(float(direction[1]), float(direction[0]))


def _normals(
    axis: shapely.LineString, along: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give points on an axis and the unit normals to its left there, each of shape (n, 2)."""
    points = shapely.get_coordinates(shapely.line_interpolate_point(axis, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(axis, along + 60.0))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(axis, np.maximum(along - 60.0, 0.0)))
    step = ahead - behind
    size = np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2)[:, None]
    return points, np.stack([-step[:, 1], step[:, 0]], axis=1) / size


def _longest_side(shape: shapely.Polygon) -> float:
    """Give the direction of the longest side of the smallest rotated rectangle, radians."""
    ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    sides = np.diff(ring, axis=0)[:2]
    longest = sides[int(np.argmax((sides**2).sum(axis=1)))]
    return math.atan2(float(longest[1]), float(longest[0]))


def _split(shape: BaseGeometry, angle: float) -> BaseGeometry:
    """Cut a park in two with a strip of green across its length."""
    centre = shapely.get_coordinates(shape.centroid)[0]
    across = np.array([-math.sin(angle), math.cos(angle)]) * 5_000.0
    strip = shapely.LineString(np.stack([centre - across, centre + across]))
    return shape.difference(strip.buffer(_PART_GAP_M / 2, cap_style="flat"))


def _keep(shape: BaseGeometry, way: Waterway | None) -> BaseGeometry:
    """Drop the snippets; of a park on the water, also what lies on the other bank."""
    parts = shapely.get_parts(shape)
    parts = parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > _SMALLEST_PIECE_M2)]  # noqa: PLR2004
    if way is not None and len(parts) > 1:
        main = parts[int(np.argmax(shapely.area(parts)))].centroid
        lines = shapely.linestrings(
            [[shapely.get_coordinates(main)[0], shapely.get_coordinates(part.centroid)[0]] for part in parts]
        )
        parts = parts[~shapely.intersects(lines, way.axis)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(list(parts))


def _shore(shape: BaseGeometry, way: Waterway | None) -> shapely.LineString | None:
    """Give the edge of a park that runs along its waterway."""
    if way is None:
        return None
    edge = shape.boundary.intersection(way.surface(_BANK_M + _SHORE_REACH_M))
    lines = [part for part in shapely.get_parts(edge) if part.length > 0]
    if not lines:
        return None
    parts = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines)))
    longest: shapely.LineString = parts[int(np.argmax(shapely.length(parts)))]
    return longest

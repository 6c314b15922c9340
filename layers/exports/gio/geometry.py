"""Areas in GML: written in one form, read in every form that a GIO of somebody else may hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers.exports.gio.xml import GML, Element, add, anywhere, content, found, local, space

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RD_URN: Final = "urn:ogc:def:crs:EPSG::28992"
ETRS89_URN: Final = "urn:ogc:def:crs:EPSG::4258"
DECIMALS: Final = 3
RING_MINIMUM: Final = 4
"""A ring has three corners, and the first one again."""
ARCS: Final = (
    "Arc", "ArcString", "ArcByCenterPoint", "ArcByBulge", "ArcStringByBulge", "Circle",
    "CircleByCenterPoint", "CubicSpline", "BSpline", "Bezier", "Clothoid", "Geodesic", "GeodesicString",
)  # fmt: skip
SURFACES: Final = ("Polygon", "PolygonPatch", "Rectangle", "Triangle")
_AREA: Final = 2
_FLAT: Final = 2


@dataclass(slots=True)
class RawShape:
    """The geometry of one location as it stands in a file, before anything was made of it.

    Attributes
    ----------
    polygons
        Rings per polygon, the outer one first, each ``(n, 2)`` as written.
    lines, points
        The same for what has no area.
    names
        Every ``srsName`` in it with the depth of its element; 0 is the geometry itself.
    arcs
        Names of the curved elements, which no GIO may hold.
    faults
        What could not be read: a code (``text``, ``odd``, ``short``, ``open``, ``repeated``) and the place.
    """

    polygons: list[list[NDArray[np.float64]]] = field(default_factory=list)
    lines: list[NDArray[np.float64]] = field(default_factory=list)
    points: list[NDArray[np.float64]] = field(default_factory=list)
    names: list[tuple[str, int]] = field(default_factory=list)
    arcs: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def has_coordinates(self) -> bool:
        """Tell whether any coordinate was found."""
        return any(len(ring) for rings in self.polygons for ring in rings) or bool(self.lines or self.points)


def write_shape(parent: Element, shape: shapely.MultiPolygon) -> None:
    """Write an area as a MultiSurface in RD New, with its system named once, at the top.

    Parameters
    ----------
    parent
        The element that holds the geometry.
    shape
        As `layers.exports.location_id.exact_shape` gives it.
    """
    top = add(
        parent, "MultiSurface", namespace=GML, attributes={"srsName": RD_URN, "srsDimension": str(_FLAT)}
    )
    for part in shape.geoms:
        polygon = add(add(top, "surfaceMember"), "Polygon")
        _ring(add(polygon, "exterior"), part.exterior)
        for hole in part.interiors:
            _ring(add(polygon, "interior"), hole)


def _ring(parent: Element, ring: shapely.LinearRing) -> None:
    corners = shapely.get_coordinates(ring)
    text = " ".join(f"{x:.{DECIMALS}f} {y:.{DECIMALS}f}" for x, y in corners)
    add(add(parent, "LinearRing"), "posList", text)


def read_shape(holder: Element) -> RawShape:
    """Read the geometry under an element, whatever its form.

    Parameters
    ----------
    holder
        ``basisgeo:geometrie`` or another element with GML in it.

    Returns
    -------
    RawShape
        With everything that is wrong with it; this never fails.
    """
    raw = RawShape()
    for element, depth in _walk(holder, -1):
        name = local(element)
        if space(element) != GML:
            continue
        if element.get("srsName") is not None:
            raw.names.append((element.get("srsName"), depth))
        if name in ARCS:
            raw.arcs.append(name)
        elif name in SURFACES:
            sides = [*found(element, GML, "exterior"), *found(element, GML, "interior")]
            raw.polygons.append([_closed(_corners(side, raw), raw) for side in sides])
        elif name in {"LineString", "LineStringSegment"}:
            raw.lines.append(_corners(element, raw))
        elif name == "Point":
            raw.points.append(_corners(element, raw))
    return raw


def _walk(element: Element, depth: int) -> Iterator[tuple[Element, int]]:
    if depth >= 0:
        yield element, depth
    for child in element:
        if isinstance(child.tag, str):
            yield from _walk(child, depth + 1)


def _corners(element: Element, raw: RawShape) -> NDArray[np.float64]:
    """Read ``posList``, ``pos`` or the old ``coordinates`` under an element as x and y."""
    nothing: NDArray[np.float64] = np.zeros((0, 2))
    lists = anywhere(element, GML, "posList") or anywhere(element, GML, "pos")
    old = anywhere(element, GML, "coordinates")
    texts = [content(item) for item in lists or old]
    words = " ".join(texts).replace(",", " ").split() if old and not lists else " ".join(texts).split()
    try:
        numbers = np.array([float(word) for word in words])
    except ValueError:
        raw.faults.append(("text", " ".join(words)[:40]))
        return nothing
    size = _dimension([*lists, *_up(element)]) if lists else _FLAT
    if len(numbers) % size or not np.isfinite(numbers).all():
        raw.faults.append(("odd", " ".join(words)[:40]))
        return nothing
    corners = numbers.reshape(-1, size)[:, :2]
    if len(lists) > 1 and local(lists[0]) == "posList":
        # a ring of several segments repeats the corner where two of them meet
        ends = np.cumsum([len(text.split()) // size for text in texts])[:-1]
        corners = np.delete(corners, ends, axis=0)
    return corners


def _up(element: Element) -> Iterator[Element]:
    while element is not None:
        yield element
        element = element.getparent()


def _dimension(elements: list[Element]) -> int:
    for element in elements:
        stated = element.get("srsDimension")
        if stated is not None and stated.isdigit() and int(stated) >= _FLAT:
            return int(stated)
    return _FLAT


def _closed(ring: NDArray[np.float64], raw: RawShape) -> NDArray[np.float64]:
    if not len(ring):
        return ring
    place = f"{ring[0][0]:.3f} {ring[0][1]:.3f}"
    if len(ring) < RING_MINIMUM:
        raw.faults.append(("short", place))
    elif not np.array_equal(ring[0], ring[-1]):
        raw.faults.append(("open", place))
    if bool((ring[1:] == ring[:-1]).all(axis=1).any()):
        raw.faults.append(("repeated", place))
    return ring


def build_shape(raw: RawShape) -> shapely.Geometry | None:
    """Make a geometry of what was read; None when a fault stands in the way or nothing was there.

    Returns
    -------
    shapely.Geometry or None
        A multipolygon for areas, also for one; not checked for validity. Coordinates as written: those in
        ETRS89 have the latitude first.
    """
    if {code for code, _ in raw.faults} - {"repeated"} or raw.arcs:
        return None
    if raw.polygons:
        shells: list[Any] = [rings for rings in raw.polygons if rings and len(rings[0])]
        parts = [shapely.Polygon(rings[0], [hole for hole in rings[1:] if len(hole)]) for rings in shells]
        return shapely.multipolygons(parts) if parts else None
    if raw.lines:
        return shapely.multilinestrings([shapely.LineString(line) for line in raw.lines if len(line) > 1])
    if raw.points:
        return shapely.multipoints([shapely.Point(point[0]) for point in raw.points if len(point)])
    return None


def has_area(shape: shapely.Geometry | None) -> bool:
    """Tell whether a geometry is an area."""
    return shape is not None and shapely.get_dimensions(shape) == _AREA

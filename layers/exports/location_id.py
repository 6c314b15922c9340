"""One identity per shape: the same area on the ground keeps its id, however its rings were written.

The id is a UUID version 5 (RFC 9562, section 5.5) over the corners of the shape in whole millimetres, after
the rings were put in one order. So an unchanged location keeps its id over releases and packages, and a shape
that changed by a millimetre or more gets another one. That is what the national register asks for: an id that
stands for one geometry (STOP3018), and a geometry that stands in one location (OZON0370).
"""

from __future__ import annotations

import struct
import uuid
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

GRID_M: Final = 0.001
"""Grid of the coordinates, in metres."""
PER_METRE: Final = 1000
AREA: Final = 2
"""Dimension of what has an area."""


def namespace_of(authority: str) -> uuid.UUID:
    """Give the namespace of the ids of one authority.

    Parameters
    ----------
    authority
        Its code, such as ``pv26`` or ``gm0589``; upper and lower case are the same.

    Returns
    -------
    uuid.UUID
        Equal for equal codes; two authorities never share an id for the same shape.
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:kringruimte:locatie:{authority.strip().lower()}")


def exact_shape(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """Bring an area in the one form in which it leaves the house.

    Parameters
    ----------
    geometry
        What has an area, in EPSG:28992; heights are dropped, and so are lines and points.

    Returns
    -------
    shapely.MultiPolygon
        On the grid of 1 mm and valid there, without repeated corners, outer rings counter-clockwise and holes
        clockwise, each ring starting at its canonical corner, parts and holes in canonical order.

    Raises
    ------
    ValueError
        When no area is left on the grid.
    """
    flat = shapely.force_2d(geometry)
    if not shapely.is_valid(flat):
        flat = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    # normalised before as well, so that snapping meets the corners in an order of our own
    snapped = shapely.set_precision(shapely.normalize(flat), GRID_M, mode="valid_output")
    parts = shapely.get_parts(shapely.get_parts(snapped))
    areas = parts[(shapely.get_dimensions(parts) == AREA) & ~shapely.is_empty(parts)]
    if not len(areas):
        raise ValueError("no area is left on the grid of 1 mm")
    whole = shapely.orient_polygons(shapely.normalize(shapely.multipolygons(areas)), exterior_cw=False)
    # a round trip through WKB sheds the precision model, which would leak into later overlays
    plain: shapely.MultiPolygon = shapely.from_wkb(shapely.to_wkb(whole))
    return plain


def location_id(geometry: shapely.Geometry, namespace: uuid.UUID) -> uuid.UUID:
    """Give the stable id of an area.

    Parameters
    ----------
    geometry
        What has an area, in EPSG:28992.
    namespace
        Of the authority, as `namespace_of` gives it.

    Returns
    -------
    uuid.UUID
        Version 5. The corner where a ring starts, its direction, the order of rings and parts, and whether
        one part is written as a polygon or a multipolygon make no difference.

    Raises
    ------
    ValueError
        When no area is left on the grid.
    """
    digest = b"".join(_packed(exact_shape(geometry)))
    # uuid5 takes text; latin-1 would double the bytes above 127, hexadecimal is the same everywhere
    return uuid.uuid5(namespace, digest.hex())


def _packed(shape: shapely.MultiPolygon) -> Iterator[bytes]:
    parts = list(shape.geoms)
    yield struct.pack("<q", len(parts))
    for part in parts:
        rings: list[Any] = [part.exterior, *part.interiors]
        yield struct.pack("<q", len(rings))
        for ring in rings:
            corners = np.rint(shapely.get_coordinates(ring) * PER_METRE).astype("<i8")
            yield struct.pack("<q", len(corners))
            yield corners.tobytes()

"""Nearest rows of a file that is read by place, however far away they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.boxes import PLANE, Box, around, grown
from gis.points import MILLIMETRE
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gis.parquet_places import Places
    from gis.parquet_stream import Found, Stream

GROWTH: Final = 4.0
SLACK_M: Final = 2 * MILLIMETRE
"""What lies this much farther may still tie with the nearest."""


def targets_of(places: Places) -> Targets:
    """Make places fit to measure distances to."""
    return Targets(places.geometry) if places.geometry is not None else Targets(x=places.x, y=places.y)


def nearest_rows(
    stream: Stream,
    shapes: NDArray[Any],
    *,
    reach: float,
    near: tuple[Found, Targets] | None = None,
    columns: tuple[str, ...] = (),
    only: Callable[[Found], NDArray[np.bool_]] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the nearest row of each shape, reading no farther than needed.

    What was found within the distance that was read is certain. The other shapes get another round, in which
    so much is read as the nearest found so far asks, or a few times as far where nothing was found.

    Parameters
    ----------
    stream
        Rows to measure to.
    shapes
        Shapely geometries, not empty.
    reach
        Metres around the shapes that are read first.
    near
        What was already read around the shapes, at least all rows within `reach` of them that count, and
        targets made of it.
    columns
        What `only` needs.
    only
        Tells which of the rows that were read count; None for all.

    Returns
    -------
    number, distance
        Position of the row in the file (-1 when no row counts) and metres (then infinite); chosen as
        `gis.proximity.Targets.nearest` chooses among all rows at once.
    """
    number = np.full(len(shapes), -1, dtype=np.int64)
    distance = np.full(len(shapes), np.inf)
    need = np.full(len(shapes), float(reach))
    todo = np.arange(len(shapes))
    bounds = shapely.bounds(shapes)
    while len(todo):
        box = _box_to_read(stream, bounds[todo], need[todo])
        whole = near is None and _covers(box, stream)
        found, targets = near or _read(stream, box, columns, only)
        near = None
        target, gap = targets.nearest(shapes[todo], threads=1)
        some = target >= 0
        number[todo[some]], distance[todo] = found.number[target[some]], gap
        certain = (gap + SLACK_M <= need[todo]) | whole
        need[todo] = np.where(some, gap + 2 * SLACK_M, need[todo] * GROWTH)
        todo = todo[~certain]
    return number, distance


def _read(
    stream: Stream,
    box: Box,
    columns: tuple[str, ...],
    only: Callable[[Found], NDArray[np.bool_]] | None,
) -> tuple[Found, Targets]:
    """Read the rows in a box that count."""
    found = stream.near(box, columns)
    if only is not None:
        found = found.take(only(found))
    return found, targets_of(found.places)


def _box_to_read(stream: Stream, bounds: NDArray[np.float64], need: NDArray[np.float64]) -> Box:
    """Give the box around shapes and what they need; everything where a file does not say where rows lie."""
    if not stream.is_boxed:
        return PLANE
    return grown(around(bounds + need[:, None] * np.array([-1.0, -1.0, 1.0, 1.0])), SLACK_M)


def _covers(box: Box, stream: Stream) -> bool:
    """Tell whether a box holds all rows of a file."""
    if not stream.total:
        return True
    west, south, east, north = around(stream.bounds)
    return box[0] <= west and box[1] <= south and box[2] >= east and box[3] >= north

"""Smooth borders grown from a coarse grid, without gaps or overlaps.

The method: spread each label of the 1 km cells over a finer raster, let every label grow or shrink until its
area is right, trace the edges between labels as shared arcs, smooth each arc once, and build the polygons
from the arcs again. Because neighbours share one arc, the result is a coverage by construction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP_M = 200
"""Edge of a raster cell, metres."""
_PER_KM = 1000 // STEP_M
_MARGIN_KM = 2
_BLUR_PASSES = 2
_ROUNDS = 24
_SEED_PULL = 0.8
_SEED_REACH_M = 1000.0
_SIMPLIFY_M = 120.0


def grow(
    cells: NDArray[np.int64],
    shares: NDArray[np.float64],
    areas: NDArray[np.float64],
    seeds: NDArray[np.float64],
) -> tuple[NDArray[np.int64], tuple[float, float]]:
    """Spread the labels of 1 km cells over a raster of 200 m.

    Parameters
    ----------
    cells
        Shape (n, 3): x and y of the lower left corner in kilometres and the label, from 1 on.
    shares
        Shape (n,): the part of each cell that its label takes, 0 to 1.
    areas
        Shape (labels,): the area that each label must get, square metres.
    seeds
        Shape (m, 3): x and y in metres of points that certainly lie in a label, and the label.

    Returns
    -------
    tuple
        The raster (rows from south to north, 0 = outside) and the coordinates of its lower left corner, m.
    """
    west, south = (cells[:, :2].min(axis=0) - _MARGIN_KM).tolist()
    width, height = (cells[:, :2].max(axis=0) - (west, south) + 1 + _MARGIN_KM).tolist()
    coarse = np.zeros((len(areas) + 1, height, width))
    coarse[0] = 1.0
    column, row, label = cells[:, 0] - west, cells[:, 1] - south, cells[:, 2]
    coarse[0, row, column] = 0.0
    coarse[label, row, column] = shares
    field = _blur(coarse.repeat(_PER_KM, axis=1).repeat(_PER_KM, axis=2))
    corner = (west * 1000.0, south * 1000.0)
    _pull(field, seeds, corner)
    bias = np.zeros(len(areas) + 1)
    goal = areas / STEP_M**2
    for _ in range(_ROUNDS):
        labels = np.argmax(field + bias[:, None, None], axis=0)
        count = np.bincount(labels.ravel(), minlength=len(bias))[1:]
        # an edge cell changes hands at a field difference of about 0.1 over some hundreds of edge cells
        bias[1:] += np.clip((goal - count) / goal, -0.5, 0.5) * 0.4
    return _whole(labels), corner


def _blur(field: NDArray[np.float64]) -> NDArray[np.float64]:
    """Blur each layer by a few running means: plain sums, so the bits are the same on every processor."""
    for _ in range(_BLUR_PASSES):
        for axis in (1, 2):
            total = field.copy()
            for shift in (1, 2):
                for sign in (shift, -shift):
                    total += np.roll(field, sign, axis=axis)
            field = total / 5.0
    return field


def _pull(field: NDArray[np.float64], seeds: NDArray[np.float64], corner: tuple[float, float]) -> None:
    """Raise a label's field round the points that certainly belong to it."""
    reach = int(_SEED_REACH_M // STEP_M) + 1
    for x, y, label in seeds.tolist():
        column, row = int((x - corner[0]) // STEP_M), int((y - corner[1]) // STEP_M)
        rows, columns = np.ogrid[row - reach : row + reach + 1, column - reach : column + reach + 1]
        square = (
            ((columns + 0.5) * STEP_M + corner[0] - x) ** 2 + ((rows + 0.5) * STEP_M + corner[1] - y) ** 2
        ) / _SEED_REACH_M**2
        window = field[int(label), row - reach : row + reach + 1, column - reach : column + reach + 1]
        np.maximum(window, window + _SEED_PULL * (1.0 - square), out=window)


def _whole(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep the largest piece of every label, outside included, and give the rest to its neighbours."""
    kept = np.full_like(labels, -1)
    for label in range(int(labels.max()) + 1):
        pieces, number = ndimage.label(labels == label)
        sizes = np.bincount(pieces.ravel(), minlength=number + 1)
        sizes[0] = 0
        kept[pieces == int(np.argmax(sizes))] = label
    while (kept < 0).any():
        before = kept.copy()
        for axis, shift in ((0, 1), (0, -1), (1, 1), (1, -1)):
            near = np.roll(before, shift, axis=axis)
            kept = np.where((kept < 0) & (near >= 0), near, kept)
    return kept


def trace(labels: NDArray[np.int64], corner: tuple[float, float]) -> list[NDArray[np.float64]]:
    """Trace the edges between labels as arcs between junctions.

    Returns
    -------
    list of arrays of shape (n, 2)
        Coordinates in metres; every edge is in exactly one arc.
    """
    rows, columns = np.nonzero(labels[:, 1:] != labels[:, :-1])
    upright = np.stack([columns + 1, rows, columns + 1, rows + 1], axis=1)
    rows, columns = np.nonzero(labels[1:, :] != labels[:-1, :])
    level = np.stack([columns, rows + 1, columns + 1, rows + 1], axis=1)
    edges = np.concatenate([upright, level]).reshape(-1, 2, 2).astype(float)
    edges = edges * STEP_M + np.array(corner)
    merged = shapely.line_merge(shapely.MultiLineString(list(shapely.linestrings(edges))))
    return [shapely.get_coordinates(part) for part in shapely.get_parts(merged)]


def smooth(arc: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smooth one arc of a raster edge and keep its ends.

    The middles of the steps lie on the slope that the steps stand for; then Douglas-Peucker takes the
    needless ones away and two rounds of Chaikin's corner cutting round the rest.
    """
    middles = (arc[1:] + arc[:-1]) / 2
    line = np.concatenate([arc[:1], middles, arc[-1:]])
    simple = shapely.get_coordinates(shapely.simplify(shapely.LineString(line), _SIMPLIFY_M))
    for _ in range(2):
        simple = chaikin(simple)
    return np.round(simple, 2)


def chaikin(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the corners of a line once; its ends stay (Chaikin 1974)."""
    if len(line) < 3:  # noqa: PLR2004 - a straight line has no corner
        return line
    first, second = line[:-1], line[1:]
    cut = np.stack([first * 0.75 + second * 0.25, first * 0.25 + second * 0.75], axis=1).reshape(-1, 2)
    return np.concatenate([line[:1], cut[1:-1], line[-1:]])


def polygons(
    labels: NDArray[np.int64], corner: tuple[float, float], arcs: list[NDArray[np.float64]]
) -> list[shapely.Polygon]:
    """Build one polygon per label from its arcs.

    Raises
    ------
    ValueError
        When the smoothed arcs do not give exactly one polygon for each label.
    """
    faces = shapely.get_parts(shapely.polygonize([shapely.LineString(arc) for arc in arcs]))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    column = ((inside[:, 0] - corner[0]) // STEP_M).astype(int)
    row = ((inside[:, 1] - corner[1]) // STEP_M).astype(int)
    found = labels[row, column]
    if sorted(found.tolist()) != list(range(1, int(labels.max()) + 1)):
        raise ValueError("the smoothed borders do not give one polygon per label")
    return [faces[int(np.flatnonzero(found == label)[0])] for label in range(1, int(labels.max()) + 1)]

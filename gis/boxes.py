"""Boxes that divide the plane, so that work can be done piece by piece.

A box is ``(west, south, east, north)`` in metres. As a part of the plane it holds its west and south edge and
not the others, so every location lies in exactly one of the parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Box: TypeAlias = tuple[float, float, float, float]
PLANE: Box = (-np.inf, -np.inf, np.inf, np.inf)


def grown(box: Box, reach: float) -> Box:
    """Give a box that is `reach` metres wider on every side."""
    west, south, east, north = box
    return west - reach, south - reach, east + reach, north + reach


def around(bounds: NDArray[np.float64]) -> Box:
    """Give the smallest box around boxes ``(n, 4)``, which must be some."""
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def touching(bounds: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    """Tell which boxes ``(n, 4)`` touch a box."""
    west, south, east, north = box
    found: NDArray[np.bool_] = (
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )
    return found


def divide(bounds: NDArray[np.float64], weight: NDArray[np.float64], most: float) -> list[Box]:
    """Divide the plane into parts of about equal weight.

    Parameters
    ----------
    bounds
        Boxes ``(n, 4)`` of groups of rows.
    weight
        Of each group: its rows, or what they cost.
    most
        A part weighs about this much at most, unless one group weighs more.

    Returns
    -------
    list of Box
        They cover the plane; the outer ones are endless. The same input gives the same parts. Only one when
        a box is endless itself, for then nobody knows where its rows lie.
    """
    if not np.isfinite(bounds).all():
        return [PLANE]
    middle = np.column_stack((bounds[:, 0] + bounds[:, 2], bounds[:, 1] + bounds[:, 3])) / 2
    return _divided(PLANE, middle, weight, most)


def _divided(box: Box, middle: NDArray[np.float64], weight: NDArray[np.float64], most: float) -> list[Box]:
    """Cut a box across its longer side where half of the weight lies on either side, again and again."""
    spread = np.ptp(middle, axis=0) if len(middle) else np.zeros(2)
    axis = int(np.argmax(spread))
    if weight.sum() <= most or spread[axis] <= 0:
        return [box]
    order = np.argsort(middle[:, axis], kind="stable")
    places, heavier = middle[order, axis], np.cumsum(weight[order])
    # a cut halves what would otherwise not fit; three parts' worth gives one part and two
    parts = int(np.ceil(weight.sum() / most))
    share = (parts // 2) / parts
    cut = float(places[min(int(np.searchsorted(heavier, heavier[-1] * share)) + 1, len(places) - 1)])
    if cut <= places[0]:
        cut = float(places[places > places[0]][0])
    low = middle[:, axis] < cut
    first, second = list(box), list(box)
    first[axis + 2], second[axis] = cut, cut
    return [
        *_divided((first[0], first[1], first[2], first[3]), middle[low], weight[low], most),
        *_divided((second[0], second[1], second[2], second[3]), middle[~low], weight[~low], most),
    ]

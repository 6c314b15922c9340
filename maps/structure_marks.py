"""How hubs and their links look on the map of the main structure: shapes, sizes, colours and line widths."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.ops import substring

from maps import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INK = "#1f1b24"
QUIET = "#77717c"
WATER = "#0b4f8a"
ROAD = "#b4581a"
ALARM = "#c4172c"


@dataclass(frozen=True, slots=True)
class Mark:
    """Shape and colour of a type of hub."""

    marker: str
    colour: str


MARKS = {
    "materials_park": Mark("o", "#5d2d86"),
    "making_district": Mark("s", "#a86400"),
    "innovation_area": Mark("D", "#11735a"),
    "single_facility": Mark("o", "#77717c"),
    "not_assessed": Mark("o", "#77717c"),
}
OTHERS = (Mark("h", "#8b1e5b"), Mark("p", "#2c5aa0"), Mark("8", "#556b1f"), Mark("v", "#6b4423"))
"""Marks for types that a province adds, in the order of their codes."""
SIZES = {"national": 20.0, "provincial": 17.0, "regional": 14.0, "local": 11.5, "not_assessed": 11.5}
"""Diameter of the mark in points per level."""
STATES = ("existing", "extended", "proposed", "possible")

WIDTHS = (
    (5_000.0, 1.2, "tot 5.000 ton"),
    (25_000.0, 2.4, "5.000 tot 25.000 ton"),
    (100_000.0, 4.2, "25.000 tot 100.000 ton"),
    (np.inf, 6.5, "meer dan 100.000 ton"),
)
"""Upper bound of tonnes per year, width of the line in points, and label."""
UNKNOWN_WIDTH = 0.8
LEAST_DRAWN = 1_000.0
"""Links over the road that carry less, in tonnes per year, are left off the map."""
ON_LINE = 1.0
"""Metres within which a point lies on a line."""
DASHES = (0, (2.2, 1.0))

VERDICTS = {
    "several": ("op meer plekken", "#e3f1e4", "#2e7d4f", "solid"),
    "single": ("hangt aan één hub", "#fff0cc", "#b07a00", "solid"),
    "out_of_reach": ("buiten bereik", "#ffffff", "#77717c", "dashed"),
    "missing": ("ontbreekt", "#ffffff", ALARM, "dashed"),
}
"""Verdict on a step to its label, fill, edge and line style."""


def mark_of(code: str, others: Sequence[str]) -> Mark:
    """Give the mark of a type; types that the product does not know take one of their own."""
    if code in MARKS:
        return MARKS[code]
    return OTHERS[others.index(code) % len(OTHERS)]


def drawn(tonnes: Any) -> bool:
    """Tell whether a link carries enough to be drawn; what is not known is drawn."""
    return wording.missing(tonnes) or float(tonnes) >= LEAST_DRAWN


def width_of(tonnes: Any) -> float:
    """Give the width of a line in points."""
    if wording.missing(tonnes):
        return UNKNOWN_WIDTH
    return next(width for bound, width, _ in WIDTHS if float(tonnes) <= bound)


def faces(mark: Mark, state: str) -> dict[str, Any]:
    """Give how a mark is filled and edged: what stands is filled, what is proposed is open."""
    if state in {"existing", "extended"}:
        return {"markerfacecolor": mark.colour, "markeredgecolor": "white", "markeredgewidth": 1.0}
    return {"markerfacecolor": "white", "markeredgecolor": mark.colour, "markeredgewidth": 1.8}


def number_colour(mark: Mark, state: str) -> str:
    """Give the colour of the number in a mark."""
    return "white" if state in {"existing", "extended"} else mark.colour


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of water with all that goes over it."""

    line: Any
    tonnes: float | None
    proposed: bool


def stretches(shapes: NDArray[np.object_], rows: Sequence[dict[str, Any]]) -> list[Stretch]:
    """Add links that share a stretch of water up, so that a canal is as wide as all it carries.

    Parameters
    ----------
    shapes
        Ways of the links over water, EPSG:28992.
    rows
        Their rows: ``tonnes_mid_t`` and ``state``.

    Returns
    -------
    list of Stretch
        In a fixed order; ``tonnes`` is None where none is known, ``proposed`` holds where all that goes over
        it is.
    """
    if not len(shapes):
        return []
    pieces = shapely.get_parts(shapely.line_merge(shapely.union_all(shapes, grid_size=0.1)))
    # merging runs past the ends of shorter links, so cut there
    ends = shapely.multipoints(np.concatenate([shapely.get_point(shapes, 0), shapely.get_point(shapes, -1)]))
    cut = [part for piece in pieces for part in _cut(piece, ends)]
    result = []
    for piece in sorted(cut, key=lambda part: part.bounds):
        middle = piece.interpolate(0.5, normalized=True)
        near = shapely.distance(shapes, middle) < ON_LINE
        over = [row for row, here in zip(rows, near, strict=True) if here]
        known = [float(row["tonnes_mid_t"]) for row in over if not wording.missing(row["tonnes_mid_t"])]
        proposed = all(row["state"] == "proposed" for row in over)
        result.append(Stretch(piece, sum(known) if known else None, proposed))
    return result


def _cut(line: Any, points: Any) -> list[Any]:
    """Cut a line at the points that lie on it."""
    near = shapely.get_parts(points)
    on = near[shapely.distance(near, line) < ON_LINE]
    places = sorted({round(float(line.project(point)), 1) for point in on})
    inner = [place for place in places if ON_LINE < place < line.length - ON_LINE]
    if not inner:
        return [line]
    return [substring(line, one, two) for one, two in pairwise([0.0, *inner, line.length])]

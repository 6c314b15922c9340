"""Where names go on a printed map: near their place, never over each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Box) -> bool:
        """Tell whether two rectangles share some area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def inside(self, other: Box) -> bool:
        """Tell whether this rectangle lies within the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )

    def moved(self, right: float, up: float) -> Box:
        """Give the rectangle at another place."""
        return Box(self.left + right, self.bottom + up, self.right + right, self.top + up)


def place(box: Box, taken: list[Box], frame: Box, reach: float) -> tuple[float, float] | None:
    """Find the smallest move that frees a label of what is already there.

    Parameters
    ----------
    box
        The label where it would stand best, in pixels.
    taken
        Rectangles that may not be covered.
    frame
        Rectangle in which the label must stay.
    reach
        How far the label may move, in pixels.

    Returns
    -------
    tuple of float or None
        Move to the right and up; None when there is no room, so that the label is better left out.
    """
    for right, up in _moves(reach):
        candidate = box.moved(right, up)
        if candidate.inside(frame) and not any(candidate.overlaps(other) for other in taken):
            return right, up
    return None


def _moves(reach: float) -> Iterator[tuple[float, float]]:
    yield 0.0, 0.0
    steps = 6
    directions = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
    for step in range(1, steps + 1):
        for right, up in directions:
            yield right * reach * step / steps, up * reach * step / steps

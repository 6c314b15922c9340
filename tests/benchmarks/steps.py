"""The evidence steps that every engine takes, and what an answer looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

Answer: TypeAlias = "dict[str, NDArray[np.generic]]"

STEPS: Final = {
    "a": "nearest home of each park",
    "b": "homes within the park's guide distance",
    "c1": "nearest waterway of class IVa or more",
    "c2": "park boundary within 50 m of water",
    "d": "park x municipality, overlap",
    "e": "plot x park, overlap",
    "f": "homes in each municipality",
}
FIRST_CLASS: Final = CEMT_CLASSES.index("IVa")
BANK_M: Final = 50.0
QUAD_SEGMENTS: Final = 8
"""Step c2 measures boundary that lies in the union of every waterway's buffer, drawn with these."""


class Engine:
    """One way to take the steps; a method per step, rows named by their position in the layer."""

    def step(self, name: str) -> Callable[[], Answer]:
        """Give the method of a step."""
        method: Callable[[], Answer] = getattr(self, name)
        return method

"""What is judged over all rows of a layer, counted where a layer is read piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.errors import Problem
from gis.placement import in_rd
from layers.columns import is_wrong_type, wrong_type

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from layers.schema import Column, Layer
    from layers.values import Parsed

_EXAMPLES: Final = 5


@dataclass(slots=True)
class Tally:
    """Counts over the pieces of a layer that states to be in RD New."""

    present: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    placed: int = 0
    in_rd: int = 0

    def note_values(self, column: Column, parsed: Parsed, raw: pd.DataFrame) -> None:
        """Count the values of a column that cannot be read."""
        name = column.name
        self.present[name] = self.present.get(name, 0) + parsed.present
        self.unreadable[name] = self.unreadable.get(name, 0) + len(parsed.unreadable)
        known = self.examples.setdefault(name, [])
        if parsed.unreadable and len(known) < _EXAMPLES:
            rows = {int(raw.index[place]) for place in parsed.unreadable}
            found = [str(record.before) for record in parsed.records if record.row in rows]
            self.examples[name] = list(dict.fromkeys([*known, *found]))[:_EXAMPLES]

    def note_places(self, geometry: NDArray[Any]) -> None:
        """Count the rows of which the coordinates are in RD New."""
        there = ~shapely.is_missing(geometry)
        self.placed += int(np.count_nonzero(there))
        self.in_rd += int(np.count_nonzero(in_rd(geometry) & there))

    def problems(self, layer: Layer, file: str) -> list[Problem]:
        """Judge the layer as a whole."""
        found = [
            wrong_type(
                column,
                self.present[name],
                self.unreadable[name],
                layer.name,
                file,
                self.examples[name],
            )
            for name, column in layer.by_name.items()
            if is_wrong_type(column, self.present.get(name, 0), self.unreadable.get(name, 0))
        ]
        if self.placed and 2 * self.in_rd <= self.placed:
            message = "most coordinates are not in RD New, and only EPSG:28992 is read in pieces"
            found.append(Problem(message, "Convert the file to EPSG:28992 first.", file, layer.name))
        return found

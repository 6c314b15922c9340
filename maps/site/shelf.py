"""The tables that a reader may see, as rows of plain values: what pages are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from layers.schema import Column, Layer

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What one reader may see of a release.

    Attributes
    ----------
    layers
        By name, in the order of the catalogue; a layer that is not for this reader is not there.
    columns
        Name of a layer to its visible columns.
    read
        Gives the table of a layer, cut to the reader.
    """

    layers: Mapping[str, Layer]
    columns: Mapping[str, Sequence[Column]]
    read: Callable[[str], pd.DataFrame]

    def has(self, name: str) -> bool:
        """Tell whether the reader may see a layer."""
        return name in self.layers

    def column(self, layer: str, name: str) -> Column | None:
        """Give a column that the reader may see, or None."""
        return next((one for one in self.columns.get(layer, ()) if one.name == name), None)

    def rows(self, name: str, **equal: Any) -> list[Row] | None:
        """Give rows of a layer, those whose columns are equal to what is given.

        Returns
        -------
        list of dict or None
            None when the reader may not see the layer or a column by which it is chosen: that is another
            thing than a layer without such rows.
        """
        if name not in self.layers:
            return None
        table = self.read(name)
        for column, value in equal.items():
            if column not in table.columns:
                return None
            table = table[(table[column] == value).fillna(value=False).to_numpy(dtype=bool)]
        return plain(table)


def plain(table: pd.DataFrame) -> list[Row]:
    """Turn a table into rows of plain values without geometry, None where something is missing."""
    frame = table.drop(columns="geometry", errors="ignore")
    filled = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in filled.to_dict("records")]

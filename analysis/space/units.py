"""Units in words: the codes that figures carry, in Dutch for who reads the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

DUTCH: Final = {
    "share": "aandeel",
    "ratio": "verhouding",
    "ratio to 2025": "verhouding tot 2025",
    "year": "jaartal",
    "years": "jaar",
    "inhabitants": "inwoners",
    "jobs": "banen",
    "m2": "m²",
    "m2 per job": "m² per baan",
    "m2 per m2": "m² per m²",
    "m2 per t/yr": "m² per ton per jaar",
    "kt": "kiloton",
    "kt/yr": "kiloton per jaar",
    "t/yr": "ton per jaar",
    "kg per inhabitant": "kg per inwoner",
    "kg per inhabitant per year": "kg per inwoner per jaar",
}
"""Unit of a figure to what readers see; ha, m and % are the same, and so is a unit that a user wrote."""


def with_dutch_units(table: pd.DataFrame) -> pd.DataFrame:
    """Write the column ``unit`` in Dutch, the code beside it in ``unit_en``; others stay as they are."""
    if "unit" not in table:
        return table
    return table.assign(unit_en=table["unit"], unit=table["unit"].replace(DUTCH))

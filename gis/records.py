"""What was found or changed while reading and repairing, so that nothing happens silently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["repaired", "set_aside", "merged", "noted"]


@dataclass(frozen=True, slots=True)
class Record:
    """One thing found in one row, or in a layer as a whole.

    Attributes
    ----------
    rule
        Short code of what was found; the rooms above put it into words.
    action
        What was done: ``set_aside`` and ``merged`` mean that the row is not in the result itself.
    row
        Row number in the file, first row 1; None for something that holds for the whole layer.
    field
        Column concerned; None for the geometry or the row as a whole.
    before, after
        What it was and what it became, as text for a reader.
    """

    rule: str
    action: Action
    row: int | None = None
    field: str | None = None
    before: str | None = None
    after: str | None = None

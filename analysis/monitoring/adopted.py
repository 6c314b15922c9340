"""The building blocks that municipalities adopted: a list that the province keeps, one row per decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.data_files import Field, read_data_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FIELDS: Final = (Field("municipality_code"), Field("block_id"), Field("date"), Field("decision"))


@dataclass(frozen=True, slots=True)
class Adoption:
    """One decision: which municipality adopted which block, when, and by which document."""

    municipality: str
    block: str
    date: dt.date
    decision: str


def read_adopted(path: Path, *, municipalities: Iterable[str], blocks: Iterable[str]) -> tuple[Adoption, ...]:
    """Read the list: CSV with ``municipality_code``, ``block_id``, ``date`` (YYYY-MM-DD) and ``decision``.

    Parameters
    ----------
    municipalities, blocks
        Codes and ids that exist.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file(path.stem, path, _FIELDS, ("municipality_code", "block_id", "date"))
    file.check_known("municipality_code", municipalities, "the municipality")
    file.check_known("block_id", blocks, "the building block")
    dates = [_date(text) for text in file.texts("date")]
    wrong = np.array([date is None for date in dates], dtype=bool)
    file.report("this is no date", "Write it as YYYY-MM-DD.", "date", wrong)
    file.stop()
    rows = zip(
        file.texts("municipality_code"), file.texts("block_id"), dates, file.texts("decision"), strict=True
    )
    return tuple(Adoption(code, block, date, text) for code, block, date, text in rows if date is not None)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None

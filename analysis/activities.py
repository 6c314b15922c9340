"""From what a firm does (SBI code) to the category it has in use, as an interval.

One SBI code covers several activities and sizes in the VNG list, so the answer spans the lightest to the
heaviest of them. All rows of the list are still to be verified; the status travels with the assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from layers.facts import read_facts

SHORTEST_CODE = 2


@dataclass(frozen=True, slots=True)
class Activity:
    """Category interval of one SBI code, ranks."""

    low: int
    high: int
    code: str


def load_activities(labels: tuple[str, ...]) -> dict[str, Activity]:
    """Read the list: SBI-2008 digits to category interval in ranks of `labels`."""
    table = read_facts("activities_sbi2008")
    rank = table["category"].map({name: position for position, name in enumerate(labels)})
    grouped = rank.groupby(table["sbi"])
    return {
        str(code): Activity(int(low), int(high), str(code))
        for code, low, high in zip(grouped.min().index, grouped.min(), grouped.max(), strict=True)
    }


def category_in_use(sbi: Any, version: Any, activities: dict[str, Activity]) -> Activity | None:
    """Find the activity of an SBI code by its longest listed beginning, or by the codes that refine it.

    Parameters
    ----------
    sbi
        Code with or without dots; missing gives None.
    version
        ``"SBI-2008"``; a code of another version is not matched, because the list is SBI-2008.
    activities
        As `load_activities` gives.
    """
    if pd.isna(sbi) or (not pd.isna(version) and version != "SBI-2008"):
        return None
    digits = "".join(sign for sign in str(sbi) if sign.isdigit())
    for length in range(len(digits), SHORTEST_CODE - 1, -1):
        found = activities.get(digits[:length])
        if found is not None:
            return found
    finer = [activity for code, activity in activities.items() if digits and code.startswith(digits)]
    if not finer or len(digits) < SHORTEST_CODE:
        return None
    return Activity(min(a.low for a in finer), max(a.high for a in finer), digits)

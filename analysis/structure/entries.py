"""Rows of what stands where and of what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from analysis.structure.rules import Figure

UNITS_NL: Final = {
    "share": "(deel)",
    "establishments": "bedrijven",
    "ratio": "keer",
    "year": "",
    "years": "jaar",
    "parks": "terreinen",
    "features": "kenmerken",
    "standard deviations": "standaardafwijkingen",
    "steps": "stappen",
    "plots per ha": "kavels per ha",
}
COLUMNS: Final = (
    "hub_id",
    "function_id",
    "source",
    "source_id",
    "state",
    "certainty",
    "from_year",
    "hectares",
    "count",
    "serves",
)


def entry(
    hub_id: str,
    function_id: str,
    source: str,
    source_id: str,
    state: str,
    *,
    certainty: str = "certain",
    from_year: float = np.nan,
    hectares: float = np.nan,
    count: float = np.nan,
    serves: float = np.nan,
) -> dict[str, Any]:
    """Give one row of what stands where."""
    return {
        "hub_id": hub_id, "function_id": function_id, "source": source, "source_id": source_id,
        "state": state, "certainty": certainty, "from_year": from_year, "hectares": hectares,
        "count": count, "serves": serves,
    }  # fmt: skip


def note(item: str, what: str, value: str, status: str = "assumption", source: str = "") -> dict[str, Any]:
    """Give one row of what the structure rests on."""
    return {"item_id": item, "what_nl": what, "value_nl": value, "status": status, "source": source or None}


def unit_nl(unit: str) -> str:
    """Give the Dutch word for a unit; symbols are the same."""
    return UNITS_NL.get(unit, unit)


def figure_text(figure: Figure) -> str:
    """Write a number of a file with its unit, the Dutch way."""
    return f"{figure.value:g} {unit_nl(figure.unit)}".replace(".", ",").strip()

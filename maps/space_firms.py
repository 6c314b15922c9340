"""What the transition and a reservation of land mean for the firms that are there now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps import space_words as words
from maps import wording

if TYPE_CHECKING:
    from maps.reading import View

BOUNDS = ("low", "mid", "high")
CLOSED = "verborgen"
HIDDEN = "ten minste "
"""Before a sum that leaves out groups of fewer than five firms."""


def sectors(view: View, year: int | None) -> list[dict[str, str]]:
    """Give firms, jobs and hectares per linear sector for one year, added up over the sub-areas."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in view.rows("linear_activity"):
        if row["year"] == year:
            found.setdefault(str(row["sector_id"]), []).append(row)
    return [
        {
            "name": words.text(rows[0]["sector_nl"]),
            "firms": _sum(rows, "establishments"),
            "jobs": _sum(rows, "jobs"),
            "touched_jobs": _range(rows, "touched", "_jobs"),
            "touched_ha": _range(rows, "touched", "_ha"),
            "likely": _sum(rows, "likely_establishments"),
            "staying": _sum(rows, "staying_ha"),
        }
        for _, rows in sorted(found.items())
    ]


def moves(view: View) -> list[dict[str, str]]:
    """Give what firms on likely locations would need elsewhere, added up over sectors and sub-areas."""
    rows = view.rows("replacement_of_likely")
    return [
        {
            "to": name,
            "firms": _sum(own, "establishments"),
            "jobs": _sum(own, "jobs"),
            "ha": _sum(own, "ha"),
        }
        for code, name in words.MOVES.items()
        if (own := [row for row in rows if row["moves_to"] == code])
    ]


def _sum(rows: list[dict[str, Any]], column: str) -> str:
    values = [float(row[column]) for row in rows if not wording.missing(row[column])]
    if not values:
        return CLOSED if _hidden(rows, column) else wording.MISSING
    start = HIDDEN if _hidden(rows, column) else ""
    return start + wording.number(sum(values))


def _hidden(rows: list[dict[str, Any]], column: str) -> bool:
    return any(row["suppressed"] == "yes" and wording.missing(row[column]) for row in rows)


def _range(rows: list[dict[str, Any]], name: str, suffix: str) -> str:
    columns = [f"{name}_{bound}{suffix}" for bound in BOUNDS]
    values = [[float(row[column]) for row in rows if not wording.missing(row[column])] for column in columns]
    if not all(values):
        return CLOSED if _hidden(rows, columns[1]) else wording.MISSING
    start = HIDDEN if _hidden(rows, columns[1]) else ""
    low, mid, high = (sum(own) for own in values)
    return start + words.band(low, mid, high)

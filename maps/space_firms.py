"""What the transition and a reservation of land mean for the firms that are there now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps import space_tables, wording
from maps import space_words as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maps.reading import View

BOUNDS = ("low", "mid", "high")
CLOSED = "verborgen"
HIDDEN = "≥\u00a0"
"""Before a sum that leaves out groups of fewer than five firms, in a table."""
AT_LEAST = "ten minste "
"""The same in a sentence."""
TOGETHER = "all"
"""Sector of the rows that count the firms of every sector once more, by category in use."""
OTHER = "other"
"""Firms outside every linear sector: the transition does not touch them."""


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
            "touched_jobs": _range(rows, "touched", "_jobs", 0),
            "touched_ha": _range(rows, "touched", "_ha", 1),
            "likely": _sum(rows, "likely_establishments"),
            "staying": _sum(rows, "staying_ha"),
        }
        for _, rows in sorted(found.items())
    ]


def moves(view: View) -> list[dict[str, str]]:
    """Give what firms on likely locations would need elsewhere, added up over sectors and sub-areas."""
    return [
        {
            "to": words.MOVES[code],
            "firms": _sum(rows, "establishments"),
            "jobs": _sum(rows, "jobs"),
            "ha": _sum(rows, "ha"),
        }
        for code, rows in _moving(view).items()
    ]


def _moving(view: View) -> dict[str, list[dict[str, Any]]]:
    """Give the rows per kind of place that firms could go to.

    The table counts every firm twice: by sector and, for all sectors together, by category. What is hidden
    differs, so the count that shows most is taken.
    """
    rows = view.rows("replacement_of_likely")
    found = {}
    for code in words.MOVES:
        own = [row for row in rows if row["moves_to"] == code]
        counts = (
            [row for row in own if row["sector_id"] != TOGETHER],
            [row for row in own if row["sector_id"] == TOGETHER],
        )
        best = max(counts, key=lambda part: _total(part, "establishments"))
        if best:
            found[code] = best
    return found


def sentences(view: View, settled: Sequence[str]) -> list[str]:
    """Say in short sentences what it means for firms that are there now.

    Parameters
    ----------
    view
        The release as its reader sees it.
    settled
        Sentences of the balance itself about firms on land that is transformed.
    """
    return [*_likely(view), *settled, *_touched(view)]


def _likely(view: View) -> list[str]:
    rows = view.rows("linear_activity")
    years = space_tables.years_of(rows)
    # where firms stand now does not change with the year
    now = [row for row in rows if years and row["year"] == years[0]]
    if not _total(now, "likely_establishments"):
        return []
    firms, jobs = (_said(now, f"likely_{what}") for what in ("establishments", "jobs"))
    found = [
        f"Op kansrijke plekken (zwaar genoeg, of aan water) zitten nu {firms} bedrijven met {jobs} banen."
    ]
    moving = _moving(view)
    if "ordinary" in moving:
        found.append(
            "Wie zo'n plek reserveert, vraagt bedrijven die er zitten om er niet meer te groeien, of om te "
            f"verhuizen. {_capital(_said(moving['ordinary'], 'establishments'))} van hen kunnen terecht op "
            "een gewoon terrein."
        )
    if "alike" in moving:
        alike = moving["alike"]
        found.append(
            f"{_capital(_said(alike, 'establishments'))} van hen kunnen dat niet: zij gebruiken zware of "
            f"natte grond, samen {_said(alike, 'ha')} ha. Als zij moeten wijken, is voor "
            "hen elders opnieuw zware of natte grond nodig."
        )
    placed = sum(_total(moving.get(code, []), "establishments") for code in ("ordinary", "alike"))
    if moving and _total(now, "likely_establishments") > placed:
        found.append(
            "Van de anderen staat hier niet waar zij heen kunnen: dat is niet beoordeeld, of hun groep telt "
            "minder dan vijf bedrijven."
        )
    return found


def _touched(view: View) -> list[str]:
    rows = [row for row in view.rows("linear_activity") if row["sector_id"] != OTHER]
    years = space_tables.years_of(rows)
    if not years:
        return []
    own = [row for row in rows if row["year"] == years[-1]]
    columns = [f"touched_{bound}_jobs" for bound in BOUNDS]
    if not any(_total(own, column) for column in columns):
        return []
    low, mid, high = (wording.number(_total(own, column)) for column in columns)
    found = (
        f"Tot {years[-1]} raakt de overgang ongeveer {mid} banen bij lineaire bedrijven ({low} tot {high})."
    )
    if _hidden(own, columns[1]):
        # the hidden groups lack in all three numbers, so that none of them is a least number
        found += " Groepen van minder dan vijf bedrijven zijn hier niet meegeteld."
    return [found]


def _total(rows: Sequence[dict[str, Any]], column: str) -> float:
    return sum(float(row[column]) for row in rows if not wording.missing(row[column]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(rows: list[dict[str, Any]], column: str) -> str:
    start = AT_LEAST if _hidden(rows, column) else ""
    return start + wording.number(_total(rows, column))


def _sum(rows: list[dict[str, Any]], column: str) -> str:
    if all(wording.missing(row[column]) for row in rows):
        return CLOSED if _hidden(rows, column) else wording.MISSING
    start = HIDDEN if _hidden(rows, column) else ""
    return start + wording.number(_total(rows, column))


def _hidden(rows: list[dict[str, Any]], column: str) -> bool:
    return any(row["suppressed"] == "yes" and wording.missing(row[column]) for row in rows)


def _range(rows: list[dict[str, Any]], name: str, suffix: str, decimals: int) -> str:
    columns = [f"{name}_{bound}{suffix}" for bound in BOUNDS]
    if any(all(wording.missing(row[column]) for row in rows) for column in columns):
        return CLOSED if _hidden(rows, columns[1]) else wording.MISSING
    start = HIDDEN if _hidden(rows, columns[1]) else ""
    low, mid, high = (_total(rows, column) for column in columns)
    return start + words.band(low, mid, high, decimals)

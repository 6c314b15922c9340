"""How codes and names of the reservation plan read in Dutch, and how a plain table of it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps import wording
from maps.charts import amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.schema import Column
    from maps.reading import View

PROPOSAL = "proposal"
"""The plan that is shown; others in the same tables are variants of it."""
PASSES = {
    "optimal": "bewezen",
    "within_gap": "bewezen binnen de gevraagde marge",
    "limit": "gestopt op tijd of stappen",
}
"""Status of a pass to what readers see; no plan is called the best."""
CODES = {
    "keep": "behouden",
    "allocate": "toewijzen",
    "reserve": "reserveren",
    "programme": "programmeren",
    "explore": "verkennen",
    "no_regret": "altijd raak",
    "robust": "robuust",
    "replaceable": "vervangbaar",
    "some_futures": "alleen in sommige toekomsten",
    "only_in_some_futures": "alleen in sommige toekomsten",
    "shortage": "tekort",
    "people": "mensen",
    "suitability": "geschiktheid",
    "compactness": "weinig terreinen",
    "exact": "doorgerekend",
    "bracket": "tussen twee grenzen",
    "resolved": "plan opnieuw gemaakt",
    "locked": "vastgelegd",
    "infinite": "niets vervangt haar",
    "nothing": "geen hectare vervangen",
    "partly": "deels vervangen",
    "wholly": "geheel vervangen",
    "plan": "dit alternatief",
    "minimax": "kleinste grootste spijt",
    "cvar": "kleinste spijt in de slechtste 20 %",
    "two_stage": "eerste jaar vast, daarna per toekomst",
    "scenarios": "toekomstbeelden en banden",
    "draws": "trekkingen van de vraag",
    **PASSES,
}
SHARE_UNITS = ("share", "%")
COLUMNS = 7
"""Columns of a plain table; more does not fit on paper."""
ROWS = 12
INFINITE = "niets vervangt haar"


def functions(view: View) -> dict[str, str]:
    """Give the name of each function with its weight class, such as ``Puinbreker (tot en met 5.2)``."""
    names = {}
    for row in view.rows("reservation_functions"):
        code = str(row["function"])
        name = str(row["name_nl"] or code)
        side = f"(tot en met {row['category']})"
        weighed = code != row["function_id"] and row["category"] is not None and not name.endswith(side)
        names[code] = f"{name} {side}" if weighed else name
    return names


def municipalities(view: View) -> dict[str, str]:
    """Give the name of each municipality by its code."""
    return {str(row["municipality_code"]): str(row["name"]) for row in view.rows("municipalities")}


def own(view: View, name: str) -> list[dict[str, Any]]:
    """Give the rows of a table that belong to the plan that is shown."""
    return [row for row in view.rows(name) if row.get("plan", PROPOSAL) == PROPOSAL]


def ha(value: Any) -> str:
    """Write hectares without unit."""
    return wording.MISSING if wording.missing(value) else amount(float(value))


def share(value: Any, decimals: int = 0) -> str:
    """Write a share as a percentage."""
    if wording.missing(value):
        return wording.MISSING
    if 0 < float(value) < 0.5 * 10.0 ** (-decimals - 2):
        return f"minder dan {wording.number(10.0**-decimals, decimals)} %"
    return f"{wording.number(float(value) * 100, decimals)} %"


def measured(value: Any, unit: Any) -> str:
    """Write what an aim reached, rounded as its unit deserves."""
    if wording.missing(value):
        return wording.MISSING
    return ha(value) if unit == "ha" else wording.number(value)


def place(row: dict[str, Any]) -> str:
    """Name a site: its park with its own number."""
    park = row.get("park_name")
    return f"{park} ({row['site_id']})" if park else str(row["site_id"])


def listing(
    view: View,
    name: str,
    *,
    most: int = ROWS,
    skip: Sequence[str] = (),
    columns: int = COLUMNS,
    rows: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any] | None:
    """Write the first rows of a table with the labels of its own columns.

    Parameters
    ----------
    view
        The release as its reader sees it.
    name
        Name of the layer.
    most, columns
        How many rows and columns fit.
    skip
        Columns to leave out; English ones and the name of the plan always stay out.
    rows
        Which rows, in their order; all of the plan when not given.

    Returns
    -------
    dict or None
        ``heads`` (with ``text`` and ``num``), ``rows`` of cells and ``more``, the number of rows left out;
        None without rows.
    """
    rows = own(view, name) if rows is None else rows
    if not rows:
        return None
    shown = [
        column
        for column in view.columns(name).values()
        if column.name not in {"plan", *skip} and not column.name.endswith("_en")
        and any(not wording.missing(row[column.name]) for row in rows)
    ][:columns]  # fmt: skip
    names = functions(view)
    return {
        "heads": [{"text": _head(column), "num": column.kind in {"number", "integer"}} for column in shown],
        "rows": [[cell(column, row[column.name], names) for column in shown] for row in rows[:most]],
        "more": max(0, len(rows) - most),
    }


def _head(column: Column) -> str:
    return f"{column.label_nl} (ha)" if column.unit == "ha" else column.label_nl


def cell(column: Column, value: Any, names: dict[str, str]) -> str:
    """Write one value of a plain table."""
    if wording.missing(value):
        return wording.MISSING
    if column.kind in {"number", "integer"}:
        return _figure(column, float(value))
    if column.kind == "boolean":
        return wording.yes_no(value)
    if column.kind == "year":
        return str(int(value))
    text = str(value)
    if column.name == "function":
        return names.get(text, text)
    return CODES.get(text, wording.code(text)) if column.kind == "code" else text


def _figure(column: Column, value: float) -> str:
    if value in {float("inf"), float("-inf")}:
        return INFINITE
    if column.unit == "ha":
        return amount(value)
    if column.unit in SHARE_UNITS:
        return share(value)
    loose = column.kind == "number" and column.unit is None
    return wording.number(value, 2 if loose and value != int(value) else 0)

"""What the shortage becomes when a housing plan goes ahead, plan by plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.schema import Level
from maps import space_tables, wording
from maps import space_words as words

if TYPE_CHECKING:
    from maps.reading import View

TABLE = "balance_housing"
EXTRA = ("extra_low_ha", "extra_high_ha")
APART = ("extra_apart_low_ha", "extra_apart_high_ha")
WITH_FIRMS = ("extra_with_firms_low_ha", "extra_with_firms_high_ha")
LOST = ("free_lost_low_ha", "free_lost_high_ha")
PHASES = {"hard": "vastgesteld", "soft": "nog niet vastgesteld", "unknown": "fase onbekend"}
LATER = "nog niet"
"""Where a plan has not started in a year."""


def housing(view: View) -> dict[str, Any] | None:
    """Give the extra shortage per housing plan and year, under the floor rule.

    Returns
    -------
    dict or None
        ``plans``: rows of texts, the largest effect first; ``none``: how many plans change nothing; below
        the level of the province only adopted plans, without what they do to settled firms. None when the
        release has no housing plans, or none that this level may know of.
    """
    every = view.has(TABLE)
    rows = view.rows(TABLE) if every else view.adopted(TABLE)
    own = [row for row in rows if row["rule"] == space_tables.FLOOR]
    if not own:
        return None
    years = space_tables.years_of(own)
    shown = (*EXTRA, *APART, *LOST, *(WITH_FIRMS if every else ()))
    plans: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in own:
        plans.setdefault((words.text(row["name"]), words.text(row["sub_area"])), []).append(row)
    touching = {key: part for key, part in plans.items() if _largest(part, shown) >= wording.SMALLEST_HA}
    order = sorted(touching, key=lambda key: (-_largest(touching[key], shown), key))
    return {
        "years": years,
        "every": every,
        "plans": [_plan(key, touching[key], years, every=every) for key in order],
        "base": _base(view, years),
        "none": wording.counted(len(plans) - len(touching), "plan", "plannen"),
        "some": len(plans) > len(touching),
    }


def _base(view: View, years: list[int]) -> str:
    """Write what the province lacks without any of the plans, every input at its middle."""
    found = {
        int(row["year"]): row["shortage_ha"]
        for row in view.rows("balance_groups")
        if row["area"] == space_tables.PROVINCE and row["rule"] == space_tables.FLOOR
        and row["group"] == space_tables.TOTAL and row["water"] == "any"
    }  # fmt: skip
    known = [year for year in years if not wording.missing(found.get(year))]
    return wording.listed([f"{wording.hectares(found[year])} in {year}" for year in known])


def _largest(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> float:
    return max(
        (float(row[name]) for row in rows for name in columns if not wording.missing(row[name])), default=0.0
    )


def _plan(
    key: tuple[str, str], rows: list[dict[str, Any]], years: list[int], *, every: bool
) -> dict[str, Any]:
    by_year = {int(row["year"]): row for row in rows}
    first, last = rows[0], by_year[max(by_year)]
    start = "jaar onbekend" if wording.missing(first["plan_year"]) else f"vanaf {int(first['plan_year'])}"
    return {
        "name": key[0] or "zonder naam",
        "place": key[1],
        "phase": f"{PHASES.get(words.text(first['phase']), PHASES['unknown'])}, {start}",
        "lost": _interval(last, LOST),
        "cells": [_cell(by_year.get(year)) for year in years],
        "apart": _interval(last, APART),
        "firms": _interval(last, WITH_FIRMS) if every else "",
    }


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return wording.MISSING
    return _interval(row, EXTRA) if row["counts"] else LATER


def _interval(row: dict[str, Any], columns: tuple[str, str]) -> str:
    low, high = (wording.hectares(row[name]).removesuffix(" ha") for name in columns)
    return wording.interval(*(text.replace("minder dan ", "<") for text in (low, high)))


def note(view: View) -> str:
    """Say which plans a reader of the view's level sees."""
    if view.level.allows(Level.PROVINCE):
        return "Alle plannen, ook die nog niet zijn vastgesteld. Dat is werkmateriaal."
    return (
        "Alleen plannen die zijn vastgesteld. Wat andere plannen zouden doen, staat in de versie voor "
        "planologen."
    )

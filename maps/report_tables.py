"""The tables of the report, as rows of texts that are ready to read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from maps import wording

if TYPE_CHECKING:
    from maps.reading import View

AREA_TABLES = (
    ("ruimte", "ruimte voor hoge categorie", (
        "parks", "parks_not_assessed", "area_ha", "permitted_hmc_certain_ha permitted_hmc_possible_ha",
        "heavy_certain_ha heavy_possible_ha", "heavy_governed_ha", "underuse_certain_ha",
    )),
    ("water", "ruimte aan water en kaden", (
        "parks", "heavy_water_certain_ha heavy_water_possible_ha", "shore_m", "quay_m", "usable_quay_m",
    )),
)  # fmt: skip
"""Tables per kind of area. Losses to housing are left out: a small area would give a plan away."""

SCOPES = ("sub_area", "municipality")
AREA_WORDS = {"sub_area": ("deelgebied", "deelgebieden"), "municipality": ("gemeente", "gemeenten")}
EMPTY_SHOWN = 10
"""Up to how many areas without parks stand in a table; more are only counted."""

STATUS_ORDER = ("sourced", "assumption", "to_verify")


def area_tables(view: View) -> list[dict[str, Any]]:
    """Give the tables per kind of area, the total as the last row of each."""
    columns = view.columns("summary")
    rows = view.rows("summary")
    tables = []
    for scope in SCOPES:
        found = [row for row in rows if row["scope"] == scope]
        found.sort(key=lambda row: (str(row["area_name"]), str(row["area_id"])))
        for key, title, entries in AREA_TABLES if found else ():
            pairs = [entry.split() for entry in entries]
            chosen = [names for names in pairs if all(name in columns for name in names)]
            total = [row for row in rows if row["scope"] == "total"]
            filled = [row for row in found if not _empty(row)]
            # a project may bring the municipalities of the whole country for the parks of a few
            many = len(found) - len(filled) > EMPTY_SHOWN
            tables.append(
                {
                    "title": f"Per {wording.code(scope)}: {title}",
                    "id": f"{scope}-{key}".replace("_", "-"),
                    "heads": [_head(view, names) for names in chosen],
                    "rows": [_area_row(view, chosen, row) for row in (*(filled if many else found), *total)],
                    "left_out": _areas(scope, len(found) - len(filled)) if many else "",
                }
            )
    return tables


def _head(view: View, names: list[str]) -> str:
    column = view.columns("summary")[names[0]]
    label = wording.without_side(column.label_nl) if len(names) > 1 else column.label_nl
    return f"{label} ({column.unit})" if column.unit in {"ha", "m"} else label


def _area_row(view: View, chosen: list[list[str]], row: dict[str, Any]) -> dict[str, Any]:
    columns = view.columns("summary")
    cells = []
    for names in chosen:
        first = columns[names[0]]
        if len(names) > 1:
            text = view.show_interval(first, columns[names[1]], row)
        else:
            text = view.show(first, row[names[0]])
        cells.append(text.removesuffix(f" {first.unit}"))
    return {
        "name": str(row["area_name"]),
        "cells": cells,
        "empty": _empty(row),
        "total": row["scope"] == "total",
    }


def _empty(row: dict[str, Any]) -> bool:
    return not wording.missing(row["parks"]) and int(row["parks"]) == 0


def _areas(scope: str, count: int) -> str:
    one, many = AREA_WORDS[scope]
    return wording.counted(count, one, many)


def assumed_share(view: View) -> dict[str, Any] | None:
    """Tell which share of the figures is no sourced figure; None when the release lists none."""
    rows = view.rows("assumptions")
    if not rows:
        return None
    found = dict.fromkeys(STATUS_ORDER, 0)
    for row in rows:
        found[str(row["status"])] += 1
    total = sum(found.values())
    unsure = total - found["sourced"]
    counted = f"{wording.number(unsure)} van {wording.number(total)}"
    return {
        "sentence": (
            f"{wording.number(100 * unsure / total)} % van de gebruikte cijfers ({counted}) over terreinen "
            "is een aanname of moet nog worden geverifieerd."
        ),
        "parts": [
            {"label": wording.code(status), "count": wording.number(count), "key": status,
             "width": round(100 * count / total, 2)}
            for status, count in found.items()
        ],
    }  # fmt: skip


def assumptions(view: View) -> list[dict[str, str]]:
    """List every figure with its value, status and source, what is assumed first."""
    rows = sorted(
        view.rows("assumptions"),
        key=lambda row: (
            str(row["status"]) == "sourced",
            str(row["status"]),
            _natural(str(row["assumption_id"])),
        ),
    )
    return [
        {
            "name": _text(row["name_nl"]),
            "value": _value(row["value"], row["unit"]),
            "status": wording.code(row["status"]),
            "key": str(row["status"]),
            "source": _text(row["source"]),
        }
        for row in rows
    ]


def _natural(text: str) -> tuple[str, float, str]:
    name, _, number = text.rpartition("_")
    try:
        return name, float(number), text
    except ValueError:
        return text, 0.0, text


def _value(value: Any, unit: Any) -> str:
    if wording.missing(value):
        return wording.MISSING
    text = str(value)
    if wording.missing(unit):
        return text
    try:
        amount = float(text)
    except ValueError:
        return f"{text} {unit}"
    return f"{wording.number(amount, 0 if amount.is_integer() else 1)} {unit}"


def not_assessed(view: View) -> list[dict[str, str]]:
    """List what was not assessed, why, and how much land it touches; most land first."""
    rows = sorted(view.rows("not_assessed"), key=lambda row: (-_amount(row["area_ha"]), str(row["item_id"])))
    return [
        {
            "what": _text(row["what_nl"]),
            "why": _text(row["why_nl"]),
            "parks": wording.number(row["parks"]),
            "area": wording.hectares(row["area_ha"]),
        }
        for row in rows
    ]


def _amount(value: Any) -> float:
    return 0.0 if wording.missing(value) else float(value)


def quality(view: View) -> list[dict[str, str]]:
    """Count what was found while reading, per layer and rule; never which object it was.

    The reason of a rule is one fixed sentence, so it says nothing about a single row.
    """
    found = view.counts("data_quality", ["layer", "rule", "action", "reason_nl"])
    rows = [
        {
            "layer": _layer_label(view, str(layer)),
            "rule": str(rule) if wording.missing(reason) else str(reason),
            "action": wording.code(action),
            "count": wording.number(count),
        }
        for (layer, rule, action, reason), count in found
    ]
    return sorted(rows, key=lambda row: (row["layer"], row["rule"], row["action"]))


def sources(view: View) -> list[dict[str, str]]:
    """List the sources with date, licence and how many rows came in and are in the result."""
    return [
        {
            "layer": _layer_label(view, str(source["layer"])),
            "source": _text(source.get("source")),
            "date": _date(source.get("date")),
            "licence": _text(source.get("licence")),
            "rows_in": _count(source.get("rows_in")),
            "rows_out": _count(source.get("rows_out")),
            # a note may name objects, so it stays with those who may see the layer
            "note": str(source.get("note") or "") if view.has(str(source["layer"])) else "",
        }
        for source in view.release.project.get("sources", [])
    ]


def _count(value: Any) -> str:
    return "niet opgegeven" if wording.missing(value) else wording.number(value)


def _text(value: Any) -> str:
    return "niet opgegeven" if wording.missing(value) or not str(value).strip() else str(value)


def _date(value: Any) -> str:
    text = _text(value)
    try:
        return wording.day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _layer_label(view: View, name: str) -> str:
    return view.layer(name).label_nl if name in view.release.names else name

"""The tables of the space report, as rows of texts that are ready to read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from layers.exports.words import UNITS
from maps import space_words as words
from maps import wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from maps.reading import View

PROVINCE = "province"
APART = "province_apart"
TOTAL = "total"
FLOOR = "floor"
SHOWN = ("p10", "p50", "p90")


def years_of(rows: Iterable[dict[str, Any]]) -> list[int]:
    """Give the years of some rows in order."""
    return sorted({int(row["year"]) for row in rows if not wording.missing(row["year"])})


def middle_year(years: list[int]) -> int | None:
    """Give the year that charts of one year show: the middle one, None without years."""
    return years[len(years) // 2] if years else None


def function_names(view: View) -> dict[str, str]:
    """Give the Dutch name of every function by its identifier."""
    names = {str(row["function_id"]): words.text(row["name_nl"]) for row in view.rows("circular_functions")}
    return {**names, TOTAL: "Alle functies samen"}


def input_shares(view: View) -> dict[str, Any] | None:
    """Tell which share of the inputs of the balance is assumed; None when the release has none."""
    found = Counter(str(row["status"]) for row in view.rows("balance_inputs"))
    whole = found.total()
    if not whole:
        return None
    assumed, open_, sourced = (
        words.percent(found[status], whole) for status in ("assumption", "to_verify", "sourced")
    )
    return {
        "sentence": f"{assumed} % van de {wording.number(whole)} invoerwaarden van de ruimtebalans is een "
        f"aanname en {open_} % moet nog worden geverifieerd; {sourced} % heeft een bron.",
        "parts": [
            {
                "key": status,
                "label": wording.code(status),
                "count": wording.number(found[status]),
                "width": round(100 * found[status] / whole, 2),
            }
            for status in words.STATUS_ORDER
        ],
    }


def balance(view: View) -> list[dict[str, Any]]:
    """Give the balance of the province per year: group by water, with and without floor rule."""
    rows = [row for row in view.rows("balance_groups") if row["scope"] == PROVINCE]
    found = {(int(row["year"]), str(row["group"]), str(row["water"]), str(row["rule"])): row for row in rows}
    rules = [rule for rule in words.RULES if any(key[3] == rule for key in found)]
    return [
        {
            "year": year,
            "rules": [words.RULES[rule] for rule in rules],
            "rows": [
                {
                    "group": words.GROUPS[group],
                    "water": words.WATERS[water],
                    "sum": water == "any",
                    "span": sum((year, group, other, rules[0]) in found for other in words.WATERS),
                    "cells": [_shortage(found.get((year, group, water, rule))) for rule in rules],
                }
                for group in words.GROUPS
                for water in words.WATERS
                if any((year, group, water, rule) in found for rule in rules)
            ],
        }
        for year in years_of(rows)
    ]


def _shortage(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"band": wording.MISSING, "share": wording.MISSING, "short": False}
    band = [_shown(row, name) for name in SHOWN]
    return {
        "band": words.fives(*band),
        "share": words.short_share(row["share_short"]),
        "short": bool(words.rounded(band[1])),
    }


def _shown(row: dict[str, Any], name: str) -> Any:
    """Prefer the column that is rounded already."""
    value = row.get(f"shown_{name}_ha")
    return row[f"{name}_ha"] if wording.missing(value) else value


def sub_areas(view: View) -> dict[str, Any] | None:
    """Give shortage and demand per sub-area and year, under the floor rule; the province comes last."""
    rows = [row for row in view.rows("balance_groups") if row["rule"] == FLOOR and row["water"] == "any"]
    if not rows:
        return None
    demand = {
        (str(row["sub_area"]), int(row["year"])): row
        for row in view.rows("demand_bands")
        if row["function_id"] == TOTAL
    }
    found = {(str(row["area"]), int(row["year"]), str(row["group"])): row for row in rows}
    areas = sorted({str(row["area"]) for row in rows}, key=lambda name: (name in words.AREAS, name))
    groups = [group for group in words.GROUPS if any(key[2] == group for key in found)]
    return {
        "groups": [words.GROUPS[group] for group in groups],
        "areas": [
            {
                "name": words.AREAS.get(area, area),
                "total": area in words.AREAS,
                "rows": [
                    {
                        "year": year,
                        "demand": _band(demand.get((PROVINCE if area in words.AREAS else area, year))),
                        "cells": [_shortage(found.get((area, year, group))) for group in groups],
                    }
                    for year in years_of(rows)
                ],
            }
            for area in areas
        ],
    }


def _band(row: dict[str, Any] | None) -> str:
    return wording.MISSING if row is None else words.fives(*(row[f"{name}_ha"] for name in SHOWN))


def functions(view: View) -> list[dict[str, str]]:
    """Give every function once, with the ground for its selection and what its sizes require."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in view.rows("circular_functions"):
        found.setdefault(str(row["function_id"]), []).append(row)
    proofs = _proofs(view)
    return [
        {
            "name": f"{words.text(rows[0]['name_nl'])} ({identifier})",
            "selection": words.named(words.SELECTIONS, rows[0]["selection"]),
            "ground": proofs.get(identifier, "")
            if rows[0]["profile_evidence"] == "yes"
            else words.text(rows[0]["ground_nl"]),
            "status": wording.code(rows[0]["selection_status"]),
            "key": words.text(rows[0]["selection_status"]),
            "scale": words.named(words.SCALES, rows[0]["scale"]),
            "category": _distinct(rows, "category", {}),
            "water": _distinct(rows, "water_need", words.NEEDS),
        }
        for identifier, rows in found.items()
    ]


def _proofs(view: View) -> dict[str, str]:
    """Say per function what shows that it strengthens the profile, where that is clearest."""
    rows = [
        row
        for row in view.rows("function_profile")
        if row["evidence"] == "yes" and not wording.missing(row["location_quotient"])
    ]
    rows.sort(key=lambda row: (-float(row["location_quotient"]), str(row["sub_area"])))
    found: dict[str, str] = {}
    for row in rows:
        clusters = wording.counted(int(row["clusters"] or 0), "cluster", "clusters")
        links = wording.counted(int(row["chain_links"] or 0), "schakel", "schakels")
        times = wording.number(row["location_quotient"], 1)
        found.setdefault(
            str(row["function_id"]),
            f"In {row['sub_area']} is het aandeel banen {times} keer zo groot als in de hele regio; "
            f"{clusters} en {links} in de keten.",
        )
    return found


def _distinct(rows: list[dict[str, Any]], column: str, names: dict[str, str]) -> str:
    return ", ".join(dict.fromkeys(words.named(names, row[column]) for row in rows))


def methods(view: View, year: int | None) -> dict[str, Any] | None:
    """Give the methods side by side for one year, with the inputs that two of them share."""
    rows = [row for row in view.rows("demand_methods") if row["year"] == year]
    if not rows:
        return None
    names = function_names(view)
    found = {(str(row["function_id"]), str(row["method"])): row for row in rows}
    used = [method for method in words.METHODS if any(key[1] == method for key in found)]
    return {
        "heads": [words.METHODS[method] for method in used],
        "rows": [
            {
                "name": names.get(function, function),
                "cells": [_method(found.get((function, method))) for method in used],
                "shares": _shares(function, used, found),
            }
            for function in sorted({key[0] for key in found})
        ],
    }


def _method(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None or row["assessed"] == "no":
        reason = "" if row is None else words.text(row["reason_nl"])
        return {"text": wording.MISSING, "lead": False, "none": True, "reason": reason}
    shown = words.band(*(row[f"net_{bound}_ha"] for bound in ("low", "mid", "high")))
    return {"text": shown, "lead": bool(row["lead"]), "none": False, "reason": ""}


def _shares(function: str, used: list[str], found: dict[tuple[str, str], dict[str, Any]]) -> str:
    pairs: dict[frozenset[str], str] = {}
    for method in used:
        row = found.get((function, method))
        others = "" if row is None else words.text(row["shares_inputs_with"])
        for other in (part.strip() for part in others.replace(";", ",").split(",") if part.strip()):
            name = f"{words.METHODS[method]} en {words.named(words.METHODS, other).lower()}"
            pairs.setdefault(frozenset((method, other)), name)
    return "; ".join(pairs.values()) or "geen"


def checks(view: View) -> list[dict[str, str]]:
    """Give published figures beside the model."""
    names = function_names(view)
    return [
        {
            "name": words.text(row["name_nl"]),
            "base": names.get(words.text(row["base_nl"]), words.text(row["base_nl"])),
            "published": _triple(row, "published"),
            "model": _triple(row, "model"),
            "unit": UNITS.get(words.text(row["unit"]), words.text(row["unit"])),
            "year": "" if wording.missing(row["year"]) else str(int(row["year"])),
            "remark": words.text(row["remark_nl"]),
            "source": words.text(row["source"]),
        }
        for row in view.rows("demand_checks")
    ]


def _triple(row: dict[str, Any], name: str) -> str:
    low, mid, high = (row[f"{name}_{bound}"] for bound in ("low", "mid", "high"))
    if wording.missing(mid) and not wording.missing(low) and not wording.missing(high):
        return wording.interval(wording.number(low), wording.number(high))
    return words.band(low, mid, high)


def capacity(view: View) -> dict[str, Any] | None:
    """Give the capacity for secondary abiotic material in thousands of tonnes, counted functions only."""
    rows = [row for row in view.rows("secondary_capacity") if row["counted"] == "yes"]
    years = years_of(rows)
    if not rows:
        return None
    names = function_names(view)
    keys = sorted({str(row["function_id"]) for row in rows})
    lines = [(names.get(key, key), [row for row in rows if row["function_id"] == key]) for key in keys]
    return {
        "years": years,
        "rows": [_capacity(name, own, years) for name, own in lines],
        "total": _capacity("Samen", rows, years),
    }


def _capacity(name: str, rows: list[dict[str, Any]], years: list[int]) -> dict[str, Any]:
    cells = []
    for year in years:
        own = [row for row in rows if int(row["year"]) == year]
        low, mid, high = (_kilotonnes(own, f"secondary_{bound}_t") for bound in ("low", "mid", "high"))
        cells.append(words.band(low, mid, high))
        extra = _kilotonnes(own, "secondary_extra_mid_t")
        cells.append(words.band(extra, extra, extra))
    return {"name": name, "cells": cells}


def _kilotonnes(rows: list[dict[str, Any]], column: str) -> float | None:
    values = [float(row[column]) for row in rows if not wording.missing(row[column])]
    return sum(values) / 1000 if values else None


def _hundreds(value: float) -> str:
    return wording.number(round(value, -2)) if value >= 100 else "<100"  # noqa: PLR2004 - the step itself


def room(view: View) -> dict[str, Any] | None:
    """Give the hectares with a high indicative category where nothing excludes it, per sub-area and reading.

    The area is all land, in and outside parks. None when the release has no surface.
    """
    threshold = str(view.release.project.get("parameters", {}).get("hmc_threshold", ""))
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in view.rows("surface_by_area"):
        if row["scope"] in {"sub_area", "total"} and str(row["category"]) >= threshold:
            own = found.setdefault((str(row["scope"]), words.text(row["area_name"])), {})
            own[str(row["reading"])] = own.get(str(row["reading"]), 0.0) + float(row["room_ha"] or 0.0)
    if not found:
        return None
    return {
        "threshold": threshold,
        "rows": [
            {
                "name": "Samen" if scope == "total" else name,
                "total": scope == "total",
                "cells": [
                    _hundreds(values[reading]) if reading in values else wording.MISSING
                    for reading in ("low", "high")
                ],
            }
            for (scope, name), values in sorted(found.items())
        ],
    }

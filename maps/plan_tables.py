"""What the page on the reservation plan says of the plan itself: sites, shortages, clashes and ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps import wording
from maps.plan_words import PASSES, functions, ha, measured, municipalities, own, place, share

if TYPE_CHECKING:
    from maps.reading import View

FIRST = 10
MOST = 3
"""How many functions are named per year."""
UNASSIGNED = "geen deelgebied"
LEAST_HA = 0.05
"""Less is no shortage that a reader can see."""
ABSENT = "\N{EN DASH}"
"""Where a function asks nothing in a year."""
UNITS = {"inhabitants": "mensen", "parks": "terreinen"}
LABELS = ("label_nl", "label")


def sites(view: View) -> list[dict[str, Any]]:
    """Give the reserved sites in the order in which they come up: year, suitability, identifier."""
    return sorted(own(view, "reservation_plan"), key=_place_in_line)


def _place_in_line(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        int(row["from_year"] or 0),
        -float(row["suitability"] or 0.0),
        str(row["site_id"]),
        str(row["function"]),
    )


def years(view: View) -> list[int]:
    """Give the years of the plan."""
    asked = {int(row["year"]) for row in own(view, "plan_targets") if row["year"] is not None}
    return sorted(asked or {int(row["from_year"]) for row in sites(view) if row["from_year"] is not None})


def cards(view: View) -> list[dict[str, str]]:
    """Give the figures at the top: sites, hectares, what is short and people nearby."""
    rows = sites(view)
    if not rows:
        return []
    parks = len({row["park_id"] for row in rows})
    last = per_year(view)[-1:]
    short = last[0] if last else None
    return [
        {"title": "Plekken die het plan reserveert", "value": wording.number(len(rows)),
         "note": f"op {wording.counted(parks, 'bedrijventerrein', 'bedrijventerreinen')}"},
        {"title": "Oppervlakte in het laatste planjaar", "value": f"{ha(_sum(rows, 'last_ha'))} ha",
         "note": f"waarvan zeker geschikt: {ha(_sum([r for r in rows if r['certain']], 'last_ha'))} ha"},
        {"title": f"Tekort in {short['year']}" if short else "Tekort in het laatste planjaar",
         "value": f"{short['short']} ha" if short else wording.MISSING,
         "note": f"van {short['wanted']} ha die wordt gevraagd" if short else ""},
        {"title": "Mensen binnen de afstand", "value": wording.number(_sum(rows, "people")),
         "note": "Opgeteld per plek. Wie bij twee plekken woont, telt twee keer."},
    ]  # fmt: skip


def _sum(rows: list[dict[str, Any]], name: str) -> float:
    return sum(float(row[name]) for row in rows if not wording.missing(row[name]))


def by_area(view: View) -> dict[str, Any] | None:
    """Give sites and hectares per sub-area, by the year from which they are reserved, with a total."""
    rows = sites(view)
    if not rows:
        return None
    starts = sorted({int(row["from_year"]) for row in rows})
    areas = sorted({str(row["sub_area"] or UNASSIGNED) for row in rows})
    groups = [(area, [row for row in rows if str(row["sub_area"] or UNASSIGNED) == area]) for area in areas]
    groups.append(("Provincie", rows))
    return {
        "years": starts,
        "rows": [
            {
                "name": name,
                "total": number == len(areas),
                "sites": wording.number(len(mine)),
                "parks": wording.number(len({row["park_id"] for row in mine})),
                "cells": [
                    ha(_sum([row for row in mine if int(row["from_year"]) == year], "last_ha"))
                    for year in starts
                ],
                "ha": ha(_sum(mine, "last_ha")),
            }
            for number, (name, mine) in enumerate(groups)
        ],
    }


def first(view: View) -> list[dict[str, str]]:
    """Give the sites to reserve first, with the label that the robustness package gave them."""
    names, places, labels = functions(view), municipalities(view), label_of(view)
    return [
        {
            "site": place(row),
            "place": places.get(str(row["municipality_code"]), str(row["municipality_code"] or "")),
            "function": names.get(str(row["function"]), str(row["function"])),
            "code": str(row["function"]),
            "year": str(int(row["from_year"])),
            "ha": ha(row["last_ha"]),
            "score": wording.number(row["suitability"], 2),
            "people": wording.number(row["people"]),
            "certain": "zeker" if row["certain"] else "mogelijk",
            "locked": "Ligt al vast." if row["locked_in"] else "",
            "label": labels.get((str(row["site_id"]), str(row["function"])), "") or wording.MISSING,
        }
        for row in sites(view)[:FIRST]
    ]


def label_of(view: View) -> dict[tuple[str, str], str]:
    """Give the label of each site and function; empty when the robustness package was not run."""
    columns = view.columns("site_labels")
    name = next((name for name in LABELS if name in columns), None)
    if name is None or "site_id" not in columns:
        return {}
    found = {}
    chosen = {str(row["site_id"]): str(row["function"]) for row in own(view, "reservation_plan")}
    for row in own(view, "site_labels"):
        site = str(row["site_id"])
        found[site, str(row.get("function") or chosen.get(site))] = view.show(columns[name], row[name])
    return found


def per_year(view: View) -> list[dict[str, str]]:
    """Give what is wanted and short in the province per year, with the functions that miss most."""
    names = functions(view)
    answer = []
    for year in years(view):
        rows = [row for row in _whole(view) if int(row["year"]) == year]
        short = sorted(
            (row for row in rows if _short(row) >= LEAST_HA), key=lambda row: (-_short(row), row["function"])
        )
        answer.append(
            {
                "year": str(year),
                "wanted": ha(_sum(rows, "wanted_ha")),
                "got": ha(_sum(rows, "wanted_ha") - _sum(rows, "short_ha")),
                "short": ha(_sum(rows, "short_ha")),
                "functions": wording.number(len(short)),
                "most": "; ".join(
                    f"{names.get(str(row['function']), row['function'])} {ha(row['short_ha'])} ha"
                    for row in short[:MOST]
                ) or "geen",
            }
        )  # fmt: skip
    return answer if _whole(view) else []


def per_function(view: View, year: int | None) -> list[dict[str, Any]]:
    """Give what each function wants and misses in one year, the largest shortage first."""
    names = functions(view)
    rows = [row for row in _whole(view) if int(row["year"]) == year]
    rows.sort(key=lambda row: (-_short(row), -float(row["wanted_ha"] or 0.0), str(row["function"])))
    return [
        {
            "name": names.get(str(row["function"]), str(row["function"])),
            "code": str(row["function"]),
            "wanted": float(row["wanted_ha"] or 0.0),
            "short": _short(row),
        }
        for row in rows
    ]


def by_function(view: View) -> dict[str, Any] | None:
    """Give wanted and short of every function in every year."""
    rows = _whole(view)
    if not rows:
        return None
    names, of = functions(view), {(str(row["function"]), int(row["year"])): row for row in rows}
    known = years(view)
    return {
        "years": known,
        "rows": [
            {
                "name": names.get(code, code),
                "code": code,
                "cells": [
                    (ABSENT, ABSENT, False) if (row := of.get((code, year))) is None
                    else (ha(row["wanted_ha"]), ha(row["short_ha"]), _short(row) >= LEAST_HA)
                    for year in known
                ],
            }
            for code in sorted({code for code, _ in of})
        ],
    }  # fmt: skip


def _whole(view: View) -> list[dict[str, Any]]:
    """Give the targets of the whole province; those of a sub-area are part of them."""
    return [row for row in own(view, "plan_targets") if not row["sub_area"] and row["year"] is not None]


def _short(row: dict[str, Any]) -> float:
    return float(row["short_ha"] or 0.0)


def clashes(view: View) -> list[dict[str, Any]]:
    """Give each clash in words, with the rules that play a part; what was given away stands last."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in view.rows("plan_clashes"):
        groups.setdefault(str(row["clash_id"]), []).append(row)
    answer = []
    for rows in groups.values():
        rows.sort(key=lambda row: int(row["item"] or 0))
        answer.append(
            {
                "texts": [str(row["text_nl"]) for row in rows if row["kind"] != "rule"],
                "rules": [str(row["label_nl"]) for row in rows if row["kind"] == "rule"],
                "given": all(row["kind"] == "given_away" for row in rows),
            }
        )
    return sorted(answer, key=lambda clash: bool(clash["given"]))


def ways_out(view: View, kind: str) -> list[dict[str, str]]:
    """Give the ways out of one kind in their order; `kind` is ``free`` or ``health``."""
    rows = [row for row in view.rows("plan_ways_out") if row["kind"] == kind]
    rows.sort(key=lambda row: (int(row["rank"] or 0), str(row["way_id"])))
    return [
        {
            "name": str(row["label_nl"]),
            "freed": ha(row["freed_ha"]),
            "weighted": f"{ha(row['before'])} naar {ha(row['after'])}",
            "bound": ha(row["bound"]),
            "sites": wording.number(row["site_count"]),
            "people": wording.number(row["people"]),
            "status": PASSES.get(str(row["status"]), wording.code(row["status"])),
        }
        for row in rows
    ]


def aims(view: View) -> list[dict[str, Any]]:
    """Give what each aim reached, what was proven and how."""
    rows = sorted(own(view, "plan_aims"), key=lambda row: int(row["rank"] or 0))
    return [
        {
            "rank": wording.number(row["rank"]),
            "name": str(row["label_nl"] or wording.code(row["aim"])),
            "unit": UNITS.get(str(row["unit"]), str(row["unit"] or "")),
            "value": measured(row["value"], row["unit"]),
            "bound": measured(row["bound"], row["unit"]),
            "gap": share(row["gap"], 1),
            "final": measured(row["final"], row["unit"]),
            "status": PASSES.get(str(row["status"]), wording.code(row["status"])),
            "proven": row["status"] in {"optimal", "within_gap"},
            "solver": str(row["solver"] or wording.MISSING),
            "asked": share(row["asked_gap"], 1),
            "limit": _limit(row),
        }
        for row in rows
    ]  # fmt: skip


def _limit(row: dict[str, Any]) -> str:
    parts = []
    if row["seconds"] is not None:
        parts.append(f"{wording.number(row['seconds'])} s rekentijd")
    if row["nodes"] is not None:
        parts.append(f"{wording.number(row['nodes'])} stappen")
    return ", ".join(parts) or "geen"

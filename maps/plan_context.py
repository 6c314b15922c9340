"""What stands round the plan on its page: robustness, housing, zones, structure, pilots and assumptions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from maps import wording
from maps.plan_tables import label_of, sites
from maps.plan_words import functions, ha, listing, municipalities, own, place, share

if TYPE_CHECKING:
    from maps.reading import View

TOUCHED = 10
"""How many reservations are shown that touch most people or dwellings."""
PILOTS = 10
NOT_CHOSEN = "none"
ALIKE = 3


class Part(NamedTuple):
    """A table of the robustness package: its title, what a reader must know, and columns left out."""

    name: str
    title: str
    says: str
    without: str = ""


ROBUST = (
    Part(
        "site_acceptability",
        "Andere gewichten",
        "Hoe vaak een plek in het plan staat als de gewichten van de criteria worden geloot. De volgorde van "
        "de gewichten blijft die van het project. Dit is geen kans. Vooraan staan de plekken van dit "
        "alternatief die het minst vaak terugkomen.",
        without="weight_",
    ),
    Part(
        "plan_futures",
        "Andere toekomsten",
        "Spijt is het extra tekort in een toekomst, naast het minste tekort dat in die toekomst kan. De "
        "tabel zet dit alternatief naast plannen die op die spijt zijn gemaakt.",
    ),
    Part(
        "plan_portfolio",
        "Andere plannen",
        "Plannen die op de doelen bijna gelijk uitkomen, maar deels andere plekken kiezen.",
    ),
    Part(
        "site_replacement",
        "Wat een plek kost om te missen",
        "Hoeveel tekort erbij komt als de plek wegvalt en de rest opnieuw wordt gekozen. Vooraan staan de "
        "plekken die het moeilijkst te missen zijn.",
    ),
)
BASES = (
    ("balance_inputs", "Invoer van vraag en balans"),
    ("reservation_functions", "Eisen van functies"),
    ("reservation_rules", "Regels vooraf"),
    ("reservation_criteria", "Criteria van geschiktheid"),
    ("structure_basis", "Hoofdstructuur"),
    ("pilot_basis", "Pilots"),
    ("shared_assumptions", "Gedeelde functies"),
)
STATUSES = ("sourced", "assumption", "to_verify")
RUNS = {"yes": "ja", "no": "nee"}
STOPPED = "no"
VERDICTS = ("agrees", "not_mentioned", "conflicts")
AUTHORITIES = ("national", "neighbouring_province", "province", "municipal")
"""Order in which verdicts and levels of government are shown."""


def labels(view: View) -> list[dict[str, str]]:
    """Count the sites of the plan per label, each with its definition."""
    rows, columns = own(view, "site_labels"), view.columns("site_labels")
    if not rows:
        return []
    meaning = next((name for name in ("definition_nl", "text_nl") if name in columns), None)
    found = label_of(view)
    keys = [(str(row["site_id"]), str(row["function"])) for row in sites(view)]
    counts = Counter(found[key] for key in keys if key in found)
    definitions: dict[str, list[str]] = {}
    for row, label in zip(rows, found.values(), strict=False):
        if meaning is not None and not wording.missing(row[meaning]):
            said = definitions.setdefault(label, [])
            if str(row[meaning]) not in said:
                said.append(str(row[meaning]))
    return [
        {
            "label": label,
            "count": wording.number(count),
            "definition": " Of: ".join(definitions.get(label, [wording.MISSING])),
        }
        for label, count in counts.most_common()
    ]


def robust(view: View) -> list[dict[str, Any]]:
    """Give the tables of the robustness package that the release holds."""
    found = []
    for part in ROBUST:
        skip = [name for name in view.columns(part.name) if part.without and name.startswith(part.without)]
        table = listing(view, part.name, skip=skip, rows=_telling(part.name, own(view, part.name)))
        if table is not None:
            said = {"id": part.name.replace("_", "-"), "title": part.title, "says": part.says}
            found.append(said | table)
    return found


def _telling(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put what a reader looks for in front."""
    if name == "site_acceptability":
        of_plan = [row for row in rows if row["in_plan"] and row["function"] != NOT_CHOSEN]
        return sorted(of_plan, key=lambda row: (float(row["acceptability"]), str(row["site_id"])))
    if name == "site_replacement":
        return sorted(rows, key=lambda row: (-_cost(row), str(row["site_id"])))
    return rows


def _cost(row: dict[str, Any]) -> float:
    """Give what a site costs at least; nothing that replaces it comes before every number."""
    if row["verdict"] == "infinite":
        return float("inf")
    stated = next((row[name] for name in ("cost_ha", "low_ha") if not wording.missing(row[name])), 0.0)
    return float(stated)


def blocked(view: View) -> list[dict[str, str]]:
    """Give what each housing plan blocks, the one that costs most first."""
    rows = sorted(
        view.rows("plan_conflicts"),
        key=lambda row: (
            -float(row["short_ha"] or 0.0),
            -float(row["blocked_ha"] or 0.0),
            str(row["plan_id"]),
        ),
    )
    return [
        {
            "name": str(row["name"] or row["plan_id"]),
            "phase": wording.code(row["phase"]),
            "dwellings": wording.number(row["dwellings"]),
            "sites": wording.number(row["sites"]),
            "blocked": ha(row["blocked_ha"]),
            "reserved": ha(row["reserved_ha"]),
            "short": ha(row["short_ha"]),
        }
        for row in rows
    ]


def touched(view: View) -> dict[str, Any] | None:
    """Give the reservations that touch most dwellings of plans or most people, and how many touch nobody."""
    rows = view.rows("reservation_conflicts")
    if not rows:
        return None
    names, parks = functions(view), {str(row["site_id"]): row for row in sites(view)}
    plans = {str(row["plan_id"]): str(row["name"] or row["plan_id"]) for row in view.rows("housing_plans")}
    hit = [row for row in rows if float(row["people"] or 0.0) > 0 or row["plans"]]
    hit.sort(
        key=lambda row: (-float(row["dwellings"] or 0.0), -float(row["people"] or 0.0), str(row["site_id"]))
    )
    return {
        "nobody": len(rows) - len(hit),
        "all": len(rows),
        "rows": [
            {
                "site": place(parks.get(str(row["site_id"]), row)),
                "function": names.get(str(row["function"]), str(row["function"])),
                "year": str(int(row["from_year"])),
                "people": wording.number(row["people"]),
                "plans": ", ".join(plans.get(plan, plan) for plan in str(row["plans"] or "geen").split(";")),
                "dwellings": wording.number(row["dwellings"]),
            }
            for row in hit[:TOUCHED]
        ],
    }  # fmt: skip


def sharing(view: View) -> dict[str, Any] | None:
    """Give in short which functions need alignment between municipalities, and where they could stand."""
    rows = view.rows("alignment_functions")
    if not rows:
        return None
    need = [row for row in rows if row["verdict"] in {"certain", "possible"}]
    return {
        "need": len(need),
        "all": len(rows),
        "rows": [
            {
                "name": str(row["name_nl"] or row["function_id"]),
                "verdict": wording.code(row["verdict"]),
                "facilities": wording.number(row["facilities"]),
                "unserved": wording.number(row["unserved"]),
                "few": _of(row, ("municipalities_certain", "municipalities_possible")),
                "small": _of(row, ("municipalities_below_plot",)),
            }
            for row in need
        ],
        "handouts": bool(view.rows("shared_handouts")),
    }


def _of(row: dict[str, Any], names: tuple[str, ...]) -> str:
    """Write how many of the municipalities, as an interval when the ends differ."""
    found = [row[name] for name in names]
    if any(wording.missing(value) for value in (*found, row["municipalities"])):
        return wording.MISSING
    ends = [wording.number(value) for value in found]
    return f"{wording.interval(ends[0], ends[-1])} van {wording.number(row['municipalities'])}"


def structure(view: View) -> dict[str, Any] | None:
    """Give in short what the main structure holds: hubs by type and level, and chains that do not run."""
    hubs = view.rows("structure_hubs")
    if not hubs:
        return None
    kinds = Counter((str(hub["hub_type_nl"]), str(hub["level_nl"])) for hub in hubs)
    chains: dict[str, dict[str, Any]] = {}
    for row in view.rows("structure_chains"):
        chains.setdefault(str(row["chain_id"]), row)
    names = {str(hub["hub_id"]): str(hub["name"]) for hub in hubs}
    weak = [
        {
            "name": str(row["chain_nl"]),
            "now": RUNS.get(str(row["runs_now"]), wording.MISSING),
            "plan": RUNS.get(str(row["runs_plan"]), wording.MISSING),
            "cut": wording.listed([names.get(hub, hub) for hub in str(row["cut_hubs_plan"]).split("; ")])
            if row["cut_hubs_plan"] else "geen",
        }
        for row in chains.values()
        if row["runs_plan"] == STOPPED or row["cut_hubs_plan"]
    ]  # fmt: skip
    beside = view.rows("structure_levels")
    verdicts = Counter((str(row["authority_level"]), str(row["verdict"])) for row in beside)
    heads = {str(row["verdict"]): str(row["verdict_nl"]) for row in beside}
    names_of = {str(row["authority_level"]): str(row["authority_nl"]) for row in beside}
    return {
        "hubs": len(hubs),
        "kinds": [
            {"type": kind, "level": level, "count": wording.number(count)}
            for (kind, level), count in sorted(
                kinds.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
            )
        ],
        "chains": len(chains),
        "weak": weak,
        "heads": [heads[verdict] for verdict in VERDICTS if verdict in heads],
        "levels": [
            {
                "name": names_of[level],
                "cells": [
                    wording.number(verdicts[level, verdict]) for verdict in VERDICTS if verdict in heads
                ],
            }
            for level in AUTHORITIES
            if level in names_of
        ],
    }


def pilots(view: View) -> list[dict[str, str]]:
    """Give the short list of redevelopment pilots with the parks where each could be repeated."""
    rows = [row for row in view.rows("redevelopment_pilots") if row["short_list"] == "yes"]
    rows.sort(key=lambda row: (int(row["rank_total"] or 0), str(row["park_id"])))
    alike: dict[str, list[str]] = {}
    for row in sorted(
        view.rows("pilot_lookalikes"), key=lambda row: (str(row["pilot_id"]), int(row["rank"] or 0))
    ):
        alike.setdefault(str(row["pilot_id"]), []).append(str(row["name"]))
    return [
        {
            "rank": wording.number(row["rank_total"]),
            "name": str(row["name"]),
            "place": str(row["municipality_name"] or ""),
            "total": wording.number(row["total"], 2),
            "often": share(row["top_share"]),
            "outdated": ha(row["outdated_ha"]),
            "light": ha(row["underuse_certain_ha"]),
            "gain": ha(row["intensification_mid_ha"]),
            "alike": ", ".join(alike.get(str(row["park_id"]), [])[:ALIKE]) or "geen gevonden",
        }
        for row in rows[:PILOTS]
    ]


def zones(view: View) -> dict[str, Any] | None:
    """Give the proposal by zone within a park, municipalities by their name."""
    table = listing(view, "reservation_zones", most=60, skip=("park_id", "zone_id"))
    if table is None:
        return None
    places = municipalities(view)
    table["rows"] = [[places.get(text, text) for text in row] for row in table["rows"]]
    return table


def bases(view: View) -> list[dict[str, Any]]:
    """Count per part of the calculation how many figures have a source, and how many are assumed."""
    answer = []
    for name, title in BASES:
        if "status" not in view.columns(name):
            continue
        counts = {str(key[0]): count for key, count in view.counts(name, ["status"]) if key[0] in STATUSES}
        if counts:
            answer.append(
                {"name": title, "cells": [wording.number(counts.get(status, 0)) for status in STATUSES]}
            )
    return answer

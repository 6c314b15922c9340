"""The research agenda: which questions to answer first, and what an answer would be worth.

First the inputs with a range, ranked by the hectares by which knowing them is expected to narrow the band of
the shortage. Then what has no number: what was not assessed, facts that are still to be verified, points on
which ateliers and computation differ, land that could not be counted, and open questions, each with the
hectares that it touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.activities import category_in_use, load_activities
from analysis.categories import load_categories
from analysis.data_files import Field, read_data_file
from analysis.space.answers import kind_nl
from analysis.space.balance import ANY_WATER, CATEGORY_GROUPS
from analysis.space.quantities import STATUSES
from analysis.space.sensitivity import OTHERS, factors
from analysis.subjects import HECTARE_M2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from analysis.space.quantities import Quantities

KINDS = ("range", "not_counted", "not_assessed", "disagreement", "to_verify", "open")
"""In the order of the list."""
COLUMNS = (
    "rank",
    "kind",
    "item_id",
    "question_nl",
    "what_nl",
    "low",
    "mid",
    "high",
    "unit",
    "status",
    "source",
    "group",
    "water",
    "first",
    "total",
    "worth_ha",
    "worth_share",
    "area_ha",
    "why_nl",
)
FEWEST_FIRMS = 5
"""Hectares of fewer firms are not told: they would tell about a firm."""
OPEN_FIELDS = (
    Field("question_id"),
    Field("question_nl"),
    Field("why_nl"),
    Field("ha", "number", filled=False, minimum=0.0),
    Field("status", allowed=STATUSES),
    Field("source"),
)
LEFT_OUT_NL = {
    "status_unknown": "Welke kavels met onbekende uitgifte zijn vrij?",
    "no_sub_area": "In welk deelgebied liggen deze vrije kavels?",
    "category_not_assessed": "Welke milieucategorie is op deze vrije kavels toegestaan?",
    "not_even_category_1": "Kunnen de vrije kavels direct naast woningen nog worden gebruikt?",
    "plan_unknown": "Hoe hard is het plan voor deze vrije kavels?",
}
LEAST_HA = 0.5
"""Less than this is told as hardly."""
GROUP_NL = {
    "scenario": (
        "Welk toekomstbeeld past bij de provincie: hoe snel groeien circulaire en krimpen lineaire functies?",
        "Groei, krimp en inwoners in het gekozen toekomstbeeld",
    ),
    "regular_growth": (
        "Hoe snel groeien gewone bedrijven tot 2030, 2040 en 2050?",
        "Gewone vraag naar bedrijventerrein",
    ),
    "intensification": (
        "Hoeveel ruimte wint de provincie door verdichten en herstructureren?",
        "Winst door verdichten en herstructureren",
    ),
}
"""Question and name of inputs that move together, by their group."""
SUBJECT_NL = {
    "permitted_category": "toegestane categorie",
    "usable_category": "benutbare categorie",
    "water_connection": "waterontsluiting",
}


def agenda(
    explained: pd.DataFrame,
    quantities: Quantities,
    *,
    evidence: Mapping[str, pd.DataFrame],
    tables: Mapping[str, gpd.GeoDataFrame],
    left_out: pd.DataFrame,
    touched: Mapping[str, float],
    questions: Path | None = None,
) -> pd.DataFrame:
    """Make the ranked list of questions for research.

    Parameters
    ----------
    explained
        As `analysis.space.sensitivity.explain` gives it.
    quantities
        All uncertain inputs of the balance.
    evidence
        Tables of the main job: ``park_evidence``, ``not_assessed``, ``assumptions``, ``disagreements``.
    tables
        Cleaned input layers, for the firms that an unverified activity touches.
    left_out
        As `analysis.space.supply.SupplyModel.left_out`.
    touched
        Hectares that an open question touches, by its id, where the file gives none.
    questions
        File in place of ``open_questions.csv``.
    """
    parts = (
        ("range", _ranges(explained, quantities)),
        ("not_counted", _left_out(left_out)),
        ("not_assessed", _not_assessed(evidence["not_assessed"])),
        ("disagreement", _disagreements(evidence["disagreements"], evidence["park_evidence"])),
        ("to_verify", _to_verify(evidence, tables)),
        ("open", _open(touched, questions)),
    )
    listed = []
    for kind, rows in parts:
        part = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("rank", "kind")])
        order = ["worth_ha", "total"] if kind == "range" else ["area_ha"]
        part = part.sort_values(order, ascending=False, kind="stable", na_position="last")
        listed.append(part.assign(kind=kind))
    filled = [part for part in listed if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(COLUMNS))
    numeric = ("low", "mid", "high", "first", "total", "worth_ha", "worth_share", "area_ha")
    typed = [part.astype(dict.fromkeys(numeric, float)) for part in filled]
    table = pd.concat(typed, ignore_index=True)
    return table.assign(rank=np.arange(1, len(table) + 1))[list(COLUMNS)]


def _ranges(explained: pd.DataFrame, quantities: Quantities) -> list[dict[str, Any]]:
    """Rank the factors by the narrower bands of the four groups of categories together."""
    apart = explained[explained["group"].isin(CATEGORY_GROUPS) & (explained["water"] == ANY_WATER)]
    worth = apart.groupby("factor")["worth_ha"].sum(min_count=1)
    band = apart.groupby("group")["band_ha"].first().sum()
    by_name = {factor.name: factor for factor in factors(quantities)}
    rows = []
    for name, part in explained.groupby("factor", sort=True):
        if name == OTHERS:
            continue
        # where an answer is worth most: a large share of a shortage that hardly varies says little
        most = part.sort_values(["worth_ha", "total"], ascending=False, kind="stable").iloc[0]
        members = by_name[str(name)].rows
        lead = members[0]
        gain = float(worth.get(name, np.nan))
        rows.append(
            {
                "item_id": str(name),
                "question_nl": _question(quantities, members),
                "what_nl": _label(quantities, members),
                "low": quantities.low[lead],
                "mid": quantities.mid[lead],
                "high": quantities.high[lead],
                "unit": quantities.unit[lead],
                "status": _weakest([quantities.status[row] for row in members]),
                "source": quantities.source[lead],
                "group": most["group"],
                "water": most["water"],
                "first": _clipped(most["first"]),
                "total": _clipped(most["total"]),
                "worth_ha": gain,
                "worth_share": gain / band if band > 0 else np.nan,
                "why_nl": _why(most, gain),
            }
        )
    return rows


def _clipped(index: float) -> float:
    """Keep an estimated index within what an index can be; a few samples may overshoot."""
    return float(np.clip(index, 0.0, 1.0))


def _why(most: pd.Series[Any], gain: float) -> str:
    share = _clipped(most["total"])
    if np.isnan(share):
        return "Het tekort hangt in deze doorrekeningen niet van deze waarde af."
    kind = kind_nl(str(most["group"]), str(most["water"]))
    worth = f"naar verwachting ongeveer {gain:.0f} ha smaller" if gain >= LEAST_HA else "nauwelijks smaller"
    return (
        f"Verklaart met wisselwerking ongeveer {share * 100:.0f} % van de spreiding in het tekort aan {kind} "
        f"in {int(most['year'])}; een antwoord maakt de banden per categorie samen {worth}."
    )


def _question(quantities: Quantities, members: tuple[int, ...]) -> str:
    group = quantities.group[members[0]]
    if group in GROUP_NL:
        return GROUP_NL[group][0]
    asked = [quantities.question_nl[row] for row in members if quantities.question_nl[row]]
    return asked[0] if asked else f"Hoe groot is: {quantities.label_nl[members[0]]}?"


def _label(quantities: Quantities, members: tuple[int, ...]) -> str:
    group, first = quantities.group[members[0]], quantities.label_nl[members[0]]
    if group in GROUP_NL:
        return f"{GROUP_NL[group][1]} ({len(members)} waarden die samen bewegen)"
    if len(members) == 1:
        return first
    return f"{first} (en {len(members) - 1} waarden die daarmee meebewegen)"


def _weakest(statuses: list[str]) -> str:
    return next(name for name in ("assumption", "to_verify", "sourced") if name in statuses)


def _left_out(left_out: pd.DataFrame) -> list[dict[str, Any]]:
    sums = left_out.groupby("reason", sort=True)["ha"].sum()
    return [
        {
            "item_id": f"left_out_{reason}",
            "question_nl": LEFT_OUT_NL[str(reason)],
            "what_nl": "Grond die de balans niet of onzeker telt",
            "area_ha": float(hectares),
            "why_nl": f"Het gaat om {hectares:.0f} ha die nu niet als aanbod telt of onzeker is.",
        }
        for reason, hectares in sums.items()
    ]


def _not_assessed(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "item_id": f"not_assessed_{row['item_id']}",
            "question_nl": f"Niet beoordeeld: {str(row['what_nl'])[:1].lower()}{str(row['what_nl'])[1:]}. "
            "Hoe komt dit bekend?",
            "what_nl": row["what_nl"],
            "area_ha": float(row["area_ha"]),
            "why_nl": row["why_nl"],
        }
        for _, row in table.iterrows()
    ]


def _disagreements(table: pd.DataFrame, parks: pd.DataFrame) -> list[dict[str, Any]]:
    area = dict(zip(parks["park_id"], parks["area_ha"], strict=True))
    rows = []
    for _, row in table[table["differs"] == "yes"].iterrows():
        subject = SUBJECT_NL.get(str(row["subject"]), str(row["subject"]))
        rows.append(
            {
                "item_id": f"disagreement_{row['remark_id']}_{row['park_id']}",
                "question_nl": f"Wat is de {subject} van {row['park_name']}?",
                "what_nl": f"Verschil tussen atelier en berekening: {subject}",
                "area_ha": float(area.get(row["park_id"], np.nan)),
                # who said what stays in the table of disagreements, which is not for everybody
                "why_nl": "Een atelier zegt iets anders dan is berekend; zie de tabel met verschillen, "
                f"opmerking {row['remark_id']}.",
            }
        )
    return rows


def _to_verify(
    evidence: Mapping[str, pd.DataFrame], tables: Mapping[str, gpd.GeoDataFrame]
) -> list[dict[str, Any]]:
    """List the facts to be verified: activities per SBI code, others one by one."""
    facts = evidence["assumptions"]
    facts = facts[facts["status"] == "to_verify"]
    activity = facts["assumption_id"].str.startswith("activity_")
    firms = _firms(tables)
    rows = []
    codes = facts.loc[activity, "name_nl"].str.extract(r"SBI (\d+):")[0]
    for code, part in facts[activity].groupby(codes, sort=True):
        rows.append(
            {
                "item_id": f"to_verify_sbi_{code}",
                "question_nl": f"Klopt de milieucategorie van SBI {code}?",
                "what_nl": "; ".join(str(name) for name in part["name_nl"].str.split(": ", n=1).str[1]),
                "status": "to_verify",
                "source": part["source"].iloc[0],
                "area_ha": _touched(str(code), firms),
                "why_nl": f"De lijst noemt {', '.join(sorted(set(part['value'].astype(str))))}; nog niet "
                "nagegaan in de bron.",
            }
        )
    touched = _by_category(evidence["park_evidence"])
    for _, row in facts[~activity].iterrows():
        category = str(row["assumption_id"]).rsplit("_", 1)[-1]
        rows.append(
            {
                "item_id": f"to_verify_{row['assumption_id']}",
                "question_nl": f"Klopt dit cijfer: {row['name_nl']} ({row['value']} {row['unit']})?",
                "what_nl": row["name_nl"],
                "unit": row["unit"],
                "status": "to_verify",
                "source": row["source"],
                "area_ha": touched.get(category, np.nan),
                "why_nl": "Nog niet nagegaan in de bron.",
            }
        )
    return rows


def _firms(tables: Mapping[str, gpd.GeoDataFrame]) -> dict[str, list[float]] | None:
    """Collect the hectares of firms per activity that they were found to be; None without firms."""
    firms = tables.get("businesses")
    if firms is None:
        return None
    listed = load_activities(load_categories().labels)
    found: dict[str, list[float]] = {}
    for sbi, version, area in zip(firms["sbi"], firms["sbi_version"], firms["area_m2"], strict=True):
        activity = category_in_use(sbi, version, listed)
        if activity is not None and not pd.isna(area):
            found.setdefault(activity.code, []).append(float(area) / HECTARE_M2)
    return found


def _touched(code: str, firms: dict[str, list[float]] | None) -> float:
    """Add up the hectares of firms whose code is this one or leaves it open; missing for few firms."""
    if firms is None:
        return np.nan
    areas = [area for found, listed in firms.items() if code.startswith(found) for area in listed]
    return float(sum(areas)) if len(areas) >= FEWEST_FIRMS or not areas else np.nan


def _by_category(parks: pd.DataFrame) -> dict[str, float]:
    """Give per category the hectares of parks where it is permitted, possibly."""
    labels = load_categories().labels
    rank = {name: place for place, name in enumerate(labels)}
    low, high = (parks[f"permitted_{end}"].map(rank) for end in ("low", "high"))
    return {
        name: float(parks.loc[(low <= place) & (high >= place), "area_ha"].sum())
        for name, place in rank.items()
        if place
    }


def _open(touched: Mapping[str, float], path: Path | None) -> list[dict[str, Any]]:
    file = read_data_file("open_questions", path, OPEN_FIELDS, ("question_id",))
    file.stop()
    return [
        {
            "item_id": f"open_{row['question_id']}",
            "question_nl": row["question_nl"],
            "what_nl": "Vraag zonder cijfer",
            "status": row["status"],
            "source": row["source"],
            "area_ha": touched.get(str(row["question_id"]), np.nan) if np.isnan(row["ha"]) else row["ha"],
            "why_nl": row["why_nl"],
        }
        for _, row in file.table.iterrows()
    ]

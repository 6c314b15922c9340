"""Which rules a plan for sensitive buildings meets, each with its reason in numbers.

A rule is met, not met, perhaps not met (one reading says so and the other does not) or not assessed. None of
them binds anybody by itself: they tell what has to be talked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analysis.heavy import hectares
from analysis.housing_table import right_holders
from analysis.plan_texts import write
from analysis.plan_words import LANGUAGES, Language, band, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.plan_test import Surveyed

MET, NOT_MET, PERHAPS, NOT_ASSESSED = "met", "not_met", "perhaps", "not_assessed"
OUTCOMES: Final = {
    MET: ("gehaald", "met"),
    NOT_MET: ("niet gehaald", "not met"),
    PERHAPS: ("misschien niet gehaald", "perhaps not met"),
    NOT_ASSESSED: ("niet beoordeeld", "not assessed"),
}
NAMES: Final = {
    "reservations": ("Bestaande reserveringen blijven vrij", "Existing reservations stay free"),
    "plan_zones": (
        "Voorgestelde zones van het reserveringsplan blijven vrij (concept)",
        "Proposed zones of the reservation plan stay free (draft)",
    ),
    "distance": (
        "Gevoelige gebouwen staan buiten de richtafstand van hoge categorie",
        "Sensitive buildings stand outside the guide distance of high categories",
    ),
    "room": ("Er verdwijnt geen ruimte voor hoge categorie", "No room for high categories is lost"),
    "water": ("Grond en kade aan het water blijven vrij", "Land and quays at the water stay free"),
    "zoned": (
        "Het plan ligt buiten gezoneerde terreinen en geluidproductieplafonds",
        "The plan lies outside zoned estates and noise production ceilings",
    ),
    "housing": (
        "Het plan valt niet samen met andere woningbouwplannen",
        "The plan does not overlap other housing plans",
    ),
}  # fmt: skip
SHORT: Final = {
    "reservations": ("bestaande reserveringen", "existing reservations"),
    "plan_zones": ("voorgestelde zones", "proposed zones"),
    "distance": ("richtafstand", "guide distance"),
    "room": ("ruimte voor hoge categorie", "room for high categories"),
    "water": ("grond aan het water", "land at the water"),
    "zoned": ("gezoneerd terrein", "zoned estate"),
    "housing": ("samenloop met woningbouw", "overlap with housing plans"),
}
"""The rules in a few words, for within a sentence."""
PROTECTED: Final = {
    "keep": ("behouden", "keep"),
    "allocate": ("toewijzen", "allocate"),
    "reserve": ("reserveren", "reserve"),
}
"""Kinds of protection that a plan for homes goes against; to programme and to explore leave it open."""
AT_WATER: Final = ("own_quay", "public_quay", "adjacent")
DRAWING_HA: Final = 0.0001
"""A square metre: a smaller overlap is drawing noise."""
SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one rule: an outcome and its reason in each language."""

    outcome: str
    reason: Mapping[Language, str]


def _verdict(
    outcome: str, key: str, values: Callable[[Language], Mapping[str, Any]] | None = None
) -> Verdict:
    """Fill the sentence `key` in each language with what `values` gives for it."""
    given = {language: {} if values is None else values(language) for language in LANGUAGES}
    return Verdict(outcome, {language: write(key, language, **given[language]) for language in LANGUAGES})


def _no_data() -> Verdict:
    return _verdict(NOT_ASSESSED, "no_data")


def plan_rules(near: Surveyed, answer: Mapping[str, pd.DataFrame], tables: Mapping[str, Any]) -> pd.DataFrame:
    """Hold a plan against the rules.

    Parameters
    ----------
    near
        What lies round the plan.
    answer
        As `analysis.plan_test.measure_plan` gives.
    tables
        What who asks may see, EPSG:28992. ``plan_zones`` is left out for who sees no reservation plan.

    Returns
    -------
    DataFrame
        ``rule``, ``name_nl``, ``name_en``, ``outcome`` (see `OUTCOMES`), ``outcome_nl``, ``outcome_en``,
        ``reason_nl``, ``reason_en``.
    """
    found = {"reservations": _overlapping(near, tables.get("reservations"), "reservations", "reservation_id")}
    if "reservation_zones" in tables:
        found["plan_zones"] = _plan_zones(near, tables["reservation_zones"])
    found["distance"] = _distance(near, answer)
    found["room"] = _room(answer)
    found["water"] = _water(near, answer, tables)
    found["zoned"] = _zoned(near, tables)
    found["housing"] = _overlapping(near, tables.get("housing_plans"), "housing", "plan_id")
    rows = [
        (
            rule, *NAMES[rule], verdict.outcome, *OUTCOMES[verdict.outcome],
            verdict.reason["nl"], verdict.reason["en"],
        )
        for rule, verdict in found.items()
    ]  # fmt: skip
    columns = ["rule", "name_nl", "name_en", "outcome", "outcome_nl", "outcome_en", "reason_nl", "reason_en"]
    return pd.DataFrame(rows, columns=columns)


def _touched(near: Surveyed, table: Any) -> Any:
    """Give the rows that the plan really touches, with the hectares of each inside it."""
    shapes = table.geometry.to_numpy()
    inside = shapely.intersection(shapes, near.polygon)
    surface = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 (a surface)
    share = hectares(inside)
    kept = np.where(surface, share > DRAWING_HA, ~shapely.is_empty(inside))
    return table.assign(inside_ha=share)[kept]


def _overlapping(near: Surveyed, table: Any, rule: str, identifier: str) -> Verdict:
    """Judge a rule that asks that nothing of a layer is touched."""
    if table is None:
        return _no_data()
    rows = _touched(near, table)
    names = [str(name) for name in rows["name"].fillna(rows[identifier])]
    ha = float(rows["inside_ha"].sum())

    def values(language: Language) -> dict[str, Any]:
        return {
            "total": len(table),
            "touched": len(rows),
            "names": listed(names, SHOWN, language),
            "ha": band(ha, ha, "ha", language),
        }

    return _verdict(NOT_MET, f"{rule}_not_met", values) if names else _verdict(MET, f"{rule}_met", values)


def _plan_zones(near: Surveyed, table: Any) -> Verdict:
    rows = _touched(near, table)
    against = rows[rows["kind"].isin(list(PROTECTED))]
    if not len(against):
        return _verdict(MET, "plan_zones_met")
    sums = against.groupby("kind")["inside_ha"].sum()

    def values(language: Language) -> dict[str, Any]:
        texts = [
            f"{band(float(sums[kind]), float(sums[kind]), 'ha', language)} {words[LANGUAGES.index(language)]}"
            for kind, words in PROTECTED.items()
            if kind in sums
        ]
        return {"parts": listed(texts, len(texts), language)}

    return _verdict(NOT_MET, "plan_zones_not_met", values)


def _distance(near: Surveyed, answer: Mapping[str, pd.DataFrame]) -> Verdict:
    system, rights = near.situation.system, answer["rights"]
    threshold, reach = near.situation.threshold, float(near.situation.system.quiet[-1])
    low, high = (
        rights[
            (rights[f"plan_within_{reading}_ha"] > DRAWING_HA)
            & (system.interval(rights[f"permitted_{reading}"])[0] >= threshold)
        ]
        for reading in ("low", "high")
    )
    unknown = _unknown_rights(near)

    def usual(language: Language) -> dict[str, Any]:
        said = {"threshold": system.labels[threshold], "reach": band(reach, reach, "m", language)}
        return said | {"unknown": unknown}

    if not len(high):
        return (
            _verdict(PERHAPS, "distance_unknown", usual) if unknown else _verdict(MET, "distance_met", usual)
        )
    # the one that lacks most
    worst = high.iloc[int(np.argmax(high["required_high_m"] - high["distance_m"]))]
    gap, least, most = (float(worst[name]) for name in ("distance_m", "required_low_m", "required_high_m"))

    def values(language: Language) -> dict[str, Any]:
        return usual(language) | {
            "rights": band(len(low), len(high), "aantal", language),
            "worst": worst["subject_id"],
            "distance": band(gap, gap, "m", language),
            "required": band(least, most, "m", language),
        }

    return _verdict(NOT_MET if len(low) else PERHAPS, "distance_not_met", values)


def _unknown_rights(near: Surveyed) -> int:
    """Count the plots and parks in reach of which nothing is known."""
    subjects, permitted, _, _ = right_holders(near.situation)
    reach = float(near.situation.system.quiet[-1])
    return int((shapely.dwithin(subjects, near.polygon, reach) & ~permitted.known).sum())


def _figure(answer: Mapping[str, pd.DataFrame], name: str) -> dict[str, Any]:
    table = answer["figures"]
    return dict(table[table["figure"] == name].iloc[0])


def _room(answer: Mapping[str, pd.DataFrame]) -> Verdict:
    row = _figure(answer, "heavy_lost")
    low, high = float(row["low"]), float(row["high"])
    if np.isnan(high):
        return _no_data()
    parks = int((answer["parks"]["lost_high_ha"] > DRAWING_HA).sum())

    def values(language: Language) -> dict[str, Any]:
        note = row[f"note_{language}"]
        return {
            "lost": band(low, high, "ha", language),
            "parks": parks,
            "note": f" ({note})" if note else "",
        }

    if high <= DRAWING_HA:
        return _verdict(PERHAPS if row["note_nl"] else MET, "room_met", values)
    return _verdict(NOT_MET if low > DRAWING_HA else PERHAPS, "room_not_met", values)


def _water(near: Surveyed, answer: Mapping[str, pd.DataFrame], tables: Mapping[str, Any]) -> Verdict:
    """Measure the land with a connection to water in the plan: plots, and parks that have none."""
    subjects, _, kinds, identifiers = right_holders(near.situation)
    inside = hectares(shapely.intersection(subjects, near.polygon))
    quay = float(_figure(answer, "quay")["low"])
    sure, possible, unknown = 0.0, 0.0, 0.0
    known = {kind: _connections(tables.get(f"{kind}_evidence"), kind) for kind in ("park", "plot")}
    for row in np.flatnonzero(inside > DRAWING_HA):
        certain, widest = known[kinds[row]].get(identifiers[row], (None, None))
        if certain in AT_WATER:
            sure += inside[row]
        elif widest in AT_WATER:
            possible += inside[row]
        elif certain in {None, "not_assessed"}:
            unknown += inside[row]

    def values(language: Language) -> dict[str, Any]:
        return {
            "land": band(sure, sure + possible, "ha", language),
            "quay": band(quay, quay, "m", language),
            "unknown": band(unknown, unknown, "ha", language),
        }

    if sure > DRAWING_HA or quay > 0:
        outcome = NOT_MET
    elif possible > DRAWING_HA:
        outcome = PERHAPS
    else:
        outcome = NOT_ASSESSED if unknown > DRAWING_HA or np.isnan(quay) else MET
    return _verdict(outcome, "water_partly" if unknown > DRAWING_HA else "water", values)


def _connections(table: Any, kind: str) -> dict[str, tuple[Any, Any]]:
    if table is None:
        return {}
    pairs = zip(table["connection"].astype(object), table["connection_possible"].astype(object), strict=True)
    return dict(zip(table[f"{kind}_id"].astype(str), pairs, strict=True))


def _zoned(near: Surveyed, tables: Mapping[str, Any]) -> Verdict:
    layer = near.situation.tables.get("zoned_estates") if "zoned_estates" in tables else None
    if layer is None and not tables["parks"]["zoned"].notna().any():
        return _no_data()
    shapes = [near.situation.land.governed]
    if layer is not None:
        shapes.append(layer.geometry.to_numpy())
    zoned = shapely.union_all(np.concatenate(shapes))
    ha = float(hectares(np.array([shapely.intersection(zoned, near.polygon)]))[0])
    if ha <= DRAWING_HA:
        return _verdict(MET, "zoned_met")
    return _verdict(NOT_MET, "zoned_not_met", lambda language: {"ha": band(ha, ha, "ha", language)})

"""Which kind of protection each site gets, by rules kept as data, and which instruments fit it.

Most heavy land is occupied and must be kept; what a plan chooses is allocated, reserved, programmed or
explored, after what is known of it. The first rule that fits decides and is named with every site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.categories import load_categories
from analysis.reservation.labels import NOT_ASSESSED
from analysis.reservation.locations import dissolve
from analysis.reservation.problem import NOT_CHOSEN
from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.problem import Plan, ReservationProblem
    from layers.parameters import Parameters

KINDS: Final = ("keep", "allocate", "reserve", "programme", "explore")
FACTS: Final = (
    "chosen",
    "scarce",
    "occupied",
    "circular",
    "in_use",
    "water_use",
    "certain",
    "starts",
    "grid",
    "plan",
    "label",
)
"""What the rules ask of a site; each a word, ``unknown`` where it was not assessed."""
UNKNOWN: Final = "unknown"
_OCCUPIED: Final = {"issued": "yes", "vacant": "no", "option": "no"}


def propose_locations(
    problem: ReservationProblem,
    plan: Plan,
    tables: Mapping[str, Any],
    parameters: Parameters,
    labels: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Give sites their kind of protection and put them together by zone within a park.

    Parameters
    ----------
    tables
        Of a release: ``reservation_sites``, and ``plot_evidence`` for what is in use.
    labels
        ``site_labels`` of the robustness; without it every label reads not assessed.

    Returns
    -------
    dict of DataFrame
        ``site_protection`` (working material: one row per site that gets a kind), ``reservation_zones`` (what
        may leave the house: polygons by zone within a park) and ``zone_instruments``.
    """
    facts = facts_of(problem, plan, tables, parameters, labels)
    sites = _decided(problem, plan, facts)
    zones = dissolve(sites, tables["reservation_sites"])
    return {
        "site_protection": sites,
        "reservation_zones": zones,
        "zone_instruments": instruments_of(zones),
    }


def facts_of(
    problem: ReservationProblem,
    plan: Plan,
    tables: Mapping[str, Any],
    parameters: Parameters,
    labels: pd.DataFrame | None,
) -> pd.DataFrame:
    """Give what the rules ask of every site, one row per site in the order of the problem."""
    count = len(problem.sites)
    pair = pair_of_site(problem, plan)
    chosen = pair != NOT_CHOSEN
    start = (
        np.where(chosen, plan.start[np.maximum(pair, 0)], 0) if problem.pairs else np.zeros(count, dtype=int)
    )
    years = np.array(problem.years)[np.maximum(start, 0)]
    surveyed = tables["reservation_sites"].set_index("site_id").reindex(problem.sites["site_id"])
    certain = problem.certain[np.maximum(pair, 0)] if problem.pairs else np.zeros(count, dtype=bool)
    until = pd.to_numeric(surveyed["grid_until"], errors="raise").to_numpy(dtype=np.float64, na_value=np.nan)
    use, water = _in_use(problem, tables, parameters)
    facts = pd.DataFrame(
        {
            "site_id": problem.sites["site_id"].astype(str).to_numpy(dtype=object),
            "chosen": _yes(chosen),
            "scarce": _yes(
                problem.sites["heavy"].to_numpy(dtype=bool) | problem.sites["wet"].to_numpy(dtype=bool)
            ),
            "occupied": surveyed["status"]
            .astype(object)
            .map(_OCCUPIED)
            .fillna(UNKNOWN)
            .to_numpy(dtype=object),
            "circular": _yes(surveyed["present"].notna().to_numpy(dtype=bool)),
            "in_use": use,
            "water_use": water,
            "certain": np.where(chosen, _yes(certain), UNKNOWN),
            "starts": np.where(chosen, np.where(start == 0, "first", "later"), UNKNOWN),
            "grid": np.where(until > years, "full", "free"),
            "plan": surveyed["plan"].astype(object).fillna(UNKNOWN).to_numpy(dtype=object),
            "label": NOT_ASSESSED,
        }
    )
    if labels is not None:
        known = labels.set_index("site_id")["label"]
        facts["label"] = facts["site_id"].map(known).fillna(NOT_ASSESSED)
    return facts


def pair_of_site(problem: ReservationProblem, plan: Plan) -> NDArray[np.int64]:
    """Give the chosen pair of every site, `NOT_CHOSEN` without one, ``(sites,)``."""
    pair = np.full(len(problem.sites), NOT_CHOSEN, dtype=np.int64)
    chosen = np.flatnonzero(plan.chosen)
    pair[problem.site[chosen]] = chosen
    return pair


def decide(facts: pd.DataFrame) -> pd.DataFrame:
    """Give the kind of protection per site by the first rule that fits.

    Parameters
    ----------
    facts
        The columns of `FACTS`.

    Returns
    -------
    DataFrame
        ``kind``, ``rule_id`` and ``why_nl`` per site; missing where no rule fits.
    """
    found = pd.DataFrame(
        {name: np.full(len(facts), None, dtype=object) for name in ("kind", "rule_id", "why_nl")},
        index=facts.index,
    )
    open_yet = np.ones(len(facts), dtype=bool)
    for rule in read_facts("protection_rules").to_dict("records"):
        fits = open_yet.copy()
        for name in FACTS:
            if not pd.isna(rule[name]):
                fits &= facts[name].isin(str(rule[name]).split("|")).to_numpy(dtype=bool)
        found.loc[fits] = [rule["kind"], rule["rule_id"], rule["why_nl"]]
        open_yet &= ~fits
    return found


def instruments_of(zones: pd.DataFrame) -> pd.DataFrame:
    """Give the instruments that fit the kind of each zone; some ask heavy or wet land, or a full grid."""
    offered = read_facts("protection_instruments")
    given = zones[["zone_id", "kind", "heavy_ha", "wet_ha", "grid_ha"]].merge(offered, on="kind")
    only = given["only"].astype(object)
    there = (
        only.isna()
        | ((only == "heavy") & (given["heavy_ha"] > 0))
        | ((only == "wet") & (given["wet_ha"] > 0))
        | ((only == "grid") & (given["grid_ha"] > 0))
    )
    columns = ["zone_id", "kind", "instrument_id", "name_nl", "who", "status", "source"]
    table = given.loc[there, columns].sort_values(["zone_id", "instrument_id"], ignore_index=True)
    return table.astype(dict.fromkeys(columns, object))


def _decided(problem: ReservationProblem, plan: Plan, facts: pd.DataFrame) -> pd.DataFrame:
    table = pd.concat([facts, decide(facts)], axis=1)
    pair = pair_of_site(problem, plan)
    chosen = pair != NOT_CHOSEN
    functions = np.array([*problem.functions, None], dtype=object)
    years = np.array(problem.years, dtype=np.float64)
    position = (
        np.where(chosen, problem.function[np.maximum(pair, 0)], -1)
        if problem.pairs
        else np.full(len(pair), -1)
    )
    table["function"] = functions[position]
    start = plan.start[np.maximum(pair, 0)] if problem.pairs else np.zeros(len(pair), dtype=np.int64)
    table["from_year"] = pd.array(
        [int(years[at]) if here else None for at, here in zip(start, chosen, strict=True)], dtype="Int64"
    )
    for name in ("park_id", "park_name", "municipality_code", "sub_area", "area_ha"):
        table[name] = problem.sites[name].to_numpy()
    return table[table["kind"].notna()].sort_values("site_id", ignore_index=True)


def _in_use(
    problem: ReservationProblem, tables: Mapping[str, Any], parameters: Parameters
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Tell per site whether a heavy or a light firm uses it, and whether a firm there uses the water."""
    count = len(problem.sites)
    use, water = np.full(count, UNKNOWN, dtype=object), np.full(count, UNKNOWN, dtype=object)
    evidence = tables.get("plot_evidence")
    if evidence is None:
        return use, water
    found = evidence.set_index("plot_id").reindex(problem.sites["site_id"])
    system = load_categories()
    limit = system.rank(parameters.hmc_threshold)
    low, high = (
        np.array([np.nan if pd.isna(label) else system.rank(str(label)) for label in found[name]])
        for name in ("in_use_low", "in_use_high")
    )
    use[high < limit] = "light"
    use[low >= limit] = "heavy"
    answers = found["water_in_use"].astype(object)
    water[(answers == "yes").to_numpy(dtype=bool)] = "yes"
    water[(answers == "no").to_numpy(dtype=bool)] = "no"
    return use, water


def _yes(values: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(values, "yes", "no").astype(object)

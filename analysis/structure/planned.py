"""What is proposed: the sites of the reservation plan and the hosts of shared functions, by park."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.structure.entries import entry, note
from layers.dutch import number_nl

if TYPE_CHECKING:
    from collections.abc import Mapping

PROPOSAL: Final = "proposal"
"""Name of the plan that is proposed, beside its alternatives."""
NO_PLAN_NL: Final = "geen plan in deze uitgave"


def planned(
    tables: Mapping[str, pd.DataFrame],
    known: Mapping[str, str],
    notes: list[dict[str, Any]],
    plan_id: str | None,
) -> list[dict[str, Any]]:
    """Take the chosen sites of one plan together by park and function.

    Parameters
    ----------
    tables
        ``reservation_plan``: ``plan``, ``function``, ``from_year``, ``last_ha`` and ``park_id``, or
        ``site_id`` that ``reservation_sites`` or the plots give a park; absent where there is no plan.
    plan_id
        Which plan; None for the proposal, or the first by name where no plan is called so.
    """
    plan = tables.get("reservation_plan")
    if plan is None or not len(plan):
        notes.append(note("plan", "Reserveringsplan", NO_PLAN_NL))
        return []
    named = plan["plan"].astype(str)
    chosen = plan_id or (PROPOSAL if (named == PROPOSAL).any() else str(named.min()))
    rows = pd.DataFrame(plan[(named == chosen).to_numpy(dtype=bool)])
    places = rows["park_id"].astype(object) if "park_id" in rows else _parks_of(rows["site_id"], tables)
    rows = rows.assign(hub_id=places, function_id=_functions_of(rows["function"], tables))
    unknown = sorted(set(rows["function_id"].astype(str)) - set(known))
    if unknown:
        what = "Functies in het plan die geen hub maken (schuifruimte, of niet in de catalogus)"
        notes.append(note("plan_unknown", what, "; ".join(unknown)))
    rows = rows[rows["function_id"].isin(list(known)) & rows["hub_id"].notna()]
    hectares = number_nl(float(rows["last_ha"].astype(float).sum()), 1)
    called = "" if chosen == PROPOSAL else f"alternatief {chosen}, "
    notes.append(note("plan", "Reserveringsplan", f"{called}{len(rows)} keuzes, {hectares} ha"))
    return [
        entry(
            str(hub),
            str(function),
            "plan",
            chosen,
            "proposed",
            from_year=float(group["from_year"].astype(float).min()),
            hectares=float(group["last_ha"].astype(float).sum(min_count=1)),
        )
        for (hub, function), group in rows.groupby(["hub_id", "function_id"], sort=True)
    ]


def shared(
    tables: Mapping[str, pd.DataFrame], known: Mapping[str, str], notes: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Take the hosts of shared functions.

    Parameters
    ----------
    tables
        ``shared_functions`` (``function``, ``site_id`` or ``park_id``, and where it is there ``from_year``,
        ``hectares``, ``serves`` or ``municipalities``), when there is one.
    """
    table = tables.get("shared_functions")
    if table is None or not len(table):
        notes.append(note("shared", "Regionale functies", "geen verdeling in deze uitgave"))
        return []
    rows = pd.DataFrame(table)
    named = "function" if "function" in rows else "function_id"
    places = rows["park_id"].astype(object) if "park_id" in rows else _parks_of(rows["site_id"], tables)
    rows = rows.assign(hub_id=places, function_id=_functions_of(rows[named], tables))
    rows = rows[rows["function_id"].isin(list(known)) & rows["hub_id"].notna()]
    notes.append(note("shared", "Regionale functies", f"{len(rows)} gastheren"))
    return [
        entry(
            str(hub),
            str(function),
            "shared",
            str(function),
            "proposed",
            from_year=_least(group, "from_year"),
            hectares=_sum(group, "hectares"),
            serves=_sum(group, "serves") if "serves" in group else _sum(group, "municipalities"),
        )
        for (hub, function), group in rows.groupby(["hub_id", "function_id"], sort=True)
    ]


def _parks_of(sites: pd.Series[str], tables: Mapping[str, pd.DataFrame]) -> pd.Series[Any]:
    """Give the park of each site: of the candidate, of the plot, or the site itself where it is a park."""
    park: dict[str, Any] = {}
    evidence = tables["park_evidence"]
    park.update({str(name): str(name) for name in evidence["park_id"]})
    for name, identifier in (("plot_evidence", "plot_id"), ("reservation_sites", "site_id")):
        table = tables.get(name)
        if table is not None and "park_id" in table:
            park.update(
                (str(site), parent)
                for site, parent in zip(table[identifier], table["park_id"], strict=True)
                if not pd.isna(parent)
            )
    return sites.astype(str).map(park).astype(object)


def _functions_of(names: pd.Series[str], tables: Mapping[str, pd.DataFrame]) -> pd.Series[Any]:
    """Give the function of each function, size variant or weight class (``F06``, ``F06a``, ``F06-4``)."""
    belongs: dict[str, str] = {}
    for table, column in (("circular_functions", "variant_id"), ("reservation_functions", "function")):
        rows = tables.get(table)
        if rows is not None:
            belongs.update(zip(rows[column].astype(str), rows["function_id"].astype(str), strict=True))
    return names.astype(str).map(lambda name: belongs.get(name, name)).astype(object)


def _least(group: pd.DataFrame, column: str) -> float:
    return float(group[column].astype(float).min()) if column in group else np.nan


def _sum(group: pd.DataFrame, column: str) -> float:
    if column not in group or not pd.api.types.is_numeric_dtype(group[column]):
        return np.nan
    return float(group[column].astype(float).sum(min_count=1))

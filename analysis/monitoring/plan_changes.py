"""Which reserved sites differ between two plans, and what can be said of the cause without a new plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.monitoring.differences import Differences

PROPOSAL: Final = "proposal"


def plan_changes(
    old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame], differences: Differences
) -> dict[str, Any] | None:
    """Compare the proposals of two releases.

    Parameters
    ----------
    old, new
        Tables of both releases; only ``reservation_plan`` is read.

    Returns
    -------
    dict or None
        ``sites`` (site, park, and what it is reserved for before and after, None for not reserved), ``cause``
        and ``why_nl``; None unless both releases hold a plan.
    """
    if "reservation_plan" not in old or "reservation_plan" not in new:
        return None
    before, after = (_proposal(tables["reservation_plan"]) for tables in (old, new))
    changed = [
        site for site in sorted(before.keys() | after.keys()) if _use(before, site) != _use(after, site)
    ]
    sites = [
        {
            "site_id": site,
            "park_name": (after.get(site) or before[site])[0]["park_name"],
            "before": _use(before, site),
            "after": _use(after, site),
        }
        for site in changed
    ]
    cause, why = differences.cause() if sites else (None, None)
    return {"sites": sites, "cause": cause, "why_nl": why}


def _proposal(plan: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    rows = plan[plan["plan"] == PROPOSAL].sort_values(["site_id", "function", "from_year"])
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in plain:
        found.setdefault(str(row["site_id"]), []).append({str(key): value for key, value in row.items()})
    return found


def _use(plan: Mapping[str, list[dict[str, Any]]], site: str) -> str | None:
    rows = plan.get(site)
    return None if rows is None else "; ".join(f"{row['function']} ({row['from_year']})" for row in rows)

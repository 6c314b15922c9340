"""What to show of the reservation plan of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.reservation.why import CRITERIA_NL
from api.jobs.show import plain_rows
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from layers.release import Release

PROPOSAL = "proposal"
TOP = 10
REASONS = 3
"""So many criteria are named for a site."""


def show_plan(release: Release, *, top: int = TOP) -> dict[str, Any]:
    """Give the headline of a plan.

    Returns
    -------
    dict
        ``aims``, ``shortage`` per function in the last year, ``first``: the sites to reserve first, by
        suitability within what starts earliest, with what speaks most for them and, when it was assessed,
        the share of drawn weights under which they stay; ``weights``, ``ways_out``, and the name and path of
        the release.

    Raises
    ------
    InputError
        When the release holds no plan.
    """
    if "reservation_plan" not in release.names:
        raise InputError(
            Problem(
                "this release holds no reservation plan",
                "Make one with kringruimte reserve.",
                file=str(release.path),
            )
        )
    plan = _proposal(release, "reservation_plan")
    aims = _proposal(release, "plan_aims").sort_values("rank")
    order = plan.sort_values(["from_year", "suitability", "site_id"], ascending=[True, False, True])
    names = _names(release)
    accepted = _acceptability(release)
    reasons = _reasons(release, plan, order.head(top))
    first = order.head(top)[
        [
            "site_id",
            "park_name",
            "municipality_code",
            "function",
            "from_year",
            "last_ha",
            "suitability",
            "people",
        ]
    ]
    return {
        "project": {
            key: release.project[key] for key in ("name", "sample", "note") if key in release.project
        },
        "release": release.name,
        "path": str(release.path),
        "parent": release.manifest["parent"],
        "sites": len(plan),
        "hectares": float(plan["last_ha"].sum()),
        "aims": plain_rows(aims[["aim", "label_nl", "unit", "value", "bound", "gap", "status", "final"]]),
        "shortage": _shortage(release),
        "first": [
            row
            | {
                "function_nl": names[row["function"]],
                "acceptability": accepted.get((row["site_id"], row["function"])),
                "reasons": reasons[row["site_id"]],
            }
            for row in plain_rows(first)
        ],
        "weights": _weights(release),
        "ways_out": plain_rows(release.table("plan_ways_out")[["kind", "text_nl"]])
        if "plan_ways_out" in release.names
        else [],
        "clashes": plain_rows(release.table("plan_clashes")[["text_nl"]])
        if "plan_clashes" in release.names
        else [],
        "views": [name for name in release.manifest["files"] if name.startswith("views/planner/")],
    }


def _proposal(release: Release, name: str) -> pd.DataFrame:
    table = release.table(name)
    return table[table["plan"] == PROPOSAL]


def _names(release: Release) -> dict[str, str]:
    table = release.table("reservation_functions")
    return dict(zip(table["function"].astype(str), table["name_nl"].astype(str), strict=True))


def _weights(release: Release) -> list[dict[str, Any]]:
    weights = release.project["parameters"]["reservation"]["weights"]
    return [
        {"criterion": str(name), "label_nl": CRITERIA_NL[name], "weight": float(weight)}
        for name, weight in sorted(weights.items())
    ]


def _acceptability(release: Release) -> dict[tuple[str, str], float]:
    if "site_acceptability" not in release.names:
        return {}
    table = release.table("site_acceptability")
    keys = zip(table["site_id"].astype(str), table["function"].astype(str), strict=True)
    return dict(zip(keys, table["acceptability"].astype(float), strict=True))


def _reasons(release: Release, plan: pd.DataFrame, shown: pd.DataFrame) -> dict[str, list[str]]:
    """Name per shown site the criteria on which it does most better than the sites of the plan do on average.

    What every site scores well on distinguishes none of them.
    """
    rated = release.table("site_suitability").merge(plan[["site_id", "function"]], on=["site_id", "function"])
    usual = rated.groupby("criterion")["contribution"].transform("mean")
    rated = rated.assign(above=rated["contribution"] - usual)
    most = rated.sort_values(["site_id", "above", "criterion"], ascending=[True, False, True])
    found: dict[str, list[str]] = {str(site): [] for site in shown["site_id"]}
    for row in most.to_dict("records"):
        reasons = found.get(str(row["site_id"]))
        if reasons is not None and len(reasons) < REASONS and row["above"] > 0:
            reasons.append(CRITERIA_NL[str(row["criterion"])])
    return found


def _shortage(release: Release) -> list[dict[str, Any]]:
    """Give wanted and short per year for the whole province, and the functions that run shortest."""
    table = _proposal(release, "plan_targets")
    whole = table[table["sub_area"].isna()]
    rows = []
    for year, part in whole.groupby("year"):
        short = part[part["short_ha"] > 0].sort_values(["short_ha", "function"], ascending=[False, True])
        rows.append(
            {
                "year": int(str(year)),
                "wanted_ha": float(part["wanted_ha"].sum()),
                "short_ha": float(part["short_ha"].sum()),
                "functions": [
                    {"function": str(row["function"]), "short_ha": float(row["short_ha"])}
                    for row in short.to_dict("records")
                ],
            }
        )
    return rows

"""What to show of the reservation plan of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.jobs.show import plain_rows
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from layers.release import Release

PROPOSAL = "proposal"
TOP = 10


def show_plan(release: Release, *, top: int = TOP) -> dict[str, Any]:
    """Give the headline of a plan.

    Returns
    -------
    dict
        ``aims``, ``shortage`` per function in the last year, ``first``: the sites to reserve first, by
        suitability within what starts earliest, ``ways_out``, and the name and path of the release.

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
        "first": plain_rows(first.assign(function_nl=first["function"].map(names))),
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

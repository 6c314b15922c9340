"""What planners ask of a release: parks with room and water, demand, released land, what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.categories import load_categories
from api.jobs.show import plain_rows
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from layers.release import Release

SORTS = {
    "heavy": "heavy_certain_ha",
    "net": "net_ha",
    "quay": "usable_quay_m",
    "shore": "shore_m",
}
"""A ranking is sorted by one named measure, which the reader picks."""
HAS_ROOM = ("certain", "possible", "governed_by_zone")
PARK_COLUMNS = [
    "park_id",
    "name",
    "municipality_name",
    "sub_area",
    "net_ha",
    "permitted_low",
    "permitted_high",
    "heavy_certain_ha",
    "heavy_possible_ha",
    "heavy_governed_ha",
    "connection",
    "connection_possible",
    "shore_m",
    "quay_m",
    "usable_quay_m",
    "heavy_and_water",
]
WATERS = ("at_water", "near", "dry")
ENDS = ("low", "mid", "high")


def find_parks(release: Release, *, water: bool, sort: str = "heavy") -> dict[str, Any]:
    """Give the parks with room for a high environmental category, with water when asked.

    Parameters
    ----------
    water
        Whether only parks count where room and a usable water connection come together.
    sort
        One of `SORTS`.

    Returns
    -------
    dict
        ``parks``: largest first; ``not_assessed``: how many parks lack the answer.
    """
    if sort not in SORTS:
        raise InputError(
            Problem(f"there is no measure {sort}", f"Sort by one of {', '.join(SORTS)}.", field="--sort")
        )
    table = release.table("park_evidence")
    verdict = table["heavy_and_water" if water else "heavy"]
    chosen = table[verdict.isin(HAS_ROOM)]
    ordered = chosen.sort_values([SORTS[sort], "park_id"], ascending=[False, True], na_position="last")
    return {
        "release": release.name,
        "threshold": release.project["parameters"]["hmc_threshold"],
        "sort": sort,
        "water": water,
        "parks": plain_rows(ordered[PARK_COLUMNS]),
        "not_assessed": int((verdict.isna() | (verdict == "not_assessed")).sum()),
    }


def find_demand(release: Release) -> dict[str, Any]:
    """Give what circular functions ask of heavy and of wet land per year, and the shortage per sub-area.

    Returns
    -------
    dict
        ``demand``: per year and water need, net hectares (low, mid, high) from the high category on, by the
        method that leads per function; ``shortage``: per sub-area and year, each sub-area on its own.
    """
    _need(release, "land_demand", "balance_groups")
    threshold = str(release.project["parameters"]["hmc_threshold"])
    table = release.table("land_demand")
    heavy = table[table["lead"].astype(bool) & _is_heavy(table, threshold)]
    columns = [f"net_{end}_ha" for end in ENDS]
    summed = heavy.groupby(["year", "water"], as_index=False)[columns].sum()
    summed["water"] = summed["water"].astype(str)
    order = {name: place for place, name in enumerate(WATERS)}
    summed = summed.sort_values(["year", "water"], key=lambda column: column.replace(order))
    groups = release.table("balance_groups")
    own = groups[
        (groups["scope"] == "sub_area")
        & (groups["rule"] == "floor")
        & groups["group"].isin(["4.1", "4.2", "5.1+"])
        & groups["water"].isin(["any", "at_water"])
    ]
    short = own.sort_values(["area", "year", "group", "water"])
    return {
        "release": release.name,
        "threshold": threshold,
        "demand": plain_rows(summed),
        "shortage": plain_rows(
            short[["area", "year", "group", "water", "shown_p10_ha", "shown_p50_ha", "shown_p90_ha"]]
        ),
    }


def find_released(release: Release) -> dict[str, Any]:
    """Give what shrinking linear activity frees per year and kind of land, beside what is asked of it.

    Returns
    -------
    dict
        ``released``: usable hectares (low, mid, high) per year, light or heavy, and water; ``demand``: the
        same kinds of what circular functions ask; ``losses``: of the land of linear firms, what falls away.
    """
    _need(release, "released_by_class", "land_demand", "released_land")
    threshold = str(release.project["parameters"]["hmc_threshold"])
    freed = _kinds(release.table("released_by_class"), threshold, "usable_{}_ha")
    demand = release.table("land_demand")
    asked = _kinds(demand[demand["lead"].astype(bool)], threshold, "net_{}_ha")
    land = release.table("released_land")
    lost = [name for name in land.columns if name.startswith(("lost_", "not_", "waiting_"))]
    totals = land.groupby("year", as_index=False)[["area_ha", *lost, "usable_mid_ha"]].sum()
    return {
        "release": release.name,
        "released": plain_rows(freed),
        "demand": plain_rows(asked),
        "losses": plain_rows(totals),
    }


def find_unknowns(release: Release, *, top: int = 10) -> dict[str, Any]:
    """Give what is not known: questions in order of worth, what is not assessed, what is disputed."""
    agenda: list[dict[str, Any]] = []
    if "research_agenda" in release.names:
        table = release.table("research_agenda").sort_values("rank")
        agenda = plain_rows(table.head(top)[["rank", "question_nl", "why_nl", "status"]])
    disputed = release.table("disagreements")
    differs = disputed[disputed["differs"] == "yes"]
    return {
        "release": release.name,
        "agenda": agenda,
        "questions": len(release.table("research_agenda")) if "research_agenda" in release.names else None,
        "not_assessed": plain_rows(release.table("not_assessed")[["what_nl", "why_nl", "parks"]]),
        "disagreements": plain_rows(differs[["park_name", "subject", "stated", "computed", "text"]]),
        "assumptions": _statuses(release.table("assumptions")),
    }


def _is_heavy(table: pd.DataFrame, threshold: str) -> pd.Series[bool]:
    rank = load_categories().rank
    return table["category"].astype(str).map(rank).ge(rank(threshold))


def _kinds(table: pd.DataFrame, threshold: str, name: str) -> pd.DataFrame:
    """Sum hectares per year, light or heavy, and water."""
    kind = _is_heavy(table, threshold).map({True: "heavy", False: "light"})
    columns = {name.format(end): f"{end}_ha" for end in ENDS}
    summed = (
        table.assign(kind=kind)
        .rename(columns=columns)
        .groupby(["year", "kind", "water"], as_index=False, observed=True)[list(columns.values())]
        .sum()
    )
    return summed.sort_values(["year", "kind", "water"])


def _statuses(table: pd.DataFrame) -> Mapping[str, int]:
    counts = table["status"].value_counts().sort_index()
    return {str(status): int(count) for status, count in counts.items()}


def _need(release: Release, *names: str) -> None:
    missing = [name for name in names if name not in release.names]
    if missing:
        raise InputError(
            Problem(
                f"this release holds no {', '.join(missing)}",
                "Put assess = true under [parameters.space] in the project file and run the project again; "
                "kringruimte unknowns RELEASE says what else is missing.",
                file=str(release.path),
            )
        )

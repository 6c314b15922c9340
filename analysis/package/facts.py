"""What a release knows about one municipality, as named numbers; what is not known stays not assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from layers.labels import category_rank
from layers.municipal_facts import Facts, fact_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    Tables = Mapping[str, pd.DataFrame]

LARGE_PLOT_HA: Final = 5.0
"""Article 9.16 of the provincial ordinance: no plots above this (to be verified)."""
AT_WATER: Final = ("own_quay", "public_quay", "adjacent")
FREE: Final = ("vacant", "option")
HEAVY: Final = ("certain", "possible", "governed_by_zone")
CONGESTED: Final = ("full", "limited")
COMPANY_HOMES: Final = ("company_home", "former_company_home")
KINDS: Final = ("keep", "allocate", "reserve", "programme", "explore")


def municipal_facts(
    tables: Tables, municipality: str, *, smaller_below: float, threshold: str = "4.1"
) -> Facts:
    """Find every fact about one municipality.

    Parameters
    ----------
    tables
        Tables of a release by name; a fact whose table is absent is not assessed (None). Housing plans are
        only those of the municipality itself, so that nothing soft of another gets out.
    municipality
        Its code.
    smaller_below
        Below how many inhabitants it counts as smaller.
    threshold
        From which category on land counts as heavy.

    Returns
    -------
    dict
        Every fact of `layers.municipal_facts`, in that order: counts, hectares, metres.
    """
    found: Facts = dict.fromkeys(fact_kinds())
    for part in (_people, _parks, _plots, _objects, _housing, _zones, _plan, _shared, _redevelopment):
        found |= part(tables, municipality)
    inhabitants = found["inhabitants"]
    found["smaller"] = None if inhabitants is None else float(inhabitants < smaller_below)
    found |= _categories(tables, municipality, threshold)
    return found


def own_rows(tables: Tables, name: str, municipality: str, column: str = "municipality_code") -> Any:
    """Give the rows of a table about one municipality; None when the table is absent."""
    table = tables.get(name)
    if table is None:
        return None
    if column not in table:
        return table.iloc[:0]
    return table[(table[column] == municipality).fillna(value=False)]


def _sum(rows: pd.DataFrame, column: str) -> float | None:
    """Add up what is known; None when rows are there and none of them knows."""
    if column not in rows:
        return None
    values = pd.to_numeric(rows[column], errors="coerce")
    if len(values) and values.isna().all():
        return None
    return round(float(values.sum()), 6)


def _people(tables: Tables, municipality: str) -> Facts:
    rows = own_rows(tables, "municipalities", municipality)
    return {"inhabitants": None if rows is None or not len(rows) else _sum(rows, "inhabitants")}


def _parks(tables: Tables, municipality: str) -> Facts:
    rows = own_rows(tables, "park_evidence", municipality)
    if rows is None:
        return {}
    heavy = rows["heavy"].isin(HEAVY)
    columns = {
        "park_ha": "area_ha",
        "hmc_ha": "permitted_hmc_certain_ha",
        "heavy_ha": "heavy_certain_ha",
        "heavy_possible_ha": "heavy_possible_ha",
        "heavy_governed_ha": "heavy_governed_ha",
        "underuse_ha": "underuse_certain_ha",
        "shore_m": "shore_m",
        "quay_m": "quay_m",
        "usable_quay_m": "usable_quay_m",
        "objects_low": "objects_in_distance_low",
        "objects_high": "objects_in_distance_high",
        "objects_inside": "objects_inside",
    }
    found: Facts = {fact: _sum(rows, column) for fact, column in columns.items()}
    parts = [found[name] for name in ("heavy_ha", "heavy_possible_ha", "heavy_governed_ha")]
    known = [part for part in parts if part is not None]
    found["heavy_any_ha"] = round(sum(known), 6) if known else None
    grid = rows["grid_status"]
    grid_unknown = bool(len(rows)) and bool(grid.isna().all())
    found |= {
        "parks": float(len(rows)),
        "parks_unknown": float((rows["heavy"] == "not_assessed").sum()),
        "heavy_parks": float(heavy.sum()),
        "water_parks": float(rows["connection"].isin(AT_WATER).sum()),
        "grid_parks": None if grid_unknown else float(grid.isin(CONGESTED).sum()),
    }
    areas = tables.get("grid_congestion")
    if areas is not None and len(areas) and bool(grid.isin(CONGESTED).any()):
        shapes = np.asarray(areas["geometry"].to_numpy(), dtype=object)
        parks = np.asarray(rows.loc[grid.isin(CONGESTED), "geometry"].to_numpy(), dtype=object)
        meets = np.array([bool(shapely.intersects(parks, shape).any()) for shape in shapes])
        years = pd.to_numeric(areas["available_from"][meets], errors="coerce").dropna()
        found["grid_year"] = float(years.max()) if len(years) else None
    return found


def _plots(tables: Tables, municipality: str) -> Facts:
    rows = own_rows(tables, "plot_evidence", municipality)
    if rows is None:
        return {}
    free = rows["status"].isin(FREE)
    found: Facts = {
        "plots": float(len(rows)),
        "wet_ha": _sum(rows[rows["connection"].isin(AT_WATER)], "area_ha"),
        "vacant_ha": _sum(rows[free], "area_ha"),
        "heavy_vacant_ha": _sum(rows[free & rows["heavy"].isin(HEAVY)], "area_ha"),
    }
    plan = own_rows(tables, "reservation_plan", municipality)
    taken = set(plan["site_id"]) if plan is not None else set()
    large = (rows["area_ha"] > LARGE_PLOT_HA) & (free | rows["plot_id"].isin(taken))
    found["large_plots"] = float(large.fillna(value=False).sum())
    plots = tables.get("plots")
    if plots is not None and "owner_kind" in plots:
        municipal = set(plots.loc[plots["owner_kind"] == "gemeente", "plot_id"])
        found["municipal_ha"] = _sum(rows[free & rows["plot_id"].isin(municipal)], "area_ha")
    return found


def _categories(tables: Tables, municipality: str, threshold: str) -> Facts:
    """Add up plots by their highest permitted category."""
    rows = own_rows(tables, "plot_evidence", municipality)
    if rows is None:
        return {}
    sums = dict.fromkeys(("category_light_ha", "category_4_1_ha", "category_4_2_ha", "category_5_up_ha"), 0.0)
    unknown = 0.0
    floor = category_rank(threshold)
    for label, hectares in zip(rows["permitted_high"], rows["area_ha"], strict=True):
        if not isinstance(label, str) or pd.isna(hectares):
            unknown += 0.0 if pd.isna(hectares) else float(hectares)
            continue
        sums[_class_of(label, floor)] += float(hectares)
    return {
        **{name: round(value, 6) for name, value in sums.items()},
        "category_unknown_ha": round(unknown, 6),
    }


def _class_of(label: str, floor: tuple[int, int]) -> str:
    rank = category_rank(label)
    if rank < min(floor, category_rank("4.1")):
        return "category_light_ha"
    if rank >= category_rank("5.1") or rank[0] > category_rank("4.2")[0]:
        return "category_5_up_ha"
    return "category_4_2_ha" if rank >= category_rank("4.2") else "category_4_1_ha"


def _objects(tables: Tables, municipality: str) -> Facts:
    """Count homes inside the parks that may be company homes; their places stay inside."""
    objects, parks = tables.get("sensitive_objects"), own_rows(tables, "park_evidence", municipality)
    if objects is None or parks is None:
        return {}
    asked = objects[objects["kind"].isin((*COMPANY_HOMES, "unknown"))]
    shapes = np.asarray(parks["geometry"].to_numpy(), dtype=object)
    places = np.asarray(asked["geometry"].to_numpy(), dtype=object)
    inside = np.zeros(len(asked), dtype=bool)
    for shape in shapes:
        inside |= np.asarray(shapely.intersects(shape, places), dtype=bool)
    kinds = asked["kind"][inside]
    return {
        "company_homes": float(kinds.isin(COMPANY_HOMES).sum()),
        "unknown_homes": float((kinds == "unknown").sum()),
    }


def _housing(tables: Tables, municipality: str) -> Facts:
    rows = own_rows(tables, "housing_effects", municipality)
    if rows is None:
        return {}
    # plans that were not adopted are secret at the level of the province, their number and size too
    rows = rows[(rows["phase"] == "hard").fillna(value=False)]
    touched = pd.to_numeric(rows["hindered_high_ha"]).fillna(0) + pd.to_numeric(
        rows["lost_alone_high_ha"]
    ).fillna(0)
    own = rows[touched > 0]
    return {
        "housing_plans": float(len(own)),
        "dwellings": _sum(own, "dwellings"),
        "housing_ha": round(float(touched.sum()), 6),
    }


def _zones(tables: Tables, municipality: str) -> Facts:
    rows = own_rows(tables, "reservation_zones", municipality)
    if rows is None:
        return {}
    scarce = rows[["heavy_ha", "wet_ha"]].apply(pd.to_numeric).max(axis=1).sum()
    return {
        "zones": float(len(rows)),
        "zones_ha": _sum(rows, "area_ha"),
        "zones_scarce_ha": round(float(scarce), 6),
        "chosen_ha": _sum(rows, "chosen_ha"),
        **{f"zones_{kind}": float((rows["kind"] == kind).sum()) for kind in KINDS},
    }


def _plan(tables: Tables, municipality: str) -> Facts:
    rows = own_rows(tables, "reservation_plan", municipality)
    if rows is None:
        return {}
    functions = rows["function"].astype(str).str.split("-").str[0]
    found: Facts = {
        "plan_sites": float(rows["site_id"].nunique()),
        "plan_functions": float(functions.nunique()),
    }
    shares = tables.get("site_acceptability")
    if shares is not None:
        own = shares[shares["site_id"].isin(rows["site_id"]) & (shares["function"] != "none")]
        found["acceptability"] = float(own["acceptability"].max()) if len(own) else None
    return found


def _shared(tables: Tables, municipality: str) -> Facts:
    chosen = own_rows(tables, "shared_functions", municipality, "host_code")
    served = tables.get("shared_assignments")
    if chosen is None or served is None:
        return {}
    elsewhere = served[served["municipality_code"] != municipality]
    users = set(elsewhere.loc[elsewhere["served"] == "yes", "facility_id"])
    own = served[served["municipality_code"] == municipality]
    away = own[(own["served"] == "yes") & (own["host_code"] != municipality)]
    home = own[(own["served"] == "yes") & (own["host_code"] == municipality)]
    reached = set(own.loc[own["served"] == "yes", "function_id"])
    return {
        "hosted": float(len(chosen)),
        "hosted_largest_ha": float(chosen["needed_ha"].max()) if len(chosen) else 0.0,
        "hosted_shared": float(chosen["facility_id"].isin(users).sum()),
        "hosted_heavy": float(chosen["burden"].astype("boolean").fillna(value=False).sum()),
        "served_elsewhere": float(len(set(away["function_id"]) - set(home["function_id"]))),
        "unserved": float(len(set(own.loc[own["served"] == "no", "function_id"]) - reached)),
    }


def _redevelopment(tables: Tables, municipality: str) -> Facts:
    found: Facts = {}
    pilots = own_rows(tables, "redevelopment_pilots", municipality)
    if pilots is not None:
        found["intensification_ha"] = _sum(pilots, "intensification_mid_ha")
    parks = own_rows(tables, "parks", municipality)
    if parks is not None:
        found["transformation_ha"] = _sum(parks, "transformation_ha")
        found["outdated_ha"] = _sum(parks, "outdated_ha")
    return found

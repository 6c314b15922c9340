"""The tables of an allocation: sites with their load, who is served from where, equity, service areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.sharing.allocation import HOST, gaps
from analysis.sharing.figures import hectares_for
from analysis.sharing.instance import THOUSAND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.sharing.allocation import Allocation
    from analysis.sharing.curve import CurvePoint
    from analysis.sharing.instance import Instance
    from analysis.sharing.location import LocationOutcome
    from analysis.sharing.travel import Travel

_SOME: Final = 1e-6
CRS: Final = "EPSG:28992"


def facility_id(function: str, site: str) -> str:
    """Name a facility by its function and place."""
    return f"{function}-{site}"


def assignments(
    instance: Instance, outcome: LocationOutcome, travel: Travel, names: pd.Series
) -> pd.DataFrame:
    """Give who is served from where: one row per municipality and facility, also those without one."""
    problem = instance.problem
    used = np.flatnonzero(outcome.served > _SOME)
    client, site = problem.client[used], problem.site[used]
    served = outcome.served[used]
    real = site < len(instance.places)
    where = np.where(real, site, 0)
    codes = instance.codes[client]
    column = {name: place for place, name in enumerate(travel.sites)}
    row = {name: place for place, name in enumerate(travel.municipalities)}
    places = instance.places.iloc[where].reset_index(drop=True)
    kilometres = np.array(
        [
            travel.kilometres[row[str(code)], column[str(place)]]
            for code, place in zip(codes, places["site_id"], strict=True)
        ]
    )
    table = pd.DataFrame(
        {
            "function_id": instance.function,
            "municipality_code": codes,
            "municipality": names.reindex(codes).to_numpy(dtype=object),
            "facility_id": [facility_id(instance.function, str(site)) for site in places["site_id"]],
            "site_id": places["site_id"].to_numpy(dtype=object),
            "site_name": places["site_name"].to_numpy(dtype=object),
            "host_code": places["municipality_code"].to_numpy(dtype=object),
            "host": names.reindex(places["municipality_code"]).to_numpy(dtype=object),
            "share": served,
            "inhabitants": served * instance.people[client],
            "minutes": instance.link_minutes[used],
            "km": kilometres,
            "basis": travel.basis,
            "served": "yes",
        }
    )
    blank = ["facility_id", "site_id", "site_name", "host_code", "host"]
    table.loc[~real, blank] = None
    table.loc[~real, ["minutes", "km"]] = np.nan
    table.loc[~real, "served"] = "no"
    left = [
        {
            "function_id": instance.function,
            "municipality_code": code,
            "municipality": names.get(code),
            "served": "not_assessed",
            "basis": "not_assessed",
        }
        for code in instance.left_out
    ]
    return pd.concat([table, pd.DataFrame(left, columns=table.columns)], ignore_index=True) if left else table


def facilities(
    instance: Instance, outcome: LocationOutcome, names: pd.Series, *, bound: float, gap: float
) -> pd.DataFrame:
    """Give the chosen sites of a function with capacity and load."""
    count = len(instance.places)
    chosen = np.flatnonzero(outcome.opened[:count])
    scale = THOUSAND if instance.measure == "catchment" else 1.0
    load = outcome.load(instance.problem)[chosen] * scale
    places = instance.places.iloc[chosen].reset_index(drop=True)
    capacity = instance.problem.capacity[chosen] * scale
    return pd.DataFrame(
        {
            "facility_id": [facility_id(instance.function, str(site)) for site in places["site_id"]],
            "function_id": instance.function,
            "function": places["function"],
            "name_nl": instance.figure["name_nl"],
            "name_en": instance.figure["name_en"],
            "site_id": places["site_id"],
            "site_name": places["site_name"],
            "host_code": places["municipality_code"],
            "host": names.reindex(places["municipality_code"]).to_numpy(dtype=object),
            "verdict": places["verdict"],
            "existing": places["existing"],
            "burden": places["burden"],
            "lock": places["lock"],
            "lock_id": places["lock_id"],
            "measure": instance.measure,
            "capacity": np.where(np.isfinite(capacity), capacity, np.nan),
            "load": load,
            "needed_ha": [hectares_for(float(value), instance.figure, instance.measure) for value in load],
            "largest_ha": places["largest_ha"],
            "cost_minutes": outcome.objective,
            "bound_minutes": bound,
            "gap": gap,
            "status": instance.figure["status"],
            "geometry": shapely.points(places["x"].to_numpy(), places["y"].to_numpy()),
        }
    )


def all_facilities(allocation: Allocation, names: pd.Series) -> gpd.GeoDataFrame:
    """Give the chosen sites of all functions."""
    found = gaps(allocation)
    parts = [
        facilities(instance, allocation.outcomes[name], names, bound=allocation.alone[name], gap=found[name])
        for name, instance in allocation.instances.items()
    ]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=CRS)


def service_areas(chosen: pd.DataFrame, served: pd.DataFrame, tables: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Give per facility the municipalities that it serves as one area; a part of one counts whole."""
    areas = tables["municipalities"].set_index("municipality_code").geometry
    rows = []
    for facility in chosen.itertuples(index=False):
        mine = served[served["facility_id"] == facility.facility_id]
        codes = sorted(str(code) for code in mine["municipality_code"])
        rows.append(
            {
                "facility_id": facility.facility_id,
                "function_id": facility.function_id,
                "name_nl": facility.name_nl,
                "site_name": facility.site_name,
                "host": facility.host,
                "municipalities": len(codes),
                "municipality_codes": ";".join(codes),
                "municipality_names": ", ".join(
                    str(name) for name in mine.sort_values("minutes")["municipality"]
                ),
                "inhabitants": float(mine["inhabitants"].sum()),
                "minutes_longest": float(mine["minutes"].max()) if len(mine) else np.nan,
                "geometry": shapely.union_all(areas.loc[codes].to_numpy()) if codes else shapely.Polygon(),
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def equity(function: str, instance: Instance, points: list[CurvePoint]) -> pd.DataFrame:
    """Give the curve of a function, the cheapest allocation first."""
    rows = []
    for number, point in enumerate(points):
        opened = instance.places["site_id"][point.outcome.opened[: len(instance.places)]]
        rows.append(
            {
                "function_id": function,
                "point": number,
                "kind": "cheapest" if number == 0 else "fairest",
                "allowed_loss": point.loss,
                "cost_minutes": point.cost,
                "extra_cost": point.cost / points[0].cost - 1 if points[0].cost else 0.0,
                "mean_minutes": point.mean,
                "longest_minutes": point.longest,
                "tail_minutes": point.tail,
                "gini": point.gini,
                "tail_bound_minutes": np.nan if number == 0 else point.bound,
                "gap": np.nan if number == 0 else point.gap,
                "pass_status": None if number == 0 else point.status,
                "sites": ";".join(str(site) for site in opened),
            }
        )
    return pd.DataFrame(rows)


def burdens(
    chosen: pd.DataFrame, tables: Mapping[str, Any], allocation: Allocation, most: int
) -> pd.DataFrame:
    """Set what each municipality hosts beside its fair share by inhabitants.

    Hectares are those that the load of its facilities needs; only facilities of a high category count as
    burden.
    """
    areas = tables["municipalities"].sort_values("municipality_code").set_index("municipality_code")
    people = areas["inhabitants"].astype("Float64").astype(np.float64)
    heavy = chosen[chosen["burden"].astype(bool)]
    share = people / people.sum()
    table = pd.DataFrame(
        {
            "municipality": areas["name"].astype(object),
            "inhabitants": people,
            "hosted": chosen.groupby("host_code").size().reindex(areas.index, fill_value=0),
            "hosted_ha": chosen.groupby("host_code")["needed_ha"].sum().reindex(areas.index, fill_value=0.0),
            "burdens": heavy.groupby("host_code").size().reindex(areas.index, fill_value=0),
            "burden_ha": heavy.groupby("host_code")["needed_ha"].sum().reindex(areas.index, fill_value=0.0),
        }
    )
    table["fair_ha"] = share * chosen["needed_ha"].sum()
    table["fair_burden_ha"] = share * heavy["needed_ha"].sum()
    table["above_fair_burden_ha"] = table["burden_ha"] - table["fair_burden_ha"]
    table["burdens_allowed"] = most
    over = allocation.over()
    table["burdens_over"] = [round(over.get((HOST, str(code)), 0.0)) for code in table.index]
    return table.rename_axis("municipality_code").reset_index()

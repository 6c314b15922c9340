"""What stands where: functions on parks and other places, existing or proposed, and where that is known from.

Sources are circular facilities, firms under the definition of circular business, existing reservations, the
chosen reservation plan and shared functions. Firms count only where enough of one function stand together:
one firm makes no hub, and what would tell about a firm is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.objects import first_container
from analysis.structure.entries import COLUMNS, entry, note
from analysis.structure.planned import planned, shared
from analysis.sub_areas import sub_area_of_points
from analysis.subjects import HECTARE_M2
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.structure.rules import Figure

PARK_COLUMNS: Final = (
    "name",
    "municipality_code",
    "municipality_name",
    "sub_area",
    "area_ha",
    "heavy",
    "connection",
    "connection_possible",
    "connection_cemt",
)


@dataclass(frozen=True)
class Presence:
    """What stands where.

    Attributes
    ----------
    places
        One row per place, index ``hub_id`` (sorted): ``park_id`` (None outside parks), ``name``,
        ``municipality_code``, ``municipality_name``, ``sub_area``, what the evidence says of the park, and
        ``geometry`` (EPSG:28992).
    functions
        One row per place, function and source: ``state`` (existing or proposed), ``certainty`` (certain or
        possible), ``from_year`` (NaN where it stands already), ``hectares`` (NaN where unknown), ``count``
        of firms (NaN for others) and ``serves`` (municipalities, NaN where unknown).
    notes
        What was used and what was not: ``item_id``, ``what_nl``, ``value_nl``, ``status``, ``source``.
    """

    places: pd.DataFrame
    functions: pd.DataFrame
    notes: pd.DataFrame


def find_presence(
    tables: Mapping[str, pd.DataFrame],
    known: Mapping[str, str],
    figures: Mapping[str, Figure],
    *,
    plan_id: str | None = None,
) -> Presence:
    """Collect what stands where.

    Parameters
    ----------
    tables
        All tables of a release; ``park_evidence`` and ``municipalities`` must be there.
    known
        Function id to its scale.
    figures
        As `analysis.structure.rules.load_figures` gives them.
    plan_id
        Which reservation plan is taken; None for the proposal.
    """
    parks = tables["park_evidence"].sort_values("park_id", ignore_index=True)
    notes: list[dict[str, Any]] = []
    outside: list[dict[str, Any]] = []
    parts = [
        _facilities(tables, parks, known, figures, notes, outside),
        _firms(tables, parks, known, figures, notes),
        _reservations(tables, parks, known, figures, notes, outside),
        planned(tables, known, notes, plan_id),
        shared(tables, known, notes),
    ]
    filled = [pd.DataFrame(rows, columns=list(COLUMNS)) for rows in parts if rows]
    functions = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(COLUMNS))
    numeric = ("from_year", "hectares", "count", "serves")
    functions = functions.astype(dict.fromkeys(numeric, float))
    order = ["hub_id", "function_id", "source", "source_id"]
    functions = functions.sort_values(order, ignore_index=True, kind="stable")
    places = _places(parks, outside, tables)
    functions, places = _only_known_places(functions, places, notes)
    return Presence(places, functions, pd.DataFrame(notes))


def _facilities(
    tables: Mapping[str, pd.DataFrame],
    parks: pd.DataFrame,
    known: Mapping[str, str],
    figures: Mapping[str, Figure],
    notes: list[dict[str, Any]],
    outside: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    layer = tables.get("circular_facilities")
    if layer is None or not len(layer):
        notes.append(note("facilities", "Bestaande circulaire voorzieningen", "niet in deze uitgave"))
        return []
    fits = layer["function"].isin(list(known)).to_numpy(dtype=bool)
    notes.append(
        note("facilities", "Bestaande circulaire voorzieningen", f"{int(fits.sum())} meegeteld", "sourced")
    )
    left = layer.loc[~fits, "facility_id"].astype(str).tolist()
    if left:
        what = "Voorzieningen zonder functie uit de catalogus: niet beoordeeld"
        notes.append(note("facilities_unknown", what, "; ".join(left)))
    layer = layer[fits].sort_values("facility_id", ignore_index=True)
    where = _locate(layer, "facility_id", parks, figures, outside)
    return [
        entry(hub, function, "facility", identifier, "existing")
        for hub, function, identifier in zip(where, layer["function"], layer["facility_id"], strict=True)
    ]


def _reservations(
    tables: Mapping[str, pd.DataFrame],
    parks: pd.DataFrame,
    known: Mapping[str, str],
    figures: Mapping[str, Figure],
    notes: list[dict[str, Any]],
    outside: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    layer = tables.get("reservations")
    if layer is None or not len(layer):
        return []
    layer = layer[layer["function"].isin(list(known))].sort_values("reservation_id", ignore_index=True)
    notes.append(note("reservations", "Bestaande reserveringen", f"{len(layer)} meegeteld", "sourced"))
    where = _locate(layer, "reservation_id", parks, figures, outside)
    years = layer["year"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return [
        entry(hub, function, "reservation", identifier, "proposed", from_year=float(year))
        for hub, function, identifier, year in zip(
            where, layer["function"], layer["reservation_id"], years, strict=True
        )
    ]


def _firms(
    tables: Mapping[str, pd.DataFrame],
    parks: pd.DataFrame,
    known: Mapping[str, str],
    figures: Mapping[str, Figure],
    notes: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Count firms per park and function, where enough stand together."""
    verdicts, layer = tables.get("circular_businesses"), tables.get("businesses")
    if verdicts is None or layer is None:
        notes.append(note("firms", "Circulaire bedrijven", "niet in deze uitgave"))
        return []
    least = int(figures["least_firms"].value)
    what = f"Circulaire bedrijven: alleen bij ten minste {least} van een functie op een terrein"
    notes.append(note("firms", what, f"{int((verdicts['verdict'] == 'circular').sum())} bedrijven bekeken"))
    fits = verdicts["verdict"].isin(["circular", "possible"]) & verdicts["function_id"].isin(list(known))
    firms = verdicts[fits].merge(layer[["business_id", "area_m2", "geometry"]], on="business_id")
    shapes, points = parks["geometry"].to_numpy(), firms["geometry"].to_numpy()
    found = first_container(shapes, Targets(points))
    firms = firms[found >= 0].assign(hub_id=parks["park_id"].to_numpy(dtype=object)[found[found >= 0]])
    rows = []
    for (hub, function), group in firms.groupby(["hub_id", "function_id"], sort=True):
        sure = group["verdict"] == "circular"
        # enough firms of which it is sure make the function certain, else all together make it possible
        counted = group[sure] if int(sure.sum()) >= least else group
        if len(counted) < least:
            continue
        area = counted["area_m2"].astype(float)
        rows.append(
            entry(
                str(hub), str(function), "firms", f"{len(counted)} firms", "existing",
                certainty="certain" if counted is not group or bool(sure.all()) else "possible",
                hectares=float(area.sum()) / HECTARE_M2 if area.notna().all() else np.nan,
                count=len(counted),
            )
        )  # fmt: skip
    return rows


def _locate(
    layer: pd.DataFrame,
    identifier: str,
    parks: pd.DataFrame,
    figures: Mapping[str, Figure],
    outside: list[dict[str, Any]],
) -> list[str]:
    """Give the place of each row: the park that it lies in or near, else a place of its own."""
    points = shapely.point_on_surface(layer["geometry"].to_numpy())
    shapes, names = parks["geometry"].to_numpy(), parks["park_id"].to_numpy(dtype=object)
    within = figures["facility_within_m"].value
    distance = shapely.distance(points[:, None], shapes[None, :]).reshape(len(points), len(shapes))
    result = []
    for place, name, point in zip(distance, layer[identifier], points, strict=True):
        best = int(np.argmin(place)) if len(place) else -1
        if best >= 0 and place[best] <= within:
            result.append(str(names[best]))
            continue
        result.append(f"V-{name}")
        called = layer.loc[layer[identifier] == name, "name"].iloc[0]
        outside.append(
            {"hub_id": f"V-{name}", "name": name if pd.isna(called) else called, "geometry": point}
        )
    return result


def _places(
    parks: pd.DataFrame, outside: list[dict[str, Any]], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    result = pd.DataFrame(parks[[*PARK_COLUMNS, "geometry"]]).astype(object)
    result = result.assign(hub_id=parks["park_id"].astype(object), park_id=parks["park_id"].astype(object))
    if outside:
        others = pd.DataFrame(outside).drop_duplicates("hub_id")
        points = others["geometry"].to_numpy()
        municipalities = tables["municipalities"]
        found = first_container(municipalities["geometry"].to_numpy(), Targets(points))
        for column, source in (("municipality_code", "municipality_code"), ("municipality_name", "name")):
            values = municipalities[source].to_numpy(dtype=object)
            others[column] = [values[place] if place >= 0 else None for place in found]
        others["sub_area"] = sub_area_of_points(points, _frames(tables))
        others[["heavy", "connection", "connection_possible"]] = "not_assessed"
        result = pd.concat([result, others.astype(object)], ignore_index=True)
    return result.set_index("hub_id").sort_index()


def _frames(tables: Mapping[str, pd.DataFrame]) -> dict[str, gpd.GeoDataFrame]:
    return {name: table for name, table in tables.items() if isinstance(table, gpd.GeoDataFrame)}


def _only_known_places(
    functions: pd.DataFrame, places: pd.DataFrame, notes: list[dict[str, Any]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep places with a function; say which functions have no place."""
    lost = sorted(set(functions["hub_id"]) - set(places.index))
    if lost:
        notes.append(note("no_place", "Voorstellen zonder bekend terrein: niet beoordeeld", "; ".join(lost)))
    functions = functions[~functions["hub_id"].isin(lost)].reset_index(drop=True)
    return functions, places[places.index.isin(set(functions["hub_id"]))]


def at_year(functions: pd.DataFrame, year: float | None, *, existing: bool = False) -> pd.DataFrame:
    """Keep what certainly stands in a year; None for all years, `existing` for what stands already."""
    sure = functions[functions["certainty"] == "certain"]
    if existing:
        return sure[sure["state"] == "existing"]
    if year is None:
        return sure
    return sure[sure["from_year"].isna() | (sure["from_year"] <= year)]


def holders(functions: pd.DataFrame) -> dict[str, NDArray[np.object_]]:
    """Give the places per function, sorted."""
    return {
        str(name): np.array(sorted(set(group["hub_id"])), dtype=object)
        for name, group in functions.groupby("function_id", sort=True)
    }

"""What it would cost if sensitive buildings came to any polygon: land, quay, firms, objects, rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.categories import load_categories
from analysis.heavy import hectares, overlay
from analysis.housing import hindering_rights, housing_loss, plan_reach
from analysis.housing_table import right_holders
from analysis.in_use import firm_categories
from analysis.nearby import nearby
from analysis.plan_counts import NO_LAYER, Count
from analysis.plan_words import NOT_ASSESSED
from analysis.situation import Situation, survey
from analysis.stored_zones import stored_zones
from gis.crs import RD
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.plan_words import Language
    from layers.parameters import Parameters

PLAN_ID = "plan"
ZONES: Final = ("usable_zones", "usable_blocks")
"""Zones that a release holds, the exact ones first."""
WANTED: Final = frozenset(
    {"parks", "plots", "sensitive_objects", "surroundings", "zoned_estates", "quays", "businesses"}
)
NO_ZONES: Final = Count(
    np.nan,
    np.nan,
    "niet beoordeeld: van deze terreinen is de benutbare categorie niet bekend",
    "not assessed: the usable category of these parks is not known",
)
FIGURE_COLUMNS: Final = (
    "figure", "label_nl", "label_en", "low", "high", "unit", "status", "note_nl", "note_en",
)  # fmt: skip
FIGURES: Final = {
    "area": ("Oppervlakte plan", "Area of the plan", "ha", "sourced"),
    "parks_overlap": ("Waarvan bedrijventerrein", "Of which business park", "ha", "sourced"),
    "heavy_lost": ("Hoge categorie die verdwijnt", "High category that is lost", "ha", "assumption"),
    "quay": ("Kade in het plangebied", "Quay in the plan area", "m", "sourced"),
    "firms": ("Bedrijven in het plangebied", "Firms in the plan area", "aantal", "sourced"),
    "firms_hindered": (
        "Bedrijven die het plan hindert", "Firms that the plan hinders", "aantal", "assumption",
    ),
    "objects": (
        "Gevoelige objecten nu in het plangebied", "Sensitive objects now in the plan area",
        "aantal", "sourced",
    ),
    "hindered": (
        "Plangebied binnen afstand van bestaande rechten", "Plan area within distance of existing rights",
        "ha", "assumption",
    ),
    "rights": (
        "Rechten die het plan hinderen", "Rights that hinder the plan", "aantal", "assumption",
    ),
}  # fmt: skip
"""Figure to its labels, unit and status: measured from layers, or resting on guide distances and on what is
assumed of surroundings and activities."""


def plan_test(
    polygon: shapely.Geometry,
    tables: Mapping[str, Any],
    parameters: Parameters,
    *,
    counted: Mapping[str, Count] | None = None,
) -> dict[str, pd.DataFrame]:
    """Measure what a plan for sensitive buildings in `polygon` would cost.

    Parameters
    ----------
    polygon
        Polygon or multipolygon in EPSG:28992, valid.
    tables
        Cleaned input layers, EPSG:28992, sorted by identifier. Of a release, the zones that it holds
        (``usable_zones``, else ``usable_blocks``) are taken instead of measured again.
    parameters
        As in the project file.
    counted
        Counts that are made elsewhere, because who asks may not see the rows: by name of the figure
        (``firms``, ``firms_hindered``, ``objects``). The layers themselves are then not looked at.

    Returns
    -------
    dict
        ``figures``: one row per figure with low and high value (missing: not assessed), unit, status and
        note; ``by_category``: hectares of parks inside the polygon per category, permitted and usable;
        ``parks``: per park touched or losing room the overlap and the loss of heavy land;
        ``rights``: permitted rights whose guide distance reaches the polygon.
    """
    return measure_plan(look_round(polygon, tables, parameters), counted)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What lies round one plan.

    Attributes
    ----------
    polygon
        The plan, EPSG:28992.
    situation
        Of everything that can matter to it.
    known
        Of each park, whether its usable category is known.
    """

    polygon: shapely.Geometry
    situation: Situation
    known: NDArray[np.bool_]


def look_round(polygon: shapely.Geometry, tables: Mapping[str, Any], parameters: Parameters) -> Surveyed:
    """Measure what lies round a plan and can matter to it; see `plan_test`."""
    system = load_categories()
    source = next((name for name in ZONES if name in tables), None)
    wanted = WANTED | ({source} if source is not None else set())
    if source is not None:
        # these were measured with objects that who asks may not see
        tables = {name: tables[name] for name in tables if name != "sensitive_objects"} | {
            name: rows[_within(rows, polygon)] for name, rows in tables.items() if name == "sensitive_objects"
        }
    near = nearby(polygon, tables, float(system.quiet[-1]), names=frozenset(wanted))
    parks = near["parks"]
    if source is None:
        situation = survey(near, parameters, system=system)
        return Surveyed(polygon, situation, np.full(len(parks), situation.zones is not None))
    shapes = np.asarray(parks.geometry.to_numpy(), dtype=object)
    names = parks["park_id"].to_numpy(dtype=object)
    zones, known = stored_zones(near[source], names, shapes, system)
    return Surveyed(polygon, survey(near, parameters, system=system, zones=zones), known)


def _within(table: gpd.GeoDataFrame, polygon: shapely.Geometry) -> NDArray[np.bool_]:
    """Tell which rows may lie in a polygon: their boxes meet its box."""
    found = np.zeros(len(table), dtype=bool)
    found[table.sindex.query(shapely.envelope(polygon))] = True
    return found


def measure_plan(near: Surveyed, counted: Mapping[str, Count] | None = None) -> dict[str, pd.DataFrame]:
    """Make the tables of `plan_test` from what lies round the plan."""
    polygon, situation = near.polygon, near.situation
    plans = gpd.GeoDataFrame(
        {"plan_id": [PLAN_ID], "surroundings": pd.Series([None], dtype="string")}, geometry=[polygon], crs=RD
    )
    parks = _parks(plans, near)
    rights, hindered = _rights(plans, situation)
    area = float(shapely.area(polygon) / 10_000.0)
    counts = {**_firms(polygon, situation, counted), **_objects(polygon, situation, counted)}
    figures = {
        "area": Count(area, area),
        "parks_overlap": _both(parks["overlap_ha"].sum()),
        "heavy_lost": _heavy_lost(parks, near),
        "quay": _quay(polygon, situation),
        **counts,
        "hindered": Count(float(hindered["low"][0]), float(hindered["high"][0])),
        "rights": Count(float((rights["plan_within_low_ha"] > 0).sum()), float(len(rights))),
    }
    rows = [
        (name, *FIGURES[name][:2], count.low, count.high, *FIGURES[name][2:], count.note_nl, count.note_en)
        for name, count in figures.items()
    ]
    return {
        "figures": pd.DataFrame(rows, columns=list(FIGURE_COLUMNS)),
        "by_category": _by_category(polygon, situation),
        "parks": parks,
        "rights": rights,
    }


def _both(value: float) -> Count:
    return Count(float(value), float(value))


def _rights(
    plans: gpd.GeoDataFrame, situation: Situation
) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    subjects, permitted, kinds, identifiers = right_holders(situation)
    rights, hindered = hindering_rights(plans, situation.tables, subjects, permitted, situation.system)
    holder = rights.pop("subject_row").to_numpy(dtype=np.int64)
    rights = rights.drop(columns="plan_row")
    rights.insert(0, "subject", kinds[holder])
    rights.insert(1, "subject_id", identifiers[holder])
    rights["permitted_low"] = situation.system.label(permitted.low[holder], permitted.known[holder])
    rights["permitted_high"] = situation.system.label(permitted.high[holder], permitted.known[holder])
    return rights.sort_values(["subject", "subject_id"], ignore_index=True), hindered


def _parks(plans: gpd.GeoDataFrame, near: Surveyed) -> pd.DataFrame:
    polygon, situation = near.polygon, near.situation
    parks = situation.tables["parks"]
    overlap = hectares(shapely.intersection(situation.parks, polygon))
    table = pd.DataFrame(
        {
            "park_id": parks["park_id"],
            "name": parks["name"],
            "overlap_ha": overlap,
            "lost_low_ha": np.nan,
            "lost_high_ha": np.nan,
        }
    )
    touched = table["overlap_ha"] > 0
    if situation.land.room is not None:
        loss = housing_loss(
            plans, situation.tables, situation.land.room, situation.threshold, situation.system
        )
        for reading in ("low", "high"):
            table[f"lost_{reading}_ha"] = np.where(near.known, loss.together[reading], np.nan)
        reach = plan_reach(plans, situation.tables, situation.threshold, situation.system)["high"][0]
        heavy = ~shapely.is_empty(situation.land.permitted["high"])
        in_reach = np.asarray(shapely.dwithin(situation.parks, polygon, float(reach)))
        touched |= (table["lost_high_ha"] > 0) | (~near.known & heavy & in_reach)
    return table[touched].sort_values(["lost_high_ha", "park_id"], ascending=[False, True], ignore_index=True)


def _heavy_lost(parks: pd.DataFrame, near: Surveyed) -> Count:
    if near.situation.land.room is None:
        return NO_LAYER
    unknown = int(parks["lost_high_ha"].isna().sum())
    if unknown and unknown == len(parks):
        return NO_ZONES
    note = (
        (
            f"{unknown} van {len(parks)} terreinen niet beoordeeld",
            f"{unknown} of {len(parks)} parks not assessed",
        )
        if unknown
        else ("", "")
    )
    return Count(float(parks["lost_low_ha"].sum()), float(parks["lost_high_ha"].sum()), *note)


def _by_category(polygon: shapely.Geometry, situation: Situation) -> pd.DataFrame:
    """Divide the park land inside the polygon by category, permitted (low reading) and usable."""
    labels = situation.system.labels
    columns = {"permitted_ha": np.zeros(len(labels))}
    subjects, permitted, _, _ = right_holders(situation)
    np.add.at(columns["permitted_ha"], permitted.low, hectares(shapely.intersection(subjects, polygon)))
    for reading in ("low", "high"):
        name = f"usable_{reading}_ha"
        columns[name] = np.full(len(labels), np.nan)
        if situation.zones is not None:
            nested = situation.zones.usable[reading, "with_inside"]
            inside = [
                hectares(overlay(shapely.intersection, nested[:, rank], _same(polygon, len(nested)))).sum()
                for rank in range(len(labels))
            ]
            # zones of a release are drawn to the millimetre: what is left of that is nothing
            columns[name] = np.maximum(np.array(inside) - np.array([*inside[1:], 0.0]), 0.0)
    # rank 0 of what is permitted means that nothing is known
    return pd.DataFrame({"category": labels, **columns})


def _same(polygon: shapely.Geometry, count: int) -> NDArray[Any]:
    return np.full(count, polygon, dtype=object)


def _quay(polygon: shapely.Geometry, situation: Situation) -> Count:
    table = situation.tables.get("quays")
    if table is None:
        return NO_LAYER
    shapes = table.geometry.to_numpy()
    line = shapely.get_dimensions(shapes) == 1
    drawn = float(shapely.length(shapely.intersection(shapes[line], polygon)).sum())
    # points and surfaces count with their stated length; without one the quay exists but has no figure
    stated = table["length_m"].to_numpy(dtype=float)[~line & shapely.intersects(shapes, polygon)]
    unknown = int(np.isnan(stated).sum())
    length = drawn + float(np.nansum(stated))
    if not unknown:
        return _both(length)
    if length == 0:
        return Count(
            np.nan, np.nan, *(f"{NOT_ASSESSED[lang]}: {note}" for lang, note in _unmeasured(unknown))
        )
    return Count(length, length, *(note for _, note in _unmeasured(unknown)))


def _unmeasured(count: int) -> tuple[tuple[Language, str], tuple[Language, str]]:
    return (
        ("nl", f"van {count} kaden in het plangebied is de lengte niet bekend"),
        ("en", f"the length of {count} quays in the plan area is not known"),
    )


def _firms(
    polygon: shapely.Geometry, situation: Situation, counted: Mapping[str, Count] | None
) -> dict[str, Count]:
    """Count the firms inside, and those outside whose own category keeps sensitive buildings away."""
    names = ("firms", "firms_hindered")
    if counted is not None:
        return {name: counted[name] for name in names}
    table = situation.tables.get("businesses")
    if table is None:
        return dict.fromkeys(names, NO_LAYER)
    distance = np.asarray(shapely.distance(table.geometry.to_numpy(), polygon), dtype=float)
    low, high = firm_categories(table, situation.system)
    outside = distance > 0
    reached = [
        float((outside & (distance < np.nan_to_num(situation.system.required(rank, kind), nan=0.0))).sum())
        for rank, kind in ((low, "mixed"), (high, "quiet"))
    ]
    return {"firms": _both((~outside).sum()), "firms_hindered": Count(reached[0], reached[1])}


def _objects(
    polygon: shapely.Geometry, situation: Situation, counted: Mapping[str, Count] | None
) -> dict[str, Count]:
    if counted is not None:
        return {"objects": counted["objects"]}
    objects = situation.objects
    if objects is None:
        return {"objects": NO_LAYER}
    shapes = np.array([polygon], dtype=object)
    total = Targets(objects.geometry).sum_within(shapes, 0.0, objects.weight)[0]
    sure = Targets(objects.geometry[objects.certain]).sum_within(
        shapes, 0.0, objects.weight[objects.certain]
    )[0]
    return {"objects": Count(float(sure), float(total))}

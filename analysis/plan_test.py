"""What it would cost if sensitive buildings came to any polygon: land, quay, firms, objects, rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.heavy import hectares, overlay
from analysis.housing import hindering_rights, housing_loss
from analysis.housing_table import right_holders
from analysis.in_use import firm_categories
from analysis.situation import Situation, survey
from gis.crs import RD
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.parameters import Parameters

PLAN_ID = "plan"


def plan_test(
    polygon: shapely.Geometry, tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters
) -> dict[str, pd.DataFrame]:
    """Measure what a plan for sensitive buildings in `polygon` would cost.

    Parameters
    ----------
    polygon
        Polygon or multipolygon in EPSG:28992, valid.
    tables
        Cleaned input layers, EPSG:28992, sorted by identifier.
    parameters
        As in the project file.

    Returns
    -------
    dict
        ``figures``: one row per figure with low and high value (missing: not assessed) and unit;
        ``by_category``: hectares of parks inside the polygon per category, permitted and usable;
        ``parks``: per park touched or losing room the overlap and the loss of heavy land;
        ``rights``: permitted rights whose guide distance reaches the polygon.
    """
    situation = survey(tables, parameters)
    plans = gpd.GeoDataFrame(
        {"plan_id": [PLAN_ID], "surroundings": pd.Series([None], dtype="string")}, geometry=[polygon], crs=RD
    )
    parks = _parks(polygon, plans, situation)
    subjects, permitted, kinds, identifiers = right_holders(situation)
    rights, hindered = hindering_rights(plans, tables, subjects, permitted, situation.system)
    holder = rights.pop("subject_row").to_numpy(dtype=np.int64)
    rights = rights.drop(columns="plan_row")
    rights.insert(0, "subject", kinds[holder])
    rights.insert(1, "subject_id", identifiers[holder])
    figures = [
        ("area", "Oppervlakte plan", "Area of the plan", *_both(shapely.area(polygon) / 10_000.0), "ha"),
        (
            "parks_overlap",
            "Waarvan bedrijventerrein",
            "Of which business park",
            *_both(parks["overlap_ha"].sum()),
            "ha",
        ),
        (
            "heavy_lost",
            "Hoge categorie die verdwijnt",
            "High category that is lost",
            parks["lost_low_ha"].sum(min_count=1),
            parks["lost_high_ha"].sum(min_count=1),
            "ha",
        ),
        *_quays(polygon, situation),
        *_firms(polygon, situation),
        *_objects(polygon, situation),
        (
            "hindered",
            "Plangebied binnen afstand van bestaande rechten",
            "Plan area within distance of existing rights",
            hindered["low"][0],
            hindered["high"][0],
            "ha",
        ),
        (
            "rights",
            "Rechten die het plan hinderen",
            "Rights that hinder the plan",
            *_both(len(rights)),
            "aantal",
        ),
    ]
    return {
        "figures": pd.DataFrame(figures, columns=["figure", "label_nl", "label_en", "low", "high", "unit"]),
        "by_category": _by_category(polygon, situation),
        "parks": parks,
        "rights": rights.sort_values(["subject", "subject_id"], ignore_index=True),
    }


def _both(value: float) -> tuple[float, float]:
    return float(value), float(value)


def _parks(polygon: shapely.Geometry, plans: gpd.GeoDataFrame, situation: Situation) -> pd.DataFrame:
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
    if situation.land.room is not None:
        loss = housing_loss(
            plans, situation.tables, situation.land.room, situation.threshold, situation.system
        )
        table["lost_low_ha"], table["lost_high_ha"] = loss.together["low"], loss.together["high"]
    touched = (table["overlap_ha"] > 0) | (table["lost_high_ha"] > 0)
    return table[touched].sort_values(["lost_high_ha", "park_id"], ascending=[False, True], ignore_index=True)


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
            columns[name] = np.array(inside) - np.array([*inside[1:], 0.0])
    # rank 0 of what is permitted means that nothing is known
    return pd.DataFrame({"category": labels, **columns})


def _same(polygon: shapely.Geometry, count: int) -> NDArray[Any]:
    return np.full(count, polygon, dtype=object)


Figure = tuple[str, str, str, float, float, str]


def _quays(polygon: shapely.Geometry, situation: Situation) -> list[Figure]:
    table = situation.tables.get("quays")
    name = ("quay", "Kade in het plangebied", "Quay in the plan area")
    if table is None:
        return [(*name, np.nan, np.nan, "m")]
    inside = shapely.length(shapely.intersection(table.geometry.to_numpy(), polygon)).sum()
    return [(*name, *_both(inside), "m")]


def _firms(polygon: shapely.Geometry, situation: Situation) -> list[Figure]:
    """Count the firms inside, and those outside whose own category keeps sensitive buildings away."""
    table = situation.tables.get("businesses")
    inside_name = ("firms", "Bedrijven in het plangebied", "Firms in the plan area")
    near_name = ("firms_hindered", "Bedrijven die het plan hindert", "Firms that the plan hinders")
    if table is None:
        return [(*name, np.nan, np.nan, "aantal") for name in (inside_name, near_name)]
    distance = np.asarray(shapely.distance(table.geometry.to_numpy(), polygon))
    low, high = firm_categories(table, situation.system)
    outside = distance > 0
    reached = {
        reading: int(
            (outside & (distance < np.nan_to_num(situation.system.required(rank, kind), nan=0.0))).sum()
        )
        for reading, rank, kind in (("low", low, "mixed"), ("high", high, "quiet"))
    }
    return [
        (*inside_name, *_both(int((~outside).sum())), "aantal"),
        (*near_name, float(reached["low"]), float(reached["high"]), "aantal"),
    ]


def _objects(polygon: shapely.Geometry, situation: Situation) -> list[Figure]:
    name = ("objects", "Gevoelige objecten nu in het plangebied", "Sensitive objects now in the plan area")
    objects = situation.objects
    if objects is None:
        return [(*name, np.nan, np.nan, "aantal")]
    shapes = np.array([polygon], dtype=object)
    total = Targets(objects.geometry).sum_within(shapes, 0.0, objects.weight)[0]
    sure = Targets(objects.geometry[objects.certain]).sum_within(
        shapes, 0.0, objects.weight[objects.certain]
    )[0]
    return [(*name, float(sure), float(total), "aantal")]

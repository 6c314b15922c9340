"""What an exploration area meets: provincial rules, protected areas, noise budgets, the electricity grid.

Each is a condition for whoever weighs, never a ban: what excludes is already left out of the areas. What can
be computed says yes; all else is not assessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.space.bases import load_bases
from analysis.subjects import HECTARE_M2
from gis.overlay import overlaps
from layers.restrictions import (
    hardness_of,
    read_hardness_classes,
    read_protected_kinds,
    read_provincial_rules,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

CONDITION_COLUMNS = (
    "area_id",
    "kind",
    "condition_id",
    "text_nl",
    "text_en",
    "hardness",
    "overlap_ha",
    "met",
    "status",
    "source",
)
LISTED = ("outside_parks", "urban_area", "farm_plot")
"""Rules that may hold outside parks; whether the last two do depends on areas that no layer gives."""
RULES_OF = "utrecht"
"""The base whose provincial rules come along."""
LARGEST_PLOT_HA = 5.0
SMALLEST_M2 = 100.0
"""A smaller overlap is the rounding of a drawn edge."""
ABSENT = {
    "protected_areas": ("protected_area", "Beschermde gebieden zijn", "Protected areas were"),
    "zoned_estates": ("noise_zone", "Gezoneerde terreinen en geluidplafonds zijn", "Noise budgets were"),
    "grid_congestion": ("grid_congestion", "Netcongestie is", "Grid congestion was"),
}
"""Layer to the kind of condition that nothing is known about without it."""
CONGESTION = {"limited": ("beperkt", "limited"), "full": ("vol", "full"), "unknown": ("onbekend", "unknown")}


def rules_known(areas: pd.DataFrame, provincial_rules: Path | None = None) -> NDArray[np.bool_]:
    """Tell for which areas the provincial rules are those that hold there.

    The rules that come along are those of one province; a user's own file holds for all areas.

    Parameters
    ----------
    areas
        With ``municipality_codes``, as `analysis.subjects.places` gives.
    """
    if provincial_rules is not None:
        return np.ones(len(areas), dtype=bool)
    here = load_bases()[RULES_OF].municipalities
    codes = areas["municipality_codes"].fillna("")
    return np.array([not here.isdisjoint(str(code).split(";")) for code in codes], dtype=bool)


def restricted(
    tables: Mapping[str, gpd.GeoDataFrame],
    hardness_classes: Path | None = None,
    protected_kinds: Path | None = None,
) -> gpd.GeoDataFrame | None:
    """Give the protected areas that stay possible under a condition, with their ``hardness`` filled in.

    None when the project has no protected areas. ``stated`` tells whether the layer gives the hardness.
    """
    layer = tables.get("protected_areas")
    if layer is None:
        return None
    classes = read_hardness_classes(hardness_classes)
    kept = set(classes.loc[classes["treatment"] == "condition", "hardness"])
    stated = layer["hardness"].notna().to_numpy(dtype=bool)
    hardness = hardness_of(layer["kind"], layer["hardness"], read_protected_kinds(protected_kinds))
    result = layer.assign(hardness=hardness, stated=stated)
    return result[np.isin(hardness, sorted(kept))].reset_index(drop=True)


def exploration_conditions(
    areas: gpd.GeoDataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
    *,
    adjoins_m: float = 50.0,
    provincial_rules: Path | None = None,
    hardness_classes: Path | None = None,
    protected_kinds: Path | None = None,
) -> pd.DataFrame:
    """List the conditions of each area.

    Parameters
    ----------
    areas
        As `analysis.space.exploration.exploration_areas` gives.
    tables
        Input layers.
    adjoins_m
        A park within this distance adjoins.
    provincial_rules, hardness_classes, protected_kinds
        The user's own files; None for those that come along.

    Returns
    -------
    DataFrame
        As `layers.results_surface` describes ``exploration_conditions``.
    """
    rows = [
        *_rules(
            areas, read_provincial_rules(provincial_rules), adjoins_m, rules_known(areas, provincial_rules)
        ),
        *_protected(areas, restricted(tables, hardness_classes, protected_kinds)),
        *_noise(areas, tables.get("zoned_estates")),
        *_congestion(areas),
        *_not_assessed(areas, tables),
    ]
    table = pd.DataFrame(rows, columns=list(CONDITION_COLUMNS))
    return table.sort_values(["area_id", "kind", "condition_id"], ignore_index=True)


def _rules(
    areas: gpd.GeoDataFrame, rules: pd.DataFrame, adjoins_m: float, here: NDArray[np.bool_]
) -> Iterator[dict[str, Any]]:
    listed = rules[rules["applies"].isin(LISTED)].to_dict("records")
    columns = (areas[name] for name in ("area_id", "area_ha", "park_m"))
    for area, hectares, park_m, has_rules in zip(*columns, here, strict=True):
        if not has_rules:
            yield _no_rules(area)
            continue
        known = {"plots_to_5_ha": hectares <= LARGEST_PLOT_HA, "adjoins_park": bool(park_m <= adjoins_m)}
        for rule in listed:
            yield {
                "area_id": area,
                "kind": "provincial_rule",
                "condition_id": f"art. {rule['rule_id']}",
                "text_nl": f"{rule['area_nl']}: {rule['text_nl']}",
                "text_en": rule["text_en"],
                "overlap_ha": hectares,
                "met": "yes" if known.get(rule["check"], False) else "not_assessed",
                "status": rule["status"],
                "source": rule["source"],
            }


def _no_rules(area: str) -> dict[str, Any]:
    """Say of an area in another province that its rules are not known."""
    return {
        "area_id": area,
        "kind": "provincial_rule",
        "condition_id": "not_assessed",
        "text_nl": "Provinciale regels zijn niet beoordeeld: alleen die van provincie Utrecht zijn bekend.",
        "text_en": "Provincial rules were not assessed: only those of the province of Utrecht are known.",
        "met": "not_assessed",
        "status": "to_verify",
        "source": "provincial_rules.csv",
    }


def _protected(areas: gpd.GeoDataFrame, layer: gpd.GeoDataFrame | None) -> Iterator[dict[str, Any]]:
    for area, place, hectares in _pairs(areas, layer):
        name = place["area_id"] if pd.isna(place["name"]) else place["name"]
        kind = "" if pd.isna(place["kind"]) else f" ({place['kind']})"
        yield {
            "area_id": area,
            "kind": "protected_area",
            "condition_id": place["area_id"],
            "text_nl": f"Ligt voor een deel in {name}{kind}.",
            "text_en": f"Lies partly in {name}{kind}.",
            "hardness": place["hardness"],
            "overlap_ha": hectares,
            "met": "not_assessed",
            "status": "sourced" if place["stated"] else "assumption",
            "source": "protected_areas" if place["stated"] else "protected_kinds.csv",
        }


def _noise(areas: gpd.GeoDataFrame, layer: gpd.GeoDataFrame | None) -> Iterator[dict[str, Any]]:
    for area, place, hectares in _pairs(areas, layer):
        name = place["estate_id"] if pd.isna(place["name"]) else place["name"]
        yield {
            "area_id": area,
            "kind": "noise_zone",
            "condition_id": place["estate_id"],
            "text_nl": f"Voor geluid geldt het budget van {name}, niet de richtafstand.",
            "text_en": f"For noise the budget of {name} holds, not the guide distance.",
            "overlap_ha": hectares,
            "met": "not_assessed",
            "status": "sourced",
            "source": "zoned_estates",
        }


def _congestion(areas: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    for area, hectares, status in zip(areas["area_id"], areas["area_ha"], areas["grid_status"], strict=True):
        if status in CONGESTION:
            dutch, english = CONGESTION[status]
            yield {
                "area_id": area,
                "kind": "grid_congestion",
                "condition_id": status,
                "text_nl": f"Het elektriciteitsnet is hier {dutch}.",
                "text_en": f"The electricity grid here is {english}.",
                "overlap_ha": hectares,
                "met": "not_assessed",
                "status": "sourced",
                "source": "grid_congestion",
            }


def _not_assessed(
    areas: gpd.GeoDataFrame, tables: Mapping[str, gpd.GeoDataFrame]
) -> Iterator[dict[str, Any]]:
    """Say of every area what could not be looked at, because the project has no such layer."""
    for layer, (kind, dutch, english) in ABSENT.items():
        for area in areas["area_id"] if layer not in tables else ():
            yield {
                "area_id": area,
                "kind": kind,
                "condition_id": "not_assessed",
                "text_nl": f"{dutch} niet beoordeeld: de laag staat niet in het project.",
                "text_en": f"{english} not assessed: the project has no such layer.",
                "met": "not_assessed",
                "status": "to_verify",
                "source": layer,
            }


def _pairs(
    areas: gpd.GeoDataFrame, layer: gpd.GeoDataFrame | None
) -> Iterator[tuple[str, pd.Series[Any], float]]:
    """Give each pair of an area and a row of the layer that overlap, with the hectares."""
    if layer is None or not len(layer):
        return
    found = overlaps(areas.geometry.to_numpy(), layer.geometry.to_numpy())
    identifiers = areas["area_id"].tolist()
    for row, place, size in zip(found.shape, found.area, found.size, strict=True):
        if size >= SMALLEST_M2:
            yield identifiers[row], layer.iloc[place], size / HECTARE_M2

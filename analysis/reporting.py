"""Figures per area, the assumptions behind them, what was not assessed, and where ateliers disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from analysis.near_rows import OBJECTS, objects_in
from layers.facts import read_facts
from layers.parameters import CEMT_CLASSES, Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from analysis.categories import CategorySystem
    from analysis.near_rows import NearRows

AT_WATER = ("own_quay", "public_quay", "adjacent")
SUMMED = (
    "area_ha",
    "permitted_hmc_certain_ha",
    "permitted_hmc_possible_ha",
    "heavy_certain_ha",
    "heavy_possible_ha",
    "heavy_governed_ha",
    "shore_m",
    "quay_m",
    "usable_quay_m",
    "underuse_certain_ha",
    "housing_hard_lost_low_ha",
    "housing_hard_lost_high_ha",
    "housing_lost_low_ha",
    "housing_lost_high_ha",
)


def at_water(evidence: pd.DataFrame, parameters: Parameters) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Tell which parks are on water of the threshold class for sure, and which in the widest reading."""
    usable = set(CEMT_CLASSES[CEMT_CLASSES.index(parameters.cemt_threshold) :])
    large_enough = evidence["connection_cemt"].isin(usable)
    certain = evidence["connection"].isin(AT_WATER) & large_enough
    # water of unknown class may be large enough
    open_class = evidence["connection_cemt"].isna()
    possible = evidence["connection_possible"].isin(AT_WATER) & (large_enough | open_class)
    return certain, possible | certain


def summarise(
    evidence: pd.DataFrame, tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters
) -> pd.DataFrame:
    """Add up the parks per municipality, per sub-area and in total.

    A park in several municipalities counts in the one that holds most of it. A sum over figures of which
    some are not assessed covers the assessed ones; when none is, the sum is missing.
    """
    certain, possible = at_water(evidence, parameters)
    rows = evidence.copy()
    rows["heavy_water_certain_ha"] = rows["heavy_certain_ha"].where(
        certain | rows["heavy_certain_ha"].isna(), 0.0
    )
    widest = rows["heavy_certain_ha"] + rows["heavy_possible_ha"] + rows["heavy_governed_ha"]
    rows["heavy_water_possible_ha"] = (
        widest.where(possible | widest.isna(), 0.0) - rows["heavy_water_certain_ha"]
    )
    rows["parks_not_assessed"] = (
        (rows["heavy"] == "not_assessed") | (rows["connection"] == "not_assessed")
    ).astype(int)
    figures = [*SUMMED, "heavy_water_certain_ha", "heavy_water_possible_ha"]
    municipalities = tables["municipalities"]
    names = dict(zip(municipalities["municipality_code"], municipalities["name"], strict=True))
    parts = [_total(rows, figures)]
    for scope, column in (("municipality", "municipality_code"), ("sub_area", "sub_area")):
        grouped = rows.groupby(column, sort=True)
        part = grouped[figures].sum(min_count=1)
        part["parks"] = grouped.size()
        part["parks_not_assessed"] = grouped["parks_not_assessed"].sum()
        areas = sorted(names) if scope == "municipality" else sorted(part.index)
        # a municipality without any park is an answer too
        part = part.reindex(areas)
        part[["parks", "parks_not_assessed"]] = part[["parks", "parks_not_assessed"]].fillna(0)
        part = part.reset_index(names="area_id")
        part["scope"] = scope
        part["area_name"] = part["area_id"].map(names) if scope == "municipality" else part["area_id"]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _total(rows: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    total = rows[figures].sum(min_count=1).to_frame().T
    total["parks"] = len(rows)
    total["parks_not_assessed"] = int(rows["parks_not_assessed"].sum())
    total["scope"], total["area_id"], total["area_name"] = "total", "total", "Totaal"
    return total


PARAMETER_NAMES: dict[str, tuple[str, str, str | None]] = {
    "hmc_threshold": ("Drempel hoge milieucategorie", "Threshold of high category", None),
    "water_adjacent_m": ("Afstand waarbinnen een oever meetelt", "Distance within which a shore counts", "m"),
    "water_near_m": ("Afstand die nabij water heet", "Distance called near water", "m"),
    "shore_minimum_m": ("Kleinste oever die telt", "Shortest shore that counts", "m"),
    "quay_tolerance_m": ("Afstand kade tot terreingrens", "Distance of quay to boundary", "m"),
    "cemt_threshold": ("CEMT-klasse vanaf welke water bruikbaar heet", "CEMT class called usable", None),
    "minimum_room_ha": ("Kleinste ruimte die telt", "Smallest room that counts", "ha"),
    "margin_step_m": ("Afronding van marges", "Rounding of margins", "m"),
    "smaller_municipality_below": (
        "Kleinere gemeente: minder dan",
        "Smaller municipality: below",
        "inwoners",
    ),
}


def assumptions(parameters: Parameters, tables: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """List every figure that the answers rest on, each with its status and source."""
    rows: list[tuple[str, str, str, str, str | None, str, str]] = []
    categories = read_facts("environmental_categories")
    for kind, dutch in (("quiet", "rustig"), ("mixed", "gemengd")):
        rows.extend(
            (
                f"distance_{kind}_{row.category}",
                f"Richtafstand categorie {row.category}, {dutch} gebied",
                f"Guide distance category {row.category}, {kind} surroundings",
                str(getattr(row, f"distance_{kind}_m")),
                "m",
                str(getattr(row, f"status_{kind}")),
                str(row.source),
            )
            for row in categories.itertuples(index=False)
        )
    defaults = Parameters()
    for name, (dutch, english, unit) in PARAMETER_NAMES.items():
        value = getattr(parameters, name)
        origin = "standaardwaarde van kringruimte" if value == getattr(defaults, name) else "projectbestand"
        rows.append((f"parameter_{name}", dutch, english, str(value), unit, "assumption", origin))
    if "businesses" in tables:
        activities = read_facts("activities_sbi2008")
        rows.extend(
            (
                f"activity_{number:03d}",
                f"Categorie van SBI {row.sbi}: {_activity(row)}",
                f"Category of SBI {row.sbi}: {_activity(row)}",
                str(row.category),
                None,
                str(row.status),
                str(row.source),
            )
            for number, row in enumerate(activities.itertuples(index=False), start=1)
        )
    names = ["assumption_id", "name_nl", "name_en", "value", "unit", "status", "source"]
    return pd.DataFrame(rows, columns=names)


def _activity(row: Any) -> str:
    """Name an activity with its size."""
    return str(row.activity) if pd.isna(row.size_class) else f"{row.activity} ({row.size_class})"


LAYER_GAPS: dict[str, tuple[str, str]] = {
    "sensitive_objects": ("Indicatieve benutbare categorie", "Indicative usable category"),
    "surroundings": ("Rustig of gemengd gebied", "Quiet or mixed surroundings"),
    "zoned_estates": ("Geluidbudget van gezoneerde terreinen", "Noise budget of zoned estates"),
    "waterways": ("Waterontsluiting", "Water connection"),
    "quays": ("Kadelengte en benutbare kade", "Quay length and usable quay"),
    "barriers": ("Weg, spoor of dijk tussen terrein en water", "Road, railway or dike before the water"),
    "plots": ("Antwoorden per kavel", "Answers per plot"),
    "housing_plans": ("Gevolgen van woningbouwplannen", "Effects of housing plans"),
    "businesses": ("Categorie in gebruik en onderbenutting", "Category in use and under-use"),
    "protected_areas": ("Overlap met beschermde gebieden", "Overlap with protected areas"),
    "grid_congestion": ("Netcongestie", "Grid congestion"),
}


def not_assessed(
    evidence: pd.DataFrame, tables: Mapping[str, gpd.GeoDataFrame], objects: NearRows | None = None
) -> pd.DataFrame:
    """List what was not assessed and why, with the parks and hectares that it touches.

    Parameters
    ----------
    evidence
        Of every park.
    tables
        The layers of the project.
    objects
        Sensitive objects that are not among the tables.
    """
    objects = objects_in(tables) if objects is None else objects
    given = {*tables, *([] if objects is None else [OBJECTS])}
    everything = pd.Series(True, index=evidence.index)
    rows = [
        (
            f"layer_{name}",
            dutch,
            english,
            "De laag staat niet in het project.",
            "The project has no such layer.",
            everything,
        )
        for name, (dutch, english) in LAYER_GAPS.items()
        if name not in given
    ]
    checks = [
        (
            "permitted",
            "Toegestane categorie",
            "Permitted category",
            "Register en plan geven geen categorie.",
            "Neither registry nor plan states a category.",
            evidence["permitted_source"] == "not_assessed",
        ),
        (
            "main_category",
            "Toegestane categorie precies",
            "Permitted category in detail",
            "Het register kent alleen de hoofdcategorie; het antwoord is een band.",
            "The registry holds the main category only; the answer is an interval.",
            (evidence["permitted_source"] == "registry")
            & (evidence["permitted_low"] != evidence["permitted_high"]),
        ),
        (
            "governed",
            "Geluidruimte op gezoneerd terrein",
            "Noise room on zoned estates",
            "Het geluidbudget van de zone bepaalt; een richtafstand zegt daar niets over geluid.",
            "The noise budget of the zone decides; a guide distance says nothing about noise there.",
            evidence["governed_ha"] > 0,
        ),
    ]
    if "waterways" in tables:
        checks.append(
            (
                "water_class",
                "Waterontsluiting",
                "Water connection",
                "Het water in de buurt heeft geen CEMT-klasse; niet bekend of het bevaarbaar is.",
                "The water nearby has no CEMT class; whether it is navigable is not known.",
                evidence["connection"] == "not_assessed",
            )
        )
        spots = tables["waterways"].geometry.geom_type.isin(["Point", "MultiPoint"])
        if spots.any():
            checks.append(
                (
                    "water_points",
                    f"{int(spots.sum())} vaarwegen die als punt zijn aangeleverd",
                    f"{int(spots.sum())} waterways that came as points",
                    "Een punt zegt niet waar het water ligt; deze rijen tellen niet mee.",
                    "A point does not say where the water lies; these rows do not count.",
                    everything,
                )
            )
    if "businesses" in tables:
        checks.append(
            (
                "in_use",
                "Categorie in gebruik",
                "Category in use",
                "Op het terrein ligt geen bedrijf met een bekende categorie.",
                "No firm with a known category lies in the park.",
                evidence["in_use_low"].isna(),
            )
        )
    unknown = 0 if objects is None else objects.unknown_kinds
    if unknown:
        checks.append(
            (
                "object_kind",
                f"Soort van {unknown} gevoelige objecten",
                f"Kind of {unknown} sensitive objects",
                "De soort is onbekend; zij tellen alleen in de strenge lezing.",
                "Their kind is unknown; they count in the strict reading only.",
                everything,
            )
        )
    rows.extend(check for check in checks if bool(check[-1].any()))
    return pd.DataFrame(
        [
            (
                item,
                what_nl,
                what_en,
                why_nl,
                why_en,
                int(mask.sum()),
                float(evidence.loc[mask, "area_ha"].sum()),
            )
            for item, what_nl, what_en, why_nl, why_en, mask in rows
        ],
        columns=["item_id", "what_nl", "what_en", "why_nl", "why_en", "parks", "area_ha"],
    )


def disagreements(
    evidence: gpd.GeoDataFrame, tables: Mapping[str, gpd.GeoDataFrame], system: CategorySystem
) -> pd.DataFrame:
    """Set what ateliers stated beside what was computed, per remark and park that it touches."""
    columns = [
        "remark_id",
        "group",
        "session",
        "status",
        "park_id",
        "park_name",
        "subject",
        "stated",
        "computed",
        "differs",
        "text",
    ]
    layer = tables.get("atelier")
    if layer is None or not len(layer):
        return pd.DataFrame(columns=columns)
    remark, park = shapely.STRtree(evidence.geometry.to_numpy()).query(
        layer.geometry.to_numpy(), predicate="intersects"
    )
    rows = []
    for row, place in sorted(zip(remark.tolist(), park.tolist(), strict=True)):
        said, found = layer.iloc[row], evidence.iloc[place]
        computed, differs = _compare(said["subject"], said["stated"], found, system)
        rows.append(
            (
                *(said[name] for name in ("remark_id", "group", "session", "status")),
                found["park_id"],
                found["name"],
                said["subject"],
                said["stated"],
                computed,
                differs,
                said["text"],
            )
        )
    return pd.DataFrame(rows, columns=columns)


def _compare(subject: Any, stated: Any, found: Any, system: CategorySystem) -> tuple[str | None, str]:
    """Give what was computed and whether the statement falls outside it."""
    if pd.isna(stated) or subject not in ("permitted_category", "usable_category", "water_connection"):
        return None, "not_assessed"
    if subject == "water_connection":
        computed = str(found["connection"])
        return computed, "not_assessed" if computed == "not_assessed" else (
            "no" if stated == computed else "yes"
        )
    low, high = found["permitted_low"], found["permitted_high"]
    if subject == "usable_category":
        low, high = found["usable_low"], found["usable_high"]
    if pd.isna(low) or pd.isna(high) or str(stated) not in system.labels:
        return None, "not_assessed"
    inside = system.rank(str(low)) <= system.rank(str(stated)) <= system.rank(str(high))
    return (str(low) if low == high else f"{low} - {high}"), ("no" if inside else "yes")

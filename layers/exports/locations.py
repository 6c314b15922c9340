"""The locations of an import package: what is proposed, and apart from it what was weighed and what fell off.

All of it by zone within a park. Single plots, homes and firms stay inside: hectares, functions as motivation,
reasons and scores go out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.overlay import overlaps
from layers.dutch import list_nl, number_nl
from layers.exports.gio.xml import clean
from layers.exports.kinds import GROUP_LABELS, KIND_STYLES, STATUS_LABELS, group_of
from layers.exports.location_id import GRID_M, exact_shape, location_id
from layers.exports.weighed import NOT_ASSESSED, weighed_sites
from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.export_settings import ExportSettings

RD: Final = "EPSG:28992"
SQUARE_METRES: Final = 10_000.0
SHARED_M2: Final = 1.0
"""From which overlap on a location lies in a municipality too; less is drawing noise along the border."""
HECTARES: Final = {
    "category_unknown_ha": "categorie_niet_beoordeeld_ha",
    "category_light_ha": "categorie_tot_en_met_3_2_ha",
    "category_4_1_ha": "categorie_4_1_ha",
    "category_4_2_ha": "categorie_4_2_ha",
    "category_5_up_ha": "categorie_5_1_en_hoger_ha",
    "at_water_ha": "aan_water_ha",
    "near_water_ha": "nabij_water_ha",
    "dry_ha": "niet_aan_water_ha",
    "water_unknown_ha": "water_niet_beoordeeld_ha",
    "heavy_ha": "zware_grond_ha",
    "wet_ha": "natte_grond_ha",
    "grid_ha": "stroomnet_vol_ha",
}
"""Hectares of a zone as they are named outside."""
INPUTS: Final = (
    "parks", "plots", "municipalities", "sensitive_objects", "surroundings", "zoned_estates", "waterways",
    "quays", "barriers", "roads", "housing_plans", "businesses", "protected_areas", "grid_congestion",
    "circular_facilities", "reservations", "session_outcomes",
)  # fmt: skip
"""Layers that a proposal rests on; a location without plots of its own does not rest on the plots."""


@dataclass(frozen=True, slots=True)
class Locations:
    """What goes into a package.

    Attributes
    ----------
    proposed
        One row per location, EPSG:28992 on the grid of 1 mm, sorted by kind of protection and zone.
    candidates, rejected
        Zones of land that was weighed and is not proposed; they never enter a GIO.
    sources
        One row per location and input: source, date and licence.
    municipalities
        One row per location and municipality that it lies in, with the hectares there.
    towns
        Code to name of every municipality, also of those without a location.
    """

    proposed: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    rejected: gpd.GeoDataFrame
    sources: pd.DataFrame
    municipalities: pd.DataFrame
    towns: Mapping[str, str]


def find_locations(tables: Mapping[str, pd.DataFrame], settings: ExportSettings) -> Locations:
    """Take the locations of a package out of the tables of a release.

    Parameters
    ----------
    tables
        ``reservation_zones`` and ``municipalities`` are needed; ``zone_instruments``, ``site_protection``,
        ``reservation_plan``, ``reservation_sites``, ``reservation_candidates`` and ``reservation_functions``
        are used when they are there.
    settings
        Of the package.
    """
    zones = tables["reservation_zones"]
    rank = {style.code: place for place, style in enumerate(KIND_STYLES)}
    order = sorted(
        range(len(zones)), key=lambda row: (rank[zones["kind"].iloc[row]], zones["zone_id"].iloc[row])
    )
    zones = zones.iloc[order].reset_index(drop=True)
    shapes = np.array([exact_shape(shape) for shape in zones.geometry], dtype=object)
    ids = [str(location_id(shape, settings.namespace)) for shape in shapes]
    shared = _in_municipalities(ids, shapes, tables["municipalities"])
    proposed = gpd.GeoDataFrame(
        _described(zones, ids, shapes, tables, settings, shared), geometry=list(shapes), crs=RD
    )
    taken = dict(zip(zones["zone_id"], shapes, strict=True))
    candidates, rejected = (
        _weighed(tables, verdicts, taken, settings)
        for verdicts in (("certain", "possible", NOT_ASSESSED), ("no",))
    )
    sources = _sources(zones, ids, tables, settings)
    return Locations(proposed, candidates, rejected, sources, shared, _towns(tables))


def keep_ids(locations: Locations, earlier: Mapping[str, str]) -> Locations:
    """Give locations the id under which their geometry was delivered before.

    Parameters
    ----------
    locations
        With ids of our own.
    earlier
        Id of our own to the id that the same geometry had in an earlier delivery, for example after other
        software numbered it anew.
    """
    renamed = {key: earlier[key] for key in locations.proposed["locatie_id"] if earlier.get(key, key) != key}
    if not renamed:
        return locations

    def with_ids(table: Any) -> Any:
        return table.assign(locatie_id=[renamed.get(key, key) for key in table["locatie_id"]])

    return replace(
        locations,
        proposed=with_ids(locations.proposed),
        sources=with_ids(locations.sources),
        municipalities=with_ids(locations.municipalities),
    )


def _towns(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    table = tables["municipalities"].sort_values("municipality_code")
    return {
        str(code): str(name) for code, name in zip(table["municipality_code"], table["name"], strict=True)
    }


def _described(
    zones: gpd.GeoDataFrame,
    ids: list[str],
    shapes: Any,
    tables: Mapping[str, pd.DataFrame],
    settings: ExportSettings,
    shared: pd.DataFrame,
) -> pd.DataFrame:
    """Write what is said of each location, in Dutch."""
    groups = [group_of(kind) for kind in zones["kind"]]
    towns = _towns(tables)
    named = dict(zip(*(read_facts("protection_rules")[name] for name in ("rule_id", "why_nl")), strict=True))
    lies_in = dict(_places(shared))
    functions = function_names(tables)
    scores, blocks = _scores(tables), _blocks(tables)
    result = pd.DataFrame(
        {
            "locatie_id": ids,
            "zone_id": zones["zone_id"].astype(str),
            "naam": _names(zones, groups, towns),
            "groep_id": groups,
            "beschermingsvorm": [GROUP_LABELS[group] for group in groups],
            "procedurestatus": STATUS_LABELS[settings.release.procedure_status],
            "status": concept_line(settings),
            "terrein_id": zones["park_id"].astype(str),
            "terrein": [clean(str(park)) for park in zones["park_name"]],
            "gemeentecode": zones["municipality_code"].astype(str),
            "gemeente": [towns.get(code, code) for code in zones["municipality_code"]],
            "ligt_in": [lies_in.get(key, NOT_ASSESSED_NL) for key in ids],
            "deelgebied": zones["sub_area"].astype(object),
            "oppervlakte_ha": np.round(shapely.area(shapes) / SQUARE_METRES, 4),
        }
    )
    for name, outside in HECTARES.items():
        result[outside] = zones[name].to_numpy(dtype=np.float64) if name in zones else np.nan
    result["vanaf_jaar"] = zones["from_year"].astype("Int64")
    result["functies"] = [
        list_nl([functions.get(code, code) for code in _codes(text)]) or None for text in zones["functions"]
    ]
    result["reden"] = [
        " ".join(named.get(code, code) for code in _codes(text)) or None for text in zones["reasons"]
    ]
    result["score"] = [
        scores.get((park, kind)) for park, kind in zip(zones["park_id"], zones["kind"], strict=True)
    ]
    result["score"] = result["score"].astype("float64").round(3)
    result["bouwstenen"] = [blocks.get(zone) for zone in zones["zone_id"]]
    return result


NOT_ASSESSED_NL: Final = "niet beoordeeld"


def concept_line(settings: ExportSettings) -> str:
    """Say what a location is and what it is not."""
    line = "Concept, juridisch te toetsen; onderbouwd alternatief, geen besluit"
    return f"{line}; voorbeeld met verzonnen gegevens" if settings.release.sample else line


def _names(zones: pd.DataFrame, groups: list[str], towns: Mapping[str, str]) -> list[str]:
    """Name locations by park and kind, with the municipality where two would be called the same."""
    parks = [clean(str(park)) for park in zones["park_name"]]
    names = [f"{park} ({group})" for park, group in zip(parks, groups, strict=True)]
    times = Counter(names)
    return [
        f"{park}, {towns.get(code, code)} ({group})" if times[name] > 1 else name
        for name, park, group, code in zip(names, parks, groups, zones["municipality_code"], strict=True)
    ]


def _codes(text: object) -> list[str]:
    return [code for code in text.split(";") if code] if isinstance(text, str) else []


def function_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Give the Dutch name of each function code."""
    table = tables.get("reservation_functions")
    if table is None:
        return {}
    return {str(code): str(name) for code, name in zip(table["function"], table["name_nl"], strict=True)}


def _scores(tables: Mapping[str, pd.DataFrame]) -> dict[tuple[str, str], float]:
    """Give the mean suitability of the chosen sites of each park and kind, weighted by hectares (0 to 1)."""
    if not {"reservation_plan", "site_protection"} <= set(tables):
        return {}
    plan = tables["reservation_plan"][["site_id", "suitability", "last_ha"]]
    kinds = tables["site_protection"][["site_id", "park_id", "kind"]]
    both = plan.merge(kinds, on="site_id").dropna(subset=["suitability", "last_ha"])
    return {
        (str(park), str(kind)): float(np.average(part["suitability"], weights=part["last_ha"]))
        for (park, kind), part in both.groupby(["park_id", "kind"])
        if float(part["last_ha"].sum()) > 0
    }


def _blocks(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    table = tables.get("zone_instruments")
    if table is None:
        return {}
    return {
        str(zone): ", ".join(sorted(set(part["instrument_id"].astype(str))))
        for zone, part in table.groupby("zone_id")
    }


def _in_municipalities(ids: list[str], shapes: Any, towns: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure in which municipalities each location lies: one across a border lies in both."""
    towns = towns.sort_values("municipality_code").reset_index(drop=True)
    found = overlaps(shapes, towns.geometry.to_numpy())
    kept = found.size >= SHARED_M2
    return pd.DataFrame(
        {
            "locatie_id": [ids[place] for place in found.shape[kept]],
            "gemeentecode": towns["municipality_code"].astype(str).to_numpy()[found.area[kept]],
            "gemeente": towns["name"].astype(str).to_numpy()[found.area[kept]],
            "oppervlakte_ha": np.round(found.size[kept] / SQUARE_METRES, 4),
        }
    )


def _lies_in(part: pd.DataFrame) -> str:
    if len(part) == 1:
        return str(part["gemeente"].iloc[0])
    return "; ".join(
        f"{town} ({number_nl(area, 1)} ha)"
        for town, area in zip(part["gemeente"], part["oppervlakte_ha"], strict=True)
    )


def _weighed(
    tables: Mapping[str, pd.DataFrame],
    verdicts: tuple[str, ...],
    taken: Mapping[str, shapely.Geometry],
    settings: ExportSettings,
) -> gpd.GeoDataFrame:
    """Put land that was weighed and is not proposed together by park and verdict."""
    zones = weighed_sites(tables, verdicts, function_names(tables))
    ground = shapely.union_all(list(taken.values()))
    shapes = [shapely.difference(shape, ground, grid_size=GRID_M) for shape in zones.geometry]
    left = np.array([shapely.area(shape) >= SHARED_M2 for shape in shapes], dtype=bool)
    own = np.array(
        [exact_shape(shape) for shape, keep in zip(shapes, left, strict=True) if keep], dtype=object
    )
    rest = zones[left].reset_index(drop=True).set_geometry(list(own), crs=RD)
    rest["oppervlakte_ha"] = np.round(shapely.area(own).astype(float) / SQUARE_METRES, 4)
    ids = [str(location_id(shape, settings.namespace)) for shape in own]
    lies_in = dict(_places(_in_municipalities(ids, own, tables["municipalities"])))
    rest.insert(0, "locatie_id", ids)
    rest.insert(6, "ligt_in", [lies_in.get(key, NOT_ASSESSED_NL) for key in ids])
    return rest


def _places(shared: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for key, part in shared.groupby("locatie_id", sort=False):
        yield str(key), _lies_in(part)


def _sources(
    zones: pd.DataFrame, ids: list[str], tables: Mapping[str, pd.DataFrame], settings: ExportSettings
) -> pd.DataFrame:
    """List the inputs that each location rests on."""
    with_plots = set(tables["plots"]["park_id"].astype(str)) if "plots" in tables else set()
    rows = [
        (key, source.layer, source.source or NOT_ASSESSED_NL, source.date or NOT_ASSESSED_NL, source.licence)
        for key, park in zip(ids, zones["park_id"].astype(str), strict=True)
        for source in settings.release.sources
        if source.layer in INPUTS and (source.layer != "plots" or park in with_plots)
    ]
    return pd.DataFrame(rows, columns=["locatie_id", "laag", "bron", "datum", "licentie"])

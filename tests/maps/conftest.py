"""A small hand-made release with a row for whatever a map or report can show, and some things it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.catalogue import ALL_LAYERS
from layers.release_writer import ReleaseWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

BY_NAME = {layer.name: layer for layer in ALL_LAYERS}

HOSTILE = "<script>alert('x')</script> & Zn."
SECRETS = ("HUIS-GEHEIM-17", "Geheim Weidepark", "PLAN-ZACHT-3", "Fa. Vertrouwelijk", "Atelier zei dit zelf")
HOME = shapely.Point(133987.654, 457123.456)

# name, municipality, x, y, width, height, permitted low and high, heavy, certain, possible, governed ha,
# connection, widest connection, CEMT, shore, quay, usable quay, housing plans, lost low, lost high
PARKS: tuple[tuple[Any, ...], ...] = (
    ("Lage Weide", "GM0344", 131500, 457500, 1700, 1200, "5.1", "5.1", "certain", 96.44, 22.5, 0.0,
     "own_quay", "own_quay", "VIb", 2310.0, 1420.0, 900.0, 2, 3.2, 8.7),
    ("Overvecht-Noord", "GM0344", 136000, 459500, 700, 500, "4.1", "4.2", "possible", 0.0, 14.2, 0.0,
     "near", "adjacent", "II", 0.0, 0.0, 0.0, 1, 0.0, 6.1),
    ("Strijkviertel", "GM0344", 130500, 451800, 800, 600, "3.2", "3.2", "no", 0.0, 0.0, 0.0,
     "none", "none", None, 0.0, 0.0, 0.0, 0, 0.0, 0.0),
    ("De Wieken", "GM0307", 157000, 464500, 900, 800, "4.1", "4.2", "certain", 31.0, 4.04, 0.0,
     "adjacent", "adjacent", "III", 640.0, 0.0, 0.0, 1, 0.4, 0.9),
    ("De Isselt", "GM0307", 153500, 465200, 1000, 700, "5.1", "5.3", "governed_by_zone", 0.0, 0.0, 41.7,
     "public_quay", "public_quay", "III", 850.0, 210.0, 0.0, 0, 0.0, 0.0),
    ("De Liesbosch", "GM0356", 134800, 450500, 900, 500, "4.1", "4.2", "certain", 12.4, 8.0, 0.0,
     "own_quay", "own_quay", "VIb", 720.0, 310.0, 150.0, 0, 0.0, 0.0),
    ("Plettenburg", "GM0356", 136400, 448600, 900, 900, "3.2", "4.2", "possible", 0.0, 3.3, 0.0,
     "adjacent", "own_quay", "VIb", 410.0, 60.0, 0.0, 3, 0.0, 2.2),
    ("Barwoutswaarder", "GM0632", 120500, 455000, 1100, 500, "4.1", "4.2", "possible", 0.0, 18.9, 0.0,
     "near", "near", "II", 0.0, 0.0, 0.0, 0, 0.0, 0.0),
    (HOSTILE, "GM0632", 122500, 457500, 600, 500, None, None, "not_assessed", None, None, None,
     "not_assessed", "not_assessed", None, None, None, None, None, None, None),
    ("Het Sticht", "GM0307", 158500, 461000, 500, 400, "2", "2", "no", 0.0, 0.0, 0.0,
     "none", "none", None, 0.0, 0.0, 0.0, 0, 0.0, 0.0),
)  # fmt: skip

PLACES = {
    "GM0344": ("Utrecht", "U16 Midden", shapely.box(127500, 447500, 140000, 462500)),
    "GM0307": ("Amersfoort", "Amersfoort", shapely.box(150000, 458000, 162000, 470000)),
    "GM0356": ("Nieuwegein", "U16 Midden", shapely.box(131000, 441000, 140000, 447500)),
    "GM0632": ("Woerden", "U16 West", shapely.box(113000, 448000, 127500, 462500)),
    "GM0310": ("De Bilt", "U16 Oost", shapely.box(140000, 455000, 150000, 466000)),
}


def _park(number: int, park: tuple[Any, ...]) -> dict[str, Any]:
    (name, place, x, y, width, height, low, high, heavy, certain, possible, governed, connection, widest,
     cemt, shore, quay, usable, plans, lost_low, lost_high) = park  # fmt: skip
    assessed = low is not None
    area = width * height / 10_000
    return {
        "park_id": f"RIN{number:04d}", "name": name, "municipality_code": place,
        "municipality_name": PLACES[place][0], "municipality_codes": place, "sub_area": PLACES[place][1],
        "year": 2024, "area_ha": area, "gross_ha": area, "net_ha": area * 0.8, "issuable_ha": 1.5 if assessed else None,
        "plots": 4, "permitted_low": low, "permitted_high": high,
        "permitted_source": "registry" if assessed else "not_assessed",
        "permitted_hmc": "certain" if assessed and low >= "4" else ("no" if assessed else "not_assessed"),
        "usable_basis": "governed_by_zone" if governed else ("guide_distance" if assessed else "not_assessed"),
        "permitted_hmc_certain_ha": area if assessed and low >= "4" else (0.0 if assessed else None),
        "permitted_hmc_possible_ha": 0.0 if assessed else None,
        "usable_hmc_certain_ha": certain, "usable_hmc_possible_ha": possible,
        "usable_hmc_outside_certain_ha": certain, "usable_hmc_outside_possible_ha": possible,
        "governed_ha": governed, "heavy_certain_ha": certain, "heavy_possible_ha": possible,
        "heavy_governed_ha": governed, "heavy": heavy,
        "binding_kind": "houseboat" if connection == "own_quay" else ("home" if assessed else None),
        "binding_distance_m": 187.3 if assessed else None, "binding_required_m": 200.0 if assessed else None,
        "binding_margin_m": -15.0 if assessed else None, "objects_in_distance_low": 12 if assessed else None,
        "objects_in_distance_high": 9 if assessed else None, "objects_inside": 1 if assessed else None,
        "in_use_low": "2" if assessed else None, "in_use_high": "3.2" if assessed else None,
        "underuse_certain_ha": 4.2 if assessed else None, "underuse_possible_ha": 6.3 if assessed else None,
        "in_use_unknown_ha": 1.0 if assessed else None, "connection": connection, "connection_possible": widest,
        "connection_cemt": cemt, "nearest_waterway_id": "V1" if cemt else None,
        "nearest_waterway_name": "Amsterdam-Rijnkanaal" if cemt else None, "nearest_waterway_cemt": cemt,
        "nearest_waterway_m": 3.0 if cemt else None, "shore_m": shore, "quay_m": quay, "usable_quay_m": usable,
        "shore_across_road_m": 120.0 if shore else 0.0, "shore_rejected_m": 0.0 if assessed else None,
        "rejected_by": "railway" if name == "De Isselt" else None, "water_claim": "unknown",
        "water_designation": "not_assessed", "quay_confirmed": "yes" if usable else "not_assessed",
        "water_in_use": "not_assessed", "heavy_and_water": heavy if shore and heavy != "governed_by_zone" else "no",
        "housing_plans": plans, "housing_lost_low_ha": lost_low, "housing_lost_high_ha": lost_high,
        "housing_hard_plans": plans, "housing_hard_lost_low_ha": lost_low, "housing_hard_lost_high_ha": lost_high,
        "protected_ha": 0.0, "grid_status": "full", "remark": "voorbeeld",
        "geometry": shapely.box(x, y, x + width, y + height),
    }  # fmt: skip


def _plots(parks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shared = {column.name for column in BY_NAME["plot_evidence"].columns} - {"plot_id", "area_ha"}
    rows = []
    for park in parks:
        west, south, east, north = park["geometry"].bounds
        middle = (west + east) / 2
        for part, (left, right) in enumerate(((west, middle), (middle, east)), start=1):
            row = {key: value for key, value in park.items() if key in shared}
            row |= {
                "plot_id": f"{park['park_id']}-{part}",
                "area_ha": park["area_ha"] / 2,
                "status": "issued",
            }
            row |= {"usable_low": "4.1", "usable_high": "5.1", "usable_hmc": "certain"}
            rows.append(row | {"geometry": shapely.box(left, south, right, north)})
    return rows


def _zones(parks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for park in parks[:8]:
        west, south, east, north = park["geometry"].bounds
        for reading, categories in (("low", ("3.2", "4.2")), ("high", ("4.1", "5.1"))):
            for objects in ("with_inside", "without_inside"):
                step = (east - west) / 2
                for part, category in enumerate(categories):
                    left = west + part * step
                    rows.append(
                        {
                            "zone_id": f"{park['park_id']}-{reading}-{objects}-{category}",
                            "park_id": park["park_id"], "reading": reading, "objects": objects,
                            "category": category, "governed_by_zone": park["heavy"] == "governed_by_zone",
                            "area_ha": park["area_ha"] / 2, "geometry": shapely.box(left, south, left + step, north),
                        }
                    )  # fmt: skip
    return rows


def _line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(points)


def _rows() -> dict[str, list[dict[str, Any]]]:
    parks = [_park(number, park) for number, park in enumerate(PARKS, start=1)]
    return {
        "park_evidence": parks,
        "plot_evidence": _plots(parks),
        "usable_zones": _zones(parks),
        "usable_blocks": _zones(parks),
        "parks": [
            {key: park[key] for key in ("park_id", "name", "municipality_code", "geometry")} for park in parks
        ],
        "municipalities": [
            {"municipality_code": code, "name": name, "inhabitants": 50_000, "sub_area": sub_area, "geometry": box}
            for code, (name, sub_area, box) in PLACES.items()
        ],
        "waterways": [
            {"waterway_id": "V1", "name": "Amsterdam-Rijnkanaal", "cemt": "VIb",
             "geometry": _line((128000, 462000), (131400, 457800), (134700, 451000), (139000, 441500))},
            {"waterway_id": "V2", "name": "Eem", "cemt": "III", "geometry": _line((152000, 469900), (154000, 466000))},
            {"waterway_id": "V3", "name": "Oude Rijn", "cemt": "II", "geometry": _line((113500, 455500), (127000, 455600))},
            {"waterway_id": "V4", "name": "Grift", "cemt": None, "geometry": _line((141000, 456000), (149000, 465000))},
        ],
        "quays": [{"quay_id": "K1", "name": "Uraniumkade", "kind": "public", "length_m": 210.0, "usable": None,
                   "geometry": _line((131600, 457500), (131900, 457400))}],
        "zoned_estates": [{"estate_id": "Z1", "name": "Isselt", "kind": "zoned",
                           "geometry": shapely.box(153300, 465000, 154700, 466000)}],
        "protected_areas": [{"area_id": "N1", "name": "Heuvelrug", "kind": "natuurnetwerk", "hardness": "hard",
                             "geometry": shapely.box(143000, 456000, 148000, 460000)}],
        "sensitive_objects": [{"object_id": "HUIS-GEHEIM-17", "kind": "home", "weight": 1.0, "geometry": HOME}],
        "binding_objects": [{"binding_id": "B1", "subject": "park", "subject_id": "RIN0001",
                             "object_id": "HUIS-GEHEIM-17", "kind": "home", "inside_park": False,
                             "distance_m": 787.654, "required_m": 500.0, "margin_m": 285.0,
                             "geometry": _line((133200, 457123.456), (HOME.x, HOME.y))}],
        "businesses": [{"business_id": "B77", "name": "Fa. Vertrouwelijk", "sbi": "3832", "jobs": 3.0,
                        "geometry": shapely.Point(132000, 458000)}],
        "housing_plans": [{"plan_id": "PLAN-ZACHT-3", "name": "Geheim Weidepark", "dwellings": 400, "phase": "soft",
                           "geometry": shapely.box(133500, 458000, 134200, 458600)}],
        "housing_effects": [{"plan_id": "PLAN-ZACHT-3", "name": "Geheim Weidepark", "dwellings": 400,
                             "phase": "soft", "municipality_code": "GM0344", "lost_alone_low_ha": 3.2,
                             "lost_alone_high_ha": 8.7, "lost_extra_low_ha": 3.2, "lost_extra_high_ha": 8.7,
                             "parks_affected": "RIN0001", "hindered_low_ha": 5.0, "hindered_high_ha": 20.0,
                             "geometry": shapely.box(133500, 458000, 134200, 458600)}],
        "housing_rights": [{"plan_id": "PLAN-ZACHT-3", "subject": "park", "subject_id": "RIN0001"}],
        "atelier": [{"remark_id": "A1", "group": "gemeenten", "stated": "5.1", "subject": "permitted_category",
                     "text": "Atelier zei dit zelf", "geometry": shapely.box(131500, 457500, 132500, 458500)}],
        "disagreements": [
            {"remark_id": "A1", "group": "gemeenten", "park_id": "RIN0001", "park_name": "Lage Weide",
             "subject": "permitted_category", "stated": "6", "computed": "5.1", "differs": "yes",
             "text": "Atelier zei dit zelf"},
            {"remark_id": "A2", "park_id": "RIN0004", "differs": "no"},
        ],
        "water_by_class": [{"subject": "park", "subject_id": "RIN0001", "cemt": "VIb", "connection": "own_quay"}],
        "water_evidence": [{"subject": "park", "subject_id": "RIN0001", "rung": "shore", "value": "2310 m"}],
        "summary": _summary(),
        "assumptions": [
            {"assumption_id": "distance_quiet_4.1", "name_nl": "Richtafstand categorie 4.1, rustig gebied",
             "value": "200", "unit": "m", "status": "sourced", "source": "VNG 2009"},
            {"assumption_id": "distance_quiet_5.2", "name_nl": "Richtafstand categorie 5.2, rustig gebied",
             "value": "700", "unit": "m", "status": "assumption", "source": "VNG 2009"},
            {"assumption_id": "parameter_hmc_threshold", "name_nl": "Drempel hoge milieucategorie", "value": "4.1",
             "status": "assumption", "source": "standaardwaarde"},
            {"assumption_id": "activity_001", "name_nl": "Categorie van SBI 381", "value": "3.1",
             "status": "to_verify", "source": "VNG 2009"},
        ],
        "not_assessed": [
            {"item_id": "permitted", "what_nl": "Toegestane categorie",
             "why_nl": "Register en plan geven geen categorie.", "parks": 1, "area_ha": 30.0},
            {"item_id": "layer_surroundings", "what_nl": "Rustig of gemengd gebied",
             "why_nl": "De laag staat niet in het project.", "parks": 10, "area_ha": 789.0},
        ],
        "data_quality": [
            {"layer": "parks", "row": row, "feature_id": f"RIN000{row}", "field": "gross_ha", "rule": "unit",
             "action": "repaired", "before": "60000", "after": "6", "reason_nl": "Deze oppervlakte stond in m2."}
            for row in (1, 2, 3)
        ] + [
            {"layer": "sensitive_objects", "row": 4, "feature_id": "HUIS-GEHEIM-17", "rule": "duplicate",
             "action": "set_aside", "before": "HUIS-GEHEIM-17", "reason_nl": "De rij is gelijk aan een eerdere."},
        ],
    }  # fmt: skip


def _summary() -> list[dict[str, Any]]:
    total = {
        "scope": "total", "area_id": "total", "area_name": "Totaal", "parks": 10, "parks_not_assessed": 1,
        "area_ha": 661.0, "permitted_hmc_certain_ha": 1234.56, "permitted_hmc_possible_ha": 0.0,
        "heavy_certain_ha": 139.84, "heavy_possible_ha": 70.94, "heavy_governed_ha": 41.7,
        "heavy_water_certain_ha": 139.84, "heavy_water_possible_ha": 25.3, "shore_m": 4930.0, "quay_m": 2000.0,
        "usable_quay_m": 1050.0, "underuse_certain_ha": 37.8, "housing_lost_low_ha": 3.6, "housing_lost_high_ha": 17.9,
        "housing_hard_lost_low_ha": 3.6, "housing_hard_lost_high_ha": 17.9,
    }  # fmt: skip
    names = [("municipality", code, place[0]) for code, place in sorted(PLACES.items())]
    names += [("sub_area", area, area) for area in ("Amersfoort", "U16 Midden", "U16 West")]
    rows = [total]
    for scope, identifier, name in names:
        if identifier == "GM0310":
            rows.append(
                {
                    "scope": scope,
                    "area_id": identifier,
                    "area_name": name,
                    "parks": 0,
                    "parks_not_assessed": 0,
                }
            )
        else:
            rows.append({**total, "scope": scope, "area_id": identifier, "area_name": name, "parks": 3})
    return rows


RECIPE: dict[str, Any] = {
    "sources": [{"layer": "parks", "file": "parks.gpkg", "sha256": "00" * 32}],
    "parameters": {"hmc_threshold": "4.1"},
    "project": {"name": "Proefgebied"},
    "code": {"version": "0.1.0", "sha256": "11" * 32},
    "lock_sha256": "22" * 32,
}

FACTS: dict[str, Any] = {
    "name": "Proefgebied & omstreken",
    "authority": "Provincie Voorbeeld",
    "sample": True,
    "note": "Verzonnen proefgebied.",
    "reference_date": "2026-01-01",
    "procedure_status": "exploration",
    "parameters": {"hmc_threshold": "4.1", "margin_step_m": 5.0, "cemt_threshold": "II"},
    "sources": [
        {"layer": "parks", "file": "parks.gpkg", "sha256": "00" * 32, "rows_in": 12, "rows_out": 10,
         "source": "IBIS", "date": "2024-12-31", "licence": "CC0", "note": None},
        {"layer": "waterways", "file": "water.gpkg", "sha256": "01" * 32, "rows_in": 4, "rows_out": 4,
         "source": "Rijkswaterstaat", "date": None, "licence": "CC0", "note": None},
        {"layer": "housing_plans", "file": "plannen.gpkg", "sha256": "02" * 32, "rows_in": 1, "rows_out": 1,
         "source": "Plancapaciteit", "date": None, "licence": "vertrouwelijk", "note": None},
    ],
}  # fmt: skip


def make_table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table of a declared layer from rows that name only what matters."""
    layer = BY_NAME[name]
    columns = [column.name for column in layer.columns]
    data = {column: pd.Series([row.get(column) for row in rows], dtype="object") for column in columns}
    if layer.shape == "table":
        return pd.DataFrame(data)
    frame: pd.DataFrame = gpd.GeoDataFrame(data, geometry=[row["geometry"] for row in rows], crs="EPSG:28992")
    return frame


def make_region(
    out: Path,
    *,
    without: tuple[str, ...] = (),
    facts: dict[str, Any] | None = None,
    rows: dict[str, list[dict[str, Any]]] | None = None,
) -> Release:
    """Write the hand-made release into a folder; some layers left out, some rows replaced when asked."""
    content = {**_rows(), **(rows or {})}
    with ReleaseWriter(out, RECIPE) as writer:
        tables = {name: make_table(name, rows) for name, rows in content.items() if name not in without}
        writer.write_data(tables, {**FACTS, **(facts or {})})
        return writer.commit()


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Give the hand-made release."""
    return make_region(tmp_path_factory.mktemp("region"))


@pytest.fixture
def make() -> Callable[..., Release]:
    """Give the function that makes a release with other rows or without some layers."""
    return make_region


@pytest.fixture
def secrets() -> tuple[str, ...]:
    """Give texts that must not be in what goes out."""
    return SECRETS


@pytest.fixture
def hostile() -> str:
    """Give the name of a park that would run as script if it were not escaped."""
    return HOSTILE

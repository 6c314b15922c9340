"""Three municipalities that a person can work out by hand: heavy and wet, one light park, and nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis.package.settings import PackageSettings
from layers.building_blocks import Blocks, read_blocks
from layers.documents import Article, Document, Facts, Figure, Heading, Items, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Callable

HEAVY, LIGHT, NONE = "GM0001", "GM0002", "GM0003"


def _geo(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:28992")


def _park(key: str, name: str, town: str, shape: shapely.Polygon, **own: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(
        (
            "permitted_hmc_certain_ha", "heavy_certain_ha", "heavy_possible_ha", "heavy_governed_ha",
            "underuse_certain_ha", "shore_m", "quay_m", "usable_quay_m", "objects_in_distance_low",
            "objects_in_distance_high", "objects_inside",
        ),
        0.0,
    )  # fmt: skip
    row |= {
        "park_id": key,
        "name": name,
        "municipality_code": town,
        "area_ha": shape.area / 10_000,
        "heavy": "no",
        "connection": "none",
        "grid_status": "free",
        "geometry": shape,
    }
    return row | own


def _plot(key: str, park: str, town: str, shape: shapely.Polygon, **own: Any) -> dict[str, Any]:
    return {
        "plot_id": key,
        "park_id": park,
        "municipality_code": town,
        "status": "issued",
        "area_ha": shape.area / 10_000,
        "permitted_high": "3.1",
        "permitted_hmc": "no",
        "heavy": "no",
        "connection": "none",
        "geometry": shape,
    } | own


def _zone(kind: str, shape: shapely.Polygon, **own: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(
        (
            "chosen_ha", "heavy_ha", "wet_ha", "grid_ha", "category_unknown_ha", "category_light_ha",
            "category_4_1_ha", "category_4_2_ha", "category_5_up_ha", "water_unknown_ha",
        ),
        0.0,
    )  # fmt: skip
    row |= {
        "zone_id": f"P1-{kind}",
        "park_id": "P1",
        "park_name": "Havenkant",
        "municipality_code": HEAVY,
        "kind": kind,
        "label": "not_assessed",
        "area_ha": shape.area / 10_000,
        "functions": None,
        "from_year": pd.NA,
        "shares_ground_with": None,
        "reasons": "P02",
        "geometry": shape,
    }
    return row | own


@pytest.fixture
def tables() -> dict[str, Any]:
    """Give the tables of a made-up release, as far as a package reads them."""
    haven, dorp = shapely.box(0, 0, 500, 400), shapely.box(20_000, 0, 20_200, 200)
    west, east = shapely.box(0, 0, 250, 400), shapely.box(250, 0, 500, 200)
    north = shapely.box(250, 200, 500, 400)
    found: dict[str, Any] = {
        "municipalities": _geo(
            [
                {"municipality_code": HEAVY, "name": "Zwaarstad", "inhabitants": 80_000.0,
                 "geometry": shapely.box(-5000, -5000, 600, 5000)},
                {"municipality_code": LIGHT, "name": "Lichtdorp", "inhabitants": 9000.0,
                 "geometry": shapely.box(15_000, -5000, 25_000, 5000)},
                {"municipality_code": NONE, "name": "Groenveld", "inhabitants": 4000.0,
                 "geometry": shapely.box(600, -5000, 15_000, 5000)},
            ]
        ),
        "park_evidence": _geo(
            [
                _park("P1", "Havenkant", HEAVY, haven, permitted_hmc_certain_ha=20.0, heavy_certain_ha=12.0,
                      heavy_possible_ha=3.0, underuse_certain_ha=4.0, shore_m=300.0, quay_m=120.0,
                      usable_quay_m=40.0, objects_in_distance_low=5.0, objects_in_distance_high=8.0,
                      objects_inside=1.0, heavy="certain", connection="own_quay"),
                _park("P2", "De Hoek", LIGHT, dorp),
            ]
        ),
        "plot_evidence": _geo(
            [
                _plot("P1-1", "P1", HEAVY, west, permitted_high="4.2", permitted_hmc="certain", heavy="certain",
                      connection="own_quay"),
                _plot("P1-2", "P1", HEAVY, east, permitted_high="4.1", permitted_hmc="certain", heavy="certain",
                      status="vacant"),
                _plot("P1-3", "P1", HEAVY, north, permitted_high="5.1", permitted_hmc="certain",
                      heavy="possible"),
                _plot("P2-1", "P2", LIGHT, dorp),
            ]
        ),
        "plots": pd.DataFrame({"plot_id": ["P1-1", "P1-2", "P1-3", "P2-1"],
                               "owner_kind": ["particulier", "gemeente", "particulier", "particulier"]}),
        "parks": pd.DataFrame({"park_id": ["P1", "P2"], "municipality_code": [HEAVY, LIGHT],
                               "transformation_ha": [0.0, 0.0], "outdated_ha": [2.0, 0.0]}),
        "sensitive_objects": _geo(
            [
                {"object_id": "O1", "kind": "company_home", "geometry": shapely.Point(10, 10)},
                {"object_id": "O2", "kind": "home", "geometry": shapely.Point(20, 20)},
            ]
        ),
        "grid_congestion": _geo(
            [{"area_id": "N1", "status": "full", "available_from": 2031, "geometry": shapely.box(0, 0, 1, 1)}]
        ),
        "housing_effects": pd.DataFrame(
            {"plan_id": ["W1", "W2"], "name": ["Kadekwartier", "Geheime Weide"],
             "municipality_code": [HEAVY, NONE], "dwellings": [100.0, 900.0], "phase": ["hard", "soft"],
             "hindered_high_ha": [2.0, 5.0], "lost_alone_high_ha": [0.0, 5.0]}
        ),
        "reservation_zones": _geo(
            [
                _zone("keep", west, heavy_ha=10.0, wet_ha=10.0, category_4_2_ha=10.0),
                _zone("allocate", east, chosen_ha=5.0, heavy_ha=5.0, category_4_1_ha=5.0, functions="F05",
                      from_year=2030, reasons="P08"),
                _zone("reserve", north, chosen_ha=5.0, heavy_ha=5.0, category_5_up_ha=5.0, functions="F05",
                      from_year=2035, reasons="P09"),
            ]
        ),
        "zone_instruments": pd.DataFrame(
            {"zone_id": ["P1-keep", "P1-keep", "P1-allocate", "P1-reserve", "P1-reserve"],
             "instrument_id": ["B12", "B19", "B02", "B10", "B15"]}
        ),
        "reservation_plan": pd.DataFrame(
            {"site_id": ["P1-2", "P1-3"], "function": ["F05", "F05"], "municipality_code": [HEAVY, HEAVY]}
        ),
        "reservation_functions": pd.DataFrame(
            {"function": ["F05"], "name_nl": ["Sorteercentrum"], "category": ["4.2"]}
        ),
        "shared_functions": _geo(
            [
                {"facility_id": "F05-P1", "function_id": "F05", "function": "F05", "name_nl": "Sorteercentrum",
                 "site_id": "P1", "host_code": HEAVY, "burden": True, "needed_ha": 3.5,
                 "geometry": shapely.Point(100, 100)},
            ]
        ),
        "shared_assignments": pd.DataFrame(
            {"function_id": ["F05"] * 3, "facility_id": ["F05-P1"] * 3, "host_code": [HEAVY] * 3,
             "host": ["Zwaarstad"] * 3, "municipality_code": [HEAVY, LIGHT, NONE],
             "municipality": ["Zwaarstad", "Lichtdorp", "Groenveld"], "served": ["yes"] * 3}
        ),
        "redevelopment_pilots": pd.DataFrame(
            {"park_id": ["P1", "P2"], "municipality_code": [HEAVY, LIGHT], "intensification_mid_ha": [2.0, 0.3]}
        ),
    }  # fmt: skip
    return found


@pytest.fixture(scope="session")
def blocks() -> Blocks:
    return read_blocks()


@pytest.fixture
def settings() -> PackageSettings:
    return PackageSettings(
        release="0123456789abcdef",
        reference_date=dt.date(2026, 1, 1),
        province="Voorbeeldprovincie",
        sample=True,
    )


@pytest.fixture(scope="session")
def as_text() -> Callable[[Document], str]:
    """Give a function that writes a document as plain text, to read it and to keep it."""
    return _as_text


def _as_text(document: Document) -> str:
    lines = [f"# {document.title}", document.subtitle, document.status]
    for part in document.parts:
        lines.append("")
        if isinstance(part, Heading):
            lines.append(f"{'#' * (part.level + 1)} {part.text}")
        elif isinstance(part, Paragraph):
            lines.append(part.text if part.tone == "plain" else f"[{part.tone}] {part.text}")
        elif isinstance(part, Items):
            lines += [
                f"{f'{number}.' if part.numbered else '-'} {text}"
                for number, text in enumerate(part.texts, 1)
            ]
        elif isinstance(part, Facts):
            lines += [f"{label}: {value}" for label, value in part.pairs]
        elif isinstance(part, Table):
            lines += [part.caption, " | ".join(column.label for column in part.columns)]
            lines += [" | ".join(row) for row in part.rows]
        elif isinstance(part, Figure):
            # how many, not which: the id of a ring hangs on the last digit of a cosine
            drawn = f"{len(part.locations)} getekend"
            lines.append(f"({part.kind}; {drawn}) {part.caption}: {part.alternative}")
        elif isinstance(part, Article):
            lines.append(f"Artikel {part.number} {part.title}")
            for number, clause in enumerate(part.clauses, 1):
                lines.append(f"{number}. {clause.text}")
                lines += [f"   {chr(96 + place)}. {text}" for place, text in enumerate(clause.parts, 1)]
    return "\n".join(lines) + "\n"

"""Small hand-made tables, enough to write and read releases without running any analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.catalogue import ALL_LAYERS
from layers.recipe import release_name
from layers.release_writer import ReleaseWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

BY_NAME = {layer.name: layer for layer in ALL_LAYERS}

ROWS: dict[str, list[dict[str, Any]]] = {
    "parks": [
        {"park_id": "RIN1", "name": "Lage Weide", "geometry": shapely.box(131000, 458000, 131400, 458500)},
        {"park_id": "RIN2", "name": "De Wieken", "geometry": shapely.box(156000, 464000, 156300, 464200)},
    ],
    "municipalities": [
        {
            "municipality_code": "GM0344",
            "name": "Utrecht",
            "inhabitants": 370000.0,
            "sub_area": "Midden",
            "geometry": shapely.box(130000, 450000, 140000, 460000),
        },
        {
            "municipality_code": "GM0307",
            "name": "Amersfoort",
            "inhabitants": 161000.0,
            "sub_area": "Amersfoort",
            "geometry": shapely.box(150000, 460000, 160000, 470000),
        },
    ],
    "plots": [
        {
            "plot_id": "P1",
            "park_id": "RIN1",
            "max_category": "5.1",
            "owner_kind": "gemeente",
            "geometry": shapely.box(131000, 458000, 131100, 458100),
        },
    ],
    "sensitive_objects": [
        {
            "object_id": "H1",
            "kind": "home",
            "weight": 1.0,
            "geometry": shapely.Point(131700.1234, 458050.5678),
        },
        {"object_id": "H2", "kind": "houseboat", "weight": 1.0, "geometry": shapely.Point(131050, 457990)},
        {"object_id": "H3", "kind": "school", "geometry": None},
    ],
    "park_evidence": [
        {
            "park_id": "RIN1",
            "name": "Lage Weide",
            "municipality_code": "GM0344",
            "municipality_name": "Utrecht",
            "year": 2024,
            "area_ha": 20.0,
            "permitted_low": "5.1",
            "permitted_high": "5.3",
            "permitted_hmc": "certain",
            "heavy_certain_ha": 12.3456,
            "binding_margin_m": -5.0,
            "shore_m": 400.04,
            "connection": "own_quay",
            "geometry": shapely.box(131000, 458000, 131400, 458500),
        },
        {
            "park_id": "RIN2",
            "name": "De Wieken",
            "municipality_code": "GM0307",
            "municipality_name": "Amersfoort",
            "area_ha": 6.0,
            "connection": "not_assessed",
            "geometry": shapely.box(156000, 464000, 156300, 464200),
        },
    ],
    "plot_evidence": [
        {
            "plot_id": "P1",
            "park_id": "RIN1",
            "area_ha": 1.0,
            "permitted_low": "5.1",
            "geometry": shapely.box(131000, 458000, 131100, 458100),
        },
    ],
    "usable_zones": [
        {
            "zone_id": "RIN1/low/with_inside/4.1",
            "park_id": "RIN1",
            "reading": "low",
            "objects": "with_inside",
            "category": "4.1",
            "governed_by_zone": False,
            "area_ha": 10.0,
            "geometry": shapely.box(131000, 458000, 131200, 458500),
        },
        {
            "zone_id": "RIN1/low/with_inside/3.2",
            "park_id": "RIN1",
            "reading": "low",
            "objects": "with_inside",
            "category": "3.2",
            "governed_by_zone": True,
            "area_ha": 10.0,
            "geometry": shapely.box(131200, 458000, 131400, 458500),
        },
    ],
    "usable_blocks": [
        {
            "zone_id": "RIN1/low/with_inside/4.1",
            "park_id": "RIN1",
            "reading": "low",
            "objects": "with_inside",
            "category": "4.1",
            "governed_by_zone": False,
            "area_ha": 10.0,
            "geometry": shapely.box(131000, 458000, 131200, 458500),
        },
        {
            "zone_id": "RIN1/low/with_inside/3.2",
            "park_id": "RIN1",
            "reading": "low",
            "objects": "with_inside",
            "category": "3.2",
            "governed_by_zone": True,
            "area_ha": 10.0,
            "geometry": shapely.box(131200, 458000, 131400, 458500),
        },
    ],
    "binding_objects": [
        {
            "binding_id": "park/RIN1/H1",
            "subject": "park",
            "subject_id": "RIN1",
            "object_id": "H1",
            "kind": "home",
            "inside_park": False,
            "distance_m": 300.123,
            "required_m": 300.0,
            "margin_m": 0.0,
            "geometry": shapely.LineString([(131400, 458050.568), (131700.123, 458050.568)]),
        },
    ],
    "water_by_class": [
        {"subject": "park", "subject_id": "RIN1", "cemt": "Va", "connection": "own_quay", "shore_m": 400.0},
        {"subject": "park", "subject_id": "RIN1", "cemt": "II", "connection": "near", "distance_m": 450.0},
    ],
    "water_evidence": [
        {
            "subject": "park",
            "subject_id": "RIN1",
            "rung": "registry_claim",
            "value": "own_quay",
            "source": "IBIS",
        },
    ],
    "housing_effects": [],
    "housing_rights": [],
    "disagreements": [],
    "summary": [
        {
            "scope": "total",
            "area_id": "total",
            "area_name": "Totaal",
            "parks": 2,
            "parks_not_assessed": 1,
            "area_ha": 26.0,
            "permitted_hmc_certain_ha": 15.0,
            "permitted_hmc_possible_ha": 18.0,
            "heavy_certain_ha": 12.346,
            "heavy_possible_ha": 14.0,
            "heavy_water_certain_ha": 10.0,
            "heavy_water_possible_ha": 12.0,
            "shore_m": 400.0,
            "quay_m": 120.0,
            "usable_quay_m": 0.0,
        },
        {
            "scope": "sub_area",
            "area_id": "Midden",
            "area_name": "Midden",
            "parks": 1,
            "parks_not_assessed": 0,
            "area_ha": 20.0,
            "permitted_hmc_certain_ha": 15.0,
            "heavy_certain_ha": 12.346,
            "shore_m": 400.0,
        },
        {
            "scope": "sub_area",
            "area_id": "Amersfoort",
            "area_name": "Amersfoort",
            "parks": 1,
            "parks_not_assessed": 1,
            "area_ha": 6.0,
        },
    ],
    "assumptions": [
        {
            "assumption_id": "vng-2009/4.1",
            "name_nl": "Richtafstand 4.1",
            "value": "200",
            "unit": "m",
            "status": "sourced",
            "source": "VNG 2009",
        },
    ],
    "not_assessed": [
        {"item_id": "in_use", "what_nl": "Gebruikte categorie", "why_nl": "Geen bedrijven", "parks": 2},
    ],
    "data_quality": [
        {
            "layer": "parks",
            "row": 3,
            "feature_id": "RIN2",
            "field": "gross_ha",
            "rule": "unit",
            "action": "repaired",
            "before": "60000",
            "after": "6",
            "reason_nl": "In m2 opgegeven",
            "reason_en": "Stated in m2",
        },
        {"layer": "parks", "row": 1, "feature_id": "RIN1", "rule": "multi_part", "action": "merged"},
    ],
}

RECIPE: dict[str, Any] = {
    "sources": [{"layer": "parks", "file": "parks.gpkg", "sha256": "00" * 32}],
    "parameters": {"hmc_threshold": "4.1"},
    "project": {"name": "Proef"},
    "code": {"version": "0.1.0", "sha256": "11" * 32},
    "lock_sha256": "22" * 32,
}

FACTS: dict[str, Any] = {
    "name": "Proef",
    "authority": "Provincie Voorbeeld",
    "sample": True,
    "note": "Schematisch voorbeeld, geen echte grenzen",
    "reference_date": "2026-01-01",
    "procedure_status": "exploration",
    "parameters": {"hmc_threshold": "4.1"},
    "sources": [{"layer": "parks", "file": "parks.gpkg", "sha256": "00" * 32}],
}


def make_table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table of a declared layer from rows that name only what matters."""
    layer = BY_NAME[name]
    columns = [column.name for column in layer.columns]
    data = {column: pd.Series([row.get(column) for row in rows], dtype="object") for column in columns}
    if layer.shape == "table":
        return pd.DataFrame(data)
    geometry = [row["geometry"] for row in rows]
    frame: pd.DataFrame = gpd.GeoDataFrame(data, geometry=geometry, crs="EPSG:28992")
    return frame


def make_tables() -> dict[str, pd.DataFrame]:
    """Make every hand-made table."""
    return {name: make_table(name, rows) for name, rows in ROWS.items()}


def write_release(
    out: Path, recipe: dict[str, Any] | None = None, *, status: str = "exploration", **changed: pd.DataFrame
) -> Release:
    """Write the hand-made release, with one small view."""
    with ReleaseWriter(out, recipe or RECIPE) as writer:
        writer.write_data({**make_tables(), **changed}, FACTS | {"procedure_status": status})
        found = writer.existing()
        if found is not None:
            return found
        writer.write_bytes("views/map.html", f"<title>{writer.staged().project['name']}</title>".encode())
        return writer.commit()


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Give the hand-made tables."""
    return make_tables()


@pytest.fixture
def table_of() -> Callable[..., pd.DataFrame]:
    """Give the function that makes a table from rows."""
    return make_table


@pytest.fixture
def recipe() -> dict[str, Any]:
    """Give the hand-made recipe."""
    return RECIPE


@pytest.fixture
def facts() -> dict[str, Any]:
    """Give the hand-made project facts."""
    return FACTS


@pytest.fixture
def write() -> Callable[..., Release]:
    """Give the function that writes the hand-made release into a folder."""
    return write_release


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Write the hand-made release and give it."""
    made = write_release(tmp_path / "releases")
    assert made.name == release_name(RECIPE)
    return made

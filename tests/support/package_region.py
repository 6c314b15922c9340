"""A small region drawn by hand, for import packages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
RD = "EPSG:28992"
PROJECT: dict[str, Any] = {
    "name": "Proefregio",
    "authority": "Proefprovincie",
    "reference_date": "2026-03-01",
    "sample": True,
    "procedure_status": "draft",
    "note": "Verzonnen.",
    "sources": [
        {"layer": "parks", "source": "tekening", "date": "2026-01-01", "licence": "CC0-1.0"},
        {"layer": "plots", "source": "tekening", "date": "2026-02-01", "licence": "CC0-1.0"},
    ],
}
HECTARES = (
    "category_unknown_ha", "category_light_ha", "category_4_1_ha", "category_4_2_ha", "category_5_up_ha",
    "at_water_ha", "near_water_ha", "dry_ha", "water_unknown_ha", "heavy_ha", "wet_ha", "grid_ha",
)  # fmt: skip

Tables = dict[str, Any]


def zone_table(rows: list[tuple[str, str, str, str, shapely.Geometry]]) -> gpd.GeoDataFrame:
    """Make zones of (park id, park name, municipality, kind, shape)."""
    frame = pd.DataFrame(
        {
            "zone_id": [f"{park}-{kind}" for park, _, _, kind, _ in rows],
            "park_id": [row[0] for row in rows],
            "park_name": [row[1] for row in rows],
            "municipality_code": [row[2] for row in rows],
            "sub_area": "Midden",
            "kind": [row[3] for row in rows],
            "functions": ["F10;F11" if row[3] != "keep" else None for row in rows],
            "from_year": pd.array([2030 if row[3] != "keep" else None for row in rows], dtype="Int64"),
            "reasons": ["P08" if row[3] != "keep" else "P01;P02" for row in rows],
            **dict.fromkeys(HECTARES, 0.0),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=[row[4] for row in rows], crs=RD)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(132_000 + west, 456_000 + south, 132_000 + east, 456_000 + north)


def municipalities() -> gpd.GeoDataFrame:
    """Two municipalities with the border at x = 133000; the first has an exclave in the second."""
    exclave = box(1_700, 1_700, 1_900, 1_900)
    return gpd.GeoDataFrame(
        {
            "municipality_code": ["GM0001", "GM0002", "GM0003"],
            "name": ["Oostdorp", "Westdorp & Zn", "Leegdorp"],
        },
        geometry=[
            shapely.union_all([box(0, 0, 1_000, 2_000), exclave]),
            box(1_000, 0, 2_000, 2_000) - exclave,
            box(2_000, 0, 3_000, 2_000),
        ],
        crs=RD,
    )


def region() -> Tables:
    """Five zones in four parks; park P3 lies across the border, park P4 in the exclave."""
    ring = box(100, 1_000, 400, 1_300) - box(200, 1_100, 300, 1_200)
    zones = zone_table(
        [
            ("P1", "Kade", "GM0001", "keep", box(100, 100, 300, 300)),
            ("P1", "Kade", "GM0001", "reserve", box(300, 100, 500, 300)),
            ("P2", "Ringweg", "GM0001", "allocate", ring),
            ("P3", "Grens", "GM0001", "reserve", box(900, 500, 1_200, 600)),
            ("P4", "Verre Hoek", "GM0001", "explore", box(1_750, 1_750, 1_850, 1_850)),
        ]
    )
    return {"reservation_zones": zones, "municipalities": municipalities()}

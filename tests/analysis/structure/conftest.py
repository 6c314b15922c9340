"""A province on squared paper: a straight canal, a harbour beside it, a brook, and four parks as diamonds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

Tables = dict[str, pd.DataFrame]

# name, centre, heavy, connection, class of the water
PARKS: dict[str, tuple[tuple[float, float], str, str, str | None]] = {
    "A": ((1_000.0, 300.0), "certain", "own_quay", "Va"),
    "B": ((21_000.0, 300.0), "certain", "public_quay", "Va"),
    "C": ((10_000.0, 2_300.0), "governed_by_zone", "adjacent", "Va"),
    "D": ((20_300.0, 15_000.0), "no", "adjacent", "0"),
}
RADIUS = 250.0
CATALOGUE = Path(__file__).resolve().parents[3] / "layers" / "data" / "circular_functions.csv"


def diamond(x: float, y: float, radius: float = RADIUS) -> shapely.Polygon:
    """Give a park whose point nearest to the canal is its lowest corner."""
    return shapely.Polygon([(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)])


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Make a layer of rows with a geometry, EPSG:28992."""
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:28992")


def parks() -> gpd.GeoDataFrame:
    """Give the evidence of the four parks."""
    rows = []
    for name, ((x, y), heavy, connection, cemt) in PARKS.items():
        shape = diamond(x, y)
        rows.append(
            {
                "park_id": name, "name": f"Terrein {name}", "municipality_code": "GM1",
                "municipality_name": "Gemeente", "sub_area": "Midden", "area_ha": shape.area / 1e4,
                "heavy": heavy, "connection": connection, "connection_possible": connection,
                "connection_cemt": cemt, "geometry": shape,
            }
        )  # fmt: skip
    return frame(rows)


def facility(name: str, function: str, x: float, y: float) -> dict[str, Any]:
    """Give one circular facility."""
    return {
        "facility_id": name,
        "name": f"Voorziening {name}",
        "function": function,
        "geometry": shapely.Point(x, y),
    }


def capacity(years: tuple[int, ...] = (2030, 2035)) -> pd.DataFrame:
    """Give tonnes per function, the same in every year and bound."""
    tonnes = {"F05": 100_000.0, "F06": 200_000.0, "F07": 50_000.0}
    return pd.DataFrame(
        [
            {
                "function_id": name,
                "sub_area": "Midden",
                "year": year,
                **{f"tonnes_{bound}": value for bound in ("low", "mid", "high")},
            }
            for name, value in tonnes.items()
            for year in years
        ]
    )


def province() -> Tables:
    """Give the tables: sorting at A, a crusher at B, concrete at C, a recycling yard at D."""
    return {
        "park_evidence": parks(),
        "municipalities": frame(
            [
                {
                    "municipality_code": "GM1", "name": "Gemeente", "sub_area": "Midden",
                    "geometry": shapely.box(-5_000, -5_000, 50_000, 50_000),
                }
            ]
        ),
        "waterways": frame(
            [
                {"waterway_id": "W1", "name": "Kanaal", "cemt": "Va", "geometry": shapely.LineString([(0, 0), (40_000, 0)])},
                # its end lies 100 m from the canal
                {"waterway_id": "W2", "name": "Haven", "cemt": "Va", "geometry": shapely.LineString([(10_000, 100), (10_000, 2_000)])},
                {"waterway_id": "W3", "name": "Beek", "cemt": "0", "geometry": shapely.LineString([(20_000, 0), (20_000, 20_000)])},
            ]
        ),
        "circular_facilities": frame(
            [
                facility("V1", "F05", 1_000, 300),
                facility("V2", "F06", 21_000, 300),
                facility("V3", "F07", 10_000, 2_300),
                facility("V4", "F01", 20_300, 15_000),
            ]
        ),
        "secondary_capacity": capacity(),
        "circular_functions": pd.read_csv(CATALOGUE, dtype="string"),
    }  # fmt: skip


@pytest.fixture
def scene() -> Tables:
    """Give the province on squared paper."""
    return province()


@pytest.fixture
def with_plan() -> Callable[[Tables], Tables]:
    """Give a function that adds a plan: a second crusher of 4 ha at park A from 2035 on."""

    def add(tables: Tables) -> Tables:
        plan = {"plan": "P1", "site_id": "A-1", "function": "F06", "from_year": 2035, "last_ha": 4.0}
        sites = {"site_id": "A-1", "park_id": "A"}
        return {
            **tables,
            "reservation_plan": pd.DataFrame([plan]),
            "reservation_sites": pd.DataFrame([sites]),
        }

    return add

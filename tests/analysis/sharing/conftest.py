"""A region that a person can work out by hand: four square municipalities in a row, a park in each."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.parameters import Parameters

SIDE = 10_000.0
PEOPLE = {"GM1": 40_000.0, "GM2": 30_000.0, "GM3": 20_000.0, "GM4": 10_000.0}


def frame(rows: Any) -> Any:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:28992")


def candidate(site: Any, function: Any = "F05", verdict: Any = "certain", hectares: Any = 3.0) -> Any:
    return {
        "site_id": site,
        "function": function,
        "function_id": function[:3],
        "year": 2050,
        "verdict": verdict,
        "capacity_ha": hectares if verdict in ("certain", "possible") else 0.0,
    }


@pytest.fixture
def region() -> Any:
    """Give the tables: catchment 20,000 - 50,000 - 100,000 on plots of 1, 3 and 6 ha; category 4.2."""
    codes = list(PEOPLE)
    squares = [shapely.box(place * SIDE, 0, (place + 1) * SIDE, SIDE) for place in range(4)]
    parks = [shapely.box(place * SIDE + 4_500, 4_500, place * SIDE + 5_500, 5_500) for place in range(4)]
    functions = pd.DataFrame(
        {
            "variant_id": ["F05", "F10"],
            "function_id": ["F05", "F10"],
            "name_nl": ["Sorteercentrum", "Depot"],
            "name_en": ["Sorting centre", "Depot"],
            "scale": ["regional", "local"],
        }
    )
    figures = [
        {"name": f"demand.{name}.{what}", "low": low, "mid": mid, "high": high, "status": "assumption"}
        for name in ("F05", "F10")
        for what, low, mid, high in (("catchment", 20_000.0, 50_000.0, 100_000.0), ("plot_ha", 1.0, 3.0, 6.0))
    ]
    return {
        "municipalities": frame(
            {
                "municipality_code": codes,
                "name": ["Een", "Twee", "Drie", "Vier"],
                "inhabitants": list(PEOPLE.values()),
                "sub_area": "Deelgebied",
                "geometry": squares,
            }
        ),
        "parks": frame(
            {
                "park_id": [f"P{place}" for place in range(1, 5)],
                "name": [f"Park {place}" for place in range(1, 5)],
                "municipality_code": codes,
                "geometry": parks,
            }
        ),
        "circular_functions": functions,
        "demand_figures": pd.DataFrame(figures),
        "reservation_sites": pd.DataFrame(
            {
                "site_id": [f"K{place}" for place in range(1, 5)],
                "park_id": [f"P{place}" for place in range(1, 5)],
            }
        ),
        "reservation_functions": pd.DataFrame(
            {"function": ["F05", "F10"], "function_id": ["F05", "F10"], "category": ["4.2", "3.1"]}
        ),
        "reservation_candidates": pd.DataFrame(
            [candidate(f"K{place}", function) for function in ("F05", "F10") for place in range(1, 5)]
        ),
    }


@pytest.fixture
def parameters() -> Any:
    """60 km/h without a detour, so that a kilometre is a minute."""
    sharing = {"speed_kmh": 60.0, "detour": 1.0, "burdens_per_host": 2, "seconds": 100.0}
    return Parameters.model_validate({"sharing": sharing})

"""Small worlds for candidates: cleaned layers with their evidence, and a land demand that is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from analysis.evidence import assess
from layers.parameters import Parameters
from layers.parameters_reservation import ReservationParameters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

YEARS = (2030, 2050)
PLACE = "Deelgebied"
LIGHT = {"id": "FL", "category": "2"}
HEAVY = {"id": "FH", "category": "4.1"}
WET = {"id": "FW", "category": "3.1", "water": "required"}
LOUD = {"id": "FN", "category": "4.2", "noise": "yes"}


def settings(**changes: Any) -> Parameters:
    """Give parameters with some of the reservation changed."""
    return Parameters(reservation=ReservationParameters(**changes))


def demand(
    functions: Sequence[Mapping[str, Any]], years: Sequence[int] = YEARS, places: Sequence[str] = (PLACE,)
) -> dict[str, pd.DataFrame]:
    """Give the tables of land demand.

    Each function is a dictionary: ``id``, ``category``, and where they differ ``variant``, ``water``,
    ``noise``, ``sbi``, ``selection``, ``minimum``, ``typical`` and ``ha`` (per sub-area and year, 1 by default).
    """
    rows, figures, land = [], {}, []
    for item in functions:
        name = str(item["id"])
        rows.append(
            {
                "variant_id": item.get("variant", name),
                "function_id": name,
                "name_nl": f"Functie {name}",
                "name_en": f"Function {name}",
                "scale": "regional",
                "selection": item.get("selection", "necessary"),
                "category": item.get("category"),
                "water_need": item.get("water", "none"),
                "sbi": item.get("sbi"),
                "large_noise_maker": item.get("noise", "no"),
            }
        )
        if "minimum" not in item or item["minimum"] is not None:
            figures[f"demand.{name}.plot_ha"] = {
                "low": item.get("minimum", 0.5),
                "mid": item.get("typical", 1.0),
            }
        if item.get("selection") == "not_in_province":
            continue
        land += [
            {
                "function_id": name,
                "variant_id": item.get("variant", name),
                "lead": True,
                "sub_area": place,
                "year": year,
                "category": category,
                "water": {"required": "at_water", "preferred": "near"}.get(str(item.get("water")), "dry"),
                "net_mid_ha": float(ha),
            }
            for place in places
            for year in years
            for category, ha in item.get("cells", {item.get("category"): item.get("ha", 1.0)}).items()
        ]
    table = pd.DataFrame(land)
    sums = table.groupby(["function_id", "sub_area", "year"])["net_mid_ha"].sum().reset_index()
    whole = (
        sums.groupby(["function_id", "year"])["net_mid_ha"].sum().reset_index().assign(sub_area="province")
    )
    bands = pd.concat([sums, whole], ignore_index=True)
    bands = bands.assign(
        **{f"p{p}_ha": bands["net_mid_ha"] * factor for p, factor in ((10, 0.5), (50, 1), (90, 2))}
    )
    return {
        "circular_functions": pd.DataFrame(rows),
        "demand_figures": pd.DataFrame(
            [{"name": name, **figure} for name, figure in sorted(figures.items())],
            columns=["name", "low", "mid"],
        ),
        "land_demand": table,
        "demand_bands": bands,
    }


def world(
    layers: Mapping[str, gpd.GeoDataFrame],
    functions: Sequence[Mapping[str, Any]] = (LIGHT, HEAVY),
    parameters: Parameters | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Give all tables of a release of a scene: inputs, evidence and demand."""
    evidence = assess(layers, parameters or Parameters())
    return {**layers, **evidence, **demand(functions, **changes)}


def plot(
    name: str, shape: shapely.Polygon, category: str = "4.1", status: str = "vacant", **more: Any
) -> dict[str, Any]:
    """Give a row of the plots layer in park P."""
    return {
        "plot_id": name,
        "park_id": "P",
        "max_category": category,
        "status": status,
        "geometry": shape,
        **more,
    }


def home(name: str, x: float, y: float, surroundings: str | None = "quiet", **more: Any) -> dict[str, Any]:
    """Give a row of the sensitive objects layer: one home."""
    return {
        "object_id": name,
        "kind": "home",
        "weight": 1.0,
        "surroundings": surroundings,
        "geometry": shapely.Point(x, y),
        **more,
    }


def row_of(candidates: pd.DataFrame, site: str, function: str, year: int = YEARS[0]) -> dict[str, Any]:
    """Give one row of candidates."""
    chosen = (
        (candidates["site_id"] == site) & (candidates["function"] == function) & (candidates["year"] == year)
    )
    assert chosen.sum() == 1
    return {str(key): value for key, value in candidates[chosen].iloc[0].to_dict().items()}

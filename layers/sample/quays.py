"""Quays along the parks: made-up lengths of bank where ships may lie, some confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import ops

from layers.sample.frame import EXAMPLE, generator, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park
    from layers.sample.water import Waterway

_KINDS = {
    "EIGEN_KADE": ("eigen",),
    "OPENBARE_KADE": ("openbaar",),
    "EIGEN_EN_OPENBAAR": ("eigen", "openbaar", "eigen"),
    "NABIJ": (),
    "GEEN": (),
}
_UNCLAIMED = ("Het Klooster", "Laagraven")
"""Parks whose registry claims no quay of their own but where one lies: the registry is behind."""
_BASINS = ("LWI", "LWE", "LWK")
_BASIN_REACH_M = 12.0


def quays_layer(parks: list[Park], water: dict[str, Waterway]) -> gpd.GeoDataFrame:
    """Make the quays layer: pieces of the shore of a park on the water."""
    rng = generator("quays")
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []
    for park in parks:
        if park.shore is None:
            continue
        kinds = _KINDS[park.row["water_code"]] or (("onbekend",) if park.name in _UNCLAIMED else ())
        if not kinds:
            continue
        for index, kind in enumerate(kinds):
            length = float(min(round(rng.uniform(60, 240), -1), park.shore.length / (len(kinds) + 0.5)))
            start = (park.shore.length / len(kinds)) * index + float(rng.uniform(5, 20))
            shapes.append(ops.substring(park.shore, start, start + length))
            rows.append(_row(park, len(rows) + 1, kind, length, rng))
    lage_weide = next(park for park in parks if park.name == "Lage Weide")
    for key in _BASINS:
        banks = lage_weide.shape.boundary.intersection(water[key].surface(_BASIN_REACH_M))
        lines = shapely.get_parts(shapely.line_merge(banks))
        bank = lines[int(np.argmax(shapely.length(lines)))]
        for index, kind in enumerate(("eigen", "openbaar")):
            start = bank.length * (0.1 + 0.45 * index)
            shapes.append(ops.substring(bank, start, start + 220.0))
            rows.append(_row(lage_weide, len(rows) + 1, kind, 220.0, rng))
    return table(rows, shapes)


def _row(park: Park, number: int, kind: str, length: float, rng: np.random.Generator) -> dict[str, Any]:
    """Make up one quay; only some are confirmed, so that the three figures differ."""
    usable = str(rng.choice(["ja", "ja", "nee", ""])) if kind != "onbekend" else ""
    return {
        "KADE_ID": f"VK{number:03d}",
        "NAAM": f"Voorbeeldkade {park.name} {number}",
        "SOORT": kind,
        "LENGTE_M": round(length),
        "BRUIKBAAR": usable,
        "BEVESTIGD_DOOR": f"gemeente {park.municipality} ({EXAMPLE})" if usable else "",
        "OPMERKING": f"{EXAMPLE}: verzonnen kade",
    }

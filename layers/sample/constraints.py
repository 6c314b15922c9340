"""Zoned estates and protected areas: schematic areas at about their real place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.sample.frame import EXAMPLE, blob, generator, metres, read_rows, read_toml, table

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park
    from layers.sample.water import Waterway

_LIMES_M = 250.0
_FLOOD_PLAIN_M = 260.0


def zoned_estates_layer(parks: list[Park]) -> gpd.GeoDataFrame:
    """Make the zoned estates: parks that the registry calls zoned, with their basins, and a noise ceiling."""
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []
    for park in parks:
        ceiling = park.name == "Het Klooster"
        if park.row["zoned"] != "J" and not ceiling:
            continue
        rows.append(
            {
                "TERREIN_ID": f"VZ{len(rows) + 1:02d}",
                "NAAM": f"{park.name} ({EXAMPLE})",
                "SOORT": "geluidproductieplafond" if ceiling else "gezoneerd industrieterrein",
                "OPMERKING": f"{EXAMPLE}: omtrek van het schematische terrein",
            }
        )
        # closing takes the harbour basins in, as an estate under the noise rules does
        shapes.append(park.shape.buffer(40.0, join_style="mitre").buffer(-32.0, join_style="mitre"))
    return table(rows, shapes)


def protected_areas_layer(province: BaseGeometry, water: dict[str, Waterway]) -> gpd.GeoDataFrame:
    """Make the protected areas.

    Hand-typed outlines and round areas, a band along the old course of the Rhine (Limes) and one along the
    Lek and the Neder-Rijn (flood plain); all cut at the border of the province.
    """
    rng = generator("protected")
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []

    def add(name: str, kind: str, hardness: str, shape: BaseGeometry) -> None:
        part = shape.intersection(province)
        if part.is_empty:
            return
        rows.append(
            {
                "GEBIED": f"VP{len(rows) + 1:02d}",
                "NAAM": f"{name} ({EXAMPLE})",
                "SOORT": kind,
                "HARDHEID": hardness,
                "OPMERKING": f"{EXAMPLE}: schematische ligging",
            }
        )
        shapes.append(part)

    for item in read_toml("protected")["area"]:
        add(item["name"], item["kind"], item["hardness"], _rounded(metres(item["points"])))
    for row in read_rows("protected_round"):
        x, y, radius = (float(row[key]) * 1000.0 for key in ("x_km", "y_km", "radius_km"))
        add(row["name"], row["kind"], row["hardness"], blob(x, y, radius, rng))
    limes = shapely.union_all(
        [water[key].axis.buffer(_LIMES_M, quad_segs=2) for key in ("ORN", "LRN", "KRN")]
    )
    add("Neder-Germaanse Limes", "werelderfgoed", "gemiddeld", limes)
    plain = shapely.union_all([water[key].surface(_FLOOD_PLAIN_M) for key in ("LEK", "NRN")])
    river = shapely.union_all([water[key].surface() for key in ("LEK", "NRN")])
    add("Uiterwaarden Lek en Neder-Rijn", "uiterwaard", "hard", plain.difference(river))
    return table(rows, shapes)


def _rounded(ring: NDArray[np.float64]) -> shapely.Polygon:
    """Round the corners of a hand-typed outline."""
    for _ in range(2):
        second = np.roll(ring, -1, axis=0)
        ring = np.stack([ring * 0.75 + second * 0.25, ring * 0.25 + second * 0.75], axis=1).reshape(-1, 2)
    return shapely.Polygon(np.round(ring, 2))

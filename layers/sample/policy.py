"""What others plan and say: facilities, structure of other governments, and remarks drawn in sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from layers.sample.borders import chaikin
from layers.sample.frame import EXAMPLE, blob, generator, metres, read_rows, read_toml, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park


def circular_facilities_layer() -> gpd.GeoDataFrame:
    """Make the existing circular facilities, all made up, with the number of their circular function."""
    items = read_rows("circular_facilities")
    rows = [
        {
            "VOORZIENING": f"VF{index:02d}",
            "NAAM": item["name"],
            "FUNCTIE": item["function"],
            "OPMERKING": f"{EXAMPLE}: {item['note']}",
        }
        for index, item in enumerate(items, start=1)
    ]
    places = [shapely.Point(float(item["x_km"]) * 1000.0, float(item["y_km"]) * 1000.0) for item in items]
    return table(rows, places)


def policy_structure_layer() -> gpd.GeoDataFrame:
    """Make the national and neighbouring structure: corridors as lines, places as round areas."""
    rng = generator("policy structure")
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []
    for item in read_toml("policy_structure")["element"]:
        rows.append(
            {
                "ELEMENT": f"VS{len(rows) + 1:02d}",
                "NAAM": item["name"],
                "OVERHEID": item["government"],
                "SOORT": item["kind"],
                "OPMERKING": f"{EXAMPLE}: schematisch",
            }
        )
        points = metres(item["points"])
        if len(points) == 1:
            x, y = points[0].tolist()
            shapes.append(blob(x, y, float(item["radius_km"]) * 1000.0, rng))
        else:
            shapes.append(shapely.LineString(chaikin(chaikin(points))))
    return table(rows, shapes)


def atelier_layer(parks: list[Park]) -> gpd.GeoDataFrame:
    """Make the remarks of made-up sessions, each drawn round the middle of its park."""
    rng = generator("atelier")
    by_name = {park.name: park for park in parks}
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []
    for item in read_rows("atelier"):
        park = by_name[item["park"]]
        rows.append(
            {
                "OPM_ID": f"VA{len(rows) + 1:02d}",
                "GROEP": item["group"],
                "SESSIE": item["session"],
                "DATUM": item["date"],
                "STATUS": item["status"],
                "ONDERWERP": item["subject"],
                "UITSPRAAK": item["stated"] or None,
                "TEKST": f"{EXAMPLE}: {item['text']}",
            }
        )
        middle = shapely.get_coordinates(park.shape.representative_point())[0]
        radius = min(400.0, 0.5 * (park.shape.area / 3.14) ** 0.5)
        shapes.append(blob(float(middle[0]), float(middle[1]), radius, rng, corners=8))
    return table(rows, shapes)

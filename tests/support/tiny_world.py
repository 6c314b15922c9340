"""Releases of a tiny world that a person can work out: made by the main job, without views.

Around (130000, 455000): park A is 1 ha and has water 300 m south of it, park B is 1 ha, far away. Homes are in
quiet surroundings, so category 4.1 keeps 200 m (VNG 2009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import shapely

from api.jobs.run import run
from layers.project import load_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.release import Release

X, Y = 130_000.0, 455_000.0
FAR: Final = ("H0", 5_000.0, 5_000.0)
PARKS: Final[Mapping[str, tuple[str, tuple[float, float, float, float]]]] = {
    "A": ("4.1", (0, 0, 100, 100)),
    "B": ("4.1", (2000, 0, 2100, 100)),
}
WATER: Final = (-1000, -320, 1100, -300)

HEAD = """
[project]
name = "Kleine wereld"
authority = "Provincie Voorbeeld"
reference_date = {date}
sample = true
note = "Verzonnen"
procedure_status = "adopted"

[parameters]
{parameters}

[parameters.space]
assess = false
surface = false
"""
LAYER = """
[layers.{name}]
path = "{name}.geojson"
source = "met de hand"
licence = "CC0"
"""


def box(corners: tuple[float, float, float, float]) -> shapely.Polygon:
    """Give a box from its corners relative to the middle of the world."""
    west, south, east, north = corners
    return shapely.box(X + west, Y + south, X + east, Y + north)


def point(x: float, y: float) -> shapely.Point:
    """Give a point relative to the middle of the world."""
    return shapely.Point(X + x, Y + y)


def make_world(folder: Path, **world: Any) -> Release:
    """Write a project as `write_world` does, and run it."""
    return run(load_project(write_world(folder, **world)), folder / "releases", render=no_views)


def write_world(
    folder: Path,
    *,
    parks: Mapping[str, tuple[str, tuple[float, float, float, float]]] | None = None,
    homes: tuple[tuple[str, float, float], ...] = (FAR,),
    water: tuple[float, float, float, float] = WATER,
    parameters: str = "",
    date: str = "2026-01-01",
    park_facts: dict[str, dict[str, Any]] | None = None,
    more: dict[str, list[dict[str, Any]]] | None = None,
) -> Path:
    """Write a project and give its file.

    Parameters
    ----------
    folder
        For the project.
    parks
        Identifier to permitted category and corners.
    homes
        Identifier, x and y.
    water
        Corners of the surface of a canal of class IV.
    parameters
        Lines for the project file.
    park_facts
        Park to further columns.
    more
        Further layers: name to rows with ``geometry``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = PARKS if parks is None else parks
    area = {"municipality_code": "GM0344", "name": "Utrecht", "sub_area": "Midden"}
    layers: dict[str, list[dict[str, Any]]] = {
        "parks": [
            {"park_id": name, "name": f"Park {name}", "max_category": category, "geometry": box(corners)}
            | (park_facts or {}).get(name, {})
            for name, (category, corners) in known.items()
        ],
        "municipalities": [{**area, "geometry": box((-9000, -9000, 9000, 9000))}],
        "sensitive_objects": [
            {"object_id": name, "kind": "home", "weight": 1, "geometry": point(x, y)} for name, x, y in homes
        ],
        "surroundings": [
            {"area_id": "S", "surroundings": "quiet", "geometry": box((-9000, -9000, 9000, 9000))}
        ],
        "waterways": [{"waterway_id": "W", "name": "Kanaal", "cemt": "IVa", "geometry": box(water)}],
        **(more or {}),
    }
    text = HEAD.format(date=date, parameters=parameters)
    for name, rows in layers.items():
        gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:28992").to_file(folder / f"{name}.geojson")
        text += LAYER.format(name=name)
    (folder / "project.toml").write_text(text, encoding="utf-8")
    return folder / "project.toml"


def no_views(*_: object) -> None:
    """Draw nothing."""

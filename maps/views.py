"""All that people look at, made from the data of a release and from nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from layers.schema import Level
from maps.reading import View

if TYPE_CHECKING:
    from layers.release import Release

PLANNER = "planner/"
VIEWS = ("map.html", "map.png", "planner/map.html", "report.html")
DRAWN_BY = {
    "handouts.html": ("handout_page", "handouts_page"),
    "map.html": ("webmap", "web_map"),
    "map.png": ("static_map", "static_map"),
    "plan.html": ("plan_page", "plan_page"),
    "report.html": ("report", "report"),
    "space.html": ("space", "space_report"),
    "structure.png": ("structure_map", "structure_map"),
    "unknowns.html": ("unknowns", "unknowns_page"),
}
"""View to the module and function that draw it."""


def render(release: Release) -> dict[str, bytes]:
    """Draw a release.

    Parameters
    ----------
    release
        Read through its ``data/`` only; labels, units, class order, colours and patterns come from its
        catalogue.

    Returns
    -------
    dict
        Relative path under ``views/`` to content. ``map.html``, ``map.png`` and ``report.html`` are for
        everybody; ``planner/map.html`` holds the details and is for the province.
    """
    return {view: render_one(release, view) for view in VIEWS}


def render_one(release: Release, view: str) -> bytes:
    """Draw one view, for readers of the level that its place states."""
    level = Level.PROVINCE if view.startswith(PLANNER) else Level.PUBLIC
    module, function = DRAWN_BY[view.removeprefix(PLANNER)]
    # folium and matplotlib are heavy: each is loaded when something is drawn with it
    drawn: bytes = getattr(import_module(f"maps.{module}"), function)(View(release, level))
    return drawn

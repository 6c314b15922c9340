"""All that people look at, made from the data of a release and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.schema import Level
from maps.reading import View

if TYPE_CHECKING:
    from layers.release import Release

VIEWS = ("map.html", "map.png", "planner/map.html", "report.html")


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
    """Draw one view: of `render`, or a page of a release with a balance."""
    # folium and matplotlib are heavy, and only needed here
    if view == "map.png":
        from maps.static_map import static_map

        return static_map(View(release, Level.PUBLIC))
    if view == "report.html":
        from maps.report import report

        return report(View(release, Level.PUBLIC))
    if view == "space.html":
        from maps.space import space_report

        return space_report(View(release, Level.PUBLIC))
    if view == "unknowns.html":
        from maps.unknowns import unknowns_page

        return unknowns_page(View(release, Level.PUBLIC))
    from maps.webmap import web_map

    return web_map(View(release, Level.PROVINCE if view.startswith("planner/") else Level.PUBLIC))

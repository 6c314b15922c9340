"""All that people look at, made from the data of a release and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.schema import Level
from maps.reading import View

if TYPE_CHECKING:
    from layers.release import Release


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
    # folium and matplotlib are heavy, and only needed here
    from maps.report import report
    from maps.static_map import static_map
    from maps.webmap import web_map

    planner = View(release, Level.PROVINCE)
    public = planner.at(Level.PUBLIC)
    return {
        "map.html": web_map(public),
        "map.png": static_map(public),
        "planner/map.html": web_map(planner),
        "report.html": report(public),
    }

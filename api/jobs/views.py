"""The views of a release: maps, report and GeoPackages, all derived from its ``data/``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from layers.schema import Level

if TYPE_CHECKING:
    from pathlib import Path

    from api.jobs.drawing import DrawingProcess
    from layers.release import Release

VIEWS = "views"
PLANNER = "planner/"
"""Views under this folder hold details and stay inside the province; the others may go out."""
ALL_VIEWS = ("map.html", "map.png", "planner/map.html", "planner/release.gpkg", "release.gpkg", "report.html")
SPACE_VIEWS = ("planner/space.html", "planner/tables.xlsx", "space.html", "tables.xlsx", "unknowns.html")
"""Made when the release holds a balance; then each sub-area also has a GeoPackage for each level."""
PLAN_VIEWS = ("planner/handouts.html", "planner/plan.html", "planner/structure.png")
"""Made when the release holds a reservation plan."""
STRUCTURE = "structure.png"
"""Made for everybody once the plan may go out."""
SUB_AREAS = "sub_areas/"
"""Folder with a GeoPackage per sub-area, named after it."""
HEAVY_VIEWS = ("planner/map.html", "planner/release.gpkg", "planner/tables.xlsx", "release.gpkg")
"""With the sub-areas for planners about half the work; what a second process makes."""


class Sink(Protocol):
    """Where views go: a release that is being written, or a folder."""

    def write_bytes(self, relative: str, data: bytes, level: Level = ...) -> None:
        """Write one file."""

    def path_for(self, relative: str, level: Level = ...) -> Path:
        """Give the place where another writer makes one file."""


class FolderSink:
    """A plain folder that receives views."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write_bytes(self, relative: str, data: bytes, level: Level = Level.PUBLIC) -> None:
        """Write one file."""
        self.path_for(relative, level).write_bytes(data)

    def path_for(self, relative: str, level: Level = Level.PUBLIC) -> Path:  # noqa: ARG002 (a folder has no levels)
        """Give the place of one file, its folder made."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def write_views(release: Release, sink: Sink, beside: DrawingProcess | None = None) -> None:
    """Make every view of a release.

    Parameters
    ----------
    release
        Read through its ``data/`` only.
    sink
        Receives ``views/map.html``, ``map.png``, ``report.html`` and ``release.gpkg`` beside it and, with the
        details, ``views/planner/``; of a release with a balance also its pages and workbooks, and a
        GeoPackage per sub-area.
    beside
        A started process that makes part of them at the same time; without one all are made here.
    """
    release = release.remembering()
    places = {view: sink.path_for(f"{VIEWS}/{view}", view_level(view)) for view in views_of(release)}
    elsewhere = [view for view in places if _is_heavy(view)] if beside is not None else []
    if beside is not None:
        beside.begin(release, {view: places[view] for view in elsewhere})
    for view, place in places.items():
        if view not in elsewhere:
            make_view(release, view, place)
    if beside is not None:
        beside.finish()


def views_of(release: Release) -> tuple[str, ...]:
    """Name the views of a release."""
    if "balance" not in release.names:
        return ALL_VIEWS
    from layers.exports.sub_areas import area_slugs

    sub_areas = (
        f"{folder}{SUB_AREAS}{slug}.gpkg"
        for folder in ("", PLANNER)
        for slug in area_slugs(release, view_level(folder)).values()
    )
    return (*ALL_VIEWS, *SPACE_VIEWS, *sub_areas, *_plan_views(release))


def _plan_views(release: Release) -> tuple[str, ...]:
    """Name the views of a reservation plan; the picture of the structure goes out with the plan."""
    if "reservation_plan" not in release.names:
        return ()
    open_to_all = Level.PUBLIC.allows(release.level("structure_hubs"))
    return (*PLAN_VIEWS, STRUCTURE) if open_to_all else PLAN_VIEWS


def _is_heavy(view: str) -> bool:
    return view in HEAVY_VIEWS or view.startswith(f"{PLANNER}{SUB_AREAS}")


def make_view(release: Release, view: str, path: Path) -> None:
    """Make one view of a release in a file."""
    if view.removeprefix(PLANNER).startswith(SUB_AREAS):
        from layers.exports.geopackage import write_sub_area

        slug = view.rpartition("/")[2].removesuffix(".gpkg")
        write_sub_area(release, path, view_level(view), slug)
    elif view.endswith(".gpkg"):
        from layers.exports.geopackage import write_geopackage

        write_geopackage(release, path, view_level(view))
    elif view.endswith(".xlsx"):
        from layers.exports.workbook import write_workbook

        write_workbook(release, path, view_level(view))
    else:
        from maps.views import render_one

        path.write_bytes(render_one(release, view))


def view_level(relative: str) -> Level:
    """Tell who may have a view, from its place under ``views/``."""
    return Level.PROVINCE if relative.startswith(PLANNER) else Level.PUBLIC


def rebuild_views(release: Release, folder: Path) -> None:
    """Make the views of a release again, in another folder and byte for byte the same.

    Parameters
    ----------
    release
        A whole release; its own views are neither read nor changed.
    folder
        Receives ``views/``.
    """
    write_views(release, FolderSink(folder))

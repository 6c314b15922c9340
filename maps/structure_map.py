"""The circular main structure as a printed map for a council: A3 landscape as a PNG.

Hubs stand as numbered marks whose shape tells the type, whose size tells the level and whose filling tells
whether they stand or are proposed. Water carries lines as wide as all that goes over it, roads carry arcs.
Everything is read from a release.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from layers.schema import Level
from maps import geometry, static_face
from maps.extent import extent, within_reach
from maps.labels import Box, place
from maps.payload import water_band
from maps.reading import View
from maps.static_map import AREA, BORDER, LAND, outline
from maps.structure_marks import (
    ALARM,
    DASHES,
    INK,
    ROAD,
    SIZES,
    WATER,
    drawn,
    faces,
    mark_of,
    number_colour,
    stretches,
    width_of,
)
from maps.structure_names import Names, Spot, box_of
from maps.structure_panel import Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from layers.release import Release

SIZE_INCHES = (16.54, 11.69)
DPI = 150
POINTS = 72.0
PARK = "#ded9cf"
MAIN_ROAD = "#d8c3ab"
STREAMS = {
    "small": ("#c3dbe9", 0.8),
    "medium": ("#a9cbe0", 1.8),
    "large": ("#94bdd8", 3.4),
    "unknown": ("#c9d2d6", 0.8),
}
LEVELS = tuple(SIZES)
REACH = 70.0
"""How far a mark may move to be free of others, in pixels."""
BEND = 0.13
"""How far an arc bends, as a share of its length."""


def render_structure_png(release: Release) -> bytes:
    """Draw the main structure as everybody may see it.

    Parameters
    ----------
    release
        With ``structure_hubs``; what else it lacks is left out and said.

    Returns
    -------
    bytes
        A PNG of A3 landscape at 150 dpi, without a date in it.
    """
    return structure_map(View(release, Level.PUBLIC))


def structure_map(view: View) -> bytes:
    """Draw the main structure as the reader of a view may see it; see `render_structure_png`."""
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.012, 0.065, 0.575, 0.85))
    hubs = numbered(view)
    year, links = last_links(view)
    _frame(axes, view)
    _land(axes, view)
    _hub_areas(axes, hubs)
    static_face.scale_and_north(axes)
    # the place of the map on the paper is only known once it has been drawn
    axes.apply_aspect()
    spots = _spots(axes, hubs)
    _water_links(axes, links)
    _road_links(axes, links, {hub["hub_id"]: spot for hub, spot in zip(hubs, spots, strict=True)})
    Names(canvas, axes, _marks(axes, hubs, spots)).write(view, hubs, spots)
    Panel(canvas).draw(view, hubs, year)
    target = BytesIO()
    figure.savefig(
        target, format="png", dpi=DPI, metadata={"Software": "kringruimte"}, pil_kwargs={"compress_level": 4}
    )
    return target.getvalue()


def numbered(view: View) -> list[dict[str, Any]]:
    """Give the hubs with their numbers: by level, then by what they exchange, then by name."""
    rows = view.rows("structure_hubs")
    shapes = view.geometry("structure_hubs")
    points = (
        np.where(
            shapely.intersects(shapes, shapely.centroid(shapes)),
            shapely.centroid(shapes),
            shapely.point_on_surface(shapes),
        )
        if len(shapes)
        else shapes
    )
    others = sorted({str(row["hub_type"]) for row in rows})
    hubs = [
        {**row, "shape": shape, "point": point, "mark": mark_of(str(row["hub_type"]), others)}
        for row, shape, point in zip(rows, shapes, points, strict=True)
    ]
    hubs.sort(
        key=lambda hub: (LEVELS.index(hub["level"]), -_exchanged(hub), str(hub["name"]), str(hub["hub_id"]))
    )
    return [{**hub, "number": number} for number, hub in enumerate(hubs, start=1)]


def _exchanged(hub: dict[str, Any]) -> float:
    return sum(float(hub[name] or 0.0) for name in ("tonnes_in_t", "tonnes_out_t"))


def last_links(view: View) -> tuple[int | None, list[dict[str, Any]]]:
    """Give the last year and its links, each with its way."""
    rows, shapes = view.rows("structure_links"), view.geometry("structure_links")
    if not rows:
        return None, []
    year = max(int(row["year"]) for row in rows)
    return year, [
        {**row, "shape": shape} for row, shape in zip(rows, shapes, strict=True) if int(row["year"]) == year
    ]


def _frame(axes: Axes, view: View) -> None:
    west, south, east, north = extent(view)
    margin = 0.02 * max(east - west, north - south)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    axes.set_aspect("equal", adjustable="box", anchor="C")
    axes.set_axis_off()


def _land(axes: Axes, view: View) -> None:
    """Draw what the structure lies on: municipalities, water, main roads and business parks, all quiet."""
    near = within_reach(view, "municipalities")
    shapes = geometry.simplified_together(view.geometry("municipalities")[near], 20.0)
    for shape in _areas(shapes):
        axes.add_artist(PathPatch(outline(shape), facecolor=LAND, edgecolor=BORDER, linewidth=0.6, zorder=1))
    for row, shape, keep in zip(
        view.rows("waterways"), view.geometry("waterways"), within_reach(view, "waterways"), strict=True
    ):
        colour, width = STREAMS[water_band(row.get("cemt"))]
        if keep:
            _draw_lines(axes, [shape], colour, width, 2)
    roads = [
        shape
        for row, shape in zip(view.rows("barriers"), view.geometry("barriers"), strict=True)
        if row.get("kind") == "main_road"
    ]
    _draw_lines(axes, roads, MAIN_ROAD, 1.2, 2)
    for shape in _areas(view.geometry("park_evidence")):
        axes.add_artist(PathPatch(outline(shape), facecolor=PARK, edgecolor=BORDER, linewidth=0.4, zorder=3))


def _areas(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    filled = (shapely.get_dimensions(shapes) == AREA) & ~shapely.is_empty(shapes)
    return np.asarray(shapes[filled], dtype=object)


def _draw_lines(axes: Axes, shapes: list[Any], colour: str, width: float, order: int) -> None:
    lines = [
        shapely.get_coordinates(part)
        for shape in shapes
        for part in shapely.get_parts(shape)
        if part.geom_type == "LineString"
    ]
    axes.add_collection(
        LineCollection(
            lines, colors=colour, linewidths=width, capstyle="round", joinstyle="round", zorder=order
        ),
        autolim=False,
    )


def _hub_areas(axes: Axes, hubs: list[dict[str, Any]]) -> None:
    for hub in hubs:
        if shapely.get_dimensions(hub["shape"]) == AREA:
            colour = hub["mark"].colour
            axes.add_artist(
                PathPatch(outline(hub["shape"]), facecolor=colour, edgecolor=colour, alpha=0.45, zorder=3)
            )


def _spots(axes: Axes, hubs: list[dict[str, Any]]) -> list[Spot]:
    """Give where each mark stands, moved aside where another one stands already."""
    frame = box_of(axes.get_window_extent())
    taken: list[Box] = []
    spots = []
    for hub in hubs:
        x, y = axes.transData.transform((hub["point"].x, hub["point"].y))
        half = (SIZES[hub["level"]] / 2.0 + 2.5) * DPI / POINTS
        wanted = Box(float(x) - half, float(y) - half, float(x) + half, float(y) + half)
        move = place(wanted, taken, frame, REACH) or (0.0, 0.0)
        taken.append(wanted.moved(*move))
        at = axes.transData.inverted().transform((x + move[0], y + move[1]))
        spots.append(Spot((float(at[0]), float(at[1])), half))
    return spots


def _water_links(axes: Axes, links: list[dict[str, Any]]) -> None:
    wet = [link for link in links if link["mode"] == "water"]
    shapes = np.array([link["shape"] for link in wet], dtype=object)
    for stretch in stretches(shapes, wet):
        points = shapely.get_coordinates(stretch.line)
        width = width_of(stretch.tonnes)
        axes.plot(
            points[:, 0], points[:, 1], color=WATER, linewidth=width, zorder=5, solid_capstyle="butt",
            dash_capstyle="butt",
            linestyle=DASHES if stretch.proposed else "solid",
        )  # fmt: skip


def _road_links(axes: Axes, links: list[dict[str, Any]], spots: dict[str, Spot]) -> None:
    """Draw an arc with a head for what goes over the road; it stops short of the marks."""
    to_pixels = axes.transData
    for link in links:
        if link["mode"] != "road" or not drawn(link["tonnes_mid_t"]):
            continue
        width = width_of(link["tonnes_mid_t"])
        start, end = spots[link["from_hub"]], spots[link["to_hub"]]
        head = (3.5 + 1.1 * width) * DPI / POINTS
        path = arc(
            to_pixels.transform(start.at), to_pixels.transform(end.at), start.radius, end.radius + head / 2
        )
        if path is None:
            continue
        points = to_pixels.inverted().transform(path)
        axes.plot(
            points[:, 0], points[:, 1], color=ROAD, linewidth=width, alpha=0.8, zorder=6,
            solid_capstyle="butt", dash_capstyle="butt",
            linestyle=DASHES if link["state"] == "proposed" else "solid",
        )  # fmt: skip
        east, north = path[-1] - path[-2]
        turn = float(np.degrees(np.arctan2(north, east))) - 90.0
        axes.plot(
            points[-1:, 0], points[-1:, 1], marker=(3, 0, turn), markersize=head * POINTS / DPI,
            color=ROAD, markeredgewidth=0, linestyle="none", zorder=6,
        )  # fmt: skip


def arc(
    start: NDArray[np.float64], end: NDArray[np.float64], before: float, after: float
) -> NDArray[np.float64] | None:
    """Give a curve that bends to the left, without its first and last pixels; None when nothing is left."""
    across = end - start
    middle = (start + end) / 2.0 + BEND * np.array([-across[1], across[0]])
    t = np.linspace(0.0, 1.0, 81)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
    apart = np.hypot(*(curve - start).T), np.hypot(*(curve - end).T)
    kept = curve[(apart[0] >= before) & (apart[1] >= after)]
    return kept if len(kept) > 1 else None


def _marks(axes: Axes, hubs: list[dict[str, Any]], spots: list[Spot]) -> list[Box]:
    """Draw the hubs with their numbers; give what names may not cover."""
    taken = []
    for hub, spot in zip(hubs, spots, strict=True):
        (x, y), size, mark, state = spot.at, SIZES[hub["level"]], hub["mark"], str(hub["state"])
        axes.plot([hub["point"].x, x], [hub["point"].y, y], color=INK, linewidth=0.8, zorder=7)
        style: dict[str, Any] = {"marker": mark.marker, "linestyle": "none"}
        if hub["cuts_chains"]:
            ring: dict[str, Any] = {
                "markerfacecolor": "white",
                "markeredgecolor": ALARM,
                "markeredgewidth": 1.6,
            }
            axes.plot([x], [y], markersize=size + 5.5, zorder=8, **style, **ring)
        axes.plot([x], [y], markersize=size, zorder=9, **style, **faces(mark, state))
        axes.annotate(
            str(hub["number"]), (x, y), ha="center", va="center_baseline", zorder=10, fontweight="bold",
            fontsize=max(6.0, size * 0.5), color=number_colour(mark, state),
        )  # fmt: skip
        left, bottom = (float(value) for value in axes.transData.transform(spot.at))
        half = spot.radius
        taken.append(Box(left - half, bottom - half, left + half, bottom + half))
    return taken

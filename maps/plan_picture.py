"""The map on the page of the reservation plan, as a PNG: where the reserved sites lie and from when."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.patheffects import withStroke

from maps import geometry, static_face
from maps.extent import extent, within_reach
from maps.labels import Box, place
from maps.payload import water_band
from maps.plan_tables import FIRST, sites
from maps.static_face import INK, WATER_LINES
from maps.static_map import AREA, BORDER, LAND, PLACE_NAME, outline
from maps.structure_names import box_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

    from maps.reading import View

WIDTH_INCHES = 9.0
TALLEST_INCHES = 10.0
LOWEST_INCHES = 4.5
DPI = 120
PARK = "#e3ded2"
LOOKS = (("#5d2d86", "o"), ("#d9760b", "s"), ("#1d7a5f", "^"), ("#08519c", "D"), ("#a61b1b", "v"))
"""Colour and mark per year from which sites are reserved, first year first; later years share the last."""
SVG_MARKS = {
    "o": '<circle cx="8" cy="8" r="6" {0}/>',
    "s": '<rect x="3" y="3" width="10" height="10" {0}/>',
    "^": '<polygon points="8,2 14,13 2,13" {0}/>',
    "D": '<polygon points="8,1 15,8 8,15 1,8" {0}/>',
    "v": '<polygon points="8,14 14,3 2,3" {0}/>',
}
BADGE = {"boxstyle": "circle,pad=0.25", "facecolor": INK, "edgecolor": "white", "linewidth": 0.8}
POINTS_PER_HA = 9.0
SMALLEST, LARGEST = 12.0, 110.0
"""Area of a mark in square points: in proportion to the hectares, within what can be seen."""


def picture(view: View) -> dict[str, Any] | None:
    """Draw the sites that the plan reserves.

    Parameters
    ----------
    view
        The release as its reader sees it.

    Returns
    -------
    dict or None
        ``source`` (a data URI), ``alt`` and ``legend`` with a swatch and a label per year; None when no site
        of the plan has a place on the map.
    """
    spots = _spots(view)
    if not spots:
        return None
    looks = _looks(spots)
    image = base64.b64encode(_draw(view, spots, looks)).decode()
    counts = {year: sum(1 for spot in spots if spot["from_year"] == year) for year in looks}
    return {
        "source": f"data:image/png;base64,{image}",
        "alt": f"Kaart met {len(spots)} plekken; de eerste {FIRST} dragen hun nummer uit de tabel.",
        "legend": [
            {"swatch": _swatch(*look), "label": f"vanaf {year}: {counts[year]} plekken"}
            for year, look in looks.items()
        ],
    }  # fmt: skip


def _spots(view: View) -> list[dict[str, Any]]:
    """Give the reserved sites that have a shape, in their order, with shape, point and number."""
    shapes = {
        str(row["site_id"]): shape
        for row, shape in zip(view.rows("reservation_sites"), view.geometry("reservation_sites"), strict=True)
        if shape is not None and not shapely.is_empty(shape)
    }
    return [
        {**row, "number": number, "shape": shape, "point": shapely.point_on_surface(shape)}
        for number, row in enumerate(sites(view), start=1)
        if (shape := shapes.get(str(row["site_id"]))) is not None
    ]


def _looks(spots: list[dict[str, Any]]) -> dict[int, tuple[str, str]]:
    starts = sorted({int(spot["from_year"]) for spot in spots})
    return {year: LOOKS[min(number, len(LOOKS) - 1)] for number, year in enumerate(starts)}


def _swatch(colour: str, mark: str) -> Markup:
    look = f'fill="{colour}" stroke="#fff"'
    return Markup(  # noqa: S704 - made of our own words only
        '<svg class="swatch" width="16" height="16" aria-hidden="true" focusable="false">'
        f"{SVG_MARKS[mark].format(look)}</svg>"
    )


def _draw(view: View, spots: list[dict[str, Any]], looks: dict[int, tuple[str, str]]) -> bytes:
    west, south, east, north = _extent(view, spots)
    height = min(max(WIDTH_INCHES * (north - south) / (east - west), LOWEST_INCHES), TALLEST_INCHES)
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DPI, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal", adjustable="box", anchor="C")
    axes.set_axis_off()
    _ground(axes, view)
    _marks(axes, spots, looks)
    static_face.scale_and_north(axes)
    # the place of the map on the paper is only known once it has been laid out
    axes.apply_aspect()
    taken = _numbers(canvas, axes, spots)
    _names(canvas, axes, view, taken)
    target = BytesIO()
    figure.savefig(target, format="png", dpi=DPI, metadata={"Software": "kringruimte"})
    return target.getvalue()


def _extent(view: View, spots: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    bounds = [shapely.total_bounds([spot["shape"] for spot in spots])]
    if len(view.geometry("park_evidence")) or len(view.geometry("municipalities")):
        bounds.append(np.array(extent(view)))
    corners = np.array(bounds)
    (west, south), (east, north) = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    margin = 0.02 * float(max(east - west, north - south))
    return float(west) - margin, float(south) - margin, float(east) + margin, float(north) + margin


def _ground(axes: Axes, view: View) -> None:
    """Draw what the sites lie on, all quiet: municipalities, water and business parks."""
    if len(view.geometry("municipalities")):
        near = within_reach(view, "municipalities")
        for shape in _areas(geometry.simplified_together(view.geometry("municipalities")[near], 20.0)):
            axes.add_artist(
                PathPatch(outline(shape), facecolor=LAND, edgecolor=BORDER, linewidth=0.6, zorder=1)
            )
    for row, shape in zip(view.rows("waterways"), view.geometry("waterways"), strict=True):
        colour, width = WATER_LINES[water_band(row.get("cemt"))]
        lines = [
            shapely.get_coordinates(part)
            for part in shapely.get_parts(shape)
            if part.geom_type == "LineString"
        ]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width, zorder=2), autolim=False)
    for shape in _areas(view.geometry("park_evidence")):
        axes.add_artist(
            PathPatch(outline(shape), facecolor=PARK, edgecolor="#8f8a7c", linewidth=0.5, zorder=3)
        )


def _areas(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    filled = (shapely.get_dimensions(shapes) == AREA) & ~shapely.is_empty(shapes)
    return np.asarray(shapes[filled], dtype=object)


def _marks(axes: Axes, spots: list[dict[str, Any]], looks: dict[int, tuple[str, str]]) -> None:
    for spot in spots:
        colour, mark = looks[int(spot["from_year"])]
        if shapely.get_dimensions(spot["shape"]) == AREA:
            axes.add_artist(
                PathPatch(outline(spot["shape"]), facecolor=colour, edgecolor=colour, linewidth=0.5, zorder=4)
            )
        size = min(max(POINTS_PER_HA * float(spot["last_ha"] or 0.0), SMALLEST), LARGEST)
        axes.plot(
            [spot["point"].x], [spot["point"].y], marker=mark, markersize=size**0.5, markerfacecolor=colour,
            markeredgecolor="white", markeredgewidth=0.7, linestyle="none", zorder=5, alpha=0.9,
        )  # fmt: skip


def _numbers(canvas: FigureCanvasAgg, axes: Axes, spots: list[dict[str, Any]]) -> list[Box]:
    """Draw the numbers of the first sites, each near its place with a line; give what names may not cover."""
    frame = box_of(axes.get_window_extent())
    taken: list[Box] = []
    for spot in spots:
        if spot["number"] > FIRST:
            continue
        x, y = spot["point"].x, spot["point"].y
        text = axes.text(
            x, y, str(spot["number"]), fontsize=8.5, fontweight="bold", ha="center", va="center",
            color="white", zorder=9, bbox=BADGE,
        )  # fmt: skip
        if _settle(canvas, axes, text, taken, frame, reach=120.0, away=18.0):
            east, north = text.get_position()
            axes.plot([x, east], [y, north], color=INK, linewidth=0.9, zorder=8)
    return taken


def _names(canvas: FigureCanvasAgg, axes: Axes, view: View, taken: list[Box]) -> None:
    """Name the municipalities, large ones first, each where it covers no number."""
    shapes = view.geometry("municipalities")
    if not len(shapes):
        return
    near = within_reach(view, "municipalities", 0.0)
    rows = [row for row, keep in zip(view.rows("municipalities"), near, strict=True) if keep]
    frame, points = box_of(axes.get_window_extent()), geometry.label_points(shapes[near])
    halo = [withStroke(linewidth=2.2, foreground="white")]
    for index in np.argsort(-shapely.area(shapes[near]), kind="stable"):
        if points[index] is None:
            continue
        text = axes.text(
            points[index].x, points[index].y, str(rows[index]["name"]), fontsize=8.5, ha="center",
            va="center", color=PLACE_NAME, style="italic", path_effects=halo, zorder=7, parse_math=False,
        )  # fmt: skip
        _settle(canvas, axes, text, taken, frame, reach=60.0)


def _settle(
    canvas: FigureCanvasAgg,
    axes: Axes,
    text: Text,
    taken: list[Box],
    frame: Box,
    *,
    reach: float,
    away: float = 0.0,
) -> bool:
    """Move a text to where nothing stands, or take it away; tell whether it stayed."""
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    if away:
        x, y = axes.transData.transform(text.get_position())
        text.set_position(tuple(axes.transData.inverted().transform((x - away, y + away))))
    badge = text.get_bbox_patch()
    text.update_bbox_position_size(renderer)
    found = box_of((badge or text).get_window_extent(renderer))
    box = Box(found.left - 2, found.bottom - 2, found.right + 2, found.top + 2)
    move = place(box, taken, frame, reach)
    if move is None:
        text.remove()
        return False
    taken.append(box.moved(*move))
    x, y = axes.transData.transform(text.get_position())
    text.set_position(tuple(axes.transData.inverted().transform((x + move[0], y + move[1]))))
    return True

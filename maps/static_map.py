"""The printed map for a council paper: A4 landscape as a PNG, drawn by matplotlib without global state."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from maps import geometry, ranking, static_face
from maps.extent import extent, within_reach
from maps.labels import Box, place
from maps.payload import water_band
from maps.static_face import INK, MARKERS, WATER_LINES, hatch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

    from maps.reading import View

SIZE_INCHES = (11.69, 8.27)
DPI = 200
AREA = 2
"""Dimension of polygons."""
LISTED = 15
LAND = "#f7f5ee"
BORDER = "#a39d8c"
PLACE_NAME = "#4a463c"
SMALL_PX = 60
"""Parks smaller than this on paper are not covered by names."""


def static_map(view: View) -> bytes:
    """Draw the map of parks with room for a high category and their water connection.

    Parameters
    ----------
    view
        The release as its reader sees it.

    Returns
    -------
    bytes
        A PNG of A4 landscape at 200 dpi, without a date in it.
    """
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.075, 0.68, 0.81))
    _frame(axes, view)
    _municipalities(axes, view)
    _waterways(axes, view)
    _parks(axes, view)
    static_face.scale_and_north(axes)
    listed = ranking.listed(view, "heavy", LISTED)
    shown = static_face.face(figure, view, listed)
    taken = _park_numbers(canvas, axes, view, listed[:shown])
    _place_names(canvas, axes, view, taken)
    target = BytesIO()
    figure.savefig(
        target, format="png", dpi=DPI, metadata={"Software": "kringruimte"}, pil_kwargs={"compress_level": 4}
    )
    return target.getvalue()


def outline(shape: Any) -> Path:
    """Turn a polygon or multipolygon into one path; holes stay holes."""
    vertices: list[NDArray[np.float64]] = []
    codes: list[NDArray[np.uint8]] = []
    # the renderer fills by winding number, so rings and holes must run opposite ways
    for part in shapely.get_parts(shapely.orient_polygons(shape)):
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)
            code = np.full(len(points), Path.LINETO, dtype=np.uint8)
            code[0], code[-1] = Path.MOVETO, Path.CLOSEPOLY
            vertices.append(points)
            codes.append(code)
    return Path(np.concatenate(vertices), np.concatenate(codes))


def _polygons(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.asarray(shapely.get_dimensions(shapes) == AREA, dtype=bool) & ~shapely.is_empty(shapes)


def _frame(axes: Axes, view: View) -> None:
    west, south, east, north = extent(view)
    margin = 0.02 * max(east - west, north - south)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    axes.set_aspect("equal", adjustable="box", anchor="C")
    axes.set_axis_off()


def _municipalities(axes: Axes, view: View) -> None:
    near = within_reach(view, "municipalities")
    shapes = geometry.simplified_together(view.geometry("municipalities")[near], 20.0)
    for shape in shapes[_polygons(shapes)]:
        axes.add_artist(PathPatch(outline(shape), facecolor=LAND, edgecolor=BORDER, linewidth=0.6, zorder=1))


def _waterways(axes: Axes, view: View) -> None:
    shapes, rows, near = view.geometry("waterways"), view.rows("waterways"), within_reach(view, "waterways")
    bands: dict[str, list[NDArray[np.float64]]] = {band: [] for band in WATER_LINES}
    for row, shape, keep in zip(rows, shapes, near, strict=True):
        if not keep:
            continue
        band = water_band(row.get("cemt"))
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                axes.add_artist(
                    PathPatch(outline(part), facecolor=WATER_LINES[band][0], edgecolor="none", zorder=2)
                )
            elif part.geom_type == "LineString":
                bands[band].append(shapely.get_coordinates(part))
    for band, lines in bands.items():
        colour, width = WATER_LINES[band]
        axes.add_collection(
            LineCollection(
                lines, colors=colour, linewidths=width, capstyle="round", joinstyle="round", zorder=2
            ),
            autolim=False,
        )


def _parks(axes: Axes, view: View) -> None:
    shapes = view.geometry("park_evidence")
    drawn = _polygons(shapes)
    for row, shape, polygon in zip(view.rows("park_evidence"), shapes, drawn, strict=True):
        if not polygon:
            continue
        style = view.class_of("verdict", row["heavy"])
        patch = PathPatch(outline(shape), facecolor=style.fill, edgecolor=style.line, linewidth=0.7, zorder=4)
        hatch(patch, style)
        axes.add_artist(patch)
        marker = MARKERS.get(str(row["connection"]))
        if marker is not None:
            _, south, east, _ = shape.bounds
            water = view.class_of("connection", row["connection"])
            axes.plot(
                [east], [south], marker=marker, markersize=5, markerfacecolor=water.fill,
                markeredgecolor="white", markeredgewidth=0.6, linestyle="none", zorder=6,
            )  # fmt: skip


def _park_numbers(canvas: FigureCanvasAgg, axes: Axes, view: View, listed: list[dict[str, Any]]) -> list[Box]:
    """Draw the numbers of the listed parks; give what names may not cover: those and small parks."""
    frame = _box(axes.get_window_extent())
    identifiers = [row["park_id"] for row in view.rows("park_evidence")]
    shapes = dict(zip(identifiers, view.geometry("park_evidence"), strict=True))
    taken = [_pixels(axes, shape) for shape in shapes.values() if not _nothing(shape)]
    taken = [box for box in taken if max(box.right - box.left, box.top - box.bottom) < SMALL_PX]
    numbers: list[Box] = []
    for number, row in enumerate(listed, start=1):
        spot = shapes[row["park_id"]]
        if _nothing(spot):
            continue
        west, _, _, north = spot.bounds
        style = {"boxstyle": "circle,pad=0.22", "facecolor": INK, "edgecolor": "white", "linewidth": 0.6}
        text = axes.text(
            west, north, str(number), fontsize=6.5, fontweight="bold", ha="right", va="bottom",
            color="white", zorder=9, bbox=style,
        )  # fmt: skip
        _settle(canvas, axes, text, numbers, frame, reach=60, pad=2)
    return numbers + taken


def _place_names(canvas: FigureCanvasAgg, axes: Axes, view: View, taken: list[Box]) -> None:
    """Name the municipalities, large ones first, each where it covers nothing."""
    halo = [withStroke(linewidth=2.2, foreground="white")]
    frame = _box(axes.get_window_extent())
    near = within_reach(view, "municipalities", 0.0)
    rows = [row for row, keep in zip(view.rows("municipalities"), near, strict=True) if keep]
    places = view.geometry("municipalities")[near]
    points = geometry.label_points(places)
    for index in np.argsort(-shapely.area(places), kind="stable"):
        point = points[index]
        if point is None:
            continue
        text = axes.text(
            point.x, point.y, str(rows[index]["name"]), fontsize=7.5, ha="center", va="center",
            color=PLACE_NAME, style="italic", path_effects=halo, zorder=7, parse_math=False,
        )  # fmt: skip
        _settle(canvas, axes, text, taken, frame, reach=90, pad=2)


def _settle(
    canvas: FigureCanvasAgg, axes: Axes, text: Text, taken: list[Box], frame: Box, *, reach: float, pad: float
) -> None:
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    badge = text.get_bbox_patch()
    text.update_bbox_position_size(renderer)
    found = _box((badge or text).get_window_extent(renderer))
    box = Box(found.left - pad, found.bottom - pad, found.right + pad, found.top + pad)
    move = place(box, taken, frame, reach)
    if move is None:
        text.remove()
        return
    taken.append(box.moved(*move))
    pixels = axes.transData.transform(text.get_position())
    x, y = axes.transData.inverted().transform(pixels + np.array(move))
    text.set_position((float(x), float(y)))


def _nothing(shape: Any) -> bool:
    return shape is None or bool(shapely.is_empty(shape))


def _pixels(axes: Axes, shape: Any) -> Box:
    west, south, east, north = shape.bounds
    (left, bottom), (right, top) = axes.transData.transform([(west, south), (east, north)])
    return Box(float(left), float(bottom), float(right), float(top))


def _box(found: Any) -> Box:
    return Box(float(found.x0), float(found.y0), float(found.x1), float(found.y1))

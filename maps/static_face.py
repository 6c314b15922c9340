"""What stands round the printed map: title, legend, list of parks, scale, north arrow and sources."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from maps import heading, patterns, wording
from maps.payload import WATER_BANDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from layers.classes import ClassStyle, Pattern
    from maps.reading import View

INK = "#1f1b24"
SOFT = "#5b5563"
HATCHES: dict[Pattern, str] = {
    "solid": "",
    "none": "",
    "diagonal": "//////",
    "cross": "xxxxx",
    "dots": ".....",
    "horizontal": "------",
}
MARKERS = {"own_quay": "s", "public_quay": "D", "adjacent": "^"}
"""Marker per class of water connection; parks farther from the water bear none."""
WATER_LINES = {
    "small": ("#8fbcd8", 0.8),
    "medium": ("#4d92bf", 1.6),
    "large": ("#2a6ea6", 2.8),
    "unknown": ("#9aa7ae", 0.8),
}
SCALES_M = (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)
KILOMETRE = 1000
PANEL = 0.715
"""Where the column beside the map begins, as a share of the width; the bottom of that column is `FLOOR`."""
FLOOR = 0.075
RIGHT = 0.98
LINE = 0.0185
WIDE = 215
"""Characters of small print that fit across the paper."""


def hatch(patch: Patch, style: ClassStyle) -> None:
    """Draw the pattern of a class on a patch."""
    patch.set_hatch(HATCHES[style.pattern])
    patch.set_hatchcolor(patterns.stroke_colour(style))
    patch.set_hatch_linewidth(0.6)


def scale_and_north(axes: Axes) -> None:
    """Draw a scale bar and a north arrow (grid north of EPSG:28992)."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    length = next((step for step in SCALES_M if step <= (east - west) / 4), SCALES_M[-1])
    x, y = west + 0.02 * (east - west), south + 0.03 * (north - south)
    height = 0.006 * (north - south)
    for part, colour in enumerate((INK, "white")):
        left = x + part * length / 2
        axes.fill(
            [left, left + length / 2, left + length / 2, left], [y, y, y + height, y + height],
            facecolor=colour, edgecolor=INK, linewidth=0.6, zorder=8,
        )  # fmt: skip
    text = f"{wording.number(length / KILOMETRE, 0 if length >= KILOMETRE else 1)} km"
    for place, label in ((x, "0"), (x + length, text)):
        axes.text(place, y + 2.2 * height, label, ha="center", va="bottom", fontsize=7, color=INK, zorder=8)
    axes.annotate(
        "N", xy=(0.03, 0.99), xytext=(0.03, 0.93), xycoords="axes fraction", ha="center", va="top",
        fontsize=10, fontweight="bold", color=INK,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2},
    )  # fmt: skip


def face(figure: Figure, view: View, listed: list[dict[str, Any]]) -> int:
    """Write title, legend, list, sources and warnings; give how many parks of the list had room."""
    texts = heading.heading(view, "Ruimte voor hoge milieucategorie en water")
    _write(figure, 0.02, 0.965, cut(texts["heading"], 95), size=15, bold=True)
    _write(figure, 0.02, 0.925, texts["meta"], size=9, colour=SOFT)
    if texts["note"]:
        _write(figure, 0.02, 0.903, cut(f"Let op: {texts['note']}", 150), size=8)
    if texts["banner"]:
        figure.text(
            RIGHT, 0.925, f"SCHEMATISCH VOORBEELD. {heading.SAMPLE}", fontsize=8, ha="right", va="top",
            color=INK, parse_math=False,
            bbox={"facecolor": "#fff3c4", "edgecolor": "#b98900", "linewidth": 0.8, "pad": 3},
        )  # fmt: skip
    foot = [*wrap(texts["sources"], WIDE, max_lines=2, placeholder=" …"), texts["disclaimer"]]
    for number, line in enumerate(reversed(foot)):
        _write(figure, 0.02, 0.03 + 0.016 * number, cut(line, WIDE), size=6.5, colour=SOFT)
    return _list(figure, listed, _legend(figure, view))


def cut(text: str, length: int) -> str:
    """Shorten a text that would run off the paper."""
    return text if len(text) <= length else f"{text[: length - 2].rstrip()} …"


def _write(
    figure: Figure,
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    bold: bool = False,
    colour: str = INK,
    right: bool = False,
) -> None:
    # names may hold a dollar sign, which must not start a formula
    figure.text(
        x, y, text, fontsize=size, fontweight="bold" if bold else "normal", color=colour, va="top",
        ha="right" if right else "left", parse_math=False,
    )  # fmt: skip


def _legend(figure: Figure, view: View) -> float:
    columns = view.columns("park_evidence")
    patches: list[Any] = []
    for style in view.classes("verdict"):
        patch = Patch(facecolor=style.fill, edgecolor=style.line, linewidth=0.7, label=style.label_nl)
        hatch(patch, style)
        patches.append(patch)
    bottom = _block(figure, patches, columns["heavy"].label_nl, 0.88)
    markers = [
        Line2D(
            [], [], marker=MARKERS[style.code], markersize=6, markerfacecolor=style.fill,
            markeredgecolor="#062f5c", markeredgewidth=0.5, linestyle="none", label=style.label_nl,
        )
        for style in view.classes("connection")
        if style.code in MARKERS
    ]  # fmt: skip
    bottom = _block(figure, markers, columns["connection"].label_nl, bottom)
    if not view.has("waterways"):
        return bottom
    labels = [(band, label) for band, label, _ in WATER_BANDS] + [("unknown", f"klasse {wording.MISSING}")]
    lines = [
        Line2D([], [], color=WATER_LINES[band][0], linewidth=WATER_LINES[band][1], label=label)
        for band, label in labels
    ]
    return _block(figure, lines, view.layer("waterways").label_nl, bottom)


def _block(figure: Figure, handles: list[Any], title: str, top: float) -> float:
    legend = figure.legend(
        handles=handles, title=title, loc="upper left", bbox_to_anchor=(PANEL, top), frameon=False,
        fontsize=8, title_fontproperties={"size": 9, "weight": "bold"}, alignment="left", borderaxespad=0,
        borderpad=0, handlelength=2.4, handleheight=1.2, labelspacing=0.4,
    )  # fmt: skip
    return float(legend.get_window_extent().y0 / figure.bbox.height) - 0.018


def _list(figure: Figure, listed: list[dict[str, Any]], top: float) -> int:
    if not listed:
        return 0
    _write(figure, PANEL, top, "Meeste ruimte voor hoge categorie", size=9, bold=True)
    _write(
        figure, PANEL, top - 0.022, "hectares zeker tot mogelijk, op volgorde van zeker", size=7, colour=SOFT
    )
    y = top - 0.046
    room = max(0, int((y - FLOOR) / LINE))
    for number, row in enumerate(listed[:room], start=1):
        _write(figure, PANEL + 0.02, y, str(number), size=7.5, bold=True, right=True)
        _write(figure, PANEL + 0.027, y, cut(f"{row['title']}, {row['place']}".rstrip(", "), 36), size=7.5)
        _write(figure, RIGHT, y, row["text"], size=7.5, right=True)
        y -= LINE
    return min(room, len(listed))

"""Legends of styles: as plain values, as a drawing (SVG) and as a picture (PNG), each with its texts."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, Any, Final

from maps import patterns

if TYPE_CHECKING:
    from layers.classes import ClassStyle, Pattern
    from maps.styles.rules import LayerStyle

PATTERNS_NL: Final[dict[Pattern, str]] = {
    "solid": "vol",
    "none": "effen",
    "diagonal": "schuin gestreept",
    "cross": "kruislings gestreept",
    "dots": "gestippeld",
    "horizontal": "horizontaal gestreept",
}
INK: Final = "#1a1a1a"
ROW, SWATCH, MARGIN, TITLE = 26, 34, 10, 30
"""Heights and widths, pixels."""
LETTER: Final = 8.5
"""Width that is kept for a letter of 14 pixels, on average on the generous side."""
DPI: Final = 96


def legend(style: LayerStyle) -> dict[str, Any]:
    """Give a legend as plain values for JSON.

    Returns
    -------
    dict
        Title, and per class its label, colours and pattern; the pattern also in words, for who does not see
        it.
    """
    return {
        "style": style.id,
        "layer": style.layer,
        "title": style.title,
        "shape": style.shape,
        "items": [
            {
                "code": rule.look.code,
                "label": rule.look.label_nl,
                "label_en": rule.look.label_en,
                "fill": rule.look.fill,
                "line": rule.look.line,
                "pattern": rule.look.pattern,
                "pattern_nl": PATTERNS_NL[rule.look.pattern],
            }
            for rule in style.rules
        ],
    }


def _size(style: LayerStyle) -> tuple[int, int]:
    """Give width and height that the texts need, pixels."""
    labels = [len(rule.look.label_nl) for rule in style.rules]
    width = max(LETTER * 1.15 * len(style.title), SWATCH + MARGIN + LETTER * max(labels, default=0))
    return round(2 * MARGIN + width), 2 * MARGIN + TITLE + ROW * len(style.rules)


def legend_svg(style: LayerStyle) -> str:
    """Draw a legend as an SVG file that stands on its own and can be read aloud."""
    width, height = _size(style)
    looks = [rule.look for rule in style.rules]
    definitions = "".join(patterns.definition(style.id, look) for look in looks)
    rows = "".join(_row(style, look, MARGIN + TITLE + ROW * number) for number, look in enumerate(looks))
    title = escape(style.title)
    texts = escape(", ".join(f"{look.label_nl} ({PATTERNS_NL[look.pattern]})" for look in looks))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d" '
        f'font-family="sans-serif" fill="{INK}">'
        f'<title id="t">Legenda: {title}</title><desc id="d">{texts}</desc><defs>{definitions}</defs>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        f'<text x="{MARGIN}" y="{MARGIN + 16}" font-size="15" font-weight="bold">{title}</text>{rows}</svg>\n'
    )


def _row(style: LayerStyle, look: ClassStyle, top: int) -> str:
    line = escape(look.line, quote=True)
    fill = f"url(#{patterns.identifier(style.id, look)})"
    middle = top + ROW // 2
    if style.shape == "line":
        symbol = f'<path d="M{MARGIN} {middle}h{SWATCH - 4}" stroke="{line}" stroke-width="3"/>'
    elif style.shape == "point":
        place = MARGIN + SWATCH // 2
        symbol = (
            f'<circle cx="{place}" cy="{middle}" r="6" fill="{fill}" stroke="{line}" stroke-width="1.5"/>'
        )
    else:
        symbol = (
            f'<rect x="{MARGIN}" y="{top + 4}" width="{SWATCH - 4}" height="{ROW - 8}" fill="{fill}" '
            f'stroke="{line}" stroke-width="1.5"/>'
        )
    text = escape(look.label_nl)
    return f'{symbol}<text x="{2 * MARGIN + SWATCH}" y="{middle + 5}" font-size="14">{text}</text>'


def legend_png(style: LayerStyle) -> bytes:
    """Draw a legend as a PNG file; the same bytes for the same style."""
    # matplotlib takes a second to load, and most readers never ask for a picture
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = _size(style)
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)

    def text(x: float, y: float, words: str, size: int, weight: str = "normal") -> None:
        figure.text(
            x / width, 1 - y / height, words, fontsize=size * 72 / DPI, weight=weight, va="center", color=INK,
            parse_math=False,
        )  # fmt: skip

    text(MARGIN, MARGIN + 11, style.title, 15, "bold")
    for number, rule in enumerate(style.rules):
        top = MARGIN + TITLE + ROW * number
        figure.add_artist(_artist(style, rule.look, top, width, height))
        text(2 * MARGIN + SWATCH, top + ROW / 2, rule.look.label_nl, 14)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=DPI, metadata={"Software": "kringruimte"})
    return target.getvalue()


def _artist(style: LayerStyle, look: ClassStyle, top: int, width: int, height: int) -> Any:
    """Make the symbol of a class, in parts of the figure."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    from maps.static_face import hatch

    middle = 1 - (top + ROW / 2) / height
    if style.shape == "line":
        ends = [MARGIN / width, (MARGIN + SWATCH - 4) / width]
        return Line2D(ends, [middle, middle], color=look.line, linewidth=2.2)
    if style.shape == "point":
        return Line2D(
            [(MARGIN + SWATCH / 2) / width], [middle], marker="o", markersize=9, color=look.fill,
            markeredgecolor=look.line,
        )  # fmt: skip
    patch = Rectangle(
        (MARGIN / width, 1 - (top + ROW - 4) / height),
        (SWATCH - 4) / width,
        (ROW - 8) / height,
        facecolor=look.fill,
        edgecolor=look.line,
    )
    hatch(patch, look)
    return patch

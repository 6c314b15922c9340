"""Fill patterns as SVG, so that a class can be told apart without seeing colour."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layers.classes import ClassStyle, Pattern

SIZE = 8
STROKES: dict[Pattern, str] = {
    "solid": "",
    "none": "",
    "diagonal": '<path d="M-2 2l4-4M0 8l8-8M6 10l4-4"/>',
    "cross": '<path d="M-2 2l4-4M0 8l8-8M6 10l4-4M-2 6l4 4M0 0l8 8M6-2l4 4"/>',
    "dots": '<path d="M2 2h.01M6 6h.01" stroke-linecap="round"/>',
    "horizontal": '<path d="M0 2h8M0 6h8"/>',
}
LINEAR_UP_TO = 0.04045
"""Up to this value the sRGB curve is a straight line."""
DARK_BELOW = 0.4
"""Below this luminance a pattern in the line colour would not show, so it is drawn in white."""


def luminance(colour: str) -> float:
    """Give the relative luminance of ``#rrggbb`` between 0 (black) and 1 (white), after WCAG 2.1."""
    weights = (0.2126, 0.7152, 0.0722)
    total = 0.0
    for weight, start in zip(weights, (1, 3, 5), strict=True):
        channel = int(colour[start : start + 2], 16) / 255
        total += weight * (channel / 12.92 if channel <= LINEAR_UP_TO else ((channel + 0.055) / 1.055) ** 2.4)
    return total


def stroke_colour(style: ClassStyle) -> str:
    """Give the colour in which the pattern of a class shows on its fill."""
    return "#ffffff" if luminance(style.fill) < DARK_BELOW else style.line


def identifier(theme: str, style: ClassStyle) -> str:
    """Give the id under which a class's pattern stands in a page."""
    return f"p-{theme}-{style.code.replace('.', '-')}"


def definition(theme: str, style: ClassStyle) -> str:
    """Write the SVG pattern of one class."""
    name = escape(identifier(theme, style), quote=True)
    width = "2.2" if style.pattern == "dots" else "1.1"
    opacity = "0.75" if stroke_colour(style) == "#ffffff" else "0.9"
    return (
        f'<pattern id="{name}" width="{SIZE}" height="{SIZE}" patternUnits="userSpaceOnUse">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="{escape(style.fill, quote=True)}"/>'
        f'<g fill="none" stroke="{escape(stroke_colour(style), quote=True)}" stroke-width="{width}" '
        f'stroke-opacity="{opacity}">{STROKES[style.pattern]}</g></pattern>'
    )


def swatch(theme: str, style: ClassStyle) -> str:
    """Write the small picture of a class that stands in a legend; hidden from screen readers."""
    return (
        '<svg class="swatch" width="30" height="18" aria-hidden="true" focusable="false">'
        f'<rect x="1" y="1" width="28" height="16" fill="url(#{identifier(theme, style)})" '
        f'stroke="{escape(style.line, quote=True)}" stroke-width="1.5"/></svg>'
    )

"""How documents look: colours, sizes and fonts, one place for Word, PDF and web page.

Text colours reach a contrast of 4.5 on the backgrounds on which they stand (WCAG 2.1 AA); what a colour says
is also said in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.documents import Tone

INK: Final = "#1f1b24"
SOFT: Final = "#5b5563"
ACCENT: Final = "#4b2c70"
LINE: Final = "#cfc8d8"
BAND: Final = "#f4f1f8"
"""Background of a header row."""
LINK: Final = "#4b2c70"


@dataclass(frozen=True, slots=True)
class Box:
    """Background and side line of a text that stands apart; `strong` for a text that leads."""

    fill: str
    line: str


BOXES: Final[Mapping[Tone, Box]] = {
    "lead": Box("#f4eefa", "#5d2d86"),
    "concept": Box("#fff6d6", "#8a6500"),
    "warning": Box("#fdecec", "#a61b1b"),
}
ARTICLE: Final = Box("#eef4fa", "#08519c")
"""Rule text that can be copied into a plan."""

OFFICE_FONT: Final = "Arial"
"""On every Windows, macOS and Linux office, there or as a font of the same widths (Liberation Sans)."""
PDF_FONTS: Final = ("Libertinus Serif", "DejaVu Sans Mono")
"""Shipped with typst, so that a PDF is the same wherever it is made; the second has signs the first lacks."""

BODY_PT: Final = 10.5
SMALLEST_PT: Final = 8.5
"""Running text of a page that must fit gets no smaller than this."""
MARGIN_MM: Final = 22.0
TIGHT_MARGIN_MM: Final = 16.0
"""Margin of a document that must fit on one page."""
PAGE_MM: Final = (210.0, 297.0)

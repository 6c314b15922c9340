"""Charts as inline SVG, without script: bands, waterfalls and grouped bars with whiskers.

Every chart lies on its side, so that long Dutch labels stay readable in print. What a colour says is said
by a pattern, a marker or a text as well.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from markupsafe import Markup

from maps import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 960.0
LABEL_WIDTH = 300.0
VALUE_WIDTH = 150.0
TOP = 12.0
TICKS = 5
WRAP = 42
LINE_HEIGHT = 15.0
LEGEND_BOX = 56.0
LETTER = 7.2
INK = "#1f1b24"
SOFT = "#5b5563"
GRID = "#d6d0dd"


@dataclass(frozen=True, slots=True)
class Look:
    """How one series is drawn: a colour, a pattern over it and a marker."""

    fill: str
    line: str
    pattern: str
    marker: str = "circle"


LOOKS = (
    Look("#d8c4e9", "#6b4c8f", "dots", "circle"),
    Look("#a97fca", "#4b2c70", "diagonal", "square"),
    Look("#5d2d86", "#351a55", "solid", "diamond"),
    Look("#6baed6", "#08519c", "cross", "triangle"),
)
"""Series in order: light to dark violet as on the map, then the blue of water."""

ASKED = Look("#a97fca", "#4b2c70", "diagonal")
THERE = Look("#6baed6", "#08519c", "dots")
SHORT = Look("#fec44f", "#8c5a0a", "cross")
LEFT = Look("#fff7bc", "#8c6d1f", "none")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: a value with its ends, drawn in the look of its series."""

    low: float
    mid: float
    high: float
    series: int


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share one label."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall: what is asked counts up, what is there counts down."""

    label: str
    value: float
    asked: bool


@dataclass(slots=True)
class _Canvas:
    """A drawing under construction, with one horizontal scale."""

    key: str
    low: float
    high: float
    parts: list[str] = field(default_factory=list)
    looks: dict[Look, None] = field(default_factory=dict)

    def x(self, value: float) -> float:
        """Place a value on the scale."""
        span = (self.high - self.low) or 1.0
        return LABEL_WIDTH + (WIDTH - LABEL_WIDTH - VALUE_WIDTH) * (value - self.low) / span

    def text(self, x: float, y: float, words: str, extra: str = "") -> None:
        """Write words with their baseline at y."""
        self.parts.append(f'<text x="{_n(x)}" y="{_n(y)}"{extra}>{escape(words)}</text>')

    def label(self, words: str, middle: float) -> None:
        """Write a row label in at most two lines, centred on the row."""
        lines = textwrap.wrap(words, WRAP, max_lines=2, placeholder=" …") or [""]
        first = middle + 4.5 - LINE_HEIGHT * (len(lines) - 1) / 2
        for position, line in enumerate(lines):
            self.text(LABEL_WIDTH - 12, first + position * LINE_HEIGHT, line, ' text-anchor="end"')

    def box(self, start: float, end: float, y: float, height: float, look: Look) -> None:
        """Fill a box between two values, with the pattern of its look over the colour."""
        left, right = sorted((self.x(start), self.x(end)))
        place = f'x="{_n(left)}" y="{_n(y)}" width="{_n(max(right - left, 0.8))}" height="{_n(height)}"'
        self.parts.append(f'<rect {place} fill="{look.fill}" stroke="{look.line}" stroke-width="1"/>')
        if look.pattern not in {"solid", "none"}:
            self.looks[look] = None
            self.parts.append(f'<rect {place} fill="url(#{self._pattern(look)})"/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, extra: str) -> None:
        """Draw a straight line between two points of the drawing."""
        self.parts.append(
            f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" {extra}/>',
        )

    def axis(self, bottom: float, unit: str) -> None:
        """Draw the grid behind what follows, with its numbers below."""
        step = nice_step(self.high - self.low)
        for tick in _ticks(self.low, self.high, step):
            x = self.x(tick)
            strong = tick == 0
            colour = f'stroke="{SOFT if strong else GRID}" stroke-width="{1.4 if strong else 1}"'
            self.line(x, TOP - 4, x, bottom, colour)
            words = wording.number(tick, 0 if step >= 1 else 1)
            self.text(x, bottom + 16, words, f' text-anchor="middle" fill="{SOFT}"')
        extra = f' text-anchor="start" fill="{SOFT}" font-weight="600"'
        self.text(WIDTH - VALUE_WIDTH + 30, bottom + 16, unit, extra)

    def finish(self, height: float, title: str, description: str) -> Markup:
        """Close the drawing."""
        patterns = "".join(_pattern(self._pattern(look), look) for look in self.looks)
        return Markup(  # noqa: S704 - every text in it went through escape
            f'<svg class="chart" viewBox="0 0 {_n(WIDTH)} {_n(height)}" role="img" '
            f'aria-labelledby="{self.key}-t {self.key}-d" font-size="13" fill="{INK}">'
            f'<title id="{self.key}-t">{escape(title)}</title>'
            f'<desc id="{self.key}-d">{escape(description)}</desc>'
            f"<defs>{patterns}</defs>{''.join(self.parts)}</svg>"
        )

    def _pattern(self, look: Look) -> str:
        return f"{self.key}-{look.pattern}-{look.line.removeprefix('#')}"


def bands(
    key: str, title: str, description: str, groups: Sequence[Group], series: Sequence[str],
    *, unit: str = "ha", highest: float | None = None,
) -> Markup:  # fmt: skip
    """Draw P10 to P90 as a band with a marker at P50, one row per bar.

    Parameters
    ----------
    key
        Start of the identifiers in the drawing, unique on its page.
    title, description
        For who cannot see the drawing.
    groups
        Rows under a shared label; values in `unit`.
    series
        Names of the series, for the legend.
    unit
        Unit of the values.
    highest
        End of the scale, for charts that are to be compared; the largest value when left out.

    Returns
    -------
    Markup
        One ``svg`` element; the same input gives the same text.
    """
    return _rows(key, title, description, groups, series, unit=unit, highest=highest, whiskers=False)


def grouped_bars(
    key: str, title: str, description: str, groups: Sequence[Group], series: Sequence[str],
    *, unit: str = "ha",
) -> Markup:  # fmt: skip
    """Draw the middle value as a bar with a line from low to high; parameters as of `bands`."""
    return _rows(key, title, description, groups, series, unit=unit, highest=None, whiskers=True)


def _rows(
    key: str, title: str, description: str, groups: Sequence[Group], series: Sequence[str],
    *, unit: str, highest: float | None, whiskers: bool,
) -> Markup:  # fmt: skip
    row, gap = 17.0, 10.0
    top = max([bar.high for group in groups for bar in group.bars] + [highest or 0.0])
    canvas = _Canvas(key, 0.0, top or 1.0)
    bottom = TOP + sum(_height(group, row) + gap for group in groups)
    canvas.axis(bottom, unit)
    y = TOP
    for group in groups:
        tall = _height(group, row)
        canvas.label(group.label, y + tall / 2)
        start = y + (tall - row * len(group.bars)) / 2
        for position, bar in enumerate(group.bars):
            _bar(canvas, bar, start + position * row, row, whiskers=whiskers)
        y += tall + gap
        canvas.line(8, y - gap / 2, WIDTH - 8, y - gap / 2, f'stroke="{GRID}" stroke-width="0.6"')
    _legend(canvas, series, bottom + 30, whiskers=whiskers)
    return canvas.finish(bottom + 54, title, description)


def _height(group: Group, row: float) -> float:
    return max(row * len(group.bars), 2 * LINE_HEIGHT + 2)


def _bar(canvas: _Canvas, bar: Bar, y: float, row: float, *, whiskers: bool) -> None:
    look = LOOKS[bar.series % len(LOOKS)]
    middle = y + row / 2
    canvas.box(0.0 if whiskers else bar.low, bar.mid if whiskers else bar.high, y + 3, row - 6, look)
    if whiskers:
        ink = f'stroke="{INK}" stroke-width="1.4"'
        low, high = canvas.x(bar.low), canvas.x(bar.high)
        canvas.line(low, middle, high, middle, ink)
        for end in (low, high):
            canvas.line(end, middle - 4, end, middle + 4, ink)
    else:
        canvas.parts.append(_marker(look.marker, canvas.x(bar.mid), middle))
    canvas.text(canvas.x(bar.high) + 9, middle + 4, _range(bar), ' font-size="12"')


def _range(bar: Bar) -> str:
    low, mid, high = (amount(value) for value in (bar.low, bar.mid, bar.high))
    return mid if low == high else f"{mid} ({low} tot {high})"


def amount(value: float) -> str:
    """Write hectares without unit: one decimal below ten, none above, and no zero for what is not zero."""
    if 0 < abs(value) < wording.SMALLEST_HA:
        return "<0,1"
    return wording.number(value, 1 if 0 < abs(value) < wording.DECIMALS_BELOW_HA else 0)


def _legend(canvas: _Canvas, series: Sequence[str], y: float, *, whiskers: bool) -> None:
    widths = [LEGEND_BOX + LETTER * len(name) for name in series]
    x = LABEL_WIDTH if LABEL_WIDTH + sum(widths) <= WIDTH else LABEL_WIDTH / 4
    for position, name in enumerate(series):
        look = LOOKS[position % len(LOOKS)]
        unit = (canvas.high - canvas.low) / (WIDTH - LABEL_WIDTH - VALUE_WIDTH)
        start = canvas.low + (x - LABEL_WIDTH) * unit
        canvas.box(start, start + 24 * unit, y + 1, 11, look)
        if not whiskers:
            canvas.parts.append(_marker(look.marker, x + 12, y + 6.5))
        canvas.text(x + 31, y + 11, name)
        x += widths[position]


def waterfall(
    key: str, title: str, description: str, steps: Sequence[Step],
    *, result: str = "Vraag min aanbod", span: tuple[float, float] | None = None,
) -> Markup:  # fmt: skip
    """Draw how demand builds up and supply takes from it, and what is left.

    Parameters
    ----------
    key, title, description
        As of `bands`.
    steps
        In the order in which they are drawn; values in hectares, never negative.
    result
        Label of the last bar, which is what is asked less what is there.
    span
        Ends of the scale, for charts that are to be compared (see `reach`).

    Returns
    -------
    Markup
        One ``svg`` element.
    """
    low, high = span or reach(steps)
    canvas = _Canvas(key, low, high if high > low else low + 1.0)
    row = 26.0
    bottom = TOP + row * (len(steps) + 1) + 4
    canvas.axis(bottom, "ha")
    level = 0.0
    for position, step in enumerate(steps):
        y = TOP + position * row
        after = level + (step.value if step.asked else -step.value)
        canvas.label(step.label, y + row / 2)
        canvas.box(level, after, y + 4, row - 8, ASKED if step.asked else THERE)
        change = step.value if step.asked else -step.value
        # never left of zero, where a label would lie across the axis
        _end_text(canvas, max(level, after, 0.0), y + row / 2, _signed(change))
        canvas.line(
            canvas.x(after), y + row - 4, canvas.x(after), y + row + 4,
            f'stroke="{SOFT}" stroke-width="1" stroke-dasharray="2 2"',
        )  # fmt: skip
        level = after
    y = TOP + len(steps) * row
    canvas.label(result, y + row / 2)
    canvas.box(0.0, level, y + 4, row - 8, SHORT if level > 0 else LEFT)
    _end_text(canvas, max(0.0, level), y + row / 2, _signed(level), ' font-weight="700"')
    return canvas.finish(bottom + 24, title, description)


def reach(steps: Sequence[Step]) -> tuple[float, float]:
    """Give the lowest and highest level that a waterfall comes to, zero included."""
    levels = [0.0]
    for step in steps:
        levels.append(levels[-1] + (step.value if step.asked else -step.value))
    return min(levels), max(levels)


def _signed(value: float) -> str:
    if abs(value) < wording.SMALLEST_HA:
        return amount(value)
    return ("+" if value > 0 else "−") + amount(abs(value))  # noqa: RUF001 - a minus as wide as the plus


def _end_text(canvas: _Canvas, value: float, middle: float, words: str, extra: str = "") -> None:
    canvas.text(canvas.x(value) + 7, middle + 4.5, words, extra)


def nice_step(span: float) -> float:
    """Give a step of 1, 2 or 5 times a power of ten that cuts a span in about five."""
    if span <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    return next(step * power for step in (1, 2, 5, 10) if step * power * TICKS >= span * 0.999)


def _ticks(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [position * step for position in range(first, last + 1)]


def _marker(kind: str, x: float, y: float) -> str:
    look = f'fill="#fff" stroke="{INK}" stroke-width="1.6"'
    if kind == "circle":
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="4.2" {look}/>'
    corners = {
        "square": ((-3.8, -3.8), (3.8, -3.8), (3.8, 3.8), (-3.8, 3.8)),
        "diamond": ((0, -5.2), (5.2, 0), (0, 5.2), (-5.2, 0)),
        "triangle": ((0, -5), (4.8, 4), (-4.8, 4)),
    }[kind]
    return f'<polygon points="{" ".join(f"{_n(x + dx)},{_n(y + dy)}" for dx, dy in corners)}" {look}/>'


def _pattern(identifier: str, look: Look) -> str:
    shapes = {
        "dots": f'<circle cx="3" cy="3" r="1.1" fill="{look.line}"/>',
        "diagonal": f'<path d="M-1 7L7 -1M2.5 10L10 2.5" stroke="{look.line}" stroke-width="1.1"/>',
        "cross": f'<path d="M0 0L6 6M6 0L0 6" stroke="{look.line}" stroke-width="0.9"/>',
    }
    return (
        f'<pattern id="{identifier}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f"{shapes[look.pattern]}</pattern>"
    )


def _n(value: float) -> str:
    """Write a coordinate in tenths, so that the last bits of a number do not show."""
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text

"""Charts of the reservation plan as inline SVG: what functions get and miss, and one aim against another."""

from __future__ import annotations

import textwrap
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps import wording
from maps.charts import GRID, INK, LABEL_WIDTH, SOFT, VALUE_WIDTH, WIDTH, amount, nice_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maps.reading import View

ROW = 34.0
TOP = 10.0
WRAP = 42
GOT, SHORT = ("#6baed6", "#08519c"), ("#fec44f", "#8c5a0a")
LEFT, RIGHT, PLOT_TOP, PLOT_BOTTOM, PLOT_WIDTH = 90.0, 40.0, 30.0, 290.0, 960.0
LEAST_POINTS = 2
ABOVE = 12.0
AXES = {
    "shortage": ("short_ha", "Tekort in het laatste planjaar (ha)"),
    "people": ("people", "Mensen binnen de afstand"),
}
"""Aims to the column that a reader knows them by."""
OTHER = {"suitability": "Gemis aan geschiktheid", "compactness": "Geopende terreinen"}


def wanted_and_short(key: str, rows: Sequence[dict[str, Any]], year: int) -> Markup | None:
    """Draw per function what it gets and what it misses, together what it wants.

    Parameters
    ----------
    key
        Start of the identifiers in the drawing, unique on its page.
    rows
        ``name``, ``wanted`` and ``short`` (hectares), in the order in which they are drawn.
    year
        The year of these figures, for the title.

    Returns
    -------
    Markup or None
        One ``svg`` element; None without rows.
    """
    if not rows:
        return None
    top = max(float(row["wanted"]) for row in rows) or 1.0
    unit = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / top
    bottom = TOP + ROW * len(rows)
    parts = _scale(top, unit, bottom)
    for number, row in enumerate(rows):
        middle = TOP + ROW * (number + 0.5)
        got = max(0.0, float(row["wanted"]) - float(row["short"]))
        parts += _label(str(row["name"]), middle)
        parts.append(_bar(LABEL_WIDTH, got * unit, middle, GOT))
        parts.append(
            _bar(LABEL_WIDTH + got * unit, float(row["short"]) * unit, middle, SHORT, f"url(#{key}-cross)")
        )
        words = f"{amount(float(row['short']))} van {amount(float(row['wanted']))}"
        parts.append(_text(LABEL_WIDTH + float(row["wanted"]) * unit + 8, middle + 4.5, words))
    parts += _keys(key, bottom + 30)
    pattern = f'<pattern id="{key}-cross" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 0L6 6M6 0L0 6" stroke="{SHORT[1]}" stroke-width="0.9"/></pattern>'  # noqa: E501
    says = f"Per functie wat zij in {year} krijgt en wat zij tekortkomt, in hectare."
    return _svg(
        key, WIDTH, bottom + 52, f"Gevraagd en tekort in {year}", says, [f"<defs>{pattern}</defs>", *parts]
    )


def _scale(top: float, unit: float, bottom: float) -> list[str]:
    step, parts, tick = nice_step(top), [], 0.0
    while tick <= top * 1.0001:
        x = LABEL_WIDTH + tick * unit
        parts.append(_line(x, TOP - 4, x, bottom, SOFT if tick == 0 else GRID))
        parts.append(
            _text(
                x,
                bottom + 16,
                wording.number(tick, 0 if step >= 1 else 1),
                f' text-anchor="middle" fill="{SOFT}"',
            )
        )
        tick += step
    parts.append(_text(WIDTH - VALUE_WIDTH + 30, bottom + 16, "ha", f' fill="{SOFT}" font-weight="600"'))
    return parts


def _label(words: str, middle: float) -> list[str]:
    lines = textwrap.wrap(words, WRAP, max_lines=2, placeholder=" …") or [""]
    start = middle + 4.5 - 7.5 * (len(lines) - 1)
    return [
        _text(LABEL_WIDTH - 12, start + 15 * number, line, ' text-anchor="end"')
        for number, line in enumerate(lines)
    ]


def _bar(x: float, width: float, middle: float, look: tuple[str, str], over: str = "") -> str:
    if width <= 0:
        return ""
    place = f'x="{_n(x)}" y="{_n(middle - 9)}" width="{_n(max(width, 0.8))}" height="18"'
    box = f'<rect {place} fill="{look[0]}" stroke="{look[1]}"/>'
    return f'{box}<rect {place} fill="{over}"/>' if over else box


def _keys(key: str, y: float) -> list[str]:
    parts = []
    for x, look, over, words in (
        (LABEL_WIDTH, GOT, "", "krijgt een plek"),
        (LABEL_WIDTH + 170, SHORT, f"url(#{key}-cross)", "tekort"),
    ):
        box = f'<rect x="{_n(x)}" y="{_n(y)}" width="24" height="11" '
        parts.append(f'{box}fill="{look[0]}" stroke="{look[1]}"/>')
        if over:
            parts.append(f'{box}fill="{over}"/>')
        parts.append(_text(x + 31, y + 10, words))
    return parts


def tradeoff(view: View, key: str) -> dict[str, Any] | None:
    """Give the trade-off between the first two aims: a drawing of its points and their table, if any."""
    rows = sorted(view.rows("plan_tradeoff"), key=lambda row: int(row["point"] or 0))
    if not rows:
        return None
    aims = [str(rows[0][name]) for name in ("first_aim", "second_aim")]
    across, up = (_axis(aim, part) for aim, part in zip(aims, ("first_value", "second_value"), strict=True))
    drawn = [row for row in rows if row[across[0]] is not None and row[up[0]] is not None]
    return {
        "across": across[1],
        "up": up[1],
        "chart": _curve(key, drawn, across, up) if len(drawn) >= LEAST_POINTS else None,
        "rows": [
            {
                "point": wording.number(row["point"]),
                "short": wording.number(row["short_ha"], 1),
                "people": wording.number(row["people"]),
                "reserved": wording.MISSING
                if row["reserved_ha"] is None
                else amount(float(row["reserved_ha"])),
                "sites": wording.number(row["sites"]),
            }
            for row in rows
        ],
    }


def _axis(aim: str, value: str) -> tuple[str, str]:
    return AXES.get(aim, (value, OTHER.get(aim, wording.code(aim))))


def _curve(key: str, rows: list[dict[str, Any]], across: tuple[str, str], up: tuple[str, str]) -> Markup:
    xs, ys = [float(row[across[0]]) for row in rows], [float(row[up[0]]) for row in rows]
    (left, right), high = _ends(xs), _ends([0.0, *ys])[1]

    def x_of(value: float) -> float:
        return LEFT + (PLOT_WIDTH - LEFT - RIGHT) * (value - left) / ((right - left) or 1.0)

    def y_of(value: float) -> float:
        return PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * value / (high or 1.0)

    parts = []
    for tick in _ticks(0.0, high):
        parts.append(_line(LEFT, y_of(tick), PLOT_WIDTH - RIGHT, y_of(tick), GRID))
        parts.append(
            _text(LEFT - 8, y_of(tick) + 4.5, _tick(tick, high), f' text-anchor="end" fill="{SOFT}"')
        )
    for tick in _ticks(left, right):
        parts.append(_line(x_of(tick), PLOT_BOTTOM, x_of(tick), PLOT_BOTTOM + 5, SOFT))
        parts.append(
            _text(
                x_of(tick),
                PLOT_BOTTOM + 20,
                _tick(tick, right - left),
                f' text-anchor="middle" fill="{SOFT}"',
            )
        )
    points = [(x_of(x), y_of(y)) for x, y in zip(xs, ys, strict=True)]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    parts.append(
        f'<polyline points="{path}" fill="none" stroke="#8f5bb8" stroke-width="1.6" stroke-dasharray="5 4"/>'
    )
    for row, (x, y) in zip(rows, points, strict=True):
        parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="5" fill="#5d2d86" stroke="#fff" stroke-width="1.5"/>'
        )
        parts.append(
            _text(x, y - ABOVE, wording.number(row["point"]), ' text-anchor="middle" font-weight="700"')
        )
    parts.append(_text(LEFT, 14, f"↑ {up[1]}", ' font-weight="600"'))
    parts.append(
        _text(PLOT_WIDTH - RIGHT, PLOT_BOTTOM + 40, f"{across[1]} →", ' text-anchor="end" font-weight="600"')
    )
    says = "Elk punt is een doorgerekend plan; de stippellijn verbindt ze alleen."
    return _svg(key, PLOT_WIDTH, PLOT_BOTTOM + 50, f"{across[1]} tegenover {up[1].lower()}", says, parts)


def _ends(values: list[float]) -> tuple[float, float]:
    """Give the whole steps around some values."""
    step = nice_step(max(values) - min(values))
    return float(min(values) // step) * step, float(-(-max(values) // step)) * step


def _ticks(low: float, high: float) -> list[float]:
    step = nice_step(high - low)
    return [low + number * step for number in range(int((high - low) / step + 1e-9) + 1)]


def _tick(value: float, span: float) -> str:
    return wording.number(value, 0 if nice_step(span) >= 1 else 1)


def _svg(key: str, width: float, height: float, title: str, says: str, parts: list[str]) -> Markup:
    return Markup(  # noqa: S704 - every text in it went through escape
        f'<svg class="chart" viewBox="0 0 {_n(width)} {_n(height)}" role="img" '
        f'aria-labelledby="{key}-t {key}-d" font-size="13" fill="{INK}">'
        f'<title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(says)}</desc>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: str, extra: str = "") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}"{extra}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{colour}"/>'


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text

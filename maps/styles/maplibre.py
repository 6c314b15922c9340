"""Styles for MapLibre (style specification 8): colour, outline and pattern, without any text on the map.

Text would need fonts from a server; names stand in legends and pop-ups. Patterns are pictures of the sprite
that `maps.styles.sprite` draws, so no class is told by its colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from maps.styles.rules import Between, Equals, Missing
from maps.styles.sprite import picture_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maps.styles.rules import LayerStyle, Rule, Test

VERSION: Final = 8
SOURCE: Final = "kringruimte"
SHAPES: Final = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
NO_COLOUR: Final = "rgba(0, 0, 0, 0)"
FILL_OPACITY: Final = 0.85
LINE_WIDTH: Final = 1.2
RADIUS: Final = 5
AREA_LINE: Final = ["interpolate", ["linear"], ["zoom"], 8, 0.4, 13, 1.4]
"""Width of outlines, pixels: thin where areas are small on the screen."""

Expression = list[Any] | str | bool


def style(
    styles: Sequence[LayerStyle], *, title: str, tiles: str, sprite: str, attribution: str = ""
) -> dict[str, Any]:
    """Write a style document.

    Parameters
    ----------
    styles
        One style of each layer that is shown, the lowest first.
    title
        Of the style.
    tiles
        Address of the TileJSON of tiles that hold these layers, in Web Mercator.
    sprite
        Address of the sprite, without ``.json`` and ``.png``.
    attribution
        Whom the data is from.

    Returns
    -------
    dict
        Plain values for JSON.
    """
    source = {"type": "vector", "url": tiles} | ({"attribution": attribution} if attribution else {})
    return {
        "version": VERSION,
        "name": title,
        "metadata": {"kringruimte:styles": [one.id for one in styles]},
        "sources": {SOURCE: source},
        "sprite": sprite,
        "layers": [layer for one in styles for layer in _layers(one)],
    }


def _layers(style_: LayerStyle) -> list[dict[str, Any]]:
    """Draw a layer: areas with pattern and outline, then lines, then points; each by its own geometry."""
    rules = style_.rules
    patterned = [rule for rule in rules if picture_name(rule.look)]
    drawn: list[dict[str, Any]] = []
    if style_.shape == "polygon":
        drawn.append(
            _layer(
                style_,
                "fill",
                "polygon",
                {"fill-color": _choice(rules, "fill"), "fill-opacity": FILL_OPACITY},
            )
        )
        if patterned:
            pictures = _case([(rule, picture_name(rule.look)) for rule in patterned], "")
            only = ["any", *(_all(rule.tests) for rule in patterned)]
            drawn.append(
                _layer(style_, "fill", "polygon", {"fill-pattern": pictures}, part="pattern", only=only)
            )
        outline = {"line-color": _choice(rules, "line"), "line-width": AREA_LINE}
        drawn.append(_layer(style_, "line", "polygon", outline, part="outline"))
    if style_.shape in {"polygon", "line"}:
        drawn.append(
            _layer(
                style_, "line", "line", {"line-color": _choice(rules, "line"), "line-width": 2 * LINE_WIDTH}
            )
        )
    if style_.shape in {"polygon", "point"}:
        drawn.append(
            _layer(
                style_,
                "circle",
                "point",
                {
                    "circle-color": _choice(rules, "fill"),
                    "circle-radius": RADIUS,
                    "circle-stroke-color": _choice(rules, "line"),
                    "circle-stroke-width": LINE_WIDTH,
                },
            )
        )
    return drawn


def _layer(
    style_: LayerStyle,
    kind: str,
    shape: str,
    paint: dict[str, Any],
    *,
    part: str | None = None,
    only: Expression = True,
) -> dict[str, Any]:
    tests: list[Any] = [["==", ["geometry-type"], SHAPES[shape]]]
    tests += [] if only is True else [only]
    return {
        "id": f"{style_.id}/{part or shape}",
        "type": kind,
        "source": SOURCE,
        "source-layer": style_.layer,
        "filter": tests[0] if len(tests) == 1 else ["all", *tests],
        "paint": paint,
    }


def _choice(rules: Sequence[Rule], which: str) -> Expression:
    """Choose a colour by rule; what no rule holds for is not drawn."""
    return _case([(rule, getattr(rule.look, which)) for rule in rules], NO_COLOUR)


def _case(choices: Sequence[tuple[Rule, str]], otherwise: str) -> Expression:
    if len(choices) == 1 and not choices[0][0].tests:
        return choices[0][1]
    steps: list[Any] = ["case"]
    for rule, value in choices:
        steps += [_all(rule.tests), value]
    return [*steps, otherwise]


def _all(tests: Sequence[Test]) -> Expression:
    if not tests:
        return True
    written = [_test(test) for test in tests]
    return written[0] if len(written) == 1 else ["all", *written]


def _test(test: Test) -> Expression:
    """Write one test; a missing value is a missing attribute in a tile."""
    match test:
        case Equals(column, value, or_missing=True):
            return ["==", ["coalesce", ["get", column], value], value]
        case Equals(column, value):
            return ["==", ["get", column], value]
        case Missing(column):
            return ["!", ["has", column]]
        case Between(column):
            bounds = ((">", test.above), (">=", test.least), ("<=", test.most), ("<", test.below))
            number = ["number", ["get", column]]
            return [
                "all",
                ["has", column],
                *([sign, number, bound] for sign, bound in bounds if bound is not None),
            ]

"""Styles as Styled Layer Descriptor: 1.1.0 with Symbology Encoding (OGC 05-078r4, 05-077r4), 1.0.0 (02-070).

Patterns are graphic fills of the marks that QGIS writes itself, ``horline`` turned by an angle; a program
that does not know it draws squares instead, as the standard says: no class is told by its colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from layers.exports.gio.xml import OGC, SE, SLD, XLINK, add, clean, root, write
from layers.exports.qml import HATCH_ANGLES
from maps.patterns import stroke_colour
from maps.styles.rules import Between, Equals, Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.classes import ClassStyle
    from layers.exports.gio.xml import Element
    from maps.styles.rules import LayerStyle, Rule, Test

Version = Literal["1.1.0", "1.0.0"]
MEDIA: Final[dict[Version, str]] = {
    "1.1.0": "application/vnd.ogc.sld+xml;version=1.1",
    "1.0.0": "application/vnd.ogc.sld+xml;version=1.0",
}
HATCH_SIZE: Final = "6"
DOT_SIZE: Final = "5"
SIGNS: Final = (
    ("above", "PropertyIsGreaterThan"),
    ("least", "PropertyIsGreaterThanOrEqualTo"),
    ("most", "PropertyIsLessThanOrEqualTo"),
    ("below", "PropertyIsLessThan"),
)


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What differs between the versions: namespace of symbols, name of parameters, place of titles."""

    version: Version
    symbols: str
    parameter: str
    described: bool


_DIALECTS: Final = {
    "1.1.0": _Dialect("1.1.0", SE, "SvgParameter", described=True),
    "1.0.0": _Dialect("1.0.0", SLD, "CssParameter", described=False),
}


def sld(style: LayerStyle, version: Version = "1.1.0") -> bytes:
    """Write a style.

    Parameters
    ----------
    style
        Of one layer.
    version
        Of the standard.

    Returns
    -------
    bytes
        XML in UTF-8.
    """
    dialect = _DIALECTS[version]
    prefixes: dict[str | None, str] = {None: SLD, "ogc": OGC, "xlink": XLINK}
    if dialect.symbols != SLD:
        prefixes["se"] = SE
    top = root("StyledLayerDescriptor", SLD, prefixes, version=version)
    layer = add(top, "NamedLayer")
    add(layer, "Name", style.layer, namespace=dialect.symbols)
    user = add(layer, "UserStyle")
    add(user, "Name", style.id, namespace=dialect.symbols)
    _title(user, style.title, dialect)
    if style.default:
        add(user, "IsDefault", "1")
    rules = add(user, "FeatureTypeStyle", namespace=dialect.symbols)
    for rule in style.rules:
        _rule(rules, rule, style, dialect)
    return write(top)


def _title(parent: Element, title: str, dialect: _Dialect) -> None:
    place = add(parent, "Description", namespace=dialect.symbols) if dialect.described else parent
    add(place, "Title", clean(title), namespace=dialect.symbols)


def _rule(parent: Element, rule: Rule, style: LayerStyle, dialect: _Dialect) -> None:
    element = add(parent, "Rule")
    add(element, "Name", rule.look.code)
    _title(element, rule.look.label_nl, dialect)
    if rule.tests:
        condition = add(element, "Filter", namespace=OGC)
        if len(rule.tests) > 1:
            condition = add(condition, "And")
        for test in rule.tests:
            _test(condition, test)
    if style.shape == "polygon":
        _polygon(element, rule.look, dialect)
    elif style.shape == "line":
        symbol = add(element, "LineSymbolizer")
        _parameters(add(symbol, "Stroke"), _stroke(rule.look.line, "2"), dialect)
    else:
        graphic = add(add(element, "PointSymbolizer"), "Graphic")
        _mark(graphic, "circle", {"fill": rule.look.fill}, dialect, line=rule.look.line)
        add(graphic, "Size", "8")


def _polygon(parent: Element, look: ClassStyle, dialect: _Dialect) -> None:
    """Fill with the colour, then draw the pattern over it, and the outline last."""
    _parameters(add(add(parent, "PolygonSymbolizer"), "Fill"), {"fill": look.fill}, dialect)
    for angle in HATCH_ANGLES.get(look.pattern, ()):
        graphic = _pattern(parent)
        _mark(graphic, "horline", {}, dialect, line=stroke_colour(look))
        add(graphic, "Size", HATCH_SIZE)
        if angle:
            add(graphic, "Rotation", str(angle))
    if look.pattern == "dots":
        graphic = _pattern(parent)
        _mark(graphic, "circle", {"fill": stroke_colour(look)}, dialect)
        add(graphic, "Size", DOT_SIZE)
    outline = add(add(parent, "PolygonSymbolizer"), "Stroke")
    _parameters(outline, _stroke(look.line, "1") | {"stroke-linejoin": "round"}, dialect)


def _pattern(parent: Element) -> Element:
    return add(add(add(add(parent, "PolygonSymbolizer"), "Fill"), "GraphicFill"), "Graphic")


def _mark(
    parent: Element, name: str, fill: Mapping[str, str], dialect: _Dialect, *, line: str | None = None
) -> None:
    mark = add(parent, "Mark")
    add(mark, "WellKnownName", name)
    if fill:
        _parameters(add(mark, "Fill"), fill, dialect)
    if line is not None:
        _parameters(add(mark, "Stroke"), _stroke(line, "1"), dialect)


def _stroke(colour: str, width: str) -> dict[str, str]:
    return {"stroke": colour, "stroke-width": width}


def _parameters(parent: Element, values: Mapping[str, str], dialect: _Dialect) -> None:
    for name, value in values.items():
        add(parent, dialect.parameter, value, attributes={"name": name})


def _test(parent: Element, test: Test) -> None:
    match test:
        case Equals(column, value, or_missing=True):
            either = add(parent, "Or")
            _compare(either, "PropertyIsEqualTo", column, value)
            add(add(either, "PropertyIsNull"), "PropertyName", column)
        case Equals(column, value):
            _compare(parent, "PropertyIsEqualTo", column, value)
        case Missing(column):
            add(add(parent, "PropertyIsNull"), "PropertyName", column)
        case Between(column):
            bounds = [(sign, getattr(test, name)) for name, sign in SIGNS if getattr(test, name) is not None]
            place = add(parent, "And") if len(bounds) > 1 else parent
            for sign, bound in bounds:
                _compare(place, sign, column, f"{bound:g}")


def _compare(parent: Element, sign: str, column: str, value: str) -> None:
    element = add(parent, sign)
    add(element, "PropertyName", column)
    add(element, "Literal", value)

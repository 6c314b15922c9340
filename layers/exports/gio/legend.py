"""How the parts of a GIO are drawn: one rule per part, for the national viewer and for QGIS alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.exports.gio.xml import OGC, SE, SLD, Element, add, clean, root, write
from layers.exports.kinds import style_of_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.classes import ClassStyle

SE_VERSION: Final = "1.1.0"
SLD_VERSION: Final = "1.1.0"
SYMBOL: Final = "vsg028"
"""Business park in the symbol library of the national viewer."""
FILL_OPACITY: Final = "0.5"
STROKE_WIDTH: Final = "1"


def add_legend(parent: Element, groups: Mapping[str, str]) -> None:
    """Add a ``FeatureTypeStyle`` with a rule per GIO-part.

    Parameters
    ----------
    parent
        The element that holds it.
    groups
        Id of a part to its label, in order of the legend.
    """
    style = add(parent, "FeatureTypeStyle", namespace=SE, prefixes={None: SE})
    style.set("version", SE_VERSION)
    add(style, "FeatureTypeName", "geo:Locatie")
    add(style, "SemanticTypeIdentifier", "geo:groepID")
    for code, label in groups.items():
        _add_rule(style, code, label, style_of_group(code))


def _add_rule(parent: Element, code: str, label: str, look: ClassStyle) -> None:
    rule = add(parent, "Rule")
    add(rule, "Name", code)
    add(add(rule, "Description"), "Title", clean(label))
    chosen = add(add(rule, "Filter", namespace=OGC, prefixes={None: OGC}), "PropertyIsEqualTo")
    add(chosen, "PropertyName", "groepID")
    add(chosen, "Literal", code)
    symbol = add(rule, "PolygonSymbolizer")
    add(symbol, "Name", SYMBOL)
    _parameters(add(symbol, "Fill"), {"fill": look.fill, "fill-opacity": FILL_OPACITY})
    line = {"stroke": look.line, "stroke-opacity": "1", "stroke-width": STROKE_WIDTH}
    _parameters(add(symbol, "Stroke"), line | {"stroke-linejoin": "round"})


def _parameters(parent: Element, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        add(parent, "SvgParameter", value, attributes={"name": name})


def write_sld(groups: Mapping[str, str], title: str) -> bytes:
    """Write the same rules as a style that QGIS loads next to the GML.

    Parameters
    ----------
    groups
        Id of a part to its label, in order of the legend.
    title
        Of the layer.
    """
    prefixes: dict[str | None, str] = {None: SLD, "se": SE, "ogc": OGC}
    top = root("StyledLayerDescriptor", SLD, prefixes, version=SLD_VERSION)
    layer = add(top, "NamedLayer")
    add(layer, "Name", "Locatie", namespace=SE)
    style = add(layer, "UserStyle")
    add(style, "Name", clean(title), namespace=SE)
    rules = add(style, "FeatureTypeStyle", namespace=SE)
    for code, label in groups.items():
        _add_rule(rules, code, label, style_of_group(code))
    return write(top)

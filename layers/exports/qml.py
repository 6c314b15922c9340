"""QGIS styles (QML), written from the classes of a release's catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from layers.exports.kinds import KIND_STYLES
from layers.exports.themes import (
    HOUSING_MUCH_HA,
    HOUSING_NONE_HA,
    SHORTAGE_CLASSES,
    SHORTAGE_FROM_HA,
    theme_of,
)
from layers.layer_looks import look_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from layers.classes import ClassStyle, Pattern
    from layers.schema import Column, Layer

    Classes = Callable[[str], tuple[ClassStyle, ...]]

VERSION = "3.34"
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
HATCH_ANGLES: dict[Pattern, tuple[int, ...]] = {"diagonal": (45,), "cross": (45, 135), "horizontal": (0,)}
DARK_SUM = 384
"""Below this sum of red, green and blue a pattern in the line colour would not show."""

THEMED_COLUMNS: dict[str, tuple[str, ...]] = {
    "park_evidence": ("heavy", "permitted_low", "permitted_high", "connection", "heavy_and_water"),
    "plot_evidence": ("heavy", "permitted_low", "permitted_high", "usable_low", "usable_high", "connection"),
}
"""Columns that layers are coloured by; the first one is the default style."""

ZONE_STYLES = (
    ("low", "with_inside", "strenge lezing, met objecten op het terrein"),
    ("high", "with_inside", "ruime lezing, met objecten op het terrein"),
    ("low", "without_inside", "strenge lezing, zonder objecten op het terrein"),
    ("high", "without_inside", "ruime lezing, zonder objecten op het terrein"),
)
"""Zones of four answers lie over each other in one layer; each style shows one answer."""

KIND_COLUMN = {"reservation_zones": "kind"}
"""Columns of kinds of protection that colour a layer."""
HOUSING_COLUMN = {"housing_effects": "lost_alone_high_ha"}
SHORTAGE_COLUMN = re.compile(r"shortage_\d{4}_total_p50_ha")
"""Columns that colour sub-areas by their shortage, one style per year."""
SYMBOL_KIND = {"polygon": "fill", "any": "fill", "line": "line", "point": "marker"}

ZONES = ("usable_zones", "usable_blocks")


@dataclass(frozen=True, slots=True)
class Style:
    """One style of one layer, ready for the ``layer_styles`` table of a GeoPackage."""

    name: str
    description: str
    qml: str
    default: bool


def styles_of(layer: Layer, columns: Sequence[Column], classes: Classes, shape: str) -> list[Style]:
    """Write the styles of a layer, the default one first.

    Parameters
    ----------
    layer
        Its description.
    columns
        The columns that are in the file; a style never asks for another one.
    classes
        Gives the classes of a theme in legend order.
    shape
        What the layer in the file holds: ``polygon``, ``line`` or ``point``.

    Returns
    -------
    list of Style
        Empty for a table without geometry.
    """
    if layer.shape == "table":
        return []
    by_name = {column.name: column for column in columns}
    found = []
    for name in THEMED_COLUMNS.get(layer.name, ()):
        theme = theme_of(by_name[name], classes) if name in by_name else None
        if theme is not None:
            renderer = categorised(_known(name), classes(theme))
            found.append((by_name[name].label_nl, renderer))
    if layer.name in ZONES and {"reading", "objects", "category"} <= set(by_name):
        for reading, objects, title in ZONE_STYLES:
            chosen = f"\"reading\" = '{reading}' AND \"objects\" = '{objects}'"
            renderer = categorised(f"CASE WHEN {chosen} THEN {_known('category')} END", classes("category"))
            found.append((f"{by_name['category'].label_nl}: {title}", renderer))
    kind = KIND_COLUMN.get(layer.name)
    if kind in by_name:
        found.append((by_name[kind].label_nl, categorised(f'"{kind}"', KIND_STYLES)))
    lost = HOUSING_COLUMN.get(layer.name)
    if lost in by_name:
        found.append((by_name[lost].label_nl, _rules(_housing_filters(lost), classes("housing"))))
    found.extend(
        (column.label_nl, _rules(_shortage_filters(column.name), SHORTAGE_CLASSES))
        for column in _shortages(columns)
    )
    if not found:
        found.append((layer.label_nl, _single(look_of(layer, shape), shape)))
    return [
        Style(title, layer.label_nl, qml_document(renderer, columns), default=number == 0)
        for number, (title, renderer) in enumerate(found)
    ]


def qml_document(renderer: ET.Element, columns: Iterable[Column]) -> str:
    """Write a style document around a renderer, with the titles of the columns."""
    root = ET.Element("qgis", {"version": VERSION, "styleCategories": "Symbology|Fields"})
    root.append(renderer)
    aliases = ET.SubElement(root, "aliases")
    for number, column in enumerate(columns):
        unit = f" ({column.unit})" if column.unit in {"ha", "m"} else ""
        ET.SubElement(
            aliases, "alias", {"field": column.name, "name": f"{column.label_nl}{unit}", "index": str(number)}
        )
    ET.indent(root, " ")
    return f"{DOCTYPE}\n{ET.tostring(root, encoding='unicode')}\n"


def _known(column: str) -> str:
    # a missing value means not assessed, so a renderer looks at that word in its place
    return f"coalesce(\"{column}\", 'not_assessed')"


def categorised(expression: str, classes: tuple[ClassStyle, ...]) -> ET.Element:
    """Give a renderer that draws each class of an expression in its own way."""
    renderer = _renderer("categorizedSymbol", {"attr": expression})
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, style in enumerate(classes):
        ET.SubElement(
            categories,
            "category",
            {
                "symbol": str(number),
                "value": style.code,
                "type": "string",
                "label": style.label_nl,
                "render": "true",
            },
        )
        symbols.append(_fill_symbol(str(number), style))
    return renderer


def _shortages(columns: Sequence[Column]) -> list[Column]:
    """Give the columns with a shortage, the middle year first, as in the charts of one year."""
    found = [column for column in columns if SHORTAGE_COLUMN.fullmatch(column.name)]
    middle = len(found) // 2
    return [*found[middle : middle + 1], *found[:middle], *found[middle + 1 :]]


def _housing_filters(column: str) -> dict[str, str]:
    return {
        "no_loss": f'"{column}" <= {HOUSING_NONE_HA}',
        "some_loss": f'"{column}" > {HOUSING_NONE_HA} AND "{column}" <= {HOUSING_MUCH_HA:g}',
        "much_loss": f'"{column}" > {HOUSING_MUCH_HA:g}',
        "not_assessed": f'"{column}" IS NULL',
    }


def _shortage_filters(column: str) -> dict[str, str]:
    starts = list(SHORTAGE_FROM_HA.items())
    filters = {"not_assessed": f'"{column}" IS NULL'}
    for number, (name, start) in enumerate(starts):
        below = f' AND "{column}" < {starts[number + 1][1]:g}' if number + 1 < len(starts) else ""
        filters[name] = f'"{column}" >= {start:g}{below}'
    return filters


def _rules(filters: Mapping[str, str], classes: tuple[ClassStyle, ...]) -> ET.Element:
    """Write a renderer that draws each class by its own condition."""
    renderer = _renderer("RuleRenderer", {})
    rules = ET.SubElement(renderer, "rules", {"key": "rules"})
    symbols = ET.SubElement(renderer, "symbols")
    for number, style in enumerate(classes):
        ET.SubElement(
            rules,
            "rule",
            {
                "key": f"rule-{style.code}",
                "symbol": str(number),
                "filter": filters[style.code],
                "label": style.label_nl,
            },
        )
        symbols.append(_fill_symbol(str(number), style))
    return renderer


def _single(look: ClassStyle, shape: str) -> ET.Element:
    renderer = _renderer("singleSymbol", {})
    symbols = ET.SubElement(renderer, "symbols")
    if SYMBOL_KIND.get(shape, "fill") == "fill":
        symbols.append(_fill_symbol("0", look))
        return renderer
    symbol = _symbol("0", SYMBOL_KIND[shape])
    if shape == "line":
        _layer(
            symbol,
            "SimpleLine",
            {"line_color": _rgba(look.line), "line_width": "0.5", "line_width_unit": "MM"},
        )
    else:
        _layer(
            symbol,
            "SimpleMarker",
            {
                "name": "circle",
                "color": _rgba(look.fill),
                "outline_color": _rgba("#ffffff"),
                "size": "2",
                "size_unit": "MM",
            },
        )
    symbols.append(symbol)
    return renderer


def _fill_symbol(name: str, style: ClassStyle) -> ET.Element:
    symbol = _symbol(name, "fill")
    _layer(symbol, "SimpleFill", _outline(style.line) | {"style": "solid", "color": _rgba(style.fill)})
    for angle in HATCH_ANGLES.get(style.pattern, ()):
        hatch = _layer(
            symbol,
            "LinePatternFill",
            {"angle": str(angle), "distance": "1.6", "distance_unit": "MM", "line_width": "0.26"},
        )
        line = _symbol(f"@{name}@{len(symbol.findall('layer')) - 1}", "line")
        _layer(
            line,
            "SimpleLine",
            {"line_color": _rgba(_stroke(style)), "line_width": "0.26", "line_width_unit": "MM"},
        )
        hatch.append(line)
    if style.pattern == "dots":
        points = _layer(
            symbol,
            "PointPatternFill",
            {"distance_x": "1.8", "distance_y": "1.8", "distance_x_unit": "MM", "distance_y_unit": "MM",
             "displacement_x": "0.9", "displacement_x_unit": "MM"},
        )  # fmt: skip
        marker = _symbol(f"@{name}@1", "marker")
        _layer(
            marker,
            "SimpleMarker",
            {
                "name": "circle",
                "color": _rgba(_stroke(style)),
                "outline_style": "no",
                "size": "0.5",
                "size_unit": "MM",
            },
        )
        points.append(marker)
    return symbol


def _stroke(style: ClassStyle) -> str:
    channels = [int(style.fill[start : start + 2], 16) for start in (1, 3, 5)]
    return "#ffffff" if sum(channels) < DARK_SUM else style.line


def _renderer(kind: str, attributes: dict[str, str]) -> ET.Element:
    return ET.Element("renderer-v2", {"type": kind, "enableorderby": "0", "forceraster": "0", **attributes})


def _symbol(name: str, kind: str) -> ET.Element:
    return ET.Element(
        "symbol", {"name": name, "type": kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    )


def _layer(symbol: ET.Element, kind: str, options: dict[str, str]) -> ET.Element:
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    values = ET.SubElement(layer, "Option", {"type": "Map"})
    for key, value in options.items():
        ET.SubElement(values, "Option", {"name": key, "value": value, "type": "QString"})
    return layer


def _outline(colour: str) -> dict[str, str]:
    return {
        "outline_color": _rgba(colour),
        "outline_style": "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
    }


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},255"

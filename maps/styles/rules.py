"""The styles of a layer as rules that every style language can say: which class is drawn when.

They are the styles that QGIS finds in the GeoPackage of a release, in the same order, under the same titles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from layers.exports.kinds import KIND_STYLES
from layers.exports.qml import (
    HOUSING_COLUMN,
    KIND_COLUMN,
    SHORTAGE_COLUMN,
    THEMED_COLUMNS,
    ZONE_STYLES,
    ZONES,
    styles_of,
)
from layers.exports.themes import (
    HOUSING_MUCH_HA,
    HOUSING_NONE_HA,
    SHORTAGE_CLASSES,
    SHORTAGE_FROM_HA,
    theme_of,
)
from layers.layer_looks import look_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from layers.classes import ClassStyle
    from layers.schema import Column, Layer

    Classes = Callable[[str], tuple[ClassStyle, ...]]

Shape = Literal["polygon", "line", "point"]
NOT_ASSESSED: Final = "not_assessed"
"""The class of what has no value."""


@dataclass(frozen=True, slots=True)
class Equals:
    """A column has a value; with `or_missing` also when it has none."""

    column: str
    value: str
    or_missing: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """A column has a number in a range.

    Attributes
    ----------
    column
        Of the layer.
    above
        The number is greater than this; None for no such bound.
    least
        The number is at least this.
    most
        The number is at most this.
    below
        The number is less than this.
    """

    column: str
    above: float | None = None
    least: float | None = None
    most: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A column has no value."""

    column: str


Test = Equals | Between | Missing


@dataclass(frozen=True, slots=True)
class Rule:
    """A class and when it is drawn: when all tests hold; no tests mean always."""

    look: ClassStyle
    tests: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """One style of one layer.

    Attributes
    ----------
    id
        Of the style: small letters, digits, ``_`` and ``-``; unique in a release.
    title
        What readers see.
    layer
        Name of the layer.
    shape
        What the layer holds; ``polygon`` for mixed geometry, which is drawn by its own kind.
    rules
        In the order of the legend; at most one holds for a feature.
    default
        Whether the layer is shown so unless another style is asked for.
    """

    id: str
    title: str
    layer: str
    shape: Shape
    rules: tuple[Rule, ...]
    default: bool


def layer_styles(
    layer: Layer, columns: Sequence[Column], classes: Classes, shape: Shape
) -> tuple[LayerStyle, ...]:
    """Give the styles of a layer, the default one first.

    Parameters
    ----------
    layer
        Its description.
    columns
        The columns that the reader may see; a style never asks for another one.
    classes
        Gives the classes of a theme in legend order, such as `Release.classes`.
    shape
        What the layer holds.

    Returns
    -------
    tuple of LayerStyle
        Empty for a table without geometry.
    """
    if layer.shape == "table":
        return ()
    by_name = {column.name: column for column in columns}
    found = [
        *_themed(layer, by_name, classes),
        *_kinds(layer, by_name),
        *_zones(layer, by_name, classes),
        *_ranges(layer, by_name, classes),
    ]
    if not found:
        found.append((layer.name, layer.label_nl, (Rule(look_of(layer, shape)),)))
    return tuple(
        LayerStyle(_identifier(name), title, layer.name, shape, rules, default=number == 0)
        for number, (name, title, rules) in enumerate(found)
    )


def qml(layer: Layer, columns: Sequence[Column], classes: Classes, style: LayerStyle) -> str:
    """Write a style for QGIS: the one that the GeoPackage of a release carries under the same title."""
    written = styles_of(layer, columns, classes, style.shape)
    return next(one.qml for one in written if one.name == style.title)


_Named = tuple[str, str, tuple[Rule, ...]]


def _themed(layer: Layer, by_name: dict[str, Column], classes: Classes) -> list[_Named]:
    """Colour by columns whose values are classes."""
    found = []
    for name in THEMED_COLUMNS.get(layer.name, ()):
        theme = theme_of(by_name[name], classes) if name in by_name else None
        if theme is not None:
            found.append((f"{layer.name}-{name}", by_name[name].label_nl, _by_class(name, classes(theme))))
    return found


def _kinds(layer: Layer, by_name: dict[str, Column]) -> list[_Named]:
    """Colour by kind of protection; what has none is not drawn."""
    name = KIND_COLUMN.get(layer.name)
    if name not in by_name:
        return []
    rules = tuple(Rule(look, (Equals(name, look.code),)) for look in KIND_STYLES)
    return [(f"{layer.name}-{name}", by_name[name].label_nl, rules)]


def _zones(layer: Layer, by_name: dict[str, Column], classes: Classes) -> list[_Named]:
    """Show one of the four answers that lie over each other in a layer of zones."""
    if layer.name not in ZONES or not {"reading", "objects", "category"} <= set(by_name):
        return []
    return [
        (
            f"{layer.name}-{reading}-{objects}",
            f"{by_name['category'].label_nl}: {title}",
            _by_class(
                "category", classes("category"), Equals("reading", reading), Equals("objects", objects)
            ),
        )
        for reading, objects, title in ZONE_STYLES
    ]


def _ranges(layer: Layer, by_name: dict[str, Column], classes: Classes) -> list[_Named]:
    """Colour by hectares of loss or shortage."""
    found = []
    lost = HOUSING_COLUMN.get(layer.name)
    if lost in by_name:
        found.append((f"{layer.name}-{lost}", by_name[lost].label_nl, _housing(lost, classes("housing"))))
    shortages = [name for name in by_name if SHORTAGE_COLUMN.fullmatch(name)]
    middle = len(shortages) // 2
    # the middle year first, as in the charts of one year
    years = [*shortages[middle : middle + 1], *shortages[:middle], *shortages[middle + 1 :]]
    found.extend((f"{layer.name}-{name}", by_name[name].label_nl, _shortage(name)) for name in years)
    return found


def _by_class(column: str, looks: Sequence[ClassStyle], *also: Test) -> tuple[Rule, ...]:
    return tuple(
        Rule(look, (*also, Equals(column, look.code, or_missing=look.code == NOT_ASSESSED))) for look in looks
    )


def _housing(column: str, looks: Sequence[ClassStyle]) -> tuple[Rule, ...]:
    tests: dict[str, Test] = {
        "no_loss": Between(column, most=HOUSING_NONE_HA),
        "some_loss": Between(column, above=HOUSING_NONE_HA, most=HOUSING_MUCH_HA),
        "much_loss": Between(column, above=HOUSING_MUCH_HA),
        NOT_ASSESSED: Missing(column),
    }
    return tuple(Rule(look, (tests[look.code],)) for look in looks)


def _shortage(column: str) -> tuple[Rule, ...]:
    starts = list(SHORTAGE_FROM_HA.values())
    tests: dict[str, Test] = {
        name: Between(column, least=start, below=following)
        for (name, start), following in zip(SHORTAGE_FROM_HA.items(), [*starts[1:], None], strict=True)
    }
    tests[NOT_ASSESSED] = Missing(column)
    return tuple(Rule(look, (tests[look.code],)) for look in SHORTAGE_CLASSES)


def _identifier(name: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", name.lower())

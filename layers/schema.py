"""How a layer and its columns are described: one description serves reading, checking and showing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Kind = Literal["text", "number", "integer", "boolean", "year", "date", "code", "category", "cemt"]
Shape = Literal["polygon", "line", "point", "any", "table"]


class Level(StrEnum):
    """Who may see a layer or column, from everybody to the editors only."""

    PUBLIC = "public"
    MUNICIPALITY = "municipality"
    PROVINCE = "province"
    EDITOR = "editor"

    def allows(self, other: Level) -> bool:
        """Tell whether a reader of this level may see something of the other level."""
        order = list(Level)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer.

    Attributes
    ----------
    name
        Our name, English.
    kind
        ``category`` is an environmental category label such as ``"4"`` or ``"4.1"``; ``cemt`` a CEMT class
        label; ``code`` a text out of `allowed`.
    label_nl, label_en
        What readers see.
    unit
        Unit of the value, such as ``"ha"`` or ``"m"``; None where it has none.
    required
        Whether a layer without this column is refused. A value may still be missing unless `filled`.
    filled
        Whether every row must have a value.
    allowed
        The codes that a ``code`` column may hold.
    minimum, maximum
        Bounds of a number, inclusive.
    decimals
        Decimals to which numbers are rounded before they are written and hashed.
    level
        Who may see it.
    """

    name: str
    kind: Kind
    label_nl: str
    label_en: str
    unit: str | None = None
    required: bool = False
    filled: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 3
    level: Level = Level.PUBLIC


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its geometry, its columns and who may see it.

    Attributes
    ----------
    name
        Our name, English, also the file name in a release.
    shape
        What geometry it holds, ``table`` for none.
    identifier
        The column that identifies a row, unique in the layer; None for long tables, which are sorted by
        `order`.
    order
        The columns that sort the table when there is no identifier.
    """

    name: str
    label_nl: str
    label_en: str
    shape: Shape
    identifier: str | None
    columns: tuple[Column, ...]
    description_nl: str = ""
    description_en: str = ""
    required: bool = False
    level: Level = Level.PUBLIC
    order: tuple[str, ...] = ()
    role: Literal["input", "result"] = "input"
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    def visible(self, level: Level) -> tuple[Column, ...]:
        """Give the columns that a reader of `level` may see; none when the layer itself is hidden."""
        if not level.allows(self.level):
            return ()
        return tuple(column for column in self.columns if level.allows(column.level))

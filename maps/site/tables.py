"""Tables of a page: heads, rows and cells as they read, and how they sort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from maps import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.schema import Column
    from maps.site.words import Values

NUMERIC: Final = frozenset({"number", "integer"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text
        As it reads.
    sort
        What it sorts by where that is not its text.
    numeric, missing
        Whether it holds a number, and whether it was not assessed.
    href
        Where it leads.
    lang
        Its language where that is another one than the page's.
    """

    text: str
    sort: str | None = None
    numeric: bool = False
    missing: bool = False
    href: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a column; with `href` the service sorts, and `sorted` is how (``ascending``)."""

    text: str
    numeric: bool = False
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `id` is that of the object in its layer, by which map and table know each other."""

    cells: tuple[Cell, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `id` is unique on the page, `layer` names the layer whose rows these are."""

    id: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """Where one is in a list; addresses are empty where there is nothing more."""

    number: int
    last: int
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table: of a layer's column, or an interval out of two of them.

    Attributes
    ----------
    column
        The column, or the low end.
    high
        The high end; None for a single value.
    label
        Instead of the column's own.
    href
        Gives the address of a row.
    blank
        What is said where a missing value means that there is none, as in a zone that is kept for no
        function; else it was not assessed.
    """

    column: Column
    high: Column | None = None
    label: str = ""
    href: Callable[[Mapping[str, Any]], str] | None = None
    blank: str = ""

    def head(self, values: Values) -> Head:
        """Make the head."""
        text = self.label or values.label(self.column)
        if self.high is not None and not self.label:
            text = wording.without_side(text)
        return Head(text, self.column.kind in NUMERIC)

    def cell(self, values: Values, row: Mapping[str, Any]) -> Cell:
        """Make the cell of a row."""
        value = row[self.column.name]
        other = row[self.high.name] if self.high is not None else value
        missing = wording.missing(value) and wording.missing(other)
        if missing and self.blank:
            return Cell(self.blank, sort="")
        if self.high is None:
            text = values.show(self.column, value)
        else:
            text = values.between(self.column, self.high, row)
        numeric = self.column.kind in NUMERIC
        return Cell(
            text,
            sort=_sort_key(value if not wording.missing(value) else other, numeric=numeric, missing=missing),
            numeric=numeric,
            missing=missing,
            href="" if self.href is None or missing else self.href(row),
        )


def make_table(
    identifier: str,
    caption: str,
    fields: Sequence[Field],
    rows: Sequence[Mapping[str, Any]],
    values: Values,
    *,
    key: str = "",
    layer: str = "",
) -> Table:
    """Make a table of rows.

    Parameters
    ----------
    identifier
        Unique on the page.
    caption
        What it holds.
    fields
        Its columns, the first one names the row.
    rows
        Plain values, None where something is missing.
    values
        Writes them.
    key
        Name of the column that identifies a row.
    layer
        Name of the layer that the rows are of.
    """
    return Table(
        identifier,
        caption,
        tuple(field.head(values) for field in fields),
        tuple(
            Row(tuple(field.cell(values, row) for field in fields), str(row[key]) if key else "")
            for row in rows
        ),
        layer,
    )


def _sort_key(value: Any, *, numeric: bool, missing: bool) -> str | None:
    if missing:
        return ""
    return repr(float(value)) if numeric else None

"""What the page of a layer shows: its columns and its rows, sorted and searched by the service."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pandas as pd

from maps.site.frame import segment
from maps.site.shelf import plain
from maps.site.tables import Field, Head, Paging, Table, make_table
from maps.site.words import NO_VALUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Layer
    from maps.site.frame import Frame
    from maps.site.shelf import Shelf
    from maps.site.words import Values

ROWS: Final = 50
"""Rows of one page."""
LONGEST: Final = 100
"""Characters of what is searched for."""
PAGE_OF: Final = {"park_id": "/terreinen/", "municipality_code": "/gemeenten/"}
"""Column whose values have a page of their own."""
UNSEARCHED: Final = frozenset({"number", "integer", "year", "boolean"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks of a layer: a text in its rows, a column to sort by and how, and a page."""

    search: str = ""
    sort: str = ""
    down: bool = False
    page: int = 1

    def query(self, **changed: Any) -> str:
        """Write it as a query, with changes."""
        values = {
            "zoek": self.search,
            "sorteer": self.sort,
            "af": "1" if self.down else "",
            "pagina": self.page,
        }
        values |= changed
        kept = {name: value for name, value in values.items() if value not in {"", 1}}
        return f"?{urlencode(kept)}" if kept else "?"


def read_wish(query: Mapping[str, str]) -> Wish:
    """Read what is asked; what cannot be read counts as not asked."""
    number = query.get("pagina", "1")
    page = int(number[:9]) if number.isdecimal() else 1
    return Wish(
        query.get("zoek", "")[:LONGEST].strip(),
        query.get("sorteer", ""),
        query.get("af") == "1",
        max(1, page),
    )


@dataclass(frozen=True, slots=True)
class LayerView:
    """What the page of a layer shows.

    Attributes
    ----------
    layer
        Its description.
    label, about, other
        Name and description in the language of the page, and the name in the other one.
    count, found
        Rows in all, and rows that fit.
    table, paging, wish
        One page of them.
    columns
        Label, name, unit and allowed values as they read.
    placed
        Whether it has geometry.
    """

    layer: Layer
    label: str
    about: str
    count: int
    found: int
    table: Table | None
    paging: Paging
    wish: Wish
    columns: tuple[tuple[str, str, str, str], ...]
    placed: bool


def layer_view(shelf: Shelf, values: Values, frame: Frame, name: str, wish: Wish) -> LayerView | None:
    """Make what the page of a layer shows; None when there is none of this name for this reader."""
    layer = shelf.layers.get(name)
    if layer is None:
        return None
    values = values.with_missing(NO_VALUE)
    whole = shelf.read(name)
    chosen = _sorted(_searched(whole, shelf, name, wish.search), wish)
    last = max(1, math.ceil(len(chosen) / ROWS))
    number = min(wish.page, last)
    rows = plain(chosen.iloc[(number - 1) * ROWS : number * ROWS])
    here = frame.url(f"/lagen/{segment(name)}")
    english = frame.language == "en"
    return LayerView(
        layer,
        layer.label_en if english else layer.label_nl,
        layer.description_en if english else layer.description_nl,
        len(whole),
        len(chosen),
        _table(shelf, values, frame, name, rows, wish) if rows else None,
        Paging(
            number,
            last,
            f"{here}{wish.query(pagina=number - 1)}" if number > 1 else "",
            f"{here}{wish.query(pagina=number + 1)}" if number < last else "",
        ),
        wish,
        tuple(
            (values.label(column), column.name, column.unit or "", ", ".join(column.allowed))
            for column in shelf.columns[name]
        ),
        layer.shape != "table",
    )


def _searched(table: pd.DataFrame, shelf: Shelf, name: str, text: str) -> pd.DataFrame:
    if not text:
        return table
    columns = [column.name for column in shelf.columns[name] if column.kind not in UNSEARCHED]
    fits = pd.Series(data=False, index=table.index)
    for column in columns:
        written = table[column].astype("string").str.casefold()
        fits |= written.str.contains(text.casefold(), regex=False).fillna(value=False).astype(bool)
    return table[fits]


def _sorted(table: pd.DataFrame, wish: Wish) -> pd.DataFrame:
    if wish.sort not in table.columns or wish.sort == "geometry":
        return table
    return table.sort_values(wish.sort, ascending=not wish.down, na_position="last", kind="stable")


def _table(
    shelf: Shelf, values: Values, frame: Frame, name: str, rows: list[dict[str, Any]], wish: Wish
) -> Table:
    layer, here = shelf.layers[name], frame.url(f"/lagen/{segment(name)}")
    own = [column for column in shelf.columns[name] if column.name == layer.identifier]
    columns = [*own, *(column for column in shelf.columns[name] if column.name != layer.identifier)]
    fields = [Field(column, href=_pages(frame, column.name)) for column in columns]
    made = make_table(
        "rijen", frame.text("Rijen van deze laag", "Rows of this layer"), fields, rows, values,
        key=layer.identifier or "", layer=name,
    )  # fmt: skip
    heads = tuple(
        Head(
            head.text,
            head.numeric,
            here
            + wish.query(
                sorteer=column.name, af="1" if wish.sort == column.name and not wish.down else "", pagina=1
            ),
            "" if wish.sort != column.name else "descending" if wish.down else "ascending",
        )
        for head, column in zip(made.heads, columns, strict=True)
    )
    return Table(made.id, made.caption, heads, made.rows, made.layer)


def _pages(frame: Frame, column: str) -> Any:
    start = PAGE_OF.get(column)
    if start is None:
        return None
    return lambda row: frame.url(f"{start}{segment(row[column])}")

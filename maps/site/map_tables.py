"""The tables beneath a map: the rows of each layer that is on, linked to the map and to their pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from maps.site.frame import segment
from maps.site.map_facts import PLACES, fields, title_column
from maps.site.map_state import CONTEXT
from maps.site.shelf import plain
from maps.site.tables import Cell, Field, Head, Row, Table, make_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.schema import Layer
    from maps.site.frame import Frame
    from maps.site.map_state import MapLayer, MapState
    from maps.site.shelf import Shelf
    from maps.site.words import Values

MOST_ROWS: Final = 150
"""Rows of a table on the page of a map; longer ones stand on a page of their own, in parts."""
MOST_FIELDS: Final = 5
PARK_LAYERS: Final = frozenset({"park_evidence", "parks", "redevelopment_pilots"})


@dataclass(frozen=True, slots=True)
class Twin:
    """The table of one layer of a map; `table` is None where it has too many rows, or none."""

    layer: MapLayer
    table: Table | None


def twins(state: MapState, shelf: Shelf, values: Values, frame: Frame, path: str) -> tuple[Twin, ...]:
    """Make the tables of the layers that are on.

    Parameters
    ----------
    state
        The map.
    shelf
        What the reader may see.
    values
        Writes values.
    frame
        Of the page.
    path
        Of the page that the map stands on.
    """
    return tuple(
        Twin(layer, _table(layer, state, shelf, values, frame, path) if 0 < layer.rows <= MOST_ROWS else None)
        for layer in state.shown
    )


def _table(shown: MapLayer, state: MapState, shelf: Shelf, values: Values, frame: Frame, path: str) -> Table:
    layer = shelf.layers[shown.name]
    rows = plain(shelf.read(shown.name))
    key = shown.identifier
    made = make_table(
        f"{state.id}-rijen-{shown.name}",
        shown.label,
        _columns(shelf, layer, frame),
        rows,
        values,
        key=key,
        layer=shown.name,
    )
    if not key:
        return made
    text = frame.text("toon", "show")
    others = ",".join(one.name for one in state.shown)
    linked = tuple(
        Row((*row.cells, Cell(text, href=_on_map(frame, path, state.id, others, shown.name, row.id))), row.id)
        for row in made.rows
    )
    head = Head(frame.text("Op de kaart", "On the map"))
    return Table(made.id, made.caption, (*made.heads, head), linked, made.layer)


def _on_map(frame: Frame, path: str, anchor: str, layers: str, layer: str, identifier: str) -> str:
    query = urlencode({"lagen": layers, "kies": f"{layer}:{identifier}"}, safe=",:")
    return f"{frame.url(path)}?{query}#{anchor}"


def _columns(shelf: Shelf, layer: Layer, frame: Frame) -> list[Field]:
    """Choose the columns of a table: name, identifier, place, and what the map tells first."""
    by_name = {column.name: column for column in shelf.columns[layer.name]}
    title, identifier = title_column(shelf, frame, layer.name), by_name.get(layer.identifier or "")
    page = _page(shelf, layer, frame)
    named = [column for column in (title, identifier) if column is not None]
    placed = [by_name[name] for name in PLACES[:1] if name in by_name]
    return [
        *(Field(column, href=page if place == 0 else None) for place, column in enumerate(named)),
        *(Field(column) for column in placed),
        *fields(shelf, layer.name, MOST_FIELDS),
    ]


def _page(shelf: Shelf, layer: Layer, frame: Frame) -> Callable[[Mapping[str, Any]], str] | None:
    if layer.name in PARK_LAYERS and shelf.has("park_evidence"):
        return lambda row: frame.url(f"/terreinen/{segment(row['park_id'])}")
    if layer.name == CONTEXT:
        return lambda row: frame.url(f"/gemeenten/{segment(row['municipality_code'])}")
    return None

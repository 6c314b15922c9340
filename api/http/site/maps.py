"""Maps on pages: what a reader may see, put together for `maps.site.map_state`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps.site.map_state import Sheet, map_state, read_wish

if TYPE_CHECKING:
    from collections.abc import Collection

    from api.http.site.visit import Visit
    from maps.site.map_state import MapState
    from maps.styles.rules import LayerStyle


def sheets_of(visit: Visit, names: Collection[str] | None = None) -> list[Sheet]:
    """Give the layers that can be on a map, as the reader sees them.

    Parameters
    ----------
    visit
        Who reads what.
    names
        The layers that the map offers; None for all.
    """
    styles: dict[str, list[LayerStyle]] = {}
    for entry in visit.shown.book.entries.values():
        styles.setdefault(entry.layer.name, []).append(entry.style)
    return [
        Sheet(item.layer, item.columns, styles[name], item.count, item.extent)
        for name, item in visit.collections.items()
        if name in styles and (names is None or name in names)
    ]


def map_of(visit: Visit, names: Collection[str] | None = None, *, title: str, **options: Any) -> MapState:
    """Make the map of a page.

    Parameters
    ----------
    visit
        Who reads what; its address says which layers are on.
    names
        The layers that it offers; None for all that the reader sees.
    title
        Heading of the map, in the language of the page.
    options
        As for `maps.site.map_state.map_state`.
    """
    wish = read_wish(visit.request.query_params.multi_items())
    sheets = sheets_of(visit, names)
    language, ground = visit.frame.language, visit.house.ground
    return map_state(sheets, title=title, language=language, wish=wish, ground=ground, **options)

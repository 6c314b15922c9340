"""Styles (OGC API Styles, draft), legends and the sprite, as pure functions of what a reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import orjson
import shapely

from api.http.documents import JSON, link
from api.http.refused import Refused
from layers.tiles.grids import WEB_MERCATOR
from maps.styles import maplibre
from maps.styles.legend import legend, legend_png, legend_svg
from maps.styles.rules import Shape, layer_styles, qml
from maps.styles.sld import MEDIA, sld
from maps.styles.sprite import sprite_index, sprite_png

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from layers.classes import ClassStyle
    from layers.schema import Column, Layer
    from maps.styles.rules import LayerStyle

    Document = dict[str, Any]
    Answer = tuple[bytes, str]
    Classes = Callable[[str], tuple[ClassStyle, ...]]

MAPBOX: Final = "application/vnd.mapbox.style+json"
QML: Final = "application/vnd.qgis.qml"
SVG, PNG = "image/svg+xml", "image/png"
REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
STYLES, LEGEND = f"{REL}/styles", f"{REL}/legend"
CONFORMANCE: Final = tuple(
    f"http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/{name}"
    for name in ("core", "mapbox-style", "sld-10", "sld-11")
)
SHEETS: Final = {
    "mapbox": (MAPBOX, "MapLibre"),
    "sld11": (MEDIA["1.1.0"], "SLD 1.1"),
    "sld10": (MEDIA["1.0.0"], "SLD 1.0"),
    "qml": (QML, "QGIS (QML)"),
}
"""Format of a style sheet, as ``f`` names it, to its media type and title."""
LEGENDS: Final = {"json": (JSON, "waarden"), "svg": (SVG, "tekening"), "png": (PNG, "plaatje")}
SPRITES: Final = {"sprite.json": 1, "sprite.png": 1, "sprite@2x.json": 2, "sprite@2x.png": 2}
"""Files of the sprite to the pixels per pixel that they are for."""
DIMENSIONS: Final[tuple[Shape, ...]] = ("point", "line", "polygon")
WHOLE: Final = "kaart"
"""Identifier of the style that shows every layer in its default style."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One style with the layer that it is for."""

    style: LayerStyle
    layer: Layer
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StyleBook:
    """The styles of all layers that a reader may see.

    Attributes
    ----------
    entries
        By identifier, in the order of the catalogue, the default style of a layer first.
    classes
        Gives the classes of a theme.
    title
        Of the data.
    attribution
        Whom it is from.
    """

    entries: Mapping[str, Entry]
    classes: Classes
    title: str
    attribution: str


def make_book(
    tables: Mapping[str, pd.DataFrame],
    layers: Iterable[tuple[Layer, Sequence[Column]]],
    classes: Classes,
    *,
    title: str,
    attribution: str = "",
) -> StyleBook:
    """Make the styles of what a reader may see.

    Parameters
    ----------
    tables
        By name, cut to what the reader may see; layers without table or geometry have no style.
    layers
        Layers with the columns that the reader may see, in the order of the catalogue.
    classes
        Gives the classes of a theme in legend order, such as `Release.classes`.
    title, attribution
        Of the data.
    """
    entries: dict[str, Entry] = {}
    for layer, columns in layers:
        frame = tables.get(layer.name)
        if columns and isinstance(frame, gpd.GeoDataFrame):
            for style in layer_styles(layer, columns, classes, shape_of(frame)):
                entries[style.id] = Entry(style, layer, tuple(columns))
    return StyleBook(entries, classes, title, attribution)


def shape_of(frame: gpd.GeoDataFrame) -> Shape:
    """Tell what a table holds; ``polygon`` when it is mixed, because these styles draw all kinds."""
    found = np.unique(shapely.get_dimensions(np.asarray(frame.geometry.to_numpy(), dtype=object)))
    found = found[found >= 0]
    return DIMENSIONS[int(found[0])] if len(found) == 1 else "polygon"


def links(root: str, collection: str | None = None) -> list[Document]:
    """Give the link to the styles, for the landing page or the description of a collection."""
    return [link(_list_address(root, collection), STYLES, JSON, "Stijlen en legenda's")]


def styles(book: StyleBook, root: str, collection: str | None = None) -> Document:
    """List the styles of all layers, or of one.

    Raises
    ------
    Refused
        404 when the layer has none.
    """
    chosen = [one for one in book.entries.values() if collection in {None, one.layer.name}]
    if not chosen:
        raise Refused(HTTPStatus.NOT_FOUND, "Van deze laag zijn er geen stijlen: zij heeft geen geometrie.")
    listed = [
        _listed(one.style.id, f"{one.layer.label_nl}: {one.style.title}", root, SHEETS) for one in chosen
    ]
    if collection is None:
        listed.insert(0, _listed(WHOLE, f"{book.title}: alle lagen", root, ["mapbox"]))
    return {
        "links": [link(_list_address(root, collection), "self", JSON, "Dit document")],
        "default": listed[0]["id"],
        "styles": listed,
    }


def _list_address(root: str, collection: str | None) -> str:
    return f"{root}/styles" if collection is None else f"{root}/collections/{collection}/styles"


def _listed(identifier: str, title: str, root: str, sheets: Iterable[str]) -> Document:
    url = f"{root}/styles/{identifier}"
    found = [
        link(f"{url}?f={sheet}", "stylesheet", SHEETS[sheet][0], f"Stijl voor {SHEETS[sheet][1]}")
        for sheet in sheets
    ]
    if identifier != WHOLE:
        found += [
            link(f"{url}/metadata", "describedby", JSON, "Beschrijving van de stijl"),
            *_legend_links(url),
        ]
    return {"id": identifier, "title": title, "links": found}


def _legend_links(url: str) -> list[Document]:
    return [
        link(f"{url}/legend?f={name}", LEGEND, media, f"Legenda als {title}")
        for name, (media, title) in LEGENDS.items()
    ]


def metadata(book: StyleBook, identifier: str, root: str) -> Document:
    """Describe a style; Refused 404 when there is none."""
    entry = _entry(book, identifier)
    url = f"{root}/styles/{identifier}"
    return {
        "id": identifier,
        "title": entry.style.title,
        "description": entry.layer.label_nl,
        "scope": "style",
        "stylesheets": [
            {
                "title": title,
                "native": name == "mapbox",
                "link": link(f"{url}?f={name}", "stylesheet", media, title),
            }
            for name, (media, title) in SHEETS.items()
        ],
        "layers": [{"id": entry.layer.name, "type": entry.style.shape}],
        "links": [link(f"{url}/metadata", "self", JSON, "Dit document"), *_legend_links(url)],
    }


def _entry(book: StyleBook, identifier: str) -> Entry:
    if identifier not in book.entries:
        raise Refused(
            HTTPStatus.NOT_FOUND, "Deze stijl bestaat niet. De stijlen staan op /styles.", ("styleId",)
        )
    return book.entries[identifier]


def _known_format(name: str, formats: Iterable[str]) -> str:
    if name not in formats:
        raise Refused(HTTPStatus.BAD_REQUEST, f"f kan zijn: {', '.join(formats)}.", ("f",))
    return name


def stylesheet(book: StyleBook, identifier: str, form: str, root: str) -> Answer:
    """Give a style sheet.

    Parameters
    ----------
    book
        The styles.
    identifier
        Of the style, or `WHOLE`, which there is for MapLibre only.
    form
        One of `SHEETS`.
    root
        Address of the service, for the tiles and the sprite that the style asks for.

    Returns
    -------
    tuple
        The bytes and their media type.

    Raises
    ------
    Refused
        404 for an unknown style, 400 for a format that it does not have.
    """
    if identifier == WHOLE:
        _known_format(form, ["mapbox"])
        return _whole(book, root), MAPBOX
    entry = _entry(book, identifier)
    media, _ = SHEETS[_known_format(form, SHEETS)]
    match form:
        case "sld11":
            return sld(entry.style, "1.1.0"), media
        case "sld10":
            return sld(entry.style, "1.0.0"), media
        case "qml":
            return qml(entry.layer, entry.columns, book.classes, entry.style).encode(), media
    tiles = f"{root}/collections/{entry.layer.name}/tiles/{WEB_MERCATOR.id}?f=tilejson"
    return _maplibre(book, [entry.style], entry.style.title, tiles, root), media


def _whole(book: StyleBook, root: str) -> bytes:
    # the catalogue names results first, and they belong on top
    shown = [one.style for one in reversed(list(book.entries.values())) if one.style.default]
    return _maplibre(book, shown, book.title, f"{root}/tiles/{WEB_MERCATOR.id}?f=tilejson", root)


def _maplibre(book: StyleBook, shown: Sequence[LayerStyle], title: str, tiles: str, root: str) -> bytes:
    sprite = f"{root}/styles/sprite"
    document = maplibre.style(shown, title=title, tiles=tiles, sprite=sprite, attribution=book.attribution)
    return orjson.dumps(document)


def legend_of(book: StyleBook, identifier: str, form: str) -> Answer:
    """Give a legend as ``json``, ``svg`` or ``png``, with its media type.

    Raises
    ------
    Refused
        404 for an unknown style, 400 for another format.
    """
    style = _entry(book, identifier).style
    media, _ = LEGENDS[_known_format(form, LEGENDS)]
    if form == "json":
        return orjson.dumps(legend(style)), media
    return (legend_svg(style).encode() if form == "svg" else legend_png(style)), media


def sprite(book: StyleBook, file: str) -> Answer:
    """Give a file of the sprite, with its media type; Refused 404 for one that is not in `SPRITES`."""
    if file not in SPRITES:
        raise Refused(HTTPStatus.NOT_FOUND, f"Kies een van {', '.join(SPRITES)}.", ("file",))
    looks = [rule.look for one in book.entries.values() for rule in one.style.rules]
    if file.endswith(".json"):
        return orjson.dumps(sprite_index(looks, SPRITES[file])), JSON
    return sprite_png(looks, SPRITES[file]), PNG

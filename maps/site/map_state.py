"""What a map on a page shows: layers with their styles and legends, where it starts, what is chosen.

It is made from what the reader may see and from nothing else; legend and switches are words and pictures on
the page, the script that draws reads the same facts as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from maps.site.map_legend import Legend
from maps.site.map_subjects import AREAS_UP, DRAWN_LAST, subject_of, subjects
from maps.site.map_wish import Wish

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from markupsafe import Markup

    from layers.schema import Column, Layer
    from maps.site.frame import Language
    from maps.site.map_legend import LegendItem
    from maps.styles.rules import LayerStyle

Bounds = tuple[float, float, float, float]
CONTEXT: Final = "municipalities"
"""The layer whose borders tell where one is; its fill lies under everything."""
USUAL: Final = ("reservation_zones", "park_evidence", "waterways", CONTEXT)
"""Layers that are on when nobody chose, as far as the reader sees them."""
NETHERLANDS: Final[Bounds] = (3.3, 50.7, 7.3, 53.6)
"""Where a map starts that has nothing to show, degrees."""
READINGS_EN: Final = {
    "low-with_inside": "Strict reading, with objects inside the park",
    "high-with_inside": "Lenient reading, with objects inside the park",
    "low-without_inside": "Strict reading, without objects inside the park",
    "high-without_inside": "Lenient reading, without objects inside the park",
}
"""End of the identifier of a style of zones to its label in English."""
_RANKS: Final = {"polygon": 0, "any": 1, "line": 1, "point": 2}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One layer as the reader sees it.

    Attributes
    ----------
    layer
        Its description.
    columns
        The columns that the reader may see.
    styles
        Of the layer, the usual one first.
    rows
        How many rows it has for this reader.
    bounds
        West, south, east, north in degrees (CRS84); None where no row has a place.
    """

    layer: Layer
    columns: Sequence[Column]
    styles: Sequence[LayerStyle]
    rows: int
    bounds: Bounds | None


@dataclass(frozen=True, slots=True)
class Ground:
    """A background map: address of its tiles with ``{z}``, ``{x}`` and ``{y}``, and whose it is."""

    address: str
    attribution: str


@dataclass(frozen=True, slots=True)
class MapStyle:
    """One way to show a layer: its identifier, label and legend."""

    id: str
    label: str
    items: tuple[LegendItem, ...]


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One layer of a map.

    Attributes
    ----------
    name, label, description, subject
        Of the layer, in the language of the page.
    styles
        Its styles, the usual one first.
    style
        The style that it is shown in.
    on
        Whether it is shown.
    rows
        How many rows it has.
    table
        Path of the page with its table, to be made an address by ``url``.
    identifier
        Column that names a row; empty when the reader does not see one.
    order
        Place among the layers, the lowest first.
    """

    name: str
    label: str
    description: str
    subject: str
    styles: tuple[MapStyle, ...]
    style: str
    on: bool
    rows: int
    table: str
    identifier: str
    order: int


@dataclass(frozen=True, slots=True)
class MapState:
    """One map on a page, for the macro ``m_map`` of ``map.html``.

    Attributes
    ----------
    id
        Of the element; every map on a page has its own.
    title
        Heading of the map, and of its print.
    layers
        In the order of the catalogue.
    patterns
        What the pictures of the legend are filled with.
    bounds
        What it shows first: west, south, east, north in degrees.
    chosen
        Layer and identifier of the row that it points at.
    embedded
        Whether it is a part of a page about something else: then the wheel moves the page, not the map.
    share
        Whether the address of the page follows the map.
    tables
        Id of the element with the tables of the layers that are on, which follow the switches; empty when
        the page has none.
    heading
        Level of its heading.
    ground
        Background under the layers; None for none.
    """

    id: str
    title: str
    layers: tuple[MapLayer, ...]
    patterns: Markup
    bounds: Bounds
    language: Language
    chosen: tuple[str, str] | None = None
    embedded: bool = False
    share: bool = True
    tables: str = ""
    heading: int = 2
    ground: Ground | None = None
    _by_subject: Mapping[str, tuple[MapLayer, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_subject = {
            name: tuple(layer for layer in self.layers if layer.subject == name)
            for name in subjects(self.language)
        }
        found = {name: layers for name, layers in by_subject.items() if layers}
        object.__setattr__(self, "_by_subject", found)

    @property
    def subjects(self) -> Mapping[str, tuple[MapLayer, ...]]:
        """The layers by subject."""
        return self._by_subject

    @property
    def shown(self) -> tuple[MapLayer, ...]:
        """The layers that are on."""
        return tuple(layer for layer in self.layers if layer.on)

    def for_script(self) -> dict[str, Any]:
        """Give what the script needs beside addresses and words, the lowest layer first."""
        drawn = sorted(self.layers, key=lambda layer: layer.order)
        borders = next((n for n, layer in enumerate(drawn) if layer.order >= DRAWN_LAST), len(drawn))
        return {
            "bounds": self.bounds,
            "layers": [
                {
                    "name": layer.name,
                    "label": layer.label,
                    "style": layer.style,
                    "usual": layer.styles[0].id,
                    "on": layer.on,
                    "identifier": layer.identifier,
                    "context": layer.name == CONTEXT,
                }
                for layer in drawn
            ],
            "above": borders - 0.5,
            "selected": None if self.chosen is None else {"layer": self.chosen[0], "id": self.chosen[1]},
            "embedded": self.embedded,
            "share": self.share,
            "tables": self.tables,
            "language": self.language,
        }


def map_state(
    sheets: Sequence[Sheet],
    *,
    title: str,
    language: Language,
    wish: Wish | None = None,
    usual: Collection[str] = USUAL,
    bounds: Bounds | None = None,
    map_id: str = "kaart",
    chosen: tuple[str, str] | None = None,
    embedded: bool = False,
    share: bool = True,
    tables: str = "",
    heading: int = 2,
    ground: Ground | None = None,
) -> MapState:
    """Put a map together.

    Parameters
    ----------
    sheets
        The layers that the reader may see and this map offers, in the order of the catalogue.
    title
        Heading of the map.
    language
        Of the page.
    wish
        What the address asks for; names that the reader does not see are as unknown as any other.
    usual
        Names of the layers that are on unless the address says otherwise.
    bounds
        What it shows first; None for all of its layers.
    map_id
        Of the element.
    chosen
        Row that it points at unless the address names one.
    embedded, share, tables, heading, ground
        See `MapState`.

    Returns
    -------
    MapState
        Without layers when there are no sheets.
    """
    wish = wish or Wish()
    on = frozenset(usual) if wish.layers is None else wish.layers
    legend = Legend(f"{map_id}-", language)
    known = {sheet.layer.name for sheet in sheets}
    picked = wish.chosen or chosen
    if picked is not None and picked[0] not in known:
        picked = None
    if picked is not None:
        on |= {picked[0]}
    layers = tuple(
        _layer(sheet, place, legend, language, on, wish.styles) for place, sheet in enumerate(sheets)
    )
    return MapState(
        id=map_id,
        title=title,
        layers=layers,
        patterns=legend.definitions(),
        bounds=bounds or bounds_of(sheets),
        language=language,
        chosen=picked,
        embedded=embedded,
        share=share,
        tables=tables,
        heading=heading,
        ground=ground,
    )


def _layer(
    sheet: Sheet, place: int, legend: Legend, language: Language, on: Collection[str], styles: Collection[str]
) -> MapLayer:
    layer, english = sheet.layer, language == "en"
    made = tuple(
        MapStyle(style.id, _style_label(sheet, style, language), legend.items(style))
        for style in sheet.styles
    )
    asked = [style.id for style in made if style.id in styles]
    visible = {column.name for column in sheet.columns}
    return MapLayer(
        name=layer.name,
        label=layer.label_en if english else layer.label_nl,
        description=layer.description_en if english else layer.description_nl,
        subject=subject_of(layer.name, language),
        styles=made,
        style=(asked or [made[0].id])[0],
        on=layer.name in on,
        rows=sheet.rows,
        table=f"/lagen/{layer.name}",
        identifier=layer.identifier if layer.identifier in visible else "",
        order=_order(layer, place),
    )


def _style_label(sheet: Sheet, style: LayerStyle, language: Language) -> str:
    """Name a style in a language; styles themselves carry the Dutch title that other programs show."""
    if language == "nl":
        return style.title
    own = style.id.removeprefix(f"{sheet.layer.name}-")
    by_name = {column.name: column.label_en for column in sheet.columns}
    return by_name.get(own) or READINGS_EN.get(own) or sheet.layer.label_en


def _order(layer: Layer, place: int) -> int:
    """Put areas under lines under points; of areas parts over wholes, else what the catalogue names first."""
    if layer.shape == "polygon" and layer.name in AREAS_UP:
        return DRAWN_LAST - len(AREAS_UP) + AREAS_UP.index(layer.name)
    if layer.shape == "polygon":
        return DRAWN_LAST // 2 - place
    return _RANKS[layer.shape] * DRAWN_LAST + DRAWN_LAST - 1 - place


def bounds_of(sheets: Sequence[Sheet]) -> Bounds:
    """Give the bounds of parks where there are any, else of all that has a place, in degrees."""
    parks = [sheet for sheet in sheets if sheet.layer.name in {"park_evidence", "parks"}]
    found = [one.bounds for one in parks or sheets if one.bounds is not None]
    if not found:
        return NETHERLANDS
    west, south, east, north = zip(*found, strict=True)
    return min(west), min(south), max(east), max(north)

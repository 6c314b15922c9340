"""The maps in documents: a municipality, the locations of a building block, and one location from nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely

from layers.classes import ClassStyle
from layers.documents import Figure
from layers.exports.kinds import KIND_BY_CODE, KIND_STYLES
from maps import wording
from maps.documents import legend as face
from maps.documents.content import Picture
from maps.documents.ground import Ground, shapes
from maps.documents.map_names import Names
from maps.documents.sheet import MM, Sheet
from maps.labels import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from layers.documents import Document, FigureKind

    Location = tuple[dict[str, Any], shapely.Geometry]

WIDTH_MM: Final = 166.0
MAP_MM: Final = 114.0
"""Width of the map; the legend has the rest."""
FOOT_MM: Final = 6.5
HEIGHTS_MM: Final[Mapping[FigureKind, float]] = {"cover": 120.0, "block": 120.0, "location": 92.0}
SMALLEST_M: Final[Mapping[FigureKind, float]] = {"cover": 2000.0, "block": 1500.0, "location": 700.0}
"""Smallest width of a map."""
AROUND: Final[Mapping[FigureKind, float]] = {"cover": 0.04, "block": 0.15, "location": 0.45}
"""What is shown around, as a share of what the map is about."""
FRAME: Final = "#8f8a7c"
AREA: Final = ClassStyle("area", "werkingsgebied", "working area", "#e7b8cf", "#8a2a5b", "diagonal")
"""A location without a kind of protection, such as a whole park or the strip round it."""
STYLES: Final = (*KIND_STYLES, AREA)
FEW: Final = 4
LOW_MM: Final = 92.0
"""Height of a map with few locations, whose legend is short."""
COLUMNS: Final = ("location_id", "zone_id", "kind", "name", "park_name", "municipality_code")
SOURCE: Final = "Bron: de gegevens waarmee dit document is gemaakt. Voorstel, geen besluit."


@dataclass(frozen=True, slots=True)
class Face:
    """What stands on every map.

    Attributes
    ----------
    sample
        Whether the data are made up, so that a stamp says so.
    source
        Where the data come from.
    """

    sample: bool = False
    source: str = SOURCE


class Atlas:
    """Draws the maps of the documents of one release; the layers under them are read once.

    Parameters
    ----------
    tables
        Tables of a release by name: ``municipalities``, ``waterways``, ``quays``, ``parks``, ``plots``,
        ``housing_plans`` and ``reservation_zones``, each as far as it is there.
    locations
        The locations that figures name, EPSG:28992, with ``location_id`` or ``zone_id`` and as far as there
        are ``kind``, ``name``, ``park_name``; None for the zones of the release alone.
    shown
        What stands on every map.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        locations: pd.DataFrame | None = None,
        shown: Face | None = None,
    ) -> None:
        self._ground = Ground(tables)
        self._zones = shapes(tables.get("reservation_zones"), COLUMNS)
        self._found: dict[str, Location] = {}
        self._know(self._zones)
        if locations is not None:
            self._know(shapes(locations, COLUMNS))
        self._shown = shown or Face()
        self._drawn: dict[tuple[str, str, tuple[str, ...]], bytes] = {}

    def with_locations(self, locations: pd.DataFrame) -> Atlas:
        """Give the same atlas for the locations of another municipality, without reading the layers again."""
        other = object.__new__(Atlas)
        other._ground, other._zones, other._shown = self._ground, self._zones, self._shown
        other._found = dict(self._found)
        other._know(shapes(locations, COLUMNS))
        other._drawn = {}
        return other

    def pictures(self, document: Document) -> dict[Figure, Picture]:
        """Draw every figure of a document, equal ones once."""
        figures = dict.fromkeys(part for part in document.parts if isinstance(part, Figure))
        return {figure: self.draw(figure) for figure in figures}

    def draw(self, figure: Figure) -> Picture:
        """Draw one figure.

        Parameters
        ----------
        figure
            What is to be drawn.

        Returns
        -------
        Picture
            A PNG without a date in it, the same for the same tables.

        Raises
        ------
        KeyError
            For a location that is not there.
        ValueError
            When there is nothing to draw.
        """
        wanted = [self._found[name] for name in figure.locations]
        height = LOW_MM if figure.kind == "block" and len(wanted) <= FEW else HEIGHTS_MM[figure.kind]
        # several building blocks work in the same places
        key = (figure.kind, figure.municipality, figure.locations)
        if key not in self._drawn:
            self._drawn[key] = self._png(figure, wanted, height)
        return Picture(self._drawn[key], WIDTH_MM, height, figure.alternative)

    def _png(self, figure: Figure, wanted: list[Location], height: float) -> bytes:
        sheet = self._sheet(figure, wanted, height)
        drawn = self._ground.draw(sheet, figure.municipality, close=figure.kind != "cover")
        if figure.kind == "cover":
            wanted = self._zones_of(figure.municipality, sheet)
        kinds = _draw_kinds(sheet, wanted, 0.6 if figure.kind == "cover" else 1.1)
        taken = face.scale_and_north(sheet)
        if self._shown.sample:
            taken.append(face.stamp(sheet))
        names = Names(sheet, taken)
        numbered = self._legend(sheet, figure, wanted, drawn, kinds)
        names.numbers([shape for _, shape in wanted[:numbered]])
        self._names(names, sheet, figure)
        return sheet.png()

    def _know(self, layer: Any) -> None:
        for row, shape in zip(layer.rows, layer.geometry, strict=True):
            for name in ("zone_id", "location_id"):
                if not wording.missing(row.get(name)):
                    self._found[str(row[name])] = (row, shape)

    def _sheet(self, figure: Figure, wanted: Sequence[Location], height: float) -> Sheet:
        """Give a sheet whose map shows what the figure is about and something around it."""
        about = [shape for _, shape in wanted]
        own = self._ground.municipality(figure.municipality)
        if own is not None and (figure.kind == "cover" or not about):
            about = [own]
        if not about:
            raise ValueError(f"nothing of municipality {figure.municipality} can be drawn")
        frame = Box(1.0, FOOT_MM * MM, MAP_MM * MM, height * MM - 1.0)
        ratio = (frame.right - frame.left) / (frame.top - frame.bottom)
        west, south, east, north = (float(value) for value in shapely.total_bounds(about))
        across = max(east - west, (north - south) * ratio) * (1 + 2 * AROUND[figure.kind])
        across = max(across, SMALLEST_M[figure.kind])
        x, y, up = (west + east) / 2, (south + north) / 2, across / ratio
        window = (x - across / 2, y - up / 2, x + across / 2, y + up / 2)
        sheet = Sheet(WIDTH_MM, height, window, frame)
        sheet.swatch(frame, "none", FRAME, 0.8)
        return sheet

    def _zones_of(self, code: str, sheet: Sheet) -> list[Location]:
        layer = self._zones
        return [
            (layer.rows[index], layer.geometry[index])
            for index in layer.near(sheet.window)
            if layer.text(index, "municipality_code") == code
        ]

    def _names(self, names: Names, sheet: Sheet, figure: Figure) -> None:
        parks, around, code = self._ground.parks, self._ground.municipalities, figure.municipality
        near = parks.near(sheet.window)
        names.parks(parks, [place for place in near if parks.text(place, "municipality_code") == code])
        near = around.near(sheet.window)
        names.municipalities(
            around, [place for place in near if around.text(place, "municipality_code") != code]
        )
        names.waterways(self._ground.waterways)

    def _legend(
        self, sheet: Sheet, figure: Figure, wanted: Sequence[Location], drawn: set[str], kinds: set[str]
    ) -> int:
        """Write the legend; give how many locations got a number."""
        left = (MAP_MM + 3.0) * MM
        legend = face.Legend(sheet, left, sheet.height - 1.0, sheet.width - 1.0)
        legend.heading("Voorstel" if kinds == {AREA.code} else "Beschermingsvorm (voorstel)")
        for style in STYLES:
            if style.code in kinds:
                legend.area(style, style.label_nl)
        if not kinds:
            legend.note("Hier is geen plek voorgesteld.")
        legend.gap()
        face.ground(legend, drawn)
        numbered = 0
        if figure.kind == "block" and wanted:
            legend.gap()
            legend.heading("Plekken")
            room = legend.room(FOOT_MM * MM)
            numbered = len(wanted) if len(wanted) <= room else max(room - 1, 0)
            for number, (row, _) in enumerate(wanted[:numbered], start=1):
                legend.number(number, _name(row))
            if numbered < len(wanted):
                legend.note(f"en {len(wanted) - numbered} zonder nummer")
        face.foot(sheet, 2.0, (FOOT_MM - 1.4) * MM, self._shown.source)
        return numbered


def draw_figure(
    tables: Mapping[str, pd.DataFrame],
    figure: Figure,
    *,
    locations: pd.DataFrame | None = None,
    shown: Face | None = None,
) -> Picture:
    """Draw one figure; an `Atlas` draws many of one release faster."""
    return Atlas(tables, locations=locations, shown=shown).draw(figure)


def _draw_kinds(sheet: Sheet, wanted: Sequence[Location], width: float) -> set[str]:
    """Draw locations in the look of their kind of protection; give the kinds."""
    by_kind: dict[str, list[shapely.Geometry]] = {}
    for row, shape in wanted:
        kind = row.get("kind")
        by_kind.setdefault(AREA.code if wording.missing(kind) else str(kind), []).append(shape)
    for style in STYLES:
        sheet.areas(by_kind.get(style.code, []), style.fill, style.line, width, 4.0, style)
    return set(by_kind)


def _name(row: dict[str, Any]) -> str:
    if not wording.missing(row.get("name")):
        return str(row["name"])
    known = [row.get("park_name"), row.get("kind")]
    texts = [str(value) for value in known if not wording.missing(value)]
    return (
        ", ".join(KIND_BY_CODE[text].label_nl if text in KIND_BY_CODE else text for text in texts) or "plek"
    )

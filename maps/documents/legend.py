"""What stands beside a map in a document: its legend, the locations by number, sample stamp and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from maps import wording
from maps.documents.ground import (
    BORDER,
    INSIDE,
    PARK,
    PARK_LINE,
    PLOT_LINE,
    QUAY,
    QUAY_WIDTH,
    WATER_WIDTH,
    housing_style,
)
from maps.documents.sheet import MM, Words, font
from maps.labels import Box
from maps.static_face import INK, SCALES_M, SOFT, WATER_LINES

if TYPE_CHECKING:
    from layers.classes import ClassStyle
    from maps.documents.sheet import Face, Sheet

STEP: Final = 4.0 * MM
LINE: Final = 3.1 * MM
GAP: Final = 1.8 * MM
SWATCH: Final = (6.0 * MM, 2.8 * MM)
INDENT: Final = 8.0 * MM
SIZE: Final = 7.2
SMALL: Final = 6.0
SAMPLE: Final = "VOORBEELD: verzonnen kenmerken"
STAMP: Final = ("#fff3c4", "#8a6500")
WATER: Final = {"small": "tot en met II", "medium": "III tot en met IVb", "large": "vanaf Va"}
KILOMETRE: Final = 1000


class Legend:
    """Writes a legend from the top down.

    Parameters
    ----------
    sheet
        To write on.
    left, top, right
        Where, in pixels.
    """

    def __init__(self, sheet: Sheet, left: float, top: float, right: float) -> None:
        self._sheet = sheet
        self._left, self._y, self._right = left, top, right

    def room(self, floor: float) -> int:
        """Give how many lines there is room for above a height in pixels."""
        return max(0, int((self._y - floor) / STEP))

    def heading(self, text: str) -> None:
        """Write what the next lines are about."""
        for line in wrapped(text, self._right - self._left, SIZE + 0.4, "bold", 2):
            self._sheet.write(Words(self._left, self._y, line, SIZE + 0.4, INK, "bold", "la"))
            self._y -= LINE
        self._y -= STEP - LINE + 0.6 * MM

    def area(self, style: ClassStyle, text: str) -> None:
        """Write a class of areas."""
        self._sheet.swatch(self._box(), style.fill, style.line, 0.7, style)
        self._text(text)

    def plain(self, fill: str, line: str, text: str, width: float = 0.6) -> None:
        """Write an area without a class."""
        self._sheet.swatch(self._box(), fill, line, width)
        self._text(text)

    def line(self, colour: str, width: float, text: str) -> None:
        """Write a kind of line."""
        box = self._box()
        y = (box.bottom + box.top) / 2
        self._sheet.strokes([[(box.left, y), (box.right, y)]], colour, width, 1.0, clipped=False)
        self._text(text)

    def number(self, number: int, text: str) -> None:
        """Write a location by its number on the map, in one line."""
        box = self._box()
        self._sheet.badge((box.left + box.right) / 2, (box.bottom + box.top) / 2, str(number))
        self._text(text, most=1)

    def note(self, text: str) -> None:
        """Write a small remark."""
        for line in wrapped(text, self._right - self._left, SMALL, "plain", 3):
            self._sheet.write(Words(self._left, self._y, line, SMALL, SOFT, "plain", "la"))
            self._y -= LINE

    def gap(self) -> None:
        """Leave some white."""
        self._y -= GAP

    def _box(self) -> Box:
        width, height = SWATCH
        return Box(self._left + 1, self._y - height - 1, self._left + 1 + width, self._y - 1)

    def _text(self, text: str, most: int = 2) -> None:
        lines = wrapped(text, self._right - self._left - INDENT, SIZE, "plain", most)
        for number, line in enumerate(lines):
            self._sheet.write(Words(self._left + INDENT, self._y, line, SIZE, INK, "plain", "la"))
            self._y -= STEP if number == len(lines) - 1 else LINE


def ground(legend: Legend, drawn: set[str]) -> None:
    """Write what lies under the map, as far as it was drawn."""
    legend.heading("Ondergrond")
    legend.plain(INSIDE, BORDER, "gemeente", 1.2)
    if "park" in drawn:
        legend.plain(PARK, PARK_LINE, "bedrijventerrein")
    if "plot" in drawn:
        legend.plain("#ffffff", PLOT_LINE, "kavelgrens")
    if "housing" in drawn:
        legend.area(housing_style(), "vastgesteld woningbouwplan")
    if "quay" in drawn:
        legend.line(QUAY, QUAY_WIDTH, "kade of loswal")
    bands = [(band, WATER.get(band, wording.MISSING)) for band in WATER_LINES if f"water-{band}" in drawn]
    if bands:
        legend.gap()
        legend.heading("Vaarwater (CEMT-klasse)")
    for band, label in bands:
        colour, width = WATER_LINES[band]
        legend.line(colour, width * WATER_WIDTH, label)


def scale_and_north(sheet: Sheet) -> list[Box]:
    """Draw a scale bar and a north arrow (grid north of EPSG:28992); give what they take."""
    frame = sheet.frame
    west, _, east, _ = sheet.window.bounds
    length = next((step for step in SCALES_M if step <= (east - west) / 4), SCALES_M[-1])
    left, bottom, long = frame.left + 3 * MM, frame.bottom + 3 * MM, length * sheet.scale
    height = 0.9 * MM
    for part, fill in enumerate((INK, "#ffffff")):
        start = left + part * long / 2
        sheet.swatch(Box(start, bottom, start + long / 2, bottom + height), fill, INK, 0.6)
    text = (
        f"{wording.number(length / KILOMETRE)} km" if length >= KILOMETRE else f"{wording.number(length)} m"
    )
    above = bottom + height + 0.9 * MM
    for x, label in ((left, "0"), (left + long, text)):
        sheet.write(Words(x, above, label, 6.6, INK, "plain", "ms", halo=True))
    x, top = frame.left + 4 * MM, frame.top - 2 * MM
    sheet.strokes([[(x, top - 5 * MM), (x, top)]], INK, 1.4, 8.0, clipped=False)
    sheet.strokes(
        [[(x - 1.3 * MM, top - 2 * MM), (x, top), (x + 1.3 * MM, top - 2 * MM)]], INK, 1.4, 8.0, clipped=False
    )
    sheet.write(Words(x, top - 8.4 * MM, "N", 9.0, INK, "bold", "ms", halo=True))
    return [
        Box(frame.left, frame.bottom, left + long + 8 * MM, above + 3 * MM),
        Box(frame.left, top - 10 * MM, frame.left + 8 * MM, frame.top),
    ]


def stamp(sheet: Sheet) -> Box:
    """Say on the map that it is a sample; give what that takes."""
    frame = sheet.frame
    words = Words(frame.right - 2.2 * MM, frame.top - 2.2 * MM, SAMPLE, 6.8, INK, "bold", "ra")
    found = words.box()
    box = Box(found.left - 4, found.bottom - 3, found.right + 4, found.top + 3)
    sheet.swatch(box, *STAMP, 0.8)
    sheet.write(words)
    return box


def foot(sheet: Sheet, left: float, top: float, text: str) -> None:
    """Write sources under the map, two lines at most."""
    for number, line in enumerate(wrapped(text, sheet.width - 2 * left, 5.6, "plain", 2)):
        sheet.write(Words(left, top - number * 2.5 * MM, line, 5.6, SOFT, "plain", "la"))


def wrapped(text: str, width: float, size: float, face: Face, most: int) -> list[str]:
    """Break a text in lines of at most `width` pixels; what does not fit ends in an ellipsis."""
    if most == 1:
        return [_cut(text, width, size, face)]
    measure = font(face, size).getlength
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if measure(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    kept = lines[:most]
    if len(lines) > most:
        kept[-1] += " …"
    return [_cut(line, width, size, face) for line in kept]


def _cut(line: str, width: float, size: float, face: Face) -> str:
    measure = font(face, size).getlength
    if measure(line) <= width:
        return line
    bare = line.removesuffix(" …")
    while bare and measure(f"{bare}…") > width:
        bare = bare[:-1]
    return f"{bare.rstrip()}…"

"""Rules for the content of one GIO (STOP3000 to 3029, GEOMETRY.03, TPOD2700)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from layers.exports.gio.check_ids import check_pair
from layers.exports.gio.findings import Finding
from layers.exports.gio.geometry import ETRS89_URN, RD_URN, has_area
from layers.exports.gio.xml import GEO, GML, anywhere, content, local, space

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.exports.gio.parsed import ParsedGio, ParsedLocation

NORM: Final = ("normID", "normlabel")
UNIT: Final = ("eenheidID", "eenheidlabel")
NEEDLESS: Final = (
    "metaDataProperty", "description", "descriptionReference", "identifier", "name", "boundedBy", "location",
    "PriorityLocation",
)  # fmt: skip
BARE: Final = ("GeoInformatieObjectVaststelling", "GeoInformatieObjectVersie", "Locatie")
SHARED_M2: Final = 1.0
SHARED_WIDTH_M: Final = 0.1
"""Less or thinner is what two drawings of one border differ by."""
COUNTRY: Final = (-100_000.0, 289_000.0, 300_000.0, 900_000.0)
"""Box round the Netherlands and its exclusive economic zone in EPSG:28992 (west, south, east, north)."""
FAULTS: Final = {
    "text": "geen getallen",
    "odd": "geen paren van coördinaten",
    "short": "ring met minder dan vier punten",
    "open": "ring niet gesloten",
}
"""What makes a geometry invalid before it can be made."""


def check_gio(gio: ParsedGio) -> Iterator[Finding]:
    """Check one GIO.

    Parameters
    ----------
    gio
        As parsed from a file of anybody.

    Yields
    ------
    Finding
        One per violation.
    """
    yield from check_pair(gio.work, gio.expression, gio.file)
    yield from _context(gio)
    yield from _groups(gio)
    yield from _norms(gio)
    yield from _geometry(gio)
    yield from _overlaps(gio)
    if gio.was and not gio.was.startswith(f"{gio.work}/"):
        yield Finding("LVBB3515", gio.file, gio.was, gio.work)


def _context(gio: ParsedGio) -> Iterator[Finding]:
    if local(gio.root) == BARE[0] and not all(gio.background()):
        yield Finding("STOP3070", gio.file)
    for element in gio.root.iter():
        if space(element) == GML and local(element) in NEEDLESS and local(element.getparent()) in BARE:
            yield Finding("STOP3090", gio.file, local(element.getparent()), f"gml:{local(element)}")


def _groups(gio: ParsedGio) -> Iterator[Finding]:
    used = Counter(group for location in gio.locations for group in location.groups)
    if used:
        for location in gio.locations:
            if len(location.groups) != 1:
                yield Finding("STOP3000", gio.file, location.place, ", ".join(location.groups))
    declared = Counter(code for code, _ in gio.groups)
    for location in gio.locations:
        for group in location.groups:
            if group not in declared:
                yield Finding("STOP3001", gio.file, location.place, group)
        if len(set(location.groups)) > 1:
            yield Finding("STOP3026", gio.file, location.place, ", ".join(location.groups))
    for code, times in declared.items():
        if times > 1:
            yield Finding("STOP3003", gio.file, code)
        if code not in used:
            yield Finding("STOP3005", gio.file, code)
    for label, times in Counter(label for _, label in gio.groups).items():
        if times > 1:
            yield Finding("STOP3004", gio.file, label)


def _norms(gio: ParsedGio) -> Iterator[Finding]:
    amounts = [location for location in gio.locations if location.amounts]
    words = [location for location in gio.locations if location.words]
    for code, some in (("STOP3006", amounts), ("STOP3007", words)):
        if some and len(some) < len(gio.locations):
            chosen = {location.number for location in some}
            for location in gio.locations:
                if location.number not in chosen:
                    yield Finding(code, gio.file, location.place)
    for location in gio.locations:
        if len(location.amounts) + len(location.words) > 1:
            yield Finding("STOP3008", gio.file, location.place)
        if location.groups and (location.amounts or location.words):
            yield Finding("STOP3012", gio.file, location.place)
        if any(not word for word in location.words):
            yield Finding("STOP3010", gio.file, location.place)
    there = {tag for tag in (*NORM, *UNIT) if any(gio.texts(tag))}
    if amounts and not there.issuperset(UNIT):
        yield Finding("STOP3009", gio.file, gio.work)
    if words and there.intersection(UNIT):
        yield Finding("STOP3015", gio.file, gio.work)
    if (amounts or words) and not there.issuperset(NORM):
        yield Finding("STOP3011", gio.file, gio.work)
    if there and not amounts and not words:
        yield Finding("STOP3016", gio.file, gio.work, ", ".join(sorted(there)))


def _geometry(gio: ParsedGio) -> Iterator[Finding]:
    for code, times in Counter(location.id for location in gio.locations).items():
        if times > 1:
            yield Finding("STOP3013", gio.file, code or "zonder id", f"{times} keer")
    names = {name for location in gio.locations for name, _ in location.raw.names}
    if gio.locations and len(names) != 1:
        yield Finding("STOP3021", gio.file, "", ", ".join(sorted(names)) or "geen")
    for location in gio.locations:
        yield from _one_geometry(gio, location)


def _one_geometry(gio: ParsedGio, location: ParsedLocation) -> Iterator[Finding]:
    raw, place = location.raw, location.place
    names = {name for name, _ in raw.names}
    for name in sorted(names - {RD_URN, ETRS89_URN}):
        yield Finding("STOP3020", gio.file, place, name)
    if len(names) > 1:
        yield Finding("OZON0069", gio.file, place, ", ".join(sorted(names)))
    if not raw.has_coordinates:
        yield Finding("STOP3019", gio.file, place)
        yield Finding("GEOMETRY.03.1", gio.file, place)
        return
    for arc in raw.arcs:
        yield Finding("GEOMETRY.03.2", gio.file, place, f"boog: {arc}")
    for code, where in raw.faults:
        if code in FAULTS:
            yield Finding("GEOMETRY.03.2", gio.file, place, f"{FAULTS[code]} bij {where}")
    shape = location.shape
    if shape is None:
        return
    if not shapely.is_valid(shape):
        yield Finding("GEOMETRY.03.2", gio.file, place, str(shapely.is_valid_reason(shape)))
    west, south, east, north = shapely.bounds(shape)
    if west < COUNTRY[0] or south < COUNTRY[1] or east > COUNTRY[2] or north > COUNTRY[3]:
        yield Finding("TPOD2700", gio.file, place, f"{west:.0f} {south:.0f} {east:.0f} {north:.0f}")


def _overlaps(gio: ParsedGio) -> Iterator[Finding]:
    """Find locations of different groups that lie over each other."""
    usable = [
        location
        for location in gio.locations
        if location.groups
        and location.shape is not None
        and has_area(location.shape)
        and shapely.is_valid(location.shape)
    ]
    if len({location.groups[0] for location in usable}) < 2:  # noqa: PLR2004 one group overlaps nothing
        return
    shapes = np.array([location.shape for location in usable], dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    for first, second in sorted(zip(left[once].tolist(), right[once].tolist(), strict=True)):
        one, other = usable[first], usable[second]
        if one.groups[0] == other.groups[0]:
            continue
        shared = shapely.intersection(shapes[first], shapes[second])
        size, border = shapely.area(shared), shapely.length(shared)
        if size >= SHARED_M2 and 2 * size >= SHARED_WIDTH_M * border:
            yield Finding(
                "STOP3025",
                gio.file,
                f"{one.place} en {other.place}",
                f"{size:.0f} m2 in {one.groups[0]} en {other.groups[0]}",
            )


def check_own_form(gio: ParsedGio) -> Iterator[Finding]:
    """Check what this product promises of its own GIOs, beyond what the rules ask."""
    for location in gio.locations:
        raw = location.raw
        faults = [f"{code} {where}" for code, where in raw.faults]
        if [depth for _, depth in raw.names] != [0]:
            faults.append("stelsel niet een keer bovenaan")
        for rings in raw.polygons:
            for number, ring in enumerate(rings):
                if len(ring) > 3 and bool(shapely.is_ccw(shapely.LinearRing(ring))) != (number == 0):  # noqa: PLR2004
                    faults.append(f"draairichting bij {ring[0][0]:.3f} {ring[0][1]:.3f}")
        if faults:
            yield Finding("KRING02", gio.file, location.place, "; ".join(faults))
    for element in anywhere(gio.root, GML, "posList"):
        if any(len(word.partition(".")[2]) != 3 for word in content(element).split()):  # noqa: PLR2004 millimetres
            yield Finding("KRING02", gio.file, "", "niet drie decimalen")
            break
    if not anywhere(gio.root, GEO, "Locatie"):
        yield Finding("STOP3019", gio.file, "", "geen locaties")

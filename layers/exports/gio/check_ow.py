"""Rules for OW files, and for OW files and GIOs together (TPOD, OZON)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from layers.exports.gio.check_ids import check_regulation
from layers.exports.gio.findings import Finding
from layers.exports.gio.xml import (
    OW_AREA,
    OW_FILE,
    OW_LOCATION,
    OW_MANIFEST,
    OW_TEXT,
    XLINK,
    Element,
    anywhere,
    content,
    local,
    space,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from layers.exports.gio.check_companion import ParsedCompanion
    from layers.exports.gio.ow import Purpose
    from layers.exports.gio.parsed import ParsedGio

HREF: Final = f"{{{XLINK}}}href"
IDENTIFIER: Final = re.compile(
    r"nl\.imow-(gm|pv|ws|mn|mnre)[0-9]{1,6}\."
    r"(regeltekst|gebied|gebiedengroep|lijn|lijnengroep|punt|puntengroep|activiteit|gebiedsaanwijzing|"
    r"omgevingswaarde|omgevingsnorm|pons|kaart|tekstdeel|hoofdlijn|divisie|kaartlaag|juridischeregel|"
    r"activiteitlocatieaanduiding|normwaarde|regelingsgebied|ambtsgebied|divisietekst)\.[A-Za-z0-9]{1,32}"
)
IN_VISION: Final = (
    "Regelingsgebied", "Ambtsgebied", "Divisie", "Divisietekst", "Tekstdeel", "Gebiedsaanwijzing",
    "Hoofdlijn", "Punt", "Lijn", "Gebied", "Puntengroep", "Lijnengroep", "Gebiedengroep", "Geometrie",
    "Kaart", "Kaartlaag", "SymbolisatieItem",
)  # fmt: skip
"""Types of objects that a vision may hold (TPOD2489)."""
TYPES_IN_VISION: Final = (
    "Bodem", "Defensie", "Energievoorziening", "Erfgoed", "ExterneVeiligheid", "Geluid", "Geur", "Landschap",
    "Leiding", "Lucht", "Mijnbouw", "Natuur", "Recreatie", "RuimtelijkGebruik", "Verkeer",
    "WaterEnWatersysteem",
)  # fmt: skip
"""Types of area designation that a vision may hold (TPOD2504)."""
TYPES_IN_ORDINANCE: Final = (*TYPES_IN_VISION, "Beperkingengebied", "Functie")
"""The same for an ordinance (TPOD2503)."""
PREFERENCE: Final = ("norm", "gebiedsaanwijzing", "activiteitlocatieaanduiding", "groep", "locatie")
"""Which kind of OW object secures a GIO by preference (TPOD2603)."""


@dataclass(frozen=True, slots=True)
class OwObject:
    """One OW object.

    Attributes
    ----------
    file, kind, id
        Where it stands, its type and its identifier.
    refers
        Identifiers or geometries that it refers to.
    element
        As parsed.
    """

    file: str
    kind: str
    id: str
    refers: tuple[str, ...]
    element: Element


def is_ow(root: Element) -> bool:
    """Tell whether a document holds OW objects."""
    return space(root) == OW_FILE and local(root) == "owBestand"


def is_manifest(root: Element) -> bool:
    """Tell whether a document is the manifest of OW files."""
    return space(root) == OW_MANIFEST


def parse_ow(root: Element, file: str) -> list[OwObject]:
    """Read the objects of an OW file."""
    objects = []
    for holder in anywhere(root, OW_FILE, "owObject"):
        for element in holder:
            if not isinstance(element.tag, str):
                continue
            names = [item for item in element if local(item) == "identificatie"]
            refers = tuple(item.get(HREF) for item in element.iter() if item.get(HREF) is not None)
            objects.append(
                OwObject(file, local(element), content(names[0]) if names else "", refers, element)
            )
    return objects


def check_ow(objects: Sequence[OwObject], purpose: Purpose | None) -> Iterator[Finding]:
    """Check OW objects by themselves.

    Parameters
    ----------
    objects
        Of all OW files of a package.
    purpose
        For a vision or an ordinance; None when unknown, which leaves out what depends on it.
    """
    for thing in objects:
        if not IDENTIFIER.fullmatch(thing.id):
            yield Finding("TPOD1892", thing.file, thing.id or thing.kind)
        if purpose == "visie" and thing.kind not in IN_VISION:
            yield Finding("TPOD2489", thing.file, thing.id, thing.kind)
        if thing.kind == "Gebiedsaanwijzing" and purpose is not None:
            stated = next((content(item) for item in anywhere(thing.element, OW_AREA, "type")), "")
            kind = stated.rpartition("/")[2]
            allowed, code = (
                (TYPES_IN_VISION, "TPOD2504") if purpose == "visie" else (TYPES_IN_ORDINANCE, "TPOD2503")
            )
            if kind not in allowed:
                yield Finding(code, thing.file, thing.id, kind)
        if thing.kind == "Tekstdeel":
            placed = anywhere(thing.element, OW_TEXT, "locatieaanduiding")
            placed += anywhere(thing.element, OW_TEXT, "gebiedsaanwijzing")
            if placed and not anywhere(thing.element, OW_TEXT, "idealisatie"):
                yield Finding("TPOD2110", thing.file, thing.id)
    yield from _used_once(objects)


def _used_once(objects: Sequence[OwObject]) -> Iterator[Finding]:
    users: dict[str, list[OwObject]] = {}
    for thing in objects:
        for geometry in _geometries(thing):
            users.setdefault(geometry, []).append(thing)
    for geometry, things in users.items():
        if len(things) > 1:
            yield Finding("OZON0370", things[1].file, geometry, " en ".join(thing.id for thing in things))


def _geometries(thing: OwObject) -> list[str]:
    return [item.get(HREF) or "" for item in anywhere(thing.element, OW_LOCATION, "GeometrieRef")]


def check_manifest(root: Element, file: str) -> Iterator[Finding]:
    """Check the manifest of OW files."""
    for element in anywhere(root, OW_MANIFEST, "naam"):
        if content(element).lower().endswith(".gml"):
            yield Finding("LVBB1026", file, content(element))
    for element in anywhere(root, OW_MANIFEST, "WorkIDRegeling"):
        yield from check_regulation(content(element), file)


def check_together(
    gios: Sequence[ParsedGio], companions: Sequence[ParsedCompanion], objects: Sequence[OwObject]
) -> Iterator[Finding]:
    """Check that GIOs, what secures them and OW objects fit together (TPOD2230, TPOD2600 to 2604).

    Without OW objects in the package nothing can be said of how they fit.
    """
    secured: Counter[str] = Counter()
    for gio in gios:
        own = [item for item in companions if item.expression == gio.expression]
        if gio.is_mutation and not any(item.secured() for item in own):
            yield Finding("TPOD2604", gio.file, gio.expression)
        for companion in own:
            secured.update(set(companion.secured()))
            yield from _secures(gio, companion, objects)
    for identifier, times in secured.items():
        if times > 1:
            yield Finding("TPOD2602", companions[-1].file, identifier, f"{times} GIO's")
    if objects:
        used = {geometry for thing in objects for geometry in _geometries(thing)}
        for gio in gios:
            for location in gio.locations:
                if location.id not in used:
                    yield Finding("TPOD2230", gio.file, location.place)


def _secures(gio: ParsedGio, companion: ParsedCompanion, objects: Sequence[OwObject]) -> Iterator[Finding]:
    named = companion.secured()
    if len(named) > 1:
        yield Finding("TPOD2600", companion.file, gio.expression, ", ".join(named))
    if not named or not objects:
        return
    by_id = {thing.id: thing for thing in objects}
    thing = by_id.get(named[0])
    if thing is None:
        yield Finding("TPOD2600", companion.file, gio.expression, named[0])
        return
    wanted = {location.id for location in gio.locations}
    if covered(thing, by_id) != wanted:
        yield Finding("TPOD2601", companion.file, gio.expression, thing.id)
    for other in objects:
        if _rank(other.kind) < _rank(thing.kind) and covered(other, by_id) == wanted:
            yield Finding("TPOD2603", companion.file, gio.expression, other.id)


def covered(thing: OwObject, by_id: dict[str, OwObject], depth: int = 3) -> set[str]:
    """Give the geometries that an OW object covers, through groups and designations."""
    own = set(_geometries(thing))
    if depth:
        for reference in thing.refers:
            if reference in by_id:
                own |= covered(by_id[reference], by_id, depth - 1)
    return own


def _rank(kind: str) -> int:
    """Place a type of object in the order of preference; what cannot secure a GIO comes last."""
    if kind in {"Omgevingsnorm", "Omgevingswaarde"}:
        return PREFERENCE.index("norm")
    if kind == "Gebiedsaanwijzing":
        return PREFERENCE.index("gebiedsaanwijzing")
    if kind == "ActiviteitLocatieaanduiding":
        return PREFERENCE.index("activiteitlocatieaanduiding")
    if kind in {"Gebiedengroep", "Lijnengroep", "Puntengroep"}:
        return PREFERENCE.index("groep")
    return PREFERENCE.index("locatie") if kind in {"Gebied", "Lijn", "Punt"} else len(PREFERENCE)

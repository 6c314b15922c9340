"""Rules for the file that goes with a GIO, and for both together (STOP2023 to 2026, 3023, 3102 and on)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from layers.exports.gio.check_ids import INFORMATION_OBJECT, check_pair, check_regulation
from layers.exports.gio.companion import GIO_FORMAT, INSTRUCTIONS, OW_DOMAIN
from layers.exports.gio.findings import Finding
from layers.exports.gio.xml import (
    DATA,
    GIO,
    LVBB,
    OGC,
    SE,
    Element,
    anywhere,
    content,
    found,
    local,
    space,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.exports.gio.parsed import ParsedGio

CONSOLIDATED: Final = (INFORMATION_OBJECT, "/join/id/stop/work_005")
KINDS: Final = ("geometrie", "groepID", "kwalitatieveNormwaarde", "kwantitatieveNormwaarde")
COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
OPACITY: Final = re.compile(r"0(\.\d{1,2})?|1(\.0{1,2})?")
PARAMETERS: Final = {
    "stroke": ("STOP3140", COLOUR),
    "stroke-linecap": ("STOP3143", re.compile("butt")),
    "stroke-linejoin": ("STOP3145", re.compile("round")),
    "fill": ("STOP3147", COLOUR),
    "fill-opacity": ("STOP3148", OPACITY),
}


@dataclass(frozen=True, slots=True)
class ParsedCompanion:
    """One ``AanleveringInformatieObject`` as written.

    Attributes
    ----------
    file, root
        Its name and the document.
    work, expression, kind
        ``FRBRWork``, ``FRBRExpression`` and ``soortWork``.
    regulation
        ``heeftGeboorteregeling``; empty where absent.
    hashes
        File name to stated SHA-512.
    """

    file: str
    root: Element
    work: str
    expression: str
    kind: str
    regulation: str
    hashes: Mapping[str, str]

    def secured(self) -> list[str]:
        """Give the OW objects that ``JuridischeBorgingVan`` names."""
        return [
            text_of(thing, GIO, "domeinObjectID")
            for thing in anywhere(self.root, GIO, "Object")
            if text_of(thing, GIO, "domein") == OW_DOMAIN
        ]


def is_companion(root: Element) -> bool:
    """Tell whether a document goes with a GIO."""
    return space(root) == LVBB and local(root) == "AanleveringInformatieObject"


def parse_companion(root: Element, file: str) -> ParsedCompanion:
    """Read a document as the companion of a GIO."""

    def first(tag: str) -> str:
        return next((content(element) for element in anywhere(root, DATA, tag)), "")

    files = anywhere(root, DATA, "Bestand")
    return ParsedCompanion(
        file=file,
        root=root,
        work=first("FRBRWork"),
        expression=first("FRBRExpression"),
        kind=first("soortWork"),
        regulation=first("heeftGeboorteregeling"),
        hashes={text_of(item, DATA, "bestandsnaam"): text_of(item, DATA, "hash") for item in files},
    )


def check_companion(
    companion: ParsedCompanion, files: Mapping[str, bytes], gios: tuple[ParsedGio, ...]
) -> Iterator[Finding]:
    """Check one companion.

    Parameters
    ----------
    companion
        As parsed.
    files
        Every file of the package, for checksums; paths may have folders.
    gios
        Every GIO of the package; the one with the same expression belongs to it.
    """
    file = companion.file
    yield from check_pair(companion.work, companion.expression, file, companion.kind)
    if companion.work.split("/")[2:3] == ["id"] and companion.kind not in CONSOLIDATED:
        yield Finding("STOP2024", file, companion.work, companion.kind)
    yield from _metadata(companion)
    by_name = {path.rpartition("/")[2]: data for path, data in files.items()}
    for name, stated in companion.hashes.items():
        data = by_name.get(name)
        if data is None or hashlib.sha512(data).hexdigest() != stated.lower():
            yield Finding("LVBB3008", file, name, "bestand ontbreekt" if data is None else "controlesom")
    yield from _drawing(companion)
    for gio in gios:
        if gio.expression == companion.expression:
            yield from _told_apart(companion, gio)


def _metadata(companion: ParsedCompanion) -> Iterator[Finding]:
    file, work = companion.file, companion.work
    if companion.regulation:
        yield from check_regulation(companion.regulation, file)
    for title in anywhere(companion.root, DATA, "officieleTitel"):
        if content(title) != work:
            yield Finding("STOP2025", file, work, content(title))
        if not content(title).startswith("/join/id/"):
            yield Finding("STOP1015", file, work, content(title))
    instructions = anywhere(companion.root, DATA, "publicatieinstructie")
    stated = content(instructions[0]) if instructions else ""
    collection = (*work.split("/"), "", "", "", "")[3]
    if stated and INSTRUCTIONS.get(collection, stated) != stated:
        yield Finding("STOP2026", file, work, f"{collection}: {stated}")
    formats = [content(item) for item in anywhere(companion.root, DATA, "formaatInformatieobject")]
    if GIO_FORMAT in formats and stated in {INSTRUCTIONS["pubdata"], INSTRUCTIONS["infodata"]}:
        yield Finding("STOP1074", file, work, stated)
    if stated == INSTRUCTIONS["regdata"] and not companion.regulation:
        yield Finding("STOP2023", file, work)


def _drawing(companion: ParsedCompanion) -> Iterator[Finding]:
    for style in anywhere(companion.root, SE, "FeatureTypeStyle"):
        name = text_of(style, SE, "FeatureTypeName")
        if name.rpartition(":")[2] != "Locatie":
            yield Finding("STOP3102", companion.file, "", name)
        kind = text_of(style, SE, "SemanticTypeIdentifier")
        if kind.partition(":")[2] not in KINDS:
            yield Finding("STOP3103", companion.file, "", kind)
        for rule in found(style, SE, "Rule"):
            yield from _rule(rule, kind.partition(":")[2], companion.file)


def _rule(rule: Element, kind: str, file: str) -> Iterator[Finding]:
    place = text_of(rule, SE, "Name")
    if kind not in KINDS[1:] and anywhere(rule, OGC, "Filter"):
        yield Finding("STOP3114", file, place, kind)
    for element in anywhere(rule, OGC, "PropertyName"):
        if content(element) != kind:
            yield Finding("STOP3115", file, place, content(element))
    if not text_of(rule, SE, "Description", "Title"):
        yield Finding("STOP3126", file, place)
    for element in anywhere(rule, SE, "SvgParameter"):
        code, pattern = PARAMETERS.get(element.get("name"), ("", None))
        if pattern is not None and not pattern.fullmatch(content(element)):
            yield Finding(code, file, place, content(element))


def _told_apart(companion: ParsedCompanion, gio: ParsedGio) -> Iterator[Finding]:
    """Check that every group or norm value has a rule and a symbol of its own."""
    norms = {word for location in gio.locations for word in location.words}
    groups = {code for code, _ in gio.groups}
    for code, wanted in (("STOP3023", groups), ("STOP3029", norms)):
        if not wanted:
            continue
        drawn: dict[str, str] = {}
        seen: dict[str, str] = {}
        for rule in anywhere(companion.root, SE, "Rule"):
            value = next((content(item) for item in anywhere(rule, OGC, "Literal")), "")
            symbol = _symbol(rule)
            drawn[value] = symbol
            if value in wanted and symbol in seen and seen[symbol] != value:
                yield Finding(code, companion.file, f"{seen[symbol]} en {value}", "zelfde symbool")
            seen.setdefault(symbol, value)
        for value in sorted(wanted - set(drawn)):
            yield Finding(code, companion.file, value, "geen regel")


def _symbol(rule: Element) -> str:
    parts = [f"{element.get('name')}={content(element)}" for element in anywhere(rule, SE, "SvgParameter")]
    patterns = [content(element) for element in anywhere(rule, SE, "InlineContent")]
    return ";".join(parts + patterns)

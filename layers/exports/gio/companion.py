"""The file that goes with a GIO: its name, its maker, its checksum, its legend and what it secures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from layers.exports.gio.legend import add_legend
from layers.exports.gio.xml import (
    DATA,
    GEO,
    GIO,
    LVBB,
    LVBB_VERSION,
    STOP_VERSION,
    XSI,
    add,
    clean,
    root,
    write,
)

if TYPE_CHECKING:
    from layers.exports.gio.write import Gio

SCHEMA: Final = "https://standaarden.overheid.nl/lvbb/1.2.0/lvbb-stop-aanlevering.xsd"
INFORMATION_OBJECT: Final = "/join/id/stop/work_010"
GIO_FORMAT: Final = "/join/id/stop/informatieobject/gio_002"
INSTRUCTIONS: Final = {
    "regdata": "TeConsolideren",
    "pubdata": "AlleenBekendTeMaken",
    "infodata": "Informatief",
}
"""Collection of a JOIN identifier to the way in which the object is published (STOP2026)."""
OW_DOMAIN: Final = "http://www.geostandaarden.nl/imow/"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is said of a GIO beside its content.

    Attributes
    ----------
    authority
        Who is responsible, such as ``/tooi/id/provincie/pv99``.
    title
        Name of the information object.
    regulation
        Work that the object is born in (``heeftGeboorteregeling``).
    secures
        Id of the OW object with the same geometry.
    """

    authority: str
    title: str
    regulation: str
    secures: str


def write_companion(gio: Gio, data: bytes, file: str, delivery: Delivery) -> bytes:
    """Write the ``AanleveringInformatieObject`` of a GIO (LVBB 1.2.0).

    Parameters
    ----------
    gio, data, file
        The GIO, its bytes and its file name; the bytes are hashed.
    delivery
        What is said of it.
    """
    top = root("AanleveringInformatieObject", LVBB, {None: LVBB, "geo": GEO, "xsi": XSI})
    top.set("schemaversie", LVBB_VERSION)
    top.set(f"{{{XSI}}}schemaLocation", f"{LVBB} {SCHEMA}")
    version = add(top, "InformatieObjectVersie")
    own: dict[str | None, str] = {None: DATA}
    stated = {"schemaversie": STOP_VERSION}
    names = add(version, "ExpressionIdentificatie", namespace=DATA, prefixes=own, attributes=stated)
    add(names, "FRBRWork", gio.work)
    add(names, "FRBRExpression", gio.expression)
    add(names, "soortWork", INFORMATION_OBJECT)
    about = add(version, "InformatieObjectVersieMetadata", namespace=DATA, prefixes=own, attributes=stated)
    add(about, "heeftGeboorteregeling", delivery.regulation)
    content = add(add(add(about, "heeftBestanden"), "heeftBestand"), "Bestand")
    add(content, "bestandsnaam", file)
    add(content, "hash", hashlib.sha512(data).hexdigest())
    work = add(version, "InformatieObjectMetadata", namespace=DATA, prefixes=own, attributes=stated)
    add(work, "eindverantwoordelijke", delivery.authority)
    add(work, "maker", delivery.authority)
    add(work, "naamInformatieObject", clean(delivery.title))
    add(work, "officieleTitel", gio.work)
    collection = gio.work.split("/")[3] if gio.work.count("/") > 2 else ""  # noqa: PLR2004 /join/id/collection
    add(work, "publicatieinstructie", INSTRUCTIONS.get(collection, INSTRUCTIONS["regdata"]))
    add(work, "formaatInformatieobject", GIO_FORMAT)
    add_legend(version, gio.groups)
    secures = add(version, "JuridischeBorgingVan", namespace=GIO, prefixes={None: GIO}, attributes=stated)
    thing = add(secures, "Object")
    add(thing, "domein", OW_DOMAIN)
    add(thing, "domeinObjectID", delivery.secures)
    return write(top)

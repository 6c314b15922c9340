"""A draft of the OW annotation: the same locations for the national viewer (IMOW 2.0.0, TPOD 2.0)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from layers.exports.gio.xml import (
    OW_AREA,
    OW_FILE,
    OW_LOCATION,
    OW_MANIFEST,
    OW_OBJECT,
    OW_STATE,
    OW_TEXT,
    XLINK,
    XSI,
    Element,
    add,
    clean,
    root,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.exports.gio.write import Gio

Purpose = Literal["visie", "verordening"]
LISTS: Final = "http://standaarden.omgevingswet.overheid.nl/"
INDICATIVE: Final = f"{LISTS}idealisatie/id/concept/Indicatief"

ANNOTATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "ruimtelijkgebruik_bedrijventerrein": (
        "RuimtelijkGebruik",
        "ruimtelijkgebruik/id/concept/Bedrijventerrein",
    ),
    "ruimtelijkgebruik_industrieterrein": (
        "RuimtelijkGebruik",
        "ruimtelijkgebruik/id/concept/Industrieterrein",
    ),
    "functie_reserveringsgebied": ("Functie", "functie/id/concept/Reserveringsgebied"),
    "functie_bedrijventerrein": ("Functie", "functie/id/concept/Bedrijventerrein"),
    "functie_industrieterrein": ("Functie", "functie/id/concept/Industrieterrein"),
}
"""Setting to the type and the group of the area designation (IMOW value lists 4.3.0). A vision may not hold a
Functie (TPOD2504), an ordinance may (TPOD2503)."""
PER_PURPOSE: Final[Mapping[Purpose, str]] = {
    "visie": "ruimtelijkgebruik_bedrijventerrein",
    "verordening": "functie_reserveringsgebied",
}
"""What is written unless the settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the annotation says beside the locations.

    Attributes
    ----------
    purpose
        For a vision or for an ordinance.
    annotation
        One of `ANNOTATIONS`.
    authority, authority_name
        Code such as ``pv99``, and name.
    title
        Name of the area designation.
    regulation, goal
        Work id of the regulation and id of the goal (doel) of the decision.
    text_wid
        ``wId`` of the piece of vision text that the locations belong to.
    delivery
        Name of this delivery.
    namespace
        Of the ids, as `layers.exports.location_id.namespace_of` gives it.
    """

    purpose: Purpose
    annotation: str
    authority: str
    authority_name: str
    title: str
    regulation: str
    goal: str
    text_wid: str
    delivery: str
    namespace: uuid.UUID

    def identifier(self, kind: str, key: str) -> str:
        """Give the stable id of an OW object: equal for equal keys."""
        return f"nl.imow-{self.authority}.{kind}.{uuid.uuid5(self.namespace, f'{kind}:{key}').hex}"

    def designation(self, gio: Gio) -> str:
        """Give the id of the area designation of a GIO."""
        return self.identifier("gebiedsaanwijzing", gio.work)


def write_ow(gio: Gio, draft: Draft) -> dict[str, bytes]:
    """Write the OW files of one GIO.

    Parameters
    ----------
    gio
        The GIO whose geometries are referred to.
    draft
        What the annotation says.

    Returns
    -------
    dict
        File name to XML: areas, the group of all of them, the area designation, for a vision also the piece
        of text with its locations (indicative), and the manifest that lists them.
    """
    group = draft.identifier("gebiedengroep", gio.work)
    areas = [draft.identifier("gebied", location.id) for location in gio.locations]
    files = {
        "owGebieden.xml": ("Gebied", _areas(gio, draft, areas)),
        "owGebiedengroepen.xml": ("Gebiedengroep", _group(draft, group, areas)),
        "owGebiedsaanwijzingen.xml": ("Gebiedsaanwijzing", _designation(gio, draft, group)),
    }
    if draft.purpose == "visie":
        text = draft.identifier("divisietekst", draft.text_wid)
        files["owDivisieteksten.xml"] = ("Divisietekst", _text(draft, text))
        files["owTekstdelen.xml"] = ("Tekstdeel", _text_part(gio, draft, text, group))
    written = {name: write(top) for name, (_, top) in files.items()}
    written["manifest-ow.xml"] = write(_manifest(draft, {name: kind for name, (kind, _) in files.items()}))
    return written


def _file(draft: Draft, kind: str) -> tuple[Element, Element]:
    """Start a file of one type of objects; gives its root and where the objects go."""
    prefixes: dict[str | None, str] = {
        "xsi": XSI, "xlink": XLINK, "l": OW_LOCATION, "ga": OW_AREA, "vt": OW_TEXT, "sl": OW_STATE,
        "ow": OW_OBJECT, "ow-dc": OW_FILE,
    }  # fmt: skip
    top = root("owBestand", OW_FILE, prefixes)
    state = add(top, "standBestand", namespace=OW_STATE)
    add(state, "dataset", clean(draft.authority_name))
    about = add(state, "inhoud")
    add(about, "gebied", clean(draft.authority_name))
    add(about, "leveringsId", draft.delivery)
    add(add(about, "objectTypen"), "objectType", kind)
    return top, state


def _object(state: Element, kind: str, namespace: str) -> Element:
    holder = add(add(state, "stand"), "owObject", namespace=OW_FILE)
    return add(holder, kind, namespace=namespace)


def _refer(parent: Element, kind: str, namespace: str, target: str) -> None:
    add(parent, kind, namespace=namespace, attributes={f"{{{XLINK}}}href": target})


def _areas(gio: Gio, draft: Draft, areas: list[str]) -> Element:
    top, state = _file(draft, "Gebied")
    for location, identifier in zip(gio.locations, areas, strict=True):
        area = _object(state, "Gebied", OW_LOCATION)
        add(area, "identificatie", identifier)
        add(area, "noemer", clean(location.name))
        _refer(add(area, "geometrie"), "GeometrieRef", OW_LOCATION, location.id)
    return top


def _group(draft: Draft, group: str, areas: list[str]) -> Element:
    top, state = _file(draft, "Gebiedengroep")
    thing = _object(state, "Gebiedengroep", OW_LOCATION)
    add(thing, "identificatie", group)
    add(thing, "noemer", clean(draft.title))
    members = add(thing, "groepselement")
    for area in areas:
        _refer(members, "GebiedRef", OW_LOCATION, area)
    return top


def _designation(gio: Gio, draft: Draft, group: str) -> Element:
    kind, value = ANNOTATIONS[draft.annotation]
    top, state = _file(draft, "Gebiedsaanwijzing")
    thing = _object(state, "Gebiedsaanwijzing", OW_AREA)
    add(thing, "identificatie", draft.designation(gio))
    add(thing, "type", f"{LISTS}typegebiedsaanwijzing/id/concept/{kind}")
    add(thing, "naam", clean(draft.title))
    add(thing, "groep", f"{LISTS}{value}")
    _refer(add(thing, "locatieaanduiding"), "LocatieRef", OW_LOCATION, group)
    return top


def _text(draft: Draft, text: str) -> Element:
    top, state = _file(draft, "Divisietekst")
    thing = _object(state, "Divisietekst", OW_TEXT)
    thing.set("wId", draft.text_wid)
    add(thing, "identificatie", text)
    return top


def _text_part(gio: Gio, draft: Draft, text: str, group: str) -> Element:
    top, state = _file(draft, "Tekstdeel")
    thing = _object(state, "Tekstdeel", OW_TEXT)
    add(thing, "identificatie", draft.identifier("tekstdeel", gio.work))
    add(thing, "idealisatie", INDICATIVE)
    _refer(add(thing, "divisieaanduiding"), "DivisietekstRef", OW_TEXT, text)
    _refer(add(thing, "locatieaanduiding"), "LocatieRef", OW_LOCATION, group)
    _refer(add(thing, "gebiedsaanwijzing"), "GebiedsaanwijzingRef", OW_AREA, draft.designation(gio))
    return top


def _manifest(draft: Draft, kinds: Mapping[str, str]) -> Element:
    top = root("Aanleveringen", OW_MANIFEST, {None: OW_MANIFEST})
    add(top, "domein", "omgevingswet")
    delivery = add(top, "Aanlevering")
    add(delivery, "WorkIDRegeling", draft.regulation)
    add(delivery, "DoelID", draft.goal)
    for name, kind in kinds.items():
        entry = add(delivery, "Bestand")
        add(entry, "naam", name)
        add(entry, "objecttype", kind)
    return top

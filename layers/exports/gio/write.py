"""A GIO as a file: the geometry that the text of a plan refers to (STOP 1.3.0, imop-geo)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.exports.gio.geometry import write_shape
from layers.exports.gio.xml import BASIS, GEO, GIO, GML, STOP_VERSION, XSI, add, clean, root, write

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import shapely

SCHEMA = "https://standaarden.overheid.nl/stop/1.3.0/imop-geo.xsd"


@dataclass(frozen=True, slots=True)
class Location:
    """One location of a GIO.

    Attributes
    ----------
    id
        UUID of its geometry (``basisgeo:id``).
    name
        What people call it.
    group
        Id of the GIO-part that it belongs to.
    shape
        In EPSG:28992, as `layers.exports.location_id.exact_shape` gives it.
    """

    id: str
    name: str
    group: str
    shape: shapely.MultiPolygon


@dataclass(frozen=True, slots=True)
class Gio:
    """What a GIO says.

    Attributes
    ----------
    work, expression
        JOIN identifiers.
    background, background_date
        The base map on which it was drawn, and of which day.
    accuracy_dm
        How exact a computed GIO is, in decimetres; None where it is drawn on the base map.
    groups
        Id to label, in order; exactly those that locations use.
    locations
        At least one.
    was
        The expression that this one changes, None for the first.
    """

    work: str
    expression: str
    background: str
    background_date: dt.date
    accuracy_dm: int | None
    groups: Mapping[str, str]
    locations: tuple[Location, ...]
    was: str | None = None


def write_gio(gio: Gio) -> bytes:
    """Write a GIO.

    Parameters
    ----------
    gio
        What it says; the order of groups and locations is kept.

    Returns
    -------
    bytes
        UTF-8 XML, ``geo:GeoInformatieObjectVaststelling``. Nothing in it is optional and unused: no names or
        bounds of GML (STOP3090), no arcs, one coordinate system named at the top of each geometry.
    """
    prefixes: dict[str | None, str] = {"geo": GEO, "gio": GIO, "basisgeo": BASIS, "gml": GML, "xsi": XSI}
    top = root("GeoInformatieObjectVaststelling", GEO, prefixes, schemaversie=STOP_VERSION)
    top.set(f"{{{XSI}}}schemaLocation", f"{GEO} {SCHEMA}")
    context = add(add(top, "context"), "GeografischeContext", namespace=GIO)
    add(context, "achtergrondVerwijzing", gio.background)
    add(context, "achtergrondActualiteit", gio.background_date.isoformat())
    if gio.accuracy_dm is not None:
        add(context, "nauwkeurigheid", str(gio.accuracy_dm))
    version = add(add(top, "vastgesteldeVersie"), "GeoInformatieObjectVersie")
    add(version, "FRBRWork", gio.work)
    add(version, "FRBRExpression", gio.expression)
    if gio.groups:
        groups = add(version, "groepen")
        for code, label in gio.groups.items():
            group = add(groups, "Groep")
            add(group, "groepID", code)
            add(group, "label", clean(label))
    locations = add(version, "locaties")
    for location in gio.locations:
        place = add(locations, "Locatie")
        add(place, "naam", clean(location.name))
        geometry = add(add(place, "geometrie"), "Geometrie", namespace=BASIS)
        geometry.set(f"{{{GML}}}id", f"id-{location.id}")
        add(geometry, "id", location.id)
        write_shape(add(geometry, "geometrie"), location.shape)
        add(place, "groepID", location.group)
    if gio.was is not None:
        add(top, "wasID", gio.was)
    return write(top)

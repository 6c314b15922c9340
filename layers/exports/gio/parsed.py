"""A GIO as it stands in a file, ours or anybody's: read once, then checked and used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.crs import to_rd
from layers.exports.gio.geometry import ETRS89_URN, RawShape, build_shape, read_shape
from layers.exports.gio.xml import BASIS, GEO, GIO, Element, anywhere, content, found, local, space, text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOTS: Final = ("GeoInformatieObjectVaststelling", "GeoInformatieObjectVersie", "GeoInformatieObjectMutatie")


@dataclass(frozen=True, slots=True)
class ParsedLocation:
    """One location as written; texts are empty where nothing stands.

    Attributes
    ----------
    number
        Place in the file, first 1.
    id, name
        ``basisgeo:id`` and ``geo:naam``.
    groups
        Every ``geo:groepID``; one at most is right.
    amounts, words
        Every quantitative and qualitative norm value.
    raw
        The geometry as read.
    shape
        The geometry in EPSG:28992; None when it cannot be made.
    """

    number: int
    id: str
    name: str
    groups: tuple[str, ...]
    amounts: tuple[str, ...]
    words: tuple[str, ...]
    raw: RawShape
    shape: shapely.Geometry | None

    @property
    def place(self) -> str:
        """How a finding names this location."""
        return f"{self.name or f'locatie {self.number}'} ({self.id or 'zonder id'})"


@dataclass(frozen=True, slots=True)
class ParsedGio:
    """One GIO as written.

    Attributes
    ----------
    file
        Its name.
    root
        The document.
    work, expression, was
        Identifiers; empty where absent.
    groups
        Every (groepID, label) in order, repeats and all.
    locations
        In order.
    """

    file: str
    root: Element
    work: str
    expression: str
    was: str
    groups: tuple[tuple[str, str], ...]
    locations: tuple[ParsedLocation, ...]

    @property
    def is_mutation(self) -> bool:
        """Whether it is a mutation of an earlier version."""
        return local(self.root) == ROOTS[2]

    def texts(self, tag: str) -> list[str]:
        """Give the text of every element of a name in the GIO."""
        return [content(element) for element in anywhere(self.root, GEO, tag)]

    def background(self) -> tuple[str, str]:
        """Give the background and its date."""
        contexts = anywhere(self.root, GIO, "GeografischeContext")
        if not contexts:
            return "", ""
        return text_of(contexts[0], GIO, "achtergrondVerwijzing"), text_of(
            contexts[0], GIO, "achtergrondActualiteit"
        )


def is_gio(root: Element) -> bool:
    """Tell whether a document is a GIO."""
    return space(root) == GEO and local(root) in ROOTS


def parse_gio(root: Element, file: str) -> ParsedGio:
    """Read a document as a GIO; this never fails on what is in it.

    Parameters
    ----------
    root
        The document.
    file
        Its name, for findings.
    """
    works = anywhere(root, GEO, "FRBRWork")
    expressions = anywhere(root, GEO, "FRBRExpression")
    was = anywhere(root, GEO, "wasID")
    groups = tuple(
        (text_of(group, GEO, "groepID"), text_of(group, GEO, "label"))
        for group in anywhere(root, GEO, "Groep")
    )
    locations = [
        *anywhere(root, GEO, "Locatie"),
        *anywhere(root, GEO, "LocatieMutatie"),
    ]
    return ParsedGio(
        file=file,
        root=root,
        work=content(works[0]) if works else "",
        expression=content(expressions[0]) if expressions else "",
        was=content(was[0]) if was else "",
        groups=groups,
        locations=tuple(_location(element, number) for number, element in enumerate(locations, 1)),
    )


def _location(element: Element, number: int) -> ParsedLocation:
    holders = found(element, GEO, "geometrie")
    basis = found(holders[0], BASIS, "Geometrie") if holders else []
    inner = found(basis[0], BASIS, "geometrie") if basis else []
    raw = read_shape(inner[0]) if inner else RawShape()
    return ParsedLocation(
        number=number,
        id=text_of(basis[0], BASIS, "id") if basis else "",
        name=text_of(element, GEO, "naam"),
        groups=tuple(content(item) for item in found(element, GEO, "groepID")),
        amounts=tuple(content(item) for item in found(element, GEO, "kwantitatieveNormwaarde")),
        words=tuple(content(item) for item in found(element, GEO, "kwalitatieveNormwaarde")),
        raw=raw,
        shape=_in_rd(raw),
    )


def _in_rd(raw: RawShape) -> shapely.Geometry | None:
    """Make the geometry, in RD New; ETRS89 by its URN has the latitude first."""
    shape = build_shape(raw)
    if shape is None or {name for name, _ in raw.names} != {ETRS89_URN}:
        return shape

    def swap(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return xy[:, ::-1]

    turned = np.array([shapely.transform(shape, swap)], dtype=object)
    west, south, east, north = shapely.total_bounds(turned)
    if not (west >= 2 and east <= 8 and south >= 50 and north <= 56):  # noqa: PLR2004 the area of the grid
        return shape
    moved: shapely.Geometry = to_rd(turned, "EPSG:4258")[0]
    return moved

"""What is asked of one service, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.crs import RD, rd_to_lonlat

if TYPE_CHECKING:
    from collections.abc import Mapping

Box = tuple[float, float, float, float]
CRS84: Final = "OGC:CRS84"
_EDGE_POINTS: Final = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """One layer of one service.

    Attributes
    ----------
    connector
        ``ogc_features``, ``wfs``, ``arcgis``, ``atom``, ``file`` or ``plans``.
    url
        Of the service, the layer (ArcGIS) or the file.
    name
        Collection, feature type, or words in the title of an entry (ATOM).
    area
        Box in EPSG:28992, metres (west, south, east, north), margin included; None for everything.
    page
        Features per page.
    query
        Parameters for every request, such as a filter.
    headers, secrets
        Headers for every request; those of `secrets` hold a key and are stored nowhere.
    hosts
        Other hosts that links may lead to, over https.
    member, member_layer
        Data set inside a zip and layer inside a file.
    crs
        The coordinate system to ask for, or that a file must have.
    sort
        Field by which pages are ordered.
    kind
        Of objects to take of a plan (``plans``).
    """

    connector: str
    url: str
    name: str = ""
    area: Box | None = None
    page: int = 1000
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    member: str | None = None
    member_layer: str | None = None
    crs: str = RD
    sort: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Got:
    """What came of it: a file, and what is known about its content.

    Attributes
    ----------
    crs
        As `pyproj` understands it; None when the source states none.
    rows
        Features in the file.
    counted
        What the service said that there are; None when it says nothing.
    cut
        Features left out because they lie outside the area.
    fields
        Name to type.
    shapes
        Kinds of geometry, sorted.
    notes
        What a reader should know, in English.
    """

    crs: str | None
    rows: int
    counted: int | None
    cut: int
    fields: dict[str, str]
    shapes: tuple[str, ...]
    notes: tuple[str, ...] = ()


def grown(box: Box, margin: float) -> Box:
    """Make a box larger by a margin on all sides."""
    west, south, east, north = box
    return west - margin, south - margin, east + margin, north + margin


def lonlat_box(box: Box) -> Box:
    """Give the box in degrees ETRS89 that holds a box in EPSG:28992, its curved edges included."""
    outline = shapely.segmentize(shapely.box(*box), max(box[2] - box[0], box[3] - box[1]) / _EDGE_POINTS)
    west, south, east, north = shapely.total_bounds(rd_to_lonlat(np.array([outline], dtype=object)))
    return float(west), float(south), float(east), float(north)


def box_text(box: Box) -> str:
    """Write a box as a parameter: west, south, east, north with at most nine decimals."""
    return ",".join(f"{round(value, 9):.9f}".rstrip("0").rstrip(".") for value in box)

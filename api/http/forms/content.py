"""What a download is made of: rows in the asked coordinate system, and what the file must say of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gis.crs import RD, rd_to_lonlat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from layers.classes import ClassStyle
    from layers.schema import Column, Layer

EARTH_M: Final = 6_378_137.0
"""Radius of the sphere of Web Mercator, metres."""
POINT: Final = 0
COLLECTION: Final = 7
"""Type ids of shapely."""


class Crs(StrEnum):
    """The coordinate systems of downloads. In files longitude or easting always comes first."""

    RD = "28992"
    ETRS89 = "4258"
    CRS84 = "CRS84"
    WEB_MERCATOR = "3857"

    @property
    def uri(self) -> str:
        """The name of OGC, as in ``crs`` parameters."""
        if self is Crs.CRS84:
            return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
        return f"http://www.opengis.net/def/crs/EPSG/0/{self.value}"

    @property
    def urn(self) -> str:
        """The same as a URN, for GeoJSON."""
        return "urn:ogc:def:crs:OGC:1.3:CRS84" if self is Crs.CRS84 else f"urn:ogc:def:crs:EPSG::{self.value}"

    @property
    def code(self) -> str:
        """The name for libraries that keep longitude first."""
        return "OGC:CRS84" if self is Crs.CRS84 else f"EPSG:{self.value}"

    @property
    def stored(self) -> str:
        """The code in formats that know EPSG only and store x first: there CRS84 is EPSG:4326."""
        return "EPSG:4326" if self is Crs.CRS84 else self.code

    @property
    def decimals(self) -> int:
        """Decimals of coordinates: a millimetre or better."""
        return {Crs.RD: 3, Crs.WEB_MERCATOR: 3}.get(self, 9)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself.

    Attributes
    ----------
    release
        Name of the release that the rows come from.
    project, authority
        What the release is about and who it was made for.
    reference_date
        The day that the data speaks of; every time in a file is this one.
    source, licence
        Where the rows come from and under which terms they may be used.
    note
        What every output must say on its face; empty for nothing.
    classes
        Gives the classes of a theme for the styles in a GeoPackage; None for no styles.
    """

    release: str
    project: str
    authority: str
    reference_date: date
    source: str
    licence: str
    note: str = ""
    classes: Callable[[str], tuple[ClassStyle, ...]] | None = None

    def lines(self, layer: Layer) -> dict[str, str]:
        """Give the facts under Dutch names, in the order in which they are read."""
        lines = {
            "titel": layer.label_nl,
            "omschrijving": layer.description_nl or layer.label_nl,
            "project": self.project,
            "gemaakt_voor": self.authority,
            "uitgave": self.release,
            "peildatum": self.reference_date.isoformat(),
            "bron": self.source,
            "gebruiksvoorwaarden": self.licence,
        }
        return {**lines, "let_op": self.note} if self.note else lines


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """One set of rows, ready to be written.

    Attributes
    ----------
    layer, columns
        What the rows are; only the columns that are in `frame`.
    frame
        The attributes in declared types, without geometry, with a plain index.
    geometry
        In `crs`, None where a row has none; None for a table.
    rd
        Easting and northing in RD New, metres, shape (n, 2), of a layer of points; None for others.
    """

    layer: Layer
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    geometry: NDArray[np.object_] | None
    rd: NDArray[np.float64] | None
    crs: Crs
    facts: Facts

    def geo(self, rows: NDArray[np.bool_] | None = None) -> gpd.GeoDataFrame | pd.DataFrame:
        """Give the rows, or some of them, as a table of geopandas; plain where there is no geometry."""
        kept = slice(None) if rows is None else rows
        frame = self.frame.loc[kept].reset_index(drop=True)
        if self.geometry is None:
            return frame
        return gpd.GeoDataFrame(frame, geometry=self.geometry[kept], crs=self.crs.stored)

    def records(self) -> list[dict[str, Any]]:
        """Give the attributes as plain values, None for missing."""
        plain = self.frame.astype(object)
        rows = plain.where(plain.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in rows]


def make_content(
    frame: pd.DataFrame | gpd.GeoDataFrame, layer: Layer, columns: Sequence[Column], crs: Crs, facts: Facts
) -> Content:
    """Bring rows into the asked coordinate system.

    Parameters
    ----------
    frame
        The rows; a GeoDataFrame in EPSG:28992 or a table.

    Raises
    ------
    ValueError
        For rows in another coordinate system, or a column that is not there: defects of the caller.
    """
    attributes = frame[[column.name for column in columns]].reset_index(drop=True)
    if not isinstance(frame, gpd.GeoDataFrame):
        return Content(layer, tuple(columns), attributes, None, None, crs, facts)
    if frame.crs != RD:
        raise ValueError(f"layer {layer.name}: rows in {RD} are needed")
    flat = np.asarray(shapely.force_2d(frame.geometry.to_numpy()), dtype=object)
    return Content(layer, tuple(columns), attributes, reproject(flat, crs), _rd(layer, flat), crs, facts)


def reproject(geometry: NDArray[np.object_], crs: Crs) -> NDArray[np.object_]:
    """Bring geometry in RD New to another system, rounded to its decimals, easting or longitude first.

    ETRS89 comes from RDNAPTRANS2018; CRS84 is ETRS89 under another name and Web Mercator projects it.
    """
    moved = geometry if crs is Crs.RD else rd_to_lonlat(geometry)
    if crs is Crs.WEB_MERCATOR:
        moved = shapely.transform(moved, _web_mercator)
    rounded = shapely.transform(moved, lambda xy: np.round(xy, crs.decimals) + 0.0)
    return np.asarray(rounded, dtype=object)


def _web_mercator(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project longitude and latitude on the sphere (EPSG method 1024)."""
    radians = np.radians(degrees)
    north = np.log(np.tan(np.pi / 4 + radians[:, 1] / 2))
    return np.asarray(EARTH_M * np.column_stack([radians[:, 0], north]))


def _rd(layer: Layer, flat: NDArray[np.object_]) -> NDArray[np.float64] | None:
    """Give the place of single points; None when a layer holds anything else."""
    kinds = shapely.get_type_id(flat)
    present = kinds >= 0
    if not (kinds[present] == POINT).all() or (not present.any() and layer.shape != "point"):
        return None
    place = np.column_stack([shapely.get_x(flat), shapely.get_y(flat)])
    return np.asarray(np.round(place, Crs.RD.decimals))


def facts_of(
    project: Mapping[str, Any],
    release: str,
    layer: Layer,
    classes: Callable[[str], tuple[ClassStyle, ...]] | None = None,
) -> Facts:
    """Take the facts of one layer from the project facts of its release.

    A layer that was computed has the sources of all layers that the release was made from.
    """
    from datetime import date

    sources = list(project.get("sources", ()))
    own = [source for source in sources if source.get("layer") == layer.name]
    named = _different(own or sources, "source")
    return Facts(
        release=release,
        project=str(project["name"]),
        authority=str(project["authority"]),
        reference_date=date.fromisoformat(str(project["reference_date"])[:10]),
        source=named if own else f"Berekend met kringruimte uit: {named}",
        licence=_different(own or sources, "licence"),
        note=str(project.get("note") or ""),
        classes=classes,
    )


def _different(sources: Sequence[Mapping[str, Any]], key: str) -> str:
    found = dict.fromkeys(str(source.get(key) or "") for source in sources)
    return "; ".join(text for text in found if text) or "niet opgegeven"


def dimension(geometry: NDArray[np.object_], layer: Layer) -> int | None:
    """Give the one dimension of a set of geometries; None when they are mixed or nothing is known."""
    found = shapely.get_dimensions(geometry)
    if (shapely.get_type_id(geometry) == COLLECTION).any():
        return None
    kinds = {int(value) for value in found[found >= 0]}
    if not kinds:
        return {"point": 0, "line": 1, "polygon": 2}.get(layer.shape)
    return kinds.pop() if len(kinds) == 1 else None

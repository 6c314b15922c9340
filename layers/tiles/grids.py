"""The grids in which tiles are cut: as documents (OGC Two Dimensional Tile Matrix Set 2.0) and as arithmetic.

Web Mercator is reached through ETRS89: RD New -> ETRS89 by RDNAPTRANS2018, whose degrees count as WGS84, then
the spherical formulas. The direct way of PROJ leaves the correction grid out and is up to 25 cm off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.crs import rd_to_lonlat

if TYPE_CHECKING:
    from numpy.typing import NDArray

Bounds = tuple[float, float, float, float]
"""West, south, east, north in metres of the grid's own coordinate system."""

TILE_PIXELS: Final = 256
PIXEL_M: Final = 0.00028
"""Size of a standardised rendering pixel (OGC 17-083r4, 6.1.1)."""
EARTH_M: Final = 6_378_137.0
"""Radius of the sphere of Web Mercator."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The tiles of one zoom level between and including these numbers."""

    zoom: int
    min_row: int
    max_row: int
    min_col: int
    max_col: int

    def holds(self, row: int, col: int) -> bool:
        """Tell whether a tile is among them."""
        return self.min_row <= row <= self.max_row and self.min_col <= col <= self.max_col

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return (self.max_row - self.min_row + 1) * (self.max_col - self.min_col + 1)

    def document(self) -> dict[str, Any]:
        """Describe the limits as a member of ``tileMatrixSetLimits``."""
        return {
            "tileMatrix": str(self.zoom),
            "minTileRow": self.min_row,
            "maxTileRow": self.max_row,
            "minTileCol": self.min_col,
            "maxTileCol": self.max_col,
        }


@dataclass(frozen=True, slots=True)
class Grid:
    """A square grid that is halved at every zoom level; rows count from the north, columns from the west.

    Attributes
    ----------
    id
        Identifier of the tile matrix set.
    title_nl
        What readers see.
    epsg
        Code of its coordinate system.
    west, north
        The corner where rows and columns begin, metres.
    width
        Side of the one tile of zoom level 0, metres.
    deepest
        The last zoom level of the tile matrix set.
    first, last
        Zoom levels for which tiles are made, unless a layer needs fewer: from the whole country in a few
        tiles to tiles with units of under a metre. One more would be four times the work.
    uri, scale_set
        Where the set and its scales are registered; None where they are not.
    """

    id: str
    title_nl: str
    epsg: int
    west: float
    north: float
    width: float
    deepest: int
    first: int
    last: int
    uri: str | None
    scale_set: str | None

    @property
    def crs(self) -> str:
        """URI of the coordinate system."""
        return f"http://www.opengis.net/def/crs/EPSG/0/{self.epsg}"

    def span(self, zoom: int) -> float:
        """Give the side of a tile, metres."""
        return self.width / (1 << zoom)

    def bounds(self, zoom: int, row: int, col: int) -> Bounds:
        """Give the bounds of a tile; of the same edge from both sides the same number."""
        span = self.span(zoom)
        return (
            self.west + col * span,
            self.north - (row + 1) * span,
            self.west + (col + 1) * span,
            self.north - row * span,
        )

    def has(self, zoom: int, row: int, col: int) -> bool:
        """Tell whether the tile matrix set holds a tile of these numbers."""
        return 0 <= zoom <= self.deepest and 0 <= row < 1 << zoom and 0 <= col < 1 << zoom

    def limits(self, bounds: Bounds, zoom: int) -> Limits | None:
        """Give the tiles of a zoom level that a box reaches into; None when it lies outside the grid.

        An edge that runs exactly along the edge of tiles does not reach into the next ones.
        """
        span, last = self.span(zoom), (1 << zoom) - 1
        west, east = (bounds[0] - self.west) / span, (bounds[2] - self.west) / span
        north, south = (self.north - bounds[3]) / span, (self.north - bounds[1]) / span
        if not (west <= last + 1 and north <= last + 1 and east >= 0 and south >= 0):
            return None
        min_col, min_row = _within(math.floor(west), last), _within(math.floor(north), last)
        return Limits(
            zoom,
            min_row,
            max(min_row, _within(math.ceil(south) - 1, last)),
            min_col,
            max(min_col, _within(math.ceil(east) - 1, last)),
        )

    def place(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Bring geometries in RD New to the coordinates of the grid, heights dropped.

        Raises
        ------
        InputError
            When a geometry lies outside the area of RDNAPTRANS2018.
        """
        flat = np.asarray(shapely.force_2d(geometry), dtype=object)
        if self.epsg == RD_GRID.epsg:
            return flat
        return np.asarray(shapely.transform(rd_to_lonlat(flat), mercator), dtype=object)

    def document(self) -> dict[str, Any]:
        """Describe the grid as a tile matrix set (OGC 17-083r4, JSON encoding)."""
        document: dict[str, Any] = {"id": self.id, "title": self.title_nl}
        if self.uri is not None:
            document["uri"] = self.uri
        document |= {"crs": self.crs, "orderedAxes": ["X", "Y"]}
        if self.scale_set is not None:
            document["wellKnownScaleSet"] = self.scale_set
        return document | {"tileMatrices": [self._matrix(zoom) for zoom in range(self.deepest + 1)]}

    def _matrix(self, zoom: int) -> dict[str, Any]:
        cell = self.span(zoom) / TILE_PIXELS
        return {
            "id": str(zoom),
            "scaleDenominator": cell / PIXEL_M,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [self.west, self.north],
            "tileWidth": TILE_PIXELS,
            "tileHeight": TILE_PIXELS,
            "matrixWidth": 1 << zoom,
            "matrixHeight": 1 << zoom,
        }


def _within(number: int, last: int) -> int:
    return min(max(number, 0), last)


def mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project degrees to Web Mercator (EPSG:3857), metres; shape ``(n, 2)`` in and out."""
    radians = np.radians(lonlat)
    return EARTH_M * np.column_stack([radians[:, 0], np.arcsinh(np.tan(radians[:, 1]))])


WEB_MERCATOR: Final = Grid(
    id="WebMercatorQuad",
    title_nl="Web Mercator, voor webkaarten",
    epsg=3857,
    west=-math.pi * EARTH_M,
    north=math.pi * EARTH_M,
    width=2 * math.pi * EARTH_M,
    deepest=24,
    first=6,
    last=13,
    uri="http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
    scale_set="http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
)

RD_GRID: Final = Grid(
    id="NetherlandsRDNewQuad",
    title_nl="Amersfoort / RD New, Nederlandse richtlijn tiling",
    epsg=28992,
    west=-285_401.92,
    north=903_401.92,
    width=880_803.84,
    deepest=16,
    first=1,
    last=8,
    uri=None,
    scale_set="urn:ogc:def:wkss:OGC:1.0:NLDEPSG28992Scale",
)

GRIDS: Final = {grid.id: grid for grid in (WEB_MERCATOR, RD_GRID)}
"""Grids by identifier."""

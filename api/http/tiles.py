"""The documents and tiles of OGC API Tiles (OGC 20-057), as pure functions of sets of tiles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from api.http.documents import JSON, link
from api.http.refused import Refused
from layers.tiles.grids import GRIDS, WEB_MERCATOR

if TYPE_CHECKING:
    from api.http.tile_sources import TileSource
    from layers.tiles.grids import Bounds, Grid
    from layers.tiles.tileset import LayerFacts, TileSet

    Document = dict[str, Any]

MVT: Final = "application/vnd.mapbox-vector-tile"
TILEJSON: Final = "application/vnd.mapbox.tile+json"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
TILING_SCHEME, TILING_SCHEMES = f"{REL}/tiling-scheme", f"{REL}/tiling-schemes"
TILESETS, GEODATA = f"{REL}/tilesets-vector", f"{REL}/geodata"
CONFORMANCE: Final = (
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "mvt")
    ),
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
)
TILEJSON_VERSION: Final = "3.0.0"
NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}")
JSON_TYPES: Final = {"Number": "number", "Boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list of tilesets stands.

    Attributes
    ----------
    root
        Address of the service, ``/v1`` or a release included, without slash at its end.
    title
        Of the collection, or of the data as a whole.
    collection
        Its name; None for all collections together.
    """

    root: str
    title: str
    collection: str | None = None

    @property
    def resource(self) -> str:
        """Address of what the tiles are made of."""
        return self.root if self.collection is None else f"{self.root}/collections/{quote(self.collection)}"

    @property
    def url(self) -> str:
        """Address of the list of tilesets."""
        return f"{self.resource}/tiles"


def landing_links(root: str) -> list[Document]:
    """Give the links to tiles for the landing page."""
    return [
        link(f"{root}/tiles", TILESETS, JSON, "Vectortegels van alle kaartlagen samen"),
        link(f"{root}/tileMatrixSets", TILING_SCHEMES, JSON, "Tegelindelingen"),
    ]


def collection_links(place: Place) -> list[Document]:
    """Give the links to tiles for the description of a collection with geometry."""
    return [link(place.url, TILESETS, JSON, "Vectortegels")]


def tilesets(source: TileSource, place: Place) -> Document:
    """List the tilesets of a collection or of all together.

    Raises
    ------
    Refused
        404 when there are none.
    """
    found = [tiles for grid in GRIDS if (tiles := source.get(place.collection, grid)) is not None]
    if not found:
        raise Refused(
            HTTPStatus.NOT_FOUND,
            "Hier zijn geen tegels van: deze laag heeft geen geometrie. Vraag de objecten op met /items.",
        )
    return {
        "title": f"Vectortegels: {place.title}",
        "links": [
            link(place.url, "self", JSON, "Dit document"),
            link(place.resource, GEODATA, JSON, place.title),
        ],
        "tilesets": [_summary(tiles.grid, place) for tiles in found],
    }


def _summary(grid: Grid, place: Place) -> Document:
    url = f"{place.url}/{grid.id}"
    document = {
        "title": f"{place.title} ({grid.title_nl})",
        "dataType": "vector",
        "crs": grid.crs,
        "links": [
            link(url, "self", JSON, "Beschrijving van deze tegels"),
            link(f"{place.root}/tileMatrixSets/{grid.id}", TILING_SCHEME, JSON, grid.title_nl),
            _item(url),
        ],
    }
    return document | ({"tileMatrixSetURI": grid.uri} if grid.uri is not None else {})


def _item(url: str) -> Document:
    href = f"{url}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    return link(href, "item", MVT, "Een tegel als Mapbox Vector Tile") | {"templated": True}


def wanted(source: TileSource, collection: str | None, grid: str) -> TileSet:
    """Give the tiles that a path names.

    Raises
    ------
    Refused
        404 when there is no such grid, or nothing of the collection lies in it.
    """
    tiles = source.get(collection, known_grid(grid).id)
    if tiles is None:
        raise Refused(
            HTTPStatus.NOT_FOUND,
            "Van deze laag zijn er geen tegels in deze tegelindeling.",
            ("tileMatrixSetId",),
        )
    return tiles


def known_grid(grid: str) -> Grid:
    """Give a grid by its identifier; Refused 404 when there is none."""
    if grid not in GRIDS:
        raise Refused(
            HTTPStatus.NOT_FOUND,
            f"Deze tegelindeling bestaat niet. Kies {' of '.join(GRIDS)}.",
            ("tileMatrixSetId",),
        )
    return GRIDS[grid]


def tileset(tiles: TileSet, place: Place) -> Document:
    """Describe a set of tiles (tileset metadata, OGC 17-083r4)."""
    grid, url = tiles.grid, f"{place.url}/{tiles.grid.id}"
    document = _summary(grid, place)
    links = [*document["links"], link(place.resource, GEODATA, JSON, place.title)]
    if grid is WEB_MERCATOR:
        links.append(link(f"{url}?f=tilejson", "describedby", TILEJSON, "TileJSON"))
    west, south, east, north = tiles.bounds
    return document | {
        "mediaTypes": [MVT],
        "tileMatrixSetLimits": [limits.document() for limits in tiles.limits],
        "boundingBox": _box(tiles.bounds),
        "centerPoint": {
            "coordinates": [(west + east) / 2, (south + north) / 2],
            "crs": CRS84,
            "tileMatrix": str(tiles.limits[0].zoom),
        },
        "layers": [_layer(layer, place) for layer in tiles.layers],
        "links": links,
    }


def _box(bounds: Bounds) -> Document:
    return {"lowerLeft": list(bounds[:2]), "upperRight": list(bounds[2:]), "crs": CRS84}


def _layer(layer: LayerFacts, place: Place) -> Document:
    own = Place(place.root, layer.title, layer.name)
    document: Document = {
        "id": layer.name,
        "title": layer.title,
        "description": layer.description,
        "dataType": "vector",
        "minTileMatrix": str(layer.limits[0].zoom),
        "maxTileMatrix": str(layer.limits[-1].zoom),
        "boundingBox": _box(layer.bounds),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                field.name: {"title": field.title, "type": JSON_TYPES.get(field.type, "string")}
                | ({"uom": field.unit} if field.unit else {})
                for field in layer.fields
            },
        },
        "links": [link(own.resource, GEODATA, JSON, layer.title)],
    }
    return document | ({} if layer.dimension is None else {"geometryDimension": layer.dimension})


def tilejson(tiles: TileSet, place: Place, attribution: str = "") -> Document:
    """Describe a set of tiles as TileJSON 3.0.0.

    Raises
    ------
    Refused
        400 for another grid than Web Mercator, which TileJSON cannot describe.
    """
    if tiles.grid is not WEB_MERCATOR:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            f"TileJSON beschrijft alleen {WEB_MERCATOR.id}. Vraag voor {tiles.grid.id} om f=json.",
            ("f",),
        )
    west, south, east, north = tiles.bounds
    limits = tiles.limits
    document: Document = {
        "tilejson": TILEJSON_VERSION,
        "name": place.title,
        "scheme": "xyz",
        "tiles": [f"{place.url}/{tiles.grid.id}/{{z}}/{{y}}/{{x}}"],
        "minzoom": limits[0].zoom,
        "maxzoom": limits[-1].zoom,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, limits[0].zoom],
        "vector_layers": [
            {
                "id": layer.name,
                "description": layer.title,
                "minzoom": layer.limits[0].zoom,
                "maxzoom": layer.limits[-1].zoom,
                "fields": {field.name: field.type for field in layer.fields},
            }
            for layer in tiles.layers
        ],
    }
    return document | ({"attribution": attribution} if attribution else {})


def tile(tiles: TileSet, zoom: str, row: str, col: str) -> bytes:
    """Give a tile.

    Parameters
    ----------
    tiles
        The set.
    zoom, row, col
        ``tileMatrix``, ``tileRow`` and ``tileCol`` as they stand in the path.

    Returns
    -------
    bytes
        As gzip; empty when nothing lies there, which is answered with 204.

    Raises
    ------
    Refused
        400 for values that are no numbers, 404 outside the limits of the set.
    """
    given = {"tileMatrix": zoom, "tileRow": row, "tileCol": col}
    wrong = tuple(name for name, text in given.items() if not NUMBER.fullmatch(text))
    if wrong:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            f"{' en '.join(wrong)} in het adres van een tegel moet een geheel getal vanaf 0 zijn.",
            wrong,
        )
    level = next((limits for limits in tiles.limits if limits.zoom == int(zoom)), None)
    if level is None:
        detail = f"Tegels zijn er voor tileMatrix {tiles.limits[0].zoom} tot en met {tiles.limits[-1].zoom}."
        raise Refused(HTTPStatus.NOT_FOUND, detail, ("tileMatrix",))
    if not level.holds(int(row), int(col)):
        detail = (
            f"Deze tegel ligt buiten het gebied. Voor tileMatrix {level.zoom} loopt tileRow van "
            f"{level.min_row} tot en met {level.max_row}, en tileCol van {level.min_col} tot en met "
            f"{level.max_col}."
        )
        raise Refused(HTTPStatus.NOT_FOUND, detail, ("tileRow", "tileCol"))
    return tiles.read(level.zoom, int(row), int(col))


def tile_matrix_sets(root: str) -> Document:
    """List the grids."""
    return {
        "links": [link(f"{root}/tileMatrixSets", "self", JSON, "Dit document")],
        "tileMatrixSets": [
            {
                "id": grid.id,
                "title": grid.title_nl,
                "crs": grid.crs,
                "links": [link(f"{root}/tileMatrixSets/{grid.id}", "self", JSON, grid.title_nl)],
            }
            | ({"uri": grid.uri} if grid.uri is not None else {})
            for grid in GRIDS.values()
        ],
    }


def tile_matrix_set(grid: str) -> Document:
    """Describe a grid; Refused 404 when there is none."""
    return known_grid(grid).document()


PARAMETERS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "tileMatrixSetId",
        "in": "path",
        "required": True,
        "description": "Tegelindeling.",
        "schema": {"type": "string", "enum": list(GRIDS)},
    },
    {
        "name": "tileMatrix",
        "in": "path",
        "required": True,
        "description": "Zoomniveau: de naam van een tileMatrix van de tegelindeling.",
        "schema": {"type": "string", "pattern": "^(0|[1-9][0-9]{0,8})$"},
        "example": "11",
    },
    *(
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
            "example": example,
        }
        for name, text, example in (
            ("tileRow", "Rij van de tegel, geteld vanaf het noorden.", 674),
            ("tileCol", "Kolom van de tegel, geteld vanaf het westen.", 1053),
        )
    ),
)
"""Path parameters of tiles as OpenAPI 3.0 parameter objects."""

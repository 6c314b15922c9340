"""The abstract tests of OGC API Tiles 1.0 (OGC 20-057, annex A) that documents and tiles answer without a server.

One test per abstract test, named after it; what only a running server shows (status codes, negotiation) is
tested on the values that the routes send.
"""

from __future__ import annotations

import gzip
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from api.http import tiles
from api.http.refused import Refused
from api.http.tile_sources import LiveTiles, StoredTiles
from api.http.tiles import Place
from layers.catalogue import ALL_LAYERS
from layers.schema import Level
from layers.tiles.grids import GRIDS
from layers.tiles.pyramid import build

if TYPE_CHECKING:
    from pathlib import Path

    from api.http.tile_sources import TileSource

ROOT = "https://example.org/v1"
LAYERS = {layer.name: layer for layer in ALL_LAYERS if layer.name in {"parks", "municipalities", "summary"}}
DATASET = Place(ROOT, "Voorbeeld")
PARKS = Place(ROOT, "Bedrijventerreinen", "parks")
TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
OGC_SET = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"


def make_tables() -> dict[str, Any]:
    """Two parks far apart, so that some tile between them is empty."""
    parks = gpd.GeoDataFrame(
        {"park_id": ["RIN1", "RIN2"], "gross_ha": [1.5, 2.0]},
        geometry=[
            shapely.box(131_000, 451_000, 131_500, 451_700),
            shapely.box(158_000, 469_000, 158_400, 469_900),
        ],
        crs="EPSG:28992",
    )
    municipalities = gpd.GeoDataFrame(
        {"municipality_code": ["GM0344"]},
        geometry=[shapely.box(130_000, 450_000, 160_000, 470_000)],
        crs="EPSG:28992",
    )
    return {"parks": parks, "municipalities": municipalities, "summary": parks.drop(columns="geometry")}


@pytest.fixture(scope="module", params=["stored", "live"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TileSource:
    """Give the same tiles from archives and made when asked for."""
    tables = make_tables()
    if request.param == "live":
        return LiveTiles(
            tables, LAYERS, {name: layer.visible(Level.PUBLIC) for name, layer in LAYERS.items()}
        )
    folder: Path = tmp_path_factory.mktemp("tiles")
    build(tables, LAYERS.values(), folder)
    return StoredTiles(folder, LAYERS)


@pytest.fixture(params=list(GRIDS))
def grid(request: pytest.FixtureRequest) -> str:
    """Name each grid."""
    return str(request.param)


def links(document: dict[str, Any], rel: str) -> list[dict[str, Any]]:
    """Give the links of a relation."""
    return [link for link in document["links"] if link["rel"] == rel]


def fill(template: str, **values: int) -> str:
    """Fill in a link template."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), template)


def placed(grid: str, park: int) -> Any:
    """Give a park in the coordinates of a grid."""
    return GRIDS[grid].place(np.asarray(make_tables()["parks"].geometry.to_numpy(), dtype=object))[park]


def test_conf_core_conformance_success() -> None:
    """A.1: the class is declared, and with it every other that is implemented."""
    for name in ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "mvt"):
        assert f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}" in tiles.CONFORMANCE
    assert len(set(tiles.CONFORMANCE)) == len(tiles.CONFORMANCE)


def test_conf_core_tc_op(source: TileSource, grid: str) -> None:
    """A.2: tiles with data stand at an address made from a template with the three variables."""
    for place in (DATASET, PARKS):
        found = tiles.wanted(source, place.collection, grid)
        (item,) = links(tiles.tileset(found, place), "item")
        limits = found.limits[-1]
        west, south, east, north = placed(grid, 0).bounds
        own = GRIDS[grid].limits((west, south, east, north), limits.zoom)
        assert own is not None
        address = fill(item["href"], tileMatrix=limits.zoom, tileRow=own.min_row, tileCol=own.min_col)
        assert address == f"{place.url}/{grid}/{limits.zoom}/{own.min_row}/{own.min_col}"
        zoom, row, col = address.rsplit("/", 3)[1:]
        assert tiles.tile(found, zoom, row, col)


@pytest.mark.parametrize(
    ("name", "kind"), [("tileMatrix", "string"), ("tileRow", "integer"), ("tileCol", "integer")]
)
def test_conf_core_tc_definition(name: str, kind: str) -> None:
    """A.3 tc-tilematrix-definition, A.4 tc-tilerow-definition, A.5 tc-tilecol-definition."""
    (parameter,) = (one for one in tiles.PARAMETERS if one["name"] == name)
    assert parameter["in"] == "path"
    assert parameter["required"] is True
    assert parameter["schema"]["type"] == kind
    if kind == "integer":
        assert parameter["schema"]["minimum"] == 0


def test_conf_core_tc_success(source: TileSource, grid: str) -> None:
    """A.6: a tile holds what lies in it, and no more than its buffer."""
    found = tiles.wanted(source, "parks", grid)
    limits = found.limits[-1]
    for park, name in enumerate(("RIN1", "RIN2")):
        own = GRIDS[grid].limits(placed(grid, park).bounds, limits.zoom)
        assert own is not None
        data = gzip.decompress(tiles.tile(found, str(limits.zoom), str(own.min_row), str(own.min_col)))
        decoded = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
        assert list(decoded) == ["parks"]
        (feature,) = decoded["parks"]["features"]
        assert feature["properties"]["park_id"] == name
        west, south, east, north = shape(feature["geometry"]).bounds
        assert -64 <= west <= east <= 4096 + 64
        assert -64 <= south <= north <= 4096 + 64


@pytest.mark.parametrize(
    ("zoom", "row", "col", "status"),
    [
        ("99", "0", "0", HTTPStatus.NOT_FOUND),
        ("8", "0", "0", HTTPStatus.NOT_FOUND),
        ("8", "999999999", "0", HTTPStatus.NOT_FOUND),
        ("a", "0", "0", HTTPStatus.BAD_REQUEST),
        ("8", "-1", "0", HTTPStatus.BAD_REQUEST),
        ("8", "1.5", "0", HTTPStatus.BAD_REQUEST),
        ("8", "0", "", HTTPStatus.BAD_REQUEST),
        ("8", "0", "٣", HTTPStatus.BAD_REQUEST),
        ("08", "0", "0", HTTPStatus.BAD_REQUEST),
        ("8", "0", "1" * 400, HTTPStatus.BAD_REQUEST),
        ("8", "0", "1\n", HTTPStatus.BAD_REQUEST),
    ],
)
def test_conf_core_tc_error_out_of_range(
    source: TileSource, grid: str, zoom: str, row: str, col: str, status: HTTPStatus
) -> None:
    """A.7, first half: 404 outside the limits; 400 for what is no number."""
    with pytest.raises(Refused) as caught:
        tiles.tile(tiles.wanted(source, "parks", grid), zoom, row, col)
    assert caught.value.status is status
    assert caught.value.detail.endswith(".")
    assert caught.value.parameters


def test_conf_core_tc_error_names_the_limits(source: TileSource) -> None:
    """The answer says what there is; the limits of level 8 by hand: 880,803.84 / 256 = 3,440.64 m."""
    found = tiles.wanted(source, "parks", "NetherlandsRDNewQuad")
    west, north = -285_401.92, 903_401.92
    span = 3_440.64
    cols = (int((131_000 - west) // span), int((158_400 - west) // span))
    rows = (int((north - 469_900) // span), int((north - 451_000) // span))
    with pytest.raises(Refused) as caught:
        tiles.tile(found, "8", str(rows[1] + 1), str(cols[0]))
    assert (
        f"tileRow van {rows[0]} tot en met {rows[1]}, en tileCol van {cols[0]} tot en met {cols[1]}"
        in str(caught.value)
    )


def test_conf_core_tc_error_empty(source: TileSource, grid: str) -> None:
    """A.7, second half: nothing there but within the limits is an empty answer, sent as 204."""
    found = tiles.wanted(source, "parks", grid)
    limits = found.limits[-1]
    assert tiles.tile(found, str(limits.zoom), str(limits.min_row), str(limits.min_col)) == b""


def test_conf_tileset_description(source: TileSource, grid: str) -> None:
    """A.10: the members of the tileset metadata."""
    for place, names in ((DATASET, {"parks", "municipalities"}), (PARKS, {"parks"})):
        found = tiles.wanted(source, place.collection, grid)
        document = tiles.tileset(found, place)
        assert document["dataType"] == "vector"
        assert document["crs"] == GRIDS[grid].document()["crs"]
        assert document.get("tileMatrixSetURI") == (OGC_SET if grid == "WebMercatorQuad" else None)
        (scheme,) = links(document, TILING_SCHEME)
        assert scheme["href"] == f"{ROOT}/tileMatrixSets/{grid}"
        (item,) = links(document, "item")
        assert item["templated"] is True
        assert item["type"] == "application/vnd.mapbox-vector-tile"
        assert all(f"{{{name}}}" in item["href"] for name in ("tileMatrix", "tileRow", "tileCol"))
        (own,) = links(document, "self")
        assert own["href"] == f"{place.url}/{grid}"
        matrices = {matrix["id"]: matrix for matrix in tiles.tile_matrix_set(grid)["tileMatrices"]}
        for limits in document["tileMatrixSetLimits"]:
            matrix = matrices[limits["tileMatrix"]]
            assert 0 <= limits["minTileRow"] <= limits["maxTileRow"] < matrix["matrixHeight"]
            assert 0 <= limits["minTileCol"] <= limits["maxTileCol"] < matrix["matrixWidth"]
        assert {layer["id"] for layer in document["layers"]} == names
        assert all(layer["geometryDimension"] == 2 for layer in document["layers"])
        parks = next(layer for layer in document["layers"] if layer["id"] == "parks")
        assert parks["propertiesSchema"]["properties"]["gross_ha"]["type"] == "number"
        assert parks["propertiesSchema"]["properties"]["park_id"]["type"] == "string"


def test_rec_tileset_bbox(source: TileSource, grid: str) -> None:
    """The bounding box holds both parks, by RDNAPTRANS2018: 131000 451000 and 158400 469900 in degrees."""
    box = tiles.tileset(tiles.wanted(source, "parks", grid), PARKS)["boundingBox"]
    assert box["crs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert box["lowerLeft"] == pytest.approx([5.0366, 52.0474], abs=0.002)
    assert box["upperRight"] == pytest.approx([5.4369, 52.2172], abs=0.002)


def test_conf_tilesets_list_tileset_links(source: TileSource) -> None:
    """A.13: each tileset with its type, coordinate system and links."""
    for place in (DATASET, PARKS):
        document = tiles.tilesets(source, place)
        assert len(document["tilesets"]) == 2
        for one, grid in zip(document["tilesets"], GRIDS, strict=True):
            assert one["dataType"] == "vector"
            assert one["crs"] == GRIDS[grid].document()["crs"]
            assert links(one, "self")[0]["href"] == f"{place.resource}/tiles/{grid}"
            assert links(one, TILING_SCHEME)[0]["href"] == f"{ROOT}/tileMatrixSets/{grid}"
            assert ("tileMatrixSetURI" in one) == (grid == "WebMercatorQuad")


def test_conf_dataset_tilesets_landingpage() -> None:
    """A.15: the landing page leads to the tilesets."""
    found = {link["rel"]: link["href"] for link in tiles.landing_links(ROOT)}
    assert found[TILESETS] == f"{ROOT}/tiles"
    assert found["http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"] == f"{ROOT}/tileMatrixSets"


def test_conf_dataset_tilesets_operation(source: TileSource) -> None:
    """A.16: the list stands at ``/tiles`` and is not empty."""
    document = tiles.tilesets(source, DATASET)
    assert links(document, "self")[0]["href"] == f"{ROOT}/tiles"
    assert document["tilesets"]


def test_conf_geodata_tilesets_desc_links() -> None:
    """A.18: a collection leads to its tilesets."""
    (found,) = tiles.collection_links(PARKS)
    assert found["rel"] == TILESETS
    assert found["href"] == f"{ROOT}/collections/parks/tiles"


def test_conf_geodata_tilesets_operation(source: TileSource) -> None:
    """A.19: the list stands at ``/tiles`` behind the collection; one without geometry has none."""
    document = tiles.tilesets(source, PARKS)
    assert links(document, "self")[0]["href"] == f"{ROOT}/collections/parks/tiles"
    for name in ("summary", "nothing"):
        with pytest.raises(Refused) as caught:
            tiles.tilesets(source, Place(ROOT, "Samenvatting", name))
        assert caught.value.status is HTTPStatus.NOT_FOUND


def test_conf_mvt_content(source: TileSource, grid: str) -> None:
    """A.22: one tile, features with geometry and type, and a linear grid with 0,0 at the top left."""
    found = tiles.wanted(source, "municipalities", grid)
    zoom = found.limits[-1].zoom
    bounds = shapely.bounds(
        GRIDS[grid].place(np.asarray(make_tables()["municipalities"].geometry.to_numpy(), dtype=object))
    )[0]
    own = GRIDS[grid].limits(tuple(bounds.tolist()), zoom)
    assert own is not None
    data = gzip.decompress(tiles.tile(found, str(zoom), str(own.min_row), str(own.min_col)))
    decoded = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["municipalities"]
    assert (decoded["version"], decoded["extent"]) == (2, 4096)
    (feature,) = decoded["features"]
    assert feature["geometry"]["type"] == "Polygon"
    # the north-western corner of the municipality in units of this tile, by hand
    west, _, east, north = GRIDS[grid].bounds(zoom, own.min_row, own.min_col)
    corner = GRIDS[grid].place(np.array([shapely.Point(130_000, 470_000)], dtype=object))[0]
    expected = ((corner.x - west) / (east - west) * 4096, (north - corner.y) / (east - west) * 4096)
    points = shapely.get_coordinates(shape(feature["geometry"]))
    assert np.hypot(*(points - expected).T).min() <= 1


def test_rec_tileset_tmxslink() -> None:
    """The grids are listed with their definitions."""
    document = tiles.tile_matrix_sets(ROOT)
    assert [one["id"] for one in document["tileMatrixSets"]] == ["WebMercatorQuad", "NetherlandsRDNewQuad"]
    for one in document["tileMatrixSets"]:
        assert links(one, "self")[0]["href"] == f"{ROOT}/tileMatrixSets/{one['id']}"
        definition = tiles.tile_matrix_set(one["id"])
        for name in ("id", "crs", "orderedAxes", "tileMatrices"):
            assert name in definition
    with pytest.raises(Refused, match="WebMercatorQuad of NetherlandsRDNewQuad"):
        tiles.tile_matrix_set("../etc")


def test_unknown_grids_are_not_found(source: TileSource) -> None:
    with pytest.raises(Refused) as caught:
        tiles.wanted(source, "parks", "WorldCRS84Quad")
    assert caught.value.status is HTTPStatus.NOT_FOUND
    with pytest.raises(Refused, match="geen tegels"):
        tiles.wanted(source, "summary", "WebMercatorQuad")


def test_tilejson(source: TileSource) -> None:
    """TileJSON 3.0.0: required members, with the zoom levels and bounds of the layers."""
    document = tiles.tilejson(tiles.wanted(source, None, "WebMercatorQuad"), DATASET, "Provincie Voorbeeld")
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == [f"{ROOT}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"]
    assert (document["minzoom"], document["maxzoom"]) == (6, 13)
    assert document["attribution"] == "Provincie Voorbeeld"
    west, south, east, north = document["bounds"]
    assert west < document["center"][0] < east
    assert south < document["center"][1] < north
    layers = {layer["id"]: layer for layer in document["vector_layers"]}
    assert set(layers) == {"parks", "municipalities"}
    assert layers["parks"]["fields"]["gross_ha"] == "Number"
    with pytest.raises(Refused, match="alleen WebMercatorQuad"):
        tiles.tilejson(tiles.wanted(source, None, "NetherlandsRDNewQuad"), DATASET)


def test_an_archive_of_more_layers_gives_only_those_of_the_reader(tmp_path: Path) -> None:
    """The archive of all layers is not used when the reader may not see them all."""
    build(make_tables(), LAYERS.values(), tmp_path)
    stored = StoredTiles(tmp_path, ["parks"])
    assert stored.get("municipalities", "WebMercatorQuad") is None
    together = tiles.wanted(stored, None, "WebMercatorQuad")
    assert [layer.name for layer in together.layers] == ["parks"]
    for limits in together.limits:
        for row in range(limits.min_row, limits.max_row + 1):
            for col in range(limits.min_col, limits.max_col + 1):
                tile = tiles.tile(together, str(limits.zoom), str(row), str(col))
                assert not tile or b"municipalit" not in gzip.decompress(tile)
    assert StoredTiles(tmp_path, []).get(None, "WebMercatorQuad") is None
    assert StoredTiles(tmp_path / "none", ["parks"]).get("parks", "WebMercatorQuad") is None

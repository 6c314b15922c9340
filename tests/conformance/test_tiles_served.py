"""The abstract tests of OGC API Tiles 1.0 (OGC 20-057, annex A) on the running service, and those of Styles.

What the documents themselves must hold is in `test_tiles_documents`; here it is what only a server shows:
operations, status codes, negotiation and links that lead somewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import pytest

from layers.tiles.grids import GRIDS

if TYPE_CHECKING:
    from tests.conformance.conftest import Service

MVT = "application/vnd.mapbox-vector-tile"
REL = "http://www.opengis.net/def/rel/ogc/1.0"
LAYER = "park_evidence"


def linked(document: dict[str, Any], rel: str) -> list[dict[str, Any]]:
    return [link for link in document["links"] if link["rel"] == rel]


def template(service: Service, grid: str, layer: str | None = LAYER) -> tuple[str, list[dict[str, Any]]]:
    start = "" if layer is None else f"/collections/{layer}"
    tileset = service.json(f"{start}/tiles/{grid}")
    (item,) = linked(tileset, "item")
    assert item["templated"] is True
    assert item["type"] == MVT
    return item["href"], tileset["tileMatrixSetLimits"]


def filled(text: str, matrix: object, row: object, col: object) -> str:
    return (
        text.replace("{tileMatrix}", str(matrix))
        .replace("{tileRow}", str(row))
        .replace("{tileCol}", str(col))
    )


def test_conf_core_conformance_success(service: Service) -> None:
    declared = set(service.json("/conformance")["conformsTo"])
    for name in ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "mvt"):
        assert f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}" in declared


def test_conf_core_api_definition(service: Service) -> None:
    paths = service.json("/openapi.json")["paths"]
    tail = "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    assert {tail, f"/collections/{{collectionId}}{tail}"} <= set(paths)


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("layer", [LAYER, None])
def test_conf_core_tc_success(service: Service, grid: str, layer: str | None) -> None:
    href, limits = template(service, grid, layer)
    found = 0
    for level in limits[:6]:
        answer = service.get(filled(href, level["tileMatrix"], level["minTileRow"], level["minTileCol"]))
        assert answer.status_code in {200, 204}
        if answer.status_code == 200:
            assert answer.headers["content-type"] == MVT
            names = set(mapbox_vector_tile.decode(answer.content))
            assert names <= {item["id"] for item in service.placed} if layer is None else names == {LAYER}
            found += LAYER in names
        else:
            assert answer.content == b""
    assert found > 0


@pytest.mark.parametrize("grid", GRIDS)
def test_conf_core_tc_error(service: Service, grid: str) -> None:
    href, limits = template(service, grid)
    level = limits[-1]
    outside = level["maxTileRow"] + 1
    assert service.get(filled(href, level["tileMatrix"], outside, level["minTileCol"])).status_code == 404
    assert service.get(filled(href, 99, 0, 0)).status_code == 404
    for wrong in (("x", 0, 0), (level["tileMatrix"], "-1", 0), (level["tileMatrix"], 0, "1.5")):
        answer = service.get(filled(href, *wrong))
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["in"] == "path"
    assert service.get(f"/collections/{LAYER}/tiles/Nothing").status_code == 404
    assert service.get(f"/collections/{LAYER}/tiles/{grid}", nothing="1").status_code == 400


def test_conf_core_no_tiles_of_a_table(service: Service) -> None:
    assert service.get("/collections/summary/tiles").status_code == 404
    assert not linked(service.json("/collections/summary"), f"{REL}/tilesets-vector")


def test_conf_dataset_tilesets_landingpage(service: Service) -> None:
    (link,) = linked(service.json("/"), f"{REL}/tilesets-vector")
    assert {
        tileset["tileMatrixSetURI"]
        for tileset in service.json(link["href"])["tilesets"]
        if "tileMatrixSetURI" in tileset
    }


def test_conf_geodata_tilesets_desc_links(service: Service) -> None:
    for collection in service.placed:
        (link,) = linked(collection, f"{REL}/tilesets-vector")
        for tileset in service.json(link["href"])["tilesets"]:
            (own,) = linked(tileset, "self")
            assert service.json(own["href"])["tileMatrixSetLimits"]
            (scheme,) = linked(tileset, f"{REL}/tiling-scheme")
            assert service.json(scheme["href"])["tileMatrices"]


def test_conf_tilesets_list_tileset_links(service: Service) -> None:
    listed = service.json("/tileMatrixSets")["tileMatrixSets"]
    assert [one["id"] for one in listed] == list(GRIDS)


def test_tilejson_leads_to_tiles(service: Service) -> None:
    answer = service.get(f"/collections/{LAYER}/tiles/WebMercatorQuad", f="tilejson")
    document = answer.json()
    assert answer.headers["content-type"] == "application/vnd.mapbox.tile+json"
    west, south, east, north = document["bounds"]
    assert (west < east, south < north, document["tilejson"]) == (True, True, "3.0.0")
    _, limits = template(service, "WebMercatorQuad")
    level = limits[0]
    url = document["tiles"][0]
    path = url.replace("{z}", level["tileMatrix"]).replace("{y}", str(level["minTileRow"]))
    assert service.get(path.replace("{x}", str(level["minTileCol"]))).status_code == 200


def test_every_link_of_every_style_leads_somewhere(service: Service) -> None:
    styles = service.json("/styles")
    assert styles["default"] == "kaart"
    asked = 0
    for style in styles["styles"]:
        for link in style["links"]:
            answer = service.get(link["href"])
            assert answer.status_code == 200, link
            assert answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0]
            asked += 1
    assert asked > 50


def test_the_style_of_everything_asks_for_tiles_and_pictures_that_are_there(service: Service) -> None:
    style = service.json("/styles/kaart")
    (source,) = style["sources"].values()
    named = {layer["id"] for layer in service.json(source["url"])["vector_layers"]}
    assert {layer["source-layer"] for layer in style["layers"] if "source-layer" in layer} <= named
    for end in (".json", ".png", "@2x.json", "@2x.png"):
        assert service.get(f"{style['sprite']}{end}").status_code == 200


def test_rasters_and_packages_are_listed_where_there_are_none(service: Service) -> None:
    assert service.json("/rasters")["rasters"] == []
    assert service.json("/packages")["packages"] == []
    assert service.get("/processes").status_code == 404, "this service does no calculations"

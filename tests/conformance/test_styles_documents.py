"""The documents of OGC API Styles: what a list names can be had, and nothing else."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from api.http import styles
from api.http.refused import Refused
from layers.catalogue import ALL_CLASSES, ALL_LAYERS
from layers.exports.gio.xml import parse
from layers.schema import Level

ROOT = "https://example.org/v1"
NAMES = ("park_evidence", "usable_zones", "waterways", "roads", "summary")


def frame(geometry: list[Any]) -> gpd.GeoDataFrame:
    """Make a table with some geometry."""
    return gpd.GeoDataFrame({"number": range(len(geometry))}, geometry=geometry, crs="EPSG:28992")


LINE = shapely.LineString([(0, 0), (1, 1)])
TABLES: dict[str, Any] = {
    "park_evidence": frame([shapely.box(0, 0, 1, 1)]),
    "usable_zones": frame([shapely.box(0, 0, 1, 1)]),
    "waterways": frame([LINE, shapely.box(0, 0, 1, 1)]),
    "roads": frame([LINE, None]),
    "summary": pd.DataFrame({"number": [1]}),
}


@pytest.fixture(scope="module")
def book() -> styles.StyleBook:
    """Give the styles that everybody may see."""
    layers = [(layer, layer.visible(Level.PUBLIC)) for layer in ALL_LAYERS if layer.name in NAMES]
    return styles.make_book(
        TABLES, layers, lambda theme: ALL_CLASSES[theme], title="Voorbeeld", attribution="Provincie Voorbeeld"
    )


def test_shape_is_read_from_the_table() -> None:
    assert styles.shape_of(TABLES["roads"]) == "line"
    assert styles.shape_of(TABLES["waterways"]) == "polygon"
    assert styles.shape_of(frame([shapely.Point(0, 0)])) == "point"
    assert styles.shape_of(frame([])) == "polygon"


def test_only_styles_of_visible_layers_with_geometry_are_listed(book: styles.StyleBook) -> None:
    listed = styles.styles(book, ROOT)["styles"]
    assert [one["id"] for one in listed] == [
        "kaart", "park_evidence-heavy", "park_evidence-permitted_low", "park_evidence-permitted_high",
        "park_evidence-connection", "park_evidence-heavy_and_water", "waterways", "roads",
    ]  # fmt: skip
    one = styles.styles(book, ROOT, "roads")
    assert [style["id"] for style in one["styles"]] == ["roads"]
    assert one["default"] == "roads"
    assert one["links"][0]["href"] == f"{ROOT}/collections/roads/styles"
    for hidden in ("usable_zones", "summary", "nothing"):
        with pytest.raises(Refused) as caught:
            styles.styles(book, ROOT, hidden)
        assert caught.value.status is HTTPStatus.NOT_FOUND


def test_every_link_of_the_list_can_be_followed(book: styles.StyleBook) -> None:
    followed = 0
    for one in styles.styles(book, ROOT)["styles"]:
        for link in one["links"]:
            address = urlsplit(link["href"])
            parts, form = address.path.split("/"), parse_qs(address.query).get("f", ["json"])[0]
            assert parts[:4] == ["", "v1", "styles", one["id"]]
            if link["rel"] == "stylesheet":
                data, media = styles.stylesheet(book, one["id"], form, ROOT)
            elif parts[4:] == ["legend"]:
                data, media = styles.legend_of(book, one["id"], form)
            else:
                data, media = json.dumps(styles.metadata(book, one["id"], ROOT)).encode(), "application/json"
            assert media == link["type"]
            if "json" in media:
                json.loads(data)
            elif media == "image/png":
                assert data.startswith(b"\x89PNG")
            else:
                parse(data, link["href"], doctype=True)
            followed += 1
    assert followed == 1 + 7 * 8


def test_style_of_one_layer_asks_for_its_tiles_and_the_sprite(book: styles.StyleBook) -> None:
    document = json.loads(styles.stylesheet(book, "park_evidence-heavy", "mapbox", ROOT)[0])
    (source,) = document["sources"].values()
    assert source["url"] == f"{ROOT}/collections/park_evidence/tiles/WebMercatorQuad?f=tilejson"
    assert source["attribution"] == "Provincie Voorbeeld"
    assert document["sprite"] == f"{ROOT}/styles/sprite"


def test_style_of_the_map_shows_every_layer_once_with_results_on_top(book: styles.StyleBook) -> None:
    document = json.loads(styles.stylesheet(book, "kaart", "mapbox", ROOT)[0])
    drawn = list(dict.fromkeys(layer["source-layer"] for layer in document["layers"]))
    assert drawn == ["roads", "waterways", "park_evidence"]
    assert next(iter(document["sources"].values()))["url"] == f"{ROOT}/tiles/WebMercatorQuad?f=tilejson"
    assert {layer["id"].partition("/")[0] for layer in document["layers"]} == {
        "roads",
        "waterways",
        "park_evidence-heavy",
    }


def test_sprite_files(book: styles.StyleBook) -> None:
    index = json.loads(styles.sprite(book, "sprite@2x.json")[0])
    assert index["horizontal-6b6b6b"]["pixelRatio"] == 2
    assert styles.sprite(book, "sprite.png")[0].startswith(b"\x89PNG")
    with pytest.raises(Refused):
        styles.sprite(book, "../manifest.json")


def test_what_does_not_exist_is_refused(book: styles.StyleBook) -> None:
    for ask in (
        lambda: styles.stylesheet(book, "usable_zones-low-with_inside", "mapbox", ROOT),
        lambda: styles.metadata(book, "nothing", ROOT),
        lambda: styles.metadata(book, "kaart", ROOT),
        lambda: styles.legend_of(book, "nothing", "json"),
    ):
        with pytest.raises(Refused, match="bestaat niet") as caught:
            ask()
        assert caught.value.status is HTTPStatus.NOT_FOUND
    for ask in (
        lambda: styles.stylesheet(book, "roads", "gif", ROOT),
        lambda: styles.stylesheet(book, "kaart", "qml", ROOT),
        lambda: styles.legend_of(book, "roads", "mapbox"),
    ):
        with pytest.raises(Refused, match="f kan zijn") as caught:
            ask()
        assert caught.value.status is HTTPStatus.BAD_REQUEST


def test_links_to_styles() -> None:
    assert styles.links(ROOT)[0]["href"] == f"{ROOT}/styles"
    assert styles.links(ROOT, "roads")[0]["href"] == f"{ROOT}/collections/roads/styles"
    assert styles.links(ROOT)[0]["rel"] == "http://www.opengis.net/def/rel/ogc/1.0/styles"

"""Coordinate systems of answers and boxes: against pyrdnap and the textbook, never against our own path."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from pyrdnap import RDNAP2018v1

from api.http.crs import ALL, CRS84, ETRS89, RD_NEW, WEB_MERCATOR, bounds_area
from api.http.running import app_of_release
from gis import crs as gis_crs
from gis.errors import InputError

if TYPE_CHECKING:
    from layers.release import Release

ITEMS = "/v1/collections/park_evidence/items"
CENTIMETRE_DEGREES = 0.01 / 111_320


@pytest.fixture(scope="module")
def client(release: Release, client_of: Any) -> Any:
    return client_of(app_of_release(release.path))


def rings(client: Any, uri: str | None) -> list[list[list[float]]]:
    answer = client.get(ITEMS, params={} if uri is None else {"crs": uri})
    assert answer.status_code == 200
    assert answer.headers["content-crs"] == f"<{uri or CRS84.uri}>"
    return [feature["geometry"]["coordinates"][0] for feature in answer.json()["features"]]


def test_the_systems_are_named_crs84_first(client: Any) -> None:
    expected = [
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "http://www.opengis.net/def/crs/EPSG/0/28992",
        "http://www.opengis.net/def/crs/EPSG/0/4258",
        "http://www.opengis.net/def/crs/EPSG/0/3857",
    ]
    document = client.get("/v1/collections").json()
    assert document["crs"] == expected
    for item in document["collections"]:
        assert item["crs"] == expected
        assert item.get("storageCrs") == (
            None if item["id"] in {"summary", "assumptions", "not_assessed", "water_by_class", "water_evidence"}
            else expected[1]
        )  # fmt: skip


def test_rd_comes_back_as_it_is_stored(client: Any, release: Release) -> None:
    table = release.table("park_evidence").sort_values("park_id")
    for ring, shape in zip(rings(client, RD_NEW.uri), table.geometry, strict=True):
        assert set(map(tuple, ring)) == set(shape.exterior.coords)


def test_degrees_lie_within_a_centimetre_of_pyrdnap(client: Any) -> None:
    official = RDNAP2018v1()
    stored, lonlat, latlon = (rings(client, uri) for uri in (RD_NEW.uri, None, ETRS89.uri))
    for ring_rd, ring_lonlat, ring_latlon in zip(stored, lonlat, latlon, strict=True):
        for (x, y), (lon, lat), (lat_first, lon_second) in zip(
            ring_rd, ring_lonlat, ring_latlon, strict=True
        ):
            point = official.reverse(x, y)
            assert abs(point.lat - lat) < CENTIMETRE_DEGREES
            assert abs(point.lon - lon) < CENTIMETRE_DEGREES
            assert (lat_first, lon_second) == (lat, lon)


def test_web_mercator_is_the_textbook_formula_of_the_degrees(client: Any) -> None:
    for ring_lonlat, ring in zip(rings(client, None), rings(client, WEB_MERCATOR.uri), strict=True):
        for (lon, lat), (x, y) in zip(ring_lonlat, ring, strict=True):
            assert x == pytest.approx(6378137 * math.radians(lon), abs=0.001)
            half = math.tan(math.pi / 4 + math.radians(lat) / 2)
            assert y == pytest.approx(6378137 * math.log(half), abs=0.001)


def test_mercator_and_back_is_the_same_place() -> None:
    places = np.array([[5.1, 52.1], [-170.0, -60.0], [0.0, 0.0], [179.9, 85.0]])
    assert np.allclose(gis_crs.mercator_to_lonlat(gis_crs.lonlat_to_mercator(places)), places, atol=1e-10)


def test_one_feature_in_a_system(client: Any) -> None:
    answer = client.get(f"{ITEMS}/RIN1", params={"crs": RD_NEW.uri})
    assert answer.headers["content-crs"] == f"<{RD_NEW.uri}>"
    assert shapely.bounds(shapely.from_geojson(answer.content)).tolist() == [131000, 458000, 131400, 458500]
    own = next(link["href"] for link in answer.json()["links"] if link["rel"] == "self")
    assert client.get(own).content == answer.content


BOXES = {
    CRS84.uri: "5.0,52.0,5.1,52.2",
    ETRS89.uri: "52.0,5.0,52.2,5.1",
    RD_NEW.uri: "130000,457000,132000,459000",
    WEB_MERCATOR.uri: "560000,6810000,565000,6830000",
}


@pytest.mark.parametrize("crs", ALL, ids=lambda crs: crs.code)
def test_a_box_in_each_system_finds_the_same_park(client: Any, crs: Any) -> None:
    answer = client.get(ITEMS, params={"bbox": BOXES[crs.uri], "bbox-crs": crs.uri})
    assert [feature["id"] for feature in answer.json()["features"]] == ["RIN1"]
    assert answer.json()["numberMatched"] == 1
    assert answer.headers["content-crs"] == f"<{CRS84.uri}>", "the box's system is not that of the answer"


def test_a_box_in_the_wrong_axis_order_finds_nothing(client: Any) -> None:
    params = {"bbox": BOXES[CRS84.uri], "bbox-crs": ETRS89.uri}
    assert client.get(ITEMS, params=params).json()["numberMatched"] == 0


@pytest.mark.parametrize(
    ("bbox", "ids"),
    [
        ("131400,458500,131400,458500", ["RIN1"]),  # a point on its corner
        ("131400.001,458500,131500,458600", []),  # a millimetre off
        ("131200,458500,131200,470000", ["RIN1"]),  # a line that ends on its edge
        ("131100,458100,131200,458200", ["RIN1"]),  # wholly inside
        ("131000,458000,-10,156000,464000,40", ["RIN1", "RIN2"]),  # with heights, from corner to corner
    ],
)
def test_boxes_in_rd_touch_to_the_millimetre(client: Any, bbox: str, ids: list[str]) -> None:
    answer = client.get(ITEMS, params={"bbox": bbox, "bbox-crs": RD_NEW.uri})
    assert [feature["id"] for feature in answer.json()["features"]] == ids


@pytest.mark.parametrize(
    "bounds", [None, [1, 2, 3], [1, 2, 3, math.inf], [1, 2, 3, True], "1,2,3,4", [6, 2, 3, 4], [1, 4, 3, 2]]
)
def test_what_is_no_box_in_rd_is_refused(bounds: Any) -> None:
    with pytest.raises(ValueError, match=r"moet|heeft"):
        bounds_area(bounds, RD_NEW)


@pytest.mark.parametrize("name", ["crs", "bbox-crs", "filter-crs"])
@pytest.mark.parametrize("value", ["EPSG:28992", "http://www.opengis.net/def/crs/EPSG/0/4326", "", "x"])
def test_an_unknown_system_is_a_problem_that_names_the_known_ones(client: Any, name: str, value: str) -> None:
    answer = client.get(ITEMS, params={name: value})
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [name]
    assert RD_NEW.uri in answer.json()["detail"]


def test_all_that_is_wrong_with_a_request_is_said_at_once(client: Any) -> None:
    wrong = {
        "limit": "0",
        "bbox": "1,2",
        "crs": "x",
        "onbekend": "1",
        "filter": "a =",
        "f": "xml",
        "cursor": "?",
    }
    answer = client.get(ITEMS, params=wrong)
    assert answer.status_code == 400
    problem = answer.json()
    assert sorted(error["parameter"] for error in problem["errors"]) == sorted(wrong)
    assert (problem["status"], problem["title"]) == (400, "Ongeldig verzoek")
    assert all(error["detail"] in problem["detail"] for error in problem["errors"])
    assert answer.headers["api-version"] == "1.0.0"


@pytest.mark.parametrize(
    "path", ["/collections/", "/collections/parks/", "/collections/parks/items/", "/conformance/"]
)
def test_a_slash_at_the_end_is_not_found_and_leads_nowhere(client: Any, path: str) -> None:
    answer = client.request("GET", f"/v1{path}", follow_redirects=False)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["", "/openapi.json", "/map", "/nothing", ITEMS.removeprefix("/v1"), "/collections?x=1"]
)
def test_every_answer_names_the_version(client: Any, path: str) -> None:
    assert client.get(f"/v1{path}").headers["api-version"] == "1.0.0"


def test_the_service_does_not_start_without_the_grid(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyproj

    without = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +inv +proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 "
        "+x_0=155000 +y_0=463000 +ellps=bessel +step +proj=push +v_3 +step +proj=cart +ellps=bessel "
        "+step +proj=helmert +x=565.4171 +y=50.3319 +z=465.5524 +rx=1.9342 +ry=-1.6677 +rz=9.1019 +s=4.0725 "
        "+convention=coordinate_frame +step +inv +proj=cart +ellps=GRS80 +step +proj=pop +v_3 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    gis_crs.check_grid()
    monkeypatch.setattr(gis_crs, "_rd_to_etrs89", lambda: without)
    with pytest.raises(InputError, match="RDNAPTRANS2018 grid is not in use"):
        app_of_release(release.path)

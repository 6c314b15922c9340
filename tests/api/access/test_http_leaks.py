"""What a municipality or a member of a session can find out about another over HTTP: nothing, whatever is tried."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from api.http.cursors import write_cursor
from layers.schema import Level
from tests.support.served import OF_B, Served, said, serve
from tests.support.two_municipalities import BORDER, SECRET, SOUTH

RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
LAYER = "/v1/collections/reservation_zones"
ITEMS = f"{LAYER}/items"
B_ID = "B-zone_id"
B_SQUARE = f"POLYGON(({BORDER} {SOUTH},{BORDER + 1000} {SOUTH},{BORDER + 1000} {SOUTH + 1000},{BORDER} {SOUTH + 1000},{BORDER} {SOUTH}))"
B_BOX = f"{BORDER + 10},{SOUTH + 10},{BORDER + 990},{SOUTH + 990}"
EDGE = f"{BORDER - 0.001},{SOUTH},{BORDER + 0.001},{SOUTH + 1000}"
IN_RD = f"&filter-crs={quote(RD)}"


def filtered(text: str, more: str = "") -> str:
    return f"{ITEMS}?filter={quote(text)}{more}"


WAYS = {
    "every item": f"{ITEMS}?limit=10000",
    "one by its id": f"{ITEMS}/{B_ID}",
    "one by its id, encoded": f"{ITEMS}/{quote(B_ID).replace('B', '%42')}",
    "a path that climbs": f"{ITEMS}/..%2F{B_ID}",
    "id equals": filtered(f"zone_id = '{B_ID}'"),
    "id does not equal": filtered("NOT zone_id = 'A-zone_id'"),
    "id is like": filtered("zone_id LIKE 'B%'"),
    "id is in a list": filtered(f"zone_id IN ('{B_ID}','A-zone_id')"),
    "id is greater": filtered("zone_id > 'A-zone_id'"),
    "whatever its case": filtered("CASEI(zone_id) = CASEI('b-ZONE_ID')"),
    "a number in a range": filtered(f"ha BETWEEN {SECRET} AND {SECRET + 1000}"),
    "a number above": filtered(f"ha > {SECRET - 1}"),
    "or what is always true": filtered(f"zone_id = '{B_ID}' OR 1 = 1"),
    "a column against itself": filtered("zone_id = zone_id"),
    "a clause in a clause": filtered(f"NOT (NOT (zone_id = '{B_ID}' AND (ha > 0 OR ha <= 0)))"),
    "in its square": filtered(f"S_INTERSECTS(geometry, {B_SQUARE})", IN_RD),
    "not apart from its square": filtered(f"NOT S_DISJOINT(geometry, {B_SQUARE})", IN_RD),
    "within its square": filtered(f"S_WITHIN(geometry, {B_SQUARE})", IN_RD),
    "touching its square": filtered(f"S_TOUCHES(geometry, {B_SQUARE})", IN_RD),
    "in its box": f"{ITEMS}?bbox={B_BOX}&bbox-crs={quote(RD)}",
    "on the edge": f"{ITEMS}?bbox={EDGE}&bbox-crs={quote(RD)}&crs={quote(RD)}",
    "after a cursor": f"{ITEMS}?cursor={write_cursor('A-zone_id')}",
    "after its own cursor": f"{ITEMS}?cursor={write_cursor('B-zone')}&limit=1",
    "as a page": f"{ITEMS}?f=html",
    "the collection": LAYER,
    "the collection as a page": f"{LAYER}?f=html",
    "all collections": "/v1/collections",
    "where it comes from": f"{LAYER}/metadata",
    "its schema": f"{LAYER}/schema",
    "its queryables": f"{LAYER}/queryables",
    "an error that repeats": filtered(f"ha = '{B_ID}'").replace(quote(B_ID), "x"),
    "its tiles described": f"{LAYER}/tiles/WebMercatorQuad",
    "as TileJSON": f"{LAYER}/tiles/WebMercatorQuad?f=tilejson",
    "its RD tiles described": f"{LAYER}/tiles/NetherlandsRDNewQuad",
    "all tiles described": "/v1/tiles/WebMercatorQuad",
    "its styles": f"{LAYER}/styles",
    "a style": "/v1/styles/reservation_zones?f=qml",
    "a legend": "/v1/styles/reservation_zones/legend?f=json",
    "a legend drawn": "/v1/styles/reservation_zones/legend?f=svg",
    "everything in one style": "/v1/styles/kaart",
    "the description": "/v1/openapi.json",
    "the start": "/v1?f=html",
    "rasters": "/v1/rasters",
    "a raster": "/v1/rasters/usable_low",
    "packages": "/v1/packages",
    "its package": "/v1/packages/GM0002",
    "its package by a path": "/v1/packages/..%2F..%2Fpackages%2FGM0002",
    "the map": "/v1/map",
    "releases": "/v1/releases",
    "the release by its name": f"/releases/{'0' * 16}{ITEMS}?limit=10000",
    "its parks": "/v1/collections/parks/items?limit=10000",
    "its firms": "/v1/collections/businesses/items?limit=10000",
    "its homes": "/v1/collections/sensitive_objects/items?limit=10000",
    "its plans for housing": "/v1/collections/housing_plans/items?limit=10000",
    "sums over both": "/v1/collections/summary/items?limit=10000",
    **{f"as {form}": f"{LAYER}/download?f={form}" for form in ("geojson", "gpkg", "fgb", "parquet", "csv", "xlsx", "shp")},
    "as a file of what is in its square": (
        f"{LAYER}/download?f=csv&filter={quote(f'S_INTERSECTS(geometry, {B_SQUARE})')}{IN_RD}"
    ),
}  # fmt: skip
CALLERS = {"a": "adopted", "board": "exploration"}
"""Who tries, and in which status of the release; all layers are secret."""


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Served]:
    def made(status: str, level: Level) -> Served:
        return serve(tmp_path_factory.mktemp(status), status=status, raised=level)

    return {"a": made("adopted", Level.MUNICIPALITY), "board": made("exploration", Level.PROVINCE)}


def leaks(answer: Any) -> list[str]:
    return OF_B.findall(said(answer))


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("way", WAYS)
def test_not_one_byte_of_another(houses: dict[str, Served], who: str, way: str) -> None:
    path = WAYS[way]
    answer = houses[who].ask(path, who)
    assert answer.status_code in {200, 204, 400, 404}
    # what was asked may be repeated in links
    found = [text for text in leaks(answer) if text not in re.findall(OF_B, path)]
    assert found == []
    if answer.headers.get("content-type") == "application/geo+json":
        assert answer.json().get("numberMatched", 1) <= 1


def test_the_ways_find_it_for_who_may_see_it(houses: dict[str, Served]) -> None:
    found = {way for way, path in WAYS.items() if leaks(houses["a"].ask(path, "province"))}
    # a way that finds nothing for anybody proves nothing; the others tell names and counts only
    assert len(found) >= 30
    assert {"every item", "in its square", "as gpkg", "as xlsx", "its package", "id is like"} <= found


@pytest.mark.parametrize("who", CALLERS)
def test_no_vertex_beyond_the_border(houses: dict[str, Served], who: str) -> None:
    document = houses[who].ask(f"{ITEMS}?crs={quote(RD)}", who).json()
    assert document["numberMatched"] == document["numberReturned"] == 1
    rings = document["features"][0]["geometry"]["coordinates"]
    numbers = [float(text) for text in re.findall(r"[\d.]+", str(rings))]
    assert max(numbers[0::2]) <= BORDER
    whole = houses["a"].ask(f"{ITEMS}?crs={quote(RD)}", "province").text
    assert f"{BORDER + 900:.0f}" in whole, "its shape reaches into the other municipality"


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("grid", ["WebMercatorQuad", "NetherlandsRDNewQuad"])
def test_no_tile_of_another(houses: dict[str, Served], who: str, grid: str) -> None:
    served = houses[who]
    everything = houses["a"].ask(f"{LAYER}/tiles/{grid}", "province").json()["tileMatrixSetLimits"]
    asked = 0
    for limits in everything:
        for row in range(limits["minTileRow"], limits["maxTileRow"] + 1):
            for col in range(limits["minTileCol"], limits["maxTileCol"] + 1):
                for start in (LAYER, "/v1"):
                    answer = served.ask(f"{start}/tiles/{grid}/{limits['tileMatrix']}/{row}/{col}", who)
                    assert answer.status_code in {200, 204, 404}
                    # the borders of municipalities, with name and inhabitants, are for everybody
                    public = {"B-name", "1000004.0"} if start == "/v1" else set()
                    assert set(leaks(answer)) <= public
                    asked += 1
        if asked > 300:
            break
    assert asked >= 16


def test_an_etag_of_another_tells_nothing(houses: dict[str, Served]) -> None:
    served = houses["a"]
    tags = {who: served.ask(ITEMS, who).headers["etag"] for who in ("a", "b", "province", "editor")}
    assert len(set(tags.values())) == 4
    for tag in tags.values():
        answer = served.ask(ITEMS, "a", headers={"If-None-Match": tag})
        assert answer.status_code == (304 if tag == tags["a"] else 200)
    # absent and hidden are told apart by nothing
    for path in (f"{ITEMS}/{B_ID}", "/v1/rasters/usable_low", "/v1/packages/GM0002"):
        absent = re.sub("B-zone_id|usable_low|GM0002", "X-nothing", path)
        one, other = (served.ask(each, "a", headers={"If-None-Match": "*"}) for each in (path, absent))
        assert (one.status_code, one.content) == (other.status_code, other.content)


@pytest.mark.parametrize("headers", [
    {"Range": "bytes=0-10"}, {"Range": "bytes=-5"}, {"If-Range": "x", "Range": "bytes=0-3"},
    {"X-HTTP-Method-Override": "PUT"}, {"X-Original-URL": "/v1/rasters/usable_low"},
    {"X-Forwarded-Host": "b.example"}, {"X-Role": "editor"}, {"Cookie": "role=editor"},
])  # fmt: skip
def test_no_header_opens_anything(houses: dict[str, Served], headers: dict[str, str]) -> None:
    for path in ("/v1/rasters/usable_low", "/v1/packages/GM0002", f"{ITEMS}/{B_ID}", ITEMS):
        for method in ("GET", "HEAD"):
            answer = houses["a"].ask(path, "a", method, headers=headers)
            assert leaks(answer) == []
            assert answer.status_code == (200 if path == ITEMS else 404)


def test_head_says_what_get_says(houses: dict[str, Served]) -> None:
    for way in ("every item", "one by its id", "in its box", "its package", "a raster"):
        get, head = (houses["a"].ask(WAYS[way], "a", method) for method in ("GET", "HEAD"))
        assert get.status_code == head.status_code
        assert get.headers == head.headers


def test_an_undecided_release_is_not_there(houses: dict[str, Served]) -> None:
    served = houses["board"]
    for who in (None, "a", "b", "guest"):
        for path in (*WAYS.values(), "/v1", "/v1/nothing", f"/releases/{'0' * 16}/v1"):
            answer = served.ask(path, who)
            # as if it never was: the words of a service in which nothing is published
            assert answer.status_code == 404
            absent = served.ask(f"/releases/{'1' * 16}/v1" if path.startswith("/releases") else "/v1/x", who)
            assert answer.json() == absent.json()
    assert served.ask("/v1", "board").status_code == 200
    assert served.ask("/v1", "province").status_code == 200


def test_a_session_shows_its_layers_in_its_area_only(houses: dict[str, Served]) -> None:
    names = {item["id"] for item in houses["board"].ask("/v1/collections", "board").json()["collections"]}
    assert {"reservation_zones", "reservation_sites"} <= names
    assert not names & {"businesses", "sensitive_objects", "housing_plans", "usable_zones"}


def test_what_a_member_says_of_a_place_of_another_is_not_recorded(houses: dict[str, Served]) -> None:
    served = houses["board"]
    outcome = {
        "session": "west-2026", "function": "F05", "outcome": "agreed", "layer": "reservation_zones",
        "place": "A-zone_id", "party": "Waterschap",
    }  # fmt: skip
    assert served.ask("/v1/session-outcomes", "board", "POST", json=outcome).status_code == 201
    refused = [
        served.ask("/v1/session-outcomes", who, "POST", json=outcome | changed)
        for who, changed in (
            ("board", {"place": B_ID}), ("board", {"place": "nothing"}), ("board", {"layer": "parks"}),
            ("board", {"session": "other"}), ("province", {}), ("board", {"outcome": "yes"}), ("board", {"x": 1}),
        )
    ]  # fmt: skip
    assert [answer.status_code for answer in refused] == [422, 422, 404, 404, 404, 400, 400]
    assert refused[0].text.replace(B_ID, "nothing") == refused[1].text
    assert served.house.outcomes is not None
    assert len(served.house.outcomes.read_text().splitlines()) == 1

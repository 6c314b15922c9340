"""The service over a hand-made release: documents, paging, levels, strictness and headers."""

from __future__ import annotations

import html.parser
import re
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from api.http.cursors import write_cursor
from api.http.running import app_of_release, create, make_service
from api.http.settings import Settings
from api.jobs.serving import ServeSettings
from gis.errors import InputError
from layers.schema import Level

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

ROOT = "http://127.0.0.1/v1"
PUBLIC = [
    "park_evidence", "plot_evidence", "usable_blocks", "water_by_class", "water_evidence", "summary",
    "assumptions", "not_assessed", "parks", "municipalities", "plots",
]  # fmt: skip
PROVINCE = [
    "usable_zones",
    "binding_objects",
    "housing_effects",
    "housing_rights",
    "disagreements",
    "data_quality",
    "sensitive_objects",
]


@pytest.fixture(scope="module")
def client(release: Release, client_of: Any) -> Any:
    return client_of(app_of_release(release.path))


@pytest.fixture(scope="module")
def planner(release: Release, client_of: Any) -> Any:
    return client_of(app_of_release(release.path, Level.PROVINCE))


def links(document: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


def test_the_landing_page_links_to_everything(client: Any) -> None:
    answer = client.get("/v1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    found = links(answer.json())
    assert found["self"] == ROOT
    assert found["data"] == f"{ROOT}/collections"
    assert found["conformance"] == f"{ROOT}/conformance"
    assert found["service-desc"] == f"{ROOT}/openapi.json"
    assert "geen echte grenzen" in answer.json()["description"], "a sample says so on its face"


def test_every_link_of_the_landing_page_answers(client: Any) -> None:
    for link in client.get("/v1").json()["links"]:
        answer = client.get(link["href"])
        assert answer.status_code == 200
        if link["rel"] not in {"self", "related"}:
            media = answer.headers["content-type"].split(";")[0]
            assert media == link["type"].split(";")[0]


def test_the_root_is_the_start_page_and_v1_the_landing_page(client: Any) -> None:
    start = client.get("/", follow_redirects=False)
    assert start.headers["content-type"] == "text/html; charset=utf-8"
    assert "/v1?f=html" in start.text
    assert client.get("/v1/").json() == client.get("/v1").json(), "the path / of the OpenAPI document"


def test_conformance_names_the_classes(client: Any) -> None:
    classes = client.get("/v1/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in classes
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson" in classes


def test_only_collections_that_the_level_allows_are_listed(client: Any, planner: Any) -> None:
    assert [item["id"] for item in client.get("/v1/collections").json()["collections"]] == PUBLIC
    everything = [item["id"] for item in planner.get("/v1/collections").json()["collections"]]
    assert sorted(everything) == sorted(PUBLIC + PROVINCE)


@pytest.mark.parametrize("name", PROVINCE)
def test_a_hidden_collection_does_not_exist_at_all(client: Any, name: str) -> None:
    unknown = client.get("/v1/collections/nothing")
    for path in (
        f"/v1/collections/{name}",
        f"/v1/collections/{name}/items",
        f"/v1/collections/{name}/items/H1",
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == unknown.json(), "hidden and absent look the same"


def test_a_hidden_column_is_not_served(client: Any, planner: Any) -> None:
    path = "/v1/collections/plots/items/P1"
    assert "owner_kind" not in client.get(path).json()["properties"]
    assert planner.get(path).json()["properties"]["owner_kind"] == "gemeente"
    assert "owner_kind" not in client.get("/v1/collections/plots?f=html").text


def test_items_carry_values_nulls_and_coordinates_in_degrees(client: Any) -> None:
    answer = client.get("/v1/collections/park_evidence/items")
    assert answer.headers["content-type"] == "application/geo+json"
    document = answer.json()
    assert (document["numberMatched"], document["numberReturned"]) == (2, 2)
    first = document["features"][0]
    assert first["id"] == "RIN1"
    assert first["properties"]["heavy_certain_ha"] == 12.346
    assert first["properties"]["net_ha"] is None
    assert first["properties"]["year"] == 2024
    shape = shapely.from_geojson(client.get("/v1/collections/park_evidence/items/RIN1").content)
    west, south, east, north = shapely.bounds(shape).tolist()
    # Lage Weide lies west of the centre of Utrecht, near 5.04 E 52.11 N
    assert 5.03 < west < east < 5.06
    assert 52.10 < south < north < 52.12
    ring = first["geometry"]["coordinates"][0]
    assert shapely.is_ccw(shapely.LinearRing(ring)), "RFC 7946 asks for counterclockwise outer rings"


def test_the_extent_is_the_box_of_the_features(client: Any) -> None:
    collection = client.get("/v1/collections/park_evidence").json()
    features = client.get("/v1/collections/park_evidence/items").json()["features"]
    corners = [point for feature in features for point in feature["geometry"]["coordinates"][0]]
    expected = [
        min(x for x, _ in corners),
        min(y for _, y in corners),
        max(x for x, _ in corners),
        max(y for _, y in corners),
    ]
    assert collection["extent"]["spatial"]["bbox"] == [expected]


def test_the_schema_gives_the_type_and_unit_of_every_column_that_is_served(client: Any) -> None:
    collection = client.get("/v1/collections/plots").json()
    served = client.get("/v1/collections/plots/items/P1").json()["properties"]
    answer = client.get(links(collection)["describedby"])
    assert answer.headers["content-type"] == "application/schema+json"
    assert list(answer.json()["properties"]["properties"]["properties"]) == list(served)
    answer = client.get(links(collection)["http://www.opengis.net/def/rel/ogc/1.0/schema"])
    assert answer.headers["content-type"] == "application/schema+json"
    assert list(answer.json()["properties"]) == [*served, "geometry"]
    described = client.get("/v1/collections/park_evidence/schema").json()["properties"]
    assert described["park_id"]["x-ogc-role"] == "id"
    assert described["geometry"]["x-ogc-role"] == "primary-geometry"
    assert described["shore_m"]["type"] == "number"
    assert described["shore_m"]["x-ogc-unit"] == "m"
    assert described["year"]["type"] == "integer"
    assert described["name"]["type"] == "string"
    assert "own_quay" in described["connection"]["enum"]
    assert client.get("/v1/collections/sensitive_objects/schema").status_code == 404


def test_next_leads_through_all_features_once(planner: Any) -> None:
    url, ids = "/v1/collections/sensitive_objects/items?limit=1", []
    while url:
        document = planner.get(url).json()
        assert document["numberMatched"] == 3
        assert document["numberReturned"] == 1
        ids += [feature["id"] for feature in document["features"]]
        assert len(ids) <= 3
        url = links(document).get("next", "")
    assert ids == ["H1", "H2", "H3"]
    assert links(document)["first"].endswith("items?limit=1")


def test_links_repeat_the_box_and_the_limit(planner: Any) -> None:
    query = "bbox=5,52,5.2,52.2&limit=1"
    document = planner.get(f"/v1/collections/sensitive_objects/items?{query}").json()
    assert (document["numberMatched"], document["numberReturned"]) == (2, 1)
    assert links(document)["next"].startswith(f"{ROOT}/collections/sensitive_objects/items?{query}&cursor=")
    second = planner.get(links(document)["next"]).json()
    assert [feature["id"] for feature in second["features"]] == ["H2"]
    assert "next" not in links(second)


def test_a_cursor_beyond_the_end_is_an_empty_page(client: Any) -> None:
    document = client.get(f"/v1/collections/parks/items?cursor={write_cursor('ZZZ')}").json()
    assert (document["numberMatched"], document["numberReturned"], document["features"]) == (2, 0, [])
    assert "next" not in links(document)


@pytest.mark.parametrize(
    ("bbox", "ids"),
    [
        ("5.0,52.0,5.1,52.2", ["RIN1"]),  # round Utrecht
        ("5.35,52.1,5.45,52.2", ["RIN2"]),  # round Amersfoort
        ("3,50,8,54", ["RIN1", "RIN2"]),
        ("3,50,-100,8,54,100", ["RIN1", "RIN2"]),  # with heights
        ("-10,-10,-9,-9", []),
        ("6,50,-170,54", []),  # across the antimeridian, east of both
        ("5.2,50,-170,54", ["RIN2"]),
    ],
)
def test_bbox_gives_what_touches_it(client: Any, bbox: str, ids: list[str]) -> None:
    document = client.get("/v1/collections/park_evidence/items", params={"bbox": bbox}).json()
    assert [feature["id"] for feature in document["features"]] == ids
    assert document["numberMatched"] == len(ids)


def test_bbox_agrees_with_brute_force(planner: Any) -> None:
    features = planner.get("/v1/collections/usable_zones/items").json()["features"]
    for west, south in ((5.030, 52.105), (5.037, 52.108), (5.041, 52.110)):
        box = shapely.box(west, south, west + 0.003, south + 0.002)
        expected = [
            f["id"] for f in features if shapely.intersects(shapely.geometry.shape(f["geometry"]), box)
        ]
        query = f"bbox={west},{south},{west + 0.003},{south + 0.002}"
        found = planner.get(f"/v1/collections/usable_zones/items?{query}").json()["features"]
        assert [f["id"] for f in found] == expected


def test_features_without_geometry_are_served_and_lie_in_no_box(planner: Any) -> None:
    missing = planner.get("/v1/collections/sensitive_objects/items/H3").json()
    assert missing["geometry"] is None
    assert planner.get("/v1/collections/summary/items").json()["numberMatched"] == 3
    assert planner.get("/v1/collections/summary/items?bbox=3,50,8,54").json()["numberMatched"] == 0
    assert "extent" not in planner.get("/v1/collections/summary").json()


def test_one_feature_by_an_id_with_slashes(client: Any) -> None:
    listed = client.get("/v1/collections/usable_blocks/items").json()["features"][0]["id"]
    assert "/" in listed
    plain = client.get(f"/v1/collections/usable_blocks/items/{listed}").json()
    quoted = client.get(f"/v1/collections/usable_blocks/items/{listed.replace('/', '%2F')}").json()
    assert plain["id"] == quoted["id"] == listed
    assert client.get(links(plain)["self"]).json() == plain
    assert client.get("/v1/collections/usable_blocks/items/absent").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=ten", "limit=1.5", "limit=", "limit=1&limit=2", "limit=99999999999999999999",
        "offset=1", "cursor=", "cursor=RIN1", "cursor=%00", "cursor=AAAA====", "cursor=%2B%2F%2B%2F", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=1,2,nan,4", "bbox=1,2,inf,4", "bbox=5,53,6,52",
        "bbox=", "unknown=1", "BBOX=1,2,3,4", "datetime=yesterday", "datetime=2026-01-01T25:00:00Z", "datetime=/",
        "f=xml", "limit=%00", "limit=%D9%A1",
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_used_is_a_problem(client: Any, query: str) -> None:
    answer = client.get(f"/v1/collections/parks/items?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/conformance",
        "/api",
        "/collections",
        "/collections/parks",
        "/map",
        "/collections/parks/items/RIN1",
    ],
)
def test_unknown_parameters_are_refused_everywhere(client: Any, path: str) -> None:
    assert client.get(f"/v1{path}?limit=1").status_code == 400


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01",
        "2026-01-01T00:00:00Z/..",
        "../2026-01-01T00:00:00+01:00",
        "2020-01-01/2026-01-01",
    ],
)
def test_a_valid_datetime_fits_every_feature(client: Any, value: str) -> None:
    document = client.get("/v1/collections/parks/items", params={"datetime": value}).json()
    assert document["numberMatched"] == 2


def test_a_limit_above_the_maximum_is_no_error(client: Any) -> None:
    assert client.get("/v1/collections/parks/items?limit=1000000").status_code == 200


def test_unknown_paths_and_methods_are_problems(client: Any) -> None:
    for answer, status in (
        (client.get("/v1/nothing"), 404),
        (client.request("POST", "/v1/collections"), 405),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_head_answers_like_get_without_a_body(client: Any) -> None:
    for path in ("/v1", "/v1/collections/parks/items", "/v1/map"):
        head = client.request("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers == client.get(path).headers


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json;q=0.5, text/html;q=0.4", "application/json"),
        ("text/*", "text/html; charset=utf-8"),
        ("text/html;q=broken", "application/json"),
    ],
)
def test_the_accept_header_chooses_the_format(client: Any, accept: str, media: str) -> None:
    answer = client.get("/v1/collections", headers={"accept": accept})
    assert answer.headers["content-type"] == media
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Authorization, Cookie"
    assert client.get("/v1/collections?f=json", headers={"accept": "text/html"}).json()


class Page(html.parser.HTMLParser):
    """Collects what a page holds, and whether its tags are closed in order."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


PAGES = [
    "/v1", "/v1/conformance", "/v1/api", "/v1/collections", "/v1/collections/park_evidence",
    "/v1/collections/park_evidence/items", "/v1/collections/park_evidence/items/RIN1",
    "/v1/collections/summary/items", "/v1/collections/park_evidence/items?limit=1",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_dutch_scriptless_and_needs_nothing_from_elsewhere(client: Any, path: str) -> None:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    names = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "nl"}) in page.tags
    assert names.count("title") == names.count("h1") == names.count("main") == 1
    assert "script" not in names
    assert all("src" not in attrs for _, attrs in page.tags)
    hrefs = [attrs["href"] or "" for tag, attrs in page.tags if tag in {"a", "link"}]
    assert all(href.startswith(ROOT) for href in hrefs)
    assert "geen echte grenzen" in answer.text
    for href in hrefs:
        assert client.get(href).status_code == 200


def test_the_policy_of_a_page_allows_its_own_style_and_nothing_else(client: Any) -> None:
    import base64
    import hashlib

    answer = client.get("/v1?f=html")
    style = answer.text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in policy


def test_next_on_a_page_stays_a_page(client: Any) -> None:
    text = client.get("/v1/collections/park_evidence/items?limit=1&f=html").text
    assert (
        f"{ROOT}/collections/park_evidence/items?limit=1&amp;cursor={write_cursor('RIN1')}&amp;f=html" in text
    )


def test_markup_in_data_is_shown_and_not_run(tmp_path: Path, write: Any, tables: Any, client_of: Any) -> None:
    evil = '<script>alert(1)</script>"'
    parks = tables["park_evidence"].assign(name=evil)
    release = write(tmp_path, park_evidence=parks)
    client = client_of(app_of_release(release.path))
    for path in ("items", "items/RIN1"):
        text = client.get(f"/v1/collections/park_evidence/{path}?f=html").text
        assert "<script" not in text
        assert "&lt;script&gt;" in text


def test_the_map_page_is_served_as_it_is(client: Any, planner: Any, release: Release) -> None:
    answer = client.get("/v1/map")
    assert answer.content == (release.path / "views/map.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"], "the page brings its own"
    assert planner.get("/v1/map").status_code == 200


def test_headers_keep_details_out_of_caches_and_pages_out_of_frames(client: Any, planner: Any) -> None:
    public, private = client.get("/v1"), planner.get("/v1")
    assert public.headers["x-content-type-options"] == "nosniff"
    assert public.headers["referrer-policy"] == "no-referrer"
    # nothing was decided in this release, so it is shown here but not for caches that others share
    assert public.headers["cache-control"] == "private, no-cache"
    assert private.headers["cache-control"] == "private, no-cache"


def test_details_are_not_given_to_a_page_that_renamed_this_machine(release: Release, client_of: Any) -> None:
    service = client_of(make_service(Settings(release=release.path, level=Level.PROVINCE)))
    assert service.get("/v1", headers={"host": "evil.example"}).status_code == 400
    assert service.get("/v1", headers={"host": "localhost:8000"}).status_code == 200


def test_the_openapi_document_describes_every_path(client: Any) -> None:
    answer = client.get("/v1/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    assert document["openapi"].startswith("3.0")
    assert document["servers"] == [{"url": ROOT}]
    limits = client.get("/v1/tiles/WebMercatorQuad").json()["tileMatrixSetLimits"][0]
    named = {
        "collectionId": "parks", "featureId": "RIN1", "styleId": "parks",
        "tileMatrixSetId": "WebMercatorQuad", "tileMatrix": limits["tileMatrix"],
        "tileRow": limits["minTileRow"], "tileCol": limits["minTileCol"],
    }  # fmt: skip
    # this release has no rasters and no packages
    absent = {"/rasters/{rasterId}", "/packages/{municipalityCode}"}
    for path in set(document["paths"]) - absent:
        real = re.sub(r"\{(\w+)\}", lambda found: str(named[found[1]]), path)
        query = "?f=gpkg" if path.endswith("/download") else ""
        assert client.get(f"/v1{real}{query}".rstrip("/")).status_code == 200, path
    parameters = document["components"]["parameters"]
    assert parameters["collectionId"]["schema"]["enum"] == PUBLIC
    used = {
        item["$ref"].rpartition("/")[2]
        for path in document["paths"].values()
        for item in path["get"].get("parameters", [])
    }
    assert used == set(parameters)


def test_a_defect_is_a_problem_without_its_inside(release: Release, client_of: Any) -> None:
    app = app_of_release(release.path)
    app.state.showing = None
    answer = client_of(app, raising=False).get("/v1")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    assert "NoneType" not in answer.text


def test_settings_come_from_the_environment(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in ServeSettings(release.path, Level.PROVINCE).to_environment().items():
        monkeypatch.setenv(name, text)
    create()
    monkeypatch.setenv("KRING_LEVEL", "everybody")
    with pytest.raises(InputError, match="KRING_LEVEL"):
        create()
    monkeypatch.delenv("KRING_LEVEL")
    monkeypatch.delenv("KRING_RELEASE")
    with pytest.raises(InputError, match="either publication or release"):
        create()

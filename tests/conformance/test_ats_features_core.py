"""Abstract tests of OGC API Features part 1 (17-069r4, annex A): core, GeoJSON, HTML and OpenAPI 3.0."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
import shapely

if TYPE_CHECKING:
    from tests.conformance.conftest import Service

SPEC = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"


def rels(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {link["rel"]: link for link in document["links"]}


def operation(service: Service, path: str) -> dict[str, Any]:
    document = service.json("/openapi.json")
    parameters = [
        document["components"]["parameters"][item["$ref"].rpartition("/")[2]] if "$ref" in item else item
        for item in document["paths"][path]["get"]["parameters"]
    ]
    return {item["name"]: item for item in parameters}


def check_links(links: list[dict[str, str]], *needed: str) -> None:
    for link in links:
        assert link["href"].startswith("http")
        assert link["rel"]
        assert link["type"]
    assert set(needed) <= {link["rel"] for link in links}


def test_ats_core_http(service: Service) -> None:
    """/conf/core/http: the service answers in HTTP/1.1 with the right status for right and wrong requests."""
    answer = service.get("")
    assert answer.http_version == "HTTP/1.1"
    assert service.client.post(f"{service.root}/collections").status_code == 405
    assert service.get("/absent").status_code == 404


def test_ats_core_root_op(service: Service) -> None:
    """/conf/core/root-op: a landing page can be retrieved."""
    assert service.get("").status_code == 200


def test_ats_core_root_success(service: Service) -> None:
    """/conf/core/root-success: the landing page links to the API definition, the conformance and the data."""
    document = service.json("")
    check_links(document["links"], "conformance", "data", "self", "alternate")
    assert {"service-desc", "service-doc"} & set(rels(document))


def test_ats_core_api_definition_op(service: Service) -> None:
    """/conf/core/api-definition-op: each API definition that the landing page links to can be retrieved."""
    for rel in ("service-desc", "service-doc"):
        assert service.get(rels(service.json(""))[rel]["href"]).status_code == 200


def test_ats_core_api_definition_success(service: Service) -> None:
    """/conf/core/api-definition-success: the definition has the media type that the link says."""
    for rel in ("service-desc", "service-doc"):
        link = rels(service.json(""))[rel]
        media = service.get(link["href"]).headers["content-type"]
        assert media.replace("; charset=utf-8", "") == link["type"]


def test_ats_core_conformance_op(service: Service) -> None:
    """/conf/core/conformance-op: the conformance declaration is at /conformance and where the link says."""
    assert (
        service.get("/conformance").json()
        == service.get(rels(service.json(""))["conformance"]["href"]).json()
    )


def test_ats_core_conformance_success(service: Service) -> None:
    """/conf/core/conformance-success: the declaration lists the classes."""
    classes = service.json("/conformance")["conformsTo"]
    assert len(classes) == len(set(classes))
    assert {f"{SPEC}/{name}" for name in ("core", "geojson", "html", "oas30")} <= set(classes)


def test_ats_core_fc_md_op(service: Service) -> None:
    """/conf/core/fc-md-op: the list of collections can be retrieved."""
    assert service.get("/collections").status_code == 200
    assert rels(service.json(""))["data"]["href"] == f"{service.root}/collections"


def test_ats_core_fc_md_success(service: Service) -> None:
    """/conf/core/fc-md-success: the list holds every collection of the release that everybody may see."""
    release = service.release
    public = {name for name in release.names if release.level(name) == "public"}
    assert {item["id"] for item in service.collections} == public


def test_ats_core_fc_md_links(service: Service) -> None:
    """/conf/core/fc-md-links: the list links to itself and to itself in the other form."""
    check_links(service.json("/collections")["links"], "self", "alternate")


def test_ats_core_fc_md_items(service: Service) -> None:
    """/conf/core/fc-md-items: each collection has an id and a title."""
    ids = [item["id"] for item in service.collections]
    assert len(ids) == len(set(ids)) > 0
    assert all(item["title"] and item["description"] for item in service.collections)


def test_ats_core_fc_md_items_links(service: Service) -> None:
    """/conf/core/fc-md-items-links: each collection links to its items in each form."""
    for item in service.collections:
        check_links(item["links"])
        media = {link["type"] for link in item["links"] if link["rel"] == "items"}
        assert media == {"application/geo+json", "text/html"}


def test_ats_core_fc_md_extent(service: Service) -> None:
    """/conf/core/fc-md-extent: the extent holds every feature."""
    assert service.placed
    for item in service.placed:
        west, south, east, north = item["extent"]["spatial"]["bbox"][0]
        shapes = [
            shapely.geometry.shape(f["geometry"]) for f in service.everything(item["id"]) if f["geometry"]
        ]
        found = shapely.total_bounds(shapes).tolist()
        assert found == [west, south, east, north]


def test_ats_core_sfc_md_op(service: Service) -> None:
    """/conf/core/sfc-md-op: each collection can be retrieved by itself."""
    for item in service.collections:
        assert service.get(f"/collections/{item['id']}").status_code == 200


def test_ats_core_sfc_md_success(service: Service) -> None:
    """/conf/core/sfc-md-success: a collection by itself says what the list says."""
    for item in service.collections:
        assert service.json(f"/collections/{item['id']}") == item


def test_ats_core_fc_op(service: Service) -> None:
    """/conf/core/fc-op: the features of each collection can be retrieved."""
    for item in service.collections:
        answer = service.get(f"/collections/{item['id']}/items")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/geo+json"


def test_ats_core_fc_bbox_definition(service: Service) -> None:
    """/conf/core/fc-bbox-definition: the definition of bbox is that of the standard."""
    bbox = operation(service, "/collections/{collectionId}/items")["bbox"]
    assert (bbox["in"], bbox["required"], bbox["style"], bbox["explode"]) == ("query", False, "form", False)
    assert bbox["schema"]["type"] == "array"
    assert bbox["schema"]["items"] == {"type": "number"}
    assert bbox["schema"]["oneOf"] == [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]


def test_ats_core_fc_bbox_response(service: Service) -> None:
    """/conf/core/fc-bbox-response: bbox gives the features that touch it, and none besides."""
    everything = service.everything("plot_evidence")
    for west, south, east, north in (
        (5.03, 52.10, 5.06, 52.12), (5.045, 52.1095, 5.0551, 52.1099), (5.0, 52.0, 5.01, 52.01), (3, 50, 8, 54),
    ):  # fmt: skip
        box = shapely.box(west, south, east, north)
        expected = [
            f["id"]
            for f in everything
            if f["geometry"] and box.intersects(shapely.geometry.shape(f["geometry"]))
        ]
        answer = service.json(
            "/collections/plot_evidence/items", bbox=f"{west},{south},{east},{north}", limit=1000
        )
        assert [f["id"] for f in answer["features"]] == expected
        high = f"{west},{south},-10,{east},{north},100"
        assert service.json("/collections/plot_evidence/items", bbox=high)["numberMatched"] == len(expected)


def test_ats_core_fc_limit_definition(service: Service) -> None:
    """/conf/core/fc-limit-definition: the definition of limit is that of the standard."""
    limit = operation(service, "/collections/{collectionId}/items")["limit"]
    assert (limit["in"], limit["required"], limit["style"], limit["explode"]) == (
        "query",
        False,
        "form",
        False,
    )
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}


def test_ats_core_fc_limit_response(service: Service) -> None:
    """/conf/core/fc-limit-response: no more features than asked, and only those at the first level count."""
    for limit in (1, 2, 10, 56, 57, 58, 10000):
        document = service.json("/collections/plot_evidence/items", limit=limit)
        assert len(document["features"]) == min(limit, 57)
    assert len(service.json("/collections/plot_evidence/items", limit=10001)["features"]) == 57


def test_ats_core_fc_time_definition(service: Service) -> None:
    """/conf/core/fc-time-definition: the definition of datetime is that of the standard."""
    datetime = operation(service, "/collections/{collectionId}/items")["datetime"]
    assert (datetime["in"], datetime["required"], datetime["style"]) == ("query", False, "form")
    assert datetime["schema"] == {"type": "string"}


def test_ats_core_fc_time_response(service: Service) -> None:
    """/conf/core/fc-time-response: features without a time fit every moment and interval."""
    for value in ("2026-01-01T00:00:00Z", "2020-01-01/..", "../2020-01-01", "2020-01-01/2026-01-01"):
        assert service.json("/collections/parks/items", datetime=value)["numberMatched"] == 2


def test_ats_core_fc_response(service: Service) -> None:
    """/conf/core/fc-response: a page is a FeatureCollection of features."""
    for item in service.collections:
        document = service.json(f"/collections/{item['id']}/items")
        assert document["type"] == "FeatureCollection"
        assert all(feature["type"] == "Feature" for feature in document["features"])


def test_ats_core_fc_links(service: Service) -> None:
    """/conf/core/fc-links: a page links to itself, to its other form and, when there is one, to the next."""
    check_links(service.json("/collections/plot_evidence/items")["links"], "self", "alternate")
    first = service.json("/collections/plot_evidence/items", limit=20)
    document, ids = first, [f["id"] for f in first["features"]]
    while "next" in rels(document):
        document = service.json(rels(document)["next"]["href"])
        assert document["features"], "next leads to a page with features"
        assert service.json(rels(document)["self"]["href"]) == document
        ids += [f["id"] for f in document["features"]]
    assert ids == [f"P{n:02}" for n in range(57)]
    exact = service.json("/collections/plot_evidence/items", limit=57)
    assert "next" not in rels(exact)


def test_ats_core_fc_time_stamp(service: Service) -> None:
    """/conf/core/fc-timeStamp: the property is optional; a page that can be cached for ever has none."""
    assert "timeStamp" not in service.json("/collections/parks/items")


def test_ats_core_fc_number_matched(service: Service) -> None:
    """/conf/core/fc-numberMatched: the number of features over all pages."""
    for item in service.collections:
        document = service.json(f"/collections/{item['id']}/items", limit=1)
        assert document["numberMatched"] == len(service.release.table(item["id"]))


def test_ats_core_fc_number_returned(service: Service) -> None:
    """/conf/core/fc-numberReturned: the number of features on this page."""
    for limit in (1, 30, 100):
        document = service.json("/collections/plot_evidence/items", limit=limit)
        assert document["numberReturned"] == len(document["features"])


def test_ats_core_f_op(service: Service) -> None:
    """/conf/core/f-op: each feature can be retrieved by its id."""
    for item in service.collections:
        for listed in service.everything(item["id"])[:3]:
            encoded = str(listed["id"]).replace("/", "%2F")
            assert service.get(f"/collections/{item['id']}/items/{encoded}").status_code == 200


def test_ats_core_f_success(service: Service) -> None:
    """/conf/core/f-success: a feature by itself is the feature of the list, with links."""
    for listed in service.everything("plot_evidence"):
        alone = service.json(f"/collections/plot_evidence/items/{listed['id']}")
        assert {key: value for key, value in alone.items() if key != "links"} == listed


def test_ats_core_f_links(service: Service) -> None:
    """/conf/core/f-links: a feature links to itself, to its other form and to its collection."""
    document = service.json("/collections/plot_evidence/items/P11")
    check_links(document["links"], "self", "alternate", "collection")
    for link in document["links"]:
        answer = service.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == link["type"]


@pytest.mark.parametrize(
    "path", ["/collections/parks/items", "/collections/parks/items/RIN1", "/collections", ""]
)
def test_ats_core_query_param_unknown(service: Service, path: str) -> None:
    """/conf/core/query-param-unknown: a parameter that is not in the definition is a 400."""
    assert service.get(path, unknownParameter="1").status_code == 400


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "unlimited"},
        {"limit": "0"},
        {"bbox": "1,2,3"},
        {"bbox": "x"},
        {"datetime": "soon"},
        {"f": "gml"},
    ],
)
def test_ats_core_query_param_invalid(service: Service, params: dict[str, str]) -> None:
    """/conf/core/query-param-invalid: a value that the definition does not allow is a 400."""
    answer = service.get("/collections/parks/items", **params)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_ats_core_crs84(service: Service) -> None:
    """/conf/core/crs84: without a parameter coordinates are longitude and latitude."""
    for item in service.placed:
        for feature in service.everything(item["id"]):
            if feature["geometry"]:
                lon, lat = shapely.geometry.shape(feature["geometry"]).centroid.coords[0]
                assert 3 < lon < 8
                assert 50 < lat < 54


def test_ats_geojson_definition(service: Service) -> None:
    """/conf/geojson/definition: features come as application/geo+json to who asks for that."""
    for path in ("/collections/parks/items", "/collections/parks/items/RIN1"):
        answer = service.client.get(f"{service.root}{path}", headers={"accept": "application/geo+json"})
        assert answer.headers["content-type"] == "application/geo+json"


def test_ats_geojson_content(service: Service) -> None:
    """/conf/geojson/content: pages and features are GeoJSON (RFC 7946)."""
    for item in service.collections:
        for feature in service.everything(item["id"]):
            assert set(feature) == {"type", "id", "geometry", "properties"}
            assert isinstance(feature["properties"], dict)
            if feature["geometry"] is None:
                continue
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            assert shape.is_valid
            parts = shapely.get_parts([shape])
            assert all(part.exterior.is_ccw for part in parts if part.geom_type == "Polygon")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/conformance",
        "/api",
        "/collections",
        "/collections/parks",
        "/collections/parks/items",
        "/collections/parks/items/RIN1",
    ],
)
def test_ats_html_definition(service: Service, path: str) -> None:
    """/conf/html/definition: every resource comes as HTML to who asks for that."""
    answer = service.client.get(f"{service.root}{path}", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_ats_html_content(service: Service) -> None:
    """/conf/html/content: the page holds the values and the links of the resource."""

    class Links(HTMLParser):
        found: set[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found |= {value for name, value in attrs if tag == "a" and name == "href" and value}

    text = service.get("/collections/park_evidence/items", f="html").text
    parser = Links()
    parser.found = set()
    parser.feed(text)
    for feature in service.everything("park_evidence"):
        assert feature["properties"]["name"] in text
        assert f"{service.root}/collections/park_evidence/items/{feature['id']}?f=html" in parser.found


def test_ats_oas30_definition_1(service: Service) -> None:
    """/conf/oas30/oas-definition-1: the definition is there as OpenAPI 3.0 JSON and as a page."""
    link = rels(service.json(""))["service-desc"]
    assert link["type"] == "application/vnd.oai.openapi+json;version=3.0"
    answer = service.get(link["href"])
    assert answer.headers["content-type"] == link["type"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_ats_oas30_definition_2(service: Service) -> None:
    """/conf/oas30/oas-definition-2: the document is OpenAPI 3.0 and every reference in it leads somewhere."""
    document = service.json("/openapi.json")
    assert re.fullmatch(r"3\.0\.\d+", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))
    assert references
    for reference in references:
        assert reference.startswith("#/"), "self-contained"
        place = document
        for part in reference[2:].split("/"):
            place = place[part]
    ids = [item["get"]["operationId"] for item in document["paths"].values()]
    assert len(ids) == len(set(ids))


def test_ats_oas30_oas_impl(service: Service) -> None:
    """/conf/oas30/oas-impl: every path of the definition answers as it says."""
    document = service.json("/openapi.json")
    level = service.json("/tiles/WebMercatorQuad")["tileMatrixSetLimits"][0]
    named = {
        "collectionId": "parks", "featureId": "RIN1", "styleId": "parks", "tileMatrixSetId": "WebMercatorQuad",
        "tileMatrix": level["tileMatrix"], "tileRow": level["minTileRow"], "tileCol": level["minTileCol"],
    }  # fmt: skip
    # this release has no rasters and no packages
    absent = {"/rasters/{rasterId}", "/packages/{municipalityCode}"}
    for path, item in document["paths"].items():
        if path in absent:
            continue
        real = re.sub(r"\{(\w+)\}", lambda found: str(named[found[1]]), path)
        answer = service.get(real, **({"f": "csv"} if path.endswith("/download") else {}))
        assert answer.status_code == 200
        media = answer.headers["content-type"]
        if media not in item["get"]["responses"]["200"]["content"]:
            media = media.replace("; charset=utf-8", "")
        assert media in item["get"]["responses"]["200"]["content"]
        for header in item["get"]["responses"]["200"]["headers"]:
            assert header in answer.headers


def test_ats_oas30_completeness(service: Service) -> None:
    """/conf/oas30/completeness: each operation names the statuses that it gives."""
    for item in service.json("/openapi.json")["paths"].values():
        assert {"200", "400", "500"} <= set(item["get"]["responses"])


def test_ats_oas30_exception_codes(service: Service) -> None:
    """/conf/oas30/exception-codes: errors carry a body that says what is wrong."""
    for answer in (
        service.get("/collections/absent"),
        service.get("/collections?x=1"),
        service.get("/absent"),
    ):
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["status"] == answer.status_code
        assert problem["title"]
        assert problem["detail"]


def test_ats_oas30_security(service: Service) -> None:
    """/conf/oas30/security: a credential may be given and need not, for every operation alike."""
    document = service.json("/openapi.json")
    assert document["security"] == [{}, {"bearer": []}, {"basic": []}]
    assert set(document["components"]["securitySchemes"]) == {"bearer", "basic"}
    assert all("security" not in item["get"] for item in document["paths"].values())

"""Abstract tests of OGC API Features part 3 (19-079r2, annex A): queryables, filter and features filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pyproj
import pytest

from gis.crs import RD

if TYPE_CHECKING:
    from tests.conformance.conftest import Service

SPEC = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
LANGUAGE = {"filter_lang": "cql2-text"}
UNKNOWN = "this_is_not_a_queryable"


def ids(features: list[dict[str, Any]]) -> list[str]:
    return [feature["id"] for feature in features]


def box_filter(west: float, south: float, east: float, north: float) -> str:
    return f"S_INTERSECTS(geometry,BBOX({west},{south},{east},{north}))"


@pytest.mark.parametrize("name", ["queryables", "filter", "features-filter"])
def test_ats_filter_get_conformance(service: Service, name: str) -> None:
    """/conf/{class}/get-conformance: the class is declared."""
    assert f"{SPEC}/{name}" in service.json("/conformance")["conformsTo"]


def test_ats_filter_get_collections(service: Service) -> None:
    """/conf/filter/get-collections: the list of collections can be retrieved."""
    assert isinstance(service.json("/collections")["collections"], list)


def test_ats_queryables_get_queryables(service: Service) -> None:
    """/conf/queryables/get-queryables: each collection lists its queryables as a JSON schema."""
    for item in service.collections:
        url = f"{service.root}/collections/{item['id']}/queryables"
        answer = service.client.get(url, headers={"accept": "application/schema+json"})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/schema+json"
        document = answer.json()
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert document["$id"] == url
        assert document["type"] == "object"
        assert document["additionalProperties"] is False
        feature = (service.everything(item["id"]) or [{"properties": document["properties"]}])[0]
        assert set(feature["properties"]) - {"geometry"} == set(document["properties"]) - {"geometry"}
        for described in document["properties"].values():
            assert described.get("type") or described["format"].startswith("geometry-")


def test_ats_queryables_get_collection(service: Service) -> None:
    """/conf/queryables/get-collection: each collection links to its queryables."""
    for item in service.collections:
        [link] = [link for link in item["links"] if link["rel"] == REL]
        assert link["href"] == f"{service.root}/collections/{item['id']}/queryables"
        assert link["type"] == "application/schema+json"


@pytest.mark.parametrize("language", [LANGUAGE, {}], ids=["filter-param", "filter-lang-default"])
def test_ats_filter_filter_param(service: Service, language: dict[str, str]) -> None:
    """/conf/filter/filter-param and filter-lang-default: filter works for every queryable; nonsense is a 400."""
    for item in service.collections:
        path = f"/collections/{item['id']}/items"
        everything = service.everything(item["id"])
        for name in service.json(f"/collections/{item['id']}/queryables")["properties"]:
            found = service.everything(item["id"], filter=f"{name} IS NULL", **language)
            expected = [
                feature["id"]
                for feature in everything
                if (feature["geometry"] if name == "geometry" else feature["properties"][name]) is None
            ]
            assert ids(found) == expected
        assert service.get(path, filter="THIS IS NOT A FILTER", **language).status_code == 400


def test_ats_filter_filter_lang_json(service: Service) -> None:
    """/conf/filter/filter-param with cql2-json: the same, in JSON."""
    text = '{"op":"isNull","args":[{"property":"area_ha"}]}'
    found = service.everything("plot_evidence", filter=text, filter_lang="cql2-json")
    assert ids(found) == [f"P{n:02}" for n in range(10)]
    path = "/collections/plot_evidence/items"
    assert service.get(path, filter="area_ha IS NULL", filter_lang="cql2-json").status_code == 400
    assert service.get(path, filter=text, filter_lang="sql").status_code == 400


def test_ats_filter_expression_construction(service: Service) -> None:
    """/conf/filter/expression-construction: what is no queryable is a 400 that names what is."""
    for item in service.collections:
        answer = service.get(f"/collections/{item['id']}/items", filter=f"{UNKNOWN} IS NULL", **LANGUAGE)
        assert answer.status_code == 400
        for name in service.json(f"/collections/{item['id']}/queryables")["properties"]:
            assert name in answer.json()["detail"]


def test_ats_filter_filter_crs_wgs84(service: Service) -> None:
    """/conf/filter/filter-crs-wgs84: without filter-crs coordinates are CRS84, and metres are a 400."""
    for item in service.placed:
        found = service.everything(item["id"], filter=box_filter(*item["extent"]["spatial"]["bbox"][0]))
        assert ids(found) == ids([f for f in service.everything(item["id"]) if f["geometry"]])
        metres = box_filter(1000000, 1000000, 2000000, 2000000)
        assert service.get(f"/collections/{item['id']}/items", filter=metres).status_code == 400


def test_ats_filter_filter_crs_param(service: Service) -> None:
    """/conf/filter/filter-crs-param: coordinates may be in each listed system; an unknown one is a 400."""
    for item in service.placed:
        west, south, east, north = item["extent"]["spatial"]["bbox"][0]
        expected = ids([f for f in service.everything(item["id"]) if f["geometry"]])
        for uri in item["crs"]:
            number = uri.rpartition("/")[2]
            system = "OGC:CRS84" if number == "CRS84" else f"EPSG:{number}"
            move = pyproj.Transformer.from_crs(
                "EPSG:4258", RD if number == "28992" else system, always_xy=True
            )
            x1, y1, x2, y2 = move.transform_bounds(west, south, east, north, densify_pts=101)
            if number == "28992":  # PROJ without the Dutch grid is up to 0.25 m off
                x1, y1, x2, y2 = x1 - 0.3, y1 - 0.3, x2 + 0.3, y2 + 0.3
            if number == "3857":  # our coordinates end at the millimetre
                x1, y1, x2, y2 = x1 - 0.01, y1 - 0.01, x2 + 0.01, y2 + 0.01
            box = (y1, x1, y2, x2) if number == "4258" else (x1, y1, x2, y2)
            assert ids(service.everything(item["id"], filter=box_filter(*box), filter_crs=uri)) == expected
        wrong = "http://www.opengis.net/def/crs/OGC/0/does_not_exist"
        answer = service.get(
            f"/collections/{item['id']}/items", filter=box_filter(west, south, east, north), filter_crs=wrong
        )
        assert answer.status_code == 400


def test_ats_filter_mixing_expression(service: Service) -> None:
    """/conf/filter/mixing-expressions: filter and bbox must both hold."""
    for item in service.placed:
        extent = item["extent"]["spatial"]["bbox"][0]
        _, _, east, north = extent
        inside = ",".join(map(str, extent))
        outside = f"{east + 1},{north + 1},{east + 2},{north + 2}"
        expected = ids([f for f in service.everything(item["id"]) if f["geometry"]])
        assert ids(service.everything(item["id"], filter=box_filter(*extent), bbox=inside)) == expected
        assert service.everything(item["id"], filter=box_filter(*extent), bbox=outside) == []
    half = service.json(
        "/collections/plot_evidence/items", filter="shore_m > 20", bbox=inside_of(service), limit=3
    )
    by_hand = [
        f["id"]
        for f in service.everything("plot_evidence")
        if f["geometry"] and f["properties"]["shore_m"] > 20
    ]
    assert (half["numberMatched"], ids(half["features"])) == (len(by_hand), by_hand[:3])


def inside_of(service: Service) -> str:
    [item] = [item for item in service.placed if item["id"] == "plot_evidence"]
    return ",".join(map(str, item["extent"]["spatial"]["bbox"][0]))


def test_ats_features_filter_filter_on_items(service: Service) -> None:
    """/conf/features-filter/filter-on-items: filtered pages link on to filtered pages, to the end."""
    condition = "park_id = 'RIN1' AND shore_m BETWEEN 5 AND 35"
    document = service.json("/collections/plot_evidence/items", filter=condition, limit=4)
    found, pages = ids(document["features"]), 1
    while True:
        links = {link["rel"]: link["href"] for link in document["links"]}
        if "next" not in links:
            break
        assert condition.replace(" ", "") in unquote(links["next"]).replace(" ", "")
        document = service.json(links["next"])
        found += ids(document["features"])
        pages += 1
        assert pages < 30
    expected = [
        f["id"]
        for f in service.everything("plot_evidence")
        if f["properties"]["park_id"] == "RIN1" and 5 <= f["properties"]["shore_m"] <= 35
    ]
    assert found == expected
    assert document["numberMatched"] == len(expected)
    assert pages == -(-len(expected) // 4)

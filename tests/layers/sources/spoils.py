"""Ways in which a service can misbehave; each changes an answer on its way out."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.support.services import Asked, Reply, packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.services import Spoil

HTML = b"<!-- onderhoud --><!DOCTYPE html><html><head><title>Even geduld</title></head></html>"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&lol2;</title></feed>"""
LEAK = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>"""
EXCEPTION = b"""<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1">
<ows:Exception exceptionCode="NoApplicableCode"><ows:ExceptionText>java.lang.OutOfMemoryError</ows:ExceptionText>
</ows:Exception></ows:ExceptionReport>"""
ELSEWHERE = "http://127.0.0.2:9/"


def is_page(asked: Asked) -> bool:
    """Whether features are asked, in any of the three ways."""
    query = {name.lower(): value for name, value in asked.query.items()}
    if asked.path.endswith("/items"):
        return True
    if asked.path == "/wfs":
        return query["request"] == "GetFeature" and query.get("resulttype") != "hits"
    return asked.path.endswith("/query") and "returncountonly" not in query


def start_of(asked: Asked) -> int:
    query = {name.lower(): value for name, value in asked.query.items()}
    return int(query.get("offset", query.get("startindex", query.get("resultoffset", 0))))


def pages(change: Callable[[Asked, Reply], Reply], start: int = 0) -> Spoil:
    """Spoil the pages from a row on."""
    return lambda asked, reply: change(asked, reply) if is_page(asked) and start_of(asked) >= start else reply


def contents(change: Callable[[dict[str, Any], Asked], Any], start: int = 0) -> Spoil:
    """Spoil what pages hold."""

    def spoil(asked: Asked, reply: Reply) -> Reply:
        page = reply.json
        change(page, asked)
        return reply.with_json(page)

    return pages(spoil, start)


def others(change: Spoil, **query: str) -> Spoil:
    """Spoil the answers to requests with these parameters."""
    return lambda asked, reply: (
        change(asked, reply)
        if all(asked.query.get(name) == value for name, value in query.items())
        else reply
    )


def body(data: bytes, status: int = 200, **headers: str) -> Spoil:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _, reply: Reply(data, status, {**reply.headers, **said})


def cut(_: Asked, reply: Reply) -> Reply:
    """End in the middle, as if that were all."""
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def broken_off(_: Asked, reply: Reply) -> Reply:
    return replace(reply, stop_after=len(reply.body) // 2)


def cut_gzip(asked: Asked, reply: Reply) -> Reply:
    return cut(asked, packed(reply))


def damaged_gzip(_: Asked, reply: Reply) -> Reply:
    done = packed(reply)
    middle = len(done.body) // 2
    return replace(done, body=done.body[:middle] + b"\xff\xff\xff\xff" + done.body[middle + 4 :])


def bomb(_: Asked, reply: Reply) -> Reply:
    spaces = gzip.compress(b" " * (40 * 1024**2), mtime=0)
    return replace(reply, body=spaces).with_header("Content-Encoding", "gzip")


def long_promise(_: Asked, reply: Reply) -> Reply:
    promised = replace(reply, declare_length=False)
    return promised.with_header("Content-Length", str(10**12))


def each_feature(change: Callable[[dict[str, Any]], Any], start: int = 0) -> Spoil:
    def spoil(page: dict[str, Any], _: Asked) -> None:
        for feature in page["features"]:
            change(feature)

    return contents(spoil, start)


def first_coordinate(value: Any) -> Spoil:
    """Put something else where a number of the first feature stands."""

    def spoil(page: dict[str, Any], _: Asked) -> None:
        page["features"][0]["geometry"]["coordinates"][0][1][0] = value

    return contents(spoil)


def moved(change: Callable[[float, float], tuple[float, float]]) -> Spoil:
    """Move every coordinate."""

    def walk(value: Any) -> Any:
        if isinstance(value[0], int | float):
            return list(change(value[0], value[1]))
        return [walk(one) for one in value]

    def spoil(feature: dict[str, Any]) -> None:
        feature["geometry"]["coordinates"] = walk(feature["geometry"]["coordinates"])

    return each_feature(spoil)


def member(feature: str, name: str, value: Any) -> Spoil:
    """Replace, or with None for a value take away, one property."""

    def spoil(one: dict[str, Any]) -> None:
        values = one[feature]
        values.pop(name)
        if value is not None:
            values[name] = value

    return each_feature(spoil)


def as_points(feature: dict[str, Any]) -> None:
    feature["geometry"] = {"type": "Point", "coordinates": [131_000.0, 455_000.0]}


def same_first_page(*names: str) -> Spoil:
    """Give the first page again, whatever is asked."""
    first: dict[str, Any] = {}

    def spoil(page: dict[str, Any], asked: Asked) -> None:
        kept = first.setdefault("features", page["features"])
        if start_of(asked):
            page["features"] = kept
            for name in names:
                page[name] = len(kept)

    return contents(spoil)


def next_link(href: str) -> Spoil:
    def spoil(page: dict[str, Any], _: Asked) -> None:
        page["links"] = [{"rel": "next", "href": href}]

    return contents(spoil)


def circle(page: dict[str, Any], asked: Asked) -> None:
    """Lead from the second page to the second page, each time with other features."""
    for feature in page["features"]:
        feature["id"] = f"{asked.number}-{feature['id']}"
    page["links"] = [{"rel": "next", "href": f"?{urlencode({**asked.query, 'offset': 10})}"}]
    page.pop("numberMatched")


def empty_and_more(page: dict[str, Any], _: Asked) -> None:
    page.update(features=[], numberReturned=0, links=[{"rel": "next", "href": "?offset=99"}])


def one_feature_twice(page: dict[str, Any], asked: Asked) -> None:
    if start_of(asked):
        page["features"][0]["id"] = 3


def counted(number: int, start: int = 0) -> Spoil:
    def spoil(page: dict[str, Any], _: Asked) -> None:
        page["numberMatched"] = number

    return contents(spoil, start)


def hits(text: str) -> Spoil:
    xml = f'<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" numberMatched="{text}"/>'
    return others(body(xml.encode()), resultType="hits")


def esri_system(page: dict[str, Any], _: Asked) -> None:
    page["spatialReference"] = {"wkid": 102100, "latestWkid": 3857}


def geojson_system(page: dict[str, Any], _: Asked) -> None:
    page["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}


def esri_error(_: Asked, reply: Reply) -> Reply:
    return reply.with_json({"error": {"code": 400, "message": "Unable to perform query", "details": []}})


def json_exception(_: Asked, reply: Reply) -> Reply:
    return reply.with_json({"code": "InvalidParameterValue", "description": "limit is too high"})


def no_pages(asked: Asked, reply: Reply) -> Reply:
    if asked.path.endswith("/query"):
        return reply
    return reply.with_json({**reply.json, "advancedQueryCapabilities": {"supportsPagination": False}})


def text(before: bytes, after: bytes) -> Spoil:
    return lambda _, reply: replace(reply, body=reply.body.replace(before, after))


def nan(_: Asked, reply: Reply) -> Reply:
    page = reply.json
    page["features"][0]["geometry"]["coordinates"][0][1][0] = float("nan")
    return replace(reply, body=json.dumps(page).encode())

